/* Masks what tells people and machines apart, so that a report can be shared: mail addresses, local parts, hosts and IP
 * addresses, each always by the same stand-in. Names that the tables know (lists, receivers) stay, as they are the
 * point of the report. */
#include "report/report.h"

#include "diagnose/diagnose.h"
#include "evidence/evidence.h"

#include <string.h>

enum { LOCAL_PART_MIN = 3, NAMES_MAX = 4096 };

enum kind { LOCAL_PART, DOMAIN_NAME, HOST, IPV4, IPV6, KINDS };

/* A text and what stands for it. */
struct mask {
    enum kind kind;
    bw_slice text, stand_in;
};

struct redaction {
    struct bw_arena *arena;
    const struct bw_tables *tables;
    BW_LIST(struct mask) masks;
    unsigned used[KINDS];
};

static const struct mask *find(const struct redaction *redaction, enum kind kind, bw_slice text)
{
    for (size_t i = 0; i < redaction->masks.count; i++)
        if (redaction->masks.items[i].kind == kind && bw_ieq(redaction->masks.items[i].text, text))
            return &redaction->masks.items[i];
    return NULL;
}

/* The n-th address of the ranges for documentation (RFC 5737, RFC 3849). */
static bw_slice address(struct redaction *redaction, enum kind kind, unsigned n)
{
    static const char *const ranges[] = {"192.0.2", "198.51.100", "203.0.113"};
    if (kind == IPV6)
        return bw_format(redaction->arena, "2001:db8::%x", n);
    return bw_format(redaction->arena, "%s.%u", ranges[(n - 1) / 254 % 3], (n - 1) % 254 + 1);
}

static bw_slice stand_in(struct redaction *redaction, enum kind kind, bw_slice text);

static bw_slice new_name(struct redaction *redaction, enum kind kind, bw_slice text)
{
    const unsigned n = ++redaction->used[kind];
    if (kind == LOCAL_PART)
        return bw_format(redaction->arena, "user%u", n);
    if (kind == DOMAIN_NAME)
        return bw_format(redaction->arena, "domain%u.example", n);
    if (kind != HOST)
        return address(redaction, kind, n);
    const bw_slice domain = stand_in(redaction, DOMAIN_NAME, bw_registered_part(text));
    return bw_format(redaction->arena, "host%u.%.*s", n, BW_ARG(domain));
}

static bw_slice stand_in(struct redaction *redaction, enum kind kind, bw_slice text)
{
    const struct mask *known = find(redaction, kind, text);
    if (known)
        return known->stand_in;
    if (redaction->masks.count >= NAMES_MAX)
        return BW_S("(masked)");
    const bw_slice name = new_name(redaction, kind, text);
    struct mask *mask = bw_push(redaction->arena, &redaction->masks);
    if (mask)
        *mask = (struct mask){kind, text, name};
    return name;
}

static bool is_public(const struct redaction *redaction, bw_slice host)
{
    return bw_table_host(redaction->tables, host) || bw_table_zone(redaction->tables, host);
}

/* The stand-in of a host or mail domain; itself where the tables know it. */
static bw_slice mask_host(struct redaction *redaction, bw_slice host)
{
    if (is_public(redaction, host))
        return host;
    const bw_slice domain = bw_registered_part(host);
    return stand_in(redaction, domain.n == host.n ? DOMAIN_NAME : HOST, host);
}

static bool is_local_byte(char c)
{
    return bw_is_alnum(c) || (unsigned char)c >= 0x80 || (c && strchr("._%+-=~#&'*!$/?^`{|}", c));
}

static bool is_host_byte(char c) { return bw_is_alnum(c) || c == '-' || c == '.' || c == '_'; }

static bool is_address_byte(char c) { return bw_hex_value(c) >= 0 || c == '.' || c == ':'; }

static size_t run(bw_slice text, size_t at, bool (*belongs)(char))
{
    size_t end = at;
    while (end < text.n && belongs(text.p[end]))
        end++;
    return end;
}

