/* Are all sentences there, and do they ask for facts that exist? */
#include "report/facts.h"
#include "report/report.h"
#include "report/words.h"

static void check_template(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables,
                           const struct bw_record *record, const struct bw_entry *entry)
{
    bw_slice rest = entry->value, name;
    while (bw_template_next_flag(&name, &rest))
        if (!bw_flag_is_known(tables, name) && !bw_fact_is_known(name))
            bw_finding_add(out, arena, record, entry, "there is no flag '%.*s'", BW_ARG(name));
    while (bw_template_next_fact(&name, &rest))
        if (!bw_fact_is_known(name))
            bw_finding_add(out, arena, record, entry, "there is no fact '%.*s'", BW_ARG(name));
}

/* A line under key applies whatever the mail tells: it asks for nothing. */
static bool always_applies(const struct bw_record *record, const char *key)
{
    static const struct bw_fact_values none = {.count = 0};
    const struct bw_entry *entry;
    bool applies = false;
    for (size_t at = 0; !applies && (entry = bw_record_next(record, key, &at));) {
        struct bw_buf line;
        bw_buf_init(&line, 0);
        applies =
            entry->value.n > 0 && entry->value.p[0] != '!' && bw_template_render(&line, entry->value, &none);
        bw_buf_clear(&line);
    }
    return applies;
}

static void check_language(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables,
                           const struct bw_record *language)
{
    const bw_slice language_name = bw_dup(arena, language->id);
    if (!language_name.p)
        return;
    for (size_t i = 0; i < bw_word_id_count; i++)
        if (!bw_table_text(tables, language_name.p, "word", bw_str(bw_word_ids[i])))
            bw_finding_add(out, arena, language, NULL, "there is no 'word: %s' in this language",
                           bw_word_ids[i]);
    for (size_t i = 0; i < tables->causes.count; i++) {
        const bw_slice id = bw_format(arena, "cause.%.*s", BW_ARG(tables->causes.items[i].id));
        const bw_slice name = bw_format(arena, "name.%.*s", BW_ARG(tables->causes.items[i].id));
        const bw_slice actor = bw_format(arena, "actor.%.*s", BW_ARG(tables->causes.items[i].actor));
        if (name.p && actor.p &&
            (!bw_table_text(tables, language_name.p, "word", name) ||
             !bw_table_text(tables, language_name.p, "word", actor)))
            bw_finding_add(out, arena, language, NULL,
                           "there is no 'word: %.*s' or no 'word: %.*s' in this language", BW_ARG(name),
                           BW_ARG(actor));
        const struct bw_record *said = id.p ? bw_table_text(tables, language_name.p, "say", id) : NULL;
        if (!said) {
            bw_finding_add(out, arena, language, NULL, "there is no 'say: %.*s' in this language",
                           BW_ARG(id));
            continue;
        }
        if (!always_applies(said, "head"))
            bw_finding_add(out, arena, said, NULL, "no 'head:' of it applies to a mail that tells nothing");
        if (!always_applies(said, "who"))
            bw_finding_add(out, arena, said, NULL, "no 'who:' of it applies to a mail that tells nothing");
    }
}

bw_status bw_report_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables)
{
    for (size_t i = 0; i < tables->records.count; i++) {
        const struct bw_record *record = &tables->records.items[i];
        const bool is_say = bw_eq(record->kind, BW_S("say")), is_word = bw_eq(record->kind, BW_S("word"));
        /* Words of the command's help are printed as they stand. */
        for (size_t k = 1;
             (is_say || (is_word && !bw_starts(record->id, BW_S("help.")))) && k < record->count; k++)
            check_template(out, arena, tables, record, &record->entries[k]);
        if (bw_eq(record->kind, BW_S("language")) &&
            bw_table_record(tables, "language", record->id) == record)
            check_language(out, arena, tables, record);
    }
    return bw_arena_failed(arena) ? BW_NO_MEMORY : BW_OK;
}
