/* The only file that knows PCRE2. */
#include "table/internal.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct bw_regex {
    bw_slice pattern;
    const unsigned char *formula; /* NULL where nothing can be told */
    uint32_t options;
    _Atomic(pcre2_code *) code; /* NULL until first use */
};

struct bw_matcher {
    pcre2_general_context *memory;
    pcre2_match_context *context;
    pcre2_match_data *data;
    bool gave_up, failed;
};

/* PCRE2 allocates through these so that tests can make its allocations fail, too. */
static void *take(PCRE2_SIZE size, void *unused)
{
    (void)unused;
    return malloc(size);
}

static void give(void *memory, void *unused)
{
    (void)unused;
    free(memory);
}

struct bw_regex *bw_regex_new(struct bw_arena *arena, bw_slice pattern, const unsigned char *formula,
                              bool lines)
{
    struct bw_regex *regex = bw_new(arena, struct bw_regex);
    if (!regex)
        return NULL;
    regex->pattern = pattern;
    regex->formula = formula;
    regex->options = PCRE2_UTF | PCRE2_CASELESS | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C;
    if (lines)
        regex->options |= PCRE2_MULTILINE;
    atomic_init(&regex->code, NULL);
    return regex;
}

void bw_regex_release(struct bw_regex *regex) { pcre2_code_free(atomic_exchange(&regex->code, NULL)); }

const unsigned char *bw_regex_formula(const struct bw_regex *regex) { return regex->formula; }

bw_slice bw_regex_pattern(const struct bw_regex *regex) { return regex->pattern; }

bool bw_regex_possible(const struct bw_regex *regex, const struct bw_grams *grams)
{
    return bw_formula_possible(regex->formula, grams);
}

/* The compiled form, made now if nobody has yet; NULL with *code and *at set where that fails. */
static pcre2_code *compiled(const struct bw_regex *regex, int *code, PCRE2_SIZE *at)
{
    struct bw_regex *own = (struct bw_regex *)regex; /* the cache is not part of its value */
    pcre2_code *ready = atomic_load(&own->code);
    if (ready)
        return ready;
    pcre2_general_context *memory = pcre2_general_context_create(take, give, NULL);
    pcre2_compile_context *context = memory ? pcre2_compile_context_create(memory) : NULL;
    pcre2_code *made = NULL;
    *code = PCRE2_ERROR_NOMEMORY;
    *at = 0;
    if (context)
        made =
            pcre2_compile((PCRE2_SPTR)regex->pattern.p, regex->pattern.n, regex->options, code, at, context);
    pcre2_compile_context_free(context);
    pcre2_general_context_free(memory);
    if (made && !atomic_compare_exchange_strong(&own->code, &ready, made)) {
        pcre2_code_free(made);
        return ready;
    }
    return made;
}

bw_status bw_regex_compile(const struct bw_regex *regex, size_t *column, char *message, size_t size)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    if (compiled(regex, &code, &at))
        return BW_OK;
    if (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY)
        return BW_NO_MEMORY;
    *column = at;
    if (pcre2_get_error_message(code, (PCRE2_UCHAR *)message, size) < 0)
        snprintf(message, size, "PCRE2 error %d", code);
    return BW_BAD_TABLE;
}

struct bw_matcher *bw_matcher_new(const struct bw_limits *limits)
{
    struct bw_matcher *matcher = calloc(1, sizeof *matcher);
    if (!matcher)
        return NULL;
    matcher->memory = pcre2_general_context_create(take, give, NULL);
    if (matcher->memory) {
        matcher->context = pcre2_match_context_create(matcher->memory);
        matcher->data = pcre2_match_data_create(BW_GROUPS_MAX, matcher->memory);
    }
    if (!matcher->context || !matcher->data) {
        bw_matcher_free(matcher);
        return NULL;
    }
    pcre2_set_match_limit(matcher->context, limits->regex_steps);
    pcre2_set_depth_limit(matcher->context, limits->regex_depth);
    pcre2_set_heap_limit(matcher->context, limits->regex_heap_kib);
    return matcher;
}

void bw_matcher_free(struct bw_matcher *matcher)
{
    if (!matcher)
        return;
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_general_context_free(matcher->memory);
    free(matcher);
}

bool bw_matcher_gave_up(const struct bw_matcher *matcher) { return matcher->gave_up; }

bool bw_matcher_failed(const struct bw_matcher *matcher) { return matcher->failed; }

/* What a code of PCRE2 comes to: 0 or -1. */
static int not_found(struct bw_matcher *matcher, int code)
{
    if (code != PCRE2_ERROR_NOMEMORY && code != PCRE2_ERROR_HEAP_FAILED)
        return 0;
    matcher->failed = true;
    return -1;
}

static void fill_match(struct bw_match *out, const struct bw_regex *regex, bw_slice text,
                       const PCRE2_SIZE *pairs, size_t count)
{
    out->regex = regex;
    out->text = text;
    out->from = pairs[0];
    out->end = pairs[1] < pairs[0] ? pairs[0] : pairs[1]; /* \K in a lookahead */
    for (size_t i = 0; i < BW_GROUPS_MAX; i++) {
        const bool set = i < count && pairs[2 * i] != PCRE2_UNSET;
        out->groups[i].from = set ? pairs[2 * i] : BW_NONE;
        out->groups[i].end = set ? pairs[2 * i + 1] : BW_NONE;
    }
}

int bw_regex_match(struct bw_match *out, const struct bw_regex *regex, struct bw_matcher *matcher,
                   bw_slice text, size_t from)
{
    int error;
    PCRE2_SIZE at;
    if (from > text.n)
        return 0;
    pcre2_code *code = compiled(regex, &error, &at);
    if (!code)
        return not_found(matcher, error);
    const int found = pcre2_match(code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from, PCRE2_NO_UTF_CHECK,
                                  matcher->data, matcher->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return 0;
    if (found < 0) {
        matcher->gave_up = matcher->gave_up || found != PCRE2_ERROR_NOMEMORY;
        return not_found(matcher, found);
    }
    fill_match(out, regex, text, pcre2_get_ovector_pointer(matcher->data),
               found == 0 ? (size_t)BW_GROUPS_MAX : (size_t)found);
    return 1;
}

bw_slice bw_match_group(const struct bw_match *match, const char *name)
{
    struct bw_regex *regex = (struct bw_regex *)match->regex;
    pcre2_code *code = atomic_load(&regex->code);
    PCRE2_SPTR first, last;
    if (!code)
        return BW_NULL;
    const int size = pcre2_substring_nametable_scan(code, (PCRE2_SPTR)name, &first, &last);
    if (size <= 0)
        return BW_NULL;
    for (PCRE2_SPTR entry = first; entry <= last; entry += size) {
        const size_t group = (size_t)entry[0] << 8 | entry[1];
        if (group < BW_GROUPS_MAX && match->groups[group].from != BW_NONE)
            return bw_sub(match->text, match->groups[group].from, match->groups[group].end);
    }
    return BW_NULL;
}

bw_slice bw_match_whole(const struct bw_match *match) { return bw_sub(match->text, match->from, match->end); }
