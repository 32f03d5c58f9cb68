/* What a report that is to be shared still tells, and what it no longer does. */
#include "stage.h"

#include "bouncewhy/bouncewhy.h"
#include "report/report.h"

static struct bw_tables *tables;

/* text as the diagnostic of a result, masked. */
static void check_masked(const char *text, const char *expected)
{
    struct bw_delivery delivery = {.recipient = BW_S("jane@corp.example.org"), .diagnostic = bw_str(text)};
    struct bw_result result = {.deliveries = &delivery, .delivery_count = 1, .memory = bw_arena_new(0)};
    assert_int_equal(bw_redact(&result, tables), BW_OK);
    check_slice(result.deliveries[0].diagnostic, expected, text);
    bw_result_free(&result);
}

static void test_texts(void **state)
{
    static const struct {
        const char *text, *masked;
    } cases[] = {
        {"550 5.1.1 <jane@corp.example.org>: User unknown",
         "550 5.1.1 <user1@host1.domain1.example>: User unknown"},
        /* The local part alone, as a whole word. */
        {"550 jane... User unknown", "550 user1... User unknown"},
        {"550 janes and Jane", "550 janes and user1"},
        /* Each always by the same name, and what belongs together stays together. */
        {"bob@b.example bob@b.example mail.b.example",
         "user2@domain2.example user2@domain2.example host2.domain2.example"},
        {"Client host [203.0.113.9] 203.0.113.9:25 [2001:db8:5::9]",
         "Client host [192.0.2.1] 192.0.2.1:25 [2001:db8::1]"},
        {"203.0.113.0/24", "192.0.2.1/24"},
        /* Neither codes, nor versions, nor the end of a sentence. */
        {"550 5.7.1 Postfix 3.5.25 refused.Please call", "550 5.7.1 Postfix 3.5.25 refused.Please call"},
        {"550 5.1.10 RESOLVER.ADR.RecipientNotFound", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"},
        /* The answers of lists, the lists, and the pages of whoever the tables know. */
        {"listed: 127.0.0.2 in zen.spamhaus.org, see https://www.spamhaus.org/query/ip/203.0.113.9",
         "listed: 127.0.0.2 in zen.spamhaus.org, see https://www.spamhaus.org/query/ip/192.0.2.1"},
        {"https://www.spamhaus.org/faq/page.html?ip=203.0.113.9&u=jane",
         "https://www.spamhaus.org/faq/page.html?ip=192.0.2.1&u=user1"},
        {"http://203.0.113.9/x http://jane@www.other.example/a",
         "http://192.0.2.1/x http://user1@host2.domain2.example/a"},
        {"(jane@corp.example.org@203.0.113.9)", "(user1@host1.domain1.example@192.0.2.1)"},
        {"/G=Jane/S=Miller/@gw.example", "user2@domain2.example"},
        {"=?UTF-8?Q?x?=@a.example", "user2@domain2.example"},
        {"", ""},
        {"@", "@"},
        {"a@", "a@"},
        {"...@...", "...@..."},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_masked(cases[i].text, cases[i].masked);
}

static void test_many_addresses(void **state)
{
    struct bw_buf text;
    struct bw_result result = {.memory = bw_arena_new(0)};
    (void)state;
    bw_buf_init(&text, 0);
    for (unsigned i = 0; i < 9000; i++)
        bw_putf(&text, "u%ux@h%u.example ", i, i);
    struct bw_delivery delivery = {.diagnostic = bw_buf_slice(&text)};
    result.deliveries = &delivery;
    result.delivery_count = 1;
    assert_int_equal(bw_redact(&result, tables), BW_OK);
    assert_int_equal(bw_find(result.deliveries[0].diagnostic, BW_S("u8999x"), 0), BW_NONE);
    assert_int_equal(bw_find(result.deliveries[0].diagnostic, BW_S("h8999"), 0), BW_NONE);
    bw_buf_clear(&text);
    bw_result_free(&result);
}

static void test_original(void **state)
{
    static const char mail[] =
        "From: MAILER-DAEMON@mx.dest.example\nTo: jane@corp.example.org\nSubject: Returned\nMIME-Version: "
        "1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.dest.example\n\n"
        "Final-Recipient: rfc822; bob@dest.example\nAction: failed\nStatus: 5.1.1\n--b\n"
        "Content-Type: message/rfc822\n\n"
        "Received: from JANES-PC (pool.isp.example [203.0.113.9])\n by mx.dest.example; Mon, 1 Jan 2024 "
        "00:00:00 +0000\n"
        "From: Jane Miller <jane@corp.example.org>\nSubject: secret\nMessage-ID: "
        "<1@corp.example.org>\n\nx\n--b--\n";
    struct bw_result result;
    (void)state;
    assert_int_equal(bw_analyze(&result, tables, bw_str(mail), NULL, NULL), BW_OK);
    assert_int_equal(bw_redact(&result, tables), BW_OK);
    check_slice(result.original.from, "user1@host1.domain1.example", "from");
    check_slice(result.original.subject, NULL, "subject");
    check_slice(result.reporting_mta, "host2.domain2.example", "reporter");
    check_slice(result.original.header,
                "Received: from host3.domain3.example (host4.domain4.example [192.0.2.1])\n\tby "
                "host2.domain2.example; "
                "Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <user3@host1.domain1.example>\n",
                "header");
    bw_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_many_addresses),
        cmocka_unit_test(test_original),
    };
    tables = tables_with(NULL);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
