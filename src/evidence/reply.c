/* Reply codes (RFC 5321 section 4.2) and enhanced status codes (RFC 3463) in free text. */
#include "evidence/internal.h"

#include <string.h>

static bool digit_at(bw_slice s, size_t i) { return i < s.n && bw_is_digit(s.p[i]); }

/* Length of an enhanced code at i ("5.7.1", "5.7.606"), 0 for none. The subject is one digit (RFC 3463 section 3). */
static size_t status_length(bw_slice s, size_t i)
{
    if (i >= s.n || (s.p[i] != '2' && s.p[i] != '4' && s.p[i] != '5') || i + 4 >= s.n || s.p[i + 1] != '.')
        return 0;
    const bool after_reply = i > 3 && s.p[i - 1] == '.' && bw_is_digit(s.p[i - 2]); /* "554.5.6.2" */
    if (i > 0 && (bw_is_alnum(s.p[i - 1]) || (s.p[i - 1] == '.' && !after_reply) || s.p[i - 1] == '/'))
        return 0;
    if (after_reply && (i < 4 || (i > 4 && !bw_is_space(s.p[i - 5]))))
        return 0;
    size_t end = i + 2;
    for (unsigned part = 0; part < 2; part++) {
        size_t digits = 0;
        while (digit_at(s, end))
            end++, digits++;
        if (digits == 0 || digits > (part == 0 ? 1u : 3u))
            return 0;
        if (part == 0 && (end >= s.n || s.p[end++] != '.'))
            return 0;
    }
    const bool goes_on = end < s.n && (bw_is_alnum(s.p[end]) || (s.p[end] == '.' && digit_at(s, end + 1)));
    return goes_on ? 0 : end - i;
}

/* Three digits that can be the reply of a refusal, standing alone at i. */
static bool reply_at(bw_slice s, size_t i)
{
    if (i + 3 > s.n || (s.p[i] != '2' && s.p[i] != '4' && s.p[i] != '5') || !digit_at(s, i + 1) ||
        !digit_at(s, i + 2) || digit_at(s, i + 3))
        return false;
    if (i > 0 && (bw_is_alnum(s.p[i - 1]) || strchr(".-/@%&_", s.p[i - 1])))
        return false;
    if (i + 3 == s.n)
        return true;
    const char after = s.p[i + 3];
    if (after == '.')
        return !digit_at(s, i + 4) || status_length(s, i + 4);
    if (after == '%' || after == '/' || after == '@')
        return false;
    if (after == '_') /* "554_5.7.1_Message_rejected" */
        return status_length(s, i + 4) != 0;
    return !bw_is_alpha(after);
}

/* What stands in front makes a number a reply: the beginning, or a mark that opens a quotation. */
static bool opens_reply(bw_slice s, size_t i)
{
    while (i > 0 && s.p[i - 1] == ' ')
        i--;
    return i == 0 || strchr(":('\"[<>;|`=", s.p[i - 1]) != NULL;
}

/* Words behind a number that make it a count, not a reply: "450 seconds". */
static bool counts_something(bw_slice s, size_t i)
{
    static const char *const units[] = {"second",    "sec",        "minute", "min ",  "hour",
                                        "day",       "byte",       "kb",     "mb",    "message",
                                        "recipient", "connection", "mail",   "times", "lines"};
    const bw_slice after = bw_trim(bw_sub(s, i + 3, s.n));
    for (size_t n = 0; n < sizeof units / sizeof *units; n++)
        if (bw_istarts(after, bw_str(units[n])))
            return true;
    return false;
}

/* The best place for a reply: 3 in front of an enhanced code, 2 where a quotation opens, 1 anywhere, 0 for a number that
 * is none. */
static unsigned reply_rank(bw_slice s, size_t i)
{
    size_t next = i + 3;
    while (next < s.n && strchr(" -#':(", s.p[next]))
        next++;
    if (next > i + 3 && status_length(s, next))
        return 3;
    const bool opens = opens_reply(s, i);
    if (s.p[i] == '2' || (i + 3 < s.n && s.p[i + 3] == ',') || (i > 0 && s.p[i - 1] == '='))
        return opens ? 2 : 0;
    if (opens)
        return 2;
    return counts_something(s, i) ? 0 : 1;
}

void bw_reply_codes(bw_slice *reply, bw_slice *status, bw_slice words)
{
    unsigned best = 0;
    *reply = *status = BW_NULL;
    for (size_t i = 0; i < words.n; i++) {
        if (!bw_is_digit(words.p[i]))
            continue;
        const size_t length = status_length(words, i);
        if (length && (!status->p || (status->p[0] == '2' && words.p[i] != '2')))
            *status = bw_sub(words, i, i + length);
        if (!reply_at(words, i))
            continue;
        const unsigned rank = reply_rank(words, i);
        const bool success = words.p[i] == '2', had_success = reply->p && reply->p[0] == '2';
        if (rank && ((had_success && !success) || (best < 2 && rank > best && (!reply->p || !success)))) {
            best = rank;
            *reply = bw_sub(words, i, i + 3);
        }
    }
}

