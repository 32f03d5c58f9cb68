/* The diagnose stage: cause + evidence -> disposition, actor, block. Parses nothing; knows no sentences. */
#ifndef BW_DIAGNOSE_H
#define BW_DIAGNOSE_H

#include "base/base.h"
#include "bouncewhy/result.h"
#include "classify/classify.h"
#include "delivery/delivery.h"
#include "evidence/evidence.h"

/* One recipient's verdict as the result shows it. out: filled, arena-owned or borrowed.
 * BW_OK or BW_NO_MEMORY. */
bw_status bw_diagnose(struct bw_delivery *out, struct bw_context *context, const struct bw_notice *notice,
                      const struct bw_account *account, const struct bw_evidence *evidence,
                      const struct bw_verdict *verdict);

/* The verdict of a recipient in a mail of a kind where no reason is looked for (a receipt, a complaint ...). cause: an
 * id of the table. */
bw_status bw_diagnose_plain(struct bw_delivery *out, struct bw_context *context,
                            const struct bw_account *account, const struct bw_evidence *evidence,
                            const char *cause);

/* Ids of the signs (patterns/forged.tbl), a claim to be a notice apart. */
typedef BW_LIST(bw_slice) bw_sign_list;

/* Whether no mail server wrote the notice. out: gets what speaks for that where it outweighs what speaks against it, with
 * nothing returned and no standard report; else stays empty. Ids are borrowed from the tables. BW_OK or BW_NO_MEMORY. */
bw_status bw_diagnose_forgery(bw_sign_list *out, struct bw_context *context, const struct bw_notice *notice);

/* The returned original claims an address of a receiver of the table, whose servers always carry its users' mail, and
 * no line of its trace, nor its Message-ID, nor the reporting server or the notice's sender is that receiver's: somebody else used the address, or
 * the sender another provider's server. */
bool bw_sent_elsewhere(struct bw_context *context, const struct bw_notice *notice);

/* The part of a host that one owner registers: two labels, three under a country's "co", "ne", "com" and the like; borrowed. */
bw_slice bw_registered_part(bw_slice host);

/* What stands behind the "@"; unknown where there is none. */
bw_slice bw_domain_of(bw_slice address);

/* Everything that --check-patterns looks for: the tables' own mistakes (bw_table_check), every rule's and fact's
 * examples run through the stages, sentences missing in a language. Findings are pushed; their text lives in the
 * arena. BW_OK, BW_NO_MEMORY. */
bw_status bw_check_patterns(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables);

#endif
