/* Charsets by name, and the project's only use of iconv. */
#include "mime/internal.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>

enum family {
    FAMILY_GUESS, /* the label says nothing about bytes beyond ASCII */
    FAMILY_UTF8,
    FAMILY_JIS, /* ISO-2022-JP */
    FAMILY_SJIS,
    FAMILY_EUC,    /* EUC-JP */
    FAMILY_LATIN,  /* windows-1252, which is what ISO-8859-1 means in mail */
    FAMILY_DOUBLE, /* ASCII plus double-byte characters, by iconv */
    FAMILY_SINGLE, /* ASCII plus single-byte characters, by iconv */
    FAMILY_OTHER   /* anything else, by iconv */
};

struct charset {
    const char *label; /* lower case, letters and digits alone */
    enum family family;
    const char *iconv;
};

/* A fixed list instead of asking iconv for whatever a mail names: its rare converters have had holes. The numbered
 * families are in numbered_charset(). */
static const struct charset charsets[] = {
    {"usascii", FAMILY_GUESS, NULL},
    {"ascii", FAMILY_GUESS, NULL},
    {"ansix341968", FAMILY_GUESS, NULL},
    {"iso646us", FAMILY_GUESS, NULL},
    {"utf8", FAMILY_UTF8, NULL},
    {"unicode11utf8", FAMILY_UTF8, NULL},
    {"unicode20utf8", FAMILY_UTF8, NULL},
    {"utf8mb4", FAMILY_UTF8, NULL},
    {"iso2022jp", FAMILY_JIS, NULL},
    {"csiso2022jp", FAMILY_JIS, NULL},
    {"iso2022jpms", FAMILY_JIS, NULL},
    {"iso2022jp1", FAMILY_JIS, NULL},
    {"iso2022jp2", FAMILY_JIS, NULL},
    {"iso2022jp3", FAMILY_JIS, NULL},
    {"iso2022jp2004", FAMILY_JIS, NULL},
    {"cp50220", FAMILY_JIS, NULL},
    {"cp50221", FAMILY_JIS, NULL},
    {"cp50222", FAMILY_JIS, NULL},
    {"jis", FAMILY_JIS, NULL},
    {"shiftjis", FAMILY_SJIS, NULL},
    {"xshiftjis", FAMILY_SJIS, NULL},
    {"sjis", FAMILY_SJIS, NULL},
    {"xsjis", FAMILY_SJIS, NULL},
    {"sjiswin", FAMILY_SJIS, NULL},
    {"mskanji", FAMILY_SJIS, NULL},
    {"csshiftjis", FAMILY_SJIS, NULL},
    {"cp932", FAMILY_SJIS, NULL},
    {"ms932", FAMILY_SJIS, NULL},
    {"windows932", FAMILY_SJIS, NULL},
    {"windows31j", FAMILY_SJIS, NULL},
    {"cswindows31j", FAMILY_SJIS, NULL},
    {"shiftjis2004", FAMILY_SJIS, NULL},
    {"eucjp", FAMILY_EUC, NULL},
    {"xeucjp", FAMILY_EUC, NULL},
    {"eucjpms", FAMILY_EUC, NULL},
    {"eucjpwin", FAMILY_EUC, NULL},
    {"cp51932", FAMILY_EUC, NULL},
    {"ujis", FAMILY_EUC, NULL},
    {"cseucpkdfmtjapanese", FAMILY_EUC, NULL},
    {"eucjis2004", FAMILY_EUC, NULL},
    {"latin1", FAMILY_LATIN, NULL},
    {"iso88591", FAMILY_LATIN, NULL},
    {"windows1252", FAMILY_LATIN, NULL},
    {"cp1252", FAMILY_LATIN, NULL},
    {"gb2312", FAMILY_DOUBLE, "GB18030"},
    {"csgb2312", FAMILY_DOUBLE, "GB18030"},
    {"xgb2312", FAMILY_DOUBLE, "GB18030"},
    {"euccn", FAMILY_DOUBLE, "GB18030"},
    {"gbk", FAMILY_DOUBLE, "GB18030"},
    {"xgbk", FAMILY_DOUBLE, "GB18030"},
    {"cp936", FAMILY_DOUBLE, "GB18030"},
    {"gb18030", FAMILY_DOUBLE, "GB18030"},
    {"big5", FAMILY_DOUBLE, "BIG5-HKSCS"},
    {"xbig5", FAMILY_DOUBLE, "BIG5-HKSCS"},
    {"csbig5", FAMILY_DOUBLE, "BIG5-HKSCS"},
    {"big5hkscs", FAMILY_DOUBLE, "BIG5-HKSCS"},
    {"cp950", FAMILY_DOUBLE, "CP950"},
    {"euctw", FAMILY_DOUBLE, "EUC-TW"},
    {"euckr", FAMILY_DOUBLE, "CP949"},
    {"cseuckr", FAMILY_DOUBLE, "CP949"},
    {"ksc56011987", FAMILY_DOUBLE, "CP949"},
    {"ksc5601", FAMILY_DOUBLE, "CP949"},
    {"cp949", FAMILY_DOUBLE, "CP949"},
    {"uhc", FAMILY_DOUBLE, "CP949"},
    {"koi8r", FAMILY_SINGLE, "KOI8-R"},
    {"koi8u", FAMILY_SINGLE, "KOI8-U"},
    {"koi8", FAMILY_SINGLE, "KOI8-R"},
    {"latin2", FAMILY_SINGLE, "ISO-8859-2"},
    {"latin9", FAMILY_SINGLE, "ISO-8859-15"},
    {"tis620", FAMILY_SINGLE, "CP874"},
    {"windows874", FAMILY_SINGLE, "CP874"},
    {"cp874", FAMILY_SINGLE, "CP874"},
    {"viscii", FAMILY_SINGLE, "VISCII"},
    {"macintosh", FAMILY_SINGLE, "MACINTOSH"},
    {"macroman", FAMILY_SINGLE, "MACINTOSH"},
    {"cp437", FAMILY_SINGLE, "CP437"},
    {"ibm437", FAMILY_SINGLE, "CP437"},
    {"cp850", FAMILY_SINGLE, "CP850"},
    {"ibm850", FAMILY_SINGLE, "CP850"},
    {"cp852", FAMILY_SINGLE, "CP852"},
    {"ibm852", FAMILY_SINGLE, "CP852"},
    {"cp866", FAMILY_SINGLE, "CP866"},
    {"ibm866", FAMILY_SINGLE, "CP866"},
    {"utf16", FAMILY_OTHER, "UTF-16BE"}, /* RFC 2781 section 4.3; a byte-order mark overrules it */
    {"utf16be", FAMILY_OTHER, "UTF-16BE"},
    {"utf16le", FAMILY_OTHER, "UTF-16LE"},
    {"ucs2", FAMILY_OTHER, "UTF-16BE"},
    {"utf32", FAMILY_OTHER, "UTF-32BE"},
    {"utf32be", FAMILY_OTHER, "UTF-32BE"},
    {"utf32le", FAMILY_OTHER, "UTF-32LE"},
    {"utf7", FAMILY_OTHER, "UTF-7"},
    {"unicode11utf7", FAMILY_OTHER, "UTF-7"},
    {"csunicode11utf7", FAMILY_OTHER, "UTF-7"},
    {"hzgb2312", FAMILY_OTHER, "HZ"},
    {"iso2022kr", FAMILY_OTHER, "ISO-2022-KR"},
    {"csiso2022kr", FAMILY_OTHER, "ISO-2022-KR"},
};

