/* Which charset an unlabelled or mislabelled text is in, by what its bytes would mean in each. */
#include "mime/internal.h"

#include <string.h>

enum {
    ESC = 0x1B,
    CYRILLIC_LEAST = 12,      /* so many letters beyond ASCII, before they tell a Cyrillic charset */
    CYRILLIC_NEIGHBOURS = 80, /* per cent of them that stand beside another: Western ones stand alone */
    CYRILLIC_COMMON = 45,     /* per cent of them that are the ten most frequent letters of Russian */
    EAST_ASIAN_LEAST = 12,    /* so many double-byte characters, before their want of kana tells anything */
    KOREAN_SHARE = 95,        /* per cent of them in the rows of Hangul syllables */
};

/* How well bytes fit one Japanese encoding. */
struct score {
    long points;   /* likely characters count for it, rare ones against it */
    size_t chars;  /* characters beyond ASCII */
    size_t broken; /* places that the encoding does not allow */
    size_t kana;
};

static unsigned char byte_at(bw_slice s, size_t at) { return at < s.n ? (unsigned char)s.p[at] : 0; }

static bool in_range(unsigned char c, unsigned char first, unsigned char last)
{
    return c >= first && c <= last;
}

bool bw_has_jis_escape(bw_slice bytes)
{
    for (size_t at = 0; (at = bw_find_byte(bytes, ESC, at)) != BW_NONE; at++) {
        const unsigned char c = byte_at(bytes, at + 1), d = byte_at(bytes, at + 2);
        if ((c == '$' && (d == '@' || d == 'B' || d == '(')) || (c == '(' && (d == 'I' || d == 'J')))
            return true;
    }
    return false;
}

/* A character of JIS X 0208 by its row (1 to 94): what Japanese mail is made of, and what it hardly ever holds. */
static void score_row(struct score *score, unsigned row)
{
    score->chars++;
    if (row == 4 || row == 5) { /* hiragana, katakana */
        score->points += 3;
        score->kana++;
    } else if (row == 1 || (row >= 16 && row <= 47)) { /* punctuation, common kanji */
        score->points += 2;
    } else if (row == 2 || row == 3 || row == 13) { /* signs, full-width letters, the vendors' signs */
        score->points += 1;
    } else if (row < 16 || row > 84) { /* Greek, Cyrillic, lines; nothing */
        score->points -= 3;
    }
}

static struct score score_euc(bw_slice s)
{
    struct score score = {0};
    for (size_t i = 0; i < s.n;) {
        const unsigned char c = byte_at(s, i), d = byte_at(s, i + 1);
        if (c < 0x80) {
            i++;
        } else if (c == 0x8E && in_range(d, 0xA1, 0xDF)) {
            score.chars++;
            i += 2;
        } else if (c == 0x8F && in_range(d, 0xA1, 0xFE) && in_range(byte_at(s, i + 2), 0xA1, 0xFE)) {
            score.chars++;
            score.points -= 1;
            i += 3;
        } else if (in_range(c, 0xA1, 0xFE) && in_range(d, 0xA1, 0xFE)) {
            score_row(&score, c - 0xA0u);
            i += 2;
        } else {
            score.broken++;
            i++;
        }
    }
    return score;
}

static bool is_sjis_lead(unsigned char c) { return in_range(c, 0x81, 0x9F) || in_range(c, 0xE0, 0xFC); }

/* Row of JIS X 0208 of a double byte; 95 and more for the vendors' planes. */
static unsigned sjis_row(unsigned char lead, unsigned char trail)
{
    return (lead - (lead < 0xA0 ? 0x81u : 0xC1u)) * 2 + (trail >= 0x9F ? 2 : 1);
}

/* One accented letter between ASCII letters reads as a kanji whose second byte is the next letter: Western text. */
static bool stands_alone(bw_slice s, size_t at)
{
    const unsigned char trail = byte_at(s, at + 1), after = byte_at(s, at + 2);
    const bool letter_before = at > 0 && byte_at(s, at - 1) < 0x80 && byte_at(s, at - 1) > ' ';
    return trail < 0x80 && after < 0x80 && (letter_before || after > ' ');
}

static struct score score_sjis(bw_slice s)
{
    struct score score = {0};
    size_t behind_double = BW_NONE; /* offset behind the last double byte */
    for (size_t i = 0; i < s.n;) {
        const unsigned char c = byte_at(s, i), d = byte_at(s, i + 1);
        if (c < 0x80) {
            i++;
        } else if (in_range(c, 0xA1,
                            0xDF)) { /* half-width kana: what EUC-JP looks like when taken for this */
            score.chars++;
            score.points -= 1;
            i++;
        } else if (is_sjis_lead(c) && d >= 0x40 && d != 0x7F && d <= 0xFC) {
            if (i != behind_double && stands_alone(s, i)) {
                score.chars++;
                score.points -= 3;
            } else {
                score_row(&score, sjis_row(c, d));
            }
            i += 2;
            behind_double = i;
        } else {
            score.broken++;
            i++;
        }
    }
    return score;
}

/* Hardly broken (a text may be cut in the middle of a character), and made of what Japanese text is made of. */
static bool fits(const struct score *score)
{
    return score->chars > score->broken && score->broken <= 1 + score->chars / 64 &&
           score->points >= (long)score->chars;
}

bool bw_has_long_utf8(bw_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (byte_at(s, i) >= 0xE0)
            return true;
    return false;
}

/* The label fits without fault. It still loses to text that is plain Japanese in the other encoding while it would be
 * rarities in its own. */
