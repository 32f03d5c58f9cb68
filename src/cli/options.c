/* argv and the environment -> struct bw_options (GNU conventions). */
#include "cli/cli.h"
#include "cli/messages.h"

#include <getopt.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_READABLE = 100, WIDTH_MAX = 10000, THREADS_MAX = 256 };

enum {
    OPTION_LANG = 'l',
    OPTION_FORMAT = 'f',
    OPTION_JOBS = 'j',
    OPTION_EXPLAIN = 256,
    OPTION_PATTERNS,
    OPTION_LIST_RULES,
    OPTION_CHECK_PATTERNS,
    OPTION_DUMP,
    OPTION_COLOR,
    OPTION_WIDTH,
    OPTION_ROLE,
    OPTION_TICKET,
    OPTION_REDACT,
    OPTION_PROGRESS,
    OPTION_SUMMARY,
    OPTION_FROM_JSON,
    OPTION_RECIPIENTS,
    OPTION_BOM,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    {"lang", required_argument, NULL, OPTION_LANG},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"patterns", required_argument, NULL, OPTION_PATTERNS},
    {"list-rules", no_argument, NULL, OPTION_LIST_RULES},
    {"check-patterns", no_argument, NULL, OPTION_CHECK_PATTERNS},
    {"dump", required_argument, NULL, OPTION_DUMP},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"role", required_argument, NULL, OPTION_ROLE},
    {"ticket", optional_argument, NULL, OPTION_TICKET},
    {"bom", no_argument, NULL, OPTION_BOM},
    {"summary", no_argument, NULL, OPTION_SUMMARY},
    {"from-json", no_argument, NULL, OPTION_FROM_JSON},
    {"recipients", required_argument, NULL, OPTION_RECIPIENTS},
    {"progress", required_argument, NULL, OPTION_PROGRESS},
    {"redact", no_argument, NULL, OPTION_REDACT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* A word and what it stands for. */
struct choice {
    const char *word;
    int value;
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

static const struct choice formats[] = {
    {"text", BW_FORMAT_TEXT}, {"json", BW_FORMAT_JSON}, {"csv", BW_FORMAT_CSV}, {NULL, 0}};
static const struct choice colors[] = {
    {"auto", COLOR_AUTO}, {"always", COLOR_ALWAYS}, {"never", COLOR_NEVER}, {NULL, 0}};
static const struct choice roles[] = {
    {"user", BW_ROLE_USER}, {"admin", BW_ROLE_ADMIN}, {"support", BW_ROLE_SUPPORT}, {NULL, 0}};
static const struct choice tickets[] = {{"auto", BW_TICKET_AUTO},
                                        {"provider", BW_TICKET_PROVIDER},
                                        {"receiver", BW_TICKET_RECEIVER},
                                        {"list", BW_TICKET_LIST},
                                        {NULL, 0}};
static const struct choice recipients[] = {
    {"dead", BW_RECIPIENTS_DEAD}, {"full", BW_RECIPIENTS_FULL}, {NULL, 0}};
static const struct choice whens[] = {
    {"auto", BW_PROGRESS_AUTO}, {"always", BW_PROGRESS_ALWAYS}, {"never", BW_PROGRESS_NEVER}, {NULL, 0}};
static const struct choice stages[] = {{"mime", BW_DUMP_MIME},
                                       {"delivery", BW_DUMP_DELIVERY},
                                       {"evidence", BW_DUMP_EVIDENCE},
                                       {"classify", BW_DUMP_CLASSIFY},
                                       {NULL, 0}};

/* What is still to be settled when all options are read. */
struct reading {
    enum color color;
    bool width_given;
};

/* The index of word among the choices; -1 after a message where it is none of them. */
static int choose(const char *option, const struct choice *choices, const char *word)
{
    struct bw_buf known;
    bw_buf_init(&known, 0);
    for (int i = 0; choices[i].word; i++) {
        if (strcmp(choices[i].word, word) == 0) {
            bw_buf_clear(&known);
            return i;
        }
        bw_putf(&known, "%s%s", i ? ", " : "", choices[i].word);
    }
    bw_complain(NULL, "--%s: '%s' is none of: %.*s", option, word, BW_ARG(bw_buf_slice(&known)));
    bw_buf_clear(&known);
    return -1;
}

static bool read_width(struct bw_options *out, struct reading *reading, const char *word)
{
    unsigned long width;
    if (!bw_number(&width, bw_str(word), WIDTH_MAX)) {
        bw_complain(NULL, "--width: '%s' is not a number from 0 to %d", word, WIDTH_MAX);
        return false;
    }
    out->width = (unsigned)width;
    reading->width_given = true;
    return true;
}

static bool read_jobs(struct bw_options *out, const char *word)
{
    unsigned long threads;
    if (!bw_number(&threads, bw_str(word), THREADS_MAX) || threads == 0) {
        bw_complain(NULL, "--jobs: '%s' is not a number from 1 to %d", word, THREADS_MAX);
        return false;
    }
    out->threads = (unsigned)threads;
    return true;
}

/* As many threads as processors that can be used. */
static unsigned processors(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : (unsigned)count;
}

/* The options that say what to do. */
static bool read_mode(struct bw_options *out, int option)
{
    switch (option) {
    case OPTION_LIST_RULES:
        out->mode = BW_MODE_LIST_RULES;
        return true;
    case OPTION_CHECK_PATTERNS:
        out->mode = BW_MODE_CHECK_PATTERNS;
        return true;
    case OPTION_DUMP: {
        const int at = choose("dump", stages, optarg);
        out->mode = BW_MODE_DUMP;
        out->stage = at < 0 ? BW_DUMP_MIME : (enum bw_dump_stage)stages[at].value;
        return at >= 0;
    }
    case OPTION_HELP:
        out->mode = BW_MODE_HELP;
        return true;
    case OPTION_VERSION:
        out->mode = BW_MODE_VERSION;
        return true;
    default: /* getopt has said what is wrong */
        return false;
    }
}

/* The first letters of a locale's or a user's name of a language; whether there is such a one, the tables tell. */
static void set_language(struct bw_options *out, const char *name)
{
    size_t n = 0;
    while (n + 1 < sizeof out->language && bw_is_alpha(name[n])) {
        out->language[n] = bw_lower(name[n]);
        n++;
    }
    out->language[n] = 0;
}

static bool read_option(struct bw_options *out, struct reading *reading, int option)
{
    int at;
    switch (option) {
    case OPTION_LANG:
        set_language(out, optarg);
        out->language_given = true;
        return true;
    case OPTION_FORMAT:
        if ((at = choose("format", formats, optarg)) >= 0)
            out->format = (enum bw_output_format)formats[at].value;
        return at >= 0;
    case OPTION_COLOR:
        if ((at = choose("color", colors, optarg)) >= 0)
            reading->color = (enum color)colors[at].value;
        return at >= 0;
    case OPTION_JOBS:
        return read_jobs(out, optarg);
    case OPTION_ROLE:
        if ((at = choose("role", roles, optarg)) >= 0)
            out->role = (enum bw_role)roles[at].value;
        return at >= 0;
    case OPTION_TICKET:
        if ((at = choose("ticket", tickets, optarg ? optarg : "auto")) >= 0)
            out->ticket = (enum bw_ticket)tickets[at].value;
        return at >= 0;
    case OPTION_BOM:
        out->csv_bom = true;
        return true;
    case OPTION_SUMMARY:
        out->summary = true;
        return true;
    case OPTION_FROM_JSON:
        out->from_json = true;
        return true;
    case OPTION_RECIPIENTS:
        if ((at = choose("recipients", recipients, optarg)) >= 0)
            out->recipients = (enum bw_recipients)recipients[at].value;
        return at >= 0;
    case OPTION_PROGRESS:
        if ((at = choose("progress", whens, optarg)) >= 0)
            out->progress = (enum bw_progress_when)whens[at].value;
        return at >= 0;
    case OPTION_REDACT:
        out->redact = true;
        return true;
    case OPTION_EXPLAIN:
        out->explain = true;
        return true;
    case OPTION_PATTERNS:
        out->patterns[out->pattern_count++] = optarg;
        return true;
    case OPTION_WIDTH:
        return read_width(out, reading, optarg);
    default:
        return read_mode(out, option);
    }
}

/* POSIX.1-2017 section 8.2: the first of these that is set and not empty decides. */
static const char *language_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return BW_FALLBACK_LANGUAGE;
}

/* The terminal's columns, though no more than what one reads with ease; 0 where standard output is none. */
static unsigned terminal_width(void)
{
    unsigned long columns = 0;
    if (!isatty(STDOUT_FILENO))
        return 0;
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
#endif
    if (!columns && !bw_number(&columns, bw_str(getenv("COLUMNS")), WIDTH_MAX))
        columns = WIDTH_DEFAULT;
    return columns > WIDTH_READABLE ? WIDTH_READABLE : (unsigned)columns;
}

/* https://no-color.org: set and not empty means no. What the command line says goes before. */
static bool wants_color(enum color color)
{
    if (color != COLOR_AUTO)
        return color == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0;
}

bool bw_options_read(struct bw_options *out, int argc, char **argv)
{
    static char name[] = "bouncewhy"; /* how getopt's messages begin */
    struct reading reading = {.color = COLOR_AUTO};
    *out = (struct bw_options){.mode = BW_MODE_DIAGNOSE, .threads = processors()};
    set_language(out, language_of_locale());
    if (argc < 1)
        return true;
    out->patterns = calloc((size_t)argc, sizeof *out->patterns);
    if (!out->patterns) {
        bw_complain(NULL, "out of memory");
        return false;
    }
    argv[0] = name;
    for (int option; (option = getopt_long(argc, argv, "l:f:j:", long_options, NULL)) != -1;) {
        if (!read_option(out, &reading, option)) {
            bw_complain_usage();
            return false;
        }
    }
    if (out->ticket != BW_TICKET_NONE && out->format != BW_FORMAT_TEXT) {
        bw_complain(NULL, "--ticket prints a text: it does not go with --format=json or csv");
        bw_complain_usage();
        return false;
    }
    if (out->from_json && !out->summary && out->recipients == BW_RECIPIENTS_NONE) {
        bw_complain(NULL, "--from-json needs --summary or --recipients");
        bw_complain_usage();
        return false;
    }
    if (out->redact && out->mode == BW_MODE_DUMP) {
        bw_complain(NULL, "--dump shows the mail as it is: it does not go with --redact");
        bw_complain_usage();
        return false;
    }
    out->operands = (const char *const *)argv + optind;
    out->operand_count = (size_t)(argc - optind);
    out->color = wants_color(reading.color);
    if (!reading.width_given)
        out->width = terminal_width();
    return true;
}

void bw_options_clear(struct bw_options *options)
{
    free(options->patterns);
    options->patterns = NULL;
}
