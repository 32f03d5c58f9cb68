/* Mails in archives: what is read, what is named, and where it ends. tests/make_files.py writes the archives. */
#include "files.h"

static const struct bw_archive_limits wide = {.members = 1000, .bytes = (uint64_t)1 << 30};

/* Prints why where libarchive is missing, and skips the test. */
static void need_library(void)
{
    size_t n;
    char why[BW_WHY_BYTES], *bytes = read_file("mails.tar", &n);
    struct memory memory = {bytes, n, n};
    struct bw_window window = {0};
    struct bw_archive *archive = NULL;
    bw_window_reset(&window, memory_read, &memory);
    bw_window_fill(&window, 512);
    const enum bw_opened opened = bw_archive_open(&archive, &window, -1, &wide, why);
    bw_archive_free(archive);
    bw_window_clear(&window);
    free(bytes);
    if (opened == BW_NO_LIBRARY) {
        print_message("libarchive is not installed: not tested\n");
        skip();
    }
}

#define BOUNCE "From: MAILER-DAEMON@mx.example.com\n"
#define PLAIN "From: carol@example.com\n"

static void members_and_streams(void **state)
{
    (void)state;
    need_library();
    static const char *const boxes[] = {"mails.zip", "mails.tar", "mails.tar.gz"};
    for (size_t i = 0; i < COUNT_OF(boxes); i++) {
        char wanted[600];
        snprintf(wanted, sizeof wanted,
                 "%s/inner/bounce.eml 1: " BOUNCE "%s/old.mbox 1: " BOUNCE "%s/old.mbox 2: " PLAIN
                 "%s/配信エラー.eml 1: " PLAIN,
                 boxes[i], boxes[i], boxes[i], boxes[i]);
        check_steps(boxes[i], wanted);
    }
    check_steps("bounce.eml.gz", "bounce.eml.gz 1: " BOUNCE);
    check_steps("old.mbox.xz", "old.mbox.xz 1: " BOUNCE "old.mbox.xz 2: " PLAIN);
    check_steps("old.mbox.bz2", "old.mbox.bz2 1: " BOUNCE "old.mbox.bz2 2: " PLAIN);
    check_steps("old.mbox.zst", "old.mbox.zst 1: " BOUNCE "old.mbox.zst 2: " PLAIN);
}

static void what_is_not_read(void **state)
{
    (void)state;
    need_library();
    check_steps("pictures.zip",
                "pictures.zip! holds no mail, only \"0.png\", \"1.png\", \"2.png\" and 2 more\n");
    check_steps("empty.zip", "empty.zip! is an archive with nothing to read in it\n");
    check_steps("twice.gz", "twice.gz! is packed more than once; unpack it and try again\n");
    check_steps("encrypted.zip",
                "encrypted.zip/secret.eml! is encrypted; unpack the archive with its password and try again\n"
                "encrypted.zip/secret.mbox 1: " BOUNCE "encrypted.zip/secret.mbox 2: " PLAIN);
}

/* An archive in an archive is named beside the mails; the words for it are libmagic's. */
static void archive_in_archive(void **state)
{
    (void)state;
    need_library();
    struct bw_buf got;
    bw_buf_init(&got, 0);
    put_steps(&got, FILES "/zip-in-zip.zip", FILES "/");
    const char *first = "zip-in-zip.zip/bounce.eml 1: " BOUNCE "zip-in-zip.zip/mails.zip! \"mails.zip\" is ";
    assert_int_equal(strncmp(got.p, first, strlen(first)), 0);
    assert_non_null(strstr(got.p, ", not a mail; unpack the archive around it and try again\n"));
    bw_buf_clear(&got);
}

