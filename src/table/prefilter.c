/* Which regexes can match a text at all, found without compiling them: a formula over literals that every match must
 * hold (formula.c), held against the three-byte sequences of the text. */
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

/* Letters fold as PCRE2_CASELESS does it, for Latin-1 and Cyrillic; other characters with case never stand in a literal
 * (keeps_its_bytes), and the few that fold into these two from far away make every regex possible (folds_from_afar). */
static unsigned fold_two_byte(unsigned code)
{
    if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x410 && code <= 0x42F))
        return code + 0x20;
    return code >= 0x400 && code <= 0x40F ? code + 0x50 : code;
}

size_t bw_fold(char *bytes, bw_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if ((c == 0xC3 || c == 0xD0) && i + 1 < text.n && ((unsigned char)text.p[i + 1] & 0xC0) == 0x80) {
            const unsigned code = fold_two_byte((c & 0x1Fu) << 6 | ((unsigned char)text.p[i + 1] & 0x3Fu));
            bytes[i] = (char)(0xC0 | code >> 6);
            bytes[++i] = (char)(0x80 | (code & 0x3F));
        } else {
            bytes[i] = bw_lower(text.p[i]);
        }
    }
    return text.n;
}

/* A character begins at i that folds to an ASCII, Latin-1 or Cyrillic letter: long s, the Kelvin and Angstrom signs,
 * capital y with diaeresis, capital sharp s, U+1C80 to U+1C88. */
static bool folds_from_afar(bw_slice text, size_t i)
{
    static const char *const starts[] = {"\xC5\xB8",     "\xC5\xBF",     "\xE1\xB2",
                                         "\xE1\xBA\x9E", "\xE2\x84\xAA", "\xE2\x84\xAB"};
    const unsigned char c = (unsigned char)text.p[i];
    for (size_t n = 0; (c == 0xC5 || c == 0xE1 || c == 0xE2) && n < sizeof starts / sizeof *starts; n++)
        if (bw_starts(bw_sub(text, i, text.n), bw_str(starts[n])))
            return true;
    return false;
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
            if (folds_from_afar(text, from + i)) {
                memset(out, 0xFF, sizeof *out);
                return;
            }
            const uint32_t hash = gram_hash(window + i);
            out->bits[hash / 64] |= (uint64_t)1 << hash % 64;
        }
    }
}

static bool holds_literal(const struct bw_grams *grams, const unsigned char *literal, size_t n)
{
    for (size_t i = 0; i + 3 <= n; i++) {
        const uint32_t hash = gram_hash((const char *)literal + i);
        if (!(grams->bits[hash / 64] >> hash % 64 & 1))
            return false;
    }
    return true;
}

bool bw_grams_may_hold(const struct bw_grams *grams, bw_slice literal)
{
    char folded[64];
    literal = bw_sub(literal, 0, sizeof folded);
    return holds_literal(grams, (const unsigned char *)folded, bw_fold(folded, literal));
}

/* Nesting is bounded where formulas are made. */
static bool holds(const struct bw_grams *grams, const unsigned char *node)
{
    const size_t size = bw_formula_size(node);
    if (node[0] == BW_FORMULA_LITERAL)
        return holds_literal(grams, node + BW_FORMULA_HEAD, size);
    const bool any = node[0] == BW_FORMULA_ANY;
    const unsigned char *child = node + BW_FORMULA_HEAD, *end = child + size;
    for (; child < end; child += BW_FORMULA_HEAD + bw_formula_size(child))
        if (holds(grams, child) == any)
            return any;
    return !any;
}

bool bw_formula_possible(const unsigned char *formula, const struct bw_grams *grams)
{
    return !formula || !grams || holds(grams, formula);
}
