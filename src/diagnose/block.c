/* What a refusal over the sender carries: the address, the list, the receiver's code. */
#include "diagnose/internal.h"

enum { SHORT_WORDS = 600 };

static bw_slice group(const struct bw_blocking *from, const char *name)
{
    return from->verdict->rule ? bw_trim(bw_match_group(&from->verdict->match, name)) : BW_NULL;
}

/* The address may be the sending side's: not the refusing server's; one of a private network only where the refusing
 * server itself calls it the client. */
static bool can_be_refused(const struct bw_blocking *from, const struct bw_seen_address *seen)
{
    const bw_slice how = bw_record_get(from->verdict->cause->record, "block");
    if (bw_eq(how, BW_S("in-reply")) && !seen->in_said)
        return false; /* the content was refused, not the client that the log line names in passing */
    const bool outside = !seen->is_private || seen->side == BW_SIDE_SENDER;
    return !seen->masked && outside && seen->side != BW_SIDE_RECEIVER && seen->side != BW_SIDE_NONE &&
           !bw_same_address(seen->text, from->evidence->remote_ip);
}

/* Anything blanked out: the address was there, so none that stands elsewhere is it. */
static bool any_masked(const struct bw_evidence *evidence)
{
    for (size_t i = 0; i < evidence->addresses.count; i++)
        if (evidence->addresses.items[i].masked)
            return true;
    return false;
}

/* The words are the refusing server's, or short enough to be nothing else: an address that nobody names is the client's. */
static bool speaks_to_us(const struct bw_evidence *evidence)
{
    return evidence->said_by_server || evidence->said.n < SHORT_WORDS;
}

bw_slice bw_refused_address(const struct bw_blocking *from, bool *masked, bool *outside)
{
    const struct bw_evidence *evidence = from->evidence;
    const bw_slice named = group(from, "ip");
    *masked = any_masked(evidence);
    *outside = false;
    if (bw_is_address(named) && !bw_same_address(named, evidence->remote_ip)) {
        *masked = false;
        return named;
    }
    for (unsigned rank = 0; rank < 4; rank++)
        for (size_t i = 0; i < evidence->addresses.count; i++) {
            const struct bw_seen_address *seen = &evidence->addresses.items[i];
            const bool fits = rank == 0   ? seen->side == BW_SIDE_SENDER && !seen->is_private
                              : rank == 1 ? seen->side == BW_SIDE_SENDER
                              : rank == 2 ? seen->in_said && !seen->in_url && speaks_to_us(evidence)
                                          : seen->in_url && !*masked;
            if (!fits || !can_be_refused(from, seen))
                continue;
            *masked = false;
            *outside = !seen->in_said;
            return seen->text;
        }
    return BW_NULL;
}

static bool is_closed(const struct bw_list *list)
{
    return bw_eq(bw_record_get(list->record, "status"), BW_S("closed"));
}

/* The list that the words name: by zone, by name, by the rule. Of several zones one that is still run, as leaving out a
 * closed one would change nothing. */
static const struct bw_list *find_list(const struct bw_blocking *from)
{
    const struct bw_evidence *evidence = from->evidence;
    const struct bw_list *zone = NULL, *named = NULL;
    for (size_t i = 0; i < evidence->lists.count; i++) {
        const struct bw_seen_list *seen = &evidence->lists.items[i];
        if (seen->by_zone && (!zone || (is_closed(zone) && !is_closed(seen->list))))
            zone = seen->list;
        if (!seen->by_zone && !named)
            named = seen->list;
    }
    if (zone || named)
        return zone ? zone : named;
    if (!from->verdict->rule)
        return NULL;
    return bw_table_list(from->context->tables, bw_record_get(from->verdict->rule->record, "list"));
}

static void fill_zone(struct bw_block *out, const struct bw_blocking *from)
{
    for (size_t i = 0; i < from->evidence->lists.count && !out->zone.p; i++)
        if (from->evidence->lists.items[i].by_zone && from->evidence->lists.items[i].list == from->list)
            out->zone = from->evidence->lists.items[i].text;
    const bw_slice named = group(from, "zone");
    if (!out->zone.p && named.n)
        out->zone = named;
    out->zone_from_text = out->zone.p != NULL;
    if (!out->zone.p && from->list)
        out->zone = bw_record_get(from->list->record, "zone");
}

