#include "delivery/internal.h"

/* Attached messages that are looked at for a bounce. */
enum { FORWARDED_MAX = 16 };

static bool all_succeeded(const bw_account_list *accounts)
{
    for (size_t i = 0; i < accounts->count; i++) {
        const enum bw_action action = accounts->items[i].action;
        if (action != BW_ACTION_DELIVERED && action != BW_ACTION_RELAYED && action != BW_ACTION_EXPANDED)
            return false;
    }
    return accounts->count > 0;
}

static enum bw_kind kind_of(bw_slice word)
{
    for (enum bw_kind kind = BW_KIND_BOUNCE; kind < BW_KIND_NOT_A_BOUNCE; kind++)
        if (bw_eq(word, bw_str(bw_kind_name(kind))))
            return kind;
    return BW_KIND_NOT_A_BOUNCE;
}

/* The header fields as "Name: value" lines for the conditions that look at them. */
static bw_slice header_lines(struct bw_context *context, const struct bw_header *header)
{
    struct bw_buf buf;
    bw_buf_init(&buf, context->limits->text_bytes);
    for (size_t i = 0; i < header->count; i++) {
        bw_put(&buf, header->items[i].name);
        bw_puts(&buf, ": ");
        bw_put(&buf, bw_decode_field(context->arena, header->items[i].raw));
        bw_putc(&buf, '\n');
    }
    return bw_buf_take(&buf, context->arena);
}

static void read_header(struct bw_notice *notice, struct bw_context *context, const struct bw_part *root)
{
    notice->subject = bw_header_text(context->arena, &root->header, "Subject");
    notice->from = bw_header_text(context->arena, &root->header, "From");
    notice->to = bw_address(context->arena, bw_header_text(context->arena, &root->header, "To"));
    notice->date = bw_date(context->arena, bw_header_text(context->arena, &root->header, "Date"));
    notice->header = header_lines(context, &root->header);
    notice->pasted = root->no_header;
}

/* X-Failed-Recipients names those whom nothing else in the mail does. */
static void read_failed_recipients(struct bw_notice *notice, struct bw_context *context,
                                   const struct bw_part *root)
{
    bw_slice rest = bw_header_text(context->arena, &root->header, "X-Failed-Recipients");
    size_t named = 0;
    for (size_t i = 0; i < notice->accounts.count; i++) {
        struct bw_account *account = &notice->accounts.items[i];
        if (rest.n && notice->layout && notice->layout->guessed && bw_ieq(account->recipient, notice->to))
            account->recipient = BW_NULL; /* a guess that took the reader, whom the words address */
        named += account->recipient.p != NULL;
    }
    while (rest.n && named == 0 && notice->accounts.count < context->limits->deliveries) {
        const size_t comma = bw_find_byte(rest, ',', 0);
        const bw_slice address = bw_address(context->arena, bw_sub(rest, 0, comma));
        rest = comma == BW_NONE ? bw_sub(rest, rest.n, rest.n) : bw_sub(rest, comma + 1, rest.n);
        if (!address.p)
            continue;
        const size_t last = notice->accounts.count;
        if (last && !notice->accounts.items[last - 1].recipient.p) {
            notice->accounts.items[last - 1].recipient = address;
            continue;
        }
        struct bw_account *account = bw_push(context->arena, &notice->accounts);
        if (!account)
            return;
        if (last)
            *account = notice->accounts.items[last - 1];
        account->recipient = address;
        account->action = last ? account->action : BW_ACTION_FAILED;
    }
}

/* A notice that names nobody is about the one whom the returned original was for. */
static void read_original_recipient(struct bw_notice *notice, struct bw_context *context)
{
    struct bw_account *account =
        notice->accounts.count ? &notice->accounts.items[0] : bw_push(context->arena, &notice->accounts);
    if (!account)
        return;
    if (notice->accounts.count == 1 && !bw_is_mailbox(account->recipient) && notice->original.to.p) {
        if (!account->alias.p)
            account->alias = account->recipient;
        account->recipient = notice->original.to;
    }
    if (account->action == BW_ACTION_NONE)
        account->action = BW_ACTION_FAILED;
}

static void read_inline_original(struct bw_notice *notice, struct bw_context *context, bw_slice text)
{
    struct bw_part *part = NULL;
    while (text.n && bw_is_space(text.p[0]))
        text = bw_sub(text, 1, text.n);
    if (text.n &&
        bw_mime_read_inner(&part, context->message, context->arena, text, context->limits) == BW_OK && part)
        bw_original_read(notice, context, part);
}

