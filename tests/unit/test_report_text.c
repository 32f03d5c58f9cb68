/* The text report: order, columns, groups, wrapping, what is said where words are missing, hostile mail. */
#include "report/layout.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

#define T(literal)                                                                                           \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }

/* A language of our own, so that nobody's better wording of the real ones breaks a test; and what it leaves out in
 * English. */
static const char words[] = "language: qq\nname: Test\n\n"
                            "say: cause.ip-blocked\n"
                            "head: ?several {count} refused over {ip}\n"
                            "head: ?closed {list} is closed[ since {since}]\n"
                            "head: {ip} is on {list}\n"
                            "head: refused\n"
                            "who: ?actor-sender-admin the provider[ of {ip_host}]\n"
                            "who: somebody\n"
                            "step: open {removal_url}\n"
                            "step: ?delayed wait\n"
                            "step: !delayed send again\n"
                            "note: ?unverified do not follow links\n"
                            "note: ?masked the address is hidden\n\n"
                            "say: cause.user-unknown\n"
                            "head: no such user[ {recipient}]\n"
                            "who: you\n"
                            "step: check the address\n\n"
                            "word: label.recipient\nis: To\n\n"
                            "word: label.remote-host\nis: 拒否したサーバー\n\n"
                            "word: label.refused-ip\nis: IP\n\n"
                            "word: label.list\nis: List\n\n"
                            "word: label.page\nis: Page\n\n"
                            "word: label.subject\nis: Subject\n\n"
                            "word: label.sent\nis: Sent\n\n"
                            "word: label.action\nis: State\n\n"
                            "word: label.reply\nis: Reply\n\n"
                            "word: label.status\nis: Status\n\n"
                            "word: heading.next\nis: Next\n\n"
                            "word: heading.reply\nis: Words\n\n"
                            "word: heading.other\nis: Others\n\n"
                            "word: heading.explain\nis: Why\n\n"
                            "word: heading.message\nis: == {source} {index}\n\n"
                            "word: list-status.active\nis: active\n\n"
                            "word: page.removal\nis: removal\n\n"
                            "word: page.lookup\nis: lookup\n\n"
                            "word: page.operator\nis: operator\n\n"
                            "word: page.unverified\nis: UNVERIFIED\n\n"
                            "word: page.remark\nis: {role}, {owner}\n\n"
                            "word: ip.role\nis: server {ip_host}\n\n"
                            "word: action.failed\nis: failed\n\n"
                            "word: action.delayed\nis: delayed\n\n"
                            "word: recipients.more\nis: and {count} more\n\n"
                            "word: explain.rule\nis: rule\n\n"
                            "word: explain.place\nis: place\n\n"
                            "word: explain.matched\nis: matched\n\n"
                            "word: explain.lost\nis: lost\n\n"
                            "word: explain.format\nis: format\n\n"
                            "word: explain.anomaly\nis: odd\n\n"
                            "word: explain.code\nis: code\n\n"
                            "word: explain.none\nis: nothing\n\n"
                            "word: why.later\nis: came later\n\n";

static const char owned[] =
    "list: test-list\nname: Test List\nstatus: active\nhost: owned.example\nsource: this test\n\n";

static struct bw_tables *open_with(const char *text)
{
    char path[] = "/tmp/bouncewhy-text-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct bw_tables *tables = NULL;
    const char *paths[] = {path};
    struct bw_error err = {.status = BW_OK};
    const bw_status status = bw_tables_open(&tables, paths, 1, &err);
    unlink(path);
    if (status)
        fail_msg("%s:%u: %s", err.file, err.line, err.message);
    return tables;
}

struct tables_pair {
    struct bw_tables *plain, *owning;
};

static int open_tables(void **state)
{
    static struct tables_pair pair;
    pair.plain = open_with(words);
    pair.owning = open_with(owned);
    *state = &pair;
    return 0;
}

static int close_tables(void **state)
{
    struct tables_pair *pair = *state;
    bw_tables_free(pair->plain);
    bw_tables_free(pair->owning);
    return 0;
}

static const struct bw_report_options look = {.language = "qq", .source = "-", .index = 1};

