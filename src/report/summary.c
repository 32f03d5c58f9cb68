/* What many messages have in common: events counted once, then sorted into findings. */
#include "report/report.h"

#include "diagnose/diagnose.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A name's number; 0 for none. Names are kept once. */
typedef uint32_t name_id;

/* One recipient of one mail, however often it is reported. */
struct event {
    uint64_t key;
    long long date;
    name_id recipient, domain, cause, actor, ip, list, list_status, zone, place;
    unsigned char action; /* enum bw_action */
    bool keyed;           /* the report tells which mail it was; else every report is an event of its own */
    bool proven;          /* the refusing server's own words decided */
    bool hard;
};

/* Which of the things that were pushed a key belongs to: 1 + its number, 0 where a slot is free. */
struct slots {
    uint32_t *items;
    size_t size;
};

/* The events in the order in which they came, and the names in them. */
struct bw_events {
    BW_LIST(struct event) all;
    BW_LIST(bw_slice) names;
    struct slots event_slots, name_slots;
};

struct bw_summary *bw_summary_new(void)
{
    struct bw_arena *arena = bw_arena_new(0);
    struct bw_summary *summary = arena ? bw_new(arena, struct bw_summary) : NULL;
    if (summary)
        summary->events = bw_new(arena, struct bw_events);
    if (!summary || !summary->events) {
        bw_arena_free(arena);
        return NULL;
    }
    summary->arena = arena;
    return summary;
}

void bw_summary_free(struct bw_summary *summary)
{
    if (!summary)
        return;
    free(summary->events->event_slots.items);
    free(summary->events->name_slots.items);
    bw_arena_free(summary->arena);
}

/* ---- dates ---------------------------------------------------------------------------------------------- */

static bool read_number(long long *out, bw_slice text, size_t at, size_t n)
{
    unsigned long value;
    if (at + n > text.n || !bw_number(&value, bw_sub(text, at, at + n), 9999))
        return false;
    *out = (long long)value;
    return true;
}

/* Days since 1970 of a day in the Gregorian calendar. */
static long long days_of(long long year, long long month, long long day)
{
    year -= month <= 2;
    const long long era = year / 400, of_era = year - era * 400;
    const long long of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static long long seconds_of(bw_slice date)
{
    long long year, month, day, hour, minute, second, off_hour = 0, off_minute = 0;
    if (!read_number(&year, date, 0, 4) || !read_number(&month, date, 5, 2) ||
        !read_number(&day, date, 8, 2) || !read_number(&hour, date, 11, 2) ||
        !read_number(&minute, date, 14, 2) || !read_number(&second, date, 17, 2) || year < 1970 ||
        month < 1 || month > 12)
        return 0;
    if (date.n >= 25) {
        if (!read_number(&off_hour, date, 20, 2) || !read_number(&off_minute, date, 23, 2))
            return 0;
        if (date.p[19] == '-')
            off_hour = -off_hour, off_minute = -off_minute;
    }
    return days_of(year, month, day) * 86400 + (hour - off_hour) * 3600 + (minute - off_minute) * 60 + second;
}

/* ---- events --------------------------------------------------------------------------------------------- */

static void hash(uint64_t *key, bw_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        *key = (*key ^ (unsigned char)bw_lower(text.p[i])) * UINT64_C(1099511628211);
    *key = (*key ^ 0x1F) * UINT64_C(1099511628211);
}

/* Which mail to whom: the Message-ID, else what the original tells of itself. */
static bool key_of(uint64_t *out, const struct bw_original *original, bw_slice recipient)
{
    *out = UINT64_C(14695981039346656037);
    if (!recipient.n || (!original->message_id.n && !(original->date.n && original->subject.n)))
        return false;
    hash(out, original->message_id.n ? original->message_id : original->subject);
    hash(out, original->message_id.n ? BW_NULL : original->date);
    hash(out, recipient);
    return true;
}

/* Room for one more of count; the keys that are there find their places anew. */
static bool make_room(struct slots *slots, size_t count, const struct bw_events *events,
                      uint64_t (*key)(const struct bw_events *, size_t))
{
    if (count * 2 < slots->size)
        return true;
    const size_t size = slots->size ? slots->size * 2 : 1024;
    uint32_t *items = calloc(size, sizeof *items);
    if (!items)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)key(events, i) & (size - 1);
        while (items[at])
            at = (at + 1) & (size - 1);
        items[at] = (uint32_t)i + 1;
    }
    free(slots->items);
    slots->items = items;
    slots->size = size;
    return true;
}

