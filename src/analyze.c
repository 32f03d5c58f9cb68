/* The whole way of one message: bytes -> message -> notice -> evidence -> verdict -> result. Start reading here. */
#include "analyze.h"

#include "classify/classify.h"
#include "delivery/delivery.h"
#include "diagnose/diagnose.h"
#include "evidence/evidence.h"
#include "mime/mime.h"
#include "report/report.h"

#include <string.h>

/* What lives as long as the analysis; the arena goes over to the result. */
struct work {
    struct bw_context context;
    struct bw_message message;
    struct bw_notice notice;
    struct bw_limits limits;
    struct bw_anomalies anomalies;
};

static void close_work(struct work *work)
{
    bw_matcher_free(work->context.matcher);
    work->context.matcher = NULL;
}

/* Reads the message and the notice in it. */
static bw_status open_work(struct work *work, const struct bw_tables *tables, bw_slice mail,
                           const struct bw_limits *limits)
{
    memset(work, 0, sizeof *work);
    if (limits)
        work->limits = *limits;
    else
        bw_limits_default(&work->limits);
    if (mail.n > work->limits.message_bytes)
        return BW_LIMIT;
    work->context = (struct bw_context){.arena = bw_arena_new(work->limits.arena_bytes),
                                        .tables = tables,
                                        .limits = &work->limits,
                                        .matcher = bw_matcher_new(&work->limits),
                                        .anomalies = &work->anomalies,
                                        .message = &work->message};
    if (!work->context.arena || !work->context.matcher)
        return BW_NO_MEMORY;
    const bw_slice own = bw_dup(work->context.arena, mail); /* the result outlives the caller's bytes */
    if (!own.p && mail.p)
        return bw_arena_at_limit(work->context.arena) ? BW_LIMIT : BW_NO_MEMORY;
    bw_status status =
        bw_mime_read(&work->message, work->context.arena, own, &work->limits, &work->anomalies);
    if (!status)
        status = bw_delivery_read(&work->notice, &work->context);
    return status;
}

static const char *plain_cause(enum bw_kind kind, enum bw_action action)
{
    if (kind == BW_KIND_AUTO_REPLY)
        return "auto-reply";
    if (kind == BW_KIND_COMPLAINT)
        return "complaint";
    return kind == BW_KIND_RECEIPT || action >= BW_ACTION_DELIVERED ? "delivered" : NULL;
}

static bw_status judge(struct bw_delivery *out, struct work *work, const struct bw_account *account,
                       bool explain)
{
    const char *plain = plain_cause(work->notice.kind, account->action);
    struct bw_evidence evidence;
    struct bw_verdict verdict;
    bw_status status = bw_evidence_collect(&evidence, &work->context, &work->notice, account);
    if (!work->notice.reporting_mta.p)
        work->notice.reporting_mta = evidence.reporter;
    if (!status && plain)
        return bw_diagnose_plain(out, &work->context, account, &evidence, plain);
    if (!status)
        status = bw_classify(&verdict, &work->context, &evidence, account->action, explain);
    if (!status)
        status = bw_diagnose(out, &work->context, &work->notice, account, &evidence, &verdict);
    return status;
}

/* Ordinary mail may look like this notice, and neither a reason, a code nor a returned original speaks for a bounce. */
static bool only_looks_like_one(const struct bw_notice *notice, const struct bw_delivery *delivery)
{
    const bool reason =
        !bw_eq(delivery->disposition, BW_S("undetermined")) && !bw_eq(delivery->disposition, BW_S("none"));
    return notice->unproven && !reason && !delivery->reply.p && !delivery->status.p &&
           !notice->original.from.p;
}

/* Text that no layout knows and in which nothing speaks of a delivery is no bounce; a person's mail that quotes something is
 * one only where both codes and a rule speak for it. */
static bool says_nothing(const struct work *work, const struct bw_delivery *delivery)
{
    if (work->notice.doubtful && !(delivery->rule.p && delivery->reply.p && delivery->status.p))
        return true;
    if (only_looks_like_one(&work->notice, delivery))
        return true;
    return work->notice.pasted && !work->notice.layout && !delivery->rule.p && !delivery->reply.p &&
           !delivery->status.p && bw_eq(work->notice.format, BW_S("text"));
}

/* A forged notice reports on nobody. */
static bw_status look_for_forgery(struct bw_result *out, struct work *work)
{
    bw_sign_list signs;
    const bw_status status = bw_diagnose_forgery(&signs, &work->context, &work->notice);
    if (signs.count == 0)
        return status;
    out->forged = signs.items;
    out->forged_count = signs.count;
    out->kind = BW_KIND_NOT_A_BOUNCE;
    out->format = BW_NULL;
    out->delivery_count = 0;
    return status;
}

