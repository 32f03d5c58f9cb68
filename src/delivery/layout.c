/* Free-form layouts: runs the verbs of a format record over the lines of a notice. What the verbs mean is documented
 * in docs/PATTERNS.md; no server is named here. */
#include "delivery/internal.h"

/* The state while one format reads one notice. */
struct run {
    const struct bw_format *format;
    struct bw_notice *notice;
    struct bw_context *context;
    bw_account_list *found;
    struct bw_account shared; /* told before or outside of any recipient */
    struct bw_account *open;  /* the recipient that lines are added to; NULL for none */
    struct bw_buf text;       /* of the open recipient, or shared */
    struct bw_buf ahead;      /* of the recipient that the next lines will name */
    size_t first_of_group;    /* recipients named one after the other share what follows */
    bool group_has_text;
    bool has_original; /* the body holds the returned original */
    enum bw_action action;
};

static bool matches(struct bw_match *match, struct run *run, const struct bw_regex *regex, bw_slice text)
{
    return bw_regex_match(match, regex, run->context->matcher, text, 0) == 1;
}

/* ---- conditions ---------------------------------------------------------------------------------------- */

static bool condition_holds(struct run *run, const struct bw_condition *condition,
                            const struct bw_layout_text *text)
{
    struct bw_match match;
    for (size_t i = 0; i < condition->any.count; i++) {
        const struct bw_regex *regex = condition->any.items[i];
        if (condition->where == BW_WHERE_BODY && !bw_regex_possible(regex, &text->grams))
            continue;
        if (matches(&match, run, regex, text->where[condition->where]))
            return true;
    }
    return false;
}

/* All conditions hold. Pasted text has no fields: no condition on them holds there. */
static bool format_fits(struct run *run, const struct bw_layout_text *text)
{
    const struct bw_format *format = run->format;
    for (size_t i = 0; i < format->when.count; i++) {
        const struct bw_condition *condition = &format->when.items[i];
        if (!condition_holds(run, condition, text))
            return false;
    }
    for (size_t i = 0; i < format->unless.count; i++)
        if (condition_holds(run, &format->unless.items[i], text))
            return false;
    return format->when.count > 0;
}

/* ---- groups -> accounts --------------------------------------------------------------------------------- */

static void set_if(bw_slice *slot, bw_slice value)
{
    value = bw_trim(value);
    if (value.n && !slot->p)
        *slot = value;
}

static void append_line(struct bw_buf *buf, bw_slice line)
{
    line = bw_trim(line);
    if (line.n && buf->n)
        bw_putc(buf, '\n');
    bw_put(buf, line);
}

static void add_text(struct run *run, bw_slice line)
{
    append_line(&run->text, line);
    run->group_has_text = run->group_has_text || bw_trim(line).n > 0;
}

/* The facts of a match into an account (recipient apart). */
static void take_facts(struct run *run, struct bw_account *account, const struct bw_match *match)
{
    set_if(&account->alias, bw_match_group(match, "alias"));
    set_if(&account->remote_host, bw_match_group(match, "host"));
    set_if(&account->remote_ip, bw_match_group(match, "ip"));
    set_if(&account->reply, bw_match_group(match, "reply"));
    set_if(&account->status, bw_match_group(match, "status"));
    set_if(&account->command, bw_match_group(match, "command"));
    set_if(&account->client, bw_match_group(match, "client"));
    set_if(&account->reporter, bw_match_group(match, "reporter"));
    const bw_slice action = bw_match_group(match, "action");
    if (action.n)
        account->action = bw_action_of(action);
    add_text(run, bw_match_group(match, "text"));
}

/* first and more, cut at the limit: a recipient that is named again and again must not grow its text each time. */
static bw_slice joined(struct run *run, bw_slice first, bw_slice more)
{
    const size_t limit = run->context->limits->delivery_text;
    if (!first.p)
        return more;
    if (!more.p || first.n >= limit || first.p == more.p)
        return first;
    return bw_sub(bw_format(run->context->arena, "%.*s\n%.*s", BW_ARG(first), BW_ARG(more)), 0, limit);
}