static uint64_t key_of_event(const struct bw_events *events, size_t i) { return events->all.items[i].key; }

static uint64_t key_of_name(const struct bw_events *events, size_t i)
{
    return bw_ihash(events->names.items[i]);
}

/* The event of that key; a new one where there is none, or where nothing tells which it is. NULL without memory. */
static struct event *event_at(struct bw_summary *summary, uint64_t key, bool keyed, bool *known)
{
    struct bw_events *events = summary->events;
    struct slots *slots = &events->event_slots;
    *known = false;
    if (events->all.count >= UINT32_MAX - 1 || !make_room(slots, events->all.count, events, key_of_event))
        return NULL;
    size_t at = (size_t)key & (slots->size - 1);
    for (; slots->items[at]; at = (at + 1) & (slots->size - 1)) {
        struct event *event = &events->all.items[slots->items[at] - 1];
        if (keyed && event->keyed && event->key == key) {
            *known = true;
            return event;
        }
    }
    struct event *event = bw_push(summary->arena, &events->all);
    if (event) {
        slots->items[at] = (uint32_t)events->all.count;
        event->key = key;
        event->keyed = keyed;
    }
    return event;
}

/* The number of a name, any case being one; 0 for none, or without memory. */
static name_id keep(struct bw_summary *summary, bw_slice text)
{
    struct bw_events *events = summary->events;
    struct slots *slots = &events->name_slots;
    if (!text.n || events->names.count >= UINT32_MAX - 1)
        return 0;
    if (!make_room(slots, events->names.count, events, key_of_name)) {
        bw_arena_fail(summary->arena);
        return 0;
    }
    size_t at = (size_t)bw_ihash(text) & (slots->size - 1);
    for (; slots->items[at]; at = (at + 1) & (slots->size - 1))
        if (bw_ieq(events->names.items[slots->items[at] - 1], text))
            return slots->items[at];
    bw_slice *name = bw_push(summary->arena, &events->names);
    if (!name)
        return 0;
    *name = bw_dup(summary->arena, text);
    slots->items[at] = (uint32_t)events->names.count;
    return slots->items[at];
}

static bw_slice name_of(const struct bw_summary *summary, name_id id)
{
    return id ? summary->events->names.items[id - 1] : BW_NULL;
}

/* A failure weighs more than a delay, an arrival after a delay too; of two failures the one with words. */
static bool replaces(const struct event *event, const struct bw_delivery *delivery, bool proven)
{
    if (event->action == BW_ACTION_DELAYED || event->action == BW_ACTION_NONE)
        return true;
    return delivery->action == BW_ACTION_FAILED &&
           (event->action != BW_ACTION_FAILED || (proven && !event->proven));
}

static bw_slice list_of(const struct bw_block *block)
{
    return block->list_name.n ? block->list_name : block->zone;
}

static void fill_event(struct event *event, struct bw_summary *summary, const struct bw_delivery *delivery,
                       bool proven)
{
    const bw_slice domain = bw_domain_of(delivery->recipient);
    event->action = (unsigned char)delivery->action;
    event->proven = proven;
    event->hard = bw_eq(delivery->disposition, BW_S("hard"));
    event->recipient = keep(summary, delivery->recipient);
    event->domain = keep(summary, domain);
    event->cause = keep(summary, delivery->cause);
    event->actor = keep(summary, delivery->actor);
    event->ip = event->list = event->list_status = event->zone = event->place = 0;
    if (!delivery->has_block || !bw_eq(delivery->disposition, BW_S("block")))
        return;
    event->ip = keep(summary, delivery->block.ip);
    event->list = keep(summary, list_of(&delivery->block));
    event->list_status = keep(summary, delivery->block.list_status);
    event->zone = keep(summary, delivery->block.zone);
    if (!event->list) /* its own list, then: another receiver's is another matter */
        event->place =
            keep(summary, delivery->remote_host.n ? bw_registered_part(delivery->remote_host) : domain);
}

/* Words decided, not a code or the mere name of a list. */
static bool is_proven(const struct bw_delivery *delivery)
{
    return delivery->rule.n && !bw_starts(delivery->rule, BW_S("code.")) &&
           !bw_starts(delivery->rule, BW_S("list.")) && delivery->diagnostic.n;
}

