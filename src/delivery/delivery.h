/* The delivery stage: a message -> what it reports of each recipient. RFC 3464 and RFC 6533 delivery status, RFC 5965
 * complaints, RFC 3834 automatic replies, and free-form layouts run from patterns/formats; the returned original; and
 * the merge into one account per recipient. Knows no causes. */
#ifndef BW_DELIVERY_H
#define BW_DELIVERY_H

#include "base/base.h"
#include "bouncewhy/result.h"
#include "mime/mime.h"
#include "table/table.h"

/* What the mail says of one recipient. Text is UTF-8; unknown slices where it says nothing. */
struct bw_account {
    bw_slice recipient; /* addr-spec as the mail gives it */
    bw_slice alias;     /* another address of the same recipient (Original-Recipient, "expanded from") */
    enum bw_action action;
    bw_slice status;      /* Status field (RFC 3463) */
    bw_slice diagnostic;  /* Diagnostic-Code without its type */
    bool diagnostic_smtp; /* its type is smtp: the refusing server's own words */
    bw_slice text;        /* the layout's words on this recipient, its line ends kept */
    bool text_is_body;    /* no words were found for the recipient: text is the whole body */
    bw_slice remote_host; /* Remote-MTA, or the layout's group */
    bw_slice remote_ip;
    bw_slice reply, command, client; /* the layout's groups, if it has them */
    bw_slice reporter;               /* server that wrote this account, where it says so */
};

/* Accounts in the order found; arena-owned. */
typedef BW_LIST(struct bw_account) bw_account_list;

/* One line of the original's Received chain, newest first. */
struct bw_hop {
    bw_slice from_name; /* as the client called itself, or its reverse name */
    bw_slice from_ip;
    bw_slice by_name;
};

/* The report as a whole. */
struct bw_notice {
    enum bw_kind kind;
    bw_slice format; /* id; "rfc3464" where the standard parts sufficed; "text" for unknown pasted text */
    const struct bw_format *layout; /* NULL where no entry of the table read it */
    bw_slice reporting_mta;
    bw_slice date;          /* RFC 3339 */
    bw_slice subject, from; /* of the notice, decoded */
    bw_slice header;        /* its fields, decoded, one "Name: value" on a line */
    bw_slice to;            /* address of its reader, the original's sender */
    bw_slice body;          /* its readable words, without the returned original */
    bw_slice words;         /* the same with what a layout cut off as the original */
    struct bw_original original;
    struct bw_part *original_part; /* its header, NULL where nothing was returned */
    BW_LIST(struct bw_hop) hops;
    bw_account_list accounts;
    bool standard; /* a report by its type or its status fields (RFC 3464) */
    bool pasted;   /* text without header fields, or a quotation */
    bool doubtful; /* in a person's mail, and no layout reads it: no bounce unless all speaks for it */
    bool unproven; /* its layout fits ordinary mail, too: no bounce unless something tells a reason */
};

/* Everything the stages need for one message. */
struct bw_context {
    struct bw_arena *arena;
    const struct bw_tables *tables;
    const struct bw_limits *limits;
    struct bw_matcher *matcher;
    struct bw_anomalies *anomalies;
    struct bw_message *message;
};

/* Reads the notice out of the message. out: filled; everything borrowed from the message or in the arena.
 * BW_OK or BW_NO_MEMORY / BW_LIMIT (arena). */
bw_status bw_delivery_read(struct bw_notice *out, struct bw_context *context);

#endif