/* A name of at least two labels whose last is letters only, and not the end of one sentence and the start of the next. */
static bool looks_like_host(bw_slice name)
{
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.')
        dot--;
    const bw_slice last = bw_sub(name, dot, name.n);
    if (dot < 2 || last.n < 2 || bw_find(name, BW_S(".."), 0) != BW_NONE || name.p[0] == '.')
        return false;
    for (size_t i = 0; i < last.n; i++)
        if (!bw_is_alpha(last.p[i]))
            return false;
    const bool capital = last.p[0] >= 'A' && last.p[0] <= 'Z';
    return !(capital && last.p[1] >= 'a' && last.p[1] <= 'z');
}

/* The address at the start of rest without the punctuation behind it; empty where there is none. */
static bw_slice ip_at(bw_slice rest)
{
    bw_slice candidate = bw_sub(rest, 0, run(rest, 0, is_address_byte));
    while (candidate.n && (candidate.p[candidate.n - 1] == '.' || candidate.p[candidate.n - 1] == ':'))
        candidate.n--;
    if (!bw_is_address(candidate)) /* "192.0.2.1:25" */
        candidate = bw_sub(candidate, 0, bw_find_byte(candidate, ':', 0));
    const bool ends = candidate.n == rest.n || !bw_is_alnum(rest.p[candidate.n]);
    return ends && bw_is_address(candidate) ? candidate : BW_S("");
}

/* Masks what begins at offset at, and tells how long it was; 0 where nothing does. */
static size_t mask_at(struct bw_buf *out, struct redaction *redaction, bw_slice text, size_t at)
{
    const bw_slice rest = bw_sub(text, at, text.n);
    const bool slashes = rest.p[0] == '/' && at > 0 && (text.p[at - 1] == ':' || text.p[at - 1] == '/');
    const size_t local = slashes ? 0 : run(rest, 0, is_local_byte); /* "http://user@host" */
    if (local > 0 && local + 1 < rest.n && rest.p[local] == '@' && bw_is_alnum(rest.p[local + 1])) {
        size_t end = run(rest, local + 1, is_host_byte);
        while (end > local + 2 && rest.p[end - 1] == '.')
            end--;
        bw_put(out, stand_in(redaction, LOCAL_PART, bw_sub(rest, 0, local)));
        bw_putc(out, '@');
        bw_put(out, mask_host(redaction, bw_sub(rest, local + 1, end)));
        return end;
    }
    const bw_slice ip = ip_at(rest);
    if (ip.n && !bw_starts(ip, BW_S("127."))) { /* those are answers of lists */
        bw_put(out, stand_in(redaction, bw_find_byte(ip, ':', 0) == BW_NONE ? IPV4 : IPV6, ip));
        return ip.n;
    }
    size_t end = run(rest, 0, is_host_byte);
    while (end > 0 && rest.p[end - 1] == '.')
        end--;
    const bw_slice word = bw_sub(rest, 0, end);
    const bool in_path = at > 1 && text.p[at - 1] == '/' && text.p[at - 2] != '/';
    if (!in_path && looks_like_host(word))
        bw_put(out, mask_host(redaction, word));
    else if (word.n >= LOCAL_PART_MIN && find(redaction, LOCAL_PART, word))
        bw_put(out, stand_in(redaction, LOCAL_PART, word));
    else
        return 0;
    return end;
}

static bw_slice mask_text(struct redaction *redaction, bw_slice text)
{
    if (text.n == 0)
        return text;
    struct bw_buf out;
    bw_buf_init(&out, 0);
    for (size_t i = 0; i < text.n;) {
        const bool begins = i == 0 || !(is_local_byte(text.p[i - 1]) && is_local_byte(text.p[i])) ||
                            strchr("=/?&'`{|", text.p[i - 1]) != NULL;
        const size_t n = begins ? mask_at(&out, redaction, text, i) : 0;
        if (n == 0)
            bw_putc(&out, text.p[i]);
        i += n ? n : 1;
    }
    return bw_buf_take(&out, redaction->arena);
}

static void mask(struct redaction *redaction, bw_slice *text) { *text = mask_text(redaction, *text); }

/* A host, an address literal or a mail address in a field of its own. */
static void mask_field(struct redaction *redaction, bw_slice *text)
{
    const bool word = text->n && run(*text, 0, is_host_byte) == text->n && !bw_is_address(*text);
    if (word && bw_find_byte(*text, '.', 0) == BW_NONE)
        *text = stand_in(redaction, HOST, *text); /* a machine's short name */
    else
        mask(redaction, text);
}

