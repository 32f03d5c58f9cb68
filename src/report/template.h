/* Sentences with holes: "{fact}", "[optional part]", "?flag " and "!flag " at the start (docs/PATTERNS.md). */
#ifndef BW_REPORT_TEMPLATE_H
#define BW_REPORT_TEMPLATE_H

#include "base/base.h"

/* Ceilings: no mail reaches them; they are what the report itself sets and nests. */
enum { BW_FACT_VALUES_MAX = 48, BW_FLAGS_MAX = 64, BW_TEMPLATE_DEPTH_MAX = 4 };

/* What a template may know about one message. Zero-initialised it knows nothing. Names and values are borrowed. */
struct bw_fact_values {
    struct bw_fact_value {
        const char *name;
        bw_slice value;
    } items[BW_FACT_VALUES_MAX];
    bw_slice flags[BW_FLAGS_MAX];
    size_t count, flag_count;
};

/* Sets a fact. An unknown or empty value is left out; one that is there already is replaced. */
void bw_fact_set(struct bw_fact_values *facts, const char *name, bw_slice value);
/* The value of a fact; the unknown slice where it is not known. */
bw_slice bw_fact_get(const struct bw_fact_values *facts, bw_slice name);
/* Sets a flag when on. */
void bw_flag_set(struct bw_fact_values *facts, bw_slice flag, bool on);
/* True when the flag is set. */
bool bw_flag_get(const struct bw_fact_values *facts, bw_slice flag);

/* Appends the template filled in, every fact through bw_put_visible, and returns true. Returns false and appends nothing
 * where a condition does not hold or a fact outside of brackets is not known. A bracket or brace without its other half
 * stands for itself. */
bool bw_template_render(struct bw_buf *out, bw_slice text, const struct bw_fact_values *facts);

/* Cuts the condition that *rest begins with off it, its flag in *out (borrowed). False where there is none. */
bool bw_template_next_flag(bw_slice *out, bw_slice *rest);
/* Cuts off what stands up to and with the next fact, its name in *out (borrowed). False at the end. */
bool bw_template_next_fact(bw_slice *out, bw_slice *rest);

#endif
