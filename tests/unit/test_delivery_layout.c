/* Free-form layouts: what each verb and key of a format record does. Every case is one format and one mail. */
#include "stage.h"

#define HEAD "format: t.zorb\nname: Zorb\nif: body ^Zorb returns this mail\nsource: this test\n"
#define MAIL "From: daemon@mx.example.net\nSubject: Zorb %s\n\nZorb returns this mail\n"

struct layout_case {
    const char *format; /* what follows HEAD */
    const char *body;   /* what follows MAIL */
    const char *wanted; /* of the accounts; NULL: our format did not read it */
};

static void check_layout(const struct layout_case *c)
{
    char format[2000], mail[4000];
    struct stage stage;
    snprintf(format, sizeof format, HEAD "%s", c->format);
    snprintf(mail, sizeof mail, MAIL "%s", "fails", c->body);
    struct bw_tables *tables = tables_with(format);
    stage_open(&stage, tables);
    stage_read(&stage, bw_str(mail));
    const bool ours = bw_eq(stage.notice.format, BW_S("t.zorb"));
    if (ours != (c->wanted != NULL))
        fail_msg("read by %.*s: %s%s", BW_ARG(stage.notice.format), c->format, c->body);
    if (ours)
        check_slice(accounts_of(&stage), c->wanted, c->format);
    stage_close(&stage);
    bw_tables_free(tables);
}

#define RECIPIENT "recipient: ^(?<recipient>\\S+@\\S+):$\n"

