/* Opening tables: layers, mistakes with their place, and the checks of --check-patterns that tables alone allow. */
#include "stage.h"

#include <sys/stat.h>
#include <unistd.h>

#define RULE(id, cause, match)                                                                               \
    "rule: " id "\ncause: " cause "\nmatch: " match "\nexample: " match "\nsource: this test\n\n"

static const struct bw_rule *rule_of(const struct bw_tables *tables, const char *id)
{
    for (size_t i = 0; i < tables->rules.count; i++)
        if (bw_eq(tables->rules.items[i].id, bw_str(id)))
            return &tables->rules.items[i];
    return NULL;
}

static struct bw_tables *open_two(const char *first, const char *second)
{
    const char *const paths[] = {scratch_file("first.rules", first), scratch_file("second.rules", second)};
    struct bw_tables *tables = NULL;
    struct bw_error err = {.line = 0};
    if (bw_tables_open(&tables, paths, COUNT_OF(paths), &err))
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    return tables;
}

static void test_embedded(void **state)
{
    struct bw_tables *tables = tables_with(NULL);
    (void)state;
    assert_true(tables->rules.count > 50);
    assert_true(tables->causes.count > 30);
    assert_true(tables->codes.count > 30);
    assert_true(tables->formats.count > 5);
    assert_true(tables->facts.count > 5);
    assert_true(tables->lists.count > 50);
    assert_non_null(bw_table_cause(tables, BW_S("undetermined")));
    assert_non_null(bw_table_text(tables, "ja", "say", BW_S("cause.ip-blocked")));
    assert_null(bw_table_text(tables, "xx", "say", BW_S("cause.ip-blocked")));
    assert_null(bw_table_record(tables, "say", BW_S("cause.ip-blocked")));
    bw_tables_free(tables);
    bw_tables_free(NULL);
}

static void test_same_id_replaces(void **state)
{
    struct bw_tables *tables =
        open_two(RULE("t.one", "mailbox-full", "zorb one") RULE("t.two", "expired", "zorb two"),
                 RULE("t.one", "system-full", "zorb three"));
    (void)state;
    const struct bw_rule *rule = rule_of(tables, "t.one");
    check_slice(rule->cause, "system-full", "cause");
    assert_int_equal(rule->record->file->layer, 2);
    assert_non_null(rule->record->replaces);
    check_slice(bw_record_get(rule->record->replaces, "cause"), "mailbox-full", "replaced");
    assert_int_equal(rule->record->replaces->file->layer, 1);
    assert_null(rule_of(tables, "t.two")->record->replaces);
    assert_true(rule < rule_of(tables, "t.two")); /* the newer layer comes first */
    size_t ones = 0;
    for (size_t i = 0; i < tables->rules.count; i++)
        ones += bw_eq(tables->rules.items[i].id, BW_S("t.one"));
    assert_int_equal(ones, 1);
    bw_tables_free(tables);
}

static void test_embedded_ids_are_replaced(void **state)
{
    struct bw_tables *tables =
        tables_with("cause: greylisted\ndisposition: hard\nactor: sender\nmeans: x\n"
                    "source: this test\n\ncode: x.1.1\ncause: expired\nsource: this test\n");
    (void)state;
    check_slice(bw_table_cause(tables, BW_S("greylisted"))->disposition, "hard", "disposition");
    check_slice(bw_table_code(tables, BW_S("5.1.1"))->cause, "expired", "code");
    assert_int_equal(bw_table_record(tables, "cause", BW_S("greylisted"))->replaces->file->layer, 0);
    bw_tables_free(tables);
}

static void test_disabled_removes(void **state)
{
    static const char off[] = "rule: t.one\ndisabled: yes\n";
    (void)state;
    struct bw_tables *tables = open_two(RULE("t.one", "mailbox-full", "zorb"), off);
    assert_null(rule_of(tables, "t.one"));
    assert_null(bw_table_record(tables, "rule", BW_S("t.one")));
    bw_tables_free(tables);
    /* And a later layer brings it back. */
    tables = open_two(off, RULE("t.one", "mailbox-full", "zorb"));
    assert_non_null(rule_of(tables, "t.one"));
    bw_tables_free(tables);
    tables = tables_with("code: x.1.1\ndisabled: yes\n\nlist: t.list\ndisabled: yes\n");
    assert_null(bw_table_code(tables, BW_S("5.1.1")));
    bw_tables_free(tables);
}

