/* What goes to standard error. */
#ifndef BW_CLI_MESSAGES_H
#define BW_CLI_MESSAGES_H

#include "base/base.h"

/* Prints "bouncewhy: FILE: message" with everything made visible. file: NULL or "" for none. */
void bw_complain(const char *file, const char *format, ...) BW_PRINTF(2, 3);
/* Points to --help, after a mistake in the command line. */
void bw_complain_usage(void);
/* Prints an error; where it has a line in a file that can be read, that line and a caret too. index: of the message in
 * its source, told from 2 on; 0 for none. source: named where the error names no file; may be NULL. */
void bw_complain_error(const struct bw_error *err, const char *source, size_t index);

#endif
