/* Precedence, conditions and the trail. The words are nobody's, so that no rule of the embedded tables knows them. */
#include "stage.h"

#include "classify/classify.h"

#define RULE(id, cause, keys, match)                                                                         \
    "rule: t." id "\ncause: " cause "\n" keys "match: " match "\nexample: x\nsource: s\n\n"

static const char own[] = RULE("words", "mailbox-full", "", "zorb")
    RULE("words-later", "expired", "", "zorb|flib") RULE("exact", "ip-blocked", "tier: exact\n", "blorp")
        RULE("weak", "system-error", "tier: weak\n", "grak")
            RULE("unless", "spam-content", "unless: but not\nunless: never\n", "quux")
                RULE("status", "auth-failure", "when-status: ^5\\.7\\.\n", "wibble")
                    RULE("reply", "greylisted", "when-reply: ^4\n", "wobble")
                        RULE("command", "sender-refused", "when-command: MAIL\n", "wubble")
                            RULE("two-matches", "user-unknown", "match: splonk\n", "splink")
                                RULE("in-link", "policy-refused", "tier: exact\n", "code/KZ\\d+")
                                    RULE("in-words", "content-refused", "",
                                         "KY\\d+") "code: 5.99.1\ncause: not-accepting-mail\nsource: "
                                                   "s\n\ncode: 598\ncause: system-full\nsource: s\n\n";

static struct bw_tables *tables;

struct words {
    const char *said, *full, *body, *status, *reply, *command;
};

/* Evidence as the evidence stage would hand it over. */
static void fill_evidence(struct bw_evidence *out, struct bw_arena *arena, const struct words *words)
{
    *out = (struct bw_evidence){.said = bw_str(words->said),
                                .full = bw_str(words->full ? words->full : words->said),
                                .body = bw_str(words->body),
                                .status = bw_str(words->status),
                                .reply = bw_str(words->reply),
                                .command = bw_str(words->command)};
    out->said_words = bw_words_only(arena, out->said);
    out->full_words = bw_words_only(arena, out->full);
    out->body_words = bw_words_only(arena, out->body);
}

/* "cause rule-or-code matched" */
static bw_slice verdict_line(struct bw_arena *arena, const struct bw_verdict *verdict)
{
    const bw_slice id = verdict->rule   ? verdict->rule->id
                        : verdict->code ? verdict->code->pattern
                                        : BW_S("-");
    const bw_slice matched = verdict->rule ? bw_match_whole(&verdict->match) : verdict->code_text;
    return bw_format(arena, "%.*s %.*s %.*s", BW_ARG(verdict->cause->id), BW_ARG(id), BW_ARG(matched));
}

struct classify_case {
    struct words words;
    const char *wanted;
};

static void check_verdicts(const struct bw_tables *with, const struct classify_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stage stage;
        struct bw_evidence evidence;
        struct bw_verdict verdict, explained;
        char where[32];
        stage_open(&stage, with);
        fill_evidence(&evidence, stage.context.arena, &cases[i].words);
        snprintf(where, sizeof where, "row %zu", i);
        assert_int_equal(bw_classify(&verdict, &stage.context, &evidence, BW_ACTION_FAILED, false), BW_OK);
        check_slice(verdict_line(stage.context.arena, &verdict), cases[i].wanted, where);
        assert_int_equal(verdict.candidates.count, 0);
        /* To be asked for reasons changes nothing. */
        assert_int_equal(bw_classify(&explained, &stage.context, &evidence, BW_ACTION_FAILED, true), BW_OK);
        check_slice(verdict_line(stage.context.arena, &explained), cases[i].wanted, where);
        stage_close(&stage);
    }
}