bw_status bw_summary_add(struct bw_summary *summary, const struct bw_result *result)
{
    summary->messages++;
    summary->kinds[result->kind]++;
    for (size_t i = 0; i < result->delivery_count; i++) {
        const struct bw_delivery *delivery = &result->deliveries[i];
        uint64_t key;
        bool known;
        if (result->kind != BW_KIND_BOUNCE && result->kind != BW_KIND_RECEIPT)
            continue;
        const bool keyed = key_of(&key, &result->original, delivery->recipient);
        struct event *event = event_at(summary, key, keyed, &known);
        if (!event)
            return BW_NO_MEMORY;
        summary->repeated += known;
        if (known && !replaces(event, delivery, is_proven(delivery)))
            continue;
        const long long date = seconds_of(result->date);
        if (!known || !event->date || (date && date < event->date))
            event->date = date;
        fill_event(event, summary, delivery, is_proven(delivery));
    }
    return bw_arena_failed(summary->arena) ? BW_NO_MEMORY : BW_OK;
}

/* ---- what is told --------------------------------------------------------------------------------------- */

static int by_bytes(bw_slice a, bw_slice b)
{
    const int order = memcmp(a.n ? a.p : "", b.n ? b.p : "", a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_count(const void *left, const void *right)
{
    const struct bw_tally *a = left, *b = right;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : by_bytes(a->name, b->name);
}

static void sort(bw_tallies *tallies)
{
    if (tallies->count)
        qsort(tallies->items, tallies->count, sizeof *tallies->items, by_count);
}

static void widen(long long *first, long long *last, long long date)
{
    if (!date)
        return;
    if (!*first || date < *first)
        *first = date;
    if (date > *last)
        *last = date;
}

static bool is_trouble(const struct event *event)
{
    return event->action == BW_ACTION_FAILED || event->action == BW_ACTION_DELAYED;
}

/* What of an event is counted; 0 for nothing. */
typedef name_id counted(const struct bw_summary *, const struct event *);

static name_id cause_of(const struct bw_summary *summary, const struct event *event)
{
    (void)summary;
    return event->cause;
}

static name_id list_of_event(const struct bw_summary *summary, const struct event *event)
{
    (void)summary;
    return event->list;
}

static name_id address_of(const struct bw_summary *summary, const struct event *event)
{
    (void)summary;
    return event->ip;
}

static name_id domain_of(const struct bw_summary *summary, const struct event *event)
{
    (void)summary;
    return event->domain;
}

static name_id dead_of(const struct bw_summary *summary, const struct event *event)
{
    const bool dead = event->proven && event->hard && event->action == BW_ACTION_FAILED;
    return dead && bw_eq(name_of(summary, event->cause), BW_S("user-unknown")) ? event->recipient : 0;
}

static name_id full_of(const struct bw_summary *summary, const struct event *event)
{
    const bool full = event->proven && event->action == BW_ACTION_FAILED;
    return full && bw_eq(name_of(summary, event->cause), BW_S("mailbox-full")) ? event->recipient : 0;
}

/* Counts over all events, most first. */
static void tally(struct bw_summary *summary, bw_tallies *out, counted *what)
{
    const struct bw_events *events = summary->events;
    uint32_t *counts = calloc(events->names.count + 1, sizeof *counts);
    if (!counts) {
        bw_arena_fail(summary->arena);
        return;
    }
    for (size_t i = 0; i < events->all.count; i++)
        if (is_trouble(&events->all.items[i]))
            counts[what(summary, &events->all.items[i])]++;
    for (size_t id = 1; id <= events->names.count; id++) {
        struct bw_tally *one = counts[id] ? bw_push(summary->arena, out) : NULL;
        if (one)
            *one = (struct bw_tally){name_of(summary, (name_id)id), counts[id]};
    }
    free(counts);
    sort(out);
}

/* Events of one finding stand together, and in it those of one domain. */
static int by_finding(const void *left, const void *right)
{
    const struct event *a = *(const struct event *const *)left, *b = *(const struct event *const *)right;
    const name_id of_a[] = {a->cause, a->actor, a->ip, a->list, a->place, a->domain};
    const name_id of_b[] = {b->cause, b->actor, b->ip, b->list, b->place, b->domain};
    for (size_t i = 0; i < sizeof of_a / sizeof *of_a; i++)
        if (of_a[i] != of_b[i])
            return of_a[i] < of_b[i] ? -1 : 1;
    return 0;
}

static bool same_finding(const struct event *a, const struct event *b)
{
    return a->cause == b->cause && a->actor == b->actor && a->ip == b->ip && a->list == b->list &&
           a->place == b->place;
}

static struct bw_finding_of_many *new_finding(struct bw_summary *summary, const struct event *event)
{
    struct bw_finding_of_many *one = bw_push(summary->arena, &summary->findings);
    if (one) {
        one->cause = name_of(summary, event->cause);
        one->actor = name_of(summary, event->actor);
        one->ip = name_of(summary, event->ip);
        one->list = name_of(summary, event->list);
        one->list_status = name_of(summary, event->list_status);
        one->zone = name_of(summary, event->zone);
        one->place = name_of(summary, event->place);
    }
    return one;
}

static void add_to_finding(struct bw_summary *summary, struct bw_finding_of_many *finding,
                           const struct event *event, bool same_domain)
{
    finding->count++;
    finding->delayed += event->action == BW_ACTION_DELAYED;
    widen(&finding->first, &finding->last, event->date);
    if (!event->domain)
        return;
    struct bw_tally *domain = same_domain && finding->domains.count
                                  ? &finding->domains.items[finding->domains.count - 1]
                                  : bw_push(summary->arena, &finding->domains);
    if (domain)
        *domain = (struct bw_tally){name_of(summary, event->domain), domain->count + 1};
}

static int by_weight(const void *left, const void *right)
{
    const struct bw_finding_of_many *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    const int cause = by_bytes(a->cause, b->cause), ip = by_bytes(a->ip, b->ip),
              list = by_bytes(a->list, b->list);
    const int place = by_bytes(a->place, b->place);
    return cause ? cause : ip ? ip : list ? list : place ? place : by_bytes(a->actor, b->actor);
}

static void find(struct bw_summary *summary)
{
    const struct bw_events *events = summary->events;
    const struct event **order = calloc(events->all.count + 1, sizeof *order);
    size_t n = 0;
    if (!order) {
        bw_arena_fail(summary->arena);
        return;
    }
    for (size_t i = 0; i < events->all.count; i++)
        if (is_trouble(&events->all.items[i]))
            order[n++] = &events->all.items[i];
    qsort(order, n, sizeof *order, by_finding);
    struct bw_finding_of_many *finding = NULL;
    for (size_t i = 0; i < n; i++) {
        const bool same = i && same_finding(order[i - 1], order[i]);
        if (!same)
            finding = new_finding(summary, order[i]);
        if (finding)
            add_to_finding(summary, finding, order[i], same && order[i - 1]->domain == order[i]->domain);
    }
    free(order);
    for (size_t i = 0; i < summary->findings.count; i++)
        sort(&summary->findings.items[i].domains);
    if (summary->findings.count)
        qsort(summary->findings.items, summary->findings.count, sizeof *summary->findings.items, by_weight);
}

bw_status bw_summary_close(struct bw_summary *summary)
{
    for (size_t i = 0; i < summary->events->all.count; i++) {
        const struct event *event = &summary->events->all.items[i];
        widen(&summary->first, &summary->last, event->date);
        summary->failed += event->action == BW_ACTION_FAILED;
        summary->delayed += event->action == BW_ACTION_DELAYED;
        summary->arrived += !is_trouble(event);
    }
    find(summary);
    tally(summary, &summary->causes, cause_of);
    tally(summary, &summary->lists, list_of_event);
    tally(summary, &summary->addresses, address_of);
    tally(summary, &summary->domains, domain_of);
    tally(summary, &summary->dead, dead_of);
    tally(summary, &summary->full, full_of);
    return bw_arena_failed(summary->arena) ? BW_NO_MEMORY : BW_OK;
}

bw_slice bw_summary_time(struct bw_time_text *text, long long seconds)
{
    struct tm parts;
    const time_t time = (time_t)seconds;
    text->bytes[0] = '\0';
    if (seconds && gmtime_r(&time, &parts))
        strftime(text->bytes, sizeof text->bytes, "%Y-%m-%dT%H:%M:%S+00:00", &parts);
    return bw_str(text->bytes);
}
