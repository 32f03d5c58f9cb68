/* The CSV report: quoting (RFC 4180), what a spreadsheet would run, hostile bytes, messages without deliveries. */
#include "report/report.h"
#include "support.h"

/* The field behind the recipient's column of a row with that recipient. */
static void check_field(const char *recipient, const char *wanted)
{
    const struct bw_delivery delivery = {.recipient = bw_str(recipient), .cause = BW_S("expired")};
    const struct bw_result result = {.deliveries = &delivery, .delivery_count = 1};
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_report_csv(&out, &result, "a.eml", 3), BW_OK);
    bw_putc(&out, '\0');
    struct bw_buf row;
    bw_buf_init(&row, 0);
    bw_putf(&row, "a.eml,3,bounce,,,%s,,expired,", wanted);
    bw_putc(&row, '\0');
    if (strncmp(out.p, row.p, row.n - 1) != 0)
        fail_msg("%s: got %s", recipient, out.p);
    assert_non_null(strstr(out.p, ",\r\n"));
    bw_buf_clear(&out);
    bw_buf_clear(&row);
}

static void test_fields(void **state)
{
    static const struct {
        const char *recipient, *field;
    } cases[] = {
        {"a@example.org", "a@example.org"},
        {"a,b@example.org", "\"a,b@example.org\""},
        {"\"a b\"@example.org", "\"\"\"a b\"\"@example.org\""},
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(1,2)", "\"'@SUM(1,2)\""},
        {"a=b", "a=b"},
        {"two\nlines", "two\xE2\x90\x8Alines"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_field(cases[i].recipient, cases[i].field);
}

static void test_rows(void **state)
{
    const struct bw_delivery deliveries[] = {{.recipient = BW_S("a@example.org")},
                                             {.recipient = BW_S("b@example.org")}};
    struct bw_result result = {.deliveries = deliveries, .delivery_count = 2};
    struct bw_buf out;
    (void)state;
    bw_buf_init(&out, 0);
    bw_report_csv_header(&out, true);
    assert_true(
        bw_starts(bw_buf_slice(&out), BW_S("\xEF\xBB\xBFsource,index,kind,format,date,recipient,action,")));
    bw_report_csv(&out, &result, "-", 1);
    result = (struct bw_result){.kind = BW_KIND_NOT_A_BOUNCE};
    bw_report_csv(&out, &result, "-", 2);
    size_t rows = 0, columns = 0;
    bw_slice rest = bw_buf_slice(&out), line;
    while (bw_next_line(&line, &rest)) {
        size_t commas = 0;
        for (size_t i = 0; i < line.n; i++)
            commas += line.p[i] == ',';
        if (rows++ == 0)
            columns = commas;
        assert_int_equal(commas, columns);
    }
    assert_int_equal(rows, 4);
    bw_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
