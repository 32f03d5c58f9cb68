/* Delivery-status fields: RFC 3464, RFC 6533, RFC 3461 (xtext), and what is found instead. */
#include "stage.h"

#include "delivery/internal.h"

static struct bw_tables *tables;

/* The accounts that the fields give; unknown where they give none. */
static bw_slice read_fields(struct stage *stage, const char *text)
{
    stage->notice = (struct bw_notice){.kind = BW_KIND_BOUNCE};
    return bw_status_read(&stage->notice, &stage->context, bw_str(text)) ? accounts_of(stage) : BW_NULL;
}

static void check_fields(const char *text, const char *wanted)
{
    struct stage stage;
    stage_open(&stage, tables);
    check_slice(read_fields(&stage, text), wanted, text);
    stage_close(&stage);
}

static void test_groups(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", NULL},
        {"Reporting-MTA: dns; mx.example.net\n", NULL},
        {"Hello,\nthis is text.\n", NULL},
        {"Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; a@example.com\nAction: "
         "failed\nStatus: 5.1.1\n"
         "Remote-MTA: dns; mail.example.com\nDiagnostic-Code: smtp; 550 5.1.1 no\n",
         "a@example.com|failed|5.1.1|-|mail.example.com|-|550 5.1.1 no"},
        {"Final-Recipient: rfc822; a@example.com\nAction: failed\n\n"
         "Final-Recipient: rfc822; b@example.com\nAction: delayed\nStatus: 4.4.1\n",
         "a@example.com|failed|-|-|-|-|- + b@example.com|delayed|4.4.1|-|-|-|-"},
        /* Everything in one group; the fields of the message and of a recipient without a line between them. */
        {"Reporting-MTA: dns; mx.example.net\nFinal-Recipient: rfc822; a@example.com\nAction: "
         "failed\nStatus: 5.0.0\n",
         "a@example.com|failed|5.0.0|-|-|-|-"},
        /* An empty line in the middle of a group. */
        {"Final-Recipient: rfc822; a@example.com\nAction: failed\n\nStatus: 5.2.2\nDiagnostic-Code: smtp; "
         "552 full\n",
         "a@example.com|failed|5.2.2|-|-|-|552 full"},
        {"Final-Recipient: rfc822; a@example.com\n\nAction: delayed\n\nStatus: 4.2.2\n",
         "a@example.com|delayed|4.2.2|-|-|-|-"},
        /* No recipient anywhere. */
        {"Action: failed\nStatus: 5.1.1\n", "-|failed|5.1.1|-|-|-|-"},
        {"Original-Recipient: rfc822; a@example.com\nStatus: 5.1.1\n", "a@example.com|-|5.1.1|-|-|-|-"},
        /* Words in front of the fields. */
        {"The following went wrong:\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; "
         "a@example.com\n"
         "Status: 5.1.1\n",
         "a@example.com|-|5.1.1|-|-|-|-"},
        {"\n\n\nFinal-Recipient: rfc822; a@example.com\n\n\n\nStatus: 5.1.1\n\n\n",
         "a@example.com|-|5.1.1|-|-|-|-"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_fields(cases[i].text, cases[i].wanted);
}

static void test_tolerance(void **state)
{
    static const struct {
        const char *field, *wanted; /* the field stands behind "Final-Recipient: rfc822; a@example.com\n" */
    } cases[] = {
        {"Status : 5.1.1\n", "a@example.com|-|5.1.1|-|-|-|-"},
        {"STATUS:5.1.1\n", "a@example.com|-|5.1.1|-|-|-|-"},
        {"Status: 5.1.1 (bad destination mailbox address)\n", "a@example.com|-|5.1.1|-|-|-|-"},
        {"Status: 5.7.606\n", "a@example.com|-|5.7.606|-|-|-|-"},
        {"Status:\n", "a@example.com|-|-|-|-|-|-"},
        {"Status: none\n", "a@example.com|-|-|-|-|-|-"},
        {"Status: 5\n", "a@example.com|-|-|-|-|-|-"},
        {"Status: 5.1\n", "a@example.com|-|-|-|-|-|-"},
        {"Action: FAILED\n", "a@example.com|failed|-|-|-|-|-"},
        {"Action: failed (given up)\n", "a@example.com|failed|-|-|-|-|-"},
        {"Action: failure\n", "a@example.com|failed|-|-|-|-|-"},
        {"Action: ction: failed\n", "a@example.com|failed|-|-|-|-|-"},
        {"Action: expired\n", "a@example.com|failed|-|-|-|-|expired"},
        {"Action: deliverable\n", "a@example.com|delivered|-|-|-|-|-"},
        {"Action: relayed\n", "a@example.com|relayed|-|-|-|-|-"},
        {"Action: expanded\n", "a@example.com|expanded|-|-|-|-|-"},
        {"Action:\n", "a@example.com|-|-|-|-|-|-"},
        {"junk without a colon\nStatus: 5.1.1\n", "a@example.com|-|5.1.1|-|-|-|-"},
        {"Diagnostic-Code: smtp; 550 one\n two\n\tthree\n", "a@example.com|-|-|-|-|-|550 one two three"},
        {"Diagnostic-Code: smtp; 550 one address\nrejected: two\nthree\nStatus: 5.1.1\n",
         "a@example.com|-|5.1.1|-|-|-|550 one address rejected: two three"},
        {"Diagnostic-Code: smtp; 550 one\nction: failed\nStatus: 5.1.1\n",
         "a@example.com|-|5.1.1|-|-|-|550 one"},
        {"Diagnostic-Code: smtp; 550 one\nX-Junk: two\n", "a@example.com|-|-|-|-|-|550 one"},
        {"diagnostic-code: smtp; 550 one\nstatus: 5.1.1\n", "a@example.com|-|5.1.1|-|-|-|550 one"},
        {"Diagnostic-Code: smtp;550-5.7.1 one 550 5.7.1 two\n",
         "a@example.com|-|-|-|-|-|550-5.7.1 one 550 5.7.1 two"},
        {"Diagnostic-Code: 550 no type; in front\n", "a@example.com|-|-|-|-|-|550 no type; in front"},
        {"Diagnostic-Code: x-unix; x; y\n", "a@example.com|-|-|-|-|-|x; y"},
        {"Action: failed\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 OK\n", "a@example.com|failed|-|-|-|-|-"},
        {"Action: delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 OK\n",
         "a@example.com|delivered|2.0.0|-|-|-|250 OK"},
        {"Diagnostic-Code: smtp; =?utf-8?Q?caf=C3=A9?=\n", "a@example.com|-|-|-|-|-|caf\xC3\xA9"},
        {"Diagnostic-Code: smtp; caf\xE9\n", "a@example.com|-|-|-|-|-|caf\xC3\xA9"},
        {"Diagnostic-Code: smtp; \x1B$B%f!<%6\x1B(B\n",
         "a@example.com|-|-|-|-|-|\xE3\x83\xA6\xE3\x83\xBC\xE3\x82\xB6"},
        {"Remote-MTA: dns; mx.example.net (192.0.2.1)\n", "a@example.com|-|-|-|mx.example.net|192.0.2.1|-"},
        {"Remote-MTA: dns;mx.example.net\n", "a@example.com|-|-|-|mx.example.net|-|-"},
        {"Remote-MTA: mx.example.net\n", "a@example.com|-|-|-|mx.example.net|-|-"},
        {"Remote-MTA: dns;\n", "a@example.com|-|-|-|-|-|-"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[400];
        snprintf(text, sizeof text, "Final-Recipient: rfc822; a@example.com\n%s", cases[i].field);
        check_fields(text, cases[i].wanted);
    }
}

static void test_addresses(void **state)
{
    static const struct {
        const char *value, *wanted;
    } cases[] = {
        {"rfc822; a@example.com", "a@example.com"},
        {"RFC822;<a@example.com>", "a@example.com"},
        {"rfc/822; a@example.com", "a@example.com"},
        {"a@example.com", "a@example.com"},
        {"<a@example.com>", "a@example.com"},
        {"rfc822;@relay.example.net:a@example.com", "a@example.com"},
        {"rfc822; \"a..b\"@example.com", "\"a..b\"@example.com"},
        {"rfc822; a%example.com@example.net", "a%example.com@example.net"},
        {"rfc822; root", "root"},
        {"rfc822; @example.com", "@example.com"},
        {"rfc822; |/usr/bin/filter", "|/usr/bin/filter"},
        {"rfc822;", NULL},
        {"", NULL},
        {"utf-8; \xE3\x81\x82@example.jp", "\xE3\x81\x82@example.jp"},
        {"utf-8; \\x{3042}@example.jp", "\xE3\x81\x82@example.jp"},
        {"utf-8; \\x{1F408}@example.jp", "\xF0\x9F\x90\x88@example.jp"},
        {"utf-8; a\\x{D800}@example.jp", "a\xEF\xBF\xBD@example.jp"},
        {"utf-8; a\\x{ZZ}@example.jp", "a\xEF\xBF\xBD@example.jp"},
        {"utf-8; a\\x{3042@example.jp", "a\\x{3042@example.jp"},
        {"rfc822; user+2Bbox@example.com",
         "user+2Bbox@example.com"}, /* a tag as likely as xtext (RFC 3461) */
        {"utf-8; a\\x{2B}\\x{3d}b@example.jp", "a+=b@example.jp"},
        {"rfc822; =?utf-8?B?44GC?=@example.jp", "\xE3\x81\x82@example.jp"},
    };
    struct stage stage;
    (void)state;
    stage_open(&stage, tables);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice value = bw_decode_field(stage.context.arena, bw_str(cases[i].value));
        check_slice(bw_typed_address(&stage.context, value), cases[i].wanted, cases[i].value);
    }
    stage_close(&stage);
}

/* Which of the recipient's addresses is shown, and which is kept as the other one. */
static void test_which_recipient(void **state)
{
    static const struct {
        const char *text, *recipient, *alias;
    } cases[] = {
        {"Final-Recipient: rfc822; a@example.com\n", "a@example.com", NULL},
        {"Original-Recipient: rfc822; a@example.com\nFinal-Recipient: rfc822; b@example.net\n",
         "b@example.net", "a@example.com"},
        {"Original-Recipient: rfc822; a@example.com\nFinal-Recipient: rfc822; A@Example.com\n",
         "A@Example.com", NULL},
        {"Original-Recipient: rfc822; a@example.com\nFinal-Recipient: rfc822; |/bin/filter\n",
         "a@example.com", "a@example.com"},
        {"Original-Recipient: rfc822; a@example.com\nFinal-Recipient: x400; /S=a/C=jp\n", "a@example.com",
         "a@example.com"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        stage_open(&stage, tables);
        assert_non_null(read_fields(&stage, cases[i].text).p);
        const struct bw_account *account = &stage.notice.accounts.items[0];
        check_slice(account->recipient, cases[i].recipient, cases[i].text);
        if (cases[i].alias && !bw_eq(bw_str(cases[i].alias), account->recipient))
            check_slice(account->alias, cases[i].alias, cases[i].text);
        stage_close(&stage);
    }
}

static void test_types(void **state)
{
    static const struct {
        const char *text;
        bool smtp;
    } cases[] = {
        {"Status: 5.1.1\nDiagnostic-Code: smtp; 550 no\n", true},
        {"Status: 5.1.1\nDiagnostic-Code: SMTP;550 no\n", true},
        {"Status: 5.1.1\nDiagnostic-Code: x-local; unknown user\n", false},
        {"Status: 5.1.1\nDiagnostic-Code: 550 no\n", true}, /* the type left out */
        {"Status: 5.1.1\nDiagnostic-Code: unknown user\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        stage_open(&stage, tables);
        assert_non_null(read_fields(&stage, cases[i].text).p);
        assert_int_equal(stage.notice.accounts.items[0].diagnostic_smtp, cases[i].smtp);
        stage_close(&stage);
    }
}

static void test_reporting_mta(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"Reporting-MTA: dns; mx.example.net\n\nStatus: 5.0.0\n", "mx.example.net"},
        {"Reporting-MTA: dns;mx.example.net (192.0.2.1)\n\nStatus: 5.0.0\n", "mx.example.net"},
        {"Reporting-MTA: mx.example.net\nStatus: 5.0.0\n", "mx.example.net"},
        {"Reporting-MTA: dns; one.example\n\nReporting-MTA: dns; two.example\nStatus: 5.0.0\n",
         "one.example"},
        {"Reporting-MTA:\n\nStatus: 5.0.0\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        stage_open(&stage, tables);
        assert_non_null(read_fields(&stage, cases[i].text).p);
        check_slice(stage.notice.reporting_mta, cases[i].wanted, cases[i].text);
        stage_close(&stage);
    }
}

static void test_limit(void **state)
{
    struct stage stage;
    struct bw_buf text;
    (void)state;
    stage_open(&stage, tables);
    stage.limits.deliveries = 3;
    bw_buf_init(&text, 0);
    for (int i = 0; i < 10; i++)
        bw_putf(&text, "Final-Recipient: rfc822; a%d@example.com\nStatus: 5.1.1\n\n", i);
    assert_true(bw_status_read(&stage.notice, &stage.context, bw_buf_slice(&text)));
    assert_int_equal(stage.notice.accounts.count, 3);
    assert_true(stage.anomalies.count > 0);
    bw_buf_clear(&text);
    stage_close(&stage);
}

static void test_holds_fields(void **state)
{
    static const struct {
        const char *text;
        bool wanted;
    } cases[] = {
        {"Final-Recipient: rfc822; a@example.com\nStatus: 5.1.1\n", true},
        {"words\nfinal-recipient : a@example.com\nACTION: failed\n", true},
        {"Original-Recipient: rfc822; a@example.com\nReporting-MTA: dns; x.example\n", true},
        {"Status: 5.1.1\nAction: failed\n", false},
        {"Final-Recipient: rfc822; a@example.com\n", false},
        {"Final-Recipients: a@example.com\nStatus: 5.1.1\n", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (bw_holds_status_fields(bw_str(cases[i].text)) != cases[i].wanted)
            fail_msg("'%s'", cases[i].text);
}

static void test_feedback(void **state)
{
    struct stage stage;
    (void)state;
    stage_open(&stage, tables);
    bw_feedback_read(&stage.notice, &stage.context,
                     BW_S("Feedback-Type: abuse\nUser-Agent: x/1\nReporting-MTA: dns; fbl.example.net\n"
                          "Original-Rcpt-To: <a@example.com>\nOriginal-Rcpt-To: nobody\nRemoval-Recipient: "
                          "b@example.com\n"));
    check_slice(accounts_of(&stage), "a@example.com|-|-|-|-|-|- + b@example.com|-|-|-|-|-|-", "feedback");
    check_slice(stage.notice.reporting_mta, "fbl.example.net", "reporting MTA");
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),    cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_which_recipient),
        cmocka_unit_test(test_types),     cmocka_unit_test(test_reporting_mta),
        cmocka_unit_test(test_limit),     cmocka_unit_test(test_holds_fields),
        cmocka_unit_test(test_feedback),
    };
    tables = tables_with(NULL);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
