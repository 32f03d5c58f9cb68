#include "report/layout.h"

enum { MARGIN = 2, GAP = 2, ROOM_MIN = 24 };

/* What may not begin a line (JLREQ cl-02, 03, 04, 05, 06, 07, 09, 10, 11) beside the ASCII forms. */
static bool begins_no_line(uint32_t code)
{
    static const uint32_t set[] = {
        0x2019, 0x201D, 0x2025, 0x2026, 0x3001, 0x3002, 0x3005, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011,
        0x3015, 0x3017, 0x3019, 0x301C, 0x301F, 0x303B, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063,
        0x3083, 0x3085, 0x3087, 0x308E, 0x3095, 0x3096, 0x309B, 0x309C, 0x309D, 0x309E, 0x30A0, 0x30A1,
        0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6, 0x30FB,
        0x30FC, 0x30FD, 0x30FE, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D,
        0xFF5D, 0xFF5E, 0xFF60, 0xFF61, 0xFF63, 0xFF64, 0xFF65, 0xFF70,
    };
    if (code < 0x80)
        return code && strchr(")]},.:;!?%", (int)code);
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        if (set[i] == code)
            return true;
    return (code >= 0x31F0 && code <= 0x31FF) || (code >= 0xFF67 && code <= 0xFF6F);
}

/* What may not end a line (JLREQ cl-01, 12). */
static bool ends_no_line(uint32_t code)
{
    static const uint32_t set[] = {0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0x3016,
                                   0x3018, 0x301D, 0xFF04, 0xFF08, 0xFF3B, 0xFF5B, 0xFF5F, 0xFF62, 0xFFE5};
    if (code < 0x80)
        return code && strchr("([{", (int)code);
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        if (set[i] == code)
            return true;
    return false;
}

/* A line may end between the two, which no space parts. */
static bool may_break(uint32_t before, uint32_t after)
{
    const unsigned width = bw_code_point_width(after);
    if (width == 0 || (width < 2 && bw_code_point_width(before) < 2))
        return false;
    return !begins_no_line(after) && !ends_no_line(before);
}

/* Cuts the longest run that no line end may part off *rest; *columns is its width. The text holds no space at its
 * start. */
static bw_slice next_run(size_t *columns, bw_slice *rest)
{
    const bw_slice all = *rest;
    uint32_t before = 0, code;
    *columns = 0;
    for (bw_slice ahead = all; bw_utf8_next(&code, &ahead); *rest = ahead) {
        const unsigned width = bw_code_point_width(code);
        if (code == ' ' || (before && may_break(before, code)))
            break;
        *columns += width;
        if (width > 0) /* a mark belongs to the character before it */
            before = code;
    }
    return bw_sub(all, 0, all.n - rest->n);
}

static void put_spaces(struct bw_buf *out, size_t n)
{
    while (n-- > 0)
        bw_putc(out, ' ');
}

/* One line of text (no LF in it), wrapped, without the last line's end. */
static void put_wrapped(const struct bw_layout *layout, bw_slice line, size_t at, size_t indent)
{
    const size_t limit = layout->width < indent + ROOM_MIN ? indent + ROOM_MIN : layout->width;
    size_t column = at;
    bool fresh = true; /* nothing stands on this line yet */
    while (line.n > 0) {
        size_t spaces = 0, columns;
        while (spaces < line.n && line.p[spaces] == ' ')
            spaces++;
        line = bw_sub(line, spaces, line.n);
        if (line.n == 0)
            return;
        const bw_slice run = next_run(&columns, &line);
        if (!fresh && column + spaces + columns > limit) {
            bw_putc(layout->out, '\n');
            put_spaces(layout->out, indent);
            column = indent;
            spaces = 0;
        }
        put_spaces(layout->out, spaces);
        bw_put(layout->out, run);
        column += spaces + columns;
        fresh = false;
    }
}

void bw_layout_text(const struct bw_layout *layout, bw_slice text, size_t at, size_t indent)
{
    for (size_t end; (end = bw_find_byte(text, '\n', 0)) != BW_NONE; text = bw_sub(text, end + 1, text.n)) {
        const bw_slice line = bw_sub(text, 0, end);
        if (layout->width)
            put_wrapped(layout, line, at, indent);
        else
            bw_put(layout->out, line);
        bw_putc(layout->out, '\n');
        put_spaces(layout->out, indent);
        at = indent;
    }
    if (layout->width)
        put_wrapped(layout, text, at, indent);
    else
        bw_put(layout->out, text);
    bw_putc(layout->out, '\n');
}

void bw_layout_bold(const struct bw_layout *layout, bw_slice text)
{
    if (!layout->color) {
        bw_layout_text(layout, text, 0, 0);
        return;
    }
    bw_puts(layout->out, "\033[1m");
    bw_layout_text(layout, text, 0, 0);
    if (layout->out->n > 0 && !layout->out->failed)
        layout->out->n--; /* the sequence ends before the line does */
    bw_puts(layout->out, "\033[0m\n");
}

void bw_layout_rows(const struct bw_layout *layout, const struct bw_row *rows, size_t count)
{
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t columns = bw_width(rows[i].label);
        if (columns > widest)
            widest = columns;
    }
    const size_t at = MARGIN + widest + GAP;
    for (size_t i = 0; i < count; i++) {
        const bool again = i > 0 && bw_eq(rows[i].label, rows[i - 1].label);
        const bw_slice label = again ? BW_S("") : rows[i].label;
        put_spaces(layout->out, MARGIN);
        bw_put(layout->out, label);
        put_spaces(layout->out, at - MARGIN - bw_width(label));
        bw_layout_text(layout, rows[i].value, at, at);
    }
}

void bw_layout_numbered(const struct bw_layout *layout, const bw_slice *items, size_t count)
{
    size_t digits = 1;
    for (size_t n = count; n >= 10; n /= 10)
        digits++;
    for (size_t i = 0; i < count; i++) {
        const size_t indent = MARGIN + digits + GAP;
        bw_putf(layout->out, "%*s%*zu. ", MARGIN, "", (int)digits, i + 1);
        bw_layout_text(layout, items[i], indent, indent);
    }
}
