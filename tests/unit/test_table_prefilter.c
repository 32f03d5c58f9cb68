/* The prefilter: it may let a regex through in vain, but must never hold one back that matches. */
#include "stage.h"

#include "table/internal.h"

static struct bw_limits limits;

static const unsigned char *put_node(struct bw_buf *buf, const unsigned char *node)
{
    const unsigned char *p = node + BW_FORMULA_HEAD, *end = p + bw_formula_size(node);
    if (node[0] == BW_FORMULA_LITERAL) {
        bw_put(buf, (bw_slice){(const char *)p, bw_formula_size(node)});
        return end;
    }
    assert_true(node[0] == BW_FORMULA_ALL || node[0] == BW_FORMULA_ANY);
    bw_putc(buf, node[0] == BW_FORMULA_ALL ? '(' : '[');
    for (const unsigned char *first = p; p < end;) {
        bw_puts(buf, p == first ? "" : node[0] == BW_FORMULA_ALL ? "&" : "|");
        p = put_node(buf, p);
    }
    bw_putc(buf, node[0] == BW_FORMULA_ALL ? ')' : ']');
    assert_ptr_equal(p, end);
    return end;
}

/* (a&b): all of them, [a|b]: one of them; "" where nothing can be told. */
static bw_slice formula_of(struct bw_arena *arena, const char *pattern)
{
    const unsigned char *formula = bw_formula_of(arena, bw_str(pattern));
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    if (formula)
        put_node(&buf, formula);
    return bw_buf_take(&buf, arena);
}

