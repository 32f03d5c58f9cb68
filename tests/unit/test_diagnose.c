/* What a refusal carries: whose address, which list, which links, and who can act. */
#include "stage.h"

#include "diagnose/diagnose.h"

#define RULE(id, cause, keys, match)                                                                         \
    "rule: t." id "\ncause: " cause "\n" keys "match: " match "\nexample: x\nsource: s\n\n"

static const char own[] =
    "list: t.zorb\nname: Zorb List\noperator: Zorb Ltd\nzone: bl.zorb.example\nalias: Zorb List\nhost: "
    "zorb.example\n"
    "status: active\nlookup: https://zorb.example/q?ip={ip}\nremoval: https://zorb.example/remove/{ip}\n"
    "dead: zorb.example/old\n"
    "error: 127.255.255.254 queried through an open resolver\nsource: s\n\n"
    "list: t.dead\nname: Dead List\nzone: dead.example\nstatus: closed\nsince: 2020-01-01\nsource: s\n\n"
    "list: t.net\nname: Net List\nzone: net.example\nstatus: active\nscope: network\nsource: s\n\n"
    "receiver: t.recv\nname: Receiver\nhost: recv.test\nhost: recv-help.example\nremoval: "
    "https://recv-help.example/form\n"
    "source: s\n\n" RULE("code", "ip-blocked", "tier: exact\nreceiver: t.recv\n",
                         "flib \\((?<code>KZ\\d+)\\)") RULE("named", "ip-blocked", "list: t.zorb\n", "blorp")
        RULE("ip", "ip-blocked", "", "wibble (?<ip>[0-9a-f.:/]+)")
            RULE("domain", "domain-blocked", "", "quux (?<domain>\\S+\\.example)")
                RULE("plain", "ip-blocked", "", "zorbed") RULE("full", "mailbox-full", "", "splonk")
                    RULE("slow", "rate-limited", "", "grak")
                        RULE("own-actor", "ip-blocked", "actor: sender\ndisposition: soft\n", "wubble")
                            RULE("variant", "ip-blocked", "variant: private\n", "twonk")
                                RULE("line", "ip-blocked", "variant: dynamic\n", "plim");

static struct bw_tables *tables;

/* One recipient through evidence, classify and diagnose. */
static void diagnose(struct bw_delivery *out, struct stage *stage, const struct bw_account *account)
{
    struct bw_evidence evidence;
    struct bw_verdict verdict;
    assert_int_equal(bw_evidence_collect(&evidence, &stage->context, &stage->notice, account), BW_OK);
    assert_int_equal(bw_classify(&verdict, &stage->context, &evidence, account->action, false), BW_OK);
    assert_int_equal(bw_diagnose(out, &stage->context, &stage->notice, account, &evidence, &verdict), BW_OK);
}

