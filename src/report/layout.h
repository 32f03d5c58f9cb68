/* Lines on a terminal: wrapping by display width with Japanese line-breaking rules, columns, lists. */
#ifndef BW_REPORT_LAYOUT_H
#define BW_REPORT_LAYOUT_H

#include "base/base.h"

/* Where text goes and how wide it may be. */
struct bw_layout {
    struct bw_buf *out;
    unsigned width; /* columns; 0: do not wrap */
    bool color;
};

/* A labelled fact. value may hold several lines, each ended by LF but the last. */
struct bw_row {
    bw_slice label, value;
};

/* Appends text that starts at column at (what stands before it is written already); its further lines begin at column
 * indent. A LF in it ends a line; one more is appended at its end. text: visible already (bw_put_visible).
 * Breaks at spaces and beside wide characters, never inside other text without spaces (a link stays whole), never before a character that may
 * not begin a line or behind one that may not end it (JIS X 4051, W3C JLREQ 3.1). */
void bw_layout_text(const struct bw_layout *layout, bw_slice text, size_t at, size_t indent);
/* The same from column 0, in bold. */
void bw_layout_bold(const struct bw_layout *layout, bw_slice text);
/* Appends the rows, values aligned behind the widest label. A label is not repeated in the row below it. */
void bw_layout_rows(const struct bw_layout *layout, const struct bw_row *rows, size_t count);
/* Appends the items as a numbered list with hanging indent. */
void bw_layout_numbered(const struct bw_layout *layout, const bw_slice *items, size_t count);

#endif
