/* UTF-8: reading, repair, display width, and what may not reach a terminal. */
#include "support.h"

#define BAD "\xEF\xBF\xBD"

static void test_validity_and_repair(void **state)
{
    static const struct {
        const char *bytes, *repaired; /* repaired NULL: well-formed */
    } cases[] = {
        {"", NULL},
        {"plain", NULL},
        {"\xC3\xA9\xE3\x81\x82\xF0\x9F\x90\x88", NULL},
        {BAD " stays", NULL},
        {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", NULL},
        {"\x80", BAD},
        {"a\xFF"
         "b",
         "a" BAD "b"},
        {"a\x80\x80\x80"
         "b",
         "a" BAD "b"},
        {"a\x80"
         "b\x80",
         "a" BAD "b" BAD},
        {"\xC3", BAD},
        {"\xE3\x81", BAD},
        {"\xE3\x81"
         "a",
         BAD "a"},
        {"\xC0\xAF", BAD}, /* overlong */
        {"\xE0\x80\xAF", BAD},
        {"\xF0\x80\x80\xAF", BAD},
        {"\xED\xA0\x80", BAD},     /* a surrogate */
        {"\xF4\x90\x80\x80", BAD}, /* over U+10FFFF */
        {"\xF5\x80\x80\x80", BAD},
        {"\xFE\xFE\xFF\xFF", BAD},
        {"\xC3\xC3\xA9", BAD "\xC3\xA9"},
        {"\xE3\x81\x82\x81\xE3\x81\x84", "\xE3\x81\x82" BAD "\xE3\x81\x84"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice bytes = bw_str(cases[i].bytes);
        if (bw_utf8_valid(bytes) != !cases[i].repaired)
            fail_msg("row %zu: validity", i);
        const bw_slice repaired = bw_utf8_repair(*state, bytes);
        check_slice(repaired, cases[i].repaired ? cases[i].repaired : cases[i].bytes, "repaired");
        assert_true(bw_utf8_valid(repaired));
    }
    assert_true(bw_utf8_valid(BW_NULL));
    check_slice(bw_utf8_repair(*state, BW_NULL), NULL, "unknown");
    assert_true(bw_utf8_valid((bw_slice){"a\0b", 3}));
}

/* Any two and three bytes: repaired text is well-formed, and well-formed text is left alone. */
static void test_all_short_sequences(void **state)
{
    (void)state;
    for (unsigned lead = 0; lead < 256; lead++) {
        struct bw_arena *arena = bw_arena_new(0);
        for (unsigned second = 0; second < 256; second++)
            for (unsigned third = 0x7E; third < 0xC2; third += third == 0x80 ? 0x3F : 1) {
                const char bytes[] = {(char)lead, (char)second, (char)third};
                const bw_slice text = {bytes, sizeof bytes}, fixed = bw_utf8_repair(arena, text);
                assert_true(bw_utf8_valid(fixed));
                if (bw_utf8_valid(text))
                    assert_ptr_equal(fixed.p, text.p);
            }
        bw_arena_free(arena);
    }
}

static void test_code_points_round_trip(void **state)
{
    struct bw_buf buf;
    (void)state;
    bw_buf_init(&buf, 0);
    for (uint32_t code = 0; code < 0x110010; code += code < 0x3000 ? 1 : 61) {
        buf.n = 0;
        bw_put_utf8(&buf, code);
        uint32_t got;
        bw_slice rest = bw_buf_slice(&buf);
        const bool exists = code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF);
        assert_true(bw_utf8_next(&got, &rest));
        assert_int_equal(got, exists ? code : 0xFFFD);
        assert_int_equal(rest.n, 0);
        assert_false(bw_utf8_next(&got, &rest));
    }
    bw_buf_clear(&buf);
}

static void test_bad_byte_is_cut_off_alone(void **state)
{
    bw_slice rest = BW_S("\xE3\x81z");
    uint32_t got;
    (void)state;
    assert_true(bw_utf8_next(&got, &rest));
    assert_int_equal(got, 0xFFFD);
    assert_int_equal(rest.n, 2);
}

static void test_width(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"\xC3\xA9", 1},                 /* e acute */
        {"e\xCC\x81", 1},                /* e + combining acute */
        {"\xE6\x97\xA5\xE6\x9C\xAC", 4}, /* two ideographs */
        {"\xE3\x81\x8B\xE3\x82\x99", 2}, /* ka + combining voiced mark */
        {"\xEF\xBC\xA1", 2},             /* fullwidth A */
        {"\xEF\xBD\xB1", 1},             /* halfwidth katakana */
        {"\xED\x95\x9C", 2},             /* Hangul */
        {"\xE3\x80\x8C\xE3\x80\x8D", 4}, /* corner brackets */
        {"\xF0\x9F\x98\x80", 2},         /* emoji */
        {"\xF0\xA0\x80\x80", 2},         /* a plane 2 ideograph */
        {"\xE2\x80\x8B", 0},             /* zero width space */
        {"\xE2\x80\xA6", 1},             /* ellipsis: ambiguous counts 1 */
        {"\xD0\xB4", 1},
        {"\xFF", 1}, /* shown as U+FFFD */
        {"\t\n\x7F", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (bw_width(bw_str(cases[i].text)) != cases[i].columns)
            fail_msg("row %zu: %zu columns, wanted %zu", i, bw_width(bw_str(cases[i].text)),
                     cases[i].columns);
}

static void test_visible(void **state)
{
    static const struct {
        const char *text, *wanted;
        bool keep_newlines;
    } cases[] = {
        {"plain \xE6\x97\xA5", "plain \xE6\x97\xA5", false},
        {"a\tb", "a b", false},
        {"a\nb", "a\nb", true},
        {"a\nb",
         "a\xE2\x90\x8A"
         "b",
         false},
        {"a\r\nb", "a\xE2\x90\x8D\nb", true},
        {"\033[2J", "\xE2\x90\x9B[2J", true},
        {"\a\b", "\xE2\x90\x87\xE2\x90\x88", true},
        {"\x7F", "\xE2\x90\xA1", true},
        {"\xC2\x9B"
         "2J",
         BAD "2J", true}, /* C1 CSI */
        {"a\xE2\x80\xAE"
         "b",
         "a" BAD "b", true}, /* right-to-left override */
        {"a\xE2\x81\xA6"
         "b\xE2\x81\xA9",
         "a" BAD "b" BAD, true}, /* isolates */
        {"a\xE2\x80\x8B\xEF\xBB\xBF"
         "b",
         "a" BAD BAD "b", true}, /* zero width, byte-order mark */
        {"a\xE2\x80\xA8\xE2\x80\xA9"
         "b",
         "a" BAD BAD "b", true},              /* separators */
        {"a\xF3\xA0\x81\x81", "a" BAD, true}, /* tag characters */
        {"a\xFF\x80", "a" BAD BAD, true},
        {"\xD8\x9C", BAD, true}, /* Arabic letter mark */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_buf buf;
        bw_buf_init(&buf, 0);
        bw_put_visible(&buf, bw_str(cases[i].text), cases[i].keep_newlines);
        check_slice(bw_buf_take(&buf, *state), cases[i].wanted, "visible");
    }
}

/* Of all code points, none that acts on a terminal comes through. */
static void test_nothing_acts(void **state)
{
    struct bw_buf in, out;
    (void)state;
    bw_buf_init(&in, 0);
    bw_buf_init(&out, 0);
    for (uint32_t code = 0; code < 0x110000; code++)
        if (code < 0xD800 || code > 0xDFFF)
            bw_put_utf8(&in, code);
    bw_put_visible(&out, bw_buf_slice(&in), false);
    bw_slice rest = bw_buf_slice(&out);
    assert_true(bw_utf8_valid(rest));
    for (uint32_t code; bw_utf8_next(&code, &rest);)
        if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
            (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF)
            fail_msg("U+%04X came through", (unsigned)code);
    bw_buf_clear(&in);
    bw_buf_clear(&out);
}

static void test_one_line(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {{"", ""},
                 {" \n ", ""},
                 {"a", "a"},
                 {" a \r\n\t b\n", "a b"},
                 {"a\n\nb  c", "a b c"},
                 {NULL, NULL},
                 {"a\xC2\xA0"
                  "b",
                  "a\xC2\xA0"
                  "b"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_one_line(*state, bw_str(cases[i].text)), cases[i].wanted, "one line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_validity_and_repair),
        cmocka_unit_test(test_all_short_sequences),
        cmocka_unit_test(test_code_points_round_trip),
        cmocka_unit_test(test_bad_byte_is_cut_off_alone),
        cmocka_unit_test(test_width),
        ARENA_TEST(test_visible),
        cmocka_unit_test(test_nothing_acts),
        ARENA_TEST(test_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
