/* "winmail.dat", and the mails that are made of it. tests/make_files.py writes the files. */
#include "mails.h"

/* The mail that the file becomes. */
static bw_slice mail_of(struct bw_arena *arena, const char *name)
{
    size_t n;
    char why[BW_WHY_BYTES] = "", *bytes = read_file(name, &n);
    struct bw_buf mail;
    bw_buf_init(&mail, 0);
    assert_true(bw_is_tnef((bw_slice){bytes, n}));
    if (bw_tnef_read(&mail, (bw_slice){bytes, n}, 1 << 20, why) != BW_CONVERTED)
        fail_msg("%s: %s", name, why);
    free(bytes);
    return bw_buf_take(&mail, arena);
}

static void report(void **state)
{
    struct bw_message *message = read_mail(*state, mail_of(*state, "report.dat"));
    const struct bw_part *root = message->root;
    check_slice(root->report_type, "delivery-status", "type of report");
    check_slice(bw_header_text(*state, &root->header, "Subject"), "配信エラー", "Subject");
    check_slice(bw_header_text(*state, &root->header, "From"), "管理者 <postmaster@mx.example.com>", "From");
    check_slice(bw_header_raw(&root->header, "Date"), "Mon, 3 Jan 2022 03:00:00 +0000", "Date");
    struct bw_part *part = root->child;
    check_text(part, message, *state, "Bob\nbob@example.net\nsmtp;550 5.1.1 no such user\n\n");
    part = part->next;
    check_text(part, message, *state,
               "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n"
               "Remote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp;550 5.1.1 no such user\n");
    part = part->next;
    check_slice(part->file_name, "a.txt", "file");
    check_slice(bw_part_bytes(part, message, *state), "some text", "file's bytes");
    part = part->next;
    assert_true(bw_part_is(part, "message", "rfc822") && part->child);
    check_slice(bw_header_text(*state, &part->child->header, "Subject"), "見積書の件", "original's subject");
    check_text(part->child->child, message, *state, "see attachment\n");
    assert_null(part->next);
}

static void plain(void **state)
{
    struct bw_message *message = read_mail(*state, mail_of(*state, "plain.dat"));
    check_slice(bw_header_text(*state, &message->root->header, "Subject"), "lunch", "Subject");
    check_text(message->root->child, message, *state, "正午に\n");
    assert_null(message->root->child->next);
}

static void rich_text(void **state)
{
    struct bw_message *message = read_mail(*state, mail_of(*state, "rtf.dat"));
    assert_true(bw_part_is(message->root->child, "text", "rtf"));
    check_text(message->root->child, message, *state,
               "宛先不明\n<bob@example.net>: 550 5.1.1 no such \xC3\xA9l\xC3\xA8ve\n");
}

static void through_the_reader(void **state)
{
    (void)state;
    check_steps("plain.dat", "plain.dat 1: Subject: lunch\n");
    check_steps("cut.dat", "cut.dat! is damaged: an attribute is cut off\n");
}

static void ceiling(void **state)
{
    (void)state;
    size_t n;
    char why[BW_WHY_BYTES], *bytes = read_file("report.dat", &n);
    struct bw_buf mail;
    bw_buf_init(&mail, 0);
    assert_int_equal(bw_tnef_read(&mail, (bw_slice){bytes, n}, 100, why), BW_CONVERTED_NOT);
    assert_string_equal(why, "unpacks to more than can be read");
    bw_buf_clear(&mail);
    free(bytes);
}

/* Any byte may be wrong, and the file may end anywhere. In memory of its own size, so that a sanitizer sees one too
 * many. */
static void damage(const char *name)
{
    size_t n;
    char why[BW_WHY_BYTES], *bytes = read_file(name, &n);
    for (size_t at = 0; at < n; at++) {
        struct bw_buf mail;
        char *cut = malloc(at ? at : 1);
        assert_non_null(cut);
        memcpy(cut, bytes, at);
        bw_buf_init(&mail, 1 << 20);
        bytes[at] = (char)(bytes[at] ^ 0xFF);
        bw_tnef_read(&mail, (bw_slice){bytes, n}, 1 << 20, why);
        bytes[at] = (char)(bytes[at] ^ 0xFF);
        bw_buf_clear(&mail);
        bw_buf_init(&mail, 1 << 20);
        const enum bw_converted converted = bw_tnef_read(&mail, (bw_slice){cut, at}, 1 << 20, why);
        assert_true(converted == BW_CONVERTED || mail.n == 0);
        bw_buf_clear(&mail);
        free(cut);
    }
    free(bytes);
}

static void any_damage(void **state)
{
    (void)state;
    damage("report.dat");
    damage("rtf.dat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(report),  ARENA_TEST(plain),      ARENA_TEST(rich_text), ARENA_TEST(through_the_reader),
        ARENA_TEST(ceiling), ARENA_TEST(any_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
