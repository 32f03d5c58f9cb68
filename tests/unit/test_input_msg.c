/* Messages saved as properties, and the mails that are made of them. tests/make_files.py writes the files. */
#include "mails.h"

/* The mail that the file becomes; skips the test where libgsf is missing. */
static bw_slice mail_of(struct bw_arena *arena, const char *name)
{
    size_t n;
    char why[BW_WHY_BYTES] = "", *bytes = read_file(name, &n);
    struct bw_buf mail;
    bw_buf_init(&mail, 0);
    const enum bw_converted converted = bw_msg_read(&mail, (bw_slice){bytes, n}, 1 << 20, why);
    free(bytes);
    if (converted == BW_CONVERT_LIBRARY) {
        print_message("libgsf is not installed: not tested\n");
        skip();
    }
    if (converted != BW_CONVERTED)
        fail_msg("%s: %d: %s", name, (int)converted, why);
    return bw_buf_take(&mail, arena);
}

static void report(void **state)
{
    struct bw_message *message = read_mail(*state, mail_of(*state, "report.msg"));
    struct bw_part *root = message->root;
    check_slice(root->report_type, "delivery-status", "type of report");
    check_slice(bw_header_text(*state, &root->header, "From"),
                "\"Mail \\\"Delivery\\\" System\" <postmaster@mx.example.com>", "From");
    check_slice(bw_header_text(*state, &root->header, "Subject"), "Undeliverable: 見積書の件", "Subject");
    check_slice(bw_header_raw(&root->header, "Date"), "Mon, 3 Jan 2022 03:00:00 +0000", "Date");
    struct bw_part *part = root->child;
    check_text(
        part, message, *state,
        "Bob\nbob@example.net\nsmtp;550 5.7.1 Client host [192.0.2.25] blocked using Spamhaus\n\n受信者\n"
        "dora@example.org\nno such mailbox\n\n");
    part = part->next;
    assert_true(bw_part_is(part, "message", "delivery-status"));
    check_text(
        part, message, *state,
        "Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\n"
        "Status: 5.7.1\nRemote-MTA: dns; mx.example.net\n"
        "Diagnostic-Code: smtp;550 5.7.1 Client host [192.0.2.25] blocked using Spamhaus\n\n"
        "Final-Recipient: rfc822; dora@example.org\nAction: failed\nStatus: 5.1.1\n");
    part = part->next;
    assert_true(bw_part_is(part, "message", "rfc822") && part->child);
    check_slice(bw_header_text(*state, &part->child->header, "Subject"), "見積書の件", "original's subject");
    check_slice(bw_header_raw(&part->child->header, "Message-ID"), "<1@example.com>",
                "original's identifier");
    check_text(part->child->child, message, *state, "see attachment\n");
    part = part->next;
    check_slice(part->file_name, "large.bin", "file");
    assert_int_equal(bw_part_bytes(part, message, *state).n, 256 * 40);
    assert_null(part->next);
}

/* Text in a code page: of the body, and of the header. */
static void code_pages(void **state)
{
    struct bw_message *message = read_mail(*state, mail_of(*state, "notice.msg"));
    const struct bw_part *root = message->root;
    check_slice(bw_header_text(*state, &root->header, "Subject"), "配信エラー", "Subject");
    check_slice(bw_header_text(*state, &root->header, "From"), "配信担当 <MAILER-DAEMON@mx.example.jp>",
                "From");
    check_text(root->child, message, *state, "宛先不明です。\n<bob@example.net>:\n550 5.1.1 user unknown\n");
    check_slice(root->child->next->file_name, "a/b\"c.txt", "file");
    message = read_mail(*state, mail_of(*state, "html.msg"));
    assert_true(bw_part_is(message->root->child, "text", "html"));
    check_text(message->root->child, message, *state, "<bob@example.net>: 550 5.1.1 ユーザー不明\n");
}