static bool label_holds(const struct score *own, const struct score *other)
{
    const bool other_is_plain = other->broken == 0 && other->chars > 0 && other->kana * 3 >= other->chars;
    return own->chars > 0 && own->broken == 0 && (own->points > 0 || !other_is_plain);
}

static enum bw_guess guess_japanese(bw_slice bytes, enum bw_guess told)
{
    const struct score euc = score_euc(bytes), sjis = score_sjis(bytes);
    if (told == BW_GUESS_EUC && label_holds(&euc, &sjis))
        return BW_GUESS_EUC;
    if (told == BW_GUESS_SJIS && label_holds(&sjis, &euc))
        return BW_GUESS_SJIS;
    const bool may_be_euc = fits(&euc), may_be_sjis = fits(&sjis);
    if (may_be_euc &&
        may_be_sjis) /* per character, as the same bytes make fewer of them in one than in the other */
        return euc.points * (long)sjis.chars >= sjis.points * (long)euc.chars ? BW_GUESS_EUC : BW_GUESS_SJIS;
    if (may_be_euc)
        return BW_GUESS_EUC;
    return may_be_sjis ? BW_GUESS_SJIS : BW_GUESS_LATIN;
}

/* Whole characters of UTF-8 beyond ASCII, and places where one is broken. One cut off at the very end is none. */
static void count_utf8(size_t *whole, size_t *broken, bw_slice s)
{
    uint32_t code;
    bool in_run = false;
    *whole = *broken = 0;
    s = bw_utf8_whole(s, s.n);
    while (s.n) {
        const size_t before = s.n;
        bw_utf8_next(&code, &s);
        const bool bad = code == 0xFFFD && before - s.n == 1;
        *whole += code >= 0x80 && !bad;
        *broken += bad && !in_run;
        in_run = bad;
    }
}

enum bw_guess bw_guess_charset(bw_slice bytes, enum bw_guess told)
{
    bool eight_bit = false;
    for (size_t i = 0; i < bytes.n && !eight_bit; i++)
        eight_bit = (unsigned char)bytes.p[i] >= 0x80;
    const bool jis = bw_has_jis_escape(bytes);
    if (!eight_bit)
        return jis ? BW_GUESS_JIS : BW_GUESS_ASCII;
    if (jis)
        return BW_GUESS_MIXED;
    size_t whole, broken;
    count_utf8(&whole, &broken, bytes);
    const bool told_double = told == BW_GUESS_EUC || told == BW_GUESS_SJIS;
    if (whole > 0 && broken == 0 && (!told_double || bw_has_long_utf8(bytes)))
        return BW_GUESS_UTF8;
    const enum bw_guess japanese = guess_japanese(bytes, told);
    if (japanese != BW_GUESS_LATIN)
        return japanese;
    if (whole > 0 && broken == 0)
        return BW_GUESS_UTF8;
    /* UTF-8 with a character cut in half here and there is still UTF-8. */
    if (whole > 0 && (whole >= broken * 4 || (told == BW_GUESS_UTF8 && whole >= broken)))
        return BW_GUESS_UTF8;
    return bw_find_byte(bytes, '\n', 0) != BW_NONE ? BW_GUESS_MIXED : BW_GUESS_LATIN;
}

/* ---- by letters ----------------------------------------------------------------------------------------- */

static bool is_one_of(unsigned char c, const char *letters) { return strchr(letters, c) != NULL; }

/* Text in words of letters beyond ASCII, most of them frequent in Russian. */
static bool is_cyrillic(bw_slice s, const char *frequent)
{
    size_t letters = 0, beside = 0, common = 0;
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char c = byte_at(s, i);
        if (c < 0x80)
            continue;
        letters++;
        beside += (i > 0 && byte_at(s, i - 1) >= 0xC0) || byte_at(s, i + 1) >= 0xC0;
        common += is_one_of(c, frequent);
    }
    return letters >= CYRILLIC_LEAST && beside * 100 >= letters * CYRILLIC_NEIGHBOURS &&
           common * 100 >= letters * CYRILLIC_COMMON;
}

/* Double bytes of the shape that GB 2312, KS X 1001 and EUC-JP share, with no kana among them: NULL where it is not
 * that. The syllables of Korean fill 25 rows; those of Chinese text are spread over 40 and more. */
static const char *name_of_double(bw_slice s)
{
    const struct score score = score_euc(s);
    if (score.chars < EAST_ASIAN_LEAST || score.kana > 0 || score.broken > score.chars / 64)
        return NULL;
    size_t hangul = 0, ideographs = 0;
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char c = byte_at(s, i);
        if (c < 0x80)
            continue;
        hangul += in_range(c, 0xB0, 0xC8);
        ideographs += in_range(c, 0xB0, 0xF7);
        i++;
    }
    if (ideographs < EAST_ASIAN_LEAST)
        return NULL;
    return hangul * 100 >= ideographs * KOREAN_SHARE ? "CP949" : "GB18030";
}

const char *bw_guess_by_letters(bw_slice bytes)
{
    if (bw_utf8_valid(bytes) || bw_has_jis_escape(bytes))
        return NULL;
    /* The ten letters in the order of how often Russian uses them: o e a i n t s r v l. */
    if (is_cyrillic(bytes, "\xEE\xE5\xE0\xE8\xED\xF2\xF1\xF0\xE2\xEB"))
        return "CP1251";
    if (is_cyrillic(bytes, "\xCF\xC5\xC1\xC9\xCE\xD4\xD3\xD2\xD7\xCC"))
        return "KOI8-R";
    const struct score sjis = score_sjis(bytes);
    return fits(&sjis) && sjis.kana > 0 ? NULL : name_of_double(bytes);
}
