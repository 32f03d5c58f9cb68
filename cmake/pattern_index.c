/* A program of the build: takes the embedded tables apart and works out what their regexes must hold, so that the program
 * itself need not at each start. Writes the bytes that src/table/embedded.h describes.
 * usage: pattern_index INDEX RECORDS */
#include "table/embedded.h"
#include "table/table.h"

#include <stdio.h>

const unsigned char bw_embedded_index[1] = {0};
const size_t bw_embedded_index_size = 0;
const unsigned char bw_embedded_records[1] = {0};
const size_t bw_embedded_records_size = 0;

static void put_number(FILE *out, size_t number, unsigned bytes)
{
    for (; bytes > 0; bytes--, number >>= 8)
        fputc((int)(number & 0xFF), out);
}

static void put_record(FILE *out, const struct bw_record *record)
{
    fputc(2, out);
    put_number(out, record->line, 4);
    put_number(out, record->count, 2);
    for (size_t i = 0; i < record->count; i++) {
        const struct bw_entry *entry = &record->entries[i];
        put_number(out, entry->key.n, 1);
        put_number(out, entry->value.n, 2);
        fwrite(entry->key.p, 1, entry->key.n, out);
        fwrite(entry->value.p, 1, entry->value.n, out);
    }
}

static void put_records(FILE *out, const struct bw_tables *tables)
{
    put_number(out, tables->records.count, 4);
    put_number(out, tables->regexes.count, 4);
    for (size_t file = 0, i = 0; file < tables->files.count; file++) {
        fputc(1, out);
        put_number(out, file, 2);
        for (; i < tables->records.count && tables->records.items[i].file == tables->files.items[file]; i++)
            put_record(out, &tables->records.items[i]);
    }
}

/* A number too large for its bytes would be written wrongly. */
static int fits(const struct bw_tables *tables)
{
    for (size_t i = 0; i < tables->records.count; i++) {
        const struct bw_record *record = &tables->records.items[i];
        for (size_t k = 0; k < record->count; k++)
            if (record->count > 0xFFFF || record->entries[k].key.n > 0xFF ||
                record->entries[k].value.n > 0xFFFF) {
                fprintf(stderr, "%s:%u: a record too large to embed\n", record->file->name.p, record->line);
                return 0;
            }
    }
    return 1;
}

static void put_regex(FILE *out, const struct bw_regex *regex)
{
    const unsigned char *formula = bw_regex_formula(regex);
    const size_t size = formula ? 3 + ((size_t)formula[1] | (size_t)formula[2] << 8) : 0;
    put_number(out, bw_regex_pattern(regex).n, 2);
    put_number(out, size, 2);
    if (formula)
        fwrite(formula, 1, size, out);
}

int main(int argc, char **argv)
{
    struct bw_error err = {0};
    struct bw_tables *tables;
    if (argc != 3 || bw_tables_open(&tables, NULL, 0, &err)) {
        fprintf(stderr, "%s:%u:%u: %s\n", err.file, err.line, err.column,
                argc == 3 ? err.message : "name two files");
        return 1;
    }
    FILE *index = fopen(argv[1], "wb"), *records = fopen(argv[2], "wb");
    int failed = !index || !records || !fits(tables);
    for (size_t i = 0; !failed && i < tables->regexes.count; i++)
        put_regex(index, tables->regexes.items[i]);
    if (!failed)
        put_records(records, tables);
    failed = failed || ferror(index) || ferror(records);
    if (index && fclose(index))
        failed = 1;
    if (records && fclose(records))
        failed = 1;
    bw_tables_free(tables);
    return failed;
}
