/* The table stage: stanza files -> records, in layers; and regexes that compile when first needed.
 * Knows nothing of mail. Everything here is owned by struct bw_tables unless a comment says otherwise. */
#ifndef BW_TABLE_H
#define BW_TABLE_H

#include "base/base.h"
#include "bouncewhy/tables.h"

/* ---- records ----------------------------------------------------------------------------------------- */

/* A file as read. Layers count up: 0 embedded, then one for each path given. */
struct bw_table_file {
    bw_slice name; /* as printed in messages; NUL-terminated */
    bw_slice bytes;
    bw_slice language; /* of a text file: "ja"; unknown elsewhere */
    unsigned layer;
};

/* One "key: value" line with its continuations joined by a space. */
struct bw_entry {
    bw_slice key, value;
    unsigned line, column; /* of the value */
};

/* One record: entries[0] is its kind and id. */
struct bw_record {
    const struct bw_table_file *file;
    const struct bw_entry *entries;
    size_t count;
    bw_slice kind, id;
    const struct bw_kind_schema *schema; /* NULL for an unknown kind */
    unsigned line;
    const struct bw_record *replaces; /* the record of a lower layer that this one replaced */
    bool disabled;
    bool superseded; /* another record has its id: of a higher layer, or the first of its own */
};

/* The value of the first entry with that key; unknown slice without one. */
bw_slice bw_record_get(const struct bw_record *record, const char *key);
/* The next entry with that key at or after *at, which moves behind it; NULL at the end. Start with *at = 0. */
const struct bw_entry *bw_record_next(const struct bw_record *record, const char *key, size_t *at);

/* ---- regexes (the only PCRE2) ------------------------------------------------------------------------ */

/* Groups of a regex that are kept, the whole match counted as one. */
enum { BW_GROUPS_MAX = 24 };

/* A pattern that compiles on first use. */
struct bw_regex;

/* Which three-byte sequences a text holds: tells cheaply that a regex cannot match it. Caller-owned. */
struct bw_grams {
    uint64_t bits[1024];
};

/* Where a regex matched. Borrows the text. */
struct bw_match {
    const struct bw_regex *regex;
    bw_slice text;
    size_t from, end;
    struct {
        size_t from, end; /* BW_NONE for a group that took no part */
    } groups[BW_GROUPS_MAX];
};

/* PCRE2's scratch memory and ceilings for one thread. */
struct bw_matcher;
/* A matcher with the regex_ ceilings of the limits (borrowed during the call). Owned by the caller; NULL without
 * memory. */
struct bw_matcher *bw_matcher_new(const struct bw_limits *limits);
/* Frees it. NULL is allowed. */
void bw_matcher_free(struct bw_matcher *matcher);
/* True after any match of this matcher gave up at a ceiling. */
bool bw_matcher_gave_up(const struct bw_matcher *matcher);
/* True after any match of this matcher ran out of memory: what did not match may have been meant to. */
bool bw_matcher_failed(const struct bw_matcher *matcher);

/* Fills *out for the text. */
void bw_grams_of(struct bw_grams *out, bw_slice text);
/* False when the text with these grams certainly does not hold the literal, A-Z and a-z being one. */
bool bw_grams_may_hold(const struct bw_grams *grams, bw_slice literal);
/* False when the regex certainly does not match a text with these grams. grams NULL: true. */
bool bw_regex_possible(const struct bw_regex *regex, const struct bw_grams *grams);
/* Matches text from offset from on. 1 found (*out filled), 0 not (also after a ceiling), -1 no memory. text: UTF-8. */
int bw_regex_match(struct bw_match *out, const struct bw_regex *regex, struct bw_matcher *matcher,
                   bw_slice text, size_t from);
/* The text of a named group; unknown where it took no part or the regex has none of that name. Borrowed. */
bw_slice bw_match_group(const struct bw_match *match, const char *name);
/* The matched text; borrowed. */
bw_slice bw_match_whole(const struct bw_match *match);
/* Compiles now. BW_OK, BW_NO_MEMORY, or BW_BAD_TABLE with *column the place inside the pattern (0-based) and message
 * (caller's, size bytes) PCRE2's words. */
bw_status bw_regex_compile(const struct bw_regex *regex, size_t *column, char *message, size_t size);
/* What every match must hold (src/table/formula.c), NULL where nothing can be told; borrowed. */
const unsigned char *bw_regex_formula(const struct bw_regex *regex);
/* The pattern as written; borrowed. */
bw_slice bw_regex_pattern(const struct bw_regex *regex);

