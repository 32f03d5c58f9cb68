#include "report/facts.h"

#include "report/links.h"

static const char *const fact_names[] = {
    "recipient",
    "recipient_domain",
    "sender",
    "sender_domain",
    "original_subject",
    "original_date",
    "host",
    "host_ip",
    "reporter",
    "reply",
    "status",
    "command",
    "code",
    "ip",
    "sending_ip",
    "ip_host",
    "handed_by",
    "list",
    "blocked_domain",
    "operator",
    "zone",
    "since",
    "receiver",
    "count",
    "size",
    "domain_url",
    "lookup_url",
    "removal_url",
    "source",
    "index",
    "role",
    "owner",
    "requires",
    "expiry",
    "code_means",
    "dead_url",
    "recipients",
    "answer",
    "message_id",
    "notice_date",
    "headers",
    "diagnostic",
    "text",
    "total",
    "delayed_count",
    "failed_count",
    "arrived_count",
    "replies_count",
    "complaints_count",
    "others_count",
    "repeated_count",
    "messages",
    "cause_name",
    "actor_name",
    "place",
    "domains",
    "first",
    "last",
};

static const char *const flag_names[] = {
    "delayed",      "failed",           "masked",     "ip",           "route",     "list",
    "closed",       "active",           "private",    "network",      "dynamic",   "not-a-listing",
    "code",         "receiver",         "unverified", "isp-only",     "who-isp",   "who-owner",
    "self-service", "auto-expiry",      "who-anyone", "several",      "temporary", "permanent",
    "text-said",    "inactive-unknown", "loop",       "forged",       "fragment",  "own-line",
    "relay",        "forwarded",        "dead-link",  "paid-express", "requires",  "role-user",
    "role-admin",   "role-support",     "removal",    "by-email",     "form",      "removal-none",
    "headers",      "disposition",      "block",
};

bool bw_fact_is_known(bw_slice name)
{
    for (size_t i = 0; i < sizeof fact_names / sizeof *fact_names; i++)
        if (bw_eq(name, bw_str(fact_names[i])))
            return true;
    return false;
}

bool bw_flag_is_known(const struct bw_tables *tables, bw_slice flag)
{
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++)
        if (bw_eq(flag, bw_str(flag_names[i])))
            return true;
    const bool actor = bw_starts(flag, BW_S("actor-"));
    if (!actor && !bw_starts(flag, BW_S("cause-")))
        return false;
    for (size_t i = 0; i < tables->causes.count; i++)
        if (bw_eq(bw_sub(flag, 6, flag.n),
                  actor ? tables->causes.items[i].actor : tables->causes.items[i].id))
            return true;
    return false;
}

bw_slice bw_readable_date(struct bw_arena *arena, bw_slice date)
{
    if (date.n < 20 || date.p[10] != 'T')
        return date;
    const bw_slice day = bw_sub(date, 0, 10), time = bw_sub(date, 11, 19), offset = bw_sub(date, 19, date.n);
    return bw_format(arena, "%.*s %.*s %.*s", BW_ARG(day), BW_ARG(time), BW_ARG(offset));
}

static bw_slice domain_of(bw_slice address)
{
    for (size_t i = address.n; i > 0; i--)
        if (address.p[i - 1] == '@')
            return bw_sub(address, i, address.n);
    return BW_NULL;
}

/* The domain of all members; unknown where they differ. */
static bw_slice shared_domain(const struct bw_group *group)
{
    const bw_slice domain = domain_of(group->first->recipient);
    for (size_t i = 0; i < group->members.count; i++)
        if (!bw_ieq(domain, domain_of(group->members.items[i]->recipient)))
            return BW_NULL;
    return domain;
}

/* The first page for that use which may be trusted and has no better one beside it. */
static bw_slice page(const struct bw_block *block, enum bw_url_role role)
{
    for (size_t i = 0; i < block->url_count; i++)
        if (block->urls[i].role == role && block->urls[i].trust != BW_TRUST_UNVERIFIED &&
            !block->urls[i].dead && !bw_page_is_superseded(block, i))
            return bw_page_text(block->urls[i].url);
    return BW_NULL;
}

/* A page that is gone may have gone to somebody else: not to be clicked where nobody known owns it. */
static bw_slice dead_page(struct bw_arena *arena, const struct bw_url *url)
{
    if (url->trust != BW_TRUST_UNVERIFIED)
        return url->url;
    struct bw_buf text;
    bw_buf_init(&text, 0);
    bw_put_defanged(&text, url->url);
    return bw_buf_take(&text, arena);
}