/* Empties a buffer whose failure must not be forgotten with it. */
static void clear(struct run *run, struct bw_buf *buf)
{
    if (buf->failed)
        bw_arena_fail(run->context->arena);
    bw_buf_clear(buf);
}

/* What was kept for the next recipient goes to the one that has just been opened, or to all where none was. */
static void release_ahead(struct run *run)
{
    if (run->ahead.n)
        add_text(run, bw_buf_slice(&run->ahead));
    clear(run, &run->ahead);
}

/* The text as it was before a log put another byte for each space. */
static void restore_spaces(struct run *run)
{
    for (size_t i = 0; run->format->space && i < run->text.n; i++)
        if (run->text.p[i] == run->format->space)
            run->text.p[i] = ' ';
}

/* Hands the text collected so far to the recipients it is about. */
static void flush_text(struct run *run)
{
    restore_spaces(run);
    const bw_slice text = run->text.n ? bw_dup(run->context->arena, bw_buf_slice(&run->text)) : BW_NULL;
    clear(run, &run->text);
    if (!text.p)
        return;
    if (!run->open) {
        run->shared.text = joined(run, run->shared.text, text);
        return;
    }
    const size_t last = (size_t)(run->open - run->found->items);
    for (size_t i = run->first_of_group; i <= last; i++) {
        struct bw_account *account = &run->found->items[i];
        if (!account->text.p || account == run->open)
            account->text = joined(run, account->text, text);
    }
}

static struct bw_account *account_of(bw_account_list *list, bw_slice recipient)
{
    for (size_t i = 0; i < list->count; i++)
        if (bw_ieq(list->items[i].recipient, recipient))
            return &list->items[i];
    return NULL;
}

/* The recipient as an address; a directory name ("Given Family/Unit/Org@DOMAIN") is kept whole, as no address has
 * both spaces and slashes in front of its "@". */
static bw_slice recipient_of(struct run *run, bw_slice shown)
{
    shown = bw_trim(shown);
    const size_t slash = bw_find_byte(shown, '/', 0), space = bw_find_byte(shown, ' ', 0);
    if (space < slash && slash < bw_find_byte(shown, '@', 0) && bw_find_byte(shown, '<', 0) == BW_NONE)
        return shown;
    const bw_slice address = bw_address(run->context->arena, shown);
    return address.p ? address : shown;
}

/* Opens the account of the recipient that the match names: a known one again, or a new one. */
static void open_recipient(struct run *run, const struct bw_section *section, const struct bw_match *match)
{
    const bw_slice address = recipient_of(run, bw_match_group(match, "recipient"));
    flush_text(run);
    struct bw_account *known = address.n ? account_of(run->found, address) : NULL;
    if (!known && run->found->count < run->context->limits->deliveries) {
        if (!run->open || run->group_has_text)
            run->first_of_group = run->found->count;
        known = bw_push(run->context->arena, run->found);
        if (known)
            known->recipient = address.n ? address : BW_NULL;
    } else if (known) {
        run->first_of_group = (size_t)(known - run->found->items);
    }
    run->open = known;
    run->group_has_text = false;
    release_ahead(run);
    if (!known)
        return;
    take_facts(run, known, match);
    if (known->action == BW_ACTION_NONE && section->action.p)
        known->action = bw_action_of(section->action);
}

static void close_recipient(struct run *run)
{
    flush_text(run);
    run->open = NULL;
}

/* ---- lines ---------------------------------------------------------------------------------------------- */

/* One line against the steps of a section. False where the section stops here. */
static bool run_line(struct run *run, const struct bw_section *section, bw_slice line)
{
    struct bw_match match;
    for (size_t i = 0; i < section->steps.count; i++) {
        const struct bw_step *step = &section->steps.items[i];
        if (step->verb == BW_VERB_FIND || !matches(&match, run, step->regex, line))
            continue;
        if (step->verb == BW_VERB_STOP)
            return false;
        if (step->verb == BW_VERB_RECIPIENT)
            open_recipient(run, section, &match);
        else if (step->verb == BW_VERB_LINE)
            take_facts(run, run->open ? run->open : &run->shared, &match);
        else if (step->verb == BW_VERB_TEXT)
            add_text(run, line);
        else if (step->verb == BW_VERB_BEFORE)
            append_line(&run->ahead, line);
        return true;
    }
    if (bw_trim(line).n == 0) {
        if (section->blank_closes && run->group_has_text)
            close_recipient(run);
    } else if (section->rest_is_text && run->open) {
        add_text(run, line);
    }
    return true;
}

