/* How far a long run is, on a terminal; and its end by Ctrl-C. */
#ifndef BW_CLI_PROGRESS_H
#define BW_CLI_PROGRESS_H

#include "cli/cli.h"

/* The line on standard error. */
struct bw_progress {
    bool on, shown;
    double began, told; /* seconds of a clock that only goes forward */
    size_t messages;
    unsigned long long bytes, total; /* total: of all files, 0 where it is not known before */
};

/* Begins: on where the options say so, or by themselves where standard error is a terminal. */
void bw_progress_start(struct bw_progress *progress, const struct bw_options *options);
/* One more message of that length and source; the line is written anew a few times a second, once the run is long. */
void bw_progress_step(struct bw_progress *progress, const char *source, size_t bytes);
/* Takes the line away, so that something else can be printed. */
void bw_progress_hide(struct bw_progress *progress);

/* From now on the first Ctrl-C (SIGINT) is only noted; the second ends the program. */
void bw_interrupt_catch(void);
/* It was pressed. */
bool bw_interrupted(void);

#endif
