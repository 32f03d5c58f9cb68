/* Records -> the typed views that the stages read. */
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

static bw_status no_memory(struct bw_error *err) { return bw_fail(err, BW_NO_MEMORY, "out of memory"); }

static size_t two_bytes(const unsigned char *p) { return (size_t)p[0] | (size_t)p[1] << 8; }

/* Regexes of the embedded files are made in the order of the index. */
static bool indexed(const struct bw_tables *tables, const struct bw_record *record)
{
    return record->file->layer == 0 && tables->index_end - tables->index_at >= 4;
}

/* The formula of the next regex: from the index, else worked out. An index that does not fit is not used any more. */
static const unsigned char *next_formula(struct bw_tables *tables, const struct bw_record *record,
                                         bw_slice pattern)
{
    if (!indexed(tables, record))
        return bw_formula_of(tables->arena, pattern);
    const unsigned char *item = tables->index_at;
    const size_t size = two_bytes(item + 2);
    if (two_bytes(item) != pattern.n || (size_t)(tables->index_end - item) < 4 + size) {
        tables->index_at = tables->index_end;
        return bw_formula_of(tables->arena, pattern);
    }
    tables->index_at += 4 + size;
    return size ? item + 4 : NULL;
}

/* bw_next_alternative, where the index knows its length without reading the pattern. */
static bw_slice next_alternative(const struct bw_tables *tables, const struct bw_record *record,
                                 bw_slice *rest)
{
    if (!indexed(tables, record))
        return bw_next_alternative(rest);
    const size_t length = two_bytes(tables->index_at);
    const bw_slice one = bw_sub(*rest, 0, length);
    *rest = length < rest->n ? bw_sub(*rest, length + 1, rest->n) : BW_NULL;
    return one;
}

bw_status bw_regex_add(struct bw_regex **out, struct bw_tables *tables, const struct bw_record *record,
                       const struct bw_entry *entry, bw_slice pattern, bool lines, struct bw_error *err)
{
    struct bw_regex **slot = bw_push(tables->arena, &tables->regexes);
    if (!slot)
        return no_memory(err);
    *slot = *out = bw_regex_new(tables->arena, pattern, next_formula(tables, record, pattern), lines);
    if (!*slot) {
        tables->regexes.count--;
        return no_memory(err);
    }
    if (record->file->layer == 0)
        return BW_OK;
    char message[256];
    size_t at = 0;
    const bw_status status = bw_regex_compile(*slot, &at, message, sizeof message);
    if (status == BW_BAD_TABLE)
        return bw_fail_at(err, status, record->file->name.p, entry->line,
                          entry->column + (unsigned)(pattern.p - entry->value.p + (ptrdiff_t)at), "%s",
                          message);
    return status ? no_memory(err) : BW_OK;
}

bw_status bw_regexes_add(bw_regex_list *list, struct bw_tables *tables, const struct bw_record *record,
                         const struct bw_entry *entry, bw_slice pattern, bool lines, struct bw_error *err)
{
    for (bw_slice rest = pattern; rest.p;) {
        const bw_slice alternative = next_alternative(tables, record, &rest);
        struct bw_regex **slot = bw_push(tables->arena, list);
        if (!slot)
            return no_memory(err);
        const bw_status status = bw_regex_add(slot, tables, record, entry, alternative, lines, err);
        if (status)
            return status;
    }
    return BW_OK;
}

/* The first entry with that key as a regex; *out stays NULL without one. */
static bw_status add_regex(struct bw_regex **out, struct bw_tables *tables, const struct bw_record *record,
                           const char *key, struct bw_error *err)
{
    size_t at = 0;
    const struct bw_entry *entry = bw_record_next(record, key, &at);
    return entry ? bw_regex_add(out, tables, record, entry, entry->value, false, err) : BW_OK;
}

static enum bw_tier tier_of(bw_slice tier)
{
    if (bw_eq(tier, BW_S("exact")))
        return BW_TIER_EXACT;
    return bw_eq(tier, BW_S("weak")) ? BW_TIER_WEAK : BW_TIER_WORDS;
}

/* One entry of a rule. */
static bw_status add_rule_key(struct bw_rule *rule, struct bw_tables *tables, const struct bw_entry *entry,
                              struct bw_error *err)
{
    const bw_slice key = entry->key;
    if (bw_eq(key, BW_S("match")))
        return bw_regexes_add(&rule->match, tables, rule->record, entry, entry->value, false, err);
    if (bw_eq(key, BW_S("unless")))
        return bw_regexes_add(&rule->unless, tables, rule->record, entry, entry->value, false, err);
    if (bw_eq(key, BW_S("cause")) && !rule->cause.p)
        rule->cause = entry->value;
    else if (bw_eq(key, BW_S("tier")))
        rule->tier = tier_of(entry->value);
    struct bw_regex **when = bw_eq(key, BW_S("when-status"))    ? &rule->when_status
                             : bw_eq(key, BW_S("when-reply"))   ? &rule->when_reply
                             : bw_eq(key, BW_S("when-command")) ? &rule->when_command
                                                                : NULL;
    return when && !*when ? bw_regex_add(when, tables, rule->record, entry, entry->value, false, err) : BW_OK;
}

