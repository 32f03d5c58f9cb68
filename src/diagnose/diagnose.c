#include "diagnose/internal.h"

static bw_slice of_rule(const struct bw_rule *rule, const char *key)
{
    return rule ? bw_record_get(rule->record, key) : BW_NULL;
}

static bw_slice either(bw_slice first, bw_slice second) { return first.p ? first : second; }

/* A refusal over the sender carries a block; a limit or greylisting does where it names the address. */
static bool carries_block(const struct bw_delivery *out, const struct bw_blocking *from)
{
    bool masked, outside;
    if (bw_eq(out->disposition, BW_S("block")))
        return true;
    return bw_eq(bw_record_get(from->verdict->cause->record, "block"), BW_S("if-address")) &&
           bw_refused_address(from, &masked, &outside).p;
}

/* Who can mend it depends on whose machine was refused: on his own line it is the reader; where the recipient's side passed
 * the mail on, that side. */
static bw_slice actor_of_machine(const struct bw_delivery *out)
{
    const bool over_machine = bw_eq(out->cause, BW_S("ip-blocked")) ||
                              bw_eq(out->cause, BW_S("poor-reputation")) ||
                              bw_eq(out->cause, BW_S("missing-ptr"));
    if (over_machine && out->block.machine == BW_MACHINE_OWN_LINE)
        return BW_S("sender");
    return out->block.machine == BW_MACHINE_FORWARDER ? BW_S("recipient-admin") : out->actor;
}

static void fill_trail(struct bw_delivery *out, struct bw_context *context, const struct bw_verdict *verdict)
{
    if (verdict->rule) {
        out->rule = verdict->rule->id;
        out->rule_place = bw_record_place(context->arena, verdict->rule->record);
        out->matched = bw_match_whole(&verdict->match);
        out->means = bw_record_get(verdict->rule->record, "means");
    } else if (verdict->list) {
        out->rule = bw_format(context->arena, "list.%.*s", BW_ARG(verdict->list->list->id));
        out->rule_place = bw_record_place(context->arena, verdict->list->list->record);
        out->matched = verdict->list->text;
    } else if (verdict->code) {
        out->rule = bw_format(context->arena, "code.%.*s", BW_ARG(verdict->code->pattern));
        out->rule_place = bw_record_place(context->arena, verdict->code->record);
        out->matched = verdict->code_text;
    }
    out->candidates = verdict->candidates.items;
    out->candidate_count = verdict->candidates.count;
}

bw_status bw_diagnose(struct bw_delivery *out, struct bw_context *context, const struct bw_notice *notice,
                      const struct bw_account *account, const struct bw_evidence *evidence,
                      const struct bw_verdict *verdict)
{
    const struct bw_rule *rule = verdict->rule;
    const bw_slice actor = of_rule(rule, "actor");
    struct bw_blocking from = {
        .context = context, .notice = notice, .account = account, .evidence = evidence, .verdict = verdict};
    *out = (struct bw_delivery){
        .recipient = evidence->recipient,
        .action = account->action,
        .cause = verdict->cause->id,
        .disposition = either(of_rule(rule, "disposition"), verdict->cause->disposition),
        .actor = either(actor, verdict->cause->actor),
        .reply = evidence->reply,
        .status = evidence->status,
        .command = evidence->command,
        .remote_host = evidence->remote_host,
        .remote_ip = evidence->remote_ip,
        .diagnostic = evidence->quote.n ? evidence->quote : BW_NULL,
        .variant = of_rule(rule, "variant"),
    };
    out->has_block = carries_block(out, &from);
    if (out->has_block)
        bw_block_fill(&out->block, &out->variant, &from);
    else
        out->has_block = bw_code_fill(&out->block, &from);
    /* Nobody on the sending side can mend a list that is closed, or a query that went wrong. */
    if (!actor.p && (bw_eq(out->variant, BW_S("closed")) || bw_eq(out->variant, BW_S("not-a-listing"))))
        out->actor = BW_S("recipient-admin");
    else if (!actor.p && out->has_block)
        out->actor = actor_of_machine(out);
    fill_trail(out, context, verdict);
    return bw_arena_failed(context->arena) ? BW_NO_MEMORY : BW_OK;
}

bw_status bw_diagnose_plain(struct bw_delivery *out, struct bw_context *context,
                            const struct bw_account *account, const struct bw_evidence *evidence,
                            const char *cause)
{
    const struct bw_cause *entry = bw_table_cause(context->tables, bw_str(cause));
    *out = (struct bw_delivery){.recipient = account->recipient,
                                .action = account->action,
                                .cause = bw_str(cause),
                                .reply = evidence->reply,
                                .status = evidence->status,
                                .remote_host = evidence->remote_host,
                                .remote_ip = evidence->remote_ip,
                                .diagnostic = account->diagnostic.n ? evidence->quote : BW_NULL};
    if (entry) {
        out->disposition = entry->disposition;
        out->actor = entry->actor;
    }
    return bw_arena_failed(context->arena) ? BW_NO_MEMORY : BW_OK;
}
