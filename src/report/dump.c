/* --dump: the values between the stages, for whoever writes a rule or a layout. */
#include "report/report.h"

static void line(struct bw_buf *out, const char *name, bw_slice value)
{
    if (!value.p)
        return;
    bw_putf(out, "  %-14s ", name);
    bw_put_visible(out, value, false);
    bw_putc(out, '\n');
}

/* A text over several lines, each marked, so that line ends can be seen. */
static void block(struct bw_buf *out, const char *name, bw_slice text)
{
    bw_slice row;
    if (!text.n)
        return;
    bw_putf(out, "  %s\n", name);
    while (bw_next_line(&row, &text)) {
        bw_puts(out, "    | ");
        bw_put_visible(out, row, false);
        bw_putc(out, '\n');
    }
}

void bw_dump_message(struct bw_buf *out, struct bw_context *context)
{
    struct bw_part *root = context->message->root;
    for (struct bw_part *part = root; part; part = bw_part_next(part, root)) {
        bw_putf(out, "%*spart %.*s/%.*s (%zu bytes)\n", (int)part->depth * 2, "", BW_ARG(part->type),
                BW_ARG(part->subtype), part->whole.n);
        for (size_t i = 0; i < part->header.count; i++) {
            bw_putf(out, "  %.*s: ", BW_ARG(part->header.items[i].name));
            bw_put_visible(out, bw_decode_field(context->arena, part->header.items[i].raw), false);
            bw_putc(out, '\n');
        }
        if (!part->child)
            block(out, "text", bw_part_text(part, context->message, context->arena, context->limits));
    }
    for (size_t i = 0; i < context->anomalies->count; i++)
        line(out, "anomaly", bw_str(context->anomalies->items[i].what));
}

static void dump_account(struct bw_buf *out, const struct bw_account *account)
{
    const char *action = bw_action_name(account->action);
    bw_puts(out, "account\n");
    line(out, "recipient", account->recipient);
    line(out, "alias", account->alias);
    line(out, "action", bw_str(action));
    line(out, "status", account->status);
    line(out, "reply", account->reply);
    line(out, "command", account->command);
    line(out, "remote_host", account->remote_host);
    line(out, "remote_ip", account->remote_ip);
    line(out, "client", account->client);
    line(out, account->diagnostic_smtp ? "diagnostic*" : "diagnostic", account->diagnostic);
    block(out, "text", account->text);
}

void bw_dump_notice(struct bw_buf *out, const struct bw_notice *notice)
{
    bw_putf(out, "notice\n  %-14s %s\n", "kind", bw_kind_name(notice->kind));
    line(out, "format", notice->format);
    line(out, "reporting_mta", notice->reporting_mta);
    line(out, "date", notice->date);
    line(out, "subject", notice->subject);
    line(out, "from", notice->from);
    line(out, "original to", notice->original.to);
    line(out, "original from", notice->original.from);
    line(out, "message_id", notice->original.message_id);
    for (size_t i = 0; i < notice->hops.count; i++) {
        line(out, "hop from", notice->hops.items[i].from_name);
        line(out, "  ip", notice->hops.items[i].from_ip);
        line(out, "  by", notice->hops.items[i].by_name);
    }
    block(out, "body", notice->body);
    for (size_t i = 0; i < notice->accounts.count; i++)
        dump_account(out, &notice->accounts.items[i]);
}

void bw_dump_evidence(struct bw_buf *out, const struct bw_evidence *evidence)
{
    static const char *const sides[] = {"unknown", "sender", "receiver", "none"};
    bw_puts(out, "evidence\n");
    line(out, "recipient", evidence->recipient);
    line(out, "reply", evidence->reply);
    line(out, "status", evidence->status);
    line(out, "command", evidence->command);
    line(out, "code", evidence->code);
    line(out, "remote_host", evidence->remote_host);
    line(out, "remote_ip", evidence->remote_ip);
    line(out, evidence->said_by_server ? "said" : "said (reporter)", evidence->said);
    line(out, "full", evidence->full);
    for (size_t i = 0; i < evidence->addresses.count; i++) {
        const struct bw_seen_address *seen = &evidence->addresses.items[i];
        bw_putf(out, "  %-14s %.*s side=%s%s%s%s%s\n", "address", BW_ARG(seen->text), sides[seen->side],
                seen->in_said ? " said" : "", seen->masked ? " masked" : "",
                seen->is_private ? " private" : "", seen->in_url ? " url" : "");
    }
    for (size_t i = 0; i < evidence->urls.count; i++)
        line(out, "url", evidence->urls.items[i].url);
    for (size_t i = 0; i < evidence->lists.count; i++) {
        line(out, evidence->lists.items[i].by_zone ? "zone" : "list name", evidence->lists.items[i].text);
        line(out, "  list", evidence->lists.items[i].list->id);
    }
}

void bw_dump_verdict(struct bw_buf *out, const struct bw_verdict *verdict)
{
    bw_puts(out, "verdict\n");
    line(out, "cause", verdict->cause->id);
    if (verdict->rule) {
        bw_putf(out, "  %-14s %.*s (%.*s:%u)%s\n", "rule", BW_ARG(verdict->rule->id),
                BW_ARG(verdict->rule->record->file->name), verdict->rule->record->line,
                verdict->in_said ? " on the server's words" : "");
        line(out, "matched", bw_match_whole(&verdict->match));
    }
    if (verdict->list)
        line(out, "named list", verdict->list->list->id);
    line(out, "code", verdict->code ? verdict->code_text : BW_NULL);
    for (size_t i = 0; i < verdict->candidates.count; i++) {
        const struct bw_candidate *lost = &verdict->candidates.items[i];
        bw_putf(out, "  %-14s %.*s -> %.*s (%.*s), %.*s\n", "lost", BW_ARG(lost->rule), BW_ARG(lost->cause),
                BW_ARG(lost->place), BW_ARG(lost->why));
    }
}
