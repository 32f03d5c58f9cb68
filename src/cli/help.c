/* --help and --version. */
#include "bouncewhy/bouncewhy.h"
#include "cli/show.h"

enum { COLUMN = 29 };

bw_slice bw_cli_word(const struct bw_tables *tables, const char *language, const char *id)
{
    const struct bw_record *record = bw_table_text(tables, language, "word", bw_str(id));
    if (!record)
        record = bw_table_text(tables, "en", "word", bw_str(id));
    const bw_slice is = record ? bw_record_get(record, "is") : BW_NULL;
    return is.p ? is : bw_str(id);
}

static void put_option(struct bw_buf *out, const struct bw_tables *tables, const char *language,
                       const char *option, const char *id)
{
    const size_t n = strlen(option);
    bw_puts(out, option);
    if (n + 2 > COLUMN)
        bw_putc(out, '\n');
    bw_putf(out, "%*s", n + 2 > COLUMN ? COLUMN : (int)(COLUMN - n), "");
    bw_put(out, bw_cli_word(tables, language, id));
    bw_putc(out, '\n');
}

int bw_show_help(struct bw_output *output, const struct bw_tables *tables, const struct bw_options *options)
{
    static const struct {
        const char *option, *id;
    } lines[] = {
        {"  -l, --lang=LANG", "help.lang"},
        {"  -f, --format=text|json|csv", "help.format"},
        {"      --bom", "help.bom"},
        {"  -j, --jobs=N", "help.jobs"},
        {"      --summary", "help.summary"},
        {"      --from-json", "help.from-json"},
        {"      --recipients=dead|full", "help.recipients"},
        {"      --progress=auto|always|never", "help.progress"},
        {"      --role=user|admin|support", "help.role"},
        {"      --ticket[=auto|provider|receiver|list]", "help.ticket"},
        {"      --redact", "help.redact"},
        {"      --explain", "help.explain"},
        {"      --color=auto|always|never", "help.color"},
        {"      --width=N", "help.width"},
        {"      --patterns=PATH", "help.patterns"},
        {"      --list-rules", "help.list-rules"},
        {"      --check-patterns [PATH]...", "help.check-patterns"},
        {"      --dump=mime|delivery|evidence|classify", "help.dump"},
        {"      --help", "help.help"},
        {"      --version", "help.version"},
    };
    static const char *const before[] = {"help.usage", "help.about", "help.stdin"};
    struct bw_buf out;
    bw_buf_init(&out, 0);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        bw_put(&out, bw_cli_word(tables, options->language, before[i]));
        bw_putc(&out, '\n');
    }
    bw_putc(&out, '\n');
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        put_option(&out, tables, options->language, lines[i].option, lines[i].id);
    bw_putc(&out, '\n');
    bw_put(&out, bw_cli_word(tables, options->language, "help.exit"));
    bw_puts(&out, "\n\n");
    bw_put(&out, bw_cli_word(tables, options->language, "help.example"));
    bw_puts(&out, "\n  bouncewhy --lang=ja returned.eml\n  bouncewhy --format=json Mail/bounces.mbox\n");
    bw_output_take(output, &out);
    return 0;
}

int bw_show_version(struct bw_output *output)
{
    struct bw_buf out;
    bw_buf_init(&out, 0);
    bw_putf(&out, "bouncewhy %s\n", bw_version());
    bw_output_take(output, &out);
    return 0;
}
