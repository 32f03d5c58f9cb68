/* The loop: sources -> messages -> reports, and the exit status. */
#include "bouncewhy/bouncewhy.h"
#include "cli/jobs.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "input/input.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* pending: a verdict that waits, as only the next message tells whether a report needs a heading that names its own; its
 * source is NULL where nothing waits. */
struct run {
    const struct bw_tables *tables;
    const struct bw_options *options;
    struct bw_limits limits;
    struct bw_output *output;
    struct bw_job pending;
    struct bw_progress progress;
    struct bw_summary *summary; /* NULL where each message is reported by itself */
    size_t shown;
    bool found, failed;
};

static void complain(struct run *run, bw_status status, const struct bw_error *err, const char *source,
                     size_t index)
{
    struct bw_error whole = *err;
    bw_progress_hide(&run->progress);
    whole.status = status;
    bw_complain_error(&whole, source, index);
    run->failed = true;
}

static void complain_of_length(struct run *run, const char *source, size_t index)
{
    struct bw_error err = {.status = BW_OK};
    bw_fail(&err, BW_LIMIT, "larger than %zu bytes: the rest was not read", run->limits.message_bytes);
    complain(run, BW_LIMIT, &err, source, index);
}

static void put_out(struct run *run, struct bw_buf *out)
{
    bw_progress_hide(&run->progress);
    bw_output_take(run->output, out);
}

static void put_report(struct run *run, const struct bw_result *result, const char *source, size_t index,
                       bool more)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    bw_status status;
    if (run->options->format == BW_FORMAT_JSON) {
        status = bw_report_json(&out, result, source, index);
    } else if (run->options->format == BW_FORMAT_CSV) {
        if (!run->shown)
            bw_report_csv_header(&out, run->options->csv_bom);
        status = bw_report_csv(&out, result, source, index);
    } else {
        const struct bw_report_options look = {
            .language = run->options->language,
            .source = source,
            .index = index,
            .role = run->options->role,
            .ticket = run->options->ticket,
            .redacted = run->options->redact,
            .heading = more,
            .color = run->options->color,
            .width = run->options->width,
            .explain = run->options->explain,
        };
        if (run->shown)
            bw_putc(&out, '\n');
        status = look.ticket == BW_TICKET_NONE ? bw_report_text(&out, run->tables, result, &look)
                                               : bw_report_ticket(&out, run->tables, result, &look);
    }
    if (status) {
        bw_buf_clear(&out);
        complain(run, status, &(struct bw_error){.status = BW_OK}, source, index);
        return;
    }
    put_out(run, &out);
    run->shown++;
}

/* Reports what waits. more: another message follows it. */
static void flush_pending(struct run *run, bool more)
{
    if (!run->pending.source)
        return;
    put_report(run, &run->pending.result, run->pending.source, run->pending.index, more || run->shown > 0);
    bw_job_clear(&run->pending);
}

/* A message that is analysed; takes it over. */
static void take_job(struct run *run, struct bw_job *job)
{
    if (job->truncated)
        complain_of_length(run, job->source, job->index);
    if (job->status) {
        complain(run, job->status, &job->err, job->source, job->index);
        bw_job_clear(job);
        return;
    }
    run->found |= job->result.kind == BW_KIND_BOUNCE;
    if (run->summary) {
        if (bw_summary_add(run->summary, &job->result))
            complain(run, BW_NO_MEMORY, &job->err, job->source, job->index);
        bw_job_clear(job);
        return;
    }
    flush_pending(run, true);
    run->pending = *job;
    if (run->options->format != BW_FORMAT_TEXT) /* a line stands for itself */
        flush_pending(run, false);
}

static void dump(struct run *run, const struct bw_input_message *message)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    if (message->truncated)
        complain_of_length(run, message->source, message->index);
    const bw_status status = bw_dump(&out, run->tables, message->bytes, &run->limits, run->options->stage);
    if (status) {
        bw_buf_clear(&out);
        complain(run, status, &(struct bw_error){.status = BW_OK}, message->source, message->index);
        return;
    }
    run->found = true;
    put_out(run, &out);
}

static void diagnose(struct run *run, struct bw_jobs *jobs, const struct bw_input_message *message)
{
    struct bw_job job;
    while (bw_jobs_full(jobs) && bw_jobs_take(&job, jobs))
        take_job(run, &job);
    bw_jobs_submit(jobs, message);
}

/* What was begun before an error in the input is reported before it. */
static void finish(struct run *run, struct bw_jobs *jobs)
{
    for (struct bw_job job; bw_jobs_take(&job, jobs);)
        take_job(run, &job);
}

static void read_input(struct run *run, struct bw_jobs *jobs, struct bw_input *input)
{
    struct bw_input_message message;
    struct bw_error err = {.status = BW_OK};
    for (int got;
         !run->output->failed && !bw_interrupted() && (got = bw_input_next(&message, input, &err)) != 0;) {
        if (got < 0 && bw_interrupted())
            break;
        if (got > 0)
            bw_progress_step(&run->progress, message.source, message.bytes.n);
        if (got < 0) {
            finish(run, jobs);
            complain(run, err.status, &err, NULL, 0);
        } else if (run->options->mode == BW_MODE_DUMP) {
            dump(run, &message);
        } else {
            diagnose(run, jobs, &message);
        }
        err = (struct bw_error){.status = BW_OK};
    }
    finish(run, jobs);
    flush_pending(run, false);
    bw_progress_hide(&run->progress);
}

