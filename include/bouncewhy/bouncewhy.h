/* bouncewhy: why did this mail come back, who must act, and what to do next. */
#ifndef BOUNCEWHY_H
#define BOUNCEWHY_H

#include "bouncewhy/base.h"
#include "bouncewhy/result.h"
#include "bouncewhy/tables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The program's version, "0.1.0"; static. */
BW_API const char *bw_version(void);

/* Reads one returned mail and says why it came back.
 * out: filled; free with bw_result_free whatever the status. tables: borrowed, must outlive the result.
 * mail: borrowed during the call only, any bytes, with or without header, pasted text too.
 * limits: NULL for the defaults. err: may be NULL.
 * BW_OK (also for mail that is broken or no bounce: see kind and anomalies), BW_NO_MEMORY, BW_LIMIT (larger than
 * limits->message_bytes or limits->arena_bytes), BW_MISUSE (out or tables NULL). */
BW_API BW_NODISCARD bw_status bw_analyze(struct bw_result *out, const struct bw_tables *tables, bw_slice mail,
                                         const struct bw_limits *limits, struct bw_error *err);

#ifdef __cplusplus
}
#endif
#endif
