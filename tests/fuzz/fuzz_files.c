/* Archives and messages in other forms, which libraries take apart: what they make of hostile bytes is ours to bear. */
#include "input/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_BYTES = 1 << 20 };

/* A stream over the input. */
struct stream {
    const uint8_t *p;
    size_t n;
};

static ssize_t stream_read(void *context, void *out, size_t n)
{
    struct stream *stream = context;
    n = n < stream->n ? n : stream->n;
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] = stream->p[i];
    stream->p += n;
    stream->n -= n;
    return (ssize_t)n;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Every second member is passed over. */
static void read_members(struct bw_archive *archive)
{
    const char *name;
    size_t members = 0, bytes = 0, errors = 0;
    for (int found; (found = bw_archive_next(&name, archive)) != 0;) {
        char piece[4096];
        ssize_t got = found;
        if (found > 0 && members++ % 2 == 0)
            while ((got = bw_archive_read(archive, piece, sizeof piece)) > 0)
                bytes += (size_t)got;
        errors += got < 0;
        require(got >= 0 || bw_archive_why(archive)[0]);
        require(members <= 64 && bytes <= OUT_BYTES && errors <= 2 * 64 + 2);
    }
}

static void read_archive(const uint8_t *data, size_t size)
{
    struct stream stream = {data, size};
    struct bw_window window = {0};
    struct bw_archive *archive = NULL;
    const struct bw_archive_limits limits = {.members = 64, .bytes = OUT_BYTES};
    char why[BW_WHY_BYTES] = "";
    bw_window_reset(&window, stream_read, &stream);
    bw_window_fill(&window, 512);
    const enum bw_opened opened = bw_archive_open(&archive, &window, -1, &limits, why);
    require((opened == BW_OPENED) == (archive != NULL));
    if (archive)
        read_members(archive);
    else
        require(why[0]);
    bw_archive_free(archive);
    bw_window_clear(&window);
}

static void read_message(const uint8_t *data, size_t size)
{
    struct bw_buf out;
    char why[BW_WHY_BYTES] = "";
    bw_buf_init(&out, OUT_BYTES);
    const bw_slice bytes = {(const char *)data, size};
    const enum bw_converted converted = bw_is_tnef(bytes) ? bw_tnef_read(&out, bytes, OUT_BYTES, why)
                                                          : bw_msg_read(&out, bytes, OUT_BYTES, why);
    require(converted != BW_CONVERTED || out.n > 0);
    require(converted != BW_CONVERTED_NOT || (why[0] && out.n <= OUT_BYTES));
    bw_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bw_slice head = {(const char *)data, size};
    if (bw_is_compound(head) || bw_is_tnef(head))
        read_message(data, size);
    else if (bw_is_archive(head))
        read_archive(data, size);
    return 0;
}
