/* The command line: the only place, with main.c, that prints, reads the environment and decides the exit status. */
#ifndef BW_CLI_H
#define BW_CLI_H

#include "analyze.h"
#include "base/base.h"
#include "report/report.h"
#include "table/table.h"

/* The language where the locale names none of the tables'. */
#define BW_FALLBACK_LANGUAGE "en"

/* Exit statuses, as grep's. */
enum { BW_EXIT_BOUNCE = 0, BW_EXIT_NONE = 1, BW_EXIT_ERROR = 2, BW_EXIT_INTERRUPTED = 130 };

/* What the program is asked to do. */
enum bw_mode {
    BW_MODE_DIAGNOSE,
    BW_MODE_DUMP,
    BW_MODE_LIST_RULES,
    BW_MODE_CHECK_PATTERNS,
    BW_MODE_HELP,
    BW_MODE_VERSION
};

/* What the reports are written as. */
enum bw_output_format { BW_FORMAT_TEXT, BW_FORMAT_JSON, BW_FORMAT_CSV };

/* Whether a long run tells how far it is. */
enum bw_progress_when { BW_PROGRESS_AUTO, BW_PROGRESS_ALWAYS, BW_PROGRESS_NEVER };

/* Which recipients are listed. */
enum bw_recipients { BW_RECIPIENTS_NONE, BW_RECIPIENTS_DEAD, BW_RECIPIENTS_FULL };

/* The command line and what the environment adds to it. */
struct bw_options {
    enum bw_mode mode;
    enum bw_dump_stage stage; /* of BW_MODE_DUMP */
    char language[16];        /* "ja": a language record of the tables once these are open */
    bool language_given;      /* on the command line, not by the locale */
    enum bw_output_format format;
    bool summary, from_json;
    enum bw_recipients recipients; /* print nothing but these */
    enum bw_progress_when progress;
    bool csv_bom; /* begin CSV with a byte-order mark */
    bool explain, color;
    bool redact; /* mask addresses and hosts */
    enum bw_role role;
    enum bw_ticket ticket; /* print the request instead of the report */
    unsigned threads;      /* that analyse; at least 1 */
    unsigned width;        /* columns; 0: do not wrap */
    const char **patterns; /* each --patterns PATH in order; the array is owned, the texts are argv's */
    size_t pattern_count;
    const char *const *operands; /* what is left of argv; borrowed */
    size_t operand_count;
};

/* Opens what is closed of standard input, output and error onto nothing, so that no file of ours takes its place: using
 * such a stream fails as it should. */
void bw_cli_prepare(void);
/* Reads argv and the environment into *out; free with bw_options_clear whatever comes back. False after a mistake, which
 * has been reported. */
bool bw_options_read(struct bw_options *out, int argc, char **argv);
/* Frees what the options own. */
void bw_options_clear(struct bw_options *options);
/* Opens the tables: embedded, system, user, then those of the options. *out: owned by the caller; NULL where the mode
 * needs none. Settles options->language. False after an error, which has been reported. */
bool bw_cli_open_tables(struct bw_tables **out, struct bw_options *options);
/* Does what the options ask for and returns the exit status. tables: NULL only where bw_cli_open_tables gave that. */
int bw_cli_run(const struct bw_tables *tables, const struct bw_options *options);

#endif
