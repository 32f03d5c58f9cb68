/* A message that a mail program saved in its own form (MS-OXMSG): a compound file of properties, read by libgsf, which
 * is opened when the first is met. */
#include "input/internal.h"

#include "input/compound.h"
#include "input/mapi.h"
#include "input/mapi_text.h"

#include <stdio.h>
#include <string.h>

enum {
    DEPTH_MAX = 8,       /* messages in messages */
    STREAMS_MAX = 16384, /* read of one file, as streams may share their bytes */
    VALUE_BYTES = 16     /* of a property in the list of those with a fixed size */
};

/* The library's objects: a stream of bytes, or a folder of them, which is a stream, too. */
typedef void object;

/* A log handler of GLib. */
typedef void log_function(const char *domain, int level, const char *text, void *data);

/* The functions that we call, as version 114 of the library's interface has them; those of GLib come with it. Declared
 * here: its headers draw in GLib's, which need alloca, and that does not compile here (base/banned.h). */
struct functions {
    object *(*memory_new)(const unsigned char *bytes, int64_t n, int owned);
    object *(*msole_new)(object *stream, void **error);
    int (*num_children)(object *folder);
    const char *(*name_by_index)(object *folder, int i);
    object *(*child_by_index)(object *folder, int i);
    int64_t (*size)(object *stream);
    const unsigned char *(*read)(object *stream, size_t n, unsigned char *out);
    void (*unref)(void *);
    log_function *(*set_log)(log_function *, void *data);
};

/* One file being read. */
struct reader {
    struct functions call;
    struct bw_arena *arena; /* with the ceiling for everything */
    size_t streams;
    const char *why; /* NULL: nothing is wrong so far */
};

/* Names of the library where it may be found, the first that opens counting. */
static const char *const library_names[] = {"libgsf-1.so.114", "libgsf-1.so", "libgsf-1.114.dylib",
                                            "libgsf-1.dylib"};

static const char properties_name[] = "__properties_version1.0";

static bool bind(struct functions *call, void *library)
{
    const struct {
        void *function;
        const char *name;
    } wanted[] = {
        {&call->memory_new, "gsf_input_memory_new"},
        {&call->msole_new, "gsf_infile_msole_new"},
        {&call->num_children, "gsf_infile_num_children"},
        {&call->name_by_index, "gsf_infile_name_by_index"},
        {&call->child_by_index, "gsf_infile_child_by_index"},
        {&call->size, "gsf_input_size"},
        {&call->read, "gsf_input_read"},
        {&call->unref, "g_object_unref"},
        {&call->set_log, "g_log_set_default_handler"},
    };
    bool bound = true;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        bound = bw_library_bind(wanted[i].function, library, wanted[i].name) && bound;
    return bound;
}

/* GLib prints what it dislikes. We say it ourselves. */
static void ignore_log(const char *domain, int level, const char *text, void *data)
{
    (void)domain, (void)level, (void)text, (void)data;
}

/* The bytes of a stream; arena-owned. Unknown where they cannot be read. */
static bw_slice read_stream(struct reader *reader, object *stream)
{
    const int64_t size = reader->call.size(stream);
    if (++reader->streams > STREAMS_MAX) {
        reader->why = "holds more properties than can be read";
        return BW_NULL;
    }
    if (size <= 0)
        return BW_S("");
    const unsigned char *bytes = reader->call.read(stream, (size_t)size, NULL);
    if (!bytes) {
        reader->why = "is damaged: a property is cut off";
        return BW_NULL;
    }
    return bw_dup(reader->arena, (bw_slice){(const char *)bytes, (size_t)size});
}

/* "__substg1.0_0037001F" is property 0037 of type 001F. */
static bool read_name(uint16_t *id, uint16_t *type, bw_slice name)
{
    uint32_t number = 0;
    if (!bw_starts(name, BW_S("__substg1.0_")) || name.n != 20)
        return false;
    for (size_t i = 12; i < name.n; i++) {
        const int digit = bw_hex_value(name.p[i]);
        if (digit < 0)
            return false;
        number = number << 4 | (uint32_t)digit;
    }
    *id = (uint16_t)(number >> 16);
    *type = (uint16_t)(number & 0xFFFF);
    return true;
}

