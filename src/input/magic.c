/* What is a file that is no mail? libmagic knows; opened when first asked, so that mails do not pay for it. */
#include "input/internal.h"

#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bw_magic {
    void *library; /* NULL: not installed */
    magic_t cookie;
    void (*close)(magic_t);
    int (*setflags)(magic_t, int);
    const char *(*buffer)(magic_t, const void *, size_t);
};

/* Names of the library where it may be found, the first that opens counting. */
static const char *const library_names[] = {"libmagic.so.1", "libmagic.so", "libmagic.1.dylib",
                                            "libmagic.dylib"};

/* Types (RFC 6838) of what holds files, and can be unpacked by whoever sent it to us. */
static const char *const packed_types[] = {
    "application/gzip",  "application/x-gzip",          "application/zip",   "application/x-bzip2",
    "application/x-xz",  "application/x-7z-compressed", "application/x-tar", "application/zstd",
    "application/x-rar", "application/x-zstd",          "application/x-lzma"};

/* Binds the functions and loads the system's table; without either, cookie stays NULL. */
static void bind(struct bw_magic *magic)
{
    magic_t (*open)(int) = NULL;
    int (*load)(magic_t, const char *) = NULL;
    void *library = magic->library;
    if (!bw_library_bind(&open, library, "magic_open") || !bw_library_bind(&load, library, "magic_load") ||
        !bw_library_bind(&magic->close, library, "magic_close") ||
        !bw_library_bind(&magic->setflags, library, "magic_setflags") ||
        !bw_library_bind(&magic->buffer, library, "magic_buffer"))
        return;
    magic->cookie = open(MAGIC_NONE);
    if (magic->cookie && load(magic->cookie, NULL) != 0) {
        magic->close(magic->cookie);
        magic->cookie = NULL;
    }
}

static struct bw_magic *magic_new(void)
{
    struct bw_magic *magic = calloc(1, sizeof *magic);
    if (!magic)
        return NULL;
    magic->library = bw_library_open(library_names, sizeof library_names / sizeof *library_names, false);
    if (magic->library)
        bind(magic);
    return magic;
}

void bw_magic_free(struct bw_magic *magic)
{
    if (!magic)
        return;
    if (magic->cookie)
        magic->close(magic->cookie);
    bw_library_close(magic->library);
    free(magic);
}

/* Two capital letters or more at the start: a name that is read letter by letter. */
static bool is_acronym(bw_slice name)
{
    return name.n >= 2 && name.p[0] >= 'A' && name.p[0] <= 'Z' && name.p[1] >= 'A' && name.p[1] <= 'Z';
}

/* "a ", "an ", or "" before what is not counted ("gzip compressed data"). */
static const char *article(bw_slice name)
{
    static const char *const uncounted[] = {"data", "text", "source", "code"};
    for (size_t i = 0; i < sizeof uncounted / sizeof *uncounted; i++)
        if (bw_iends(name, bw_str(uncounted[i])))
            return "";
    const char *vowels = is_acronym(name) ? "AEFHILMNORSX" : "AEIOaeio";
    return strchr(vowels, name.p[0]) ? "an " : "a ";
}

/* libmagic's words up to the details behind the first comma, with an article and nothing that acts on a terminal. */
static void put_name(struct bw_file_kind *out, const char *description)
{
    bw_slice name = bw_str(description);
    const size_t comma = bw_find(name, BW_S(", "), 0);
    name = bw_trim(bw_sub(name, 0, comma == BW_NONE ? name.n : comma));
    if (name.n == 0)
        return;
    if (bw_eq(name, BW_S("data"))) {
        snprintf(out->name, sizeof out->name, "binary data");
        return;
    }
    struct bw_buf visible;
    bw_buf_init(&visible, sizeof out->name - 4);
    bw_put_visible(&visible, name, false);
    name = bw_buf_slice(&visible);
    if (!visible.failed && name.n)
        snprintf(out->name, sizeof out->name, "%s%.*s", article(name), BW_ARG(name));
    bw_buf_clear(&visible);
}

void bw_magic_ask(struct bw_file_kind *out, struct bw_magic **magic, bw_slice head)
{
    *out = (struct bw_file_kind){0};
    if (!*magic)
        *magic = magic_new();
    if (!*magic || !(*magic)->cookie)
        return;
    /* Inside compressed data and executables there is nothing that we would say. */
    const int flags = MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF;
    const struct bw_magic *asked = *magic;
    out->known = true;
    asked->setflags(asked->cookie, flags | MAGIC_MIME_TYPE);
    const char *type = asked->buffer(asked->cookie, head.p, head.n);
    if (type) {
        out->text = bw_starts(bw_str(type), BW_S("message/")) || bw_eq(bw_str(type), BW_S("text/plain"));
        for (size_t i = 0; i < sizeof packed_types / sizeof *packed_types; i++)
            out->packed = out->packed || strcmp(type, packed_types[i]) == 0;
    }
    asked->setflags(asked->cookie, flags);
    const char *description = asked->buffer(asked->cookie, head.p, head.n);
    if (description)
        put_name(out, description);
}
