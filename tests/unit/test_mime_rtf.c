/* Rich text as words, and as the HTML that it was made of. */
#include "support.h"

#include "mime/internal.h"

static const struct {
    const char *rtf, *wanted;
    bool html;
    const char *odd;
} cases[] = {
    {"{\\rtf1 a b}", "a b", false, NULL},
    {"{\\rtf1\\ansi one\\par two\\line three\\tab x\\\nfour\r\n\\pard five}", "one\ntwo\nthree\tx\nfourfive",
     false, NULL},
    {"{\\rtf1 \\{x\\}\\\\y\\~z\\_w\\-v}", "{x}\\y z-wv", false, NULL},
    {"{\\rtf1 \\lquote a\\rquote  \\emdash  \\bullet  \\ldblquote b\\rdblquote}",
     "\xE2\x80\x98"
     "a\xE2\x80\x99 \xE2\x80\x94 \xE2\x80\xA2 \xE2\x80\x9C"
     "b\xE2\x80\x9D",
     false, NULL},
    {"{\\rtf1 a}\0 behind it", "a", false, NULL},
    {"{\\rtf1 a} behind it}", "a", false, NULL},
    /* Bytes: of the document, of the font. */
    {"{\\rtf1\\ansi caf\\'e9}", "caf\xC3\xA9", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg932 \\'82\\'a0\\'83\\\\}", "\xE3\x81\x82\xE3\x82\xBD", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0}", "\xD0\x9F\xD1\x80", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg65001 \\'e3\\'81\\'82}", "\xE3\x81\x82", false, NULL},
    {"{\\rtf1\\mac caf\\'8e}", "caf\xC3\xA9", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg99999999999 caf\\'e9}", "caf\xC3\xA9", false, NULL},
    {"{\\rtf1\\ansi{\\fonttbl{\\f0 A;}{\\f1\\fcharset128 B{\\*\\falt C};}{\\f2\\fcharset204 D;}}\\f1 "
     "\\'82\\'a0{\\f2 "
     "\\'cf}\\'82\\'a2\\f0 \\'e9}",
     "\xE3\x81\x82\xD0\x9F\xE3\x81\x84\xC3\xA9", false, NULL},
    {"{\\rtf1\\ansi\\deff1{\\fonttbl{\\f1\\fcharset128 B;}{\\f2\\cpg1251 D;}}\\plain\\'82\\'a0\\f2 "
     "\\'cf\\plain \\'82\\'a2}",
     "\xE3\x81\x82\xD0\x9F\xE3\x81\x84", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f1\\fcharset0 B;}}\\f1 \\'82\\'a0}", "\xE3\x81\x82", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f1\\fcharset0 B;}}\\f1 \\'e9}", "\xC3\xA9", false, NULL},
    {"{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f1\\fcharset2 B;}}{\\f1 \\'b7}\\'b1}", "\xC2\xB7\xEF\xBD\xB1",
     false, NULL},
    /* Characters, and what stands behind them for others. */
    {"{\\rtf1 \\u12354?b}",
     "\xE3\x81\x82"
     "b",
     false, NULL},
    {"{\\rtf1\\uc2 \\u12354\\'82\\'a0b}",
     "\xE3\x81\x82"
     "b",
     false, NULL},
    {"{\\rtf1\\uc0 \\u12354 b}",
     "\xE3\x81\x82"
     "b",
     false, NULL},
    {"{\\rtf1{\\uc0 \\u12354 b}\\u12354 ?b}",
     "\xE3\x81\x82"
     "b\xE3\x81\x82"
     "b",
     false, NULL},
    {"{\\rtf1 \\u-10179?\\u-8704?}", "\xF0\x9F\x98\x80", false, NULL},
    {"{\\rtf1 \\u55357?\\u56832?}", "\xF0\x9F\x98\x80", false, NULL},
    {"{\\rtf1 \\u55357?x\\u56832?}", "x\xEF\xBF\xBD", false, NULL},
    {"{\\rtf1 \\u12354{x}}", "\xE3\x81\x82x", false, NULL},
    {"{\\rtf1\\uc1 \\u12354\\b b}",
     "\xE3\x81\x82"
     "b",
     false, NULL},
    {"{\\rtf1 a\\u0 ?b\\u99999999999999999999 ?}", "a b\xEF\xBF\xBD", false, NULL},
    {"{\\rtf1 \\u128512 ?}", "\xF0\x9F\x98\x80", false, NULL},
    /* What nobody reads. */
    {"{\\rtf1{\\fonttbl;}{\\colortbl;\\red0;}{\\stylesheet{\\s0 Normal;}}{\\*\\nobody{knows} "
     "it}{\\info{\\title t}}a}",
     "a", false, NULL},
    {"{\\rtf1{\\pict\\bin4 }}{{x}a{\\v hidden}b\\v c\\v0 d}", "abd", false, NULL},
    {"{\\rtf1{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt shown}}}", "shown", false, NULL},
    {"{\\rtf1{\\header h}{\\footer f}a}", "a", false, NULL},
    {"{\\rtf1 a\\bin99999999 b}", "a", false, "damaged RTF"},
    {"{\\rtf1{\\*\\htmltag <b>}a\\htmlrtf b\\htmlrtf0 c}", "abc", false, NULL},
    /* HTML (MS-OXRTFEX). */
    {"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag19 <p title=\"\\{\\}\">}\\htmlrtf x\\htmlrtf0 a{\\*\\htmltag8 "
     "</p>}}",
     "<p title=\"{}\">a</p>", true, NULL},
    {"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0 a < b{\\*\\mhtmltag64 x}{\\*\\y "
     "z}}",
     "&lt;a &lt; b", true, NULL},
    {"{\\rtf1\\ansi\\fromhtml1 \\htmlrtf{\\b\\htmlrtf0 a\\htmlrtf}\\htmlrtf0 b\\par c\\line d\\tab e}",
     "ab\nc\nd\te", true, NULL},
    {"{\\rtf1\\ansi\\ansicpg932\\fromhtml1{\\fonttbl{\\f1\\fcharset204 B;}}\\htmlrtf\\f1\\htmlrtf0 "
     "\\'cf{\\*\\htmltag <i "
     "title=\\'82\\'a0>}\\u60?}",
     "\xD0\x9F<i title=\xE3\x81\x82>&lt;", true, NULL},
    {"{\\rtf1\\ansi\\fromtext a < b\\par c}", "a < b\nc", false, NULL},
    /* Damaged. */
    {"{\\rtf1 a", "a", false, "damaged RTF"},
    {"{\\rtf1 a{b\\", "ab", false, "damaged RTF"},
    {"{\\rtf1 a\\'e}", "ae", false, NULL},
    {"{\\rtf1 a\\'}", "a", false, NULL},
    {"{\\rtf1 a\\*}", "a", false, NULL},
    {"{\\rtf1\\averyveryveryveryveryveryveryverylongword a}", "a", false, NULL},
    {"{\\rtf", "", false, "damaged RTF"},
};

