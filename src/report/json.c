/* The JSON report (docs/JSON.md). The only file that knows Jansson. */
#include "report/report.h"

#include <jansson.h>

enum { SCHEMA = 1 };

/* A string that is always valid UTF-8, or null. NULL without memory. */
static json_t *text(bw_slice s)
{
    if (!s.p)
        return json_null();
    if (bw_utf8_valid(s))
        return json_stringn_nocheck(s.p, s.n);
    struct bw_buf repaired;
    bw_buf_init(&repaired, 0);
    uint32_t code;
    while (bw_utf8_next(&code, &s))
        bw_put_utf8(&repaired, code);
    const bw_slice whole = bw_buf_slice(&repaired);
    json_t *value = repaired.failed ? NULL : json_stringn_nocheck(whole.p, whole.n);
    bw_buf_clear(&repaired);
    return value;
}

/* Adds a member; value is taken over, and NULL in it (no memory) marks the object as failed. */
static void add(json_t *object, bool *failed, const char *key, json_t *value)
{
    if (json_object_set_new_nocheck(object, key, value) != 0)
        *failed = true;
}

static void add_text(json_t *object, bool *failed, const char *key, bw_slice value)
{
    add(object, failed, key, text(value));
}

static void append(json_t *array, bool *failed, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        *failed = true;
}

static json_t *original_object(const struct bw_original *original, bool *failed)
{
    json_t *object = json_object();
    add_text(object, failed, "message_id", original->message_id);
    add_text(object, failed, "from", original->from);
    add_text(object, failed, "to", original->to);
    add_text(object, failed, "subject", original->subject);
    add_text(object, failed, "date", original->date);
    add(object, failed, "sent_elsewhere", json_boolean(original->sent_elsewhere));
    return object;
}

static json_t *list_object(const struct bw_block *block, bool *failed)
{
    if (!block->list_id.p && !block->list_name.p)
        return json_null();
    json_t *object = json_object();
    add_text(object, failed, "id", block->list_id);
    add_text(object, failed, "name", block->list_name);
    add_text(object, failed, "operator", block->list_operator);
    add_text(object, failed, "status", block->list_status);
    return object;
}

static json_t *url_object(const struct bw_url *url, bool *failed)
{
    json_t *object = json_object();
    add_text(object, failed, "url", url->url);
    add_text(object, failed, "role", bw_str(bw_url_role_name(url->role)));
    add_text(object, failed, "source", url->from_text ? BW_S("text") : BW_S("table"));
    add_text(object, failed, "trust", bw_str(bw_trust_name(url->trust)));
    add(object, failed, "dead", json_boolean(url->dead));
    return object;
}

static json_t *block_object(const struct bw_block *block, bool *failed)
{
    json_t *object = json_object();
    json_t *urls = json_array();
    const bw_slice zone_source = block->zone_from_text ? BW_S("text") : BW_S("table");
    add_text(object, failed, "ip", block->ip);
    add(object, failed, "ip_masked", json_boolean(block->ip_masked));
    add_text(object, failed, "domain", block->domain);
    add_text(object, failed, "zone", block->zone);
    add_text(object, failed, "zone_source", block->zone.p ? zone_source : BW_NULL);
    add(object, failed, "list", list_object(block, failed));
    add_text(object, failed, "code", block->code);
    for (size_t i = 0; i < block->url_count; i++)
        append(urls, failed, url_object(&block->urls[i], failed));
    add(object, failed, "urls", urls);
    add(object, failed, "client_ip", text(block->client_ip));
    add_text(object, failed, "machine", bw_str(bw_machine_name(block->machine)));
    return object;
}

static json_t *delivery_object(const struct bw_delivery *delivery, bool *failed)
{
    json_t *object = json_object();
    add_text(object, failed, "recipient", delivery->recipient);
    add_text(object, failed, "action", bw_str(bw_action_name(delivery->action)));
    add_text(object, failed, "cause", delivery->cause);
    add_text(object, failed, "disposition", delivery->disposition);
    add_text(object, failed, "actor", delivery->actor);
    add_text(object, failed, "reply", delivery->reply);
    add_text(object, failed, "status", delivery->status);
    add_text(object, failed, "command", delivery->command);
    add_text(object, failed, "remote_host", delivery->remote_host);
    add_text(object, failed, "remote_ip", delivery->remote_ip);
    add_text(object, failed, "diagnostic", delivery->diagnostic);
    add(object, failed, "block", delivery->has_block ? block_object(&delivery->block, failed) : json_null());
    add_text(object, failed, "rule", delivery->rule);
    add_text(object, failed, "matched", delivery->matched);
    return object;
}