/* The longest of iconv's names and labels, with room to spare. */
enum { LABEL_BYTES = 32 };

/* iso-8859-2 to -16 and windows-1250 to -1258, by number. name: LABEL_BYTES long, gets iconv's name. */
static bool numbered_charset(char *name, bw_slice label)
{
    static const char *const prefixes[] = {"iso8859", "windows", "cp"};
    unsigned long number = 0;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        const bw_slice prefix = bw_str(prefixes[i]);
        if (!bw_starts(label, prefix) || !bw_number(&number, bw_sub(label, prefix.n, label.n), 9999))
            continue;
        if (i == 0 && number >= 2 && number <= 16)
            return snprintf(name, LABEL_BYTES, "ISO-8859-%lu", number) > 0;
        if (i > 0 && number >= 1250 && number <= 1258)
            return snprintf(name, LABEL_BYTES, "CP%lu", number) > 0;
    }
    return false;
}

/* The letters and digits of label in lower case: "Shift_JIS", "shift-jis" and "SHIFT JIS" are one.
 * out: LABEL_BYTES long. */
static bw_slice plain_label(char *out, bw_slice label)
{
    size_t n = 0;
    for (size_t i = 0; i < label.n && n < LABEL_BYTES; i++)
        if (bw_is_alnum(label.p[i]))
            out[n++] = bw_lower(label.p[i]);
    return (bw_slice){out, n < LABEL_BYTES ? n : 0};
}