static void test_whose_address(void **state)
{
    static const struct {
        const char *text, *remote_ip, *ip;
        bool masked;
    } cases[] = {
        {"550 zorbed, Client host [192.0.2.1] blocked", NULL, "192.0.2.1", false},
        {"550 zorbed, Client host [2001:db8::7] blocked", NULL, "2001:db8::7", false},
        /* Never the refusing server's own. */
        {"host mx.recv.test[198.51.100.1] said: 550 zorbed", NULL, NULL, false},
        {"host mx.recv.test[198.51.100.1] said: 550 zorbed [198.51.100.1]", NULL, NULL, false},
        {"host mx.recv.test[198.51.100.1] said: 550 zorbed, Client host [192.0.2.1] blocked", NULL,
         "192.0.2.1", false},
        {"550 zorbed 198.51.100.1", "198.51.100.1", NULL, false},
        {"550 wibble 198.51.100.1", "198.51.100.1", NULL, false},
        {"550 wibble 192.0.2.1", "198.51.100.1", "192.0.2.1", false},
        {"550 zorbed [::ffff:198.51.100.1]", "198.51.100.1", NULL, false},
        {"550 zorbed 192.0.2.0/24", NULL, "192.0.2.0/24", false},
        /* One of a private network only where the server itself calls it the client. */
        {"550 zorbed, Client host [10.0.0.1] blocked", NULL, "10.0.0.1", false},
        {"550 zorbed near 10.0.0.1", NULL, NULL, false},
        {"550 zorbed (fe80::1)", NULL, NULL, false},
        {"550 wibble 192.168.0.1", NULL, "192.168.0.1", false},
        /* The answer of a list is no address of anybody. */
        {"550 zorbed, bl.zorb.example answered 127.0.0.2", NULL, NULL, false},
        /* In a link, where the words have none. */
        {"550 zorbed see https://zorb.example/q?ip=192.0.2.1", NULL, "192.0.2.1", false},
        {"550 zorbed, Client host [192.0.2.2] see https://zorb.example/q?ip=192.0.2.1", NULL, "192.0.2.2",
         false},
        /* Blanked out. */
        {"550 zorbed, Client host [***.***.***.***] blocked", NULL, NULL, true},
        {"550 zorbed, Client host [xx.xx.xx.xx] blocked", NULL, NULL, true},
        {"550 zorbed, client [192.0.2.x] is listed", NULL, NULL, true},
        {"550 zorbed", NULL, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_delivery delivery;
        stage_open(&stage, tables);
        diagnose(&delivery, &stage,
                 &(struct bw_account){.action = BW_ACTION_FAILED,
                                      .text = bw_str(cases[i].text),
                                      .remote_ip = bw_str(cases[i].remote_ip)});
        check_slice(delivery.cause, "ip-blocked", cases[i].text);
        assert_true(delivery.has_block);
        check_slice(delivery.block.ip, cases[i].ip, cases[i].text);
        if (delivery.block.ip_masked != cases[i].masked)
            fail_msg("%s: masked %d", cases[i].text, delivery.block.ip_masked);
        stage_close(&stage);
    }
}

static void test_lists_and_actors(void **state)
{
    static const struct {
        const char *text, *list, *zone;
        bool zone_from_text;
        const char *variant, *actor, *disposition;
    } cases[] = {
        {"550 zorbed by bl.zorb.example", "t.zorb", "bl.zorb.example", true, NULL, "sender-admin", "block"},
        {"550 zorbed by Zorb List", "t.zorb", "bl.zorb.example", false, NULL, "sender-admin", "block"},
        {"550 blorp", "t.zorb", "bl.zorb.example", false, NULL, "sender-admin", "block"},
        /* A zone before a name, a name before what the rule says. */
        {"550 zorbed by Zorb List, net.example", "t.net", "net.example", true, "network", "sender-admin",
         "block"},
        {"550 blorp net.example", "t.net", "net.example", true, "network", "sender-admin", "block"},
        {"550 zorbed", NULL, NULL, false, NULL, "sender-admin", "block"},
        /* A list that is closed, a query that went wrong: the receiver must mend it. */
        {"550 zorbed by dead.example", "t.dead", "dead.example", true, "closed", "recipient-admin", "block"},
        {"550 zorbed by bl.zorb.example, 127.255.255.254", "t.zorb", "bl.zorb.example", true, "not-a-listing",
         "recipient-admin", "block"},
        {"550 zorbed by bl.zorb.example, 127.0.0.2", "t.zorb", "bl.zorb.example", true, NULL, "sender-admin",
         "block"},
        /* A rule may say otherwise. */
        {"550 wubble dead.example", "t.dead", "dead.example", true, "closed", "sender", "soft"},
        {"550 twonk dead.example", "t.dead", "dead.example", true, "private", "sender-admin", "block"},
        {"550 plim", NULL, NULL, false, "dynamic", "sender-admin", "block"},
        {"550 plim dead.example", "t.dead", "dead.example", true, "closed", "recipient-admin", "block"},
        {"550 zorbed by dead.example, net.example", "t.net", "net.example", true, "network", "sender-admin",
         "block"},
        {"550 wibble 203.0.113.0/24", NULL, NULL, false, "network", "sender-admin", "block"},
        {"550 twonk client 203.0.113.0/24", NULL, NULL, false, "network", "sender-admin", "block"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_delivery delivery;
        stage_open(&stage, tables);
        diagnose(&delivery, &stage,
                 &(struct bw_account){.action = BW_ACTION_FAILED, .text = bw_str(cases[i].text)});
        const struct bw_block *block = &delivery.block;
        check_slice(delivery.actor, cases[i].actor, cases[i].text);
        check_slice(delivery.disposition, cases[i].disposition, cases[i].text);
        if (bw_eq(delivery.disposition, BW_S("block"))) {
            check_slice(block->list_id, cases[i].list, cases[i].text);
            check_slice(block->zone, cases[i].zone, cases[i].text);
            assert_int_equal(block->zone_from_text, cases[i].zone_from_text);
            check_slice(delivery.variant, cases[i].variant, cases[i].text);
        }
        stage_close(&stage);
    }
}

static void test_fields_of_a_block(void **state)
{
    struct stage stage;
    struct bw_delivery delivery;
    (void)state;
    stage_open(&stage, tables);
    stage.notice.reporting_mta = BW_S("out.example.org");
    diagnose(&delivery, &stage,
             &(struct bw_account){.recipient = BW_S("a@example.com"),
                                  .action = BW_ACTION_FAILED,
                                  .text = BW_S("550 5.7.1 flib (KZ42) Client host [192.0.2.1] blocked")});
    check_slice(delivery.recipient, "a@example.com", "recipient");
    check_slice(delivery.reply, "550", "reply");
    check_slice(delivery.status, "5.7.1", "status");
    check_slice(delivery.rule, "t.code", "rule");
    check_slice(delivery.matched, "flib (KZ42)", "matched");
    check_slice(delivery.block.code, "KZ42", "code");
    check_slice(delivery.block.receiver_id, "t.recv", "receiver");
    check_slice(delivery.block.receiver_name, "Receiver", "receiver");
    check_slice(delivery.block.ip_host, "out.example.org", "the machine that was refused");
    diagnose(
        &delivery, &stage,
        &(struct bw_account){.action = BW_ACTION_FAILED, .text = BW_S("550 quux shop.example is listed")});
    check_slice(delivery.cause, "domain-blocked", "cause");
    check_slice(delivery.block.domain, "shop.example", "domain");
    stage_close(&stage);
}

/* Who carries a block at all. */
static void test_who_has_a_block(void **state)
{
    static const struct {
        const char *text;
        bool block;
    } cases[] = {{"550 zorbed", true},
                 {"550 splonk, Client host [192.0.2.1]", false},
                 {"450 grak", false},
                 {"450 grak, Client host [192.0.2.1] sends too fast", true},
                 {"550 nothing known", false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_delivery delivery;
        stage_open(&stage, tables);
        diagnose(&delivery, &stage,
                 &(struct bw_account){.action = BW_ACTION_FAILED, .text = bw_str(cases[i].text)});
        if (delivery.has_block != cases[i].block)
            fail_msg("'%s': %d", cases[i].text, delivery.has_block);
        stage_close(&stage);
    }
}

static const struct bw_url *url_of(const struct bw_block *block, const char *url)
{
    for (size_t i = 0; i < block->url_count; i++)
        if (bw_eq(block->urls[i].url, bw_str(url)))
            return &block->urls[i];
    return NULL;
}

static void test_links(void **state)
{
    static const struct {
        const char *url;
        enum bw_trust trust;
        enum bw_url_role role;
    } cases[] = {
        {"https://zorb.example/why", BW_TRUST_OPERATOR, BW_URL_INFO},
        {"https://www.ZORB.example/why", BW_TRUST_OPERATOR, BW_URL_INFO},
        {"https://zorb.example/lookup/192.0.2.1", BW_TRUST_OPERATOR, BW_URL_LOOKUP},
        {"https://zorb.example/delist", BW_TRUST_OPERATOR, BW_URL_REMOVAL},
        {"https://zorb.example/removal", BW_TRUST_OPERATOR, BW_URL_REMOVAL},
        {"https://help.recv.test/postmaster", BW_TRUST_RECEIVER, BW_URL_INFO},
        {"https://recv-help.example/unblock", BW_TRUST_RECEIVER, BW_URL_REMOVAL},
        {"https://postmaster.example.com/", BW_TRUST_RECEIVER, BW_URL_INFO}, /* the recipient's own domain */
        /* Made to look like one of them. */
        {"https://zorb.example.evil.test/remove", BW_TRUST_UNVERIFIED, BW_URL_REMOVAL},
        {"https://notzorb.example/remove", BW_TRUST_UNVERIFIED, BW_URL_REMOVAL},
        {"https://zorb-example.evil.test/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://zorb.example@evil.test/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test@zorb.example/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://zorb.example:80@evil.test/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test/zorb.example", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test?zorb.example", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test#zorb.example", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test\\@zorb.example/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test\\.zorb.example/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://recv.test.evil.test/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://evil.test/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
        {"https://192.0.2.7/", BW_TRUST_UNVERIFIED, BW_URL_INFO},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_delivery delivery;
        stage_open(&stage, tables);
        const bw_slice text =
            bw_format(stage.context.arena, "550 zorbed by bl.zorb.example see %s", cases[i].url);
        diagnose(&delivery, &stage,
                 &(struct bw_account){.action = BW_ACTION_FAILED,
                                      .recipient = BW_S("a@example.com"),
                                      .text = text,
                                      .remote_host = BW_S("mx.recv.test")});
        const struct bw_url *url = url_of(&delivery.block, cases[i].url);
        if (!url)
            fail_msg("'%s' is not among the links", cases[i].url);
        if (url->trust != cases[i].trust || url->role != cases[i].role || !url->from_text)
            fail_msg("'%s': %s %s", cases[i].url, bw_trust_name(url->trust), bw_url_role_name(url->role));
        stage_close(&stage);
    }
}

/* The pages of the table, with the address filled in; none that needs an address where there is none. */
static void test_pages_of_the_table(void **state)
{
    static const struct {
        const char *text, *lookup, *removal;
    } cases[] = {
        {"550 zorbed by bl.zorb.example, Client host [192.0.2.1]", "https://zorb.example/q?ip=192.0.2.1",
         "https://zorb.example/remove/192.0.2.1"},
        {"550 zorbed by bl.zorb.example", NULL, NULL},
    };
    struct stage stage;
    struct bw_delivery delivery;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        stage_open(&stage, tables);
        diagnose(&delivery, &stage,
                 &(struct bw_account){.action = BW_ACTION_FAILED, .text = bw_str(cases[i].text)});
        assert_int_equal(delivery.block.url_count, cases[i].lookup ? 2 : 0);
        if (cases[i].lookup) {
            const struct bw_url *lookup = url_of(&delivery.block, cases[i].lookup);
            const struct bw_url *removal = url_of(&delivery.block, cases[i].removal);
            assert_true(lookup && lookup->role == BW_URL_LOOKUP && !lookup->from_text);
            assert_true(removal && removal->role == BW_URL_REMOVAL && removal->trust == BW_TRUST_OPERATOR);
        }
        stage_close(&stage);
    }
    stage_open(&stage, tables);
    diagnose(&delivery, &stage,
             &(struct bw_account){.action = BW_ACTION_FAILED, .text = BW_S("550 flib (KZ1)")});
    const struct bw_url *form = url_of(&delivery.block, "https://recv-help.example/form");
    assert_true(form && form->trust == BW_TRUST_RECEIVER && form->role == BW_URL_REMOVAL && !form->from_text);
    stage_close(&stage);
}

static void test_plain(void **state)
{
    struct stage stage;
    struct bw_delivery delivery;
    const struct bw_evidence evidence = {.status = BW_S("2.0.0")};
    const struct bw_account account = {
        .recipient = BW_S("a@example.com"), .action = BW_ACTION_RELAYED, .status = BW_S("2.0.0")};
    (void)state;
    stage_open(&stage, tables);
    assert_int_equal(bw_diagnose_plain(&delivery, &stage.context, &account, &evidence, "delivered"), BW_OK);
    check_slice(delivery.cause, "delivered", "cause");
    check_slice(delivery.disposition, "none", "disposition");
    check_slice(delivery.actor, "nobody", "actor");
    check_slice(delivery.status, "2.0.0", "status");
    assert_int_equal(delivery.action, BW_ACTION_RELAYED);
    assert_false(delivery.has_block);
    stage_close(&stage);
}

/* Which machine was refused, by the report and the original's trace (newest line first). */
enum { HOPS = 3 };
static const struct {
    const char *reporter, *recipient, *alias, *original_to;
    const char *hops[HOPS]; /* "from ip by" */
    enum bw_machine machine;
    const char *host, *handed_by, *actor;
} machines[] = {
    /* Nothing tells. */
    {NULL, "a@dest.example", NULL, NULL, {NULL}, BW_MACHINE_UNKNOWN, NULL, NULL, "sender-admin"},
    {"out.isp.example",
     "a@dest.example",
     NULL,
     NULL,
     {NULL},
     BW_MACHINE_UNKNOWN,
     "out.isp.example",
     NULL,
     "sender-admin"},
    /* The server that took the mail reports. */
    {"out.isp.example",
     "a@dest.example",
     NULL,
     NULL,
     {"pc 198.51.100.9 out.isp.example"},
     BW_MACHINE_SUBMISSION,
     "out.isp.example",
     NULL,
     "sender-admin"},
    {"out.isp.example",
     "a@dest.example",
     NULL,
     NULL,
     {"out.isp.example 127.0.0.1 out.isp.example", "pc 198.51.100.9 out.isp.example"},
     BW_MACHINE_SUBMISSION,
     "out.isp.example",
     NULL,
     "sender-admin"},
    /* One behind it does. */
    {"scan.isp.example",
     "a@dest.example",
     NULL,
     NULL,
     {"smtp.isp.example 198.51.100.2 scan.isp.example", "pc 198.51.100.9 smtp.isp.example"},
     BW_MACHINE_RELAY,
     "scan.isp.example",
     "smtp.isp.example",
     "sender-admin"},
    /* The address stands in the trace itself. */
    {"mx.dest.example",
     "a@dest.example",
     NULL,
     NULL,
     {"out.isp.example 192.0.2.1 mx.dest.example", "pc 198.51.100.9 out.isp.example"},
     BW_MACHINE_SUBMISSION,
     "out.isp.example",
     NULL,
     "sender-admin"},
    {"mx.dest.example",
     "a@dest.example",
     NULL,
     NULL,
     {"scan.isp.example 192.0.2.1 mx.dest.example", "out.isp.example 198.51.100.2 scan.isp.example",
      "pc 198.51.100.9 out.isp.example"},
     BW_MACHINE_RELAY,
     "scan.isp.example",
     NULL,
     "sender-admin"},
    {"out.isp.example",
     "a@dest.example",
     NULL,
     NULL,
     {"pc 192.0.2.1 out.isp.example"},
     BW_MACHINE_OWN_LINE,
     "pc",
     NULL,
     "sender"},
    /* The refusing side's own line tells of a client that may be anything. */
    {"mx.dest.example",
     "a@dest.example",
     NULL,
     NULL,
     {"web 192.0.2.1 mx.dest.example"},
     BW_MACHINE_UNKNOWN,
     "web",
     NULL,
     "sender-admin"},
    /* The recipient's side passed it on. */
    {"mx.first.example",
     "a@dest.example",
     "a@first.example",
     NULL,
     {NULL},
     BW_MACHINE_FORWARDER,
     "mx.first.example",
     NULL,
     "recipient-admin"},
    {"mx.first.example",
     "a@dest.example",
     NULL,
     "a@first.example",
     {NULL},
     BW_MACHINE_FORWARDER,
     "mx.first.example",
     NULL,
     "recipient-admin"},
    {"mx.first.example",
     "a@first.example",
     NULL,
     "a@first.example",
     {NULL},
     BW_MACHINE_UNKNOWN,
     "mx.first.example",
     NULL,
     "sender-admin"},
};

static void test_machines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(machines); i++) {
        struct stage stage;
        struct bw_delivery delivery;
        stage_open(&stage, tables);
        stage.notice.reporting_mta = machines[i].reporter ? bw_str(machines[i].reporter) : BW_NULL;
        stage.notice.original.to = machines[i].original_to ? bw_str(machines[i].original_to) : BW_NULL;
        stage.notice.original.from = BW_S("me@isp.example");
        for (size_t k = 0; k < HOPS && machines[i].hops[k]; k++) {
            bw_slice rest = bw_str(machines[i].hops[k]);
            struct bw_hop *hop = bw_push(stage.context.arena, &stage.notice.hops);
            assert_non_null(hop);
            bw_next_word(&hop->from_name, &rest);
            bw_next_word(&hop->from_ip, &rest);
            bw_next_word(&hop->by_name, &rest);
        }
        diagnose(&delivery, &stage,
                 &(struct bw_account){.recipient = bw_str(machines[i].recipient),
                                      .alias = machines[i].alias ? bw_str(machines[i].alias) : BW_NULL,
                                      .remote_host = BW_S("mx.dest.example"),
                                      .action = BW_ACTION_FAILED,
                                      .text = BW_S("550 zorbed, Client host [192.0.2.1] blocked")});
        if (delivery.block.machine != machines[i].machine)
            fail_msg("case %zu: %s", i, bw_machine_name(delivery.block.machine));
        check_slice(delivery.block.ip_host, machines[i].host, "host");
        check_slice(delivery.block.handed_by, machines[i].handed_by, "handed by");
        check_slice(delivery.actor, machines[i].actor, "actor");
        stage_close(&stage);
    }
}

static void test_dead_pages(void **state)
{
    static const struct {
        const char *text, *url;
        bool dead;
    } cases[] = {
        {"550 blorp see http://www.zorb.example/old?ip=192.0.2.1", "http://www.zorb.example/old?ip=192.0.2.1",
         true},
        {"550 blorp see https://zorb.example/old/192.0.2.1", "https://zorb.example/old/192.0.2.1", true},
        {"550 blorp see https://zorb.example/q?ip=192.0.2.1", "https://zorb.example/q?ip=192.0.2.1", false},
        /* Whose host it is tells, too, where no rule names the list. */
        {"550 zorbed see https://zorb.example/old", "https://zorb.example/old", true},
        {"550 zorbed see https://zorb.example.evil.test/old", "https://zorb.example.evil.test/old", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_delivery delivery;
        stage_open(&stage, tables);
        diagnose(&delivery, &stage,
                 &(struct bw_account){.action = BW_ACTION_FAILED, .text = bw_str(cases[i].text)});
        const struct bw_url *url = url_of(&delivery.block, cases[i].url);
        if (!url || url->dead != cases[i].dead)
            fail_msg("%s", cases[i].text);
        stage_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whose_address),
        cmocka_unit_test(test_lists_and_actors),
        cmocka_unit_test(test_fields_of_a_block),
        cmocka_unit_test(test_who_has_a_block),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_pages_of_the_table),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_dead_pages),
    };
    tables = tables_with(own);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
