/* Message boundaries of an mbox, read in steps of 1, 7 and 4096 bytes. */
#include "input/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FROM_A "From alice@example.com Mon Jan  3 12:00:00 2022\n"
#define FROM_B "From bob@example.org Tue Feb  1 01:02:03 2022\n"
#define A "Subject: a\n\nfirst\n"
#define B "Subject: b\n\nsecond\n"

enum { MESSAGES_MAX = 5 };

static const struct {
    bool expected;
    const char *line;
} from_lines[] = {
    {true, "From alice@example.com Mon Jan  3 12:00:00 2022"},
    {true, "From alice@example.com  Mon Jan 03 12:00:00 2022"},
    {true, "From alice@example.com Mon Jan  3 12:00 2022"},
    {true, "From MAILER-DAEMON Fri Jul  8 12:08:34 2011"},
    {true, "From - Mon Jan 03 12:00:00 2022"},
    {true, "From ???@??? Mon Jan 03 12:00:00 2022"},
    {true, "From <> Mon Jan 03 12:00:00 2022"},
    {true, "From Mon Jan  3 12:00:00 2022"},
    {true, "From  Mon Jan  3 12:00:00 2022"},
    {true, "From a@example.com Mon Jan  3 12:00:00 JST 2022"},
    {true, "From a@example.com Mon Jan  3 12:00:00 MET DST 2022"},
    {true, "From a@example.com Mon Jan  3 12:00:00 2022 +0900"},
    {true, "From a@example.com Mon Jan  3 12:00:00 +0900 2022"},
    {true, "From 1234567890@xxx Mon Jan  3 12:00:00 +0000 2022"},
    {true, "From a@example.com Mon Jan  3 12:00:00 2022 remote from host.example"},
    {true, "From a@example.com Mon, 3 Jan 2022 12:00:00 +0900"},
    {true, "From a@example.com Mon, 3 Jan 2022 12:00:00 +0900 (JST)"},
    {true, "From \"a b\"@example.com Mon Jan  3 12:00:00 2022"},
    {true, "From user at example.com  Mon Jan  3 12:00:00 2022"},
    {true, "From sun@example.com Sun Jan  2 12:00:00 2022"},
    {true, "From a@example.com mon jan  3 12:00:00 2022"},
    {false, "From alice@example.com"},
    {false, "From: alice@example.com Mon Jan  3 12:00:00 2022"},
    {false, "from alice@example.com Mon Jan  3 12:00:00 2022"},
    {false, ">From alice@example.com Mon Jan  3 12:00:00 2022"},
    {false, "From"},
    {false, "From "},
    {false, "From Monday on, everything will be different"},
    {false, "From what I saw on Mon Jan  3 12:00:00 2022"},
    {false, "From what we see Mon Jan  3 12:00:00 2022"},
    {false, "From alice@example.com Mon Jan  3 12:00:00 2022 it was down"},
    {false, "From alice@example.com Mon Jan  3 12:00:00"},
    {false, "From alice@example.com Mon Jan 33 12:00:00 2022"},
    {false, "From alice@example.com Mon Foo  3 12:00:00 2022"},
    {false, "From alice@example.com Mon Jan  3 12-00-00 2022"},
    {false, "From alice@example.com Mon Jan  3 12:00:00 202"},
    {false, "From alice@example.com Xxx Jan  3 12:00:00 2022"},
    {false, "From a b c d e f g h i@example.com Mon Jan  3 12:00:00 2022"},
    {false, "From 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 Mon Jan  3 12:00:00 2022"},
};

static void from_line_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof from_lines / sizeof *from_lines; i++)
        if (bw_is_from_line(bw_str(from_lines[i].line)) != from_lines[i].expected)
            fail_msg("%s: expected %d", from_lines[i].line, from_lines[i].expected);
}

/* A sender of 450 letters is one, a sender of 2000 is none. */
static void from_line_of_many_bytes(void **state)
{
    (void)state;
    char line[3000];
    snprintf(line, sizeof line, "From %0450d Mon Jan  3 12:00:00 2022", 1);
    assert_true(bw_is_from_line(bw_str(line)));
    snprintf(line, sizeof line, "From %02000d Mon Jan  3 12:00:00 2022", 1);
    assert_false(bw_is_from_line(bw_str(line)));
}

