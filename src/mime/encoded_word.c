/* RFC 2047, as it is met: words split in the middle of a character, with spaces in them, without their end or their
 * padding, of unknown charsets, inside quotes, without space between them. */
#include "mime/internal.h"

enum { CHARSET_BYTES = 60 };

struct word {
    bw_slice charset, text;
    bool base64;
    size_t end; /* offset behind it */
};

/* Where decoding stands: words of one charset gather in bytes until something else comes, because mailers cut a
 * character's bytes into two words. */
struct decoder {
    struct bw_arena *arena;
    struct bw_buf out, bytes;
    bw_slice charset; /* of bytes */
    bool pending;     /* bytes wait */
    bool no_end;      /* no "?=" is left */
};

bw_slice bw_unfold(struct bw_arena *arena, bw_slice raw)
{
    if (bw_find_byte(raw, '\n', 0) == BW_NONE && bw_find_byte(raw, '\r', 0) == BW_NONE &&
        bw_find_byte(raw, '\0', 0) == BW_NONE)
        return raw;
    char *copy = bw_arena_alloc(arena, raw.n + 1);
    if (!copy)
        return BW_NULL;
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        const char c = raw.p[i];
        if (c == '\n' || c == '\r') {
            /* A fold is followed by white space, which stays. Where it lacks, a space keeps the words apart. */
            if (i + 1 < raw.n && !bw_is_space(raw.p[i + 1]))
                copy[n++] = ' ';
        } else if (c != '\0') {
            copy[n++] = c;
        }
    }
    return (bw_slice){copy, n};
}

/* Reads "=?charset?B?" at offset at. False where something else stands there. *text: offset behind it. */
static bool read_word_start(struct word *out, size_t *text, bw_slice s, size_t at)
{
    const size_t start = at + 2;
    size_t end = start;
    while (end < s.n && end - start < CHARSET_BYTES && s.p[end] != '?' && !bw_is_space(s.p[end]))
        end++;
    if (end == start || end + 2 >= s.n || s.p[end] != '?' || s.p[end + 2] != '?')
        return false;
    const char encoding = bw_lower(s.p[end + 1]);
    if (encoding != 'b' && encoding != 'q')
        return false;
    out->base64 = encoding == 'b';
    out->charset = bw_sub(s, start, end);
    const size_t language = bw_find_byte(out->charset, '*', 0); /* RFC 2231 section 5 */
    if (language != BW_NONE)
        out->charset = bw_sub(out->charset, 0, language);
    *text = end + 3;
    return true;
}

static bool read_word(struct word *out, struct decoder *decoder, bw_slice s, size_t at)
{
    size_t text;
    if (!read_word_start(out, &text, s, at))
        return false;
    const size_t end = decoder->no_end ? BW_NONE : bw_find(s, BW_S("?="), text);
    const size_t next = bw_find(s, BW_S("=?"), text);
    const bool next_first = next != BW_NONE && next < end && next > text && bw_is_space(s.p[next - 1]);
    if (end != BW_NONE && !next_first) {
        out->text = bw_sub(s, text, end);
        out->end = end + 2;
        return true;
    }
    /* The word was cut: it goes to the next space. Remembered, so that many such words stay cheap. */
    decoder->no_end = end == BW_NONE;
    size_t cut = text;
    while (cut < s.n && !bw_is_space(s.p[cut]))
        cut++;
    out->text = bw_sub(s, text, cut);
    out->end = cut;
    return true;
}

static void put_q(struct bw_buf *out, bw_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        const int high = text.p[i] == '=' && i + 1 < text.n ? bw_hex_value(text.p[i + 1]) : -1;
        const int low = high >= 0 && i + 2 < text.n ? bw_hex_value(text.p[i + 2]) : -1;
        if (low >= 0) {
            bw_putc(out, (char)(high << 4 | low));
            i += 2;
        } else {
            bw_putc(out, text.p[i] == '_' ? ' ' : text.p[i]);
        }
    }
}

static void flush(struct decoder *decoder)
{
    if (!decoder->pending)
        return;
    const bw_slice bytes = bw_buf_take(&decoder->bytes, decoder->arena);
    bw_put(&decoder->out, bw_to_utf8(decoder->arena, bytes, decoder->charset));
    decoder->pending = false;
}

static void put_word(struct decoder *decoder, const struct word *word)
{
    if (decoder->pending && !bw_ieq(decoder->charset, word->charset))
        flush(decoder);
    if (word->base64)
        bw_put_base64(&decoder->bytes, word->text);
    else
        put_q(&decoder->bytes, word->text);
    decoder->charset = word->charset;
    decoder->pending = true;
}

/* Text between words. White space between two of them says nothing (RFC 2047 section 6.2). */
static void put_literal(struct decoder *decoder, bw_slice text, bool word_follows)
{
    if (decoder->pending && word_follows && bw_trim(text).n == 0)
        return;
    flush(decoder);
    bw_put(&decoder->out, bw_to_utf8(decoder->arena, text, BW_NULL));
}

bw_slice bw_decode_words(struct bw_arena *arena, bw_slice s)
{
    size_t at = bw_find(s, BW_S("=?"), 0), literal = 0;
    if (at == BW_NONE)
        return bw_to_utf8(arena, s, BW_NULL);
    struct decoder decoder = {.arena = arena};
    struct word word;
    bw_buf_init(&decoder.out, 0);
    bw_buf_init(&decoder.bytes, 0);
    for (; at != BW_NONE; at = bw_find(s, BW_S("=?"), at)) {
        if (!read_word(&word, &decoder, s, at)) {
            at += 2;
            continue;
        }
        put_literal(&decoder, bw_sub(s, literal, at), true);
        put_word(&decoder, &word);
        literal = at = word.end;
    }
    put_literal(&decoder, bw_sub(s, literal, s.n), false);
    bw_buf_clear(&decoder.bytes);
    return bw_buf_take(&decoder.out, arena);
}

/* Characters may become NULs or line ends only now, in an encoded word. */
static bw_slice without_nul(struct bw_arena *arena, bw_slice s)
{
    return bw_find_byte(s, '\0', 0) == BW_NONE ? s : bw_unfold(arena, s);
}

bw_slice bw_decode_field(struct bw_arena *arena, bw_slice raw)
{
    if (!raw.p)
        return BW_NULL;
    const bw_slice text = bw_decode_words(arena, bw_unfold(arena, raw));
    return bw_one_line(arena, bw_utf8_repair(arena, without_nul(arena, text)));
}
