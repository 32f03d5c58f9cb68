/* Which links of a verdict a reader needs; those that nobody known owns are shown so that no terminal or mail program
 * makes them live. */
#ifndef BW_REPORT_LINKS_H
#define BW_REPORT_LINKS_H

#include "bouncewhy/result.h"
#include "report/template.h"
#include "table/table.h"

/* True where block->urls[index] comes from the mail, and the tables give a page of the same owner for the same use, or
 * the address that it looks up is blanked out in this copy. */
bool bw_page_is_superseded(const struct bw_block *block, size_t index);

/* True where there may be a listing that the sending side can have removed: not after a failed SPF check, a closed list or
 * the receiver's own setting. */
bool bw_is_removable(const struct bw_delivery *delivery, const struct bw_fact_values *facts);

/* True where the page delivery->block.urls[index] helps. One for looking up or removing does not where nothing
 * can be removed. A link that nobody known owns is always true: it is shown as a warning. */
bool bw_page_is_useful(const struct bw_delivery *delivery, const struct bw_fact_values *facts, size_t index);

/* Appends the link defanged, "hxxps://host[.]example/path", through bw_put_visible. */
void bw_put_defanged(struct bw_buf *out, bw_slice url);

/* Appends a server's words through bw_put_visible, each web link in them defanged unless the tables know who owns its
 * host or the delivery has it as trusted. */
void bw_put_quoted(struct bw_buf *out, const struct bw_tables *tables, const struct bw_delivery *delivery,
                   bw_slice words);

/* A page as a reader takes it: an address to write to without its scheme; borrowed. */
bw_slice bw_page_text(bw_slice url);

#endif