static const struct mbox_row {
    const char *name;
    const char *text;
    const char *messages[MESSAGES_MAX];
    size_t limit;    /* 0: 1 MiB */
    unsigned quoted; /* bit i: message i was unquoted */
    unsigned cut;    /* bit i: message i was truncated */
} rows[] = {
    {"one", FROM_A A, {A}, 0, 0, 0},
    {"one, empty line at the end", FROM_A A "\n", {A}, 0, 0, 0},
    {"two", FROM_A A "\n" FROM_B B "\n", {A, B}, 0, 0, 0},
    {"no line end at the end",
     FROM_A A "\n" FROM_B "Subject: b\n\nsecond",
     {A, "Subject: b\n\nsecond"},
     0,
     0,
     0},
    {"empty lines before the first are passed over", "\n\r\n" FROM_A A, {A}, 0, 0, 0},
    {"byte-order mark", "\xEF\xBB\xBF" FROM_A A, {A}, 0, 0, 0},
    {"without an empty line before it, no boundary", FROM_A A FROM_B B, {A FROM_B B}, 0, 0, 0},
    {"one separating empty line of several is taken off", FROM_A A "\n\n" FROM_B B, {A "\n", B}, 0, 0, 0},
    {"prose",
     FROM_A "Subject: a\n\nHello\n\nFrom now on: nothing.\n\nFrom me\n",
     {"Subject: a\n\nHello\n\nFrom now on: nothing.\n\nFrom me\n"},
     0,
     0,
     0},
    {"a From_ line quoted in prose",
     FROM_A A "\n" FROM_B "that was its line\n\n" FROM_B B,
     {A "\n" FROM_B "that was its line\n", B},
     0,
     0,
     0},
    {"From_ line twice", FROM_A FROM_A A "\n" FROM_B FROM_B B, {A, B}, 0, 0, 0},
    {"header only", FROM_A "Subject: a\n\n" FROM_B B, {"Subject: a\n\n", B}, 0, 0, 0},
    {"no header", FROM_A "\nfirst\n\n" FROM_B "\nsecond\n", {"\nfirst\n", "\nsecond\n"}, 0, 0, 0},
    {"a first message without any field", FROM_A "first\n\n" FROM_B B, {"first\n\n", B}, 0, 0, 0},
    {"a From_ line and no more", FROM_A, {""}, 0, 0, 0},
    {"a From_ line without its end", "From a@example.com Mon Jan  3 12:00:00 2022", {""}, 0, 0, 0},
    {"an empty message last", FROM_A A "\n" FROM_B, {A, ""}, 0, 0, 0},
    {"CRLF",
     "From a@example.com Mon Jan  3 12:00:00 2022\r\nSubject: a\r\n\r\nfirst\r\n\r\n"
     "From b@example.com Mon Jan  3 12:00:00 2022\r\nSubject: b\r\n\r\n>From x\r\n\r\n",
     {"Subject: a\r\n\r\nfirst\r\n", "Subject: b\r\n\r\nFrom x\r\n"},
     0,
     2,
     0},
    {"bare CR",
     "From a@example.com Mon Jan  3 12:00:00 2022\rSubject: a\r\rfirst\r\r"
     "From b@example.com Mon Jan  3 12:00:00 2022\rSubject: b\r\r>From x\r",
     {"Subject: a\r\rfirst\r", "Subject: b\r\rFrom x\r"},
     0,
     2,
     0},
    {"LF first, then CRLF",
     FROM_A "Subject: a\r\n\r\nfirst\r\n\r\n" FROM_B B,
     {"Subject: a\r\n\r\nfirst\r\n", B},
     0,
     0,
     0},
    {"a CR inside a line",
     FROM_A "Subject: a\n\nx\r\r" FROM_B "y\n",
     {"Subject: a\n\nx\r\r" FROM_B "y\n"},
     0,
     0,
     0},

    {"mboxrd",
     FROM_A "Subject: a\n\n>From x\n>>From y\n> From z\n>Fromage\n",
     {"Subject: a\n\nFrom x\n>From y\n> From z\n>Fromage\n"},
     0,
     1,
     0},
    {"the header is not unquoted",
     FROM_A ">From a@example.com Mon Jan  3 12:00:00 2022 remote from x\n" A,
     {">From a@example.com Mon Jan  3 12:00:00 2022 remote from x\n" A},
     0,
     0,
     0},
    {"only the message that is quoted",
     FROM_A A "\n" FROM_B "Subject: b\n\n>From x\n\n" FROM_A A,
     {A, "Subject: b\n\nFrom x\n", A},
     0,
     2,
     0},

    {"Content-Length to the next line",
     FROM_A "Content-Length: 6\n\nfirst\n\n" FROM_B B,
     {"Content-Length: 6\n\nfirst\n", B},
     0,
     0,
     0},
    {"Content-Length over From_ lines",
     FROM_A "Content-Length: 62\n\nx\n\n" FROM_B "Subject: no\n\n\n" FROM_B B,
     {"Content-Length: 62\n\nx\n\n" FROM_B "Subject: no\n\n", B},
     0,
     0,
     0},
    {"Content-Length to the end",
     FROM_A "content-length:  62\n\nx\n\n" FROM_B "Subject: no\n\n",
     {"content-length:  62\n\nx\n\n" FROM_B "Subject: no\n\n"},
     0,
     0,
     0},
    {"mboxcl2 does not quote",
     FROM_A "Content-Length: 67\n\n>From x\n\n" FROM_B "Subject: no\n\n" FROM_B B,
     {"Content-Length: 67\n\n>From x\n\n" FROM_B "Subject: no\n", B},
     0,
     0,
     0},
    {"mboxcl quotes",
     FROM_A "Content-Length: 8\n\n>From x\n\n" FROM_B B,
     {"Content-Length: 8\n\nFrom x\n", B},
     0,
     1,
     0},
    {"Content-Length of nothing",
     FROM_A "Content-Length: 0\n\n" FROM_B B,
     {"Content-Length: 0\n\n", B},
     0,
     0,
     0},
    {"Content-Length too small",
     FROM_A "Content-Length: 3\n\nfirst\n\n" FROM_B B,
     {"Content-Length: 3\n\nfirst\n", B},
     0,
     0,
     0},
    {"Content-Length too large",
     FROM_A "Content-Length: 99999\n\nfirst\n\n" FROM_B B,
     {"Content-Length: 99999\n\nfirst\n", B},
     0,
     0,
     0},
    {"Content-Length beyond numbers",
     FROM_A "Content-Length: 99999999999999999999999\n\nfirst\n\n" FROM_B B,
     {"Content-Length: 99999999999999999999999\n\nfirst\n", B},
     0,
     0,
     0},
    {"Content-Length that is none",
     FROM_A "Content-Length: -6\n\nfirst\n\n" FROM_B B,
     {"Content-Length: -6\n\nfirst\n", B},
     0,
     0,
     0},
    {"Content-Length in the body",
     FROM_A "Subject: a\n\nContent-Length: 1\n\nx\n\n" FROM_B B,
     {"Subject: a\n\nContent-Length: 1\n\nx\n", B},
     0,
     0,
     0},
    {"empty lines behind Content-Length",
     FROM_A "Content-Length: 6\n\nfirst\n\n\n" FROM_B B "\n\n",
     {"Content-Length: 6\n\nfirst\n", B "\n"},
     0,
     0,
     0},
    {"empty lines at the end",
     FROM_A "Content-Length: 6\n\nfirst\n\n\n",
     {"Content-Length: 6\n\nfirst\n"},
     0,
     0,
     0},

    {"a returned message with its From_ line",
     FROM_A "Subject: a\n\n--x\nContent-Type: message/rfc822\n\n" FROM_B B "\n--x--\n\n" FROM_B B,
     {"Subject: a\n\n--x\nContent-Type: message/rfc822\n\n" FROM_B B "\n--x--\n", B},
     0,
     0,
     0},
    {"a returned header with its From_ line",
     FROM_A "Subject: a\n\nHi\n--x\nContent-Type:text/rfc822-headers\n\n" FROM_B B "--x--\n",
     {"Subject: a\n\nHi\n--x\nContent-Type:text/rfc822-headers\n\n" FROM_B B "--x--\n"},
     0,
     0,
     0},
    {"a text part is no place for one",
     FROM_A "Subject: a\n\n--x\nContent-Type: text/plain\n\n" FROM_B B,
     {"Subject: a\n\n--x\nContent-Type: text/plain\n", B},
     0,
     0,
     0},

    {"cut at the limit",
     FROM_A "Subject: a\n\n0123456789\n\n" FROM_B "\nx\n",
     {"Subject: a\n\n01234567", "\nx\n"},
     20,
     0,
     1},
    {"just the limit",
     FROM_A "Subject: a\n\n0123456\n\n" FROM_B "\nx\n",
     {"Subject: a\n\n0123456\n", "\nx\n"},
     20,
     0,
     0},
    {"one byte more",
     FROM_A "Subject: a\n\n01234567\n\n" FROM_B "\nx\n",
     {"Subject: a\n\n01234567", "\nx\n"},
     20,
     0,
     1},
    {"just the limit, at the end", FROM_A "Subject: a\n\n0123456\n", {"Subject: a\n\n0123456\n"}, 20, 0, 0},
    {"just the limit with the empty line",
     FROM_A "Subject: a\n\n012345\n\n" FROM_B "\nx\n",
     {"Subject: a\n\n012345\n", "\nx\n"},
     20,
     0,
     0},
    {"cut between CR and LF of an empty line",
     FROM_A "Subject: a\r\n\r\n01\r\n\r\n" FROM_B "\nx\n",
     {"Subject: a\r\n\r\n01\r", "\nx\n"},
     17,
     0,
     1},
    {"a part in what is cut off",
     FROM_A "Subject: a\n\nzzzzz\n--x\nContent-Type: message/rfc822\n\n" FROM_B B "\n" FROM_B "\nx\n",
     {"Subject: a\n\nzzzz", "\nx\n"},
     16,
     0,
     1},
    {"a From_ line in a long line's rest",
     FROM_A "Subject: a\n\nzzzzzzzzzzz\n\nFrom x\n\n" FROM_B "\nx\n",
     {"Subject: a\n\nzzzz", "\nx\n"},
     16,
     0,
     1},
    {"every message cut", FROM_A A "\n" FROM_B B, {"Subj", "Subj"}, 4, 0, 3},
};