/* *family, and in name (LABEL_BYTES long) iconv's name where the family needs it. */
static void find_charset(enum family *family, char *name, bw_slice label)
{
    char plain_bytes[LABEL_BYTES];
    const bw_slice plain = plain_label(plain_bytes, label);
    *family = FAMILY_GUESS;
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        if (!bw_eq(plain, bw_str(charsets[i].label)))
            continue;
        *family = charsets[i].family;
        if (charsets[i].iconv)
            snprintf(name, LABEL_BYTES, "%s", charsets[i].iconv);
        return;
    }
    if (numbered_charset(name, plain))
        *family = FAMILY_SINGLE;
}

/* ---- conversion ----------------------------------------------------------------------------------------- */

/* Windows-1252 from 0x80; 0 where it has nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static void put_latin(struct bw_buf *out, bw_slice in)
{
    for (size_t i = 0; i < in.n; i++) {
        const unsigned char c = (unsigned char)in.p[i];
        if (c >= 0x80 && c < 0xA0)
            bw_put_utf8(out, windows_1252[c - 0x80] ? windows_1252[c - 0x80] : 0xFFFD);
        else
            bw_put_utf8(out, c);
    }
}

/* One open converter; (iconv_t)-1 where iconv lacks it. */
struct converter {
    iconv_t iconv;
    bool open;
};

static bool converter_open(struct converter *converter, const char *from)
{
    converter->iconv = iconv_open("UTF-8", from);
    converter->open = converter->iconv != (iconv_t)-1; /* NOLINT: the value that POSIX gives */
    return converter->open;
}

static void converter_close(struct converter *converter)
{
    if (converter->open)
        iconv_close(converter->iconv);
    converter->open = false;
}

/* Appends in converted, each run of bytes that do not fit as one U+FFFD. Returns how many bytes did not fit. */
static size_t convert(struct bw_buf *out, const struct converter *converter, bw_slice in)
{
    char chunk[4096];
    char *from = (char *)in.p; /* POSIX declares it without const, and does not write */
    size_t left = in.n, misfits = 0;
    const char *misfit_end = NULL;
    iconv(converter->iconv, NULL, NULL, NULL, NULL);
    while (left > 0 && !out->truncated && !out->failed) {
        char *to = chunk;
        size_t room = sizeof chunk;
        errno = 0;
        const size_t status = iconv(converter->iconv, &from, &left, &to, &room);
        const int reason = errno;
        bw_put(out, (bw_slice){chunk, sizeof chunk - room});
        if (status != (size_t)-1 || reason == E2BIG)
            continue;
        if (from != misfit_end || room != sizeof chunk)
            bw_put_utf8(out, 0xFFFD);
        const size_t lost = reason == EINVAL ? left : 1;
        from += lost;
        left -= lost;
        misfits += lost;
        misfit_end = from;
    }
    char *to = chunk;
    size_t room = sizeof chunk;
    if (iconv(converter->iconv, NULL, NULL, &to, &room) != (size_t)-1)
        bw_put(out, (bw_slice){chunk, sizeof chunk - room});
    return misfits;
}

