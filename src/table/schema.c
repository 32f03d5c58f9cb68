/* Which kinds of record there are and which keys they may hold (docs/PATTERNS.md explains each). */
#include "table/internal.h"

#include <string.h>

#define KEY(text)                                                                                            \
    {                                                                                                        \
        .name = text                                                                                         \
    }
#define MUST(text)                                                                                           \
    {                                                                                                        \
        .name = text, .required = true                                                                       \
    }
#define MANY(text)                                                                                           \
    {                                                                                                        \
        .name = text, .repeats = true                                                                        \
    }
#define REGEX(text)                                                                                          \
    {                                                                                                        \
        .name = text, .regex = true                                                                          \
    }
#define REGEXES(text)                                                                                        \
    {                                                                                                        \
        .name = text, .regex = true, .repeats = true                                                         \
    }
#define REF(text, kind)                                                                                      \
    {                                                                                                        \
        .name = text, .reference = kind                                                                      \
    }
#define SOURCES                                                                                              \
    {                                                                                                        \
        .name = "source", .required = true, .repeats = true                                                  \
    }
#define DISABLED KEY("disabled")

static const struct bw_key cause_keys[] = {
    MUST("cause"), MUST("disposition"),           MUST("actor"), MUST("means"),
    KEY("block"),  REF("while-delayed", "cause"), SOURCES,       DISABLED};
static const struct bw_key code_keys[] = {
    MUST("code"), {.name = "cause", .required = true, .reference = "cause"}, KEY("means"), SOURCES, DISABLED};
static const struct bw_key rule_keys[] = {
    MUST("rule"),
    {.name = "cause", .required = true, .reference = "cause"},
    KEY("tier"),
    {.name = "match", .required = true, .repeats = true, .regex = true},
    REGEXES("unless"),
    REGEX("when-status"),
    REGEX("when-reply"),
    REGEX("when-command"),
    KEY("variant"),
    REF("list", "list"),
    REF("receiver", "receiver"),
    KEY("disposition"),
    KEY("actor"),
    KEY("means"),
    KEY("means-ja"),
    {.name = "example", .required = true, .repeats = true},
    MANY("expect"),
    MANY("not"),
    SOURCES,
    DISABLED,
};
static const struct bw_key list_keys[] = {
    MUST("list"),     MUST("name"),       KEY("operator"), KEY("family"), MANY("zone"),   KEY("lists"),
    MUST("status"),   KEY("since"),       KEY("scope"),    KEY("lookup"), KEY("removal"), KEY("method"),
    KEY("who"),       KEY("expiry"),      KEY("requires"), KEY("fee"),    MANY("answer"), MANY("error"),
    MANY("alias"),    MANY("host"),       MANY("note"),    SOURCES,       KEY("checked"), DISABLED,
    KEY("expiry-ja"), KEY("requires-ja"), MANY("dead"),
};
static const struct bw_key receiver_keys[] = {
    MUST("receiver"), MUST("name"),     KEY("operator"),    MANY("host"),  KEY("list"),
    KEY("lookup"),    KEY("removal"),   KEY("help"),        KEY("method"), KEY("who"),
    KEY("requires"),  KEY("expiry"),    MANY("note"),       SOURCES,       KEY("checked"),
    DISABLED,         KEY("expiry-ja"), KEY("requires-ja"), MANY("dead"),  KEY("fee"),
};
static const struct bw_key fact_keys[] = {
    MUST("fact"),
    {.name = "match", .required = true, .regex = true},
    {.name = "example", .required = true, .repeats = true},
    {.name = "expect", .required = true, .repeats = true},
    MANY("not"),
    SOURCES,
    DISABLED,
};
static const struct bw_key format_keys[] = {
    MUST("format"),  MUST("name"),        KEY("kind"),     KEY("action"),      KEY("guessed"),
    KEY("spaces"),   MANY("if"),          MANY("unless"),  MANY("delayed-if"), MANY("doubtful-if"),
    MANY("set"),     REGEXES("original"), MANY("section"), REGEX("end"),       REGEXES("recipient"),
    REGEXES("line"), REGEXES("text"),     REGEXES("skip"), REGEXES("stop"),    REGEXES("before"),
    REGEXES("find"), MANY("rest"),        MANY("blank"),   MANY("sample"),     SOURCES,
    DISABLED,
};
static const struct bw_key sign_keys[] = {MUST("sign"),   KEY("as"), KEY("weight"), MANY("if"),
                                          MANY("unless"), SOURCES,   DISABLED};
static const struct bw_key phrase_keys[] = {
    MUST("phrase"), {.name = "is", .required = true, .repeats = true, .regex = true}, SOURCES, DISABLED};
static const struct bw_key language_keys[] = {MUST("language"), MUST("name"), DISABLED};
static const struct bw_key say_keys[] = {
    MUST("say"),       MANY("head"),       MANY("who"),        MANY("step"),  MANY("note"),
    MANY("admin-who"), MANY("admin-step"), MANY("admin-note"), MANY("to"),    MANY("subject"),
    MANY("para"),      MANY("section"),    MANY("item"),       MANY("quote"), DISABLED};
static const struct bw_key word_keys[] = {MUST("word"), MUST("is"), DISABLED};

#define KIND(text, languages, list)                                                                          \
    {                                                                                                        \
        text, languages, list, sizeof list / sizeof *list                                                    \
    }
static const struct bw_kind_schema kinds[] = {
    KIND("cause", false, cause_keys),
    KIND("code", false, code_keys),
    KIND("rule", false, rule_keys),
    KIND("list", false, list_keys),
    KIND("receiver", false, receiver_keys),
    KIND("fact", false, fact_keys),
    KIND("format", false, format_keys),
    KIND("sign", false, sign_keys),
    KIND("phrase", false, phrase_keys),
    KIND("language", false, language_keys),
    KIND("say", true, say_keys),
    KIND("word", true, word_keys),
};

const struct bw_kind_schema *bw_schema(bw_slice kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (bw_eq(kind, bw_str(kinds[i].name)))
            return &kinds[i];
    return NULL;
}

const struct bw_key *bw_schema_key(const struct bw_kind_schema *schema, bw_slice key)
{
    for (size_t i = 0; i < schema->key_count; i++)
        if (bw_eq(key, bw_str(schema->keys[i].name)))
            return &schema->keys[i];
    return NULL;
}
