/* The whole way: misuse, ceilings, and mails made to hurt. */
#include "stage.h"

#include "analyze.h"

static struct bw_tables *tables;

static const char bounce[] =
    "From: daemon@mx.example.net\nSubject: Returned\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
    "Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n--b--\n";

static void test_misuse(void **state)
{
    struct bw_error err = {.status = BW_IO, .message = "of an earlier call"};
    struct bw_result result;
    (void)state;
    assert_int_equal(bw_analyze(NULL, tables, BW_S("x"), NULL, &err), BW_MISUSE);
    assert_int_equal(err.status, BW_MISUSE);
    assert_int_equal(bw_analyze(NULL, NULL, BW_S("x"), NULL, NULL), BW_MISUSE);
    memset(&result, 0x5A, sizeof result);
    assert_int_equal(bw_analyze(&result, NULL, BW_S("x"), NULL, &err), BW_MISUSE);
    bw_result_free(&result); /* whatever the status */
    assert_non_null(bw_version());
}

static void test_result_free(void **state)
{
    struct bw_result result, zero;
    (void)state;
    memset(&zero, 0, sizeof zero);
    assert_int_equal(bw_analyze(&result, tables, bw_str(bounce), NULL, NULL), BW_OK);
    assert_int_equal(result.delivery_count, 1);
    bw_result_free(&result);
    assert_memory_equal(&result, &zero, sizeof zero);
    bw_result_free(&result);
    bw_result_free(NULL);
}

/* The result needs neither the caller's bytes nor the caller's limits. */
static void test_result_outlives_the_mail(void **state)
{
    struct bw_limits limits;
    struct bw_result result;
    const size_t n = strlen(bounce);
    char *mail = malloc(n);
    (void)state;
    memcpy(mail, bounce, n);
    bw_limits_default(&limits);
    assert_int_equal(bw_analyze(&result, tables, (bw_slice){mail, n}, &limits, NULL), BW_OK);
    memset(mail, 'x', n);
    free(mail);
    memset(&limits, 0, sizeof limits);
    check_slice(result.deliveries[0].recipient, "a@example.com", "recipient");
    check_slice(result.deliveries[0].cause, "user-unknown", "cause");
    check_slice(result.deliveries[0].diagnostic, "550 5.1.1 User unknown", "diagnostic");
    check_slice(result.reporting_mta, "mx.example.net", "reporting MTA");
    check_slice(result.format, "rfc3464", "format");
    bw_result_free(&result);
}

/* Analyses within the time; the result must be one that every writer can take. */
static void analyze(struct bw_result *out, bw_slice mail, double seconds)
{
    const clock_t start = clock();
    struct bw_error err;
    if (bw_analyze(out, tables, mail, NULL, &err) != BW_OK)
        fail_msg("status %d: %s: %.60s", (int)err.status, err.message, mail.p ? mail.p : "");
    if (seconds_since(start) > seconds)
        fail_msg("took %.1f s: %.40s", seconds_since(start), mail.p ? mail.p : "");
    assert_non_null(bw_kind_name(out->kind));
    for (size_t i = 0; i < out->delivery_count; i++) {
        const struct bw_delivery *delivery = &out->deliveries[i];
        assert_non_null(bw_table_cause(tables, delivery->cause));
        assert_true(bw_utf8_valid(delivery->recipient) && bw_utf8_valid(delivery->diagnostic));
        assert_int_equal(bw_find_byte(delivery->diagnostic, '\0', 0), BW_NONE);
    }
}

static void test_next_to_nothing(void **state)
{
    static const bw_slice mails[] = {{NULL, 0},       {"", 0},           {"\0", 1},   {"\n", 1},
                                     {"\r\n\r\n", 4}, {":", 1},          {"\xFF", 1}, {"From ", 5},
                                     {"a: b", 4},     {"--", 2},         {" ", 1},    {"\xEF\xBB\xBF", 3},
                                     {"\xFF\xFE", 2}, {"\xFE\xFF\0", 3}, {">", 1}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mails); i++) {
        struct bw_result result;
        analyze(&result, mails[i], 1);
        assert_int_equal(result.kind, BW_KIND_NOT_A_BOUNCE);
        assert_int_equal(result.delivery_count, 0);
        check_slice(result.format, NULL, "format");
        bw_result_free(&result);
    }
}

/* NULs anywhere change nothing that is read around them. */
static void test_nuls(void **state)
{
    const size_t n = strlen(bounce);
    char *mail = malloc(n + 1);
    (void)state;
    for (size_t at = 0; at <= n; at += 7) {
        struct bw_result result;
        memcpy(mail, bounce, at);
        mail[at] = 0;
        memcpy(mail + at + 1, bounce + at, n - at);
        analyze(&result, (bw_slice){mail, n + 1}, 1);
        for (size_t i = 0; i < result.delivery_count; i++)
            assert_int_equal(bw_find_byte(result.deliveries[i].recipient, '\0', 0), BW_NONE);
        bw_result_free(&result);
    }
    free(mail);
}

