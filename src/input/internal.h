/* What the files of the input stage share. No other stage includes this. */
#ifndef BW_INPUT_INTERNAL_H
#define BW_INPUT_INTERNAL_H

#include "input/input.h"

#include <stdint.h>
#include <sys/types.h>

/* ---- file.c: a sliding window over a stream ------------------------------------------------------------ */

/* The bytes of a stream that are in memory: those not yet passed over. read and context say where more come from. */
struct bw_window {
    /* As read(2): up to n bytes into out; 0 at the end; -1 with errno. */
    ssize_t (*read)(void *context, void *out, size_t n);
    void *context;
    char *p;                /* owned */
    size_t cap, begin, end; /* what is held: p[begin] up to p[end] */
    bool at_end;            /* the stream has no more; also after an error */
    int error;              /* errno of the read or the allocation that failed; 0 */
};

/* Starts over on another stream; keeps the memory unless it is large. context: borrowed. */
void bw_window_reset(struct bw_window *window, ssize_t (*read)(void *, void *, size_t), void *context);
/* Frees the memory. */
void bw_window_clear(struct bw_window *window);
/* True when the window holds at least n bytes, which are read where needed. False: the stream ends before (the window
 * holds the rest), or window->error is set. Moves what is held. */
bool bw_window_fill(struct bw_window *window, size_t n);
/* What is held; borrowed until the next fill or reset, never the unknown slice. */
bw_slice bw_window_held(const struct bw_window *window);
/* Passes over the first n bytes of what is held. */
void bw_window_skip(struct bw_window *window, size_t n);
/* A read for bw_window over the file descriptor at context (int *): goes on after signals, waits where it would block. */
ssize_t bw_read_descriptor(void *context, void *out, size_t n);
/* The whole stream as one message of at most limit bytes: out->bytes and out->truncated. 1, or -1 with window->error. */
int bw_single_message(struct bw_input_message *out, struct bw_window *window, size_t limit);

/* ---- mbox.c: one message of an mbox at a time ---------------------------------------------------------- */

/* The line that the reader has come to, and what it knows of those before it. All zero at the start of an mbox. */
struct bw_mbox {
    char eol;      /* what ends a line: LF, or CR where the file knows no other */
    bool skipping; /* the last message was cut: its rest is still to be passed over */
    bool mid_line; /* the rest begins inside a line */
    bool blank;    /* the line before was empty */
    bool closed;   /* the line before is a delimiter that closes a MIME body (RFC 2046 section 5.1.1) */
    bool part;     /* in the lines that follow a MIME delimiter */
    bool carrier;  /* these say that the part is a message */
    bool carried;  /* the empty line before was the end of such a part's header */
    unsigned length_misses; /* Content-Length fields that led nowhere */
};

/* line (without its end) is what begins a message in an mbox: "From ", a sender or none, a date as of asctime(3) or
 * RFC 5322 with its weekday, perhaps zones and "remote from". Not any line that begins with the word. */
bool bw_is_from_line(bw_slice line);
/* head is the start of an mbox: such a line, perhaps behind empty lines or a byte-order mark. *skip: bytes before it. */
bool bw_mbox_starts(size_t *skip, bw_slice head);
/* The next message, its From_ line and the separating empty line taken off: bytes, quoted_from and truncated of *out
 * are set; limit as in bw_limits.message_bytes. The window stands at the start of a message, or where the call before
 * left it. 1, 0 at the end, -1 with window->error. */
int bw_mbox_next(struct bw_input_message *out, struct bw_mbox *mbox, struct bw_window *window, size_t limit);

/* ---- library.c: libraries opened at run time ------------------------------------------------------------ */

/* The first of count names of a library that opens; NULL where it is not installed. for_good: it stays in memory when
 * it is closed, which those need that cannot start twice. Owned by the caller. */
void *bw_library_open(const char *const *names, size_t count, bool for_good);
/* Puts the address of the library's function of that name into the pointer to a function that function points to.
 * False where there is none. */
bool bw_library_bind(void *function, void *library, const char *name);
/* Closes it. NULL is allowed. */
void bw_library_close(void *library);

/* ---- archive.c: packed mails ---------------------------------------------------------------------------- */

/* Room for the words that say why something cannot be read. */
enum { BW_WHY_BYTES = 200 };

/* Ceilings for one archive. */
struct bw_archive_limits {
    size_t members; /* looked at, folders included */
    uint64_t bytes; /* unpacked of all members together, those that are no mail included */
};

/* A file that holds files (tar, zip), packed or not, or one that was packed alone (gzip, bzip2, xz, zstd). */
struct bw_archive;

/* What opening one came to. */
enum bw_opened { BW_OPENED, BW_OPENED_NOT, BW_NO_LIBRARY };

