/* Message boundaries. The first byte says how many bytes each read gives and how large a message may be; the rest is
 * the mbox. Whatever the reads are, the messages are the same. */
#include "input/internal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A stream over the rest of the input. */
struct stream {
    const uint8_t *p;
    size_t n, step;
};

static ssize_t stream_read(void *context, void *out, size_t n)
{
    struct stream *stream = context;
    n = n < stream->step ? n : stream->step;
    n = n < stream->n ? n : stream->n;
    if (n)
        memcpy(out, stream->p, n);
    stream->p += n;
    stream->n -= n;
    return (ssize_t)n;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What one run saw. */
struct seen {
    size_t count, bytes;
    uint32_t hash;
};

static struct seen run(const uint8_t *data, size_t size, size_t step, size_t limit)
{
    struct stream stream = {data, size, step};
    struct bw_window window = {0};
    struct bw_mbox mbox = {0};
    struct bw_input_message message = {0};
    struct seen seen = {0};
    size_t skip;
    bw_window_reset(&window, stream_read, &stream);
    bw_window_fill(&window, 4096);
    const bw_slice head = bw_sub(bw_window_held(&window), 0, 4096);
    bw_looks_like_mail(head);
    if (bw_mbox_starts(&skip, head)) {
        bw_window_skip(&window, skip);
        while (bw_mbox_next(&message, &mbox, &window, limit) == 1) {
            require(message.bytes.p && message.bytes.n <= limit);
            seen.count++;
            seen.bytes += message.bytes.n;
            seen.hash =
                seen.hash * 31 + bw_ihash(message.bytes) + message.truncated * 2u + message.quoted_from;
        }
        require(seen.count > 0 && stream.n == 0 && bw_window_held(&window).n == 0);
    }
    require(window.error == 0 && seen.bytes <= size);
    bw_window_clear(&window);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const size_t step = (data[0] & 15u) + 1u;
    const size_t limit = data[0] < 128 ? (size_t)1 << 20 : (size_t)(data[0] >> 4 & 7) * 20;
    const struct seen whole = run(data + 1, size - 1, SIZE_MAX, limit);
    const struct seen pieces = run(data + 1, size - 1, step, limit);
    require(whole.count == pieces.count && whole.bytes == pieces.bytes && whole.hash == pieces.hash);
    return 0;
}
