/* Message boundaries of an mbox (RFC 4155, and what is found in the wild: mboxo, mboxrd, mboxcl, mboxcl2). */
#include "input/internal.h"

#include <string.h>

enum {
    FROM_BYTES = 1024,     /* a longer line begins no message */
    FIELD_BYTES = 256,     /* of the line behind it, what shows that it is a header field */
    SKIP_BYTES = 16 << 10, /* lines of a cut message's rest are looked at in pieces of this size */
    SEPARATOR_BYTES = 2,   /* the empty line between messages, which is none of the message's bytes */
    LENGTH_MISSES_MAX =
        16 /* wrong Content-Length fields until none is believed: each costs a message's size */
};

/* What is known of the message being read; offsets into what the window holds, the message beginning at 0. */
struct scan {
    struct bw_mbox *mbox;
    struct bw_window *window;
    size_t limit;     /* of the message and the empty line behind it */
    size_t pos;       /* start of the next line */
    size_t separator; /* start of the line before, where that was empty */
    size_t body;      /* behind the empty line that ends the header; BW_NONE in the header */
    size_t length;    /* Content-Length; BW_NONE without one */
    size_t landing;   /* the end of the message, as Content-Length has it and the file confirms; BW_NONE */
    bool quoted;      /* a line of the body begins with ">From " */
    bool unquoted;    /* a From_ line stands in the body: this mbox does not quote */
};

/* Offset behind the line that begins at pos, at most cap; BW_NONE where nothing is left. */
static size_t line_end(struct bw_window *window, char eol, size_t pos, size_t cap)
{
    for (size_t seen = pos;;) {
        const bw_slice held = bw_window_held(window);
        const size_t stop = held.n < cap ? held.n : cap;
        const size_t at = bw_find_byte(bw_sub(held, 0, stop), eol, seen);
        if (at != BW_NONE)
            return at + 1;
        seen = stop;
        if (stop == cap || !bw_window_fill(window, held.n + 1))
            return stop > pos ? stop : BW_NONE;
    }
}

/* line without its end. */
static bw_slice chomp(bw_slice line, char eol)
{
    if (line.n && line.p[line.n - 1] == eol)
        line.n--;
    if (eol == '\n' && line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

/* A name of RFC 5322 section 2.2 and a colon, perhaps with a space between them. */
static bool is_field(bw_slice line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] > 32 && line.p[n] < 127 && line.p[n] != ':')
        n++;
    const bool named = n > 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
        n++;
    return named && n < line.n && line.p[n] == ':';
}

/* A message begins at the start of rest: a From_ line, and behind it what a message can begin with. Prose that quotes
 * a From_ line is mostly followed by prose. */
static bool begins_message(bw_slice rest, char eol)
{
    if (!bw_starts(rest, BW_S("From ")))
        return false;
    const bw_slice line = bw_sub(rest, 0, FROM_BYTES);
    size_t end = bw_find_byte(line, eol, 0);
    if (end == BW_NONE && line.n < rest.n)
        return false;
    end = end == BW_NONE ? line.n : end + 1;
    if (!bw_is_from_line(chomp(bw_sub(rest, 0, end), eol)))
        return false;
    bw_slice next = bw_sub(rest, end, end + FIELD_BYTES);
    const size_t stop = bw_find_byte(next, eol, 0);
    next = chomp(bw_sub(next, 0, stop == BW_NONE ? next.n : stop), eol);
    return next.n == 0 || is_field(next) || bw_starts(next, BW_S("From ")) || bw_starts(next, BW_S(">From "));
}

/* The same for what the window holds at pos. */
static bool message_at(struct bw_window *window, char eol, size_t pos)
{
    if (!bw_window_fill(window, pos + 5) || bw_window_held(window).p[pos] != 'F')
        return false;
    bw_window_fill(window, pos + FROM_BYTES + FIELD_BYTES);
    const bw_slice held = bw_window_held(window);
    return begins_message(bw_sub(held, pos, held.n), eol);
}

bool bw_mbox_starts(size_t *skip, bw_slice head)
{
    bw_slice rest = head;
    if (bw_starts(rest, BW_S("\xEF\xBB\xBF")))
        rest = bw_sub(rest, 3, rest.n);
    while (rest.n && (rest.p[0] == '\r' || rest.p[0] == '\n'))
        rest = bw_sub(rest, 1, rest.n);
    bw_slice line, after = bw_sub(rest, 0, FROM_BYTES);
    *skip = head.n - rest.n;
    return bw_starts(rest, BW_S("From ")) && bw_next_line(&line, &after) && bw_is_from_line(line);
}

