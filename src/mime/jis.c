/* ISO-2022-JP (RFC 1468, and what mailers made of it) and EUC-JP rewritten as Shift_JIS. All three are ways to write
 * the same table (JIS X 0208), so this is arithmetic; iconv then only needs to know the one that has every vendor's
 * additions. */
#include "mime/internal.h"

enum { ESC = 0x1B, SHIFT_OUT = 0x0E, SHIFT_IN = 0x0F };

enum set { SET_ASCII, SET_KANA, SET_KANJI, SET_KANJI_2 };

/* The geta mark: how Japanese print shows a character that it lacks. */
static void put_geta(struct bw_buf *out) { bw_put(out, BW_S("\x81\xAC")); }

static bool is_94(unsigned char c) { return c >= 0x21 && c <= 0x7E; }

/* Row and cell as the bytes 0x21 to 0x7E of JIS X 0208. */
static void put_kanji(struct bw_buf *out, unsigned row, unsigned cell)
{
    const unsigned lead = ((row - 1) >> 1) + (row <= 0x5E ? 0x71 : 0xB1);
    const unsigned trail = row & 1 ? cell + (cell < 0x60 ? 0x1F : 0x20) : cell + 0x7E;
    bw_putc(out, (char)lead);
    bw_putc(out, (char)trail);
}

struct escape {
    const char *bytes; /* behind the ESC */
    enum set set;
};

/* RFC 1468, RFC 1554 and JIS X 0201; "(H" is a wrong but old way to say JIS Roman. */
static const struct escape escapes[] = {
    {"(B", SET_ASCII}, {"(J", SET_ASCII},  {"(H", SET_ASCII},  {"(I", SET_KANA},     {"$@", SET_KANJI},
    {"$B", SET_KANJI}, {"$(@", SET_KANJI}, {"$(B", SET_KANJI}, {"$(D", SET_KANJI_2}, {"&@", SET_ASCII},
};

/* Length of the escape sequence at offset at (an ESC), 0 for an unknown one. *set: changed to what it selects. */
static size_t read_escape(enum set *set, bw_slice s, size_t at)
{
    const bw_slice behind = bw_sub(s, at + 1, s.n);
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (!bw_starts(behind, bw_str(escapes[i].bytes)))
            continue;
        *set = escapes[i].set;
        return 1 + bw_str(escapes[i].bytes).n;
    }
    return 0;
}

/* A line should end in ASCII. Where it does not, either it was cut for being too long and its kanji end on the next
 * line, which then has the way back to ASCII before any other escape; or its end is lost. */
static bool kanji_go_on(bw_slice s, size_t at)
{
    while (at < s.n && (s.p[at] == '\n' || s.p[at] == '\r'))
        at++;
    for (; at < s.n && s.p[at] != '\n' && s.p[at] != '\r'; at++)
        if (s.p[at] == ESC)
            return at + 1 < s.n && s.p[at + 1] == '(';
    return false;
}

/* Writes what stands at offset at in set; returns how many bytes that was. */
static size_t put_jis_character(struct bw_buf *out, bw_slice s, size_t at, enum set set)
{
    const unsigned char c = (unsigned char)s.p[at], d = at + 1 < s.n ? (unsigned char)s.p[at + 1] : 0;
    if (set == SET_KANA && c >= 0x21 && c <= 0x5F) {
        bw_putc(out, (char)(c | 0x80));
        return 1;
    }
    if (set < SET_KANJI || !is_94(c)) {
        bw_putc(out, (char)c);
        return 1;
    }
    if (!is_94(d)) {
        put_geta(out);
        return 1;
    }
    if (set == SET_KANJI)
        put_kanji(out, c, d);
    else
        put_geta(out);
    return 2;
}

void bw_put_jis_as_sjis(struct bw_buf *out, bw_slice jis)
{
    enum set set = SET_ASCII, before_shift = SET_ASCII;
    for (size_t i = 0; i < jis.n;) {
        const char c = jis.p[i];
        const size_t escape = c == ESC ? read_escape(&set, jis, i) : 0;
        if (escape) {
            i += escape;
        } else if (c == SHIFT_OUT || c == SHIFT_IN) {
            if (c == SHIFT_OUT && set != SET_KANA)
                before_shift = set;
            set = c == SHIFT_OUT ? SET_KANA : before_shift;
            i++;
        } else {
            if ((c == '\n' || c == '\r') && set != SET_ASCII && !kanji_go_on(jis, i))
                set = SET_ASCII;
            i += put_jis_character(out, jis, i, set);
        }
    }
}

void bw_put_euc_as_sjis(struct bw_buf *out, bw_slice euc)
{
    for (size_t i = 0; i < euc.n;) {
        const unsigned char c = (unsigned char)euc.p[i], d = i + 1 < euc.n ? (unsigned char)euc.p[i + 1] : 0;
        if (c < 0x80) {
            bw_putc(out, (char)c);
            i++;
        } else if (c == 0x8E && d >= 0xA1 && d <= 0xDF) {
            bw_putc(out, (char)d);
            i += 2;
        } else if (c == 0x8F && i + 2 < euc.n && d >= 0xA1) {
            put_geta(out);
            i += 3;
        } else if (is_94(c & 0x7F) && c >= 0xA1 && d >= 0xA1 && d <= 0xFE) {
            put_kanji(out, c & 0x7F, d & 0x7F);
            i += 2;
        } else {
            put_geta(out);
            i++;
        }
    }
}