/* The report as a C string; the caller frees it. */
static char *report(const struct bw_tables *tables, const struct bw_result *result,
                    const struct bw_report_options *options)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_report_text(&out, tables, result, options), BW_OK);
    assert_true(out.n > 0 && out.p[out.n - 1] == '\n');
    bw_putc(&out, '\0');
    return out.p;
}

static void assert_report(void **state, const struct bw_result *result,
                          const struct bw_report_options *options, const char *expected)
{
    char *text = report(((struct tables_pair *)*state)->plain, result, options);
    assert_string_equal(text, expected);
    free(text);
}

static const struct bw_url urls[] = {
    {T("https://check.example/192.0.2.9"), BW_URL_REMOVAL, false, BW_TRUST_OPERATOR, false},
    {T("https://evil.example.net/a.html"), BW_URL_REMOVAL, true, BW_TRUST_UNVERIFIED, false},
};

static const struct bw_delivery blocked = {
    .recipient = T("someone@example.jp"),
    .action = BW_ACTION_FAILED,
    .cause = T("ip-blocked"),
    .disposition = T("block"),
    .actor = T("sender-admin"),
    .reply = T("550"),
    .status = T("5.7.1"),
    .remote_host = T("mx.example.jp"),
    .diagnostic = T("550 192.0.2.9 listed, see https://evil.example.net/a.html"),
    .has_block = true,
    .block = {.ip = T("192.0.2.9"),
              .ip_host = T("out.example.org"),
              .zone = T("dnsbl.example"),
              .list_name = T("Example List"),
              .list_status = T("active"),
              .urls = urls,
              .url_count = 2},
    .rule = T("example.listed"),
    .rule_place = T("a.rules:3"),
    .matched = T("listed"),
};

static const struct bw_delivery unknown_user = {
    .recipient = T("nobody@example.com"),
    .action = BW_ACTION_FAILED,
    .cause = T("user-unknown"),
    .actor = T("sender"),
    .reply = T("550"),
    .status = T("5.1.1"),
    .diagnostic = T("550 <nobody@example.com> is unknown"),
};

static struct bw_result result_of(const struct bw_delivery *deliveries, size_t count)
{
    return (struct bw_result){.kind = BW_KIND_BOUNCE, .deliveries = deliveries, .delivery_count = count};
}

static void whole_report(void **state)
{
    struct bw_result result = result_of(&blocked, 1);
    result.original.subject = BW_S("件名");
    result.original.date = BW_S("2023-01-24T18:02:09+09:00");
    result.reporting_mta = BW_S("MX.example.jp");
    assert_report(state, &result, &look,
                  "192.0.2.9 is on Example List\n"
                  "the provider of out.example.org\n"
                  "\n"
                  "  To                someone@example.jp\n"
                  "  Subject           件名\n"
                  "  Sent              2023-01-24 18:02:09 +09:00\n"
                  "  拒否したサーバー  mx.example.jp\n"
                  "  Status            5.7.1\n"
                  "  IP                192.0.2.9 (server out.example.org)\n"
                  "  List              Example List (dnsbl.example) active\n"
                  "  Page              https://check.example/192.0.2.9 (removal, operator)\n"
                  "                    hxxps://evil[.]example[.]net/a.html (UNVERIFIED)\n"
                  "\n"
                  "  do not follow links\n"
                  "\n"
                  "Next\n"
                  "  1. open https://check.example/192.0.2.9\n"
                  "  2. send again\n"
                  "\n"
                  "Words\n"
                  "  550 192.0.2.9 listed, see hxxps://evil[.]example[.]net/a.html\n");
}

static void heading_and_bold(void **state)
{
    const struct bw_result result = result_of(&unknown_user, 1);
    struct bw_report_options options = look;
    options.heading = true;
    options.color = true;
    options.source = "a\033b.mbox";
    options.index = 7;
    assert_report(state, &result, &options,
                  "== a\xE2\x90\x9B"
                  "b.mbox 7\n\n"
                  "\033[1mno such user nobody@example.com\033[0m\nyou\n\n"
                  "  To      nobody@example.com\n"
                  "  Status  5.1.1\n\n"
                  "Next\n  1. check the address\n\nWords\n  550 <nobody@example.com> is unknown\n");
}

