/* HTML as text. Not a browser: it finds tags, knows which break lines, and goes over the input once, whatever is
 * broken in it. */
#include "mime/internal.h"

enum {
    LONGEST_NAME = 12,
    LONGEST_LINK = 2000,
    LONGEST_LINK_TEXT = 2000,
    HEAD_OF_DOCUMENT = 1024,
    MOST_LINES = 3,
    MOST_INDENT = 40,
    MOST_UNENDED = 8
};

/* What a tag does to the text. */
enum effect {
    EFFECT_NONE,
    EFFECT_LINE,      /* begins and ends a line */
    EFFECT_PARAGRAPH, /* the same with an empty line */
    EFFECT_BREAK,     /* one line end: br */
    EFFECT_CELL,
    EFFECT_LINK,
    EFFECT_PRE,
    EFFECT_HEAD, /* its text is not shown until something that cannot be in a head */
    EFFECT_BODY,
    EFFECT_RAW /* script: no tags and no text until its own end tag */
};

struct element {
    const char *name;
    enum effect effect;
};

static const struct element elements[] = {
    {"a", EFFECT_LINK},
    {"address", EFFECT_LINE},
    {"article", EFFECT_LINE},
    {"aside", EFFECT_LINE},
    {"blockquote", EFFECT_PARAGRAPH},
    {"body", EFFECT_BODY},
    {"br", EFFECT_BREAK},
    {"caption", EFFECT_LINE},
    {"center", EFFECT_LINE},
    {"dd", EFFECT_LINE},
    {"div", EFFECT_LINE},
    {"dl", EFFECT_LINE},
    {"dt", EFFECT_LINE},
    {"fieldset", EFFECT_LINE},
    {"footer", EFFECT_LINE},
    {"form", EFFECT_LINE},
    {"h1", EFFECT_PARAGRAPH},
    {"h2", EFFECT_PARAGRAPH},
    {"h3", EFFECT_PARAGRAPH},
    {"h4", EFFECT_PARAGRAPH},
    {"h5", EFFECT_PARAGRAPH},
    {"h6", EFFECT_PARAGRAPH},
    {"head", EFFECT_HEAD},
    {"header", EFFECT_LINE},
    {"hr", EFFECT_LINE},
    {"li", EFFECT_LINE},
    {"main", EFFECT_LINE},
    {"nav", EFFECT_LINE},
    {"ol", EFFECT_LINE},
    {"option", EFFECT_LINE},
    {"p", EFFECT_PARAGRAPH},
    {"pre", EFFECT_PRE},
    {"script", EFFECT_RAW},
    {"section", EFFECT_LINE},
    {"style", EFFECT_RAW},
    {"table", EFFECT_LINE},
    {"td", EFFECT_CELL},
    {"template", EFFECT_RAW},
    {"th", EFFECT_CELL},
    {"title", EFFECT_RAW},
    {"tr", EFFECT_LINE},
    {"ul", EFFECT_LINE},
    {"xmp", EFFECT_PRE},
    /* Known, so that a text that has them is known to be HTML. */
    {"b", EFFECT_NONE},
    {"big", EFFECT_NONE},
    {"code", EFFECT_NONE},
    {"em", EFFECT_NONE},
    {"font", EFFECT_NONE},
    {"html", EFFECT_NONE},
    {"i", EFFECT_NONE},
    {"img", EFFECT_NONE},
    {"meta", EFFECT_NONE},
    {"small", EFFECT_NONE},
    {"span", EFFECT_NONE},
    {"strong", EFFECT_NONE},
    {"tbody", EFFECT_NONE},
    {"tt", EFFECT_NONE},
    {"u", EFFECT_NONE},
};

struct tag {
    bw_slice name; /* as it stands */
    bw_slice href;
    bool end;      /* </...> */
    size_t length; /* of all of it, brackets included */
};

struct flattener {
    struct bw_buf out;
    bw_slice html;
    size_t at;
    bool space, cell; /* owed before the next character */
    unsigned lines;   /* line ends owed: 0, 1, or 2 for an empty line */
    unsigned indent;  /* blanks owed at the start of a line: &nbsp; and what follows it is not collapsed */
    unsigned pre;     /* inside <pre>: white space counts */
    bool head;        /* inside <head> */
    bool link;        /* inside <a href> */
    bw_slice href;
    size_t link_start;    /* in out */
    bool no_comment_end;  /* none is left */
    unsigned no_raw_ends; /* how often a script did not end; looked for a few times only */
};

/* ---- text ----------------------------------------------------------------------------------------------- */

