#include "support.h"
#include "mime/mime.h"

static struct bw_limits limits;

static struct bw_message read_as(struct bw_arena *arena, bw_slice bytes, const struct bw_limits *with,
                                 struct bw_anomalies *anomalies)
{
    struct bw_message message;
    *anomalies = (struct bw_anomalies){0};
    assert_int_equal(bw_mime_read(&message, arena, bytes, with, anomalies), BW_OK);
    assert_non_null(message.root);
    return message;
}

/* The tree in one line: "multipart/report(text/plain'text' message/rfc822(text/plain'x'))". */
static bw_slice tree_of(struct bw_arena *arena, bw_slice bytes, struct bw_anomalies *anomalies)
{
    struct bw_message message = read_as(arena, bytes, &limits, anomalies);
    struct bw_buf buf;
    unsigned depth = 0;
    bw_buf_init(&buf, 0);
    for (struct bw_part *part = message.root; part; part = bw_part_next(part, message.root)) {
        if (part->depth > depth)
            bw_putc(&buf, '(');
        for (; depth > part->depth; depth--)
            bw_putc(&buf, ')');
        if (buf.n && buf.p[buf.n - 1] != '(')
            bw_putc(&buf, ' ');
        depth = part->depth;
        bw_put(&buf, part->type);
        bw_putc(&buf, '/');
        bw_put(&buf, part->subtype);
        const bw_slice text = bw_trim(bw_part_text(part, &message, arena, &limits));
        if (text.n) {
            bw_putc(&buf, '\'');
            bw_put(&buf, text);
            bw_putc(&buf, '\'');
        }
    }
    for (; depth > 0; depth--)
        bw_putc(&buf, ')');
    return bw_buf_take(&buf, arena);
}

#define MULTIPART(subtype) "Subject: x\nContent-Type: multipart/" subtype "; boundary=\"b\"\n\n"

