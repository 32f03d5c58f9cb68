/* Rich text (RTF 1.9.1) as the words in it, or as the HTML that it was made of (MS-OXRTFEX). */
#include "mime/internal.h"

#include <stdio.h>

enum {
    DEPTH_MAX = 64,  /* groups; what stands deeper is passed over */
    FONTS_MAX = 512, /* whose charset is remembered */
    WORD_BYTES = 32, /* of a control word */
    RUN_BYTES = 4096 /* of text that is converted at once */
};

enum {
    PAGE_SINGLE_FIRST = 1250,
    PAGE_WESTERN = 1252,
    PAGE_SINGLE_LAST = 1258,
    PAGE_MAC = 10000,
    PAGE_UTF8 = 65001
};

/* What becomes of the text of a group. */
enum target { SHOWN, PASSED_OVER, FONT_TABLE, HTML_TAG };

/* What holds up to the end of a group. */
struct group {
    enum target target;
    bool hidden;        /* \v */
    bool rtf_only;      /* \htmlrtf: what the HTML does not have */
    unsigned skip;      /* \uc: characters behind a \u that say the same */
    unsigned code_page; /* of the font; 0: the document's */
};

struct font {
    long number;
    unsigned code_page;
};

struct rtf {
    struct bw_arena *arena;
    bw_slice rest;
    struct bw_buf out;
    struct bw_buf run;      /* text not yet converted, all of run_page */
    unsigned run_page;      /* code page */
    unsigned document_page; /* \ansicpg */
    bool from_html;
    bool ended; /* the first group is closed */
    bool too_deep;
    size_t depth; /* groups open; groups[depth - 1] is the innermost, unless there are more than fit */
    struct group groups[DEPTH_MAX];
    size_t to_skip;     /* characters behind a \u */
    uint32_t surrogate; /* the first half of a character beyond the first 65536, of the last \u; 0 */
    bool destination;   /* behind \*: what nobody knows is to be passed over */
    long font, default_font;
    struct font fonts[FONTS_MAX];
    size_t font_count;
};

/* ---- text ----------------------------------------------------------------------------------------------- */

static struct group *innermost(struct rtf *rtf)
{
    return &rtf->groups[rtf->depth > DEPTH_MAX ? DEPTH_MAX - 1 : rtf->depth ? rtf->depth - 1 : 0];
}

static void flush(struct rtf *rtf)
{
    char name[16];
    const bw_slice bytes = bw_buf_slice(&rtf->run);
    bool ascii = true;
    for (size_t i = 0; i < bytes.n && ascii; i++)
        ascii = (unsigned char)bytes.p[i] < 0x80;
    snprintf(name, sizeof name, "cp%u", rtf->run_page);
    const bw_slice label = rtf->run_page == PAGE_UTF8  ? BW_S("utf-8")
                           : rtf->run_page == PAGE_MAC ? BW_S("macintosh")
                                                       : bw_str(name);
    bw_put(&rtf->out, ascii ? bytes : bw_to_utf8(rtf->arena, bytes, label));
    rtf->run.n = 0;
}

/* What stands here is read by somebody. */
static bool is_shown(struct rtf *rtf)
{
    const struct group *group = innermost(rtf);
    if (rtf->depth > DEPTH_MAX || (group->target != SHOWN && group->target != HTML_TAG))
        return false;
    return !(rtf->from_html ? group->rtf_only : group->hidden);
}

/* True for one of those that stand behind a \u for readers that do not know it. */
static bool is_skipped(struct rtf *rtf)
{
    if (rtf->to_skip == 0)
        return false;
    rtf->to_skip--;
    return true;
}

/* Text of an HTML document that would begin or end a tag: its tags stand in groups of their own. */
static bool is_reserved(struct rtf *rtf, uint32_t c)
{
    return rtf->from_html && innermost(rtf)->target == SHOWN && (c == '<' || c == '>');
}

