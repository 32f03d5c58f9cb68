/* --check-patterns: the embedded tables have no findings, and each kind of mistake has one. */
#include "stage.h"

#include "diagnose/diagnose.h"

static void test_embedded_patterns(void **state)
{
    struct bw_tables *tables = full_tables_with(NULL);
    bw_finding_list findings = {0};
    assert_int_equal(bw_check_patterns(&findings, *state, tables), BW_OK);
    for (size_t i = 0; i < findings.count; i++)
        print_error("%.*s", BW_ARG(bw_finding_text(*state, &findings.items[i])));
    assert_int_equal(findings.count, 0);
    bw_tables_free(tables);
}

#define RULE(id, keys) "rule: t." id "\ncause: ip-blocked\n" keys "source: s\n\n"
#define FACT(id, keys) "fact: t." id "\n" keys "source: s\n\n"

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *wanted; /* the beginning of the only finding in our file; "" for none */
        unsigned line;
    } cases[] = {
        {RULE("a", "match: zorb (?<ip>\\S+)\nexample: 550 zorb 192.0.2.1\nexpect: ip=192.0.2.1 reply=550\n"),
         "", 0},
        {RULE("a", "match: zorb\nexample: flib\n"), "the rule does not match its own example", 4},
        {RULE("a", "match: zorb\nexample: zorb\n") RULE("b", "match: zorb flib\nexample: zorb flib\n"),
         "rule \"t.a\" (", 10},
        {RULE("a", "match: zorb\nexample: zorb\nnot: zorb flib\n"),
         "the rule must not decide this text, and does", 5},
        {RULE("a", "match: zorb\nexample: 550 zorb\nexpect: reply=551\n"),
         "expected reply=551, the example gives reply=550", 5},
        {RULE("a", "match: zorb\nexample: zorb\nexpect: code=X1\n"),
         "expected code=X1, the example gives code=", 5},
        {RULE("a", "match: zorb\nexample: zorb\nexpect: colour=red\n"),
         "nothing to expect is called \"colour\"", 5},
        {RULE("a", "match: zorb\nexample: zorb\nexpect: nothing\n"), "expected key=value, not \"nothing\"",
         5},
        {RULE("a", "match: zorb\nexample: zorb\nexpect: url=https://example.com/\n"),
         "the example has no url https://example.com/", 5},
        {RULE("a", "match: zorb\nexample: zorb https://example.com/\nexpect: url=https://example.com/\n"), "",
         0},
        {FACT("a",
              "match: zorb is (?<host>\\S+)\nexample: zorb is mx.example.com\nexpect: host=mx.example.com\n"),
         "", 0},
        {FACT("a", "match: zorb is (?<host>\\S+)\nexample: zorb is mx.example.com\nexpect: host=other\n"),
         "expected host=other, the example gives \"mx.example.com\"", 4},
        {FACT("a", "match: zorb\nexample: flib\nexpect: host=x\n"), "the fact does not match its own example",
         3},
        {FACT("a", "match: zorb(?<host>x?)\nexample: zorbx\nexpect: host=x\nnot: zorb\n"),
         "the fact must not match this text, and does", 5},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_tables *tables = full_tables_with(cases[i].text);
        bw_finding_list findings = {0};
        size_t count = 0;
        assert_int_equal(bw_check_patterns(&findings, *state, tables), BW_OK);
        for (size_t n = 0; n < findings.count; n++) {
            const struct bw_finding *finding = &findings.items[n];
            if (finding->file->layer == 0)
                continue;
            count++;
            if (!cases[i].wanted[0] || !bw_starts(finding->message, bw_str(cases[i].wanted)) ||
                finding->line != cases[i].line)
                fail_msg("row %zu: %.*s", i, BW_ARG(bw_finding_text(*state, finding)));
        }
        assert_int_equal(count, cases[i].wanted[0] != 0);
        bw_tables_free(tables);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(test_embedded_patterns), ARENA_TEST(test_mistakes)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_clear();
    return failed;
}
