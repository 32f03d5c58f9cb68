/* Mail that is dressed as a notice of failure, and originals that somebody else sent. */
#include "stage.h"

#include "bouncewhy/bouncewhy.h"

static const char own[] =
    "receiver: t.free\nname: Free Mail\noperator: Free\nhost: freemail.example\nhost: free-out.example\n"
    "source: s\n\n"
    "receiver: t.other\nname: Other\nhost: other.example\nsource: s\n";

static struct bw_tables *tables;

#define TO "To: ann@corp.example\n"
#define NOTICE "Subject: Undelivered Mail Returned to Sender\n" TO
#define FILE_PART(name)                                                                                      \
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n"      \
    "Your mail to x@example.net could not be delivered.\n--b\nContent-Type: application/octet-stream\n"      \
    "Content-Disposition: attachment; filename=\"" name "\"\n\nPK\n--b--\n"

/* What the mail is found to be: the ids of the signs joined by "+", "-" where it is not thought forged. */
static bw_slice signs_of(struct bw_arena *arena, const char *mail, enum bw_kind *kind)
{
    struct bw_result result;
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    assert_int_equal(bw_analyze(&result, tables, bw_str(mail), NULL, NULL), BW_OK);
    for (size_t i = 0; i < result.forged_count; i++)
        bw_putf(&buf, "%s%.*s", i ? "+" : "", BW_ARG(result.forged[i]));
    if (result.forged_count == 0)
        bw_putc(&buf, '-');
    *kind = result.kind;
    assert_true(result.forged_count == 0 || result.delivery_count == 0);
    bw_result_free(&result);
    return bw_buf_take(&buf, arena);
}

