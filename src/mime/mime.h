/* The MIME stage: bytes of one message -> a tree of parts (RFC 5322, 2045-2047, 2231, 6532), zero-copy and tolerant.
 * Knows nothing of bounces. Every slice is borrowed from the message or lives in the arena. Bad mail is an anomaly
 * in the tree's list, never an error. */
#ifndef BW_MIME_H
#define BW_MIME_H

#include "base/base.h"
#include "bouncewhy/result.h"

/* Notes something odd about the mail. anomalies: may be NULL. what: static. offset: from the start of the message,
 * BW_NONE where it has no place. The same thing is noted a few times at most, so that a hostile mail cannot grow the
 * list. */
void bw_anomaly_add(struct bw_anomalies *anomalies, struct bw_arena *arena, const char *what, size_t offset);

/* One header field as it stands: raw still folded and encoded. */
struct bw_field {
    bw_slice name; /* without the colon, white space before it dropped ("Status :") */
    bw_slice raw;  /* value as it stands, folds included, white space at its ends dropped */
};

/* The fields of one header section in order. */
struct bw_header {
    struct bw_field *items;
    size_t count, cap;
};

/* Content-Transfer-Encoding (RFC 2045 section 6); 7bit, 8bit and binary are all identity. */
enum bw_encoding { BW_ENC_IDENTITY, BW_ENC_QUOTED_PRINTABLE, BW_ENC_BASE64, BW_ENC_UUENCODE };

/* One part. Root and every message/rfc822 (message/global) child have their own header. */
struct bw_part {
    struct bw_header header; /* this part's own fields */
    bw_slice type;           /* "multipart", lower case; "text" where none is given (RFC 2045 section 5.2) */
    bw_slice subtype;        /* "report", lower case; "plain" likewise */
    bool type_given;         /* a Content-Type field said so */
    bw_slice charset;        /* as given, unknown where it is not */
    bw_slice boundary;       /* of a multipart */
    bw_slice report_type;    /* of a multipart/report, lower case */
    bw_slice file_name;      /* from Content-Disposition or the name parameter, decoded (RFC 2231, 2047) */
    bool attachment;         /* Content-Disposition: attachment */
    enum bw_encoding encoding;
    bw_slice whole;         /* header and body as they stand, or what they were unpacked to */
    bw_slice body;          /* body as it stands, still encoded */
    struct bw_part *parent; /* NULL for the root */
    struct bw_part
        *child; /* first part of a multipart, or the message inside a message/rfc822 (or a .eml file) */
    struct bw_part *next; /* next part of the same multipart */
    unsigned depth;       /* 0 for the root */
    bool no_header;       /* of a message: the bytes do not begin with header fields (pasted text) */
    bool unpacked; /* of a multipart: it was a TNEF stream ("winmail.dat"), which its parts come from */
    bw_slice text; /* cache of bw_part_text */
    bool text_done;
};

/* A message and what was odd in it. */
struct bw_message {
    bw_slice bytes; /* what the tree's slices and the offsets point into: the bytes as given, or a copy where
                                 these had to become UTF-8 or to lose bare CRs first */
    struct bw_part *root; /* never NULL after BW_OK */
    struct bw_anomalies *anomalies;
    size_t part_count;
    size_t unpacked_bytes; /* of all TNEF streams in it */
};

/* Reads the message. out: filled, everything in it borrowed from bytes or owned by the arena; bytes must outlive it.
 * Any bytes are accepted: no header at the start (text pasted from somewhere) gives one text/plain part with
 * no_header set. UTF-16 with a byte-order mark and NULs is turned to UTF-8 first; a UTF-8 mark, mbox "From " line and
 * empty lines at the start are passed over. A TNEF stream is the multipart that it holds.
 * BW_NO_MEMORY or BW_LIMIT (arena) are the only errors. */
bw_status bw_mime_read(struct bw_message *out, struct bw_arena *arena, bw_slice bytes,
                       const struct bw_limits *limits, struct bw_anomalies *anomalies);

/* Like bw_mime_read for a message that stands inside another's text (a returned original below a bounce's text, a
 * bounce forwarded inline). Parts count against the same message. out_root: NULL where the bytes hold no header. */
bw_status bw_mime_read_inner(struct bw_part **out_root, struct bw_message *message, struct bw_arena *arena,
                             bw_slice bytes, const struct bw_limits *limits);