/* A header-only part (text/rfc822-headers) holds the original's fields as its text. */
static void read_original_part(struct bw_notice *notice, struct bw_context *context, struct bw_part *part)
{
    if (bw_part_is(part, "text", "*") || bw_part_is(part, "message", "global-headers") ||
        bw_part_is(part, "message", "rfc822-headers")) {
        if (part->parent && part->parent->child != NULL && bw_part_message(part) == part)
            bw_original_read(notice, context, part);
        else
            read_inline_original(notice, context,
                                 bw_part_text(part, context->message, context->arena, context->limits));
    } else {
        bw_original_read(notice, context, part);
    }
}

/* Runs the layouts over the notice; false where no entry of the table reads it. */
static bool read_layout(struct bw_notice *notice, struct bw_context *context, bool standard)
{
    struct bw_layout_text text = {{BW_NULL}, {{0}}};
    text.where[BW_WHERE_BODY] = notice->body;
    text.where[BW_WHERE_SUBJECT] = notice->subject;
    text.where[BW_WHERE_FROM] = notice->from;
    text.where[BW_WHERE_HEADER] = notice->header;
    bw_grams_of(&text.grams, notice->body);
    bw_account_list found = {0};
    bw_slice original = BW_NULL;
    const struct bw_format *layout = bw_layout_run(&found, &original, notice, context, &text);
    if (!layout)
        return false;
    const enum bw_kind kind = layout->kind.p ? kind_of(layout->kind) : BW_KIND_BOUNCE;
    if (standard && kind != BW_KIND_BOUNCE)
        return false;
    notice->layout = layout;
    notice->format = layout->id;
    notice->kind = kind;
    bw_accounts_merge(notice, context, &found);
    if (original.n && !notice->original_part)
        read_inline_original(notice, context, original);
    return true;
}

/* Pasted text and quotations: the words once more without their quotation marks, then without their indentation. */
static bool read_again(struct bw_notice *notice, struct bw_context *context)
{
    bw_slice (*const ways[])(struct bw_context *, bw_slice) = {bw_unquote, bw_dedent};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const bw_slice plain = ways[i](context, notice->body);
        if (plain.p == notice->body.p)
            continue;
        notice->body = notice->words = plain;
        notice->pasted = true;
        if (bw_holds_status_fields(plain) && bw_status_read(notice, context, plain)) {
            if (!read_layout(notice, context, true))
                notice->format = BW_S("rfc3464");
            return true;
        }
        if (read_layout(notice, context, false))
            return true;
    }
    return false;
}

/* Text that was pasted from where it had been wrapped anew: layouts look at whole lines. */
static bool read_unwrapped(struct bw_notice *notice, struct bw_context *context)
{
    const bw_slice wrapped = notice->body;
    notice->body = bw_unwrap(context, wrapped);
    if (notice->body.p != wrapped.p && read_layout(notice, context, false))
        return true;
    notice->body = wrapped;
    return false;
}

/* Reads the message below root as a notice; false where it is none. */
static bool read_notice(struct bw_notice *notice, struct bw_context *context, struct bw_part *root,
                        struct bw_parts *parts)
{
    bw_parts_find(parts, context, root);
    read_header(notice, context, root);
    notice->kind = BW_KIND_BOUNCE;
    if (parts->original)
        read_original_part(notice, context, parts->original);
    if (parts->feedback) {
        notice->kind = BW_KIND_COMPLAINT;
        notice->format = BW_S("rfc5965");
        bw_feedback_read(notice, context,
                         bw_part_text(parts->feedback, context->message, context->arena, context->limits));
        return true;
    }
    /* A report is one even where its parts are missing or say nothing. */
    bool standard =
        bw_part_is(root, "multipart", "report") && bw_ieq(root->report_type, BW_S("delivery-status"));
    if (parts->status) {
        const bool fields = bw_status_read(
            notice, context, bw_part_text(parts->status, context->message, context->arena, context->limits));
        standard = standard || fields || bw_part_is(parts->status, "message", "*");
    }
    notice->standard = standard;
    notice->body = notice->words = bw_body_text(context, root, parts);
    const bool pasted = notice->pasted;
    const bool read = read_layout(notice, context, standard) || (!standard && read_again(notice, context)) ||
                      (pasted && read_unwrapped(notice, context));
    if (!read && standard)
        notice->format = BW_S("rfc3464");
    if (notice->kind == BW_KIND_BOUNCE && (read || standard))
        read_failed_recipients(notice, context, root);
    return read || standard;
}

