/* Archives, read as a stream by libarchive, which is opened when the first is met. Everything has a ceiling: a few
 * kilobytes can claim to hold petabytes, and passing over a member unpacks it, too. */
#include "input/internal.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FEED_BYTES = 16 << 10, /* given to the library at once: between two calls we can stop it */
    PIECE_BYTES = 4096,    /* taken from it at once: what stands before damage in a piece is lost with it */
    FILTERS_MAX = 2        /* one, and libarchive's own at the end: packed twice is a bomb's habit */
};

/* The library's functions that we call. */
struct functions {
    struct archive *(*read_new)(void);
    int (*read_free)(struct archive *);
    int (*set_read)(struct archive *, archive_read_callback *);
    int (*set_seek)(struct archive *, archive_seek_callback *);
    int (*set_data)(struct archive *, void *);
    int (*open1)(struct archive *);
    int (*next_header)(struct archive *, struct archive_entry **);
    la_ssize_t (*read_data)(struct archive *, void *, size_t);
    const char *(*error_string)(struct archive *);
    int (*error_number)(struct archive *);
    int (*format)(struct archive *);
    int (*filter_count)(struct archive *);
    la_int64_t (*filter_bytes)(struct archive *, int);
    const char *(*pathname)(struct archive_entry *);
    const char *(*pathname_utf8)(struct archive_entry *);
    __LA_MODE_T (*filetype)(struct archive_entry *);
    int (*is_encrypted)(struct archive_entry *);
};

struct bw_archive {
    void *library;
    struct functions call;
    struct archive *handle;
    locale_t utf8; /* the library gives names in the current locale's charset only; 0: not installed */
    struct bw_window *window; /* borrowed: the packed bytes */
    int fd;                   /* sought in; -1: a stream */
    off_t start;              /* of the archive in fd */
    struct bw_archive_limits limits;
    size_t members;
    uint64_t bytes;      /* unpacked so far */
    bool packed;         /* as a whole, as a tar.gz or a file alone */
    bool raw;            /* it is a file alone */
    bool open;           /* a member may have bytes left */
    bool encrypted_said; /* once is enough */
    bool over;
    char name[1024]; /* of the member */
    char why[BW_WHY_BYTES];
};

/* Names of the library where it may be found, the first that opens counting. */
static const char *const library_names[] = {"libarchive.so.13", "libarchive.so", "libarchive.13.dylib",
                                            "libarchive.dylib"};

/* What the first bytes say: a file packed alone, or perhaps a tar in it. */
static bool is_packed_stream(bw_slice head)
{
    return bw_starts(head, BW_S("\x1F\x8B\x08")) || bw_starts(head, BW_S("BZh")) ||
           bw_starts(head, BW_S("\xFD"
                                "7zXZ\0")) ||
           bw_starts(head, BW_S("\x28\xB5\x2F\xFD"));
}

bool bw_is_archive(bw_slice head)
{
    return is_packed_stream(head) || bw_starts(head, BW_S("PK\3\4")) || bw_starts(head, BW_S("PK\5\6")) ||
           bw_eq(bw_sub(head, 257, 262), BW_S("ustar"));
}

/* ---- what the library calls ----------------------------------------------------------------------------- */

/* Keeps text as the reason, fit for a terminal. */
static void set_why(struct bw_archive *archive, const char *text)
{
    struct bw_buf visible;
    bw_buf_init(&visible, sizeof archive->why - 1);
    bw_put_visible(&visible, bw_str(text), false);
    snprintf(archive->why, sizeof archive->why, "%.*s", BW_ARG(bw_buf_slice(&visible)));
    bw_buf_clear(&visible);
}

/* Ends the archive where it unpacks to too much. */
static bool too_much(struct bw_archive *archive, uint64_t bytes)
{
    if (bytes <= archive->limits.bytes)
        return false;
    snprintf(archive->why, sizeof archive->why, "unpacks to more than %llu MiB: the rest was not read",
             (unsigned long long)(archive->limits.bytes >> 20));
    archive->over = true;
    return true;
}

/* The next packed bytes. What a filter has made of them so far is looked at here, as a member that is passed over
 * gives no other chance. */
static la_ssize_t feed(struct archive *handle, void *context, const void **out)
{
    struct bw_archive *archive = context;
    const la_int64_t unpacked =
        archive->call.filter_bytes(handle, 0); /* with headers and padding: half counts */
    if (unpacked > 0 && too_much(archive, (uint64_t)unpacked / 2))
        return -1;
    bw_window_fill(archive->window, 1);
    if (archive->window->error) {
        char text[BW_WHY_BYTES];
        if (strerror_r(archive->window->error, text, sizeof text) == 0)
            set_why(archive, text);
        archive->over = true;
        return -1;
    }
    const bw_slice held = bw_window_held(archive->window);
    const size_t n = held.n < FEED_BYTES ? held.n : FEED_BYTES;
    *out = held.p; /* stands until the window is filled again */
    bw_window_skip(archive->window, n);
    return (la_ssize_t)n;
}

