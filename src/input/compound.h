/* What of a compound file (MS-CFB) is looked at before a library reads it. */
#ifndef BW_INPUT_COMPOUND_H
#define BW_INPUT_COMPOUND_H

#include "base/base.h"

/* The directory of the compound file is whole and small enough for a reader that goes down into it by recursion. NULL,
 * or static words that say what is wrong. */
const char *bw_compound_check(bw_slice file);

#endif