/* head, then unit as often as it goes into size bytes, then tail. */
static bw_slice blown_up(struct bw_arena *arena, const char *head, const char *unit, size_t size,
                         const char *tail)
{
    const bw_slice middle = repeated(arena, unit, size / strlen(unit));
    const size_t n = strlen(head) + middle.n + strlen(tail);
    char *mail = bw_arena_alloc(arena, n + 1);
    assert_non_null(mail);
    memcpy(mail, head, strlen(head));
    memcpy(mail + strlen(head), middle.p, middle.n);
    memcpy(mail + strlen(head) + middle.n, tail, strlen(tail));
    return (bw_slice){mail, n};
}

#define MIME "MIME-Version: 1.0\nContent-Type: "
#define REPORT MIME "multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
#define GROUP "Final-Recipient: rfc822; a@example.com\nAction: failed\n"

static void test_hostile(void **state)
{
    static const struct {
        const char *head, *unit, *tail;
        size_t size;
    } cases[] = {
        /* Ten megabytes without a line end, in each place that reads text. */
        {"Subject: ", "x", "\n\nbody\n", 10 << 20},
        {"Subject: x\n\n", "x", "\n", 10 << 20},
        {"", "550 5.7.1 blocked 192.0.2.1 ", "", 10 << 20},
        {REPORT GROUP "Diagnostic-Code: smtp; ", "550 5.7.1 ", "\n--b--\n", 10 << 20},
        {REPORT "Final-Recipient: rfc822; ", "a@", "\n--b--\n", 10 << 20},
        {"Subject: x\n\n", "\r", "", 4 << 20},
        {"Subject: x\n\n", ">", "", 4 << 20},
        {"Subject: x\n\n", "> ", "\n> x\n> y\n> z\n", 4 << 20},
        {"Subject: x\n\n", "\n", "", 4 << 20},
        /* Depth. */
        {"", "Content-Type: message/rfc822\n\n", "", 1 << 20},
        {"", MIME "multipart/mixed; boundary=b\n\n--b\n", "", 1 << 20},
        {MIME "text/html\n\n", "<div>", "", 2 << 20},
        {MIME "text/html\n\n", "<a href=\"x", "", 2 << 20},
        {"Subject: ", "(", "\n\nx\n", 1 << 20},
        {"X-Failed-Recipients: ", "\"", "\n\nx\n", 1 << 20},
        {"Subject: ", "=?utf-8?B?", "\n\nx\n", 1 << 20},
        {MIME "multipart/mixed; ", "boundary*0*=", "\n\nx\n", 1 << 20},
        /* Width. */
        {MIME "multipart/mixed; boundary=b\n\n", "--b\n\nx\n", "--b--\n", 1 << 20},
        {"", "A: b\n", "\nx\n", 1 << 20},
        {"Received: x\n", "Received: from a (b [192.0.2.1]) by c\n", "\nx\n", 1 << 20},
        {REPORT, GROUP "\n", "--b--\n", 1 << 20},
        {REPORT GROUP, "Received: x\n", "--b--\n", 1 << 20},
        {MIME "text/plain; charset=iso-2022-jp\n\n", "\x1B$B", "", 1 << 20},
        {MIME "text/plain\nContent-Transfer-Encoding: base64\n\n", "QUJD", "", 4 << 20},
        {MIME "text/plain\nContent-Transfer-Encoding: quoted-printable\n\n", "=", "", 1 << 20},
        {"",
         "This is the mail system at host mx.example.net.\n\n<a@example.com>: host mx.example.com[192.0.2.1] "
         "said: ",
         "\n", 1 << 20},
        {"Hi. This is the qmail-send program at mx.example.net.\n\n", "<a@example.com>:\n", "", 1 << 20},
        {"----- Transcript of session follows -----\n", "550 5.1.1 <a@example.com>... User unknown\n", "",
         1 << 20},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_result result;
        const bw_slice mail = blown_up(arena, cases[i].head, cases[i].unit, cases[i].size, cases[i].tail);
        analyze(&result, mail, 5);
        bw_result_free(&result);
        bw_arena_free(arena);
    }
}

