/* The address in a field: RFC 5322 section 3.4 with its obsolete forms, and what software writes instead. */
#include "mime/internal.h"

struct scanner {
    struct bw_arena *arena;
    bw_slice field;
    size_t at;
    struct bw_buf word; /* being read */
    struct bw_buf bare; /* first word of this mailbox with an @ */
    bw_slice local;     /* first "<word>" without an @ */
    bool no_quote, no_comment,
        no_angle; /* no closing '"', ')' or '>' is left: the opening one is just a letter */
};

static bool has_at(bw_slice s) { return bw_find_byte(s, '@', 0) != BW_NONE; }

/* Offset behind the quoted string that starts at offset at; BW_NONE where it does not end. */
static size_t behind_quote(bw_slice s, size_t at)
{
    for (size_t i = at + 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return BW_NONE;
}

/* The same for a comment, which may hold others. */
static size_t behind_comment(bw_slice s, size_t at)
{
    size_t depth = 0;
    for (size_t i = at; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '(')
            depth++;
        else if (s.p[i] == ')' && --depth == 0)
            return i + 1;
    }
    return BW_NONE;
}

/* Offset of the '>' that ends what starts at offset *start, which moves to behind the last '<' on the way. A quoted
 * local part may hold both. */
static size_t angle_end(bw_slice s, size_t *start)
{
    for (size_t i = *start; i < s.n; i++) {
        const size_t quote_end = s.p[i] == '"' && i == *start ? behind_quote(s, i) : BW_NONE;
        if (quote_end != BW_NONE && quote_end < s.n && s.p[quote_end] == '@')
            i = quote_end;
        else if (s.p[i] == '<')
            *start = i + 1;
        else if (s.p[i] == '>')
            return i;
    }
    return BW_NONE;
}

/* White space inside an address: a fold in the middle, or around the dots and the @, is dropped (RFC 5322 section 4.4).
 * Unknown where there is other white space, as in "<no address here>". */
static bw_slice without_space(struct bw_arena *arena, bw_slice s)
{
    bool any = false;
    for (size_t i = 0; i < s.n && s.p[0] != '"'; i++) {
        if (!bw_is_space(s.p[i]))
            continue;
        size_t end = i;
        bool fold = false;
        for (; end < s.n && bw_is_space(s.p[end]); end++)
            fold |= s.p[end] == '\n' || s.p[end] == '\r';
        const char before = i ? s.p[i - 1] : '.', after = end < s.n ? s.p[end] : '.';
        if (!fold && before != '@' && before != '.' && after != '@' && after != '.')
            return BW_NULL;
        any = true;
        i = end;
    }
    char *copy = any ? bw_arena_alloc(arena, s.n) : NULL;
    if (!copy)
        return any ? BW_NULL : s;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (!bw_is_space(s.p[i]))
            copy[n++] = s.p[i];
    return (bw_slice){copy, n};
}

/* An address without what stands around it: route, scheme, quotes of the kind that Outlook adds, encoded words. */
static bw_slice clean(struct bw_arena *arena, bw_slice s)
{
    s = bw_trim(s);
    if (s.n >= 2 && ((s.p[0] == '\'' && s.p[s.n - 1] == '\'') || (s.p[0] == '[' && s.p[s.n - 1] == ']')))
        s = bw_sub(s, 1, s.n - 1);
    if (bw_find(s, BW_S("=?"), 0) != BW_NONE)
        s = bw_trim(bw_decode_words(arena, s));
    if (bw_istarts(s, BW_S("mailto:")))
        s = bw_sub(s, 7, s.n);
    else if (bw_istarts(s, BW_S("smtp:")))
        s = bw_sub(s, 5, s.n);
    const size_t colon = s.n && s.p[0] == '@' ? bw_find_byte(s, ':', 0) : BW_NONE;
    if (colon != BW_NONE && has_at(bw_sub(s, colon, s.n)))
        s = bw_sub(s, colon + 1, s.n);
    s = without_space(arena, s);
    return s.n ? s : BW_NULL;
}

/* The word has ended: it is the mailbox's address when it has an @ and no other came first. */
static void end_word(struct scanner *scanner)
{
    const bw_slice word = bw_buf_slice(&scanner->word);
    if (scanner->bare.n == 0 && has_at(word)) {
        size_t n = word.n;
        while (n > 0 && bw_find_byte(BW_S(".,;:!?)>"), word.p[n - 1], 0) != BW_NONE)
            n--;
        bw_put(&scanner->bare, bw_sub(word, 0, n));
    }
    scanner->word.n = 0;
}

