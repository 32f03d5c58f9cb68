/* The stages in order, and what stands at each arrow between them. */
#ifndef BW_ANALYZE_H
#define BW_ANALYZE_H

#include "base/base.h"
#include "bouncewhy/bouncewhy.h"

/* Where --dump looks. */
enum bw_dump_stage { BW_DUMP_NONE, BW_DUMP_MIME, BW_DUMP_DELIVERY, BW_DUMP_EVIDENCE, BW_DUMP_CLASSIFY };

/* Like bw_analyze, with the candidates that lost collected, too (explain). */
bw_status bw_analyze_with(struct bw_result *out, const struct bw_tables *tables, bw_slice mail,
                          const struct bw_limits *limits, bool explain, struct bw_error *err);

/* Appends the value behind that stage as text, for whoever writes a rule or a layout. BW_OK, BW_NO_MEMORY, BW_LIMIT. */
bw_status bw_dump(struct bw_buf *out, const struct bw_tables *tables, bw_slice mail,
                  const struct bw_limits *limits, enum bw_dump_stage stage);

#endif