static json_t *message_object(const struct bw_result *result, const char *source, size_t index, bool *failed)
{
    json_t *object = json_object();
    json_t *deliveries = json_array();
    add(object, failed, "schema", json_integer(SCHEMA));
    add_text(object, failed, "source", bw_str(source));
    add(object, failed, "index", json_integer((json_int_t)index));
    add_text(object, failed, "kind", bw_str(bw_kind_name(result->kind)));
    add_text(object, failed, "format", result->format);
    add_text(object, failed, "reporting_mta", result->reporting_mta);
    add_text(object, failed, "date", result->date);
    add(object, failed, "original", original_object(&result->original, failed));
    for (size_t i = 0; i < result->delivery_count; i++)
        append(deliveries, failed, delivery_object(&result->deliveries[i], failed));
    add(object, failed, "deliveries", deliveries);
    json_t *forged = json_array();
    for (size_t i = 0; i < result->forged_count; i++)
        append(forged, failed, text(result->forged[i]));
    add(object, failed, "forged", forged);
    return object;
}

/* What Jansson leaves as it is though a terminal may act on it or reorder the line: DEL, C1 and bidi controls, marks
 * without width. */
static bool acts_on_terminal(uint32_t code)
{
    return (code >= 0x7F && code < 0xA0) || code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

/* Appends JSON with those as \u escapes; they can only stand inside of strings (RFC 8259 section 7). */
static void put_escaped(struct bw_buf *out, bw_slice json)
{
    bw_slice rest = json, done = json;
    uint32_t code;
    for (bw_slice at = rest; bw_utf8_next(&code, &rest); at = rest) {
        if (!acts_on_terminal(code))
            continue;
        bw_put(out, bw_sub(done, 0, done.n - at.n));
        bw_putf(out, "\\u%04X", (unsigned)code);
        done = rest;
    }
    bw_put(out, done);
}

static int put_bytes(const char *bytes, size_t n, void *buf)
{
    bw_put(buf, (bw_slice){bytes, n});
    return ((struct bw_buf *)buf)->failed ? -1 : 0;
}

/* Appends the object, which is taken over, as a line. failed: it is not whole. */
static bw_status put_object(struct bw_buf *out, json_t *object, bool failed)
{
    struct bw_buf line;
    bw_buf_init(&line, 0);
    if (!failed && json_dump_callback(object, put_bytes, &line, JSON_COMPACT) != 0)
        failed = true;
    json_decref(object);
    if (!failed) {
        put_escaped(out, bw_buf_slice(&line));
        bw_putc(out, '\n');
    }
    bw_buf_clear(&line);
    return failed || out->failed ? BW_NO_MEMORY : BW_OK;
}

bw_status bw_report_json(struct bw_buf *out, const struct bw_result *result, const char *source, size_t index)
{
    bool failed = false;
    json_t *object = message_object(result, source, index, &failed);
    return put_object(out, object, failed);
}

/* ---- reading it again ------------------------------------------------------------------------------------ */

/* A member of an object as text of the arena; unknown where it is no string. */
static bw_slice member(struct bw_arena *arena, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value)
               ? bw_dup(arena, (bw_slice){json_string_value(value), json_string_length(value)})
               : BW_NULL;
}

static enum bw_kind read_kind(bw_slice word)
{
    for (enum bw_kind kind = BW_KIND_BOUNCE; kind < BW_KIND_NOT_A_BOUNCE; kind++)
        if (bw_eq(word, bw_str(bw_kind_name(kind))))
            return kind;
    return BW_KIND_NOT_A_BOUNCE;
}

static enum bw_action read_action(bw_slice word)
{
    for (enum bw_action action = BW_ACTION_FAILED; action <= BW_ACTION_EXPANDED; action++)
        if (bw_eq(word, bw_str(bw_action_name(action))))
            return action;
    return BW_ACTION_NONE;
}

static void read_block(struct bw_delivery *out, struct bw_arena *arena, const json_t *block)
{
    const json_t *list = json_object_get(block, "list");
    out->has_block = json_is_object(block);
    out->block.ip = member(arena, block, "ip");
    out->block.zone = member(arena, block, "zone");
    out->block.list_id = member(arena, list, "id");
    out->block.list_name = member(arena, list, "name");
    out->block.list_status = member(arena, list, "status");
}

static void read_delivery(struct bw_delivery *out, struct bw_arena *arena, const json_t *object)
{
    *out = (struct bw_delivery){
        .recipient = member(arena, object, "recipient"),
        .action = read_action(member(arena, object, "action")),
        .cause = member(arena, object, "cause"),
        .disposition = member(arena, object, "disposition"),
        .actor = member(arena, object, "actor"),
        .remote_host = member(arena, object, "remote_host"),
        .diagnostic = member(arena, object, "diagnostic"),
        .rule = member(arena, object, "rule"),
    };
    read_block(out, arena, json_object_get(object, "block"));
}

