/* Notices that a person passed on as text: quoted, indented, or their whole source below a few words. */
#include "delivery/internal.h"

enum {
    QUOTED_SHARE = 2,  /* one line in so many begins with ">": the text is a quotation */
    QUOTED_LINES = 3,  /* and at least so many do, or every one of several */
    INDENT_LEAST = 2,  /* less than that is the notice's own */
    WRAP_LEAST = 40,   /* columns at which text is wrapped: no less ... */
    WRAP_MOST = 80,    /* ... and no more */
    SOURCE_FIELDS = 3, /* so many header fields in a row make a source */
};

bw_slice bw_unquote(struct bw_context *context, bw_slice body)
{
    size_t lines = 0, quoted = 0;
    bw_slice rest = body, line;
    while (bw_next_line(&line, &rest)) {
        lines += bw_trim(line).n > 0;
        quoted += bw_starts(line, BW_S(">"));
    }
    const bool all = quoted == lines && quoted > 1;
    if (!all && (quoted < QUOTED_LINES || quoted < lines / QUOTED_SHARE))
        return body;
    struct bw_buf buf;
    bw_buf_init(&buf, context->limits->text_bytes);
    for (rest = body; bw_next_line(&line, &rest);) {
        /* "> >>> RCPT": the three are a session's mark of what was sent, no deeper quotation. */
        bool spaced = false;
        while (bw_starts(line, BW_S(">")) && !(spaced && bw_starts(line, BW_S(">>> ")))) {
            spaced = bw_starts(line, BW_S("> "));
            line = bw_sub(line, spaced ? 2 : 1, line.n);
        }
        bw_put(&buf, line);
        bw_putc(&buf, '\n');
    }
    return bw_buf_take(&buf, context->arena);
}

static size_t indentation(bw_slice line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
        n++;
    return n;
}

bw_slice bw_dedent(struct bw_context *context, bw_slice body)
{
    size_t least = BW_NONE;
    bw_slice rest = body, line;
    while (bw_next_line(&line, &rest))
        if (bw_trim(line).n && indentation(line) < least)
            least = indentation(line);
    if (least == BW_NONE || least < INDENT_LEAST)
        return body;
    struct bw_buf buf;
    bw_buf_init(&buf, context->limits->text_bytes);
    for (rest = body; bw_next_line(&line, &rest);) {
        bw_put(&buf, bw_sub(line, least, line.n));
        bw_putc(&buf, '\n');
    }
    return bw_buf_take(&buf, context->arena);
}

/* Display columns would be more exact; wrapped text of wide letters is left as it is. */
static size_t longest_line(bw_slice text)
{
    size_t longest = 0;
    bw_slice line;
    while (bw_next_line(&line, &text))
        if (line.n > longest)
            longest = line.n;
    return longest;
}

bw_slice bw_unwrap(struct bw_context *context, bw_slice body)
{
    const size_t width = longest_line(body);
    if (width < WRAP_LEAST || width > WRAP_MOST)
        return body;
    struct bw_buf buf;
    bool joined = false;
    bw_buf_init(&buf, context->limits->text_bytes);
    bw_slice rest = body, line;
    while (bw_next_line(&line, &rest)) {
        bw_slice next = rest, word, words;
        const bool more = bw_next_line(&words, &next) && bw_trim(line).n && words.n &&
                          !bw_is_space(words.p[0]) && bw_next_word(&word, &words);
        bw_put(&buf, line);
        const bool soft = more && line.n + 1 + word.n > width;
        joined |= soft;
        bw_putc(&buf, soft ? ' ' : '\n');
    }
    const bw_slice whole = bw_buf_take(&buf, context->arena);
    return joined ? whole : body;
}

/* The line begins as a header field does: a name of letters, digits and hyphens, and a colon (RFC 5322 section 2.2). */
static bool is_field(bw_slice line)
{
    size_t n = 0;
    while (n < line.n && (bw_is_alnum(line.p[n]) || line.p[n] == '-'))
        n++;
    return n > 1 && n < line.n && line.p[n] == ':';
}

/* Header fields in a row at the start of the text, folded lines passed over. */
static size_t fields_in_a_row(bw_slice text)
{
    size_t count = 0;
    bw_slice line;
    while (count < SOURCE_FIELDS && bw_next_line(&line, &text)) {
        if (is_field(line))
            count++;
        else if (count == 0 || indentation(line) == 0 || bw_trim(line).n == 0)
            break;
    }
    return count;
}

bw_slice bw_pasted_source(bw_slice body)
{
    bw_slice rest = body, line;
    while (bw_next_line(&line, &rest)) {
        const bw_slice here = bw_sub(body, (size_t)(line.p - body.p), body.n);
        if (is_field(line) && bw_looks_like_header(here) && fields_in_a_row(here) >= SOURCE_FIELDS)
            return here;
    }
    return BW_NULL;
}
