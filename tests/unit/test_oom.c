/* Running out of memory is a status: the 1st, 2nd, 3rd ... allocation fails until everything succeeds. Linked so that
 * every malloc, calloc and realloc of the library comes here (PCRE2's do, too: src/table/regex.c). */
#include "stage.h"

#include "bouncewhy/bouncewhy.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

/* Which allocation fails, 0 for none, and whether all behind it do, too. */
static size_t fail_at, allocations;
static bool and_all_behind, hit;

static bool fails(void)
{
    allocations++;
    const bool now = fail_at && (allocations == fail_at || (and_all_behind && allocations > fail_at));
    hit = hit || now;
    return now;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *memory, size_t size) { return fails() ? NULL : __real_realloc(memory, size); }

/* From now on the nth allocation fails; 0: none. */
static void arm(size_t nth, bool all_behind)
{
    allocations = 0;
    hit = false;
    and_all_behind = all_behind;
    fail_at = nth;
}

static void disarm(void) { fail_at = 0; }

static void test_tables_open(void **state)
{
    const char *const paths[] = {
        scratch_file(
            "own.rules",
            "rule: t.own\ncause: expired\nmatch: zorb (?<ip>\\S+)|flib\nunless: never\nexample: zorb\n"
            "means: one\n  two\nsource: s\n\nlist: t.list\nname: T\nzone: zorb.example\nhost: zorb.test\n"
            "status: active\nsource: s\n"),
        scratch_file("own.fmt",
                     "format: t.fmt\nname: T\nif: body zorb\nsection: *\nrecipient: (?<recipient>\\S+)\n"
                     "original: ^--\nsource: s\n")};
    (void)state;
    for (int mode = 0; mode < 2; mode++) {
        size_t n = 0;
        do {
            struct bw_tables *tables = (struct bw_tables *)&n;
            struct bw_error err;
            arm(++n, mode == 1);
            const bw_status status = bw_tables_open(&tables, paths, COUNT_OF(paths), &err);
            disarm();
            if (status != (hit ? BW_NO_MEMORY : BW_OK))
                fail_msg("allocation %zu: status %d", n, (int)status);
            if (hit) {
                assert_null(tables);
                assert_int_equal(err.status, BW_NO_MEMORY);
            }
            bw_tables_free(tables);
        } while (hit);
        assert_true(n > 20);
    }
}

static char *read_sample(const char *name, size_t *n)
{
    char path[300];
    char *bytes = malloc(1 << 16);
    snprintf(path, sizeof path, BOUNCEWHY_SOURCE_DIR "/samples/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file || !bytes)
        fail_msg("%s cannot be read", path);
    *n = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    return bytes;
}

static const char *const samples[] = {
    "charsets/iso-2022-jp.eml",
    "charsets/html-only.eml",
    "exim/two-recipients-header-folded.eml",
    "exchange2003/winmail-ja.eml",
    "microsoft365/ip-banned-5.7.606.eml",
    "pasted/reply-line-listing.txt",
};

/* Everything that the result says, in few words. */
static bw_slice summary(struct bw_arena *arena, const struct bw_result *result)
{
    struct bw_buf buf;
    bw_buf_init(&buf, 0);
    bw_putf(&buf, "%s %.*s", bw_kind_name(result->kind), BW_ARG(result->format));
    for (size_t i = 0; i < result->delivery_count; i++) {
        const struct bw_delivery *d = &result->deliveries[i];
        bw_putf(&buf, " [%.*s %.*s %.*s %.*s %.*s %.*s]", BW_ARG(d->recipient), BW_ARG(d->cause),
                BW_ARG(d->rule), BW_ARG(d->diagnostic), BW_ARG(d->block.ip), BW_ARG(d->block.list_id));
    }
    return bw_buf_take(&buf, arena);
}

/* One analysis whose nth allocation fails. False where it had no such. */
static bool analyze_failing(const struct bw_tables *tables, bw_slice mail, size_t n, bool all_behind,
                            bw_slice wanted, const char *name)
{
    struct bw_result result;
    struct bw_error err;
    struct bw_arena *arena = bw_arena_new(0);
    arm(n, all_behind);
    const bw_status status = bw_analyze(&result, tables, mail, NULL, &err);
    disarm();
    const bool failed = hit;
    if (failed ? status != BW_NO_MEMORY || err.status != BW_NO_MEMORY : status != BW_OK)
        fail_msg("%s: allocation %zu: status %d", name, n, (int)status);
    if (!failed && !bw_eq(summary(arena, &result), wanted))
        fail_msg("%s: another verdict: %.*s", name, BW_ARG(summary(arena, &result)));
    bw_result_free(&result);
    bw_arena_free(arena);
    return failed;
}

static bw_slice verdict_of(struct bw_arena *arena, const struct bw_tables *tables, bw_slice mail)
{
    struct bw_result result;
    assert_int_equal(bw_analyze(&result, tables, mail, NULL, NULL), BW_OK);
    const bw_slice line = summary(arena, &result);
    bw_result_free(&result);
    return line;
}

/* Regexes that are compiled stay so: each failure lets the next run come a little further. */
static void test_analyze_cold(void **state)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        size_t length;
        char *bytes = read_sample(samples[i], &length);
        const bw_slice mail = {bytes, length};
        struct bw_tables *warm = tables_with(NULL), *cold = tables_with(NULL);
        const bw_slice wanted = verdict_of(*state, warm, mail);
        size_t runs = 0;
        for (size_t n = 1; analyze_failing(cold, mail, n, i % 2, wanted, samples[i]); n++)
            runs++;
        assert_true(runs >= 5);
        bw_tables_free(warm);
        bw_tables_free(cold);
        free(bytes);
    }
}

/* With all regexes compiled, every other allocation in turn. */
static void test_analyze_warm(void **state)
{
    struct bw_tables *tables = tables_with(NULL);
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        for (int mode = 0; mode < 2; mode++) {
            size_t length, runs = 0;
            char *bytes = read_sample(samples[i], &length);
            const bw_slice mail = {bytes, length}, wanted = verdict_of(*state, tables, mail);
            for (size_t n = 1; analyze_failing(tables, mail, n, mode == 1, wanted, samples[i]); n++)
                runs++;
            assert_true(runs >= 5);
            free(bytes);
        }
    bw_tables_free(tables);
}

/* Fresh tables each time: the nth allocation of a first run, whichever regex it is for. */
static void test_analyze_first_run(void **state)
{
    size_t length;
    char *bytes = read_sample(samples[2], &length);
    const bw_slice mail = {bytes, length};
    struct bw_tables *tables = tables_with(NULL);
    const bw_slice wanted = verdict_of(*state, tables, mail);
    bool failed = true;
    bw_tables_free(tables);
    for (size_t n = 1; failed; n += 7) {
        tables = tables_with(NULL);
        failed = analyze_failing(tables, mail, n, false, wanted, samples[2]);
        bw_tables_free(tables);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_open),
        ARENA_TEST(test_analyze_cold),
        ARENA_TEST(test_analyze_warm),
        ARENA_TEST(test_analyze_first_run),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_clear();
    return failed;
}
