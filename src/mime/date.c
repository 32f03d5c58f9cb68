/* Dates: RFC 5322 section 3.3 and 4.3, and the other ways in which mail software writes them. The words are read in
 * any order and then put together by what they can be. */
#include "mime/internal.h"

enum { LONGEST_DATE = 200, NUMBERS = 3 };

struct number {
    unsigned long value;
    size_t digits;
};

struct reading {
    struct number numbers[NUMBERS]; /* day, month, year as far as they are numbers, in order */
    size_t count;
    unsigned month; /* 1 to 12 by name, 0 where none was */
    bool has_time, pm, am;
    unsigned long hour, minute, second;
    bool has_zone, numeric_zone;
    int zone; /* minutes east of Greenwich */
};

struct date {
    unsigned long year, month, day;
};

struct zone {
    const char *name;
    int minutes;
};

/* RFC 5322 section 4.3, and the abbreviations that stand for one zone only in practice. */
static const struct zone zones[] = {
    {"ut", 0},      {"utc", 0},     {"gmt", 0},    {"z", 0},      {"est", -300}, {"edt", -240}, {"cst", -360},
    {"cdt", -300},  {"mst", -420},  {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"jst", 540},  {"kst", 540},
    {"hkt", 480},   {"sgt", 480},   {"wib", 420},  {"ict", 420},  {"msk", 180},  {"eet", 120},  {"eest", 180},
    {"cet", 60},    {"cest", 120},  {"met", 60},   {"mest", 120}, {"wet", 0},    {"west", 60},  {"bst", 60},
    {"aest", 600},  {"aedt", 660},  {"acst", 570}, {"awst", 480}, {"nzst", 720}, {"nzdt", 780}, {"hst", -600},
    {"akst", -540}, {"akdt", -480}, {"brt", -180}, {"sast", 120},
};

static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};

static unsigned month_named(bw_slice word)
{
    for (unsigned i = 0; i < 12 && word.n >= 3; i++)
        if (bw_istarts(bw_str(months[i]), word) || (i == 8 && bw_ieq(word, BW_S("sept"))))
            return i + 1;
    return 0;
}

/* Cuts digits off *s. */
static struct number read_number(bw_slice *s)
{
    struct number number = {0};
    while (number.digits < s->n && bw_is_digit(s->p[number.digits])) {
        if (number.value < 1000000)
            number.value = number.value * 10 + (unsigned long)(s->p[number.digits] - '0');
        number.digits++;
    }
    *s = bw_sub(*s, number.digits, s->n);
    return number;
}

/* Cuts ':' (or its Japanese counterpart) off *s when a digit follows. */
static bool cut_colon(bw_slice *s, bw_slice kanji)
{
    const size_t n = s->n && s->p[0] == ':' ? 1 : bw_starts(*s, kanji) ? kanji.n : 0;
    if (n == 0 || n >= s->n || !bw_is_digit(s->p[n]))
        return false;
    *s = bw_sub(*s, n, s->n);
    return true;
}

/* "18:02", "18:02:11", "18:02:11.123" behind the hour. False where no time of day starts there. */
static bool read_time(struct reading *out, struct number hour, bw_slice *s)
{
    if (out->has_time || hour.digits > 2 || !cut_colon(s, BW_S("\xE6\x99\x82")))
        return false;
    out->has_time = true;
    out->hour = hour.value;
    out->minute = read_number(s).value;
    out->second = cut_colon(s, BW_S("\xE5\x88\x86")) ? read_number(s).value : 0;
    if (s->n > 1 && s->p[0] == '.' && bw_is_digit(s->p[1])) {
        *s = bw_sub(*s, 1, s->n);
        read_number(s);
    }
    return true;
}

/* "+0900", "-05:00", "+9" behind the sign. */
static void read_offset(struct reading *out, char sign, bw_slice *s)
{
    const struct number number = read_number(s);
    unsigned long hours = number.value, minutes = 0;
    if (number.digits > 2) {
        hours = number.value / 100;
        minutes = number.value % 100;
    } else if (cut_colon(s, BW_S(":"))) {
        minutes = read_number(s).value;
    }
    if (out->numeric_zone)
        return;
    out->numeric_zone = true;
    if (number.digits > 4 || hours > 23 || minutes > 59)
        return;
    const int offset = (int)(hours * 60 + minutes);
    out->has_zone = sign == '+' || offset != 0; /* -0000 says that the zone is not known */
    out->zone = sign == '+' ? offset : -offset;
}

