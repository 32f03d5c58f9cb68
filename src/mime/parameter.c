/* Parameters of structured fields: RFC 2045 section 5.1 and RFC 2231. */
#include "mime/internal.h"

#include <stdlib.h>

enum { WHOLE = -1, MOST_SECTIONS = 9999 };

/* One parameter as it stands. */
struct raw_parameter {
    bw_slice name, value; /* value without its quotes, escapes still in it */
    bool quoted;
};

/* A piece of the value that is looked for: title*1*=... */
struct section {
    bw_slice value;
    long number; /* WHOLE for a parameter that is not cut */
    bool quoted, encoded;
    size_t order; /* of appearance, as qsort keeps none */
};

struct sections {
    struct section *items;
    size_t count, cap;
};

/* Offset of the quote that closes the one before offset at; the length where none does. */
static size_t closing_quote(bw_slice s, size_t at)
{
    for (; at < s.n && s.p[at] != '"'; at++)
        if (s.p[at] == '\\')
            at++;
    return at < s.n ? at : s.n;
}

/* Length of an unquoted value: to the next ';', or to white space in front of a comment or of another "name=". */
static size_t token_length(bw_slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != ';') {
        if (!bw_is_space(s.p[n])) {
            n++;
            continue;
        }
        size_t next = n;
        while (next < s.n && bw_is_space(s.p[next]))
            next++;
        size_t word = next;
        while (word < s.n && (bw_is_alnum(s.p[word]) || s.p[word] == '-' || s.p[word] == '*'))
            word++;
        if (next == s.n || s.p[next] == '(' || (word > next && word < s.n && s.p[word] == '='))
            return n;
        n = word > next ? word : next;
    }
    return n;
}

/* Cuts the next parameter off *rest: the word in front of a '=' and the value behind it. False when none is left. */
static bool next_parameter(struct raw_parameter *out, bw_slice *rest)
{
    const size_t equals = bw_find_byte(*rest, '=', 0);
    if (equals == BW_NONE)
        return false;
    bw_slice name = bw_trim(bw_sub(*rest, 0, equals));
    size_t start = name.n;
    while (start > 0 && !bw_is_space(name.p[start - 1]) && name.p[start - 1] != ';')
        start--;
    out->name = bw_sub(name, start, name.n);
    size_t at = equals + 1;
    while (at < rest->n && bw_is_space(rest->p[at]))
        at++;
    out->quoted = at < rest->n && rest->p[at] == '"';
    if (out->quoted) {
        const size_t end = closing_quote(*rest, at + 1);
        out->value = bw_sub(*rest, at + 1, end);
        *rest = bw_sub(*rest, end + 1, rest->n);
    } else {
        const bw_slice behind = bw_sub(*rest, at, rest->n);
        const size_t length = token_length(behind);
        out->value = bw_trim(bw_sub(behind, 0, length));
        *rest = bw_sub(behind, length, behind.n);
    }
    return true;
}

/* The parameter is (a section of) the one that is looked for: name, name*, name*3 or name*3*. */
static bool is_section_of(struct section *out, const struct raw_parameter *parameter, bw_slice name)
{
    bw_slice tail = parameter->name;
    unsigned long number;
    if (!bw_istarts(tail, name))
        return false;
    tail = bw_sub(tail, name.n, tail.n);
    *out = (struct section){.value = parameter->value, .number = WHOLE, .quoted = parameter->quoted};
    if (tail.n == 0)
        return true;
    if (tail.p[0] != '*')
        return false;
    out->encoded = tail.p[tail.n - 1] == '*';
    if (tail.n == 1)
        return true;
    tail = bw_sub(tail, 1, tail.n - out->encoded);
    if (!bw_number(&number, tail, MOST_SECTIONS))
        return false;
    out->number = (long)number;
    return true;
}

