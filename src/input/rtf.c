#include "input/rtf.h"

#include "input/mapi_text.h"

enum {
    HEADER_BYTES = 16,
    COUNTED_BYTES = 12, /* of the header, those that its first number counts too */
    WINDOW_BYTES = 4096,
    LENGTH_BITS = 4, /* of a reference; the others say where */
    LENGTH_MIN = 2,
    STORED = 0x414C454D, /* "MELA" */
    PACKED = 0x75465A4C  /* "LZFu" */
};

/* What the window holds at first (MS-OXRTFCP section 2.1.2.1). */
static const char first_window[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/* CRC-32 with neither its start nor its end turned over (MS-OXRTFCP section 2.1.3.2), four bits at a time. */
static uint32_t checksum(bw_slice bytes)
{
    uint32_t steps[16], crc = 0;
    for (uint32_t i = 0; i < 16; i++) {
        steps[i] = i;
        for (int bit = 0; bit < 4; bit++)
            steps[i] = steps[i] >> 1 ^ (steps[i] & 1 ? 0xEDB88320 : 0);
    }
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (unsigned char)bytes.p[i];
        crc = crc >> 4 ^ steps[crc & 15];
        crc = crc >> 4 ^ steps[crc & 15];
    }
    return crc;
}

/* The last bytes that came out, and where the next goes. */
struct window {
    char bytes[WINDOW_BYTES];
    size_t at;
};

static void put(struct bw_buf *out, struct window *window, char c)
{
    bw_putc(out, c);
    window->bytes[window->at] = c;
    window->at = (window->at + 1) % WINDOW_BYTES;
}

/* One reference: a stretch of the window. False for the one that ends everything, which leads to where the window is
 * written. */
static bool put_reference(struct bw_buf *out, struct window *window, unsigned reference, size_t most)
{
    size_t from = reference >> LENGTH_BITS;
    const size_t n = (reference & ((1u << LENGTH_BITS) - 1)) + LENGTH_MIN;
    if (from == window->at)
        return false;
    for (size_t i = 0; i < n && out->n < most; i++) {
        put(out, window, window->bytes[from]);
        from = (from + 1) % WINDOW_BYTES;
    }
    return true;
}

/* Groups of eight, each a byte or a reference, behind a byte that says which. True where they come to their end, or to as
 * many bytes as there should be. */
static bool unpack(struct bw_buf *out, bw_slice in, size_t most)
{
    struct window window = {.at = sizeof first_window - 1};
    for (size_t i = 0; i < window.at; i++)
        window.bytes[i] = first_window[i];
    unsigned kinds = 0;
    for (size_t at = 0, item = 0; at < in.n && out->n < most && !out->failed; item++) {
        if (item % 8 == 0) {
            kinds = (unsigned char)in.p[at++];
        } else {
            kinds >>= 1;
        }
        if (at >= in.n)
            return false;
        if (!(kinds & 1)) {
            put(out, &window, in.p[at++]);
            continue;
        }
        if (at + 2 > in.n)
            return false;
        const unsigned reference = (unsigned)(unsigned char)in.p[at] << 8 | (unsigned char)in.p[at + 1];
        if (!put_reference(out, &window, reference, most))
            return true;
        at += 2;
    }
    return out->n == most;
}

bw_slice bw_rtf_unpack(bool *whole, struct bw_arena *arena, bw_slice packed, size_t limit)
{
    *whole = false;
    if (packed.n < HEADER_BYTES)
        return BW_NULL;
    const size_t counted = (size_t)bw_little_endian(bw_sub(packed, 0, 4));
    const size_t stated = (size_t)bw_little_endian(bw_sub(packed, 4, 8));
    const uint32_t kind = (uint32_t)bw_little_endian(bw_sub(packed, 8, 12));
    const uint32_t sum = (uint32_t)bw_little_endian(bw_sub(packed, 12, 16));
    if (kind != STORED && kind != PACKED)
        return BW_NULL;
    const size_t there = packed.n - HEADER_BYTES;
    const size_t n = counted < COUNTED_BYTES ? 0 : counted - COUNTED_BYTES;
    const bw_slice in = bw_sub(packed, HEADER_BYTES, HEADER_BYTES + (n < there ? n : there));
    const size_t most = stated < limit ? stated : limit;
    *whole = counted >= COUNTED_BYTES && n <= there && stated <= limit;
    if (kind == STORED) {
        *whole = *whole && stated <= in.n;
        return bw_dup(arena, bw_sub(in, 0, most));
    }
    struct bw_buf out;
    bw_buf_init(&out, 0);
    const bool ended = unpack(&out, in, most);
    *whole = *whole && ended && checksum(in) == sum;
    return bw_buf_take(&out, arena);
}