/* LF, unless the first line ends in a CR of its own. */
static char detect_eol(bw_slice held)
{
    const size_t cr = bw_find_byte(held, '\r', 0);
    if (cr == BW_NONE || cr + 1 >= held.n || held.p[cr + 1] == '\n')
        return '\n';
    return bw_find_byte(bw_sub(held, 0, cr), '\n', 0) == BW_NONE ? '\r' : '\n';
}

/* Remembers of a line what the lines behind it need. A returned message inside a part may begin with its From_ line:
 *     --delimiter / Content-Type: message/rfc822 / (empty) / From a@b Mon ... */
static void note_part(struct bw_mbox *mbox, bw_slice line)
{
    mbox->blank = line.n == 0;
    mbox->closed = line.n > 4 && bw_starts(line, BW_S("--")) && bw_iends(line, BW_S("--"));
    if (mbox->blank) {
        mbox->carried = mbox->part && mbox->carrier;
        mbox->part = mbox->carrier = false;
        return;
    }
    mbox->carried = false;
    if (line.n > 2 && line.p[0] == '-' && line.p[1] == '-') {
        mbox->part = true;
        mbox->carrier = false;
    } else if (mbox->part && bw_istarts(line, BW_S("content-type:"))) {
        const bw_slice type = bw_trim(bw_sub(line, 13, line.n));
        mbox->carrier = bw_istarts(type, BW_S("message/")) || bw_istarts(type, BW_S("text/rfc822"));
    }
}

/* Content-Length (mboxcl, mboxcl2) counts where it leads to the next From_ line or to the end, perhaps over the empty
 * lines that separate messages; anywhere else it was written for another form of the message. */
static void try_landing(struct scan *scan)
{
    struct bw_window *window = scan->window;
    if (scan->length == BW_NONE || scan->length > scan->limit - scan->body ||
        scan->mbox->length_misses >= LENGTH_MISSES_MAX)
        return;
    const size_t target = scan->body + scan->length;
    bw_window_fill(window, target + FROM_BYTES + FIELD_BYTES);
    const bw_slice held = bw_window_held(window);
    size_t pos = target;
    while (pos < held.n && pos < target + 4 && (held.p[pos] == '\r' || held.p[pos] == '\n'))
        pos++;
    const bool whole_line =
        target > 0 && target <= held.n && (held.p[target - 1] == scan->mbox->eol || pos > target);
    const bool lands =
        (pos == held.n && target <= held.n) || (whole_line && message_at(window, scan->mbox->eol, pos));
    if (lands)
        scan->landing = target;
    else
        scan->mbox->length_misses++;
}

/* A line of the header section; line without its end, next: offset behind it. */
static void note_header(struct scan *scan, bw_slice line, size_t next)
{
    unsigned long length;
    if (line.n == 0) {
        scan->body = next;
        try_landing(scan);
    } else if (bw_istarts(line, BW_S("content-length:")) &&
               bw_number(&length, bw_trim(bw_sub(line, 15, line.n)), (unsigned long)scan->limit)) {
        scan->length = (size_t)length;
    }
}

/* ">From ", ">>From " and so on. */
static bool is_quoted_from(bw_slice line)
{
    size_t signs = 0;
    while (signs < line.n && line.p[signs] == '>')
        signs++;
    return signs > 0 && bw_starts(bw_sub(line, signs, line.n), BW_S("From "));
}

/* Takes in the line from scan->pos to next. */
static void note_line(struct scan *scan, size_t next)
{
    const bw_slice held = bw_window_held(scan->window);
    const bw_slice line = chomp(bw_sub(held, scan->pos, next), scan->mbox->eol);
    if (line.n == 0)
        scan->separator = scan->pos;
    note_part(scan->mbox, line);
    scan->pos = next;
    if (scan->body == BW_NONE)
        note_header(scan, line, next);
    else if (line.n && line.p[0] == '>')
        scan->quoted = scan->quoted || is_quoted_from(line);
}

/* A From_ line stands at scan->pos behind an empty line, or behind the delimiter that closes a MIME body, and it begins
 * another message. */
static bool at_boundary(struct scan *scan)
{
    struct bw_mbox *mbox = scan->mbox;
    if ((!mbox->blank && !mbox->closed) || mbox->carried || !message_at(scan->window, mbox->eol, scan->pos))
        return false;
    if (scan->landing == BW_NONE)
        return true;
    scan->unquoted = true;
    return false;
}

/* Reads on to the end of the message and returns it; sets *next to where the window goes on. A message over the limit
 * ends there, with mbox->skipping set. */
