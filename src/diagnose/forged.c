/* Mail that is dressed as a notice of failure: what it claims, what speaks against a mail server as its writer, and what
 * for one. The signs are data (patterns/forged.tbl). */
#include "diagnose/internal.h"

enum {
    ENOUGH = 4,         /* so much has to speak against it */
    ENOUGH_AGAINST = 6, /* where something also speaks for it */
};

/* What the conditions of a sign look at. */
struct looked_at {
    struct bw_context *context;
    bw_slice where[BW_WHERE_COUNT];
    struct bw_grams grams; /* of the body */
};

/* The names and types of attached files, one on a line. */
static bw_slice files_of(struct bw_context *context)
{
    struct bw_buf buf;
    bw_buf_init(&buf, context->limits->text_bytes);
    for (const struct bw_part *part = context->message->root; part;
         part = bw_part_next(part, context->message->root))
        if (!part->child && (part->attachment || part->file_name.n))
            bw_putf(&buf, "%.*s/%.*s %.*s\n", BW_ARG(part->type), BW_ARG(part->subtype),
                    BW_ARG(part->file_name));
    return bw_buf_take(&buf, context->arena);
}

/* The host is one that a mail server or its owner points to: a known list's or receiver's, or the domain of the one who
 * writes or reads. */
static bool is_expected(struct bw_context *context, const struct bw_notice *notice, bw_slice host)
{
    const bw_slice from = bw_domain_of(bw_address(context->arena, notice->from));
    return bw_table_host(context->tables, host) || bw_same_owner(host, from) ||
           bw_same_owner(host, bw_domain_of(notice->to));
}

/* Links that lead elsewhere, one on a line. */
static bw_slice links_of(struct bw_context *context, const struct bw_notice *notice)
{
    struct bw_evidence seen = {0};
    struct bw_buf buf;
    bw_buf_init(&buf, context->limits->text_bytes);
    bw_urls_scan(&seen, context, notice->words, false);
    for (size_t i = 0; i < seen.urls.count; i++)
        if (!is_expected(context, notice, seen.urls.items[i].host)) {
            bw_put(&buf, seen.urls.items[i].url);
            bw_putc(&buf, '\n');
        }
    return bw_buf_take(&buf, context->arena);
}

static bool holds(struct looked_at *at, const struct bw_condition *condition)
{
    struct bw_match match;
    for (size_t i = 0; i < condition->any.count; i++) {
        const struct bw_regex *regex = condition->any.items[i];
        if (condition->where == BW_WHERE_BODY && !bw_regex_possible(regex, &at->grams))
            continue;
        if (bw_regex_match(&match, regex, at->context->matcher, at->where[condition->where], 0) == 1)
            return true;
    }
    return false;
}

static bool applies(struct looked_at *at, const struct bw_sign *sign)
{
    for (size_t i = 0; i < sign->when.count; i++)
        if (!holds(at, &sign->when.items[i]))
            return false;
    for (size_t i = 0; i < sign->unless.count; i++)
        if (holds(at, &sign->unless.items[i]))
            return false;
    return sign->when.count > 0;
}

static bool any_applies(struct looked_at *at, enum bw_sign_as as)
{
    const struct bw_tables *tables = at->context->tables;
    for (size_t i = 0; i < tables->signs.count; i++)
        if (tables->signs.items[i].as == as && applies(at, &tables->signs.items[i]))
            return true;
    return false;
}

/* Only what says nothing that a mail server alone could know is in question. */
static bool is_in_question(const struct bw_notice *notice)
{
    const bool kind = notice->kind == BW_KIND_BOUNCE || notice->kind == BW_KIND_NOT_A_BOUNCE;
    return kind && !notice->pasted && !notice->standard && !notice->original_part;
}

/* The reader, where he is the only one that mail is said not to have reached. */
static bw_slice only_the_reader(const struct bw_notice *notice)
{
    for (size_t i = 0; i < notice->accounts.count; i++)
        if (!bw_ieq(notice->accounts.items[i].recipient, notice->to))
            return BW_NULL;
    return notice->accounts.count ? notice->to : BW_NULL;
}

/* A server's known layout speaks for it as its words do. */
static unsigned needed(struct looked_at *at, const struct bw_notice *notice)
{
    const bool known = notice->layout && !notice->layout->guessed;
    return known || any_applies(at, BW_SIGN_FOR) ? ENOUGH_AGAINST : ENOUGH;
}

/* The receiver of the table whose host or address domain it is. */
static const struct bw_receiver *owner_of(struct bw_context *context, bw_slice host)
{
    const struct bw_name *name = host.n ? bw_table_host(context->tables, host) : NULL;
    return name ? name->receiver : NULL;
}

bool bw_sent_elsewhere(struct bw_context *context, const struct bw_notice *notice)
{
    const struct bw_receiver *own = owner_of(context, bw_domain_of(notice->original.from));
    if (!own || notice->hops.count == 0)
        return false;
    const bw_slice id = notice->original.message_id;
    const bw_slice hosts[] = {bw_domain_of(bw_sub(id, 0, bw_find_byte(id, '>', 0))), notice->reporting_mta,
                              bw_domain_of(bw_address(context->arena, notice->from))};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (bw_same_operator(own, owner_of(context, hosts[i])))
            return false;
    for (size_t i = 0; i < notice->hops.count; i++)
        if (bw_same_operator(own, owner_of(context, notice->hops.items[i].by_name)) ||
            bw_same_operator(own, owner_of(context, notice->hops.items[i].from_name)))
            return false;
    return true;
}

bw_status bw_diagnose_forgery(bw_sign_list *out, struct bw_context *context, const struct bw_notice *notice)
{
    *out = (bw_sign_list){0};
    if (!is_in_question(notice))
        return BW_OK;
    struct looked_at at = {.context = context};
    at.where[BW_WHERE_BODY] = notice->words;
    at.where[BW_WHERE_SUBJECT] = notice->subject;
    at.where[BW_WHERE_FROM] = notice->from;
    at.where[BW_WHERE_HEADER] = notice->header;
    bw_grams_of(&at.grams, notice->words);
    if (!any_applies(&at, BW_SIGN_CLAIM))
        return BW_OK;
    at.where[BW_WHERE_FILES] = files_of(context);
    at.where[BW_WHERE_SELF] = only_the_reader(notice);
    at.where[BW_WHERE_LINKS] = links_of(context, notice);
    unsigned weight = 0;
    for (size_t i = 0; i < context->tables->signs.count; i++) {
        const struct bw_sign *sign = &context->tables->signs.items[i];
        if (sign->as != BW_SIGN_AGAINST || !applies(&at, sign))
            continue;
        bw_slice *slot = bw_push(context->arena, out);
        if (slot)
            *slot = sign->id;
        weight += sign->weight;
    }
    if (weight < needed(&at, notice))
        out->count = 0;
    return bw_arena_failed(context->arena) ? BW_NO_MEMORY : BW_OK;
}
