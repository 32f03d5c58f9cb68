/* The sentences and words of the text tables, and what stands in for one that is missing. */
#ifndef BW_REPORT_WORDS_H
#define BW_REPORT_WORDS_H

#include "report/template.h"
#include "table/table.h"

/* Ids of the words that the report uses; static. */
extern const char *const bw_word_ids[];
/* Their number; static. */
extern const size_t bw_word_id_count;

/* The word as the table has it, still a template: in the language, else in English, else the id itself. Borrowed. */
bw_slice bw_word(const struct bw_tables *tables, const char *language, const char *id);
/* The word filled in. Where no record of it applies: its id. Appended to out. */
void bw_put_word(struct bw_buf *out, const struct bw_tables *tables, const char *language, const char *id,
                 const struct bw_fact_values *facts);

/* Appends the first line under that key ("head", "who") of what is said on a cause that applies: in the language, else
 * in English; false where there is none. */
bool bw_say_first(struct bw_buf *out, const struct bw_tables *tables, const char *language, bw_slice cause,
                  const char *key, const struct bw_fact_values *facts);

/* A list of finished lines; arena-owned. */
typedef BW_LIST(bw_slice) bw_lines;
/* Pushes all lines under that key ("step", "note") that apply: in the language, or in English where the language has
 * no record on the cause. */
void bw_say_all(bw_lines *out, struct bw_arena *arena, const struct bw_tables *tables, const char *language,
                bw_slice cause, const char *key, const struct bw_fact_values *facts);

#endif
