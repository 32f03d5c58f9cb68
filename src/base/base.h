/* The toolbox below every stage: slices, an arena, a growing buffer, errors, UTF-8. Knows nothing of mail. */
#ifndef BW_BASE_H
#define BW_BASE_H

#include "bouncewhy/base.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#define BW_NONE ((size_t)-1)

/* ---- slices ------------------------------------------------------------------------------------------ */

/* A slice of a string literal; static. */
#define BW_S(literal) ((bw_slice){"" literal, sizeof(literal) - 1})
/* The "not known" slice. */
#define BW_NULL ((bw_slice){NULL, 0})
/* Arguments for a "%.*s". */
#define BW_ARG(s) (int)((s).n > 65535 ? 65535 : (s).n), ((s).p ? (s).p : "")

/* The bytes of a C string; borrowed. NULL gives BW_NULL. */
bw_slice bw_str(const char *text);
/* Bytes from (inclusive) to end (exclusive) of s, both cut to its length; borrowed, never NULL for a known s. */
bw_slice bw_sub(bw_slice s, size_t from, size_t end);
/* s without white space (SP HT CR LF VT FF) at both ends; borrowed. */
bw_slice bw_trim(bw_slice s);
/* Same bytes. Two unknown slices are equal. */
bool bw_eq(bw_slice a, bw_slice b);
/* Same bytes, A-Z and a-z being one. */
bool bw_ieq(bw_slice a, bw_slice b);
/* s begins with prefix. */
bool bw_starts(bw_slice s, bw_slice prefix);
/* s begins with prefix, A-Z and a-z being one. */
bool bw_istarts(bw_slice s, bw_slice prefix);
/* s ends with suffix, A-Z and a-z being one. */
bool bw_iends(bw_slice s, bw_slice suffix);
/* Offset of the first needle in s at or after from, else BW_NONE. An empty needle is found at from. */
size_t bw_find(bw_slice s, bw_slice needle, size_t from);
/* The same, A-Z and a-z being one. */
size_t bw_ifind(bw_slice s, bw_slice needle, size_t from);
/* Offset of the first byte c in s at or after from, else BW_NONE. */
size_t bw_find_byte(bw_slice s, char c, size_t from);
/* Cuts the next line off *rest into *out, without its end (LF, CRLF or a bare CR). False at the end of the text.
 * Both borrowed. */
bool bw_next_line(bw_slice *out, bw_slice *rest);
/* Cuts the next run of non-white bytes off *rest into *out. False when none is left. */
bool bw_next_word(bw_slice *out, bw_slice *rest);
/* FNV-1a over the bytes with A-Z lowered. */
uint32_t bw_ihash(bw_slice s);
/* The decimal number that s is as a whole; false for anything else and for numbers over max. */
bool bw_number(unsigned long *out, bw_slice s, unsigned long max);

/* ASCII only, whatever the locale says. */
static inline bool bw_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool bw_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool bw_is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool bw_is_alnum(char c) { return bw_is_digit(c) || bw_is_alpha(c); }
static inline char bw_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
/* Value of a hexadecimal digit, -1 for anything else. */
int bw_hex_value(char c);

/* ---- errors ------------------------------------------------------------------------------------------ */

/* Fills *err (may be NULL) unless it holds an error already, and returns status. file: borrowed, may be NULL. */
bw_status bw_fail_at(struct bw_error *err, bw_status status, const char *file, unsigned line, unsigned column,
                     const char *format, ...) BW_PRINTF(6, 7);
/* bw_fail_at without a place. */
bw_status bw_fail(struct bw_error *err, bw_status status, const char *format, ...) BW_PRINTF(3, 4);

/* ---- arena ------------------------------------------------------------------------------------------- */

/* Memory that is given back all at once. A failed allocation returns NULL and marks the arena; a stage checks
 * bw_arena_failed once at its end instead of after each step. */
struct bw_arena;

/* A new arena that hands out at most limit bytes (0: no ceiling). Owned by the caller; NULL without memory. */
struct bw_arena *bw_arena_new(size_t limit);
/* Gives everything back. NULL is allowed. */
void bw_arena_free(struct bw_arena *arena);
/* size zeroed bytes aligned for any type, arena-owned; NULL when there is no memory or the ceiling is reached. */
void *bw_arena_alloc(struct bw_arena *arena, size_t size);
/* Marks the arena as failed: memory that was meant for it could not be had elsewhere (a buffer that failed). */
void bw_arena_fail(struct bw_arena *arena);
/* True after any allocation from the arena has failed. */
bool bw_arena_failed(const struct bw_arena *arena);
/* True when the failure was the ceiling, not the system. */
bool bw_arena_at_limit(const struct bw_arena *arena);
/* Bytes handed out so far. */
size_t bw_arena_used(const struct bw_arena *arena);
/* A copy of s with a terminating NUL behind it (not counted); arena-owned. Unknown stays unknown; BW_NULL without
 * memory. */
