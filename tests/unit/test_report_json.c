/* The JSON report, byte for byte: keys, their order, null and []. */
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define T(literal)                                                                                           \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }

static void assert_json(const struct bw_result *result, const char *source, size_t index,
                        const char *expected)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_report_json(&out, result, source, index), BW_OK);
    bw_putc(&out, '\0');
    assert_string_equal(out.p, expected);
    bw_buf_clear(&out);
}

static void nothing_known(void **state)
{
    (void)state;
    const struct bw_result result = {.kind = BW_KIND_NOT_A_BOUNCE};
    assert_json(
        &result, "-", 1,
        "{\"schema\":1,\"source\":\"-\",\"index\":1,\"kind\":\"not-a-bounce\",\"format\":null,"
        "\"reporting_mta\":null,\"date\":null,\"original\":{\"message_id\":null,\"from\":null,\"to\":null,"
        "\"subject\":null,\"date\":null,\"sent_elsewhere\":false},\"deliveries\":[],\"forged\":[]}\n");
}

static void delivery_without_block(void **state)
{
    (void)state;
    const struct bw_delivery delivery = {
        .action = BW_ACTION_DELAYED, .cause = T("delayed"), .disposition = T("none"), .actor = T("nobody")};
    const struct bw_result result = {.kind = BW_KIND_BOUNCE,
                                     .format = T("text"),
                                     .original = {.subject = T("")},
                                     .deliveries = &delivery,
                                     .delivery_count = 1};
    assert_json(
        &result, "a.eml", 1,
        "{\"schema\":1,\"source\":\"a.eml\",\"index\":1,\"kind\":\"bounce\",\"format\":\"text\","
        "\"reporting_mta\":null,\"date\":null,\"original\":{\"message_id\":null,\"from\":null,\"to\":null,"
        "\"subject\":\"\",\"date\":null,\"sent_elsewhere\":false},\"deliveries\":[{\"recipient\":null,"
        "\"action\":\"delayed\","
        "\"cause\":\"delayed\",\"disposition\":\"none\",\"actor\":\"nobody\",\"reply\":null,\"status\":null,"
        "\"command\":null,\"remote_host\":null,\"remote_ip\":null,\"diagnostic\":null,\"block\":null,"
        "\"rule\":null,\"matched\":null}],\"forged\":[]}\n");
}

static void everything_known(void **state)
{
    (void)state;
    const struct bw_url urls[] = {
        {T("https://check.example/192.0.2.9"), BW_URL_LOOKUP, false, BW_TRUST_OPERATOR, false},
        {T("https://mx.example.net/why"), BW_URL_INFO, true, BW_TRUST_RECEIVER, true},
        {T("https://evil.example/x"), BW_URL_REMOVAL, true, BW_TRUST_UNVERIFIED, false},
    };
    const struct bw_delivery delivery = {
        .recipient = T("someone@example.jp"),
        .action = BW_ACTION_FAILED,
        .cause = T("ip-blocked"),
        .disposition = T("block"),
        .actor = T("sender-admin"),
        .reply = T("550"),
        .status = T("5.7.1"),
        .command = T("MAIL"),
        .remote_host = T("mx.example.net"),
        .remote_ip = T("198.51.100.8"),
        .diagnostic = T("550 5.7.1 \"no\""),
        .has_block = true,
        .block = {.ip = T("192.0.2.9"),
                  .ip_masked = true,
                  .domain = T("example.org"),
                  .zone = T("dnsbl.example"),
                  .zone_from_text = true,
                  .list_id = T("example-list"),
                  .list_name = T("Example List"),
                  .list_operator = T("Example"),
                  .list_status = T("active"),
                  .code = T("X1"),
                  .machine = BW_MACHINE_RELAY,
                  .urls = urls,
                  .url_count = 3},
        .rule = T("example.rule"),
        .matched = T("no"),
    };
    const struct bw_result result = {
        .kind = BW_KIND_BOUNCE,
        .format = T("example"),
        .reporting_mta = T("mta.example.org"),
        .date = T("2023-01-24T18:02:11+09:00"),
        .original = {T("<1@example.org>"), T("a@example.org"), T("b@example.jp"), T("見積書の件"),
                     T("2023-01-24T18:02:09+09:00"), T("Subject: x"), true},
        .deliveries = &delivery,
        .delivery_count = 1,
        .forged = &(const bw_slice){"links-elsewhere", 15},
        .forged_count = 1,
    };
    assert_json(
        &result, "in.mbox", 12,
        "{\"schema\":1,\"source\":\"in.mbox\",\"index\":12,\"kind\":\"bounce\",\"format\":\"example\","
        "\"reporting_mta\":\"mta.example.org\",\"date\":\"2023-01-24T18:02:11+09:00\",\"original\":{"
        "\"message_id\":\"<1@example.org>\",\"from\":\"a@example.org\",\"to\":\"b@example.jp\",\"subject\":"
        "\"見積書の件\","
        "\"date\":\"2023-01-24T18:02:09+09:00\",\"sent_elsewhere\":true},\"deliveries\":[{\"recipient\":"
        "\"someone@example.jp\","
        "\"action\":\"failed\",\"cause\":\"ip-blocked\",\"disposition\":\"block\",\"actor\":\"sender-admin\","
        "\"reply\":\"550\",\"status\":\"5.7.1\",\"command\":\"MAIL\",\"remote_host\":\"mx.example.net\","
        "\"remote_ip\":\"198.51.100.8\",\"diagnostic\":\"550 5.7.1 "
        "\\\"no\\\"\",\"block\":{\"ip\":\"192.0.2.9\","
        "\"ip_masked\":true,\"domain\":\"example.org\",\"zone\":\"dnsbl.example\",\"zone_source\":\"text\","
        "\"list\":{"
        "\"id\":\"example-list\",\"name\":\"Example List\",\"operator\":\"Example\",\"status\":\"active\"},"
        "\"code\":\"X1\",\"urls\":[{\"url\":\"https://check.example/"
        "192.0.2.9\",\"role\":\"lookup\",\"source\":\"table\","
        "\"trust\":\"operator\",\"dead\":false},{\"url\":\"https://mx.example.net/"
        "why\",\"role\":\"info\",\"source\":\"text\","
        "\"trust\":\"receiver\",\"dead\":true},{\"url\":\"https://evil.example/"
        "x\",\"role\":\"removal\",\"source\":\"text\","
        "\"trust\":\"unverified\",\"dead\":false}],\"client_ip\":null,\"machine\":\"relay\"},\"rule\":"
        "\"example.rule\",\"matched\":\"no\"}],"
        "\"forged\":[\"links-elsewhere\"]}\n");
}

