/* The stanza language: records of "key: value" lines, a blank line between records, '#' comments at line start,
 * continuation by indent. */
#include "table/internal.h"

#include <string.h>

struct reader {
    struct bw_tables *tables;
    struct bw_table_file *file;
    struct bw_error *err;
    unsigned line;
    bool lean;     /* pass over what only a check reads */
    bool skipping; /* the line above was passed over: so are its continuations */
    BW_LIST(struct bw_entry) entries;
    size_t room; /* bytes behind the last entry's value, 0 while it is borrowed from the file */
};

static bool is_key_byte(char c) { return bw_is_alnum(c) || c == '-'; }

static bw_status mistake(struct reader *reader, unsigned column, const char *what)
{
    return bw_fail_at(reader->err, BW_BAD_TABLE, reader->file->name.p, reader->line, column, "%s", what);
}

static bw_status no_memory(struct reader *reader)
{
    return bw_fail(reader->err, BW_NO_MEMORY, "out of memory");
}

/* Keys of the embedded files that nothing but a check reads. */
static bool only_for_checks(const struct reader *reader, bw_slice key)
{
    if (reader->entries.count == 0 || bw_eq(reader->entries.items[0].key, BW_S("say")))
        return false; /* a sentence's notes are for readers */
    static const char *const keys[] = {"example", "expect",  "source", "not",
                                       "note",    "checked", "answer", "sample"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (key.p[0] == keys[i][0] && bw_eq(key, bw_str(keys[i])))
            return true;
    return false;
}

/* "key: value" into a new entry. */
static bw_status read_entry(struct reader *reader, bw_slice line)
{
    size_t colon = 0;
    while (colon < line.n && is_key_byte(line.p[colon]))
        colon++;
    if (colon == 0 || colon == line.n || line.p[colon] != ':')
        return mistake(reader, 1, "expected \"key: value\"");
    size_t from = colon + 1;
    while (from < line.n && (line.p[from] == ' ' || line.p[from] == '\t'))
        from++;
    reader->skipping = reader->lean && only_for_checks(reader, bw_sub(line, 0, colon));
    if (reader->skipping)
        return BW_OK;
    struct bw_entry *entry = bw_push(reader->tables->arena, &reader->entries);
    if (!entry)
        return no_memory(reader);
    entry->key = bw_sub(line, 0, colon);
    entry->value = bw_trim(bw_sub(line, from, line.n));
    reader->room = 0;
    entry->line = reader->line;
    entry->column = (unsigned)from + 1;
    return BW_OK;
}

/* An indented line: joined to the value above with one space. */
static bw_status read_continuation(struct reader *reader, bw_slice line)
{
    if (reader->skipping)
        return BW_OK;
    if (reader->entries.count == 0)
        return mistake(reader, 1, "a continuation line without a line above it");
    struct bw_entry *entry = &reader->entries.items[reader->entries.count - 1];
    line = bw_trim(line);
    const size_t gap = entry->value.n ? 1 : 0, n = entry->value.n + gap + line.n;
    if (n > reader->room) {
        char *joined = bw_arena_alloc(reader->tables->arena, n * 2);
        if (!joined)
            return no_memory(reader);
        memcpy(joined, entry->value.p, entry->value.n);
        entry->value.p = joined;
        reader->room = n * 2;
    }
    char *end = (char *)entry->value.p + entry->value.n; /* in joined, which is ours */
    if (gap)
        *end++ = ' ';
    memcpy(end, line.p, line.n);
    entry->value.n = n;
    return BW_OK;
}

static bool is_yes(bw_slice value) { return bw_ieq(value, BW_S("yes")); }

bw_status bw_record_add(struct bw_tables *tables, struct bw_table_file *file, struct bw_entry *entries,
                        size_t count, struct bw_error *err)
{
    struct bw_record *record = bw_push(tables->arena, &tables->records);
    if (!record)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    record->file = file;
    record->entries = entries;
    record->count = count;
    record->kind = entries[0].key;
    record->id = entries[0].value;
    const bool like_before = tables->records.count > 1 && bw_eq(record[-1].kind, record->kind);
    record->schema = like_before ? record[-1].schema : bw_schema(record->kind);
    record->line = entries[0].line;
    record->disabled = is_yes(bw_record_get(record, "disabled"));
    if (bw_eq(record->kind, BW_S("language")))
        file->language = record->id;
    return bw_eq(record->kind, BW_S("phrase")) ? bw_phrase_add(tables, record, err) : BW_OK;
}

/* The entries read so far as one record. */
static bw_status end_record(struct reader *reader)
{
    if (reader->entries.count == 0)
        return BW_OK;
    const struct bw_entry *first = &reader->entries.items[0];
    if (first->value.n == 0)
        return bw_fail_at(reader->err, BW_BAD_TABLE, reader->file->name.p, first->line, first->column,
                          "a record begins with its kind and id, as in \"rule: my-rule\"");
    struct bw_entry *entries = reader->entries.items;
    const size_t count = reader->entries.count;
    memset(&reader->entries, 0, sizeof reader->entries);
    for (size_t i = 1; i < count; i++) {
        const bw_status status = bw_phrases_fill(reader->tables, reader->file, &entries[i], reader->err);
        if (status)
            return status;
    }
    return bw_record_add(reader->tables, reader->file, entries, count, reader->err);
}

static bw_status read_line(struct reader *reader, bw_slice line)
{
    if (bw_trim(line).n == 0)
        return end_record(reader);
    if (line.p[0] == '#')
        return BW_OK;
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return read_continuation(reader, line);
    return read_entry(reader, line);
}

bw_status bw_stanza_read(struct bw_tables *tables, struct bw_table_file *file, struct bw_error *err)
{
    struct reader reader = {
        .tables = tables, .file = file, .err = err, .lean = file->layer == 0 && !tables->full};
    bw_slice rest = file->bytes, line;
    if (bw_starts(rest, BW_S("\xEF\xBB\xBF")))
        rest = bw_sub(rest, 3, rest.n);
    if (file->layer > 0 && !bw_utf8_valid(rest)) /* the embedded ones are checked by the tests */
        return bw_fail_at(err, BW_BAD_TABLE, file->name.p, 0, 0, "not UTF-8 text");
    while (bw_next_line(&line, &rest)) {
        reader.line++;
        const bw_status status = read_line(&reader, line);
        if (status)
            return status;
    }
    return end_record(&reader);
}

bw_slice bw_record_get(const struct bw_record *record, const char *key)
{
    size_t at = 0;
    const struct bw_entry *entry = bw_record_next(record, key, &at);
    return entry ? entry->value : BW_NULL;
}

const struct bw_entry *bw_record_next(const struct bw_record *record, const char *key, size_t *at)
{
    const size_t length = strlen(key);
    while (*at < record->count) {
        const struct bw_entry *entry = &record->entries[(*at)++];
        if (entry->key.n == length && entry->key.p[0] == key[0] && memcmp(entry->key.p, key, length) == 0)
            return entry;
    }
    return NULL;
}

bw_slice bw_record_place(struct bw_arena *arena, const struct bw_record *record)
{
    return bw_format(arena, "%.*s:%u", BW_ARG(record->file->name), record->line);
}