/* A stream over a text that gives few bytes at a time. */
struct trickle {
    const char *p;
    size_t n, step;
};

static ssize_t trickle_read(void *context, void *out, size_t n)
{
    struct trickle *trickle = context;
    if (n > trickle->step)
        n = trickle->step;
    if (n > trickle->n)
        n = trickle->n;
    memcpy(out, trickle->p, n);
    trickle->p += n;
    trickle->n -= n;
    return (ssize_t)n;
}

static void check_row(const struct mbox_row *row, size_t step)
{
    struct trickle trickle = {row->text, strlen(row->text), step};
    struct bw_window window = {0};
    struct bw_mbox mbox = {0};
    struct bw_input_message message = {0};
    size_t skip, i = 0;
    bw_window_reset(&window, trickle_read, &trickle);
    bw_window_fill(&window, 4096);
    if (!bw_mbox_starts(&skip, bw_window_held(&window)))
        fail_msg("%s: no mbox", row->name);
    bw_window_skip(&window, skip);
    while (bw_mbox_next(&message, &mbox, &window, row->limit ? row->limit : 1 << 20) == 1) {
        if (i == MESSAGES_MAX || !row->messages[i])
            fail_msg("%s: message %zu is too many: \"%.*s\"", row->name, i + 1, BW_ARG(message.bytes));
        if (!bw_eq(message.bytes, bw_str(row->messages[i])))
            fail_msg("%s, %zu bytes at a time: message %zu is \"%.*s\", not \"%s\"", row->name, step, i + 1,
                     BW_ARG(message.bytes), row->messages[i]);
        if (message.quoted_from != (row->quoted >> i & 1) || message.truncated != (row->cut >> i & 1))
            fail_msg("%s: message %zu: quoted %d, truncated %d", row->name, i + 1, message.quoted_from,
                     message.truncated);
        i++;
    }
    assert_int_equal(window.error, 0);
    if (i < MESSAGES_MAX && row->messages[i])
        fail_msg("%s, %zu bytes at a time: message %zu is missing", row->name, step, i + 1);
    bw_window_clear(&window);
}

