/* What is wrong with the tables, as far as the tables alone tell. */
#include "table/internal.h"

#include <stdio.h>
#include <string.h>

enum { BEFORE_CARET = 100, BEHIND_CARET = 60 }; /* bytes of a long line that are shown around its place */

void bw_finding_add(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record,
                    const struct bw_entry *entry, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct bw_finding *finding = bw_push(arena, out);
    if (!finding)
        return;
    finding->file = record->file;
    finding->line = entry ? entry->line : record->line;
    finding->column = entry ? entry->column : 1;
    finding->message = bw_dup(arena, bw_str(text));
}

/* The start of the character that the byte at offset at belongs to. */
static size_t character_at(bw_slice line, size_t at)
{
    while (at < line.n && at > 0 && ((unsigned char)line.p[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* Columns in front of the caret. A tab is shown as one space. */
static size_t caret_column(bw_slice before)
{
    size_t columns = bw_width(before);
    for (size_t i = 0; i < before.n; i++)
        columns += before.p[i] == '\t';
    return columns;
}

bw_slice bw_finding_text(struct bw_arena *arena, const struct bw_finding *finding)
{
    bw_slice rest = finding->file->bytes, line = BW_S("");
    for (unsigned i = 0; i < finding->line; i++)
        if (!bw_next_line(&line, &rest))
            break;
    const unsigned column = finding->column ? finding->column : 1;
    size_t at = column - 1 > line.n ? line.n : column - 1, from = at > BEFORE_CARET ? at - BEFORE_CARET : 0;
    from = character_at(line, from);
    at = character_at(line, at);
    const bw_slice shown = bw_sub(line, from, character_at(line, at + BEHIND_CARET));
    return bw_format(arena, "%.*s:%u:%u: %.*s\n    %.*s\n    %*s^\n", BW_ARG(finding->file->name),
                     finding->line, column, BW_ARG(finding->message), BW_ARG(shown),
                     (int)caret_column(bw_sub(line, from, at)), "");
}

static bool allowed(bw_slice value, const char *words)
{
    bw_slice rest = bw_str(words), word;
    while (bw_next_word(&word, &rest))
        if (bw_eq(word, value))
            return true;
    return false;
}

/* Keys whose value is one of a few words. */
static void check_value(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record,
                        const struct bw_entry *entry)
{
    static const struct {
        const char *kind, *key, *words;
    } enums[] = {
        {"rule", "tier", "exact words weak"},
        {"rule", "variant", "network private dynamic not-a-listing closed loop"},
        {"rule", "disposition", "hard soft block none undetermined"},
        {"rule", "actor", "sender sender-admin recipient recipient-admin nobody"},
        {"receiver", "method", "form self-service isp-only auto-expiry email none unknown"},
        {"receiver", "who", "ip-owner isp anyone nobody unknown"},
        {"list", "status", "active closed unknown"},
        {"list", "scope", "address network dynamic"},
        {"list", "lists", "ip domain mixed"},
        {"list", "method", "form self-service isp-only auto-expiry email none unknown"},
        {"list", "who", "ip-owner isp anyone nobody unknown"},
        {"list", "fee", "none paid-express paid"},
        {"receiver", "fee", "none paid-express paid"},
        {"format", "guessed", "yes no"},
        {"format", "spaces", "_"},
        {"format", "rest", "text ignore"},
        {"format", "blank", "closes keeps"},
        {"format", "action", "failed delayed delivered relayed expanded"},
        {"format", "kind", "bounce receipt auto-reply complaint not-a-bounce"},
        {"sign", "as", "claim against for"},
        {"sign", "weight", "1 2 3 4"},
        {"cause", "disposition", "hard soft block none undetermined"},
        {"cause", "block", "if-address names-domain in-reply"},
        {"cause", "actor", "sender sender-admin recipient recipient-admin nobody"},
    };
    for (size_t i = 0; i < sizeof enums / sizeof *enums; i++)
        if (bw_eq(record->kind, bw_str(enums[i].kind)) && bw_eq(entry->key, bw_str(enums[i].key)) &&
            !allowed(entry->value, enums[i].words))
            bw_finding_add(out, arena, record, entry, "\"%.*s\" is none of: %s", BW_ARG(entry->value),
                           enums[i].words);
}

static void check_entry(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record,
                        size_t at, const struct bw_kind_schema *schema)
{
    const struct bw_entry *entry = &record->entries[at];
    const struct bw_key *key = bw_schema_key(schema, entry->key);
    if (!key) {
        bw_finding_add(out, arena, record, entry, "unknown key \"%.*s\" in a %s", BW_ARG(entry->key),
                       schema->name);
        return;
    }
    if (entry->value.n == 0)
        bw_finding_add(out, arena, record, entry, "\"%.*s\" has no value", BW_ARG(entry->key));
    const bool per_section = bw_eq(record->kind, BW_S("format"));
    for (size_t i = 0; i < at && !key->repeats && !per_section; i++)
        if (bw_eq(record->entries[i].key, entry->key))
            bw_finding_add(out, arena, record, entry, "\"%.*s\" may stand once only", BW_ARG(entry->key));
    check_value(out, arena, record, entry);
}

static bool id_is_plain(bw_slice id)
{
    for (size_t i = 0; i < id.n; i++) {
        const char c = id.p[i];
        if (!bw_is_digit(c) && !(c >= 'a' && c <= 'z') && c != '.' && c != '-')
            return false;
    }
    return true;
}

void bw_record_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record)
{
    const struct bw_kind_schema *schema = record->schema;
    if (!schema) {
        bw_finding_add(out, arena, record, NULL, "unknown kind of record \"%.*s\"", BW_ARG(record->kind));
        return;
    }
    if (!id_is_plain(record->id))
        bw_finding_add(out, arena, record, &record->entries[0], "an id is made of a-z, 0-9, \".\" and \"-\"");
    if (schema->per_language && !record->file->language.p)
        bw_finding_add(out, arena, record, NULL, "a text file begins with \"language: ...\"");
    for (size_t i = 0; i < record->count; i++)
        check_entry(out, arena, record, i, schema);
    for (size_t i = 0; i < schema->key_count && !record->disabled; i++)
        if (schema->keys[i].required && !bw_record_get(record, schema->keys[i].name).p)
            bw_finding_add(out, arena, record, NULL, "the %s has no \"%s\"", schema->name,
                           schema->keys[i].name);
}

void bw_references_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables,
                         const struct bw_record *record)
{
    const struct bw_kind_schema *schema = record->schema;
    for (size_t i = 1; schema && i < record->count; i++) {
        const struct bw_entry *entry = &record->entries[i];
        const struct bw_key *key = bw_schema_key(schema, entry->key);
        if (key && key->reference && !bw_table_record(tables, key->reference, entry->value))
            bw_finding_add(out, arena, record, entry, "there is no %s \"%.*s\"", key->reference,
                           BW_ARG(entry->value));
    }
}

/* A record that is not in effect though nothing of a newer layer replaced it. */
static void check_repeated(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables,
                           const struct bw_record *record)
{
    for (const struct bw_record *other = tables->records.items; other < record; other++)
        if (other->file->layer == record->file->layer && bw_eq(other->id, record->id) &&
            bw_eq(other->kind, record->kind) && bw_eq(other->file->language, record->file->language)) {
            const bw_slice place = bw_record_place(arena, other);
            bw_finding_add(out, arena, record, &record->entries[0], "the id \"%.*s\" stands already at %.*s",
                           BW_ARG(record->id), BW_ARG(place));
            return;
        }
}

static void check_regex(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record,
                        const struct bw_entry *entry, bw_slice pattern)
{
    char message[256];
    size_t at = 0;
    struct bw_regex *regex = bw_regex_new(arena, pattern, NULL, false);
    if (!regex)
        return;
    if (bw_regex_compile(regex, &at, message, sizeof message) == BW_BAD_TABLE) {
        struct bw_entry place = *entry;
        place.column += (unsigned)((size_t)(pattern.p - entry->value.p) + at);
        bw_finding_add(out, arena, record, &place, "%s", message);
    }
    bw_regex_release(regex);
}

static void check_regexes(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record)
{
    const struct bw_kind_schema *schema = record->schema;
    for (size_t i = 1; schema && i < record->count; i++) {
        const struct bw_entry *entry = &record->entries[i];
        const struct bw_key *key = bw_schema_key(schema, entry->key);
        enum bw_where where;
        bw_slice pattern;
        if (key && key->regex)
            check_regex(out, arena, record, entry, entry->value);
        else if (bw_eq(record->kind, BW_S("format")) && bw_eq(entry->key, BW_S("section")) &&
                 !bw_eq(entry->value, BW_S("*")))
            check_regex(out, arena, record, entry, entry->value);
        else if (allowed(record->kind, "format sign") &&
                 allowed(entry->key, "if unless delayed-if doubtful-if set")) {
            if (bw_condition_split(&where, &pattern, entry->value) &&
                (where < BW_WHERE_FILES || bw_eq(record->kind, BW_S("sign"))))
                check_regex(out, arena, record, entry, pattern);
            else
                bw_finding_add(out, arena, record, entry,
                               "expected one of body, subject, from, header, files, links, self and a regex");
        }
    }
}

/* A page: a scheme, a host with a dot, and no placeholder but those that are filled in; or an address to write to. */
static bool is_page(bw_slice url)
{
    const bool https = bw_istarts(url, BW_S("https://"));
    const bw_slice rest = bw_sub(url, https ? 8 : 7, url.n);
    const bw_slice host = bw_sub(rest, 0, bw_find_byte(rest, '/', 0));
    if (bw_istarts(url, BW_S("mailto:")))
        return bw_find_byte(url, '@', 0) != BW_NONE;
    if ((!https && !bw_istarts(url, BW_S("http://"))) || bw_find_byte(host, '.', 0) == BW_NONE)
        return false;
    for (size_t i = 0; i < url.n; i++) {
        const bw_slice here = bw_sub(url, i, url.n);
        if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 0x7F || url.p[i] == '<')
            return false;
        if (url.p[i] == '{' && !bw_starts(here, BW_S("{ip}")) && !bw_starts(here, BW_S("{domain}")))
            return false;
    }
    for (size_t i = 0; i < host.n; i++)
        if (!bw_is_alnum(host.p[i]) && !strchr("-.:", host.p[i]))
            return false;
    return true;
}

/* A list or receiver sends people to pages: those have to be ones, and a list that is run has to have one. */
static void check_pages(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record)
{
    const bool list = bw_eq(record->kind, BW_S("list"));
    if (!list && !bw_eq(record->kind, BW_S("receiver")))
        return;
    for (size_t i = 1; i < record->count; i++) {
        const struct bw_entry *entry = &record->entries[i];
        if (allowed(entry->key, "lookup removal help") && !is_page(entry->value))
            bw_finding_add(out, arena, record, entry,
                           "\"%.*s\" is no page (http, https or mailto, {ip} and {domain})",
                           BW_ARG(entry->value));
    }
    if (list && bw_eq(bw_record_get(record, "status"), BW_S("active")) && !bw_record_get(record, "lookup").n)
        bw_finding_add(out, arena, record, NULL, "a list that is run has no \"lookup\" page");
}

/* A code that the rule picks out is shown to people: they have to be told what it means; by the tables of the program in
 * each of its languages. */
static void check_meanings(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record)
{
    size_t at = 0;
    bool code = false;
    for (const struct bw_entry *entry; (entry = bw_record_next(record, "match", &at));)
        code = code || bw_find(entry->value, BW_S("(?<code>"), 0) != BW_NONE;
    if (!bw_eq(record->kind, BW_S("rule")) || !code)
        return;
    for (size_t i = 0; i < (record->file->layer == 0 ? 2 : 1); i++)
        if (!bw_record_get(record, i ? "means-ja" : "means").n)
            bw_finding_add(out, arena, record, NULL, "the rule finds a code and has no \"%s\"",
                           i ? "means-ja" : "means");
}

bw_status bw_table_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables)
{
    for (size_t i = 0; i < tables->records.count; i++) {
        const struct bw_record *record = &tables->records.items[i];
        bw_record_check(out, arena, record);
        check_repeated(out, arena, tables, record);
        check_regexes(out, arena, record);
        check_pages(out, arena, record);
        check_meanings(out, arena, record);
        if (bw_in_effect(record))
            bw_references_check(out, arena, tables, record);
    }
    return bw_arena_failed(arena) ? BW_NO_MEMORY : BW_OK;
}
