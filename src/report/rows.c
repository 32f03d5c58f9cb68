/* The labelled facts of the text report. */
#include "report/links.h"
#include "report/writer.h"

enum { RECIPIENTS_MAX = 10 };

void bw_row_add(bw_rows *rows, struct bw_writer *writer, const char *label, bw_slice value)
{
    struct bw_row *row = value.n > 0 ? bw_push(writer->arena, rows) : NULL;
    if (row)
        *row = (struct bw_row){bw_writer_word(writer, label, NULL), value};
}

static void add_visible(bw_rows *rows, struct bw_writer *writer, const char *label, bw_slice value)
{
    if (value.n > 0)
        bw_row_add(rows, writer, label, bw_writer_visible(writer, value));
}

/* Appends a remark in brackets behind a value, or alone where there is none. */
static void put_remark(struct bw_buf *out, bw_slice remark)
{
    const bool behind = out->n > 0;
    bw_puts(out, behind ? " (" : "");
    bw_put(out, remark);
    bw_puts(out, behind ? ")" : "");
}

static void add_recipients(bw_rows *rows, struct bw_writer *writer, const struct bw_group *group)
{
    struct bw_buf value;
    bw_buf_init(&value, 0);
    for (size_t i = 0; i < group->members.count && i < RECIPIENTS_MAX; i++) {
        if (value.n > 0)
            bw_putc(&value, '\n');
        bw_put_visible(&value, group->members.items[i]->recipient, false);
    }
    if (group->members.count > RECIPIENTS_MAX) {
        struct bw_fact_values facts = {.count = 0};
        bw_fact_set(&facts, "count", bw_format(writer->arena, "%zu", group->members.count - RECIPIENTS_MAX));
        bw_putc(&value, '\n');
        bw_put_word(&value, writer->tables, writer->options->language, "recipients.more", &facts);
    }
    bw_row_add(rows, writer, "label.recipient", bw_buf_take(&value, writer->arena));
}

/* "failed" is what a reader expects, and the answer says "delivered" itself; both are said only where another
 * recipient fared differently. */
static void add_action(bw_rows *rows, struct bw_writer *writer, enum bw_action action)
{
    const struct bw_result *result = writer->result;
    bool mixed = false;
    for (size_t i = 0; i < result->delivery_count; i++)
        mixed |= result->deliveries[i].action != action;
    const bool expected = action == BW_ACTION_FAILED || action == BW_ACTION_DELIVERED;
    if (action == BW_ACTION_NONE || (expected && !mixed))
        return;
    const bw_slice id = bw_format(writer->arena, "action.%s", bw_action_name(action));
    bw_row_add(rows, writer, "label.action", id.p ? bw_writer_word(writer, id.p, NULL) : id);
}

/* Which mail it was. */
static void add_original(bw_rows *rows, struct bw_writer *writer)
{
    const struct bw_original *original = &writer->result->original;
    add_visible(rows, writer, "label.subject", original->subject);
    add_visible(rows, writer, "label.sent", bw_readable_date(writer->arena, original->date));
    add_visible(rows, writer, "label.from", original->from);
}

/* The server at the other end, by its name and address or by what is known of the two. */
static void add_remote(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery)
{
    struct bw_buf value;
    bw_buf_init(&value, 0);
    bw_put_visible(&value, delivery->remote_host, false);
    if (delivery->remote_ip.n > 0 && !bw_eq(delivery->remote_ip, delivery->remote_host))
        put_remark(&value, bw_writer_visible(writer, delivery->remote_ip));
    bw_row_add(rows, writer, "label.remote-host", bw_buf_take(&value, writer->arena));
}

static void add_reporter(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery)
{
    const bw_slice reporter = writer->result->reporting_mta;
    if (!bw_ieq(reporter, delivery->remote_host) && !bw_eq(reporter, delivery->remote_ip))
        add_visible(rows, writer, "label.reporting-mta", reporter);
}

