/* The reader over files, folders and standard input, and what it says of what is no mail. */
#include "input/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MAIL "Subject: a\n\nfirst\n"
#define FROM "From alice@example.com Mon Jan  3 12:00:00 2022\n"
#define BYTES(literal) literal, sizeof(literal) - 1

enum { PATH_BYTES = 300 };

/* ---- a folder of the test's own ----------------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static int make_root(void **state)
{
    char pattern[] = "/tmp/bw-input-XXXXXX";
    const char *root = mkdtemp(pattern);
    *state = root ? strdup(root) : NULL;
    return *state ? 0 : -1;
}

static int remove_root(void **state)
{
    const int failed = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return failed;
}

static const char *under(char out[PATH_BYTES], const char *root, const char *name)
{
    snprintf(out, PATH_BYTES, "%s/%s", root, name);
    return out;
}

static void put_folder(const char *root, const char *name)
{
    char path[PATH_BYTES];
    assert_int_equal(mkdir(under(path, root, name), 0700), 0);
}

static void put_file(const char *root, const char *name, const char *bytes, size_t n)
{
    char path[PATH_BYTES];
    const int fd = open(under(path, root, name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    close(fd);
}

static void put_mail(const char *root, const char *name) { put_file(root, name, BYTES(MAIL)); }

/* ---- one run of the reader against what it should give ------------------------------------------------ */

/* One call: a message (index > 0, bytes) or an error (status, message). name: below the root. */
struct step {
    const char *name;
    size_t index;
    const char *text; /* bytes of the message; of an error, its beginning; NULL: any */
    bw_status status;
};

static void check_step(const struct step *step, const char *root, int got,
                       const struct bw_input_message *message, const struct bw_error *err)
{
    char path[PATH_BYTES];
    const char *file = strcmp(step->name, "-") == 0 ? "-" : under(path, root, step->name);
    if (strcmp(step->name, ".") == 0)
        file = root;
    if (step->index) {
        if (got != 1)
            fail_msg("%s: no message but %d: %s", step->name, got, err->message);
        assert_string_equal(message->source, file);
        assert_int_equal(message->index, step->index);
        if (step->text && !bw_eq(message->bytes, bw_str(step->text)))
            fail_msg("%s: \"%.*s\" instead of \"%s\"", step->name, BW_ARG(message->bytes), step->text);
        return;
    }
    if (got != -1)
        fail_msg("%s: no error but %d from %s", step->name, got, got ? message->source : "nothing");
    assert_string_equal(err->file, file);
    assert_int_equal(err->status, step->status);
    if (step->text && strncmp(err->message, step->text, strlen(step->text)) != 0)
        fail_msg("%s: \"%s\" instead of \"%s\"", step->name, err->message, step->text);
}

static void check_paths(const char *root, const char *const *paths, size_t count, const struct step *steps,
                        size_t n)
{
    struct bw_limits limits;
    struct bw_error err = {0};
    struct bw_input_message message;
    bw_limits_default(&limits);
    struct bw_input *input = bw_input_open(paths, count, &limits);
    assert_non_null(input);
    for (size_t i = 0; i < n; i++) {
        const int got = bw_input_next(&message, input, &err); /* err as the call before left it */
        check_step(&steps[i], root, got, &message, &err);
    }
    const int last = bw_input_next(&message, input, &err);
    if (last != 0)
        fail_msg("not the end but %d: %s", last, last > 0 ? message.source : err.message);
    assert_int_equal(bw_input_next(&message, input, &err), 0);
    bw_input_close(input);
}

#define CHECK(root, name, ...)                                                                               \
    do {                                                                                                     \
        char check_path[PATH_BYTES];                                                                         \
        const char *check_paths_of_one[] = {(name)[0] ? under(check_path, root, name) : (root)};             \
        const struct step check_steps[] = {__VA_ARGS__};                                                     \
        check_paths(root, check_paths_of_one, 1, check_steps, sizeof check_steps / sizeof *check_steps);     \
    } while (0)

/* ---- files -------------------------------------------------------------------------------------------- */