static int by_number(const void *left, const void *right)
{
    const struct section *a = left, *b = right;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Appends a value without the escapes of a quoted string. Only those that must be are taken for escapes: file names
 * have backslashes of their own, and Shift_JIS has them as second bytes. */
static void put_plain(struct bw_buf *out, bw_slice value, bool quoted)
{
    for (size_t i = 0; i < value.n; i++) {
        const bool escape = quoted && value.p[i] == '\\' && i + 1 < value.n &&
                            (value.p[i + 1] == '"' || value.p[i + 1] == '\\');
        bw_putc(out, value.p[escape ? ++i : i]);
    }
}

static void put_percent(struct bw_buf *out, bw_slice value)
{
    for (size_t i = 0; i < value.n; i++) {
        const int high = value.p[i] == '%' && i + 1 < value.n ? bw_hex_value(value.p[i + 1]) : -1;
        const int low = high >= 0 && i + 2 < value.n ? bw_hex_value(value.p[i + 2]) : -1;
        bw_putc(out, low >= 0 ? (char)(unsigned char)((unsigned)high << 4 | (unsigned)low) : value.p[i]);
        i += low >= 0 ? 2 : 0;
    }
}

/* Cuts charset'language' off the first section (RFC 2231 section 4). */
static bw_slice cut_charset(bw_slice *value)
{
    const size_t first = bw_find_byte(*value, '\'', 0);
    const size_t second = first == BW_NONE ? BW_NONE : bw_find_byte(*value, '\'', first + 1);
    if (second == BW_NONE)
        return BW_NULL;
    const bw_slice charset = bw_sub(*value, 0, first);
    *value = bw_sub(*value, second + 1, value->n);
    return charset;
}

/* Joins count sections that follow one another. */
static bw_slice join(struct bw_arena *arena, struct section *sections, size_t count)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    bw_slice charset = BW_NULL;
    bool encoded = false;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 && sections[i].encoded)
            charset = cut_charset(&sections[i].value);
        encoded |= sections[i].encoded;
        if (sections[i].encoded)
            put_percent(&buf, sections[i].value);
        else
            put_plain(&buf, sections[i].value, sections[i].quoted);
    }
    const bw_slice bytes = bw_buf_take(&buf, arena);
    return encoded ? bw_to_utf8(arena, bytes, charset) : bw_decode_words(arena, bytes);
}

/* 'utf-8', as some software quotes. */
static bw_slice without_single_quotes(bw_slice s)
{
    const bool both = s.n >= 2 && s.p[0] == '\'' && s.p[s.n - 1] == '\'';
    return both ? bw_sub(s, 1, s.n - 1) : s;
}

/* Sections 0, 1, 2 ... beat an encoded whole, which beats a plain one: the plain form is for old readers. */
static bw_slice choose(struct bw_arena *arena, struct sections *found)
{
    size_t wholes = 0, run = 0;
    if (found->count > 1)
        qsort(found->items, found->count, sizeof *found->items, by_number);
    while (wholes < found->count && found->items[wholes].number == WHOLE)
        wholes++;
    struct section *cut = found->items + wholes;
    for (size_t i = 0; i < found->count - wholes; i++) /* of two with the same number the first counts */
        if (cut[i].number == (long)run)
            cut[run++] = cut[i];
    if (run)
        return join(arena, cut, run);
    struct section *whole = found->items;
    for (size_t i = 0; i < wholes; i++) {
        if (found->items[i].encoded) {
            whole = &found->items[i];
            break;
        }
    }
    if (wholes == 0)
        return BW_NULL;
    if (!whole->quoted && !whole->encoded)
        whole->value = without_single_quotes(whole->value);
    return join(arena, whole, 1);
}

bw_slice bw_parameter(struct bw_arena *arena, bw_slice field, const char *name)
{
    bw_slice rest = bw_unfold(arena, field);
    struct sections found = {0};
    struct raw_parameter parameter;
    struct section section;
    while (next_parameter(&parameter, &rest)) {
        if (!is_section_of(&section, &parameter, bw_str(name)))
            continue;
        section.order = found.count;
        struct section *added = bw_push(arena, &found);
        if (added)
            *added = section;
    }
    return found.count ? choose(arena, &found) : BW_NULL;
}
