/* The summary: events counted once, findings in order, what is proven, parts that add up. */
#include "report/report.h"
#include "support.h"

/* One delivery of one message; unknown fields NULL. */
struct told {
    enum bw_kind kind;
    const char *date, *message_id, *recipient;
    enum bw_action action;
    const char *cause, *disposition, *actor, *rule, *ip, *list;
};

static bw_slice text(const char *s) { return s ? bw_str(s) : BW_NULL; }

/* The message, with its one delivery in *delivery. */
static struct bw_result message_of(struct bw_delivery *delivery, const struct told *told)
{
    *delivery = (struct bw_delivery){
        .recipient = text(told->recipient),
        .action = told->action,
        .cause = text(told->cause),
        .disposition = text(told->disposition),
        .actor = text(told->actor),
        .rule = text(told->rule),
        .diagnostic = BW_S("550 no"),
        .has_block = told->ip || told->list,
        .block = {.ip = text(told->ip),
                  .list_id = text(told->list),
                  .list_name = text(told->list),
                  .list_status = told->list ? BW_S("active") : BW_NULL},
    };
    return (struct bw_result){.kind = told->kind,
                              .date = text(told->date),
                              .original = {.message_id = text(told->message_id)},
                              .deliveries = delivery,
                              .delivery_count = told->kind <= BW_KIND_RECEIPT};
}

static void add(struct bw_summary *summary, const struct told *told)
{
    struct bw_delivery delivery;
    const struct bw_result result = message_of(&delivery, told);
    assert_int_equal(bw_summary_add(summary, &result), BW_OK);
}

static const struct told morning[] = {
    /* A delay that became a failure, and the failure again from another server without words. */
    {BW_KIND_BOUNCE, "2024-03-01T09:00:00+09:00", "<1@x>", "a@dest.example", BW_ACTION_DELAYED, "ip-blocked",
     "block", "sender-admin", "r", "203.0.113.9", "Zorb"},
    {BW_KIND_BOUNCE, "2024-03-02T09:00:00+09:00", "<1@x>", "A@DEST.example", BW_ACTION_FAILED, "ip-blocked",
     "block", "sender-admin", "r", "203.0.113.9", "Zorb"},
    {BW_KIND_BOUNCE, "2024-03-02T10:00:00+09:00", "<1@x>", "a@dest.example", BW_ACTION_FAILED, "undetermined",
     "undetermined", "nobody", NULL, NULL, NULL},
    /* The same mail to somebody else is another event, and so is one whose mail is not told. */
    {BW_KIND_BOUNCE, "2024-03-02T00:00:00-05:00", "<1@x>", "b@other.example", BW_ACTION_FAILED, "ip-blocked",
     "block", "sender-admin", "r", "203.0.113.9", "Zorb"},
    {BW_KIND_BOUNCE, NULL, NULL, "c@dest.example", BW_ACTION_FAILED, "user-unknown", "hard", "sender", "r",
     NULL, NULL},
    {BW_KIND_BOUNCE, NULL, NULL, "c@dest.example", BW_ACTION_FAILED, "user-unknown", "hard", "sender", "r",
     NULL, NULL},
    /* A code alone proves nobody dead. */
    {BW_KIND_BOUNCE, NULL, "<2@x>", "d@dest.example", BW_ACTION_FAILED, "user-unknown", "hard", "sender",
     "code.5.1.1", NULL, NULL},
    {BW_KIND_BOUNCE, NULL, "<3@x>", "e@dest.example", BW_ACTION_FAILED, "mailbox-full", "soft", "recipient",
     "r", NULL, NULL},
    {BW_KIND_BOUNCE, NULL, "<4@x>", "f@dest.example", BW_ACTION_DELAYED, "delayed", "none", "nobody", NULL,
     NULL, NULL},
    {BW_KIND_RECEIPT, NULL, "<4@x>", "f@dest.example", BW_ACTION_DELIVERED, "delivered", "none", "nobody",
     NULL, NULL, NULL},
    {BW_KIND_AUTO_REPLY, NULL, NULL, NULL, BW_ACTION_NONE, NULL, NULL, NULL, NULL, NULL, NULL},
};

static struct bw_summary *of_the_morning(void)
{
    struct bw_summary *summary = bw_summary_new();
    assert_non_null(summary);
    for (size_t i = 0; i < COUNT_OF(morning); i++)
        add(summary, &morning[i]);
    assert_int_equal(bw_summary_close(summary), BW_OK);
    return summary;
}

static void check_tally(const bw_tallies *tallies, size_t at, const char *name, size_t count)
{
    assert_true(at < tallies->count);
    check_slice(tallies->items[at].name, name, "name");
    assert_int_equal(tallies->items[at].count, count);
}

static void test_counts(void **state)
{
    struct bw_summary *summary = of_the_morning();
    (void)state;
    assert_int_equal(summary->messages, COUNT_OF(morning));
    assert_int_equal(summary->kinds[BW_KIND_BOUNCE], 9);
    assert_int_equal(summary->kinds[BW_KIND_AUTO_REPLY], 1);
    assert_int_equal(summary->failed, 6);
    assert_int_equal(summary->delayed, 0);
    assert_int_equal(summary->arrived, 1);
    assert_int_equal(summary->repeated, 3);
    check_tally(&summary->causes, 0, "user-unknown", 3);
    check_tally(&summary->causes, 1, "ip-blocked", 2);
    check_tally(&summary->causes, 2, "mailbox-full", 1);
    check_tally(&summary->lists, 0, "Zorb", 2);
    check_tally(&summary->addresses, 0, "203.0.113.9", 2);
    check_tally(&summary->domains, 0, "dest.example", 5);
    assert_int_equal(summary->dead.count, 1);
    check_tally(&summary->dead, 0, "c@dest.example", 2);
    assert_int_equal(summary->full.count, 1);
    bw_summary_free(summary);
}

