/* The tree of parts: RFC 2046 as it is met. */
#include "mime/internal.h"

#include "input/input.h"

/* RFC 2046 section 5.1.1 allows 70. */
enum { LONGEST_BOUNDARY = 250, PREAMBLE_LINES = 3 };

static void read_body(const struct bw_mime *mime, struct bw_part *part);

/* ---- one part ------------------------------------------------------------------------------------------- */

/* A new part below parent, behind last (NULL: the first); NULL at the limits or without memory. A message's first part
 * is always there. */
static struct bw_part *add_part(const struct bw_mime *mime, struct bw_part *parent, struct bw_part *last,
                                bw_slice whole)
{
    if (mime->message->part_count && mime->message->part_count >= mime->limits->mime_parts) {
        bw_mime_odd(mime, "too many parts", whole.p);
        return NULL;
    }
    if (parent && parent->depth >= mime->limits->mime_depth) {
        bw_mime_odd(mime, "parts nested too deeply", whole.p);
        return NULL;
    }
    struct bw_part *part = bw_new(mime->arena, struct bw_part);
    if (!part)
        return NULL;
    mime->message->part_count++;
    part->whole = part->body = whole;
    part->parent = parent;
    part->depth = parent ? parent->depth + 1 : 0;
    if (last)
        last->next = part;
    else if (parent)
        parent->child = part;
    return part;
}

static bw_slice lowered(struct bw_arena *arena, bw_slice s)
{
    char *copy = bw_arena_alloc(arena, s.n + 1);
    if (!copy)
        return BW_NULL;
    for (size_t i = 0; i < s.n; i++)
        copy[i] = bw_lower(s.p[i]);
    return (bw_slice){copy, s.n};
}

/* Cuts a token (RFC 2045 section 5.1) and the white space around it off *s. */
static bw_slice cut_token(bw_slice *s)
{
    *s = bw_trim(*s);
    size_t n = 0;
    while (n < s->n && (unsigned char)s->p[n] > ' ' && (unsigned char)s->p[n] < 0x7F &&
           bw_find_byte(BW_S("()<>@,;:\\\"/[]?="), s->p[n], 0) == BW_NONE)
        n++;
    const bw_slice token = bw_sub(*s, 0, n);
    *s = bw_trim(bw_sub(*s, n, s->n));
    return token;
}

/* "type/subtype" off the start of a Content-Type. False where it has none: the default holds (RFC 2045 section 5.2). */
static bool read_type(const struct bw_mime *mime, struct bw_part *part, bw_slice field)
{
    const bw_slice type = cut_token(&field);
    if (type.n == 0 || field.n == 0 || field.p[0] != '/')
        return false;
    field = bw_sub(field, 1, field.n);
    const bw_slice subtype = cut_token(&field);
    if (subtype.n == 0)
        return false;
    part->type = lowered(mime->arena, type);
    part->subtype = lowered(mime->arena, subtype);
    return true;
}

static enum bw_encoding read_encoding(bw_slice field)
{
    if (field.n && field.p[0] == '"')
        field = bw_sub(field, 1, field.n);
    if (bw_istarts(field, BW_S("quoted")))
        return BW_ENC_QUOTED_PRINTABLE;
    if (bw_istarts(field, BW_S("base64")) || bw_istarts(field, BW_S("base-64")))
        return BW_ENC_BASE64;
    return bw_istarts(field, BW_S("x-uu")) || bw_istarts(field, BW_S("uu")) ? BW_ENC_UUENCODE
                                                                            : BW_ENC_IDENTITY;
}

/* Fills the part from its header fields. */
static void describe(const struct bw_mime *mime, struct bw_part *part)
{
    struct bw_arena *arena = mime->arena;
    const bw_slice type = bw_unfold(arena, bw_header_raw(&part->header, "Content-Type"));
    const bw_slice disposition = bw_unfold(arena, bw_header_raw(&part->header, "Content-Disposition"));
    const bool digest =
        part->parent && bw_part_is(part->parent, "multipart", "digest"); /* RFC 2046 section 5.1.5 */
    part->type = digest ? BW_S("message") : BW_S("text");
    part->subtype = digest ? BW_S("rfc822") : BW_S("plain");
    part->type_given = type.p && read_type(mime, part, type);
    if (type.p && !part->type_given)
        bw_mime_odd(mime, "Content-Type without a type", part->whole.p);
    part->charset = bw_parameter(arena, type, "charset");
    part->boundary = bw_trim(bw_parameter(arena, type, "boundary"));
    part->encoding = read_encoding(bw_trim(bw_header_raw(&part->header, "Content-Transfer-Encoding")));
    part->attachment = bw_istarts(bw_trim(disposition), BW_S("attachment"));
    part->file_name = bw_parameter(arena, disposition, "filename");
    if (!part->file_name.p)
        part->file_name = bw_parameter(arena, type, "name");
    const bw_slice report = bw_parameter(arena, type, "report-type");
    if (report.p && bw_part_is(part, "multipart", "*"))
        part->report_type = lowered(arena, report);
}

