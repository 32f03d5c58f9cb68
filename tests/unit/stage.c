#include "stage.h"

#include <unistd.h>

enum { SCRATCH_FILES_MAX = 32 };

static char folder[64];
static char paths[SCRATCH_FILES_MAX][128];
static size_t path_count;

const char *scratch_folder(void)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/bouncewhy-test-XXXXXX");
        assert_non_null(mkdtemp(folder));
    }
    return folder;
}

const char *scratch_file(const char *name, const char *text)
{
    char path[sizeof *paths];
    size_t at = 0;
    snprintf(path, sizeof path, "%s/%s", scratch_folder(), name);
    while (at < path_count && strcmp(paths[at], path) != 0)
        at++;
    assert_true(at < SCRATCH_FILES_MAX);
    if (at == path_count)
        memcpy(paths[path_count++], path, sizeof path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return paths[at];
}

void scratch_clear(void)
{
    for (size_t i = 0; i < path_count; i++)
        unlink(paths[i]);
    if (folder[0])
        rmdir(folder);
    path_count = 0;
    folder[0] = 0;
}

static struct bw_tables *open_with(const char *text,
                                   bw_status (*open)(struct bw_tables **, const char *const *, size_t,
                                                     struct bw_error *))
{
    struct bw_tables *tables = NULL;
    struct bw_error err = {.line = 0};
    const char *path = text ? scratch_file("own.rules", text) : NULL;
    if (open(&tables, &path, text ? 1 : 0, &err))
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    return tables;
}

struct bw_tables *tables_with(const char *text) { return open_with(text, bw_tables_open); }

struct bw_tables *full_tables_with(const char *text) { return open_with(text, bw_tables_open_full); }

void stage_open(struct stage *stage, const struct bw_tables *tables)
{
    memset(stage, 0, sizeof *stage);
    bw_limits_default(&stage->limits);
    stage->context = (struct bw_context){.arena = bw_arena_new(0),
                                         .tables = tables,
                                         .limits = &stage->limits,
                                         .matcher = bw_matcher_new(&stage->limits),
                                         .anomalies = &stage->anomalies,
                                         .message = &stage->message};
    assert_non_null(stage->context.arena);
    assert_non_null(stage->context.matcher);
}

void stage_read(struct stage *stage, bw_slice mail)
{
    assert_int_equal(
        bw_mime_read(&stage->message, stage->context.arena, mail, &stage->limits, &stage->anomalies), BW_OK);
    assert_int_equal(bw_delivery_read(&stage->notice, &stage->context), BW_OK);
}

void stage_close(struct stage *stage)
{
    bw_matcher_free(stage->context.matcher);
    bw_arena_free(stage->context.arena);
}

static void put_field(struct bw_buf *buf, bw_slice value)
{
    if (!value.p)
        bw_putc(buf, '-');
    for (size_t i = 0; i < value.n; i++)
        bw_putc(buf, value.p[i] == '\n' ? '/' : value.p[i]);
}

bw_slice account_line(struct bw_arena *arena, const struct bw_account *account)
{
    const char *action = bw_action_name(account->action);
    const bw_slice fields[] = {account->recipient,
                               action ? bw_str(action) : BW_NULL,
                               account->status,
                               account->reply,
                               account->remote_host,
                               account->remote_ip,
                               account->diagnostic.p ? account->diagnostic : account->text};
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        bw_puts(&buf, i ? "|" : "");
        put_field(&buf, fields[i]);
    }
    return bw_buf_take(&buf, arena);
}

bw_slice accounts_of(struct stage *stage)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    for (size_t i = 0; i < stage->notice.accounts.count; i++) {
        bw_puts(&buf, i ? " + " : "");
        bw_put(&buf, account_line(stage->context.arena, &stage->notice.accounts.items[i]));
    }
    return bw_buf_take(&buf, stage->context.arena);
}
