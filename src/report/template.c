#include "report/template.h"

void bw_fact_set(struct bw_fact_values *facts, const char *name, bw_slice value)
{
    if (value.n == 0)
        return;
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].name, name) == 0) {
            facts->items[i].value = value;
            return;
        }
    }
    if (facts->count < BW_FACT_VALUES_MAX)
        facts->items[facts->count++] = (struct bw_fact_value){name, value};
}

bw_slice bw_fact_get(const struct bw_fact_values *facts, bw_slice name)
{
    for (size_t i = 0; i < facts->count; i++)
        if (bw_eq(bw_str(facts->items[i].name), name))
            return facts->items[i].value;
    return BW_NULL;
}

void bw_flag_set(struct bw_fact_values *facts, bw_slice flag, bool on)
{
    if (on && facts->flag_count < BW_FLAGS_MAX)
        facts->flags[facts->flag_count++] = flag;
}

bool bw_flag_get(const struct bw_fact_values *facts, bw_slice flag)
{
    for (size_t i = 0; i < facts->flag_count; i++)
        if (bw_eq(facts->flags[i], flag))
            return true;
    return false;
}

static bool is_name_byte(char c) { return bw_is_alnum(c) || c == '_' || c == '-'; }

/* Cuts "?flag " or "!flag " off *rest; *wanted tells which of the two. */
static bool next_condition(bw_slice *flag, bool *wanted, bw_slice *rest)
{
    if (rest->n < 2 || (rest->p[0] != '?' && rest->p[0] != '!') || !bw_is_alpha(rest->p[1]))
        return false;
    size_t end = 1;
    while (end < rest->n && is_name_byte(rest->p[end]))
        end++;
    if (end < rest->n && rest->p[end] != ' ')
        return false;
    *flag = bw_sub(*rest, 1, end);
    *wanted = rest->p[0] == '?';
    while (end < rest->n && rest->p[end] == ' ')
        end++;
    *rest = bw_sub(*rest, end, rest->n);
    return true;
}

/* Cuts "{name}" off *rest. */
static bool next_fact(bw_slice *name, bw_slice *rest)
{
    const size_t close = rest->n && rest->p[0] == '{' ? bw_find_byte(*rest, '}', 1) : BW_NONE;
    if (close == BW_NONE || close == 1)
        return false;
    for (size_t i = 1; i < close; i++)
        if (!is_name_byte(rest->p[i]))
            return false;
    *name = bw_sub(*rest, 1, close);
    *rest = bw_sub(*rest, close + 1, rest->n);
    return true;
}

/* Offset of the bracket that closes the one at the start of rest; BW_NONE without one. */
static size_t closing_bracket(bw_slice rest)
{
    size_t depth = 0;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '\\')
            i++;
        else if (rest.p[i] == '[')
            depth++;
        else if (rest.p[i] == ']' && --depth == 0)
            return i;
    }
    return BW_NONE;
}

/* Appends the bytes before the next brace, bracket or escape; at least one. */
static void put_literal(struct bw_buf *out, bw_slice *rest)
{
    if (rest->n > 1 && rest->p[0] == '\\' && memchr("[]{}\\", rest->p[1], 5))
        *rest = bw_sub(*rest, 1, rest->n);
    size_t n = 1;
    while (n < rest->n && !memchr("[{\\", rest->p[n], 3))
        n++;
    bw_put_visible(out, bw_sub(*rest, 0, n), false);
    *rest = bw_sub(*rest, n, rest->n);
}

/* A template without conditions, or what is inside of a pair of brackets. */
static bool render_part(struct bw_buf *out, bw_slice rest, const struct bw_fact_values *facts, unsigned depth)
{
    const size_t start = out->n;
    while (rest.n > 0) {
        bw_slice name;
        const size_t close =
            rest.p[0] == '[' && depth < BW_TEMPLATE_DEPTH_MAX ? closing_bracket(rest) : BW_NONE;
        if (close != BW_NONE) {
            render_part(out, bw_sub(rest, 1, close), facts, depth + 1);
            rest = bw_sub(rest, close + 1, rest.n);
        } else if (next_fact(&name, &rest)) {
            const bw_slice value = bw_fact_get(facts, name);
            if (!value.p) {
                out->n = start;
                return false;
            }
            bw_put_visible(out, value, false);
        } else {
            put_literal(out, &rest);
        }
    }
    return true;
}

bool bw_template_render(struct bw_buf *out, bw_slice text, const struct bw_fact_values *facts)
{
    bw_slice flag;
    bool wanted;
    while (next_condition(&flag, &wanted, &text))
        if ((bw_flag_get(facts, flag) || bw_fact_get(facts, flag).n > 0) != wanted)
            return false;
    return render_part(out, text, facts, 0);
}

bool bw_template_next_flag(bw_slice *out, bw_slice *rest)
{
    bool wanted;
    return next_condition(out, &wanted, rest);
}

bool bw_template_next_fact(bw_slice *out, bw_slice *rest)
{
    while (rest->n > 0) {
        if (next_fact(out, rest))
            return true;
        *rest = bw_sub(*rest, rest->p[0] == '\\' ? 2 : 1, rest->n);
    }
    return false;
}