/* A regex over a pattern borrowed from the tables; table-arena-owned (its compiled form too: freed by
 * bw_regex_release). lines: ^ and $ match at every line. formula: borrowed, may be NULL. NULL without memory. */
struct bw_regex *bw_regex_new(struct bw_arena *arena, bw_slice pattern, const unsigned char *formula,
                              bool lines);
/* Frees the compiled form. */
void bw_regex_release(struct bw_regex *regex);

/* ---- typed views -------------------------------------------------------------------------------------- */

/* Regexes that a key may give several of. */
typedef BW_LIST(struct bw_regex *) bw_regex_list;

/* cause: (causes.tbl) */
struct bw_cause {
    bw_slice id, disposition, actor;
    const struct bw_record *record;
};

/* code: (codes.tbl). pattern is "5.1.1", "x.2.2" (any class) or a reply code. */
struct bw_code {
    bw_slice pattern, cause;
    const struct bw_record *record;
};

/* How sure a rule's words are; an earlier tier beats a later one. */
enum bw_tier { BW_TIER_EXACT, BW_TIER_WORDS, BW_TIER_WEAK, BW_TIER_COUNT };

/* rule: (rules/, receivers/). What only the rule that decides is asked for (variant, list, receiver, disposition, actor,
 * means) is read from its record. */
struct bw_rule {
    bw_slice id, cause;
    enum bw_tier tier;
    bw_regex_list match, unless;
    struct bw_regex *when_status, *when_reply, *when_command; /* NULL where not asked for */
    const struct bw_record *record;
};

/* list: (blocklists/). There are hundreds and a mail names one or two: what else a record holds is read when asked for. */
struct bw_list {
    bw_slice id;
    const struct bw_record *record;
};

/* receiver: (receivers/) */
struct bw_receiver {
    bw_slice id, name, lookup, removal, help;
    const struct bw_record *record;
};

/* A text that names something: a list's zone or alias, or a host that somebody owns. */
struct bw_name {
    bw_slice text;
    const struct bw_list *list; /* one of the two is set */
    const struct bw_receiver *receiver;
};

/* Names in the order of the tables. */
typedef BW_LIST(struct bw_name) bw_name_list;

/* Names by bw_ihash of their text, open addressing; size is a power of two. */
struct bw_name_index {
    struct bw_name **slots;
    size_t size;
};

/* fact: (evidence/): what a phrase around or inside a reply tells, by its named groups. */
struct bw_fact {
    bw_slice id;
    struct bw_regex *match;
    const struct bw_record *record;
};

/* Where a condition of a format looks; files, links and self are for those of a sign only. */
enum bw_where {
    BW_WHERE_BODY,
    BW_WHERE_SUBJECT,
    BW_WHERE_FROM,
    BW_WHERE_HEADER,
    BW_WHERE_FILES,
    BW_WHERE_LINKS,
    BW_WHERE_SELF,
    BW_WHERE_COUNT
};

/* Regexes of which one must match, and the place for it: the alternatives of one regex in the body, where what cannot match
 * is told cheaply, else that regex. */
struct bw_condition {
    enum bw_where where;
    bw_regex_list any;
};
typedef BW_LIST(struct bw_condition) bw_condition_list;

/* What a format does with a line. */
enum bw_verb {
    BW_VERB_RECIPIENT,
    BW_VERB_LINE,
    BW_VERB_TEXT,
    BW_VERB_SKIP,
    BW_VERB_STOP,
    BW_VERB_BEFORE,
    BW_VERB_FIND
};

/* A verb and the lines that it takes. */
struct bw_step {
    enum bw_verb verb;
    struct bw_regex *regex;
};

/* A stretch of the body and how its lines are read. */
struct bw_section {
    struct bw_regex *begin; /* NULL: from the start of the body */
    struct bw_regex *end;   /* NULL: to the next section or the original */
    BW_LIST(struct bw_step) steps;
    bool rest_is_text; /* a line no step takes is text of the open delivery */
    bw_slice action;   /* of the recipients that it names; unknown: the format's */
    bool blank_closes; /* an empty line closes the open delivery */
};

/* format: (formats/) */
struct bw_format {
    bw_slice id, kind, action;
    bool guessed; /* any address on a line counts as a recipient: the notice's own reader is none */
    char space;   /* the byte that stands for a space in the text, 0 for none */
    bw_condition_list when, unless, delayed_if, doubtful_if, set;
    bw_regex_list original; /* a line that the returned original begins at or behind */
    BW_LIST(struct bw_section) sections;
    const struct bw_record *record;
};

/* What a sign is to the question whether a mail server wrote the notice: it claims to be one, it speaks against that, or
 * for it. */
