#include "report/words.h"

/* The language that every other one falls back to: rules and manuals are written in it. */
static const char fallback[] = "en";

const char *const bw_word_ids[] = {
    "label.recipient",
    "label.remote-host",
    "label.refused-ip",
    "label.sending-ip",
    "label.blocked-domain",
    "label.list",
    "label.zone",
    "label.code",
    "label.page",
    "label.reply",
    "label.status",
    "label.reporting-mta",
    "label.subject",
    "label.sent",
    "label.from",
    "label.action",
    "heading.next",
    "heading.reply",
    "heading.message",
    "heading.other",
    "heading.signs",
    "heading.tell",
    "heading.inside",
    "label.means",
    "label.requires",
    "label.expiry",
    "summary.totals",
    "summary.repeated",
    "summary.span",
    "summary.finding",
    "summary.who",
    "summary.refused",
    "summary.closed",
    "summary.domains",
    "summary.times",
    "summary.still-tried",
    "summary.more",
    "summary.by-cause",
    "summary.by-list",
    "summary.by-address",
    "summary.by-domain",
    "summary.dead",
    "note.redacted",
    "ticket.to",
    "ticket.subject",
    "ticket.none",
    "heading.explain",
    "list-status.active",
    "list-status.closed",
    "list-status.unknown",
    "page.operator",
    "page.receiver",
    "page.unverified",
    "page.removal",
    "page.lookup",
    "page.info",
    "page.remark",
    "ip.role",
    "ip.role-unnamed",
    "ip.role-own-line",
    "ip.role-submission",
    "ip.role-relay",
    "ip.role-forwarder",
    "ip.masked",
    "ip.inner",
    "ip.unnamed",
    "ip.from-route",
    "action.failed",
    "action.delayed",
    "action.delivered",
    "action.relayed",
    "action.expanded",
    "recipients.more",
    "explain.rule",
    "explain.place",
    "explain.matched",
    "explain.code",
    "explain.none",
    "explain.lost",
    "explain.format",
    "explain.anomaly",
    "why.later",
    "why.weaker-tier",
    "why.weaker-text",
    "note.sent-elsewhere",
};
const size_t bw_word_id_count = sizeof bw_word_ids / sizeof *bw_word_ids;

bw_slice bw_word(const struct bw_tables *tables, const char *language, const char *id)
{
    const struct bw_record *record = bw_table_text(tables, language, "word", bw_str(id));
    if (!record)
        record = bw_table_text(tables, fallback, "word", bw_str(id));
    const bw_slice is = record ? bw_record_get(record, "is") : BW_NULL;
    return is.p ? is : bw_str(id);
}

void bw_put_word(struct bw_buf *out, const struct bw_tables *tables, const char *language, const char *id,
                 const struct bw_fact_values *facts)
{
    if (!bw_template_render(out, bw_word(tables, language, id), facts) &&
        !bw_template_render(out, bw_word(tables, fallback, id), facts))
        bw_puts(out, id);
}

/* What the language says on the cause; NULL for nothing. */
static const struct bw_record *say(const struct bw_tables *tables, const char *language, bw_slice cause)
{
    struct bw_buf id;
    bw_buf_init(&id, 0);
    bw_puts(&id, "cause.");
    bw_put(&id, cause);
    const struct bw_record *record = bw_table_text(tables, language, "say", bw_buf_slice(&id));
    bw_buf_clear(&id);
    return record;
}

static bool first_of(struct bw_buf *out, const struct bw_record *record, const char *key,
                     const struct bw_fact_values *facts)
{
    const struct bw_entry *entry;
    for (size_t at = 0; record && (entry = bw_record_next(record, key, &at));)
        if (bw_template_render(out, entry->value, facts))
            return true;
    return false;
}

bool bw_say_first(struct bw_buf *out, const struct bw_tables *tables, const char *language, bw_slice cause,
                  const char *key, const struct bw_fact_values *facts)
{
    return first_of(out, say(tables, language, cause), key, facts) ||
           first_of(out, say(tables, fallback, cause), key, facts);
}

void bw_say_all(bw_lines *out, struct bw_arena *arena, const struct bw_tables *tables, const char *language,
                bw_slice cause, const char *key, const struct bw_fact_values *facts)
{
    const struct bw_record *record = say(tables, language, cause);
    if (!record)
        record = say(tables, fallback, cause);
    const struct bw_entry *entry;
    for (size_t at = 0; record && (entry = bw_record_next(record, key, &at));) {
        struct bw_buf line;
        bw_buf_init(&line, 0);
        if (bw_template_render(&line, entry->value, facts) && line.n > 0) {
            bw_slice *slot = bw_push(arena, out);
            const bw_slice text = bw_buf_take(&line, arena);
            if (slot)
                *slot = text;
        }
        bw_buf_clear(&line);
    }
}
