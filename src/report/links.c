#include "report/links.h"

bool bw_page_is_superseded(const struct bw_block *block, size_t index)
{
    const struct bw_url *url = &block->urls[index];
    if (!url->from_text || url->role == BW_URL_INFO || url->trust == BW_TRUST_UNVERIFIED)
        return false;
    if (url->role == BW_URL_LOOKUP && block->ip_masked)
        return true;
    for (size_t i = 0; i < block->url_count; i++) {
        const struct bw_url *other = &block->urls[i];
        if (!other->from_text && other->role == url->role && other->trust == url->trust)
            return true;
    }
    return false;
}

bw_slice bw_page_text(bw_slice url)
{
    static const char scheme[] = "mailto:";
    return bw_istarts(url, bw_str(scheme)) ? bw_sub(url, sizeof scheme - 1, url.n) : url;
}

bool bw_is_removable(const struct bw_delivery *delivery, const struct bw_fact_values *facts)
{
    static const char *const causes[] = {"ip-blocked", "domain-blocked", "poor-reputation"};
    if (bw_flag_get(facts, BW_S("closed")) || bw_flag_get(facts, BW_S("not-a-listing")) ||
        bw_flag_get(facts, BW_S("actor-recipient-admin")))
        return false;
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (bw_eq(delivery->cause, bw_str(causes[i])))
            return true;
    return false;
}

bool bw_page_is_useful(const struct bw_delivery *delivery, const struct bw_fact_values *facts, size_t index)
{
    const struct bw_url *url = &delivery->block.urls[index];
    if (url->dead)
        return false;
    if (url->trust == BW_TRUST_UNVERIFIED)
        return true;
    if (bw_flag_get(facts, BW_S("closed")))
        return false;
    return (url->role == BW_URL_INFO || bw_is_removable(delivery, facts)) &&
           !bw_page_is_superseded(&delivery->block, index);
}

/* Length of "scheme://" (RFC 3986 section 3) at the start; 0 without one. */
static size_t scheme_length(bw_slice url)
{
    size_t n = 0;
    while (n < url.n && (bw_is_alnum(url.p[n]) || (n > 0 && memchr("+-.", url.p[n], 3))))
        n++;
    return n > 0 && bw_starts(bw_sub(url, n, url.n), BW_S("://")) ? n + 3 : 0;
}

/* Where user, host and port end (RFC 3986 section 3.2; some readers take a backslash for a slash). */
static size_t authority_end(bw_slice url, size_t from)
{
    while (from < url.n && !memchr("/?#\\", url.p[from], 4))
        from++;
    return from;
}

void bw_put_defanged(struct bw_buf *out, bw_slice url)
{
    const size_t scheme = scheme_length(url);
    const size_t end = authority_end(url, scheme);
    struct bw_buf text;
    bw_buf_init(&text, 0);
    if (scheme > 0 && bw_istarts(url, BW_S("http")))
        bw_puts(&text, "hxxp");
    else
        bw_put(&text, bw_sub(url, 0, scheme));
    bw_put(&text, bw_sub(url, text.n, scheme));
    for (size_t i = scheme; i < end; i++) {
        if (url.p[i] == '.' || url.p[i] == '@')
            bw_putf(&text, "[%c]", url.p[i]);
        else
            bw_putc(&text, url.p[i]);
    }
    bw_put(&text, bw_sub(url, end, url.n));
    bw_put_visible(out, bw_buf_slice(&text), false);
    out->failed |= text.failed;
    bw_buf_clear(&text);
}

/* The host of a link, without user and port. */
static bw_slice host_of(bw_slice url)
{
    const size_t scheme = scheme_length(url);
    bw_slice host = bw_sub(url, scheme, authority_end(url, scheme));
    for (size_t at; (at = bw_find_byte(host, '@', 0)) != BW_NONE;)
        host = bw_sub(host, at + 1, host.n);
    const size_t colon = bw_find_byte(host, ':', 0);
    return colon == BW_NONE ? host : bw_sub(host, 0, colon);
}

static bool is_trusted(const struct bw_tables *tables, const struct bw_delivery *delivery, bw_slice url)
{
    const bw_slice host = host_of(url);
    for (size_t i = 0; i < delivery->block.url_count; i++)
        if (bw_ieq(host_of(delivery->block.urls[i].url), host))
            return delivery->block.urls[i].trust != BW_TRUST_UNVERIFIED;
    return host.n > 0 && bw_table_host(tables, host) != NULL;
}

/* What programs make a link of: a scheme of the web, or "www." at the start of a word. */
static bool starts_link(bw_slice words, size_t at)
{
    const bw_slice rest = bw_sub(words, at, words.n);
    if (bw_istarts(rest, BW_S("http://")) || bw_istarts(rest, BW_S("https://")))
        return true;
    return bw_istarts(rest, BW_S("www.")) &&
           (at == 0 || (!bw_is_alnum(words.p[at - 1]) && !memchr("./@-_", words.p[at - 1], 5)));
}

/* Offset of the next web link in the words; its end in *end. BW_NONE without one. */
static size_t find_link(size_t *end, bw_slice words)
{
    for (size_t from = 0; from < words.n; from++) {
        if (!memchr("hHwW", words.p[from], 4) || !starts_link(words, from))
            continue;
        *end = from;
        while (*end < words.n && (unsigned char)words.p[*end] > ' ' && !memchr("<>\"'`", words.p[*end], 5))
            ++*end;
        while (*end > from && memchr(".,;:!?)]}", words.p[*end - 1], 9))
            --*end;
        return from;
    }
    return BW_NONE;
}

void bw_put_quoted(struct bw_buf *out, const struct bw_tables *tables, const struct bw_delivery *delivery,
                   bw_slice words)
{
    size_t end;
    for (size_t from; (from = find_link(&end, words)) != BW_NONE; words = bw_sub(words, end, words.n)) {
        const bw_slice url = bw_sub(words, from, end);
        bw_put_visible(out, bw_sub(words, 0, from), false);
        if (is_trusted(tables, delivery, url))
            bw_put_visible(out, url, false);
        else
            bw_put_defanged(out, url);
    }
    bw_put_visible(out, words, false);
}
