#include "support.h"
#include "mime/mime.h"

static void test_parameters(void **state)
{
    static const struct {
        const char *field, *name, *wanted;
    } cases[] = {
        {"text/plain; charset=utf-8", "charset", "utf-8"},
        {"text/plain; Charset = \"utf-8\"; format=flowed", "charset", "utf-8"},
        {"text/plain; charset=\"utf-8\" ; format=flowed", "format", "flowed"},
        {"text/plain;charset=utf-8;format=flowed", "format", "flowed"},
        {"text/plain; format=flowed", "charset", NULL},
        {"text/plain", "charset", NULL},
        {"", "charset", NULL},
        {"text/plain; charset=", "charset", ""},
        {"text/plain charset=us-ascii", "charset", "us-ascii"},
        {"text/plain; charset=us-ascii format=flowed", "charset", "us-ascii"},
        {"text/plain; charset=us-ascii (Plain text)", "charset", "us-ascii"},
        {"text/plain; charset='utf-8'", "charset", "utf-8"},
        {"multipart/mixed;\r\n boundary=\"----=_x\"", "boundary", "----=_x"},
        {"multipart/mixed;\nboundary=\"a b\"", "boundary", "a b"},
        {"multipart/mixed; boundary=\"un;closed", "boundary", "un;closed"},
        {"multipart/mixed; x=\"boundary=no\"; boundary=yes", "boundary", "yes"},
        {"multipart/mixed; boundary=a; boundary=b", "boundary", "a"},
        {"attachment; filename=\"a \\\"b\\\" \\\\c\"", "filename", "a \"b\" \\c"},
        {"attachment; filename=\"C:\\new\\file\"", "filename", "C:\\new\\file"},
        {"attachment; filename=two words.txt", "filename", "two words.txt"},
        /* RFC 2231 */
        {"a/b; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "title", "This is ***fun***"},
        {"a/b; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; "
         "title*2=\"isn't it!\"",
         "title", "This is even more ***fun*** isn't it!"},
        {"a/b; title*1=two; title*0=one; title*3=lost", "title", "onetwo"},
        {"a/b; title*0=one; title*0=again; title*1=two", "title", "onetwo"},
        {"a/b; filename=old.txt; filename*=utf-8''%E7%8C%AB.txt", "filename", "\xE7\x8C\xAB.txt"},
        {"a/b; filename*0*=iso-2022-jp''%1B%24B; filename*1*=G-%1B%28B.txt", "filename", "\xE7\x8C\xAB.txt"},
        {"a/b; filename*=%E7%8C%AB.txt", "filename", "\xE7\x8C\xAB.txt"},
        {"a/b; filename*=utf-8''%zz%4", "filename", "%zz%4"},
        {"a/b; name*99999=x", "name", NULL},
        /* Encoded words, where they may not be. */
        {"a/b; filename=\"=?utf-8?B?54yr?=.txt\"", "filename", "\xE7\x8C\xAB.txt"},
        {"a/b; filename==?utf-8?Q?=E7=8C=AB.txt?=", "filename", "\xE7\x8C\xAB.txt"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_parameter(*state, bw_str(cases[i].field), cases[i].name), cases[i].wanted,
                    cases[i].field);
    check_slice(bw_parameter(*state, BW_NULL, "x"), NULL, "unknown");
}

static void test_linear(void **state)
{
    static const char *const units[] = {"x=", ";x*0=a", "x=\"", "a b ", "x*9=\"\\\"", "= ", "; x=1"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const bw_slice field = repeated(*state, units[i], 100000);
        const clock_t start = clock();
        bw_parameter(*state, field, "x");
        if (seconds_since(start) > 2)
            fail_msg("'%s' takes %f s", units[i], seconds_since(start));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(test_parameters), ARENA_TEST(test_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
