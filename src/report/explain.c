/* --explain: which rule decided, on which words, and what would have decided otherwise. */
#include "report/writer.h"

static void put_rows(struct bw_writer *writer, const bw_rows *rows)
{
    if (rows->count == 0)
        return;
    bw_putc(writer->layout.out, '\n');
    bw_layout_text(&writer->layout, bw_writer_word(writer, "heading.explain", NULL), 0, 0);
    bw_layout_rows(&writer->layout, rows->items, rows->count);
}

static void add(bw_rows *rows, struct bw_writer *writer, const char *label, bw_slice value)
{
    if (value.n > 0)
        bw_row_add(rows, writer, label, bw_writer_visible(writer, value));
}

/* No rule decided: the enhanced code did, else the reply code, else nothing. */
static void add_code(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery)
{
    const bw_slice codes[] = {delivery->matched, delivery->status, delivery->reply};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct bw_code *code = codes[i].n ? bw_table_code(writer->tables, codes[i]) : NULL;
        if (!code || !bw_eq(code->cause, delivery->cause))
            continue;
        add(rows, writer, "explain.code", codes[i]);
        add(rows, writer, "explain.place", bw_record_place(writer->arena, code->record));
        return;
    }
    bw_row_add(rows, writer, "explain.rule", bw_writer_word(writer, "explain.none", NULL));
}

/* "rule (cause, file:line) "words": why it lost". */
static void add_lost(bw_rows *rows, struct bw_writer *writer, const struct bw_candidate *lost)
{
    const bw_slice id = bw_format(writer->arena, "why.%.*s", BW_ARG(lost->why));
    const bw_slice why = id.p ? bw_writer_word(writer, id.p, NULL) : id;
    const bool unnamed = bw_eq(why, id); /* not one of the reasons that have a word */
    add(rows, writer, "explain.lost",
        bw_format(writer->arena, "%.*s (%.*s, %.*s) \"%.*s\": %.*s", BW_ARG(lost->rule), BW_ARG(lost->cause),
                  BW_ARG(lost->place), BW_ARG(lost->matched), BW_ARG(unnamed ? lost->why : why)));
}

void bw_explain_verdict(struct bw_writer *writer, const struct bw_delivery *delivery)
{
    bw_rows rows = {.count = 0};
    if (delivery->rule.n) {
        add(&rows, writer, "explain.rule", delivery->rule);
        add(&rows, writer, "explain.place", delivery->rule_place);
        add(&rows, writer, "explain.matched", delivery->matched);
    } else {
        add_code(&rows, writer, delivery);
    }
    for (size_t i = 0; i < delivery->candidate_count; i++)
        add_lost(&rows, writer, &delivery->candidates[i]);
    put_rows(writer, &rows);
}

void bw_explain_message(struct bw_writer *writer)
{
    const struct bw_result *result = writer->result;
    bw_rows rows = {.count = 0};
    add(&rows, writer, "explain.format", result->format);
    for (size_t i = 0; i < result->anomaly_count; i++) {
        const struct bw_anomaly *anomaly = &result->anomalies[i];
        if (anomaly->offset == BW_NONE)
            add(&rows, writer, "explain.anomaly", bw_str(anomaly->what));
        else
            add(&rows, writer, "explain.anomaly",
                bw_format(writer->arena, "%s (@%zu)", anomaly->what, anomaly->offset));
    }
    if (rows.count > 0) {
        bw_putc(writer->layout.out, '\n');
        bw_layout_rows(&writer->layout, rows.items, rows.count);
    }
}
