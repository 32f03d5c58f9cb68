/* Bytes as text of some charset, and the outcome as HTML. The first byte chooses the label. */
#include "mime/mime.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const labels[] = {
    NULL,   "us-ascii", "utf-8",  "iso-2022-jp", "Shift_JIS", "euc-jp", "iso-8859-1", "gb2312",
    "big5", "euc-kr",   "koi8-r", "utf-16",      "utf-7",     "x-none", "utf-16le",   "iso-2022-kr",
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LIMIT = 100 };
    if (size == 0)
        return 0;
    const bw_slice bytes = {(const char *)data + 1, size - 1};
    struct bw_arena *arena = bw_arena_new(0);
    require(arena != NULL);
    const bw_slice text =
        bw_to_utf8(arena, bytes, bw_str(labels[data[0] % (sizeof labels / sizeof *labels)]));
    require(text.p && bw_utf8_valid(text));
    /* What is UTF-8 now stays as it is, whoever asks again; but for escape sequences that nobody resolved, and marks. */
    const bw_slice again = bw_to_utf8(arena, text, BW_S("utf-8"));
    require(bw_utf8_valid(again));
    require(bw_find_byte(text, '\x1B', 0) != BW_NONE || bw_starts(text, BW_S("\xEF\xBB\xBF")) ||
            bw_eq(again, text));
    const bw_slice flat = bw_html_text(arena, text, 0);
    require(flat.p && bw_utf8_valid(flat) && bw_find_byte(flat, '\0', 0) == BW_NONE);
    const bw_slice cut = bw_html_text(arena, text, LIMIT);
    require(cut.n <= LIMIT && bw_utf8_valid(cut) && bw_starts(flat, cut));
    bw_parameter(arena, bytes, "name");
    bw_arena_free(arena);
    return 0;
}
