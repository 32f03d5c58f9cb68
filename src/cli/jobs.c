#include "cli/jobs.h"

#include "analyze.h"
#include "report/report.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_A_THREAD = 8,
    BYTES_WAITING_MAX = 64 << 20, /* of messages that are copied and not yet taken; one may be larger */
    STACK_BYTES = 8 << 20,
};

/* A place in the ring. */
struct slot {
    struct bw_job job;
    char *copy; /* of the message, until it is analysed */
    size_t length;
    bool done;
};

struct bw_jobs {
    const struct bw_tables *tables;
    const struct bw_limits *limits;
    const struct bw_options *options;
    pthread_mutex_t lock;
    pthread_cond_t work, done; /* something to do; the oldest may be done */
    pthread_t *threads;
    size_t thread_count;
    struct slot *slots;
    size_t slot_count;
    size_t first, next, last; /* the oldest, the first that nobody has begun, the end: counted without end */
    size_t bytes;             /* that wait */
    bool ending;
};

static void analyse(struct bw_jobs *jobs, struct bw_job *job, bw_slice bytes)
{
    job->status =
        bw_analyze_with(&job->result, jobs->tables, bytes, jobs->limits, jobs->options->explain, &job->err);
    if (!job->status && jobs->options->redact && bw_redact(&job->result, jobs->tables))
        job->status = BW_NO_MEMORY;
    if (!job->source)
        job->status = BW_NO_MEMORY;
    if (job->status)
        bw_result_free(&job->result);
}

static void *run_worker(void *of)
{
    struct bw_jobs *jobs = of;
    pthread_mutex_lock(&jobs->lock);
    for (;;) {
        while (jobs->next == jobs->last && !jobs->ending)
            pthread_cond_wait(&jobs->work, &jobs->lock);
        if (jobs->ending)
            break;
        struct slot *slot = &jobs->slots[jobs->next++ % jobs->slot_count];
        if (slot->done)
            continue;
        pthread_mutex_unlock(&jobs->lock);
        analyse(jobs, &slot->job, (bw_slice){slot->copy, slot->length});
        free(slot->copy);
        pthread_mutex_lock(&jobs->lock);
        slot->copy = NULL;
        slot->done = true;
        pthread_cond_signal(&jobs->done);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

struct bw_jobs *bw_jobs_open(const struct bw_tables *tables, const struct bw_limits *limits,
                             const struct bw_options *options)
{
    struct bw_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return NULL;
    jobs->tables = tables;
    jobs->limits = limits;
    jobs->options = options;
    jobs->slot_count = options->threads > 1 ? options->threads * SLOTS_A_THREAD : 1;
    jobs->slots = calloc(jobs->slot_count, sizeof *jobs->slots);
    jobs->threads = calloc(options->threads, sizeof *jobs->threads);
    if (!jobs->slots || !jobs->threads || pthread_mutex_init(&jobs->lock, NULL)) {
        free(jobs->slots);
        free(jobs->threads);
        free(jobs);
        return NULL;
    }
    pthread_cond_init(&jobs->work, NULL); /* neither can fail without attributes here */
    pthread_cond_init(&jobs->done, NULL);
    return jobs;
}

/* As many as can be had; without any the caller's own does the work. */
static void start_threads(struct bw_jobs *jobs)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes))
        return;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (jobs->thread_count < jobs->options->threads &&
           pthread_create(&jobs->threads[jobs->thread_count], &attributes, run_worker, jobs) == 0)
        jobs->thread_count++;
    pthread_attr_destroy(&attributes);
}

bool bw_jobs_full(struct bw_jobs *jobs)
{
    const size_t waiting = jobs->last - jobs->first;
    return waiting == jobs->slot_count || (waiting > 0 && jobs->bytes > BYTES_WAITING_MAX);
}

static struct bw_job job_of(const struct bw_input_message *message)
{
    return (struct bw_job){.source = strdup(message->source),
                           .index = message->index,
                           .bytes = message->bytes.n,
                           .truncated = message->truncated};
}

void bw_jobs_submit(struct bw_jobs *jobs, const struct bw_input_message *message)
{
    struct slot *slot = &jobs->slots[jobs->last % jobs->slot_count];
    const bool first = jobs->last == 0;
    if (jobs->options->threads > 1 && !first && jobs->thread_count == 0)
        start_threads(jobs);
    *slot = (struct slot){.job = job_of(message), .length = message->bytes.n};
    slot->copy = jobs->thread_count && !first ? malloc(message->bytes.n + 1) : NULL;
    if (!slot->copy) { /* a single message, or no thread or memory for more */
        analyse(jobs, &slot->job, message->bytes);
        slot->done = true;
    } else if (message->bytes.n) {
        memcpy(slot->copy, message->bytes.p, message->bytes.n);
    }
    pthread_mutex_lock(&jobs->lock);
    jobs->bytes += slot->length;
    jobs->last++;
    pthread_cond_signal(&jobs->work);
    pthread_mutex_unlock(&jobs->lock);
}

bool bw_jobs_take(struct bw_job *out, struct bw_jobs *jobs)
{
    if (jobs->first == jobs->last)
        return false;
    struct slot *slot = &jobs->slots[jobs->first % jobs->slot_count];
    pthread_mutex_lock(&jobs->lock);
    while (!slot->done)
        pthread_cond_wait(&jobs->done, &jobs->lock);
    jobs->bytes -= slot->length;
    jobs->first++;
    if (jobs->next < jobs->first)
        jobs->next = jobs->first;
    pthread_mutex_unlock(&jobs->lock);
    *out = slot->job;
    return true;
}

void bw_job_clear(struct bw_job *job)
{
    bw_result_free(&job->result);
    free(job->source);
    job->source = NULL;
}

void bw_jobs_close(struct bw_jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->ending = true;
    pthread_cond_broadcast(&jobs->work);
    pthread_mutex_unlock(&jobs->lock);
    for (size_t i = 0; i < jobs->thread_count; i++)
        pthread_join(jobs->threads[i], NULL);
    for (; jobs->first < jobs->last; jobs->first++) {
        struct slot *slot = &jobs->slots[jobs->first % jobs->slot_count];
        free(slot->copy);
        bw_job_clear(&slot->job);
    }
    pthread_cond_destroy(&jobs->work);
    pthread_cond_destroy(&jobs->done);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs->slots);
    free(jobs->threads);
    free(jobs);
}
