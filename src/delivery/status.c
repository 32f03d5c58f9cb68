/* Delivery status (RFC 3464, RFC 6533) and feedback reports (RFC 5965): groups of fields. */
#include "delivery/internal.h"

enum { GROUPS_MAX = 5000 };

/* The action that a word names; BW_ACTION_NONE for a word that no RFC and no server known to us uses. */
static enum bw_action known_action(bw_slice word)
{
    static const struct {
        const char *word;
        enum bw_action action;
    } actions[] = {
        {"fail", BW_ACTION_FAILED},       {"delay", BW_ACTION_DELAYED},  {"defer", BW_ACTION_DELAYED},
        {"deliver", BW_ACTION_DELIVERED}, {"sent", BW_ACTION_DELIVERED}, {"relayed", BW_ACTION_RELAYED},
        {"expanded", BW_ACTION_EXPANDED},
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (bw_istarts(word, bw_str(actions[i].word)))
            return actions[i].action;
    return BW_ACTION_NONE;
}

enum bw_action bw_action_of(bw_slice word)
{
    const enum bw_action action = known_action(word);
    return action == BW_ACTION_NONE ? BW_ACTION_FAILED : action;
}

/* "\x{6771}" (RFC 6533 section 3, utf-8-addr-xtext) back to characters. */
static bw_slice undo_escapes(struct bw_arena *arena, bw_slice address)
{
    if (bw_find(address, BW_S("\\x{"), 0) == BW_NONE)
        return address;
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < address.n;) {
        const size_t close = bw_find_byte(address, '}', i);
        if (!bw_starts(bw_sub(address, i, address.n), BW_S("\\x{")) || close == BW_NONE || close - i > 9) {
            bw_putc(&buf, address.p[i++]);
            continue;
        }
        uint32_t code = 0;
        for (size_t at = i + 3; at < close; at++) {
            const int digit = bw_hex_value(address.p[at]);
            code = digit < 0 ? 0xFFFD : code << 4 | (uint32_t)digit;
        }
        bw_put_utf8(&buf, code);
        i = close + 1;
    }
    return bw_buf_take(&buf, arena);
}

/* "type; value": the value, and the type in *type. */
static bw_slice split_type(bw_slice *type, bw_slice value)
{
    const size_t semicolon = bw_find_byte(value, ';', 0);
    *type = BW_NULL;
    if (semicolon == BW_NONE || semicolon > 40)
        return bw_trim(value);
    const bw_slice before = bw_trim(bw_sub(value, 0, semicolon));
    for (size_t i = 0; i < before.n; i++)
        if (!bw_is_alnum(before.p[i]) && before.p[i] != '-' && before.p[i] != '/' && before.p[i] != '_')
            return bw_trim(value);
    *type = before;
    return bw_trim(bw_sub(value, semicolon + 1, value.n));
}

bw_slice bw_typed_address(struct bw_context *context, bw_slice value)
{
    bw_slice type;
    const bw_slice bare = split_type(&type, value);
    if (bare.n == 0)
        return BW_NULL;
    const bw_slice address = bw_address(context->arena, undo_escapes(context->arena, bare));
    return address.p ? address : bare;
}

/* The host of an MTA-name field, and the address where it is given behind it: "dns; mx.example.com (192.0.2.1)". */
static void read_host(bw_slice *host, bw_slice *ip, bw_slice value)
{
    bw_slice type, rest = split_type(&type, value), word;
    if (!bw_next_word(&word, &rest))
        return;
    *host = bw_trim(word);
    const size_t open = bw_find_byte(value, '(', 0);
    if (!ip || open == BW_NONE)
        return;
    size_t end = open + 1; /* "(192.0.2.1, the server for the domain ...)" */
    while (end < value.n && (bw_hex_value(value.p[end]) >= 0 || value.p[end] == '.' || value.p[end] == ':'))
        end++;
    *ip = bw_sub(value, open + 1, end);
}

/* Status: the code itself, as comments and texts stand behind it. */
static bw_slice status_code(bw_slice value)
{
    size_t n = 0;
    while (n < value.n && (bw_is_digit(value.p[n]) || value.p[n] == '.'))
        n++;
    const bw_slice code = bw_sub(value, 0, n);
    return code.n >= 5 && code.p[1] == '.' && code.p[code.n - 1] != '.' ? code : BW_NULL;
}

/* '2', '4' or '5' of the SMTP reply that the value begins with, else 0. */
static char class_of_reply(bw_slice value)
{
    const bool reply = value.n > 3 && bw_is_digit(value.p[1]) && bw_is_digit(value.p[2]) &&
                       (value.p[3] == ' ' || value.p[3] == '-');
    return reply && strchr("245", value.p[0]) ? value.p[0] : '\0';
}