/* Writes what is owed. Nothing is owed at the very start. */
static void settle(struct flattener *flat)
{
    if (flat->out.n) {
        for (unsigned i = 0; i < flat->lines; i++)
            bw_putc(&flat->out, '\n');
        if (!flat->lines && (flat->cell || flat->space))
            bw_putc(&flat->out, flat->cell ? '\t' : ' ');
    }
    for (unsigned i = 0; i < flat->indent; i++)
        bw_putc(&flat->out, ' ');
    flat->lines = flat->indent = 0;
    flat->space = flat->cell = false;
}

static void owe_lines(struct flattener *flat, unsigned count)
{
    flat->indent = 0;
    if (flat->lines < count)
        flat->lines = count;
}

static void owe_line(struct flattener *flat)
{
    flat->indent = 0;
    if (flat->lines < MOST_LINES)
        flat->lines++;
}

static void owe_space(struct flattener *flat, bool kept)
{
    const bool starts_line = flat->lines || !flat->out.n;
    if (starts_line && (kept || (flat->indent && !flat->space)) && flat->indent < MOST_INDENT)
        flat->indent++;
    flat->space = !kept || !starts_line;
}

/* Characters that only steer line breaks and joining; they would split the words that rules look for. */
static bool is_invisible(uint32_t code)
{
    return code == 0 || code == 0xAD || (code >= 0x200B && code <= 0x200D) || code == 0x2060 ||
           code == 0xFEFF;
}

static void put_character(struct flattener *flat, uint32_t code)
{
    if (flat->head || is_invisible(code))
        return;
    if (flat->pre && code == '\n') {
        owe_line(flat);
    } else if (code == 0xA0 || (code < 0x80 && bw_is_space((char)code))) {
        if (flat->pre && code != '\r') {
            settle(flat);
            bw_putc(&flat->out, ' ');
        } else {
            owe_space(flat, code == 0xA0);
        }
    } else {
        settle(flat);
        bw_put_utf8(&flat->out, code);
    }
}

static void put_text(struct flattener *flat, size_t end)
{
    bw_slice text = bw_sub(flat->html, flat->at, end);
    uint32_t code;
    while (text.n) {
        const size_t length = text.p[0] == '&' ? bw_html_entity(&code, text) : 0;
        if (length)
            text = bw_sub(text, length, text.n);
        else
            bw_utf8_next(&code, &text);
        put_character(flat, code);
    }
    flat->at = end;
}

/* ---- links ---------------------------------------------------------------------------------------------- */

/* Entities undone, and nothing in it that could end it or the line; empty for what leads nowhere (javascript:, #top,
 * a path). */
static void put_target(struct bw_buf *out, bw_slice href)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://", "mailto:"};
    uint32_t code;
    bool known = false;
    href = bw_trim(href);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        known |= bw_istarts(href, bw_str(schemes[i]));
    if (!known || href.n > LONGEST_LINK)
        return;
    if (bw_istarts(href, BW_S("mailto:"))) {
        const size_t query = bw_find_byte(href, '?', 0);
        href = bw_sub(href, 7, query == BW_NONE ? href.n : query);
    }
    while (href.n) {
        const size_t length = href.p[0] == '&' ? bw_html_entity(&code, href) : 0;
        if (length)
            href = bw_sub(href, length, href.n);
        else
            bw_utf8_next(&code, &href);
        if (code > ' ' && code != '<' && code != '>' && code != 0x7F && !is_invisible(code))
            bw_put_utf8(out, code);
    }
}

/* An address without what readers leave out. */
static bw_slice bare_target(bw_slice s)
{
    const size_t scheme = bw_find(bw_sub(s, 0, 8), BW_S("://"), 0);
    if (scheme != BW_NONE)
        s = bw_sub(s, scheme + 3, s.n);
    while (s.n && s.p[s.n - 1] == '/')
        s.n--;
    return s;
}

static void end_link(struct flattener *flat)
{
    if (!flat->link)
        return;
    flat->link = false;
    struct bw_buf target;
    bw_buf_init(&target, 0);
    put_target(&target, flat->href);
    const bw_slice address = bw_buf_slice(&target);
    bw_slice text = bw_trim(bw_sub(bw_buf_slice(&flat->out), flat->link_start, flat->out.n));
    if (bw_starts(text, BW_S("<")) && bw_iends(text, BW_S(">")))
        text = bw_sub(text, 1, text.n - 1);
    const bool same = text.n <= LONGEST_LINK_TEXT && bw_ieq(bare_target(text), bare_target(address));
    if (address.n && text.n && !same) {
        bw_puts(&flat->out, " <");
        bw_put(&flat->out, address);
        bw_putc(&flat->out, '>');
    }
    flat->out.failed |= target.failed;
    bw_buf_clear(&target);
}

