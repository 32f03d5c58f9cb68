/* Links (RFC 3986), and lists named by zone (RFC 5782) or by name. */
#include "evidence/internal.h"

#include <string.h>

bw_slice bw_url_host(bw_slice url)
{
    size_t from = bw_find(url, BW_S("://"), 0);
    from = from == BW_NONE ? 0 : from + 3;
    size_t end = from;
    while (end < url.n && !strchr("/?#\\", url.p[end]))
        end++;
    bw_slice host = bw_sub(url, from, end);
    for (size_t at; (at = bw_find_byte(host, '@', 0)) != BW_NONE;)
        host = bw_sub(host, at + 1, host.n);
    if (bw_starts(host, BW_S("["))) /* an address literal (RFC 3986 section 3.2.2) */
        return bw_sub(host, 0,
                      bw_find_byte(host, ']', 0) == BW_NONE ? BW_NONE : bw_find_byte(host, ']', 0) + 1);
    return bw_sub(host, 0, bw_find_byte(host, ':', 0));
}

/* A byte that ends a link in running text. */
static bool ends_url(char c) { return bw_is_space(c) || strchr("<>\"`{}|^", c) != NULL; }

/* The link at i without the punctuation of the sentence around it. */
static bw_slice url_at(bw_slice s, size_t i)
{
    size_t end = i;
    while (end < s.n && !ends_url(s.p[end]) && (unsigned char)s.p[end] < 0x80 &&
           (end == i || !bw_istarts(bw_sub(s, end, s.n), BW_S("http")) ||
            bw_find(bw_sub(s, end, end + 8), BW_S("://"), 0) == BW_NONE || strchr("=?/&", s.p[end - 1])))
        end++;
    while (end > i) {
        const char last = s.p[end - 1];
        const bool unopened = (last == ')' && bw_find_byte(bw_sub(s, i, end), '(', 0) == BW_NONE) ||
                              (last == ']' && bw_find_byte(bw_sub(s, i, end), '[', 0) == BW_NONE);
        if (!unopened && !strchr(".,;:!'\"", last))
            break;
        end--;
    }
    return bw_sub(s, i, end);
}

static bool starts_url(bw_slice s, size_t i)
{
    const bw_slice here = bw_sub(s, i, s.n);
    if (bw_istarts(here, BW_S("http://")) || bw_istarts(here, BW_S("https://")))
        return true;
    if (i > 0 && (bw_is_alnum(s.p[i - 1]) || s.p[i - 1] == '.' || s.p[i - 1] == '@' || s.p[i - 1] == '/'))
        return false;
    return bw_istarts(here, BW_S("www."));
}

static bool is_known_url(const struct bw_evidence *out, bw_slice url)
{
    for (size_t i = 0; i < out->urls.count; i++)
        if (bw_eq(out->urls.items[i].url, url))
            return true;
    return false;
}

void bw_urls_scan(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said)
{
    for (size_t i = 0; i < text.n && out->urls.count < context->limits->urls; i++) {
        if (!starts_url(text, i))
            continue;
        const bw_slice url = url_at(text, i);
        const bw_slice host = bw_url_host(url);
        if (host.n < 4)
            continue;
        i += url.n - 1; /* known or not: a link inside it is no link of its own */
        if (is_known_url(out, url))
            continue;
        struct bw_seen_url *seen = bw_push(context->arena, &out->urls);
        if (!seen)
            return;
        *seen = (struct bw_seen_url){url, host, in_said};
    }
}

static void add_list(struct bw_evidence *out, struct bw_context *context, struct bw_seen_list seen)
{
    for (size_t i = 0; i < out->lists.count; i++)
        if (out->lists.items[i].list == seen.list && out->lists.items[i].by_zone == seen.by_zone)
            return;
    struct bw_seen_list *slot = bw_push(context->arena, &out->lists);
    if (slot)
        *slot = seen;
}

static bool is_name_byte(char c) { return bw_is_alnum(c) || c == '-' || c == '.' || c == '_'; }

/* Zones: every run of host-name bytes with a dot, unless it stands behind an "@". */
static void scan_zones(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said)
{
    for (size_t i = 0; i < text.n;) {
        size_t end = i;
        while (end < text.n && is_name_byte(text.p[end]))
            end++;
        if (end == i) {
            i++;
            continue;
        }
        bw_slice name = bw_sub(text, i, end);
        const bool mailbox = i > 0 && text.p[i - 1] == '@';
        i = end;
        while (name.n && name.p[name.n - 1] == '.')
            name.n--;
        const struct bw_name *zone = mailbox || name.n < 5 ? NULL : bw_table_zone(context->tables, name);
        if (zone && zone->list)
            add_list(out, context, (struct bw_seen_list){zone->list, name, true, in_said});
    }
}

/* A letter of an alphabet that sets words apart: a name may stand between kana or ideographs, whose UTF-8 (RFC 3629)
 * has three bytes and more. */
