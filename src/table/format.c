/* A format record: conditions, then sections whose verbs say how lines are read. A sign record: conditions alone. */
#include "table/internal.h"

#include <string.h>

bool bw_condition_split(enum bw_where *where, bw_slice *pattern, bw_slice value)
{
    static const char *const places[BW_WHERE_COUNT] = {
        [BW_WHERE_BODY] = "body",     [BW_WHERE_SUBJECT] = "subject", [BW_WHERE_FROM] = "from",
        [BW_WHERE_HEADER] = "header", [BW_WHERE_FILES] = "files",     [BW_WHERE_LINKS] = "links",
        [BW_WHERE_SELF] = "self"};
    bw_slice rest = value, word;
    if (!bw_next_word(&word, &rest))
        return false;
    for (int i = 0; i < BW_WHERE_COUNT; i++) {
        if (!bw_eq(word, bw_str(places[i])))
            continue;
        *where = (enum bw_where)i;
        *pattern = bw_trim(rest);
        return pattern->n > 0;
    }
    return false;
}

/* whole: its groups are asked for, so it is not taken apart. */
static bw_status add_condition(bw_condition_list *list, struct bw_tables *tables,
                               const struct bw_record *record, const struct bw_entry *entry, bool whole,
                               struct bw_error *err)
{
    enum bw_where where;
    bw_slice pattern;
    if (!bw_condition_split(&where, &pattern, entry->value))
        return bw_fail_at(err, BW_BAD_TABLE, record->file->name.p, entry->line, entry->column,
                          "expected one of body, subject, from, header, files, links, self and a regex");
    struct bw_condition *condition = bw_push(tables->arena, list);
    if (!condition)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    condition->where = where;
    if (where == BW_WHERE_BODY && !whole)
        return bw_regexes_add(&condition->any, tables, record, entry, bw_unwrapped(pattern), true, err);
    struct bw_regex **slot = bw_push(tables->arena, &condition->any);
    return slot ? bw_regex_add(slot, tables, record, entry, pattern, true, err)
                : bw_fail(err, BW_NO_MEMORY, "out of memory");
}

static bw_condition_list *condition_list(struct bw_format *format, bw_slice key)
{
    if (bw_eq(key, BW_S("if")))
        return &format->when;
    if (bw_eq(key, BW_S("unless")))
        return &format->unless;
    if (bw_eq(key, BW_S("delayed-if")))
        return &format->delayed_if;
    if (bw_eq(key, BW_S("doubtful-if")))
        return &format->doubtful_if;
    return bw_eq(key, BW_S("set")) ? &format->set : NULL;
}

static bool verb_of(enum bw_verb *out, bw_slice key)
{
    static const char *const names[] = {[BW_VERB_RECIPIENT] = "recipient",
                                        [BW_VERB_LINE] = "line",
                                        [BW_VERB_TEXT] = "text",
                                        [BW_VERB_SKIP] = "skip",
                                        [BW_VERB_STOP] = "stop",
                                        [BW_VERB_BEFORE] = "before",
                                        [BW_VERB_FIND] = "find"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bw_eq(key, bw_str(names[i]))) {
            *out = (enum bw_verb)i;
            return true;
        }
    return false;
}

static bw_status add_section(struct bw_format *format, struct bw_tables *tables,
                             const struct bw_record *record, const struct bw_entry *entry,
                             struct bw_error *err)
{
    struct bw_section *section = bw_push(tables->arena, &format->sections);
    if (!section)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    section->rest_is_text = true;
    if (bw_eq(entry->value, BW_S("*")))
        return BW_OK;
    return bw_regex_add(&section->begin, tables, record, entry, entry->value, false, err);
}

/* A key inside a section. */
static bw_status add_section_key(struct bw_section *section, struct bw_tables *tables,
                                 const struct bw_record *record, const struct bw_entry *entry,
                                 struct bw_error *err)
{
    enum bw_verb verb;
    if (bw_eq(entry->key, BW_S("end")))
        return bw_regex_add(&section->end, tables, record, entry, entry->value, false, err);
    if (bw_eq(entry->key, BW_S("rest")))
        section->rest_is_text = bw_eq(entry->value, BW_S("text"));
    else if (bw_eq(entry->key, BW_S("action")))
        section->action = entry->value;
    else if (bw_eq(entry->key, BW_S("blank")))
        section->blank_closes = bw_eq(entry->value, BW_S("closes"));
    if (!verb_of(&verb, entry->key))
        return BW_OK;
    struct bw_step *step = bw_push(tables->arena, &section->steps);
    if (!step)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    step->verb = verb;
    return bw_regex_add(&step->regex, tables, record, entry, entry->value, verb == BW_VERB_FIND, err);
}

static bw_status add_key(struct bw_format *format, struct bw_tables *tables, const struct bw_record *record,
                         const struct bw_entry *entry, struct bw_error *err)
{
    bw_condition_list *conditions = condition_list(format, entry->key);
    if (conditions)
        return add_condition(conditions, tables, record, entry, conditions == &format->set, err);
    if (bw_eq(entry->key, BW_S("section")))
        return add_section(format, tables, record, entry, err);
    if (bw_eq(entry->key, BW_S("original"))) {
        struct bw_regex **slot = bw_push(tables->arena, &format->original);
        return slot ? bw_regex_add(slot, tables, record, entry, entry->value, false, err)
                    : bw_fail(err, BW_NO_MEMORY, "out of memory");
    }
    if (format->sections.count == 0)
        return BW_OK;
    return add_section_key(&format->sections.items[format->sections.count - 1], tables, record, entry, err);
}

/* The value of a key of the format itself: behind "section" it is the section's. */
static bw_slice before_sections(const struct bw_record *record, const char *key)
{
    for (size_t i = 1; i < record->count && !bw_eq(record->entries[i].key, BW_S("section")); i++)
        if (bw_eq(record->entries[i].key, bw_str(key)))
            return record->entries[i].value;
    return BW_NULL;
}

bw_status bw_format_fill(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_format *format = bw_push(tables->arena, &tables->formats);
    if (!format)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    format->record = record;
    format->id = record->id;
    format->kind = bw_record_get(record, "kind");
    format->action = before_sections(record, "action");
    format->guessed = bw_eq(bw_record_get(record, "guessed"), BW_S("yes"));
    format->space = bw_record_get(record, "spaces").n ? bw_record_get(record, "spaces").p[0] : 0;
    for (size_t i = 1; i < record->count; i++) {
        const bw_status status = add_key(format, tables, record, &record->entries[i], err);
        if (status)
            return status;
    }
    return BW_OK;
}

bw_status bw_sign_fill(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_sign *sign = bw_push(tables->arena, &tables->signs);
    if (!sign)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    const bw_slice as = bw_record_get(record, "as"), weight = bw_record_get(record, "weight");
    sign->record = record;
    sign->id = record->id;
    sign->as = bw_eq(as, BW_S("claim")) ? BW_SIGN_CLAIM
               : bw_eq(as, BW_S("for")) ? BW_SIGN_FOR
                                        : BW_SIGN_AGAINST;
    sign->weight = weight.n == 1 ? (unsigned)(weight.p[0] - '0') : 1;
    for (size_t i = 1; i < record->count; i++) {
        const bool when = bw_eq(record->entries[i].key, BW_S("if"));
        if (!when && !bw_eq(record->entries[i].key, BW_S("unless")))
            continue;
        const bw_status status = add_condition(when ? &sign->when : &sign->unless, tables, record,
                                               &record->entries[i], false, err);
        if (status)
            return status;
    }
    return BW_OK;
}