static void test_findings(void **state)
{
    struct bw_summary *summary = of_the_morning();
    (void)state;
    assert_int_equal(summary->findings.count, 3);
    const struct bw_finding_of_many *blocked = &summary->findings.items[1];
    check_slice(summary->findings.items[0].cause, "user-unknown", "the most first");
    check_slice(blocked->cause, "ip-blocked", "cause");
    check_slice(blocked->ip, "203.0.113.9", "ip");
    check_slice(blocked->list, "Zorb", "list");
    check_slice(blocked->actor, "sender-admin", "actor");
    assert_int_equal(blocked->count, 2);
    assert_int_equal(blocked->delayed, 0);
    assert_int_equal(blocked->first, 1709251200); /* of the first notice of either event */
    assert_int_equal(blocked->last, 1709355600);
    check_tally(&blocked->domains, 0, "dest.example", 1);
    check_tally(&blocked->domains, 1, "other.example", 1);
    bw_summary_free(summary);
}

static bw_slice json_of(struct bw_arena *arena, struct bw_summary *summary)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_summary_json(&out, summary), BW_OK);
    return bw_buf_take(&out, arena);
}

/* What --format=json prints, read again, gives the same; order between events does not matter. */
static void test_from_json(void **state)
{
    struct bw_arena *arena = bw_arena_new(0);
    struct bw_summary *direct = of_the_morning(), *again = bw_summary_new();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(morning); i++) {
        struct bw_delivery delivery;
        const struct bw_result result = message_of(&delivery, &morning[i]);
        struct bw_buf line;
        bw_buf_init(&line, 0);
        assert_int_equal(bw_report_json(&line, &result, "x", 1), BW_OK);
        struct bw_result read;
        struct bw_error err;
        assert_int_equal(bw_report_json_read(&read, bw_buf_slice(&line), &err), BW_OK);
        assert_int_equal(bw_summary_add(again, &read), BW_OK);
        bw_result_free(&read);
        bw_buf_clear(&line);
    }
    assert_int_equal(bw_summary_close(again), BW_OK);
    const bw_slice a = json_of(arena, direct), b = json_of(arena, again);
    assert_true(bw_eq(a, b));
    bw_summary_free(direct);
    bw_summary_free(again);
    bw_arena_free(arena);
}

static void test_bad_json(void **state)
{
    static const char *const lines[] = {"",
                                        "{",
                                        "[]",
                                        "{}",
                                        "{\"kind\":1,\"deliveries\":[]}",
                                        "{\"kind\":\"bounce\"}",
                                        "\xff",
                                        "null",
                                        "{\"kind\":\"bounce\",\"deliveries\":{}}"};
    struct bw_error err;
    struct bw_result result;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(bw_report_json_read(&result, bw_str(lines[i]), &err), BW_IO);
        bw_result_free(&result);
    }
    /* Members of other types are not known. */
    assert_int_equal(
        bw_report_json_read(
            &result, BW_S("{\"kind\":\"?\",\"deliveries\":[1,{\"cause\":2,\"block\":[]}],\"original\":3}"),
            &err),
        BW_OK);
    assert_int_equal(result.kind, BW_KIND_NOT_A_BOUNCE);
    assert_int_equal(result.delivery_count, 2);
    assert_null(result.deliveries[1].cause.p);
    bw_result_free(&result);
}

static void test_nothing(void **state)
{
    struct bw_summary *summary = bw_summary_new();
    (void)state;
    assert_int_equal(bw_summary_close(summary), BW_OK);
    assert_int_equal(summary->findings.count, 0);
    bw_summary_free(summary);
    bw_summary_free(NULL);
}

/* Many events, so that the tables of keys and names grow. */
static void test_many(void **state)
{
    struct bw_summary *summary = bw_summary_new();
    char id[32], recipient[48];
    (void)state;
    for (unsigned i = 0; i < 30000; i++) {
        snprintf(id, sizeof id, "<%u@x>", i % 20000);
        snprintf(recipient, sizeof recipient, "u%u@d%u.example", i % 20000, i % 100);
        const struct told told = {
            BW_KIND_BOUNCE, NULL, id,   recipient, BW_ACTION_FAILED, "user-unknown", "hard",
            "sender",       "r",  NULL, NULL};
        add(summary, &told);
    }
    assert_int_equal(bw_summary_close(summary), BW_OK);
    assert_int_equal(summary->failed, 20000);
    assert_int_equal(summary->repeated, 10000);
    assert_int_equal(summary->dead.count, 20000);
    assert_int_equal(summary->domains.count, 100);
    check_tally(&summary->domains, 0, "d0.example", 200);
    bw_summary_free(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),   cmocka_unit_test(test_findings), cmocka_unit_test(test_from_json),
        cmocka_unit_test(test_bad_json), cmocka_unit_test(test_nothing),  cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
