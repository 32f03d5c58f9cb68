/* A part as text that can be read: the chain transfer encoding -> charset -> HTML or flowed -> line ends. */
#include "mime/internal.h"

/* Encoded and marked-up text takes up to so many times the room of what a reader sees. */
enum { OVERHEAD = 4, SNIFFED_BYTES = 4096 };

bw_slice bw_utf8_whole(bw_slice s, size_t limit)
{
    size_t n = s.n;
    if (n > limit)
        n = limit;
    /* At a cut: back over at most three continuation bytes to the lead byte, which goes too unless all of its
     * character is there. */
    size_t lead = n;
    while (lead > 0 && n - lead < 3 && ((unsigned char)s.p[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0 || (unsigned char)s.p[lead - 1] < 0xC0)
        return bw_sub(s, 0, n);
    const unsigned char c = (unsigned char)s.p[lead - 1];
    const size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    return bw_sub(s, 0, n - (lead - 1) < length ? lead - 1 : n);
}

/* Bytes that no text has: a picture or an archive, whatever its label says. NULs alone do not make it one (mail servers
 * put them into text), nor do the escape sequences of ISO-2022. */
static bool is_binary(bw_slice bytes)
{
    bytes = bw_sub(bytes, 0, SNIFFED_BYTES);
    if (bw_starts(bytes, BW_S("\xFF\xFE")) || bw_starts(bytes, BW_S("\xFE\xFF")))
        return false;
    size_t controls = 0, nuls = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        const unsigned char c = (unsigned char)bytes.p[i];
        nuls += c == 0;
        controls += c < 0x20 && c != 0 && !bw_is_space((char)c) && c != 0x1B && c != 0x0E && c != 0x0F;
    }
    return controls * 20 > bytes.n || (controls > 0 && (controls + nuls) * 5 > bytes.n);
}

/* Line ends as LF, NULs and a mark at the start dropped. "\r\r\n" is one line end: some software turns LF into CRLF
 * twice. */
static bw_slice with_plain_lines(struct bw_arena *arena, bw_slice s)
{
    if (bw_find_byte(s, '\r', 0) == BW_NONE && bw_find_byte(s, '\0', 0) == BW_NONE)
        return s;
    char *copy = bw_arena_alloc(arena, s.n);
    if (!copy)
        return BW_NULL;
    size_t n = 0, crs = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r') {
            crs++;
            continue;
        }
        for (; crs > 0 && s.p[i] != '\n'; crs--)
            copy[n++] = '\n';
        crs = 0;
        if (s.p[i] != '\0')
            copy[n++] = s.p[i];
    }
    for (; crs > 0; crs--)
        copy[n++] = '\n';
    return (bw_slice){copy, n};
}

/* ---- format=flowed (RFC 3676) --------------------------------------------------------------------------- */

/* Cuts the quote marks and the stuffed space off *line; returns how deep it is quoted. */
static size_t cut_quote(bw_slice *line)
{
    size_t depth = 0;
    while (depth < line->n && line->p[depth] == '>')
        depth++;
    size_t start = depth;
    if (start < line->n && line->p[start] == ' ')
        start++;
    *line = bw_sub(*line, start, line->n);
    return depth;
}

static bw_slice unflow(struct bw_arena *arena, bw_slice text, bool drop_space)
{
    struct bw_buf out;
    bw_slice line;
    bool open = false; /* the line before goes on */
    size_t open_depth = 0;
    bw_buf_init(&out, 0);
    while (bw_next_line(&line, &text)) {
        const size_t depth = cut_quote(&line);
        const bool signature = bw_eq(line, BW_S("-- "));
        if (open && (depth != open_depth || signature)) {
            bw_putc(&out, '\n');
            open = false;
        }
        for (size_t i = 0; !open && i < depth; i++)
            bw_putc(&out, '>');
        if (!open && depth && line.n)
            bw_putc(&out, ' ');
        const bool goes_on = line.n && line.p[line.n - 1] == ' ' && !signature;
        bw_put(&out, goes_on && drop_space ? bw_sub(line, 0, line.n - 1) : line);
        if (!goes_on)
            bw_putc(&out, '\n');
        open = goes_on;
        open_depth = depth;
    }
    if (open)
        bw_putc(&out, '\n');
    return bw_buf_take(&out, arena);
}

/* ---- parts ---------------------------------------------------------------------------------------------- */

