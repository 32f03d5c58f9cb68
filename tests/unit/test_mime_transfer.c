#include "support.h"
#include "mime/internal.h"

struct transfer_case {
    const char *body, *wanted;
    bool odd;
};

static void check(struct bw_arena *arena, const struct transfer_case *cases, size_t count,
                  enum bw_encoding encoding)
{
    for (size_t i = 0; i < count; i++) {
        const char *odd = NULL;
        check_slice(bw_transfer_decode(arena, bw_str(cases[i].body), encoding, 0, &odd), cases[i].wanted,
                    cases[i].body);
        if ((odd != NULL) != cases[i].odd)
            fail_msg("'%s': %s", cases[i].body, odd ? odd : "nothing odd");
    }
}

static void test_quoted_printable(void **state)
{
    static const struct transfer_case cases[] = {
        {"a=3Db", "a=b", false},
        {"a=3db", "a=b", false},
        {"soft=\nbreak", "softbreak", false},
        {"soft=\r\nbreak", "softbreak", false},
        {"soft= \t\r\nbreak", "softbreak", false},
        {"end=", "end", false},
        {"trailing  \nblank \t\r\nlines", "trailing\nblank\r\nlines", false},
        {"inner  blanks\tstay", "inner  blanks\tstay", false},
        {"last  ", "last", false},
        {"bad=ZZ and =4", "bad=ZZ and =4", false},
        {"=E3=81=82", "\xE3\x81\x82", false},
        {"https://example.com/?a=b", "https://example.com/?a=b", false},
        {"", "", false},
    };
    check(*state, cases, COUNT_OF(cases), BW_ENC_QUOTED_PRINTABLE);
}

static void test_base64(void **state)
{
    static const struct transfer_case cases[] = {
        {"SGVsbG8=", "Hello", false},
        {"SGVs\r\nbG8=\r\n", "Hello", false},
        {"SGVsbG8", "Hello", false},
        {"SGVsbG", "Hell", false},
        {"SGVsbA==SGVsbA==", "HellHell", false},
        {"SGVsbG8=\n\n-- \na footer of a list, as text\n", "Hello\n-- \n\na footer of a list, as text\n",
         true},
        {"This is plain text.\nNo base64 at all.\n", "This is plain text.\nNo base64 at all.\n", true},
        {"", "", false},
        {"\n\n", "", false},
    };
    const struct transfer_case footer = {
        "VGhpcyBpcyBhIGxvbmdlciB0ZXh0IGluIGJhc2U2NA==\n-- \nfooter, as text\n",
        "This is a longer text in base64\n-- \n\nfooter, as text\n", true};
    check(*state, &footer, 1, BW_ENC_BASE64);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (i != 5)
            check(*state, &cases[i], 1, BW_ENC_BASE64);
    const char *odd = NULL;
    const bw_slice decoded = bw_transfer_decode(*state, BW_S("AAEC/w=="), BW_ENC_BASE64, 0, &odd);
    assert_int_equal(decoded.n, 4);
    assert_memory_equal(decoded.p, "\0\1\2\xFF", 4);
}

static void test_uuencode(void **state)
{
    static const struct transfer_case cases[] = {
        {"begin 644 a.txt\n%2&5L;&\\\n`\nend\n", "Hello", false},
        {"text before\nbegin 644 a.txt\n%2&5L;&\\\n`\nend\ntext behind\n", "Hello", false},
        {"begin 644 a.txt\n%2&5L",
         "Hel"
         "\0",
         false},
        {"begin to read this\n", "begin to read this\n", true},
    };
    check(*state, cases, 2, BW_ENC_UUENCODE);
    check(*state, cases + 3, 1, BW_ENC_UUENCODE);
    const char *odd = NULL;
    assert_int_equal(bw_transfer_decode(*state, bw_str(cases[2].body), BW_ENC_UUENCODE, 0, &odd).n, 5);
}

static void test_limit(void **state)
{
    const char *odd = NULL;
    check_slice(bw_transfer_decode(*state, BW_S("SGVsbG8="), BW_ENC_BASE64, 3, &odd), "Hel", "base64");
    check_slice(bw_transfer_decode(*state, BW_S("He=6Clo"), BW_ENC_QUOTED_PRINTABLE, 3, &odd), "Hel", "qp");
    check_slice(bw_transfer_decode(*state, BW_S("Hello"), BW_ENC_IDENTITY, 3, &odd), "Hel", "identity");
    check_slice(bw_transfer_decode(*state, BW_NULL, BW_ENC_BASE64, 3, &odd), "", "unknown");
}

static void test_linear(void **state)
{
    static const char *const units[] = {"=", "= ", " ", "=\n", "A\n", "A ", "begin 644 a\n", "`\n"};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        for (int encoding = BW_ENC_IDENTITY; encoding <= BW_ENC_UUENCODE; encoding++) {
            const char *odd = NULL;
            const bw_slice body = repeated(*state, units[i], 300000);
            const clock_t start = clock();
            bw_transfer_decode(*state, body, (enum bw_encoding)encoding, 0, &odd);
            if (seconds_since(start) > 2)
                fail_msg("'%s' in %d takes %f s", units[i], encoding, seconds_since(start));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_quoted_printable), ARENA_TEST(test_base64),
        ARENA_TEST(test_uuencode),         ARENA_TEST(test_limit),
        ARENA_TEST(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
