/* The returned original: who wrote it, and the way it went (RFC 5321 section 4.4, trace information). */
#include "delivery/internal.h"

enum { HOPS_MAX = 64, HEADER_BYTES = 16 << 10 };

/* The word behind a keyword of a Received field ("from", "by"), outside of comments. */
static bw_slice word_after(bw_slice field, const char *keyword, size_t *at)
{
    bw_slice rest = field, word;
    unsigned depth = 0;
    bool next = false;
    while (bw_next_word(&word, &rest)) {
        if (next && depth == 0 && word.p[0] != '(') {
            *at = (size_t)(rest.p - field.p);
            return word;
        }
        next = depth == 0 && bw_ieq(word, bw_str(keyword));
        for (size_t i = 0; i < word.n; i++)
            depth = word.p[i] == '(' ? depth + 1 : word.p[i] == ')' && depth ? depth - 1 : depth;
    }
    return BW_NULL;
}

/* The address in brackets in the stretch of a Received field that is about the client: "[192.0.2.1]",
 * "[IPv6:2001:db8::1]", "(192.0.2.1)". */
static bw_slice client_address(bw_slice stretch)
{
    static const char opening[] = "[(", closing[] = "])";
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t at = 0; (at = bw_find_byte(stretch, opening[kind], at)) != BW_NONE; at++) {
            const size_t close = bw_find_byte(stretch, closing[kind], at);
            if (close == BW_NONE)
                break;
            bw_slice inside = bw_sub(stretch, at + 1, close);
            if (bw_istarts(inside, BW_S("IPv6:")))
                inside = bw_sub(inside, 5, inside.n);
            bool digits = inside.n > 6;
            for (size_t i = 0; i < inside.n; i++)
                digits =
                    digits && (bw_hex_value(inside.p[i]) >= 0 || inside.p[i] == '.' || inside.p[i] == ':');
            if (digits)
                return inside;
        }
    return BW_NULL;
}

static void read_hop(struct bw_notice *notice, struct bw_context *context, bw_slice raw)
{
    const bw_slice field = bw_one_line(context->arena, raw);
    struct bw_hop *hop = bw_push(context->arena, &notice->hops);
    if (!hop)
        return;
    size_t behind = 0, by_end = field.n;
    hop->from_name = word_after(field, "from", &behind);
    hop->by_name = word_after(field, "by", &by_end);
    if (!hop->from_name.p)
        return;
    const size_t by_at = hop->by_name.p ? (size_t)(hop->by_name.p - field.p) : field.n;
    hop->from_ip = client_address(bw_sub(field, 0, by_at));
    /* Postfix and others write the name they looked up in the comment: "(mail.example.jp [192.0.2.1])". */
    bw_slice comment = bw_sub(field, behind, by_at), word;
    if (bw_next_word(&word, &comment) && word.n > 2 && word.p[0] == '(' &&
        bw_find_byte(word, '.', 0) != BW_NONE && bw_find_byte(word, '[', 0) == BW_NONE &&
        bw_is_alpha(word.p[word.n - 1]))
        hop->from_name = bw_sub(word, 1, word.n);
}

/* The fields as they stand, for whoever has to look the mail up. */
static bw_slice header_text(struct bw_context *context, const struct bw_header *header)
{
    struct bw_buf buf;
    bw_buf_init(&buf, HEADER_BYTES);
    for (size_t i = 0; i < header->count && buf.n < HEADER_BYTES; i++) {
        bw_slice rest = header->items[i].raw, line;
        bw_putf(&buf, "%.*s:", BW_ARG(header->items[i].name));
        if (rest.n == 0)
            bw_putc(&buf, '\n');
        for (bool first = true; bw_next_line(&line, &rest); first = false)
            bw_putf(&buf, "%s%.*s\n", first ? " " : "\t", BW_ARG(bw_trim(line)));
    }
    return bw_buf_take(&buf, context->arena);
}

void bw_original_read(struct bw_notice *notice, struct bw_context *context, struct bw_part *part)
{
    const struct bw_header *header = &part->header;
    struct bw_original *original = &notice->original;
    notice->original_part = part;
    original->header = header_text(context, header);
    original->message_id = bw_one_line(context->arena, bw_header_raw(header, "Message-ID"));
    original->from = bw_address(context->arena, bw_header_text(context->arena, header, "From"));
    original->to = bw_address(context->arena, bw_header_text(context->arena, header, "To"));
    original->subject = bw_header_text(context->arena, header, "Subject");
    original->date = bw_date(context->arena, bw_header_text(context->arena, header, "Date"));
    for (size_t i = 0; i < header->count && notice->hops.count < HOPS_MAX; i++)
        if (bw_ieq(header->items[i].name, BW_S("Received")))
            read_hop(notice, context, header->items[i].raw);
}
