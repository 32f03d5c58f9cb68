/* Links that nobody known owns are shown so that no terminal or mail program makes them live. */
#ifndef BW_REPORT_LINKS_H
#define BW_REPORT_LINKS_H

#include "bouncewhy/result.h"
#include "table/table.h"

/* Appends the link defanged, "hxxps://host[.]example/path", through bw_put_visible. */
void bw_put_defanged(struct bw_buf *out, bw_slice url);

/* Appends a server's words through bw_put_visible, each web link in them defanged unless the tables know who owns its
 * host or the delivery has it as trusted. */
void bw_put_quoted(struct bw_buf *out, const struct bw_tables *tables, const struct bw_delivery *delivery,
                   bw_slice words);

#endif