static void put_recipients(struct bw_buf *out, const bw_tallies *recipients)
{
    for (size_t i = 0; i < recipients->count; i++) {
        bw_put_visible(out, recipients->items[i].name, false);
        bw_putc(out, '\n');
    }
}

static void put_summary(struct run *run)
{
    const struct bw_report_options look = {
        .language = run->options->language, .color = run->options->color, .width = run->options->width};
    struct bw_buf out;
    bw_buf_init(&out, 0);
    bw_status status = bw_summary_close(run->summary);
    if (!status && run->options->recipients != BW_RECIPIENTS_NONE)
        put_recipients(&out, run->options->recipients == BW_RECIPIENTS_DEAD ? &run->summary->dead
                                                                            : &run->summary->full);
    else if (!status)
        status = run->options->format == BW_FORMAT_JSON ? bw_summary_json(&out, run->summary)
                 : run->options->format == BW_FORMAT_CSV
                     ? bw_summary_csv(&out, run->summary, run->options->csv_bom)
                     : bw_summary_text(&out, run->tables, run->summary, &look);
    if (status) {
        bw_buf_clear(&out);
        complain(run, status, &(struct bw_error){.status = BW_OK}, NULL, 0);
        return;
    }
    put_out(run, &out);
}

/* A line of what --format=json printed. */
static void take_line(struct run *run, const char *source, size_t number, bw_slice line)
{
    struct bw_error err = {.status = BW_OK};
    struct bw_result result = {.kind = BW_KIND_NOT_A_BOUNCE};
    if (bw_trim(line).n == 0)
        return;
    bw_status status = bw_report_json_read(&result, line, &err);
    if (!status)
        status = bw_summary_add(run->summary, &result);
    if (status)
        complain(run, status, &err, source, number);
    else
        run->found |= result.kind == BW_KIND_BOUNCE;
    bw_result_free(&result);
}

static void read_json(struct run *run, const char *path)
{
    const bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");
    char *line = NULL;
    size_t room = 0, number = 0;
    if (!file) {
        bw_complain(path, "%s", strerror(errno));
        run->failed = true;
        return;
    }
    for (ssize_t n; (n = getline(&line, &room, file)) >= 0;)
        take_line(run, path, ++number, (bw_slice){line, (size_t)n});
    if (ferror(file)) {
        bw_complain(path, "%s", strerror(errno));
        run->failed = true;
    }
    free(line);
    if (!standard)
        fclose(file);
}

static int run_json(struct run *run)
{
    const size_t count = run->options->operand_count;
    for (size_t i = 0; i < count; i++)
        read_json(run, run->options->operands[i]);
    if (count == 0)
        read_json(run, "-");
    return run->failed ? BW_EXIT_ERROR : run->found ? BW_EXIT_BOUNCE : BW_EXIT_NONE;
}

static int run_messages(struct run *run)
{
    static const char *const standard_input[] = {"-"};
    const size_t count = run->options->operand_count;
    const char *const *paths = count ? run->options->operands : standard_input;
    struct bw_input *input = bw_input_open(paths, count ? count : 1, &run->limits);
    struct bw_jobs *jobs = bw_jobs_open(run->tables, &run->limits, run->options);
    if (!input || !jobs) {
        bw_complain(NULL, "out of memory");
        run->failed = true;
    } else {
        read_input(run, jobs, input);
    }
    bw_jobs_close(jobs);
    bw_input_close(input);
    return run->failed ? BW_EXIT_ERROR : run->found ? BW_EXIT_BOUNCE : BW_EXIT_NONE;
}

static int run_analysis(struct bw_output *output, const struct bw_tables *tables,
                        const struct bw_options *options)
{
    struct run run = {.tables = tables, .options = options, .output = output};
    bw_limits_default(&run.limits);
    if (options->operand_count == 0 && isatty(STDIN_FILENO)) {
        const bw_slice hint = bw_cli_word(tables, options->language, "hint.stdin");
        bw_complain(NULL, "%.*s", BW_ARG(hint));
    }
    const bool together = options->summary || options->recipients != BW_RECIPIENTS_NONE;
    run.summary = together ? bw_summary_new() : NULL;
    if (together && !run.summary) {
        bw_complain(NULL, "out of memory");
        return BW_EXIT_ERROR;
    }
    bw_progress_start(&run.progress, options);
    /* Somebody who pastes ends the program as any other. */
    if (options->operand_count || !isatty(STDIN_FILENO))
        bw_interrupt_catch();
    int status = options->from_json ? run_json(&run) : run_messages(&run);
    if (run.summary)
        put_summary(&run);
    bw_summary_free(run.summary);
    if (bw_interrupted()) {
        bw_complain(NULL, "interrupted after %zu messages", run.progress.messages);
        return BW_EXIT_INTERRUPTED;
    }
    return run.failed ? BW_EXIT_ERROR : status;
}

int bw_cli_run(const struct bw_tables *tables, const struct bw_options *options)
{
    struct bw_output output = {.failed = false};
    int status = BW_EXIT_ERROR;
    switch (options->mode) {
    case BW_MODE_HELP:
        status = bw_show_help(&output, tables, options);
        break;
    case BW_MODE_VERSION:
        status = bw_show_version(&output);
        break;
    case BW_MODE_LIST_RULES:
        status = bw_show_rules(&output, tables);
        break;
    case BW_MODE_CHECK_PATTERNS:
        status = bw_show_findings(&output, tables);
        break;
    case BW_MODE_DIAGNOSE:
    case BW_MODE_DUMP:
        status = run_analysis(&output, tables, options);
        break;
    }
    return bw_output_close(&output) ? status : BW_EXIT_ERROR;
}

void bw_cli_prepare(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
}
