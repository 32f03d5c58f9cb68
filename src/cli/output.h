/* Standard output: whatever cannot be written is an error that the exit status tells. */
#ifndef BW_CLI_OUTPUT_H
#define BW_CLI_OUTPUT_H

#include "base/base.h"

/* Zero-initialised it is ready. */
struct bw_output {
    int error; /* errno of the first write that failed; 0 */
    bool failed;
};

/* Writes bytes to standard output. False once a write has failed; the rest is dropped. */
bool bw_output_put(struct bw_output *output, bw_slice bytes);
/* The same for what the buffer holds, which is then cleared. A buffer that ran out of memory counts as failed. */
bool bw_output_take(struct bw_output *output, struct bw_buf *buf);
/* Writes out what is buffered and closes standard output. False, after a message, where anything was lost; a reader who
 * has gone away (EPIPE) needs no message. */
bool bw_output_close(struct bw_output *output);

#endif
