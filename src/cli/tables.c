/* Which tables are laid over the embedded ones. */
#include "cli/cli.h"
#include "cli/messages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIXED_PATHS = 2 };

static bool exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

/* Where the user's own tables are (XDG Base Directory Specification: a relative path is ignored); the unknown slice
 * without a home. */
static bw_slice user_path(struct bw_arena *arena)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    if (config && config[0] == '/')
        return bw_format(arena, "%s/bouncewhy/patterns", config);
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return bw_format(arena, "%s/.config/bouncewhy/patterns", home);
    return BW_NULL;
}

/* Fills paths (room enough) in order of precedence, lowest first; their number. */
static size_t gather(const char **paths, struct bw_arena *arena, const struct bw_options *options)
{
    size_t count = 0;
    if (options->mode == BW_MODE_HELP) /* must work whatever is broken */
        return 0;
    if (exists(BOUNCEWHY_SYSTEM_PATTERNS))
        paths[count++] = BOUNCEWHY_SYSTEM_PATTERNS;
    const bw_slice user = user_path(arena);
    if (user.p && exists(user.p))
        paths[count++] = user.p;
    for (size_t i = 0; i < options->pattern_count; i++)
        paths[count++] = options->patterns[i];
    for (size_t i = 0; options->mode == BW_MODE_CHECK_PATTERNS && i < options->operand_count; i++)
        paths[count++] = options->operands[i];
    return count;
}

/* A language that was asked for must be there; one of the locale gives way. */
static bool settle_language(struct bw_options *options, const struct bw_tables *tables)
{
    if (bw_table_record(tables, "language", bw_str(options->language)))
        return true;
    if (options->language_given) {
        bw_complain(NULL, "no language \"%s\" in the tables", options->language);
        bw_complain_usage();
        return false;
    }
    memcpy(options->language, BW_FALLBACK_LANGUAGE, sizeof BW_FALLBACK_LANGUAGE);
    return true;
}

bool bw_cli_open_tables(struct bw_tables **out, struct bw_options *options)
{
    struct bw_error err = {.status = BW_OK};
    *out = NULL;
    if (options->mode == BW_MODE_VERSION)
        return true;
    struct bw_arena *arena = bw_arena_new(0);
    const size_t room = FIXED_PATHS + options->pattern_count + options->operand_count;
    const char **paths = arena ? bw_arena_alloc(arena, room * sizeof *paths) : NULL;
    bw_status status = BW_NO_MEMORY;
    if (paths) {
        const size_t count = gather(paths, arena, options);
        status = options->mode == BW_MODE_CHECK_PATTERNS ? bw_tables_open_full(out, paths, count, &err)
                                                         : bw_tables_open(out, paths, count, &err);
    }
    bw_arena_free(arena);
    if (status) {
        err.status = status;
        bw_complain_error(&err, NULL, 0);
    }
    return status == BW_OK && settle_language(options, *out);
}
