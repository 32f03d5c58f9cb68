/* Which regexes can match a text at all, found without compiling them: the literals that every match must hold, held
 * against the three-byte sequences of the text. A regex whose literals cannot be told is always possible. */
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

enum { LITERAL_BYTES = 64, ALTERNATIVES_MAX = 48, NESTING_MAX = 20 };

/* Offset of the capital from the small letter in the two-byte ranges where case is a fixed distance. */
static unsigned fold_two_byte(unsigned code)
{
    if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x391 && code <= 0x3A9) ||
        (code >= 0x410 && code <= 0x42F))
        return code + 0x20;
    if (code >= 0x400 && code <= 0x40F)
        return code + 0x50;
    if (code >= 0x100 && code <= 0x17F)
        return code | 1;
    return code;
}

size_t bw_fold(char *bytes, bw_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c >= 0xC3 && c <= 0xD1 && i + 1 < text.n && ((unsigned char)text.p[i + 1] & 0xC0) == 0x80) {
            const unsigned code = fold_two_byte((c & 0x1Fu) << 6 | ((unsigned char)text.p[i + 1] & 0x3Fu));
            bytes[i] = (char)(0xC0 | code >> 6);
            bytes[++i] = (char)(0x80 | (code & 0x3F));
        } else {
            bytes[i] = bw_lower(text.p[i]);
        }
    }
    return text.n;
}

static uint32_t gram_hash(const char *p)
{
    const uint32_t key =
        (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 | (unsigned char)p[2];
    return (key * 2654435761u) >> 16;
}

void bw_grams_of(struct bw_grams *out, bw_slice text)
{
    memset(out, 0, sizeof *out);
    char window[256];
    for (size_t from = 0; from + 3 <= text.n; from += sizeof window - 4) {
        const size_t n = bw_fold(window, bw_sub(text, from, from + sizeof window));
        for (size_t i = 0; i + 3 <= n; i++) {
            const uint32_t hash = gram_hash(window + i);
            out->bits[hash / 64] |= (uint64_t)1 << hash % 64;
        }
    }
}

static bool holds(const struct bw_grams *grams, bw_slice literal)
{
    for (size_t i = 0; i + 3 <= literal.n; i++) {
        const uint32_t hash = gram_hash(literal.p + i);
        if (!(grams->bits[hash / 64] >> hash % 64 & 1))
            return false;
    }
    return true;
}

/* ---- reading the pattern -------------------------------------------------------------------------------- */

struct scan {
    struct bw_arena *arena;
    bw_slice rest;
    unsigned depth;
    bool lost; /* met something that is not understood: nothing can be told */
};

/* What is known of a sequence: the best set so far and the literal run that may still grow. */
struct sequence {
    bw_literals best;
    char run[LITERAL_BYTES];
    size_t run_length;
};

static size_t shortest(const bw_literals *set)
{
    size_t least = set->count ? LITERAL_BYTES : 0;
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].n < least)
            least = set->items[i].n;
    return least;
}

static void keep_better(bw_literals *best, bw_literals set)
{
    const size_t a = shortest(best), b = shortest(&set);
    if (b >= 3 && (b > a || (b == a && set.count < best->count)))
        *best = set;
}

static void end_run(struct scan *scan, struct sequence *seq)
{
    if (seq->run_length >= 3) {
        bw_literals one = {0};
        bw_slice *item = bw_push(scan->arena, &one);
        char folded[LITERAL_BYTES];
        if (item) {
            *item = bw_dup(scan->arena, (bw_slice){folded, bw_fold(folded, (bw_slice){seq->run, seq->run_length})});
            keep_better(&seq->best, one);
        }
    }
    seq->run_length = 0;
}

static bool peek(const struct scan *scan, const char *text)
{
    return bw_starts(scan->rest, bw_str(text));
}

static void skip(struct scan *scan, size_t n)
{
    scan->rest = bw_sub(scan->rest, n, scan->rest.n);
}