static void groups_same_verdicts(void **state)
{
    enum { COUNT = 13 };
    static char names[COUNT][32], said[COUNT][64];
    struct bw_delivery deliveries[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "user%zu@example.com", i);
        snprintf(said[i], sizeof said[i], "550 <%s>: 5.1.1 user%zu is unknown", names[i], i);
        deliveries[i] = unknown_user;
        deliveries[i].recipient = bw_str(names[i]);
        deliveries[i].diagnostic = bw_str(said[i]);
    }
    const struct bw_result result = result_of(deliveries, COUNT);
    assert_report(
        state, &result, &look,
        "no such user\nyou\n\n"
        "  To  user0@example.com\n      user1@example.com\n      user2@example.com\n"
        "      user3@example.com\n      user4@example.com\n      user5@example.com\n"
        "      user6@example.com\n      user7@example.com\n      user8@example.com\n"
        "      user9@example.com\n      and 3 more\n\n"
        "Next\n  1. check the address\n\nWords\n  550 <user0@example.com>: 5.1.1 user0 is unknown\n");
}

static void parts_what_differs(void **state)
{
    struct bw_delivery deliveries[] = {unknown_user, blocked, unknown_user, unknown_user};
    deliveries[1].block.url_count = 0;
    deliveries[1].action = BW_ACTION_DELAYED;
    deliveries[2].recipient = (bw_slice)T("other@example.com");
    deliveries[2].diagnostic = (bw_slice)T("550 <other@example.com> is unknown");
    deliveries[3].recipient = (bw_slice)T("third@example.com");
    deliveries[3].diagnostic = (bw_slice)T("550 third is not here 5.1.1");
    const struct bw_result result = result_of(deliveries, 4);
    assert_report(state, &result, &look,
                  "no such user\nyou\n\n"
                  "  To      nobody@example.com\n"
                  "          other@example.com\n"
                  "  State   failed\n"
                  "  Status  5.1.1\n\n"
                  "Next\n  1. check the address\n\nWords\n  550 <nobody@example.com> is unknown\n\n"
                  "Others\n\n"
                  "192.0.2.9 is on Example List\nthe provider of out.example.org\n\n"
                  "  To                someone@example.jp\n"
                  "  State             delayed\n"
                  "  拒否したサーバー  mx.example.jp\n"
                  "  Status            5.7.1\n"
                  "  IP                192.0.2.9 (server out.example.org)\n"
                  "  List              Example List (dnsbl.example) active\n\n"
                  "Next\n  1. wait\n\n"
                  "Words\n  550 192.0.2.9 listed, see hxxps://evil[.]example[.]net/a.html\n\n"
                  /* The same steps are not told again. */
                  "no such user third@example.com\nyou\n\n"
                  "  To     third@example.com\n"
                  "  State  failed\n\n"
                  "Words\n  550 third is not here 5.1.1\n");
}

static void explains(void **state)
{
    const struct bw_candidate lost[] = {
        {T("other.rule"), T("policy-refused"), T("b.rules:9"), T("see"), T("later")},
        {T("odd.rule"), T("spam-content"), T("c.rules:1"), T("x"), T("no-word-for-it")},
    };
    const struct bw_anomaly odd[] = {{"missing boundary", 42}, {"no date", BW_NONE}};
    struct bw_delivery delivery = unknown_user;
    delivery.rule = (bw_slice)T("example.unknown");
    delivery.rule_place = (bw_slice)T("a.rules:1");
    delivery.matched = (bw_slice)T("is unknown");
    delivery.candidates = lost;
    delivery.candidate_count = 2;
    delivery.diagnostic = BW_NULL;
    struct bw_result result = result_of(&delivery, 1);
    result.format = BW_S("example");
    result.anomalies = odd;
    result.anomaly_count = 2;
    struct bw_report_options options = look;
    options.explain = true;
    assert_report(state, &result, &options,
                  "no such user nobody@example.com\nyou\n\n"
                  "  To      nobody@example.com\n  Reply   550\n  Status  5.1.1\n\n"
                  "Next\n  1. check the address\n\n"
                  "Why\n"
                  "  rule     example.unknown\n"
                  "  place    a.rules:1\n"
                  "  matched  is unknown\n"
                  "  lost     other.rule (policy-refused, b.rules:9) \"see\": came later\n"
                  "           odd.rule (spam-content, c.rules:1) \"x\": no-word-for-it\n\n"
                  "  format  example\n"
                  "  odd     missing boundary (@42)\n"
                  "          no date\n");
}

