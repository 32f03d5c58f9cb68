/* A stream read through a sliding window: as much memory as one message takes, whatever the stream's size. */
#include "input/internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 64 << 10, /* what a pipe gives at once */
    FIRST_BYTES = 256 << 10,
    KEPT_BYTES = 1 << 20 /* a larger window is given back at the end of its stream */
};

void bw_window_reset(struct bw_window *window, ssize_t (*read)(void *, void *, size_t), void *context)
{
    if (window->cap > KEPT_BYTES)
        bw_window_clear(window);
    *window = (struct bw_window){.read = read, .context = context, .p = window->p, .cap = window->cap};
}

void bw_window_clear(struct bw_window *window)
{
    free(window->p);
    *window = (struct bw_window){.read = window->read, .context = window->context};
}

bw_slice bw_window_held(const struct bw_window *window)
{
    return (bw_slice){window->p ? window->p + window->begin : "", window->end - window->begin};
}

void bw_window_skip(struct bw_window *window, size_t n)
{
    window->begin += n;
    if (window->begin == window->end)
        window->begin = window->end = 0;
}

/* Room for a chunk behind what is held. What is held moves to the front before the window grows. */
static bool make_room(struct bw_window *window)
{
    if (window->cap - window->end >= CHUNK_BYTES)
        return true;
    if (window->begin > 0) {
        memmove(window->p, window->p + window->begin, window->end - window->begin);
        window->end -= window->begin;
        window->begin = 0;
    }
    if (window->cap - window->end >= CHUNK_BYTES)
        return true;
    const size_t cap = window->cap ? window->cap * 2 : FIRST_BYTES;
    char *grown = cap > window->cap ? realloc(window->p, cap) : NULL;
    if (!grown)
        return false;
    window->p = grown;
    window->cap = cap;
    return true;
}

bool bw_window_fill(struct bw_window *window, size_t n)
{
    while (window->end - window->begin < n && !window->at_end) {
        if (!make_room(window)) {
            window->error = ENOMEM;
            window->at_end = true;
            break;
        }
        const ssize_t got = window->read(window->context, window->p + window->end, CHUNK_BYTES);
        if (got > 0) {
            window->end += (size_t)got;
        } else {
            window->at_end = true;
            window->error = got < 0 ? errno : 0;
        }
    }
    return window->end - window->begin >= n;
}

ssize_t bw_read_descriptor(void *context, void *out, size_t n)
{
    const int fd = *(const int *)context;
    for (;;) {
        const ssize_t got = read(fd, out, n);
        if (got >= 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK))
            return got;
        if (errno != EINTR) { /* somebody made standard input non-blocking */
            struct pollfd wait = {.fd = fd, .events = POLLIN};
            if (poll(&wait, 1, -1) < 0 && errno != EINTR)
                return -1;
        }
    }
}

int bw_single_message(struct bw_input_message *out, struct bw_window *window, size_t limit)
{
    const bool longer = bw_window_fill(window, limit + 1);
    if (window->error)
        return -1;
    out->bytes = bw_sub(bw_window_held(window), 0, limit);
    out->truncated = longer;
    return 1;
}