static void single_files(void **state)
{
    const char *root = *state;
    static const struct {
        const char *name, *bytes;
        size_t n;
    } files[] = {
        {"mail.eml", BYTES(MAIL)},
        {"pasted", BYTES("550 5.1.1 <a@example.com>: unknown user\n")},
        {"mail with NUL", BYTES("Subject: a\n\n\0\0\0\0\0\1\2\3")},
        {"crlf", BYTES("Return-Path: <>\r\n\r\nx")},
        {"no line end", BYTES("x")},
        {"utf-8 mark", BYTES("\xEF\xBB\xBF" MAIL)},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        put_file(root, files[i].name, files[i].bytes, files[i].n);
        struct bw_limits limits;
        bw_limits_default(&limits);
        char path[PATH_BYTES];
        const char *paths[] = {under(path, root, files[i].name)};
        struct bw_input *input = bw_input_open(paths, 1, &limits);
        struct bw_input_message message;
        assert_int_equal(bw_input_next(&message, input, NULL), 1);
        assert_true(bw_eq(message.bytes, (bw_slice){files[i].bytes, files[i].n}));
        assert_string_equal(message.source, path);
        assert_int_equal(message.index, 1);
        assert_false(message.truncated || message.quoted_from);
        assert_int_equal(bw_input_next(&message, input, NULL), 0);
        bw_input_close(input);
    }
}

static void mbox_file(void **state)
{
    const char *root = *state;
    put_file(root, "in.mbox", BYTES(FROM MAIL "\n" FROM "Subject: b\n\n>From x\n"));
    CHECK(root, "in.mbox", {"in.mbox", 1, MAIL, 0}, {"in.mbox", 2, "Subject: b\n\nFrom x\n", 0});
}

static void several_paths(void **state)
{
    const char *root = *state;
    char one[PATH_BYTES], missing[PATH_BYTES], box[PATH_BYTES];
    put_mail(root, "1");
    put_file(root, "box", BYTES(FROM "S: a\n\n\n" FROM "S: b\n"));
    const char *paths[] = {under(one, root, "1"), under(missing, root, "missing"), under(box, root, "box"),
                           one};
    const struct step steps[] = {{"1", 1, MAIL, 0},
                                 {"missing", 0, strerror(ENOENT), BW_IO},
                                 {"box", 1, "S: a\n\n", 0},
                                 {"box", 2, "S: b\n", 0},
                                 {"1", 1, MAIL, 0}};
    check_paths(root, paths, 4, steps, 5);
    check_paths(root, paths, 0, NULL, 0);
}

static void limits(void **state)
{
    const char *root = *state;
    char path[PATH_BYTES];
    put_mail(root, "mail");
    const char *paths[] = {under(path, root, "mail")};
    static const size_t sizes[] = {0, 1, sizeof MAIL - 2, sizeof MAIL - 1, sizeof MAIL, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bw_limits limit;
        bw_limits_default(&limit);
        limit.message_bytes = sizes[i];
        struct bw_input *input = bw_input_open(paths, 1, &limit);
        struct bw_input_message message;
        const size_t expected = sizes[i] < sizeof MAIL - 1 ? sizes[i] : sizeof MAIL - 1;
        assert_int_equal(bw_input_next(&message, input, NULL), 1);
        assert_int_equal(message.bytes.n, expected);
        assert_int_equal(message.truncated, expected < sizeof MAIL - 1);
        assert_int_equal(bw_input_next(&message, input, NULL), 0);
        bw_input_close(input);
    }
}