/* A language without the words falls back to English, and what nobody says to its id. */
static void missing_words(void **state)
{
    const struct bw_tables *tables = ((struct tables_pair *)*state)->plain;
    struct bw_delivery delivery = unknown_user;
    struct bw_report_options options = look;
    const struct bw_result result = result_of(&delivery, 1);
    options.language = "zz";
    char *other = report(tables, &result, &options);
    options.language = "en";
    char *english = report(tables, &result, &options);
    assert_string_equal(other, english);
    free(other);
    free(english);
    delivery.cause = (bw_slice)T("nobody-knows-it");
    char *text = report(tables, &result, &options);
    assert_int_equal(strncmp(text, "nobody-knows-it\nsender\n", 23), 0);
    free(text);
}

static void no_delivery(void **state)
{
    static const struct {
        enum bw_kind kind;
        const char *cause;
    } rows[] = {{BW_KIND_NOT_A_BOUNCE, "not-a-bounce"},
                {BW_KIND_AUTO_REPLY, "auto-reply"},
                {BW_KIND_COMPLAINT, "complaint"},
                {BW_KIND_RECEIPT, "delivered"},
                {BW_KIND_BOUNCE, "undetermined"}};
    struct tables_pair *pair = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct bw_result empty = {.kind = rows[i].kind, .original = {.subject = T("S")}};
        const struct bw_delivery delivery = {.cause = bw_str(rows[i].cause)};
        struct bw_report_options options = look;
        options.language = "en";
        const struct bw_result one = {.kind = rows[i].kind,
                                      .original = {.subject = T("S")},
                                      .deliveries = &delivery,
                                      .delivery_count = 1};
        char *text = report(pair->plain, &empty, &options);
        char *same = report(pair->plain, &one, &options);
        assert_string_equal(text, same);
        free(text);
        free(same);
    }
}

/* Known owners and the block's own trusted pages are left as they are, everything else is defanged. */
static void links_in_words(void **state)
{
    static const struct {
        const char *words, *shown;
    } rows[] = {
        {"see https://www.owned.example/x?ip=192.0.2.1.", "see https://www.owned.example/x?ip=192.0.2.1."},
        {"see HTTP://other.example.net/a", "see hxxp://other[.]example[.]net/a"},
        {"(http://owned.example@evil.example/)", "(hxxp://owned[.]example[@]evil[.]example/)"},
        {"http://owned.example:80@evil.example/", "hxxp://owned[.]example:80[@]evil[.]example/"},
        {"http://owned.example\\@evil.example", "http://owned.example\\@evil.example"},
        {"https://notowned.example/", "hxxps://notowned[.]example/"},
        {"https://owned.example.evil.test/", "hxxps://owned[.]example[.]evil[.]test/"},
        {"<https://a.test><https://b.test>", "<hxxps://a[.]test><hxxps://b[.]test>"},
        {"http is a word, https:// too", "http is a word, hxxps:// too"},
        {"blocked by mx.example.net, no link", "blocked by mx.example.net, no link"},
    };
    struct tables_pair *pair = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bw_delivery delivery = unknown_user;
        delivery.diagnostic = bw_str(rows[i].words);
        const struct bw_result result = result_of(&delivery, 1);
        struct bw_report_options options = look;
        options.language = "en";
        char *text = report(pair->owning, &result, &options);
        const size_t n = strlen(text), m = strlen(rows[i].shown);
        if (n < m + 3 || strncmp(text + n - m - 1, rows[i].shown, m) != 0)
            fail_msg("row %zu: expected \"%s\" at the end of\n%s", i, rows[i].shown, text);
        free(text);
    }
}

