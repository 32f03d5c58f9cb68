/* Lookups: codes, hosts, zones, aliases. */
#include "stage.h"

static const char own[] =
    "list: t.list\nname: Test List\nzone: bl.zorb.example\nzone: zorb.test\nalias: Zorb-RBL\n"
    "alias: zorb block list\nhost: zorb.example\nstatus: active\nsource: this test\n\n"
    "list: t.inner\nname: Inner\nzone: inner.bl.zorb.example\nhost: inner.zorb.example\n"
    "status: closed\nsource: this test\n\n"
    "receiver: t.recv\nname: Test Receiver\nhost: recv.test\nhost: deep.mx.recv.test\n"
    "source: this test\n\n"
    "code: 5.77.1\ncause: greylisted\nsource: this test\n\n"
    "code: x.77.1\ncause: expired\nsource: this test\n\n"
    "code: x.77.12\ncause: delayed\nsource: this test\n\n"
    "code: 599\ncause: system-full\nsource: this test\n\n";

static struct bw_tables *tables;

static void test_codes(void **state)
{
    static const struct {
        const char *code, *cause;
    } cases[] = {
        {"5.77.1", "greylisted"}, /* exact before any class */
        {"4.77.1", "expired"},
        {"2.77.1", "expired"},
        {"5.77.12", "delayed"},
        {"5.77.13", NULL},
        {"5.77", NULL},
        {"5.77.1.", NULL},
        {"x.77.1", "expired"},
        {"599", "system-full"},
        {"598", NULL},
        {"", NULL},
        {NULL, NULL},
        {"5", NULL},
        {"5.", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct bw_code *code = bw_table_code(tables, bw_str(cases[i].code));
        check_slice(code ? code->cause : BW_NULL, cases[i].cause, cases[i].code ? cases[i].code : "unknown");
    }
}

/* The id of the name's list or receiver. */
static bw_slice owner_of(const struct bw_name *name)
{
    if (!name)
        return BW_NULL;
    assert_true((name->list != NULL) != (name->receiver != NULL));
    return name->list ? name->list->id : name->receiver->id;
}

static void test_hosts(void **state)
{
    static const struct {
        const char *host, *owner;
    } cases[] = {
        {"zorb.example", "t.list"},
        {"www.ZORB.Example", "t.list"},
        {"a.b.c.zorb.example", "t.list"},
        {"inner.zorb.example", "t.inner"},
        {"x.inner.zorb.example", "t.inner"},
        {"mx.recv.test", "t.recv"},
        {"notzorb.example", NULL},
        {"zorb.example.evil.test", NULL},
        {"zorb.example.", NULL},
        {"example", NULL},
        {".zorb.example", "t.list"},
        {"", NULL},
        {NULL, NULL},
        {"...", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(owner_of(bw_table_host(tables, bw_str(cases[i].host))), cases[i].owner,
                    cases[i].host ? cases[i].host : "unknown");
}

static void test_zones(void **state)
{
    static const struct {
        const char *zone, *owner;
    } cases[] = {
        {"bl.zorb.example", "t.list"},
        {"BL.zorb.example", "t.list"},
        {"zorb.test", "t.list"},
        {"key123.bl.zorb.example", "t.list"}, /* with a customer's key in front */
        {"2.2.0.192.bl.zorb.example", "t.list"},
        {"inner.bl.zorb.example", "t.inner"},
        {"x.inner.bl.zorb.example", "t.inner"},
        {"zorb.example", NULL}, /* a host, no zone */
        {"xbl.zorb.example", NULL},
        {"bl.zorb.example.evil.test", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(owner_of(bw_table_zone(tables, bw_str(cases[i].zone))), cases[i].owner, cases[i].zone);
}

static void test_aliases(void **state)
{
    static const struct {
        const char *text, *owner;
    } cases[] = {{"Zorb-RBL", "t.list"}, {"ZORB-rbl", "t.list"}, {"zorb block list", "t.list"},
                 {"zorb", NULL},         {"my.Zorb-RBL", NULL},  {"", NULL}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(owner_of(bw_table_alias(tables, bw_str(cases[i].text))), cases[i].owner, cases[i].text);
}

static void test_views(void **state)
{
    (void)state;
    const struct bw_list *list = bw_table_list(tables, BW_S("t.list"));
    check_slice(bw_record_get(list->record, "name"), "Test List", "name");
    check_slice(bw_record_get(list->record, "status"), "active", "status");
    check_slice(bw_record_get(list->record, "operator"), NULL, "operator");
    assert_null(bw_table_list(tables, BW_S("t.recv")));
    check_slice(bw_table_receiver(tables, BW_S("t.recv"))->name, "Test Receiver", "receiver");
    assert_null(bw_table_receiver(tables, BW_S("t.list")));
    assert_null(bw_table_cause(tables, BW_S("no-such-cause")));
    assert_null(bw_table_cause(tables, BW_NULL));
}

/* Every name of every list and receiver is found by itself. */
static void test_every_name(void **state)
{
    (void)state;
    const struct {
        const bw_name_list *names;
        const struct bw_name *(*find)(const struct bw_tables *, bw_slice);
    } kinds[] = {
        {&tables->zones, bw_table_zone}, {&tables->aliases, bw_table_alias}, {&tables->hosts, bw_table_host}};
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        assert_true(kinds[k].names->count > 10);
        for (size_t i = 0; i < kinds[k].names->count; i++) {
            const struct bw_name *found = kinds[k].find(tables, kinds[k].names->items[i].text);
            assert_non_null(found);
            assert_true(bw_ieq(found->text, kinds[k].names->items[i].text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),   cmocka_unit_test(test_hosts), cmocka_unit_test(test_zones),
        cmocka_unit_test(test_aliases), cmocka_unit_test(test_views), cmocka_unit_test(test_every_name),
    };
    tables = tables_with(own);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
