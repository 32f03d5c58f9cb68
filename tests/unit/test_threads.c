/* Tables are shared by threads: regexes compile on first use behind an atomic, and the verdicts are those of one thread. */
#include "bouncewhy/bouncewhy.h"
#include "report/report.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 20 };

static const char *const mails[] = {
    "550 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org",
    "<a@example.net>: host mx.example.net[192.0.2.25] said: 550 5.1.1 User unknown (in reply to RCPT TO "
    "command)",
    "452 4.2.2 mailbox full",
    "connect to mx.example.net[192.0.2.25]:25: Connection timed out",
    "From: MAILER-DAEMON@example.com\nSubject: Undelivered Mail Returned to Sender\n\nThis is the mail "
    "system at host "
    "mx.example.com.\n\n<b@example.org>: host mx.example.org[192.0.2.1] said: 554 5.7.1 SPF check failed\n",
};
enum { MAILS = sizeof mails / sizeof *mails };

struct work {
    const struct bw_tables *tables;
    struct bw_buf json[MAILS];
    bool failed;
};

static void analyze_all(struct work *work)
{
    for (size_t i = 0; i < MAILS; i++) {
        struct bw_result result;
        bw_buf_clear(&work->json[i]);
        if (bw_analyze(&result, work->tables, bw_str(mails[i]), NULL, NULL) != BW_OK ||
            bw_report_json(&work->json[i], &result, "-", 1) != BW_OK)
            work->failed = true;
        bw_result_free(&result);
    }
}

static void *run(void *given)
{
    struct work *work = given;
    for (unsigned round = 0; round < ROUNDS; round++)
        analyze_all(work);
    return NULL;
}

static void test_same_verdicts(void **state)
{
    (void)state;
    struct bw_tables *tables = NULL;
    struct work alone = {0}, together[THREADS] = {{0}};
    pthread_t threads[THREADS];
    assert_int_equal(bw_tables_open(&tables, NULL, 0, NULL), BW_OK);
    for (size_t i = 0; i < THREADS; i++) {
        together[i].tables = tables;
        assert_int_equal(pthread_create(&threads[i], NULL, run, &together[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    alone.tables = tables;
    analyze_all(&alone);
    assert_false(alone.failed);
    for (size_t i = 0; i < THREADS; i++) {
        assert_false(together[i].failed);
        for (size_t m = 0; m < MAILS; m++) {
            assert_true(bw_eq(bw_buf_slice(&alone.json[m]), bw_buf_slice(&together[i].json[m])));
            bw_buf_clear(&together[i].json[m]);
        }
    }
    for (size_t m = 0; m < MAILS; m++)
        bw_buf_clear(&alone.json[m]);
    bw_tables_free(tables);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_verdicts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
