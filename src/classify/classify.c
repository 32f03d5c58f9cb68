/* Precedence: what the refusing server said beats what the reporter wrote around it; words beat the enhanced code, the
 * enhanced code beats the reply code. Inside one text: tier, then layer, file and line of the rule. */
#include "classify/classify.h"

/* A text the rules are held against. Rules on a receiver's own codes see it whole, as these stand in links, too;
 * rules on words see what is left without links and local parts. */
struct source {
    bw_slice text, words;
    struct bw_grams grams; /* of text */
    bool in_said;
};

static bw_slice text_for(const struct source *source, const struct bw_rule *rule)
{
    return rule->tier == BW_TIER_EXACT ? source->text : source->words;
}

struct trial {
    struct bw_verdict *out;
    struct bw_context *context;
    const struct bw_evidence *evidence;
    bool explain;
    bool decided;
};

static bool matches(struct trial *trial, const struct bw_regex *regex, bw_slice text)
{
    struct bw_match match;
    return bw_regex_match(&match, regex, trial->context->matcher, text, 0) == 1;
}

/* The conditions on codes and command. A condition on something the mail does not tell does not hold. */
static bool conditions_hold(struct trial *trial, const struct bw_rule *rule)
{
    const struct bw_evidence *e = trial->evidence;
    return (!rule->when_status || matches(trial, rule->when_status, e->status)) &&
           (!rule->when_reply || matches(trial, rule->when_reply, e->reply)) &&
           (!rule->when_command || matches(trial, rule->when_command, e->command));
}

static bool rule_matches(struct bw_match *match, struct trial *trial, const struct bw_rule *rule,
                         const struct source *source)
{
    bool found = false;
    for (size_t i = 0; i < rule->match.count && !found; i++)
        found = bw_regex_possible(rule->match.items[i], &source->grams) &&
                bw_regex_match(match, rule->match.items[i], trial->context->matcher, text_for(source, rule),
                               0) == 1;
    if (!found || !conditions_hold(trial, rule))
        return false;
    for (size_t i = 0; i < rule->unless.count; i++)
        if (bw_regex_possible(rule->unless.items[i], &source->grams) &&
            matches(trial, rule->unless.items[i], text_for(source, rule)))
            return false;
    return true;
}

static void add_candidate(struct trial *trial, const struct bw_rule *rule, const struct bw_match *match,
                          const char *why)
{
    if (rule == trial->out->rule)
        return;
    for (size_t i = 0; i < trial->out->candidates.count; i++)
        if (bw_eq(trial->out->candidates.items[i].rule, rule->id))
            return;
    struct bw_candidate *candidate = bw_push(trial->context->arena, &trial->out->candidates);
    if (!candidate)
        return;
    candidate->rule = rule->id;
    candidate->cause = rule->cause;
    candidate->place = bw_record_place(trial->context->arena, rule->record);
    candidate->matched = bw_match_whole(match);
    candidate->why = bw_str(why);
}

/* Why a rule that matches came too late. */
static const char *why_lost(const struct trial *trial, const struct bw_rule *rule,
                            const struct source *source)
{
    if (trial->out->rule && trial->out->in_said && !source->in_said)
        return "weaker-text";
    return trial->out->rule && trial->out->rule->tier == rule->tier ? "later" : "weaker-tier";
}

static void decide(struct trial *trial, const struct bw_rule *rule, const struct bw_match *match,
                   bw_slice text, bool in_said)
{
    const struct bw_cause *cause = bw_table_cause(trial->context->tables, rule->cause);
    if (!cause)
        return;
    trial->out->cause = cause;
    trial->out->rule = rule;
    trial->out->match = *match;
    trial->out->match.text = text; /* the blanked words have the same offsets */
    trial->out->in_said = in_said;
    trial->decided = true;
}