static void words(void **state)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *odd = NULL;
        bool html = false;
        const bw_slice bytes = bw_str(cases[i].rtf);
        assert_true(bw_looks_like_rtf(bytes));
        check_slice(bw_rtf_text(&odd, &html, *state, bytes, 0), cases[i].wanted, cases[i].rtf);
        assert_int_equal(html, cases[i].html);
        if ((odd != NULL) != (cases[i].odd != NULL) || (odd && strcmp(odd, cases[i].odd) != 0))
            fail_msg("%s: %s", cases[i].rtf, odd ? odd : "nothing odd");
    }
}

static void ceilings(void **state)
{
    const char *odd = NULL;
    bool html;
    const bw_slice deep = bw_format(*state, "{\\rtf1 a%.*sb}", BW_ARG(repeated(*state, "{x", 100)));
    assert_int_equal(bw_rtf_text(&odd, &html, *state, deep, 0).n, 64);
    assert_string_equal(odd, "RTF nested too deeply");
    odd = NULL;
    check_slice(bw_rtf_text(&odd, &html, *state, BW_S("{\\rtf1 \\u12354?\\u12354?x}"), 5), "\xE3\x81\x82",
                "cut");
    assert_null(odd);
}

/* The same text whatever stands around it, and no time that grows with its square. */
static void long_text(void **state)
{
    const clock_t start = clock();
    const char *odd = NULL;
    bool html;
    static const char *const units[] = {"\\'82", "\\u12354 ", "{\\f1 \\'82}", "{", "\\f1\\'e9\\f2\\'e9",
                                        "\\v",   "}"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct bw_arena *arena = bw_arena_new(0);
        const bw_slice body = repeated(arena, units[i], 100000);
        struct bw_buf rtf;
        bw_buf_init(&rtf, 0);
        bw_puts(&rtf, "{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f1\\fcharset204 A;}{\\f2\\fcharset161 B;}}");
        bw_put(&rtf, body);
        assert_true(bw_utf8_valid(bw_rtf_text(&odd, &html, arena, bw_buf_slice(&rtf), 1 << 20)));
        bw_buf_clear(&rtf);
        bw_arena_free(arena);
    }
    (void)state;
    assert_true(seconds_since(start) < 20);
}

static void any_prefix(void **state)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t n = 5; n <= strlen(cases[i].rtf); n++) {
            const char *odd = NULL;
            bool html;
            char *copy = malloc(n);
            assert_non_null(copy);
            memcpy(copy, cases[i].rtf, n);
            assert_true(bw_utf8_valid(bw_rtf_text(&odd, &html, *state, (bw_slice){copy, n}, 1000)));
            free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(words), ARENA_TEST(ceilings), ARENA_TEST(long_text),
                                       ARENA_TEST(any_prefix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