/* "5.0.0" tells no more than that it failed (RFC 3463 section 3.1). */
static bool tells_nothing(bw_slice status)
{
    return status.n == 5 && bw_eq(bw_sub(status, 1, 5), BW_S(".0.0"));
}

/* Codes are facts of their own only where something failed and the quoted words do not show them. */
static void add_codes(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery)
{
    if (delivery->action != BW_ACTION_FAILED && delivery->action != BW_ACTION_DELAYED)
        return;
    if (bw_find(delivery->diagnostic, delivery->reply, 0) == BW_NONE)
        add_visible(rows, writer, "label.reply", delivery->reply);
    if (!tells_nothing(delivery->status) && bw_find(delivery->diagnostic, delivery->status, 0) == BW_NONE)
        add_visible(rows, writer, "label.status", delivery->status);
}

/* True where the address itself was refused; elsewhere it only tells which machine sent the mail. */
static bool is_over_address(const struct bw_delivery *delivery)
{
    return bw_eq(delivery->cause, BW_S("ip-blocked")) || bw_eq(delivery->cause, BW_S("poor-reputation")) ||
           bw_eq(delivery->cause, BW_S("missing-ptr"));
}

/* The word for which machine of the sending side it is. */
static const char *role_word(const struct bw_block *block)
{
    static const char *const words[] = {[BW_MACHINE_OWN_LINE] = "ip.role-own-line",
                                        [BW_MACHINE_SUBMISSION] = "ip.role-submission",
                                        [BW_MACHINE_RELAY] = "ip.role-relay",
                                        [BW_MACHINE_FORWARDER] = "ip.role-forwarder"};
    if (block->machine == BW_MACHINE_OWN_LINE || block->machine == BW_MACHINE_FORWARDER)
        return words[block->machine];
    if (!block->ip_host.n)
        return "ip.role-unnamed";
    return block->machine == BW_MACHINE_UNKNOWN ? "ip.role" : words[block->machine];
}

static void add_sending_ip(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery,
                           const struct bw_fact_values *facts)
{
    const struct bw_block *block = &delivery->block;
    const bw_slice ip = block->ip.n > 0 ? block->ip : block->client_ip;
    const bool inner = bw_address_is_private(ip);
    const bool refused = is_over_address(delivery) && !inner;
    struct bw_buf value;
    bw_buf_init(&value, 0);
    bw_put_visible(&value, ip, false);
    if (block->ip_masked)
        put_remark(&value, bw_writer_word(writer, "ip.masked", facts));
    else if (refused && !ip.n && block->ip_host.n)
        put_remark(&value, bw_writer_word(writer, "ip.unnamed", facts));
    /* A whole range of end users' lines may well hold the reader's own device. */
    if (inner)
        put_remark(&value, bw_writer_word(writer, "ip.inner", facts));
    else if (ip.n > 0 && !bw_flag_get(facts, BW_S("dynamic")))
        put_remark(&value, bw_writer_word(writer, role_word(block), facts));
    if (ip.n > 0 && block->ip_from_route)
        put_remark(&value, bw_writer_word(writer, "ip.from-route", facts));
    bw_row_add(rows, writer, refused ? "label.refused-ip" : "label.sending-ip",
               bw_buf_take(&value, writer->arena));
}

static void add_list(bw_rows *rows, struct bw_writer *writer, const struct bw_block *block,
                     const struct bw_fact_values *facts)
{
    static const struct {
        const char *status, *word;
    } words[] = {{"active", "list-status.active"},
                 {"closed", "list-status.closed"},
                 {"unknown", "list-status.unknown"}};
    if (!block->list_name.n) {
        add_visible(rows, writer, "label.zone", block->zone);
        return;
    }
    struct bw_buf value;
    bw_buf_init(&value, 0);
    bw_put_visible(&value, block->list_name, false);
    if (block->zone.n)
        put_remark(&value, bw_writer_visible(writer, block->zone));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!bw_eq(block->list_status, bw_str(words[i].status)))
            continue;
        bw_putc(&value, ' ');
        bw_put(&value, bw_writer_word(writer, words[i].word, facts));
    }
    bw_row_add(rows, writer, "label.list", bw_buf_take(&value, writer->arena));
}

