/*
 * measure RUNS COMMAND... -- COMMAND...: runs two commands in turns and prints, for each run,
 * "command(0 or 1) microseconds peak-KiB status".
 *
 * In C because a child's peak memory starts at what its parent held when it was forked: a small parent adds
 * nothing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Not POSIX, but Linux, the BSDs and macOS have it: how one child ended and what it used. */
pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage);

static long microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static void become(char **command, int null)
{
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

static int run_once(int which, char **command, int null)
{
    struct rusage usage;
    int status = 0;
    long start = microseconds();
    pid_t pid = fork();

    if (pid == 0)
        become(command, null);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        perror("measure");
        return -1;
    }
    printf("%d %ld %ld %d\n", which, microseconds() - start, usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return 0;
}

int main(int argc, char **argv)
{
    int split = 2;
    long runs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    while (split < argc && strcmp(argv[split], "--") != 0)
        split++;
    if (runs < 1 || null < 0 || split == 2 || split + 1 >= argc) {
        fputs("usage: measure RUNS COMMAND... -- COMMAND...\n", stderr);
        return 2;
    }
    argv[split] = NULL;
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    for (long i = 0; i < runs; i++) {
        fflush(stdout);
        if (run_once(0, argv + 2, null) < 0 || run_once(1, argv + split + 1, null) < 0)
            return 1;
    }
    return 0;
}