static const struct {
    const char *bytes, *wanted;
    const char *anomaly; /* one of them; NULL for none at all */
} trees[] = {
    {"Subject: x\n\nbody", "text/plain'body'", NULL},
    {"Subject: x\n", "text/plain", NULL},
    {"\n\n  \nSubject: x\n\nbody", "text/plain'body'", NULL},
    {"\xEF\xBB\xBFSubject: x\n\nbody", "text/plain'body'", NULL},
    {"From a@example.com Mon Jan  1 00:00:00 2024\nSubject: x\n\nbody", "text/plain'body'", NULL},
    {"Subject: x\nContent-Type: TEXT/Html\n\n<p>body", "text/html'body'", NULL},
    {"Subject: x\nContent-Type: nonsense\n\nbody", "text/plain'body'", "Content-Type without a type"},
    {"", "text/plain", NULL},
    {"550 5.1.1 unknown", "text/plain'550 5.1.1 unknown'", NULL},
    /* Multiparts. */
    {MULTIPART("mixed") "preamble\n--b\n\none\n--b\nContent-Type: text/html\n\n<b>two\n--b--\nepilogue",
     "multipart/mixed(text/plain'one' text/html'two')", NULL},
    {MULTIPART("mixed") "--b  \n\none\n--b-- \n", "multipart/mixed(text/plain'one')", NULL},
    {MULTIPART("mixed") "--b\n\none\n--bb\n--b x\n --b\n--b--\n",
     "multipart/mixed(text/plain'one\n--bb\n--b x\n --b')", NULL},
    {MULTIPART("mixed") "--b\none without an empty line\n--b--\n",
     "multipart/mixed(text/plain'one without an empty line')", NULL},
    {MULTIPART("digest") "--b\n\nSubject: y\n\ny\n--b--\n", "multipart/digest(message/rfc822(text/plain'y'))",
     NULL},
    {MULTIPART("mixed") "--b\nContent-Type: multipart/alternative; "
                        "boundary=c\n\n--c\n\none\n--c\n\ntwo\n--c--\n--b\n\n"
                        "three\n--b--\n",
     "multipart/mixed(multipart/alternative(text/plain'one' text/plain'two') text/plain'three')", NULL},
    /* Broken multiparts. */
    {MULTIPART("mixed") "--b\n\none\n--b\n\ntwo\n", "multipart/mixed(text/plain'one' text/plain'two')",
     "multipart without its end boundary"},
    {MULTIPART("report") "--other\nContent-Type: text/plain\n\none\n--other\n\ntwo\n--other--\n",
     "multipart/report(text/plain'one' text/plain'two')", "boundary that does not match"},
    {"Subject: x\nContent-Type: multipart/report\n\n--other\ncontent-type: "
     "text/plain\n\none\n--other--\n",
     "multipart/report(text/plain'one')", "multipart without a boundary"},
    {MULTIPART("report") "Final-Recipient: rfc822; a@example.com\n",
     "multipart/report(text/plain'Final-Recipient: rfc822; a@example.com')", "multipart without parts"},
    {MULTIPART("report") "just text\n--b--\n", "multipart/report(text/plain'just text\n--b--')",
     "multipart without parts"},
    {MULTIPART("report"), "multipart/report", "multipart without parts"},
    {MULTIPART("report") "--b--\n", "multipart/report", "multipart without parts"},
    {MULTIPART("report") "--b\n--b\n--b--\n", "multipart/report", "multipart without parts"},
    {MULTIPART("mixed") "--b\nContent-Type: multipart/alternative; "
                        "boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n",
     "multipart/mixed(multipart/alternative text/plain'one' text/plain'two')",
     "parts behind the end boundary"},
    {"Subject: x\n\n--b\nContent-Type: text/plain\n\none\n--b--\n", "multipart/mixed(text/plain'one')",
     "MIME body without a MIME header"},
    {"Subject: x\n\nThis is a MIME-encapsulated message\n\n--b\nContent-Type: text/plain\n\none\n--b--\n",
     "multipart/mixed(text/plain'one')", "MIME body without a MIME header"},
    {"--b\nContent-Type: text/plain\n\none\n--b--\n", "multipart/mixed(text/plain'one')",
     "MIME body without a MIME header"},
    {"Subject: x\n\nIt came back:\n\n--b\nContent-Type: text/plain\n\none\n",
     "text/plain'It came back:\n\n--b\nContent-Type: text/plain\n\none'", NULL},
    {"Subject: x\nContent-Type: text/plain\n\n--b\nContent-Type: text/plain\n\none\n",
     "text/plain'--b\nContent-Type: text/plain\n\none'", NULL},
    /* Messages inside. */
    {MULTIPART("report") "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninside\n--b--\n",
     "multipart/report(message/rfc822(text/plain'inside'))", NULL},
    {MULTIPART(
         "report") "--b\nContent-Type: message/global\n\n\nFrom a Mon\nSubject: inner\n\ninside\n--b--\n",
     "multipart/report(message/global(text/plain'inside'))", NULL},
    {MULTIPART("report") "--b\nContent-Type: message/rfc822\n\n--b--\n", "multipart/report(message/rfc822)",
     NULL},
    {MULTIPART("report") "--b\nContent-Type: message/rfc822\n\nno header here\n--b--\n",
     "multipart/report(message/rfc822(text/plain'no header here'))", NULL},
    {MULTIPART("report") "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                         "U3ViamVjdDogaW5uZXIKCmluc2lkZQo=\n--b--\n",
     "multipart/report(message/rfc822(text/plain'inside'))", "attached message with a transfer encoding"},
    {MULTIPART("mixed") "--b\nContent-Type: application/octet-stream; name=\"a.EML\"\n\nSubject: "
                        "i\n\ninside\n--b--\n",
     "multipart/mixed(application/octet-stream(text/plain'inside'))", NULL},
    {MULTIPART("report") "--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b\n"
                         "Content-Type: text/rfc822-headers\n\nSubject: y\n--b\n"
                         "Content-Type: message/global-headers\n\nSubject: z\n--b--\n",
     "multipart/report(message/delivery-status'Status: 5.1.1' text/rfc822-headers'Subject: y' "
     "message/global-headers'Subject: z')",
     NULL},
    {"Subject: x\nContent-Type: message/partial; id=a; number=1; total=2\n\nSubject: y\n\nz",
     "message/partial'Subject: y\n\nz'", NULL},
    {MULTIPART(
         "report") "--b\nContent-Type: message/partial; id=a; number=1; total=2\n\nSubject: y\n\nz\n--b--\n",
     "multipart/report(message/partial(text/plain'z'))", NULL},
    {MULTIPART("report") "--b\nContent-Type: message/partial; id=a; number=2; total=2\n\nno header\n--b--\n",
     "multipart/report(message/partial'no header')", NULL},
    {"Subject: x\nContent-Type: text/rtf\n\n{\\rtf1\\ansi a\\par <b>}", "text/rtf'a\n<b>'", NULL},
    {"Subject: x\nContent-Type: application/rtf\n\n{\\rtf1\\fromhtml1 {\\*\\htmltag8 <p>}a",
     "application/rtf'a'", "damaged RTF"},
    {"Subject: x\nContent-Type: text/plain\n\n{\\rtf1 a}", "text/plain'{\\rtf1 a}'", NULL},
    {"Subject: x\nContent-Type: text/rtf\n\nno rtf", "text/rtf'no rtf'", NULL},
    {MULTIPART("mixed") "--b\nContent-Type: image/png\n\nabc\n--b--\n", "multipart/mixed(image/png)", NULL},
};

