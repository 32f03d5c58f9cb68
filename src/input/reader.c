/* The loop over sources: opens each, finds out what it is, and hands out its messages. */
#include "input/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 4096, /* of a file, what tells whether it is mail */
    MAGIC_HEAD_BYTES =
        1024 * 1024, /* of a file that is none, what libmagic gets: some formats keep their mark deep */
    OTHERS_MAX = 3,  /* members that are no mail, named where nothing else is in an archive */
    ASKED_MAX = 100  /* of them, looked at closely: libmagic takes its time */
};

/* For one archive: a mail server's folder of bounces fits, and a bomb ends after some seconds. */
static const struct bw_archive_limits archive_limits = {.members = 200000, .bytes = (uint64_t)4 << 30};

/* What is being read. */
enum state { NOTHING, SINGLE, MBOX, CONVERTED };

/* The archive being read: its members are sources. */
struct packed {
    struct bw_archive *archive; /* NULL: none */
    struct bw_buf path;         /* of the member: the archive's, "/", its own, and a NUL */
    struct bw_buf others;       /* the first members that are no mail, for a message */
    size_t other_count;
    bool said; /* it gave a message or an error */
};

struct bw_input {
    const char *const *paths; /* borrowed */
    size_t count, next;       /* next: the path after the current one */
    size_t limit;
    enum state state;
    const char *file;   /* the current one; borrowed from paths or walk */
    const char *source; /* the same, or a member of it: borrowed from packed */
    size_t index;       /* messages of it so far */
    int fd;             /* of the current file; -1 for none */
    struct bw_window file_window;
    struct bw_window member_window;
    struct bw_window *window; /* the one that messages are read from */
    struct bw_mbox mbox;
    struct packed packed;
    struct bw_buf converted; /* the message, where the source held it in another form */
    struct bw_walk *walk;    /* through the current path, where that is a folder */
    bool walk_said;          /* it gave a message or an error */
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
    input->window = &input->file_window;
    bw_buf_init(&input->packed.path, 0);
    bw_buf_init(&input->packed.others, 0);
    bw_buf_init(&input->converted, 0);
    return input;
}

/* Ends the current file; standard input stays open: it is not ours. */
static void close_file(struct bw_input *input)
{
    bw_archive_free(input->packed.archive);
    input->packed.archive = NULL;
    input->window = &input->file_window;
    if (input->fd > STDIN_FILENO)
        close(input->fd);
    input->fd = -1;
    input->state = NOTHING;
}