/* A message whose only body is rich text: of plain text and of HTML, and with a checksum that does not fit. */
static void rich_text(void **state)
{
    static const struct {
        const char *name, *text;
        size_t odd;
    } cases[] = {
        {"rtf-text.msg", "宛先不明です。\n\n<bob@example.net>:\n550 5.1.1 user unknown あい\n", 0},
        {"rtf-html.msg", "宛先不明\n<bob@example.net>: 550 5.1.1 no such \xC3\xA9l\xC3\xA8ve\n", 0},
        {"rtf-stored.msg", "宛先不明\n<bob@example.net>: 550 5.1.1 no such \xC3\xA9l\xC3\xA8ve\n", 0},
        {"rtf-damaged.msg", "宛先不明です。\n\n<bob@example.net>:\n550 5.1.1 user unknown あい\n", 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_message *message = read_mail(*state, mail_of(*state, cases[i].name));
        struct bw_anomalies anomalies = {0};
        message->anomalies = &anomalies;
        check_text(message->root->child, message, *state, cases[i].text);
        assert_int_equal(anomalies.count, cases[i].odd);
        if (cases[i].odd)
            assert_string_equal(anomalies.items[0].what, "damaged RTF");
    }
}

/* Nothing in a text ends its part: what the header of a stored message claims is no line of ours. */
static void no_boundary_from_within(void **state)
{
    const bw_slice mail = mail_of(*state, "report.msg");
    assert_int_equal(bw_find(mail, BW_S("\n--=_2\n\n"), 0), BW_NONE);
    assert_int_equal(bw_find(mail, BW_S("format=flowed"), 0), BW_NONE);
}

static void depth(void **state)
{
    const bw_slice mail = mail_of(*state, "deep.msg");
    assert_true(bw_find(mail, BW_S("Subject: level 8\n"), 0) != BW_NONE);
    assert_int_equal(bw_find(mail, BW_S("Subject: level 9\n"), 0), BW_NONE);
}

static void through_the_reader(void **state)
{
    mail_of(*state, "notice.msg");
    check_steps("notice.msg", "notice.msg 1: From: =?cp932?B?lHqQTZJTk5Y=?= <MAILER-DAEMON@mx.example.jp>\n");
    check_steps("cut.msg", "cut.msg! is damaged: its directory is cut off\n");
    check_steps("loop.msg", "loop.msg! holds more properties and recipients than can be read\n");
}

/* Another document of the same form is named; the words are libmagic's. */
static void other_documents(void **state)
{
    mail_of(*state, "notice.msg");
    struct bw_buf got;
    bw_buf_init(&got, 0);
    put_steps(&got, FILES "/document.doc", FILES "/");
    assert_int_equal(strncmp(got.p, "document.doc! ", 14), 0);
    assert_non_null(strstr(got.p, "not a mail"));
    bw_buf_clear(&got);
}

/* More than the ceiling: a message, and nothing of it. */
static void ceiling(void **state)
{
    mail_of(*state, "report.msg");
    size_t n;
    char why[BW_WHY_BYTES], *bytes = read_file("report.msg", &n);
    struct bw_buf mail;
    bw_buf_init(&mail, 0);
    assert_int_equal(bw_msg_read(&mail, (bw_slice){bytes, n}, 9000, why), BW_CONVERTED_NOT);
    assert_string_equal(why, "unpacks to more than can be read");
    assert_int_equal(mail.n, 0);
    bw_buf_clear(&mail);
    free(bytes);
}

/* Any byte may be wrong, and the file may end anywhere. */
static void any_damage(void **state)
{
    mail_of(*state, "notice.msg");
    static const char *const names[] = {"notice.msg", "html.msg", "rtf-text.msg"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t n;
        char why[BW_WHY_BYTES], *bytes = read_file(names[i], &n);
        for (size_t at = 0; at < n; at++) {
            struct bw_buf mail;
            bw_buf_init(&mail, 1 << 20);
            bytes[at] = (char)(bytes[at] ^ 0xFF);
            bw_msg_read(&mail, (bw_slice){bytes, n}, 1 << 20, why);
            bytes[at] = (char)(bytes[at] ^ 0xFF);
            bw_msg_read(&mail, (bw_slice){bytes, at}, 1 << 20, why);
            bw_buf_clear(&mail);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(report),          ARENA_TEST(code_pages),
        ARENA_TEST(rich_text),       ARENA_TEST(no_boundary_from_within),
        ARENA_TEST(depth),           ARENA_TEST(through_the_reader),
        ARENA_TEST(other_documents), ARENA_TEST(ceiling),
        ARENA_TEST(any_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
