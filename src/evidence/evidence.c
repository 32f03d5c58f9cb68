#include "evidence/internal.h"

#include <string.h>

enum { FACT_REPEATS_MAX = 16, BODY_BYTES = 16 << 10 };

int bw_fact_match(struct bw_match *out, const struct bw_fact *fact, struct bw_matcher *matcher, bw_slice text)
{
    return bw_regex_match(out, fact->match, matcher, text, 0);
}

/* The state while facts are run over one text. */
struct search {
    struct bw_evidence *out;
    struct bw_context *context;
    struct bw_grams grams;
    bw_slice text;
    bw_slice said; /* the first "said" group */
};

static void set_if(bw_slice *slot, bw_slice value)
{
    value = bw_trim(value);
    if (value.n && !slot->p)
        *slot = value;
}

/* "mx.example.com[192.0.2.1]", brackets and dots around a name. */
static bw_slice clean_host(bw_slice host)
{
    while (host.n && strchr("<>[]().,;:'\"", host.p[0]))
        host = bw_sub(host, 1, host.n);
    host = bw_sub(host, 0, bw_find_byte(host, '[', 0));
    while (host.n && strchr("<>[]().,;:'\"", host.p[host.n - 1]))
        host.n--;
    return host;
}

/* Marks the address that a group holds as being on that side; adds it when the scan has not seen it. */
static void set_side(struct search *search, bw_slice group, enum bw_side side, bool masked)
{
    struct bw_evidence *out = search->out;
    group = bw_trim(group);
    if (group.n == 0)
        return;
    bool known = false;
    for (size_t i = 0; i < out->addresses.count; i++) {
        struct bw_seen_address *seen = &out->addresses.items[i];
        const bool inside = seen->text.p >= group.p && seen->text.p < group.p + group.n;
        if (!inside && !bw_same_address(seen->text, group))
            continue;
        known = true;
        seen->masked = seen->masked || masked; /* "0.0.0.0" is no address of anybody */
        if (seen->side == BW_SIDE_UNKNOWN)
            seen->side = side;
    }
    if (known || !masked)
        return;
    struct bw_seen_address *seen = bw_push(search->context->arena, &out->addresses);
    if (seen)
        *seen = (struct bw_seen_address){.text = group, .side = side, .masked = true};
}

static void take_match(struct search *search, const struct bw_match *match)
{
    struct bw_evidence *out = search->out;
    const bw_slice command = bw_match_group(match, "command");
    set_if(&search->said, bw_match_group(match, "said"));
    set_if(&out->remote_host, clean_host(bw_trim(bw_match_group(match, "host"))));
    const bw_slice ip = bw_trim(bw_match_group(match, "ip"));
    if (bw_is_address(ip))
        set_if(&out->remote_ip, ip);
    set_side(search, ip, BW_SIDE_RECEIVER, false);
    set_side(search, bw_match_group(match, "client"), BW_SIDE_SENDER, false);
    set_side(search, bw_match_group(match, "masked"), BW_SIDE_SENDER, true);
    set_side(search, bw_match_group(match, "other"), BW_SIDE_NONE, false);
    if (command.n)
        set_if(&out->command, bw_command_of(command));
    set_if(&out->reply, bw_match_group(match, "reply"));
    set_if(&out->status, bw_match_group(match, "status"));
    set_if(&out->recipient, bw_match_group(match, "recipient"));
    set_if(&out->reporter, bw_match_group(match, "reporter"));
    set_if(&out->code, bw_match_group(match, "code"));
}

static void run_facts(struct search *search)
{
    const struct bw_tables *tables = search->context->tables;
    bw_grams_of(&search->grams, search->text);
    for (size_t i = 0; i < tables->facts.count; i++) {
        const struct bw_regex *regex = tables->facts.items[i].match;
        if (!bw_regex_possible(regex, &search->grams))
            continue;
        size_t from = 0;
        struct bw_match match;
        for (unsigned n = 0; n < FACT_REPEATS_MAX; n++) {
            if (bw_regex_match(&match, regex, search->context->matcher, search->text, from) != 1)
                break;
            take_match(search, &match);
            from = match.end > match.from ? match.end : match.end + 1;
        }
    }
}

/* The refusing server's words inside a text, as far as a fact knows how it is quoted. */
static bw_slice find_said(struct bw_context *context, bw_slice text)
{
    struct bw_evidence scratch = {0};
    struct search search = {.out = &scratch, .context = context, .text = text};
    if (text.n == 0)
        return BW_NULL;
    run_facts(&search);
    return search.said;
}

/* a begins as b does, "..." at the end of b apart: b is a shortened a. */
static bool shortened(bw_slice b, bw_slice a)
{
    if (!a.p || !b.p)
        return false;
    while (b.n && b.p[b.n - 1] == '.')
        b.n--;
    return b.n > 8 && a.n > b.n && bw_find(a, b, 0) != BW_NONE;
}

