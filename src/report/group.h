/* Recipients that share one verdict are told of once. */
#ifndef BW_REPORT_GROUP_H
#define BW_REPORT_GROUP_H

#include "bouncewhy/result.h"
#include "base/base.h"

/* Deliveries with the same cause, rule, block, refusing host, action and, but for the recipient, the same words. */
struct bw_group {
    const struct bw_delivery *first;             /* borrowed from the result; never NULL */
    BW_LIST(const struct bw_delivery *) members; /* in the order of the bounce, first included */
    bw_slice key;
    uint32_t hash;
};
typedef BW_LIST(struct bw_group) bw_groups;

/* Fills *out (zero-initialised) in the order in which the bounce first names a member. Arena-owned. */
void bw_group_deliveries(bw_groups *out, struct bw_arena *arena, const struct bw_result *result);

#endif