/* Every text of a result is hostile; nothing in the report acts on a terminal. */
static void hostile_texts(void **state)
{
    static const bw_slice bad = T("a\033[31m\r\n\x9B\xC2\x9B\x07\xE2\x80\xAE\xFF{ip}[x]");
    const struct bw_url url = {bad, BW_URL_INFO, true, BW_TRUST_UNVERIFIED, false};
    const struct bw_url trusted = {bad, BW_URL_LOOKUP, false, BW_TRUST_OPERATOR, false};
    const struct bw_url both[] = {url, trusted};
    const struct bw_candidate lost = {bad, bad, bad, bad, bad};
    struct bw_delivery delivery = {bad,
                                   BW_ACTION_DELAYED,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   true,
                                   {.ip = bad,
                                    .ip_host = bad,
                                    .domain = bad,
                                    .zone = bad,
                                    .list_id = bad,
                                    .list_name = bad,
                                    .list_operator = bad,
                                    .list_status = bad,
                                    .list_since = bad,
                                    .receiver_id = bad,
                                    .receiver_name = bad,
                                    .code = bad,
                                    .urls = both,
                                    .url_count = 2,
                                    .ip_from_route = true},
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   bad,
                                   &lost,
                                   1};
    static const char *const causes[] = {NULL, "ip-blocked", "user-unknown"};
    for (size_t i = 0; i < 6; i++) {
        if (causes[i / 2])
            delivery.cause = bw_str(causes[i / 2]);
        struct bw_result result = result_of(&delivery, 1);
        result.original = (struct bw_original){bad, bad, bad, bad, bad, bad, true};
        result.format = result.reporting_mta = result.date = bad;
        const struct bw_report_options options = {.language = i % 2 ? "qq" : "ja",
                                                  .source = bad.p,
                                                  .index = 1,
                                                  .heading = true,
                                                  .explain = true,
                                                  .width = (unsigned)(i * 20)};
        char *text = report(((struct tables_pair *)*state)->plain, &result, &options);
        assert_true(bw_utf8_valid(bw_str(text)));
        for (const char *p = text; *p; p++)
            assert_true((unsigned char)*p >= ' ' || *p == '\n');
        assert_null(strstr(text, "\xE2\x80\xAE"));
        assert_null(strstr(text, "\xC2\x9B"));
        free(text);
    }
}

static void assert_wrapped(unsigned width, const char *text, const char *expected)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    const struct bw_layout layout = {.out = &out, .width = width};
    bw_layout_text(&layout, bw_str(text), 0, 2);
    bw_putc(&out, '\0');
    assert_string_equal(out.p, expected);
    bw_buf_clear(&out);
}

static void wraps(void **state)
{
    (void)state;
    assert_wrapped(30, "one two three four five six seven eight",
                   "one two three four five six\n  seven eight\n");
    assert_wrapped(0, "one two three four five six seven eight", "one two three four five six seven eight\n");
    /* Exactly as wide as the line, and one column more. */
    assert_wrapped(30, "あいうえおかきくけこさしすせそ", "あいうえおかきくけこさしすせそ\n");
    assert_wrapped(30, "あいうえおかきくけこさしすせそた", "あいうえおかきくけこさしすせそ\n  た\n");
    /* No 、。」 at the start of a line: the character before comes along. */
    assert_wrapped(30, "あいうえおかきくけこさしすせそ。", "あいうえおかきくけこさしすせ\n  そ。\n");
    assert_wrapped(30, "あいうえおかきくけこさしすせそ」、と", "あいうえおかきくけこさしすせ\n  そ」、と\n");
    assert_wrapped(30, "あいうえおかきくけこさしすせサーバー", "あいうえおかきくけこさしすせ\n  サーバー\n");
    /* No 「( at the end of a line. */
    assert_wrapped(30, "あいうえおかきくけこさしすせ「た」", "あいうえおかきくけこさしすせ\n  「た」\n");
    assert_wrapped(30, "あいうえおかきくけこさしすせ(た)", "あいうえおかきくけこさしすせ\n  (た)\n");
    /* A link is never cut, whatever its length and what stands around it. */
    assert_wrapped(30, "ここを見る https://www.example.com/a/very/long/link/a-b?c=d を開く。",
                   "ここを見る\n  https://www.example.com/a/very/long/link/a-b?c=d\n  を開く。\n");
    assert_wrapped(30, "宛先「someone.with.a.long.name@example.co.jp」です",
                   "宛先\n  「someone.with.a.long.name@example.co.jp」\n  です\n");
    /* A width that leaves no room is no reason to print a column of letters. */
    assert_wrapped(5, "aaaa bbbb cccc dddd eeee ffff", "aaaa bbbb cccc dddd eeee\n  ffff\n");
    assert_wrapped(30, "two\nlines", "two\n  lines\n");
    assert_wrapped(30, "", "\n");
    assert_wrapped(30, "a  b ", "a  b\n");
}

