/* Messages analysed by several threads and handed back in the order in which they came in. */
#ifndef BW_CLI_JOBS_H
#define BW_CLI_JOBS_H

#include "bouncewhy/bouncewhy.h"
#include "cli/cli.h"
#include "input/input.h"

/* One message and what became of it. Owned by the jobs from submission until it is taken. */
struct bw_job {
    char *source; /* owned; NULL without memory */
    size_t index; /* of the message in its source */
    size_t bytes; /* its length */
    bool truncated;
    struct bw_result result; /* of a status BW_OK */
    bw_status status;
    struct bw_error err;
};

/* A queue of them. */
struct bw_jobs;

/* A queue over tables, limits and options, all borrowed. Owned by the caller; NULL without memory. options->threads: how
 * many may work; they start when the second message comes in. */
struct bw_jobs *bw_jobs_open(const struct bw_tables *tables, const struct bw_limits *limits,
                             const struct bw_options *options);
/* True while no more may be submitted until one is taken: too many messages wait, or too many bytes of them. */
bool bw_jobs_full(struct bw_jobs *jobs);
/* Submits a message, copying what it borrows. Not while the queue is full. */
void bw_jobs_submit(struct bw_jobs *jobs, const struct bw_input_message *message);
/* The oldest message in *out, waited for; the caller owns what it holds: bw_job_clear. False where none is left. */
bool bw_jobs_take(struct bw_job *out, struct bw_jobs *jobs);
/* Frees what a job owns. */
void bw_job_clear(struct bw_job *job);
/* Ends the threads and drops what was not taken. NULL is allowed. */
void bw_jobs_close(struct bw_jobs *jobs);

#endif
