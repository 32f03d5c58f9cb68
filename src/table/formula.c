/* What every match of a regex must hold, as a formula over literals, told from the pattern without compiling it. A
 * pattern that is not fully understood gives no formula: its regex is always tried. */
#include "table/internal.h"

#include <string.h>

enum { LITERAL_BYTES = 64, NESTING_MAX = 20, FORMULA_BYTES_MAX = 60000 };

/* The character beside ASCII has no case, or bw_fold knows it. */
static bool keeps_its_bytes(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0xA0, 0xB4},     {0xB6, 0xFF},     {0x400, 0x45F},   {0x590, 0x6FF},   {0x900, 0xE7F},
        {0x2010, 0x205F}, {0x3000, 0x9FFF}, {0xAC00, 0xD7A3}, {0xFF00, 0xFF20}, {0xFF5B, 0xFF9F},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* ---- reading the pattern -------------------------------------------------------------------------------- */

struct scan {
    struct bw_arena *arena;
    bw_slice rest;
    unsigned depth;
    bool lost; /* met something that is not understood: nothing can be told */
};

/* A formula while it is made. */
struct node {
    unsigned char type;
    bw_slice literal;
    struct node *child, *last, *next;
};

/* What is known of a sequence: all that it must hold, and the literal run that may still grow. */
struct sequence {
    struct node *all;
    char run[LITERAL_BYTES];
    size_t run_length;
};

static struct node *new_node(struct scan *scan, unsigned char type)
{
    struct node *node = bw_new(scan->arena, struct node);
    if (node)
        node->type = type;
    else
        scan->lost = true;
    return node;
}

/* Adds a child, one of the same type by its own children. */
static void adopt(struct node *parent, struct node *child)
{
    struct node *first = child->type == parent->type ? child->child : child;
    struct node *last = child->type == parent->type ? child->last : child;
    if (parent->last)
        parent->last->next = first;
    else
        parent->child = first;
    parent->last = last;
}

/* The sequence must hold this, too. */
static void require(struct scan *scan, struct sequence *seq, struct node *node)
{
    if (!seq->all)
        seq->all = new_node(scan, BW_FORMULA_ALL);
    if (seq->all)
        adopt(seq->all, node);
}

static void end_run(struct scan *scan, struct sequence *seq)
{
    if (seq->run_length >= 3) {
        char folded[LITERAL_BYTES];
        struct node *node = new_node(scan, BW_FORMULA_LITERAL);
        if (node) {
            node->literal = bw_dup(
                scan->arena, (bw_slice){folded, bw_fold(folded, (bw_slice){seq->run, seq->run_length})});
            require(scan, seq, node);
        }
    }
    seq->run_length = 0;
}

/* The byte at offset i of what is left, 0 behind its end. */
static char at(const struct scan *scan, size_t i) { return i < scan->rest.n ? scan->rest.p[i] : 0; }

static void skip(struct scan *scan, size_t n)
{
    scan->rest.p += n;
    scan->rest.n -= n;
}

/* A quantifier behind an item: its least count, 1 without one. */
static unsigned read_quantifier(struct scan *scan, bool *present)
{
    unsigned least = 1;
    *present = true;
    const char c = at(scan, 0);
    if (c == '?' || c == '*') {
        least = 0;
        skip(scan, 1);
    } else if (c == '+') {
        skip(scan, 1);
    } else if (c == '{' && (bw_is_digit(at(scan, 1)) || at(scan, 1) == ',')) {
        const size_t close = bw_find_byte(scan->rest, '}', 0);
        if (close == BW_NONE) {
            scan->lost = true;
            return 0;
        }
        least = scan->rest.p[1] == '0' || scan->rest.p[1] == ',' ? 0 : 1;
        skip(scan, close + 1);
    } else {
        if (c == '{' && (at(scan, 1) == ' ' || at(scan, 1) == '\t'))
            scan->lost = true; /* a quantifier since PCRE2 10.43 */
        *present = false;
        return 1;
    }
    if (at(scan, 0) == '?' || at(scan, 0) == '+')
        skip(scan, 1);
    return least;
}

/* Length of "[:name:]" at offset i of a class, 0 where none stands there. */
static size_t posix_class(bw_slice s, size_t i)
{
    size_t end = i + 2;
    if (!bw_starts(bw_sub(s, i, s.n), BW_S("[:")))
        return 0;
    if (end < s.n && s.p[end] == '^')
        end++;
    while (end < s.n && bw_is_alpha(s.p[end]))
        end++;
    return bw_starts(bw_sub(s, end, s.n), BW_S(":]")) ? end + 2 - i : 0;
}