static void empty_block(void **state)
{
    (void)state;
    const struct bw_delivery delivery = {.action = BW_ACTION_FAILED, .has_block = true};
    const struct bw_result result = {.kind = BW_KIND_BOUNCE, .deliveries = &delivery, .delivery_count = 1};
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_report_json(&out, &result, "-", 1), BW_OK);
    assert_int_not_equal(
        bw_find(bw_buf_slice(&out),
                BW_S("\"block\":{\"ip\":null,\"ip_masked\":false,\"domain\":null,\"zone\":null,"
                     "\"zone_source\":null,\"list\":null,\"code\":null,\"urls\":[],\"client_ip\":null,"
                     "\"machine\":null}"),
                0),
        BW_NONE);
    bw_buf_clear(&out);
}

/* Whatever the bytes, the line is valid UTF-8 without a raw control. */
static void broken_bytes(void **state)
{
    (void)state;
    static const char *const bytes[] = {"\xFF",
                                        "a\xC3",
                                        "\xED\xA0\x80",
                                        "\xF4\x90\x80\x80",
                                        "\xC0\xAF",
                                        "\x1B[2J",
                                        "tab\tline\nend",
                                        "\"\\/",
                                        "\x7F",
                                        "\xE2\x80\xAE",
                                        ("\xC2\x9B"
                                         "31m")};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        const struct bw_delivery delivery = {.recipient = bw_str(bytes[i]), .diagnostic = bw_str(bytes[i])};
        const struct bw_result result = {
            .original = {.subject = bw_str(bytes[i])}, .deliveries = &delivery, .delivery_count = 1};
        struct bw_buf out;
        bw_buf_init(&out, 0);
        assert_int_equal(bw_report_json(&out, &result, bytes[i], 1), BW_OK);
        assert_true(bw_utf8_valid(bw_buf_slice(&out)));
        assert_int_equal(bw_find_byte(bw_buf_slice(&out), '\n', 0), out.n - 1);
        for (size_t at = 0; at + 1 < out.n; at++)
            assert_true((unsigned char)out.p[at] >= ' ' && out.p[at] != 0x7F);
        assert_int_equal(bw_find(bw_buf_slice(&out), BW_S("\xE2\x80\xAE"), 0), BW_NONE);
        assert_int_equal(bw_find(bw_buf_slice(&out), BW_S("\xC2\x9B"), 0), BW_NONE);
        bw_buf_clear(&out);
    }
    const struct bw_result nul = {.original = {.subject = {"a\0b\xFF", 4}}};
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_report_json(&out, &nul, "-", 1), BW_OK);
    assert_int_not_equal(bw_find(bw_buf_slice(&out), BW_S("\"subject\":\"a\\u0000b\xEF\xBF\xBD\""), 0),
                         BW_NONE);
    bw_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known),    cmocka_unit_test(delivery_without_block),
        cmocka_unit_test(everything_known), cmocka_unit_test(empty_block),
        cmocka_unit_test(broken_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
