/* Is a file plainly mail or text? Asked of every file, so it has to cost nothing; libmagic is for the rest. */
#include "input/internal.h"

enum {
    CLEAN_BYTES = 64, /* a binary format shows itself here: no control character at all is allowed */
    STRAY_PERCENT = 1 /* of the bytes behind may be control characters: mails do hold such */
};

/* Documents whose head is printable. */
static const char *const printable_documents[] = {"%PDF-", "{\\rtf", "%!PS", "GIF8"};

/* A control character that text does not have. ESC is ISO-2022-JP's. Bytes of 0x80 and more are letters of some
 * charset: what is compressed or binary has controls among its first bytes too. */
static bool is_stray(unsigned c)
{
    return (c < 32 && c != '\t' && c != '\n' && c != '\v' && c != '\f' && c != '\r' && c != '\b' &&
            c != 27) ||
           c == 127;
}

/* Counting of control characters among the characters of a text. */
struct count {
    size_t seen, stray;
    bool early; /* a stray one among the first */
};

static void count_one(struct count *count, unsigned c)
{
    if (is_stray(c)) {
        count->stray++;
        count->early = count->early || count->seen < CLEAN_BYTES;
    }
    count->seen++;
}

static bool is_text(const struct count *count)
{
    return count->seen > 0 && !count->early && count->stray * 100 <= count->seen * STRAY_PERCENT;
}

/* UTF-16 behind its mark; high: the offset of the high byte in a unit. Surrogates that fit nothing are the decoder's
 * business. */
static bool is_utf16(bw_slice units, size_t high)
{
    struct count count = {0};
    for (size_t i = 0; i + 1 < units.n; i += 2) {
        const unsigned c =
            (unsigned)(unsigned char)units.p[i + high] << 8 | (unsigned char)units.p[i + 1 - high];
        count_one(&count, c);
    }
    return is_text(&count);
}

/* "Name:", as the first line of a message has it. Its body may then be what it wants. */
static bool begins_with_field(bw_slice head)
{
    size_t n = 0;
    while (n < head.n && n < 78 && (bw_is_alnum(head.p[n]) || head.p[n] == '-' || head.p[n] == '_'))
        n++;
    if (n < 2 || !bw_is_alpha(head.p[0]))
        return false;
    while (n < head.n && head.p[n] == ' ')
        n++;
    if (n + 1 >= head.n || head.p[n] != ':')
        return false;
    bw_slice line;
    bw_slice rest = bw_sub(head, n + 1, head.n);
    bw_next_line(&line, &rest);
    struct count count = {0};
    for (size_t i = 0; i < line.n; i++)
        count_one(&count, (unsigned char)line.p[i]);
    return count.stray == 0;
}

bool bw_looks_like_mail(bw_slice head)
{
    if (bw_starts(head, BW_S("\xFF\xFE")))
        return is_utf16(bw_sub(head, 2, head.n), 1);
    if (bw_starts(head, BW_S("\xFE\xFF")))
        return is_utf16(bw_sub(head, 2, head.n), 0);
    if (bw_starts(head, BW_S("\xEF\xBB\xBF")))
        head = bw_sub(head, 3, head.n);
    for (size_t i = 0; i < sizeof printable_documents / sizeof *printable_documents; i++)
        if (bw_starts(head, bw_str(printable_documents[i])))
            return false;
    while (head.n && bw_is_space(head.p[0]))
        head = bw_sub(head, 1, head.n);
    if (begins_with_field(head))
        return true;
    struct count count = {0};
    for (size_t i = 0; i < head.n; i++)
        count_one(&count, (unsigned char)head.p[i]);
    return is_text(&count);
}
