#include "support.h"
#include "mime/internal.h"

static struct bw_limits limits;

/* The fields as "name=raw|name=raw", then "#" and what follows the header. */
static bw_slice fields_of(struct bw_arena *arena, const char *bytes, struct bw_anomalies *anomalies)
{
    struct bw_header header;
    bw_slice rest;
    struct bw_buf buf;
    assert_int_equal(bw_header_read(&header, &rest, arena, bw_str(bytes), &limits, anomalies), BW_OK);
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < header.count; i++) {
        bw_puts(&buf, i ? "|" : "");
        bw_put(&buf, header.items[i].name);
        bw_putc(&buf, '=');
        bw_put(&buf, header.items[i].raw);
    }
    bw_putc(&buf, '#');
    bw_put(&buf, rest);
    return bw_buf_take(&buf, arena);
}

static void test_fields(void **state)
{
    static const struct {
        const char *bytes, *wanted;
        size_t anomalies;
    } cases[] = {
        {"", "#", 0},
        {"\n", "#", 0},
        {"\nbody\n", "#body\n", 0},
        {"To: a\n\nbody", "To=a#body", 0},
        {"To: a\r\nCc: b\r\n\r\nbody", "To=a|Cc=b#body", 0},
        {"To: a\rCc: b\r\rbody", "To=a|Cc=b#body", 0},
        {"To: a", "To=a#", 0},
        {"To:a\nStatus : 5.1.1\n\n", "To=a|Status=5.1.1#", 0},
        {"Subject:\n folded\n\tagain \n\nx", "Subject=folded\n\tagain#x", 0},
        {"Subject:\n\n", "Subject=#", 0},
        {"To: a\n \nCc: b\n\nx", "To=a|Cc=b#x", 0},
        {"To: a\n \nbody of the mail\n", "To=a#body of the mail\n", 0},
        {"To: a\n>From b@example.com Mon\nCc: c\n\n", "To=a|Cc=c#", 0},
        /* Folds that lost their indentation. */
        {"Received: from a.example.com (a.example.com [192.0.2.1])\nby b.example.net; Mon\nTo: a\n\n",
         "Received=from a.example.com (a.example.com [192.0.2.1])\nby b.example.net; Mon|To=a#", 1},
        {"Received: by b.example.net with SMTP id 12345678; Wed, 17 Apr\n2019 06:05:14 +0000\n06:05:14\nTo: "
         "a\n\n",
         "Received=by b.example.net with SMTP id 12345678; Wed, 17 Apr\n2019 06:05:14 +0000\n06:05:14|To=a#",
         2},
        {"Content-Type: multipart/mixed;\nboundary=\"b\"\n\nx",
         "Content-Type=multipart/mixed;\nboundary=\"b\"#x", 1},
        /* Junk between the fields. */
        {"To: a\nSomething else\nCc: b\n\nx", "To=a|Cc=b#x", 1},
        {"To: a\nSomething else\n indented\nCc: b\n\nx", "To=a|Cc=b#x", 1},
        {": no name\nTo: a\n\n", "To=a#", 1},
        /* A body without an empty line in front of it. */
        {"To: a\nHello,\nthis is text.\nMore of it.\nAnd more.\nAnd more.\nEnd: no.\n",
         "To=a#Hello,\nthis is text.\nMore of it.\nAnd more.\nAnd more.\nEnd: no.\n", 1},
        {"This is text.\nMore of it.\n\nx", "#This is text.\nMore of it.\n\nx", 0},
        {"https://example.com/\n\n", "https=//example.com/#", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_anomalies anomalies = {0};
        check_slice(fields_of(*state, cases[i].bytes, &anomalies), cases[i].wanted, cases[i].bytes);
        if (anomalies.count != cases[i].anomalies)
            fail_msg("'%s': %zu anomalies, wanted %zu", cases[i].bytes, anomalies.count, cases[i].anomalies);
    }
}

static void test_nul_is_a_byte(void **state)
{
    struct bw_header header;
    bw_slice rest;
    bw_header_read(&header, &rest, *state, BW_S("To: a\0b\n\nx\0y"), &limits, NULL);
    assert_int_equal(header.count, 1);
    assert_int_equal(header.items[0].raw.n, 3);
    assert_int_equal(rest.n, 3);
}

static void test_place_of_anomaly(void **state)
{
    struct bw_anomalies anomalies = {0};
    fields_of(*state, "To: a\nJunk line\nCc: b\n\n", &anomalies);
    assert_int_equal(anomalies.count, 1);
    assert_int_equal(anomalies.items[0].offset, 6);
    assert_string_equal(anomalies.items[0].what, "line in the header that is no field");
}

static void test_limit(void **state)
{
    struct bw_limits few = limits;
    struct bw_anomalies anomalies = {0};
    struct bw_header header;
    bw_slice rest;
    few.header_fields = 2;
    bw_header_read(&header, &rest, *state, BW_S("A: 1\nB: 2\nC: 3\n folded\nD: 4\n\nrest"), &few, &anomalies);
    assert_int_equal(header.count, 2);
    check_slice(header.items[1].raw, "2", "second field");
    check_slice(rest, "rest", "rest");
    assert_int_equal(anomalies.count, 1);
}

static void test_lookup(void **state)
{
    struct bw_header header;
    bw_slice rest;
    bw_header_read(&header, &rest, *state,
                   BW_S("to: first\nTO: second\nSubject: =?utf-8?Q?=E7=8C=AB?=\n  x\n\n"), &limits, NULL);
    check_slice(bw_header_raw(&header, "To"), "first", "To");
    check_slice(bw_header_raw(&header, "Cc"), NULL, "Cc");
    check_slice(bw_header_text(*state, &header, "subject"), "\xE7\x8C\xAB x", "Subject");
    check_slice(bw_header_text(*state, &header, "Cc"), NULL, "Cc");
}

static void test_looks_like_header(void **state)
{
    static const struct {
        const char *bytes;
        bool wanted;
    } cases[] = {
        {"From: a@example.com\n", true},
        {"received: from x\n", true},
        {"From a@example.com Mon Jan  1 00:00:00 2024\nReceived: x\n", true},
        {"Return-Path: <>\r\nX-Foo: 1\r\n", true},
        {"X-Foo: 1\n folded\nX-Bar: 2\nSubject: x\n", true},
        {"Content-Type: text/plain\n\n", true},
        {"List-Unsubscribe: <mailto:a@example.com>\n", true},
        {"", false},
        {"\nSubject: x\n", false},
        {"550 5.1.1 User unknown\n", false},
        {"Hello: this is text\nwithout fields\nSubject: x\n", false},
        {"Reporting-MTA: dns; a.example.com\n\nFinal-Recipient: rfc822; b@example.com\n", false},
        {"Diagnostic-Code: smtp; 550 no\nStatus: 5.1.1\n", false},
        {"host mx.example.com[192.0.2.1] said: 550 no\n", false},
        {"From a friend, with love\nno fields here\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (bw_looks_like_header(bw_str(cases[i].bytes)) != cases[i].wanted)
            fail_msg("'%s'", cases[i].bytes);
}

static void test_linear(void **state)
{
    static const char *const units[] = {"a\n",         ":\n",     " \n",    "To: a\nx y z\n",
                                        "To: a\n x\n", "From \n", "x\n x\n"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct bw_header header;
        bw_slice rest;
        const clock_t start = clock();
        bw_header_read(&header, &rest, *state, repeated(*state, units[i], 200000), &limits, NULL);
        assert_true(seconds_since(start) < 2);
    }
}

static void test_anomalies_are_bounded(void **state)
{
    struct bw_anomalies anomalies = {0};
    for (size_t i = 0; i < 1000; i++)
        bw_anomaly_add(&anomalies, *state, "the same", i);
    assert_in_range(anomalies.count, 2, 10);
    const size_t before = anomalies.count;
    bw_anomaly_add(&anomalies, *state, "another", BW_NONE);
    bw_anomaly_add(&anomalies, *state, "another", BW_NONE);
    assert_int_equal(anomalies.count, before + 1);
    bw_anomaly_add(NULL, *state, "nowhere", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_fields),           ARENA_TEST(test_nul_is_a_byte),
        ARENA_TEST(test_place_of_anomaly), ARENA_TEST(test_limit),
        ARENA_TEST(test_lookup),           ARENA_TEST(test_looks_like_header),
        ARENA_TEST(test_linear),           ARENA_TEST(test_anomalies_are_bounded),
    };
    bw_limits_default(&limits);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