static la_int64_t seek(struct archive *handle, void *context, la_int64_t offset, int whence)
{
    (void)handle;
    struct bw_archive *archive = context;
    if (whence == SEEK_SET)
        offset += archive->start;
    else if (whence == SEEK_CUR)
        offset -= (la_int64_t)bw_window_held(archive->window).n;
    const off_t at = lseek(archive->fd, (off_t)offset, whence);
    if (at < archive->start)
        return ARCHIVE_FATAL;
    bw_window_skip(archive->window, bw_window_held(archive->window).n);
    archive->window->at_end = false;
    return at - archive->start;
}

/* ---- opening -------------------------------------------------------------------------------------------- */

static bool bind(struct functions *call, void *library)
{
    const struct {
        void *function;
        const char *name;
    } wanted[] = {
        {&call->read_new, "archive_read_new"},
        {&call->read_free, "archive_read_free"},
        {&call->set_read, "archive_read_set_read_callback"},
        {&call->set_seek, "archive_read_set_seek_callback"},
        {&call->set_data, "archive_read_set_callback_data"},
        {&call->open1, "archive_read_open1"},
        {&call->next_header, "archive_read_next_header"},
        {&call->read_data, "archive_read_data"},
        {&call->error_string, "archive_error_string"},
        {&call->error_number, "archive_errno"},
        {&call->format, "archive_format"},
        {&call->filter_count, "archive_filter_count"},
        {&call->filter_bytes, "archive_filter_bytes"},
        {&call->pathname, "archive_entry_pathname"},
        {&call->pathname_utf8, "archive_entry_pathname_utf8"},
        {&call->filetype, "archive_entry_filetype"},
        {&call->is_encrypted, "archive_entry_is_data_encrypted"},
    };
    bool bound = true;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        bound = bw_library_bind(wanted[i].function, library, wanted[i].name) && bound;
    return bound;
}

/* Turns on what we read, and nothing else: each format more is a parser more that strangers can feed. Raw is any
 * bytes, so only for what is packed. */
static bool support(const struct bw_archive *archive)
{
    static const char *const formats[] = {
        "archive_read_support_filter_gzip",  "archive_read_support_filter_bzip2",
        "archive_read_support_filter_xz",    "archive_read_support_filter_zstd",
        "archive_read_support_format_tar",   "archive_read_support_format_zip",
        "archive_read_support_format_empty", "archive_read_support_format_raw"};
    const size_t count = sizeof formats / sizeof *formats - !archive->packed;
    for (size_t i = 0; i < count; i++) {
        int (*turn_on)(struct archive *) = NULL;
        if (!bw_library_bind(&turn_on, archive->library, formats[i]) ||
            turn_on(archive->handle) < ARCHIVE_WARN)
            return false;
    }
    return true;
}

/* A file can be sought in from where the archive begins; a zip's directory stands at its end. */
static void set_place(struct bw_archive *archive, int fd)
{
    struct stat st;
    archive->fd = -1;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    const off_t at = lseek(fd, 0, SEEK_CUR);
    const size_t held = bw_window_held(archive->window).n;
    if (at < 0 || (uint64_t)at < held)
        return;
    archive->start = at - (off_t)held;
    archive->fd = fd;
}

/* The library's words for what went wrong, or ours where it has none. */
static void keep_error(struct bw_archive *archive)
{
    if (archive->why[0])
        return;
    const char *text = archive->call.error_string(archive->handle);
    char line[BW_WHY_BYTES];
    snprintf(line, sizeof line, "is damaged: %s", text && text[0] ? text : "nobody knows how");
    set_why(archive, line);
}

static enum bw_opened begin(struct bw_archive *archive)
{
    struct functions *call = &archive->call;
    archive->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    archive->handle = call->read_new();
    if (!archive->handle || !support(archive))
        return BW_OPENED_NOT;
    call->set_read(archive->handle, feed);
    if (archive->fd >= 0)
        call->set_seek(archive->handle, seek);
    call->set_data(archive->handle, archive);
    if (call->open1(archive->handle) < ARCHIVE_WARN) {
        keep_error(archive);
        return BW_OPENED_NOT;
    }
    if (call->filter_count(archive->handle) <= FILTERS_MAX)
        return BW_OPENED;
    set_why(archive, "is packed more than once; unpack it and try again");
    return BW_OPENED_NOT;
}

