/* Shared by the files of the delivery stage only. */
#ifndef BW_DELIVERY_INTERNAL_H
#define BW_DELIVERY_INTERNAL_H

#include "delivery/delivery.h"

/* The parts of a notice, found by their types or, where these lie, by what they hold. */
struct bw_parts {
    struct bw_part *status;      /* delivery status (RFC 3464, 6533) */
    struct bw_part *feedback;    /* RFC 5965 */
    struct bw_part *disposition; /* RFC 8098 */
    struct bw_part *original;    /* message/rfc822 or text/rfc822-headers */
    struct bw_part *forwarded;   /* an attached message that may be the notice itself */
};

/* Finds the parts below root (a message). */
void bw_parts_find(struct bw_parts *out, struct bw_context *context, struct bw_part *root);
/* The words for a reader below root, without status, feedback and original parts; plain text before HTML. */
bw_slice bw_body_text(struct bw_context *context, struct bw_part *root, const struct bw_parts *parts);
/* The text holds delivery-status fields. */
bool bw_holds_status_fields(bw_slice text);

/* Reads delivery-status fields out of a text, adding an account per group; false where it holds none. */
bool bw_status_read(struct bw_notice *notice, struct bw_context *context, bw_slice text);
/* Reads a disposition notification (RFC 8098). The program that wrote it (Reporting-UA) is no server and often somebody's
 * own machine; a gateway that translated it is one. */
void bw_disposition_read(struct bw_notice *notice, struct bw_context *context, bw_slice text);
/* Reads a feedback report. */
void bw_feedback_read(struct bw_notice *notice, struct bw_context *context, bw_slice text);
/* The action that a word of an Action field means; failed for words that no RFC knows. */
enum bw_action bw_action_of(bw_slice word);
/* The address behind "rfc822;", "utf-8;" and the like, escapes undone (RFC 6533 section 3). */
bw_slice bw_typed_address(struct bw_context *context, bw_slice value);

/* An address that means something outside of the server: pipes, files, bare hosts and names of an inner network stand in
 * Final-Recipient, too. */
bool bw_is_mailbox(bw_slice address);

/* The text without its quotation marks ("> " before most lines: a bounce forwarded inline); body itself where it is no
 * quotation. */
bw_slice bw_unquote(struct bw_context *context, bw_slice body);
/* The text without the indentation that all its lines share; body itself where they share none. */
bw_slice bw_dedent(struct bw_context *context, bw_slice body);
/* The text with those line ends taken out at which a program wrapped it: the next word would not have fitted any more. body
 * itself where there are none. */
bw_slice bw_unwrap(struct bw_context *context, bw_slice body);
/* The source of a mail (a run of header fields at line start and what follows) in a text; borrowed, unknown where none. */
bw_slice bw_pasted_source(bw_slice body);

/* Text that layouts read. */
struct bw_layout_text {
    bw_slice where[BW_WHERE_COUNT];
    struct bw_grams grams; /* of the body */
};

/* Picks the first format of the table whose conditions hold and that finds something, and adds its accounts to *found.
 * Cuts the returned original off the body (*original gets it, unknown where there is none). NULL where none fits. */
const struct bw_format *bw_layout_run(bw_account_list *found, bw_slice *original, struct bw_notice *notice,
                                      struct bw_context *context, const struct bw_layout_text *text);

/* Adds what the layout found to the accounts of the standard parts: one account per recipient. */
void bw_accounts_merge(struct bw_notice *notice, struct bw_context *context, const bw_account_list *found);

/* Reads the original's fields and Received chain. */
void bw_original_read(struct bw_notice *notice, struct bw_context *context, struct bw_part *part);

#endif