void bw_input_close(struct bw_input *input)
{
    if (!input)
        return;
    close_file(input);
    bw_walk_close(input->walk);
    bw_magic_free(input->magic);
    bw_window_clear(&input->file_window);
    bw_window_clear(&input->member_window);
    bw_buf_clear(&input->packed.path);
    bw_buf_clear(&input->packed.others);
    bw_buf_clear(&input->converted);
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

/* It is what it should be, but damaged, or beyond a ceiling. */
static int fail_because(struct bw_error *err, const char *path, const char *why)
{
    bw_fail_at(fresh(err), BW_IO, path, 0, 0, "%s", why);
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

/* The current source is something else: says what, and what to do. */
static int fail_kind(struct bw_error *err, const char *source, const struct bw_file_kind *kind,
                     const char *advice)
{
    if (!kind->name[0] && !advice)
        return fail_not_mail(err, source, "is not a mail (binary data)");
    if (!advice)
        advice = kind->packed ? "unpack it and try again" : "save the message itself (.eml) and try again";
    struct bw_buf name;
    bw_buf_init(&name, 256);
    put_source(&name, source);
    bw_fail_at(fresh(err), BW_NOT_MAIL, source, 0, 0, "%.*s is %s, not a mail; %s",
               BW_ARG(bw_buf_slice(&name)), kind->name[0] ? kind->name : "binary data", advice);
    bw_buf_clear(&name);
    return -1;
}

/* The current source cannot be read; where it stands in an archive, that knows why. */
static int fail_reading(struct bw_error *err, const struct bw_input *input)
{
    const int why = input->window->error;
    if (why == ENOMEM || !input->packed.archive)
        return bw_input_fail(err, input->source, why);
    return fail_because(err, input->source, bw_archive_why(input->packed.archive));
}

static bool is_blank(bw_slice head) { return bw_trim(head).n == 0; }

/* Begins to read the file as an archive. 1, or -1. */
static int open_archive(struct bw_input *input, const struct bw_file_kind *kind, struct bw_error *err)
{
    struct packed *packed = &input->packed;
    char why[BW_WHY_BYTES];
    switch (bw_archive_open(&packed->archive, &input->file_window, input->fd, &archive_limits, why)) {
    case BW_NO_LIBRARY:
        return fail_kind(err, input->source, kind, "install libarchive, or unpack it and try again");
    case BW_OPENED_NOT:
        return fail_because(err, input->source, why);
    case BW_OPENED:
        break;
    }
    packed->others.n = packed->other_count = 0;
    packed->said = false;
    return 1;
}

/* Keeps the name of a member that is no mail, for fail_without_mail. */
static int note_other(struct packed *packed, const char *member)
{
    if (packed->other_count++ < OTHERS_MAX) {
        bw_puts(&packed->others, packed->others.n ? ", " : "");
        put_source(&packed->others, member);
    }
    return 0;
}

/* The archive ended without a message or an error. In a folder, one that is empty is passed over as an empty file is. */
static int fail_without_mail(struct bw_error *err, const struct bw_input *input)
{
    const struct packed *packed = &input->packed;
    if (packed->other_count == 0)
        return input->walk ? 0 : fail_not_mail(err, input->file, "is an archive with nothing to read in it");
    char more[40] = "";
    if (packed->other_count > OTHERS_MAX)
        snprintf(more, sizeof more, " and %zu more", packed->other_count - OTHERS_MAX);
    bw_fail_at(fresh(err), BW_NOT_MAIL, input->file, 0, 0, "holds no mail, only %.*s%s",
               BW_ARG(bw_sub(bw_buf_slice(&packed->others), 0, 300)), more);
    return -1;
}

/* Makes a mail of the source. As bw_msg_read, and BW_CONVERTED_NOT for one that is too large. */
static enum bw_converted convert(struct bw_input *input, char *why)
{
    /* What text and files are written as takes a third more than they do. */
    const size_t limit = input->limit / 4 * 3;
    struct bw_buf *out = &input->converted;
    bw_buf_clear(out);
    bw_buf_init(out, input->limit);
    if (bw_window_fill(input->window, input->limit + 1)) {
        snprintf(why, BW_WHY_BYTES, "is larger than %zu bytes", input->limit);
        return BW_CONVERTED_NOT;
    }
    const bw_slice bytes = bw_window_held(input->window);
    const enum bw_converted converted =
        bw_is_tnef(bytes) ? bw_tnef_read(out, bytes, limit, why) : bw_msg_read(out, bytes, limit, why);
    if (converted != BW_CONVERTED || !out->truncated)
        return converted;
    snprintf(why, BW_WHY_BYTES, "unpacks to more than %zu bytes", input->limit);
    return BW_CONVERTED_NOT;
}

/* The source is a TNEF stream or a compound file, perhaps a message. 1, -1, or 0: something else. */
static int begin_converted(struct bw_input *input, struct bw_error *err)
{
    char why[BW_WHY_BYTES] = "";
    switch (convert(input, why)) {
    case BW_CONVERTED:
        input->state = CONVERTED;
        return 1;
    case BW_CONVERTED_NOT:
        if (input->window->error)
            return fail_reading(err, input);
        return fail_because(err, input->source, why);
    case BW_CONVERT_LIBRARY:
        return fail_not_mail(err, input->source,
                             "is a message in the .msg format; install libgsf or save it as .eml");
    case BW_CONVERT_OTHER:
        break;
    }
    return 0;
}

/* The source is neither an mbox nor plainly text: finds out what it is. As begin_source. */
static int begin_other(struct bw_input *input, struct bw_error *err)
{
    const bool inside = input->window == &input->member_window;
    const bool member = inside && input->source != input->file;
    struct bw_file_kind kind;
    if (bw_is_compound(bw_window_held(input->window)) || bw_is_tnef(bw_window_held(input->window))) {
        const int begun = begin_converted(input, err);
        if (begun)
            return begun;
    }
    if (member && input->packed.other_count >= ASKED_MAX)
        return note_other(&input->packed, input->source);
    bw_window_fill(input->window, inside ? HEAD_BYTES : MAGIC_HEAD_BYTES);
    const bw_slice head = bw_window_held(input->window);
    bw_magic_ask(&kind, &input->magic, head);
    if (kind.text) {
        input->state = SINGLE;
        return 1;
    }
    /* Many documents are zips inside, which libmagic tells apart. */
    if (bw_is_archive(head) && (kind.packed || !kind.known)) {
        kind.packed = true;
        if (!inside)
            return open_archive(input, &kind, err);
        note_other(&input->packed, input->source);
        return fail_kind(err, input->source, &kind, "unpack the archive around it and try again");
    }
    if (member)
        return note_other(&input->packed, input->source);
    return fail_kind(err, input->source, &kind, NULL);
}

/* Finds out what the stream of input->window is. 1: state is set, or an archive is open. 0: nothing that anybody asked
 * for: it is empty and in a folder or an archive, or no mail among others. -1: *err says what is wrong. */
static int begin_source(struct bw_input *input, struct bw_error *err)
{
    struct bw_window *window = input->window;
    input->index = 0;
    input->mbox = (struct bw_mbox){0};
    const bool more = bw_window_fill(window, HEAD_BYTES);
    const bw_slice head = bw_sub(bw_window_held(window), 0, HEAD_BYTES);
    size_t skip;
    if (window->error)
        return fail_reading(err, input);
    if (!more && is_blank(head))
        return input->walk || input->packed.archive ? 0 : fail_not_mail(err, input->source, "is empty");
    if (bw_mbox_starts(&skip, head)) {
        bw_window_skip(window, skip);
        input->state = MBOX;
        return 1;
    }
    if (!bw_looks_like_mail(head))
        return begin_other(input, err);
    input->state = SINGLE;
    return 1;
}

/* The path of a member: "mails.zip/inner/bounce.eml". The file's own where the member has no name. */
static bool name_member(struct bw_input *input, const char *name)
{
    struct bw_buf *path = &input->packed.path;
    input->source = input->file;
    if (!name)
        return true;
    path->n = 0;
    bw_puts(path, input->file);
    bw_putc(path, '/');
    bw_puts(path, name);
    bw_putc(path, '\0');
    if (path->failed) {
        path->failed = false;
        return false;
    }
    input->source = path->p;
    return true;
}

/* Goes to the next member with something to read. 1, 0 at the end of the archive, -1. */
static int next_member(struct bw_input *input, struct bw_error *err)
{
    struct packed *packed = &input->packed;
    for (;;) {
        const char *name;
        const int found = bw_archive_next(&name, packed->archive);
        if (!name_member(input, name))
            return bw_input_fail(err, input->source, ENOMEM);
        if (found < 0)
            return fail_because(err, input->source, bw_archive_why(packed->archive));
        if (found == 0)
            return packed->said ? 0 : fail_without_mail(err, input);
        input->window = &input->member_window;
        bw_window_reset(input->window, bw_archive_read, packed->archive);
        const int begun = begin_source(input, err);
        if (begun)
            return begun;
    }
}

/* Finds out what the file open as input->fd is. As begin_source. */
static int begin_file(struct bw_input *input, struct bw_error *err)
{
    input->source = input->file;
    input->window = &input->file_window;
    bw_window_reset(input->window, bw_read_descriptor, &input->fd);
    return begin_source(input, err);
}

/* Opens the next path, as a file in input->fd or as a walk. 1, 0 where none is left, -1. */
static int open_path(struct bw_input *input, struct bw_error *err)
{
    if (input->next == input->count)
        return 0;
    input->file = input->paths[input->next++];
    if (strcmp(input->file, "-") == 0) {
        input->fd = STDIN_FILENO;
        return 1;
    }
    int fd;
    do
        fd = open(input->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return bw_input_fail(err, input->file, errno);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        input->walk_said = false;
        input->walk = bw_walk_open(fd, input->file, err);
        return input->walk ? 1 : -1;
    }
    input->fd = fd;
    return 1;
}

/* The next file of the folder in input->fd. 1, 0 at its end, -1. */
static int walk_on(struct bw_input *input, struct bw_error *err)
{
    const int found = bw_walk_next(&input->fd, &input->file, input->walk, err);
    if (found)
        return found;
    bw_walk_close(input->walk);
    input->walk = NULL;
    if (input->walk_said)
        return 0;
    return fail_not_mail(err, input->paths[input->next - 1], "is a folder without any mail");
}

/* Goes to the next file or member there is. 1: its messages can be read. 0: no more. -1: see *err. */
static int next_source(struct bw_input *input, struct bw_error *err)
{
    for (;;) {
        const bool packed = input->packed.archive != NULL;
        const bool walking = input->walk != NULL;
        int found;
        if (packed) {
            found = next_member(input, err);
        } else {
            found = walking ? walk_on(input, err) : open_path(input, err);
            if (found > 0 && input->fd >= 0)
                found = begin_file(input, err);
            else if (found > 0 || (found == 0 && walking))
                continue; /* into the folder, or out of it */
            else if (found == 0)
                return 0;
        }
        if (found > 0 && input->state != NOTHING)
            return 1;
        if (found > 0)
            continue; /* into the archive */
        if (found < 0)
            input->walk_said = input->packed.said = true;
        if (found == 0 || !packed)
            close_file(input);
        if (found < 0)
            return -1;
    }
}

/* The next message of the current source. 1, 0 at its end, -1. */
static int next_message(struct bw_input_message *out, struct bw_input *input, struct bw_error *err)
{
    int found = 0;
    if (input->state == MBOX)
        found = bw_mbox_next(out, &input->mbox, input->window, input->limit);
    else if (input->index == 0 && input->state == SINGLE)
        found = bw_single_message(out, input->window, input->limit);
    if (input->index == 0 && input->state == CONVERTED) {
        out->bytes = bw_buf_slice(&input->converted);
        found = 1;
    }
    if (found > 0) {
        out->source = input->source;
        out->index = ++input->index;
        input->walk_said = input->packed.said = true;
        return 1;
    }
    if (found < 0) {
        input->walk_said = input->packed.said = true;
        fail_reading(err, input);
    }
    input->state = NOTHING;
    if (!input->packed.archive)
        close_file(input);
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