static void read_diagnostic(struct bw_account *account, struct bw_context *context, bw_slice value)
{
    bw_slice type;
    account->diagnostic = bw_one_line(context->arena, split_type(&type, value));
    /* Without the type that RFC 3464 asks for, "550 no" is an SMTP reply all the same. */
    account->diagnostic_smtp =
        type.n ? bw_ieq(type, BW_S("smtp")) : class_of_reply(account->diagnostic) != '\0';
}

bool bw_is_mailbox(bw_slice address)
{
    const size_t at = bw_find_byte(address, '@', 0);
    return address.n > 2 && address.p[0] != '|' && address.p[0] != '/' && at != 0 && at != BW_NONE &&
           (bw_find_byte(address, '.', at) != BW_NONE || bw_find_byte(address, '[', at) != BW_NONE);
}

/* "250 OK" beside "failed" is the answer to another command: no word on the failure. */
static void forget_success(struct bw_account *account)
{
    if (account->action != BW_ACTION_FAILED && account->action != BW_ACTION_DELAYED)
        return;
    if (account->status.n && account->status.p[0] == '2')
        account->status = BW_NULL;
    if (class_of_reply(account->diagnostic) == '2') {
        account->diagnostic = BW_NULL;
        account->diagnostic_smtp = false;
    }
}

static void read_recipient_group(struct bw_notice *notice, struct bw_context *context,
                                 const struct bw_header *group)
{
    if (notice->accounts.count >= context->limits->deliveries) {
        bw_anomaly_add(context->anomalies, context->arena, "more recipients than the limit", BW_NONE);
        return;
    }
    struct bw_account *account = bw_push(context->arena, &notice->accounts);
    if (!account)
        return;
    const struct bw_header *h = group;
    const bw_slice final = bw_typed_address(context, bw_header_text(context->arena, h, "Final-Recipient"));
    const bw_slice original =
        bw_typed_address(context, bw_header_text(context->arena, h, "Original-Recipient"));
    const bw_slice extra = bw_typed_address(context, bw_header_text(context->arena, h, "X-Actual-Recipient"));
    account->recipient = bw_is_mailbox(final) || !bw_is_mailbox(original) ? final : original;
    if (!account->recipient.p)
        account->recipient = extra;
    account->alias = bw_ieq(account->recipient, original) ? extra : original;
    const bw_slice action = bw_header_text(context->arena, h, "Action");
    account->action = action.n ? bw_action_of(action) : BW_ACTION_NONE;
    /* "expired": no action of RFC 3464, but a word on the reason. A field in the field is no word. */
    if (action.n && known_action(action) == BW_ACTION_NONE && bw_find_byte(action, ':', 0) == BW_NONE)
        account->text = action;
    account->status = status_code(bw_header_text(context->arena, h, "Status"));
    bw_slice diagnostic = bw_header_text(context->arena, h, "Diagnostic-Code");
    if (diagnostic.n)
        read_diagnostic(account, context, diagnostic);
    forget_success(account);
    const bw_slice remote = bw_header_text(context->arena, h, "Remote-MTA");
    if (remote.n)
        read_host(&account->remote_host, &account->remote_ip, remote);
}

static bool is_recipient_group(const struct bw_header *group)
{
    return bw_header_raw(group, "Final-Recipient").p || bw_header_raw(group, "Original-Recipient").p ||
           bw_header_raw(group, "Action").p || bw_header_raw(group, "Status").p ||
           bw_header_raw(group, "Diagnostic-Code").p;
}

static void read_message_group(struct bw_notice *notice, struct bw_context *context,
                               const struct bw_header *group)
{
    const bw_slice reporter = bw_header_text(context->arena, group, "Reporting-MTA");
    if (reporter.n && !notice->reporting_mta.p)
        read_host(&notice->reporting_mta, NULL, reporter);
}

/* Which of the fields that matter the line begins with; BW_NONE for none. */
static size_t field_of(bw_slice line)
{
    static const char *const names[] = {"Final-Recipient", "Original-Recipient", "Reporting-MTA", "Action",
                                        "Diagnostic-Code", "Remote-MTA",         "Status"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bw_slice name = bw_str(names[i]);
        if (bw_istarts(line, name) && bw_starts(bw_trim(bw_sub(line, name.n, line.n)), BW_S(":")))
            return i;
    }
    return BW_NONE;
}

bool bw_holds_status_fields(bw_slice text)
{
    bw_slice rest = text, line;
    bool recipient = false, other = false;
    while (bw_next_line(&line, &rest)) {
        const size_t field = field_of(line);
        recipient = recipient || field < 2;
        other = other || (field >= 2 && field != BW_NONE);
    }
    return recipient && other;
}

/* The rest of a folded Diagnostic-Code that lost its indentation and has a colon: "rejected: User unknown". Who wrote
 * the field with a capital writes the next one so, too. */
