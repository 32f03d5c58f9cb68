/* What the files that write the text report share. */
#ifndef BW_REPORT_WRITER_H
#define BW_REPORT_WRITER_H

#include "report/facts.h"
#include "report/layout.h"
#include "report/report.h"
#include "report/words.h"

/* A text report under construction. Everything is borrowed but what the arena holds. */
struct bw_writer {
    struct bw_layout layout;
    const struct bw_tables *tables;
    const struct bw_report_options *options;
    const struct bw_result *result;
    struct bw_arena *arena;
    bw_lines printed; /* lists of steps and remarks that the reader has seen */
};

/* Rows under construction; arena-owned. */
typedef BW_LIST(struct bw_row) bw_rows;

/* A word of the report's language, filled in; arena-owned. facts: NULL for none. */
bw_slice bw_writer_word(struct bw_writer *writer, const char *id, const struct bw_fact_values *facts);
/* Text from a mail or a table made visible, in one line; arena-owned. */
bw_slice bw_writer_visible(struct bw_writer *writer, bw_slice text);
/* Adds a row with that label; an unknown or empty value adds none. value: visible already. */
void bw_row_add(bw_rows *rows, struct bw_writer *writer, const char *label, bw_slice value);

/* The labelled facts of a group. with_message: those of the whole message too. */
void bw_rows_fill(bw_rows *out, struct bw_writer *writer, const struct bw_group *group,
                  const struct bw_fact_values *facts, bool with_message);

/* The line that names the message, where several are reported. */
void bw_put_message_heading(struct bw_writer *writer);
/* The line that says that names are stand-ins, where they are. */
void bw_put_redacted(struct bw_writer *writer);
/* What stands for the verdict of a message that reports on nobody; static. */
bw_slice bw_cause_of_kind(enum bw_kind kind);

/* Appends the trail of one verdict: rule, place, words, the code used, candidates that lost. */
void bw_explain_verdict(struct bw_writer *writer, const struct bw_delivery *delivery);
/* Appends what --explain tells of the whole message: format and anomalies. */
void bw_explain_message(struct bw_writer *writer);

#endif