/* ---- boundaries ----------------------------------------------------------------------------------------- */

/* line is "--boundary", with blanks or "--" behind it. */
static bool is_delimiter(bool *close, bw_slice line, bw_slice boundary)
{
    if (boundary.n == 0 || line.n < boundary.n + 2 || line.p[0] != '-' || line.p[1] != '-' ||
        !bw_starts(bw_sub(line, 2, line.n), boundary))
        return false;
    const bw_slice behind = bw_trim(bw_sub(line, 2 + boundary.n, line.n));
    *close = bw_eq(behind, BW_S("--"));
    return *close || behind.n == 0;
}

/* Moves *rest behind the next line that begins with "--". *line: that line. False where none is left. Looks for the
 * dashes instead of reading line by line: a nested body is gone over once for each level. */
static bool next_dashes(bw_slice *line, bw_slice *rest)
{
    for (size_t at = 0; (at = bw_find(*rest, BW_S("--"), at)) != BW_NONE; at++) {
        if (at > 0 && rest->p[at - 1] != '\n')
            continue;
        *rest = bw_sub(*rest, at, rest->n);
        return bw_next_line(line, rest);
    }
    return false;
}

/* The same for the next delimiter line. *close: it is the last one. */
static bool next_delimiter(bw_slice *line, bool *close, bw_slice *rest, bw_slice boundary)
{
    while (next_dashes(line, rest))
        if (is_delimiter(close, *line, boundary))
            return true;
    *rest = bw_sub(*rest, rest->n, rest->n);
    return false;
}

/* A line of "--xyz" in front of "Content-...:" is a delimiter whose boundary nobody told us. Its boundary; unknown for
 * any other line. rest: what follows the line. */
static bw_slice guess_from_line(bw_slice line, bw_slice rest)
{
    bw_slice next, name, value;
    if (!bw_starts(line, BW_S("--")) || line.n > LONGEST_BOUNDARY)
        return BW_NULL;
    const bw_slice boundary = bw_trim(bw_sub(line, 2, line.n));
    const bool begins_part = boundary.n && bw_next_line(&next, &rest) &&
                             bw_field_split(&name, &value, next) && bw_istarts(name, BW_S("content-"));
    return begins_part ? boundary : BW_NULL;
}

static bw_slice guess_boundary(bw_slice body)
{
    bw_slice line;
    while (next_dashes(&line, &body)) {
        const bw_slice boundary = guess_from_line(line, body);
        if (boundary.p)
            return boundary;
    }
    return BW_NULL;
}

/* The boundary of a multipart body that lost its Content-Type: only where the body begins with a delimiter, perhaps
 * behind a line that speaks of MIME. Further down it belongs to a quoted message. */
static bw_slice boundary_at_start(bw_slice body)
{
    bw_slice line;
    for (int lines = 0; lines < PREAMBLE_LINES && bw_next_line(&line, &body);) {
        const bw_slice boundary = guess_from_line(line, body);
        if (boundary.p)
            return boundary;
        if (bw_trim(line).n == 0)
            continue;
        if (bw_ifind(line, BW_S("MIME"), 0) == BW_NONE && bw_ifind(line, BW_S("multi-part"), 0) == BW_NONE)
            return BW_NULL;
        lines++;
    }
    return BW_NULL;
}

/* ---- multiparts ----------------------------------------------------------------------------------------- */

static void read_part(const struct bw_mime *mime, struct bw_part *part)
{
    bw_mime_header(&part->header, &part->body, mime, part->whole);
    describe(mime, part);
    read_body(mime, part);
}

/* The bytes from start up to the delimiter line, without the line end in front of it, which belongs to it. */
static bw_slice up_to(const char *start, bw_slice delimiter)
{
    bw_slice whole = {start, (size_t)(delimiter.p - start)};
    if (whole.n && whole.p[whole.n - 1] == '\n')
        whole.n--;
    if (whole.n && whole.p[whole.n - 1] == '\r')
        whole.n--;
    return whole;
}