static void boundaries(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 4096};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
            check_row(&rows[i], steps[s]);
}

/* What does not begin as an mbox is none, whatever comes later. */
static void no_mbox(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "\n",
                                        "From",
                                        "From ",
                                        A,
                                        "From the start\n",
                                        "x\n\n" FROM_A A,
                                        "From: a@example.com\n\n" FROM_A A,
                                        ("From MAILER-DAEMON\n" A)};
    size_t skip;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (bw_mbox_starts(&skip, bw_str(texts[i])))
            fail_msg("taken for an mbox: %s", texts[i]);
}

/* Lines and messages over the window's first size, and wrong lengths in all of them. */
static void large_messages(void **state)
{
    (void)state;
    enum { LINE = 700000, COUNT = 40 };
    struct bw_buf text;
    bw_buf_init(&text, 0);
    for (int i = 0; i < COUNT; i++) {
        bw_putf(&text, FROM_A "Content-Length: 6000000\nX-N: %d\n\n", i);
        for (int c = 0; c < (i % 2 ? LINE : 10); c++)
            bw_putc(&text, (char)('a' + i % 26));
        bw_puts(&text, "\n\n");
    }
    struct trickle trickle = {text.p, text.n, 65536};
    struct bw_window window = {0};
    struct bw_mbox mbox = {0};
    struct bw_input_message message = {0};
    bw_window_reset(&window, trickle_read, &trickle);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(bw_mbox_next(&message, &mbox, &window, 8 << 20), 1);
        char field[20];
        snprintf(field, sizeof field, "\nX-N: %d\n", i);
        assert_true(bw_find(message.bytes, bw_str(field), 0) != BW_NONE);
        assert_true(message.bytes.n >= (i % 2 ? LINE : 10));
        assert_true(message.bytes.n < (i % 2 ? LINE : 10) + 60);
    }
    assert_int_equal(bw_mbox_next(&message, &mbox, &window, 8 << 20), 0);
    assert_true(mbox.length_misses > 0);
    bw_window_clear(&window);
    bw_buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_line_forms), cmocka_unit_test(from_line_of_many_bytes),
        cmocka_unit_test(boundaries),      cmocka_unit_test(no_mbox),
        cmocka_unit_test(large_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