/* head begins a file of a kind that bw_archive_open knows. */
bool bw_is_archive(bw_slice head);
/* Opens the archive that the window, at its start, is a stream of, in *out (owned by the caller). fd: what the window
 * reads from, which then may be sought in; -1 where that is none. window and fd: borrowed as long as the archive
 * lives. BW_OPENED_NOT: why[BW_WHY_BYTES] says what is wrong. */
enum bw_opened bw_archive_open(struct bw_archive **out, struct bw_window *window, int fd,
                               const struct bw_archive_limits *limits, char *why);
/* The next member that is a file. 1: *name is its path in the archive (borrowed until the next call; NULL for the
 * contents of a file that was packed alone), its bytes are to be read. 0: no more. -1: the member *name (NULL: the
 * archive) cannot be read, bw_archive_why says why; the next call goes on behind it, or ends. */
int bw_archive_next(const char **name, struct bw_archive *archive);
/* A read for bw_window over the member that bw_archive_next came to; context: struct bw_archive *. Where it fails,
 * bw_archive_why says more than errno. */
ssize_t bw_archive_read(void *archive, void *out, size_t n);
/* Why the last call failed; borrowed until the next. Fit for a terminal. */
const char *bw_archive_why(const struct bw_archive *archive);
/* Frees it. NULL is allowed. */
void bw_archive_free(struct bw_archive *archive);

/* ---- msg.c and tnef.c: messages that are no RFC 5322 ----------------------------------------------------- */

/* What making a mail of one came to. */
enum bw_converted {
    BW_CONVERTED,
    BW_CONVERTED_NOT,  /* it is damaged or too large: why says so */
    BW_CONVERT_OTHER,  /* it is no message, but something else that begins likewise */
    BW_CONVERT_LIBRARY /* the library for it is not installed */
};

/* head begins a compound file (MS-CFB): a .msg, or one of many other documents. */
bool bw_is_compound(bw_slice head);
/* Appends the message that a .msg file (MS-OXMSG) holds as an RFC 5322 message to out. limit: most bytes of properties
 * that are looked at. why[BW_WHY_BYTES]: filled for BW_CONVERTED_NOT. */
enum bw_converted bw_msg_read(struct bw_buf *out, bw_slice bytes, size_t limit, char *why);

/* head begins a TNEF stream (MS-OXTNEF), "winmail.dat". */
bool bw_is_tnef(bw_slice head);
/* The same for a TNEF stream. Needs no library. */
enum bw_converted bw_tnef_read(struct bw_buf *out, bw_slice bytes, size_t limit, char *why);

/* ---- kind.c and magic.c: what is no mail --------------------------------------------------------------- */

/* The first bytes of a file are those of a mail or of text in any charset that mail has used (UTF-16 with its mark
 * too). Cheap; unsure only about what a mail would not look like. */
bool bw_looks_like_mail(bw_slice head);

/* libmagic, opened when first asked. */
struct bw_magic;

/* What a file is. */
struct bw_file_kind {
    bool known;     /* libmagic was there to be asked */
    bool text;      /* text after all */
    bool packed;    /* holds files that can be taken out */
    char name[128]; /* "a PDF document"; "" where nobody knows */
};

/* Fills *out from the first bytes of a file. *magic: NULL at first, then owned by the caller. Where libmagic or its
 * table is missing, *out says that nobody knows. */
void bw_magic_ask(struct bw_file_kind *out, struct bw_magic **magic, bw_slice head);
/* Frees it. NULL is allowed. */
void bw_magic_free(struct bw_magic *magic);

/* ---- folder.c: the files below a folder ---------------------------------------------------------------- */

/* A walk through a folder, depth first, names in byte order. Hidden files and symbolic links to folders are passed
 * over; of a Maildir, only cur, new and other folders in it are looked at. */
struct bw_walk;

/* A walk over the folder open as fd, which it owns from now on (also where it fails). path: copied. Owned by the
 * caller; NULL with *err filled. */
struct bw_walk *bw_walk_open(int fd, const char *path, struct bw_error *err);
/* The next file. 1: *fd is open on a regular file and owned by the caller, *path borrowed until the next call.
 * 0: no more. -1: *err names what could not be read; the next call goes on behind it. */
int bw_walk_next(int *fd, const char **path, struct bw_walk *walk, struct bw_error *err);
/* Frees the walk. NULL is allowed. */
void bw_walk_close(struct bw_walk *walk);

/* ---- reader.c ------------------------------------------------------------------------------------------ */

/* Overwrites *err (may be NULL) with what errno_value says about path; BW_NO_MEMORY for ENOMEM, else BW_IO.
 * Returns -1. */
int bw_input_fail(struct bw_error *err, const char *path, int errno_value);

#endif