static bw_status add_rule(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_rule *rule = bw_push(tables->arena, &tables->rules);
    if (!rule)
        return no_memory(err);
    rule->record = record;
    rule->id = record->id;
    rule->tier = BW_TIER_WORDS;
    bw_status status = BW_OK;
    for (size_t i = 1; i < record->count && !status; i++)
        status = add_rule_key(rule, tables, &record->entries[i], err);
    return status;
}

static bw_status add_cause(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_cause *cause = bw_push(tables->arena, &tables->causes);
    if (!cause)
        return no_memory(err);
    *cause = (struct bw_cause){record->id, bw_record_get(record, "disposition"),
                               bw_record_get(record, "actor"), record};
    return BW_OK;
}

static bw_status add_code(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_code *code = bw_push(tables->arena, &tables->codes);
    if (!code)
        return no_memory(err);
    *code = (struct bw_code){record->id, bw_record_get(record, "cause"), record};
    return BW_OK;
}

static bw_status add_list(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_list *list = bw_push(tables->arena, &tables->lists);
    if (!list)
        return no_memory(err);
    *list = (struct bw_list){.id = record->id, .record = record};
    return BW_OK;
}

static bw_status add_receiver(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_receiver *receiver = bw_push(tables->arena, &tables->receivers);
    if (!receiver)
        return no_memory(err);
    *receiver = (struct bw_receiver){
        .id = record->id,
        .name = bw_record_get(record, "name"),
        .lookup = bw_record_get(record, "lookup"),
        .removal = bw_record_get(record, "removal"),
        .help = bw_record_get(record, "help"),
        .record = record,
    };
    return BW_OK;
}

static bw_status add_fact(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_fact *fact = bw_push(tables->arena, &tables->facts);
    if (!fact)
        return no_memory(err);
    fact->record = record;
    fact->id = record->id;
    return add_regex(&fact->match, tables, record, "match", err);
}

/* Adds the view of one record. */
typedef bw_status maker(struct bw_tables *, const struct bw_record *, struct bw_error *);

/* What adds records of that kind; NULL for those that are looked up as they stand. */
static maker *maker_of(bw_slice kind)
{
    static const struct {
        const char *kind;
        maker *add;
    } makers[] = {
        {"rule", add_rule},         {"list", add_list}, {"receiver", add_receiver}, {"code", add_code},
        {"format", bw_format_fill}, {"fact", add_fact}, {"cause", add_cause},       {"sign", bw_sign_fill},
    };
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (bw_eq(kind, bw_str(makers[i].kind)))
            return makers[i].add;
    return NULL;
}

/* Where a record stands: newer layers first, then file and line as read. */
static int by_place(const struct bw_record *a, const struct bw_record *b)
{
    if (a->file->layer != b->file->layer)
        return a->file->layer > b->file->layer ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int compare_rules(const void *left, const void *right)
{
    const struct bw_rule *a = left, *b = right;
    return a->tier != b->tier ? (int)a->tier - (int)b->tier : by_place(a->record, b->record);
}

static int compare_formats(const void *left, const void *right)
{
    return by_place(((const struct bw_format *)left)->record, ((const struct bw_format *)right)->record);
}

static int compare_facts(const void *left, const void *right)
{
    return by_place(((const struct bw_fact *)left)->record, ((const struct bw_fact *)right)->record);
}

/* qsort, which must not be given NULL even for nothing. */
static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

/* A record of a user's file is checked when it is opened; the embedded ones were when they were built. */
static bw_status check_record(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    bw_finding_list findings = {0};
    bw_record_check(&findings, tables->arena, record);
    if (!record->disabled)
        bw_references_check(&findings, tables->arena, tables, record);
    if (findings.count == 0)
        return BW_OK;
    const struct bw_finding *first = &findings.items[0];
    return bw_fail_at(err, BW_BAD_TABLE, first->file->name.p, first->line, first->column, "%.*s",
                      BW_ARG(first->message));
}

bw_status bw_views_fill(struct bw_tables *tables, struct bw_error *err)
{
    bw_status status = BW_OK;
    bw_slice kind = BW_NULL; /* of the record before: most have neighbours of their kind */
    maker *add = NULL;
    for (size_t i = 0; i < tables->records.count && !status; i++) {
        const struct bw_record *record = &tables->records.items[i];
        if (!bw_eq(record->kind, kind))
            add = maker_of(kind = record->kind);
        if (record->file->layer > 0)
            status = check_record(tables, record, err);
        if (!status && add && bw_in_effect(record))
            status = add(tables, record, err);
    }
    if (status)
        return status;
    sort(tables->rules.items, tables->rules.count, sizeof *tables->rules.items, compare_rules);
    sort(tables->formats.items, tables->formats.count, sizeof *tables->formats.items, compare_formats);
    sort(tables->facts.items, tables->facts.count, sizeof *tables->facts.items, compare_facts);
    return bw_names_fill(tables, err);
}