/* Adds the part that follows a delimiter, up to the next one. False when there is no further part. */
static bool read_next_part(const struct bw_mime *mime, struct bw_part *parent, struct bw_part **last,
                           bw_slice *rest)
{
    const char *start = rest->p;
    bw_slice line;
    bool close = false;
    const bool ended = next_delimiter(&line, &close, rest, parent->boundary);
    const bw_slice whole =
        ended ? up_to(start, line) : (bw_slice){start, (size_t)(rest->p + rest->n - start)};
    if (!ended)
        bw_mime_odd(mime, "multipart without its end boundary", start);
    if (whole.n) {
        struct bw_part *part = add_part(mime, parent, *last, whole);
        if (!part)
            return false;
        *last = part;
        read_part(mime, part);
    }
    if (!ended || !close)
        return ended;
    /* A nested multipart with the same boundary ends here: the outer one may go on. */
    while (close && next_delimiter(&line, &close, rest, parent->boundary))
        continue;
    if (!close)
        bw_mime_odd(mime, "parts behind the end boundary", line.p);
    return !close;
}

/* body has something besides delimiter lines. */
static bool has_text(bw_slice body, bw_slice boundary)
{
    bw_slice line;
    bool close;
    while (bw_next_line(&line, &body))
        if (bw_trim(line).n && !is_delimiter(&close, line, boundary))
            return true;
    return false;
}

/* The whole body of a multipart that has no parts is read as one, so that its text is not lost. */
static void read_as_one_part(const struct bw_mime *mime, struct bw_part *parent)
{
    bw_mime_odd(mime, "multipart without parts", parent->whole.p);
    if (!has_text(parent->body, parent->boundary))
        return;
    struct bw_part *part = add_part(mime, parent, NULL, parent->body);
    if (!part)
        return;
    part->type = BW_S("text");
    part->subtype = BW_S("plain");
    part->encoding = parent->encoding;
}

/* Sets *rest behind the first delimiter line, with the boundary guessed where the one that was told is nowhere. False
 * where there is no delimiter at all. */
static bool find_first_part(const struct bw_mime *mime, struct bw_part *part, bw_slice *rest)
{
    bw_slice line;
    bool close = false;
    *rest = part->body;
    if (part->boundary.n > LONGEST_BOUNDARY)
        part->boundary = BW_NULL;
    if (next_delimiter(&line, &close, rest, part->boundary) && !close)
        return true;
    const bw_slice guess = guess_boundary(part->body);
    if (!guess.p)
        return false;
    bw_mime_odd(mime, part->boundary.n ? "boundary that does not match" : "multipart without a boundary",
                part->whole.p);
    part->boundary = guess;
    *rest = part->body;
    return next_delimiter(&line, &close, rest, guess);
}

static void read_multipart(const struct bw_mime *mime, struct bw_part *part)
{
    bw_slice rest;
    struct bw_part *last = NULL;
    if (find_first_part(mime, part, &rest))
        while (rest.n && read_next_part(mime, part, &last, &rest))
            continue;
    if (!part->child)
        read_as_one_part(mime, part);
}

/* ---- messages ------------------------------------------------------------------------------------------- */

/* The first piece of a message that stands in place of it (RFC 2046 section 5.2.2). A mail that is a piece itself has its
 * header outside. */
static bool holds_piece(const struct bw_part *part)
{
    return bw_part_is(part, "message", "partial") && part->parent &&
           bw_part_is(part->parent, "multipart", "*");
}

/* A message that a part holds: message/rfc822 and its kin, and the .eml files that people attach. */
static bool holds_message(const struct bw_part *part)
{
    return bw_part_is(part, "message", "rfc822") || bw_part_is(part, "message", "global") ||
           bw_part_is(part, "message", "news") || holds_piece(part) ||
           (bw_part_is(part, "application", "octet-stream") && bw_iends(part->file_name, BW_S(".eml")));
}

/* What may stand in front of a header: empty lines, a byte-order mark, the line between messages of an mbox. */
static bw_slice without_lead(bw_slice bytes)
{
    bw_slice line, rest = bytes;
    if (bw_starts(rest, BW_S("\xEF\xBB\xBF")))
        rest = bw_sub(rest, 3, rest.n);
    bytes = rest;
    while (bw_next_line(&line, &rest)) {
        const bool from_line = bw_starts(line, BW_S("From ")) || bw_starts(line, BW_S(">From "));
        if (bw_trim(line).n && !(from_line && bw_looks_like_header(rest)))
            break;
        bytes = rest;
    }
    return bytes;
}

/* Line ends as LF or CRLF where the mail has CRs of any other kind: alone (old Macintosh), or several in front of an
 * LF. */