/* A word belongs to its language: the same id in another file's language is another record. */
static void test_texts_by_language(void **state)
{
    struct bw_tables *tables = open_two("language: xx\nname: X\n\nword: t.word\nis: one\n",
                                        "language: yy\nname: Y\n\nword: t.word\nis: two\n");
    (void)state;
    check_slice(bw_record_get(bw_table_text(tables, "xx", "word", BW_S("t.word")), "is"), "one", "xx");
    check_slice(bw_record_get(bw_table_text(tables, "yy", "word", BW_S("t.word")), "is"), "two", "yy");
    bw_tables_free(tables);
}

static void test_folder(void **state)
{
    char path[100], inner[120];
    struct bw_tables *tables = NULL;
    struct bw_error err = {.line = 0};
    (void)state;
    snprintf(path, sizeof path, "%s/folder.d", scratch_folder());
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(inner, sizeof inner, "%s/deep", path);
    assert_int_equal(mkdir(inner, 0700), 0);
    const char *const files[] = {
        scratch_file("folder.d/b.rules", RULE("t.b", "expired", "zorb b") RULE("t.same", "expired", "zorb")),
        scratch_file("folder.d/a.rules",
                     RULE("t.a", "expired", "zorb a") RULE("t.same", "mailbox-full", "zorb")),
        scratch_file("folder.d/deep/c.tbl", RULE("t.c", "expired", "zorb c")),
        scratch_file("folder.d/notes.md", "no table at all\n"),
        scratch_file("folder.d/.hidden.rules", "no table at all\n"),
    };
    const char *folder = path;
    assert_int_equal(bw_tables_open(&tables, &folder, 1, &err), BW_OK);
    assert_non_null(rule_of(tables, "t.a"));
    assert_non_null(rule_of(tables, "t.b"));
    assert_non_null(rule_of(tables, "t.c"));
    check_slice(rule_of(tables, "t.same")->cause, "mailbox-full", "the first of one layer stays");
    bw_tables_free(tables);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        unlink(files[i]);
    rmdir(inner);
    rmdir(path);
}

static void test_missing_path(void **state)
{
    const char *path = "/nonexistent/tables";
    struct bw_tables *tables = (struct bw_tables *)&path;
    struct bw_error err = {.status = BW_IO, .message = "of an earlier call"};
    (void)state;
    assert_int_equal(bw_tables_open(&tables, &path, 1, &err), BW_IO);
    assert_null(tables);
    assert_string_equal(err.file, path);
    assert_int_equal(bw_tables_open(&tables, &path, 1, NULL), BW_IO);
}

static void test_misuse(void **state)
{
    struct bw_error err = {.status = BW_IO, .message = "of an earlier call"};
    struct bw_tables *tables = (struct bw_tables *)&err;
    (void)state;
    assert_int_equal(bw_tables_open(NULL, NULL, 0, &err), BW_MISUSE);
    assert_int_equal(err.status, BW_MISUSE);
    assert_int_equal(bw_tables_open(&tables, NULL, 2, NULL), BW_MISUSE);
    assert_null(tables);
}

