/* Files and folders -> records, in layers. */
#include "table/embedded.h"
#include "table/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 16 << 20, FOLDER_DEPTH_MAX = 8 };

static struct bw_table_file *new_file(struct bw_tables *tables, bw_slice name, bw_slice bytes, unsigned layer)
{
    struct bw_table_file *file = bw_new(tables->arena, struct bw_table_file);
    struct bw_table_file **slot = bw_push(tables->arena, &tables->files);
    if (!file || !slot)
        return NULL;
    *slot = file;
    file->name = name;
    file->bytes = bytes;
    file->layer = layer;
    return file->name.p ? file : NULL;
}

static size_t number(const unsigned char *p, size_t bytes)
{
    size_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | p[bytes];
    return value;
}

/* One record of bw_embedded_records at p; *p moves behind it. */
static bw_status read_record(struct bw_tables *tables, struct bw_table_file *file, const unsigned char **p,
                             struct bw_error *err)
{
    const unsigned line = (unsigned)number(*p + 1, 4);
    const size_t count = number(*p + 5, 2);
    struct bw_entry *entries = bw_arena_alloc(tables->arena, count * sizeof *entries);
    *p += 7;
    if (!entries)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const size_t key = (*p)[0], value = number(*p + 1, 2);
        entries[i].key = (bw_slice){(const char *)*p + 3, key};
        entries[i].value = (bw_slice){(const char *)*p + 3 + key, value};
        entries[i].line = line;
        *p += 3 + key + value;
    }
    return bw_record_add(tables, file, entries, count, err);
}

/* The embedded tables as the build took them apart. */
static bw_status load_records(struct bw_tables *tables, struct bw_error *err)
{
    const unsigned char *p = bw_embedded_records + 8, *end = bw_embedded_records + bw_embedded_records_size;
    struct bw_table_file *file = NULL;
    bw_status status = BW_OK;
    if (!bw_reserve(tables->arena, &tables->records, number(p - 8, 4)) ||
        !bw_reserve(tables->arena, &tables->regexes, number(p - 4, 4)))
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    while (p < end && !status) {
        if (*p == 1) {
            const struct bw_embedded_file *from = &bw_embedded_files[number(p + 1, 2)];
            file = new_file(tables, bw_format(tables->arena, "patterns/%s", from->name),
                            (bw_slice){(const char *)from->data, from->size}, 0);
            p += 3;
            status = file ? BW_OK : bw_fail(err, BW_NO_MEMORY, "out of memory");
        } else {
            status = read_record(tables, file, &p, err);
        }
    }
    return status;
}

bw_status bw_load_embedded(struct bw_tables *tables, struct bw_error *err)
{
    if (!tables->full && bw_embedded_records_size)
        return load_records(tables, err);
    for (size_t i = 0; i < bw_embedded_file_count; i++) {
        const struct bw_embedded_file *from = &bw_embedded_files[i];
        struct bw_table_file *file = new_file(tables, bw_format(tables->arena, "patterns/%s", from->name),
                                              (bw_slice){(const char *)from->data, from->size}, 0);
        const bw_status status =
            file ? bw_stanza_read(tables, file, err) : bw_fail(err, BW_NO_MEMORY, "out of memory");
        if (status)
            return status;
    }
    return BW_OK;
}

static bw_status load_file(struct bw_tables *tables, const char *path, size_t size, unsigned layer,
                           struct bw_error *err)
{
    if (size > FILE_BYTES_MAX)
        return bw_fail_at(err, BW_BAD_TABLE, path, 0, 0, "larger than %d MiB", FILE_BYTES_MAX >> 20);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return bw_fail_at(err, BW_IO, path, 0, 0, "%s", strerror(errno));
    char *bytes = bw_arena_alloc(tables->arena, size + 1);
    const size_t got = bytes ? fread(bytes, 1, size, stream) : 0;
    const bool broken = ferror(stream) != 0;
    fclose(stream);
    if (!bytes)
        return bw_fail(err, BW_NO_MEMORY, "out of memory");
    if (broken)
        return bw_fail_at(err, BW_IO, path, 0, 0, "cannot be read");
    struct bw_table_file *file =
        new_file(tables, bw_dup(tables->arena, bw_str(path)), (bw_slice){bytes, got}, layer);
    return file ? bw_stanza_read(tables, file, err) : bw_fail(err, BW_NO_MEMORY, "out of memory");
}

static bool is_table_name(bw_slice name)
{
    return bw_iends(name, BW_S(".tbl")) || bw_iends(name, BW_S(".rules")) || bw_iends(name, BW_S(".fmt")) ||
           bw_iends(name, BW_S(".txt"));
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static bw_status load_any(struct bw_tables *tables, const char *path, unsigned layer, unsigned depth,
                          struct bw_error *err);

static bw_status load_folder(struct bw_tables *tables, const char *path, unsigned layer, unsigned depth,
                             struct bw_error *err)
{
    struct dirent **entries = NULL;
    const int count = scandir(path, &entries, visible, alphasort);
    if (count < 0)
        return bw_fail_at(err, BW_IO, path, 0, 0, "%s", strerror(errno));
    bw_status status = BW_OK;
    for (int i = 0; i < count; i++) {
        if (!status) {
            const bw_slice child = bw_format(tables->arena, "%s/%s", path, entries[i]->d_name);
            status = child.p ? load_any(tables, child.p, layer, depth + 1, err)
                             : bw_fail(err, BW_NO_MEMORY, "out of memory");
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* A file named on the command line is read whatever its name; inside a folder only table files are. */
static bw_status load_any(struct bw_tables *tables, const char *path, unsigned layer, unsigned depth,
                          struct bw_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return bw_fail_at(err, BW_IO, path, 0, 0, "%s", strerror(errno));
    if (S_ISDIR(about.st_mode))
        return depth < FOLDER_DEPTH_MAX ? load_folder(tables, path, layer, depth, err) : BW_OK;
    if (depth > 0 && (!S_ISREG(about.st_mode) || !is_table_name(bw_str(path))))
        return BW_OK;
    return load_file(tables, path, about.st_size < 0 ? 0 : (size_t)about.st_size, layer, err);
}

bw_status bw_load_path(struct bw_tables *tables, const char *path, unsigned layer, struct bw_error *err)
{
    return load_any(tables, path, layer, 0, err);
}