static bool is_word_at(bw_slice text, size_t at)
{
    while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80)
        at--;
    const unsigned char lead = (unsigned char)text.p[at];
    return bw_is_alnum(text.p[at]) || (lead >= 0x80 && lead < 0xE0);
}

/* The alias stands in the text between word boundaries: its offset, or BW_NONE. */
static size_t find_alias(bw_slice text, bw_slice alias)
{
    for (size_t at = 0; (at = bw_ifind(text, alias, at)) != BW_NONE; at++) {
        const size_t end = at + alias.n;
        const bool before = at > 0 && is_word_at(text, at - 1) && is_word_at(alias, 0);
        const bool after = end < text.n && is_word_at(text, end) && is_word_at(alias, alias.n - 1);
        if (!before && !after)
            return at;
    }
    return BW_NONE;
}

static bool has_userinfo(bw_slice url)
{
    const size_t slashes = bw_find(url, BW_S("://"), 0);
    const bw_slice authority = bw_sub(url, slashes == BW_NONE ? 0 : slashes + 3, url.n);
    const size_t at = bw_find_byte(authority, '@', 0);
    return at < bw_find_byte(authority, '/', 0);
}

/* The host belongs to somebody in the tables, or lists are called after it. */
static bool is_known_host(const struct bw_tables *tables, bw_slice host)
{
    if (bw_table_host(tables, host) || bw_table_zone(tables, host))
        return true;
    for (size_t dot; host.n; host = bw_sub(host, dot + 1, host.n)) {
        if (bw_table_alias(tables, host))
            return true;
        if ((dot = bw_find_byte(host, '.', 0)) == BW_NONE)
            break;
    }
    return false;
}

/* A host name, of three labels at least, that is nobody's in the tables. */
static bool is_strange_host(const struct bw_tables *tables, bw_slice name)
{
    while (name.n && !bw_is_alnum(name.p[name.n - 1]))
        name.n--;
    size_t dots = 0;
    for (size_t i = 0; i < name.n; i++)
        dots += name.p[i] == '.';
    return dots >= 2 && !is_known_host(tables, name);
}

/* The text without the links, host names and mailboxes of others: who calls his server after a list does not speak of that list. */
static bw_slice without_strangers(struct bw_context *context, bw_slice text)
{
    const bw_slice copy = bw_dup(context->arena, text);
    char *bytes = (char *)copy.p; /* ours until returned */
    if (!bytes)
        return BW_NULL;
    for (size_t i = 0; i < text.n;) {
        size_t end = i;
        bool strange = false;
        if (starts_url(text, i)) {
            const bw_slice url = url_at(text, i);
            end = i + url.n;
            strange = has_userinfo(url) || !is_known_host(context->tables, bw_url_host(url));
        } else {
            while (end < text.n && is_name_byte(text.p[end]))
                end++;
            strange = is_strange_host(context->tables, bw_sub(text, i, end));
            if (end > i && end < text.n && text.p[end] == '@') { /* a mailbox is its domain's */
                const size_t at = end++;
                while (end < text.n && is_name_byte(text.p[end]))
                    end++;
                strange = !is_known_host(context->tables, bw_sub(text, at + 1, end));
            }
        }
        if (strange)
            memset(bytes + i, '_', end - i);
        i = end > i ? end : i + 1;
    }
    return copy;
}

static void scan_aliases(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said)
{
    const bw_name_list *aliases = &context->tables->aliases;
    const struct bw_name *best = NULL;
    bw_slice best_text = BW_NULL;
    struct bw_grams grams;
    text = without_strangers(context, text);
    if (!text.p)
        return;
    bw_grams_of(&grams, text);
    for (size_t i = 0; i < aliases->count; i++) {
        const struct bw_name *name = &aliases->items[i];
        if ((best && name->text.n <= best->text.n) || !bw_grams_may_hold(&grams, name->text))
            continue;
        const size_t at = find_alias(text, name->text);
        if (at == BW_NONE)
            continue;
        best = name;
        best_text = bw_sub(text, at, at + name->text.n);
    }
    if (best)
        add_list(out, context, (struct bw_seen_list){best->list, best_text, false, in_said});
}

void bw_lists_scan(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said)
{
    scan_zones(out, context, text, in_said);
    scan_aliases(out, context, text, in_said);
}

static bool is_local_byte(char c) { return bw_is_alnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL; }

bw_slice bw_words_only(struct bw_arena *arena, bw_slice text)
{
    const bw_slice copy = bw_dup(arena, text);
    char *bytes = (char *)copy.p; /* ours until returned */
    if (!bytes)
        return BW_NULL;
    for (size_t i = 0; i < text.n; i++) {
        if (starts_url(text, i)) {
            const bw_slice url = url_at(text, i), host = bw_url_host(url);
            for (size_t at = (size_t)(host.p - text.p) + host.n; at < i + url.n; at++)
                bytes[at] = '_';
            i += url.n ? url.n - 1 : 0;
        } else if (text.p[i] == '@') {
            for (size_t at = i; at > 0 && is_local_byte(text.p[at - 1]); at--)
                bytes[at - 1] = '_';
        }
    }
    return copy;
}
