#include "report/group.h"

enum { LOCAL_PART_MIN = 3, STANDS_FOR_RECIPIENT = 1, FIELD_END = 2 };

static void put_field(struct bw_buf *key, bw_slice value)
{
    bw_putc(key, value.p ? '+' : '-');
    bw_put(key, value);
    bw_putc(key, FIELD_END);
}

/* name stands in text at from, with nothing around it that would make it part of a longer word. */
static bool is_whole_word(bw_slice text, size_t from, size_t n)
{
    const bool before = from > 0 && bw_is_alnum(text.p[from - 1]);
    const bool after = from + n < text.n && bw_is_alnum(text.p[from + n]);
    return !before && !after;
}

/* Appends text with every whole-word name in it replaced by one byte. */
static void put_without(struct bw_buf *out, bw_slice text, bw_slice name)
{
    size_t done = 0, at = 0;
    while (name.n > 0 && (at = bw_ifind(text, name, at)) != BW_NONE) {
        if (!is_whole_word(text, at, name.n)) {
            at++;
            continue;
        }
        bw_put(out, bw_sub(text, done, at));
        bw_putc(out, STANDS_FOR_RECIPIENT);
        at += name.n;
        done = at;
    }
    bw_put(out, bw_sub(text, done, text.n));
}

/* The words with the recipient taken out: the whole address first, then its local part alone. */
static void put_words(struct bw_buf *key, const struct bw_delivery *delivery)
{
    struct bw_buf without;
    bw_buf_init(&without, 0);
    put_without(&without, delivery->diagnostic, delivery->recipient);
    const size_t at = bw_find_byte(delivery->recipient, '@', 0);
    bw_slice local = at == BW_NONE ? BW_NULL : bw_sub(delivery->recipient, 0, at);
    if (local.n < LOCAL_PART_MIN)
        local = BW_NULL;
    put_without(key, bw_buf_slice(&without), local);
    bw_putc(key, FIELD_END);
    key->failed |= without.failed;
    bw_buf_clear(&without);
}

static void put_block(struct bw_buf *key, const struct bw_block *block)
{
    put_field(key, block->ip);
    put_field(key, block->ip_host);
    put_field(key, block->domain);
    put_field(key, block->zone);
    put_field(key, block->list_id);
    put_field(key, block->list_name);
    put_field(key, block->receiver_id);
    put_field(key, block->code);
    bw_putf(key, "%d%d", block->ip_masked, block->ip_from_route);
    for (size_t i = 0; i < block->url_count; i++)
        put_field(key, block->urls[i].url);
}

static bw_slice key_of(struct bw_arena *arena, const struct bw_delivery *delivery)
{
    struct bw_buf key;
    bw_buf_init(&key, 0);
    bw_putf(&key, "%d", (int)delivery->action);
    put_field(&key, delivery->cause);
    put_field(&key, delivery->rule);
    put_field(&key, delivery->variant);
    put_field(&key, delivery->actor);
    put_field(&key, delivery->reply);
    put_field(&key, delivery->status);
    put_field(&key, delivery->remote_host);
    if (delivery->has_block)
        put_block(&key, &delivery->block);
    put_words(&key, delivery);
    return bw_buf_take(&key, arena);
}

static struct bw_group *find_group(bw_groups *groups, struct bw_arena *arena,
                                   const struct bw_delivery *delivery)
{
    const bw_slice key = key_of(arena, delivery);
    const uint32_t hash = bw_ihash(key);
    for (size_t i = 0; i < groups->count; i++)
        if (groups->items[i].hash == hash && bw_eq(groups->items[i].key, key))
            return &groups->items[i];
    struct bw_group *group = bw_push(arena, groups);
    if (group)
        *group = (struct bw_group){.first = delivery, .key = key, .hash = hash};
    return group;
}

/* The recipient came just before, with the same verdict. */
static bool is_told_again(const struct bw_group *group, const struct bw_delivery *delivery)
{
    const size_t count = group->members.count;
    return count > 0 && delivery->recipient.n > 0 &&
           bw_eq(group->members.items[count - 1]->recipient, delivery->recipient);
}

void bw_group_deliveries(bw_groups *out, struct bw_arena *arena, const struct bw_result *result)
{
    for (size_t i = 0; i < result->delivery_count; i++) {
        struct bw_group *group = find_group(out, arena, &result->deliveries[i]);
        if (group && is_told_again(group, &result->deliveries[i]))
            continue;
        const struct bw_delivery **member = group ? bw_push(arena, &group->members) : NULL;
        if (!member)
            return;
        *member = &result->deliveries[i];
    }
}
