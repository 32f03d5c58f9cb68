/* Shared by the files of the table stage only. */
#ifndef BW_TABLE_INTERNAL_H
#define BW_TABLE_INTERNAL_H

#include "table/table.h"

/* One kind of record and its keys. */
struct bw_key {
    const char *name;
    bool required;
    bool repeats;
    bool regex;            /* the value is a regex */
    const char *reference; /* kind of the record that the value names, NULL for none */
};

/* One kind of record. */
struct bw_kind_schema {
    const char *name;
    bool per_language; /* its id is unique within a language only */
    const struct bw_key *keys;
    size_t key_count;
};

/* The schema of a kind; NULL for an unknown kind. Static. */
const struct bw_kind_schema *bw_schema(bw_slice kind);
/* The key of a kind; NULL for an unknown key. Static. */
const struct bw_key *bw_schema_key(const struct bw_kind_schema *schema, bw_slice key);

/* Splits a file into records and appends them to tables->records. BW_OK, BW_NO_MEMORY or BW_BAD_TABLE. */
bw_status bw_stanza_read(struct bw_tables *tables, struct bw_table_file *file, struct bw_error *err);

/* A new record out of its entries (count of them, at least one; arena-owned). BW_OK or BW_NO_MEMORY. */
bw_status bw_record_add(struct bw_tables *tables, struct bw_table_file *file, struct bw_entry *entries,
                        size_t count, struct bw_error *err);

/* Reads the embedded files as layer 0. BW_OK, BW_NO_MEMORY or BW_BAD_TABLE. */
bw_status bw_load_embedded(struct bw_tables *tables, struct bw_error *err);
/* Reads a file, or the table files in a folder and the folders in it. layer: of what is read. The same statuses and
 * BW_IO. */
bw_status bw_load_path(struct bw_tables *tables, const char *path, unsigned layer, struct bw_error *err);

/* Decides which record of each id is in effect and fills the index. */
bw_status bw_layers_resolve(struct bw_tables *tables, struct bw_error *err);
/* True when the record is the one in effect. */
bool bw_in_effect(const struct bw_record *record);

/* Fills the typed views from the records in effect. */
bw_status bw_views_fill(struct bw_tables *tables, struct bw_error *err);
/* Fills one format from its record. */
bw_status bw_format_fill(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err);
/* Fills the phrases in that a value names. BW_OK, BW_NO_MEMORY, or BW_BAD_TABLE with the place. */
bw_status bw_phrases_fill(struct bw_tables *tables, const struct bw_table_file *file, struct bw_entry *entry,
                          struct bw_error *err);
/* Makes a phrase record known to the values that are read behind it. BW_OK or BW_NO_MEMORY. */
bw_status bw_phrase_add(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err);
/* The same for a sign record. */
bw_status bw_sign_fill(struct bw_tables *tables, const struct bw_record *record, struct bw_error *err);
/* Fills zones, aliases, hosts and their indexes from lists and receivers. */
bw_status bw_names_fill(struct bw_tables *tables, struct bw_error *err);

/* A new regex of the tables, released with them. Compiled at once where the record's layer is not the embedded one. */
bw_status bw_regex_add(struct bw_regex **out, struct bw_tables *tables, const struct bw_record *record,
                       const struct bw_entry *entry, bw_slice pattern, bool lines, struct bw_error *err);
/* A pattern as regexes of the list, one for each alternative: a long one compiles only as far as the text can match. */
bw_status bw_regexes_add(bw_regex_list *list, struct bw_tables *tables, const struct bw_record *record,
                         const struct bw_entry *entry, bw_slice pattern, bool lines, struct bw_error *err);

/* What is wrong with a record as far as the schema tells: unknown kind or key, missing key, a key that may stand once
 * repeated, a value that is none of the allowed. Findings are pushed. */
void bw_record_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record);
/* Values that name a record which is not in effect. Findings are pushed. */
void bw_references_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables,
                         const struct bw_record *record);
/* Splits "where regex" of a condition; false where the first word is no place. */
bool bw_condition_split(enum bw_where *where, bw_slice *pattern, bw_slice value);

/* A formula is bytes: a type, the size of what follows the head (two bytes, the lower first), then a literal (lower
 * case, three bytes or more) or more formulas. */
enum { BW_FORMULA_LITERAL = 1, BW_FORMULA_ALL = 2, BW_FORMULA_ANY = 3, BW_FORMULA_HEAD = 3 };

/* Bytes behind the head. */
static inline size_t bw_formula_size(const unsigned char *formula)
{
    return (size_t)formula[1] | (size_t)formula[2] << 8;
}

/* What every match of the pattern must hold; arena-owned. NULL where nothing can be told (or without memory). */
const unsigned char *bw_formula_of(struct bw_arena *arena, bw_slice pattern);
/* False when a text with these grams cannot hold it. formula or grams NULL: true. */
bool bw_formula_possible(const unsigned char *formula, const struct bw_grams *grams);
/* Cuts the first of a pattern's alternatives ("a|b" outside of groups) off *rest, which becomes unknown behind the last.
 * Borrowed. */
bw_slice bw_next_alternative(bw_slice *rest);
/* What is inside of a group without a name that is the whole pattern ("(?:a|b)"); else the pattern. Borrowed. */
bw_slice bw_unwrapped(bw_slice pattern);

/* The bytes that grams are made of: A-Z lowered, two-byte letters with case (Latin-1, Cyrillic) folded. Fills bytes
 * (room for text.n) and returns their number. */
size_t bw_fold(char *bytes, bw_slice text);

#endif
