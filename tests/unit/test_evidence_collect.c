/* What is collected of one recipient: whose words, whose codes, whose addresses. */
#include "stage.h"

static struct bw_tables *tables;

static void collect(struct bw_evidence *out, struct stage *stage, const struct bw_account *account)
{
    assert_int_equal(bw_evidence_collect(out, &stage->context, &stage->notice, account), BW_OK);
}

static void test_said(void **state)
{
    static const struct {
        const char *diagnostic;
        bool smtp;
        const char *text, *said;
        bool by_server;
    } cases[] = {
        /* The refusing server's words out of what the reporter wrote around them. */
        {"host mx.example.com[192.0.2.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)", false,
         NULL, "550 5.1.1 no such user", true},
        {NULL, false, "host mx.example.com[192.0.2.1] said: 550 no (in reply to RCPT TO command)", "550 no",
         true},
        {"550 5.1.1 no", true, NULL, "550 5.1.1 no", true},
        {"unknown user", false, NULL, "unknown user", false},
        {NULL, false, "some words", "some words", false},
        /* The fields before the words of the layout, unless they hold a shortened copy. */
        {"550 5.1.1 no such user", true, "other words entirely", "550 5.1.1 no such user", true},
        {"550 5.1.1 no such...", true, "host mx.example.com[192.0.2.1] said: 550 5.1.1 no such user here",
         "550 5.1.1 no such user here", true},
        /* Codes of continued lines are taken out. */
        {"550-5.7.1 one 550-5.7.1 two 550 5.7.1 three", true, NULL, "550-5.7.1 one two three", true},
        {NULL, false, NULL, NULL, false},
        {"", false, "", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence;
        stage_open(&stage, tables);
        const struct bw_account account = {.diagnostic = bw_str(cases[i].diagnostic),
                                           .diagnostic_smtp = cases[i].smtp,
                                           .text = bw_str(cases[i].text)};
        collect(&evidence, &stage, &account);
        if (cases[i].said)
            check_slice(evidence.said, cases[i].said, "said");
        else
            assert_int_equal(evidence.said.n, 0);
        if (evidence.said_by_server != cases[i].by_server)
            fail_msg("row %zu: by the server: %d", i, evidence.said_by_server);
        assert_int_equal(evidence.said_words.n, evidence.said.n);
        assert_int_equal(evidence.full_words.n, evidence.full.n);
        stage_close(&stage);
    }
}

static void test_codes_and_hosts(void **state)
{
    static const struct {
        struct bw_account account;
        const char *reply, *status, *command, *host, *ip;
    } cases[] = {
        /* What the server said beats the fields. */
        {{.status = BW_S("5.0.0"), .diagnostic = BW_S("552 5.2.2 full"), .diagnostic_smtp = true},
         "552",
         "5.2.2",
         NULL,
         NULL,
         NULL},
        {{.status = BW_S("5.1.1"), .diagnostic = BW_S("no such user")}, NULL, "5.1.1", NULL, NULL, NULL},
        {{.reply = BW_S("550"), .status = BW_S("5.1.1"), .text = BW_S("no such user")},
         "550",
         "5.1.1",
         NULL,
         NULL,
         NULL},
        {{.text =
              BW_S("host mx.example.com[192.0.2.1] said: 550 5.1.1 no (in reply to end of DATA command)")},
         "550",
         "5.1.1",
         "DATA",
         "mx.example.com",
         "192.0.2.1"},
        {{.text = BW_S("host mx.example.com[2001:db8::1] said: 450 later (in reply to RCPT TO command)")},
         "450",
         NULL,
         "RCPT",
         "mx.example.com",
         "2001:db8::1"},
        /* The report's Remote-MTA before names seen in passing, unless the words quote a server at another address. */
        {{.remote_host = BW_S("mail.example.com"),
          .remote_ip = BW_S("192.0.2.1"),
          .text = BW_S("host mx.example.com[192.0.2.1] said: 550 no")},
         "550",
         NULL,
         NULL,
         "mail.example.com",
         "192.0.2.1"},
        {{.remote_host = BW_S("mail.example.com"),
          .remote_ip = BW_S("192.0.2.9"),
          .text = BW_S("host mx.example.com[192.0.2.1] said: 550 no")},
         "550",
         NULL,
         NULL,
         "mx.example.com",
         "192.0.2.1"},
        {{.remote_host = BW_S("mail.example.com[192.0.2.9]"), .text = BW_S("no")},
         NULL,
         NULL,
         NULL,
         "mail.example.com",
         NULL},
        {{.remote_host = BW_S("192.0.2.9"), .text = BW_S("no")}, NULL, NULL, NULL, NULL, "192.0.2.9"},
        {{.remote_ip = BW_S("not an address"), .text = BW_S("no")}, NULL, NULL, NULL, NULL, NULL},
        {{.command = BW_S("MAIL FROM"), .text = BW_S("no")}, NULL, NULL, "MAIL", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence e;
        char where[32];
        stage_open(&stage, tables);
        collect(&e, &stage, &cases[i].account);
        snprintf(where, sizeof where, "row %zu", i);
        check_slice(e.reply, cases[i].reply, where);
        check_slice(e.status, cases[i].status, where);
        check_slice(e.command, cases[i].command, where);
        check_slice(e.remote_host, cases[i].host, where);
        check_slice(e.remote_ip, cases[i].ip, where);
        stage_close(&stage);
    }
}

/* Each address as "side:text", masked ones with a "?". */
static bw_slice sides_of(struct stage *stage, const struct bw_evidence *evidence)
{
    static const char *const names[] = {[BW_SIDE_UNKNOWN] = "unknown",
                                        [BW_SIDE_SENDER] = "sender",
                                        [BW_SIDE_RECEIVER] = "receiver",
                                        [BW_SIDE_NONE] = "none"};
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < evidence->addresses.count; i++) {
        const struct bw_seen_address *seen = &evidence->addresses.items[i];
        bool again = false;
        for (size_t n = 0; n < i; n++)
            again = again || (bw_eq(evidence->addresses.items[n].text, seen->text) &&
                              evidence->addresses.items[n].side == seen->side);
        if (!again)
            bw_putf(&buf, "%s%s:%.*s%s", buf.n ? " " : "", names[seen->side], BW_ARG(seen->text),
                    seen->masked ? "?" : "");
    }
    return bw_buf_take(&buf, stage->context.arena);
}

static void test_sides(void **state)
{
    static const struct {
        const char *text, *sides;
    } cases[] = {
        {"host mx.example.com[198.51.100.1] said: 550 Client host [192.0.2.1] blocked (in reply to RCPT TO "
         "command)",
         "sender:192.0.2.1 receiver:198.51.100.1"},
        {"550 Client host [2001:db8::1] blocked using bl.zorb.example", "sender:2001:db8::1"},
        {"550 mail from IP 192.0.2.1 was refused", "sender:192.0.2.1"},
        {"550 Client host [***.***.***.***] blocked", "sender:***.***.***.***?"},
        {"550 client [192.0.2.x] is listed", "sender:192.0.2.x?"},
        {"550 Client host [192.0.2.1] blocked, answer 127.0.0.2", "sender:192.0.2.1 none:127.0.0.2"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence;
        stage_open(&stage, tables);
        collect(&evidence, &stage, &(struct bw_account){.text = bw_str(cases[i].text)});
        check_slice(sides_of(&stage, &evidence), cases[i].sides, cases[i].text);
        stage_close(&stage);
    }
}

static void test_client_group_of_a_layout(void **state)
{
    struct stage stage;
    struct bw_evidence evidence;
    (void)state;
    stage_open(&stage, tables);
    collect(&evidence, &stage,
            &(struct bw_account){.text = BW_S("550 192.0.2.1 no"), .client = BW_S("192.0.2.1")});
    check_slice(sides_of(&stage, &evidence), "sender:192.0.2.1", "client");
    stage_close(&stage);
}

/* The whole notice is looked at, too, unless it speaks of others for whom it has words of their own. */
static void test_body(void **state)
{
    static const struct {
        struct bw_account accounts[2];
        bool body;
    } cases[] = {
        {{{.text = BW_S("filter: ended")}, {.text_is_body = true, .text = BW_S("all of it")}}, true},
        {{{.text_is_body = true, .text = BW_S("all of it")}, {.text = BW_S("the box is full")}}, true},
        {{{.text = BW_S("filter: ended")}, {.text = BW_S("the box is full")}}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence;
        stage_open(&stage, tables);
        stage.notice.body = BW_S("all of it");
        stage.notice.accounts.items = (struct bw_account *)cases[i].accounts;
        stage.notice.accounts.count = 2;
        collect(&evidence, &stage, &cases[i].accounts[0]);
        if ((evidence.body.n > 0) != cases[i].body)
            fail_msg("row %zu: the body: %d", i, evidence.body.n > 0);
        stage_close(&stage);
    }
}

static void test_limits(void **state)
{
    struct stage stage;
    struct bw_evidence evidence;
    struct bw_buf text;
    (void)state;
    stage_open(&stage, tables);
    stage.limits.delivery_text = 100;
    bw_buf_init(&text, 0);
    for (int i = 0; i < 1000; i++)
        bw_putf(&text, "192.0.2.%d https://example.com/%d\n", i % 256, i);
    collect(&evidence, &stage,
            &(struct bw_account){.text = bw_buf_slice(&text), .diagnostic = bw_buf_slice(&text)});
    assert_true(evidence.said.n <= 100);
    assert_true(evidence.full.n <= 201);
    assert_true(evidence.addresses.count <= 64);
    assert_true(evidence.urls.count <= stage.limits.urls);
    bw_buf_clear(&text);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said),  cmocka_unit_test(test_codes_and_hosts),
        cmocka_unit_test(test_sides), cmocka_unit_test(test_client_group_of_a_layout),
        cmocka_unit_test(test_body),  cmocka_unit_test(test_limits),
    };
    tables = tables_with("list: t.zorb\nname: Zorb\nzone: bl.zorb.example\nstatus: active\nsource: s\n");
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