static void begin_link(struct flattener *flat, bw_slice href)
{
    end_link(flat);
    flat->link = href.n > 0 && !flat->head;
    flat->href = href;
    flat->link_start = flat->out.n;
}

/* ---- tags ----------------------------------------------------------------------------------------------- */

static const struct element *find_element(bw_slice name)
{
    for (size_t i = 0; name.n <= LONGEST_NAME && i < sizeof elements / sizeof *elements; i++)
        if (bw_ieq(name, bw_str(elements[i].name)))
            return &elements[i];
    return NULL;
}

static size_t skip_space(bw_slice s, size_t at)
{
    while (at < s.n && bw_is_space(s.p[at]))
        at++;
    return at;
}

/* Reads one attribute at offset at into *name and *value; returns the offset behind it. A quote that does not close
 * is taken for part of the value. */
static size_t read_attribute(bw_slice *name, bw_slice *value, bw_slice s, size_t at)
{
    const size_t start = at;
    while (at < s.n && !bw_is_space(s.p[at]) && s.p[at] != '=' && s.p[at] != '>' && s.p[at] != '/' &&
           s.p[at] != '<')
        at++;
    *name = bw_sub(s, start, at);
    *value = BW_NULL;
    const size_t equals = skip_space(s, at);
    if (equals >= s.n || s.p[equals] != '=')
        return at > start ? at : at + 1;
    at = skip_space(s, equals + 1);
    if (at < s.n && (s.p[at] == '"' || s.p[at] == '\'')) {
        const size_t end = bw_find_byte(s, s.p[at], at + 1);
        if (end != BW_NONE) {
            *value = bw_sub(s, at + 1, end);
            return end + 1;
        }
        at++;
    }
    const size_t first = at;
    while (at < s.n && !bw_is_space(s.p[at]) && s.p[at] != '>')
        at++;
    *value = bw_sub(s, first, at);
    return at;
}

/* Reads the tag at the start of s. False where a '<' is just a character. */
static bool read_tag(struct tag *out, bw_slice s)
{
    *out = (struct tag){.end = s.n > 1 && s.p[1] == '/'};
    size_t at = out->end ? 2 : 1;
    const size_t start = at;
    if (at >= s.n || !bw_is_alpha(s.p[at]))
        return false;
    while (at < s.n && bw_is_alnum(s.p[at]))
        at++;
    out->name = bw_sub(s, start, at);
    /* <user@example.com> and <https://...> are no tags, whoever forgot to escape them. */
    if (at < s.n &&
        (s.p[at] == '@' || s.p[at] == '.' || (s.p[at] == ':' && bw_starts(bw_sub(s, at, s.n), BW_S("://")))))
        return false;
    while (at < s.n && s.p[at] != '>' &&
           s.p[at] != '<') { /* a '<' begins the next tag: this one lacks its end */
        bw_slice name, value;
        if (bw_is_space(s.p[at]) || s.p[at] == '/') {
            at++;
            continue;
        }
        at = read_attribute(&name, &value, s, at);
        if (!out->href.p && bw_ieq(name, BW_S("href")))
            out->href = value;
    }
    out->length = at + (at < s.n && s.p[at] == '>');
    return true;
}

/* Offset behind "</name" and its '>' from the scanner on; BW_NONE where it never comes. */
static size_t raw_end(const struct flattener *flat, bw_slice name)
{
    for (size_t at = flat->at; (at = bw_find(flat->html, BW_S("</"), at)) != BW_NONE; at += 2) {
        if (!bw_istarts(bw_sub(flat->html, at + 2, flat->html.n), name))
            continue;
        const size_t end = bw_find_byte(flat->html, '>', at);
        return end == BW_NONE ? flat->html.n : end + 1;
    }
    return BW_NONE;
}

static void skip_raw(struct flattener *flat, const struct tag *tag)
{
    if (tag->end || flat->no_raw_ends >= MOST_UNENDED)
        return;
    const size_t end = raw_end(flat, tag->name);
    if (end == BW_NONE)
        flat->no_raw_ends++;
    else
        flat->at = end;
}

