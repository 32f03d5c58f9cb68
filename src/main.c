/* Options -> tables -> loop over the messages -> exit status. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    struct bw_options options;
    struct bw_tables *tables = NULL;
    int status = BW_EXIT_ERROR;
    bw_cli_prepare();
    if (bw_options_read(&options, argc, argv) && bw_cli_open_tables(&tables, &options))
        status = bw_cli_run(tables, &options);
    bw_tables_free(tables);
    bw_options_clear(&options);
    return status;
}
