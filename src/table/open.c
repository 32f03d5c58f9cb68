/* Opening the tables: read the layers, decide what is in effect, fill the views. */
#include "table/embedded.h"
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

static uint32_t record_hash(bw_slice language, bw_slice kind, bw_slice id)
{
    return (bw_ihash(kind) * 31 + bw_ihash(id)) * 31 + bw_ihash(language);
}

/* The language that an id of this kind belongs to. */
static bw_slice language_of(const struct bw_record *record)
{
    return record->schema && record->schema->per_language ? record->file->language : BW_NULL;
}

static bool same_record(const struct bw_record *record, bw_slice language, bw_slice kind, bw_slice id)
{
    return bw_eq(record->kind, kind) && bw_eq(record->id, id) && bw_eq(language_of(record), language);
}

/* The slot of that id: its record, or the empty one where it belongs. */
static struct bw_record **find_slot(const struct bw_tables *tables, bw_slice language, bw_slice kind,
                                    bw_slice id)
{
    const size_t mask = tables->index.size - 1;
    size_t at = record_hash(language, kind, id) & mask;
    while (tables->index.slots[at] && !same_record(tables->index.slots[at], language, kind, id))
        at = (at + 1) & mask;
    return &tables->index.slots[at];
}

bw_status bw_layers_resolve(struct bw_tables *tables, struct bw_error *err)
{
    size_t size = 64;
    while (size < tables->records.count * 2)
        size *= 2;
    tables->index.slots = bw_arena_alloc(tables->arena, size * sizeof *tables->index.slots);
    if (!tables->index.slots)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    tables->index.size = size;
    for (size_t i = 0; i < tables->records.count; i++) {
        struct bw_record *record = &tables->records.items[i];
        struct bw_record **slot = find_slot(tables, language_of(record), record->kind, record->id);
        record->superseded = *slot && (*slot)->file->layer == record->file->layer;
        if (record->superseded)
            continue; /* bw_table_check reports the repeated id; the first stays */
        if (*slot)
            (*slot)->superseded = true;
        record->replaces = *slot;
        *slot = record;
    }
    return BW_OK;
}

bool bw_in_effect(const struct bw_record *record) { return !record->disabled && !record->superseded; }

const struct bw_record *bw_table_record(const struct bw_tables *tables, const char *kind, bw_slice id)
{
    const struct bw_record *record = *find_slot(tables, BW_NULL, bw_str(kind), id);
    return record && !record->disabled ? record : NULL;
}

const struct bw_record *bw_table_text(const struct bw_tables *tables, const char *language, const char *kind,
                                      bw_slice id)
{
    const struct bw_record *record = *find_slot(tables, bw_str(language), bw_str(kind), id);
    return record && !record->disabled ? record : NULL;
}

static bw_status read_layers(struct bw_tables *tables, const char *const *paths, size_t count,
                             struct bw_error *err)
{
    bw_status status = bw_load_embedded(tables, err);
    for (size_t i = 0; i < count && !status; i++)
        status = bw_load_path(tables, paths[i], (unsigned)i + 1, err);
    if (!status)
        status = bw_layers_resolve(tables, err);
    if (!status)
        status = bw_views_fill(tables, err);
    if (!status && bw_arena_failed(tables->arena))
        status = bw_fail(err, BW_NO_MEMORY, "out of memory");
    return status;
}

static bw_status open_tables(struct bw_tables **out, const char *const *paths, size_t count, bool full,
                             struct bw_error *err)
{
    if (err)
        memset(err, 0, sizeof *err);
    if (out)
        *out = NULL;
    if (!out || (count && !paths))
        return bw_fail(err, BW_MISUSE,
                       "bw_tables_open needs a place for the tables and the paths it is told of");
    struct bw_arena *arena = bw_arena_new(0);
    struct bw_tables *tables = arena ? bw_new(arena, struct bw_tables) : NULL;
    if (!tables) {
        bw_arena_free(arena);
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    }
    tables->arena = arena;
    tables->full = full;
    tables->index_at = bw_embedded_index;
    tables->index_end = bw_embedded_index + bw_embedded_index_size;
    const bw_status status = read_layers(tables, paths, count, err);
    if (status)
        bw_tables_free(tables);
    else
        *out = tables;
    return status;
}

bw_status bw_tables_open(struct bw_tables **out, const char *const *paths, size_t count, struct bw_error *err)
{
    return open_tables(out, paths, count, false, err);
}

bw_status bw_tables_open_full(struct bw_tables **out, const char *const *paths, size_t count,
                              struct bw_error *err)
{
    return open_tables(out, paths, count, true, err);
}

void bw_tables_free(struct bw_tables *tables)
{
    if (!tables)
        return;
    for (size_t i = 0; i < tables->regexes.count; i++)
        bw_regex_release(tables->regexes.items[i]);
    bw_arena_free(tables->arena);
}
