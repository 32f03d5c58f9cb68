/* The links of a block: those of the mail, labelled by who owns their host, and those of the tables. */
#include "diagnose/internal.h"

typedef BW_LIST(struct bw_url) url_list;

static bool any_in(bw_slice text, const char *words)
{
    bw_slice rest = bw_str(words), word;
    while (bw_next_word(&word, &rest))
        if (bw_ifind(text, word, 0) != BW_NONE)
            return true;
    return false;
}

/* A page without scheme and "www.", as far as its first placeholder. */
static bw_slice page_stem(bw_slice page)
{
    const size_t scheme = bw_find(page, BW_S("://"), 0);
    page = bw_sub(page, scheme == BW_NONE ? 0 : scheme + 3, bw_find_byte(page, '{', 0));
    return bw_istarts(page, BW_S("www.")) ? bw_sub(page, 4, page.n) : page;
}

/* The link is the page that the table knows, perhaps for another address. */
static bool is_page(bw_slice url, bw_slice page)
{
    const bw_slice stem = page_stem(page);
    return stem.n > 4 && bw_istarts(page_stem(url), stem);
}

static bool any_dead(const struct bw_record *record, bw_slice url)
{
    size_t at = 0;
    for (const struct bw_entry *entry; record && (entry = bw_record_next(record, "dead", &at));)
        if (is_page(url, entry->value))
            return true;
    return false;
}

static const struct bw_record *record_of(const struct bw_list *list, const struct bw_receiver *receiver)
{
    return list ? list->record : receiver ? receiver->record : NULL;
}

/* The tables say that the page is gone: those of the list or receiver in question, or of whom the host is. */
static bool is_dead(const struct bw_blocking *from, bw_slice url)
{
    const struct bw_name *owner = bw_table_host(from->context->tables, bw_url_host(url));
    return any_dead(record_of(from->list, NULL), url) || any_dead(record_of(NULL, from->receiver), url) ||
           (owner && any_dead(record_of(owner->list, owner->receiver), url));
}

static enum bw_url_role role_of(const struct bw_blocking *from, bw_slice url)
{
    const struct bw_record *record = from->list ? from->list->record : NULL;
    if (record && is_page(url, bw_record_get(record, "lookup")))
        return BW_URL_LOOKUP;
    if (record && is_page(url, bw_record_get(record, "removal")))
        return BW_URL_REMOVAL;
    if (any_in(url, "remov delist unblock unlist reset-request whitelist"))
        return BW_URL_REMOVAL;
    /* That the host is called "check" tells only where there is nothing behind it. */
    const bw_slice host = bw_url_host(url);
    const bw_slice path = bw_sub(url, (size_t)(host.p - url.p) + host.n, url.n);
    return any_in(path.n > 1 ? path : url, "lookup query check search ip= ipcheck") ? BW_URL_LOOKUP
                                                                                    : BW_URL_INFO;
}

bw_slice bw_registered_part(bw_slice host)
{
    size_t dots[3] = {BW_NONE, BW_NONE, BW_NONE}, found = 0;
    for (size_t i = host.n; i-- > 0 && found < 3;)
        if (host.p[i] == '.')
            dots[found++] = i;
    if (found < 2)
        return host;
    const size_t top = host.n - dots[0] - 1, second = dots[0] - dots[1] - 1;
    if (top != 2 || second > 3)
        return bw_sub(host, dots[1] + 1, host.n);
    return found == 3 ? bw_sub(host, dots[2] + 1, host.n) : host;
}

bool bw_same_owner(bw_slice a, bw_slice b)
{
    return a.n && b.n && bw_find_byte(a, '.', 0) != BW_NONE &&
           bw_ieq(bw_registered_part(a), bw_registered_part(b));
}

bw_slice bw_domain_of(bw_slice address)
{
    size_t at = address.n;
    while (at > 0 && address.p[at - 1] != '@')
        at--;
    return at ? bw_sub(address, at, address.n) : BW_NULL;
}

bool bw_same_operator(const struct bw_receiver *a, const struct bw_receiver *b)
{
    if (!a || !b)
        return false;
    const bw_slice first = bw_record_get(a->record, "operator");
    return a == b || (first.p && bw_eq(first, bw_record_get(b->record, "operator")));
}

