/* usage: prefixes [--every] [--part=I/N] FILE|FOLDER...
 *
 * A mail may be cut anywhere. Analyses the prefixes of every sample, each in a block of its own so that a sanitizer sees
 * a read behind its end, and looks whether the result is one that every writer can take. Without --every a long sample
 * is cut at every line end and at a stride that visits other places in each sample. With --part one sample in N is
 * looked at: the I-th of each, from 0. */
#include "table/table.h"
#include "bouncewhy/bouncewhy.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SAMPLE_BYTES_MAX = 1 << 20, STRIDE = 11 };

struct work {
    struct bw_tables *tables;
    bool every;
    unsigned part, parts;
    const char *path; /* of the sample at hand */
    size_t samples, prefixes, problems;
};

static void problem(struct work *work, size_t length, const char *what, bw_slice got)
{
    work->problems++;
    fprintf(stderr, "%s: the first %zu bytes: %s '%.*s'\n", work->path, length, what, BW_ARG(got));
}

static void check_text(struct work *work, size_t length, const char *what, bw_slice text)
{
    if (!bw_utf8_valid(text))
        problem(work, length, what, text);
    if (text.p && memchr(text.p, 0, text.n))
        problem(work, length, "a NUL in", bw_str(what));
}

static void check_block(struct work *work, size_t length, const struct bw_block *block)
{
    const bw_slice texts[] = {block->ip,         block->ip_host,   block->domain,        block->zone,
                              block->list_id,    block->list_name, block->list_operator, block->list_status,
                              block->list_since, block->code};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(work, length, "text of a block", texts[i]);
    for (size_t i = 0; i < block->url_count; i++)
        check_text(work, length, "url", block->urls[i].url);
    if (block->url_count && !block->urls)
        problem(work, length, "urls that are not there", BW_NULL);
}

static void check_delivery(struct work *work, size_t length, const struct bw_delivery *delivery)
{
    const bw_slice texts[] = {delivery->recipient,   delivery->disposition, delivery->actor,
                              delivery->reply,       delivery->status,      delivery->command,
                              delivery->remote_host, delivery->remote_ip,   delivery->diagnostic,
                              delivery->rule,        delivery->rule_place,  delivery->matched,
                              delivery->variant,     delivery->means};
    if (!bw_table_cause(work->tables, delivery->cause))
        problem(work, length, "no cause of the table:", delivery->cause);
    if (delivery->disposition.n == 0 || delivery->actor.n == 0)
        problem(work, length, "no disposition or actor for", delivery->cause);
    if (delivery->action > BW_ACTION_EXPANDED)
        problem(work, length, "no such action for", delivery->recipient);
    if (bw_eq(delivery->disposition, BW_S("block")) && !delivery->has_block)
        problem(work, length, "no block for", delivery->cause);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(work, length, "text of a delivery", texts[i]);
    if (bw_find_byte(delivery->diagnostic, '\n', 0) != BW_NONE)
        problem(work, length, "a line end in", delivery->diagnostic);
    if (delivery->has_block)
        check_block(work, length, &delivery->block);
}

static void check_result(struct work *work, size_t length, const struct bw_result *result)
{
    const struct bw_original *original = &result->original;
    const bw_slice texts[] = {result->format, result->reporting_mta, result->date,      original->message_id,
                              original->from, original->to,          original->subject, original->date};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(work, length, "text of the message", texts[i]);
    if (result->kind > BW_KIND_NOT_A_BOUNCE)
        problem(work, length, "no such kind", BW_NULL);
    else if ((result->kind == BW_KIND_NOT_A_BOUNCE) != (result->format.p == NULL))
        problem(work, length, "kind and format do not fit:", result->format);
    if (result->kind == BW_KIND_BOUNCE && result->delivery_count == 0)
        problem(work, length, "a bounce without a delivery, read by", result->format);
    if (result->kind == BW_KIND_NOT_A_BOUNCE && result->delivery_count)
        problem(work, length, "a delivery of no bounce", BW_NULL);
    for (size_t i = 0; i < result->delivery_count; i++)
        check_delivery(work, length, &result->deliveries[i]);
    for (size_t i = 0; i < result->anomaly_count; i++)
        if (!result->anomalies[i].what)
            problem(work, length, "an anomaly without words", BW_NULL);
}

static void check_prefix(struct work *work, bw_slice mail, size_t length)
{
    struct bw_result result;
    struct bw_error err;
    char *copy = malloc(length ? length : 1);
    if (!copy)
        abort();
    if (length)
        memcpy(copy, mail.p, length);
    if (bw_analyze(&result, work->tables, (bw_slice){copy, length}, NULL, &err) == BW_OK)
        check_result(work, length, &result);
    else
        problem(work, length, "an error:", bw_str(err.message));
    bw_result_free(&result);
    free(copy);
    work->prefixes++;
}

static void check_sample(struct work *work, bw_slice mail)
{
    const size_t phase = work->samples % STRIDE;
    for (size_t length = 0; length <= mail.n; length++) {
        const bool line_end = length > 0 && mail.p[length - 1] == '\n';
        if (work->every || line_end || length % STRIDE == phase || length == mail.n)
            check_prefix(work, mail, length);
    }
}

static void visit_file(struct work *work, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(SAMPLE_BYTES_MAX);
    if (!file || !bytes) {
        perror(path);
        exit(2);
    }
    work->path = path;
    if (work->samples % work->parts == work->part)
        check_sample(work, (bw_slice){bytes, fread(bytes, 1, SAMPLE_BYTES_MAX, file)});
    work->samples++;
    free(bytes);
    fclose(file);
}

static bool is_sample(bw_slice name)
{
    return bw_iends(name, BW_S(".eml")) || bw_iends(name, BW_S(".mbox")) ||
           (bw_iends(name, BW_S(".txt")) && !bw_iends(name, BW_S(".ja.txt")) &&
            !bw_iends(name, BW_S(".en.txt")));
}

static void visit(struct work *work, const char *path, bool named)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        perror(path);
        exit(2);
    }
    if (!S_ISDIR(about.st_mode)) {
        if (named || is_sample(bw_str(path)))
            visit_file(work, path);
        return;
    }
    struct dirent **entries;
    const int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            visit(work, inner, false);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    struct work work = {.parts = 1};
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "--every") == 0)
            work.every = true;
        else if (sscanf(argv[first], "--part=%u/%u", &work.part, &work.parts) != 2 ||
                 work.part >= work.parts) {
            fprintf(stderr, "prefixes: '%s' is not understood\n", argv[first]);
            return 2;
        }
    }
    struct bw_error err = {.line = 0};
    if (bw_tables_open(&work.tables, NULL, 0, &err)) {
        fprintf(stderr, "%s:%u: %s\n", err.file, err.line, err.message);
        return 2;
    }
    for (int i = first; i < argc; i++)
        visit(&work, argv[i], true);
    bw_tables_free(work.tables);
    printf("%zu samples, %zu prefixes, %zu problems\n", work.samples, work.prefixes, work.problems);
    return work.problems || work.prefixes == 0;
}
