/* A message as mail programs of one kind send it to their like (MS-OXTNEF), which others see as "winmail.dat": a list
 * of attributes, some of which are lists of properties. Read here: the library that there is prints what it dislikes,
 * and passes over the recipients that a report speaks of. */
#include "input/internal.h"

#include "input/mapi.h"
#include "input/mapi_text.h"

#include <stdio.h>

/* Attributes (MS-OXTNEF section 2.1.3.2), with their type above. */
enum {
    SUBJECT = 0x00018004,
    MESSAGE_CLASS = 0x00078008,
    BODY = 0x0002800C,
    ATTACH_DATA = 0x0006800F,
    ATTACH_TITLE = 0x00018010,
    ATTACH_BEGIN = 0x00069002,
    MESSAGE_PROPERTIES = 0x00069003,
    RECIPIENTS = 0x00069004,
    ATTACH_PROPERTIES = 0x00069005,
    CODE_PAGE = 0x00069007
};

enum {
    DEPTH_MAX = 8, /* messages in messages */
    OBJECT =
        0x000D, /* a property that is a message or the like, behind 16 bytes that say which interface it has */
    OBJECT_HEADER = 16,
    GUID_BYTES = 16,
    MULTIPLE = 0x1000, /* the type of a property with several values */
    NAMED = 0x8000     /* the first identifier of properties that have a name besides */
};

/* One stream being read. */
struct reader {
    struct bw_arena *arena; /* with the ceiling for everything */
    bool cut;               /* something says that it is longer than what is there */
};

bool bw_is_tnef(bw_slice head) { return bw_starts(head, BW_S("\x78\x9F\x3E\x22")); }

/* Cuts n bytes off *rest. */
static bw_slice take(struct reader *reader, bw_slice *rest, size_t n)
{
    if (n > rest->n) {
        reader->cut = true;
        n = rest->n;
    }
    const bw_slice taken = bw_sub(*rest, 0, n);
    *rest = bw_sub(*rest, n, rest->n);
    return taken;
}

static uint32_t take_number(struct reader *reader, bw_slice *rest, size_t n)
{
    return (uint32_t)bw_little_endian(take(reader, rest, n));
}

/* A length and so many bytes, filled up to a multiple of four. */
static bw_slice take_counted(struct reader *reader, bw_slice *rest)
{
    const size_t n = take_number(reader, rest, 4);
    const bw_slice taken = take(reader, rest, n);
    take(reader, rest, n % 4 ? 4 - n % 4 : 0);
    return taken;
}

static void add_value(const struct reader *reader, struct bw_mapi_bag *bag, uint16_t id, uint16_t type,
                      bw_slice bytes)
{
    struct bw_mapi_value *added = bw_push(reader->arena, bag);
    if (added)
        *added = (struct bw_mapi_value){id, type, bytes};
}

/* Bytes that a value of the type takes; 0: its length stands before it. */
static size_t fixed_bytes(unsigned type)
{
    switch (type) {
    case BW_MAPI_STRING8:
    case BW_MAPI_STRING:
    case BW_MAPI_BINARY:
    case OBJECT:
        return 0;
    case 0x0005: /* floating point */
    case 0x0006: /* currency */
    case 0x0007: /* a time, the old way */
    case 0x0014: /* eight bytes of integer */
    case BW_MAPI_TIME:
        return 8;
    case 0x0048: /* a GUID */
        return GUID_BYTES;
    default: /* shorter ones are filled up */
        return 4;
    }
}

/* The name of a property that has one: a number or text. Nothing that we look at has. */
static void skip_name(struct reader *reader, bw_slice *rest)
{
    take(reader, rest, GUID_BYTES);
    if (take_number(reader, rest, 4) == 0)
        take(reader, rest, 4);
    else
        take_counted(reader, rest);
}

/* One property: its first value goes into the bag, or is a message, which *object gets. */
static void read_property(struct reader *reader, struct bw_mapi_bag *bag, bw_slice *object, bw_slice *rest)
{
    const uint16_t type = (uint16_t)take_number(reader, rest, 2);
    const uint16_t id = (uint16_t)take_number(reader, rest, 2);
    const unsigned single = type & ~(unsigned)MULTIPLE;
    const size_t n = fixed_bytes(single);
    if (id >= NAMED)
        skip_name(reader, rest);
    const size_t count = n && single == type ? 1 : take_number(reader, rest, 4);
    for (size_t i = 0; i < count && !reader->cut; i++) {
        const bw_slice value = n ? take(reader, rest, n) : take_counted(reader, rest);
        if (reader->cut || i > 0)
            continue;
        if (type == OBJECT && id == BW_MAPI_ATTACH_DATA && object)
            *object = bw_sub(value, OBJECT_HEADER, value.n);
        else if (bw_mapi_wants(id, type))
            add_value(reader, bag, id, type, value);
    }
}

/* A list of properties, which *rest stands at. */
static void read_bag(struct reader *reader, struct bw_mapi_bag *bag, bw_slice *object, bw_slice *rest)
{
    const size_t count = take_number(reader, rest, 4);
    for (size_t i = 0; i < count && !reader->cut && !bw_arena_failed(reader->arena); i++)
        read_property(reader, bag, object, rest);
}

static void read_recipients(struct reader *reader, struct bw_mapi_message *message, bw_slice rest)
{
    const size_t count = take_number(reader, &rest, 4);
    for (size_t i = 0; i < count && !reader->cut; i++) {
        struct bw_mapi_bag *added = bw_push(reader->arena, &message->recipients);
        if (!added)
            return;
        read_bag(reader, added, NULL, &rest);
    }
}

