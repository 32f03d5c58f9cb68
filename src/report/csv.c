/* CSV (RFC 4180) for a spreadsheet or a database: the report, a row a delivery, and the summary. */
#include "report/report.h"

/* A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection"). */
static bool is_formula(bw_slice text)
{
    return text.n && (text.p[0] == '=' || text.p[0] == '+' || text.p[0] == '-' || text.p[0] == '@' ||
                      text.p[0] == '\t' || text.p[0] == '\r');
}

static void put_field(struct bw_buf *out, bw_slice text)
{
    struct bw_buf visible;
    bw_buf_init(&visible, 0);
    if (is_formula(text))
        bw_putc(&visible, '\'');
    bw_put_visible(&visible, text, false);
    bw_slice rest = bw_buf_slice(&visible);
    const bool quote = bw_find_byte(rest, '"', 0) != BW_NONE || bw_find_byte(rest, ',', 0) != BW_NONE;
    if (quote)
        bw_putc(out, '"');
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '"')
            bw_putc(out, '"');
        bw_putc(out, rest.p[i]);
    }
    if (quote)
        bw_putc(out, '"');
    out->failed |= visible.failed;
    bw_buf_clear(&visible);
}

/* One row; the columns as in the header line. */
struct row {
    bw_slice source, index;
    const struct bw_result *result;
    const struct bw_delivery *delivery; /* NULL for a message that reports on nobody */
};

static const struct bw_block *block_of(const struct row *row)
{
    static const struct bw_block none = {.url_count = 0};
    return row->delivery && row->delivery->has_block ? &row->delivery->block : &none;
}

/* The page that asks for removal, else the one that shows the listing: of those that belong to somebody known. */
static bw_slice page_of(const struct bw_block *block)
{
    bw_slice found = BW_NULL;
    for (size_t i = 0; i < block->url_count; i++) {
        const struct bw_url *url = &block->urls[i];
        if (url->trust == BW_TRUST_UNVERIFIED || url->dead || url->role == BW_URL_INFO)
            continue;
        if (url->role == BW_URL_REMOVAL)
            return url->url;
        if (!found.p)
            found = url->url;
    }
    return found;
}

#define COLUMN(name, expression)                                                                             \
    static bw_slice name##_of_row(const struct row *row) { return expression; }
#define OF_DELIVERY(name) COLUMN(name, row->delivery ? row->delivery->name : BW_NULL)

COLUMN(source, row->source)
COLUMN(index, row->index)
COLUMN(kind, bw_str(bw_kind_name(row->result->kind)))
COLUMN(format, row->result->format)
COLUMN(date, row->result->date)
COLUMN(reporting_mta, row->result->reporting_mta)
COLUMN(message_id, row->result->original.message_id)
COLUMN(from, row->result->original.from)
COLUMN(to, row->result->original.to)
COLUMN(subject, row->result->original.subject)
COLUMN(original_date, row->result->original.date)
OF_DELIVERY(recipient)
COLUMN(action, row->delivery ? bw_str(bw_action_name(row->delivery->action)) : BW_NULL)
OF_DELIVERY(cause)
OF_DELIVERY(disposition)
OF_DELIVERY(actor)
OF_DELIVERY(reply)
OF_DELIVERY(status)
OF_DELIVERY(command)
OF_DELIVERY(remote_host)
OF_DELIVERY(remote_ip)
COLUMN(blocked_ip, block_of(row)->ip)
COLUMN(ip_masked, block_of(row)->ip_masked ? BW_S("true") : BW_NULL)
COLUMN(blocked_domain, block_of(row)->domain)
COLUMN(zone, block_of(row)->zone)
COLUMN(list, block_of(row)->list_name)
COLUMN(list_status, block_of(row)->list_status)
COLUMN(code, block_of(row)->code)
COLUMN(page, page_of(block_of(row)))
OF_DELIVERY(diagnostic)
OF_DELIVERY(rule)

#define NAMED(name)                                                                                          \
    {                                                                                                        \
#name, name##_of_row                                                                                 \
    }
static const struct {
    const char *name;
    bw_slice (*value)(const struct row *);
} columns[] = {
    NAMED(source),      NAMED(index),     NAMED(kind),           NAMED(format),        NAMED(date),
    NAMED(recipient),   NAMED(action),    NAMED(cause),          NAMED(disposition),   NAMED(actor),
    NAMED(reply),       NAMED(status),    NAMED(command),        NAMED(remote_host),   NAMED(remote_ip),
    NAMED(blocked_ip),  NAMED(ip_masked), NAMED(blocked_domain), NAMED(zone),          NAMED(list),
    NAMED(list_status), NAMED(code),      NAMED(page),           NAMED(reporting_mta), NAMED(message_id),
    NAMED(from),        NAMED(to),        NAMED(subject),        NAMED(original_date), NAMED(diagnostic),
    NAMED(rule),
};