static void empty_and_unreadable(void **state)
{
    const char *root = *state;
    char path[PATH_BYTES];
    put_file(root, "empty", "", 0);
    put_file(root, "blank", BYTES(" \r\n\n"));
    put_mail(root, "secret");
    CHECK(root, "empty", {"empty", 0, "is empty", BW_NOT_MAIL});
    CHECK(root, "blank", {"blank", 0, "is empty", BW_NOT_MAIL});
    CHECK(root, "empty/x", {"empty/x", 0, strerror(ENOTDIR), BW_IO});
    if (geteuid() == 0)
        return; /* nothing is secret */
    assert_int_equal(chmod(under(path, root, "secret"), 0), 0);
    CHECK(root, "secret", {"secret", 0, strerror(EACCES), BW_IO});
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static void folder_in_order(void **state)
{
    const char *root = *state;
    static const char *const folders[] = {"b", "b/deep", ".hidden", "none"};
    static const char *const mails[] = {"c",        "a",         "B",  "b/2",         "b/10",
                                        "b/deep/x", ".hidden/x", ".x", "\xE3\x81\x82"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        put_folder(root, folders[i]);
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++)
        put_mail(root, mails[i]);
    put_file(root, "empty", "", 0);
    put_file(root, "box", BYTES(FROM MAIL "\n" FROM MAIL));
    CHECK(root, "", {"B", 1, MAIL, 0}, {"a", 1, MAIL, 0}, {"b/10", 1, MAIL, 0}, {"b/2", 1, MAIL, 0},
          {"b/deep/x", 1, MAIL, 0}, {"box", 1, MAIL, 0}, {"box", 2, MAIL, 0}, {"c", 1, MAIL, 0},
          {"\xE3\x81\x82", 1, MAIL, 0});
    CHECK(root, ".hidden", {".hidden/x", 1, MAIL, 0});
    CHECK(root, "none", {"none", 0, "is a folder without any mail", BW_NOT_MAIL});
}

/* cur and new, other folders in it, but neither what is being delivered nor the server's own files. */
static void maildir(void **state)
{
    const char *root = *state;
    static const char *const folders[] = {"cur", "new",     "tmp",     ".Sent",  ".Sent/cur",
                                          "sub", "sub/cur", "sub/new", "sub/tmp"};
    static const char *const mails[] = {"cur/1.h:2,S", "new/2.h",     "tmp/3.h",      ".Sent/cur/4.h",
                                        "sub/new/5.h", "sub/tmp/6.h", "subscriptions"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        put_folder(root, folders[i]);
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++)
        put_mail(root, mails[i]);
    CHECK(root, "", {"cur/1.h:2,S", 1, MAIL, 0}, {"new/2.h", 1, MAIL, 0}, {"sub/new/5.h", 1, MAIL, 0});
    CHECK(root, "tmp", {"tmp/3.h", 1, MAIL, 0});
    CHECK(root, ".Sent/cur", {".Sent/cur/4.h", 1, MAIL, 0});
}

/* tmp is a name like another where there is no Maildir. */
static void folder_named_tmp(void **state)
{
    const char *root = *state;
    put_folder(root, "tmp");
    put_mail(root, "tmp/1");
    CHECK(root, "", {"tmp/1", 1, MAIL, 0});
}

static void links_and_pipes(void **state)
{
    const char *root = *state;
    char path[PATH_BYTES], real[PATH_BYTES];
    put_folder(root, "d");
    put_mail(root, "d/mail");
    assert_int_equal(symlink("..", under(path, root, "d/loop")), 0);
    assert_int_equal(symlink("self", under(path, root, "d/self")), 0);
    assert_int_equal(symlink("mail", under(path, root, "d/to-mail")), 0);
    assert_int_equal(symlink("nowhere", under(path, root, "d/dangling")), 0);
    assert_int_equal(symlink(under(real, root, "d"), under(path, root, "to-d")), 0);
    assert_int_equal(mkfifo(under(path, root, "d/pipe"), 0600), 0);
    CHECK(root, "d", {"d/dangling", 0, strerror(ENOENT), BW_IO}, {"d/mail", 1, MAIL, 0},
          {"d/self", 0, strerror(ELOOP), BW_IO}, {"d/to-mail", 1, MAIL, 0});
    CHECK(root, "to-d", {"to-d/dangling", 0, NULL, BW_IO}, {"to-d/mail", 1, MAIL, 0},
          {"to-d/self", 0, NULL, BW_IO}, {"to-d/to-mail", 1, MAIL, 0});
}

/* Deeper than we go: an error, then on with what is beside it. */
static void folder_too_deep(void **state)
{
    const char *root = *state;
    char name[PATH_BYTES] = "a";
    for (int i = 0; i < 70; i++) {
        put_folder(root, name);
        const size_t n = strlen(name);
        snprintf(name + n, sizeof name - n, "/a");
    }
    put_mail(root, "mail");
    name[127] = '\0'; /* 64 folders: root holds the first */
    const struct step steps[] = {{name, 0, strerror(ENAMETOOLONG), BW_IO}, {"mail", 1, MAIL, 0}};
    const char *paths[] = {root};
    check_paths(root, paths, 1, steps, 2);
}

/* What is no mail in a folder is named, and the folder then needs no message of its own. */
static void folder_of_others(void **state)
{
    const char *root = *state;
    put_file(root, "a.bin", BYTES("\0\1\2\3\4\5\6\7"));
    CHECK(root, "", {"a.bin", 0, NULL, BW_NOT_MAIL});
    put_mail(root, "b");
    CHECK(root, "", {"a.bin", 0, NULL, BW_NOT_MAIL}, {"b", 1, MAIL, 0});
}

/* ---- standard input ------------------------------------------------------------------------------------ */

/* Runs the reader over "-" with bytes in a pipe as standard input. */
static void check_stdin(const char *bytes, size_t n, const struct step *steps, size_t count)
{
    static const char *const paths[] = {"-"};
    int ends[2];
    const int saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, n), (ssize_t)n);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    check_paths("", paths, 1, steps, count);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* still open */
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
}

