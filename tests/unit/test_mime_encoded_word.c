#include "support.h"
#include "mime/mime.h"

#define NEKO "\xE7\x8C\xAB"                 /* U+732B */
#define HIRAGANA "\xE3\x81\x82\xE3\x81\x84" /* U+3042 U+3044 */

static void test_fields(void **state)
{
    static const struct {
        const char *raw, *wanted;
    } cases[] = {
        {"plain text", "plain text"},
        {"", ""},
        {"two\r\n lines", "two lines"},
        {"two\nlines", "two lines"},
        {"  much \t space ", "much space"},
        {"=?utf-8?B?54yr?=", NEKO},
        {"=?UTF-8?b?54yr?=", NEKO},
        {"=?utf-8?Q?=E7=8c=AB_x?=", NEKO " x"},
        {"a =?utf-8?Q?=E7=8C=AB?= b", "a " NEKO " b"},
        {"=?utf-8?Q?=E7=8C=AB?= =?utf-8?Q?=E7=8C=AB?=", NEKO NEKO},
        {"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"},
        {"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
        {"=?iso-8859-1?Q?a=E9?= =?utf-8?Q?=E7=8C=AB?=", "a\xC3\xA9" NEKO},
        {"=?utf-8*ja?Q?=E7=8C=AB?=", NEKO},
        {"\"=?utf-8?Q?=E7=8C=AB?=\" <a@example.com>", "\"" NEKO "\" <a@example.com>"},
        /* A character cut between words, a group cut between words. */
        {"=?utf-8?B?5w==?= =?utf-8?B?jKs=?=", NEKO},
        {"=?utf-8?Q?=E7?= =?utf-8?Q?=8C=AB?=", NEKO},
        {"=?utf-8?B?54yr54yr?= =?utf-8?Q?=E7=8C=AB?=", NEKO NEKO NEKO},
        /* Padding missing, spaces inside, no end. */
        {"=?utf-8?B?5w?= =?utf-8?B?jKs?=", NEKO},
        {"=?utf-8?B?54 yr?=", NEKO},
        {"=?utf-8?Q?a b c?=", "a b c"},
        {"=?utf-8?Q?what?"
         "?=",
         "what?"},
        {"=?utf-8?B?54yr", NEKO},
        {"=?utf-8?Q?=E7=8C=AB more", NEKO " more"},
        {"=?utf-8?B?54yr =?utf-8?B?54yr?=", NEKO NEKO},
        /* ISO-2022-JP in words, raw, and folded in the middle. */
        {"=?ISO-2022-JP?B?GyRCRy0bKEI=?=", NEKO},
        {"\x1B$BG-\x1B(B x", NEKO " x"},
        {"=?iso-2022-jp?Q?=1B$B$=22$=24=1B(B?=", HIRAGANA},
        {"x\r\n \x1B$B$\"\r\n $$\x1B(B", "x "
                                         "\xE3\x81\x82 \xE3\x81\x84"},
        /* Charsets that are wrong or unknown. */
        {"=?x-no-such?B?54yr?=", NEKO},
        {"=?us-ascii?B?54yr?=", NEKO},
        {"=?iso-2022-jp?B?gqCCog==?=", HIRAGANA},
        {"\x82\xA0\x82\xA2", HIRAGANA},
        {NEKO " \xE7\x8C", NEKO " \xEF\xBF\xBD"},
        /* No words at all. */
        {"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
        {"=??Q?abc?=", "=??Q?abc?="},
        {"=? =?= =?utf-8?", "=? =?= =?utf-8?"},
        {"a=?b", "a=?b"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_decode_field(*state, bw_str(cases[i].raw)), cases[i].wanted, cases[i].raw);
    check_slice(bw_decode_field(*state, BW_NULL), NULL, "unknown");
}

static void test_nul(void **state)
{
    check_slice(bw_decode_field(*state, BW_S("a\0b")), "ab", "NUL as it is");
    check_slice(bw_decode_field(*state, BW_S("=?utf-8?Q?a=00=0Ab?=")), "a b", "NUL and LF in a word");
}

static void test_linear(void **state)
{
    static const char *const units[] = {
        "=?", "=?a?b?", "=?a?q?x?=", "=?a?q?x?= ", "=?a?q? ", "?=", "=?b?q?x?= y", " =?a?b?x"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const bw_slice field = repeated(*state, units[i], 100000);
        const clock_t start = clock();
        bw_decode_field(*state, field);
        if (seconds_since(start) > 3)
            fail_msg("'%s' takes %f s", units[i], seconds_since(start));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(test_fields), ARENA_TEST(test_nul),
                                       ARENA_TEST(test_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
