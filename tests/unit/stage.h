/* What the tests of the later stages share: tables with a few records of the test's own laid over the embedded ones,
 * and one message's way up to the notice. */
#ifndef BW_TEST_STAGE_H
#define BW_TEST_STAGE_H

#include "support.h"

#include "delivery/delivery.h"
#include "evidence/evidence.h"

/* A file of that name in a folder of this process's own, written anew; its path. Static until the next call with
 * the same name. Fails the test where that cannot be done. */
const char *scratch_file(const char *name, const char *text);
/* That folder; static. */
const char *scratch_folder(void);
/* Removes the folder and what scratch_file wrote. For the end of main. */
void scratch_clear(void);

/* The embedded tables and records over them; fails the test where they cannot be opened. text: NULL for none. */
struct bw_tables *tables_with(const char *text);
/* The same with examples and sources, as --check-patterns needs them. */
struct bw_tables *full_tables_with(const char *text);

/* One message's context. Owned by the test, from stage_open to stage_close. */
struct stage {
    struct bw_limits limits;
    struct bw_anomalies anomalies;
    struct bw_message message;
    struct bw_context context;
    struct bw_notice notice;
};

/* An empty stage: arena, matcher and default limits. */
void stage_open(struct stage *stage, const struct bw_tables *tables);
/* Reads the mail up to its notice; it must be BW_OK. */
void stage_read(struct stage *stage, bw_slice mail);
/* Frees what stage_open made. */
void stage_close(struct stage *stage);

/* "recipient|action|status|reply|host|ip|diagnostic or text", unknown slices as "-", line ends as "/". Arena-owned. */
bw_slice account_line(struct bw_arena *arena, const struct bw_account *account);
/* All accounts of the stage's notice, joined by " + "; arena-owned. */
bw_slice accounts_of(struct stage *stage);

#endif