static void add_value(struct reader *reader, struct bw_mapi_bag *bag, struct bw_mapi_value value)
{
    struct bw_mapi_value *added = bw_push(reader->arena, bag);
    if (added)
        *added = value;
}

/* The properties with a fixed size (MS-OXMSG section 2.4), behind a header of so many bytes. */
static void read_fixed(struct reader *reader, struct bw_mapi_bag *bag, bw_slice list, size_t header)
{
    for (size_t at = header; at + VALUE_BYTES <= list.n; at += VALUE_BYTES) {
        const uint16_t type = (uint16_t)bw_little_endian(bw_sub(list, at, at + 2));
        const uint16_t id = (uint16_t)bw_little_endian(bw_sub(list, at + 2, at + 4));
        if ((type == BW_MAPI_INT32 || type == BW_MAPI_TIME) && bw_mapi_wants(id, type))
            add_value(reader, bag, (struct bw_mapi_value){id, type, bw_sub(list, at + 8, at + 16)});
    }
}

/* A child that is a property goes into the bag. */
static void read_property(struct reader *reader, struct bw_mapi_bag *bag, object *folder, int i,
                          size_t header)
{
    const bw_slice name = bw_str(reader->call.name_by_index(folder, i));
    const bool fixed = bw_eq(name, bw_str(properties_name));
    uint16_t id = 0, type = 0;
    if (!fixed && (!read_name(&id, &type, name) || !bw_mapi_wants(id, type)))
        return;
    object *stream = reader->call.child_by_index(folder, i);
    if (!stream) {
        reader->why = "is damaged: a property cannot be found";
        return;
    }
    const bw_slice bytes = read_stream(reader, stream);
    if (fixed)
        read_fixed(reader, bag, bytes, header);
    else if (bytes.p)
        add_value(reader, bag, (struct bw_mapi_value){id, type, bytes});
    reader->call.unref(stream);
}

static void read_bag(struct reader *reader, struct bw_mapi_bag *bag, object *folder, size_t header)
{
    const int count = reader->call.num_children(folder);
    for (int i = 0; i < count && !reader->why && !bw_arena_failed(reader->arena); i++)
        read_property(reader, bag, folder, i, header);
}

static void read_message(struct reader *reader, struct bw_mapi_message *message, object *folder,
                         unsigned depth);

/* The message in an attachment, which is a folder of that property's name (type 000D). */
static void read_embedded(struct reader *reader, struct bw_mapi_attachment *attachment, object *folder,
                          unsigned depth)
{
    const int count = reader->call.num_children(folder);
    for (int i = 0; i < count && !reader->why; i++) {
        const char *name = reader->call.name_by_index(folder, i);
        if (!name || strcmp(name, "__substg1.0_3701000D") != 0 || depth == DEPTH_MAX)
            continue;
        object *inner = reader->call.child_by_index(folder, i);
        if (!inner)
            continue;
        attachment->message = bw_new(reader->arena, struct bw_mapi_message);
        if (attachment->message && reader->call.num_children(inner) > 0)
            read_message(reader, attachment->message, inner, depth + 1);
        reader->call.unref(inner);
        return;
    }
}

/* A child that is a recipient or an attachment: a folder of properties. */
static void read_folder(struct reader *reader, struct bw_mapi_message *message, object *folder, int i,
                        unsigned depth)
{
    const bw_slice name = bw_str(reader->call.name_by_index(folder, i));
    const bool recipient = bw_starts(name, BW_S("__recip_version1.0_"));
    if (!recipient && !bw_starts(name, BW_S("__attach_version1.0_")))
        return;
    object *inner = reader->call.child_by_index(folder, i);
    if (!inner)
        return;
    struct bw_mapi_bag bag = {0};
    read_bag(reader, &bag, inner, 8);
    if (recipient) {
        struct bw_mapi_bag *added = bw_push(reader->arena, &message->recipients);
        if (added)
            *added = bag;
    } else {
        struct bw_mapi_attachment *added = bw_push(reader->arena, &message->attachments);
        if (added) {
            added->bag = bag;
            read_embedded(reader, added, inner, depth);
        }
    }
    reader->call.unref(inner);
}