static void read_class(struct scan *scan)
{
    const bw_slice s = scan->rest;
    size_t i = 1;
    if (i < s.n && s.p[i] == '^')
        i++;
    if (i < s.n && s.p[i] == ']')
        i++;
    while (i < s.n && s.p[i] != ']') {
        const size_t named = posix_class(s, i);
        i += named ? named : s.p[i] == '\\' ? 2 : 1;
    }
    if (i >= s.n)
        scan->lost = true;
    else
        skip(scan, i + 1);
}

static struct node *read_alternatives(struct scan *scan);

/* How a group that begins here starts: bytes to pass over, 0 where it is not understood. look: an assertion. */
static size_t group_opening(const struct scan *scan, bool *look)
{
    *look = false;
    if (at(scan, 1) != '?')
        return at(scan, 1) == '*' ? 0 : 1;
    const char kind = at(scan, 2);
    if (kind == ':' || kind == '>')
        return 3;
    if (kind == '=' || kind == '!' || (kind == '<' && (at(scan, 3) == '=' || at(scan, 3) == '!'))) {
        *look = true;
        return kind == '<' ? 4 : 3;
    }
    if (kind == '<') {
        const size_t close = bw_find_byte(scan->rest, '>', 0);
        return close == BW_NONE ? 0 : close + 1;
    }
    return 0;
}

static void read_group(struct scan *scan, struct sequence *seq)
{
    bool look, quantified;
    const size_t opening = group_opening(scan, &look);
    if (opening == 0 || scan->depth >= NESTING_MAX) {
        scan->lost = true;
        return;
    }
    skip(scan, opening);
    scan->depth++;
    struct node *inner = read_alternatives(scan);
    scan->depth--;
    if (at(scan, 0) != ')') {
        scan->lost = true;
        return;
    }
    skip(scan, 1);
    const unsigned least = read_quantifier(scan, &quantified);
    if (look)
        return;
    end_run(scan, seq);
    if (least && inner)
        require(scan, seq, inner);
}

/* One literal byte (or the bytes of one UTF-8 character); a quantifier behind it decides whether it counts. */
static void read_literal(struct scan *scan, struct sequence *seq, bw_slice bytes)
{
    bool quantified;
    const unsigned least = read_quantifier(scan, &quantified);
    if (least == 0) {
        end_run(scan, seq);
        return;
    }
    if (seq->run_length + bytes.n > LITERAL_BYTES)
        end_run(scan, seq);
    memcpy(seq->run + seq->run_length, bytes.p, bytes.n);
    seq->run_length += bytes.n;
    if (quantified)
        end_run(scan, seq);
}

static void read_escape(struct scan *scan, struct sequence *seq)
{
    bool quantified;
    if (scan->rest.n < 2) {
        scan->lost = true;
        return;
    }
    const char c = scan->rest.p[1];
    const bw_slice byte = bw_sub(scan->rest, 1, 2);
    skip(scan, 2);
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'Z' || c == 'K')
        return;
    if (!bw_is_alnum(c) && (unsigned char)c < 0x80) {
        read_literal(scan, seq, byte);
        return;
    }
    const bool by_name = c == 'N' && at(scan, 0) == '{' && !bw_is_digit(at(scan, 1));
    if (by_name || !strchr("dDsSwWhHvVNRntrf", c)) { /* \N{U+41}, \x41, \p{..}, \Q..\E, back references */
        scan->lost = true;
        return;
    }
    end_run(scan, seq);
    read_quantifier(scan, &quantified);
}

static void read_item(struct scan *scan, struct sequence *seq)
{
    bool quantified;
    const char c = scan->rest.p[0];
    if (c == '(') {
        read_group(scan, seq);
    } else if (c == '\\') {
        read_escape(scan, seq);
    } else if (c == '[' || c == '.') {
        end_run(scan, seq);
        if (c == '[')
            read_class(scan);
        else
            skip(scan, 1);
        read_quantifier(scan, &quantified);
    } else if (c == '^' || c == '$') {
        skip(scan, 1);
    } else if ((unsigned char)c < 0x80) {
        const bw_slice byte = bw_sub(scan->rest, 0, 1);
        skip(scan, 1);
        read_literal(scan, seq, byte);
    } else {
        uint32_t code;
        bw_slice after = scan->rest;
        bw_utf8_next(&code, &after);
        const bw_slice bytes = bw_sub(scan->rest, 0, scan->rest.n - after.n);
        scan->rest = after;
        if (keeps_its_bytes(code)) {
            read_literal(scan, seq, bytes);
        } else {
            end_run(scan, seq);
            read_quantifier(scan, &quantified);
        }
    }
}