static void run_finds(struct run *run, const struct bw_section *section, bw_slice text)
{
    struct bw_match match;
    for (size_t i = 0; i < section->steps.count; i++) {
        if (section->steps.items[i].verb != BW_VERB_FIND)
            continue;
        size_t from = 0;
        for (size_t n = 0; n < run->context->limits->deliveries; n++) {
            if (bw_regex_match(&match, section->steps.items[i].regex, run->context->matcher, text, from) != 1)
                break;
            if (bw_match_group(&match, "recipient").n) {
                open_recipient(run, section, &match);
                close_recipient(run);
            } else {
                take_facts(run, &run->shared, &match);
            }
            from = match.end > match.from ? match.end : match.end + 1;
        }
    }
}

/* The section whose first line this is. */
static const struct bw_section *section_at(struct run *run, bw_slice line, const struct bw_section *current)
{
    struct bw_match match;
    for (size_t i = 0; i < run->format->sections.count; i++) {
        const struct bw_section *section = &run->format->sections.items[i];
        if (section != current && section->begin && matches(&match, run, section->begin, line)) {
            close_recipient(run);
            take_facts(run, &run->shared, &match);
            return section;
        }
    }
    return NULL;
}

static void leave(struct run *run, const struct bw_section *section, const char *from, const char *to)
{
    if (section && to > from)
        run_finds(run, section, (bw_slice){from, (size_t)(to - from)});
    close_recipient(run);
    release_ahead(run);
    flush_text(run);
}

static void run_sections(struct run *run, bw_slice body)
{
    const struct bw_section *section = NULL;
    if (run->format->sections.count && !run->format->sections.items[0].begin)
        section = &run->format->sections.items[0];
    bw_slice rest = body, line;
    const char *from = body.p;
    struct bw_match match;
    while (bw_next_line(&line, &rest)) {
        const struct bw_section *next = section_at(run, line, section);
        if (next) {
            leave(run, section, from, line.p);
            section = next;
            from = rest.p;
        } else if (section) {
            const bool ends = section->end && matches(&match, run, section->end, line);
            if (ends || !run_line(run, section, line)) {
                leave(run, section, from, line.p);
                section = NULL;
            }
        }
    }
    leave(run, section, from, body.p + body.n);
}

/* ---- the whole ------------------------------------------------------------------------------------------ */

/* Cuts the returned original off the body: it begins behind a line that an "original" regex matches, or at it where the
 * line is a header field itself. */
static bw_slice cut_original(struct run *run, bw_slice *body)
{
    bw_slice rest = *body, line;
    struct bw_match match;
    if (run->format->original.count == 0)
        return BW_NULL;
    while (bw_next_line(&line, &rest))
        for (size_t i = 0; i < run->format->original.count; i++)
            if (matches(&match, run, run->format->original.items[i], line)) {
                const size_t at = (size_t)(line.p - body->p);
                const bw_slice original = bw_looks_like_header(line) ? bw_sub(*body, at, body->n) : rest;
                *body = bw_sub(*body, 0, at);
                return original;
            }
    return BW_NULL;
}

static void run_sets(struct run *run, const struct bw_layout_text *text)
{
    struct bw_match match;
    for (size_t i = 0; i < run->format->set.count; i++) {
        const struct bw_condition *set = &run->format->set.items[i];
        if (!matches(&match, run, set->any.items[0], text->where[set->where]))
            continue;
        take_facts(run, &run->shared, &match);
        const bw_slice recipient = bw_match_group(&match, "recipient");
        if (recipient.n && !run->shared.recipient.p)
            run->shared.recipient = bw_address(run->context->arena, recipient);
    }
    flush_text(run);
}

