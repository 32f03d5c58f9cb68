/* What the files of the MIME stage share. No other stage includes it. */
#ifndef BW_MIME_INTERNAL_H
#define BW_MIME_INTERNAL_H

#include "mime/mime.h"

/* What reading one message needs at hand; every pointer is borrowed. */
struct bw_mime {
    struct bw_arena *arena;
    const struct bw_limits *limits;
    struct bw_anomalies *anomalies;
    struct bw_message *message; /* NULL while only a header is read */
    bw_slice origin;            /* offsets of anomalies count from here */
};

/* bw_anomaly_add for the place at, which may lie outside origin (then it has no offset). */
void bw_mime_odd(const struct bw_mime *mime, const char *what, const char *at);

/* bw_header_read with the anomalies placed in mime->origin. */
void bw_mime_header(struct bw_header *out, bw_slice *rest, const struct bw_mime *mime, bw_slice bytes);

/* line is "name: value" with a name of printable ASCII (RFC 5322 section 2.2); white space may stand before the colon.
 * *name and *value (not trimmed) are borrowed from line. */
bool bw_field_split(bw_slice *name, bw_slice *value, bw_slice line);

/* Appends in with quoted-printable undone (RFC 2045 section 6.7). Whatever is no valid escape stays as it is. */
void bw_put_quoted_printable(struct bw_buf *out, bw_slice in);
/* Appends in with base64 undone (RFC 4648); bytes outside the alphabet are passed over, padding may be missing. */
void bw_put_base64(struct bw_buf *out, bw_slice in);

/* The bytes of body with its transfer encoding undone, at most limit of them (0: no limit); borrowed for identity, else
 * arena-owned. *odd: set to a phrase where body is not what its label says, else untouched. */
bw_slice bw_transfer_decode(struct bw_arena *arena, bw_slice body, enum bw_encoding encoding, size_t limit,
                            const char **odd);

/* Charsets that a text without a (true) label may be in. */
enum bw_guess {
    BW_GUESS_ASCII,
    BW_GUESS_UTF8,
    BW_GUESS_JIS,
    BW_GUESS_SJIS,
    BW_GUESS_EUC,
    BW_GUESS_LATIN,
    BW_GUESS_MIXED
};

/* What bytes are most likely. told: what the label says, BW_GUESS_ASCII where it says nothing; it decides between
 * equals. BW_GUESS_MIXED: no single charset fits, but one may fit each line. */
enum bw_guess bw_guess_charset(bw_slice bytes, enum bw_guess told);
/* The charset that the letters of unlabelled text tell beyond Japanese and Western ones, by the name that iconv knows:
 * Cyrillic words in windows-1251 or KOI8-R, Chinese or Korean text without any kana. NULL: none of them, or too short
 * to tell. */
const char *bw_guess_by_letters(bw_slice bytes);
/* s, which is valid UTF-8, has characters of three or more bytes: text in a double-byte charset can look like UTF-8 by
 * accident only without them. */
bool bw_has_long_utf8(bw_slice s);
/* bytes hold an escape sequence of ISO-2022-JP (RFC 1468) or JIS X 0201 kana. */
bool bw_has_jis_escape(bw_slice bytes);
/* Appends ISO-2022-JP as Shift_JIS (code page 932), which every iconv knows with the vendors' characters.
 * Characters of JIS X 0212 and broken ones appear as the geta mark. */
void bw_put_jis_as_sjis(struct bw_buf *out, bw_slice jis);
/* The same for EUC-JP. */
void bw_put_euc_as_sjis(struct bw_buf *out, bw_slice euc);

/* The first limit bytes of s, without the character that the cut would split; s itself where it is shorter. */
bw_slice bw_utf8_whole(bw_slice s, size_t limit);
/* raw with its folds undone (RFC 5322 section 2.2.3) and NULs dropped; borrowed where it has none, else arena-owned. */
bw_slice bw_unfold(struct bw_arena *arena, bw_slice raw);
/* s with its encoded words and unlabelled 8-bit text as UTF-8, white space untouched; borrowed where it has neither,
 * else arena-owned. */
bw_slice bw_decode_words(struct bw_arena *arena, bw_slice s);

/* text is an HTML document whatever its label says. */
bool bw_looks_like_html(bw_slice text);
/* text has an HTML tag or comment. */
bool bw_has_tag(bw_slice text);
/* The charset that a <meta> in the head of html names, borrowed from it; unknown where none does. */
bw_slice bw_html_charset(bw_slice html);
/* bytes begin as RTF does. */
bool bw_looks_like_rtf(bw_slice bytes);
/* RTF as readable text, or where *html gets true as the HTML that it was made of (MS-OXRTFEX); UTF-8, at most limit bytes
 * (0: no limit), arena-owned. *odd: set to a phrase where bytes are damaged or nested too deeply, else untouched. Unknown
 * only without memory. */
bw_slice bw_rtf_text(const char **odd, bool *html, struct bw_arena *arena, bw_slice bytes, size_t limit);

/* Reads the character that the reference at the start of s ("&amp;", "&#x3042;") stands for into *out as its
 * code point; returns how many bytes it took, 0 where s begins no reference. */
size_t bw_html_entity(uint32_t *out, bw_slice s);

#endif