static void test_verbs(void **state)
{
    static const struct layout_case cases[] = {
        /* recipient opens a delivery, what follows is its text. */
        {"section: *\n" RECIPIENT, "a@example.com:\nno\nsuch one\n",
         "a@example.com|failed|-|-|-|-|no/such one"},
        {"section: *\n" RECIPIENT, "a@example.com:\none\nb@example.com:\ntwo\n",
         "a@example.com|failed|-|-|-|-|one + b@example.com|failed|-|-|-|-|two"},
        {"section: *\nrecipient: ^<(?<recipient>[^>]+)>: (?<text>.*)$\n", "<a@example.com>: no such one\n",
         "a@example.com|failed|-|-|-|-|no such one"},
        /* The same recipient again is the same delivery. */
        {"section: *\n" RECIPIENT, "a@example.com:\none\nb@example.com:\ntwo\nA@example.com:\nthree\n",
         "a@example.com|failed|-|-|-|-|one/three + b@example.com|failed|-|-|-|-|two"},
        /* Recipients one after the other share what follows. */
        {"section: *\n" RECIPIENT, "a@example.com:\nb@example.com:\nboth\n",
         "a@example.com|failed|-|-|-|-|both + b@example.com|failed|-|-|-|-|both"},
        /* A directory name is kept whole; a name before an address is not part of it. */
        {"section: *\nrecipient: ^to (?<recipient>[^:]+):$\n", "to Hana Mori/Sales/Corp@CORP:\nno\n",
         "Hana Mori/Sales/Corp@CORP|failed|-|-|-|-|no"},
        {"section: *\nrecipient: ^to (?<recipient>[^:]+):$\n", "to Hana <a/b@example.com>:\nno\n",
         "a/b@example.com|failed|-|-|-|-|no"},
        /* line takes groups. */
        {"section: *\n" RECIPIENT
         "line: ^host=(?<host>\\S+) ip=(?<ip>\\S+) code=(?<reply>\\d+) status=(?<status>\\S+)$\n",
         "a@example.com:\nhost=mx.example.com ip=192.0.2.7 code=550 status=5.1.1\nwords\n",
         "a@example.com|failed|5.1.1|550|mx.example.com|192.0.2.7|words"},
        /* The first value of a group stays. */
        {"section: *\n" RECIPIENT "line: ^status=(?<status>\\S+)$\n",
         "a@example.com:\nstatus=5.1.1\nwords\nstatus=5.2.2\n", "a@example.com|failed|5.1.1|-|-|-|words"},
        {"section: *\n" RECIPIENT "line: ^action=(?<action>\\S+)$\n",
         "a@example.com:\naction=delayed\nwords\n", "a@example.com|delayed|-|-|-|-|words"},
        /* skip passes a line over; the first step that takes a line wins. */
        {"section: *\n" RECIPIENT "skip: ^--\n", "a@example.com:\n-- noise\nwords\n",
         "a@example.com|failed|-|-|-|-|words"},
        {"section: *\nskip: b@\n" RECIPIENT, "a@example.com:\none\nb@example.com:\ntwo\n",
         "a@example.com|failed|-|-|-|-|one/two"},
        /* rest: ignore keeps what only a text step takes. */
        {"section: *\n" RECIPIENT "text: ^>\nrest: ignore\n", "a@example.com:\nnoise\n> words\nnoise\n",
         "a@example.com|failed|-|-|-|-|> words"},
        /* stop ends the section. */
        {"section: *\n" RECIPIENT "stop: ^END\n", "a@example.com:\none\nEND\nb@example.com:\ntwo\n",
         "a@example.com|failed|-|-|-|-|one"},
        /* before keeps a line for the recipient named next, or for all where none is. */
        {"section: *\nbefore: ^Because\n" RECIPIENT,
         "Because one\na@example.com:\nwords\nBecause two\nb@example.com:\n",
         "a@example.com|failed|-|-|-|-|Because one/words + b@example.com|failed|-|-|-|-|Because two"},
        /* Where no words are found, the whole body may hold the reason. */
        {"section: *\n" RECIPIENT, "a@example.com:\n",
         "a@example.com|failed|-|-|-|-|Zorb returns this mail/a@example.com:"},
        /* blank: closes ends the delivery; without it the text goes on. */
        {"section: *\n" RECIPIENT "blank: closes\n", "a@example.com:\none\n\ntwo\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"section: *\n" RECIPIENT, "a@example.com:\none\n\ntwo\n", "a@example.com|failed|-|-|-|-|one/two"},
        {"section: *\n" RECIPIENT "blank: closes\n", "a@example.com:\n\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        /* find looks over line ends. */
        {"section: *\nfind: ^To (?<recipient>\\S+)\\nBecause (?<text>.*)$\nrest: ignore\n",
         "To a@example.com\nBecause one\nTo b@example.com\nBecause two\n",
         "a@example.com|failed|-|-|-|-|one + b@example.com|failed|-|-|-|-|two"},
        {"section: *\n" RECIPIENT "find: ^Because\\n(?<text>.*)$\nrest: ignore\n",
         "a@example.com:\n\nBecause\nof that\n", "a@example.com|failed|-|-|-|-|of that"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_layout(&cases[i]);
}

static void test_sections(void **state)
{
    static const struct layout_case cases[] = {
        {"section: ^Failed:\n" RECIPIENT, "x@example.com:\nFailed:\na@example.com:\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"section: ^Failed:\nend: ^That is all\n" RECIPIENT,
         "Failed:\na@example.com:\none\nThat is all\nb@example.com:\ntwo\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"section: ^Failed:\n" RECIPIENT
         "section: ^Why:\nline: ^(?<recipient2>\\S+) has (?<text>.*)$\nrest: ignore\n",
         "Failed:\na@example.com:\nWhy:\na@example.com has no room\n",
         "a@example.com|failed|-|-|-|-|no room"},
        /* A section's first line may hold facts. */
        {"section: ^Host (?<host>\\S+) said:\nrest: ignore\n" RECIPIENT "text: ^5\n",
         "Host mx.example.com said:\na@example.com:\n550 no\n",
         "a@example.com|failed|-|-|mx.example.com|-|550 no"},
        {"section: ^Failed:\nrecipient: ^(?<recipient>\\S+@\\S+): (?<text>.*)$\nsection: ^Late:\n"
         "recipient: ^(?<recipient>\\S+@\\S+) (?<action>delayed): (?<text>.*)$\n",
         "Failed:\na@example.com: one\nLate:\nb@example.com delayed: two\n",
         "a@example.com|failed|-|-|-|-|one + b@example.com|delayed|-|-|-|-|two"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_layout(&cases[i]);
}

static void test_shared_facts(void **state)
{
    static const struct layout_case cases[] = {
        {"section: *\nline: ^Reason: (?<text>.*)$\nrest: ignore\n" RECIPIENT,
         "Reason: too late\na@example.com:\nb@example.com:\n",
         "a@example.com|failed|-|-|-|-|too late + b@example.com|failed|-|-|-|-|too late"},
        {"section: *\nline: ^Status: (?<status>\\S+)$\n" RECIPIENT,
         "Status: 5.4.4\na@example.com:\none\n\nb@example.com:\ntwo\n",
         "a@example.com|failed|5.4.4|-|-|-|one + b@example.com|failed|5.4.4|-|-|-|two"},
        /* Nobody named: one delivery all the same. */
        {"section: *\nline: ^Reason: (?<text>.*)$\n", "Reason: too late\n", "-|failed|-|-|-|-|too late"},
        /* set reads the subject or the whole body. */
        {"set: subject ^Zorb (?<status>.*)$\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|failed|fails|-|-|-|one"},
        {"set: body ^at host (?<host>\\S+)$\nsection: *\n" RECIPIENT "skip: ^at\n",
         "a@example.com:\none\nat host mx.example.com\n", "a@example.com|failed|-|-|mx.example.com|-|one"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_layout(&cases[i]);
}

static void test_conditions(void **state)
{
    static const struct layout_case cases[] = {
        {"if: subject ^Zorb\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"if: subject ^Other\nsection: *\n" RECIPIENT, "a@example.com:\none\n", NULL},
        {"if: from daemon@mx\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"if: header ^Subject: Zorb\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"if: header ^X-Zorb:\nsection: *\n" RECIPIENT, "a@example.com:\none\n", NULL},
        {"unless: body ^Not today\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"unless: body ^Not today\nsection: *\n" RECIPIENT, "a@example.com:\none\nNot today\n", NULL},
        {"delayed-if: body ^Still trying\nsection: *\n" RECIPIENT, "a@example.com:\none\nStill trying\n",
         "a@example.com|delayed|-|-|-|-|one/Still trying"},
        {"delayed-if: body ^Still trying\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|failed|-|-|-|-|one"},
        {"action: delayed\nsection: *\n" RECIPIENT, "a@example.com:\none\n",
         "a@example.com|delayed|-|-|-|-|one"},
        /* It fits, but finds nothing: the next one may try. */
        {"section: ^Never\n" RECIPIENT, "a@example.com:\none\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_layout(&cases[i]);
}

/* The words, the original's subject and the kind that a format of ours makes of a mail. */
static void check_whole(const char *format, const char *mail, const char *accounts, const char *subject)
{
    struct stage stage;
    struct bw_tables *tables = tables_with(format);
    stage_open(&stage, tables);
    stage_read(&stage, bw_str(mail));
    check_slice(accounts_of(&stage), accounts, mail);
    check_slice(stage.notice.original.subject, subject, mail);
    stage_close(&stage);
    bw_tables_free(tables);
}

static void test_original(void **state)
{
    static const char format[] =
        HEAD "original: ^-- Original follows\noriginal: ^Return-Path:\nsection: *\n" RECIPIENT;
    (void)state;
    check_whole(format,
                "Subject: x\n\nZorb returns this mail\na@example.com:\none\n-- Original follows\n\n"
                "From: me@example.org\nSubject: hello\nTo: b@example.com\n\nb@example.com:\nnot counted\n",
                "a@example.com|failed|-|-|-|-|one", "hello");
    check_whole(format,
                "Subject: x\n\nZorb returns this mail\na@example.com:\none\nReturn-Path: <me@example.org>\n"
                "From: me@example.org\nSubject: hello\n\nb@example.com:\n",
                "a@example.com|failed|-|-|-|-|one", "hello");
    check_whole(format, "Subject: x\n\nZorb returns this mail\na@example.com:\none\n",
                "a@example.com|failed|-|-|-|-|one", NULL);
}

static void test_kinds(void **state)
{
    static const struct {
        const char *word;
        enum bw_kind kind;
    } cases[] = {{"bounce", BW_KIND_BOUNCE},
                 {"receipt", BW_KIND_RECEIPT},
                 {"auto-reply", BW_KIND_AUTO_REPLY},
                 {"complaint", BW_KIND_COMPLAINT},
                 {"not-a-bounce", BW_KIND_NOT_A_BOUNCE}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char format[400];
        struct stage stage;
        snprintf(format, sizeof format, HEAD "kind: %s\n", cases[i].word);
        struct bw_tables *tables = tables_with(format);
        stage_open(&stage, tables);
        stage_read(&stage, BW_S("Subject: x\n\nZorb returns this mail\n"));
        assert_int_equal(stage.notice.kind, cases[i].kind);
        stage_close(&stage);
        bw_tables_free(tables);
    }
}

/* A newer format is asked before an older one, an earlier one before a later one. */
static void test_order(void **state)
{
    static const char two[] =
        HEAD "section: *\n" RECIPIENT "\n"
             "format: t.later\nname: Later\nif: body ^Zorb\nsource: s\nsection: *\n" RECIPIENT;
    struct stage stage;
    (void)state;
    struct bw_tables *tables = tables_with(two);
    stage_open(&stage, tables);
    stage_read(&stage, BW_S("Subject: x\n\nZorb returns this mail\na@example.com:\none\n"));
    check_slice(stage.notice.format, "t.zorb", "the first");
    stage_read(&stage, BW_S("Subject: x\n\nZorb says\na@example.com:\none\n"));
    check_slice(stage.notice.format, "t.later", "the second");
    stage_close(&stage);
    bw_tables_free(tables);
}

/* Pasted text: read by its body alone, no condition on a field holds there; quotation marks are undone. */
static void test_pasted(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"Zorb returns this mail\na@example.com:\none\n", "a@example.com|failed|-|-|-|-|one"},
        {"> Zorb returns this mail\n> a@example.com:\n> one\n> two\n",
         "a@example.com|failed|-|-|-|-|one/two"},
        {"Look at this:\n\n> > Zorb returns this mail\n> > a@example.com:\n> > one\n",
         "a@example.com|failed|-|-|-|-|one"},
        {">Zorb returns this mail\n>\n>a@example.com:\n>one\n", "a@example.com|failed|-|-|-|-|one"},
    };
    static const struct {
        const char *format;
        bool reads;
    } formats[] = {{HEAD "section: *\n" RECIPIENT, true},
                   {HEAD "if: subject Zorb\nsection: *\n" RECIPIENT, false}};
    (void)state;
    for (size_t f = 0; f < COUNT_OF(formats); f++) {
        struct bw_tables *tables = tables_with(formats[f].format);
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct stage stage;
            stage_open(&stage, tables);
            stage_read(&stage, bw_str(cases[i].text));
            if (bw_eq(stage.notice.format, BW_S("t.zorb")) != formats[f].reads)
                fail_msg("format %zu, '%s': read as %.*s", f, cases[i].text, BW_ARG(stage.notice.format));
            if (formats[f].reads)
                check_slice(accounts_of(&stage), cases[i].wanted, cases[i].text);
            stage_close(&stage);
        }
        bw_tables_free(tables);
    }
}

static void test_limits(void **state)
{
    struct bw_tables *tables = tables_with(HEAD "section: *\n" RECIPIENT);
    struct bw_buf mail;
    struct stage stage;
    (void)state;
    bw_buf_init(&mail, 0);
    bw_puts(&mail, "Subject: x\n\nZorb returns this mail\n");
    for (int i = 0; i < 100; i++)
        bw_putf(&mail, "a%d@example.com:\n%0200d\n", i, i);
    stage_open(&stage, tables);
    stage.limits.deliveries = 5;
    stage.limits.delivery_text = 50;
    stage_read(&stage, bw_buf_slice(&mail));
    assert_int_equal(stage.notice.accounts.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(stage.notice.accounts.items[i].text.n <= 50);
    stage_close(&stage);
    bw_buf_clear(&mail);
    bw_tables_free(tables);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verbs),        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_shared_facts), cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_original),     cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_order),        cmocka_unit_test(test_pasted),
        cmocka_unit_test(test_limits),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_clear();
    return failed;
}