static void standard_input(void **state)
{
    (void)state;
    const struct step mail[] = {{"-", 1, MAIL, 0}};
    const struct step box[] = {{"-", 1, MAIL, 0}, {"-", 2, "Subject: b\n", 0}};
    const struct step nothing[] = {{"-", 0, "is empty", BW_NOT_MAIL}};
    check_stdin(BYTES(MAIL), mail, 1);
    check_stdin(BYTES(FROM MAIL "\n" FROM "Subject: b\n"), box, 2);
    check_stdin(BYTES(""), nothing, 1);
}

/* Somebody else's non-blocking pipe, written to late. */
static void standard_input_that_blocks(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct timespec moment = {0, 20000000};
        nanosleep(&moment, NULL);
        _exit(write(ends[1], "late", 4) == 4 ? 0 : 1);
    }
    char bytes[8];
    assert_int_equal(bw_read_descriptor(&ends[0], bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "late", 4);
    close(ends[0]);
    close(ends[1]);
}

/* ---- what is no mail ---------------------------------------------------------------------------------- */

static const struct {
    bool mail;
    const char *name, *head;
    size_t n;
} heads[] = {
    {true, "field", BYTES("Return-Path: <>\n")},
    {true, "field with a space", BYTES("Status : 5.1.1\n")},
    {true, "field, then bytes", BYTES("Subject: x\n\n\0\1\2\3\4\5\6\7\x0e\x0f")},
    {true, "text", BYTES("a")},
    {true, "UTF-8", BYTES("\xE9\x85\x8D\xE4\xBF\xA1\xE3\x82\xA8\xE3\x83\xA9\xE3\x83\xBC\n")},
    {true, "UTF-8 cut in a letter", BYTES("\xE9\x85\x8D\xE4\xBF")},
    {true, "ISO-2022-JP", BYTES("\x1B$BG[?.%(%i!<\x1B(B\n")},
    {true, "Shift_JIS", BYTES("\x94\x7A\x90\x4D\x83\x47\x83\x89\x81\x5B\n")},
    {true, "EUC-JP", BYTES("\xC7\xDB\xBF\xAE\xA5\xA8\xA5\xE9\xA1\xBC\n")},
    {true, "ISO-8859-1",
     BYTES("unzustellbar: \xFC"
           "ber\n")},
    {true, "UTF-16LE",
     BYTES("\xFF\xFE"
           "S\0u\0b\0j\0:\0\n\0\x42\x30")},
    {true, "UTF-16BE",
     BYTES("\xFE\xFF"
           "\0S\0u\0b\0j\0:\0\n\x30\x42")},
    {true, "form feed and backspace", BYTES("a\f\b\v\t\r\n")},
    {true, "empty lines first", BYTES("\n\n  Subject: a\n")},
    {false, "nothing", BYTES("")},
    {false, "PDF", BYTES("%PDF-1.4\n")},
    {false, "PDF behind a mark", BYTES("\xEF\xBB\xBF%PDF-1.4\n")},
    {false, "RTF", BYTES("{\\rtf1\\ansi x}")},
    {false, "PNG", BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR")},
    {false, "gzip", BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3")},
    {false, "zip", BYTES("PK\3\4\n\0\0\0")},
    {false, "compound document", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0")},
    {false, "name with a control character", BYTES("ab\1cd: x\n")},
    {false, "field with a control character", BYTES("ab: \1\n")},
    {false, "UTF-16 of control characters", BYTES("\xFF\xFE\1\0\2\0\3\0")},
    {false, "marks alone", BYTES("\xFF\xFE")},
};

static void cheap_test(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (bw_looks_like_mail((bw_slice){heads[i].head, heads[i].n}) != heads[i].mail)
            fail_msg("%s: expected %d", heads[i].name, heads[i].mail);
    /* A stray control character far into a text does no harm; many do. */
    char text[1000];
    memset(text, 'x', sizeof text);
    text[900] = '\1';
    assert_true(bw_looks_like_mail((bw_slice){text, sizeof text}));
    memset(text + 900, '\1', 20);
    assert_false(bw_looks_like_mail((bw_slice){text, sizeof text}));
}

/* Fails where libmagic is there and says nothing of use; its words are its own. */
static void kinds_are_named(void **state)
{
    const char *root = *state;
    static const struct {
        const char *name, *bytes;
        size_t n;
        const char *message;
    } files[] = {
        {"report.pdf", BYTES("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n1 0 obj\n"),
         "\"report.pdf\" is a PDF document, not a mail; save the message itself (.eml) and try again"},
        {"mail.7z", BYTES("7z\xBC\xAF\x27\x1C\0\4\x12\x34\x56\x78\0\0\0\0"),
         "\"mail.7z\" is 7-zip archive data, not a mail; unpack it and try again"},
        {"shot.png", BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xDE"),
         "\"shot.png\" is PNG image data, not a mail; save the message itself (.eml) and try again"},
        {"any", BYTES("\1\2\3\4\5\6\7\x0E"),
         "\"any\" is binary data, not a mail; save the message itself (.eml) and try again"},
        {"a\033[31m\n", BYTES("%PDF-1.4\n"),
         "\"a\xE2\x90\x9B[31m\xE2\x90\x8A\" is a PDF document, not a mail"},
    };
    struct bw_file_kind kind;
    struct bw_magic *magic = NULL;
    bw_magic_ask(&kind, &magic, BW_S("%PDF-1.4\n"));
    bw_magic_free(magic);
    const bool installed = kind.name[0];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        put_file(root, files[i].name, files[i].bytes, files[i].n);
        const char *message = installed ? files[i].message : "is not a mail (binary data)";
        CHECK(root, files[i].name, {files[i].name, 0, message, BW_NOT_MAIL});
    }
    const struct step piped[] = {
        {"-", 0, installed ? "standard input is a PDF document, not a mail" : "is not", BW_NOT_MAIL}};
    check_stdin(BYTES("%PDF-1.4\n"), piped, 1);
}

/* ---- errors ------------------------------------------------------------------------------------------- */

static ssize_t failing_read(void *context, void *out, size_t n)
{
    const char **text = context;
    const size_t length = *text ? strlen(*text) : 0;
    if (!*text || length > n) {
        errno = EIO;
        return -1;
    }
    memcpy(out, *text, length);
    *text = NULL;
    return (ssize_t)length;
}

static void read_errors(void **state)
{
    (void)state;
    struct bw_window window = {0};
    struct bw_input_message message = {0};
    struct bw_mbox mbox = {0};
    const char *text = FROM MAIL "\n" FROM "Subject: ";
    bw_window_reset(&window, failing_read, &text);
    assert_int_equal(bw_single_message(&message, &window, 1000), -1);
    assert_int_equal(window.error, EIO);
    text = FROM MAIL "\n" FROM "Subject: ";
    bw_window_reset(&window, failing_read, &text);
    assert_int_equal(window.error, 0);
    int got;
    while ((got = bw_mbox_next(&message, &mbox, &window, 1000)) > 0)
        continue;
    assert_int_equal(got, -1);
    assert_int_equal(window.error, EIO);
    bw_window_clear(&window);
}

static void nothing_to_free(void **state)
{
    (void)state;
    bw_input_close(NULL);
    bw_magic_free(NULL);
    bw_walk_close(NULL);
}

int main(void)
{
#define WITH_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        WITH_ROOT(single_files),
        WITH_ROOT(mbox_file),
        WITH_ROOT(several_paths),
        WITH_ROOT(limits),
        WITH_ROOT(empty_and_unreadable),
        WITH_ROOT(folder_in_order),
        WITH_ROOT(maildir),
        WITH_ROOT(folder_named_tmp),
        WITH_ROOT(links_and_pipes),
        WITH_ROOT(folder_too_deep),
        WITH_ROOT(folder_of_others),
        cmocka_unit_test(standard_input),
        cmocka_unit_test(standard_input_that_blocks),
        cmocka_unit_test(cheap_test),
        WITH_ROOT(kinds_are_named),
        cmocka_unit_test(read_errors),
        cmocka_unit_test(nothing_to_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
