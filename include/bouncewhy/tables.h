/* The tables: everything the program knows of servers, wordings, lists and languages (docs/PATTERNS.md). */
#ifndef BOUNCEWHY_TABLES_H
#define BOUNCEWHY_TABLES_H

#include "bouncewhy/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opaque. Immutable once open (a regex compiles on first use, behind an atomic), so threads may share it. */
struct bw_tables;

/* Opens the embedded tables and lays each path (count of them; a file, or a folder read recursively) over what came
 * before: the same id replaces, "disabled: yes" removes. paths: borrowed during the call; may be NULL when count is 0.
 * A path that does not exist is BW_IO. Regexes of these files are compiled at once, so that a mistake shows here.
 * *out: owned by the caller (bw_tables_free), NULL on error.
 * BW_OK, BW_NO_MEMORY, BW_IO, BW_BAD_TABLE (file, line, column, message in *err; err may be NULL). */
BW_API BW_NODISCARD bw_status bw_tables_open(struct bw_tables **out, const char *const *paths, size_t count,
                                             struct bw_error *err);

/* Frees the tables; no result made with them may be used afterwards. NULL is allowed. */
BW_API void bw_tables_free(struct bw_tables *tables);

#ifdef __cplusplus
}
#endif
#endif