/* Mistakes in a user's file are told with their place when it is opened. */
static void test_mistakes(void **state)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *message;
    } cases[] = {
        {"rule: a\nno colon\n", 2, 1, "expected \"key: value\""},
        {"rool: a\n", 1, 1, "unknown kind of record \"rool\""},
        {RULE("a", "expired", "x") "rule: b\ncause: expired\nmach: x\nmatch: x\nexample: x\nsource: s\n", 9,
         7, "unknown key \"mach\" in a rule"},
        {"rule: a\ncause: expired\nexample: x\nsource: s\n", 1, 1, "the rule has no \"match\""},
        {"rule: a\ncause: expired\nmatch: x\nsource: s\n", 1, 1, "the rule has no \"example\""},
        {"rule: a\ncause: expired\nmatch: x\nexample: x\n", 1, 1, "the rule has no \"source\""},
        {"rule: a\nmatch: x\nexample: x\nsource: s\n", 1, 1, "the rule has no \"cause\""},
        {"list: a\nname: A\nstatus: asleep\nsource: s\n", 3, 9,
         "\"asleep\" is none of: active closed unknown"},
        {"rule: a\ncause: expired\ncause: expired\nmatch: x\nexample: x\nsource: s\n", 3, 8,
         "\"cause\" may stand once only"},
        {"rule: a\ncause: expired\nmatch:\nexample: x\nsource: s\n", 3, 7, "\"match\" has no value"},
        {"rule: A b\ncause: expired\nmatch: x\nexample: x\nsource: s\n", 1, 7,
         "an id is made of a-z, 0-9, \".\" and \"-\""},
        {"word: a\nis: b\n", 1, 1, "a text file begins with \"language: ...\""},
        {RULE("a", "expired", "one(two"), 3, 15, "missing closing parenthesis"},
        {"rule: a\ncause: expired\nmatch: x\nunless:   a[b\nexample: x\nsource: s\n", 4, 14,
         "missing terminating ] for character class"},
        {"rule: a\ncause: expired\nmatch: x\nwhen-status: *\nexample: x\nsource: s\n", 4, 14,
         "quantifier does not follow a repeatable item"},
        {"format: a\nname: A\nif: body (x\nsource: s\n", 3, 12, "missing closing parenthesis"},
        {"format: a\nname: A\nif: nowhere x\nsource: s\n", 3, 5,
         "expected one of body, subject, from, header, files, links, self and a regex"},
        {"format: a\nname: A\nif: body\nsource: s\n", 3, 5,
         "expected one of body, subject, from, header, files, links, self and a regex"},
        {RULE("a", "no-such-cause", "x"), 2, 8, "there is no cause \"no-such-cause\""},
        {"rule: a\ncause: expired\nmatch: x\nlist: no-such\nexample: x\nsource: s\n", 4, 7,
         "there is no list \"no-such\""},
        {"rule: a\ncause: expired\nmatch: x\nreceiver: none\nexample: x\nsource: s\n", 4, 11,
         "there is no receiver \"none\""},
        {"code: 599\ncause: gone\nsource: s\n", 2, 8, "there is no cause \"gone\""},
        {"rule: a\ncause: expired\nmatch: x\nactor: me\nexample: x\nsource: s\n", 4, 8,
         "\"me\" is none of: sender sender-admin recipient recipient-admin nobody"},
        {"rule: a\ncause: expired\nmatch: x {$t-none}\nexample: x\nsource: s\n", 3, 10,
         "there is no phrase \"t-none\" above"},
        {"rule: a\ncause: expired\nmatch: \\Cx\nexample: x\nsource: s\n", 3, 10,
         NULL}, /* one byte of a character */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_tables *tables = NULL;
        struct bw_error err = {.line = 0};
        const char *path = scratch_file("bad.rules", cases[i].text);
        const bw_status status = bw_tables_open(&tables, &path, 1, &err);
        if (status != BW_BAD_TABLE || tables || err.line != cases[i].line || err.column != cases[i].column ||
            (cases[i].message && strcmp(err.message, cases[i].message) != 0) || strcmp(err.file, path) != 0)
            fail_msg("row %zu: status %d, %s:%u:%u: %s", i, (int)status, err.file, err.line, err.column,
                     err.message);
    }
}

/* The messages of bw_table_check for records of our layer, "line:column message" joined by "; ". */
static bw_slice check_texts(struct bw_arena *arena, const char *text)
{
    struct bw_tables *tables = full_tables_with(text);
    bw_finding_list findings = {0};
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    assert_int_equal(bw_table_check(&findings, arena, tables), BW_OK);
    for (size_t i = 0; i < findings.count; i++)
        if (findings.items[i].file->layer > 0)
            bw_putf(&buf, "%s%u:%u %.*s", buf.n ? "; " : "", findings.items[i].line, findings.items[i].column,
                    BW_ARG(findings.items[i].message));
    bw_tables_free(tables);
    return bw_buf_take(&buf, arena);
}