/* Appends Japanese bytes; the one converter serves every way to write them. */
static void put_japanese(struct bw_buf *out, struct converter *sjis, bw_slice in, enum bw_guess guess)
{
    struct bw_buf rewritten;
    bw_buf_init(&rewritten, 0);
    if (guess == BW_GUESS_JIS)
        bw_put_jis_as_sjis(&rewritten, in);
    else if (guess == BW_GUESS_EUC)
        bw_put_euc_as_sjis(&rewritten, in);
    const bw_slice bytes = guess == BW_GUESS_SJIS ? in : bw_buf_slice(&rewritten);
    if (!sjis->open && !converter_open(sjis, "CP932") && !converter_open(sjis, "SHIFT_JIS"))
        put_latin(out, bytes);
    else
        convert(out, sjis, bytes);
    out->failed |= rewritten.failed;
    bw_buf_clear(&rewritten);
}

static void put_repaired(struct bw_buf *out, bw_slice s)
{
    uint32_t code;
    bool in_run = false;
    while (s.n) {
        const size_t before = s.n;
        bw_utf8_next(&code, &s);
        const bool broken = code == 0xFFFD && before - s.n == 1;
        if (!broken || !in_run)
            bw_put_utf8(out, code);
        in_run = broken;
    }
}

static void put_as(struct bw_buf *out, struct converter *sjis, bw_slice in, enum bw_guess guess)
{
    switch (guess) {
    case BW_GUESS_ASCII:
    case BW_GUESS_UTF8:
        put_repaired(out, in);
        break;
    case BW_GUESS_JIS:
    case BW_GUESS_SJIS:
    case BW_GUESS_EUC:
        put_japanese(out, sjis, in, guess);
        break;
    case BW_GUESS_LATIN:
    case BW_GUESS_MIXED:
        put_latin(out, in);
        break;
    }
}

/* Length of the first line, its end included. */
static size_t whole_line(bw_slice s)
{
    const size_t end = bw_find_byte(s, '\n', 0);
    return end == BW_NONE ? s.n : end + 1;
}

/* A text put together from several charsets (a server's words around a quoted line of another's): line by line. */
static void put_mixed(struct bw_buf *out, struct converter *sjis, bw_slice in, enum bw_guess told)
{
    while (in.n && !out->failed) {
        const bw_slice line = bw_sub(in, 0, whole_line(in));
        enum bw_guess guess = bw_guess_charset(line, told);
        if (guess == BW_GUESS_MIXED && bw_utf8_valid(line))
            guess = BW_GUESS_UTF8;
        else if (guess == BW_GUESS_MIXED)
            guess = bw_has_jis_escape(line) ? BW_GUESS_JIS : BW_GUESS_LATIN;
        put_as(out, sjis, line, guess);
        in = bw_sub(in, line.n, in.n);
    }
}

static bw_slice guessed(struct bw_arena *arena, bw_slice bytes, enum bw_guess told)
{
    const enum bw_guess guess = bw_guess_charset(bytes, told);
    if (guess == BW_GUESS_ASCII || (guess == BW_GUESS_UTF8 && bw_utf8_valid(bytes)))
        return bytes;
    struct bw_buf out;
    struct converter sjis = {.open = false};
    bw_buf_init(&out, 0);
    if (guess == BW_GUESS_MIXED)
        put_mixed(&out, &sjis, bytes, told);
    else
        put_as(&out, &sjis, bytes, guess);
    converter_close(&sjis);
    return bw_buf_take(&out, arena);
}