/* A line of three megabytes beside the facts hides none of them. */
static void test_long_lines(void **state)
{
    static const struct {
        const char *head, *unit, *tail;
    } cases[] = {
        {REPORT GROUP "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\nX-Junk: ", "x",
         "\n--b--\n"},
        {MIME "multipart/report; boundary=b\n\n--b\nContent-Type: text/plain\n\n", "so ",
         "\n--b\nContent-Type: message/delivery-status\n\n" GROUP
         "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n--b--\n"},
        {REPORT GROUP "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--b\nContent-Type: message/rfc822\n\n"
                      "Subject: x\n\n",
         "550 blocked ", "\n--b--\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_result result;
        analyze(&result, blown_up(arena, cases[i].head, cases[i].unit, 3 << 20, cases[i].tail), 5);
        assert_int_equal(result.delivery_count, 1);
        check_slice(result.deliveries[0].recipient, "a@example.com", "recipient");
        check_slice(result.deliveries[0].cause, "user-unknown", "cause");
        check_slice(result.deliveries[0].reply, "550", "reply");
        bw_result_free(&result);
        bw_arena_free(arena);
    }
}

static void test_many_recipients(void **state)
{
    struct bw_limits limits;
    struct bw_result result;
    struct bw_buf mail;
    (void)state;
    bw_limits_default(&limits);
    bw_buf_init(&mail, 0);
    bw_puts(&mail, REPORT);
    for (int i = 0; i < 5000; i++)
        bw_putf(&mail, "Final-Recipient: rfc822; a%d@example.com\nAction: failed\nStatus: 5.1.1\n\n", i);
    bw_puts(&mail, "--b--\n");
    analyze(&result, bw_buf_slice(&mail), 20);
    assert_int_equal(result.delivery_count, limits.deliveries);
    check_slice(result.deliveries[limits.deliveries - 1].recipient, "a1999@example.com", "the last");
    assert_true(result.anomaly_count > 0);
    bw_result_free(&result);
    bw_buf_clear(&mail);
}

static bool has_anomaly(const struct bw_result *result, const char *what)
{
    for (size_t i = 0; i < result->anomaly_count; i++)
        if (bw_find(bw_str(result->anomalies[i].what), bw_str(what), 0) != BW_NONE)
            return true;
    return false;
}

/* Each ceiling of a message is told; only the message's size and its memory are errors. */
static void test_each_limit(void **state)
{
    static const struct {
        const char *name;
        size_t offset;
        size_t value;
        const char *head, *unit, *tail;
        size_t times;
    } cases[] = {
#define FIELD(name) #name, offsetof(struct bw_limits, name)
        {FIELD(header_fields), 10, "Subject: x\n", "A: b\n", "\nx\n", 20},
        {FIELD(mime_parts), 5, MIME "multipart/mixed; boundary=b\n\n", "--b\n\nx\n", "--b--\n", 20},
        {FIELD(mime_depth), 3, "", "Content-Type: message/rfc822\n\n", "Subject: x\n\nx\n", 10},
        {FIELD(text_bytes), 100, MIME "text/plain\nSubject: x\n\n", "This is text.\n", "", 100},
        {FIELD(deliveries), 3, REPORT, "Final-Recipient: rfc822; a@example.com\nStatus: 5.1.1\n\n", "--b--\n",
         10},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_limits limits;
        struct bw_result result;
        bw_limits_default(&limits);
        const bw_slice mail = blown_up(*state, cases[i].head, cases[i].unit,
                                       strlen(cases[i].unit) * cases[i].times, cases[i].tail);
        assert_int_equal(bw_analyze(&result, tables, mail, &limits, NULL), BW_OK);
        const size_t before = result.anomaly_count;
        bw_result_free(&result);
        memcpy((char *)&limits + cases[i].offset, &cases[i].value, sizeof cases[i].value);
        assert_int_equal(bw_analyze(&result, tables, mail, &limits, NULL), BW_OK);
        if (result.anomaly_count <= before)
            fail_msg("reaching %s leaves no anomaly", cases[i].name);
        bw_result_free(&result);
    }
}

static void test_limits_that_are_errors(void **state)
{
    struct bw_limits limits;
    struct bw_result result;
    struct bw_error err;
    (void)state;
    bw_limits_default(&limits);
    limits.message_bytes = strlen(bounce);
    assert_int_equal(bw_analyze(&result, tables, bw_str(bounce), &limits, &err), BW_OK);
    bw_result_free(&result);
    limits.message_bytes--;
    assert_int_equal(bw_analyze(&result, tables, bw_str(bounce), &limits, &err), BW_LIMIT);
    assert_int_equal(err.status, BW_LIMIT);
    assert_true(err.message[0]);
    bw_result_free(&result);
    bw_limits_default(&limits);
    size_t enough = 0;
    for (limits.arena_bytes = 16; limits.arena_bytes < (size_t)4 << 20 && !enough;
         limits.arena_bytes += limits.arena_bytes / 5 + 1) {
        const bw_status status = bw_analyze(&result, tables, bw_str(bounce), &limits, &err);
        if (status == BW_OK)
            enough = limits.arena_bytes;
        else
            assert_int_equal(status, BW_LIMIT);
        bw_result_free(&result);
    }
    assert_true(enough > strlen(bounce));
}

static void test_regex_limits(void **state)
{
    struct bw_limits limits;
    struct bw_result result;
    (void)state;
    bw_limits_default(&limits);
    limits.regex_steps = 1;
    assert_int_equal(bw_analyze(&result, tables, bw_str(bounce), &limits, NULL), BW_OK);
    assert_int_equal(result.delivery_count, 1);
    assert_true(has_anomaly(&result, "pattern"));
    bw_result_free(&result);
}

static void test_url_limit(void **state)
{
    struct bw_buf mail;
    struct bw_limits limits;
    struct bw_result result;
    (void)state;
    bw_limits_default(&limits);
    limits.urls = 2;
    bw_buf_init(&mail, 0);
    bw_puts(&mail,
            REPORT GROUP "Status: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 Client host [192.0.2.1] blocked ");
    for (int i = 0; i < 20; i++)
        bw_putf(&mail, "see https://example.com/%d ", i);
    bw_puts(&mail, "\n--b--\n");
    assert_int_equal(bw_analyze(&result, tables, bw_buf_slice(&mail), &limits, NULL), BW_OK);
    assert_true(result.deliveries[0].has_block);
    assert_true(result.deliveries[0].block.url_count <= 2);
    bw_result_free(&result);
    bw_buf_clear(&mail);
}

/* A layout that ordinary mail fits, too, is believed where a reason, a code or a returned mail speaks for it. */
static void test_doubtful(void **state)
{
    static const struct {
        const char *from, *words;
        enum bw_kind kind;
    } cases[] = {
        {"daemon@mx.example.net", "zorb zorb", BW_KIND_BOUNCE},
        {"someone@example.net", "zorb zorb", BW_KIND_NOT_A_BOUNCE},
        {"someone@example.net", "mailbox is full", BW_KIND_BOUNCE},
        {"someone@example.net", "550 zorb", BW_KIND_BOUNCE},
        {"someone@example.net", "zorb zorb\n--- Zorb's mail\nFrom: b@example.net\nTo: a@example.com",
         BW_KIND_BOUNCE},
    };
    struct bw_tables *with = tables_with("format: t.zorb\nname: Zorb\nif: body ^Zorb returns this mail\n"
                                         "doubtful-if: from ^(?!daemon@)\noriginal: ^--- Zorb's mail$\n"
                                         "section: *\nrecipient: ^(?<recipient>\\S+@\\S+):$\n"
                                         "source: this test\n");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char mail[400];
        struct bw_result result;
        snprintf(mail, sizeof mail, "From: %s\nSubject: Zorb\n\nZorb returns this mail\na@example.com:\n%s\n",
                 cases[i].from, cases[i].words);
        assert_int_equal(bw_analyze(&result, with, bw_str(mail), NULL, NULL), BW_OK);
        if (result.kind != cases[i].kind)
            fail_msg("kind %d: %s", (int)result.kind, mail);
        bw_result_free(&result);
    }
    bw_tables_free(with);
}

