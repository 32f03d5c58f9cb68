/* --check-patterns: the examples of rules and facts are tests. */
#include "diagnose/internal.h"

struct check {
    bw_finding_list *out;
    struct bw_arena *arena; /* of the findings */
    const struct bw_tables *tables;
    struct bw_matcher *matcher;
    struct bw_limits limits;
};

/* One example read through evidence, classify and diagnose in an arena of its own. */
struct reading {
    struct bw_context context;
    struct bw_anomalies anomalies;
    struct bw_notice notice;
    struct bw_account account;
    struct bw_evidence evidence;
    struct bw_verdict verdict;
    struct bw_delivery delivery;
};

static bw_status read_example(struct reading *out, struct check *check, struct bw_arena *arena, bw_slice text)
{
    *out = (struct reading){.context = {.arena = arena,
                                        .tables = check->tables,
                                        .limits = &check->limits,
                                        .matcher = check->matcher},
                            .notice = {.kind = BW_KIND_BOUNCE, .pasted = true},
                            .account = {.text = text, .action = BW_ACTION_FAILED}};
    out->context.anomalies = &out->anomalies;
    bw_status status = bw_evidence_collect(&out->evidence, &out->context, &out->notice, &out->account);
    if (!status)
        status = bw_classify(&out->verdict, &out->context, &out->evidence, BW_ACTION_FAILED, false);
    if (!status)
        status = bw_diagnose(&out->delivery, &out->context, &out->notice, &out->account, &out->evidence,
                             &out->verdict);
    return status;
}

static bool has_url(const struct bw_block *block, bw_slice url)
{
    for (size_t i = 0; i < block->url_count; i++)
        if (bw_eq(block->urls[i].url, url))
            return true;
    return false;
}

/* What the block says, or the rule's own group where the cause carries no block or the address is blanked out. */
static bw_slice told(bw_slice in_block, const struct reading *reading, const char *group)
{
    return in_block.p || !reading->verdict.rule ? in_block : bw_match_group(&reading->verdict.match, group);
}

/* "key=value" of an expect line against what was read. */
static void expect_pair(struct check *check, const struct bw_rule *rule, const struct bw_entry *entry,
                        bw_slice pair, const struct reading *reading)
{
    const size_t equals = bw_find_byte(pair, '=', 0);
    if (equals == BW_NONE) {
        bw_finding_add(check->out, check->arena, rule->record, entry, "expected key=value, not \"%.*s\"",
                       BW_ARG(pair));
        return;
    }
    const bw_slice key = bw_sub(pair, 0, equals), want = bw_sub(pair, equals + 1, pair.n);
    const struct bw_block *block = &reading->delivery.block;
    const struct {
        const char *key;
        bw_slice got;
    } values[] = {{"code", told(block->code, reading, "code")},
                  {"ip", told(block->ip, reading, "ip")},
                  {"domain", told(block->domain, reading, "domain")},
                  {"zone", block->zone},
                  {"list", block->list_id},
                  {"reply", reading->delivery.reply},
                  {"status", reading->delivery.status},
                  {"variant", reading->delivery.variant}};
    if (bw_eq(key, BW_S("url"))) {
        if (!has_url(block, want))
            bw_finding_add(check->out, check->arena, rule->record, entry, "the example has no url %.*s",
                           BW_ARG(want));
        return;
    }
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (!bw_eq(key, bw_str(values[i].key)))
            continue;
        if (!bw_ieq(values[i].got, want))
            bw_finding_add(check->out, check->arena, rule->record, entry,
                           "expected %.*s, the example gives %.*s=%.*s", BW_ARG(pair), BW_ARG(key),
                           BW_ARG(values[i].got));
        return;
    }
    bw_finding_add(check->out, check->arena, rule->record, entry, "nothing to expect is called \"%.*s\"",
                   BW_ARG(key));
}

static void expect_decided(struct check *check, const struct bw_rule *rule, const struct bw_entry *entry,
                           const struct reading *reading)
{
    const struct bw_verdict *verdict = &reading->verdict;
    if (verdict->rule == rule)
        return;
    if (verdict->rule) {
        const bw_slice place = bw_record_place(check->arena, verdict->rule->record);
        bw_finding_add(check->out, check->arena, rule->record, entry,
                       "rule \"%.*s\" (%.*s) decides this example, on \"%.*s\"", BW_ARG(verdict->rule->id),
                       BW_ARG(place), BW_ARG(bw_match_whole(&verdict->match)));
    } else {
        bw_finding_add(check->out, check->arena, rule->record, entry,
                       "the rule does not match its own example");
    }
}