static struct node *read_sequence(struct scan *scan)
{
    struct sequence seq = {0};
    while (scan->rest.n && !scan->lost && at(scan, 0) != '|' && at(scan, 0) != ')')
        read_item(scan, &seq);
    end_run(scan, &seq);
    return seq.all;
}

/* NULL where one of the branches need hold nothing. */
static struct node *read_alternatives(struct scan *scan)
{
    struct node *first = read_sequence(scan);
    if (at(scan, 0) != '|')
        return first;
    struct node *any = new_node(scan, BW_FORMULA_ANY);
    bool every = first != NULL && any != NULL;
    if (every)
        adopt(any, first);
    while (!scan->lost && at(scan, 0) == '|') {
        skip(scan, 1);
        struct node *branch = read_sequence(scan);
        every = every && branch != NULL;
        if (every)
            adopt(any, branch);
    }
    return every && !scan->lost ? any : NULL;
}

/* ---- writing the formula -------------------------------------------------------------------------------- */

static size_t size_of(const struct node *node)
{
    size_t size = BW_FORMULA_HEAD + node->literal.n;
    for (const struct node *child = node->child; child; child = child->next)
        size += size_of(child);
    return size;
}

static unsigned char *write_node(unsigned char *out, const struct node *node)
{
    const size_t size = size_of(node) - BW_FORMULA_HEAD;
    *out++ = node->type;
    *out++ = (unsigned char)(size & 0xFF);
    *out++ = (unsigned char)(size >> 8);
    for (size_t i = 0; i < node->literal.n; i++)
        *out++ = (unsigned char)node->literal.p[i];
    for (const struct node *child = node->child; child; child = child->next)
        out = write_node(out, child);
    return out;
}

const unsigned char *bw_formula_of(struct bw_arena *arena, bw_slice pattern)
{
    struct scan scan = {.arena = arena, .rest = pattern};
    struct node *root = read_alternatives(&scan);
    if (scan.lost || scan.rest.n || !root || size_of(root) > FORMULA_BYTES_MAX)
        return NULL;
    unsigned char *formula = bw_arena_alloc(arena, size_of(root));
    if (formula)
        write_node(formula, root);
    return formula;
}

/* No alternative acts on another: there is no option ("(?s)"), condition, comment, verb, quoted text or reference. */
static bool alternatives_are_independent(bw_slice pattern)
{
    for (size_t i = 0; i + 1 < pattern.n; i++) {
        const char next = pattern.p[i + 1];
        if (pattern.p[i] == '\\' && (bw_is_digit(next) || next == 'g' || next == 'k' || next == 'Q'))
            return false;
        if (pattern.p[i] == '(' &&
            (next == '*' || (next == '?' && i + 2 < pattern.n && !memchr(":>=!<", pattern.p[i + 2], 5))))
            return false;
        i += pattern.p[i] == '\\';
    }
    return true;
}

bw_slice bw_next_alternative(bw_slice *rest)
{
    unsigned depth = 0;
    const size_t end = alternatives_are_independent(*rest) ? rest->n : 0;
    for (size_t i = 0; i < end; i++) {
        const char c = rest->p[i];
        if (c == '\\') {
            i++;
        } else if (c == '[') {
            struct scan scan = {.rest = bw_sub(*rest, i, rest->n)};
            read_class(&scan);
            if (scan.lost)
                break;
            i = rest->n - scan.rest.n - 1;
        } else if (c == '(') {
            depth++;
        } else if (c == ')') {
            depth -= depth > 0;
        } else if (c == '|' && depth == 0) {
            const bw_slice one = bw_sub(*rest, 0, i);
            *rest = bw_sub(*rest, i + 1, rest->n);
            return one;
        }
    }
    const bw_slice one = *rest;
    *rest = BW_NULL;
    return one;
}

bw_slice bw_unwrapped(bw_slice pattern)
{
    unsigned depth = 0;
    if (!bw_starts(pattern, BW_S("(?:")))
        return pattern;
    for (size_t i = 0; i < pattern.n; i++) {
        const char c = pattern.p[i];
        if (c == '\\') {
            i++;
        } else if (c == '[') {
            struct scan scan = {.rest = bw_sub(pattern, i, pattern.n)};
            read_class(&scan);
            if (scan.lost)
                return pattern;
            i = pattern.n - scan.rest.n - 1;
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 0) {
            return i + 1 == pattern.n ? bw_sub(pattern, 3, i) : pattern;
        }
    }
    return pattern;
}