static void test_explain_and_dump(void **state)
{
    struct bw_result plain, explained;
    (void)state;
    assert_int_equal(bw_analyze(&plain, tables, bw_str(bounce), NULL, NULL), BW_OK);
    assert_int_equal(bw_analyze_with(&explained, tables, bw_str(bounce), NULL, true, NULL), BW_OK);
    assert_int_equal(plain.deliveries[0].candidate_count, 0);
    assert_true(bw_eq(plain.deliveries[0].rule, explained.deliveries[0].rule));
    bw_result_free(&plain);
    bw_result_free(&explained);
    for (enum bw_dump_stage stage = BW_DUMP_MIME; stage <= BW_DUMP_CLASSIFY; stage++) {
        struct bw_buf out;
        bw_buf_init(&out, 0);
        assert_int_equal(bw_dump(&out, tables, bw_str(bounce), NULL, stage), BW_OK);
        assert_true(out.n > 10 && bw_utf8_valid(bw_buf_slice(&out)));
        bw_buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_result_free),
        cmocka_unit_test(test_result_outlives_the_mail),
        cmocka_unit_test(test_next_to_nothing),
        cmocka_unit_test(test_nuls),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_many_recipients),
        ARENA_TEST(test_each_limit),
        cmocka_unit_test(test_limits_that_are_errors),
        cmocka_unit_test(test_regex_limits),
        cmocka_unit_test(test_url_limit),
        cmocka_unit_test(test_doubtful),
        cmocka_unit_test(test_explain_and_dump),
    };
    tables = tables_with(NULL);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    return failed;
}
