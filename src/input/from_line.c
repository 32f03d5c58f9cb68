/* What a From_ line looks like: RFC 4155 and the many forms that it has had since the 1970s. */
#include "input/internal.h"

enum { WORDS_MAX = 24, SENDER_WORDS_MAX = 8, LINE_BYTES_MAX = 1024 };

/* The words that are left of a line. */
struct words {
    const bw_slice *at;
    size_t count;
};

/* One of the names of three letters that are strung together in names. */
static bool is_one_of(bw_slice word, const char *names)
{
    if (word.n != 3)
        return false;
    for (bw_slice rest = bw_str(names); rest.n; rest = bw_sub(rest, 3, rest.n))
        if (bw_ieq(word, bw_sub(rest, 0, 3)))
            return true;
    return false;
}

/* "Mon", or "Mon," as in RFC 5322. */
static bool is_weekday(bw_slice word)
{
    if (word.n == 4 && word.p[3] == ',')
        word.n = 3;
    return is_one_of(word, "MonTueWedThuFriSatSun");
}

static bool is_month(bw_slice word) { return is_one_of(word, "JanFebMarAprMayJunJulAugSepOctNovDec"); }

static bool is_day(bw_slice word)
{
    unsigned long day;
    return word.n <= 2 && bw_number(&day, word, 31) && day > 0;
}

static bool is_year(bw_slice word)
{
    unsigned long year;
    return word.n == 4 && bw_number(&year, word, 2199) && year >= 1970;
}

/* 1:02 or 01:02 or 01:02:03. */
static bool is_time(bw_slice word)
{
    const size_t colon = bw_find_byte(word, ':', 0);
    if (colon == BW_NONE || colon < 1 || colon > 2 || (word.n != colon + 3 && word.n != colon + 6))
        return false;
    for (size_t i = 0; i < word.n; i++) {
        const bool separates = i == colon || i == colon + 3;
        if (separates ? word.p[i] != ':' : !bw_is_digit(word.p[i]))
            return false;
    }
    return true;
}

/* +0900, JST, "MET", (JST). */
static bool is_zone(bw_slice word)
{
    unsigned long offset;
    if (word.n == 5 && (word.p[0] == '+' || word.p[0] == '-'))
        return bw_number(&offset, bw_sub(word, 1, 5), 9999);
    if (word.n > 2 && word.p[0] == '(' && word.p[word.n - 1] == ')')
        word = bw_sub(word, 1, word.n - 1);
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] < 'A' || word.p[i] > 'Z')
            return false;
    return word.n >= 1 && word.n <= 5;
}

/* What may follow the time: the year (unless it came before), zones on either side of it, "remote from host". */
static bool is_tail(struct words words, bool year)
{
    for (size_t i = 0; i < words.count; i++) {
        if (!year && is_year(words.at[i]))
            year = true;
        else if (bw_eq(words.at[i], BW_S("remote")))
            return year && i + 1 < words.count && bw_eq(words.at[i + 1], BW_S("from")) &&
                   i + 3 >= words.count;
        else if (i >= 4 || !is_zone(words.at[i]))
            return false;
    }
    return year;
}

/* From the weekday on: asctime(3)'s "Mon Jan  3 12:00:00 2022" or RFC 5322's "Mon, 3 Jan 2022 12:00:00 +0900". */
static bool is_date(struct words words)
{
    const bw_slice *at = words.at;
    if (words.count >= 5 && is_month(at[1]) && is_day(at[2]) && is_time(at[3]))
        return is_tail((struct words){at + 4, words.count - 4}, false);
    if (words.count >= 5 && is_day(at[1]) && is_month(at[2]) && is_year(at[3]) && is_time(at[4]))
        return is_tail((struct words){at + 5, words.count - 5}, true);
    return false;
}

/* Before the weekday: nothing, one word, or several where they hold an address ("a user"@example.com, and
 * "user at example.com" as archives write it). Three words of prose are no sender. */
static bool is_sender(struct words words)
{
    if (words.count <= 1)
        return true;
    if (words.count > SENDER_WORDS_MAX)
        return false;
    for (size_t i = 0; i < words.count; i++)
        if (bw_find_byte(words.at[i], '@', 0) != BW_NONE || bw_starts(words.at[i], BW_S("\"")))
            return true;
    return words.count == 3 && bw_eq(words.at[1], BW_S("at"));
}

bool bw_is_from_line(bw_slice line)
{
    if (!bw_starts(line, BW_S("From ")) || line.n > LINE_BYTES_MAX)
        return false;
    bw_slice words[WORDS_MAX];
    bw_slice rest = bw_sub(line, 5, line.n);
    size_t count = 0;
    while (count < WORDS_MAX && bw_next_word(&words[count], &rest))
        count++;
    if (bw_trim(rest).n)
        return false;
    for (size_t i = 0; i < count; i++)
        if (is_weekday(words[i]) && is_date((struct words){words + i, count - i}) &&
            is_sender((struct words){words, i}))
            return true;
    return false;
}
