#include "mime/internal.h"

/* ---- quoted-printable (RFC 2045 section 6.7) ------------------------------------------------------------ */

/* Length of the line end at offset at, 0 where there is none. */
static size_t line_end(bw_slice s, size_t at)
{
    if (at < s.n && s.p[at] == '\n')
        return 1;
    if (at < s.n && s.p[at] == '\r')
        return at + 1 < s.n && s.p[at + 1] == '\n' ? 2 : 1;
    return 0;
}

/* Offset behind the blanks that start at offset at. */
static size_t skip_blanks(bw_slice s, size_t at)
{
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
        at++;
    return at;
}

/* Undoes the escape at offset at (a '='); returns the offset behind it. */
static size_t put_escape(struct bw_buf *out, bw_slice s, size_t at)
{
    const int high = at + 1 < s.n ? bw_hex_value(s.p[at + 1]) : -1;
    const int low = at + 2 < s.n ? bw_hex_value(s.p[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
        bw_putc(out, (char)(high << 4 | low));
        return at + 3;
    }
    const size_t end = skip_blanks(s, at + 1);
    if (end == s.n)
        return end;
    if (line_end(s, end))
        return end + line_end(s, end);
    bw_putc(out, '=');
    return at + 1;
}

void bw_put_quoted_printable(struct bw_buf *out, bw_slice in)
{
    for (size_t i = 0; i < in.n;) {
        size_t run = i;
        while (run < in.n && in.p[run] != '=' && in.p[run] != ' ' && in.p[run] != '\t')
            run++;
        bw_put(out, bw_sub(in, i, run));
        i = run;
        if (i == in.n)
            return;
        if (in.p[i] == '=') {
            i = put_escape(out, in, i);
            continue;
        }
        /* White space at the end of a line was added on the way (rule 3). */
        const size_t end = skip_blanks(in, i);
        if (end < in.n && !line_end(in, end))
            bw_put(out, bw_sub(in, i, end));
        i = end;
    }
}

/* ---- base64 (RFC 4648 section 4) ------------------------------------------------------------------------ */

/* Value of a letter of the alphabet, -1 for any other byte. */
static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (bw_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Letters that wait for the rest of their group of four. */
struct base64 {
    uint32_t bits;
    unsigned letters;
};

/* Appends the whole bytes of an unfinished group. */
static void base64_flush(struct bw_buf *out, struct base64 *state)
{
    if (state->letters >= 2) {
        const uint32_t bits = state->bits << 6 * (4 - state->letters);
        bw_putc(out, (char)(bits >> 16 & 0xFF));
        if (state->letters == 3)
            bw_putc(out, (char)(bits >> 8 & 0xFF));
    }
    *state = (struct base64){0};
}

static void base64_put(struct bw_buf *out, struct base64 *state, bw_slice in)
{
    for (size_t i = 0; i < in.n && !out->truncated; i++) {
        const int value = base64_value(in.p[i]);
        if (in.p[i] == '=')
            base64_flush(out, state); /* several encoded texts may stand one behind the other */
        if (value < 0)
            continue;
        state->bits = state->bits << 6 | (uint32_t)value;
        if (++state->letters < 4)
            continue;
        const char bytes[] = {(char)(state->bits >> 16 & 0xFF), (char)(state->bits >> 8 & 0xFF),
                              (char)(state->bits & 0xFF)};
        bw_put(out, (bw_slice){bytes, sizeof bytes});
        *state = (struct base64){0};
    }
}

void bw_put_base64(struct bw_buf *out, bw_slice in)
{
    struct base64 state = {0};
    base64_put(out, &state, in);
    base64_flush(out, &state);
}

/* A line of base64: words of the alphabet alone, of which all but the last are long. English has short ones. */
static bool is_base64_line(bw_slice line)
{
    enum { LONG_WORD = 16 };
    bw_slice word;
    bool short_word = false;
    while (bw_next_word(&word, &line)) {
        if (short_word)
            return false;
        short_word = word.n < LONG_WORD;
        for (size_t i = 0; i < word.n; i++)
            if (base64_value(word.p[i]) < 0 && word.p[i] != '=')
                return false;
    }
    return true;
}

/* True when more of body is base64 than is not. */
static bool is_mostly_base64(bw_slice body)
{
    enum { ENOUGH = 64 << 10 };
    size_t good = 0, bad = 0;
    bw_slice line, rest = bw_sub(body, 0, ENOUGH);
    while (bw_next_line(&line, &rest))
        *(is_base64_line(line) ? &good : &bad) += line.n;
    return good >= bad;
}

/* Lists and virus scanners append plain text below an encoded body: such lines are kept as they are. */
static void put_base64_body(struct bw_buf *out, bw_slice body, const char **odd)
{
    struct base64 state = {0};
    bw_slice line;
    while (!out->truncated && bw_next_line(&line, &body)) {
        if (is_base64_line(line)) {
            base64_put(out, &state, line);
            continue;
        }
        *odd = "text in the middle of base64";
        base64_flush(out, &state);
        bw_put(out, BW_S("\n"));
        bw_put(out, line);
        bw_put(out, BW_S("\n"));
    }
    base64_flush(out, &state);
}

/* ---- uuencode (POSIX uuencode) -------------------------------------------------------------------------- */

/* line is "begin 644 name". */
static bool is_uu_begin(bw_slice line)
{
    bw_slice word;
    unsigned long mode;
    return bw_next_word(&word, &line) && bw_eq(word, BW_S("begin")) && bw_next_word(&word, &line) &&
           word.n >= 3 && bw_number(&mode, word, 99999) && bw_trim(line).n > 0;
}

static unsigned uu_value(bw_slice line, size_t at)
{
    return at < line.n ? ((unsigned)(unsigned char)line.p[at] - ' ') & 63u : 0;
}

static void put_uu_line(struct bw_buf *out, bw_slice line)
{
    size_t left = uu_value(line, 0);
    for (size_t at = 1; left > 0; at += 4) {
        const unsigned bits = uu_value(line, at) << 18 | uu_value(line, at + 1) << 12 |
                              uu_value(line, at + 2) << 6 | uu_value(line, at + 3);
        const char bytes[] = {(char)(bits >> 16 & 0xFF), (char)(bits >> 8 & 0xFF), (char)(bits & 0xFF)};
        const size_t n = left < sizeof bytes ? left : sizeof bytes;
        bw_put(out, (bw_slice){bytes, n});
        left -= n;
    }
}

/* False where body has no "begin" line. */
static bool put_uuencoded(struct bw_buf *out, bw_slice body)
{
    bw_slice line;
    bool begun = false;
    while (!begun && bw_next_line(&line, &body))
        begun = is_uu_begin(line);
    while (begun && bw_next_line(&line, &body) && !bw_eq(bw_trim(line), BW_S("end")))
        if (line.n)
            put_uu_line(out, line);
    return begun;
}

/* ---- all of them ---------------------------------------------------------------------------------------- */

bw_slice bw_transfer_decode(struct bw_arena *arena, bw_slice body, enum bw_encoding encoding, size_t limit,
                            const char **odd)
{
    if (encoding == BW_ENC_BASE64 && !is_mostly_base64(body)) {
        *odd = "labelled base64, but plain text";
        encoding = BW_ENC_IDENTITY;
    }
    struct bw_buf out;
    bw_buf_init(&out, limit);
    switch (encoding) {
    case BW_ENC_IDENTITY:
        return limit ? bw_sub(body, 0, limit) : body;
    case BW_ENC_QUOTED_PRINTABLE:
        bw_put_quoted_printable(&out, body);
        break;
    case BW_ENC_BASE64:
        put_base64_body(&out, body, odd);
        break;
    case BW_ENC_UUENCODE:
        if (!put_uuencoded(&out, body)) {
            *odd = "labelled uuencode, but plain text";
            bw_put(&out, body);
        }
        break;
    }
    return bw_buf_take(&out, arena);
}
