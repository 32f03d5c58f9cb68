/* What the tests of messages in other forms share: the mail that one becomes, as the next stage reads it. */
#ifndef BW_TEST_MAILS_H
#define BW_TEST_MAILS_H

#include "files.h"

#include "mime/mime.h"

/* The mail's tree of parts; everything arena-owned. */
static inline struct bw_message *read_mail(struct bw_arena *arena, bw_slice mail)
{
    struct bw_limits limits;
    struct bw_message *message = bw_new(arena, struct bw_message);
    bw_limits_default(&limits);
    assert_int_equal(bw_mime_read(message, arena, mail, &limits, NULL), BW_OK);
    return message;
}

/* The part's text is exactly wanted. */
static inline void check_text(struct bw_part *part, struct bw_message *message, struct bw_arena *arena,
                              const char *wanted)
{
    struct bw_limits limits;
    bw_limits_default(&limits);
    assert_non_null(part);
    check_slice(bw_part_text(part, message, arena, &limits), wanted, "text");
}

#endif
