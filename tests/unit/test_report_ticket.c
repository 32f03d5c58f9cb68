/* The request: to whom it goes, and what is filled in. */
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

#define T(literal)                                                                                           \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }

static struct bw_tables *open_with(const char *text)
{
    char path[] = "/tmp/bouncewhy-ticket-XXXXXX";
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

static const struct bw_delivery blocked = {
    .recipient = T("someone@example.jp"),
    .action = BW_ACTION_FAILED,
    .cause = T("ip-blocked"),
    .actor = T("sender-admin"),
    .diagnostic = T("550 192.0.2.9 listed, see https://evil.example.net/a.html"),
    .has_block = true,
    .block = {.ip = T("192.0.2.9")},
};

static struct bw_result result_of(const struct bw_delivery *deliveries, size_t count)
{
    return (struct bw_result){.kind = BW_KIND_BOUNCE, .deliveries = deliveries, .delivery_count = count};
}

/* A language that says which request it is, and to whom. */
static const char requests[] =
    "language: qq\nname: Test\n\n"
    "say: cause.ip-blocked\nhead: blocked\nwho: the provider\nadmin-who: the administrator\nstep: wait\n\n"
    "say: cause.auth-failure\nhead: forged\nwho: the domain\nadmin-who: your domain\n\n"
    "say: ticket.provider\nto: provider\nsubject: {ip}\npara: {answer}\n"
    "item: !sender From: ____\nitem: Sent: {original_date}\nquote: diagnostic\n\n"
    "say: ticket.receiver\nto: receiver\nsubject: [{list}]\npara: {recipients}\n\n"
    "say: ticket.list\nto: list\nsubject: {ip}\n\n"
    "word: ticket.to\nis: To {text}\n\nword: ticket.subject\nis: About {text}\n\n"
    "word: ticket.none\nis: nobody\n\n"
    "list: free\nname: Free List\nstatus: active\nmethod: form\nsource: this test\n\n"
    "list: gone\nname: Gone List\nstatus: closed\nsource: this test\n\n"
    "list: range\nname: Range List\nstatus: active\nscope: network\nsource: this test\n\n"
    "list: lines\nname: Lines\nstatus: active\nscope: dynamic\nsource: this test\n\n";

/* Who is asked: by actor, role, cause and list. */
static void chooses_the_request(void **state)
{
    (void)state;
    static const struct {
        const char *cause, *actor, *list;
        enum bw_role role;
        enum bw_ticket ticket;
        enum bw_action action;
        const char *first;
    } cases[] = {
        {"ip-blocked", "sender-admin", "free", BW_ROLE_USER, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "To provider\n"},
        {"ip-blocked", "sender-admin", "free", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED, "To list\n"},
        {"ip-blocked", "sender-admin", "range", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "To provider\n"},
        {"ip-blocked", "sender-admin", "lines", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "To provider\n"},
        {"missing-ptr", "sender-admin", "", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED, "To provider\n"},
        {"auth-failure", "sender-admin", "", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "nobody\nyour domain\n"},
        {"auth-failure", "sender-admin", "", BW_ROLE_USER, BW_TICKET_AUTO, BW_ACTION_DELAYED,
         "To provider\n"},
        {"poor-reputation", "sender-admin", "", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "To receiver\n"},
        {"ip-blocked", "recipient-admin", "free", BW_ROLE_ADMIN, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "To receiver\n"},
        {"ip-blocked", "sender", "free", BW_ROLE_USER, BW_TICKET_AUTO, BW_ACTION_FAILED,
         "nobody\nthe provider\n"},
        {"ip-blocked", "sender-admin", "free", BW_ROLE_USER, BW_TICKET_AUTO, BW_ACTION_DELIVERED, "nobody\n"},
        {"ip-blocked", "sender-admin", "free", BW_ROLE_USER, BW_TICKET_LIST, BW_ACTION_FAILED, "To list\n"},
        {"ip-blocked", "sender-admin", "gone", BW_ROLE_ADMIN, BW_TICKET_LIST, BW_ACTION_FAILED, "nobody\n"},
        {"ip-blocked", "sender-admin", "", BW_ROLE_ADMIN, BW_TICKET_LIST, BW_ACTION_FAILED, "nobody\n"},
        {"user-unknown", "sender", "free", BW_ROLE_ADMIN, BW_TICKET_LIST, BW_ACTION_FAILED, "nobody\n"},
        {"ip-blocked", "sender-admin", "free", BW_ROLE_USER, BW_TICKET_PROVIDER, BW_ACTION_DELIVERED,
         "nobody\n"},
    };
    struct bw_tables *tables = open_with(requests);
    const struct bw_url page = {T("https://free.example/remove"), BW_URL_REMOVAL, false, BW_TRUST_OPERATOR,
                                false};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bw_delivery one = blocked;
        one.cause = bw_str(cases[i].cause);
        one.actor = bw_str(cases[i].actor);
        one.action = cases[i].action;
        one.block =
            (struct bw_block){.ip = T("192.0.2.9"),
                              .list_id = bw_str(cases[i].list),
                              .list_status = bw_str(strcmp(cases[i].list, "gone") ? "active" : "closed"),
                              .urls = &page,
                              .url_count = 1};
        const struct bw_result result = result_of(&one, 1);
        const struct bw_report_options options = {
            .language = "qq", .source = "-", .role = cases[i].role, .ticket = cases[i].ticket};
        struct bw_buf out;
        bw_buf_init(&out, 0);
        assert_int_equal(bw_report_ticket(&out, tables, &result, &options), BW_OK);
        if (!bw_starts(bw_buf_slice(&out), bw_str(cases[i].first)))
            fail_msg("case %zu: %.*s", i, (int)out.n, out.p);
        bw_buf_clear(&out);
    }
    bw_tables_free(tables);
}

/* What is known is filled in, what only the sender knows is left blank, a quotation is indented as it stands. */
static void fills_the_request(void **state)
{
    (void)state;
    struct bw_tables *tables = open_with(requests);
    struct bw_result result = result_of(&blocked, 1);
    result.original.date = (bw_slice)T("2026-11-16T09:12:44+09:00");
    const struct bw_report_options options = {.language = "qq", .source = "-", .ticket = BW_TICKET_AUTO};
    struct bw_buf out;
    bw_buf_init(&out, 0);
    assert_int_equal(bw_report_ticket(&out, tables, &result, &options), BW_OK);
    bw_putc(&out, '\0');
    assert_string_equal(out.p, "To provider\nAbout 192.0.2.9\n\nblocked\nFrom: ____\n"
                               "Sent: 2026-11-16 09:12:44 +09:00\n"
                               "  550 192.0.2.9 listed, see https://evil.example.net/a.html\n");
    bw_buf_clear(&out);
    bw_tables_free(tables);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_the_request),
        cmocka_unit_test(fills_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