static void test_trees(void **state)
{
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        struct bw_anomalies anomalies;
        check_slice(tree_of(*state, bw_str(trees[i].bytes), &anomalies), trees[i].wanted, trees[i].bytes);
        bool found = !trees[i].anomaly && anomalies.count == 0;
        for (size_t k = 0; trees[i].anomaly && k < anomalies.count; k++)
            found |= strcmp(anomalies.items[k].what, trees[i].anomaly) == 0;
        if (!found)
            fail_msg("'%s': %zu anomalies, the first '%s'", trees[i].bytes, anomalies.count,
                     anomalies.count ? anomalies.items[0].what : "");
    }
}

static const char report[] =
    MULTIPART("report; report-type=Delivery-Status") "--b\n\none\n--b\nContent-Type: text/plain\n\n"
                                                     "two\n--b\nContent-Type: message/rfc822\n\nSubject: "
                                                     "y\n\nthree\n--b--\n";

/* Whatever ends the lines, the tree is the same. */
static void test_line_ends(void **state)
{
    static const char *const ends[] = {"\r\n", "\r", "\r\r\n"};
    const char wanted[] =
        "multipart/report(text/plain'one' text/plain'two' message/rfc822(text/plain'three'))";
    struct bw_anomalies anomalies;
    check_slice(tree_of(*state, bw_str(report), &anomalies), wanted, "LF");
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct bw_buf buf;
        bw_buf_init(&buf, 0);
        for (const char *p = report; *p; p++)
            bw_put(&buf, *p == '\n' ? bw_str(ends[i]) : (bw_slice){p, 1});
        check_slice(tree_of(*state, bw_buf_take(&buf, *state), &anomalies), wanted, "other line ends");
        assert_int_equal(anomalies.count, i > 0);
    }
}

static void test_utf16(void **state)
{
    struct bw_buf little, big;
    struct bw_anomalies anomalies;
    bw_buf_init(&little, 0);
    bw_buf_init(&big, 0);
    bw_puts(&little, "\xFF\xFE");
    for (const char *p = report; *p; p++) {
        bw_putc(&little, *p);
        bw_putc(&little, '\0');
        bw_putc(&big, '\0');
        bw_putc(&big, *p);
    }
    const char wanted[] =
        "multipart/report(text/plain'one' text/plain'two' message/rfc822(text/plain'three'))";
    check_slice(tree_of(*state, bw_buf_take(&little, *state), &anomalies), wanted, "with a mark");
    assert_int_equal(anomalies.count, 1);
    check_slice(tree_of(*state, bw_buf_take(&big, *state), &anomalies), wanted, "without one");
}

static void test_description(void **state)
{
    static const char mail[] =
        "Subject: x\nContent-Type: TEXT/Plain; Charset=\"UTF-8\";\n name*=utf-8''%E7%8C%AB\n"
        "Content-Disposition: Attachment\nContent-Transfer-Encoding: Base64 (x)\n\nYQ==\n";
    struct bw_anomalies anomalies;
    struct bw_message message = read_as(*state, bw_str(mail), &limits, &anomalies);
    check_slice(message.root->type, "text", "type");
    check_slice(message.root->charset, "UTF-8", "charset");
    check_slice(message.root->file_name, "\xE7\x8C\xAB", "name");
    assert_true(message.root->attachment && message.root->type_given && !message.root->no_header);
    assert_int_equal(message.root->encoding, BW_ENC_BASE64);
    check_slice(bw_part_bytes(message.root, &message, *state), "a", "bytes");
    check_slice(message.root->body, "YQ==\n", "body");
    assert_ptr_equal(message.root->whole.p, mail);

    message = read_as(*state, bw_str(report), &limits, &anomalies);
    check_slice(message.root->boundary, "b", "boundary");
    check_slice(message.root->report_type, "delivery-status", "report-type");
    assert_false(message.root->child->type_given);
    check_slice(message.root->child->charset, NULL, "charset");
    check_slice(message.root->child->whole, "\none", "whole part");
    message = read_as(*state, BW_S("no header"), &limits, &anomalies);
    assert_true(message.root->no_header);
}

