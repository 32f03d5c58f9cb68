#include "base/base.h"

#include <stdio.h>
#include <string.h>

BW_PRINTF(6, 0)
static void fill(struct bw_error *err, bw_status status, const char *file, unsigned line, unsigned column,
                 const char *format, va_list args)
{
    err->status = status;
    err->line = line;
    err->column = column;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    vsnprintf(err->message, sizeof err->message, format, args);
}

bw_status bw_fail_at(struct bw_error *err, bw_status status, const char *file, unsigned line, unsigned column,
                     const char *format, ...)
{
    if (err && err->status == BW_OK) {
        va_list args;
        va_start(args, format);
        fill(err, status, file, line, column, format, args);
        va_end(args);
    }
    return status;
}

bw_status bw_fail(struct bw_error *err, bw_status status, const char *format, ...)
{
    if (err && err->status == BW_OK) {
        va_list args;
        va_start(args, format);
        fill(err, status, NULL, 0, 0, format, args);
        va_end(args);
    }
    return status;
}