static void set_delivery_facts(struct bw_fact_values *out, struct bw_arena *arena,
                               const struct bw_group *group)
{
    const struct bw_delivery *delivery = group->first;
    const size_t count = group->members.count;
    if (count <= 1)
        bw_fact_set(out, "recipient", delivery->recipient);
    bw_fact_set(out, "recipient_domain", shared_domain(group));
    bw_fact_set(out, "count", bw_format(arena, "%zu", count));
    bw_fact_set(out, "host", delivery->remote_host);
    bw_fact_set(out, "host_ip", delivery->remote_ip);
    bw_fact_set(out, "reply", delivery->reply);
    bw_fact_set(out, "status", delivery->status);
    bw_fact_set(out, "command", delivery->command);
    /* Where no reply is known, the class of the status says the same (RFC 3463 section 2). */
    const bw_slice code = delivery->reply.n ? delivery->reply : delivery->status;
    bw_flag_set(out, BW_S("temporary"), bw_starts(code, BW_S("4")));
    bw_flag_set(out, BW_S("permanent"), bw_starts(code, BW_S("5")));
    bw_flag_set(out, BW_S("delayed"), delivery->action == BW_ACTION_DELAYED);
    bw_flag_set(out, BW_S("failed"), delivery->action == BW_ACTION_FAILED);
    bw_flag_set(out, BW_S("text-said"), delivery->diagnostic.n > 0);
    bw_flag_set(out, BW_S("several"), count > 1);
    bw_flag_set(out, bw_format(arena, "actor-%.*s", BW_ARG(delivery->actor)), delivery->actor.n > 0);
    bw_flag_set(out, bw_format(arena, "cause-%.*s", BW_ARG(delivery->cause)), delivery->cause.n > 0);
}

static void set_block_facts(struct bw_fact_values *out, struct bw_arena *arena, const struct bw_block *block)
{
    const bool inner = bw_address_is_private(block->ip); /* says nothing to anybody outside */
    if (!inner)
        bw_fact_set(out, "ip", block->ip);
    bw_fact_set(out, "sending_ip", block->ip.n > 0 ? block->ip : block->client_ip);
    bw_fact_set(out, "ip_host", block->ip_host);
    bw_fact_set(out, "handed_by", block->handed_by);
    bw_fact_set(out, "blocked_domain", block->domain);
    bw_fact_set(out, "list", block->list_name);
    bw_fact_set(out, "operator", block->list_operator);
    bw_fact_set(out, "zone", block->zone);
    bw_fact_set(out, "since", block->list_since);
    bw_fact_set(out, "receiver", block->receiver_name);
    bw_fact_set(out, "code", block->code);
    bw_fact_set(out, "lookup_url", page(block, BW_URL_LOOKUP));
    bw_fact_set(out, "removal_url", page(block, BW_URL_REMOVAL));
    if (block->domain.n)
        bw_fact_set(out, "domain_url", page(block, BW_URL_LOOKUP));
    bool unverified = false;
    for (size_t i = 0; i < block->url_count; i++) {
        unverified |= block->urls[i].from_text && block->urls[i].trust == BW_TRUST_UNVERIFIED;
        if (block->urls[i].dead)
            bw_fact_set(out, "dead_url", dead_page(arena, &block->urls[i]));
    }
    bw_flag_set(out, BW_S("dead-link"), bw_fact_get(out, BW_S("dead_url")).n > 0);
    bw_flag_set(out, BW_S("own-line"), block->machine == BW_MACHINE_OWN_LINE);
    bw_flag_set(out, BW_S("relay"), block->machine == BW_MACHINE_RELAY);
    bw_flag_set(out, BW_S("forwarded"), block->machine == BW_MACHINE_FORWARDER);
    bw_flag_set(out, BW_S("unverified"), unverified);
    bw_flag_set(out, BW_S("masked"), block->ip_masked);
    bw_flag_set(out, BW_S("ip"), block->ip.n > 0 && !inner);
    bw_flag_set(out, BW_S("route"), block->ip_from_route);
    bw_flag_set(out, BW_S("code"), block->code.n > 0);
    bw_flag_set(out, BW_S("receiver"), block->receiver_name.n > 0);
}

/* What a record tells in the language: the key itself is English, "key-ja" Japanese. Nothing where only another has it. */
static bw_slice told(struct bw_arena *arena, const struct bw_record *record, const char *key,
                     const char *language)
{
    if (!record)
        return BW_NULL;
    const bool english = strcmp(language, "en") == 0;
    const bw_slice name = english ? bw_str(key) : bw_format(arena, "%s-%s", key, language);
    return name.p ? bw_record_get(record, name.p) : BW_NULL;
}

