/* Regexes: groups, places, ceilings. */
#include "support.h"

#include "table/table.h"

static struct bw_limits limits;

static int match_once(struct bw_match *out, struct bw_arena *arena, struct bw_regex **regex,
                      const char *pattern, bw_slice text, size_t from)
{
    struct bw_matcher *matcher = bw_matcher_new(&limits);
    *regex = bw_regex_new(arena, bw_str(pattern), NULL, false);
    const int found = bw_regex_match(out, *regex, matcher, text, from);
    assert_false(bw_matcher_gave_up(matcher));
    bw_matcher_free(matcher);
    return found;
}

static void test_groups(void **state)
{
    static const struct {
        const char *pattern, *text, *whole, *a, *b; /* whole NULL: no match */
    } cases[] = {
        {"(?<a>\\d+)-(?<b>\\w+)", "x 12-ab.", "12-ab", "12", "ab"},
        {"(?<a>x)?y", "y", "y", NULL, NULL},
        {"(?<a>x?)y", "y", "y", "", NULL},
        {"host (?<a>\\S+)|server (?<a>\\S+)", "server mx", "server mx", "mx", NULL},
        {"host (?<a>\\S+)|server (?<a>\\S+)", "host mx", "host mx", "mx", NULL},
        {"(?:(?<a>one)|(?<b>two)) (?<a>three)?", "two ", "two ", NULL, "two"},
        {"no", "yes", NULL, NULL, NULL},
        {"USER", "user", "user", NULL, NULL},
        {"\xC3\x89tat", "\xC3\xA9TAT", "\xC3\xA9TAT", NULL, NULL},
        {"^b", "a\nb", NULL, NULL, NULL},
        {".", "\xE6\x97\xA5", "\xE6\x97\xA5", NULL, NULL},
        {"(?<a>a.c)", "a\nc", NULL, NULL, NULL},
        {"", "x", "", NULL, NULL},
        {"x\\K(?<a>y)", "xy", "y", "y", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_match match;
        struct bw_regex *regex;
        const int found = match_once(&match, *state, &regex, cases[i].pattern, bw_str(cases[i].text), 0);
        assert_int_equal(found, cases[i].whole != NULL);
        if (found) {
            check_slice(bw_match_whole(&match), cases[i].whole, cases[i].pattern);
            check_slice(bw_match_group(&match, "a"), cases[i].a, "group a");
            check_slice(bw_match_group(&match, "b"), cases[i].b, "group b");
            check_slice(bw_match_group(&match, "no-such"), NULL, "no such group");
        }
        bw_regex_release(regex);
    }
}

static void test_lines(void **state)
{
    struct bw_matcher *matcher = bw_matcher_new(&limits);
    struct bw_regex *lines = bw_regex_new(*state, BW_S("^b$"), NULL, true),
                    *whole = bw_regex_new(*state, BW_S("^b$"), NULL, false);
    struct bw_match match;
    assert_int_equal(bw_regex_match(&match, lines, matcher, BW_S("a\nb\nc"), 0), 1);
    assert_int_equal(match.from, 2);
    assert_int_equal(match.end, 3);
    assert_int_equal(bw_regex_match(&match, whole, matcher, BW_S("a\nb\nc"), 0), 0);
    bw_regex_release(lines);
    bw_regex_release(whole);
    bw_matcher_free(matcher);
}

static void test_from(void **state)
{
    struct bw_match match;
    struct bw_regex *regex;
    static const struct {
        size_t from;
        int found;
        size_t at;
    } cases[] = {{0, 1, 0}, {1, 1, 3}, {3, 1, 3}, {4, 0, 0}, {6, 0, 0}, {7, 0, 0}, {BW_NONE, 0, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(match_once(&match, *state, &regex, "ab", BW_S("ab ab "), cases[i].from),
                         cases[i].found);
        if (cases[i].found)
            assert_int_equal(match.from, cases[i].at);
        bw_regex_release(regex);
    }
    assert_int_equal(match_once(&match, *state, &regex, "x?", BW_NULL, 0), 1);
    check_slice(bw_match_whole(&match), NULL, "in the unknown slice");
    bw_regex_release(regex);
    /* A NUL is a byte like any other. */
    assert_int_equal(match_once(&match, *state, &regex, "a.b", (bw_slice){"a\0b", 3}, 0), 1);
    bw_regex_release(regex);
}

/* More groups than are kept: the match stands, those behind are unknown. */
static void test_many_groups(void **state)
{
    struct bw_buf pattern, text;
    struct bw_match match;
    struct bw_regex *regex;
    bw_buf_init(&pattern, 0);
    bw_buf_init(&text, 0);
    for (int i = 0; i < 40; i++) {
        bw_putf(&pattern, "(?<g%d>x)", i);
        bw_putc(&text, 'x');
    }
    bw_putc(&pattern, '\0');
    assert_int_equal(match_once(&match, *state, &regex, pattern.p, bw_buf_slice(&text), 0), 1);
    assert_int_equal(bw_match_whole(&match).n, 40);
    check_slice(bw_match_group(&match, "g0"), "x", "the first");
    check_slice(bw_match_group(&match, "g22"), "x", "the last kept");
    check_slice(bw_match_group(&match, "g23"), NULL, "the first not kept");
    check_slice(bw_match_group(&match, "g39"), NULL, "the last");
    bw_regex_release(regex);
    bw_buf_clear(&pattern);
    bw_buf_clear(&text);
}

static void test_ceilings(void **state)
{
    static const char *const patterns[] = {"(a+)+$", "(?:a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"};
    const bw_slice text = bw_format(*state, "%.*s!", BW_ARG(repeated(*state, "a", 5000)));
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        struct bw_matcher *matcher = bw_matcher_new(&limits);
        struct bw_regex *regex = bw_regex_new(*state, bw_str(patterns[i]), NULL, false);
        struct bw_match match;
        const clock_t start = clock();
        assert_int_equal(bw_regex_match(&match, regex, matcher, text, 0), 0);
        if (!bw_matcher_gave_up(matcher))
            fail_msg("'%s' did not give up", patterns[i]);
        assert_true(seconds_since(start) < 3);
        /* The matcher goes on, and remembers. */
        struct bw_regex *other = bw_regex_new(*state, BW_S("a!"), NULL, false);
        assert_int_equal(bw_regex_match(&match, other, matcher, text, 0), 1);
        assert_true(bw_matcher_gave_up(matcher));
        bw_regex_release(other);
        bw_regex_release(regex);
        bw_matcher_free(matcher);
    }
}

/* Each of the three ceilings is asked for. */
static void test_each_ceiling(void **state)
{
    const bw_slice text = bw_format(*state, "%.*s!", BW_ARG(repeated(*state, "ab", 300)));
    for (int which = 0; which < 4; which++) {
        struct bw_limits few = limits;
        if (which == 1)
            few.regex_steps = 50;
        if (which == 2)
            few.regex_depth = 20;
        if (which == 3)
            few.regex_heap_kib = 1;
        struct bw_matcher *matcher = bw_matcher_new(&few);
        struct bw_regex *regex = bw_regex_new(*state, BW_S("^((?:a|x)(?:b|y))+!"), NULL, false);
        struct bw_match match;
        assert_int_equal(bw_regex_match(&match, regex, matcher, text, 0), which == 0);
        assert_int_equal(bw_matcher_gave_up(matcher), which != 0);
        bw_regex_release(regex);
        bw_matcher_free(matcher);
    }
}

static void test_broken_patterns(void **state)
{
    static const struct {
        const char *pattern;
        size_t column;
    } cases[] = {{"one(two", 7}, {"a)", 1},        {"[b", 2}, {"x**?+", 2},
                 {"(?<n", 4},    {"\\p{Nope}", 8}, {"\\C", 2}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_regex *regex = bw_regex_new(*state, bw_str(cases[i].pattern), NULL, false);
        struct bw_matcher *matcher = bw_matcher_new(&limits);
        struct bw_match match;
        size_t column = 0;
        char message[256] = "";
        if (bw_regex_compile(regex, &column, message, sizeof message) != BW_BAD_TABLE ||
            column != cases[i].column || !message[0])
            fail_msg("'%s': column %zu, '%s'", cases[i].pattern, column, message);
        char brief[8];
        assert_int_equal(bw_regex_compile(regex, &column, brief, sizeof brief), BW_BAD_TABLE);
        assert_non_null(memchr(brief, 0, sizeof brief));
        assert_int_equal(bw_regex_match(&match, regex, matcher, BW_S("one"), 0), 0);
        bw_matcher_free(matcher);
        bw_regex_release(regex);
    }
    struct bw_regex *fine = bw_regex_new(*state, BW_S("fine"), NULL, false);
    size_t column;
    char message[64];
    assert_int_equal(bw_regex_compile(fine, &column, message, sizeof message), BW_OK);
    check_slice(bw_regex_pattern(fine), "fine", "pattern");
    bw_regex_release(fine);
    bw_regex_release(fine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_groups),          ARENA_TEST(test_lines),    ARENA_TEST(test_from),
        ARENA_TEST(test_many_groups),     ARENA_TEST(test_ceilings), ARENA_TEST(test_each_ceiling),
        ARENA_TEST(test_broken_patterns),
    };
    bw_limits_default(&limits);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