static void fill_result(struct bw_result *out, struct work *work, struct bw_delivery *deliveries,
                        size_t count)
{
    const struct bw_notice *notice = &work->notice;
    out->kind = notice->kind;
    out->format = notice->format;
    if (notice->kind == BW_KIND_BOUNCE && count == 1 && says_nothing(work, &deliveries[0])) {
        out->kind = BW_KIND_NOT_A_BOUNCE;
        count = 0;
    }
    if (out->kind == BW_KIND_NOT_A_BOUNCE)
        out->format = BW_NULL;
    out->reporting_mta = notice->reporting_mta;
    out->date = notice->date;
    out->original = notice->original;
    out->original.sent_elsewhere = bw_sent_elsewhere(&work->context, notice);
    out->deliveries = deliveries;
    out->delivery_count = count;
    if (bw_matcher_gave_up(work->context.matcher))
        bw_anomaly_add(&work->anomalies, work->context.arena, "a pattern gave up at its limit", BW_NONE);
    out->anomalies = work->anomalies.items;
    out->anomaly_count = work->anomalies.count;
}

/* Somewhere on the way: a stage looks at the arena, none at the matcher. */
static bool out_of_memory(const struct work *work)
{
    return bw_arena_failed(work->context.arena) || bw_matcher_failed(work->context.matcher);
}

static bw_status judge_all(struct bw_result *out, struct work *work, bool explain)
{
    const bool none = work->notice.kind == BW_KIND_NOT_A_BOUNCE;
    const size_t count = none ? 0 : work->notice.accounts.count;
    struct bw_delivery *deliveries = bw_arena_alloc(work->context.arena, (count + 1) * sizeof *deliveries);
    if (!deliveries)
        return bw_arena_at_limit(work->context.arena) ? BW_LIMIT : BW_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const bw_status status = judge(&deliveries[i], work, &work->notice.accounts.items[i], explain);
        if (status)
            return status;
    }
    fill_result(out, work, deliveries, count);
    const bw_status status = look_for_forgery(out, work);
    if (status)
        return status;
    return out_of_memory(work) ? BW_NO_MEMORY : BW_OK;
}

bw_status bw_analyze_with(struct bw_result *out, const struct bw_tables *tables, bw_slice mail,
                          const struct bw_limits *limits, bool explain, struct bw_error *err)
{
    struct work work;
    if (err)
        memset(err, 0, sizeof *err);
    if (out)
        memset(out, 0, sizeof *out);
    if (!out || !tables)
        return bw_fail(err, BW_MISUSE, "bw_analyze needs a result and tables");
    bw_status status = open_work(&work, tables, mail, limits);
    if (!status)
        status = judge_all(out, &work, explain);
    close_work(&work);
    out->memory = work.context.arena;
    if (status == BW_NO_MEMORY && work.context.arena && bw_arena_at_limit(work.context.arena))
        status = BW_LIMIT;
    if (status == BW_LIMIT)
        bw_fail(err, status, "the message is larger than the limit");
    else if (status)
        bw_fail(err, status, status == BW_NO_MEMORY ? "out of memory" : "the tables are incomplete");
    return status;
}

bw_status bw_analyze(struct bw_result *out, const struct bw_tables *tables, bw_slice mail,
                     const struct bw_limits *limits, struct bw_error *err)
{
    return bw_analyze_with(out, tables, mail, limits, false, err);
}

/* One recipient as far as the asked-for stage. */
static bw_status dump_account(struct bw_buf *out, struct work *work, const struct bw_account *account,
                              enum bw_dump_stage stage)
{
    struct bw_evidence evidence;
    struct bw_verdict verdict;
    bw_status status = bw_evidence_collect(&evidence, &work->context, &work->notice, account);
    if (!status && stage == BW_DUMP_EVIDENCE)
        bw_dump_evidence(out, &evidence);
    if (!status && stage == BW_DUMP_CLASSIFY) {
        status = bw_classify(&verdict, &work->context, &evidence, account->action, true);
        if (!status)
            bw_dump_verdict(out, &verdict);
    }
    return status;
}

bw_status bw_dump(struct bw_buf *out, const struct bw_tables *tables, bw_slice mail,
                  const struct bw_limits *limits, enum bw_dump_stage stage)
{
    struct work work;
    bw_status status = open_work(&work, tables, mail, limits);
    if (!status && stage == BW_DUMP_MIME)
        bw_dump_message(out, &work.context);
    if (!status && stage == BW_DUMP_DELIVERY)
        bw_dump_notice(out, &work.notice);
    for (size_t i = 0; !status && stage >= BW_DUMP_EVIDENCE && i < work.notice.accounts.count; i++)
        status = dump_account(out, &work, &work.notice.accounts.items[i], stage);
    if (!status && out_of_memory(&work))
        status = BW_NO_MEMORY;
    close_work(&work);
    bw_arena_free(work.context.arena);
    return out->failed ? BW_NO_MEMORY : status;
}

void bw_result_free(struct bw_result *result)
{
    if (!result)
        return;
    bw_arena_free(result->memory);
    memset(result, 0, sizeof *result);
}

#ifndef BOUNCEWHY_VERSION
#define BOUNCEWHY_VERSION "unknown"
#endif

const char *bw_version(void) { return BOUNCEWHY_VERSION; }