static void put_mark(struct bw_buf *out, bool byte_order_mark)
{
    if (byte_order_mark)
        bw_puts(out, "\xEF\xBB\xBF");
}

void bw_report_csv_header(struct bw_buf *out, bool byte_order_mark)
{
    put_mark(out, byte_order_mark);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        bw_putf(out, "%s%s", i ? "," : "", columns[i].name);
    bw_puts(out, "\r\n");
}

static void put_row(struct bw_buf *out, const struct row *row)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (i)
            bw_putc(out, ',');
        put_field(out, columns[i].value(row));
    }
    bw_puts(out, "\r\n");
}

bw_status bw_report_csv(struct bw_buf *out, const struct bw_result *result, const char *source, size_t index)
{
    struct bw_buf number;
    bw_buf_init(&number, 0);
    bw_putf(&number, "%zu", index);
    struct row row = {.source = bw_str(source), .index = bw_buf_slice(&number), .result = result};
    for (size_t i = 0; i < result->delivery_count; i++) {
        row.delivery = &result->deliveries[i];
        put_row(out, &row);
    }
    if (result->delivery_count == 0)
        put_row(out, &row);
    out->failed |= number.failed;
    bw_buf_clear(&number);
    return out->failed ? BW_NO_MEMORY : BW_OK;
}

/* "name count; name count" */
static void put_tallies(struct bw_buf *out, const bw_tallies *tallies)
{
    struct bw_buf text;
    bw_buf_init(&text, 0);
    for (size_t i = 0; i < tallies->count; i++)
        bw_putf(&text, "%s%.*s %zu", i ? "; " : "", BW_ARG(tallies->items[i].name), tallies->items[i].count);
    put_field(out, bw_buf_slice(&text));
    out->failed |= text.failed;
    bw_buf_clear(&text);
}

static const char summary_header[] =
    "section,name,count,delayed,actor,ip,list,list_status,zone,place,first,last,"
    "domains\r\n";

static void put_count(struct bw_buf *out, const char *section, bw_slice name, size_t count)
{
    bw_putf(out, "%s,", section);
    put_field(out, name);
    bw_putf(out, ",%zu,,,,,,,,,,\r\n", count);
}

static void put_counts(struct bw_buf *out, const char *section, const bw_tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++)
        put_count(out, section, tallies->items[i].name, tallies->items[i].count);
}

static void put_finding(struct bw_buf *out, const struct bw_finding_of_many *finding)
{
    struct bw_time_text first, last;
    const bw_slice fields[] = {finding->actor,
                               finding->ip,
                               finding->list,
                               finding->list_status,
                               finding->zone,
                               finding->place,
                               bw_summary_time(&first, finding->first),
                               bw_summary_time(&last, finding->last)};
    bw_puts(out, "finding,");
    put_field(out, finding->cause);
    bw_putf(out, ",%zu,%zu,", finding->count, finding->delayed);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        put_field(out, fields[i]);
        bw_putc(out, ',');
    }
    put_tallies(out, &finding->domains);
    bw_puts(out, "\r\n");
}

static void put_totals(struct bw_buf *out, const struct bw_summary *summary)
{
    struct bw_time_text first, last;
    bw_summary_time(&first, summary->first);
    bw_summary_time(&last, summary->last);
    bw_putf(out, "total,messages,%zu,,,,,,,,%s,%s,\r\n", summary->messages, first.bytes, last.bytes);
    for (enum bw_kind kind = BW_KIND_BOUNCE; kind <= BW_KIND_NOT_A_BOUNCE; kind++)
        put_count(out, "kind", bw_str(bw_kind_name(kind)), summary->kinds[kind]);
    put_count(out, "total", BW_S("failed"), summary->failed);
    put_count(out, "total", BW_S("delayed"), summary->delayed);
    put_count(out, "total", BW_S("arrived"), summary->arrived);
    put_count(out, "total", BW_S("repeated"), summary->repeated);
}

bw_status bw_summary_csv(struct bw_buf *out, const struct bw_summary *summary, bool byte_order_mark)
{
    put_mark(out, byte_order_mark);
    bw_puts(out, summary_header);
    put_totals(out, summary);
    for (size_t i = 0; i < summary->findings.count; i++)
        put_finding(out, &summary->findings.items[i]);
    put_counts(out, "cause", &summary->causes);
    put_counts(out, "list", &summary->lists);
    put_counts(out, "address", &summary->addresses);
    put_counts(out, "domain", &summary->domains);
    put_counts(out, "dead", &summary->dead);
    put_counts(out, "full", &summary->full);
    return out->failed ? BW_NO_MEMORY : BW_OK;
}
