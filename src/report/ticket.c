/* The request: a finished text to send to whoever can mend it. Which of the texts of the tables (say: ticket.X), and what
 * stands in it, follows from who must act and who asks; the text itself is data. */
#include "report/links.h"
#include "report/writer.h"

enum { INDENT = 2, SHORT_BYTES = 60 << 10 };

/* The facts that only a request tells. */
static void add_facts(struct bw_fact_values *facts, struct bw_writer *writer, const struct bw_group *group)
{
    const struct bw_original *original = &writer->result->original;
    struct bw_buf text;
    bw_buf_init(&text, SHORT_BYTES);
    for (size_t i = 0; i < group->members.count; i++) {
        if (i)
            bw_puts(&text, ", ");
        bw_put(&text, group->members.items[i]->recipient);
    }
    bw_fact_set(facts, "recipients", bw_buf_take(&text, writer->arena));
    bw_buf_init(&text, 0);
    bw_say_first(&text, writer->tables, writer->options->language, group->first->cause, "head", facts);
    bw_fact_set(facts, "answer", bw_buf_take(&text, writer->arena));
    bw_fact_set(facts, "message_id", original->message_id);
    bw_fact_set(facts, "notice_date", bw_readable_date(writer->arena, writer->result->date));
    bw_fact_set(facts, "headers", original->header);
    bw_fact_set(facts, "diagnostic", group->first->diagnostic);
    bw_flag_set(facts, BW_S("headers"), original->header.n > 0);
}

/* To whom an administrator turns: the list where it takes requests from him; the one who assigned the address where only
 * that one may ask, or registers its name; nobody where his own domain is to be mended; else the receiver, whose own list
 * it may be. */
static enum bw_ticket for_administrator(const struct bw_fact_values *facts)
{
    const bool range = bw_flag_get(facts, BW_S("network")) && !bw_flag_get(facts, BW_S("private"));
    if (bw_flag_get(facts, BW_S("cause-auth-failure")))
        return BW_TICKET_NONE;
    if (range || bw_flag_get(facts, BW_S("isp-only")) || bw_flag_get(facts, BW_S("dynamic")) ||
        bw_flag_get(facts, BW_S("cause-missing-ptr")))
        return BW_TICKET_PROVIDER;
    return bw_flag_get(facts, BW_S("removal")) && bw_flag_get(facts, BW_S("list")) ? BW_TICKET_LIST
                                                                                   : BW_TICKET_RECEIVER;
}

/* There is a list to ask: a closed one, an error of the lookup or the receiver's own setting is none. */
static bool names_removable(const struct bw_delivery *delivery, const struct bw_fact_values *facts)
{
    return bw_is_removable(delivery, facts) &&
           (bw_flag_get(facts, BW_S("list")) || bw_fact_get(facts, BW_S("zone")).n > 0);
}

static enum bw_ticket choose(const struct bw_writer *writer, const struct bw_delivery *delivery,
                             const struct bw_fact_values *facts)
{
    if (delivery->action != BW_ACTION_FAILED && delivery->action != BW_ACTION_DELAYED)
        return BW_TICKET_NONE;
    if (writer->options->ticket == BW_TICKET_LIST && !names_removable(delivery, facts))
        return BW_TICKET_NONE;
    if (writer->options->ticket != BW_TICKET_AUTO)
        return writer->options->ticket;
    if (bw_eq(delivery->actor, BW_S("recipient-admin")))
        return BW_TICKET_RECEIVER;
    if (!bw_eq(delivery->actor, BW_S("sender-admin")))
        return BW_TICKET_NONE;
    return writer->options->role == BW_ROLE_ADMIN ? for_administrator(facts) : BW_TICKET_PROVIDER;
}

/* A text as it stands, each line indented: what is pasted must stay what it was. */
static void put_quote(struct bw_writer *writer, bw_slice text)
{
    bw_slice line;
    while (bw_next_line(&line, &text)) {
        bw_putf(writer->layout.out, "%*s", INDENT, "");
        bw_put_visible(writer->layout.out, line, false);
        bw_putc(writer->layout.out, '\n');
    }
}

