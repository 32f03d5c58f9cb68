#include "input/mapi_text.h"

#include <stdio.h>

uint64_t bw_little_endian(bw_slice bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes.n < 8 ? bytes.n : 8; i-- > 0;)
        value = value << 8 | (unsigned char)bytes.p[i];
    return value;
}

bw_slice bw_from_utf16(struct bw_arena *arena, bw_slice bytes)
{
    struct bw_buf text;
    bw_buf_init(&text, 0);
    for (size_t i = 0; i + 1 < bytes.n; i += 2) {
        uint32_t c = (uint32_t)bw_little_endian(bw_sub(bytes, i, i + 2));
        if (c == 0)
            break;
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < bytes.n) {
            const uint32_t low = (uint32_t)bw_little_endian(bw_sub(bytes, i + 2, i + 4));
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        bw_put_utf8(&text, c);
    }
    return bw_buf_take(&text, arena);
}

void bw_mapi_put_base64(struct bw_buf *out, bw_slice bytes, bool lines)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.n && !out->failed && !out->truncated; i += 3) {
        const bw_slice three = bw_sub(bytes, i, i + 3);
        uint32_t bits = 0;
        for (size_t at = 0; at < 3; at++)
            bits = bits << 8 | (at < three.n ? (unsigned char)three.p[at] : 0);
        char four[4];
        for (size_t at = 0; at < 4; at++)
            four[at] = at <= three.n ? digits[bits >> (18 - 6 * at) & 63] : '=';
        bw_put(out, (bw_slice){four, 4});
        if (lines && (i % 57 == 54 || i + 3 >= bytes.n))
            bw_putc(out, '\n');
    }
}

/* The name that mail uses for a code page. name: at least 24 bytes. */
static void name_code_page(char *name, size_t size, unsigned code_page)
{
    static const struct {
        unsigned number;
        const char *name;
    } names[] = {{20127, "us-ascii"},    {20866, "koi8-r"},      {20932, "euc-jp"},      {21866, "koi8-u"},
                 {50220, "iso-2022-jp"}, {50221, "iso-2022-jp"}, {50222, "iso-2022-jp"}, {51932, "euc-jp"},
                 {51949, "euc-kr"},      {54936, "gb18030"},     {65001, "utf-8"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == code_page) {
            snprintf(name, size, "%s", names[i].name);
            return;
        }
    if (code_page > 28590 && code_page < 28606)
        snprintf(name, size, "iso-8859-%u", code_page - 28590);
    else
        snprintf(name, size, "cp%u", code_page);
}

void bw_put_charset(struct bw_buf *out, unsigned code_page)
{
    char name[24];
    name_code_page(name, sizeof name, code_page);
    if (code_page)
        bw_putf(out, "; charset=%s", name);
}

/* Appends text with control characters, which may end lines, as spaces (ESC is ISO-2022-JP's); for a quoted string with what ends that one escaped. */
static void put_line(struct bw_buf *out, bw_slice text, bool quoted)
{
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (quoted && (c == '"' || c == '\\'))
            bw_putc(out, '\\');
        bw_putc(out, (c < ' ' && c != 27) || c == 127 ? ' ' : (char)c);
    }
}

/* Text of a code page that a reader of the header could not guess: written as an encoded word. One, whatever its
 * length: cut in two it might be cut in a character. */
static bool put_encoded(struct bw_buf *out, struct bw_mapi_text text)
{
    bool ascii = true;
    for (size_t i = 0; i < text.bytes.n; i++)
        ascii = ascii && (unsigned char)text.bytes.p[i] < 128 && text.bytes.p[i] != 27;
    if (ascii || text.code_page == 0 || text.code_page == BW_CODE_PAGE_UTF8)
        return false;
    char name[24];
    name_code_page(name, sizeof name, text.code_page);
    bw_putf(out, "=?%s?B?", name);
    bw_mapi_put_base64(out, text.bytes, false);
    bw_puts(out, "?=");
    return true;
}

void bw_put_header_text(struct bw_buf *out, struct bw_mapi_text text)
{
    text.bytes = bw_trim(text.bytes);
    if (!put_encoded(out, text))
        put_line(out, text.bytes, false);
}

void bw_put_phrase(struct bw_buf *out, struct bw_mapi_text text)
{
    text.bytes = bw_trim(text.bytes);
    if (put_encoded(out, text))
        return;
    bw_putc(out, '"');
    put_line(out, text.bytes, true);
    bw_putc(out, '"');
}

void bw_put_media_type(struct bw_buf *out, bw_slice type)
{
    size_t slashes = 0;
    bool fits = type.n > 2 && type.n < 100 && !bw_istarts(type, BW_S("multipart/"));
    for (size_t i = 0; i < type.n && fits; i++) {
        slashes += type.p[i] == '/';
        fits = bw_is_alnum(type.p[i]) || (i > 0 && bw_find_byte(BW_S("/.+-_"), type.p[i], 0) != BW_NONE);
    }
    bw_put(out, fits && slashes == 1 ? type : BW_S("application/octet-stream"));
}

/* The name of the field that begins at line; unknown where none does. No name begins with "-": a boundary does. */
static bw_slice field_name(bw_slice line)
{
    size_t n = 0;
    while (n < line.n && (bw_is_alnum(line.p[n]) || (n > 0 && (line.p[n] == '-' || line.p[n] == '_'))))
        n++;
    return n > 0 && n < line.n && line.p[n] == ':' ? bw_sub(line, 0, n) : BW_NULL;
}

static bool is_kept(bw_slice name)
{
    return name.n && !bw_istarts(name, BW_S("content-")) && !bw_ieq(name, BW_S("mime-version"));
}

void bw_put_kept_fields(struct bw_buf *out, bw_slice headers)
{
    bw_slice line;
    bool keep = false;
    while (bw_next_line(&line, &headers)) {
        const bool folded = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
        if (!folded)
            keep = is_kept(field_name(line));
        if (!keep || (folded && bw_trim(line).n == 0))
            continue;
        if (folded)
            bw_putc(out, ' ');
        put_line(out, bw_trim(line), false);
        bw_putc(out, '\n');
    }
}

bool bw_has_field(bw_slice headers, bw_slice name)
{
    bw_slice line;
    while (bw_next_line(&line, &headers))
        if (bw_ieq(field_name(line), name))
            return true;
    return false;
}
