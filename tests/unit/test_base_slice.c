/* Slices, numbers, errors. */
#include "support.h"

static void test_sub_and_trim(void **state)
{
    static const struct {
        size_t from, end;
        const char *wanted;
    } cases[] = {{0, 5, "abcde"}, {1, 3, "bc"}, {3, 99, "de"},         {5, 5, ""},
                 {9, 12, ""},     {4, 2, ""},   {0, BW_NONE, "abcde"}, {BW_NONE, BW_NONE, ""}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_sub(BW_S("abcde"), cases[i].from, cases[i].end), cases[i].wanted, "sub");
    check_slice(bw_sub(BW_NULL, 0, 3), NULL, "sub of unknown");
    check_slice(bw_trim(BW_S(" \t\r\n\v\fa b \n")), "a b", "trim");
    check_slice(bw_trim(BW_S(" \n ")), "", "trim of blanks");
    check_slice(bw_trim(BW_NULL), NULL, "trim of unknown");
    check_slice(bw_str(NULL), NULL, "str");
    check_slice(bw_str("x"), "x", "str");
}

static void test_comparing(void **state)
{
    static const struct {
        const char *a, *b;
        bool eq, ieq, starts, istarts, iends; /* b at the start or end of a */
    } cases[] = {
        {"abc", "abc", true, true, true, true, true},
        {"abc", "ABC", false, true, false, true, true},
        {"abcd", "aB", false, false, false, true, false},
        {"abcd", "cD", false, false, false, false, true},
        {"abc", "", false, false, true, true, true},
        {"", "a", false, false, false, false, false},
        {"", "", true, true, true, true, true},
        {"@", "`", false, false, false, false, false}, /* 0x20 apart without being letters */
        {"[", "{", false, false, false, false, false},
        {"\xC3\x84", "\xC3\xA4", false, false, false, false, false},
        {NULL, NULL, true, true, true, true, true},
        {NULL, "", false, false, true, true, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice a = bw_str(cases[i].a), b = bw_str(cases[i].b);
        if (bw_eq(a, b) != cases[i].eq || bw_ieq(a, b) != cases[i].ieq ||
            bw_starts(a, b) != cases[i].starts || bw_istarts(a, b) != cases[i].istarts ||
            bw_iends(a, b) != cases[i].iends)
            fail_msg("row %zu: '%s' and '%s'", i, cases[i].a, cases[i].b);
    }
    assert_true(bw_eq((bw_slice){"a\0b", 3}, (bw_slice){"a\0b", 3}));
    assert_false(bw_eq((bw_slice){"a\0b", 3}, (bw_slice){"a\0c", 3}));
}

static void test_finding(void **state)
{
    static const struct {
        const char *text, *needle;
        size_t from, exact, any_case;
    } cases[] = {
        {"abcABC", "BC", 0, 4, 1},
        {"abcabc", "bc", 2, 4, 4},
        {"aaab", "aab", 0, 1, 1},
        {"abc", "abcd", 0, BW_NONE, BW_NONE},
        {"abc", "", 1, 1, 1},
        {"abc", "", 3, 3, 3},
        {"abc", "", 4, BW_NONE, BW_NONE},
        {"abc", "c", 3, BW_NONE, BW_NONE},
        {"abc", "c", 99, BW_NONE, BW_NONE},
        {"", "a", 0, BW_NONE, BW_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice text = bw_str(cases[i].text), needle = bw_str(cases[i].needle);
        assert_int_equal(bw_find(text, needle, cases[i].from), cases[i].exact);
        assert_int_equal(bw_ifind(text, needle, cases[i].from), cases[i].any_case);
    }
    assert_int_equal(bw_find_byte(BW_S("a\0b\0"), '\0', 2), 3);
    assert_int_equal(bw_find_byte(BW_NULL, 'a', 0), BW_NONE);
}

static void test_lines_and_words(void **state)
{
    static const struct {
        const char *text, *lines, *words;
    } cases[] = {
        {"", "", ""},
        {"a", "[a]", "[a]"},
        {"a\n", "[a]", "[a]"},
        {"a\nb c", "[a][b c]", "[a][b][c]"},
        {"a\r\nb\rc\n\nd", "[a][b][c][][d]", "[a][b][c][d]"},
        {"\n\r\n\r", "[][][]", ""},
        {"\r\r\n\n", "[][][]", ""},
        {"a\n\rb", "[a][][b]", "[a][b]"},
        {" a\tb\v", "[ a\tb\v]", "[a][b]"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_buf lines, words;
        bw_slice rest = bw_str(cases[i].text), item;
        bw_buf_init(&lines, 0);
        bw_buf_init(&words, 0);
        while (bw_next_line(&item, &rest))
            bw_putf(&lines, "[%.*s]", BW_ARG(item));
        rest = bw_str(cases[i].text);
        while (bw_next_word(&item, &rest))
            bw_putf(&words, "[%.*s]", BW_ARG(item));
        check_slice(bw_buf_slice(&lines), cases[i].lines, "lines");
        check_slice(bw_buf_slice(&words), cases[i].words, "words");
        bw_buf_clear(&lines);
        bw_buf_clear(&words);
    }
}

/* Whatever line end a mail of megabytes uses, reading it line by line is linear. */
static void test_lines_are_linear(void **state)
{
    static const char *const units[] = {"\r", "\n", "\r\n", "a\r", "a\n", "\n\r"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        bw_slice rest = repeated(*state, units[i], 3000000), line;
        const clock_t start = clock();
        size_t count = 0;
        while (bw_next_line(&line, &rest))
            count++;
        assert_true(count >= 3000000);
        assert_true(seconds_since(start) < 2);
    }
}

static void test_number(void **state)
{
    static const struct {
        const char *text;
        unsigned long max, wanted; /* wanted BW_NONE: refused */
    } cases[] = {
        {"0", 0, 0},
        {"7", 7, 7},
        {"8", 7, BW_NONE},
        {"0007", 7, 7},
        {"128", 128, 128},
        {"129", 128, BW_NONE},
        {"65535", 65535, 65535},
        {"65536", 65535, BW_NONE},
        {"", 10, BW_NONE},
        {"-1", 10, BW_NONE},
        {"+1", 10, BW_NONE},
        {" 1", 10, BW_NONE},
        {"1 ", 10, BW_NONE},
        {"1x", 10, BW_NONE},
        {"4294967297", 10, BW_NONE},
        {"18446744073709551617", 10, BW_NONE},
        {"18446744073709551614", (unsigned long)-1, 18446744073709551614UL},
        {"18446744073709551616", (unsigned long)-1, BW_NONE},
        {"99999999999999999999999999999999999999", (unsigned long)-1, BW_NONE},
        {"9", 5, BW_NONE},
        {"6666666666666666666666666666666666666667", 5, BW_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned long got = 4711;
        const bool fine = bw_number(&got, bw_str(cases[i].text), cases[i].max);
        if (fine != (cases[i].wanted != BW_NONE) || got != (fine ? cases[i].wanted : 4711))
            fail_msg("'%s' up to %lu: %s %lu", cases[i].text, cases[i].max, fine ? "gave" : "refused,", got);
    }
    /* With a small ceiling no run of digits wraps around to below it. */
    for (unsigned long seed = 1; seed < 20000; seed++) {
        char digits[32];
        unsigned long got, mix = seed;
        for (size_t i = 0; i < sizeof digits; i++, mix = mix * 6364136223846793005UL + 1442695040888963407UL)
            digits[i] = (char)('6' + mix % 4);
        assert_false(bw_number(&got, (bw_slice){digits, 2 + seed % 31}, 5));
    }
}

static void test_bytes(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        const bool digit = c >= '0' && c <= '9', small = c >= 'a' && c <= 'z', capital = c >= 'A' && c <= 'Z';
        const char byte = (char)c;
        assert_int_equal(bw_is_digit(byte), digit);
        assert_int_equal(bw_is_alpha(byte), small || capital);
        assert_int_equal(bw_is_alnum(byte), digit || small || capital);
        assert_int_equal(bw_is_space(byte), c != 0 && c < 128 && strchr(" \t\n\v\f\r", c) != NULL);
        assert_int_equal(bw_lower(byte), (char)(capital ? c + 32 : c));
        const char *at = c ? strchr("0123456789abcdef", capital ? c + 32 : c) : NULL;
        assert_int_equal(bw_hex_value(byte), at ? at - "0123456789abcdef" : -1);
    }
    assert_int_equal(bw_ihash(BW_S("Zen.Example")), bw_ihash(BW_S("zEN.eXAMPLE")));
    assert_int_not_equal(bw_ihash(BW_S("zen.example")), bw_ihash(BW_S("zen.examplf")));
}

static void test_errors(void **state)
{
    struct bw_error err = {.line = 0};
    (void)state;
    assert_int_equal(bw_fail(NULL, BW_IO, "nobody listens"), BW_IO);
    assert_int_equal(bw_fail_at(&err, BW_BAD_TABLE, "a.rules", 3, 7, "key \"%s\"", "x"), BW_BAD_TABLE);
    assert_int_equal(bw_fail(&err, BW_IO, "later"), BW_IO);
    assert_int_equal(err.status, BW_BAD_TABLE);
    assert_string_equal(err.file, "a.rules");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 7);
    assert_string_equal(err.message, "key \"x\"");
    struct bw_error other = {.line = 9};
    char name[400];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = 0;
    assert_int_equal(bw_fail_at(&other, BW_IO, name, 1, 1, "%0600d", 7), BW_IO);
    assert_int_equal(strlen(other.file), sizeof other.file - 1);
    assert_int_equal(strlen(other.message), sizeof other.message - 1);
    struct bw_error placeless = {.line = 9, .column = 9};
    bw_fail(&placeless, BW_LIMIT, "too large");
    assert_string_equal(placeless.file, "");
    assert_int_equal(placeless.line, 0);
}

static void test_limits_have_values(void **state)
{
    struct bw_limits limits;
    (void)state;
    bw_limits_default(&limits);
    assert_true(limits.message_bytes && limits.arena_bytes && limits.header_fields && limits.mime_parts);
    assert_true(limits.mime_depth && limits.text_bytes && limits.deliveries && limits.delivery_text);
    assert_true(limits.urls && limits.regex_steps && limits.regex_depth && limits.regex_heap_kib);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sub_and_trim),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_lines_and_words),
        ARENA_TEST(test_lines_are_linear),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_limits_have_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