static size_t find_end(struct scan *scan, size_t *next)
{
    struct bw_mbox *mbox = scan->mbox;
    for (;;) {
        if (scan->pos == scan->landing || at_boundary(scan))
            break;
        const size_t cap = scan->landing == BW_NONE ? scan->limit : scan->landing;
        if (scan->pos >= cap) {
            mbox->skipping = bw_window_fill(scan->window, scan->pos + 1);
            break;
        }
        const size_t end = line_end(scan->window, mbox->eol, scan->pos, cap);
        if (end == BW_NONE)
            break;
        mbox->mid_line = bw_window_held(scan->window).p[end - 1] != mbox->eol;
        note_line(scan, end);
    }
    *next = scan->pos;
    if (scan->landing != BW_NONE || mbox->skipping || !mbox->blank)
        return scan->pos;
    /* The empty line before a From_ line belongs to the mbox; the one that ends the header does not. */
    return scan->body != BW_NONE && scan->separator < scan->body ? scan->body : scan->separator;
}

/* Passes over the rest of a message that was cut, up to the next From_ line or the end. */
static void skip_rest(struct bw_mbox *mbox, struct bw_window *window)
{
    while (mbox->mid_line || (!mbox->blank && !mbox->closed) || mbox->carried ||
           !message_at(window, mbox->eol, 0)) {
        const size_t end = line_end(window, mbox->eol, 0, SKIP_BYTES);
        if (end == BW_NONE)
            break;
        const bw_slice line = bw_sub(bw_window_held(window), 0, end);
        if (!mbox->mid_line)
            note_part(mbox, chomp(line, mbox->eol));
        else if (!mbox->blank || line.p[0] != mbox->eol) /* not an empty line cut between CR and LF */
            mbox->blank = mbox->closed = mbox->carried = false;
        mbox->mid_line = line.p[end - 1] != mbox->eol;
        bw_window_skip(window, end);
    }
    mbox->skipping = false;
}

/* Takes one ">" off each ">From " line (mboxrd) in place; returns the new length. */
static size_t unquote(char *text, size_t n, char eol)
{
    size_t out = 0;
    for (size_t from = 0; from < n;) {
        const char *end = memchr(text + from, eol, n - from);
        const size_t next = end ? (size_t)(end - text) + 1 : n;
        if (text[from] == '>' && is_quoted_from((bw_slice){text + from, next - from}))
            from++;
        memmove(text + out, text + from, next - from);
        out += next - from;
        from = next;
    }
    return out;
}

/* Passes over what stands before a message: empty lines that Content-Length did not count, and the From_ line, which
 * may be there twice. False at the end of the mbox. */
static bool skip_from_line(struct bw_mbox *mbox, struct bw_window *window)
{
    for (;;) {
        if (!bw_window_fill(window, 1))
            return false;
        const char first = bw_window_held(window).p[0];
        if (first != '\r' && first != '\n')
            break;
        bw_window_skip(window, 1);
    }
    do
        bw_window_skip(window, line_end(window, mbox->eol, 0, FROM_BYTES));
    while (message_at(window, mbox->eol, 0));
    return true;
}

int bw_mbox_next(struct bw_input_message *out, struct bw_mbox *mbox, struct bw_window *window, size_t limit)
{
    if (!mbox->eol) {
        bw_window_fill(window, FROM_BYTES);
        mbox->eol = detect_eol(bw_window_held(window));
    }
    if (mbox->skipping)
        skip_rest(mbox, window);
    *mbox = (struct bw_mbox){.eol = mbox->eol, .length_misses = mbox->length_misses};
    const bool more = skip_from_line(mbox, window);
    struct scan scan = {.mbox = mbox,
                        .window = window,
                        .limit = limit + SEPARATOR_BYTES,
                        .body = BW_NONE,
                        .length = BW_NONE,
                        .landing = BW_NONE};
    size_t next = 0;
    size_t end = more && !window->error ? find_end(&scan, &next) : 0;
    if (window->error)
        return -1;
    if (!more)
        return 0;
    out->truncated = end > limit;
    end = out->truncated ? limit : end;
    bw_slice message = bw_sub(bw_window_held(window), 0, end);
    out->quoted_from = scan.quoted && !scan.unquoted && scan.body < end;
    if (out->quoted_from) {
        char *body = window->p + window->begin + scan.body;
        message.n = scan.body + unquote(body, end - scan.body, mbox->eol);
    }
    out->bytes = message;
    bw_window_skip(window, next);
    return 1;
}
