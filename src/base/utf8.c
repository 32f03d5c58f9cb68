#include "base/base.h"

#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* Length and first bits by lead byte; 0 for a byte that cannot lead (RFC 3629 section 4). */
static unsigned sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

bool bw_utf8_next(uint32_t *out, bw_slice *rest)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (rest->n == 0)
        return false;
    const unsigned char *p = (const unsigned char *)rest->p;
    const unsigned length = sequence_length(p[0]);
    uint32_t code = length == 1 ? p[0] : p[0] & (0x7Fu >> length);
    unsigned seen = 1;
    while (seen < length && seen < rest->n && (p[seen] & 0xC0) == 0x80)
        code = code << 6 | (p[seen++] & 0x3Fu);
    if (length == 0 || seen < length || code < smallest[length] || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF)) {
        *out = REPLACEMENT;
        *rest = bw_sub(*rest, 1, rest->n);
        return true;
    }
    *out = code;
    *rest = bw_sub(*rest, length, rest->n);
    return true;
}

void bw_put_utf8(struct bw_buf *buf, uint32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = REPLACEMENT;
    char bytes[4];
    size_t n = 0;
    if (code < 0x80) {
        bytes[n++] = (char)code;
    } else if (code < 0x800) {
        bytes[n++] = (char)(0xC0 | code >> 6);
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        bytes[n++] = (char)(0xE0 | code >> 12);
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    } else {
        bytes[n++] = (char)(0xF0 | code >> 18);
        bytes[n++] = (char)(0x80 | (code >> 12 & 0x3F));
        bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (code & 0x3F));
    }
    bw_put(buf, (bw_slice){bytes, n});
}

/* A lone U+FFFD in the text is fine; one made from a bad byte took a single byte. */
static bool next_is_broken(uint32_t *code, bw_slice *rest)
{
    const size_t before = rest->n;
    bw_utf8_next(code, rest);
    return *code == REPLACEMENT && before - rest->n == 1;
}

bool bw_utf8_valid(bw_slice s)
{
    uint32_t code;
    while (s.n) {
        if ((unsigned char)s.p[0] < 0x80)
            s = (bw_slice){s.p + 1, s.n - 1};
        else if (next_is_broken(&code, &s))
            return false;
    }
    return true;
}

bw_slice bw_utf8_repair(struct bw_arena *arena, bw_slice s)
{
    if (bw_utf8_valid(s))
        return s;
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    bool in_run = false;
    uint32_t code;
    while (s.n) {
        const bool broken = next_is_broken(&code, &s);
        if (!broken || !in_run)
            bw_put_utf8(&buf, code);
        in_run = broken;
    }
    return bw_buf_take(&buf, arena);
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code >= ranges[low].first;
}

/* Blocks of combining marks and invisible formatting that mail in practice holds (Unicode 15, general categories
 * Mn, Me and Cf); a rare script's marks count one column each. */
static const struct range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D},
    {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069}, {0x20D0, 0x20F0}, {0x302A, 0x302D},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

/* UAX #11: W and F. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x2705, 0x2705},
    {0x270A, 0x270B},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2E80, 0x303E},   {0x3041, 0x3247},
    {0x3250, 0x4DBF},   {0x4E00, 0xA4C6},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CD5},
    {0x1B000, 0x1B2FB}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

unsigned bw_code_point_width(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7F && code < 0xA0))
        return 0;
    if (code < 0x300)
        return 1;
    if (in_ranges(code, zero_width, sizeof zero_width / sizeof *zero_width))
        return 0;
    return in_ranges(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t bw_width(bw_slice s)
{
    size_t columns = 0;
    uint32_t code;
    while (bw_utf8_next(&code, &s))
        columns += bw_code_point_width(code);
    return columns;
}

/* Bidi controls, zero-width marks, separators and interlinear marks (Unicode TR 36): they change what the reader
 * believes to see. */
static bool deceives(uint32_t code)
{
    return code == 0x061C || code == 0x115F || code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
           (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

void bw_put_visible(struct bw_buf *buf, bw_slice s, bool keep_newlines)
{
    uint32_t code;
    while (bw_utf8_next(&code, &s)) {
        if (code == '\t')
            bw_putc(buf, ' ');
        else if (code == '\n' && keep_newlines)
            bw_putc(buf, '\n');
        else if (code < 0x20)
            bw_put_utf8(buf, 0x2400 + code);
        else if (code == 0x7F)
            bw_put_utf8(buf, 0x2421);
        else if ((code > 0x7F && code < 0xA0) || deceives(code))
            bw_put_utf8(buf, REPLACEMENT);
        else
            bw_put_utf8(buf, code);
    }
}

bw_slice bw_one_line(struct bw_arena *arena, bw_slice s)
{
    if (!s.p)
        return BW_NULL;
    char *line = bw_arena_alloc(arena, s.n + 1);
    if (!line)
        return BW_NULL;
    bw_slice word;
    size_t n = 0;
    while (bw_next_word(&word, &s)) {
        if (n)
            line[n++] = ' ';
        memcpy(line + n, word.p, word.n);
        n += word.n;
    }
    return (bw_slice){line, n};
}
