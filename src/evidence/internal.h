/* Shared by the files of the evidence stage only. */
#ifndef BW_EVIDENCE_INTERNAL_H
#define BW_EVIDENCE_INTERNAL_H

#include "evidence/evidence.h"

/* The reply code (RFC 5321 section 4.2) and the enhanced code (RFC 3463) in a server's words; unknown where none.
 * Borrowed. */
void bw_reply_codes(bw_slice *reply, bw_slice *status, bw_slice words);
/* words with the codes of continued lines taken out ("550-5.7.1 text 550 5.7.1 more" is one sentence), and links that
 * these cut in two joined. Arena-owned. */
bw_slice bw_without_line_codes(struct bw_arena *arena, bw_slice words);

/* Pushes every address of text. in_said: text is the refusing server's words. */
void bw_addresses_scan(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said);
/* Pushes every list whose zone text names, and the one with the longest name in it, likewise. */
void bw_lists_scan(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said);

#endif