/* The real wording at any width: no line is too wide unless it is one run that cannot be broken. */
static void keeps_the_width(void **state)
{
    static const char *const no_start[] = {"、", "。", "」", "ー", "っ", ")"};
    const struct bw_tables *tables = ((struct tables_pair *)*state)->plain;
    struct bw_delivery deliveries[] = {blocked, unknown_user};
    const struct bw_result result = result_of(deliveries, 2);
    for (unsigned width = 60; width < 100; width++) {
        struct bw_report_options options = look;
        options.language = "ja";
        options.width = width;
        char *text = report(tables, &result, &options);
        bw_slice rest = bw_str(text), line;
        while (bw_next_line(&line, &rest)) {
            const bw_slice body = bw_trim(line);
            if (bw_width(line) > width && bw_find_byte(body, ' ', 0) != BW_NONE)
                fail_msg("wider than %u: %.*s", width, BW_ARG(line));
            for (size_t i = 0; i < sizeof no_start / sizeof *no_start; i++)
                assert_false(bw_starts(body, bw_str(no_start[i])));
        }
        free(text);
    }
}

/* The tables that come with the program say everything in each of their languages. */
static void nothing_is_missing(void **state)
{
    struct bw_arena *arena = bw_arena_new(0);
    bw_finding_list findings = {.count = 0};
    struct bw_tables *embedded = NULL;
    (void)state;
    assert_int_equal(bw_tables_open(&embedded, NULL, 0, NULL), BW_OK);
    assert_int_equal(bw_report_check(&findings, arena, embedded), BW_OK);
    for (size_t i = 0; i < findings.count; i++)
        print_error("%.*s", BW_ARG(bw_finding_text(arena, &findings.items[i])));
    assert_int_equal(findings.count, 0);
    assert_non_null(bw_table_text(embedded, "ja", "word", BW_S("label.recipient")));
    assert_non_null(bw_table_text(embedded, "en", "word", BW_S("label.recipient")));
    bw_tables_free(embedded);
    bw_arena_free(arena);
}

static void check_finds_gaps(void **state)
{
    (void)state;
    static const char gaps[] =
        "language: qq\nname: Test\n\nsay: cause.user-unknown\nhead: ?delaid {recipent}\n"
        "who: ?delayed x\n\nword: label.list\nis: {lst}\n";
    struct bw_tables *tables = open_with(gaps);
    struct bw_arena *arena = bw_arena_new(0);
    bw_finding_list findings = {.count = 0};
    static const char *const expected[] = {"there is no flag 'delaid'",
                                           "there is no fact 'recipent'",
                                           "there is no fact 'lst'",
                                           "there is no 'word: label.recipient'",
                                           "there is no 'say: cause.ip-blocked'",
                                           "no 'head:'",
                                           "no 'who:'"};
    assert_int_equal(bw_report_check(&findings, arena, tables), BW_OK);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        bool found = false;
        for (size_t k = 0; k < findings.count; k++)
            found |= bw_find(findings.items[k].message, bw_str(expected[i]), 0) != BW_NONE;
        if (!found)
            fail_msg("not found: %s", expected[i]);
    }
    bw_tables_free(tables);
    bw_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_report),
        cmocka_unit_test(heading_and_bold),
        cmocka_unit_test(groups_same_verdicts),
        cmocka_unit_test(parts_what_differs),
        cmocka_unit_test(explains),
        cmocka_unit_test(missing_words),
        cmocka_unit_test(no_delivery),
        cmocka_unit_test(links_in_words),
        cmocka_unit_test(hostile_texts),
        cmocka_unit_test(wraps),
        cmocka_unit_test(keeps_the_width),
        cmocka_unit_test(nothing_is_missing),
        cmocka_unit_test(check_finds_gaps),
    };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