enum bw_opened bw_archive_open(struct bw_archive **out, struct bw_window *window, int fd,
                               const struct bw_archive_limits *limits, char *why)
{
    struct bw_archive *archive = calloc(1, sizeof *archive);
    enum bw_opened opened = BW_OPENED_NOT;
    if (archive) {
        archive->window = window;
        archive->limits = *limits;
        archive->packed = is_packed_stream(bw_window_held(window));
        set_place(archive, fd);
        archive->library =
            bw_library_open(library_names, sizeof library_names / sizeof *library_names, false);
        opened = archive->library && bind(&archive->call, archive->library) ? begin(archive) : BW_NO_LIBRARY;
    }
    if (opened == BW_OPENED) {
        *out = archive;
        return opened;
    }
    snprintf(why, BW_WHY_BYTES, "%s", archive && archive->why[0] ? archive->why : "cannot be read");
    bw_archive_free(archive);
    *out = NULL;
    return opened;
}

void bw_archive_free(struct bw_archive *archive)
{
    if (!archive)
        return;
    if (archive->handle)
        archive->call.read_free(archive->handle);
    if (archive->utf8)
        freelocale(archive->utf8);
    bw_library_close(archive->library);
    free(archive);
}

const char *bw_archive_why(const struct bw_archive *archive)
{
    return archive->why[0] ? archive->why : "cannot be read";
}

/* ---- members -------------------------------------------------------------------------------------------- */

ssize_t bw_archive_read(void *context, void *out, size_t n)
{
    struct bw_archive *archive = context;
    if (archive->over) {
        errno = EIO;
        return -1;
    }
    const la_ssize_t got = archive->call.read_data(archive->handle, out, n < PIECE_BYTES ? n : PIECE_BYTES);
    if (got > 0) {
        archive->bytes += (uint64_t)got;
        if (!too_much(archive, archive->bytes))
            return (ssize_t)got;
    } else {
        archive->open = false;
        if (got == 0)
            return 0;
        archive->over = archive->over || got <= ARCHIVE_FATAL;
        keep_error(archive);
    }
    errno = archive->call.error_number(archive->handle) == ENOMEM ? ENOMEM : EIO;
    return -1;
}

/* Reads what is left of a member, so that it counts. False: it cannot be read, or the ceiling is reached. */
static bool drain(struct bw_archive *archive)
{
    char piece[PIECE_BYTES];
    ssize_t got = 1;
    while (archive->open && got > 0)
        got = bw_archive_read(archive, piece, sizeof piece);
    return got >= 0;
}

/* Keeps the name, without "./" and the like before it. */
static void keep_name(struct bw_archive *archive, struct archive_entry *entry)
{
    const char *name = archive->call.pathname_utf8(entry);
    if (!name)
        name = archive->call.pathname(entry);
    while (name && (name[0] == '/' || (name[0] == '.' && name[1] == '/')))
        name++;
    if (name && name[0])
        snprintf(archive->name, sizeof archive->name, "%s", name);
    else
        snprintf(archive->name, sizeof archive->name, "member %zu", archive->members);
}

/* Takes in one header. 1: a member to read; 0: another one; -1: why says what is wrong. */
static int take_header(struct bw_archive *archive, int status, struct archive_entry *entry)
{
    if (status == ARCHIVE_EOF) {
        archive->over = true;
        return 0;
    }
    if (status < ARCHIVE_WARN) {
        archive->over = true;
        keep_error(archive);
        return -1;
    }
    archive->raw = archive->call.format(archive->handle) == ARCHIVE_FORMAT_RAW;
    if (++archive->members > archive->limits.members) {
        snprintf(archive->why, sizeof archive->why, "holds more than %zu files: the rest was not read",
                 archive->limits.members);
        archive->over = true;
        return -1;
    }
    keep_name(archive, entry);
    if (archive->call.filetype(entry) != AE_IFREG)
        return 0;
    if (archive->call.is_encrypted(entry) > 0) {
        if (archive->encrypted_said)
            return 0;
        archive->encrypted_said = true;
        set_why(archive, "is encrypted; unpack the archive with its password and try again");
        return -1;
    }
    archive->open = true;
    return 1;
}

int bw_archive_next(const char **name, struct bw_archive *archive)
{
    int found = 0;
    *name = NULL;
    archive->why[0] = '\0';
    if (archive->open && !archive->over && !drain(archive)) {
        *name = archive->raw ? NULL : archive->name;
        return -1;
    }
    while (!found && !archive->over) {
        struct archive_entry *entry = NULL;
        const size_t members = archive->members;
        const locale_t before = archive->utf8 ? uselocale(archive->utf8) : (locale_t)0;
        archive->open = false;
        const int status = archive->call.next_header(archive->handle, &entry);
        found = take_header(archive, status, entry);
        if (archive->utf8)
            uselocale(before);
        if (found && archive->members > members && archive->members <= archive->limits.members)
            *name = archive->raw ? NULL : archive->name;
    }
    return found;
}