static void test_signs(void **state)
{
    static const struct {
        const char *mail, *signs;
        enum bw_kind kind;
    } cases[] = {
        /* A program or an archive is enough where nothing speaks for a server. */
        {"From: MAILER-DAEMON@x.example\n" NOTICE FILE_PART("mail.zip"), "program-attached",
         BW_KIND_NOT_A_BOUNCE},
        {"From: MAILER-DAEMON@x.example\n" NOTICE FILE_PART("mail.SCR"), "program-attached",
         BW_KIND_NOT_A_BOUNCE},
        {"From: MAILER-DAEMON@x.example\n" NOTICE FILE_PART("details.txt"), "-", BW_KIND_BOUNCE},
        {"From: MAILER-DAEMON@x.example\n" NOTICE FILE_PART("report.html"), "-", BW_KIND_BOUNCE},
        /* "Mail Delivery System" at a free provider, but not that provider's own system. */
        {"From: Mail Delivery System <k77@gmail.com>\n" NOTICE
         "\nYour mail to x@example.net could not be delivered.\n",
         "free-mail-system", BW_KIND_NOT_A_BOUNCE},
        {"From: Mail Delivery Subsystem <mailer-daemon@gmail.com>\n" NOTICE
         "\nYour mail to x@example.net could not be delivered.\n",
         "-", BW_KIND_BOUNCE},
        /* One link elsewhere is not enough; with what no server asks for, it is. */
        {"From: postmaster@isp.example\n" NOTICE "\nYour mail to x@example.net could not be delivered: "
         "mailbox full. See http://help.example.org/full\n",
         "-", BW_KIND_BOUNCE},
        {"From: postmaster@isp.example\n" NOTICE
         "\n5 incoming messages could not be delivered. Click the link below to release them: "
         "http://help.example.org/full\n",
         "links-elsewhere+held-for-you+asks-to-act", BW_KIND_NOT_A_BOUNCE},
        /* The writer's own site is where a server would point. */
        {"From: postmaster@isp.example\n" NOTICE
         "\n5 incoming messages could not be delivered. Click the link below to release them: "
         "http://www.isp.example/full\n",
         "-", BW_KIND_NOT_A_BOUNCE},
        /* Codes speak for a server: more is needed against it. */
        {"From: MAILER-DAEMON@x.example\n" NOTICE "\nYour mail to x@example.net could not be delivered.\n550 "
         "5.1.1 No such user\nSee http://help.example.org/\n",
         "-", BW_KIND_BOUNCE},
        {"From: Mail System <k77@gmail.com>\n" NOTICE
         "\nYour mail to x@example.net could not be delivered.\n550 5.1.1 No such user\nSee "
         "http://help.example.org/\n",
         "free-mail-system+links-elsewhere", BW_KIND_NOT_A_BOUNCE},
        /* A returned original ends the question. */
        {"From: MAILER-DAEMON@x.example\n" NOTICE "MIME-Version: 1.0\nContent-Type: multipart/mixed; "
         "boundary=b\n\n--b\n\nx@example.net: no such user\n"
         "--b\nContent-Type: message/rfc822\n\nFrom: ann@corp.example\nTo: x@example.net\nSubject: s\n\nhi\n"
         "--b\nContent-Disposition: attachment; filename=a.zip\n\nPK\n--b--\n",
         "-", BW_KIND_BOUNCE},
        /* A person who asks about one claims nothing. */
        {"From: ben@gmail.com\nSubject: Fwd: Undelivered Mail\n" TO "\nWhat is this? http://a.example.org/\n",
         "-", BW_KIND_NOT_A_BOUNCE},
        {"From: Mail Server <digest@isp.example>\nSubject: Quarantine summary\n" TO
         "\n3 messages are held. Release your held messages within 14 days or they are deleted: "
         "http://q.example.org/\n",
         "-", BW_KIND_NOT_A_BOUNCE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_arena *arena = bw_arena_new(0);
        enum bw_kind kind;
        check_slice(signs_of(arena, cases[i].mail, &kind), cases[i].signs, cases[i].mail);
        if (kind != cases[i].kind)
            fail_msg("kind %s: %s", bw_kind_name(kind), cases[i].mail);
        bw_arena_free(arena);
    }
}

#define RETURNED(original)                                                                                   \
    "From: MAILER-DAEMON@mx.example.net\nTo: ann@freemail.example\nSubject: Returned mail\nMIME-Version: "   \
    "1.0\n"                                                                                                  \
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"                       \
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"                        \
    "Final-Recipient: rfc822; x@example.net\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: "             \
    "message/rfc822\n\n" original "\n--b--\n"

static void test_sent_elsewhere(void **state)
{
    static const struct {
        const char *mail;
        bool elsewhere;
    } cases[] = {
        {RETURNED("Received: from pool.example.org ([203.0.113.8]) by mx.example.net; Mon, 1 Jan 2024 "
                  "00:00:00 +0000\n"
                  "From: ann@freemail.example\nMessage-ID: <1@pool.example.org>\n\nbuy"),
         true},
        /* Any trace of the sender's own provider, by whatever of its names. */
        {RETURNED("Received: from o1.free-out.example ([203.0.113.8]) by mx.example.net; Mon, 1 Jan 2024 "
                  "00:00:00 +0000\n"
                  "From: ann@freemail.example\nMessage-ID: <1@pool.example.org>\n\nhi"),
         false},
        {RETURNED("Received: from pool.example.org ([203.0.113.8]) by mx.example.net; Mon, 1 Jan 2024 "
                  "00:00:00 +0000\n"
                  "From: ann@freemail.example\nMessage-ID: <1@web.freemail.example>\n\nhi"),
         false},
        /* Whose servers a domain uses is not known. */
        {RETURNED("Received: from pool.example.org ([203.0.113.8]) by mx.example.net; Mon, 1 Jan 2024 "
                  "00:00:00 +0000\n"
                  "From: ann@corp.example\nMessage-ID: <1@pool.example.org>\n\nbuy"),
         false},
        /* Nor is anything where no trace was returned. */
        {RETURNED("From: ann@freemail.example\nMessage-ID: <1@pool.example.org>\n\nbuy"), false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bw_result result;
        assert_int_equal(bw_analyze(&result, tables, bw_str(cases[i].mail), NULL, NULL), BW_OK);
        if (result.original.sent_elsewhere != cases[i].elsewhere)
            fail_msg("%s", cases[i].mail);
        bw_result_free(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_sent_elsewhere),
    };
    tables = tables_with(own);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bw_tables_free(tables);
    scratch_clear();
    return failed;
}