/* The part's text as readable UTF-8, LF line ends, no NUL: transfer encoding undone, charset converted (guessed among
 * UTF-8, ISO-2022-JP, Shift_JIS, EUC-JP, then windows-1252 where missing or wrong), HTML flattened to text (links
 * kept as their text plus, where different, the address in <>), format=flowed joined (RFC 3676). Empty for a
 * multipart, for a message that became a child, for pictures and the like, and for binary data whatever its label.
 * message/delivery-status, text/rfc822-headers and the like give their fields as they stand. Cached in the part;
 * arena-owned. Cut at limits->text_bytes with an anomaly. */
bw_slice bw_part_text(struct bw_part *part, struct bw_message *message, struct bw_arena *arena,
                      const struct bw_limits *limits);

/* The part's bytes with the transfer encoding undone, charset untouched; borrowed or arena-owned. */
bw_slice bw_part_bytes(struct bw_part *part, struct bw_message *message, struct bw_arena *arena);

/* Next part in document order (depth first) after part, within the tree under root; NULL at the end.
 * Start with root itself. */
struct bw_part *bw_part_next(const struct bw_part *part, const struct bw_part *root);
/* The part has this media type; subtype "*" fits any. Both lower case. */
bool bw_part_is(const struct bw_part *part, const char *type, const char *subtype);
/* The closest message (root or the child of a message/rfc822) that the part belongs to. */
struct bw_part *bw_part_message(struct bw_part *part);

/* The raw value of the first field of that name (any case); unknown slice where there is none. */
bw_slice bw_header_raw(const struct bw_header *header, const char *name);
/* The value decoded for a reader: unfolded, encoded words decoded (RFC 2047), unlabelled 8-bit text guessed, repaired
 * UTF-8 on one line; arena-owned. Unknown where there is no such field. */
bw_slice bw_header_text(struct bw_arena *arena, const struct bw_header *header, const char *name);
/* The same for a raw value. */
bw_slice bw_decode_field(struct bw_arena *arena, bw_slice raw);
/* Reads header fields off the start of bytes: tolerant (white space before the colon, folds, junk lines passed over as
 * anomalies, continuation lines without indentation in a run of fields). *rest gets what follows the empty line, or
 * begins with the first line that cannot belong to the fields. anomalies: may be NULL; offsets count from bytes.
 * BW_OK, or BW_NO_MEMORY or BW_LIMIT from the arena. */
bw_status bw_header_read(struct bw_header *out, bw_slice *rest, struct bw_arena *arena, bw_slice bytes,
                         const struct bw_limits *limits, struct bw_anomalies *anomalies);
/* bytes begin with a run of header fields of which at least one is a mail's (RFC 5322, 2045, List-*, DKIM ...), after
 * an optional From_ line. The fields of a delivery status alone do not count. */
bool bw_looks_like_header(bw_slice bytes);

/* First addr-spec in an address field or free text in angle brackets, comments and display names dropped, quoted local
 * parts kept as they stand; borrowed or arena-owned. Source routes (@a,@b:user@c) are dropped. Where nothing has an @,
 * a single word in angle brackets ("<postmaster>"). Unknown where none. */
bw_slice bw_address(struct bw_arena *arena, bw_slice field);

/* A parameter of a structured field ("text/plain; charset=x"), RFC 2231 continuations and encodings undone, encoded
 * words (which RFC 2047 forbids there) too. Borrowed or arena-owned. Unknown where it is not there. */
bw_slice bw_parameter(struct bw_arena *arena, bw_slice field, const char *name);

/* RFC 5322 date ("Tue, 24 Jan 2023 18:02:11 +0900 (JST)", obsolete zones, missing seconds, two-digit years,
 * asctime, ISO 8601, m/d/y with AM or PM) as RFC 3339 with the same offset, "-00:00" where none is known; arena-owned.
 * Unknown where it cannot be read, or has no time of day. */
bw_slice bw_date(struct bw_arena *arena, bw_slice field);

/* bytes in the named charset as UTF-8; a charset that iconv does not know, or that does not fit, is guessed as above.
 * charset: may be the unknown slice. Repaired, without a byte-order mark; borrowed where nothing had to change, else
 * arena-owned. Unknown only for unknown bytes, or without memory. */
bw_slice bw_to_utf8(struct bw_arena *arena, bw_slice bytes, bw_slice charset);

/* HTML as readable text: block elements as lines, entities decoded, script/style/head dropped, tables cell by cell;
 * links whose text differs from their address keep the address behind it in <>. html: UTF-8. limit: most bytes of
 * the result, 0 for none. Arena-owned. */
bw_slice bw_html_text(struct bw_arena *arena, bw_slice html, size_t limit);

#endif