/* "Received: from NAME": what the client called itself, which on people's machines is a name without a dot. */
static void put_line(struct bw_buf *out, struct redaction *redaction, bw_slice line)
{
    static const char from[] = "Received: from ";
    if (bw_istarts(line, bw_str(from))) {
        const bw_slice rest = bw_sub(line, strlen(from), line.n);
        const bw_slice name = bw_sub(rest, 0, run(rest, 0, is_host_byte));
        if (name.n && bw_find_byte(name, '.', 0) == BW_NONE && !bw_ieq(name, BW_S("unknown")) &&
            !bw_ieq(name, BW_S("localhost"))) {
            bw_puts(out, from);
            bw_put(out, stand_in(redaction, HOST, name));
            line = bw_sub(rest, name.n, rest.n);
        }
    }
    bw_put(out, mask_text(redaction, line));
    bw_putc(out, '\n');
}

/* Of the original's fields those that tell the way it went; the others hold names and words. */
static void mask_header(struct redaction *redaction, bw_slice *header)
{
    static const char *const kept[] = {"Received:", "Date:", "Message-ID:"};
    struct bw_buf out;
    bw_slice rest = *header, line;
    bool keep = false;
    bw_buf_init(&out, 0);
    while (bw_next_line(&line, &rest)) {
        if (line.n && line.p[0] != '\t') {
            keep = false;
            for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
                keep |= bw_istarts(line, bw_str(kept[i]));
        }
        if (keep)
            put_line(&out, redaction, line);
    }
    *header = bw_buf_take(&out, redaction->arena);
}

static void mask_block(struct redaction *redaction, struct bw_block *block)
{
    bw_slice *const fields[] = {&block->ip,        &block->client_ip, &block->ip_host,
                                &block->handed_by, &block->domain,    &block->zone};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        mask_field(redaction, fields[i]);
    struct bw_url *urls = bw_arena_alloc(redaction->arena, (block->url_count + 1) * sizeof *urls);
    for (size_t i = 0; urls && i < block->url_count; i++) {
        urls[i] = block->urls[i];
        mask(redaction, &urls[i].url);
    }
    block->urls = urls;
    block->url_count = urls ? block->url_count : 0;
}

static void mask_candidates(struct redaction *redaction, struct bw_delivery *delivery)
{
    const size_t count = delivery->candidate_count;
    struct bw_candidate *candidates = bw_arena_alloc(redaction->arena, (count + 1) * sizeof *candidates);
    for (size_t i = 0; candidates && i < count; i++) {
        candidates[i] = delivery->candidates[i];
        mask(redaction, &candidates[i].matched);
    }
    delivery->candidates = candidates;
    delivery->candidate_count = candidates ? count : 0;
}

static void mask_delivery(struct redaction *redaction, struct bw_delivery *delivery)
{
    mask_field(redaction, &delivery->recipient);
    mask_field(redaction, &delivery->remote_host);
    mask_field(redaction, &delivery->remote_ip);
    mask(redaction, &delivery->diagnostic);
    mask(redaction, &delivery->matched);
    if (delivery->has_block)
        mask_block(redaction, &delivery->block);
    mask_candidates(redaction, delivery);
}

bw_status bw_redact(struct bw_result *result, const struct bw_tables *tables)
{
    struct redaction redaction = {.arena = result->memory, .tables = tables};
    struct bw_original *original = &result->original;
    mask_field(&redaction, &original->from);
    mask_field(&redaction, &original->to);
    struct bw_delivery *deliveries =
        bw_arena_alloc(redaction.arena, (result->delivery_count + 1) * sizeof *deliveries);
    if (!deliveries)
        return BW_NO_MEMORY;
    for (size_t i = 0; i < result->delivery_count; i++) { /* whose local parts then are known everywhere */
        deliveries[i] = result->deliveries[i];
        (void)mask_text(&redaction, deliveries[i].recipient);
    }
    for (size_t i = 0; i < result->delivery_count; i++)
        mask_delivery(&redaction, &deliveries[i]);
    result->deliveries = deliveries;
    mask_field(&redaction, &result->reporting_mta);
    mask(&redaction, &original->message_id);
    mask_header(&redaction, &original->header);
    original->subject = BW_NULL;
    return bw_arena_failed(redaction.arena) ? BW_NO_MEMORY : BW_OK;
}
