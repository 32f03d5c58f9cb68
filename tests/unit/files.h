/* What the tests of packed and foreign files share: tests/files as memory or as a path, and everything that the reader
 * gives for one as lines of text. */
#ifndef BW_TEST_FILES_H
#define BW_TEST_FILES_H

#include "support.h"

#include "input/internal.h"

#include <sys/stat.h>
#include <unistd.h>

#define FILES BOUNCEWHY_SOURCE_DIR "/tests/files"

/* A stream over memory that gives step bytes at a time. */
struct memory {
    const char *p;
    size_t n, step;
};

static inline ssize_t memory_read(void *context, void *out, size_t n)
{
    struct memory *memory = context;
    n = n < memory->step ? n : memory->step;
    n = n < memory->n ? n : memory->n;
    if (n)
        memcpy(out, memory->p, n);
    memory->p += n;
    memory->n -= n;
    return (ssize_t)n;
}

/* The file, owned by the caller. */
static inline char *read_file(const char *name, size_t *n)
{
    char path[300];
    snprintf(path, sizeof path, FILES "/%s", name);
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(1 << 18);
    if (!file || !bytes)
        fail_msg("%s cannot be read: tests/make_files.py writes it", path);
    *n = fread(bytes, 1, 1 << 18, file);
    assert_true(*n < 1 << 18);
    fclose(file);
    return bytes;
}

/* A line for each message ("source index: first line") and error ("source! message"), sources without root. */
static inline void put_steps(struct bw_buf *out, const char *path, const char *root)
{
    struct bw_limits limits;
    struct bw_input_message message;
    struct bw_error err = {0};
    bw_limits_default(&limits);
    struct bw_input *input = bw_input_open(&path, 1, &limits);
    assert_non_null(input);
    for (int got; (got = bw_input_next(&message, input, &err)) != 0;) {
        const char *source = got > 0 ? message.source : err.file;
        const size_t skip = strncmp(source, root, strlen(root)) == 0 ? strlen(root) : 0;
        bw_slice line, rest = message.bytes;
        if (got > 0 && bw_next_line(&line, &rest))
            bw_putf(out, "%s %zu: %.*s\n", source + skip, message.index, BW_ARG(line));
        else
            bw_putf(out, "%s! %s\n", source + skip, err.message);
        assert_true(out->n < 1 << 20);
    }
    bw_input_close(input);
    bw_putc(out, '\0');
}

/* The reader over tests/files/name says exactly wanted. */
static inline void check_steps(const char *name, const char *wanted)
{
    char path[300];
    struct bw_buf got;
    snprintf(path, sizeof path, FILES "/%s", name);
    bw_buf_init(&got, 0);
    put_steps(&got, path, FILES "/");
    if (strcmp(got.p, wanted) != 0)
        fail_msg("%s: got\n%swanted\n%s", name, got.p, wanted);
    bw_buf_clear(&got);
}

#endif