/* What stands before the damage is read; the words are libarchive's. */
static void damage(void **state)
{
    (void)state;
    need_library();
    static const struct {
        const char *name, *first;
    } files[] = {
        {"damaged.zip", "damaged.zip/inner/bounce.eml! is damaged: "},
        {"cut.zip", "cut.zip/inner/bounce.eml 1: " BOUNCE "cut.zip/old.mbox! is damaged: "},
        {"cut.tar", "cut.tar/inner/bounce.eml 1: " BOUNCE "cut.tar/old.mbox! is damaged: "},
        {"cut.eml.gz", "cut.eml.gz! is damaged: "},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[300];
        struct bw_buf got;
        snprintf(path, sizeof path, FILES "/%s", files[i].name);
        bw_buf_init(&got, 0);
        put_steps(&got, path, FILES "/");
        if (strncmp(got.p, files[i].first, strlen(files[i].first)) != 0)
            fail_msg("%s: got\n%s", files[i].name, got.p);
        bw_buf_clear(&got);
    }
}

/* In a folder, archives are folders. */
static void in_a_folder(void **state)
{
    (void)state;
    need_library();
    char root[] = "/tmp/bw-archive-XXXXXX", path[64], prefix[64];
    static const char *const names[] = {"empty.zip", "mails.tar.gz", "pictures.zip"};
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char target[300];
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        snprintf(target, sizeof target, FILES "/%s", names[i]);
        assert_int_equal(symlink(target, path), 0);
    }
    struct bw_buf got;
    bw_buf_init(&got, 0);
    snprintf(prefix, sizeof prefix, "%s/", root);
    put_steps(&got, root, prefix);
    assert_string_equal(got.p,
                        "mails.tar.gz/inner/bounce.eml 1: " BOUNCE "mails.tar.gz/old.mbox 1: " BOUNCE
                        "mails.tar.gz/old.mbox 2: " PLAIN "mails.tar.gz/配信エラー.eml 1: " PLAIN
                        "pictures.zip! holds no mail, only \"0.png\", \"1.png\", \"2.png\" and 2 more\n");
    bw_buf_clear(&got);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        unlink(path);
    }
    rmdir(root);
}

/* ---- over memory ---------------------------------------------------------------------------------------- */

/* What reading all members came to. */
struct seen {
    size_t members, errors;
    uint64_t bytes;
    char why[BW_WHY_BYTES]; /* the last */
};

static void read_members(struct seen *seen, struct bw_archive *archive)
{
    const char *name;
    for (int found; (found = bw_archive_next(&name, archive)) != 0;) {
        char piece[5000];
        ssize_t got = 1;
        seen->members += found > 0;
        while (found > 0 && (got = bw_archive_read(archive, piece, sizeof piece)) > 0)
            seen->bytes += (uint64_t)got;
        if (found < 0 || got < 0) {
            seen->errors++;
            snprintf(seen->why, sizeof seen->why, "%s", bw_archive_why(archive));
        }
        assert_true(seen->errors < 1000);
    }
}

static struct seen read_memory(const char *bytes, size_t n, size_t step, struct bw_archive_limits limits)
{
    struct memory memory = {bytes, n, step};
    struct bw_window window = {0};
    struct bw_archive *archive = NULL;
    struct seen seen = {0};
    bw_window_reset(&window, memory_read, &memory);
    bw_window_fill(&window, 512);
    if (bw_archive_open(&archive, &window, -1, &limits, seen.why) == BW_OPENED)
        read_members(&seen, archive);
    else
        seen.errors++;
    bw_archive_free(archive);
    bw_window_clear(&window);
    return seen;
}

/* A pipe gives what a file gives, whatever the pieces are. */
static void streams(void **state)
{
    (void)state;
    need_library();
    static const struct {
        const char *name;
        size_t members, bytes;
    } files[] = {
        {"mails.zip", 4, 515}, {"mails.tar", 4, 515}, {"mails.tar.gz", 4, 515}, {"old.mbox.xz", 1, 290}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        size_t n;
        char *bytes = read_file(files[i].name, &n);
        for (size_t step = 1; step < 2 * n; step *= 3) {
            const struct seen seen = read_memory(bytes, n, step, wide);
            if (seen.members != files[i].members || seen.bytes != files[i].bytes || seen.errors)
                fail_msg("%s by %zu: %zu members, %zu bytes, %zu errors: %s", files[i].name, step,
                         seen.members, (size_t)seen.bytes, seen.errors, seen.why);
        }
        free(bytes);
    }
}

