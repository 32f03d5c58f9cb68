#include "support.h"
#include "mime/mime.h"

static void test_addresses(void **state)
{
    static const struct {
        const char *field, *wanted;
    } cases[] = {
        {"user@example.com", "user@example.com"},
        {"<user@example.com>", "user@example.com"},
        {"Some One <user@example.com>", "user@example.com"},
        {"\"One, Some\" <user@example.com>", "user@example.com"},
        {"\"a@b <c@d>\" <user@example.com>", "user@example.com"},
        {"list@example.org via list <user@example.com>", "user@example.com"},
        {"first@example.com, second@example.com", "first@example.com"},
        {"nobody, second@example.com", "second@example.com"},
        {"user@example.com (Some (nested) One)", "user@example.com"},
        {"(x@example.net) user@example.com", "user@example.com"},
        {"us(comment)er@example.com", "user@example.com"},
        {"\"john doe\"@example.com", "\"john doe\"@example.com"},
        {"<\"a>b\"@example.com>", "\"a>b\"@example.com"},
        {"\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com"},
        {"dots..in.a.row.@example.ne.jp", "dots..in.a.row.@example.ne.jp"},
        {"<@a.example,@b.example:user@example.com>", "user@example.com"},
        {"<user%example.org@example.com>", "user%example.org@example.com"},
        {"user@[192.0.2.1]", "user@[192.0.2.1]"},
        {"<user@[IPv6:2001:db8::1]>", "user@[IPv6:2001:db8::1]"},
        {"user@[IPv6:2001:db8::1], b@example.com", "user@[IPv6:2001:db8::1]"},
        {"user @ example.com", "user@example.com"},
        {"<user@\r\n example.com>", "user@example.com"},
        {"<very.long.local\r\n .part@example.com>", "very.long.local.part@example.com"},
        {"rfc822; user@example.com", "user@example.com"},
        {"rfc822;<user@example.com>", "user@example.com"},
        {"utf-8; \xE7\x8C\xAB@example.jp", "\xE7\x8C\xAB@example.jp"},
        {"group: a@example.com, b@example.com;", "a@example.com"},
        {"mailto:user@example.com", "user@example.com"},
        {"<mailto:user@example.com>", "user@example.com"},
        {"'user@example.com'", "user@example.com"},
        {"[user@example.com]", "user@example.com"},
        {"to user@example.com.", "user@example.com"},
        {"550 5.1.1 <user@example.com>... User unknown", "user@example.com"},
        {"=?utf-8?B?dXNlcg==?=@example.com", "user@example.com"},
        {"<@example.com>", "@example.com"},
        {"<postmaster>", "postmaster"},
        {"<postmaster>, user@example.com", "user@example.com"},
        {"\"unclosed <user@example.com>", "user@example.com"},
        {"(unclosed <user@example.com>", "user@example.com"},
        {"<user@example.com", "user@example.com"},
        {"< <user@example.com> >", "user@example.com"},
        {"Mail Delivery System <>", NULL},
        {"<no address here>", NULL},
        {"undisclosed-recipients:;", NULL},
        {"MAILER-DAEMON", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_address(*state, bw_str(cases[i].field)), cases[i].wanted, cases[i].field);
    check_slice(bw_address(*state, BW_NULL), NULL, "unknown");
}

static void test_linear(void **state)
{
    static const char *const units[] = {"<", "\"",  "(",    "<\"",  "<\"\"@", "a,",
                                        "[", "a@[", "\\\"", "<a> ", " @",     "()"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const bw_slice field = repeated(*state, units[i], 200000);
        const clock_t start = clock();
        bw_address(*state, field);
        if (seconds_since(start) > 2)
            fail_msg("'%s' takes %f s", units[i], seconds_since(start));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(test_addresses), ARENA_TEST(test_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