/* The best quotation of the refusing server among what the status fields and the layout hold. */
static bw_slice choose_quote(struct bw_evidence *out, struct bw_context *context,
                             const struct bw_account *account, bw_slice diagnostic, bw_slice text)
{
    bw_slice from_fields = find_said(context, diagnostic);
    const bw_slice from_text = find_said(context, text);
    if (!from_fields.p && account->diagnostic_smtp)
        from_fields = diagnostic;
    out->said_by_server = from_fields.p || from_text.p;
    if (from_fields.n && from_text.n)
        return shortened(from_fields, from_text) ? from_text : from_fields;
    if (from_fields.n || from_text.n)
        return from_fields.n ? from_fields : from_text;
    if (diagnostic.n && text.n)
        return shortened(diagnostic, text) ? text : diagnostic;
    return diagnostic.n ? diagnostic : text;
}

static bw_slice join(struct bw_arena *arena, bw_slice a, bw_slice b)
{
    if (a.n == 0 || b.n == 0)
        return a.n ? a : b;
    if (bw_find(b, a, 0) != BW_NONE)
        return b;
    return bw_find(a, b, 0) != BW_NONE ? a : bw_format(arena, "%.*s %.*s", BW_ARG(a), BW_ARG(b));
}

static void read_codes(struct bw_evidence *out, const struct bw_account *account)
{
    bw_slice reply, status, other_reply, other_status;
    bw_reply_codes(&reply, &status, out->quote);
    bw_reply_codes(&other_reply, &other_status, out->full);
    const bw_slice fact_reply = out->reply, fact_status = out->status;
    out->reply = out->said_by_server ? reply : BW_NULL;
    set_if(&out->reply, account->reply);
    set_if(&out->reply, reply);
    set_if(&out->reply, fact_reply);
    set_if(&out->reply, other_reply);
    out->status = out->said_by_server ? status : BW_NULL;
    set_if(&out->status, account->status);
    set_if(&out->status, status);
    set_if(&out->status, fact_status);
    set_if(&out->status, other_status);
}

/* The report's Remote-MTA goes before names seen in passing, unless the words quote a server at another address. */
static void read_remote(struct bw_evidence *out, const struct bw_account *account)
{
    const bw_slice ip = bw_trim(account->remote_ip);
    const bool quotes_another =
        out->remote_ip.n && bw_is_address(ip) && !bw_same_address(out->remote_ip, ip) && out->said_by_server;
    if (account->remote_host.n && !quotes_another)
        out->remote_host = clean_host(bw_trim(account->remote_host));
    if (bw_is_address(ip) && !quotes_another)
        out->remote_ip = ip;
    if (bw_is_address(out->remote_host)) {
        set_if(&out->remote_ip, out->remote_host);
        out->remote_host = BW_NULL;
    }
    if (out->remote_host.n == 0)
        out->remote_host = BW_NULL;
    if (account->command.n) {
        const bw_slice command = bw_command_of(account->command);
        if (command.p)
            out->command = command;
    }
}

/* The whole notice may hold the reason, but not where it reports on several and this one has words of its own: the rest
 * is then about the others. */
static bw_slice body_for(const struct bw_notice *notice, const struct bw_account *account)
{
    size_t told = 0;
    for (size_t i = 0; i < notice->accounts.count; i++)
        told += notice->accounts.items[i].text.n > 0 && !notice->accounts.items[i].text_is_body;
    const bool own = account->text.n > 0 && !account->text_is_body;
    return own && told > 1 ? BW_NULL : bw_sub(notice->body, 0, BODY_BYTES);
}

bw_status bw_evidence_collect(struct bw_evidence *out, struct bw_context *context,
                              const struct bw_notice *notice, const struct bw_account *account)
{
    *out = (struct bw_evidence){0};
    struct bw_arena *arena = context->arena;
    const bw_slice text = bw_one_line(arena, bw_sub(account->text, 0, context->limits->delivery_text));
    const bw_slice diagnostic = bw_sub(account->diagnostic, 0, context->limits->delivery_text);
    out->quote = choose_quote(out, context, account, diagnostic, text);
    if (account->text_is_body && !out->said_by_server && !diagnostic.n)
        out->quote = BW_NULL; /* the notice's own phrases are nobody's refusal */
    out->said = bw_without_line_codes(arena, out->quote);
    const bw_slice raw = join(arena, diagnostic, text);
    out->full = bw_without_line_codes(arena, raw);
    out->body = bw_one_line(arena, body_for(notice, account));
    out->said_words = bw_words_only(arena, out->said);
    out->full_words = bw_words_only(arena, out->full);
    out->body_words = bw_words_only(arena, out->body);
    bw_addresses_scan(out, context, out->said, true);
    bw_addresses_scan(out, context, out->full, false);
    bw_urls_scan(out, context, out->said, true);
    bw_urls_scan(out, context, out->full, false);
    bw_lists_scan(out, context, out->said, true);
    bw_lists_scan(out, context, out->full, false);
    struct search search = {.out = out, .context = context, .text = raw};
    run_facts(&search);
    search.text = out->said;
    run_facts(&search);
    if (account->client.n)
        set_side(&search, account->client, BW_SIDE_SENDER, !bw_is_address(bw_trim(account->client)));
    read_remote(out, account);
    read_codes(out, account);
    out->recipient = account->recipient.p ? account->recipient : bw_address(arena, out->recipient);
    return bw_arena_failed(arena) ? (bw_arena_at_limit(arena) ? BW_LIMIT : BW_NO_MEMORY) : BW_OK;
}
