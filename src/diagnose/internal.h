/* Shared by the files of the diagnose stage only. */
#ifndef BW_DIAGNOSE_INTERNAL_H
#define BW_DIAGNOSE_INTERNAL_H

#include "diagnose/diagnose.h"

/* What the parts of a block are found from. */
struct bw_blocking {
    struct bw_context *context;
    const struct bw_notice *notice;
    const struct bw_account *account;
    const struct bw_evidence *evidence;
    const struct bw_verdict *verdict;
    const struct bw_list *list;         /* NULL where none is known */
    const struct bw_receiver *receiver; /* likewise */
};

/* Fills the block; *variant is set where the list tells a shade that the rule did not. */
void bw_block_fill(struct bw_block *out, bw_slice *variant, struct bw_blocking *from);
/* The same for a refusal that is over nothing on the sending side: only the receiver's own code, whose it is, and the links.
 * False where no code is printed. */
bool bw_code_fill(struct bw_block *out, struct bw_blocking *from);
/* Fills which machine was refused: its name, its role, who handed the mail to it. The block holds ip already. */
void bw_machine_fill(struct bw_block *out, const struct bw_blocking *from);
/* Fills the links of a block, which holds ip, domain and list already. pages: those of the tables, too. */
void bw_links_fill(struct bw_block *out, const struct bw_blocking *from, bool pages);
/* The sending side's address that the words name; unknown where none. *masked: one is shown blanked out. *outside: it stands
 * around the refusing server's words, not in them. */
bw_slice bw_refused_address(const struct bw_blocking *from, bool *masked, bool *outside);

/* The hosts belong to one owner: the part that is registered is the same. False where one is unknown or has no dot. */
bool bw_same_owner(bw_slice a, bw_slice b);
/* One company may run several receivers and one help site for all. NULL is nobody's. */
bool bw_same_operator(const struct bw_receiver *a, const struct bw_receiver *b);

/* Findings about languages: a cause without sentences, an id that one language has and another lacks. */
void bw_check_texts(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables);

#endif
