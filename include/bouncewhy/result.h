/* What bw_analyze finds in one message. Everything reached from a result lives until bw_result_free. */
#ifndef BOUNCEWHY_RESULT_H
#define BOUNCEWHY_RESULT_H

#include "bouncewhy/base.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the message is. */
enum bw_kind { BW_KIND_BOUNCE, BW_KIND_RECEIPT, BW_KIND_AUTO_REPLY, BW_KIND_COMPLAINT, BW_KIND_NOT_A_BOUNCE };

/* RFC 3464 section 2.3.3. BW_ACTION_NONE where the kind has none. */
enum bw_action {
    BW_ACTION_NONE,
    BW_ACTION_FAILED,
    BW_ACTION_DELAYED,
    BW_ACTION_DELIVERED,
    BW_ACTION_RELAYED,
    BW_ACTION_EXPANDED
};

/* Who owns the host of a link. */
enum bw_trust { BW_TRUST_UNVERIFIED, BW_TRUST_OPERATOR, BW_TRUST_RECEIVER };

/* What a link is for. */
enum bw_url_role { BW_URL_INFO, BW_URL_LOOKUP, BW_URL_REMOVAL };

/* Which machine of the sending side was refused. */
enum bw_machine {
    BW_MACHINE_UNKNOWN,
    BW_MACHINE_OWN_LINE,   /* the line that the sender's own device is on */
    BW_MACHINE_SUBMISSION, /* the server that he sends through */
    BW_MACHINE_RELAY,      /* one behind it: a scanner, an outgoing relay */
    BW_MACHINE_FORWARDER   /* one of the recipient's side that passed the mail on to another address */
};

/* A link: as the text has it, or as the table of lists gives it. */
struct bw_url {
    bw_slice url;
    enum bw_url_role role;
    bool from_text;
    enum bw_trust trust;
    bool dead; /* the tables know that the page is gone */
};

/* What a refusal over the sender carries (taxonomy "What a block also carries"). */
struct bw_block {
    bw_slice ip;        /* the refused address or network, the sending side's */
    bool ip_masked;     /* the text shows one that somebody blanked out */
    bool ip_from_route; /* ip is not in the reply: it was read from the words or the log line around it */
    bw_slice
        client_ip; /* the sending side's address where it was named but is not what is blocked: a limit, greylisting,
                               a listed domain; ip is unknown then */
    bw_slice ip_host; /* that machine's name, where the mail tells it */
    bw_slice
        handed_by; /* the server that handed the mail to ip_host (a scan relay, say): the one that the sender knows */
    enum bw_machine machine;
    bw_slice domain; /* the listed domain */
    bw_slice zone;   /* DNSBL zone (RFC 5782) */
    bool zone_from_text;
    bw_slice list_id; /* the list as the table knows it; unknown where none is known */
    bw_slice list_name;
    bw_slice list_operator;
    bw_slice list_status; /* active, closed, unknown */
    bw_slice list_since;  /* date of that status */
    bw_slice receiver_id; /* the receiver whose own list or code it is */
    bw_slice receiver_name;
    bw_slice code; /* the receiver's own code */
    const struct bw_url *urls;
    size_t url_count;
};

/* A rule that would have decided, and why it did not. */
struct bw_candidate {
    bw_slice rule;
    bw_slice cause;
    bw_slice place; /* file:line */
    bw_slice matched;
    bw_slice why; /* "later in the order", ... */
};

/* One recipient's verdict. */
struct bw_delivery {
    bw_slice recipient;
    enum bw_action action;
    bw_slice cause; /* id of the taxonomy */
    bw_slice disposition;
    bw_slice actor;
    bw_slice reply;   /* "550" */
    bw_slice status;  /* "5.7.1" */
    bw_slice command; /* "MAIL" */
    bw_slice remote_host;
    bw_slice remote_ip;
    bw_slice diagnostic; /* the refusing server's words on one line */
    bool has_block;
    struct bw_block block;
    bw_slice rule;       /* that decided; unknown where a code or nothing did */
    bw_slice rule_place; /* file:line */
    bw_slice matched;    /* the words it decided on */
    bw_slice variant;    /* shade of the cause: which wording fits */
    bw_slice means;      /* what the receiver's code means, in English, where the table tells */
    const struct bw_candidate *candidates; /* that lost, in order */
    size_t candidate_count;
};

/* The returned original, as far as the mail holds it. */
struct bw_original {
    bw_slice message_id, from, to, subject, date; /* date: RFC 3339 */
    bw_slice header;     /* its header fields as they stand, LF line ends; cut at a limit */
    bool sent_elsewhere; /* it did not pass the servers of the provider whose address it has as sender */
};

/* Something odd in the mail. */
struct bw_anomaly {
    const char *what; /* static: a short English phrase */
    size_t offset;    /* where, in bytes from the start of the message; (size_t)-1 where it has no place */
};

/* A list of them, filled by the stages. */
struct bw_anomalies {
    struct bw_anomaly *items;
    size_t count, cap;
};

/* One message's verdict. */
struct bw_result {
    enum bw_kind kind;
    bw_slice format; /* id of the layout that read it; unknown for not-a-bounce */
    bw_slice reporting_mta;
    bw_slice date; /* RFC 3339 */
    struct bw_original original;
    const struct bw_delivery *deliveries;
    size_t delivery_count;
    const bw_slice
        *forged; /* why the message is thought a forged notice, ids of signs; none where it is not */
    size_t forged_count;
    const struct bw_anomaly *anomalies;
    size_t anomaly_count;
    struct bw_trace *trace; /* for --dump; opaque here */
    void *memory;           /* owns all of it */
};

/* The word of the JSON report for a kind, "bounce"; static. */
BW_API const char *bw_kind_name(enum bw_kind kind);
/* The word for an action, "failed"; static, NULL for BW_ACTION_NONE. */
BW_API const char *bw_action_name(enum bw_action action);
/* The word for who owns a link's host, "operator"; static. */
BW_API const char *bw_trust_name(enum bw_trust trust);
/* The word for which machine was refused, "own-line"; static, NULL for BW_MACHINE_UNKNOWN. */
BW_API const char *bw_machine_name(enum bw_machine machine);
/* The word for what a link is for, "removal"; static. */
BW_API const char *bw_url_role_name(enum bw_url_role role);

/* Frees the result's memory and zeroes it. NULL and an already freed result are allowed. */
BW_API void bw_result_free(struct bw_result *result);

#ifdef __cplusplus
}
#endif
#endif
