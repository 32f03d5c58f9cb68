/* Sentences: every cause has them in every language, and the languages hold the same ids. */
#include "diagnose/internal.h"

static const struct bw_record *text_in(const struct bw_tables *tables, bw_slice language,
                                       const struct bw_record *record)
{
    char name[16];
    if (language.n >= sizeof name)
        return NULL;
    for (size_t i = 0; i <= language.n; i++)
        name[i] = i < language.n ? language.p[i] : 0;
    return bw_table_text(tables, name, bw_eq(record->kind, BW_S("say")) ? "say" : "word", record->id);
}

static size_t count_of(const struct bw_record *record, const char *key)
{
    size_t at = 0, count = 0;
    while (bw_record_next(record, key, &at))
        count++;
    return count;
}

static bool is_text(const struct bw_record *record)
{
    return bw_eq(record->kind, BW_S("say")) || bw_eq(record->kind, BW_S("word"));
}

/* A text of one language against the same text of another. */
static void compare(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record,
                    const struct bw_record *other, bw_slice language)
{
    static const char *const keys[] = {"head",       "who",        "step", "note",    "admin-who",
                                       "admin-step", "admin-note", "to",   "subject", "para",
                                       "section",    "item",       "quote"};
    if (!other) {
        bw_finding_add(out, arena, record, NULL, "language \"%.*s\" has no %.*s \"%.*s\"", BW_ARG(language),
                       BW_ARG(record->kind), BW_ARG(record->id));
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (count_of(record, keys[i]) != count_of(other, keys[i]))
            bw_finding_add(out, arena, record, NULL,
                           "\"%s\" stands %zu times here and %zu times in language \"%.*s\"", keys[i],
                           count_of(record, keys[i]), count_of(other, keys[i]), BW_ARG(language));
}

static void check_language(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables,
                           const struct bw_record *language)
{
    for (size_t i = 0; i < tables->records.count; i++) {
        const struct bw_record *record = &tables->records.items[i];
        if (is_text(record) && !bw_eq(record->file->language, language->id) && record->file->layer == 0)
            compare(out, arena, record, text_in(tables, language->id, record), language->id);
    }
}

/* Every sign has its sentence, or a reader would see its id. */
static void check_signs(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables)
{
    for (size_t i = 0; i < tables->signs.count; i++) {
        const struct bw_sign *sign = &tables->signs.items[i];
        const bw_slice id = bw_format(arena, "sign.%.*s", BW_ARG(sign->id));
        if (sign->as == BW_SIGN_AGAINST && !bw_table_text(tables, "en", "word", id))
            bw_finding_add(out, arena, sign->record, NULL, "there is no word \"%.*s\"", BW_ARG(id));
    }
}

void bw_check_texts(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables)
{
    check_signs(out, arena, tables);
    for (size_t i = 0; i < tables->records.count; i++)
        if (bw_eq(tables->records.items[i].kind, BW_S("language")) &&
            tables->records.items[i].file->layer == 0)
            check_language(out, arena, tables, &tables->records.items[i]);
}
