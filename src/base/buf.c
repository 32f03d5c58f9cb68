#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bw_buf_init(struct bw_buf *buf, size_t limit) { *buf = (struct bw_buf){.limit = limit}; }

void bw_buf_clear(struct bw_buf *buf)
{
    free(buf->p);
    *buf = (struct bw_buf){.limit = buf->limit};
}

/* Room for more bytes behind what is there; false marks the buffer. */
static bool reserve(struct bw_buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more > SIZE_MAX / 4 - buf->n) {
        buf->failed = true;
        return false;
    }
    if (buf->n + more <= buf->cap)
        return true;
    size_t cap = buf->cap ? buf->cap * 2 : 256;
    while (cap < buf->n + more)
        cap *= 2;
    char *grown = realloc(buf->p, cap);
    if (!grown) {
        buf->failed = true;
        return false;
    }
    buf->p = grown;
    buf->cap = cap;
    return true;
}

void bw_put(struct bw_buf *buf, bw_slice s)
{
    if (buf->truncated)
        return;
    if (buf->limit && s.n > buf->limit - buf->n) {
        s.n = buf->limit - buf->n;
        buf->truncated = true;
    }
    if (s.n == 0 || !reserve(buf, s.n))
        return;
    memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

void bw_putc(struct bw_buf *buf, char c) { bw_put(buf, (bw_slice){&c, 1}); }

void bw_puts(struct bw_buf *buf, const char *text) { bw_put(buf, bw_str(text)); }

void bw_putf(struct bw_buf *buf, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof small) {
        bw_put(buf, (bw_slice){small, (size_t)length});
    } else if (length >= 0) {
        char *large = malloc((size_t)length + 1);
        if (large) {
            vsnprintf(large, (size_t)length + 1, format, again);
            bw_put(buf, (bw_slice){large, (size_t)length});
            free(large);
        } else {
            buf->failed = true;
        }
    }
    va_end(again);
}

bw_slice bw_buf_slice(const struct bw_buf *buf) { return (bw_slice){buf->p ? buf->p : "", buf->n}; }

bw_slice bw_buf_take(struct bw_buf *buf, struct bw_arena *arena)
{
    bw_slice copy;
    if (buf->failed) {
        bw_arena_fail(arena);
        copy = BW_NULL;
    } else {
        copy = bw_dup(arena, bw_buf_slice(buf));
    }
    bw_buf_clear(buf);
    return copy;
}
