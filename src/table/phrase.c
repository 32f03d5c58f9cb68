/* Phrases: a part that many regexes share, written once and named where it is used, "{$name}". They are filled in as a
 * file is read, so that nothing behind it knows of them. */
#include "table/internal.h"

enum { VALUE_MAX = 0xFFFF }; /* the embedded records count the bytes of a value in two */

static const struct bw_phrase *find(const struct bw_tables *tables, bw_slice name)
{
    for (size_t i = tables->phrases.count; i-- > 0;) /* the newest layer's first */
        if (bw_eq(tables->phrases.items[i].name, name))
            return &tables->phrases.items[i];
    return NULL;
}

/* The next "{$name}" of text: its offset, its length in *n; BW_NONE for none. */
static size_t next_use(bw_slice *name, size_t *n, bw_slice text, size_t from)
{
    const size_t at = bw_find(text, BW_S("{$"), from);
    const size_t close = at == BW_NONE ? BW_NONE : bw_find_byte(text, '}', at);
    if (close == BW_NONE)
        return BW_NONE;
    *name = bw_sub(text, at + 2, close);
    *n = close + 1 - at;
    return at;
}

bw_status bw_phrases_fill(struct bw_tables *tables, const struct bw_table_file *file, struct bw_entry *entry,
                          struct bw_error *err)
{
    const bw_slice text = entry->value;
    struct bw_buf whole;
    bw_slice name;
    size_t done = 0, n = 0, at = next_use(&name, &n, text, 0);
    if (at == BW_NONE)
        return BW_OK;
    bw_buf_init(&whole, VALUE_MAX);
    for (; at != BW_NONE; at = next_use(&name, &n, text, done)) {
        const struct bw_phrase *phrase = find(tables, name);
        if (!phrase) {
            bw_buf_clear(&whole);
            return bw_fail_at(err, BW_BAD_TABLE, file->name.p, entry->line, entry->column + (unsigned)at,
                              "there is no phrase \"%.*s\" above", BW_ARG(name));
        }
        bw_put(&whole, bw_sub(text, done, at));
        bw_put(&whole, phrase->text);
        done = at + n;
    }
    bw_put(&whole, bw_sub(text, done, text.n));
    const bool cut = whole.truncated;
    entry->value = bw_buf_take(&whole, tables->arena);
    if (cut)
        return bw_fail_at(err, BW_BAD_TABLE, file->name.p, entry->line, entry->column,
                          "with its phrases the value is longer than %d bytes", VALUE_MAX);
    return entry->value.p ? BW_OK : bw_fail(err, BW_NO_MEMORY, "out of memory");
}

bw_status bw_phrase_add(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err)
{
    struct bw_phrase *phrase = bw_push(tables->arena, &tables->phrases);
    struct bw_buf text;
    size_t at = 0;
    bw_buf_init(&text, 0);
    bw_puts(&text, "(?:");
    for (const struct bw_entry *entry; (entry = bw_record_next(record, "is", &at));) {
        if (text.n > 3)
            bw_putc(&text, '|');
        bw_put(
            &text,
            bw_unwrapped(entry->value)); /* another phrase as an alternative: its own are alternatives here */
    }
    bw_putc(&text, ')');
    const bw_slice whole = bw_buf_take(&text, tables->arena);
    if (!phrase || !whole.p)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    *phrase = (struct bw_phrase){record->id, whole};
    return BW_OK;
}