bw_status bw_report_json_read(struct bw_result *out, bw_slice line, struct bw_error *err)
{
    json_error_t where;
    *out = (struct bw_result){.memory = bw_arena_new(0)};
    struct bw_arena *arena = out->memory;
    json_t *object = arena ? json_loadb(line.p, line.n, 0, &where) : NULL;
    if (!arena)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    const json_t *original = json_object_get(object, "original"),
                 *list = json_object_get(object, "deliveries");
    if (!json_is_string(json_object_get(object, "kind")) || !json_is_array(list)) {
        json_decref(object);
        return bw_fail(err, BW_IO, "this is no line of --format=json");
    }
    struct bw_delivery *deliveries = bw_arena_alloc(arena, (json_array_size(list) + 1) * sizeof *deliveries);
    out->kind = read_kind(member(arena, object, "kind"));
    out->date = member(arena, object, "date");
    out->original.message_id = member(arena, original, "message_id");
    out->original.subject = member(arena, original, "subject");
    out->original.date = member(arena, original, "date");
    for (size_t i = 0; deliveries && i < json_array_size(list); i++)
        read_delivery(&deliveries[i], arena, json_array_get(list, i));
    out->deliveries = deliveries;
    out->delivery_count = deliveries ? json_array_size(list) : 0;
    json_decref(object);
    return bw_arena_failed(arena) ? bw_fail(err, BW_NO_MEMORY, "out of memory") : BW_OK;
}

/* ---- the summary ---------------------------------------------------------------------------------------- */

static json_t *tallies_array(const bw_tallies *tallies, bool *failed)
{
    json_t *array = json_array();
    for (size_t i = 0; i < tallies->count; i++) {
        json_t *object = json_object();
        add_text(object, failed, "name", tallies->items[i].name);
        add(object, failed, "count", json_integer((json_int_t)tallies->items[i].count));
        append(array, failed, object);
    }
    return array;
}

static json_t *date(long long seconds)
{
    struct bw_time_text text;
    return bw_summary_time(&text, seconds).n ? json_string(text.bytes) : json_null();
}

static json_t *finding_object(const struct bw_finding_of_many *finding, bool *failed)
{
    json_t *object = json_object();
    add(object, failed, "count", json_integer((json_int_t)finding->count));
    add(object, failed, "delayed", json_integer((json_int_t)finding->delayed));
    add_text(object, failed, "cause", finding->cause);
    add_text(object, failed, "actor", finding->actor);
    add_text(object, failed, "ip", finding->ip);
    add_text(object, failed, "list", finding->list);
    add_text(object, failed, "list_status", finding->list_status);
    add_text(object, failed, "zone", finding->zone);
    add_text(object, failed, "place", finding->place);
    add(object, failed, "first", date(finding->first));
    add(object, failed, "last", date(finding->last));
    add(object, failed, "domains", tallies_array(&finding->domains, failed));
    return object;
}

static json_t *summary_object(const struct bw_summary *summary, bool *failed)
{
    static const char *const names[] = {"failed", "delayed", "arrived", "repeated"};
    const size_t numbers[] = {summary->failed, summary->delayed, summary->arrived, summary->repeated};
    json_t *object = json_object(), *kinds = json_object(), *findings = json_array();
    add(object, failed, "schema", json_integer(SCHEMA));
    add(object, failed, "messages", json_integer((json_int_t)summary->messages));
    for (enum bw_kind kind = BW_KIND_BOUNCE; kind <= BW_KIND_NOT_A_BOUNCE; kind++)
        add(kinds, failed, bw_kind_name(kind), json_integer((json_int_t)summary->kinds[kind]));
    add(object, failed, "kinds", kinds);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(object, failed, names[i], json_integer((json_int_t)numbers[i]));
    add(object, failed, "first", date(summary->first));
    add(object, failed, "last", date(summary->last));
    for (size_t i = 0; i < summary->findings.count; i++)
        append(findings, failed, finding_object(&summary->findings.items[i], failed));
    add(object, failed, "findings", findings);
    add(object, failed, "causes", tallies_array(&summary->causes, failed));
    add(object, failed, "lists", tallies_array(&summary->lists, failed));
    add(object, failed, "addresses", tallies_array(&summary->addresses, failed));
    add(object, failed, "domains", tallies_array(&summary->domains, failed));
    add(object, failed, "dead", tallies_array(&summary->dead, failed));
    add(object, failed, "full", tallies_array(&summary->full, failed));
    return object;
}

bw_status bw_summary_json(struct bw_buf *out, const struct bw_summary *summary)
{
    bool failed = false;
    json_t *object = summary_object(summary, &failed);
    return put_object(out, object, failed);
}
