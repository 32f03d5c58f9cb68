#include "mime/internal.h"

/* How many lines past a strange one are looked at to tell whether the fields go on. */
enum { LOOK_AHEAD = 4, LOOKS_LIKE_FIELDS = 60 };

/* "Status :" is a field (RFC 5322 section 4.5); what a program aligned in columns is none. */
enum { BLANKS_BEFORE_COLON = 2 };

/* A line at least this long may have been cut by software that forgot to indent the rest. */
enum { LONG_LINE = 40 };

static bool is_ftext(char c) { return (unsigned char)c > ' ' && (unsigned char)c < 0x7F && c != ':'; }

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool bw_field_split(bw_slice *name, bw_slice *value, bw_slice line)
{
    size_t end = 0;
    while (end < line.n && is_ftext(line.p[end]))
        end++;
    size_t colon = end;
    while (colon < line.n && is_blank(line.p[colon]))
        colon++;
    if (end == 0 || colon == line.n || line.p[colon] != ':' || colon - end > BLANKS_BEFORE_COLON)
        return false;
    *name = bw_sub(line, 0, end);
    *value = bw_sub(line, colon + 1, line.n);
    return true;
}

/* The line between two messages of an mbox, which some software leaves in front of (or quoted inside) a header. */
static bool is_from_line(bw_slice line)
{
    return bw_starts(line, BW_S("From ")) || bw_starts(line, BW_S(">From "));
}

/* ---- is it a header at all ----------------------------------------------------------------------------- */

/* Names (lower case) that only a mail's header has; a trailing '-' stands for all names that begin so. */
static const char *const mail_fields[] = {
    "received",
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "return-path",
    "mime-version",
    "content-",
    "delivered-to",
    "reply-to",
    "sender",
    "in-reply-to",
    "references",
    "resent-",
    "list-",
    "arc-",
    "dkim-",
    "domainkey-signature",
    "received-spf",
    "envelope-to",
    "auto-submitted",
    "precedence",
    "errors-to",
    "thread-",
    "importance",
    "x-mailer",
    "x-failed-recipients",
    "x-originating-ip",
    "x-received",
    "x-envelope-",
    "x-original-to",
    "x-spam-",
    "x-virus-",
    "organization",
    "apparently-to",
    "disposition-notification-to",
    "feedback-id",
    "x-autoreply",
};

static bool is_mail_field(bw_slice name)
{
    for (size_t i = 0; i < sizeof mail_fields / sizeof *mail_fields; i++) {
        const bw_slice known = bw_str(mail_fields[i]);
        if (known.p[known.n - 1] == '-' ? bw_istarts(name, known) : bw_ieq(name, known))
            return true;
    }
    return false;
}

bool bw_looks_like_header(bw_slice bytes)
{
    bw_slice line, name, value;
    bool first = true;
    for (int seen = 0; seen < LOOKS_LIKE_FIELDS && bw_next_line(&line, &bytes); first = false) {
        if (first && is_from_line(line))
            continue;
        if (!first && line.n && is_blank(line.p[0]))
            continue;
        if (!bw_field_split(&name, &value, line))
            return false;
        if (is_mail_field(name))
            return true;
        seen++;
    }
    return false;
}

/* Letters, digits and hyphens. RFC 5322 allows more, but what uses it is the middle of a sentence or of a folded
 * value: "06:05:14 +0000", "h=From:To;", "<user@example.com>: no such user". */
static bool is_usual_name(bw_slice name)
{
    enum { LONGEST_NAME = 76 };
    for (size_t i = 0; i < name.n; i++)
        if (!bw_is_alnum(name.p[i]) && bw_find_byte(BW_S("-_./+"), name.p[i], 0) == BW_NONE)
            return false;
    return name.n <= LONGEST_NAME && bw_is_alpha(name.p[0]);
}

/* A field beyond reasonable doubt: nothing of the address in front of the colon in "https://...". */
static bool is_sure_field(bw_slice line)
{
    bw_slice name, value;
    return bw_field_split(&name, &value, line) && is_usual_name(name) &&
           (value.n == 0 || is_blank(value.p[0]) || is_mail_field(name));
}

/* ---- reading ------------------------------------------------------------------------------------------- */

struct reader {
    const struct bw_mime *mime;
    struct bw_header *out;
    struct bw_field *last; /* field that a continuation line belongs to; NULL where it is passed over */
    size_t last_length;    /* of the line before */
    char last_byte;        /* of the line before */
    bool full;
};

