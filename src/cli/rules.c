/* --list-rules and --check-patterns. */
#include "cli/messages.h"
#include "cli/show.h"
#include "diagnose/diagnose.h"
#include "report/report.h"

static const char *tier_name(enum bw_tier tier)
{
    static const char *const names[] = {
        [BW_TIER_EXACT] = "exact", [BW_TIER_WORDS] = "words", [BW_TIER_WEAK] = "weak"};
    return tier < BW_TIER_COUNT ? names[tier] : "?";
}

static void put_padded(struct bw_buf *out, bw_slice text, size_t columns)
{
    bw_put_visible(out, text, false);
    for (size_t n = bw_width(text); n < columns + 2; n++)
        bw_putc(out, ' ');
}

static size_t wider(size_t columns, bw_slice text)
{
    const size_t width = bw_width(text);
    return width > columns ? width : columns;
}

int bw_show_rules(struct bw_output *output, const struct bw_tables *tables)
{
    struct bw_arena *arena = bw_arena_new(0);
    struct bw_buf out;
    size_t ids = 0, causes = 0;
    if (!arena) {
        bw_complain(NULL, "out of memory");
        return BW_EXIT_ERROR;
    }
    bw_buf_init(&out, 0);
    for (size_t i = 0; i < tables->rules.count; i++) {
        ids = wider(ids, tables->rules.items[i].id);
        causes = wider(causes, tables->rules.items[i].cause);
    }
    for (size_t i = 0; i < tables->rules.count; i++) {
        const struct bw_rule *rule = &tables->rules.items[i];
        put_padded(&out, bw_str(tier_name(rule->tier)), 5);
        put_padded(&out, rule->id, ids);
        put_padded(&out, rule->cause, causes);
        bw_put_visible(&out, bw_record_place(arena, rule->record), false);
        if (rule->record->replaces) {
            bw_puts(&out, "  replaces ");
            bw_put_visible(&out, bw_record_place(arena, rule->record->replaces), false);
        }
        bw_putc(&out, '\n');
    }
    out.failed |= bw_arena_failed(arena);
    bw_arena_free(arena);
    bw_output_take(output, &out);
    return 0;
}

static size_t count_examples(const struct bw_tables *tables)
{
    size_t count = 0;
    for (size_t i = 0; i < tables->rules.count; i++)
        for (size_t at = 0; bw_record_next(tables->rules.items[i].record, "example", &at);)
            count++;
    return count;
}

int bw_show_findings(struct bw_output *output, const struct bw_tables *tables)
{
    struct bw_arena *arena = bw_arena_new(0);
    bw_finding_list findings = {.count = 0};
    bw_status status = arena ? bw_check_patterns(&findings, arena, tables) : BW_NO_MEMORY;
    if (!status)
        status = bw_report_check(&findings, arena, tables);
    struct bw_buf out;
    bw_buf_init(&out, 0);
    for (size_t i = 0; i < findings.count; i++)
        bw_put_visible(&out, bw_finding_text(arena, &findings.items[i]), true);
    bw_putf(&out, "%zu rules, %zu examples: %zu findings\n", tables->rules.count, count_examples(tables),
            findings.count);
    if (status || bw_arena_failed(arena)) {
        bw_complain_error(&(struct bw_error){.status = status ? status : BW_NO_MEMORY}, NULL, 0);
        status = BW_NO_MEMORY;
    }
    bw_arena_free(arena);
    bw_output_take(output, &out);
    return findings.count || status ? BW_EXIT_ERROR : 0;
}
