/* The text report: the answer, who must act, the facts, the steps, the server's own words. */
#include "report/links.h"
#include "report/writer.h"

enum { INDENT = 2 };

bw_slice bw_writer_word(struct bw_writer *writer, const char *id, const struct bw_fact_values *facts)
{
    static const struct bw_fact_values none = {.count = 0};
    struct bw_buf word;
    bw_buf_init(&word, 0);
    bw_put_word(&word, writer->tables, writer->options->language, id, facts ? facts : &none);
    return bw_buf_take(&word, writer->arena);
}

bw_slice bw_writer_visible(struct bw_writer *writer, bw_slice text)
{
    struct bw_buf visible;
    bw_buf_init(&visible, 0);
    bw_put_visible(&visible, text, false);
    return bw_buf_take(&visible, writer->arena);
}

static void put_heading(struct bw_writer *writer, const char *id)
{
    bw_putc(writer->layout.out, '\n');
    bw_layout_text(&writer->layout, bw_writer_word(writer, id, NULL), 0, 0);
}

/* The answer and who must act. Where nobody wrote the sentence, the ids of the taxonomy stand in for it. */
static void put_answer(struct bw_writer *writer, const struct bw_delivery *delivery,
                       const struct bw_fact_values *facts)
{
    const char *language = writer->options->language;
    struct bw_buf line;
    bw_buf_init(&line, 0);
    if (!bw_say_first(&line, writer->tables, language, delivery->cause, "head", facts))
        bw_put_visible(&line, delivery->cause, false);
    bw_layout_bold(&writer->layout, bw_buf_take(&line, writer->arena));
    bw_buf_init(&line, 0);
    const bool admin = writer->options->role == BW_ROLE_ADMIN;
    if (!(admin && bw_say_first(&line, writer->tables, language, delivery->cause, "admin-who", facts)) &&
        !bw_say_first(&line, writer->tables, language, delivery->cause, "who", facts))
        bw_put_visible(&line, delivery->actor, false);
    const bw_slice who = bw_buf_take(&line, writer->arena);
    if (who.n > 0)
        bw_layout_text(&writer->layout, who, 0, 0);
}

static void put_rows(struct bw_writer *writer, const struct bw_group *group,
                     const struct bw_fact_values *facts, bool with_message)
{
    bw_rows rows = {.count = 0};
    bw_rows_fill(&rows, writer, group, facts, with_message);
    if (rows.count == 0)
        return;
    bw_putc(writer->layout.out, '\n');
    bw_layout_rows(&writer->layout, rows.items, rows.count);
}

/* True when the reader has not seen this very list yet, which counts as seen from then on. */
static bool is_new(struct bw_writer *writer, const bw_lines *lines)
{
    struct bw_buf joined;
    bw_buf_init(&joined, 0);
    for (size_t i = 0; i < lines->count; i++) {
        bw_put(&joined, lines->items[i]);
        bw_putc(&joined, '\n');
    }
    const bw_slice text = bw_buf_take(&joined, writer->arena);
    for (size_t i = 0; i < writer->printed.count; i++)
        if (bw_eq(writer->printed.items[i], text))
            return false;
    bw_slice *slot = bw_push(writer->arena, &writer->printed);
    if (slot)
        *slot = text;
    return true;
}

/* What is said under a key; an administrator is told what stands under "admin-" and the key, where anything does. */
static void say_for(bw_lines *out, struct bw_writer *writer, bool admin, bw_slice cause, const char *key,
                    const char *admin_key, const struct bw_fact_values *facts)
{
    if (admin)
        bw_say_all(out, writer->arena, writer->tables, writer->options->language, cause, admin_key, facts);
    if (out->count == 0)
        bw_say_all(out, writer->arena, writer->tables, writer->options->language, cause, key, facts);
}

static void add_word(bw_lines *out, struct bw_writer *writer, const char *id,
                     const struct bw_fact_values *facts)
{
    bw_slice *slot = bw_push(writer->arena, out);
    if (slot)
        *slot = bw_writer_word(writer, id, facts);
}

static void put_remarks(struct bw_writer *writer, bw_slice cause, const struct bw_fact_values *facts)
{
    bw_lines notes = {.count = 0};
    say_for(&notes, writer, writer->options->role != BW_ROLE_USER, cause, "note", "admin-note", facts);
    bw_say_all(&notes, writer->arena, writer->tables, writer->options->language, BW_S("any"), "note", facts);
    if (writer->result->original.sent_elsewhere)
        add_word(&notes, writer, "note.sent-elsewhere", facts);
    if (notes.count == 0 || !is_new(writer, &notes))
        return;
    bw_putc(writer->layout.out, '\n');
    for (size_t i = 0; i < notes.count; i++) {
        bw_puts(writer->layout.out, "  ");
        bw_layout_text(&writer->layout, notes.items[i], INDENT, INDENT);
    }
}

/* Why the mail is thought forged, reason by reason. */
static void put_signs(struct bw_writer *writer)
{
    bw_lines reasons = {.count = 0};
    for (size_t i = 0; i < writer->result->forged_count; i++) {
        const bw_slice id = bw_format(writer->arena, "sign.%.*s", BW_ARG(writer->result->forged[i]));
        bw_slice *slot = id.p ? bw_push(writer->arena, &reasons) : NULL;
        if (slot)
            *slot = bw_writer_word(writer, id.p, NULL);
    }
    if (reasons.count == 0)
        return;
    put_heading(writer, "heading.signs");
    bw_layout_numbered(&writer->layout, reasons.items, reasons.count);
}

