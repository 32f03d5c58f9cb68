/* The loop over sources: opens each, finds out what it is, and hands out its messages. */
#include "input/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 4096, /* of a file, what tells whether it is mail */
    MAGIC_HEAD_BYTES =
        1024 * 1024 /* of a file that is none, what libmagic gets: some formats keep their mark deep */
};

/* What is being read. */
enum state { NOTHING, SINGLE, MBOX };

struct bw_input {
    const char *const *paths; /* borrowed */
    size_t count, next;       /* next: the path after the current one */
    size_t limit;
    enum state state;
    const char *source; /* of the current file; borrowed from paths or walk */
    size_t index;       /* messages of it so far */
    int fd;             /* of the current file; -1 for none */
    struct bw_window window;
    struct bw_mbox mbox;
    struct bw_walk *walk; /* through the current path, where that is a folder */
    bool walk_said;       /* it gave a message or an error */
    struct bw_magic *magic;
};

struct bw_input *bw_input_open(const char *const *paths, size_t count, const struct bw_limits *limits)
{
    struct bw_input *input = calloc(1, sizeof *input);
    if (!input)
        return NULL;
    input->paths = paths;
    input->count = count;
    /* Offsets are reckoned a little beyond the limit. */
    input->limit = limits->message_bytes < SIZE_MAX / 4 ? limits->message_bytes : SIZE_MAX / 4;
    input->fd = -1;
    return input;
}

/* Standard input stays open: it is not ours. */
static void close_source(struct bw_input *input)
{
    if (input->fd > STDIN_FILENO)
        close(input->fd);
    input->fd = -1;
    input->state = NOTHING;
}

void bw_input_close(struct bw_input *input)
{
    if (!input)
        return;
    close_source(input);
    bw_walk_close(input->walk);
    bw_magic_free(input->magic);
    bw_window_clear(&input->window);
    free(input);
}

/* The first error wins in *err, and this is the first of another source. */
static struct bw_error *fresh(struct bw_error *err)
{
    if (err)
        err->status = BW_OK;
    return err;
}

int bw_input_fail(struct bw_error *err, const char *path, int errno_value)
{
    char text[256] = "cannot be read";
    if (strerror_r(errno_value, text, sizeof text) != 0)
        memcpy(text, "cannot be read", sizeof "cannot be read");
    bw_fail_at(fresh(err), errno_value == ENOMEM ? BW_NO_MEMORY : BW_IO, path, 0, 0, "%s", text);
    return -1;
}

static int fail_not_mail(struct bw_error *err, const char *path, const char *message)
{
    bw_fail_at(fresh(err), BW_NOT_MAIL, path, 0, 0, "%s", message);
    return -1;
}

/* How a message names a source: "report.pdf" in quotes and without its folders, or standard input. */
static void put_source(struct bw_buf *out, const char *source)
{
    if (strcmp(source, "-") == 0) {
        bw_puts(out, "standard input");
        return;
    }
    const char *slash = strrchr(source, '/');
    bw_putc(out, '"');
    bw_put_visible(out, bw_str(slash && slash[1] ? slash + 1 : source), false);
    bw_putc(out, '"');
}

/* The current file is something else: says what. */
static int fail_kind(struct bw_error *err, const char *source, const struct bw_file_kind *kind)
{
    if (!kind->name[0])
        return fail_not_mail(err, source, "is not a mail (binary data)");
    struct bw_buf name;
    bw_buf_init(&name, 256);
    put_source(&name, source);
    const char *advice =
        kind->packed ? "unpack it and try again" : "save the message itself (.eml) and try again";
    bw_fail_at(fresh(err), BW_NOT_MAIL, source, 0, 0, "%.*s is %s, not a mail; %s",
               BW_ARG(bw_buf_slice(&name)), kind->name, advice);
    bw_buf_clear(&name);
    return -1;
}

static bool is_blank(bw_slice head) { return bw_trim(head).n == 0; }

/* Finds out what the file open as input->fd is. 1: state is set. 0: it is empty and in a folder, where nobody asked for
 * it. -1: *err says what is wrong. */
