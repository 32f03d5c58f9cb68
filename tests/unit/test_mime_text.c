#include "support.h"
#include "mime/internal.h"

static struct bw_limits limits;

/* The text of a mail of one part with these fields and this body. */
static bw_slice text_of(struct bw_arena *arena, const char *fields, bw_slice body,
                        const struct bw_limits *with, struct bw_anomalies *anomalies)
{
    struct bw_message message;
    struct bw_buf buf;
    *anomalies = (struct bw_anomalies){0};
    bw_buf_init(&buf, 0);
    bw_puts(&buf, "Subject: x\n");
    bw_puts(&buf, fields);
    bw_putc(&buf, '\n');
    bw_put(&buf, body);
    assert_int_equal(bw_mime_read(&message, arena, bw_buf_take(&buf, arena), with, anomalies), BW_OK);
    const bw_slice text = bw_part_text(message.root, &message, arena, with);
    assert_ptr_equal(bw_part_text(message.root, &message, arena, with).p, text.p);
    return text;
}

static void test_texts(void **state)
{
    static const struct {
        const char *fields, *body, *wanted;
        const char *anomaly;
    } cases[] = {
        {"", "a\r\nb\n", "a\nb\n", NULL},
        {"Content-Type: text/plain; charset=utf-8\n", "\xE7\x8C\xAB", "\xE7\x8C\xAB", NULL},
        {"Content-Type: text/plain; charset=iso-2022-jp\n", "\x1B$BG-\x1B(B", "\xE7\x8C\xAB", NULL},
        {"Content-Type: text/plain; charset=shift_jis\nContent-Transfer-Encoding: base64\n", "lEw=\n",
         "\xE7\x8C\xAB", NULL},
        {"Content-Transfer-Encoding: quoted-printable\n", "=E7=8C=\n=AB", "\xE7\x8C\xAB", NULL},
        {"Content-Transfer-Encoding: base64\n", "YQ1iDQpjDQ1kDQ0KZQo=", "a\nb\nc\n\nd\ne\n", NULL},
        {"Content-Transfer-Encoding: base64\n", "Not encoded at all.\n", "Not encoded at all.\n",
         "labelled base64, but plain text"},
        {"", "begin 644 a.txt\n%2&5L;&\\\n`\nend\n", "begin 644 a.txt\n%2&5L;&\\\n`\nend\n", NULL},
        {"Content-Type: text/html\n", "<p>a<p>b", "a\n\nb\n", NULL},
        {"Content-Type: text/html\n", "no tags,\nlines kept\n", "no tags,\nlines kept\n", NULL},
        {"Content-Type: text/html\n", "<meta charset=shift_jis>\x82\xA0", "\xE3\x81\x82\n", NULL},
        {"Content-Type: text/plain\n", "<!DOCTYPE html><p>a", "a\n", NULL},
        {"Content-Type: text/plain\n", "<p>a</p>", "<p>a</p>", NULL},
        {"Content-Type: application/json\n", "{\"a\": 1}", "{\"a\": 1}", NULL},
        /* RFC 3676 */
        {"Content-Type: text/plain; format=flowed\n", "one \ntwo\nthree\n", "one two\nthree\n", NULL},
        {"Content-Type: text/plain; format=Flowed; delsp=yes\n", "on \ne\n", "one\n", NULL},
        {"Content-Type: text/plain; format=flowed\n", "> a \n> b\n>> c \nd\n", "> a b\n>> c \nd\n", NULL},
        {"Content-Type: text/plain; format=flowed\n", " >stuffed\n From x\n", ">stuffed\nFrom x\n", NULL},
        {"Content-Type: text/plain; format=flowed\n", "a \n-- \nsignature\n", "a \n-- \nsignature\n", NULL},
        {"Content-Type: text/plain; format=flowed\n", "open ", "open \n", NULL},
        /* Not text. */
        {"Content-Type: image/png\n", "text", "", NULL},
        {"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n",
         "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA=\n", "", "binary data labelled as text"},
        {"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n", "JVBERgABAgMEBQYHCAEBAQE=\n",
         "", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_anomalies anomalies;
        check_slice(text_of(*state, cases[i].fields, bw_str(cases[i].body), &limits, &anomalies),
                    cases[i].wanted, cases[i].body);
        assert_int_equal(anomalies.count, cases[i].anomaly != NULL);
        if (cases[i].anomaly)
            assert_string_equal(anomalies.items[0].what, cases[i].anomaly);
    }
}

static void test_nul(void **state)
{
    struct bw_anomalies anomalies;
    check_slice(text_of(*state, "", BW_S("us\0er\0 unknown\n"), &limits, &anomalies), "user unknown\n",
                "NUL");
    check_slice(text_of(*state,
                        "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n",
                        BW_S("AGEAYgAK\n"), &limits, &anomalies),
                "ab\n", "UTF-16");
}

static void test_limit(void **state)
{
    struct bw_limits few = limits;
    struct bw_anomalies anomalies;
    few.text_bytes = 4;
    check_slice(text_of(*state, "", BW_S("\xE7\x8C\xAB\xE7\x8C\xAB"), &few, &anomalies), "\xE7\x8C\xAB",
                "cut");
    assert_int_equal(anomalies.count, 1);
    assert_string_equal(anomalies.items[0].what, "text cut for its length");
    check_slice(text_of(*state, "", BW_S("abcd"), &few, &anomalies), "abcd", "exactly as long");
    assert_int_equal(anomalies.count, 0);
}

static void test_whole_characters(void **state)
{
    static const struct {
        const char *text;
        size_t limit;
        const char *wanted;
    } cases[] = {
        {"abc", 5, "abc"},
        {"abc", 2, "ab"},
        {"\xC3\xA9", 1, ""},
        {"\xE3\x81\x82", 2, ""},
        {"\xE3\x81\x82", 3, "\xE3\x81\x82"},
        {"a\xF0\x9F\x98\x80", 4, "a"},
        {"\xF0\x9F\x98\x80", 4, "\xF0\x9F\x98\x80"},
        {"\x80\x80\x80\x80", 3, "\x80\x80\x80"},
        {"", 0, ""},
        {"x", 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_slice(bw_utf8_whole(bw_str(cases[i].text), cases[i].limit), cases[i].wanted, cases[i].text);
}

/* The steps on the way to a text do not count against the message's memory. */
static void test_memory(void **state)
{
    struct bw_arena *arena = bw_arena_new((size_t)3 << 20);
    struct bw_anomalies anomalies = {0};
    struct bw_message message;
    (void)state;
    static char body[1 << 20];
    memset(body, '\xE9', sizeof body);
    memcpy(body, "Subject: x\n\nThe letter: ", 24);
    assert_int_equal(bw_mime_read(&message, arena, (bw_slice){body, sizeof body}, &limits, &anomalies),
                     BW_OK);
    assert_true(bw_part_text(message.root, &message, arena, &limits).n > 0);
    assert_false(bw_arena_failed(arena));
    bw_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_texts),  ARENA_TEST(test_nul),
        ARENA_TEST(test_limit),  ARENA_TEST(test_whole_characters),
        ARENA_TEST(test_memory),
    };
    bw_limits_default(&limits);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