static void read_word(struct reading *out, bw_slice word)
{
    out->am |= bw_ieq(word, BW_S("am"));
    out->pm |= bw_ieq(word, BW_S("pm"));
    const unsigned month = month_named(word);
    if (month && !out->month) {
        out->month = month;
        return;
    }
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (!out->has_time || out->has_zone || out->numeric_zone || !bw_ieq(word, bw_str(zones[i].name)))
            continue;
        out->has_zone = true;
        out->zone = zones[i].minutes;
    }
}

/* A '-' between two numbers of a date is no sign. */
static bool is_sign(const struct reading *reading, bw_slice s, char before)
{
    const bool date_done = reading->count + (reading->month > 0) >= 3;
    return reading->has_time && s.n > 1 && bw_is_digit(s.p[1]) &&
           (s.p[0] == '+' || (s.p[0] == '-' && (date_done || bw_is_space(before))));
}

static void read_all(struct reading *out, bw_slice s)
{
    const char *const start = s.p;
    while (s.n) {
        const char c = s.p[0];
        if (bw_is_digit(c)) {
            const struct number number = read_number(&s);
            if (!read_time(out, number, &s) && out->count < NUMBERS)
                out->numbers[out->count++] = number;
        } else if (is_sign(out, s, s.p > start ? s.p[-1] : ' ')) {
            s = bw_sub(s, 1, s.n);
            read_offset(out, c, &s);
        } else if (bw_is_alpha(c)) {
            size_t n = 1;
            while (n < s.n && bw_is_alpha(s.p[n]))
                n++;
            read_word(out, bw_sub(s, 0, n));
            s = bw_sub(s, n, s.n);
        } else {
            s = bw_sub(s, 1, s.n);
        }
    }
}

/* RFC 5322 section 4.3. */
static unsigned long full_year(struct number year)
{
    if (year.digits == 2)
        return year.value + (year.value < 50 ? 2000 : 1900);
    return year.digits == 3 ? year.value + 1900 : year.value;
}

/* Which number is which. False where that cannot be told. */
static bool place_numbers(struct date *out, const struct reading *reading)
{
    const struct number *n = reading->numbers;
    if (reading->month && reading->count >= 2) {
        const bool year_first = n[0].value > 31; /* not by its digits: some write day 029 */
        *out = (struct date){full_year(n[year_first ? 0 : 1]), reading->month, n[year_first ? 1 : 0].value};
        return true;
    }
    if (reading->count < 3)
        return false;
    if (n[0].digits == 4) {
        *out = (struct date){n[0].value, n[1].value, n[2].value};
        return true;
    }
    /* 1/24/2023: America writes the month first, and a 12-hour clock; most others do neither. */
    const bool month_first = n[1].value > 12 || (n[0].value <= 12 && (reading->am || reading->pm));
    if (!month_first && n[0].value <= 12)
        return false;
    *out = (struct date){full_year(n[2]), n[month_first ? 0 : 1].value, n[month_first ? 1 : 0].value};
    return true;
}

static unsigned long days_in(unsigned long year, unsigned long month)
{
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bw_slice bw_date(struct bw_arena *arena, bw_slice field)
{
    struct reading reading = {0};
    struct date date;
    read_all(&reading, bw_sub(field, 0, LONGEST_DATE));
    if (!reading.has_time || !place_numbers(&date, &reading))
        return BW_NULL;
    if (reading.pm && reading.hour < 12)
        reading.hour += 12;
    else if (reading.am && reading.hour == 12)
        reading.hour = 0;
    if (date.year < 1900 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in(date.year, date.month) || reading.hour > 23 || reading.minute > 59 ||
        reading.second > 60)
        return BW_NULL;
    const int zone = reading.has_zone ? reading.zone : 0;
    const char sign = reading.has_zone && zone >= 0 ? '+' : '-'; /* RFC 3339 section 4.3: -00:00 is unknown */
    const int size = zone < 0 ? -zone : zone;
    return bw_format(arena, "%04lu-%02lu-%02luT%02lu:%02lu:%02lu%c%02d:%02d", date.year, date.month, date.day,
                     reading.hour, reading.minute, reading.second, sign, size / 60, size % 60);
}
