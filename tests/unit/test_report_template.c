/* Templates: facts, optional parts, conditions, escapes. */
#include "report/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* What every row below may ask for. */
static void fill(struct bw_fact_values *facts)
{
    *facts = (struct bw_fact_values){.count = 0};
    bw_fact_set(facts, "ip", BW_S("192.0.2.1"));
    bw_fact_set(facts, "list", BW_S("Example List"));
    bw_fact_set(facts, "host", BW_S("mx\033[2J.example"));
    bw_fact_set(facts, "empty", BW_S(""));
    bw_fact_set(facts, "trick", BW_S("{ip} [x] ?delayed"));
    bw_flag_set(facts, BW_S("delayed"), true);
    bw_flag_set(facts, BW_S("masked"), false);
}

static const struct {
    const char *text, *expected; /* expected NULL: not applicable */
} rows[] = {
    {"plain words", "plain words"},
    {"", ""},
    {"{ip} is on {list}", "192.0.2.1 is on Example List"},
    {"{zone} is not known", NULL},
    {"before {zone} after", NULL},
    {"refused[ by {receiver}][ ({ip})].", "refused (192.0.2.1)."},
    {"[all {ip} of {zone} goes]stays", "stays"},
    {"[outer {ip}[ inner {zone}] end]", "outer 192.0.2.1 end"},
    {"[outer {zone}[ inner {ip}] end].", "."},
    {"[a[b[c[d[e {ip}]]]]]", "abcd[e 192.0.2.1]"},
    {"?delayed still tried", "still tried"},
    {"!delayed given up", NULL},
    {"?masked hidden", NULL},
    {"!masked shown", "shown"},
    {"?delayed !masked both", "both"},
    {"?delayed ?masked both", NULL},
    {"!masked ?delayed {ip}", "192.0.2.1"},
    {"?delayed", ""},
    {"?ip known", "known"},
    {"!ip to be filled in", NULL},
    {"?zone known", NULL},
    {"!zone !empty to be filled in", "to be filled in"},
    {"a ?masked b", "a ?masked b"},
    {"? masked b", "? masked b"},
    {"!masked。", "!masked。"},
    {"{empty} is as good as unknown", NULL},
    {"\\[ip\\] \\{ip\\} \\\\ \\n", "[ip] {ip} \\ \\n"},
    {"open [ {ip}", "open [ 192.0.2.1"},
    {"close ] {ip", "close ] {ip"},
    {"{} { } {i p}", "{} { } {i p}"},
    {"[escaped \\] {ip}]", "escaped ] 192.0.2.1"},
    {"日本語「{list}」です。", "日本語「Example List」です。"},
    {"from {host}", "from mx\xE2\x90\x9B[2J.example"},
    {"{trick}", "{ip} [x] ?delayed"},
    {"table \033[1m text", "table \xE2\x90\x9B[1m text"},
    {"end\\", "end\\"},
    {"[", "["},
    {"{", "{"},
};

static void renders(void **state)
{
    (void)state;
    struct bw_fact_values facts;
    fill(&facts);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bw_buf out;
        bw_buf_init(&out, 0);
        bw_puts(&out, "before|");
        const bool applies = bw_template_render(&out, bw_str(rows[i].text), &facts);
        bw_putc(&out, '\0');
        if (applies != (rows[i].expected != NULL) || strncmp(out.p, "before|", 7) != 0 ||
            strcmp(out.p + 7, rows[i].expected ? rows[i].expected : "") != 0)
            fail_msg("row %zu, \"%s\": %s \"%s\"", i, rows[i].text, applies ? "gave" : "did not apply, left",
                     out.p);
        bw_buf_clear(&out);
    }
}

/* Every prefix of every row ends, and reads nothing behind its end (a sanitizer tells). */
static void renders_prefixes(void **state)
{
    (void)state;
    struct bw_fact_values facts;
    fill(&facts);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t n = strlen(rows[i].text);
        for (size_t cut = 0; cut <= n; cut++) {
            char *copy = malloc(cut ? cut : 1);
            struct bw_buf out;
            bw_buf_init(&out, 0);
            assert_non_null(copy);
            memcpy(copy, rows[i].text, cut);
            bw_template_render(&out, (bw_slice){copy, cut}, &facts);
            assert_false(out.failed);
            bw_slice rest = {copy, cut}, name;
            while (bw_template_next_flag(&name, &rest))
                assert_true(name.n > 0);
            while (bw_template_next_fact(&name, &rest))
                assert_true(name.n > 0);
            bw_buf_clear(&out);
            free(copy);
        }
    }
}

static void tells_names(void **state)
{
    (void)state;
    static const char *const flags[] = {"delayed", "masked"}, *const names[] = {"ip", "zone", "ip_host"};
    bw_slice rest = BW_S("?delayed !masked {ip} \\{no\\} [{zone} ?text {ip_host}]"), name;
    for (size_t i = 0; i < 2; i++) {
        assert_true(bw_template_next_flag(&name, &rest));
        assert_true(bw_eq(name, bw_str(flags[i])));
    }
    assert_false(bw_template_next_flag(&name, &rest));
    for (size_t i = 0; i < 3; i++) {
        assert_true(bw_template_next_fact(&name, &rest));
        assert_true(bw_eq(name, bw_str(names[i])));
    }
    assert_false(bw_template_next_fact(&name, &rest));
}

static void replaces_facts_and_has_a_ceiling(void **state)
{
    (void)state;
    struct bw_fact_values facts = {.count = 0};
    enum { MANY = BW_FACT_VALUES_MAX + BW_FLAGS_MAX };
    static char names[MANY][8];
    bw_fact_set(&facts, "ip", BW_S("192.0.2.1"));
    bw_fact_set(&facts, "ip", BW_S("192.0.2.2"));
    assert_int_equal(facts.count, 1);
    assert_true(bw_eq(bw_fact_get(&facts, BW_S("ip")), BW_S("192.0.2.2")));
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        bw_fact_set(&facts, names[i], BW_S("x"));
        bw_flag_set(&facts, bw_str(names[i]), true);
    }
    assert_int_equal(facts.count, BW_FACT_VALUES_MAX);
    assert_int_equal(facts.flag_count, BW_FLAGS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders),
        cmocka_unit_test(renders_prefixes),
        cmocka_unit_test(tells_names),
        cmocka_unit_test(replaces_facts_and_has_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
