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

bw_status bw_report_json(struct bw_buf *out, const struct bw_result *result, const char *source, size_t index)
{
    bool failed = false;
    json_t *object = message_object(result, source, index, &failed);
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