/* "<...>" at the scanner. The address in it, unknown where it holds none; the scanner moves on in any case. */
static bw_slice read_angle(struct scanner *scanner)
{
    size_t start = scanner->at + 1;
    const size_t end = scanner->no_angle ? BW_NONE : angle_end(scanner->field, &start);
    end_word(scanner);
    if (end == BW_NONE) {
        scanner->no_angle = true;
        scanner->at++;
        return BW_NULL;
    }
    scanner->at = end + 1;
    const bw_slice inside = clean(scanner->arena, bw_sub(scanner->field, start, end));
    if (has_at(inside))
        return inside;
    if (!scanner->local.p)
        scanner->local = inside;
    return BW_NULL;
}

/* Blanks end a word, except around an @: "user @ example.com". */
static void read_space(struct scanner *scanner)
{
    const bw_slice field = scanner->field;
    size_t next = scanner->at;
    while (next < field.n && bw_is_space(field.p[next]))
        next++;
    const bw_slice word = bw_buf_slice(&scanner->word);
    const bool at_before = word.n > 1 && word.p[word.n - 1] == '@';
    const bool at_after = word.n > 0 && !has_at(word) && next + 1 < field.n && field.p[next] == '@' &&
                          (bw_is_alnum(field.p[next + 1]) || bw_is_space(field.p[next + 1]));
    if (!at_before && !at_after)
        end_word(scanner);
    scanner->at = next;
}

/* A quoted string, a comment or a domain literal at the scanner. False where none (that ends) stands there. */
static bool read_enclosed(struct scanner *scanner)
{
    const bw_slice field = scanner->field;
    const char c = field.p[scanner->at];
    size_t end = BW_NONE;
    if (c == '"' && !scanner->no_quote) {
        end = behind_quote(field, scanner->at);
        scanner->no_quote = end == BW_NONE;
    } else if (c == '(' && !scanner->no_comment) {
        end = behind_comment(field, scanner->at);
        scanner->no_comment = end == BW_NONE;
    } else if (c == '[' && scanner->word.n && scanner->word.p[scanner->word.n - 1] == '@') {
        enum { LONGEST_LITERAL = 64 };
        end = bw_find_byte(bw_sub(field, 0, scanner->at + LONGEST_LITERAL), ']', scanner->at);
        end = end == BW_NONE ? BW_NONE : end + 1;
    }
    if (end == BW_NONE)
        return false;
    if (c != '(')
        bw_put(&scanner->word, bw_sub(field, scanner->at, end));
    scanner->at = end;
    return true;
}

/* Reads on to the end of a mailbox; its address, unknown where it has none. */
static bw_slice read_mailbox(struct scanner *scanner)
{
    scanner->bare.n = scanner->word.n = 0;
    while (scanner->at < scanner->field.n) {
        const char c = scanner->field.p[scanner->at];
        if (c == '<') {
            const bw_slice inside = read_angle(scanner);
            if (inside.p)
                return inside;
        } else if (bw_is_space(c)) {
            read_space(scanner);
        } else if (c == ',' || c == ';') {
            scanner->at++;
            break;
        } else if (!read_enclosed(scanner)) {
            scanner->at++;
            if (c == ':' || c == '>')
                end_word(scanner); /* "name: a, b;" is a group */
            else if (c != '\0')
                bw_putc(&scanner->word, c);
        }
    }
    end_word(scanner);
    return scanner->bare.n ? clean(scanner->arena, bw_dup(scanner->arena, bw_buf_slice(&scanner->bare)))
                           : BW_NULL;
}

bw_slice bw_address(struct bw_arena *arena, bw_slice field)
{
    field = bw_trim(field);
    const size_t route = bw_starts(field, BW_S("@")) ? bw_find_byte(field, ':', 0) : BW_NONE;
    if (route != BW_NONE && has_at(bw_sub(field, route, field.n)))
        field = bw_sub(field, route + 1, field.n);
    struct scanner scanner = {.arena = arena, .field = field};
    bw_slice found = BW_NULL;
    bw_buf_init(&scanner.word, 0);
    bw_buf_init(&scanner.bare, 0);
    while (!found.p && scanner.at < field.n)
        found = read_mailbox(&scanner);
    if (scanner.word.failed || scanner.bare.failed)
        bw_arena_fail(arena);
    bw_buf_clear(&scanner.word);
    bw_buf_clear(&scanner.bare);
    return found.p ? found : scanner.local;
}