static void add_shared_text(struct run *run, struct bw_account *account, bw_slice body)
{
    const bw_slice shared = run->shared.text;
    account->text = joined(run, account->text, shared);
    account->text_is_body = !account->text.p;
    set_if(&account->text, body);
}

/* What was told of all goes to each. A notice that names no recipient still has one; where no words were found for a
 * recipient, the whole body may hold the reason. */
static void spread_shared(struct run *run, bw_slice body)
{
    const struct bw_account *shared = &run->shared;
    if (run->found->count == 0) {
        struct bw_account *account = bw_push(run->context->arena, run->found);
        if (!account)
            return;
        *account = *shared;
    }
    for (size_t i = 0; i < run->found->count && run->found->items; i++) {
        struct bw_account *account = &run->found->items[i];
        if (!account->recipient.p && account->alias.p) /* a pipe or a file: the address it stands for */
            account->recipient = bw_address(run->context->arena, account->alias);
        add_shared_text(run, account, body);
        set_if(&account->remote_host, shared->remote_host);
        set_if(&account->remote_ip, shared->remote_ip);
        set_if(&account->reply, shared->reply);
        set_if(&account->status, shared->status);
        set_if(&account->command, shared->command);
        set_if(&account->client, shared->client);
        set_if(&account->reporter, shared->reporter);
        if (account->action == BW_ACTION_NONE)
            account->action = shared->action != BW_ACTION_NONE ? shared->action : run->action;
    }
    if (run->found->items && run->found->items[0].reporter.p && !run->notice->reporting_mta.p)
        run->notice->reporting_mta = run->found->items[0].reporter;
}

static bool any_holds(struct run *run, const bw_condition_list *conditions, const struct bw_layout_text *text)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (condition_holds(run, &conditions->items[i], text))
            return true;
    return false;
}

static enum bw_action action_for(struct run *run, const struct bw_layout_text *text)
{
    if (any_holds(run, &run->format->delayed_if, text))
        return BW_ACTION_DELAYED;
    if (run->format->action.p)
        return bw_action_of(run->format->action);
    return run->format->kind.p && !bw_eq(run->format->kind, BW_S("bounce")) ? BW_ACTION_NONE
                                                                            : BW_ACTION_FAILED;
}

/* Found are none but the notice's own reader, whom a guess takes for a recipient. */
static bool only_reader(const struct run *run)
{
    for (size_t i = 0; i < run->found->count; i++)
        if (!bw_ieq(run->found->items[i].recipient, run->notice->to))
            return false;
    return true;
}

/* Something was found, or the returned original names the recipient, or the format only says what kind of mail this is. */
static bool found_anything(const struct run *run)
{
    if (run->notice->original.to.p || run->format->sections.count == 0)
        return true;
    if (run->format->guessed)
        return run->has_original || !only_reader(run);
    return run->found->count || run->shared.text.p || run->shared.recipient.p;
}

const struct bw_format *bw_layout_run(bw_account_list *found, bw_slice *original, struct bw_notice *notice,
                                      struct bw_context *context, const struct bw_layout_text *text)
{
    for (size_t i = 0; i < context->tables->formats.count; i++) {
        struct run run = {.format = &context->tables->formats.items[i],
                          .notice = notice,
                          .context = context,
                          .found = found};
        if (!format_fits(&run, text))
            continue;
        bw_buf_init(&run.text, context->limits->delivery_text);
        bw_buf_init(&run.ahead, context->limits->delivery_text);
        bw_slice body = text->where[BW_WHERE_BODY];
        *original = cut_original(&run, &body);
        run.has_original = bw_trim(*original).n > 0;
        run.action = action_for(&run, text);
        run_sections(&run, body);
        run_sets(&run, text);
        clear(&run, &run.text);
        clear(&run, &run.ahead);
        if (!found_anything(&run)) {
            found->count = 0;
            *original = BW_NULL;
            continue;
        }
        spread_shared(&run, body);
        notice->unproven = any_holds(&run, &run.format->doubtful_if, text);
        notice->body = body;
        return run.format;
    }
    return NULL;
}