static void read_message(struct reader *reader, struct bw_mapi_message *message, object *folder,
                         unsigned depth)
{
    const int count = reader->call.num_children(folder);
    read_bag(reader, &message->bag, folder, depth ? 24 : 32);
    for (int i = 0; i < count && !reader->why && !bw_arena_failed(reader->arena); i++)
        read_folder(reader, message, folder, i, depth);
}

/* The compound file is a message: other documents have no list of properties. */
static bool is_message(const struct reader *reader, object *root)
{
    const int count = reader->call.num_children(root);
    for (int i = 0; i < count; i++) {
        const char *name = reader->call.name_by_index(root, i);
        if (name && strcmp(name, properties_name) == 0)
            return true;
    }
    return false;
}

static enum bw_converted read_root(struct reader *reader, struct bw_buf *out, object *root, char *why)
{
    struct bw_mapi_message message = {0};
    if (!is_message(reader, root))
        return BW_CONVERT_OTHER;
    read_message(reader, &message, root, 0);
    if (!reader->why && !bw_arena_failed(reader->arena))
        bw_mapi_put_mail(out, reader->arena, &message);
    if (!reader->why && !bw_arena_failed(reader->arena) && !out->failed)
        return BW_CONVERTED;
    const bool full = bw_arena_at_limit(reader->arena);
    snprintf(why, BW_WHY_BYTES, "%s",
             reader->why ? reader->why
             : full      ? "unpacks to more than can be read"
                         : "out of memory");
    return BW_CONVERTED_NOT;
}

static enum bw_converted read_file(struct reader *reader, struct bw_buf *out, bw_slice bytes, char *why)
{
    enum bw_converted converted = BW_CONVERTED_NOT;
    snprintf(why, BW_WHY_BYTES, "is damaged: it is no whole compound file");
    object *memory = reader->call.memory_new((const unsigned char *)bytes.p, (int64_t)bytes.n, 0);
    object *root = memory ? reader->call.msole_new(memory, NULL) : NULL;
    if (root)
        converted = read_root(reader, out, root, why);
    if (root)
        reader->call.unref(root);
    if (memory)
        reader->call.unref(memory);
    return converted;
}

/* The name of the list of properties stands in the directory as UTF-16. Told without the library: other documents need
 * not load it. */
static bool may_be_message(bw_slice bytes)
{
    char wide[2 * sizeof properties_name];
    for (size_t i = 0; i < sizeof properties_name; i++) {
        wide[2 * i] = properties_name[i];
        wide[2 * i + 1] = '\0';
    }
    return bw_find(bytes, (bw_slice){wide, sizeof wide}, 0) != BW_NONE;
}

enum bw_converted bw_msg_read(struct bw_buf *out, bw_slice bytes, size_t limit, char *why)
{
    const char *wrong = bw_compound_check(bytes);
    if (!wrong && !may_be_message(bytes))
        return BW_CONVERT_OTHER;
    if (wrong) {
        snprintf(why, BW_WHY_BYTES, "%s", wrong);
        return BW_CONVERTED_NOT;
    }
    struct reader reader = {0};
    void *library = bw_library_open(library_names, sizeof library_names / sizeof *library_names, true);
    enum bw_converted converted = BW_CONVERT_LIBRARY;
    if (library && bind(&reader.call, library)) {
        reader.arena = bw_arena_new(limit);
        log_function *const before = reader.call.set_log(ignore_log, NULL);
        converted = BW_CONVERTED_NOT;
        snprintf(why, BW_WHY_BYTES, "out of memory");
        if (reader.arena)
            converted = read_file(&reader, out, bytes, why);
        reader.call.set_log(before, NULL);
        bw_arena_free(reader.arena);
    }
    bw_library_close(library);
    return converted;
}