/* Length of "550-5.7.1 ", "550 5.7.1 " or "550-" at i where it repeats the code that the words begin with; else 0. */
static size_t repeated_code(bw_slice s, size_t i, bw_slice reply, bw_slice status)
{
    const bw_slice here = bw_sub(s, i, s.n);
    if (!bw_starts(here, reply) || here.n <= reply.n || !strchr("- ", here.p[reply.n]))
        return 0;
    size_t n = reply.n + 1;
    const bool continued = here.p[reply.n] == '-';
    if (status.n && bw_starts(bw_sub(here, n, here.n), status)) {
        n += status.n;
        while (n < here.n && here.p[n] == ' ')
            n++;
        return n;
    }
    while (continued && n < here.n && here.p[n] == ' ')
        n++;
    return continued || status.n == 0 ? n : 0;
}

/* The word at the start of rest can only be the other half of a link that ends with last. */
static bool link_goes_on(char last, bw_slice rest)
{
    const size_t space = bw_find_byte(rest, ' ', 0);
    const bw_slice word = bw_sub(rest, 0, space == BW_NONE ? rest.n : space);
    const bool asks = bw_find_byte(word, '=', 0) != BW_NONE;
    if (word.n < 2 || !bw_is_alnum(word.p[0]) || bw_find(word, BW_S("://"), 0) != BW_NONE)
        return false;
    if (last == '=')
        return true;
    if (last == '%')
        return bw_hex_value(word.p[0]) >= 0 && bw_hex_value(word.p[1]) >= 0;
    if (last == '?' || last == '&')
        return asks;
    bool digit = false;
    for (size_t i = 0; i < word.n; i++)
        digit = digit || bw_is_digit(word.p[i]);
    return last == '/' && (asks || (digit && bw_find_byte(word, '/', 0) != BW_NONE));
}

/* Joins "https: //host" that a line code had cut, and "https://host/ path/7" that a line end had. */
static bw_slice join_links(char *text, size_t n)
{
    size_t out = 0;
    bool in_link = false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == ' ') {
            if (in_link && link_goes_on(text[out - 1], (bw_slice){text + i + 1, n - i - 1}))
                continue;
            in_link = false;
        }
        text[out++] = text[i];
        if (text[i] != ':')
            continue;
        const bool cut = i + 3 < n && memcmp(text + i + 1, " //", 3) == 0;
        in_link = in_link || cut || (i + 2 < n && memcmp(text + i + 1, "//", 2) == 0);
        i += cut;
    }
    return (bw_slice){text, out};
}

bw_slice bw_without_line_codes(struct bw_arena *arena, bw_slice words)
{
    bw_slice reply, status;
    bw_reply_codes(&reply, &status, words);
    char *text = bw_arena_alloc(arena, words.n + 1);
    if (!words.p || !text)
        return BW_NULL;
    const size_t first = reply.p ? (size_t)(reply.p - words.p) : words.n;
    size_t out = 0;
    for (size_t i = 0; i < words.n;) {
        const bool at_word = i > first && words.p[i - 1] == ' ';
        size_t skip = at_word && reply.n ? repeated_code(words, i, reply, status) : 0;
        if (at_word &&
            bw_starts(bw_sub(words, i, words.n), BW_S("<<< "))) /* a transcript's mark at each line */
            skip = 4;
        if (skip)
            i += skip;
        else
            text[out++] = words.p[i++];
    }
    return join_links(text, out);
}

bw_slice bw_command_of(bw_slice words)
{
    static const struct {
        const char *words, *command;
    } commands[] = {
        {"starttls", "STARTTLS"}, {"ehlo", "EHLO"},        {"helo", "HELO"},    {"mail from", "MAIL"},
        {"rcpt to", "RCPT"},      {"end of data", "DATA"}, {"bdat", "BDAT"},    {"auth", "AUTH"},
        {"quit", "QUIT"},         {"mail", "MAIL"},        {"rcpt", "RCPT"},    {"data", "DATA"},
        {"connect", "CONN"},      {"greeting", "CONN"},    {"banner", "CONN"},  {"talk to me", "CONN"},
        {"recipient", "RCPT"},    {"sender", "MAIL"},      {"message", "DATA"}, {"body", "DATA"},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (bw_ifind(words, bw_str(commands[i].words), 0) != BW_NONE)
            return bw_str(commands[i].command);
    return BW_NULL;
}
