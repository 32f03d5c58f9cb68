/* The stanza language: records, comments, continuations, and where a mistake is. */
#include "support.h"

#include "table/internal.h"

/* All records as "kind id{key=value@line:column;...}"; the error as "!line:column message". */
static bw_slice read_text(struct bw_arena *arena, bw_slice text)
{
    struct bw_tables tables = {.arena = arena};
    struct bw_table_file file = {.name = BW_S("t.rules"), .bytes = text, .layer = 1};
    struct bw_error err = {.line = 0};
    struct bw_buf buf;
    if (bw_stanza_read(&tables, &file, &err)) {
        assert_int_equal(err.status, BW_BAD_TABLE);
        assert_string_equal(err.file, "t.rules");
        return bw_format(arena, "!%u:%u %s", err.line, err.column, err.message);
    }
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < tables.records.count; i++) {
        const struct bw_record *record = &tables.records.items[i];
        assert_int_equal(record->line, record->entries[0].line);
        bw_putf(&buf, "%.*s %.*s%s{", BW_ARG(record->kind), BW_ARG(record->id),
                record->disabled ? " off" : "");
        for (size_t e = 1; e < record->count; e++)
            bw_putf(&buf, "%s%.*s=%.*s@%u:%u", e > 1 ? ";" : "", BW_ARG(record->entries[e].key),
                    BW_ARG(record->entries[e].value), record->entries[e].line, record->entries[e].column);
        bw_putc(&buf, '}');
    }
    return bw_buf_take(&buf, arena);
}

static void test_records(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", ""},
        {"\n\n  \n", ""},
        {"# only a comment\n", ""},
        {"rule: a", "rule a{}"},
        {"rule: a\n", "rule a{}"},
        {"rule:a\ncause:  b \t\n", "rule a{cause=b@2:9}"},
        {"rule: a\ncause:\tb\n", "rule a{cause=b@2:8}"},
        {"rule: a\nmatch: x: y # no comment\n", "rule a{match=x: y # no comment@2:8}"},
        {"rule: a\nmatch: \\\\d+\\s \"'\n", "rule a{match=\\\\d+\\s \"'@2:8}"},
        {"rule: a\nempty:\n", "rule a{empty=@2:7}"},
        {"rule: a\n\nrule: b\nc: d\n", "rule a{}rule b{c=d@4:4}"},
        {"rule: a\n \t \nrule: b\n", "rule a{}rule b{}"},
        {"rule: a\r\ncause: b\r\n\r\nrule: c\r\n", "rule a{cause=b@2:8}rule c{}"},
        {"\xEF\xBB\xBFrule: a\n", "rule a{}"},
        /* Comments do not end a record, nor part a line from its continuation. */
        {"# c\nrule: a\n# c: d\ncause: b\n", "rule a{cause=b@4:8}"},
        {"rule: a\nmeans: one\n# between\n  two\n", "rule a{means=one two@2:8}"},
        /* Continuation. */
        {"rule: a\nmeans: one\n  two\n\tthree  \n", "rule a{means=one two three@2:8}"},
        {"rule: a\nmeans:\n  one\n", "rule a{means=one@2:7}"},
        {"rule: a\nmeans: one\n # not a comment\n", "rule a{means=one # not a comment@2:8}"},
        {"rule: a\nmeans: one\n two: three\n", "rule a{means=one two: three@2:8}"},
        {"rule: a\n b\n", "rule a b{}"},
        /* The kind and id are what the first line says. */
        {"x-9: \xE6\x97\xA5\n", "x-9 \xE6\x97\xA5{}"},
        {"rule: a\ndisabled: yes\n", "rule a off{disabled=yes@2:11}"},
        {"rule: a\ndisabled: YES\n", "rule a off{disabled=YES@2:11}"},
        {"rule: a\ndisabled: no\n", "rule a{disabled=no@2:11}"},
        /* Mistakes. */
        {"rule\n", "!1:1 expected \"key: value\""},
        {"rule: a\n\nno colon here\n", "!3:1 expected \"key: value\""},
        {"rule: a\nmy key: b\n", "!2:1 expected \"key: value\""},
        {": a\n", "!1:1 expected \"key: value\""},
        {"rule: a\nk\xC3\xA9y: b\n", "!2:1 expected \"key: value\""},
        {"  rule: a\n", "!1:1 a continuation line without a line above it"},
        {"rule: a\n\n  b\n", "!3:1 a continuation line without a line above it"},
        {"rule:\ncause: b\n", "!1:6 a record begins with its kind and id, as in \"rule: my-rule\""},
        {"rule: a\n\nrule:  \n", "!3:8 a record begins with its kind and id, as in \"rule: my-rule\""},
        {"rule: \xFF\n", "!0:0 not UTF-8 text"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(read_text(*state, bw_str(cases[i].text)), cases[i].wanted, cases[i].text);
}

/* Every prefix of a file is read or refused, and a byte behind its end is never looked at (a sanitizer tells). */
static void test_prefixes(void **state)
{
    static const char text[] = "# c\r\nrule: a\nmeans: \xE6\x97\xA5\n  two\n\n\nlist: b\nstatus:\n x\n";
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, text, n);
        assert_non_null(read_text(*state, (bw_slice){copy, n}).p);
        free(copy);
    }
}