static void test_formulas(void **state)
{
    static const struct {
        const char *pattern, *wanted;
    } cases[] = {
        {"User Unknown", "(user unknown)"},
        {"ab", ""},
        {"", ""},
        {"over ?quota", "(over&quota)"},
        {"mailbox (?:is )?full", "(mailbox &full)"},
        {"(?:blocked|listed) by", "([(blocked)|(listed)]& by)"},
        {"(?<code>S\\d{4}) on our block list", "( on our block list)"},
        {"black|white|grey", "[(black)|(white)|(grey)]"},
        {"black|no", ""},
        {"black|", ""},
        {"(?:black|no) list", "( list)"},
        {"user(?: is)* unknown", "(user& unknown)"},
        {"(?:user){0,2} gone", "( gone)"},
        {"(?:user){2} go", "(user& go)"},
        {"(?:one(?:two|six))", "(one&[(two)|(six)])"},
        {"quota+ exceeded", "(quota& exceeded)"},
        {"a\\.b\\.c", "(a.b.c)"},
        {"one\\sthree", "(one&three)"},
        {"[a-z]+ refused", "( refused)"},
        {"[]x]refused", "(refused)"},
        {"[^]x]refused", "(refused)"},
        {"[[:alpha:]x]refused", "(refused)"},
        {"[a:]foo|bar[x]baz", "[(foo)|(bar&baz)]"},
        {"[[:]foo]|bar[x]baz", "[(foo])|(bar&baz)]"},
        {"\\bspam\\b", "(spam)"},
        {"(?=x)spam(?!y)", "(spam)"},
        {"(?i)spam", ""},
        {"sp(?#comment)am", ""},
        {"\\x41bcd", ""},
        {"\\N{U+3042}bcd", ""},
        {"(spam)\\1", ""},
        {"\\Qa.b.c\\E", ""},
        {"spam(", ""},
        {"spam)", ""},
        {"[spam", ""},
        {"spam\\", ""},
        {"spam[\\", ""},
        {"\xE8\xBF\xB7\xE6\x83\x91", "(\xE8\xBF\xB7\xE6\x83\x91)"},                 /* "meiwaku" */
        {"\xD0\xAF\xD0\xA9\xD0\x98\xD0\x9A", "(\xD1\x8F\xD1\x89\xD0\xB8\xD0\xBA)"}, /* Cyrillic is lowered */
        {"\xC3\x89TAT", "(\xC3\xA9tat)"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(formula_of(*state, cases[i].pattern), cases[i].wanted, cases[i].pattern);
}

static void test_alternatives(void **state)
{
    static const struct {
        const char *pattern, *parts; /* joined by " / " */
    } cases[] = {
        {"a|b|c", "a / b / c"},
        {"a", "a"},
        {"", ""},
        {"a|", "a / "},
        {"|a", " / a"},
        {"(a|b)|c", "(a|b) / c"},
        {"(?:a|(b|c))|(?<n>d|e)", "(?:a|(b|c)) / (?<n>d|e)"},
        {"a\\|b|c", "a\\|b / c"},
        {"[|]|[^]|]|[\\]|]", "[|] / [^]|] / [\\]|]"},
        {"[[:alpha:]|]|b", "[[:alpha:]|] / b"},
        {"(?=a|b)c|(?<!a|b)d", "(?=a|b)c / (?<!a|b)d"},
        {"\\(a|b\\)", "\\(a / b\\)"},
        /* Taken apart these would mean something else. */
        {"(?s)a|b.c", "(?s)a|b.c"},
        {"a|(?-i)b|c", "a|(?-i)b|c"},
        {"(a)|b\\1", "(a)|b\\1"},
        {"(?<n>a)|b\\k<n>", "(?<n>a)|b\\k<n>"},
        {"a(?#x)|y)|b", "a(?#x)|y)|b"},
        {"\\Qa|b\\E|c", "\\Qa|b\\E|c"},
        {"(?(DEFINE)(?<n>x))|b", "(?(DEFINE)(?<n>x))|b"},
        {"(*UCP)a|b", "(*UCP)a|b"},
        {"[a|b", "[a|b"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_buf buf;
        bw_buf_init(&buf, 0);
        for (bw_slice rest = bw_str(cases[i].pattern), first = rest; rest.p;) {
            bw_puts(&buf, rest.p == first.p ? "" : " / ");
            bw_put(&buf, bw_next_alternative(&rest));
        }
        check_slice(bw_buf_take(&buf, *state), cases[i].parts, cases[i].pattern);
    }
}

static struct bw_regex *regex_of(struct bw_arena *arena, bw_slice pattern)
{
    struct bw_regex *regex = bw_regex_new(arena, pattern, bw_formula_of(arena, pattern), false);
    assert_non_null(regex);
    return regex;
}

/* 1 when the regex matches the text; fails the test where the prefilter would have held it back. */
static int match_against_filter(struct bw_arena *arena, struct bw_matcher *matcher, const char *pattern,
                                bw_slice text)
{
    struct bw_regex *regex = regex_of(arena, bw_str(pattern));
    struct bw_grams grams;
    struct bw_match match;
    bw_grams_of(&grams, text);
    assert_true(bw_regex_possible(regex, NULL));
    const int found = bw_regex_match(&match, regex, matcher, text, 0);
    if (found == 1 && !bw_regex_possible(regex, &grams))
        fail_msg("'%s' matches '%.*s' and is held back", pattern, BW_ARG(text));
    bw_regex_release(regex);
    return found;
}

static void test_texts_that_match(void **state)
{
    static const struct {
        const char *pattern, *text;
    } cases[] = {
        {"user unknown", "USER Unknown"},
        {"[a:]foo|bar[x]baz", "afoo"},
        {"a{,3}bcd|xyz", "abcd xyz"},
        {"over ?quota", "overquota"},
        {"\\N{U+3042}bcd", "\xE3\x81\x82"
                           "bcd"},
        {"caf\xC3\xA9 plein", "CAF\xC3\x89 PLEIN"},
        {"\xD0\xBF\xD0\xBE\xD1\x87\xD1\x82\xD0\xBE\xD0\xB2\xD1\x8B\xD0\xB9",
         "\xD0\x9F\xD0\x9E\xD0\xA7\xD0\xA2\xD0\x9E\xD0\x92\xD0\xAB\xD0\x99"},
        {"\xD0\x81\xD0\x96", "\xD1\x91\xD0\xB6"},           /* Cyrillic io */
        {"\xD2\x91\xD1\x83", "\xD2\x90\xD0\xA3"},           /* Ukrainian ghe with upturn */
        {"pe\xC5\x82na skrzynka", "PE\xC5\x81NA SKRZYNKA"}, /* Polish l */
        {"ju\xC5\xBC", "JU\xC5\xBB"},                       /* Polish z with dot */
        {"pa\xC5\xBA", "PA\xC5\xB9"},                       /* Polish z with acute */
        {"\xC4\xBE", "\xC4\xBD"},                           /* Slovak l */
        {"ma\xC5\x88", "MA\xC5\x87"},                       /* Slovak n */
        {"c\xC4\x8D"
         "d",
         "C\xC4\x8C"
         "D"},
        {"cut\xC8\x99", "CUT\xC8\x98"}, /* Romanian s with comma */
        {"\xC3\xBFpre", "\xC5\xB8PRE"}, /* y with diaeresis */
        {"stra\xC3\x9F"
         "e",
         "STRA\xE1\xBA\x9E"
         "E"},                                                    /* sharp s and its capital */
        {"\xCE\xAC\xCE\xBB\xCF\x82", "\xCE\x86\xCE\x9B\xCE\xA3"}, /* Greek with accent, final sigma */
        {"\xE1\xBA\xA1y", "\xE1\xBA\xA0Y"},                       /* Vietnamese */
        {"\xEF\xBD\x81\xEF\xBD\x82", "\xEF\xBC\xA1\xEF\xBC\xA2"}, /* fullwidth letters */
        {"spam", "\xC5\xBFpam"},                                  /* long s */
        {"blocked", "bloc\xE2\x84\xAA"
                    "ed"}, /* Kelvin sign */
        {"\xC3\xA5sa", "\xE2\x84\xAB"
                       "SA"},                         /* Angstrom sign */
        {"\xD0\xB2\xD0\xB0", "\xE1\xB2\x80\xD0\xB0"}, /* rounded ve */
        {"\xD5\xA2\xD5\xA3", "\xD4\xB2\xD4\xB3"},     /* Armenian */
        {"\xE5\xAE\x9B\xE5\x85\x88\xE4\xB8\x8D\xE6\x98\x8E",
         "\xE5\xAE\x9B\xE5\x85\x88\xE4\xB8\x8D\xE6\x98\x8E\xE3\x80\x82"},
    };
    struct bw_matcher *matcher = bw_matcher_new(&limits);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t before = 0; before < 520; before += before < 240 ? 80 : 1) {
            /* At any place: the text is read in windows. */
            const bw_slice text =
                bw_format(*state, "%.*s%s.", BW_ARG(repeated(*state, "-", before)), cases[i].text);
            if (match_against_filter(*state, matcher, cases[i].pattern, text) != 1)
                fail_msg("'%s' does not match '%.*s'", cases[i].pattern, BW_ARG(text));
        }
    bw_matcher_free(matcher);
}

/* All of Unicode's basic plane but the ideographs: whatever PCRE2 takes for the same letter is let through. */
static void test_case_of_every_character(void **state)
{
    struct bw_matcher *matcher = bw_matcher_new(&limits);
    struct bw_buf text;
    bw_buf_init(&text, 0);
    for (uint32_t code = 'A'; code < 0xFFFE; code = code == 0x33FF   ? 0xA000
                                                    : code == 0xABFF ? 0xF900
                                                                     : code + 1)
        for (unsigned i = 0; i < 4; i++)
            bw_put_utf8(&text, i < 3 ? code : '\n');
    for (uint32_t code = 'a'; code <= 0x3000; code++) {
        struct bw_buf pattern;
        bw_buf_init(&pattern, 0);
        for (unsigned i = 0; i < 3 && bw_is_alnum(code < 0x80 ? (char)code : 'a'); i++)
            bw_put_utf8(&pattern, code);
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_regex *regex = regex_of(arena, bw_buf_slice(&pattern));
        struct bw_match match;
        const bool telling = bw_regex_formula(regex) != NULL;
        for (size_t from = 0;
             telling && bw_regex_match(&match, regex, matcher, bw_buf_slice(&text), from) == 1;
             from = match.end) {
            struct bw_grams grams;
            bw_grams_of(&grams, bw_match_whole(&match));
            if (!bw_regex_possible(regex, &grams))
                fail_msg("U+%04X is held back from %.*s", (unsigned)code, BW_ARG(bw_match_whole(&match)));
        }
        bw_regex_release(regex);
        bw_arena_free(arena);
        bw_buf_clear(&pattern);
    }
    (void)state;
    bw_buf_clear(&text);
    bw_matcher_free(matcher);
}

/* ---- generated patterns ---------------------------------------------------------------------------------- */

static uint64_t seed;

static unsigned below(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* Characters in both cases, as pairs of pattern and text. */
static const char *const letters[][2] = {
    {"a", "A"},
    {"B", "b"},
    {"c", "c"},
    {" ", " "},
    {"\xC3\xA9", "\xC3\x89"},
    {"k", "K"},
    {"s", "S"},
    {"\xD0\x94", "\xD0\xB4"},
    {"\xD1\x8F", "\xD0\xAF"},
    {"\xE6\x97\xA5", "\xE6\x97\xA5"},
    {"-", "-"},
    {":", ":"},
    {"\\.", "."},
    {"\\]", "]"},
    {"\\(", "("},
};

/* One letter into the pattern; and into the text where it is given. */
static void put_letter(struct bw_buf *pattern, struct bw_buf *text)
{
    const size_t at = below(COUNT_OF(letters));
    bw_puts(pattern, letters[at][0]);
    if (text)
        bw_puts(text, letters[at][1]);
}

static void generate(struct bw_buf *pattern, struct bw_buf *text, unsigned depth);

/* A quantifier, and how often the item in front of it stands in the text. */
static unsigned put_quantifier(struct bw_buf *pattern)
{
    static const struct {
        const char *sign;
        unsigned least, most;
    } quantifiers[] = {{"?", 0, 1},     {"*", 0, 2},    {"+", 1, 3},    {"??", 0, 1},
                       {"+?", 1, 2},    {"*+", 0, 0},   {"{2}", 2, 2},  {"{0}", 0, 0},
                       {"{0,2}", 0, 2}, {"{1,}", 1, 2}, {"{2,3}", 2, 3}};
    const size_t at = below(COUNT_OF(quantifiers));
    bw_puts(pattern, quantifiers[at].sign);
    return quantifiers[at].least + below(quantifiers[at].most - quantifiers[at].least + 1);
}

static void put_repeated(struct bw_buf *pattern, struct bw_buf *text, bw_slice item,
                         const struct bw_buf *said)
{
    bw_put(pattern, item);
    const unsigned times = below(3) ? 1 : put_quantifier(pattern);
    for (unsigned i = 0; i < times && text; i++)
        bw_put(text, bw_buf_slice(said));
}

static void put_group(struct bw_buf *pattern, struct bw_buf *text, unsigned depth)
{
    static const char *const openings[] = {"(", "(?:", "(?<n>", "(?>"};
    struct bw_buf inner, said;
    bw_buf_init(&inner, 0);
    bw_buf_init(&said, 0);
    bw_puts(&inner, openings[below(COUNT_OF(openings))]);
    const unsigned branches = 1 + below(3), taken = below(branches);
    for (unsigned i = 0; i < branches; i++) {
        bw_puts(&inner, i ? "|" : "");
        generate(&inner, i == taken ? &said : NULL, depth + 1);
    }
    bw_putc(&inner, ')');
    put_repeated(pattern, text, bw_buf_slice(&inner), &said);
    bw_buf_clear(&inner);
    bw_buf_clear(&said);
}

static void put_class(struct bw_buf *pattern, struct bw_buf *text)
{
    static const struct {
        const char *class, *member;
    } classes[] = {{"[abc]", "b"},       {"[^a]", "x"},         {"[]a]", "]"},   {"[^]a]", "b"},
                   {"[a:]", ":"},        {"[[:alpha:]1]", "q"}, {"[\\]x]", "]"}, {"[\\w-]", "-"},
                   {".", "z"},           {"\\d", "7"},          {"\\S", "x"},    {"[[a]", "["},
                   {"[a-c\\d|)(]", "|"}, {"[:a]", "a"}};
    const size_t at = below(COUNT_OF(classes));
    struct bw_buf said;
    bw_buf_init(&said, 0);
    bw_puts(&said, classes[at].member);
    put_repeated(pattern, text, bw_str(classes[at].class), &said);
    bw_buf_clear(&said);
}

/* A sequence of items, and a text that it matches. text: NULL for a branch that is not taken. */
static void generate(struct bw_buf *pattern, struct bw_buf *text, unsigned depth)
{
    const unsigned items = 1 + below(5);
    for (unsigned i = 0; i < items; i++) {
        const unsigned kind = below(10);
        if (kind < 6) {
            struct bw_buf letter, said;
            bw_buf_init(&letter, 0);
            bw_buf_init(&said, 0);
            put_letter(&letter, &said);
            if (below(4))
                bw_put(pattern, bw_buf_slice(&letter));
            else
                put_repeated(pattern, text, bw_buf_slice(&letter), &said), said.n = 0;
            if (text)
                bw_put(text, bw_buf_slice(&said));
            bw_buf_clear(&letter);
            bw_buf_clear(&said);
        } else if (kind < 8) {
            put_class(pattern, text);
        } else if (kind < 9 && depth < 3) {
            put_group(pattern, text, depth);
        } else {
            bw_puts(pattern, below(2) ? "(?=)" : "(?<!never)");
        }
    }
}

static void test_generated(void **state)
{
    enum { PATTERNS = 30000 };
    struct bw_matcher *matcher = bw_matcher_new(&limits);
    size_t matched = 0, filtered = 0;
    (void)state;
    for (seed = 1; seed <= PATTERNS;) {
        const uint64_t start = seed;
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_buf pattern, text;
        bw_buf_init(&pattern, 0);
        bw_buf_init(&text, 0);
        generate(&pattern, &text, 0);
        bw_putc(&pattern, '\0');
        matched += match_against_filter(arena, matcher, pattern.p, bw_buf_slice(&text)) == 1;
        filtered += bw_formula_of(arena, bw_str(pattern.p)) != NULL;
        bw_buf_clear(&pattern);
        bw_buf_clear(&text);
        bw_arena_free(arena);
        seed = start + 1;
    }
    assert_true(matched > PATTERNS / 2);   /* the generator does its work */
    assert_true(filtered > PATTERNS / 10); /* and the filter has something to say */
    bw_matcher_free(matcher);
}

/* ---- the embedded rules ------------------------------------------------------------------------------------ */

/* Each embedded regex against the examples of all rules: what is held back does not match, and most of what does not
 * match is held back. */
static void test_embedded_rules(void **state)
{
    struct bw_tables *tables = full_tables_with(NULL);
    struct bw_matcher *matcher = bw_matcher_new(&limits);
    size_t vain = 0, pairs = 0, turn = 0;
    (void)state;
    for (size_t i = 0; i < tables->rules.count; i++) {
        size_t at = 0;
        const struct bw_entry *example = bw_record_next(tables->rules.items[i].record, "example", &at);
        struct bw_grams grams;
        bw_grams_of(&grams, example->value);
        for (size_t j = 0; j < tables->rules.count; j++) {
            if (i != j && turn++ % 13)
                continue;
            for (size_t m = 0; m < tables->rules.items[j].match.count; m++) {
                const struct bw_regex *regex = tables->rules.items[j].match.items[m];
                struct bw_match match;
                const bool possible = bw_regex_possible(regex, &grams);
                const bool found = bw_regex_match(&match, regex, matcher, example->value, 0) == 1;
                if (found && !possible)
                    fail_msg("%.*s is held back from '%.*s'", BW_ARG(tables->rules.items[j].id),
                             BW_ARG(example->value));
                pairs++;
                vain += possible && !found;
            }
        }
    }
    assert_true(pairs > 1000);
    if (vain * 3 > pairs)
        fail_msg("%zu of %zu regexes are tried in vain", vain, pairs);
    bw_matcher_free(matcher);
    bw_tables_free(tables);
}

static void test_texts_that_cannot_match(void **state)
{
    static const struct {
        const char *pattern, *text;
    } cases[] = {
        {"user unknown", "550 5.7.1 blocked using bl.example"},
        {"mailbox (?:is )?full", "user unknown"},
        {"(?:blocked|listed) by", "user unknown"},
        {"user unknown", ""},
        {"user unknown", "us"},
        {"\xE8\xBF\xB7\xE6\x83\x91", "\xE5\xAE\x9B\xE5\x85\x88"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct bw_regex *regex = regex_of(*state, bw_str(cases[i].pattern));
        struct bw_grams grams;
        bw_grams_of(&grams, bw_str(cases[i].text));
        if (bw_regex_possible(regex, &grams))
            fail_msg("'%s' is not held back from '%s'", cases[i].pattern, cases[i].text);
    }
}

/* Patterns that are no fun: deep, long, wide, cut anywhere. */
static void test_hostile_patterns(void **state)
{
    static const char *const units[] = {"(", "(?:", "a|",  "[",       "\\",  "(a",
                                        "{", "a{1", "(?<", "((a|b)+", "[[:", "\xE6"};
    static const char pattern[] = "(?<a>x[^]\\d]{2,3}|\\bfoo(?!bar)?)+[[:alpha:]a:]\xE6\x97\xA5\\N{U+41}$";
    struct bw_arena *arena = *state;
    for (size_t i = 0; i < COUNT_OF(units); i++)
        (void)bw_formula_of(arena, repeated(arena, units[i], 20000));
    for (size_t n = 0; n < sizeof pattern; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, pattern, n);
        for (bw_slice rest = {copy, n}; rest.p;)
            (void)bw_next_alternative(&rest);
        (void)bw_formula_of(arena, (bw_slice){copy, n});
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_formulas),
        ARENA_TEST(test_alternatives),
        ARENA_TEST(test_texts_that_match),
        cmocka_unit_test(test_case_of_every_character),
        cmocka_unit_test(test_generated),
        cmocka_unit_test(test_embedded_rules),
        ARENA_TEST(test_texts_that_cannot_match),
        ARENA_TEST(test_hostile_patterns),
    };
    bw_limits_default(&limits);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_clear();
    return failed;
}