static int begin_source(struct bw_input *input, struct bw_error *err)
{
    bw_window_reset(&input->window, bw_read_descriptor, &input->fd);
    input->index = 0;
    input->mbox = (struct bw_mbox){0};
    const bool more = bw_window_fill(&input->window, HEAD_BYTES);
    const bw_slice head = bw_sub(bw_window_held(&input->window), 0, HEAD_BYTES);
    size_t skip;
    if (input->window.error)
        return bw_input_fail(err, input->source, input->window.error);
    if (!more && is_blank(head))
        return input->walk ? 0 : fail_not_mail(err, input->source, "is empty");
    if (bw_mbox_starts(&skip, head)) {
        bw_window_skip(&input->window, skip);
        input->state = MBOX;
        return 1;
    }
    if (!bw_looks_like_mail(head)) {
        struct bw_file_kind kind;
        bw_window_fill(&input->window, MAGIC_HEAD_BYTES);
        bw_magic_ask(&kind, &input->magic, bw_window_held(&input->window));
        if (!kind.text)
            return fail_kind(err, input->source, &kind);
    }
    input->state = SINGLE;
    return 1;
}

/* Opens the next path, as a file in input->fd or as a walk. 1, 0 where none is left, -1. */
static int open_path(struct bw_input *input, struct bw_error *err)
{
    if (input->next == input->count)
        return 0;
    input->source = input->paths[input->next++];
    if (strcmp(input->source, "-") == 0) {
        input->fd = STDIN_FILENO;
        return 1;
    }
    int fd;
    do
        fd = open(input->source, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return bw_input_fail(err, input->source, errno);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        input->walk_said = false;
        input->walk = bw_walk_open(fd, input->source, err);
        return input->walk ? 1 : -1;
    }
    input->fd = fd;
    return 1;
}

/* The next file of the folder in input->fd. 1, 0 at its end, -1. */
static int walk_on(struct bw_input *input, struct bw_error *err)
{
    const int found = bw_walk_next(&input->fd, &input->source, input->walk, err);
    if (found)
        return found;
    bw_walk_close(input->walk);
    input->walk = NULL;
    if (input->walk_said)
        return 0;
    return fail_not_mail(err, input->paths[input->next - 1], "is a folder without any mail");
}

/* Goes to the next file there is. 1: its messages can be read. 0: no more. -1: see *err. */
static int next_source(struct bw_input *input, struct bw_error *err)
{
    for (;;) {
        const bool walking = input->walk != NULL;
        int found = walking ? walk_on(input, err) : open_path(input, err);
        if (found > 0 && input->fd >= 0)
            found = begin_source(input, err);
        else if (found > 0 || (found == 0 && walking))
            continue; /* into the folder, or out of it */
        else if (found == 0)
            return 0;
        if (found > 0)
            return 1;
        close_source(input);
        if (found < 0) {
            input->walk_said = true;
            return -1;
        }
    }
}

/* The next message of the current file. 1, 0 at its end, -1. */
static int next_message(struct bw_input_message *out, struct bw_input *input, struct bw_error *err)
{
    int found = 0;
    if (input->state == MBOX)
        found = bw_mbox_next(out, &input->mbox, &input->window, input->limit);
    else if (input->index == 0)
        found = bw_single_message(out, &input->window, input->limit);
    if (found > 0) {
        out->source = input->source;
        out->index = ++input->index;
        input->walk_said = true;
        return 1;
    }
    if (found < 0) {
        input->walk_said = true;
        bw_input_fail(err, input->source, input->window.error);
    }
    close_source(input);
    return found;
}

int bw_input_next(struct bw_input_message *out, struct bw_input *input, struct bw_error *err)
{
    for (;;) {
        *out = (struct bw_input_message){0};
        if (input->state != NOTHING) {
            const int found = next_message(out, input, err);
            if (found)
                return found;
        }
        const int found = next_source(input, err);
        if (found <= 0)
            return found;
    }
}
