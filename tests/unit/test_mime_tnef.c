/* A TNEF stream ("winmail.dat") as a part of a mail. tests/make_files.py writes the streams. */
#include "mails.h"

#include "input/mapi_text.h"

static struct bw_limits limits;

/* A mail whose only part is the stream, under that label. */
static bw_slice mail_with(struct bw_arena *arena, const char *label, bw_slice stream)
{
    struct bw_buf mail;
    bw_buf_init(&mail, 0);
    bw_putf(&mail, "Subject: outer\nContent-Type: %s\nContent-Transfer-Encoding: base64\n\n", label);
    bw_mapi_put_base64(&mail, stream, true);
    return bw_buf_take(&mail, arena);
}

static bw_slice file_in(struct bw_arena *arena, const char *name)
{
    size_t n;
    char *bytes = read_file(name, &n);
    const bw_slice copy = bw_dup(arena, (bw_slice){bytes, n});
    free(bytes);
    return copy;
}

/* What was odd; BW_OK is required. */
static struct bw_anomalies read_as(struct bw_message *out, struct bw_arena *arena, bw_slice mail)
{
    struct bw_anomalies *anomalies = bw_new(arena, struct bw_anomalies);
    assert_int_equal(bw_mime_read(out, arena, mail, &limits, anomalies), BW_OK);
    return *anomalies;
}

/* The types of all parts in document order. */
static bw_slice types_of(struct bw_arena *arena, const struct bw_message *message)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (struct bw_part *part = message->root; part; part = bw_part_next(part, message->root))
        bw_putf(&buf, "%s%.*s/%.*s", buf.n ? " " : "", BW_ARG(part->type), BW_ARG(part->subtype));
    return bw_buf_take(&buf, arena);
}

#define REPORT                                                                                               \
    "multipart/report text/plain message/delivery-status application/octet-stream message/rfc822 "           \
    "multipart/mixed text/plain"

static void labels(void **state)
{
    static const struct {
        const char *label, *file, *wanted, *odd;
    } cases[] = {
        {"application/ms-tnef", "report.dat", REPORT, NULL},
        {"application/vnd.ms-tnef; name=x", "report.dat", REPORT, NULL},
        {"application/octet-stream; name=WinMail.DAT", "report.dat", REPORT, NULL},
        {"application/ms-tnef", "rtf.dat", "multipart/mixed text/rtf", NULL},
        {"application/octet-stream; name=report.bin", "report.dat", "application/octet-stream", NULL},
        {"application/octet-stream; name=winmail.dat", "notice.msg", "application/octet-stream", NULL},
        {"image/png; name=winmail.dat", "report.dat", "image/png", NULL},
        {"application/ms-tnef", "cut.dat",
         "multipart/report text/plain message/delivery-status application/octet-stream "
         "application/octet-stream",
         "damaged TNEF part"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_message message;
        const struct bw_anomalies odd =
            read_as(&message, *state, mail_with(*state, cases[i].label, file_in(*state, cases[i].file)));
        check_slice(types_of(*state, &message), cases[i].wanted, cases[i].file);
        assert_int_equal(odd.count, cases[i].odd != NULL);
        if (cases[i].odd)
            assert_string_equal(odd.items[0].what, cases[i].odd);
    }
}

/* The parts belong to the mail that has the stream, whose header stays. */
static void of_the_same_mail(void **state)
{
    struct bw_message message;
    read_as(&message, *state, mail_with(*state, "application/ms-tnef", file_in(*state, "report.dat")));
    check_slice(bw_header_raw(&message.root->header, "Subject"), "outer", "Subject");
    assert_true(message.root->unpacked);
    assert_ptr_equal(bw_part_message(message.root->child->next), message.root);
    check_text(message.root->child, &message, *state,
               "Bob\nbob@example.net\nsmtp;550 5.1.1 no such user\n\n");
}

static void put_attribute(struct bw_buf *out, unsigned char level, uint32_t id, bw_slice data)
{
    bw_putc(out, (char)level);
    for (unsigned shift = 0; shift < 32; shift += 8)
        bw_putc(out, (char)(id >> shift));
    for (unsigned shift = 0; shift < 32; shift += 8)
        bw_putc(out, (char)(data.n >> shift));
    bw_put(out, data);
    bw_puts(out, "??"); /* a checksum, which nobody looks at */
}

/* A stream with a file "winmail.dat" attached. */
static bw_slice wrapped(struct bw_arena *arena, bw_slice file)
{
    struct bw_buf stream;
    bw_buf_init(&stream, 0);
    bw_puts(&stream, "\x78\x9F\x3E\x22\x01");
    bw_putc(&stream, '\0');
    put_attribute(&stream, 2, 0x00069002, BW_S("12345678901234"));
    put_attribute(&stream, 2, 0x00018010, BW_S("winmail.dat"));
    put_attribute(&stream, 2, 0x0006800F, file);
    return bw_buf_take(&stream, arena);
}

static bool noted(const struct bw_anomalies *odd, const char *what)
{
    for (size_t i = 0; i < odd->count; i++)
        if (strcmp(odd->items[i].what, what) == 0)
            return true;
    return false;
}

static void ceilings(void **state)
{
    bw_slice stream = file_in(*state, "report.dat");
    for (int i = 0; i < 100; i++)
        stream = wrapped(*state, stream);
    const bw_slice mail = mail_with(*state, "application/ms-tnef", stream);
    struct bw_message message;
    struct bw_anomalies odd = read_as(&message, *state, mail);
    assert_true(noted(&odd, "parts nested too deeply"));
    assert_int_equal(message.part_count, 2 * limits.mime_depth + 1);
    /* All streams together unpack to no more than a mail may have. */
    limits.message_bytes = mail.n + 10000;
    odd = read_as(&message, *state, mail);
    assert_true(noted(&odd, "TNEF part that cannot be read"));
    assert_true(message.part_count < 10 && message.unpacked_bytes <= limits.message_bytes);
    bw_limits_default(&limits);
    limits.mime_parts = 3;
    odd = read_as(&message, *state, mail);
    assert_true(noted(&odd, "too many parts"));
    bw_limits_default(&limits);
}

/* A stream may end anywhere, and any byte be wrong: the mail is read all the same. */
static void any_damage(void **state)
{
    static const char *const names[] = {"report.dat", "rtf.dat"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const bw_slice stream = file_in(*state, names[i]);
        for (size_t at = 0; at <= stream.n; at++) {
            struct bw_arena *arena = bw_arena_new(0);
            struct bw_message message;
            read_as(&message, arena, mail_with(arena, "application/ms-tnef", bw_sub(stream, 0, at)));
            bw_slice copy = bw_dup(arena, stream);
            if (at < stream.n)
                ((char *)copy.p)[at] = (char)(copy.p[at] ^ 0xFF);
            read_as(&message, arena, mail_with(arena, "application/ms-tnef", copy));
            for (struct bw_part *part = message.root; part; part = bw_part_next(part, message.root))
                assert_true(bw_utf8_valid(bw_part_text(part, &message, arena, &limits)));
            bw_arena_free(arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(labels), ARENA_TEST(of_the_same_mail), ARENA_TEST(ceilings),
                                       ARENA_TEST(any_damage)};
    bw_limits_default(&limits);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