/* A quantifier behind an item: its least count, 1 without one. */
static unsigned read_quantifier(struct scan *scan, bool *present)
{
    unsigned least = 1;
    *present = true;
    if (peek(scan, "?") || peek(scan, "*")) {
        least = 0;
        skip(scan, 1);
    } else if (peek(scan, "+")) {
        skip(scan, 1);
    } else if (peek(scan, "{") && scan->rest.n > 1 && (bw_is_digit(scan->rest.p[1]) || scan->rest.p[1] == ',')) {
        const size_t close = bw_find_byte(scan->rest, '}', 0);
        if (close == BW_NONE) {
            scan->lost = true;
            return 0;
        }
        least = scan->rest.p[1] == '0' || scan->rest.p[1] == ',' ? 0 : 1;
        skip(scan, close + 1);
    } else {
        *present = false;
        return 1;
    }
    if (peek(scan, "?") || peek(scan, "+"))
        skip(scan, 1);
    return least;
}

static void read_class(struct scan *scan)
{
    size_t i = 1;
    if (i < scan->rest.n && scan->rest.p[i] == '^')
        i++;
    if (i < scan->rest.n && scan->rest.p[i] == ']')
        i++;
    for (; i < scan->rest.n && scan->rest.p[i] != ']'; i++) {
        if (scan->rest.p[i] == '\\')
            i++;
        else if (bw_starts(bw_sub(scan->rest, i, scan->rest.n), BW_S("[:")))
            i = bw_find(scan->rest, BW_S(":]"), i);
        if (i == BW_NONE) {
            scan->lost = true;
            return;
        }
        if (scan->rest.p[i] == ':' && i + 1 < scan->rest.n && scan->rest.p[i + 1] == ']')
            i++;
    }
    skip(scan, i + 1);
}

static bw_literals read_alternatives(struct scan *scan);

/* How a group that begins here starts: bytes to pass over, 0 where it is not understood. look: an assertion. */
static size_t group_opening(const struct scan *scan, bool *look)
{
    *look = false;
    if (!peek(scan, "(?"))
        return peek(scan, "(*") ? 0 : 1;
    if (peek(scan, "(?:") || peek(scan, "(?>"))
        return 3;
    if (peek(scan, "(?=") || peek(scan, "(?!") || peek(scan, "(?<=") || peek(scan, "(?<!")) {
        *look = true;
        return scan->rest.p[2] == '<' ? 4 : 3;
    }
    if (peek(scan, "(?<")) {
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
    const bw_literals inner = read_alternatives(scan);
    scan->depth--;
    if (!peek(scan, ")")) {
        scan->lost = true;
        return;
    }
    skip(scan, 1);
    const unsigned least = read_quantifier(scan, &quantified);
    if (look)
        return;
    end_run(scan, seq);
    if (least && inner.count)
        keep_better(&seq->best, inner);
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
    if (!strchr("dDsSwWhHvVNRntrf", c)) { /* \x41, \p{..}, \Q..\E, back references */
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
    } else {
        uint32_t code;
        bw_slice after = scan->rest;
        bw_utf8_next(&code, &after);
        const bw_slice bytes = bw_sub(scan->rest, 0, scan->rest.n - after.n);
        scan->rest = after;
        read_literal(scan, seq, bytes);
    }
}

static bw_literals read_sequence(struct scan *scan)
{
    struct sequence seq = {0};
    while (scan->rest.n && !scan->lost && !peek(scan, "|") && !peek(scan, ")"))
        read_item(scan, &seq);
    end_run(scan, &seq);
    return seq.best;
}

static bw_literals read_alternatives(struct scan *scan)
{
    bw_literals all = read_sequence(scan);
    bool every = all.count > 0;
    while (!scan->lost && peek(scan, "|")) {
        skip(scan, 1);
        const bw_literals one = read_sequence(scan);
        every = every && one.count > 0 && all.count + one.count <= ALTERNATIVES_MAX;
        for (size_t i = 0; every && i < one.count; i++) {
            bw_slice *item = bw_push(scan->arena, &all);
            if (item)
                *item = one.items[i];
            else
                every = false;
        }
    }
    return every && !scan->lost ? all : (bw_literals){0};
}

bw_literals bw_required_literals(struct bw_arena *arena, bw_slice pattern)
{
    struct scan scan = {.arena = arena, .rest = pattern};
    const bw_literals found = read_alternatives(&scan);
    return scan.lost || scan.rest.n ? (bw_literals){0} : found;
}

bool bw_literals_possible(const bw_literals *literals, const struct bw_grams *grams)
{
    if (literals->count == 0 || !grams)
        return true;
    for (size_t i = 0; i < literals->count; i++)
        if (holds(grams, literals->items[i]))
            return true;
    return false;
}