static void add_field(struct reader *reader, bw_slice name, bw_slice value)
{
    reader->last = NULL;
    if (reader->out->count >= reader->mime->limits->header_fields) {
        if (!reader->full)
            bw_mime_odd(reader->mime, "too many header fields", name.p);
        reader->full = true;
        return;
    }
    reader->last = bw_push(reader->mime->arena, reader->out);
    if (reader->last)
        *reader->last = (struct bw_field){name, bw_trim(value)};
}

static void extend_field(struct reader *reader, bw_slice line)
{
    if (!reader->last)
        return;
    bw_slice *raw = &reader->last->raw;
    if (raw->n == 0)
        *raw = bw_trim(line);
    else
        *raw = bw_trim((bw_slice){raw->p, (size_t)(line.p + line.n - raw->p)});
}

enum ahead { FIELD_AHEAD, END_AHEAD, TEXT_AHEAD };

/* What the lines that follow a strange one look like. */
static enum ahead look_ahead(bw_slice rest)
{
    bw_slice line;
    for (int i = 0; i < LOOK_AHEAD;) {
        if (!bw_next_line(&line, &rest) || line.n == 0)
            return END_AHEAD;
        if (is_sure_field(line))
            return FIELD_AHEAD;
        i += !is_blank(line.p[0]);
    }
    return TEXT_AHEAD;
}

/* The line before looks cut, or this one looks like the middle of a sentence. */
static bool goes_on(const struct reader *reader, bw_slice line)
{
    const char before = reader->last_byte, c = line.p[0];
    return reader->last &&
           (reader->last_length >= LONG_LINE || before == ';' || before == ',' || before == ':' ||
            before == '-' || (c >= 'a' && c <= 'z') || bw_is_digit(c) || c == '(' || c == '<');
}

/* A line that is no field, no fold and not empty. False when the header ends in front of it. */
static bool read_strange_line(struct reader *reader, bw_slice line, bw_slice rest)
{
    if (is_from_line(line)) {
        reader->last = NULL;
        return true;
    }
    const enum ahead ahead = look_ahead(rest);
    const bool more = goes_on(reader, line);
    if (ahead == TEXT_AHEAD || (ahead == END_AHEAD && !more)) {
        if (reader->out->count)
            bw_mime_odd(reader->mime, "no empty line after the header", line.p);
        return false;
    }
    if (more) {
        bw_mime_odd(reader->mime, "header field folded without indentation", line.p);
        extend_field(reader, line);
    } else {
        bw_mime_odd(reader->mime, "line in the header that is no field", line.p);
        reader->last = NULL;
    }
    return true;
}

/* False when the header ends; *rest then begins with what follows. */
static bool read_line(struct reader *reader, bw_slice *rest)
{
    const bw_slice before = *rest;
    bw_slice line, name, value;
    if (!bw_next_line(&line, rest) || line.n == 0)
        return false;
    if (bw_field_split(&name, &value, line) && is_usual_name(name)) {
        add_field(reader, name, value);
    } else if (is_blank(line.p[0]) && reader->out->count + reader->full) {
        /* A line of blanks alone is an obsolete fold (RFC 5322 section 4.2) or the end, as editors leave it. */
        if (bw_trim(line).n == 0 && look_ahead(*rest) != FIELD_AHEAD)
            return false;
        extend_field(reader, line);
    } else if (!read_strange_line(reader, line, *rest)) {
        *rest = before;
        return false;
    }
    reader->last_length = line.n;
    reader->last_byte = line.p[line.n - 1];
    return true;
}

void bw_mime_header(struct bw_header *out, bw_slice *rest, const struct bw_mime *mime, bw_slice bytes)
{
    struct reader reader = {.mime = mime, .out = out};
    *out = (struct bw_header){0};
    *rest = bytes;
    while (read_line(&reader, rest))
        continue;
}

bw_status bw_header_read(struct bw_header *out, bw_slice *rest, struct bw_arena *arena, bw_slice bytes,
                         const struct bw_limits *limits, struct bw_anomalies *anomalies)
{
    const struct bw_mime mime = {.arena = arena, .limits = limits, .anomalies = anomalies, .origin = bytes};
    bw_mime_header(out, rest, &mime, bytes);
    if (bw_arena_failed(arena))
        return bw_arena_at_limit(arena) ? BW_LIMIT : BW_NO_MEMORY;
    return BW_OK;
}

bw_slice bw_header_raw(const struct bw_header *header, const char *name)
{
    const bw_slice wanted = bw_str(name);
    for (size_t i = 0; i < header->count; i++)
        if (bw_ieq(header->items[i].name, wanted))
            return header->items[i].raw;
    return BW_NULL;
}

bw_slice bw_header_text(struct bw_arena *arena, const struct bw_header *header, const char *name)
{
    return bw_decode_field(arena, bw_header_raw(header, name));
}
