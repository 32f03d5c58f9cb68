/* A verdict -> the facts and flags that templates may ask for. */
#ifndef BW_REPORT_FACTS_H
#define BW_REPORT_FACTS_H

#include "report/group.h"
#include "report/report.h"
#include "report/template.h"
#include "table/table.h"

/* Fills *out for one group of a result. Where the group has several members, recipient is not known, and
 * recipient_domain only where they share it. Values are borrowed from the result and the tables, or arena-owned. */
void bw_facts_fill(struct bw_fact_values *out, struct bw_arena *arena, const struct bw_tables *tables,
                   const struct bw_report_options *options, const struct bw_result *result,
                   const struct bw_group *group);

/* A RFC 3339 date as a reader likes it, "2023-01-24 18:02:09 +09:00"; arena-owned. Anything else as it stands. */
bw_slice bw_readable_date(struct bw_arena *arena, bw_slice date);

/* Templates may ask for this fact. */
bool bw_fact_is_known(bw_slice name);
/* Templates may ask for this flag; "actor-" and an actor that some cause of the tables has is one, and
 * "cause-" and a cause. */
bool bw_flag_is_known(const struct bw_tables *tables, bw_slice flag);

#endif
