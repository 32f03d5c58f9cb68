#include "cli/output.h"
#include "cli/messages.h"

#include <errno.h>
#include <stdio.h>

static void fail(struct bw_output *output)
{
    if (!output->failed)
        output->error = errno;
    output->failed = true;
}

bool bw_output_put(struct bw_output *output, bw_slice bytes)
{
    errno = 0;
    if (!output->failed && bytes.n > 0 && fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n)
        fail(output);
    return !output->failed;
}

bool bw_output_take(struct bw_output *output, struct bw_buf *buf)
{
    if (buf->failed) {
        errno = ENOMEM;
        fail(output);
    }
    const bool done = bw_output_put(output, bw_buf_slice(buf));
    bw_buf_clear(buf);
    return done;
}

bool bw_output_close(struct bw_output *output)
{
    errno = 0;
    if (fflush(stdout) != 0)
        fail(output);
    if (fclose(stdout) != 0)
        fail(output);
    if (output->failed && output->error != EPIPE)
        bw_complain("standard output", "%s", output->error ? strerror(output->error) : "cannot be written");
    return !output->failed;
}