static bw_slice without_bare_cr(const struct bw_mime *mime, bw_slice bytes)
{
    size_t at = 0;
    while ((at = bw_find_byte(bytes, '\r', at)) != BW_NONE && at + 1 < bytes.n && bytes.p[at + 1] == '\n')
        at++;
    if (at == BW_NONE)
        return bytes;
    bw_mime_odd(mime, "CR without LF", bytes.p + at);
    char *copy = bw_arena_alloc(mime->arena, bytes.n);
    if (!copy)
        return bytes;
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        const bool cr = bytes.p[i] == '\r', before_lf = i + 1 < bytes.n && bytes.p[i + 1] == '\n';
        const bool before_cr_lf = cr && i + 2 < bytes.n && bytes.p[i + 1] == '\r' && bytes.p[i + 2] == '\n';
        if (!before_cr_lf)
            copy[n++] = cr && !before_lf ? '\n' : bytes.p[i];
    }
    return (bw_slice){copy, n};
}

/* Fills part, a message, from its bytes. */
static void read_message(const struct bw_mime *mime, struct bw_part *part)
{
    part->no_header = !bw_looks_like_header(part->whole);
    if (!part->no_header)
        bw_mime_header(&part->header, &part->body, mime, part->whole);
    describe(mime, part);
    read_body(mime, part);
}

static void read_attached(const struct bw_mime *mime, struct bw_part *part)
{
    bw_slice bytes = part->body;
    if (part->encoding != BW_ENC_IDENTITY && !bw_looks_like_header(without_lead(bytes))) {
        const char *odd = NULL;
        bytes = bw_transfer_decode(mime->arena, bytes, part->encoding, 0, &odd);
        bw_mime_odd(mime, odd ? odd : "attached message with a transfer encoding", part->whole.p);
    }
    bytes = without_lead(without_bare_cr(mime, bytes));
    const bool by_label = bw_part_is(part, "message", "*") && !holds_piece(part);
    if (bytes.n == 0 || (!by_label && !bw_looks_like_header(bytes)))
        return;
    struct bw_part *inner = add_part(mime, part, NULL, bytes);
    if (inner)
        read_message(mime, inner);
}

/* ---- messages in another form -------------------------------------------------------------------------- */

/* A part that is labelled or named as a TNEF stream; its bytes may say otherwise. */
static bool may_be_tnef(const struct bw_part *part)
{
    return bw_part_is(part, "application", "ms-tnef") || bw_part_is(part, "application", "vnd.ms-tnef") ||
           (bw_part_is(part, "application", "octet-stream") && bw_iends(part->file_name, BW_S(".dat")));
}

/* The message that the part holds in another form, as RFC 5322 has it; arena-owned. Unknown where it holds none that can
 * be read. */
static bw_slice unpack(const struct bw_mime *mime, const struct bw_part *part)
{
    const size_t before = mime->message->unpacked_bytes, most = mime->limits->message_bytes;
    struct bw_arena *scratch = bw_arena_new(0);
    struct bw_buf mail;
    const char *odd = NULL;
    enum bw_unpacked unpacked = BW_UNPACK_NO_MEMORY;
    bw_buf_init(&mail, 0);
    if (scratch) {
        const bw_slice bytes = bw_transfer_decode(scratch, part->body, part->encoding, 0, &odd);
        if (!bw_arena_failed(scratch))
            unpacked = before < most ? bw_input_unpack(&mail, bytes, most - before) : BW_UNPACKED_NOT;
    }
    bw_arena_free(scratch);
    if (unpacked == BW_UNPACK_NO_MEMORY)
        bw_arena_fail(mime->arena);
    else if (unpacked == BW_UNPACKED_CUT)
        bw_mime_odd(mime, "damaged TNEF part", part->whole.p);
    else if (unpacked == BW_UNPACKED_NOT)
        bw_mime_odd(mime, "TNEF part that cannot be read", part->whole.p);
    const bool read = unpacked == BW_UNPACKED || unpacked == BW_UNPACKED_CUT;
    mime->message->unpacked_bytes += mail.n;
    const bw_slice bytes = read ? bw_buf_take(&mail, mime->arena) : BW_NULL;
    bw_buf_clear(&mail);
    return bytes;
}

/* The parts of a TNEF stream are those of the message that it stands in (MS-OXCMAIL section 2.1.3.4): its own header is
 * less than what the mail has. */