/* Media types whose bytes nobody reads. */
static bool is_media(const struct bw_part *part)
{
    static const char *const types[] = {"image", "audio", "video", "font", "model"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (bw_part_is(part, types[i], "*"))
            return true;
    return false;
}

static bw_slice flatten(struct bw_arena *arena, const struct bw_part *part, bw_slice text, size_t limit)
{
    const bool is_text = bw_part_is(part, "text", "*");
    const bool html =
        bw_part_is(part, "text", "html") ? bw_has_tag(text) : is_text && bw_looks_like_html(text);
    if (html)
        return bw_html_text(arena, text, limit);
    if (!bw_part_is(part, "text", "plain"))
        return text;
    const bw_slice type = bw_header_raw(&part->header, "Content-Type");
    if (!bw_ieq(bw_parameter(arena, type, "format"), BW_S("flowed")))
        return text;
    return unflow(arena, text, bw_ieq(bw_parameter(arena, type, "delsp"), BW_S("yes")));
}

/* Rich text, whatever its label of several. */
static bool is_rtf(const struct bw_part *part, bw_slice bytes)
{
    const bool labelled = bw_part_is(part, "text", "rtf") || bw_part_is(part, "text", "richtext") ||
                          bw_part_is(part, "application", "rtf") || bw_part_is(part, "application", "x-rtf");
    return labelled && bw_looks_like_rtf(bytes);
}

static bw_slice flatten_rtf(const struct bw_part *part, const struct bw_mime *mime, struct bw_arena *scratch,
                            bw_slice bytes, size_t room)
{
    const char *odd = NULL;
    bool html = false;
    const bw_slice text = bw_rtf_text(&odd, &html, scratch, bytes, room);
    if (odd)
        bw_mime_odd(mime, odd, part->body.p);
    return html ? bw_html_text(scratch, text, room) : text;
}

/* The text, at most text_bytes of it; everything on the way to it lives in scratch. */
static bw_slice read_text(const struct bw_part *part, const struct bw_mime *mime, struct bw_arena *scratch)
{
    const size_t limit = mime->limits->text_bytes;
    const size_t room = limit > SIZE_MAX / OVERHEAD ? 0 : limit * OVERHEAD;
    const char *odd = NULL;
    const bw_slice bytes = bw_transfer_decode(scratch, part->body, part->encoding, room, &odd);
    if (odd)
        bw_mime_odd(mime, odd, part->body.p);
    const bool rtf = is_rtf(part, bytes);
    if (!rtf && is_binary(bytes)) {
        if (bw_part_is(part, "text", "*"))
            bw_mime_odd(mime, "binary data labelled as text", part->body.p);
        return BW_S("");
    }
    bw_slice charset = part->charset;
    if (!charset.p && bw_part_is(part, "text", "html"))
        charset = bw_html_charset(bytes);
    bw_slice text = rtf ? flatten_rtf(part, mime, scratch, bytes, room)
                        : with_plain_lines(scratch, bw_to_utf8(scratch, bytes, charset));
    text = with_plain_lines(scratch, rtf ? text : flatten(scratch, part, text, room));
    if (text.n > limit || (room && bytes.n == room))
        bw_mime_odd(mime, "text cut for its length", part->body.p);
    return bw_utf8_repair(scratch, text.n > limit ? bw_utf8_whole(text, limit) : text);
}

bw_slice bw_part_text(struct bw_part *part, struct bw_message *message, struct bw_arena *arena,
                      const struct bw_limits *limits)
{
    if (part->text_done)
        return part->text;
    part->text = BW_S("");
    part->text_done = true;
    if (part->child || bw_part_is(part, "multipart", "*") || is_media(part))
        return part->text;
    const struct bw_mime mime = {.arena = arena,
                                 .limits = limits,
                                 .anomalies = message->anomalies,
                                 .message = message,
                                 .origin = message->bytes};
    /* The steps between take several times the room of the text: none of it should count against the message. */
    struct bw_arena *scratch = bw_arena_new(0);
    bw_slice text = scratch ? read_text(part, &mime, scratch) : BW_NULL;
    if (!scratch || bw_arena_failed(scratch))
        bw_arena_alloc(arena, SIZE_MAX); /* marks it as failed, for the stage to see */
    else
        text = bw_dup(arena, text);
    bw_arena_free(scratch);
    if (text.p && !bw_arena_failed(arena))
        part->text = text;
    return part->text;
}

bw_slice bw_part_bytes(struct bw_part *part, struct bw_message *message, struct bw_arena *arena)
{
    const char *odd = NULL;
    const bw_slice bytes = bw_transfer_decode(arena, part->body, part->encoding, 0, &odd);
    if (odd)
        bw_anomaly_add(message->anomalies, arena, odd, BW_NONE);
    return bytes;
}