static void fill_list(struct bw_block *out, const struct bw_list *list)
{
    out->list_id = list->id;
    out->list_name = bw_record_get(list->record, "name");
    out->list_operator = bw_record_get(list->record, "operator");
    out->list_status = bw_record_get(list->record, "status");
    out->list_since = bw_record_get(list->record, "since");
}

/* One of the list's return codes that mean "this is no listing" stands in the words. */
static bool answered_with_error(const struct bw_blocking *from)
{
    size_t at = 0;
    for (const struct bw_entry *entry; (entry = bw_record_next(from->list->record, "error", &at));) {
        bw_slice rest = entry->value, code;
        if (bw_next_word(&code, &rest) && bw_find_byte(code, 'x', 0) == BW_NONE &&
            bw_find(from->evidence->full, code, 0) != BW_NONE)
            return true;
    }
    return false;
}

/* That there is nothing to have removed goes before what the rule tells, unless that is a list of the receiver's own; that
 * a range is listed goes behind all but the latter. */
static bw_slice variant_of(const struct bw_blocking *from, const struct bw_block *block, bw_slice told)
{
    const bool own = bw_eq(told, BW_S("private"));
    if (from->list && !own && answered_with_error(from))
        return BW_S("not-a-listing");
    if (from->list && !own && is_closed(from->list) && !bw_eq(told, BW_S("not-a-listing")))
        return BW_S("closed");
    const bool range = bw_find_byte(block->ip, '/', 0) != BW_NONE;
    if (told.p && !(range && own))
        return told;
    const bw_slice scope = from->list ? bw_record_get(from->list->record, "scope") : BW_NULL;
    if (bw_eq(scope, BW_S("network")) || bw_eq(scope, BW_S("dynamic")))
        return scope;
    return range ? BW_S("network") : BW_NULL;
}

/* The code that the rule knows; where it knows none, or none but the enhanced code, what is printed like one. */
static bw_slice code_of(const struct bw_blocking *from)
{
    const bw_slice known = group(from, "code"), printed = from->evidence->code;
    return printed.n && (!known.n || bw_eq(known, from->evidence->status)) ? printed : known;
}

static void find_receiver(struct bw_block *out, struct bw_blocking *from)
{
    const struct bw_rule *rule = from->verdict->rule;
    if (rule)
        from->receiver = bw_table_receiver(from->context->tables, bw_record_get(rule->record, "receiver"));
    if (!from->receiver)
        return;
    out->receiver_id = from->receiver->id;
    out->receiver_name = from->receiver->name;
}

bool bw_code_fill(struct bw_block *out, struct bw_blocking *from)
{
    *out = (struct bw_block){.code = code_of(from)};
    if (out->code.n == 0)
        return false;
    find_receiver(out, from);
    bw_links_fill(out, from, false);
    return true;
}

void bw_block_fill(struct bw_block *out, bw_slice *variant, struct bw_blocking *from)
{
    *out = (struct bw_block){0};
    from->list = find_list(from);
    find_receiver(out, from);
    out->ip = bw_refused_address(from, &out->ip_masked, &out->ip_from_route);
    const bw_slice how = bw_record_get(from->verdict->cause->record, "block");
    if (bw_eq(how, BW_S("if-address")) || bw_eq(how, BW_S("names-domain"))) {
        out->client_ip = out->ip;
        out->ip = BW_NULL;
    }
    out->domain = group(from, "domain");
    if (bw_find_byte(out->domain, '@', 0) != BW_NONE)
        out->domain = bw_domain_of(out->domain);
    out->code = code_of(from);
    if (from->list)
        fill_list(out, from->list);
    fill_zone(out, from);
    bw_machine_fill(out, from);
    *variant = variant_of(from, out, *variant);
    bw_links_fill(out, from, !bw_eq(*variant, BW_S("not-a-listing")));
}