/* One line of the record: paragraphs and sections stand apart, items and quotations close together. */
static void put_entry(struct bw_writer *writer, const struct bw_entry *entry,
                      const struct bw_fact_values *facts)
{
    const bool quote = bw_eq(entry->key, BW_S("quote"));
    const bool apart = bw_eq(entry->key, BW_S("para")) || bw_eq(entry->key, BW_S("section"));
    if (quote) {
        put_quote(writer, bw_fact_get(facts, entry->value));
        return;
    }
    if (!apart && !bw_eq(entry->key, BW_S("item")))
        return;
    struct bw_buf line;
    bw_buf_init(&line, 0);
    if (bw_template_render(&line, entry->value, facts)) {
        if (apart)
            bw_putc(writer->layout.out, '\n');
        bw_layout_text(&writer->layout, bw_buf_slice(&line), 0, 0);
    }
    writer->layout.out->failed |= line.failed;
    bw_buf_clear(&line);
}

/* The first line under that key that applies, behind its label. */
static void put_first(struct bw_writer *writer, const struct bw_record *text, const char *key,
                      const char *label, const struct bw_fact_values *facts)
{
    const struct bw_entry *entry;
    for (size_t at = 0; (entry = bw_record_next(text, key, &at));) {
        struct bw_fact_values line = {.count = 0};
        struct bw_buf said;
        bw_buf_init(&said, 0);
        const bool applies = bw_template_render(&said, entry->value, facts);
        bw_fact_set(&line, "text", bw_buf_take(&said, writer->arena));
        if (!applies)
            continue;
        bw_layout_text(&writer->layout, bw_writer_word(writer, label, &line), 0, 0);
        return;
    }
}

static const struct bw_record *text_of(const struct bw_writer *writer, enum bw_ticket ticket)
{
    static const char *const ids[] = {[BW_TICKET_PROVIDER] = "ticket.provider",
                                      [BW_TICKET_RECEIVER] = "ticket.receiver",
                                      [BW_TICKET_LIST] = "ticket.list"};
    const struct bw_record *record =
        bw_table_text(writer->tables, writer->options->language, "say", bw_str(ids[ticket]));
    return record ? record : bw_table_text(writer->tables, "en", "say", bw_str(ids[ticket]));
}

/* Nobody to write to: says so, and who acts instead. */
static void put_none(struct bw_writer *writer, const struct bw_delivery *delivery,
                     const struct bw_fact_values *facts)
{
    struct bw_buf line;
    bw_buf_init(&line, 0);
    bw_layout_text(&writer->layout, bw_writer_word(writer, "ticket.none", NULL), 0, 0);
    const char *language = writer->options->language;
    const bool admin = writer->options->role == BW_ROLE_ADMIN;
    if ((admin && bw_say_first(&line, writer->tables, language, delivery->cause, "admin-who", facts)) ||
        bw_say_first(&line, writer->tables, language, delivery->cause, "who", facts))
        bw_layout_text(&writer->layout, bw_buf_slice(&line), 0, 0);
    bw_buf_clear(&line);
}

static void put_ticket(struct bw_writer *writer, const struct bw_group *group)
{
    struct bw_fact_values facts;
    bw_facts_fill(&facts, writer->arena, writer->tables, writer->options, writer->result, group);
    const enum bw_ticket ticket = choose(writer, group->first, &facts);
    const struct bw_record *text = ticket == BW_TICKET_NONE ? NULL : text_of(writer, ticket);
    if (!text) {
        put_none(writer, group->first, &facts);
        return;
    }
    add_facts(&facts, writer, group);
    put_first(writer, text, "to", "ticket.to", &facts);
    put_first(writer, text, "subject", "ticket.subject", &facts);
    for (size_t i = 1; i < text->count; i++)
        put_entry(writer, &text->entries[i], &facts);
}

bw_status bw_report_ticket(struct bw_buf *out, const struct bw_tables *tables, const struct bw_result *result,
                           const struct bw_report_options *options)
{
    struct bw_writer writer = {
        .layout = {.out = out, .width = options->width},
        .tables = tables,
        .options = options,
        .result = result,
        .arena = bw_arena_new(0),
    };
    if (!writer.arena)
        return BW_NO_MEMORY;
    if (options->heading)
        bw_put_message_heading(&writer);
    bw_groups groups = {.count = 0};
    bw_group_deliveries(&groups, writer.arena, result);
    for (size_t i = 0; i < groups.count; i++) {
        if (i)
            bw_puts(out, "\n--------\n\n");
        put_ticket(&writer, &groups.items[i]);
    }
    if (groups.count == 0)
        put_none(&writer, &(struct bw_delivery){.cause = bw_cause_of_kind(result->kind)},
                 &(struct bw_fact_values){.count = 0});
    bw_put_redacted(&writer);
    const bool failed = out->failed || bw_arena_failed(writer.arena);
    bw_arena_free(writer.arena);
    return failed ? BW_NO_MEMORY : BW_OK;
}
