/* A walk through folders. Every step is relative to an open folder, so that nobody can move it elsewhere under us. */
#include "input/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 /* open folders at a time: one descriptor each */ };

/* A folder being walked through. */
struct level {
    DIR *dir;
    struct bw_arena *names_arena;
    BW_LIST(const char *) names; /* sorted */
    size_t next;
    size_t path_bytes; /* of the walk's path, what names this folder */
    bool maildir;
};

struct bw_walk {
    struct level levels[DEPTH_MAX];
    size_t depth;
    struct bw_buf path; /* with a NUL behind it, not counted */
};

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void level_clear(struct level *level)
{
    if (level->dir)
        closedir(level->dir);
    bw_arena_free(level->names_arena);
    *level = (struct level){0};
}

static bool is_folder_at(int fd, const char *name)
{
    struct stat st;
    return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Reads and sorts the names. 0, or an errno. */
static int read_names(struct level *level)
{
    level->names_arena = bw_arena_new(0);
    if (!level->names_arena)
        return ENOMEM;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(level->dir);
        if (!entry)
            break;
        if (entry->d_name[0] == '.')
            continue;
        const char **name = bw_push(level->names_arena, &level->names);
        if (name)
            *name = bw_dup(level->names_arena, bw_str(entry->d_name)).p;
    }
    if (errno)
        return errno;
    if (bw_arena_failed(level->names_arena))
        return ENOMEM;
    if (level->names.count > 1)
        qsort(level->names.items, level->names.count, sizeof *level->names.items, by_bytes);
    return 0;
}

/* Cuts the path to keep bytes and appends "/name" (nothing for NULL). */
static bool set_path(struct bw_walk *walk, size_t keep, const char *name)
{
    walk->path.n = keep;
    if (name && keep && walk->path.p[keep - 1] != '/')
        bw_putc(&walk->path, '/');
    if (name)
        bw_puts(&walk->path, name);
    bw_putc(&walk->path, '\0');
    if (walk->path.failed)
        return false;
    walk->path.n--;
    return true;
}

/* Goes down into the folder open as fd, which the path names; fd is closed where that fails. 0, or an errno. */
static int descend(struct bw_walk *walk, int fd)
{
    if (walk->depth == DEPTH_MAX) {
        close(fd);
        return ENAMETOOLONG;
    }
    struct level *level = &walk->levels[walk->depth];
    *level = (struct level){.path_bytes = walk->path.n};
    level->dir = fdopendir(fd);
    if (!level->dir) {
        const int why = errno;
        close(fd);
        return why;
    }
    const int why = read_names(level);
    if (why) {
        level_clear(level);
        return why;
    }
    level->maildir = is_folder_at(dirfd(level->dir), "cur") && is_folder_at(dirfd(level->dir), "new");
    walk->depth++;
    return 0;
}

struct bw_walk *bw_walk_open(int fd, const char *path, struct bw_error *err)
{
    struct bw_walk *walk = calloc(1, sizeof *walk);
    int why = ENOMEM;
    if (walk) {
        bw_buf_init(&walk->path, 0);
        bw_puts(&walk->path, path);
        if (set_path(walk, walk->path.n, NULL))
            why = descend(walk, fd);
        else
            close(fd);
    } else {
        close(fd);
    }
    if (!why)
        return walk;
    bw_walk_close(walk);
    bw_input_fail(err, path, why);
    return NULL;
}

void bw_walk_close(struct bw_walk *walk)
{
    if (!walk)
        return;
    while (walk->depth)
        level_clear(&walk->levels[--walk->depth]);
    bw_buf_clear(&walk->path);
    free(walk);
}

/* Opens what *st says is a file or a folder; -1 with errno. Without waiting: in between it may have become a pipe, and
 * is then none of ours (ENOENT). */
static int open_entry(int folder, const char *name, struct stat *st)
{
    const bool is_folder = S_ISDIR(st->st_mode);
    const int flags =
        O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (is_folder ? O_DIRECTORY | O_NOFOLLOW : 0);
    int fd;
    do
        fd = openat(folder, name, flags);
    while (fd < 0 && errno == EINTR);
    if (fd < 0 || (fstat(fd, st) == 0 && (is_folder ? S_ISDIR(st->st_mode) : S_ISREG(st->st_mode))))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

/* Looks at one name of the deepest folder. 1: *fd is a file. 0: go on. -1: errno says why it cannot be read. */
static int visit(int *fd, struct bw_walk *walk, const struct level *level, const char *name)
{
    const int folder = dirfd(level->dir);
    struct stat st;
    if (level->maildir && strcmp(name, "tmp") == 0)
        return 0; /* deliveries that are not finished */
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    /* A link to a file is as good as the file. A link to a folder may lead back to where we come from. */
    if (S_ISLNK(st.st_mode) && (fstatat(folder, name, &st, 0) != 0 || S_ISDIR(st.st_mode)))
        return S_ISDIR(st.st_mode) ? 0 : -1;
    if (!S_ISDIR(st.st_mode) && (!S_ISREG(st.st_mode) || level->maildir))
        return 0; /* pipes, sockets, devices; the indexes that servers keep in a Maildir */
    const int opened = open_entry(folder, name, &st);
    if (opened < 0)
        return -1;
    if (S_ISREG(st.st_mode)) {
        *fd = opened;
        return 1;
    }
    const int why = descend(walk, opened);
    errno = why;
    return why ? -1 : 0;
}

int bw_walk_next(int *fd, const char **path, struct bw_walk *walk, struct bw_error *err)
{
    while (walk->depth) {
        struct level *level = &walk->levels[walk->depth - 1];
        if (level->next == level->names.count) {
            level_clear(level);
            walk->depth--;
            continue;
        }
        const char *name = level->names.items[level->next++];
        if (!set_path(walk, level->path_bytes, name)) {
            walk->path.failed = false;
            return bw_input_fail(err, name, ENOMEM);
        }
        const int found = visit(fd, walk, level, name);
        *path = walk->path.p;
        if (found)
            return found > 0 ? 1 : bw_input_fail(err, *path, errno);
    }
    return 0;
}
