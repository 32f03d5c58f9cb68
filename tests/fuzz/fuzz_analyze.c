/* The whole way of any bytes: a verdict and reports, or a limit; what is printed is UTF-8 that does nothing to a
 * terminal. */
#include "bouncewhy/bouncewhy.h"
#include "report/report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct bw_tables *shared_tables(void)
{
    static struct bw_tables *tables;
    if (!tables && bw_tables_open(&tables, NULL, 0, NULL) != BW_OK)
        abort();
    return tables;
}

static void check_output(const struct bw_buf *out)
{
    if (out->failed)
        return;
    const bw_slice text = bw_buf_slice(out);
    if (!bw_utf8_valid(text))
        abort();
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 && text.p[i] != '\n')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const languages[] = {"en", "ja"};
    struct bw_result result;
    const bw_status status =
        bw_analyze(&result, shared_tables(), (bw_slice){(const char *)data, size}, NULL, NULL);
    if (status != BW_OK && status != BW_LIMIT)
        abort();
    for (size_t i = 0; status == BW_OK && i < 3; i++) {
        struct bw_buf out;
        bw_buf_init(&out, 0);
        const struct bw_report_options options = {
            .language = languages[i % 2], .source = "-", .index = 1, .width = i ? 40 : 0, .explain = i == 0};
        if (i < 2)
            (void)bw_report_text(&out, shared_tables(), &result, &options);
        else
            (void)bw_report_json(&out, &result, "-", 1);
        check_output(&out);
        bw_buf_clear(&out);
    }
    bw_result_free(&result);
    return 0;
}