/* Eight kilobytes that unpack to eight megabytes; members without end. Each ceiling ends it with a message. */
static void ceilings(void **state)
{
    (void)state;
    need_library();
    static const struct {
        const char *name;
        struct bw_archive_limits limits;
        const char *why;
    } files[] = {
        {"bomb.gz", {1000, 1 << 20}, "unpacks to more than 1 MiB: the rest was not read"},
        {"bomb.zip", {1000, 1 << 20}, "unpacks to more than 1 MiB: the rest was not read"},
        {"bomb.tar.gz", {1000, 1 << 20}, "unpacks to more than 1 MiB: the rest was not read"},
        {"many.tar.gz", {100, 1 << 30}, "holds more than 100 files: the rest was not read"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        size_t n;
        char *bytes = read_file(files[i].name, &n);
        const struct seen cut = read_memory(bytes, n, n, files[i].limits);
        const struct seen whole = read_memory(bytes, n, n, wide);
        assert_string_equal(cut.why, files[i].why);
        assert_int_equal(cut.errors, 1);
        assert_true(cut.bytes <= files[i].limits.bytes && cut.members <= files[i].limits.members);
        assert_int_equal(whole.errors, 0);
        assert_true(whole.bytes > cut.bytes);
        free(bytes);
    }
}

/* A member that nobody reads counts, too: passing over it unpacks it. */
static void passed_over(void **state)
{
    (void)state;
    need_library();
    size_t n;
    char *bytes = read_file("bomb.tar.gz", &n), why[BW_WHY_BYTES];
    struct memory memory = {bytes, n, n};
    struct bw_window window = {0};
    struct bw_archive *archive;
    const struct bw_archive_limits small = {10, 1 << 20};
    const char *name;
    bw_window_reset(&window, memory_read, &memory);
    bw_window_fill(&window, 512);
    assert_int_equal(bw_archive_open(&archive, &window, -1, &small, why), BW_OPENED);
    assert_int_equal(bw_archive_next(&name, archive), 1);
    assert_string_equal(name, "zeros.bin");
    assert_int_equal(bw_archive_next(&name, archive), -1);
    assert_string_equal(name, "zeros.bin");
    assert_string_equal(bw_archive_why(archive), "unpacks to more than 1 MiB: the rest was not read");
    assert_int_equal(bw_archive_next(&name, archive), 0);
    bw_archive_free(archive);
    bw_window_clear(&window);
    free(bytes);
}

/* Any byte may be wrong, and the file may end anywhere: it ends, with no more than was there. */
static void any_damage(void **state)
{
    (void)state;
    need_library();
    static const char *const names[] = {"mails.zip", "mails.tar.gz", "old.mbox.xz", "old.mbox.zst",
                                        "old.mbox.bz2"};
    const struct bw_archive_limits small = {100, 1 << 20};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t n;
        char *bytes = read_file(names[i], &n);
        for (size_t at = 0; at < n; at++) {
            bytes[at] = (char)(bytes[at] ^ 0xA5);
            const struct seen seen = read_memory(bytes, n, n, small);
            bytes[at] = (char)(bytes[at] ^ 0xA5);
            assert_true(seen.bytes <= small.bytes && (seen.errors == 0 || seen.why[0]));
            const struct seen cut = read_memory(bytes, at, n, small);
            assert_true(cut.bytes <= 515);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_streams),
        cmocka_unit_test(what_is_not_read),
        cmocka_unit_test(archive_in_archive),
        cmocka_unit_test(damage),
        cmocka_unit_test(in_a_folder),
        cmocka_unit_test(streams),
        cmocka_unit_test(ceilings),
        cmocka_unit_test(passed_over),
        cmocka_unit_test(any_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
