/* Which part of the message is what: by type, or by what it holds where the type lies. */
#include "delivery/internal.h"

enum { SNIFF_BYTES = 64 << 10 };

static bool is_status_type(const struct bw_part *part)
{
    return bw_part_is(part, "message", "delivery-status") ||
           bw_part_is(part, "message", "global-delivery-status");
}

static bool is_header_type(const struct bw_part *part)
{
    return bw_part_is(part, "text", "rfc822-headers") || bw_part_is(part, "message", "global-headers") ||
           bw_part_is(part, "text", "rfc822-header") || bw_part_is(part, "message", "rfc822-headers");
}

/* The message that holds the part is the one that is being read, not an attached one. */
static bool belongs_to(struct bw_part *part, const struct bw_part *root)
{
    return bw_part_message(part) == root;
}

/* Delivery-status fields in a part of another type ("details.txt"). The report's first words may quote them, so the
 * first text part does not count while others follow. */
static bool is_disguised_status(struct bw_part *part, struct bw_context *context)
{
    if (bw_part_is(part, "text", "html") || (!bw_part_is(part, "text", "*") && part->type_given &&
                                             !bw_part_is(part, "application", "octet-stream")))
        return false;
    const bw_slice text = bw_part_text(part, context->message, context->arena, context->limits);
    return bw_holds_status_fields(bw_sub(text, 0, SNIFF_BYTES));
}

static void take(struct bw_part **slot, struct bw_part *part)
{
    if (!*slot)
        *slot = part;
}

static void find_by_type(struct bw_parts *out, struct bw_part *root)
{
    for (struct bw_part *part = root; part; part = bw_part_next(part, root)) {
        if (part != root && !belongs_to(part, root))
            continue;
        if (is_status_type(part))
            take(&out->status, part);
        else if (bw_part_is(part, "message", "feedback-report"))
            take(&out->feedback, part);
        else if (bw_part_is(part, "message", "disposition-notification"))
            take(&out->disposition, part);
        else if (is_header_type(part) && part != root)
            take(&out->original, part);
        else if (part->child && !bw_part_is(part, "multipart", "*"))
            take(&out->original, part->child);
    }
}

void bw_parts_find(struct bw_parts *out, struct bw_context *context, struct bw_part *root)
{
    *out = (struct bw_parts){0};
    find_by_type(out, root);
    for (struct bw_part *part = root; part && !out->status; part = bw_part_next(part, root))
        if (belongs_to(part, root) && !part->child && part != out->original &&
            is_disguised_status(part, context))
            out->status = part;
    out->forwarded = out->original && out->original->parent ? out->original : NULL;
}

/* A plain-text sibling says the same as this part, which has more than plain text (RFC 2046 section 5.1.4). */
static bool has_plain_twin(const struct bw_part *part)
{
    if (!(bw_part_is(part, "text", "html") || bw_part_is(part, "text", "rtf")) || !part->parent ||
        !bw_part_is(part->parent, "multipart", "alternative"))
        return false;
    for (const struct bw_part *twin = part->parent->child; twin; twin = twin->next)
        if (bw_part_is(twin, "text", "plain") && twin->body.n > 20)
            return true;
    return false;
}

/* Holds nothing but status fields: by its type, or as an attached file. Text that merely contains them is read as
 * words, too. */
static bool is_status_only(const struct bw_part *part)
{
    return part->parent && (bw_part_is(part, "message", "*") || part->attachment || part->file_name.n);
}

static bool is_letter(char c) { return bw_is_alnum(c) || (unsigned char)c >= 0x80; }

/* The letters and digits of text are the last ones of whole. */
static bool ends_alike(bw_slice whole, bw_slice text)
{
    while (text.n) {
        if (!is_letter(text.p[text.n - 1])) {
            text.n--;
            continue;
        }
        while (whole.n && !is_letter(whole.p[whole.n - 1]))
            whole.n--;
        if (whole.n == 0 || whole.p[whole.n - 1] != text.p[text.n - 1])
            return false;
        text.n--;
        whole.n--;
    }
    return true;
}

/* The text of a TNEF stream, which the part before it has for programs that do not read such a stream. The text of a report
 * in one may be made of its fields: then it has other words. */
static bool is_said(const struct bw_part *part, bw_slice text, bw_slice before)
{
    if (!part->parent || !part->parent->unpacked || part != part->parent->child)
        return false;
    return part->parent->report_type.n ? bw_trim(before).n > 0 : ends_alike(before, text);
}

bw_slice bw_body_text(struct bw_context *context, struct bw_part *root, const struct bw_parts *parts)
{
    struct bw_buf buf;
    bw_buf_init(&buf, context->limits->text_bytes);
    for (struct bw_part *part = root; part; part = bw_part_next(part, root)) {
        if (!belongs_to(part, root) || part->child || (part == parts->status && is_status_only(part)) ||
            part == parts->original || part == parts->feedback || part == parts->disposition ||
            has_plain_twin(part))
            continue;
        if (!bw_part_is(part, "text", "*") && part != root)
            continue;
        if (is_header_type(part))
            continue;
        const bw_slice text = bw_part_text(part, context->message, context->arena, context->limits);
        if (is_said(part, text, bw_buf_slice(&buf)))
            continue;
        if (buf.n && text.n)
            bw_putc(&buf, '\n');
        bw_put(&buf, text);
    }
    return bw_buf_take(&buf, context->arena);
}