static void read_tnef(const struct bw_mime *mime, struct bw_part *part)
{
    const bw_slice mail = unpack(mime, part);
    struct bw_part inner = {.whole = mail, .body = mail};
    if (!mail.p)
        return;
    bw_mime_header(&inner.header, &inner.body, mime, mail);
    describe(mime, &inner);
    part->type = inner.type;
    part->subtype = inner.subtype;
    part->boundary = inner.boundary;
    part->report_type = inner.report_type;
    part->encoding = BW_ENC_IDENTITY;
    part->whole = mail;
    part->body = inner.body;
    part->unpacked = true;
    read_multipart(mime, part);
}

static void read_body(const struct bw_mime *mime, struct bw_part *part)
{
    if (!part->type_given && (!part->parent || holds_message(part->parent))) {
        const bw_slice boundary = boundary_at_start(part->body);
        if (boundary.p) {
            bw_mime_odd(mime, "MIME body without a MIME header", part->body.p);
            part->type = BW_S("multipart");
            part->subtype = BW_S("mixed");
            part->boundary = boundary;
        }
    }
    if (bw_part_is(part, "multipart", "*"))
        read_multipart(mime, part);
    else if (holds_message(part))
        read_attached(mime, part);
    else if (may_be_tnef(part))
        read_tnef(mime, part);
}

/* ---- whole messages ------------------------------------------------------------------------------------- */

static bw_status status_of(const struct bw_arena *arena)
{
    if (bw_arena_failed(arena))
        return bw_arena_at_limit(arena) ? BW_LIMIT : BW_NO_MEMORY;
    return BW_OK;
}

/* UTF-16, as a text editor saves it. Without a mark it shows by every other byte of its ASCII header being NUL. */
static bw_slice utf16_name(bw_slice bytes)
{
    enum { LOOKED_AT = 32 };
    if (bw_starts(bytes, BW_S("\xFF\xFE")) || bw_starts(bytes, BW_S("\xFE\xFF")))
        return bytes.p[0] == '\xFF' ? BW_S("UTF-16LE") : BW_S("UTF-16BE");
    size_t even = 0, odd = 0;
    for (size_t i = 0; i < LOOKED_AT && i < bytes.n; i++)
        *(i % 2 ? &odd : &even) += bytes.p[i] == '\0';
    if (bytes.n < LOOKED_AT || (even && odd) || even + odd < LOOKED_AT / 2)
        return BW_NULL;
    return odd ? BW_S("UTF-16LE") : BW_S("UTF-16BE");
}

bw_status bw_mime_read(struct bw_message *out, struct bw_arena *arena, bw_slice bytes,
                       const struct bw_limits *limits, struct bw_anomalies *anomalies)
{
    struct bw_mime mime = {
        .arena = arena, .limits = limits, .anomalies = anomalies, .message = out, .origin = bytes};
    *out = (struct bw_message){.anomalies = anomalies};
    const bw_slice utf16 = utf16_name(bytes);
    if (utf16.p) {
        bw_mime_odd(&mime, "message in UTF-16", bytes.p);
        bytes = bw_to_utf8(arena, bytes, utf16);
    }
    mime.origin = bytes = without_bare_cr(&mime, bytes);
    out->bytes = bytes;
    out->root = add_part(&mime, NULL, NULL, without_lead(bytes));
    if (out->root)
        read_message(&mime, out->root);
    return status_of(arena);
}

bw_status bw_mime_read_inner(struct bw_part **out_root, struct bw_message *message, struct bw_arena *arena,
                             bw_slice bytes, const struct bw_limits *limits)
{
    const struct bw_mime mime = {.arena = arena,
                                 .limits = limits,
                                 .anomalies = message->anomalies,
                                 .message = message,
                                 .origin = message->bytes};
    *out_root = NULL;
    bytes = without_lead(without_bare_cr(&mime, bytes));
    if (bw_looks_like_header(bytes))
        *out_root = add_part(&mime, NULL, NULL, bytes);
    if (*out_root)
        read_message(&mime, *out_root);
    return status_of(arena);
}

/* ---- walking -------------------------------------------------------------------------------------------- */

struct bw_part *bw_part_next(const struct bw_part *part, const struct bw_part *root)
{
    if (part->child)
        return part->child;
    while (part != root && !part->next)
        part = part->parent;
    return part == root ? NULL : part->next;
}

bool bw_part_is(const struct bw_part *part, const char *type, const char *subtype)
{
    return bw_eq(part->type, bw_str(type)) &&
           (bw_eq(bw_str(subtype), BW_S("*")) || bw_eq(part->subtype, bw_str(subtype)));
}

struct bw_part *bw_part_message(struct bw_part *part)
{
    while (part->parent && bw_part_is(part->parent, "multipart", "*"))
        part = part->parent;
    return part;
}