/* The example at entries[at] and the expect lines behind it. */
static bw_status check_example(struct check *check, const struct bw_rule *rule, size_t at)
{
    const struct bw_record *record = rule->record;
    struct bw_arena *arena = bw_arena_new(0);
    struct reading reading;
    if (!arena)
        return BW_NO_MEMORY;
    const bw_status status = read_example(&reading, check, arena, record->entries[at].value);
    if (!status) {
        expect_decided(check, rule, &record->entries[at], &reading);
        for (size_t i = at + 1; i < record->count && bw_eq(record->entries[i].key, BW_S("expect")); i++) {
            bw_slice rest = record->entries[i].value, pair;
            while (bw_next_word(&pair, &rest))
                expect_pair(check, rule, &record->entries[i], pair, &reading);
        }
    }
    bw_arena_free(arena);
    return status;
}

static bw_status check_not(struct check *check, const struct bw_rule *rule, const struct bw_entry *entry)
{
    struct bw_arena *arena = bw_arena_new(0);
    struct reading reading;
    if (!arena)
        return BW_NO_MEMORY;
    const bw_status status = read_example(&reading, check, arena, entry->value);
    if (!status && reading.verdict.rule == rule)
        bw_finding_add(check->out, check->arena, rule->record, entry,
                       "the rule must not decide this text, and does");
    bw_arena_free(arena);
    return status;
}

/* An "expect" belongs to the example right above it. */
static bool stands_alone(const struct bw_record *record, size_t at)
{
    const bw_slice above = record->entries[at - 1].key;
    return !bw_eq(above, BW_S("example")) && !bw_eq(above, BW_S("expect"));
}

static bw_status check_rule(struct check *check, const struct bw_rule *rule)
{
    bw_status status = BW_OK;
    for (size_t i = 1; i < rule->record->count && !status; i++) {
        const struct bw_entry *entry = &rule->record->entries[i];
        if (bw_eq(entry->key, BW_S("example")))
            status = check_example(check, rule, i);
        else if (bw_eq(entry->key, BW_S("not")))
            status = check_not(check, rule, entry);
        else if (bw_eq(entry->key, BW_S("expect")) && stands_alone(rule->record, i))
            bw_finding_add(check->out, check->arena, rule->record, entry,
                           "no example stands above this line");
    }
    return status;
}

/* "group=value" pairs, split at ";" as values hold spaces. */
static void check_fact(struct check *check, const struct bw_fact *fact)
{
    const struct bw_record *record = fact->record;
    struct bw_match match;
    bool matched = false;
    for (size_t i = 1; i < record->count; i++) {
        const struct bw_entry *entry = &record->entries[i];
        if (bw_eq(entry->key, BW_S("example"))) {
            matched = bw_fact_match(&match, fact, check->matcher, entry->value) == 1;
            if (!matched)
                bw_finding_add(check->out, check->arena, record, entry,
                               "the fact does not match its own example");
        } else if (bw_eq(entry->key, BW_S("not"))) {
            if (bw_fact_match(&match, fact, check->matcher, entry->value) == 1)
                bw_finding_add(check->out, check->arena, record, entry,
                               "the fact must not match this text, and does");
        } else if (bw_eq(entry->key, BW_S("expect")) && matched) {
            const size_t equals = bw_find_byte(entry->value, '=', 0);
            const bw_slice key = bw_dup(check->arena, bw_sub(entry->value, 0, equals));
            const bw_slice got =
                equals == BW_NONE || !key.p ? BW_NULL : bw_trim(bw_match_group(&match, key.p));
            if (!bw_eq(got, bw_sub(entry->value, equals + 1, entry->value.n)))
                bw_finding_add(check->out, check->arena, record, entry,
                               "expected %.*s, the example gives \"%.*s\"", BW_ARG(entry->value),
                               BW_ARG(got));
        }
    }
}

bw_status bw_check_patterns(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables)
{
    struct check check = {.out = out, .arena = arena, .tables = tables};
    bw_limits_default(&check.limits);
    bw_status status = bw_table_check(out, arena, tables);
    check.matcher = bw_matcher_new(&check.limits);
    if (!check.matcher)
        return BW_NO_MEMORY;
    for (size_t i = 0; i < tables->facts.count; i++)
        check_fact(&check, &tables->facts.items[i]);
    for (size_t i = 0; i < tables->rules.count && !status; i++)
        status = check_rule(&check, &tables->rules.items[i]);
    bw_check_texts(out, arena, tables);
    bw_matcher_free(check.matcher);
    return bw_arena_failed(arena) ? BW_NO_MEMORY : status;
}
