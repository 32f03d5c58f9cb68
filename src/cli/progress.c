#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SOURCE_COLUMNS = 40, BYTES_A_MEGABYTE = 1000000 };

static const double first_after = 1.0, again_after = 0.25; /* seconds */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The bytes of all operands; 0 where one is no plain file. */
static unsigned long long total_of(const struct bw_options *options)
{
    unsigned long long total = 0;
    for (size_t i = 0; i < options->operand_count; i++) {
        struct stat about;
        if (stat(options->operands[i], &about) != 0 || !S_ISREG(about.st_mode))
            return 0;
        total += (unsigned long long)about.st_size;
    }
    return total;
}

void bw_progress_start(struct bw_progress *progress, const struct bw_options *options)
{
    *progress = (struct bw_progress){.began = now()};
    progress->on = options->progress == BW_PROGRESS_ALWAYS ||
                   (options->progress == BW_PROGRESS_AUTO && isatty(STDERR_FILENO));
    if (progress->on)
        progress->total = total_of(options);
}

/* "3 min 20 s left" */
static void put_left(const struct bw_progress *progress, double seconds)
{
    if (!progress->total || progress->bytes == 0 || progress->bytes >= progress->total)
        return;
    const double left = seconds * (double)(progress->total - progress->bytes) / (double)progress->bytes;
    if (left >= 60)
        fprintf(stderr, ", %ld min %02ld s left", (long)left / 60, (long)left % 60);
    else
        fprintf(stderr, ", %.0f s left", left);
}

void bw_progress_step(struct bw_progress *progress, const char *source, size_t bytes)
{
    progress->messages++;
    progress->bytes += bytes;
    if (!progress->on)
        return;
    const double time = now(), seconds = time - progress->began;
    if (seconds < first_after || time - progress->told < again_after)
        return;
    progress->told = time;
    struct bw_buf name;
    bw_buf_init(&name, 0);
    const size_t length = strlen(source);
    bw_put_visible(&name, bw_str(length > SOURCE_COLUMNS ? source + length - SOURCE_COLUMNS : source), false);
    fprintf(stderr, "\r\033[K%zu messages, %.0f/s, %.1f MB", progress->messages,
            (double)progress->messages / seconds, (double)progress->bytes / BYTES_A_MEGABYTE);
    put_left(progress, seconds);
    fprintf(stderr, ": %.*s", (int)name.n, name.n ? name.p : "");
    fflush(stderr);
    progress->shown = true;
    bw_buf_clear(&name);
}

void bw_progress_hide(struct bw_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

static volatile sig_atomic_t interrupted;

static void note(int signal)
{
    (void)signal;
    interrupted = 1;
}

void bw_interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

bool bw_interrupted(void) { return interrupted != 0; }