/* Bytes beyond ASCII inside a tag are in the document's code page (MS-OXRTFEX section 2.2.3.2). */
static void put_byte(struct rtf *rtf, char c)
{
    if (is_skipped(rtf) || !is_shown(rtf))
        return;
    const struct group *group = innermost(rtf);
    const unsigned own = group->target == HTML_TAG ? 0 : group->code_page;
    const unsigned page = own ? own : rtf->document_page;
    rtf->surrogate = 0;
    if (page != rtf->run_page || (rtf->run.n >= RUN_BYTES && (unsigned char)c < 0x40))
        flush(rtf);
    rtf->run_page = page;
    if (is_reserved(rtf, (unsigned char)c))
        bw_puts(&rtf->run, c == '<' ? "&lt;" : "&gt;");
    else
        bw_putc(&rtf->run, c);
}

static void put_character(struct rtf *rtf, uint32_t c)
{
    if (is_skipped(rtf) || !is_shown(rtf))
        return;
    flush(rtf);
    rtf->surrogate = 0;
    if (is_reserved(rtf, c))
        bw_puts(&rtf->out, c == '<' ? "&lt;" : "&gt;");
    else
        bw_put_utf8(&rtf->out, c);
}

/* \uN: a unit of UTF-16, mostly as a signed number; some write a whole character. */
static void put_unit(struct rtf *rtf, long number)
{
    const uint32_t unit = (uint32_t)(number < 0 ? number & 0xFFFF : number), high = rtf->surrogate;
    rtf->to_skip = 0;
    if (unit >= 0xD800 && unit < 0xDC00)
        rtf->surrogate = unit;
    else if (unit >= 0xDC00 && unit < 0xE000 && high)
        put_character(rtf, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
    else
        put_character(rtf, unit ? unit : ' ');
    rtf->to_skip = innermost(rtf)->skip;
}

/* ---- fonts ---------------------------------------------------------------------------------------------- */

/* The code page of \fcharset; 0 for the document's. A font of the first charset, which is Western, is also what many
 * a writer names for text in the double-byte code page of its document. Of symbols the bullet is the one met: it is near
 * enough to what it is in the Western one. */
static unsigned page_of_charset(const struct rtf *rtf, long charset)
{
    static const struct {
        long charset;
        unsigned code_page;
    } pages[] = {{2, PAGE_WESTERN}, {128, 932},  {129, 949},  {134, 936},  {136, 950},
                 {161, 1253},       {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256},
                 {186, 1257},       {204, 1251}, {222, 874},  {238, 1250}, {255, 437}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (pages[i].charset == charset)
            return pages[i].code_page;
    const bool single = rtf->document_page >= PAGE_SINGLE_FIRST && rtf->document_page <= PAGE_SINGLE_LAST;
    return charset == 0 && single ? PAGE_WESTERN : 0;
}

static void set_font_page(struct rtf *rtf, unsigned code_page)
{
    if (rtf->font_count < FONTS_MAX)
        rtf->fonts[rtf->font_count++] = (struct font){rtf->font, code_page};
}

static void choose_font(struct rtf *rtf, long number)
{
    struct group *group = innermost(rtf);
    group->code_page = 0;
    for (size_t i = 0; i < rtf->font_count; i++)
        if (rtf->fonts[i].number == number)
            group->code_page = rtf->fonts[i].code_page;
}

/* ---- control words -------------------------------------------------------------------------------------- */

/* Words that stand for a character. */
static uint32_t character_of(bw_slice word)
{
    static const struct {
        const char *word;
        uint32_t character;
    } characters[] = {{"par", '\n'},         {"line", '\n'},     {"tab", '\t'},      {"cell", '\t'},
                      {"row", '\n'},         {"nestcell", '\t'}, {"nestrow", '\n'},  {"sect", '\n'},
                      {"page", '\n'},        {"lquote", 0x2018}, {"rquote", 0x2019}, {"ldblquote", 0x201C},
                      {"rdblquote", 0x201D}, {"bullet", 0x2022}, {"endash", 0x2013}, {"emdash", 0x2014},
                      {"enspace", ' '},      {"emspace", ' '},   {"qmspace", ' '}};
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
        if (bw_eq(word, bw_str(characters[i].word)))
            return characters[i].character;
    return 0;
}

/* Words whose group says nothing to a reader though no \* stands before them. */
static bool is_passed_over(bw_slice word)
{
    static const char *const words[] = {
        "colortbl", "stylesheet", "info",      "pict",      "filetbl", "listtable",  "listoverridetable",
        "rsidtbl",  "revtbl",     "header",    "headerl",   "headerr", "headerf",    "footer",
        "footerl",  "footerr",    "footerf",   "ftnsep",    "ftnsepc", "ftncn",      "aftnsep",
        "aftnsepc", "aftncn",     "xe",        "tc",        "tcn",     "nonshppict", "objdata",
        "template", "private",    "generator", "themedata", "fldinst", "datastore"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (bw_eq(word, bw_str(words[i])))
            return true;
    return false;
}

/* Of the document. False for any other word. */
static bool set_document(struct rtf *rtf, bw_slice word, long number)
{
    if (bw_eq(word, BW_S("ansicpg"))) {
        if (number > 0 && number <= 65535)
            rtf->document_page = (unsigned)number;
    } else if (bw_eq(word, BW_S("mac"))) {
        rtf->document_page = PAGE_MAC;
    } else if (bw_eq(word, BW_S("pc"))) {
        rtf->document_page = 437;
    } else if (bw_eq(word, BW_S("pca"))) {
        rtf->document_page = 850;
    } else if (bw_eq(word, BW_S("fromhtml"))) {
        rtf->from_html = number != 0;
    } else if (bw_eq(word, BW_S("deff"))) {
        rtf->default_font = number;
    } else {
        return false;
    }
    return true;
}

/* Of the text behind it, or in the font table of the font. False for any other word. */
static bool set_state(struct rtf *rtf, bw_slice word, long number)
{
    struct group *group = innermost(rtf);
    const bool table = group->target == FONT_TABLE;
    if (bw_eq(word, BW_S("f"))) {
        rtf->font = number;
        if (!table)
            choose_font(rtf, number);
    } else if (bw_eq(word, BW_S("fcharset"))) {
        if (table)
            set_font_page(rtf, page_of_charset(rtf, number));
    } else if (bw_eq(word, BW_S("cpg"))) {
        if (table && number > 0 && number <= 65535)
            set_font_page(rtf, (unsigned)number);
    } else if (bw_eq(word, BW_S("plain"))) {
        group->hidden = false;
        choose_font(rtf, rtf->default_font);
    } else if (bw_eq(word, BW_S("uc"))) {
        group->skip = number > 0 && number < 16 ? (unsigned)number : 0;
    } else if (bw_eq(word, BW_S("v"))) {
        group->hidden = number != 0;
    } else if (bw_eq(word, BW_S("htmlrtf"))) {
        group->rtf_only = number != 0;
    } else {
        return false;
    }
    return true;
}

/* What the word makes of its group. False for a word that is about something else. */
static bool set_target(struct rtf *rtf, bw_slice word, bool destination)
{
    struct group *group = innermost(rtf);
    if (group->target == PASSED_OVER)
        return true;
    if (bw_eq(word, BW_S("fonttbl")))
        group->target = FONT_TABLE;
    else if (destination && rtf->from_html && bw_eq(word, BW_S("htmltag")) && group->target == SHOWN)
        group->target = HTML_TAG;
    else if (destination || is_passed_over(word))
        group->target = PASSED_OVER;
    else
        return false;
    return true;
}

/* number: 1 where none is given, as most words mean "on" then. */
static void take_word(struct rtf *rtf, bw_slice word, long number)
{
    const bool destination = rtf->destination;
    rtf->destination = false;
    if (bw_eq(word, BW_S("bin"))) {
        rtf->rest = bw_sub(rtf->rest, number > 0 ? (size_t)number : 0, rtf->rest.n);
        return;
    }
    if (rtf->depth > DEPTH_MAX)
        return;
    if (bw_eq(word, BW_S("u")) && !destination) {
        put_unit(rtf, number);
        return;
    }
    const uint32_t character = character_of(word);
    if (character && !destination) {
        put_character(rtf, character);
        return;
    }
    if (is_skipped(rtf) || set_target(rtf, word, destination))
        return;
    if (!set_state(rtf, word, number))
        set_document(rtf, word, number);
}

/* A backslash and letters, perhaps a number, and one space, which belongs to them. */
static void read_word(struct rtf *rtf)
{
    bw_slice *rest = &rtf->rest;
    size_t n = 0, end;
    while (n < rest->n && bw_is_alpha(rest->p[n]))
        n++;
    const bw_slice word = bw_sub(*rest, 0, n);
    const bool negative = n < rest->n && rest->p[n] == '-';
    long number = 0;
    size_t digits = negative ? n + 1 : n;
    for (end = digits; end < rest->n && bw_is_digit(rest->p[end]); end++)
        if (number < 100000000)
            number = number * 10 + (rest->p[end] - '0');
    if (end == digits) {
        end = n;
        number = 1;
    } else if (negative) {
        number = -number;
    }
    if (end < rest->n && rest->p[end] == ' ')
        end++;
    *rest = bw_sub(*rest, end, rest->n);
    take_word(rtf, word.n < WORD_BYTES ? word : BW_S("?"), number);
}

/* \'xx: a byte. */
static void read_hex(struct rtf *rtf)
{
    const int high = rtf->rest.n > 1 ? bw_hex_value(rtf->rest.p[0]) : -1;
    const int low = high >= 0 ? bw_hex_value(rtf->rest.p[1]) : -1;
    if (low < 0)
        return;
    rtf->rest = bw_sub(rtf->rest, 2, rtf->rest.n);
    const int byte = high << 4 | low;
    put_byte(rtf, (char)(unsigned char)(byte ? byte : ' '));
}

/* What stands behind a backslash. */
static void read_control(struct rtf *rtf)
{
    if (rtf->rest.n == 0)
        return;
    const char c = rtf->rest.p[0];
    if (bw_is_alpha(c)) {
        read_word(rtf);
        return;
    }
    rtf->rest = bw_sub(rtf->rest, 1, rtf->rest.n);
    rtf->destination = c == '*';
    switch (c) {
    case '\'':
        read_hex(rtf);
        break;
    case '\\':
    case '{':
    case '}':
        put_byte(rtf, c);
        break;
    case '\r':
    case '\n':
        put_character(rtf, '\n');
        break;
    case '~':
        put_character(rtf, ' ');
        break;
    case '_':
        put_character(rtf, '-');
        break;
    default: /* an optional hyphen, and what an index needs */
        break;
    }
}

/* ---- groups --------------------------------------------------------------------------------------------- */

static void open_group(struct rtf *rtf)
{
    const struct group outer = *innermost(rtf);
    rtf->to_skip = 0;
    rtf->destination = false;
    rtf->depth++;
    if (rtf->depth > DEPTH_MAX)
        rtf->too_deep = true;
    else
        *innermost(rtf) = outer;
}

static void close_group(struct rtf *rtf)
{
    rtf->to_skip = 0;
    rtf->destination = false;
    rtf->depth--;
    rtf->ended = rtf->depth == 0;
}

static void read_next(struct rtf *rtf)
{
    const char c = rtf->rest.p[0];
    rtf->rest = bw_sub(rtf->rest, 1, rtf->rest.n);
    switch (c) {
    case '{':
        open_group(rtf);
        break;
    case '}':
        close_group(rtf);
        break;
    case '\\':
        read_control(rtf);
        break;
    case '\r': /* lines of the source are none of the text */
    case '\n':
    case '\0':
        break;
    default:
        rtf->destination = false;
        put_byte(rtf, c);
    }
}

bool bw_looks_like_rtf(bw_slice bytes) { return bw_starts(bytes, BW_S("{\\rtf")); }

bw_slice bw_rtf_text(const char **odd, bool *html, struct bw_arena *arena, bw_slice bytes, size_t limit)
{
    struct rtf *rtf = bw_new(arena, struct rtf);
    if (!rtf)
        return BW_NULL;
    rtf->arena = arena;
    rtf->rest = bytes;
    rtf->document_page = rtf->run_page = PAGE_WESTERN;
    rtf->groups[0].skip = 1;
    bw_buf_init(&rtf->out, limit);
    bw_buf_init(&rtf->run, 0);
    while (rtf->rest.n && !rtf->ended && !rtf->out.truncated && !rtf->out.failed && !rtf->run.failed)
        read_next(rtf);
    flush(rtf);
    if (rtf->run.failed)
        bw_arena_fail(arena);
    bw_buf_clear(&rtf->run);
    if (rtf->too_deep)
        *odd = "RTF nested too deeply";
    else if (!rtf->ended && !rtf->out.truncated)
        *odd = "damaged RTF";
    *html = rtf->from_html;
    const bw_slice text = bw_buf_take(&rtf->out, arena);
    return bw_utf8_whole(text, text.n); /* the ceiling may have cut a character */
}
