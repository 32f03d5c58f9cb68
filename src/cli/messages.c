#include "cli/messages.h"

#include <stdio.h>
#include <stdlib.h>

static void put_stderr(struct bw_buf *text)
{
    struct bw_buf visible;
    bw_buf_init(&visible, 0);
    bw_put_visible(&visible, bw_buf_slice(text), true);
    fwrite(visible.p ? visible.p : "", 1, visible.n, stderr);
    bw_buf_clear(&visible);
    bw_buf_clear(text);
}

void bw_complain(const char *file, const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct bw_buf text;
    bw_buf_init(&text, 0);
    bw_puts(&text, "bouncewhy: ");
    if (file && *file)
        bw_putf(&text, "%s: ", file);
    bw_putf(&text, "%s\n", message);
    put_stderr(&text);
}

void bw_complain_usage(void) { bw_complain(NULL, "Try 'bouncewhy --help' for more information."); }

/* The line at that place and a caret under the column (bytes, from 1). Nothing where it cannot be read. */
static void show_place(const char *path, unsigned number, unsigned column)
{
    FILE *stream = number ? fopen(path, "rb") : NULL;
    char *line = NULL;
    size_t size = 0;
    ssize_t n = -1;
    for (unsigned i = 0; stream && i < number; i++)
        if ((n = getline(&line, &size, stream)) < 0)
            break;
    if (n >= 0) {
        const bw_slice whole = {line, (size_t)n};
        struct bw_buf text;
        bw_buf_init(&text, 0);
        bw_puts(&text, "  ");
        bw_put(&text, bw_sub(whole, 0, whole.n && whole.p[whole.n - 1] == '\n' ? whole.n - 1 : whole.n));
        bw_puts(&text, "\n  ");
        struct bw_buf before; /* as it is shown: a tab is one column */
        bw_buf_init(&before, 0);
        bw_put_visible(&before, bw_sub(whole, 0, column ? column - 1 : 0), false);
        for (size_t spaces = bw_width(bw_buf_slice(&before)); spaces > 0; spaces--)
            bw_putc(&text, ' ');
        bw_buf_clear(&before);
        bw_puts(&text, "^\n");
        put_stderr(&text);
    }
    free(line);
    if (stream)
        fclose(stream);
}

/* For an error that came without words. */
static const char *words_of(bw_status status)
{
    switch (status) {
    case BW_NO_MEMORY:
        return "out of memory";
    case BW_LIMIT:
        return "larger than the limit";
    case BW_IO:
        return "cannot be read";
    case BW_NOT_MAIL:
        return "is not a mail";
    case BW_BAD_TABLE:
        return "is no valid table";
    case BW_MISUSE:
    case BW_OK:
        break;
    }
    return "internal error";
}

void bw_complain_error(const struct bw_error *err, const char *source, size_t index)
{
    const char *file = err->file[0] ? err->file : source ? source : "";
    const char *message = err->message[0] ? err->message : words_of(err->status);
    struct bw_buf place;
    bw_buf_init(&place, 0);
    bw_puts(&place, file);
    if (err->line && err->column)
        bw_putf(&place, ":%u:%u", err->line, err->column);
    else if (err->line)
        bw_putf(&place, ":%u", err->line);
    bw_putc(&place, '\0');
    if (index > 1)
        bw_complain(place.p, "message %zu: %s", index, message);
    else
        bw_complain(place.p, "%s", message);
    bw_buf_clear(&place);
    if (err->status == BW_BAD_TABLE)
        show_place(file, err->line, err->column);
}