static void test_check(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"phrase: t-a\nis: one(two\nsource: s\n", "2:12 missing closing parenthesis"},
        {RULE("t.one", "expired", "x"), ""},
        {"list: t.a\nname: A\nstatus: active\nsource: s\n", "1:1 a list that is run has no \"lookup\" page"},
        {"list: t.a\nname: A\nstatus: closed\nsource: s\n", ""},
        {"list: t.a\nname: A\nstatus: active\nlookup: https://a.example/{ip}?d={domain}\nremoval: "
         "mailto:a@b.example\nsource: s\n",
         ""},
        {"list: t.a\nname: A\nstatus: active\nlookup: a.example/{ip}\nsource: s\n",
         "4:9 \"a.example/{ip}\" is no page (http, https or mailto, {ip} and {domain})"},
        {"list: t.a\nname: A\nstatus: active\nlookup: https://a.example/{address}\nsource: s\n",
         "4:9 \"https://a.example/{address}\" is no page (http, https or mailto, {ip} and {domain})"},
        {"receiver: t.a\nname: A\nhelp: https://nohost/x\nsource: s\n",
         "3:7 \"https://nohost/x\" is no page (http, https or mailto, {ip} and {domain})"},
        {"receiver: t.a\nname: A\nremoval: https://a.example/x y\nsource: s\n",
         "3:10 \"https://a.example/x y\" is no page (http, https or mailto, {ip} and {domain})"},
        {RULE("t.one", "expired", "x (?<code>Z\\d)"), "1:1 the rule finds a code and has no \"means\""},
        {"rule: t.one\ncause: expired\nmatch: x (?<code>Z)\nmeans: a\nexample: x Z\nsource: s\n", ""},
        {RULE("t.one", "expired", "x") RULE("t.two", "expired", "y") RULE("t.one", "expired", "z"),
         "13:7 the id \"t.one\" stands already at "},
        /* The same id as another kind of record is another id. */
        {RULE("t.one", "expired", "x") "list: t.one\nname: T\nstatus: unknown\nsource: s\n", ""},
        /* What is not in effect needs no references. */
        {"rule: t.one\ncause: gone\ndisabled: yes\n", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const bw_slice got = check_texts(*state, cases[i].text);
        const bw_slice wanted = bw_str(cases[i].wanted);
        if (wanted.n ? !bw_starts(got, wanted) : got.n != 0)
            fail_msg("row %zu: '%.*s'", i, BW_ARG(got));
    }
}

/* Who takes a record away is told which others named it. */
/* "{$name}" stands for the alternatives of a phrase above it, another phrase's and another layer's too. */
static void test_phrases(void **state)
{
    static const char text[] =
        "phrase: t-one\nis: a|b\nis: c\nsource: s\n\n"
        "phrase: t-two\nis: x{$t-one}y\nsource: s\n\n"
        "rule: t.r\ncause: expired\nmatch: ^{$t-two}{$t-one}$ {$\nexample: x\nsource: s\n\n"
        "rule: t.s\ncause: expired\nmatch: {$original-begins-shorter}\nexample: x\nsource: s\n";
    struct bw_tables *tables = tables_with(text);
    (void)state;
    check_slice(bw_record_get(bw_table_record(tables, "rule", BW_S("t.r")), "match"),
                "^(?:x(?:a|b|c)y)(?:a|b|c)$ {$", "filled in");
    assert_true(bw_starts(bw_record_get(bw_table_record(tables, "rule", BW_S("t.s")), "match"),
                          BW_S("(?:Original message|")));
    bw_tables_free(tables);
}

/* Phrases within phrases must not grow without end. */
static void test_long_phrases(void **state)
{
    struct bw_buf text;
    struct bw_tables *tables = NULL;
    struct bw_error err = {.line = 0};
    (void)state;
    bw_buf_init(&text, 0);
    bw_puts(&text, "phrase: p0\nis: 0123456789\nsource: s\n\n");
    for (unsigned i = 1; i < 40; i++)
        bw_putf(&text, "phrase: p%u\nis: {$p%u}{$p%u}\nsource: s\n\n", i, i - 1, i - 1);
    bw_putc(&text, '\0');
    const char *path = scratch_file("long.rules", text.p);
    assert_int_equal(bw_tables_open(&tables, &path, 1, &err), BW_BAD_TABLE);
    assert_non_null(strstr(err.message, "with its phrases the value is longer"));
    bw_buf_clear(&text);
}

