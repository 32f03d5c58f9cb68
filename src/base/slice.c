#include "base/base.h"

#include <string.h>

bw_slice bw_str(const char *text) { return text ? (bw_slice){text, strlen(text)} : BW_NULL; }

bw_slice bw_sub(bw_slice s, size_t from, size_t end)
{
    if (!s.p)
        return BW_NULL;
    if (end > s.n)
        end = s.n;
    if (from > end)
        from = end;
    return (bw_slice){s.p + from, end - from};
}

bw_slice bw_trim(bw_slice s)
{
    while (s.n && bw_is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && bw_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool bw_eq(bw_slice a, bw_slice b)
{
    if (a.n != b.n || !a.p || !b.p)
        return a.n == b.n && !a.p && !b.p;
    return memcmp(a.p, b.p, a.n) == 0;
}

static bool same_letters(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bw_lower(a[i]) != bw_lower(b[i]))
            return false;
    return true;
}

bool bw_ieq(bw_slice a, bw_slice b)
{
    return a.n == b.n && (a.p != NULL) == (b.p != NULL) && same_letters(a.p, b.p, a.n);
}

bool bw_starts(bw_slice s, bw_slice prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool bw_istarts(bw_slice s, bw_slice prefix)
{
    return s.n >= prefix.n && same_letters(s.p, prefix.p, prefix.n);
}

bool bw_iends(bw_slice s, bw_slice suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || same_letters(s.p + (s.n - suffix.n), suffix.p, suffix.n));
}

size_t bw_find_byte(bw_slice s, char c, size_t from)
{
    if (from >= s.n)
        return BW_NONE;
    const char *at = memchr(s.p + from, c, s.n - from);
    return at ? (size_t)(at - s.p) : BW_NONE;
}

size_t bw_find(bw_slice s, bw_slice needle, size_t from)
{
    if (needle.n == 0)
        return from <= s.n ? from : BW_NONE;
    for (size_t at = from; (at = bw_find_byte(s, needle.p[0], at)) != BW_NONE; at++) {
        if (s.n - at < needle.n)
            return BW_NONE;
        if (memcmp(s.p + at, needle.p, needle.n) == 0)
            return at;
    }
    return BW_NONE;
}

size_t bw_ifind(bw_slice s, bw_slice needle, size_t from)
{
    if (needle.n == 0)
        return from <= s.n ? from : BW_NONE;
    const char first = bw_lower(needle.p[0]);
    for (size_t at = from; at < s.n && s.n - at >= needle.n; at++)
        if (bw_lower(s.p[at]) == first && same_letters(s.p + at, needle.p, needle.n))
            return at;
    return BW_NONE;
}

/* Offset of the first CR or LF, or the length. Looks in windows: a text of bare CRs must not be searched to its end for
 * an LF at every line. */
static size_t line_length(bw_slice s)
{
    enum { WINDOW = 256 };
    for (size_t from = 0; from < s.n; from += WINDOW) {
        const bw_slice window = bw_sub(s, from, from + WINDOW);
        const size_t lf = bw_find_byte(window, '\n', 0);
        const size_t cr = bw_find_byte(bw_sub(window, 0, lf), '\r', 0);
        if (cr != BW_NONE || lf != BW_NONE)
            return from + (cr != BW_NONE ? cr : lf);
    }
    return s.n;
}

bool bw_next_line(bw_slice *out, bw_slice *rest)
{
    if (rest->n == 0)
        return false;
    const size_t length = line_length(*rest);
    *out = bw_sub(*rest, 0, length);
    size_t next = length;
    if (next < rest->n && rest->p[next] == '\r')
        next++;
    if (next < rest->n && rest->p[next] == '\n' && (next == length || rest->p[next - 1] == '\r'))
        next++;
    *rest = bw_sub(*rest, next, rest->n);
    return true;
}

bool bw_next_word(bw_slice *out, bw_slice *rest)
{
    size_t from = 0;
    while (from < rest->n && bw_is_space(rest->p[from]))
        from++;
    size_t end = from;
    while (end < rest->n && !bw_is_space(rest->p[end]))
        end++;
    *out = bw_sub(*rest, from, end);
    *rest = bw_sub(*rest, end, rest->n);
    return end > from;
}

uint32_t bw_ihash(bw_slice s)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ (unsigned char)bw_lower(s.p[i])) * 16777619u;
    return hash;
}

bool bw_number(unsigned long *out, bw_slice s, unsigned long max)
{
    unsigned long value = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!bw_is_digit(s.p[i]))
            return false;
        const unsigned long digit = (unsigned long)(s.p[i] - '0');
        if (digit > max || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

int bw_hex_value(char c)
{
    if (bw_is_digit(c))
        return c - '0';
    c = bw_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
