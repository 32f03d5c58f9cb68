/* A 200 MB mbox through a pipe takes as much memory as its largest message. */
#include "input/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SUBJECT "Subject: returned mail\nContent-Length: 1\n\n"

enum {
    TOTAL_BYTES = 200 * 1000 * 1000,
    BODY_BYTES = 20000,
    LARGE_BODY_BYTES = 1000 * 1000, /* of one message in a hundred */
    PEAK_KIB = 30 * 1024
};

/* What a sanitizer adds is not ours to count. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifndef INSTRUMENTED
#define INSTRUMENTED 0
#endif

/* Writes all of it; ends the process where that fails. */
static void put(int fd, const char *bytes, size_t n)
{
    while (n) {
        const ssize_t done = write(fd, bytes, n);
        if (done <= 0)
            _exit(3);
        bytes += done;
        n -= (size_t)done;
    }
}

/* The mbox, written by a process of its own. Ends with the number of messages written to tell. */
static void write_mbox(int fd, int tell)
{
    static char body[LARGE_BODY_BYTES];
    unsigned long count = 0;
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = i % 72 == 71 ? '\n' : (char)('a' + i % 23);
    for (size_t total = 0; total < TOTAL_BYTES; count++) {
        static const char from[] = "From mailer@example.com Mon Jan  3 12:00:00 2022\n" SUBJECT;
        const size_t n = count % 100 == 99 ? LARGE_BODY_BYTES : BODY_BYTES;
        put(fd, from, sizeof from - 1);
        put(fd, body, n);
        put(fd, "\n\n", 2);
        total += n;
    }
    put(tell, (const char *)&count, sizeof count);
    _exit(0);
}

/* KiB that this process has had in memory at most. */
static long peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    return usage.ru_maxrss / 1024;
#else
    return usage.ru_maxrss;
#endif
}

/* Reads "-" to its end; ends the process with 0 where all is as it should be. */
static void read_mbox(int told)
{
    static const char *const paths[] = {"-"};
    struct bw_limits limits;
    struct bw_input_message message;
    struct bw_error err = {0};
    unsigned long count = 0, expected = 0;
    size_t bytes = 0;
    bw_limits_default(&limits);
    struct bw_input *input = bw_input_open(paths, 1, &limits);
    while (bw_input_next(&message, input, &err) == 1) {
        if (!bw_starts(message.bytes, BW_S(SUBJECT)) || message.index != ++count)
            _exit(4);
        bytes += message.bytes.n;
    }
    bw_input_close(input);
    if (err.status != BW_OK || read(told, &expected, sizeof expected) != (ssize_t)sizeof expected)
        _exit(5);
    if (count != expected || bytes < TOTAL_BYTES)
        _exit(6);
    if (!INSTRUMENTED && peak_kib() > PEAK_KIB) {
        fprintf(stderr, "peak: %ld KiB\n", peak_kib());
        _exit(7);
    }
    _exit(0);
}

static void memory_stays_flat(void **state)
{
    (void)state;
    int mail[2], count[2], status;
    assert_int_equal(pipe(mail), 0);
    assert_int_equal(pipe(count), 0);
    const pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        close(mail[0]);
        write_mbox(mail[1], count[1]);
    }
    const pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        close(mail[1]);
        close(count[1]);
        if (dup2(mail[0], STDIN_FILENO) != STDIN_FILENO)
            _exit(8);
        read_mbox(count[0]);
    }
    close(mail[0]), close(mail[1]);
    close(count[0]), close(count[1]);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_stays_flat)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
