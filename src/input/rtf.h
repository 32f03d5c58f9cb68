/* The RTF of a message, which is stored packed (MS-OXRTFCP). */
#ifndef BW_INPUT_RTF_H
#define BW_INPUT_RTF_H

#include "base/base.h"

/* The RTF that packed (PidTagRtfCompressed) holds, at most limit bytes of it; arena-owned. *whole: false where packed is
 * damaged or more than limit comes out: the result is then what comes before that, or behind a checksum that does not
 * fit. Unknown where packed is nothing of the kind, or without memory. */
bw_slice bw_rtf_unpack(bool *whole, struct bw_arena *arena, bw_slice packed, size_t limit);

#endif