static void put_list_of_steps(struct bw_writer *writer, const char *heading, const bw_lines *steps)
{
    if (steps->count == 0 || !is_new(writer, steps))
        return;
    put_heading(writer, heading);
    bw_layout_numbered(&writer->layout, steps->items, steps->count);
}

/* Support staff get both lists: what to tell the sender, and what their own side, or the provider's, looks into. */
static void put_steps(struct bw_writer *writer, bw_slice cause, const struct bw_fact_values *facts)
{
    const enum bw_role role = writer->options->role;
    bw_lines steps = {.count = 0}, inside = {.count = 0};
    say_for(&steps, writer, role == BW_ROLE_ADMIN, cause, "step", "admin-step", facts);
    put_list_of_steps(writer, role == BW_ROLE_SUPPORT ? "heading.tell" : "heading.next", &steps);
    if (role != BW_ROLE_SUPPORT)
        return;
    bw_say_all(&inside, writer->arena, writer->tables, writer->options->language, cause, "admin-step", facts);
    put_list_of_steps(writer, "heading.inside", &inside);
}

static void put_words(struct bw_writer *writer, const struct bw_delivery *delivery)
{
    if (delivery->diagnostic.n == 0)
        return;
    struct bw_buf words;
    bw_buf_init(&words, 0);
    bw_put_quoted(&words, writer->tables, delivery, delivery->diagnostic);
    put_heading(writer, "heading.reply");
    bw_puts(writer->layout.out, "  ");
    bw_layout_text(&writer->layout, bw_buf_take(&words, writer->arena), INDENT, INDENT);
}

static void put_group(struct bw_writer *writer, const struct bw_group *group, bool with_message)
{
    const struct bw_delivery *delivery = group->first;
    struct bw_fact_values facts;
    bw_facts_fill(&facts, writer->arena, writer->tables, writer->options, writer->result, group);
    put_answer(writer, delivery, &facts);
    put_rows(writer, group, &facts, with_message);
    put_signs(writer);
    put_remarks(writer, delivery->cause, &facts);
    put_steps(writer, delivery->cause, &facts);
    put_words(writer, delivery);
    if (writer->options->explain)
        bw_explain_verdict(writer, delivery);
}

bw_slice bw_cause_of_kind(enum bw_kind kind)
{
    switch (kind) {
    case BW_KIND_RECEIPT:
        return BW_S("delivered");
    case BW_KIND_AUTO_REPLY:
        return BW_S("auto-reply");
    case BW_KIND_COMPLAINT:
        return BW_S("complaint");
    case BW_KIND_NOT_A_BOUNCE:
        return BW_S("not-a-bounce");
    case BW_KIND_BOUNCE:
        break;
    }
    return BW_S("undetermined");
}

static bool is_arrival(enum bw_action action)
{
    return action == BW_ACTION_DELIVERED || action == BW_ACTION_RELAYED || action == BW_ACTION_EXPANDED;
}

/* In the order of the bounce, but what arrived comes last: the first line has to tell of what did not. */
static void put_groups(struct bw_writer *writer, bool with_message)
{
    bw_groups groups = {.count = 0};
    bw_group_deliveries(&groups, writer->arena, writer->result);
    size_t told = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < groups.count; i++) {
            if (is_arrival(groups.items[i].first->action) != (pass == 1))
                continue;
            if (told == 1)
                put_heading(writer, "heading.other");
            if (told > 0)
                bw_putc(writer->layout.out, '\n');
            put_group(writer, &groups.items[i], with_message && told == 0);
            told++;
        }
    }
}

static void put_verdicts(struct bw_writer *writer)
{
    const bool with_message = writer->result->kind != BW_KIND_NOT_A_BOUNCE;
    if (writer->result->delivery_count == 0) {
        const struct bw_delivery nobody = {.cause = bw_cause_of_kind(writer->result->kind)};
        put_group(writer, &(struct bw_group){.first = &nobody}, with_message);
        return;
    }
    put_groups(writer, with_message);
}

void bw_put_redacted(struct bw_writer *writer)
{
    if (!writer->options->redacted)
        return;
    bw_putc(writer->layout.out, '\n');
    bw_layout_text(&writer->layout, bw_writer_word(writer, "note.redacted", NULL), 0, 0);
}

void bw_put_message_heading(struct bw_writer *writer)
{
    struct bw_fact_values facts = {.count = 0};
    bw_fact_set(&facts, "source", bw_str(writer->options->source));
    bw_fact_set(&facts, "index", bw_format(writer->arena, "%zu", writer->options->index));
    bw_layout_text(&writer->layout, bw_writer_word(writer, "heading.message", &facts), 0, 0);
    bw_putc(writer->layout.out, '\n');
}

bw_status bw_report_text(struct bw_buf *out, const struct bw_tables *tables, const struct bw_result *result,
                         const struct bw_report_options *options)
{
    struct bw_writer writer = {
        .layout = {.out = out, .width = options->width, .color = options->color},
        .tables = tables,
        .options = options,
        .result = result,
        .arena = bw_arena_new(0),
    };
    if (!writer.arena)
        return BW_NO_MEMORY;
    if (options->heading)
        bw_put_message_heading(&writer);
    put_verdicts(&writer);
    bw_put_redacted(&writer);
    if (options->explain)
        bw_explain_message(&writer);
    const bool failed = out->failed || bw_arena_failed(writer.arena);
    bw_arena_free(writer.arena);
    return failed ? BW_NO_MEMORY : BW_OK;
}
