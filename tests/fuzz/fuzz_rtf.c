/* The rich text of a message: unpacked, and read as words or HTML. What begins as rich text is read as it is. */
#include "input/rtf.h"
#include "mime/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LIMIT = 1 << 16 };
    struct bw_arena *arena = bw_arena_new(0);
    require(arena != NULL);
    bw_slice rtf = {(const char *)data, size};
    if (!bw_looks_like_rtf(rtf)) {
        bool whole;
        rtf = bw_rtf_unpack(&whole, arena, rtf, LIMIT);
        require(rtf.n <= LIMIT && (rtf.p || !whole));
    }
    const char *odd = NULL;
    bool html = false;
    const bw_slice text = bw_rtf_text(&odd, &html, arena, rtf, LIMIT);
    require(text.p && text.n <= LIMIT && bw_utf8_valid(text) && bw_find_byte(text, '\0', 0) == BW_NONE);
    const bw_slice cut = bw_rtf_text(&odd, &html, arena, rtf, 10);
    require(cut.n <= 10 && bw_starts(text, cut));
    bw_arena_free(arena);
    return 0;
}