/* The notice itself says neither who nor why: what it returns may be the bounce that does. */
static bool names_nobody(const struct bw_notice *notice)
{
    if (notice->kind != BW_KIND_BOUNCE)
        return false;
    for (size_t i = 0; i < notice->accounts.count; i++)
        if (bw_is_mailbox(notice->accounts.items[i].recipient) || notice->accounts.items[i].diagnostic.n)
            return false;
    return true;
}

static void read_disposition(struct bw_notice *notice, struct bw_context *context, struct bw_part *part)
{
    notice->kind = BW_KIND_RECEIPT;
    notice->format = BW_S("rfc8098");
    bw_disposition_read(notice, context,
                        bw_part_text(part, context->message, context->arena, context->limits));
    for (size_t i = 0; i < notice->accounts.count; i++)
        notice->accounts.items[i].action = BW_ACTION_DELIVERED;
}

/* Pasted text, or a quotation in somebody's mail, that no entry recognises: one recipient, and the words decide. */
static void read_pasted(struct bw_notice *notice, struct bw_context *context, bool doubtful)
{
    struct bw_account *account = bw_push(context->arena, &notice->accounts);
    notice->format = BW_S("text");
    notice->doubtful = doubtful;
    if (!account)
        return;
    account->text = notice->body;
    account->action = BW_ACTION_FAILED;
}

/* A notice inside: attached, returned by one that itself says nothing, or its source pasted into the text. *out changes only
 * where it is a bounce. False where part is no notice of any kind. */
static bool read_inner(struct bw_notice *out, struct bw_context *context, struct bw_part *part)
{
    struct bw_notice inner = {0};
    struct bw_parts parts;
    if (!part || !read_notice(&inner, context, part, &parts))
        return false;
    if (inner.kind == BW_KIND_BOUNCE)
        *out = inner;
    return true;
}

/* The part that follows part and what is in it, below root; NULL at the end. */
static struct bw_part *part_behind(struct bw_part *part, const struct bw_part *root)
{
    while (part != root && !part->next)
        part = part->parent;
    return part == root ? NULL : part->next;
}

/* A bounce that somebody passes on: the first one among the attached messages, and those attached to them. What another
 * notice returned is none of them. */
static bool read_forwarded(struct bw_notice *out, struct bw_context *context, struct bw_part *root)
{
    size_t tried = 0;
    struct bw_part *part = bw_part_next(root, root);
    while (part && tried < FORWARDED_MAX) {
        const bool message = !bw_part_is(part->parent, "multipart", "*");
        struct bw_notice inner = {.kind = BW_KIND_NOT_A_BOUNCE};
        tried += message;
        const bool notice = message && read_inner(&inner, context, part);
        if (inner.kind == BW_KIND_BOUNCE) {
            *out = inner;
            return true;
        }
        part = notice ? part_behind(part, root) : bw_part_next(part, root);
    }
    return false;
}

static bool read_pasted_source(struct bw_notice *out, struct bw_context *context)
{
    struct bw_part *part = NULL;
    const bw_slice source = bw_pasted_source(out->words);
    if (source.n == 0 ||
        bw_mime_read_inner(&part, context->message, context->arena, source, context->limits) != BW_OK)
        return false;
    struct bw_notice inner = {.kind = BW_KIND_NOT_A_BOUNCE};
    if (!read_inner(&inner, context, part) || inner.kind != BW_KIND_BOUNCE)
        return false;
    *out = inner;
    return true;
}

bw_status bw_delivery_read(struct bw_notice *out, struct bw_context *context)
{
    struct bw_parts parts;
    struct bw_part *root = context->message->root;
    *out = (struct bw_notice){0};
    bool read = read_notice(out, context, root, &parts);
    if (!read && parts.disposition) {
        read_disposition(out, context, parts.disposition);
        read = true;
    }
    if (!read)
        read = read_forwarded(out, context, root);
    else if (names_nobody(out))
        read_inner(out, context, parts.forwarded);
    if (!read || out->pasted)
        read = read_pasted_source(out, context) || read;
    if (out->kind == BW_KIND_BOUNCE && read)
        read_original_recipient(out, context);
    if (!read && out->pasted)
        read_pasted(out, context, !root->no_header);
    else if (!read)
        out->kind = BW_KIND_NOT_A_BOUNCE;
    if (out->kind == BW_KIND_BOUNCE && all_succeeded(&out->accounts))
        out->kind = BW_KIND_RECEIPT;
    return bw_arena_failed(context->arena) ? (bw_arena_at_limit(context->arena) ? BW_LIMIT : BW_NO_MEMORY)
                                           : BW_OK;
}