static void test_long_continuation(void **state)
{
    struct bw_buf buf;
    struct bw_tables tables = {.arena = *state};
    bw_buf_init(&buf, 0);
    bw_puts(&buf, "rule: a\nmeans:");
    for (size_t i = 0; i < 20000; i++)
        bw_puts(&buf, " word\n");
    struct bw_table_file file = {.name = BW_S("t.rules"), .bytes = bw_buf_slice(&buf)};
    const clock_t start = clock();
    assert_int_equal(bw_stanza_read(&tables, &file, NULL), BW_OK);
    assert_true(seconds_since(start) < 2);
    assert_int_equal(tables.records.count, 1);
    assert_int_equal(bw_record_get(&tables.records.items[0], "means").n, 20000 * 5 - 1);
    assert_true(bw_arena_used(*state) < (size_t)64 << 20);
    bw_buf_clear(&buf);
}

static void test_nul_in_a_value(void **state)
{
    struct bw_tables tables = {.arena = *state};
    struct bw_table_file file = {.name = BW_S("t.rules"), .bytes = BW_S("rule: a\nmeans: x\0y\n z\n")};
    assert_int_equal(bw_stanza_read(&tables, &file, NULL), BW_OK);
    const bw_slice value = bw_record_get(&tables.records.items[0], "means");
    assert_int_equal(value.n, 5);
    assert_memory_equal(value.p, "x\0y z", 5);
}

static void test_entries(void **state)
{
    struct bw_tables tables = {.arena = *state};
    struct bw_table_file file = {.name = BW_S("t.rules"),
                                 .bytes = BW_S("rule: a\nmatch: 1\nmatchx: no\ncause: c\nmatch: 2\n")};
    assert_int_equal(bw_stanza_read(&tables, &file, NULL), BW_OK);
    const struct bw_record *record = &tables.records.items[0];
    check_slice(bw_record_get(record, "match"), "1", "get");
    check_slice(bw_record_get(record, "rule"), "a", "the first entry is one, too");
    check_slice(bw_record_get(record, "matc"), NULL, "no prefixes");
    size_t at = 0;
    check_slice(bw_record_next(record, "match", &at)->value, "1", "first");
    check_slice(bw_record_next(record, "match", &at)->value, "2", "second");
    assert_null(bw_record_next(record, "match", &at));
    check_slice(bw_record_place(*state, record), "t.rules:1", "place");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_records),        ARENA_TEST(test_prefixes), ARENA_TEST(test_long_continuation),
        ARENA_TEST(test_nul_in_a_value), ARENA_TEST(test_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
