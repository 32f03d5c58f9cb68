/* The summary for a reader: findings first, then counts, then the recipients that are proven dead. */
#include "report/writer.h"

#include <time.h>

enum { FINDINGS_MAX = 20, ROWS_MAX = 10, RECIPIENTS_MAX = 50, DOMAINS_MAX = 3, BAR_COLUMNS = 30 };

/* "2023-01-24 09:02" in UTC; unknown for no date. */
static bw_slice minute_of(struct bw_writer *writer, long long seconds)
{
    struct tm parts;
    const time_t time = (time_t)seconds;
    if (!seconds || !gmtime_r(&time, &parts))
        return BW_NULL;
    return bw_format(writer->arena, "%04d-%02d-%02d %02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min);
}

static void set_number(struct bw_fact_values *facts, struct bw_writer *writer, const char *name,
                       size_t number)
{
    if (number)
        bw_fact_set(facts, name, bw_format(writer->arena, "%zu", number));
}

static bw_slice named(struct bw_writer *writer, const char *kind, bw_slice id)
{
    const bw_slice word = bw_format(writer->arena, "%s.%.*s", kind, BW_ARG(id));
    return word.p ? bw_writer_word(writer, word.p, NULL) : BW_NULL;
}

static void put_line(struct bw_writer *writer, const char *word, const struct bw_fact_values *facts,
                     size_t indent)
{
    const bw_slice line = bw_writer_word(writer, word, facts);
    for (size_t i = 0; i < indent; i++)
        bw_putc(writer->layout.out, ' ');
    bw_layout_text(&writer->layout, line, indent, indent);
}

/* "example.org 12, example.net 3" */
static bw_slice domains_of(struct bw_writer *writer, const bw_tallies *domains)
{
    struct bw_buf text;
    bw_buf_init(&text, 0);
    for (size_t i = 0; i < domains->count && i < DOMAINS_MAX; i++) {
        bw_puts(&text, i ? ", " : "");
        bw_put_visible(&text, domains->items[i].name, false);
        if (domains->count > 1)
            bw_putf(&text, " (%zu)", domains->items[i].count);
    }
    if (domains->count > DOMAINS_MAX)
        bw_puts(&text, ", …");
    return bw_buf_take(&text, writer->arena);
}

static void put_finding(struct bw_writer *writer, const struct bw_summary *summary,
                        const struct bw_finding_of_many *finding, size_t number)
{
    const size_t all = summary->failed + summary->delayed;
    struct bw_fact_values facts = {.count = 0};
    set_number(&facts, writer, "index", number);
    set_number(&facts, writer, "count", finding->count);
    set_number(&facts, writer, "total", all);
    set_number(&facts, writer, "delayed_count", finding->delayed);
    bw_fact_set(&facts, "cause_name", named(writer, "name", finding->cause));
    bw_fact_set(&facts, "actor_name", named(writer, "actor", finding->actor));
    bw_fact_set(&facts, "ip", bw_writer_visible(writer, finding->ip));
    bw_fact_set(&facts, "list", bw_writer_visible(writer, finding->list));
    bw_fact_set(&facts, "place", bw_writer_visible(writer, finding->place));
    bw_fact_set(&facts, "domains", domains_of(writer, &finding->domains));
    bw_fact_set(&facts, "first", minute_of(writer, finding->first));
    bw_fact_set(&facts, "last", minute_of(writer, finding->last));
    bw_flag_set(&facts, BW_S("closed"), bw_eq(finding->list_status, BW_S("closed")));
    bw_layout_bold(&writer->layout, bw_writer_word(writer, "summary.finding", &facts));
    put_line(writer, "summary.who", &facts, 3);
    if (finding->ip.n || finding->list.n || finding->place.n)
        put_line(writer, "summary.refused", &facts, 3);
    if (bw_flag_get(&facts, BW_S("closed")))
        put_line(writer, "summary.closed", &facts, 3);
    if (finding->domains.count)
        put_line(writer, "summary.domains", &facts, 3);
    if (finding->first)
        put_line(writer, "summary.times", &facts, 3);
    if (finding->delayed)
        put_line(writer, "summary.still-tried", &facts, 3);
}

static void put_heading(struct bw_writer *writer, const char *word)
{
    bw_putc(writer->layout.out, '\n');
    bw_layout_text(&writer->layout, bw_writer_word(writer, word, NULL), 0, 0);
}

static void put_more(struct bw_writer *writer, size_t more)
{
    struct bw_fact_values facts = {.count = 0};
    if (!more)
        return;
    set_number(&facts, writer, "count", more);
    put_line(writer, "summary.more", &facts, 2);
}

/* Counts with bars where it is a terminal. */
static void put_tallies(struct bw_writer *writer, const char *heading, const bw_tallies *tallies,
                        const char *kind)
{
    bw_rows rows = {.count = 0};
    if (tallies->count == 0)
        return;
    put_heading(writer, heading);
    for (size_t i = 0; i < tallies->count && i < ROWS_MAX; i++) {
        const struct bw_tally *one = &tallies->items[i];
        struct bw_buf value;
        bw_buf_init(&value, 0);
        bw_putf(&value, "%6zu", one->count);
        const size_t bar = one->count * BAR_COLUMNS / tallies->items[0].count;
        for (size_t k = 0; writer->layout.color && k < (bar ? bar : 1); k++)
            bw_puts(&value, k ? "█" : "  █");
        struct bw_row *row = bw_push(writer->arena, &rows);
        if (row)
            *row =
                (struct bw_row){kind ? named(writer, kind, one->name) : bw_writer_visible(writer, one->name),
                                bw_buf_take(&value, writer->arena)};
    }
    bw_layout_rows(&writer->layout, rows.items, rows.count);
    put_more(writer, tallies->count > ROWS_MAX ? tallies->count - ROWS_MAX : 0);
}

static void put_recipients(struct bw_writer *writer, const char *heading, const bw_tallies *recipients)
{
    if (recipients->count == 0)
        return;
    put_heading(writer, heading);
    for (size_t i = 0; i < recipients->count && i < RECIPIENTS_MAX; i++) {
        bw_puts(writer->layout.out, "  ");
        bw_put_visible(writer->layout.out, recipients->items[i].name, false);
        bw_putc(writer->layout.out, '\n');
    }
    put_more(writer, recipients->count > RECIPIENTS_MAX ? recipients->count - RECIPIENTS_MAX : 0);
}

static void put_totals(struct bw_writer *writer, const struct bw_summary *summary)
{
    struct bw_fact_values facts = {.count = 0};
    bw_fact_set(&facts, "messages", bw_format(writer->arena, "%zu", summary->messages));
    bw_fact_set(&facts, "failed_count", bw_format(writer->arena, "%zu", summary->failed));
    set_number(&facts, writer, "delayed_count", summary->delayed);
    set_number(&facts, writer, "arrived_count", summary->arrived);
    set_number(&facts, writer, "replies_count", summary->kinds[BW_KIND_AUTO_REPLY]);
    set_number(&facts, writer, "complaints_count", summary->kinds[BW_KIND_COMPLAINT]);
    set_number(&facts, writer, "others_count", summary->kinds[BW_KIND_NOT_A_BOUNCE]);
    set_number(&facts, writer, "repeated_count", summary->repeated);
    bw_fact_set(&facts, "first", minute_of(writer, summary->first));
    bw_fact_set(&facts, "last", minute_of(writer, summary->last));
    bw_layout_text(&writer->layout, bw_writer_word(writer, "summary.totals", &facts), 0, 0);
    if (summary->repeated)
        put_line(writer, "summary.repeated", &facts, 0);
    if (summary->first)
        put_line(writer, "summary.span", &facts, 0);
}

bw_status bw_summary_text(struct bw_buf *out, const struct bw_tables *tables,
                          const struct bw_summary *summary, const struct bw_report_options *options)
{
    struct bw_writer writer = {
        .layout = {.out = out, .width = options->width, .color = options->color},
        .tables = tables,
        .options = options,
        .arena = bw_arena_new(0),
    };
    if (!writer.arena)
        return BW_NO_MEMORY;
    put_totals(&writer, summary);
    for (size_t i = 0; i < summary->findings.count && i < FINDINGS_MAX; i++) {
        bw_putc(out, '\n');
        put_finding(&writer, summary, &summary->findings.items[i], i + 1);
    }
    if (summary->findings.count > FINDINGS_MAX)
        bw_putc(out, '\n');
    put_more(&writer, summary->findings.count > FINDINGS_MAX ? summary->findings.count - FINDINGS_MAX : 0);
    put_tallies(&writer, "summary.by-cause", &summary->causes, "name");
    put_tallies(&writer, "summary.by-list", &summary->lists, NULL);
    put_tallies(&writer, "summary.by-address", &summary->addresses, NULL);
    put_tallies(&writer, "summary.by-domain", &summary->domains, NULL);
    put_recipients(&writer, "summary.dead", &summary->dead);
    const bool failed = out->failed || bw_arena_failed(writer.arena);
    bw_arena_free(writer.arena);
    return failed ? BW_NO_MEMORY : BW_OK;
}
