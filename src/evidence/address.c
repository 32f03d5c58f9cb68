/* IP addresses in free text (RFC 4291 section 2.2, RFC 6890). */
#include "evidence/internal.h"

#include <arpa/inet.h>
#include <string.h>

struct address {
    unsigned char bytes[16];
    size_t length; /* 4 or 16 */
};

/* Parses the address in front of a "/prefix". */
static bool parse(struct address *out, bw_slice s)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned long prefix;
    const size_t slash = bw_find_byte(s, '/', 0);
    const unsigned long longest = bw_find_byte(s, ':', 0) == BW_NONE ? 32 : 128;
    if (slash != BW_NONE && !bw_number(&prefix, bw_sub(s, slash + 1, s.n), longest))
        return false;
    s = bw_sub(s, 0, slash);
    if (s.n < 2 || s.n >= sizeof text || bw_find_byte(s, '\0', 0) != BW_NONE)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    out->length = bw_find_byte(s, ':', 0) == BW_NONE ? 4 : 16;
    if (inet_pton(out->length == 4 ? AF_INET : AF_INET6, text, out->bytes) != 1)
        return false;
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (out->length == 16 && memcmp(out->bytes, mapped, 12) == 0) {
        memmove(out->bytes, out->bytes + 12, 4);
        out->length = 4;
    }
    return true;
}

bool bw_is_address(bw_slice s)
{
    struct address address;
    return parse(&address, s);
}

bool bw_same_address(bw_slice a, bw_slice b)
{
    struct address first, second;
    if (!parse(&first, a) || !parse(&second, b))
        return false;
    return first.length == second.length && memcmp(first.bytes, second.bytes, first.length) == 0;
}

bool bw_address_is_private(bw_slice s)
{
    struct address a;
    if (!parse(&a, s))
        return false;
    if (a.length == 4)
        return a.bytes[0] == 10 || a.bytes[0] == 127 || a.bytes[0] == 0 ||
               (a.bytes[0] == 172 && (a.bytes[1] & 0xF0) == 16) || (a.bytes[0] == 192 && a.bytes[1] == 168) ||
               (a.bytes[0] == 169 && a.bytes[1] == 254) || (a.bytes[0] == 100 && (a.bytes[1] & 0xC0) == 64);
    static const unsigned char loopback[16] = {[15] = 1};
    return (a.bytes[0] & 0xFE) == 0xFC || (a.bytes[0] == 0xFE && (a.bytes[1] & 0xC0) == 0x80) ||
           memcmp(a.bytes, loopback, 16) == 0;
}

static bool is_address_byte(char c) { return bw_hex_value(c) >= 0 || c == '.' || c == ':'; }

/* The address that begins at i, a prefix length included; n is 0 where none does. */
static bw_slice address_at(bw_slice s, size_t i)
{
    size_t end = i;
    while (end < s.n && is_address_byte(s.p[end]))
        end++;
    while (end > i && (s.p[end - 1] == '.' || (s.p[end - 1] == ':' && (end < i + 2 || s.p[end - 2] != ':'))))
        end--;
    const size_t colon = bw_find_byte(bw_sub(s, i, end), ':', 0),
                 dot = bw_find_byte(bw_sub(s, i, end), '.', 0);
    if (dot < colon && colon != BW_NONE)
        end = i + colon; /* "192.0.2.1:25" */
    bw_slice found = bw_sub(s, i, end);
    if (found.n < 3 || (end < s.n && (bw_is_alnum(s.p[end]) || s.p[end] == '@' || s.p[end] == '_')))
        return BW_NULL;
    if (end + 1 < s.n && s.p[end] == '-' && bw_is_alnum(s.p[end + 1]) && !bw_is_digit(s.p[end + 1]))
        return BW_NULL; /* part of a host name */
    if (!bw_is_address(found))
        return BW_NULL;
    if (end + 1 < s.n && s.p[end] == '/' && bw_is_digit(s.p[end + 1])) {
        size_t digits = end + 1;
        while (digits < s.n && bw_is_digit(s.p[digits]))
            digits++;
        const bw_slice network = bw_sub(s, i, digits);
        if (bw_is_address(network))
            return network;
    }
    return found;
}

/* "http://" or "www." somewhere in the word that holds offset i. */
static bool inside_url(bw_slice s, size_t i)
{
    size_t from = i;
    while (from > 0 && !bw_is_space(s.p[from - 1]))
        from--;
    return bw_find(bw_sub(s, from, i), BW_S("://"), 0) != BW_NONE ||
           bw_ifind(bw_sub(s, from, i), BW_S("www."), 0) != BW_NONE;
}

static bool starts_address(bw_slice s, size_t i)
{
    if (bw_hex_value(s.p[i]) < 0 && s.p[i] != ':')
        return false;
    if (i == 0)
        return true;
    const char before = s.p[i - 1];
    if (before == ':' && bw_is_digit(s.p[i])) { /* "example.org:192.0.2.1", but not inside an IPv6 address */
        size_t word = i - 1;
        while (word > 0 && is_address_byte(s.p[word - 1]))
            word--;
        return word > 0 && bw_is_alpha(s.p[word - 1]) && bw_find_byte(bw_sub(s, i, i + 4), '.', 0) != BW_NONE;
    }
    if (before == '-' && i >= 4 && bw_is_digit(s.p[i - 2]) && bw_is_digit(s.p[i - 3]) &&
        bw_is_digit(s.p[i - 4]) && (i == 4 || bw_is_space(s.p[i - 5]))) /* "550-192.0.2.1 is blocked" */
        return true;
    return !is_address_byte(before) && !bw_is_alnum(before) && before != '-' && before != '_' &&
           before != '@';
}

void bw_addresses_scan(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said)
{
    size_t after_tag = BW_NONE; /* "IPv6:" in front of an address literal */
    for (size_t i = 0; i < text.n && out->addresses.count < 64; i++) {
        if (bw_istarts(bw_sub(text, i, text.n), BW_S("IPv6:")))
            after_tag = i + 5;
        if (!starts_address(text, i) && i != after_tag)
            continue;
        const bw_slice found = address_at(text, i);
        if (!found.n)
            continue;
        struct bw_seen_address *seen = bw_push(context->arena, &out->addresses);
        if (!seen)
            return;
        seen->text = found;
        seen->in_said = in_said;
        seen->in_url = inside_url(text, i);
        seen->is_private = bw_address_is_private(found);
        i += found.n - 1;
    }
}