static void try_rules(struct trial *trial, const struct source *source, enum bw_tier first, enum bw_tier last)
{
    const struct bw_tables *tables = trial->context->tables;
    if (source->text.n == 0)
        return;
    for (size_t i = 0; i < tables->rules.count && (!trial->decided || trial->explain); i++) {
        const struct bw_rule *rule = &tables->rules.items[i];
        struct bw_match match;
        if (rule->tier < first || rule->tier > last || !rule_matches(&match, trial, rule, source))
            continue;
        if (trial->decided)
            add_candidate(trial, rule, &match, why_lost(trial, rule, source));
        else
            decide(trial, rule, &match, source->text, source->in_said);
    }
}

static void try_code(struct trial *trial, bw_slice text)
{
    const struct bw_code *code =
        text.n && !trial->decided ? bw_table_code(trial->context->tables, text) : NULL;
    const struct bw_cause *cause = code ? bw_table_cause(trial->context->tables, code->cause) : NULL;
    if (!cause)
        return;
    trial->out->cause = cause;
    trial->out->code = code;
    trial->out->code_text = text;
    trial->decided = true;
}

/* A refusal that names a list of the table, in words that no rule knows ("Refused. See <the list's page>"). */
static void try_named_list(struct trial *trial)
{
    const struct bw_evidence *e = trial->evidence;
    for (size_t i = 0; i < e->lists.count && !trial->decided; i++) {
        const bool domain = bw_eq(bw_record_get(e->lists.items[i].list->record, "lists"), BW_S("domain"));
        const struct bw_cause *cause =
            bw_table_cause(trial->context->tables, domain ? BW_S("domain-blocked") : BW_S("ip-blocked"));
        if (!cause)
            continue;
        trial->out->cause = cause;
        trial->out->list = &e->lists.items[i];
        trial->decided = true;
    }
}

static void fill_source(struct source *source, bw_slice text, bw_slice words, bool in_said)
{
    source->text = text;
    source->words = words;
    source->in_said = in_said;
    bw_grams_of(&source->grams, text);
}

/* Nothing has failed yet: a cause that only says so gives way to what the table names for it. */
static void soften(struct trial *trial, enum bw_action action)
{
    const bw_slice other =
        trial->out->cause ? bw_record_get(trial->out->cause->record, "while-delayed") : BW_NULL;
    const struct bw_cause *cause = other.p ? bw_table_cause(trial->context->tables, other) : NULL;
    if (action == BW_ACTION_DELAYED && cause)
        trial->out->cause = cause;
}

bw_status bw_classify(struct bw_verdict *out, struct bw_context *context, const struct bw_evidence *evidence,
                      enum bw_action action, bool explain)
{
    *out = (struct bw_verdict){0};
    struct trial trial = {.out = out, .context = context, .evidence = evidence, .explain = explain};
    struct source said, full, body;
    fill_source(&said, evidence->said, evidence->said_words, true);
    fill_source(&full, evidence->full, evidence->full_words, false);
    fill_source(&body, evidence->body, evidence->body_words, false);
    try_rules(&trial, &said, BW_TIER_EXACT, BW_TIER_EXACT);
    try_rules(&trial, &full, BW_TIER_EXACT, BW_TIER_EXACT);
    try_rules(&trial, &said, BW_TIER_WORDS, BW_TIER_WORDS);
    try_rules(&trial, &full, BW_TIER_WORDS, BW_TIER_WORDS);
    try_named_list(&trial);
    try_code(&trial, evidence->status);
    try_rules(&trial, &said, BW_TIER_WEAK, BW_TIER_WEAK);
    try_rules(&trial, &full, BW_TIER_WEAK, BW_TIER_WEAK);
    try_code(&trial, evidence->reply);
    if (!trial.decided)
        try_rules(&trial, &body, BW_TIER_EXACT, BW_TIER_WEAK);
    if (!trial.decided)
        out->cause = bw_table_cause(context->tables, BW_S("undetermined"));
    soften(&trial, action);
    if (!out->cause)
        return BW_BAD_TABLE;
    return bw_arena_failed(context->arena) ? BW_NO_MEMORY : BW_OK;
}