static void read_message(struct reader *reader, struct bw_mapi_message *message, bw_slice rest,
                         unsigned depth);

/* An attribute of the last attachment. */
static void read_attachment(struct reader *reader, struct bw_mapi_message *message, uint32_t id,
                            bw_slice data, unsigned depth)
{
    if (id == ATTACH_BEGIN)
        bw_push(reader->arena, &message->attachments);
    if (id == ATTACH_BEGIN || message->attachments.count == 0)
        return;
    struct bw_mapi_attachment *last = &message->attachments.items[message->attachments.count - 1];
    if (id == ATTACH_TITLE)
        add_value(reader, &last->bag, BW_MAPI_ATTACH_NAME, BW_MAPI_STRING8, data);
    else if (id == ATTACH_DATA)
        add_value(reader, &last->bag, BW_MAPI_ATTACH_DATA, BW_MAPI_BINARY, data);
    if (id != ATTACH_PROPERTIES)
        return;
    bw_slice object = BW_NULL;
    read_bag(reader, &last->bag, &object, &data);
    if (!bw_is_tnef(object) || depth == DEPTH_MAX || last->message)
        return;
    last->message = bw_new(reader->arena, struct bw_mapi_message);
    if (last->message)
        read_message(reader, last->message, object, depth + 1);
}

/* The class under today's name; the first programs had others (MS-OXTNEF section 2.1.3.3.3). */
static bw_slice class_of(bw_slice data)
{
    const size_t end = bw_find_byte(data, '\0', 0);
    const bw_slice class = bw_sub(data, 0, end);
    return bw_iends(class, BW_S(".Non-Delivery")) ? BW_S("REPORT.IPM.Note.NDR") : class;
}

/* An attribute of the message. */
static void read_attribute(struct reader *reader, struct bw_mapi_message *message, uint32_t id, bw_slice data)
{
    struct bw_mapi_bag *bag = &message->bag;
    if (id == SUBJECT)
        add_value(reader, bag, BW_MAPI_SUBJECT, BW_MAPI_STRING8, data);
    else if (id == BODY)
        add_value(reader, bag, BW_MAPI_BODY, BW_MAPI_STRING8, data);
    else if (id == MESSAGE_CLASS)
        add_value(reader, bag, BW_MAPI_MESSAGE_CLASS, BW_MAPI_STRING8, class_of(data));
    else if (id == CODE_PAGE)
        add_value(reader, bag, BW_MAPI_MESSAGE_CODE_PAGE, BW_MAPI_INT32, data);
    else if (id == MESSAGE_PROPERTIES)
        read_bag(reader, bag, NULL, &data);
    else if (id == RECIPIENTS)
        read_recipients(reader, message, data);
}

/* All attributes behind the signature and the key. Their checksums are not looked at: lengths are. */
static void read_message(struct reader *reader, struct bw_mapi_message *message, bw_slice rest,
                         unsigned depth)
{
    take(reader, &rest, 6);
    while (rest.n && !reader->cut && !bw_arena_failed(reader->arena)) {
        const uint32_t level = take_number(reader, &rest, 1);
        const uint32_t id = take_number(reader, &rest, 4);
        const bw_slice data = take(reader, &rest, take_number(reader, &rest, 4));
        take(reader, &rest, 2);
        if (reader->cut)
            return;
        if (level == 1)
            read_attribute(reader, message, id, data);
        else
            read_attachment(reader, message, id, data, depth);
    }
}

enum bw_converted bw_tnef_read(struct bw_buf *out, bw_slice bytes, size_t limit, char *why)
{
    struct reader reader = {.arena = bw_arena_new(limit)};
    struct bw_mapi_message message = {0};
    if (reader.arena)
        read_message(&reader, &message, bytes, 0);
    const bool whole = reader.arena && !reader.cut && !bw_arena_failed(reader.arena);
    if (whole)
        bw_mapi_put_mail(out, reader.arena, &message);
    const bool done = whole && !bw_arena_failed(reader.arena) && !out->failed;
    if (!done)
        snprintf(why, BW_WHY_BYTES, "%s",
                 reader.cut                                        ? "is damaged: an attribute is cut off"
                 : reader.arena && bw_arena_at_limit(reader.arena) ? "unpacks to more than can be read"
                                                                   : "out of memory");
    bw_arena_free(reader.arena);
    return done ? BW_CONVERTED : BW_CONVERTED_NOT;
}

enum bw_unpacked bw_input_unpack(struct bw_buf *out, bw_slice bytes, size_t limit)
{
    if (!bw_is_tnef(bytes))
        return BW_UNPACK_OTHER;
    struct reader reader = {.arena = bw_arena_new(limit)};
    struct bw_mapi_message message = {0};
    struct bw_buf mail;
    bw_buf_init(&mail, limit);
    if (reader.arena)
        read_message(&reader, &message, bytes, 0);
    const bool empty =
        message.bag.count == 0 && message.recipients.count == 0 && message.attachments.count == 0;
    if (reader.arena && !bw_arena_failed(reader.arena) && !empty)
        bw_mapi_put_mail(&mail, reader.arena, &message);
    const bool failed = !reader.arena || bw_arena_failed(reader.arena) || mail.failed;
    const bool large = mail.truncated || (reader.arena && bw_arena_at_limit(reader.arena));
    if (!failed && !large)
        bw_put(out, bw_buf_slice(&mail));
    bw_arena_free(reader.arena);
    bw_buf_clear(&mail);
    if (large || (empty && !failed))
        return BW_UNPACKED_NOT;
    if (failed || out->failed)
        return BW_UNPACK_NO_MEMORY;
    return reader.cut ? BW_UNPACKED_CUT : BW_UNPACKED;
}