static bool is_lost_fold(const struct bw_field *field)
{
    static const char action[] = "Action";
    const bw_slice name = field->name;
    const bool cut = name.n < sizeof action && bw_eq(name, bw_str(action + sizeof action - 1 - name.n));
    return name.n && name.p[0] >= 'a' && name.p[0] <= 'z' && bw_find_byte(name, '-', 0) == BW_NONE && !cut;
}

static void join_lost_folds(struct bw_header *group)
{
    for (size_t i = 0; i < group->count; i++) {
        struct bw_field *field = &group->items[i];
        if (!bw_eq(field->name, BW_S("Diagnostic-Code")) || !field->raw.n)
            continue;
        while (i + 1 < group->count && is_lost_fold(&group->items[i + 1])) {
            const bw_slice more = group->items[++i].raw;
            if (more.n)
                field->raw.n = (size_t)(more.p + more.n - field->raw.p);
        }
    }
}

/* Pasted text and wrongly labelled parts have words before the fields. */
static bw_slice skip_to_fields(bw_slice text)
{
    bw_slice rest = text, line;
    while (bw_next_line(&line, &rest))
        if (field_of(line) != BW_NONE)
            return bw_sub(text, (size_t)(line.p - text.p), text.n);
    return bw_sub(text, text.n, text.n);
}

/* A recipient's fields that an empty line cut in two: the second half names no recipient. */
static void join_split_group(struct bw_notice *notice, struct bw_context *context,
                             const struct bw_header *group)
{
    struct bw_account *last = &notice->accounts.items[notice->accounts.count - 1];
    const bw_slice diagnostic = bw_header_text(context->arena, group, "Diagnostic-Code");
    const bw_slice action = bw_header_text(context->arena, group, "Action");
    if (!last->status.p)
        last->status = status_code(bw_header_text(context->arena, group, "Status"));
    if (!last->diagnostic.p && diagnostic.n)
        read_diagnostic(last, context, diagnostic);
    if (last->action == BW_ACTION_NONE && action.n)
        last->action = bw_action_of(action);
}

bool bw_status_read(struct bw_notice *notice, struct bw_context *context, bw_slice text)
{
    const size_t before = notice->accounts.count;
    bw_slice rest = skip_to_fields(text);
    for (unsigned i = 0; rest.n && i < GROUPS_MAX; i++) {
        while (rest.n && bw_is_space(rest.p[0]))
            rest = bw_sub(rest, 1, rest.n);
        struct bw_header group = {0};
        const size_t left = rest.n;
        if (bw_header_read(&group, &rest, context->arena, rest, context->limits, context->anomalies) ||
            rest.n == left)
            break;
        join_lost_folds(&group);
        read_message_group(notice, context, &group);
        if (!is_recipient_group(&group))
            continue;
        const bool named =
            bw_header_raw(&group, "Final-Recipient").p || bw_header_raw(&group, "Original-Recipient").p;
        if (!named && notice->accounts.count > before)
            join_split_group(notice, context, &group);
        else
            read_recipient_group(notice, context, &group);
    }
    return notice->accounts.count > before;
}

void bw_disposition_read(struct bw_notice *notice, struct bw_context *context, bw_slice text)
{
    struct bw_header fields = {0};
    bw_slice rest = text;
    while (rest.n && bw_is_space(rest.p[0]))
        rest = bw_sub(rest, 1, rest.n);
    if (bw_header_read(&fields, &rest, context->arena, rest, context->limits, NULL))
        return;
    const bw_slice gateway = bw_header_text(context->arena, &fields, "MDN-Gateway");
    if (gateway.n)
        read_host(&notice->reporting_mta, NULL, gateway);
    bw_status_read(notice, context, text);
}

void bw_feedback_read(struct bw_notice *notice, struct bw_context *context, bw_slice text)
{
    struct bw_header fields = {0};
    bw_slice rest = text;
    while (rest.n && bw_is_space(rest.p[0]))
        rest = bw_sub(rest, 1, rest.n);
    if (bw_header_read(&fields, &rest, context->arena, rest, context->limits, context->anomalies))
        return;
    read_message_group(notice, context, &fields);
    for (size_t i = 0; i < fields.count && notice->accounts.count < context->limits->deliveries; i++) {
        if (!bw_ieq(fields.items[i].name, BW_S("Original-Rcpt-To")) &&
            !bw_ieq(fields.items[i].name, BW_S("Removal-Recipient")))
            continue;
        const bw_slice address =
            bw_typed_address(context, bw_decode_field(context->arena, fields.items[i].raw));
        bool known = !bw_is_mailbox(address); /* reports name one in both fields */
        for (size_t n = 0; n < notice->accounts.count; n++)
            known = known || bw_ieq(notice->accounts.items[n].recipient, address);
        if (known)
            continue;
        struct bw_account *account = bw_push(context->arena, &notice->accounts);
        if (account)
            account->recipient = address;
    }
}
