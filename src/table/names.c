/* Zones, aliases and hosts: which list or receiver a name in a mail belongs to. */
#include "table/internal.h"

static struct bw_name **slot_of(const struct bw_name_index *index, bw_slice text)
{
    size_t at = bw_ihash(text) & (index->size - 1);
    while (index->slots[at] && !bw_ieq(index->slots[at]->text, text))
        at = (at + 1) & (index->size - 1);
    return &index->slots[at];
}

static void add_name(struct bw_tables *tables, struct bw_name name, bw_slice text, bw_name_list *names)
{
    struct bw_name *slot = bw_push(tables->arena, names);
    if (!slot)
        return;
    *slot = name;
    slot->text = text;
}

/* The names of a list or receiver, in one pass over its record. */
static void add_names(struct bw_tables *tables, struct bw_name name, const struct bw_record *record)
{
    for (size_t i = 1; i < record->count; i++) {
        const struct bw_entry *entry = &record->entries[i];
        if (bw_eq(entry->key, BW_S("host")))
            add_name(tables, name, entry->value, &tables->hosts);
        else if (name.list && bw_eq(entry->key, BW_S("zone")))
            add_name(tables, name, entry->value, &tables->zones);
        else if (name.list && bw_eq(entry->key, BW_S("alias")))
            add_name(tables, name, entry->value, &tables->aliases);
    }
}

static struct bw_name_index build(struct bw_arena *arena, const bw_name_list *names)
{
    struct bw_name_index index = {NULL, 16};
    while (index.size < names->count * 2)
        index.size *= 2;
    index.slots = bw_arena_alloc(arena, index.size * sizeof *index.slots);
    for (size_t i = 0; index.slots && i < names->count; i++) {
        struct bw_name **slot = slot_of(&index, names->items[i].text);
        if (!*slot)
            *slot = &names->items[i];
    }
    return index;
}

bw_status bw_names_fill(struct bw_tables *tables, struct bw_error *err)
{
    for (size_t i = 0; i < tables->lists.count; i++) {
        const struct bw_list *list = &tables->lists.items[i];
        add_names(tables, (struct bw_name){.list = list}, list->record);
    }
    for (size_t i = 0; i < tables->receivers.count; i++) {
        const struct bw_receiver *receiver = &tables->receivers.items[i];
        add_names(tables, (struct bw_name){.receiver = receiver}, receiver->record);
    }
    tables->zone_index = build(tables->arena, &tables->zones);
    tables->alias_index = build(tables->arena, &tables->aliases);
    tables->host_index = build(tables->arena, &tables->hosts);
    return bw_arena_failed(tables->arena) ? bw_fail(err, BW_NO_MEMORY, "out of memory") : BW_OK;
}

/* The name itself, then what is left of it behind each dot, longest first. */
static const struct bw_name *find_suffix(const struct bw_name_index *index, bw_slice name)
{
    while (name.n) {
        const struct bw_name *found = *slot_of(index, name);
        if (found)
            return found;
        const size_t dot = bw_find_byte(name, '.', 0);
        if (dot == BW_NONE)
            return NULL;
        name = bw_sub(name, dot + 1, name.n);
    }
    return NULL;
}

const struct bw_name *bw_table_host(const struct bw_tables *tables, bw_slice host)
{
    return find_suffix(&tables->host_index, host);
}

const struct bw_name *bw_table_zone(const struct bw_tables *tables, bw_slice zone)
{
    return find_suffix(&tables->zone_index, zone);
}

const struct bw_name *bw_table_alias(const struct bw_tables *tables, bw_slice text)
{
    return *slot_of(&tables->alias_index, text);
}

const struct bw_cause *bw_table_cause(const struct bw_tables *tables, bw_slice id)
{
    for (size_t i = 0; i < tables->causes.count; i++)
        if (bw_eq(tables->causes.items[i].id, id))
            return &tables->causes.items[i];
    return NULL;
}

const struct bw_list *bw_table_list(const struct bw_tables *tables, bw_slice id)
{
    for (size_t i = 0; i < tables->lists.count; i++)
        if (bw_eq(tables->lists.items[i].id, id))
            return &tables->lists.items[i];
    return NULL;
}

const struct bw_receiver *bw_table_receiver(const struct bw_tables *tables, bw_slice id)
{
    for (size_t i = 0; i < tables->receivers.count; i++)
        if (bw_eq(tables->receivers.items[i].id, id))
            return &tables->receivers.items[i];
    return NULL;
}

const struct bw_code *bw_table_code(const struct bw_tables *tables, bw_slice code)
{
    const struct bw_code *any_class = NULL;
    for (size_t i = 0; i < tables->codes.count; i++) {
        const struct bw_code *entry = &tables->codes.items[i];
        if (bw_eq(entry->pattern, code))
            return entry;
        if (code.n > 1 && code.p[1] == '.' && entry->pattern.n == code.n && entry->pattern.p[0] == 'x' &&
            bw_eq(bw_sub(entry->pattern, 1, code.n), bw_sub(code, 1, code.n)))
            any_class = entry;
    }
    return any_class;
}
