/* The modes that print something else than reports. Each returns the exit status, that of writing left out. */
#ifndef BW_CLI_SHOW_H
#define BW_CLI_SHOW_H

#include "cli/cli.h"
#include "cli/output.h"

/* --help in the options' language. */
int bw_show_help(struct bw_output *output, const struct bw_tables *tables, const struct bw_options *options);
/* --version. */
int bw_show_version(struct bw_output *output);
/* --list-rules: a line a rule in order of precedence. */
int bw_show_rules(struct bw_output *output, const struct bw_tables *tables);
/* --check-patterns: a finding each, then how many there are. BW_EXIT_ERROR where there is any. */
int bw_show_findings(struct bw_output *output, const struct bw_tables *tables);

/* A word of the text tables as it stands: in the language, else in English, else the id. Borrowed. */
bw_slice bw_cli_word(const struct bw_tables *tables, const char *language, const char *id);

#endif
