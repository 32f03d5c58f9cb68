/* The classify stage: ordered rules -> exactly one cause, with the trail that led there. Knows no languages. */
#ifndef BW_CLASSIFY_H
#define BW_CLASSIFY_H

#include "base/base.h"
#include "bouncewhy/result.h"
#include "evidence/evidence.h"
#include "table/table.h"

/* What decided, and what else would have. */
struct bw_verdict {
    const struct bw_cause *cause; /* never NULL: "undetermined" where nothing decides */
    const struct bw_rule *rule;   /* that decided; NULL where a code or nothing did */
    const struct bw_code *code;   /* that decided; NULL otherwise */
    const struct bw_seen_list
        *list;             /* that decided: a list named where no rule knows the words; NULL otherwise */
    bw_slice code_text;    /* the code as it stands in the mail */
    struct bw_match match; /* of the rule; borrows the evidence */
    bool in_said;          /* the rule matched the refusing server's own words */
    BW_LIST(struct bw_candidate) candidates; /* that lost, in order of precedence */
};

/* Decides the cause of one recipient's evidence. out: filled, arena-owned or borrowed. explain: collect all
 * candidates, too (slower). BW_OK or BW_NO_MEMORY. */
bw_status bw_classify(struct bw_verdict *out, struct bw_context *context, const struct bw_evidence *evidence,
                      enum bw_action action, bool explain);

#endif