/* The receiver's code with what it means, or the meaning of its words where it gives none. */
static void add_code(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery,
                     const struct bw_fact_values *facts)
{
    const bw_slice means = bw_fact_get(facts, BW_S("code_means"));
    struct bw_buf value;
    bw_buf_init(&value, 0);
    bw_put_visible(&value, delivery->block.code, false);
    if (value.n == 0) {
        add_visible(rows, writer, "label.means", means);
        return;
    }
    if (means.n > 0)
        put_remark(&value, bw_writer_visible(writer, means));
    bw_row_add(rows, writer, "label.code", bw_buf_take(&value, writer->arena));
}

/* What asking for removal takes: nothing for somebody who is to leave it to the provider. */
static void add_conditions(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery,
                           const struct bw_fact_values *facts)
{
    if (writer->options->role == BW_ROLE_USER || !bw_is_removable(delivery, facts))
        return;
    add_visible(rows, writer, "label.requires", bw_fact_get(facts, BW_S("requires")));
    add_visible(rows, writer, "label.expiry", bw_fact_get(facts, BW_S("expiry")));
}

static void add_page(bw_rows *rows, struct bw_writer *writer, const struct bw_url *url)
{
    static const char *const roles[] = {
        [BW_URL_INFO] = "page.info", [BW_URL_LOOKUP] = "page.lookup", [BW_URL_REMOVAL] = "page.removal"};
    static const char *const owners[] = {[BW_TRUST_UNVERIFIED] = "page.unverified",
                                         [BW_TRUST_OPERATOR] = "page.operator",
                                         [BW_TRUST_RECEIVER] = "page.receiver"};
    struct bw_fact_values facts = {.count = 0};
    bw_fact_set(&facts, "role", bw_writer_word(writer, roles[url->role], NULL));
    bw_fact_set(&facts, "owner", bw_writer_word(writer, owners[url->trust], NULL));
    struct bw_buf value;
    bw_buf_init(&value, 0);
    if (url->trust == BW_TRUST_UNVERIFIED)
        bw_put_defanged(&value, url->url);
    else
        bw_put_visible(&value, bw_page_text(url->url), false);
    /* What an unverified page claims to be for is the mail's claim, not ours. */
    put_remark(&value, url->trust == BW_TRUST_UNVERIFIED ? bw_fact_get(&facts, BW_S("owner"))
                                                         : bw_writer_word(writer, "page.remark", &facts));
    bw_row_add(rows, writer, "label.page", bw_buf_take(&value, writer->arena));
}

static void add_block(bw_rows *rows, struct bw_writer *writer, const struct bw_delivery *delivery,
                      const struct bw_fact_values *facts)
{
    const struct bw_block *block = &delivery->block;
    add_sending_ip(rows, writer, delivery, facts);
    add_visible(rows, writer, "label.blocked-domain", block->domain);
    add_list(rows, writer, block, facts);
    add_code(rows, writer, delivery, facts);
    for (size_t i = 0; i < block->url_count; i++)
        if (bw_page_is_useful(delivery, facts, i))
            add_page(rows, writer, &block->urls[i]);
    add_conditions(rows, writer, delivery, facts);
}

void bw_rows_fill(bw_rows *out, struct bw_writer *writer, const struct bw_group *group,
                  const struct bw_fact_values *facts, bool with_message)
{
    const struct bw_delivery *delivery = group->first;
    add_recipients(out, writer, group);
    add_action(out, writer, delivery->action);
    if (with_message)
        add_original(out, writer);
    add_remote(out, writer, delivery);
    add_codes(out, writer, delivery);
    if (delivery->has_block)
        add_block(out, writer, delivery, facts);
    else
        add_visible(out, writer, "label.means", bw_fact_get(facts, BW_S("code_means")));
    if (with_message)
        add_reporter(out, writer, delivery);
}