static void test_check_of_references(void **state)
{
    struct bw_tables *tables = full_tables_with("cause: greylisted\ndisabled: yes\n");
    bw_finding_list findings = {0};
    assert_int_equal(bw_table_check(&findings, *state, tables), BW_OK);
    assert_true(findings.count > 1);
    for (size_t i = 0; i < findings.count; i++) {
        check_slice(findings.items[i].message, "there is no cause \"greylisted\"", "message");
        assert_int_equal(findings.items[i].file->layer, 0);
    }
    bw_tables_free(tables);
}

static void test_embedded_tables_are_clean(void **state)
{
    struct bw_tables *tables = full_tables_with(NULL);
    bw_finding_list findings = {0};
    assert_int_equal(bw_table_check(&findings, *state, tables), BW_OK);
    for (size_t i = 0; i < findings.count; i++)
        print_error("%.*s", BW_ARG(bw_finding_text(*state, &findings.items[i])));
    assert_int_equal(findings.count, 0);
    bw_tables_free(tables);
}

static void test_finding_text(void **state)
{
    static char long_line[400];
    memset(long_line, 'x', sizeof long_line - 1);
    memcpy(long_line + 300, "HERE", 4);
    const bw_slice bytes =
        bw_format(*state, "rule: a\nmatch: one(two\n\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E(x\n%s\n", long_line);
    const struct bw_table_file file = {.name = BW_S("t.rules"), .bytes = bytes};
    const struct {
        unsigned line, column;
        const char *wanted;
    } cases[] = {
        {2, 8, "t.rules:2:8: wrong\n    match: one(two\n           ^\n"},
        {1, 1, "t.rules:1:1: wrong\n    rule: a\n    ^\n"},
        {1, 0, "t.rules:1:1: wrong\n    rule: a\n    ^\n"},
        /* The caret stands below the character, whatever width those before it have. */
        {3, 10, "t.rules:3:10: wrong\n    \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E(x\n          ^\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct bw_finding finding = {&file, cases[i].line, cases[i].column, BW_S("wrong")};
        check_slice(bw_finding_text(*state, &finding), cases[i].wanted, "finding");
    }
    /* Of a long line the part with the place is shown. */
    const struct bw_finding far = {&file, 4, 301, BW_S("wrong")};
    bw_slice rest = bw_finding_text(*state, &far), head = BW_NULL, line = BW_NULL, caret = BW_NULL;
    assert_true(bw_next_line(&head, &rest) && bw_next_line(&line, &rest) && bw_next_line(&caret, &rest));
    const size_t at = bw_find_byte(caret, '^', 0);
    assert_true(line.n < 200);
    assert_true(bw_starts(bw_sub(line, at, line.n), BW_S("HERE")));
}

static void test_finding_text_stays_utf8(void **state)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < 300; i++)
        bw_puts(&buf, i % 7 ? "\xE6\x97\xA5" : "a");
    const struct bw_table_file file = {.name = BW_S("t"), .bytes = bw_buf_slice(&buf)};
    for (unsigned column = 1; column < 900; column++) {
        const struct bw_finding finding = {&file, 1, column, BW_S("wrong")};
        assert_true(bw_utf8_valid(bw_finding_text(*state, &finding)));
    }
    bw_buf_clear(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_same_id_replaces),
        cmocka_unit_test(test_embedded_ids_are_replaced),
        cmocka_unit_test(test_disabled_removes),
        cmocka_unit_test(test_texts_by_language),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_missing_path),
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_long_phrases),
        ARENA_TEST(test_check),
        ARENA_TEST(test_check_of_references),
        ARENA_TEST(test_embedded_tables_are_clean),
        ARENA_TEST(test_finding_text),
        ARENA_TEST(test_finding_text_stays_utf8),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_clear();
    return failed;
}
