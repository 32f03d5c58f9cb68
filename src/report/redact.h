/* Masking of what tells people and machines apart. */
#ifndef BW_REPORT_REDACT_H
#define BW_REPORT_REDACT_H

#include "base/base.h"
#include "bouncewhy/result.h"
#include "table/table.h"

/* Masks mail addresses, local parts, hosts and IP addresses in all texts of a result of bw_analyze, each by the same
 * stand-in wherever it stands (user1@domain1.example, host1.domain1.example; addresses of RFC 5737 and RFC 3849), and
 * drops the original's subject and those header fields that hold names or words. Hosts and zones that the tables know
 * stay. The new texts are the result's own. BW_OK or BW_NO_MEMORY. */
bw_status bw_redact(struct bw_result *result, const struct bw_tables *tables);

#endif