/* What the table of lists says, and the shade of the cause that the rule gave. */
static void set_list_flags(struct bw_fact_values *out, struct bw_arena *arena, const struct bw_tables *tables,
                           const char *language, const struct bw_delivery *delivery)
{
    const struct bw_block *block = &delivery->block;
    const struct bw_list *list = bw_table_list(tables, block->list_id);
    const struct bw_receiver *receiver = bw_table_receiver(tables, block->receiver_id);
    const struct bw_record *record = list ? list->record : receiver ? receiver->record : NULL;
    const bw_slice who = record ? bw_record_get(record, "who") : BW_NULL;
    const bw_slice method = record ? bw_record_get(record, "method") : BW_NULL;
    const bw_slice scope = list ? bw_record_get(list->record, "scope") : BW_NULL, variant = delivery->variant;
#define IS(value, text) bw_eq((value), BW_S(text))
    bw_flag_set(out, BW_S("list"), block->list_id.n > 0 || block->list_name.n > 0);
    bw_flag_set(out, BW_S("closed"), IS(block->list_status, "closed") || IS(variant, "closed"));
    bw_flag_set(out, BW_S("active"), IS(block->list_status, "active"));
    bw_flag_set(out, BW_S("inactive-unknown"), IS(block->list_status, "unknown"));
    bw_flag_set(out, BW_S("private"), IS(variant, "private") || (receiver && !list));
    bw_flag_set(out, BW_S("network"), IS(variant, "network") || IS(scope, "network"));
    bw_flag_set(out, BW_S("dynamic"), IS(variant, "dynamic") || IS(scope, "dynamic"));
    bw_flag_set(out, BW_S("not-a-listing"), IS(variant, "not-a-listing"));
    bw_flag_set(out, BW_S("loop"), IS(variant, "loop"));
    bw_flag_set(out, BW_S("isp-only"), IS(method, "isp-only"));
    bw_flag_set(out, BW_S("self-service"), IS(method, "self-service"));
    bw_flag_set(out, BW_S("auto-expiry"), IS(method, "auto-expiry"));
    bw_flag_set(out, BW_S("who-isp"), IS(who, "isp"));
    bw_flag_set(out, BW_S("who-anyone"), IS(who, "anyone"));
    bw_flag_set(out, BW_S("who-owner"), IS(who, "ip-owner"));
    /* Where one page both shows the listing and takes the request, it is among the links once. */
    const bool one_page = record && bw_record_get(record, "removal").n &&
                          bw_eq(bw_record_get(record, "removal"), bw_record_get(record, "lookup"));
    if (one_page && !bw_fact_get(out, BW_S("removal_url")).n)
        bw_fact_set(out, "removal_url", bw_fact_get(out, BW_S("lookup_url")));
    bw_flag_set(out, BW_S("removal"), bw_fact_get(out, BW_S("removal_url")).n > 0);
    bw_flag_set(out, BW_S("by-email"), IS(method, "email"));
    bw_flag_set(out, BW_S("form"), IS(method, "form") || IS(method, "self-service"));
    bw_flag_set(out, BW_S("removal-none"), IS(method, "none"));
    bw_flag_set(out, BW_S("paid-express"), record && IS(bw_record_get(record, "fee"), "paid-express"));
#undef IS
    const struct bw_record *rule = bw_table_record(tables, "rule", delivery->rule);
    bw_fact_set(out, "requires", told(arena, record, "requires", language));
    bw_fact_set(out, "expiry", told(arena, record, "expiry", language));
    bw_fact_set(out, "code_means", told(arena, rule, "means", language));
    bw_flag_set(out, BW_S("requires"), bw_fact_get(out, BW_S("requires")).n > 0);
}

void bw_facts_fill(struct bw_fact_values *out, struct bw_arena *arena, const struct bw_tables *tables,
                   const struct bw_report_options *options, const struct bw_result *result,
                   const struct bw_group *group)
{
    *out = (struct bw_fact_values){.count = 0};
    bw_fact_set(out, "sender", result->original.from);
    bw_fact_set(out, "sender_domain", domain_of(result->original.from));
    bw_fact_set(out, "original_subject", result->original.subject);
    bw_fact_set(out, "original_date", bw_readable_date(arena, result->original.date));
    bw_fact_set(out, "reporter", result->reporting_mta);
    set_delivery_facts(out, arena, group);
    bw_flag_set(out, BW_S("block"), group->first->has_block);
    if (group->first->has_block)
        set_block_facts(out, arena, &group->first->block);
    set_list_flags(out, arena, tables, options->language, group->first);
    bw_flag_set(out, BW_S("role-user"), options->role == BW_ROLE_USER);
    bw_flag_set(out, BW_S("role-admin"), options->role == BW_ROLE_ADMIN);
    bw_flag_set(out, BW_S("role-support"), options->role == BW_ROLE_SUPPORT);
    bw_flag_set(out, BW_S("forged"), result->forged_count > 0);
    /* Pasted words that no layout knows: what became of the mail is not among them. */
    bw_flag_set(out, BW_S("fragment"), bw_eq(result->format, BW_S("text")));
    bw_flag_set(out, BW_S("disposition"), bw_eq(result->format, BW_S("rfc8098")));
}
