/* Text of properties, written so that nothing in it can act as a field, a boundary or a line of its own. */
#ifndef BW_INPUT_MAPI_TEXT_H
#define BW_INPUT_MAPI_TEXT_H

#include "base/base.h"

/* The number of UTF-8 among the code pages. */
enum { BW_CODE_PAGE_UTF8 = 65001 };

/* Bytes and the number of the code page that they are in; 0 where that is not known. */
struct bw_mapi_text {
    bw_slice bytes;
    unsigned code_page;
};

/* The number in the first bytes, eight at most, lowest first; 0 for none. */
uint64_t bw_little_endian(bw_slice bytes);
/* UTF-16LE as UTF-8, up to its NUL; arena-owned. */
bw_slice bw_from_utf16(struct bw_arena *arena, bw_slice bytes);
/* Appends base64 (RFC 2045 section 6.8); in lines of 76 where lines is set, the last with its end. */
void bw_mapi_put_base64(struct bw_buf *out, bw_slice bytes, bool lines);
/* Appends "; charset=...", nothing for code page 0. */
void bw_put_charset(struct bw_buf *out, unsigned code_page);
/* Appends the text on one line, as an encoded word (RFC 2047) where its code page asks for it. */
void bw_put_header_text(struct bw_buf *out, struct bw_mapi_text text);
/* The same as a quoted string where it is no encoded word. */
void bw_put_phrase(struct bw_buf *out, struct bw_mapi_text text);
/* Appends type where it is a media type that a part in base64 may have, else application/octet-stream. */
void bw_put_media_type(struct bw_buf *out, bw_slice type);
/* Appends the fields of headers without those that say how the body stood (Content-*, MIME-Version), and without
 * lines that are no fields. */
void bw_put_kept_fields(struct bw_buf *out, bw_slice headers);
/* headers have a field of that name, which bw_put_kept_fields keeps. */
bool bw_has_field(bw_slice headers, bw_slice name);

#endif