static enum bw_trust trust_of(const struct bw_blocking *from, bw_slice url)
{
    const bw_slice host = bw_url_host(url);
    const size_t slashes = bw_find(url, BW_S("://"), 0);
    const bw_slice authority = bw_sub(url, slashes == BW_NONE ? 0 : slashes + 3, url.n);
    const size_t at = bw_find_byte(authority, '@', 0), path = bw_find_byte(authority, '/', 0);
    if (at != BW_NONE && (path == BW_NONE || at < path))
        return BW_TRUST_UNVERIFIED; /* user@host: made to look like another host */
    const struct bw_name *owner = bw_table_host(from->context->tables, host);
    const struct bw_name *refuser = bw_table_host(from->context->tables, from->evidence->remote_host);
    if (owner && owner->list)
        return BW_TRUST_OPERATOR;
    if (owner && owner->receiver &&
        (bw_same_operator(owner->receiver, from->receiver) ||
         bw_same_operator(owner->receiver, refuser ? refuser->receiver : NULL)))
        return BW_TRUST_RECEIVER;
    if (bw_same_owner(host, from->evidence->remote_host) ||
        bw_same_owner(host, bw_domain_of(from->evidence->recipient)))
        return BW_TRUST_RECEIVER;
    return BW_TRUST_UNVERIFIED;
}

/* A page of the tables with the address or domain filled in; unknown where that is not known. */
static bw_slice fill_template(struct bw_arena *arena, bw_slice page, const struct bw_block *block)
{
    const struct {
        bw_slice mark, value;
    } marks[] = {{BW_S("{ip}"), block->ip}, {BW_S("{domain}"), block->domain}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const size_t at = bw_find(page, marks[i].mark, 0);
        if (at == BW_NONE)
            continue;
        if (!marks[i].value.p || bw_address_is_private(marks[i].value))
            return BW_NULL; /* no list knows an address of an inner network */
        page = bw_format(arena, "%.*s%.*s%.*s", BW_ARG(bw_sub(page, 0, at)), BW_ARG(marks[i].value),
                         BW_ARG(bw_sub(page, at + marks[i].mark.n, page.n)));
    }
    return page;
}

/* A page of the tables where one looks an address up; some lists have none but one that explains. */
static enum bw_url_role lookup_role(bw_slice page)
{
    return any_in(page, "{ip} {domain} lookup query check search") ? BW_URL_LOOKUP : BW_URL_INFO;
}

static void add(url_list *list, const struct bw_blocking *from, struct bw_url url)
{
    if (url.url.n == 0)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (bw_eq(list->items[i].url, url.url)) {
            if (list->items[i].role == BW_URL_INFO) /* the tables may know better what the page is for */
                list->items[i].role = url.role;
            return;
        }
    struct bw_url *slot = bw_push(from->context->arena, list);
    if (slot)
        *slot = url;
}

static void add_page(url_list *list, const struct bw_blocking *from, const struct bw_block *block,
                     bw_slice page, enum bw_url_role role, enum bw_trust trust)
{
    if (page.n)
        add(list, from,
            (struct bw_url){fill_template(from->context->arena, page, block), role, false, trust, false});
}

void bw_links_fill(struct bw_block *out, const struct bw_blocking *from, bool pages)
{
    url_list urls = {0};
    for (size_t i = 0; i < from->evidence->urls.count; i++) {
        const bw_slice url = from->evidence->urls.items[i].url;
        add(&urls, from,
            (struct bw_url){url, role_of(from, url), true, trust_of(from, url), is_dead(from, url)});
    }
    const struct bw_record *list = from->list ? from->list->record : NULL;
    const bw_slice lookup = list ? bw_record_get(list, "lookup") : BW_NULL;
    const bw_slice removal = list ? bw_record_get(list, "removal") : BW_NULL;
    if (pages && list && (lookup.n || removal.n || bw_eq(bw_record_get(list, "status"), BW_S("closed")))) {
        add_page(&urls, from, out, lookup, lookup_role(lookup), BW_TRUST_OPERATOR);
        add_page(&urls, from, out, removal, BW_URL_REMOVAL, BW_TRUST_OPERATOR);
    } else if (pages && from->receiver) {
        add_page(&urls, from, out, from->receiver->lookup, BW_URL_LOOKUP, BW_TRUST_RECEIVER);
        add_page(&urls, from, out, from->receiver->removal, BW_URL_REMOVAL, BW_TRUST_RECEIVER);
        add_page(&urls, from, out, from->receiver->help, BW_URL_INFO, BW_TRUST_RECEIVER);
    }
    out->urls = urls.items;
    out->url_count = urls.count;
}