enum bw_sign_as { BW_SIGN_CLAIM, BW_SIGN_AGAINST, BW_SIGN_FOR };

/* sign: (forged.tbl) */
struct bw_sign {
    bw_slice id;
    enum bw_sign_as as;
    unsigned weight;
    bw_condition_list when, unless;
    const struct bw_record *record;
};

/* phrase: what "{$name}" stands for, "(?:...)" around its alternatives. */
struct bw_phrase {
    bw_slice name, text;
};

/* The tables: records as read, and the views on those in effect. */
struct bw_tables {
    struct bw_arena *arena;
    BW_LIST(struct bw_table_file *) files;
    BW_LIST(struct bw_phrase) phrases;
    BW_LIST(struct bw_record) records; /* in effect and replaced ones, as read */
    struct {
        struct bw_record **slots;
        size_t size;
    } index;                                   /* by kind and id; the record in effect */
    BW_LIST(struct bw_regex *) regexes;        /* in the order of their making; to release */
    const unsigned char *index_at, *index_end; /* what is left of the embedded index while opening */
    bool full;                                 /* the embedded records hold what only a check reads, too */
    BW_LIST(struct bw_cause) causes;
    BW_LIST(struct bw_code) codes;
    BW_LIST(struct bw_rule) rules; /* by tier, layer (newest first), file, line */
    BW_LIST(struct bw_list) lists;
    BW_LIST(struct bw_receiver) receivers;
    BW_LIST(struct bw_fact) facts;
    BW_LIST(struct bw_format) formats;
    BW_LIST(struct bw_sign) signs;
    bw_name_list zones, aliases, hosts;
    struct bw_name_index zone_index, alias_index, host_index;
};

/* The record in effect, NULL where there is none. */
const struct bw_record *bw_table_record(const struct bw_tables *tables, const char *kind, bw_slice id);
/* The cause with that id in effect, NULL where there is none. */
const struct bw_cause *bw_table_cause(const struct bw_tables *tables, bw_slice id);
/* The list with that id in effect, NULL where there is none. */
const struct bw_list *bw_table_list(const struct bw_tables *tables, bw_slice id);
/* The receiver with that id in effect, NULL where there is none. */
const struct bw_receiver *bw_table_receiver(const struct bw_tables *tables, bw_slice id);
/* The cause of a status ("5.1.1", exact before "x.1.1") or a reply code. NULL where the table has none. */
const struct bw_code *bw_table_code(const struct bw_tables *tables, bw_slice code);
/* Who owns the host: the longest of the table's hosts that host equals or ends with at a dot. NULL for nobody known. */
const struct bw_name *bw_table_host(const struct bw_tables *tables, bw_slice host);
/* The list with this zone, or with the longest zone that the name ends with at a dot. NULL for none. */
const struct bw_name *bw_table_zone(const struct bw_tables *tables, bw_slice zone);
/* The list that a reply calls by exactly this alias, any case; NULL for none. */
const struct bw_name *bw_table_alias(const struct bw_tables *tables, bw_slice text);

/* A sentence or word of a language: the record "<kind>: <id>" of that language's text file; NULL where there is none.
 * kind: "say" (head, who, step ...) or "word" (is). */
const struct bw_record *bw_table_text(const struct bw_tables *tables, const char *language, const char *kind,
                                      bw_slice id);

/* "file:line" of a record; arena-owned by the caller's arena. */
bw_slice bw_record_place(struct bw_arena *arena, const struct bw_record *record);

/* Like bw_tables_open; the embedded records keep their examples, sources and notes, which nothing but a check reads. */
bw_status bw_tables_open_full(struct bw_tables **out, const char *const *paths, size_t count,
                              struct bw_error *err);

/* ---- for --check-patterns and --list-rules ------------------------------------------------------------- */

/* One finding of a check, in the order found. */
struct bw_finding {
    const struct bw_table_file *file;
    unsigned line, column;
    bw_slice message;
};
typedef BW_LIST(struct bw_finding) bw_finding_list;

/* Checks what can be told from the tables alone: unknown or missing keys, ids repeated in one layer, dangling
 * references, regexes that do not compile. Findings are pushed; their text lives in the arena. */
bw_status bw_table_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables);

/* Pushes a finding at an entry of a record (NULL: at the record's first line). */
void bw_finding_add(bw_finding_list *out, struct bw_arena *arena, const struct bw_record *record,
                    const struct bw_entry *entry, const char *format, ...) BW_PRINTF(5, 6);
/* "file:line:column: message", the line and a caret below it; arena-owned. */
bw_slice bw_finding_text(struct bw_arena *arena, const struct bw_finding *finding);

#endif
