/* Reply codes and enhanced codes in free text, the codes of continued lines, the command. */
#include "support.h"

#include "evidence/internal.h"

static void test_codes(void **state)
{
    static const struct {
        const char *words, *reply, *status;
    } cases[] = {
        {"550 5.1.1 User unknown", "550", "5.1.1"},
        {"550 User unknown", "550", NULL},
        {"5.1.1 User unknown", NULL, "5.1.1"},
        {"550 5.7.606 Access denied", "550", "5.7.606"},
        {"450 4.2.0 Greylisted", "450", "4.2.0"},
        {"552 5.2.2 (over quota)", "552", "5.2.2"},
        /* Odd forms. */
        {"550: no", "550", NULL},
        {"550 #5.1.0 Address rejected", "550", "5.1.0"},
        {"ERROR_CODE :550, no", "550", NULL},
        {"554 554 5.7.1 refused", "554", "5.7.1"},
        {"554 5.7.1 554 no", "554", "5.7.1"},
        {"550-'5.7.1 refused", "550", "5.7.1"},
        {"550-5.7.1 one 550 5.7.1 two", "550", "5.7.1"},
        {"522 mailbox full", "522", NULL},
        {"541 spam", "541", NULL},
        {"571 refused", "571", NULL},
        {"said: 550 no", "550", NULL},
        {"(550 no)", "550", NULL},
        {"server replied \"550 5.1.1 no\"", "550", "5.1.1"},
        {"SMTP error 550", "550", NULL},
        {"550", "550", NULL},
        {"550 5.1.1", "550", "5.1.1"},
        {"#5.1.1", NULL, "5.1.1"},
        {"(#5.1.1)", NULL, "5.1.1"},
        {"554 <421 4.4.2 connection lost>", "554", "4.4.2"},
        {"220-mx.example.com ESMTP 421 too many connections", "421", NULL},
        {"220 mx.example.com 421 4.7.0 later", "421", "4.7.0"},
        {"250 2.1.5 ok; 550 5.1.1 no", "550", "5.1.1"},
        {"552 over quota (#5.1.1)", "552", "5.1.1"},
        /* Numbers that are none. */
        {"after 450 seconds", NULL, NULL},
        {"size 550000 is too large", NULL, NULL},
        {"limit is 500 messages", NULL, NULL},
        {"room 5.1.1.7 in the cellar", NULL, NULL},
        {"host 192.0.2.1 is at 5.1.1.2", NULL, NULL},
        {"198.51.100.4 refused", NULL, NULL},
        {"http://example.com/550/5.1.1", NULL, NULL},
        {"mail550@example.com", NULL, NULL},
        {"a-550-b", NULL, NULL},
        {"v5.1.1", NULL, NULL},
        {"650 unknown", NULL, NULL},
        {"5.1", NULL, NULL},
        {"5.1.", NULL, NULL},
        {"5.1.1234", NULL, NULL},
        {"6.1.1", NULL, NULL},
        {"", NULL, NULL},
        {NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bw_slice reply, status;
        bw_reply_codes(&reply, &status, bw_str(cases[i].words));
        check_slice(reply, cases[i].reply, cases[i].words ? cases[i].words : "unknown");
        check_slice(status, cases[i].status, cases[i].words ? cases[i].words : "unknown");
    }
}

/* Nothing is read behind the end (a sanitizer tells), and what is found lies inside. */
static void test_prefixes(void **state)
{
    static const char words[] =
        "554-5.7.1 see https: 554 5.7.1 //example.com/ 554-5.7.606 421 4.4.2 end 5.1.1";
    for (size_t n = 0; n < sizeof words; n++) {
        char *copy = malloc(n ? n : 1);
        bw_slice reply, status;
        memcpy(copy, words, n);
        const bw_slice text = {copy, n};
        bw_reply_codes(&reply, &status, text);
        assert_true(!reply.p || (reply.p >= copy && reply.p + reply.n <= copy + n && reply.n == 3));
        assert_true(!status.p || (status.p >= copy && status.p + status.n <= copy + n && status.n >= 5));
        assert_true(bw_without_line_codes(*state, text).n <= n);
        free(copy);
    }
}

static void test_without_line_codes(void **state)
{
    static const struct {
        const char *words, *wanted;
    } cases[] = {
        {"550 5.7.1 one two", "550 5.7.1 one two"},
        {"550-5.7.1 one 550 5.7.1 two", "550-5.7.1 one two"},
        {"550-5.7.1 one 550-5.7.1 two 550 5.7.1 three", "550-5.7.1 one two three"},
        {"550-one 550-two 550 three", "550-one two three"},
        {"550-one 550 two", "550-one two"},
        {"554-5.7.1 see https: 554 5.7.1 //example.com/x", "554-5.7.1 see https://example.com/x"},
        {"550 5.7.1 see https: 550 5.7.1 //example.com/x now", "550 5.7.1 see https://example.com/x now"},
        /* Another code, or a part of a word, is no line code. */
        {"550 5.7.1 one 551 5.7.1 two", "550 5.7.1 one 551 5.7.1 two"},
        {"550 5.7.1 one x550-5.7.1 two", "550 5.7.1 one x550-5.7.1 two"},
        {"no code at all", "no code at all"},
        {"see https: //example.com/", "see https://example.com/"},
        /* A link that was folded in the middle; what may as well be the next word is left alone. */
        {"see https://example.com/ query/ip/192.0.2.1 now", "see https://example.com/query/ip/192.0.2.1 now"},
        {"see https: //example.com/ a?ip=192.0.2.1", "see https://example.com/a?ip=192.0.2.1"},
        {"see https://example.com/q?ip= 192.0.2.1", "see https://example.com/q?ip=192.0.2.1"},
        {"see https://example.com/q?a=1& ip=192.0.2.1", "see https://example.com/q?a=1&ip=192.0.2.1"},
        {"see https://example.com/a% 20b", "see https://example.com/a%20b"},
        {"read https://example.com/faq? If so", "read https://example.com/faq? If so"},
        {"see https://example.com/ and/or call", "see https://example.com/ and/or call"},
        {"see https://example.com/ 192.0.2.1", "see https://example.com/ 192.0.2.1"},
        {"see https://example.com/ https://example.net/a/1",
         "see https://example.com/ https://example.net/a/1"},
        {"one/ two/3", "one/ two/3"},
        {"https://example.com/ ", "https://example.com/ "},
        {"", ""},
        {NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_without_line_codes(*state, bw_str(cases[i].words)), cases[i].wanted,
                    cases[i].words ? cases[i].words : "unknown");
}

static void test_command(void **state)
{
    static const struct {
        const char *words, *wanted;
    } cases[] = {
        {"MAIL FROM", "MAIL"},
        {"mail from:<a@example.com>", "MAIL"},
        {"RCPT TO", "RCPT"},
        {"end of DATA", "DATA"},
        {"DATA", "DATA"},
        {"EHLO", "EHLO"},
        {"HELO", "HELO"},
        {"STARTTLS", "STARTTLS"},
        {"AUTH LOGIN", "AUTH"},
        {"BDAT 100 LAST", "BDAT"},
        {"QUIT", "QUIT"},
        {"initial connection", "CONN"},
        {"initial greeting", "CONN"},
        {"nothing", NULL},
        {"", NULL},
        {NULL, NULL},
        {"refused to talk to me", "CONN"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_command_of(bw_str(cases[i].words)), cases[i].wanted,
                    cases[i].words ? cases[i].words : "unknown");
}

static void test_linear(void **state)
{
    static const char *const units[] = {"5", "550", "550 ", "550-5.7.1 ", "5.1.1", "5.1.", "https: ", "4 "};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const bw_slice text = repeated(*state, units[i], 200000);
        bw_slice reply, status;
        const clock_t start = clock();
        bw_reply_codes(&reply, &status, text);
        assert_true(bw_without_line_codes(*state, text).n <= text.n);
        assert_true(seconds_since(start) < 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes), ARENA_TEST(test_prefixes), ARENA_TEST(test_without_line_codes),
        ARENA_TEST(test_command),     ARENA_TEST(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