static void apply(struct flattener *flat, const struct tag *tag)
{
    const struct element *element = find_element(tag->name);
    const enum effect effect = element ? element->effect : EFFECT_NONE;
    if (effect != EFFECT_NONE && effect != EFFECT_RAW && effect != EFFECT_LINK)
        flat->head = effect == EFFECT_HEAD && !tag->end;
    switch (effect) {
    case EFFECT_PRE:
        if (!tag->end)
            flat->pre++;
        else if (flat->pre)
            flat->pre--;
        owe_lines(flat, 1);
        break;
    case EFFECT_LINE:
    case EFFECT_BODY:
        owe_lines(flat, 1);
        break;
    case EFFECT_PARAGRAPH:
        owe_lines(flat, 2);
        break;
    case EFFECT_BREAK:
        owe_line(flat);
        break;
    case EFFECT_CELL:
        flat->cell |= !tag->end;
        break;
    case EFFECT_LINK:
        if (tag->end)
            end_link(flat);
        else
            begin_link(flat, tag->href);
        break;
    case EFFECT_RAW:
        skip_raw(flat, tag);
        break;
    case EFFECT_NONE:
    case EFFECT_HEAD:
        break;
    }
}

/* "<!-- ... -->", "<!doctype ...>", "<?xml ...>". */
static void skip_declaration(struct flattener *flat)
{
    const bool comment = bw_starts(bw_sub(flat->html, flat->at, flat->html.n), BW_S("<!--"));
    size_t end = BW_NONE;
    if (comment && !flat->no_comment_end) {
        end = bw_find(flat->html, BW_S("-->"), flat->at + 2);
        flat->no_comment_end = end == BW_NONE;
        end = end == BW_NONE ? BW_NONE : end + 3;
    }
    if (end == BW_NONE) {
        end = bw_find_byte(flat->html, '>', flat->at);
        end = end == BW_NONE ? flat->html.n : end + 1;
    }
    flat->at = end;
}

static void read_markup(struct flattener *flat)
{
    const bw_slice here = bw_sub(flat->html, flat->at, flat->html.n);
    struct tag tag;
    if (here.n > 1 && (here.p[1] == '!' || here.p[1] == '?')) {
        skip_declaration(flat);
    } else if (read_tag(&tag, here)) {
        flat->at += tag.length;
        apply(flat, &tag);
    } else {
        put_text(flat, flat->at + 1);
    }
}

bw_slice bw_html_text(struct bw_arena *arena, bw_slice html, size_t limit)
{
    struct flattener flat = {.html = html};
    bw_buf_init(&flat.out, limit);
    while (flat.at < html.n && !flat.out.truncated && !flat.out.failed) {
        const size_t markup = bw_find_byte(html, '<', flat.at);
        if (markup == flat.at)
            read_markup(&flat);
        else
            put_text(&flat, markup == BW_NONE ? html.n : markup);
    }
    end_link(&flat);
    if (flat.out.truncated)
        flat.out.n = bw_utf8_whole(bw_buf_slice(&flat.out), flat.out.n).n;
    else if (flat.out.n)
        bw_putc(&flat.out, '\n');
    return bw_buf_take(&flat.out, arena);
}

/* ---- detection ------------------------------------------------------------------------------------------ */

bool bw_looks_like_html(bw_slice text)
{
    text = bw_trim(text);
    return bw_istarts(text, BW_S("<!doctype html")) || bw_istarts(text, BW_S("<html>")) ||
           bw_istarts(text, BW_S("<html "));
}

bool bw_has_tag(bw_slice text)
{
    struct tag tag;
    for (size_t at = 0; (at = bw_find_byte(text, '<', at)) != BW_NONE; at++) {
        const bw_slice here = bw_sub(text, at, text.n);
        if (bw_starts(here, BW_S("<!--")) || bw_istarts(here, BW_S("<!doctype")))
            return true;
        if (here.n > 2 && (bw_is_alpha(here.p[1]) || here.p[1] == '/') &&
            read_tag(&tag, bw_sub(here, 0, 64)) && find_element(tag.name))
            return true;
    }
    return false;
}

bw_slice bw_html_charset(bw_slice html)
{
    const bw_slice head = bw_sub(html, 0, HEAD_OF_DOCUMENT);
    for (size_t at = 0; (at = bw_ifind(head, BW_S("<meta"), at)) != BW_NONE; at += 5) {
        const size_t end = bw_find_byte(head, '>', at);
        const bw_slice meta = bw_sub(head, at, end == BW_NONE ? head.n : end);
        size_t value = bw_ifind(meta, BW_S("charset"), 0);
        value = value == BW_NONE ? BW_NONE : skip_space(meta, value + 7);
        if (value == BW_NONE || value >= meta.n || meta.p[value] != '=')
            continue;
        do
            value++;
        while (value < meta.n &&
               (bw_is_space(meta.p[value]) || meta.p[value] == '"' || meta.p[value] == '\''));
        const size_t start = value;
        while (value < meta.n &&
               (bw_is_alnum(meta.p[value]) || bw_find_byte(BW_S("-_.:"), meta.p[value], 0) != BW_NONE))
            value++;
        return value > start ? bw_sub(meta, start, value) : BW_NULL;
    }
    return BW_NULL;
}
