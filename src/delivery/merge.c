/* One account per recipient, out of what the standard parts and the layout say of it. */
#include "delivery/internal.h"

static bool names(const struct bw_account *account, bw_slice recipient)
{
    return recipient.p && (bw_ieq(account->recipient, recipient) || bw_ieq(account->alias, recipient));
}

static void set_if(bw_slice *slot, bw_slice value)
{
    if (!slot->p)
        *slot = value;
}

/* What the layout says fills what the standard fields leave open. */
static void join(struct bw_account *account, const struct bw_account *from)
{
    if (!bw_is_mailbox(account->recipient) && from->recipient.p)
        account->recipient = from->recipient;
    if (!account->alias.p && !bw_ieq(account->recipient, from->alias))
        account->alias = from->alias;
    if (!account->text.p)
        account->text_is_body = from->text_is_body;
    set_if(&account->text, from->text);
    set_if(&account->remote_host, from->remote_host);
    set_if(&account->remote_ip, from->remote_ip);
    set_if(&account->reply, from->reply);
    set_if(&account->status, from->status);
    set_if(&account->command, from->command);
    set_if(&account->client, from->client);
    if (account->action == BW_ACTION_NONE)
        account->action = from->action;
}

static struct bw_account *partner(struct bw_notice *notice, const struct bw_account *from)
{
    for (size_t i = 0; i < notice->accounts.count; i++) {
        struct bw_account *account = &notice->accounts.items[i];
        if (names(account, from->recipient) || names(account, from->alias))
            return account;
    }
    return NULL;
}

/* The standard fields name one recipient and the layout calls it something else, perhaps in several places. */
static void join_all(struct bw_account *account, struct bw_context *context, const bw_account_list *found)
{
    bw_slice text = BW_NULL;
    for (size_t i = 0; i < found->count; i++) {
        const bw_slice more = found->items[i].text;
        if (!text.p || !more.p)
            text = text.p ? text : more;
        else if (bw_find(text, more, 0) == BW_NONE)
            text = bw_format(context->arena, "%.*s\n%.*s", BW_ARG(text), BW_ARG(more));
        join(account, &found->items[i]);
    }
    account->text = text;
}

void bw_accounts_merge(struct bw_notice *notice, struct bw_context *context, const bw_account_list *found)
{
    const bool standard = notice->accounts.count > 0;
    bool matched = false;
    for (size_t i = 0; i < found->count; i++) {
        const struct bw_account *from = &found->items[i];
        if (notice->layout->guessed && found->count > 1 && from->recipient.p &&
            bw_ieq(from->recipient, notice->to))
            continue; /* the notice names its own reader in passing */
        struct bw_account *account = partner(notice, from);
        if (account) {
            matched = true;
            join(account, from);
        } else if (!standard && notice->accounts.count < context->limits->deliveries) {
            account = bw_push(context->arena, &notice->accounts);
            if (account)
                *account = *from;
        }
    }
    if (!matched && standard && notice->accounts.count == 1 && found->count)
        join_all(&notice->accounts.items[0], context, found);
    for (size_t i = 0; i < notice->accounts.count && notice->accounts.items; i++)
        if (notice->accounts.items[i].action == BW_ACTION_NONE && notice->kind == BW_KIND_BOUNCE)
            notice->accounts.items[i].action = BW_ACTION_FAILED;
}