/* ---- labelled text -------------------------------------------------------------------------------------- */

static size_t high_bytes(bw_slice s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++)
        count += (unsigned char)s.p[i] >= 0x80;
    return count;
}

/* bytes by iconv. False where iconv lacks the charset, or where too much does not fit for the label to be true. */
static bool by_iconv(bw_slice *out, struct bw_arena *arena, bw_slice bytes, const char *name)
{
    struct converter converter;
    if (!converter_open(&converter, name))
        return false;
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    const size_t misfits = convert(&buf, &converter, bytes);
    converter_close(&converter);
    if (misfits > 1 && misfits > high_bytes(bytes) / 16) {
        bw_buf_clear(&buf);
        return false;
    }
    *out = bw_buf_take(&buf, arena);
    return true;
}

/* The bytes show the label to be wrong, or to make no difference: UTF-16 without a single NUL, 7-bit charsets with
 * 8-bit bytes, UTF-8 under another name, plain ASCII. */
static bool is_lie(enum family family, const char *name, bw_slice bytes)
{
    if (bw_starts(bw_str(name), BW_S("UTF-16")) || bw_starts(bw_str(name), BW_S("UTF-32")))
        return bw_find_byte(bytes, '\0', 0) == BW_NONE;
    if (family == FAMILY_OTHER)
        return high_bytes(bytes) > 0;
    return bw_utf8_valid(bytes) &&
           (family == FAMILY_SINGLE || high_bytes(bytes) == 0 || bw_has_long_utf8(bytes));
}

static bw_slice without_mark(bw_slice s)
{
    return bw_starts(s, BW_S("\xEF\xBB\xBF")) ? bw_sub(s, 3, s.n) : s;
}

/* True for UTF-16 with a byte-order mark and something behind it, whatever the label says. */
static bool has_utf16_mark(bw_slice bytes)
{
    return (bw_starts(bytes, BW_S("\xFF\xFE")) || bw_starts(bytes, BW_S("\xFE\xFF"))) &&
           bw_find_byte(bytes, '\0', 2) != BW_NONE;
}

bw_slice bw_to_utf8(struct bw_arena *arena, bw_slice bytes, bw_slice charset)
{
    static const enum bw_guess told[] = {
        [FAMILY_GUESS] = BW_GUESS_ASCII,  [FAMILY_UTF8] = BW_GUESS_UTF8,    [FAMILY_JIS] = BW_GUESS_JIS,
        [FAMILY_SJIS] = BW_GUESS_SJIS,    [FAMILY_EUC] = BW_GUESS_EUC,      [FAMILY_LATIN] = BW_GUESS_LATIN,
        [FAMILY_DOUBLE] = BW_GUESS_ASCII, [FAMILY_SINGLE] = BW_GUESS_ASCII, [FAMILY_OTHER] = BW_GUESS_ASCII,
    };
    char name[LABEL_BYTES] = "";
    enum family family;
    bw_slice out;
    if (bytes.n == 0)
        return bytes;
    if (has_utf16_mark(bytes) &&
        by_iconv(&out, arena, bw_sub(bytes, 2, bytes.n), bytes.p[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE"))
        return out;
    bytes = without_mark(bytes);
    find_charset(&family, name, charset);
    const bool lie = !name[0] || is_lie(family, name, bytes);
    const bool japanese = family == FAMILY_JIS || family == FAMILY_SJIS || family == FAMILY_EUC;
    const char *letters = !japanese && (lie || family == FAMILY_LATIN) ? bw_guess_by_letters(bytes) : NULL;
    if (letters && by_iconv(&out, arena, bytes, letters))
        return out;
    if (!lie && by_iconv(&out, arena, bytes, name))
        return out;
    return guessed(arena, bytes, told[family]);
}
