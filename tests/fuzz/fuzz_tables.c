/* Any bytes as a user's table: opened, or refused with a place; and what was opened can be used and checked. */
#include "base/base.h"
#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/bouncewhy-fuzz-XXXXXX";
    const int file = mkstemp(path);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        abort();
    close(file);
    const char *const paths[] = {path};
    struct bw_tables *tables;
    struct bw_error err = {0};
    const bw_status status = bw_tables_open(&tables, paths, 1, &err);
    if (status == BW_BAD_TABLE && (!err.message[0] || !err.file[0]))
        abort();
    if (status != BW_OK && (status != BW_BAD_TABLE || tables))
        abort();
    bw_tables_free(tables);
    unlink(path);
    return 0;
}
