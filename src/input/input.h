/* The input stage: paths -> bytes of one message at a time. Knows nothing of MIME. */
#ifndef BW_INPUT_H
#define BW_INPUT_H

#include "base/base.h"

/* One message of a source: a file, or a member of an archive. */
struct bw_input_message {
    bw_slice bytes;     /* borrowed until the next call on the reader */
    const char *source; /* see below; borrowed likewise */
    size_t index;       /* 1 for the first message of its source */
    bool quoted_from;   /* from an mbox: ">From " lines were stripped of their sign (mboxrd) */
    bool truncated;     /* longer than limits->message_bytes: cut there */
};
/* source is the path as given or found, "-" for standard input. For a member of an archive "/" and its own path stand
 * behind that: "mails.zip/inner/bounce.eml". What was packed alone (bounce.eml.gz) has no name but the file's. */

/* Reads sources one after the other. */
struct bw_input;

/* A reader over paths (count of them, borrowed as long as the reader lives): a file, an mbox, a message saved in another
 * form, an archive of such files (not of archives), a Maildir, a folder (recursive, names in byte order; hidden files,
 * empty files and links to folders passed over) or "-" (standard input, read from descriptor 0 and left open). Owned by
 * the caller; NULL without memory. limits: copied. */
struct bw_input *bw_input_open(const char *const *paths, size_t count, const struct bw_limits *limits);

/* The next message in *out.
 * 1: there is one. 0: no more. -1: this source cannot be read or is no mail; *err (status, file, message; NULL allowed)
 * is overwritten and says so, and the next call goes on with what follows. A folder or an archive that gave neither a
 * message nor an error is an error itself; in an archive with mails the rest is passed over. Memory use does not grow
 * with the size of an mbox or an archive. */
int bw_input_next(struct bw_input_message *out, struct bw_input *input, struct bw_error *err);

/* Frees the reader. NULL is allowed. */
void bw_input_close(struct bw_input *input);

/* What unpacking a message came to. */
enum bw_unpacked {
    BW_UNPACKED,
    BW_UNPACKED_CUT, /* it breaks off: what stands before that was unpacked */
    BW_UNPACKED_NOT, /* it is too large, or nothing in it can be read */
    BW_UNPACK_OTHER, /* it is nothing of the kind */
    BW_UNPACK_NO_MEMORY
};

/* Appends the message that a TNEF stream (MS-OXTNEF, "winmail.dat") holds as an RFC 5322 message to out, for a stream that
 * is a part of a mail. limit: most bytes that it may unpack to. */
enum bw_unpacked bw_input_unpack(struct bw_buf *out, bw_slice bytes, size_t limit);

#endif