static void test_precedence(void **state)
{
    static const struct classify_case cases[] = {
        {{"zorb", NULL, NULL, NULL, NULL, NULL}, "mailbox-full t.words zorb"},
        {{"Here: ZORB!", NULL, NULL, NULL, NULL, NULL}, "mailbox-full t.words ZORB"},
        /* The order in the file, not in the text. */
        {{"flib zorb", NULL, NULL, NULL, NULL, NULL}, "mailbox-full t.words zorb"},
        {{"flib", NULL, NULL, NULL, NULL, NULL}, "expired t.words-later flib"},
        /* What the server said before what was written around it. */
        {{"flib", "zorb flib", NULL, NULL, NULL, NULL}, "expired t.words-later flib"},
        {{"nothing", "zorb nothing", NULL, NULL, NULL, NULL}, "mailbox-full t.words zorb"},
        /* Exact before words, even from the words around. */
        {{"zorb blorp", NULL, NULL, NULL, NULL, NULL}, "ip-blocked t.exact blorp"},
        {{"zorb", "blorp zorb", NULL, NULL, NULL, NULL}, "ip-blocked t.exact blorp"},
        /* Words before the enhanced code, that before weak words, those before the reply code. */
        {{"zorb", NULL, NULL, "5.99.1", "598", NULL}, "mailbox-full t.words zorb"},
        {{"nothing", "zorb nothing", NULL, "5.99.1", "598", NULL}, "mailbox-full t.words zorb"},
        {{"grak", NULL, NULL, "5.99.1", "598", NULL}, "not-accepting-mail 5.99.1 5.99.1"},
        {{"grak", NULL, NULL, NULL, "598", NULL}, "system-error t.weak grak"},
        {{"grak", NULL, NULL, "5.98.1", "598", NULL}, "system-error t.weak grak"},
        {{"nothing", NULL, NULL, NULL, "598", NULL}, "system-full 598 598"},
        /* The body is the last resort. */
        {{"nothing", NULL, "zorb", NULL, NULL, NULL}, "mailbox-full t.words zorb"},
        {{"nothing", NULL, "zorb", NULL, "598", NULL}, "system-full 598 598"},
        {{NULL, NULL, "grak", NULL, NULL, NULL}, "system-error t.weak grak"},
        {{"nothing", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{NULL, NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
    };
    (void)state;
    check_verdicts(tables, cases, COUNT_OF(cases));
}

static void test_conditions(void **state)
{
    static const struct classify_case cases[] = {
        {{"quux", NULL, NULL, NULL, NULL, NULL}, "spam-content t.unless quux"},
        {{"quux BUT NOT this", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{"quux never", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{"wibble", NULL, NULL, "5.7.1", NULL, NULL}, "auth-failure t.status wibble"},
        {{"wibble", NULL, NULL, "5.98.1", NULL, NULL}, "undetermined - "},
        {{"wibble", NULL, NULL, NULL, NULL, NULL}, "undetermined - "}, /* what is not told does not hold */
        {{"wobble", NULL, NULL, NULL, "450", NULL}, "greylisted t.reply wobble"},
        {{"wobble", NULL, NULL, NULL, "597", NULL}, "undetermined - "},
        {{"wobble", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{"wubble", NULL, NULL, NULL, NULL, "MAIL"}, "sender-refused t.command wubble"},
        {{"wubble", NULL, NULL, NULL, NULL, "RCPT"}, "undetermined - "},
        /* Any of several match keys. */
        {{"splink", NULL, NULL, NULL, NULL, NULL}, "user-unknown t.two-matches splink"},
        {{"splonk", NULL, NULL, NULL, NULL, NULL}, "user-unknown t.two-matches splonk"},
        /* Words in links and local parts are no reason; a receiver's own code there is. */
        {{"see https://example.com/zorb", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{"<zorb@example.com>", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{"see https://example.com/code/KZ17", NULL, NULL, NULL, NULL, NULL},
         "policy-refused t.in-link code/KZ17"},
        {{"see https://example.com/KY17", NULL, NULL, NULL, NULL, NULL}, "undetermined - "},
        {{"KY17", NULL, NULL, NULL, NULL, NULL}, "content-refused t.in-words KY17"},
    };
    (void)state;
    check_verdicts(tables, cases, COUNT_OF(cases));
}

static void test_action_without_reason(void **state)
{
    static const struct {
        enum bw_action action;
        const char *said, *cause;
    } cases[] = {{BW_ACTION_DELAYED, "nothing", "delayed"},
                 {BW_ACTION_FAILED, "nothing", "undetermined"},
                 {BW_ACTION_DELAYED, "zorb", "mailbox-full"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stage stage;
        struct bw_evidence evidence;
        struct bw_verdict verdict;
        stage_open(&stage, tables);
        fill_evidence(&evidence, stage.context.arena, &(struct words){.said = cases[i].said});
        assert_int_equal(bw_classify(&verdict, &stage.context, &evidence, cases[i].action, false), BW_OK);
        check_slice(verdict.cause->id, cases[i].cause, cases[i].said);
        stage_close(&stage);
    }
}

static void test_newer_layer_wins(void **state)
{
    const char *const paths[] = {scratch_file("old.rules", own),
                                 scratch_file("new.rules",
                                              RULE("new", "virus-found", "", "flib")
                                                  RULE("new-weak", "delayed", "tier: weak\n", "zorb"))};
    static const struct classify_case cases[] = {
        {{"flib zorb", NULL, NULL, NULL, NULL, NULL}, "virus-found t.new flib"},
        {{"zorb", NULL, NULL, NULL, NULL, NULL}, "mailbox-full t.words zorb"}, /* the tier comes first */
        {{"flib blorp", NULL, NULL, NULL, NULL, NULL}, "ip-blocked t.exact blorp"},
    };
    struct bw_tables *layered = NULL;
    (void)state;
    assert_int_equal(bw_tables_open(&layered, paths, COUNT_OF(paths), NULL), BW_OK);
    check_verdicts(layered, cases, COUNT_OF(cases));
    bw_tables_free(layered);
}

static void test_candidates(void **state)
{
    struct stage stage;
    struct bw_evidence evidence;
    struct bw_verdict verdict;
    struct bw_buf buf;
    (void)state;
    stage_open(&stage, tables);
    fill_evidence(&evidence, stage.context.arena,
                  &(struct words){.said = "zorb grak", .full = "quux zorb grak"});
    assert_int_equal(bw_classify(&verdict, &stage.context, &evidence, BW_ACTION_FAILED, true), BW_OK);
    check_slice(verdict.rule->id, "t.words", "decided");
    assert_true(verdict.in_said);
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < verdict.candidates.count; i++) {
        const struct bw_candidate *lost = &verdict.candidates.items[i];
        bw_putf(&buf, "%s%.*s/%.*s/%.*s/%.*s", i ? " " : "", BW_ARG(lost->rule), BW_ARG(lost->cause),
                BW_ARG(lost->matched), BW_ARG(lost->why));
        assert_true(bw_find(lost->place, BW_S("own.rules:"), 0) != BW_NONE);
    }
    check_slice(bw_buf_take(&buf, stage.context.arena),
                "t.words-later/expired/zorb/later t.unless/spam-content/quux/weaker-text "
                "t.weak/system-error/grak/weaker-tier",
                "candidates");
    stage_close(&stage);
}

/* A pattern that runs into its ceiling does not match, and the rest goes on. */
static void test_ceiling(void **state)
{
    struct bw_tables *slow = tables_with(RULE("slow", "virus-found", "tier: exact\n", "zorb (?:a+)+$")
                                             RULE("words", "mailbox-full", "", "zorb"));
    struct stage stage;
    struct bw_evidence evidence;
    struct bw_verdict verdict;
    (void)state;
    stage_open(&stage, slow);
    const bw_slice text =
        bw_format(stage.context.arena, "zorb %.*s!", BW_ARG(repeated(stage.context.arena, "a", 3000)));
    fill_evidence(&evidence, stage.context.arena, &(struct words){.said = text.p});
    assert_int_equal(bw_classify(&verdict, &stage.context, &evidence, BW_ACTION_FAILED, false), BW_OK);
    check_slice(verdict.cause->id, "mailbox-full", "cause");
    assert_true(bw_matcher_gave_up(stage.context.matcher));
    stage_close(&stage);
    bw_tables_free(slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_action_without_reason),
        cmocka_unit_test(test_newer_layer_wins),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_ceiling),
    };
    tables = tables_with(own);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