static void test_walking(void **state)
{
    struct bw_anomalies anomalies;
    struct bw_message message = read_as(*state, bw_str(report), &limits, &anomalies);
    struct bw_part *first = message.root->child, *attached = first->next->next, *inner = attached->child;
    assert_int_equal(message.part_count, 5);
    assert_ptr_equal(bw_part_next(message.root, message.root), first);
    assert_ptr_equal(bw_part_next(attached, message.root), inner);
    assert_null(bw_part_next(inner, message.root));
    assert_null(bw_part_next(first, first));
    assert_ptr_equal(bw_part_message(first), message.root);
    assert_ptr_equal(bw_part_message(message.root), message.root);
    assert_ptr_equal(bw_part_message(inner), inner);
    assert_true(bw_part_is(first, "text", "plain") && bw_part_is(first, "text", "*"));
    assert_false(bw_part_is(first, "text", "html") || bw_part_is(first, "*", "plain"));
}

static void test_inner(void **state)
{
    struct bw_anomalies anomalies;
    struct bw_message message =
        read_as(*state, BW_S("Subject: x\n\nReceived: y\nSubject: inner\n\nbody\n"), &limits, &anomalies);
    struct bw_part *inner;
    assert_int_equal(bw_mime_read_inner(&inner, &message, *state, message.root->body, &limits), BW_OK);
    assert_non_null(inner);
    check_slice(bw_header_raw(&inner->header, "subject"), "inner", "subject");
    check_slice(bw_part_text(inner, &message, *state, &limits), "body\n", "text");
    assert_int_equal(message.part_count, 2);
    assert_null(inner->parent);
    assert_int_equal(bw_mime_read_inner(&inner, &message, *state, BW_S("no fields\nat all\n"), &limits),
                     BW_OK);
    assert_null(inner);
}

/* A mail inside a mail inside a mail ..., and parts without end: cut at the limits, never an error. */
static void test_limits(void **state)
{
    struct bw_limits few = limits;
    struct bw_anomalies anomalies;
    few.mime_depth = 5;
    few.mime_parts = 7;
    const bw_slice deep = repeated(*state, "Subject: x\nContent-Type: message/rfc822\n\n", 50);
    struct bw_message message = read_as(*state, deep, &few, &anomalies);
    assert_int_equal(message.part_count, 6);
    assert_string_equal(anomalies.items[anomalies.count - 1].what, "parts nested too deeply");
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    bw_puts(&buf, MULTIPART("mixed"));
    bw_put(&buf, repeated(*state, "--b\n\nx\n", 50));
    message = read_as(*state, bw_buf_take(&buf, *state), &few, &anomalies);
    assert_int_equal(message.part_count, 7);
    assert_string_equal(anomalies.items[anomalies.count - 1].what, "too many parts");
    few.mime_parts = few.mime_depth = few.header_fields = 0;
    read_as(*state, bw_str(report), &few, &anomalies);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t ceiling = 16; ceiling < 40000; ceiling += 16) {
        struct bw_arena *arena = bw_arena_new(ceiling);
        struct bw_anomalies anomalies = {0};
        struct bw_message message;
        const bw_status status = bw_mime_read(&message, arena, bw_str(report), &limits, &anomalies);
        assert_true(status == BW_LIMIT || (status == BW_OK && message.root));
        for (struct bw_part *part = status ? NULL : message.root; part;
             part = bw_part_next(part, message.root))
            assert_non_null(bw_part_text(part, &message, arena, &limits).p);
        bw_arena_free(arena);
    }
}

static void test_linear(void **state)
{
    static const char *const units[] = {"--b\n\n",
                                        "--b--\n",
                                        "--b\n",
                                        "--x\nContent-A: b\n",
                                        "\n",
                                        "--",
                                        "-",
                                        "\r",
                                        "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
                                        "--b\nContent-Type: multipart/mixed\n\n",
                                        "--b\nContent-Type: message/rfc822\n\n",
                                        "From \n",
                                        ">From x\n"};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        for (int with_header = 0; with_header < 2; with_header++) {
            struct bw_anomalies anomalies;
            struct bw_buf buf;
            bw_buf_init(&buf, 0);
            bw_puts(&buf, with_header ? MULTIPART("mixed") : "");
            bw_put(&buf, repeated(*state, units[i], 100000));
            const bw_slice bytes = bw_buf_take(&buf, *state);
            const clock_t start = clock();
            struct bw_message message = read_as(*state, bytes, &limits, &anomalies);
            for (struct bw_part *part = message.root; part; part = bw_part_next(part, message.root))
                bw_part_text(part, &message, *state, &limits);
            if (seconds_since(start) > 5)
                fail_msg("'%s' takes %f s", units[i], seconds_since(start));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_trees),       ARENA_TEST(test_line_ends), ARENA_TEST(test_utf16),
        ARENA_TEST(test_description), ARENA_TEST(test_walking),   ARENA_TEST(test_inner),
        ARENA_TEST(test_limits),      ARENA_TEST(test_no_memory), ARENA_TEST(test_linear),
    };
    bw_limits_default(&limits);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
