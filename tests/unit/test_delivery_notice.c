/* A whole notice: which part says what, the merge of fields and words, the original and its way, X-Failed-Recipients. */
#include "stage.h"

#include "delivery/internal.h"

static struct bw_tables *tables;

#define REPORT                                                                                               \
    "From: daemon@mx.example.net\nSubject: Returned\nMIME-Version: 1.0\n"                                    \
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
#define WORDS "--b\nContent-Type: text/plain\n\n"
#define FIELDS "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
#define ORIGINAL "--b\nContent-Type: message/rfc822\n\n"
#define END "--b--\n"

/* Reads the mail and checks kind, format and accounts (NULL: any). */
static void check_mail(const char *mail, enum bw_kind kind, const char *format, const char *accounts)
{
    struct stage stage;
    stage_open(&stage, tables);
    stage_read(&stage, bw_str(mail));
    if (stage.notice.kind != kind)
        fail_msg("%s, not %s: %s", bw_kind_name(stage.notice.kind), bw_kind_name(kind), mail);
    if (format)
        check_slice(stage.notice.format, format, mail);
    if (accounts)
        check_slice(accounts_of(&stage), accounts, mail);
    stage_close(&stage);
}

static void test_standard_parts(void **state)
{
    static const struct {
        const char *mail;
        enum bw_kind kind;
        const char *format, *accounts;
    } cases[] = {
        {REPORT WORDS "Nothing that a layout knows.\n" FIELDS
                      "Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|failed|5.1.1|-|-|-|-"},
        {REPORT FIELDS "Final-Recipient: rfc822; a@example.com\nAction: delivered\nStatus: 2.0.0\n" END,
         BW_KIND_RECEIPT, "rfc3464", "a@example.com|delivered|2.0.0|-|-|-|-"},
        /* One that failed makes it a bounce. */
        {REPORT FIELDS "Final-Recipient: rfc822; a@example.com\nAction: relayed\n\n"
                       "Final-Recipient: rfc822; b@example.com\nAction: failed\nStatus: 5.1.1\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|relayed|-|-|-|-|- + b@example.com|failed|5.1.1|-|-|-|-"},
        {REPORT FIELDS "Final-Recipient: rfc822; a@example.com\nAction: delayed\nStatus: 4.4.1\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|delayed|4.4.1|-|-|-|-"},
        /* The fields in base64, in quoted-printable, as global-delivery-status, under another type. */
        {REPORT "--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
                "RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGFAZXhhbXBsZS5jb20KQWN0aW9uOiBmYWlsZWQKU3Rh\ndHVzOiA1LjEuMQ"
                "o=\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|failed|5.1.1|-|-|-|-"},
        {REPORT "--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
                "Final-Recipient: rfc822; a=40example.com\nAction: fai=\nled\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|failed|-|-|-|-|-"},
        {REPORT "--b\nContent-Type: message/global-delivery-status\n\nFinal-Recipient: utf-8; "
                "\xE3\x81\x82@example.jp\n"
                "Action: failed\n" END,
         BW_KIND_BOUNCE, "rfc3464", "\xE3\x81\x82@example.jp|failed|-|-|-|-|-"},
        {REPORT WORDS "No.\n--b\nContent-Type: application/octet-stream; name=details.txt\n\n"
                      "Final-Recipient: rfc822; a@example.com\nAction: failed\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|failed|-|-|-|-|-"},
        /* A returned original that is itself a bounce does not count. */
        {REPORT FIELDS
         "Final-Recipient: rfc822; a@example.com\nAction: failed\n" ORIGINAL
         "Subject: Returned\nContent-Type: multipart/report; boundary=c\n\n--c\n"
         "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; x@example.com\nAction: failed\n"
         "--c--\n" END,
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|failed|-|-|-|-|-"},
        /* A bounce forwarded as an attachment does. */
        {"Subject: Fwd: look\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: "
         "text/plain\n\nWhat is this?\n"
         "--a\nContent-Type: message/rfc822\n\n" REPORT FIELDS
         "Final-Recipient: rfc822; a@example.com\nAction: failed\n" END "--a--\n",
         BW_KIND_BOUNCE, "rfc3464", "a@example.com|failed|-|-|-|-|-"},
        {"Subject: Lunch?\nFrom: a@example.com\n\nAt noon.\n", BW_KIND_NOT_A_BOUNCE, NULL, NULL},
        {REPORT WORDS "Nothing at all.\n" END, BW_KIND_BOUNCE, "rfc3464", NULL}, /* it says what it is */
        {"", BW_KIND_BOUNCE, "text", NULL}, /* the last stage says that it holds nothing */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_mail(cases[i].mail, cases[i].kind, cases[i].format, cases[i].accounts);
}

#define ATTACHED(boundary) "--" boundary "\nContent-Type: message/rfc822\n\n"
#define MAIL(subject, boundary)                                                                              \
    "Subject: " subject "\nContent-Type: multipart/mixed; boundary=" boundary "\n\n"
#define BOUNCE REPORT FIELDS "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
#define COMPLAINT                                                                                            \
    "Subject: x\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n"                \
    "--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\n\n"

/* A bounce among attached messages and those attached to them. */
static void test_forwarded(void **state)
{
    static const struct {
        const char *mail;
        enum bw_kind kind;
    } cases[] = {
        {MAIL("Fwd", "x") ATTACHED("x") MAIL("Fwd", "y") ATTACHED("y") BOUNCE END "--y--\n--x--\n",
         BW_KIND_BOUNCE},
        {MAIL("Fwd", "x") ATTACHED("x") "Subject: sent\n\nhello\n" ATTACHED("x") BOUNCE END "--x--\n",
         BW_KIND_BOUNCE},
        {MAIL("Fwd", "x") ATTACHED("x") COMPLAINT ATTACHED("f") BOUNCE END "--f--\n--x--\n",
         BW_KIND_NOT_A_BOUNCE},
        {MAIL("Fwd", "x") ATTACHED("x") COMPLAINT ATTACHED("f") "Subject: y\n\ny\n--f--\n" ATTACHED("x")
             BOUNCE END "--x--\n",
         BW_KIND_BOUNCE},
        {MAIL("Fwd", "x") ATTACHED("x") "Subject: sent\n\nhello\n--x--\n", BW_KIND_NOT_A_BOUNCE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_mail(cases[i].mail, cases[i].kind, NULL,
                   cases[i].kind == BW_KIND_BOUNCE ? "a@example.com|failed|-|-|-|-|-" : NULL);
}

/* Attached messages beyond a number are not looked at. */
static void test_forwarded_many(void **state)
{
    const struct {
        size_t before;
        enum bw_kind kind;
    } cases[] = {{15, BW_KIND_BOUNCE}, {16, BW_KIND_NOT_A_BOUNCE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice before = repeated(*state, ATTACHED("x") "Subject: y\n\ny\n", cases[i].before);
        const bw_slice mail = bw_format(*state, "%s%.*s%s", MAIL("Fwd", "x"), BW_ARG(before),
                                        ATTACHED("x") BOUNCE END "--x--\n");
        check_mail(mail.p, cases[i].kind, NULL, NULL);
    }
}

static void check_reporter(const char *fields, const char *wanted)
{
    struct stage stage;
    char mail[1000];
    snprintf(
        mail, sizeof mail,
        "Subject: Read\nContent-Type: multipart/report; report-type=disposition-notification; "
        "boundary=b\n\n" WORDS
        "It was read.\n--b\nContent-Type: message/disposition-notification\n\n%sFinal-Recipient: rfc822; "
        "a@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n" END,
        fields);
    stage_open(&stage, tables);
    stage_read(&stage, bw_str(mail));
    assert_int_equal(stage.notice.kind, BW_KIND_RECEIPT);
    check_slice(stage.notice.reporting_mta, wanted, fields);
    check_slice(accounts_of(&stage), "a@example.com|delivered|-|-|-|-|-", fields);
    stage_close(&stage);
}

static void test_disposition(void **state)
{
    (void)state;
    check_reporter("", NULL);
    check_reporter("Reporting-UA: pc.example.org; Mail 3\n", NULL);
    check_reporter("Reporting-UA: pc.example.org; Mail 3\nMDN-Gateway: dns; gw.example.org\n",
                   "gw.example.org");
    check_reporter("\nMDN-Gateway: dns; gw.example.org\n", "gw.example.org");
}

static void test_other_reports(void **state)
{
    (void)state;
    check_mail(
        "Subject: x\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n" WORDS
        "A complaint.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\n"
        "Version: 1\nOriginal-Rcpt-To: a@example.com\n" END,
        BW_KIND_COMPLAINT, "rfc5965", "a@example.com|-|-|-|-|-|-");
    check_mail("Subject: Read\nContent-Type: multipart/report; report-type=disposition-notification; "
               "boundary=b\n\n" WORDS "It was read.\n--b\nContent-Type: message/disposition-notification\n\n"
               "Final-Recipient: rfc822; a@example.com\nDisposition: manual-action/MDN-sent-manually; "
               "displayed\n" END,
               BW_KIND_RECEIPT, "rfc8098", "a@example.com|delivered|-|-|-|-|-");
}

static void test_failed_recipients(void **state)
{
    /* The layout of HEAD names nobody: the header does. */
    static const struct {
        const char *header, *accounts;
    } cases[] = {
        {"X-Failed-Recipients: a@example.com\n", "a@example.com|failed|-|-|-|-|no room"},
        {"X-Failed-Recipients: a@example.com,\n b@example.com\n",
         "a@example.com|failed|-|-|-|-|no room + b@example.com|failed|-|-|-|-|no room"},
        {"X-Failed-Recipients:\n  <a@example.com> ,, \"b c\"@example.com\n",
         "a@example.com|failed|-|-|-|-|no room + \"b c\"@example.com|failed|-|-|-|-|no room"},
        {"X-Failed-Recipients:\n", "-|failed|-|-|-|-|no room"},
    };
    struct bw_tables *own = tables_with("format: t.zorb\nname: Zorb\nif: body ^Zorb:\nsource: s\nsection: *\n"
                                        "line: ^Zorb: (?<text>.*)$\n");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char mail[400];
        struct stage stage;
        snprintf(mail, sizeof mail, "Subject: x\n%s\nZorb: no room\n", cases[i].header);
        stage_open(&stage, own);
        stage_read(&stage, bw_str(mail));
        check_slice(accounts_of(&stage), cases[i].accounts, cases[i].header);
        stage_close(&stage);
    }
    bw_tables_free(own);
    /* The fields name somebody else: they are believed, the header is not. */
    check_mail("X-Failed-Recipients: x@example.com\n" REPORT FIELDS
               "Final-Recipient: rfc822; a@example.com\nAction: failed\n" END,
               BW_KIND_BOUNCE, NULL, "a@example.com|failed|-|-|-|-|-");
}

/* What the fields and what a layout say of one recipient become one account. */
static void test_merge(void **state)
{
    static const struct {
        const char *fields, *words, *accounts, *texts;
    } cases[] = {
        {"Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.0.0\n",
         "To a@example.com: no room\n", "a@example.com|failed|5.0.0|-|-|-|no room", "no room"},
        {"Final-Recipient: rfc822; A@EXAMPLE.com\nAction: failed\nDiagnostic-Code: smtp; 552 full\n",
         "To a@example.com: no room\n", "A@EXAMPLE.com|failed|-|-|-|-|552 full", "no room"},
        /* By the other address of the recipient. */
        {"Original-Recipient: rfc822; a@example.com\nFinal-Recipient: rfc822; b@example.net\nAction: "
         "failed\n",
         "To a@example.com: no room\n", "b@example.net|failed|-|-|-|-|no room", "no room"},
        /* One here, one there, under different names: the same one. */
        {"Final-Recipient: rfc822; local\nAction: failed\n", "To a@example.com: no room\n",
         "a@example.com|failed|-|-|-|-|no room", "no room"},
        /* Of two recipients each gets its own words; the layout adds none. */
        {"Final-Recipient: rfc822; a@example.com\nAction: failed\n\nFinal-Recipient: rfc822; "
         "b@example.com\nAction: failed\n",
         "To b@example.com: two\nTo a@example.com: one\nTo c@example.com: three\n",
         "a@example.com|failed|-|-|-|-|one + b@example.com|failed|-|-|-|-|two", "one/two"},
        /* The fields' action and status stay. */
        {"Final-Recipient: rfc822; a@example.com\nAction: delayed\nStatus: 4.2.2\n",
         "To a@example.com: no room\n", "a@example.com|delayed|4.2.2|-|-|-|no room", "no room"},
        {"Final-Recipient: rfc822; a@example.com\nStatus: 4.2.2\n", "To a@example.com: no room\n",
         "a@example.com|failed|4.2.2|-|-|-|no room", "no room"},
    };
    struct bw_tables *own =
        tables_with("format: t.zorb\nname: Zorb\nif: body ^To \\S+:\nsource: s\nsection: *\n"
                    "recipient: ^To (?<recipient>\\S+): (?<text>.*)$\n");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char mail[1000];
        struct stage stage;
        struct bw_buf texts;
        snprintf(mail, sizeof mail, REPORT WORDS "%s\n" FIELDS "%s" END, cases[i].words, cases[i].fields);
        stage_open(&stage, own);
        stage_read(&stage, bw_str(mail));
        check_slice(accounts_of(&stage), cases[i].accounts, cases[i].fields);
        bw_buf_init(&texts, 0);
        for (size_t n = 0; n < stage.notice.accounts.count; n++)
            bw_putf(&texts, "%s%.*s", n ? "/" : "", BW_ARG(stage.notice.accounts.items[n].text));
        check_slice(bw_buf_take(&texts, stage.context.arena), cases[i].texts, cases[i].words);
        stage_close(&stage);
    }
    bw_tables_free(own);
}

/* "from[ip]>by" of each hop, newest first. */
static bw_slice hops_of(struct stage *stage)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < stage->notice.hops.count; i++) {
        const struct bw_hop *hop = &stage->notice.hops.items[i];
        bw_putf(&buf, "%s%.*s[%.*s]>%.*s", i ? " " : "", BW_ARG(hop->from_name), BW_ARG(hop->from_ip),
                BW_ARG(hop->by_name));
    }
    return bw_buf_take(&buf, stage->context.arena);
}

static void test_received_chain(void **state)
{
    static const struct {
        const char *fields, *hops;
    } cases[] = {
        {"Received: from a.example.net (a.example.net [192.0.2.1])\n\tby mx.example.com with ESMTP id 1; "
         "Mon\n",
         "a.example.net[192.0.2.1]>mx.example.com"},
        {"Received: from helo.name (mail.example.net [192.0.2.1]) by mx.example.com\n",
         "mail.example.net[192.0.2.1]>mx.example.com"},
        {"Received: from a.example.net ([IPv6:2001:db8::1]) by mx.example.com\n",
         "a.example.net[2001:db8::1]>mx.example.com"},
        {"Received: from a.example.net (192.0.2.7) by mx.example.com (198.51.100.1)\n",
         "a.example.net[192.0.2.7]>mx.example.com"},
        {"Received: from unknown (HELO a.example.net) (192.0.2.7) by 0 with SMTP\n", "unknown[192.0.2.7]>0"},
        {"Received: by mx.example.com with local; Mon\n", "[]>mx.example.com"},
        {"Received: (qmail 1 invoked by uid 0); Mon\n", "[]>"},
        {"Received: from two (two.example.net [192.0.2.2]) by b.example\nX: y\n"
         "received: from one (one.example.net [192.0.2.1]) by two.example.net\n",
         "two.example.net[192.0.2.2]>b.example one.example.net[192.0.2.1]>two.example.net"},
        {"Received:\n", "[]>"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char mail[1000];
        struct stage stage;
        snprintf(mail, sizeof mail,
                 REPORT FIELDS "Final-Recipient: rfc822; a@example.com\nAction: failed\n" ORIGINAL
                               "%sSubject: s\n\nx\n" END,
                 cases[i].fields);
        stage_open(&stage, tables);
        stage_read(&stage, bw_str(mail));
        check_slice(hops_of(&stage), cases[i].hops, cases[i].fields);
        stage_close(&stage);
    }
}

static void test_original(void **state)
{
    static const char header[] =
        "Message-ID: <1@example.org>\nFrom: Me <me@example.org>\nTo: A <a@example.com>,\n b@example.com\n"
        "Subject: =?utf-8?B?44GC?=\nDate: Tue, 24 Jan 2023 18:02:09 +0900\n";
    static const char *const parts[] = {"message/rfc822", "text/rfc822-headers", "message/global-headers",
                                        "message/global"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char mail[1000];
        struct stage stage;
        snprintf(mail, sizeof mail,
                 REPORT FIELDS
                 "Final-Recipient: rfc822; a@example.com\nAction: failed\n--b\nContent-Type: %s\n\n%s\n" END,
                 parts[i], header);
        stage_open(&stage, tables);
        stage_read(&stage, bw_str(mail));
        const struct bw_original *original = &stage.notice.original;
        check_slice(original->message_id, "<1@example.org>", parts[i]);
        check_slice(original->from, "me@example.org", parts[i]);
        check_slice(original->to, "a@example.com", parts[i]);
        check_slice(original->subject, "\xE3\x81\x82", parts[i]);
        check_slice(original->date, "2023-01-24T18:02:09+09:00", parts[i]);
        stage_close(&stage);
    }
}

/* Which line ends a program put in, as the next word would not have fitted; and which stood there before. */
static void test_unwrap(void **state)
{
    static const struct {
        const char *wrapped, *whole;
    } cases[] = {
        {"The mail system could not deliver your message\nto the address below.\n",
         "The mail system could not deliver your message to the address below.\n"},
        /* A short line ended there by itself, as does one before an empty or an indented line. */
        {"Hello,\nthe mail system could not deliver your message\n\nto you\n",
         "Hello,\nthe mail system could not deliver your message\n\nto you\n"},
        {"The mail system could not deliver your message\n  to you\n",
         "The mail system could not deliver your message\n  to you\n"},
        /* Neither lists of short lines nor lines that nothing wrapped. */
        {"a@example.org\nb@example.org\n", "a@example.org\nb@example.org\n"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        stage_open(&stage, tables);
        check_slice(bw_unwrap(&stage.context, bw_str(cases[i].wrapped)), cases[i].whole, cases[i].wrapped);
        stage_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard_parts), cmocka_unit_test(test_forwarded),
        ARENA_TEST(test_forwarded_many),       cmocka_unit_test(test_disposition),
        cmocka_unit_test(test_other_reports),  cmocka_unit_test(test_failed_recipients),
        cmocka_unit_test(test_merge),          cmocka_unit_test(test_received_chain),
        cmocka_unit_test(test_original),       cmocka_unit_test(test_unwrap),
    };
    tables = tables_with(NULL);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
