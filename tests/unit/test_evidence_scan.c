/* Addresses, links, lists in a text; whose an address is; what is no sentence. */
#include "stage.h"

#include "evidence/internal.h"

static const char own[] =
    "list: t.zorb\nname: Zorb\nzone: bl.zorb.example\nzone: dnsbl.zorb.example\nalias: Zorb RBL\n"
    "alias: Zorb\nstatus: active\nsource: s\n\n"
    "list: t.other\nname: Other\nzone: other.example\nstatus: active\nsource: s\n";
static struct bw_tables *tables;

static void test_addresses(void **state)
{
    static const struct {
        const char *text, *found; /* joined by " ": * in front of a private one, / of one in a link */
    } cases[] = {
        {"Client host [192.0.2.1] blocked", "192.0.2.1"},
        {"192.0.2.1", "192.0.2.1"},
        {"(192.0.2.1), 198.51.100.2.", "192.0.2.1 198.51.100.2"},
        {"your IP:192.0.2.1; listed", "192.0.2.1"},
        {"network 192.0.2.0/24 is blocked", "192.0.2.0/24"},
        {"192.0.2.1/99999", "192.0.2.1"},
        {"192.0.2.1:25 refused", "192.0.2.1"},
        {"mx.example.com[192.0.2.1]:25", "192.0.2.1"},
        {"ip=192.0.2.1&x", "192.0.2.1"},
        {"[IPv6:2001:db8::1] blocked", "2001:db8::1"},
        {"2001:db8::1 blocked", "2001:db8::1"},
        {"2001:DB8:0:0:0:0:0:1.", "2001:DB8:0:0:0:0:0:1"},
        {"2001:db8::/32 blocked", "2001:db8::/32"},
        {"from 2001:db8:: to", "2001:db8::"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"10.0.0.1 172.16.3.4 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1",
         "*10.0.0.1 *172.16.3.4 *192.168.1.1 *127.0.0.1 *169.254.1.1 *100.64.0.1"},
        {"172.32.0.1 100.128.0.1 11.0.0.1", "172.32.0.1 100.128.0.1 11.0.0.1"},
        {"fe80::1 fd00::1 ::1", "*fe80::1 *fd00::1 *::1"},
        {"see https://example.com/?ip=192.0.2.1 now", "/192.0.2.1"},
        {"see https://example.com/192.0.2.1", "/192.0.2.1"},
        {"www.example.com/192.0.2.1", "/192.0.2.1"},
        /* What is none. */
        {"version 1.2.3", ""},
        {"1.2.3.4.5", ""},
        {"300.1.1.1", ""},
        {"192.0.2.256", ""},
        {"host192.0.2.1", ""},
        {"192.0.2.1-client.example.com", ""},
        {"192.0.2.1@example.com", ""},
        {"user@192.0.2.1x", ""},
        {"12:34:56", ""},
        {"at 10:02", ""},
        {"std::string", ""},
        {"dead:beef", ""},
        {"a::b::c", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence = {.said = BW_NULL};
        struct bw_buf found;
        stage_open(&stage, tables);
        bw_buf_init(&found, 0);
        bw_addresses_scan(&evidence, &stage.context, bw_str(cases[i].text), false);
        for (size_t n = 0; n < evidence.addresses.count; n++) {
            const struct bw_seen_address *seen = &evidence.addresses.items[n];
            bw_putf(&found, "%s%s%s%.*s", n ? " " : "", seen->is_private ? "*" : "", seen->in_url ? "/" : "",
                    BW_ARG(seen->text));
        }
        check_slice(bw_buf_take(&found, stage.context.arena), cases[i].found, cases[i].text);
        stage_close(&stage);
    }
}

static void test_address_forms(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.10", false},
        {"2001:db8::1", "2001:DB8:0:0::1", true},
        {"2001:db8::1", "2001:db8::2", false},
        {"::ffff:192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "no address", false},
        {"", "", false},
        {NULL, NULL, false},
    };
    static const struct {
        const char *text;
        bool address;
    } forms[] = {
        {"192.0.2.1", true},       {"192.0.2.0/24", true}, {"192.0.2.0/", false}, {"192.0.2.0/129", false},
        {"2001:db8::/32", true},   {"192.0.2", false},     {"192.0.2.1 ", false}, {"192.0.2.01x", false},
        {"mx.example.com", false}, {":", false},           {"::", true},          {"192.0.2.0/33", false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (bw_same_address(bw_str(cases[i].a), bw_str(cases[i].b)) != cases[i].same)
            fail_msg("'%s' and '%s'", cases[i].a, cases[i].b);
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (bw_is_address(bw_str(forms[i].text)) != forms[i].address)
            fail_msg("'%s'", forms[i].text);
    assert_false(bw_is_address((bw_slice){"192.0.2.1\0", 10}));
    assert_false(bw_is_address(repeated(*state, "1", 5000)));
}

static void test_urls(void **state)
{
    static const struct {
        const char *text, *found; /* "url|host" joined by " " */
    } cases[] = {
        {"see http://example.com/a?b=c#d now", "http://example.com/a?b=c#d|example.com"},
        {"see https://example.com.", "https://example.com|example.com"},
        {"(https://example.com/a)", "https://example.com/a|example.com"},
        {"https://example.com/a(b)", "https://example.com/a(b)|example.com"},
        {"<https://example.com/a>, \"https://example.net/b\"!",
         "https://example.com/a|example.com https://example.net/b|example.net"},
        {"[https://example.com/a]", "https://example.com/a|example.com"},
        {"HTTPS://EXAMPLE.COM/A", "HTTPS://EXAMPLE.COM/A|EXAMPLE.COM"},
        {"www.example.com/a;", "www.example.com/a|www.example.com"},
        {"https://example.com:8443/a", "https://example.com:8443/a|example.com"},
        {"https://bl.zorb.example@evil.test/a", "https://bl.zorb.example@evil.test/a|evil.test"},
        {"https://bl.zorb.example:x@evil.test/a", "https://bl.zorb.example:x@evil.test/a|evil.test"},
        {"https://evil.test\\@bl.zorb.example/", "https://evil.test\\@bl.zorb.example/|evil.test"},
        {"https://evil.test?@bl.zorb.example/", "https://evil.test?@bl.zorb.example/|evil.test"},
        {"https://evil.test#@bl.zorb.example/", "https://evil.test#@bl.zorb.example/|evil.test"},
        {"https://[2001:db8::1]/a", "https://[2001:db8::1]/a|[2001:db8::1]"},
        {"https://example.com/\xE6\x97\xA5", "https://example.com/|example.com"},
        {"https://example.com/ https://example.com/", "https://example.com/|example.com"},
        {"seehttp://example.com/a", "http://example.com/a|example.com"}, /* a lost line end */
        {"https://example.com/ahttps://example.net/b",
         "https://example.com/a|example.com https://example.net/b|example.net"},
        {"https://example.com/?u=https://example.net/b",
         "https://example.com/?u=https://example.net/b|example.com"},
        {"a@www.example.com xwww.example.com", ""},
        {"https:// and http://a", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence = {.said = BW_NULL};
        struct bw_buf found;
        stage_open(&stage, tables);
        bw_buf_init(&found, 0);
        bw_urls_scan(&evidence, &stage.context, bw_str(cases[i].text), true);
        for (size_t n = 0; n < evidence.urls.count; n++)
            bw_putf(&found, "%s%.*s|%.*s", n ? " " : "", BW_ARG(evidence.urls.items[n].url),
                    BW_ARG(evidence.urls.items[n].host));
        check_slice(bw_buf_take(&found, stage.context.arena), cases[i].found, cases[i].text);
        stage_close(&stage);
    }
}

/* A text is looked through again: the link inside a known one is still none of its own. */
static void test_urls_again(void **state)
{
    struct stage stage;
    struct bw_evidence evidence = {.said = BW_NULL};
    const bw_slice text = BW_S("see https://a.test/https://b.test/ now");
    (void)state;
    stage_open(&stage, tables);
    bw_urls_scan(&evidence, &stage.context, text, true);
    bw_urls_scan(&evidence, &stage.context, text, false);
    assert_int_equal(evidence.urls.count, 1);
    stage_close(&stage);
}

static void test_url_limit(void **state)
{
    struct stage stage;
    struct bw_evidence evidence = {.said = BW_NULL};
    struct bw_buf text;
    (void)state;
    stage_open(&stage, tables);
    bw_buf_init(&text, 0);
    for (int i = 0; i < 100; i++)
        bw_putf(&text, "https://example.com/%d ", i);
    bw_urls_scan(&evidence, &stage.context, bw_buf_slice(&text), true);
    assert_int_equal(evidence.urls.count, stage.limits.urls);
    bw_buf_clear(&text);
    stage_close(&stage);
}

static void test_lists(void **state)
{
    static const struct {
        const char *text, *found; /* "id:words:z" joined by " ", z by zone or n by name */
    } cases[] = {
        {"blocked using bl.zorb.example", "t.zorb:bl.zorb.example:z"},
        {"blocked using BL.Zorb.Example.", "t.zorb:BL.Zorb.Example:z"},
        {"blocked by key7.dnsbl.zorb.example;", "t.zorb:key7.dnsbl.zorb.example:z"},
        {"1.2.0.192.bl.zorb.example has 127.0.0.2", "t.zorb:1.2.0.192.bl.zorb.example:z"},
        {"listed in Zorb RBL", "t.zorb:Zorb RBL:n"},
        {"listed at ZORB", "t.zorb:ZORB:n"},
        {"blocked using bl.zorb.example and other.example",
         "t.zorb:bl.zorb.example:z t.other:other.example:z"},
        /* No list: part of a word, a mailbox at such a host, a host that only begins like it. */
        {"zorbing along", ""},
        {"see http://evil.test/?zorb", ""},
        {"see https://www.zorb.com@evil.test/ or http://zorb.com.evil.test/", ""},
        {"see http://evil.test/zorb, Zorb lists you", "t.zorb:Zorb:n"},
        {"see http://www.zorb.test/lookup", ""},
        {"the zorbs", ""},
        {"postmaster@other.example", ""},
        {"other.example.evil.test", ""},
        {"notother.example", ""},
        {"", ""},
        /* Between kana a name needs no space. A host that is called after a list is not that list. */
        {"\xe3\x81\xafZorb\xe3\x81\xab", "t.zorb:Zorb:n"},
        {"\xc3\xa9zorb", ""},
        {"rejected,Zorb.See the page", "t.zorb:Zorb:n"},
        {"https://zorb.example.evil.test/delist?zorb", ""},
        {"https://zorb@evil.test/", ""},
        {"https://bl.zorb.example/?why=zorb", "t.zorb:bl.zorb.example:z t.zorb:zorb:n"},
        {"host zorb.mx.test[192.0.2.25] said: 550 no", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence = {.said = BW_NULL};
        struct bw_buf found;
        stage_open(&stage, tables);
        bw_buf_init(&found, 0);
        bw_lists_scan(&evidence, &stage.context, bw_str(cases[i].text), true);
        for (size_t n = 0; n < evidence.lists.count; n++) {
            const struct bw_seen_list *seen = &evidence.lists.items[n];
            bw_putf(&found, "%s%.*s:%.*s:%s", found.n ? " " : "", BW_ARG(seen->list->id), BW_ARG(seen->text),
                    seen->by_zone ? "z" : "n");
        }
        const bw_slice got = bw_buf_take(&found, stage.context.arena);
        if (bw_find(got, bw_str(cases[i].found), 0) == BW_NONE || (!cases[i].found[0] && got.n))
            fail_msg("'%s': got '%.*s'", cases[i].text, BW_ARG(got));
        stage_close(&stage);
    }
}

/* Links behind their host and local parts are no words; everything keeps its place. */
static void test_words_only(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"user unknown", "user unknown"},
        {"mailboxfull@example.com is unknown", "___________@example.com is unknown"},
        {"<over.quota@example.com>", "<__________@example.com>"},
        {"see https://example.com/reason/#blocked now", "see https://example.com________________ now"},
        {"https://example.com?p=DisabledUser", "https://example.com_______________"},
        {"a@b@c", "_@_@c"},
        {"@home", "@home"},
        {"", ""},
        {NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice got = bw_words_only(*state, bw_str(cases[i].text));
        check_slice(got, cases[i].wanted, cases[i].text ? cases[i].text : "unknown");
    }
}

static void test_linear(void **state)
{
    static const char *const units[] = {"1.",   ":",          "1:", "a@", "https://",
                                        "www.", "192.0.2.1 ", "x.", "(",  "f"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct stage stage;
        struct bw_evidence evidence = {.said = BW_NULL};
        const bw_slice text =
            repeated(*state, units[i], (16 << 10) / strlen(units[i])); /* limits.delivery_text */
        const clock_t start = clock();
        stage_open(&stage, tables);
        bw_addresses_scan(&evidence, &stage.context, text, true);
        bw_urls_scan(&evidence, &stage.context, text, true);
        bw_lists_scan(&evidence, &stage.context, text, true);
        assert_int_equal(bw_words_only(stage.context.arena, text).n, text.n);
        stage_close(&stage);
        if (seconds_since(start) > 1)
            fail_msg("'%s' takes %.1f s", units[i], seconds_since(start));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses), ARENA_TEST(test_address_forms),    cmocka_unit_test(test_urls),
        cmocka_unit_test(test_url_limit), cmocka_unit_test(test_urls_again), cmocka_unit_test(test_lists),
        ARENA_TEST(test_words_only),      ARENA_TEST(test_linear),
    };
    tables = tables_with(own);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