bw_slice bw_dup(struct bw_arena *arena, bw_slice s);
/* printf into the arena; BW_NULL without memory. */
bw_slice bw_format(struct bw_arena *arena, const char *format, ...) BW_PRINTF(2, 3);
/* Room for one more item of size bytes behind count items: returns items, or a copy twice as large (and *cap
 * raised); arena-owned. NULL without memory, items and *cap unchanged. */
void *bw_grow(struct bw_arena *arena, void *items, size_t *cap, size_t count, size_t size);

#define bw_new(arena, type) ((type *)bw_arena_alloc((arena), sizeof(type)))

/* A growing array of one type, zero-initialised to be empty; items live in the arena given to bw_push. */
#define BW_LIST(type)                                                                                        \
    struct {                                                                                                 \
        type *items;                                                                                         \
        size_t count, cap;                                                                                   \
    }
/* Makes room for one more item and yields a pointer to it (its bytes are zero), or NULL without memory. */
#define bw_push(arena, list)                                                                                 \
    (bw_list_room((arena), (void **)&(list)->items, &(list)->cap, (list)->count, sizeof *(list)->items)      \
         ? &(list)->items[(list)->count++]                                                                   \
         : NULL)
/* Makes room for so many items in all, where that many are to come. False without memory. */
#define bw_reserve(arena, list, n)                                                                           \
    bw_list_reserve((arena), (void **)&(list)->items, &(list)->cap, (list)->count, sizeof *(list)->items, (n))
/* Behind bw_reserve: true when *items has room for n. */
bool bw_list_reserve(struct bw_arena *arena, void **items, size_t *cap, size_t count, size_t size, size_t n);
/* Behind bw_push: true when *items has room for one more. */
bool bw_list_room(struct bw_arena *arena, void **items, size_t *cap, size_t count, size_t size);

/* ---- growing buffer ---------------------------------------------------------------------------------- */

/* Bytes under construction, on the heap. failed stays set after no memory or at the ceiling; what came before is
 * kept. */
struct bw_buf {
    char *p;
    size_t n, cap, limit;
    bool failed;    /* no memory */
    bool truncated; /* the ceiling was reached; later bytes are dropped */
};

/* An empty buffer in *buf. limit: most bytes it may hold, 0 for none. */
void bw_buf_init(struct bw_buf *buf, size_t limit);
/* Frees the bytes and empties the buffer. */
void bw_buf_clear(struct bw_buf *buf);
/* Appends bytes. A full or failed buffer drops the rest. */
void bw_put(struct bw_buf *buf, bw_slice s);
/* Appends one byte. */
void bw_putc(struct bw_buf *buf, char c);
/* Appends a C string; nothing for NULL. */
void bw_puts(struct bw_buf *buf, const char *text);
/* Appends what printf would print. */
void bw_putf(struct bw_buf *buf, const char *format, ...) BW_PRINTF(2, 3);
/* What the buffer holds; borrowed until the next append. Never the unknown slice. */
bw_slice bw_buf_slice(const struct bw_buf *buf);
/* A copy of what the buffer holds in the arena, and the buffer cleared; BW_NULL without memory (also where the
 * buffer had failed, which then marks the arena). */
bw_slice bw_buf_take(struct bw_buf *buf, struct bw_arena *arena);

/* ---- UTF-8 (RFC 3629) -------------------------------------------------------------------------------- */

/* Cuts one code point off *rest. False at the end. A byte that is no UTF-8 is cut off alone and gives U+FFFD. */
bool bw_utf8_next(uint32_t *out, bw_slice *rest);
/* Appends the code point; surrogates and numbers over U+10FFFF become U+FFFD. */
void bw_put_utf8(struct bw_buf *buf, uint32_t code_point);
/* s is well-formed UTF-8. */
bool bw_utf8_valid(bw_slice s);
/* s itself when well-formed, else a copy with each bad byte run as U+FFFD; arena-owned. */
bw_slice bw_utf8_repair(struct bw_arena *arena, bw_slice s);
/* Columns that the text takes on a terminal: 2 for East Asian wide, 0 for combining. Ambiguous width counts 1. */
size_t bw_width(bw_slice s);
/* Columns of one code point. */
unsigned bw_code_point_width(uint32_t code_point);
/* Appends s with everything that could act on a terminal or reorder the line made visible: C0 and C1 controls,
 * DEL, bidi controls, zero-width and byte-order marks, line and paragraph separators and broken bytes appear as
 * U+FFFD or as the C0 picture U+2400+n. HT becomes a space; LF is kept only where keep_newlines is set. */
void bw_put_visible(struct bw_buf *buf, bw_slice s, bool keep_newlines);
/* s with each run of white space (line ends included) as one space and none at the ends; arena-owned. Unknown
 * stays unknown. */
bw_slice bw_one_line(struct bw_arena *arena, bw_slice s);

#endif
