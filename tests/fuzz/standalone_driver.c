/*
 * Runs a fuzz target over files and folders, for compilers without libFuzzer: the kept inputs become an
 * ordinary test. Each input ends at a page that may not be read, so that one byte too many is a crash without
 * any sanitizer.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS_PER_INPUT = 60, PATH_BYTES = 4096, DEPTH_MAX = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Present when a sanitizer is linked; it ends the process without a signal. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static char current_path[PATH_BYTES];
static unsigned long inputs_run;

static void say_path(void)
{
    static const char before[] = "fuzz input: ";
    ssize_t ignored = write(STDERR_FILENO, before, sizeof before - 1);

    ignored = write(STDERR_FILENO, current_path, strlen(current_path));
    ignored = write(STDERR_FILENO, "\n", 1);
    (void)ignored;
}

static void on_signal(int number)
{
    say_path();
    signal(number, SIG_DFL);
    raise(number);
}

/* Reads size bytes of fd to the very end of the mapping's readable part. */
static bool read_exactly(int fd, uint8_t *to, size_t size)
{
    size_t have = 0;

    while (have < size) {
        ssize_t got = read(fd, to + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

static bool run_bytes(int fd, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = (size / page + 1) * page;
    /* MAP_ANONYMOUS is not in POSIX.1-2008. */
    int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
    uint8_t *map = mmap(NULL, readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    bool ok;

    if (zero >= 0)
        close(zero);
    if (map == MAP_FAILED)
        return false;
    ok = mprotect(map + readable, page, PROT_NONE) == 0 && read_exactly(fd, map + readable - size, size) &&
         mprotect(map, readable, PROT_READ) == 0;
    if (ok) {
        alarm(SECONDS_PER_INPUT);
        LLVMFuzzerTestOneInput(map + readable - size, size);
        alarm(0);
        inputs_run++;
    }
    munmap(map, readable + page);
    return ok;
}

static bool run_path(const char *path, int depth);

static bool run_folder(const char *path, int depth)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    bool ok = true;

    if (!folder || depth > DEPTH_MAX) {
        if (folder)
            closedir(folder);
        return false;
    }
    while ((entry = readdir(folder))) {
        char child[PATH_BYTES];
        int length;

        if (entry->d_name[0] == '.')
            continue;
        length = snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        ok = length > 0 && (size_t)length < sizeof child && run_path(child, depth + 1) && ok;
    }
    closedir(folder);
    return ok;
}

static bool run_path(const char *path, int depth)
{
    struct stat st;
    bool ok = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0 && fstat(fd, &st) == 0) {
        if (S_ISDIR(st.st_mode)) {
            ok = run_folder(path, depth);
        } else {
            snprintf(current_path, sizeof current_path, "%s", path);
            ok = run_bytes(fd, (size_t)st.st_size);
        }
    }
    if (!ok)
        fprintf(stderr, "cannot run '%s'\n", path);
    if (fd >= 0)
        close(fd);
    return ok;
}

int main(int argc, char **argv)
{
    bool ok = argc > 1;

    if (__sanitizer_set_death_callback) {
        __sanitizer_set_death_callback(say_path);
    } else {
        signal(SIGSEGV, on_signal);
        signal(SIGBUS, on_signal);
        signal(SIGABRT, on_signal);
    }
    signal(SIGALRM, on_signal);
    for (int i = 1; i < argc; i++)
        ok = run_path(argv[i], 0) && ok;
    printf("%lu inputs\n", inputs_run);
    return ok && inputs_run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
