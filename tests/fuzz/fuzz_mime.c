/* The MIME stage on any bytes, with the limits that users have and with tight ones. Reading never fails, and what it
 * promises about the tree and its texts holds. */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* A line for a reader: well-formed, on one line, without NUL. */
static void require_line(bw_slice s)
{
    require(bw_utf8_valid(s) && bw_find_byte(s, '\n', 0) == BW_NONE && bw_find_byte(s, '\r', 0) == BW_NONE &&
            bw_find_byte(s, '\0', 0) == BW_NONE);
}

static void check_header(struct bw_arena *arena, const struct bw_header *header,
                         const struct bw_limits *limits)
{
    require(header->count <= limits->header_fields);
    for (size_t i = 0; i < header->count; i++) {
        const bw_slice raw = header->items[i].raw;
        require(header->items[i].name.n > 0);
        require_line(bw_decode_field(arena, raw));
        const bw_slice address = bw_address(arena, raw);
        require(!address.p || address.n > 0);
        const bw_slice date = bw_date(arena, raw);
        require(!date.p || date.n == strlen("2023-01-24T18:02:11+09:00"));
        bw_parameter(arena, raw, "filename");
    }
}

static void check_part(struct bw_message *message, struct bw_part *part, struct bw_arena *arena,
                       const struct bw_limits *limits)
{
    require(part->depth <= limits->mime_depth);
    require(part->type.n > 0 && part->subtype.n > 0);
    require(part->body.n <= part->whole.n);
    require(!part->parent || part->depth == part->parent->depth + 1);
    check_header(arena, &part->header, limits);
    const bw_slice text = bw_part_text(part, message, arena, limits);
    require(text.p && text.n <= limits->text_bytes && bw_utf8_valid(text));
    require(bw_find_byte(text, '\0', 0) == BW_NONE && bw_find_byte(text, '\r', 0) == BW_NONE);
    require(bw_part_bytes(part, message, arena).p != NULL);
    struct bw_part *owner = bw_part_message(part);
    require(owner && owner->depth <= part->depth);
    struct bw_part *inner;
    require(bw_mime_read_inner(&inner, message, arena, text, limits) == BW_OK);
}

static void run(bw_slice bytes, const struct bw_limits *limits)
{
    struct bw_arena *arena = bw_arena_new(0);
    struct bw_anomalies anomalies = {0};
    struct bw_message message;
    require(arena != NULL);
    require(bw_mime_read(&message, arena, bytes, limits, &anomalies) == BW_OK && message.root);
    size_t count = 0;
    for (struct bw_part *part = message.root; part; part = bw_part_next(part, message.root), count++)
        check_part(&message, part, arena, limits);
    require(count <= message.part_count);
    for (size_t i = 0; i < anomalies.count; i++)
        require(anomalies.items[i].offset == BW_NONE || anomalies.items[i].offset <= message.bytes.n);
    bw_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bw_limits limits;
    const bw_slice bytes = {(const char *)data, size};
    bw_limits_default(&limits);
    run(bytes, &limits);
    limits.header_fields = 4;
    limits.mime_parts = 6;
    limits.mime_depth = 3;
    limits.text_bytes = 50;
    run(bytes, &limits);
    return 0;
}
