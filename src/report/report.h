/* The report stage: a result -> bytes. One writer each for text and JSON; the wording comes from the tables. Parses
 * nothing. */
#ifndef BW_REPORT_H
#define BW_REPORT_H

#include "base/base.h"
#include "bouncewhy/result.h"
#include "classify/classify.h"
#include "delivery/delivery.h"
#include "evidence/evidence.h"
#include "mime/mime.h"
#include "table/table.h"

/* Who reads the report: somebody who sends mail through a provider's server, the administrator of the sending server, or
 * support staff, who tell the first what to do and the second what to look into. */
enum bw_role { BW_ROLE_USER, BW_ROLE_ADMIN, BW_ROLE_SUPPORT };

/* To whom a request goes. AUTO: whom the verdict and the role name. */
enum bw_ticket { BW_TICKET_NONE, BW_TICKET_AUTO, BW_TICKET_PROVIDER, BW_TICKET_RECEIVER, BW_TICKET_LIST };

/* How a text report is to look. */
struct bw_report_options {
    const char *language; /* "ja", "en": a language record of the tables */
    const char *source;   /* path as given, "-" for standard input */
    size_t index;         /* of the message in its source */
    enum bw_role role;
    enum bw_ticket ticket; /* of bw_report_ticket */
    bool heading;   /* more than one message is reported: begin with a line that names source and index */
    bool color;     /* ANSI SGR sequences may be used */
    unsigned width; /* columns of the terminal; 0: do not wrap */
    bool redacted;  /* addresses and hosts are stand-ins: say so */
    bool explain;   /* add the trail: rule, place, words, candidates that lost */
};

/* Appends the report of one message. BW_OK or BW_NO_MEMORY (out->failed). */
bw_status bw_report_text(struct bw_buf *out, const struct bw_tables *tables, const struct bw_result *result,
                         const struct bw_report_options *options);

/* Appends the request to send, one for each group of recipients with one verdict, or a line that says that there is nobody
 * to ask. options->ticket must not be BW_TICKET_NONE. BW_OK or BW_NO_MEMORY. */
bw_status bw_report_ticket(struct bw_buf *out, const struct bw_tables *tables, const struct bw_result *result,
                           const struct bw_report_options *options);

/* Appends one line of JSON (report-json contract, docs/JSON.md) and a LF. BW_OK or BW_NO_MEMORY. */
bw_status bw_report_json(struct bw_buf *out, const struct bw_result *result, const char *source,
                         size_t index);

/* Masks mail addresses, local parts, hosts and IP addresses in all texts of a result of bw_analyze, each by the same
 * stand-in wherever it stands (user1@domain1.example, host1.domain1.example; addresses of RFC 5737 and RFC 3849), and
 * drops the original's subject and those header fields that hold names or words. Hosts and zones that the tables know
 * stay. The new texts are the result's own. BW_OK or BW_NO_MEMORY. */
bw_status bw_redact(struct bw_result *result, const struct bw_tables *tables);

/* Appends the header line of the CSV report (RFC 4180; CR LF), behind a UTF-8 byte-order mark for spreadsheets that need
 * one. */
void bw_report_csv_header(struct bw_buf *out, bool byte_order_mark);
/* Appends a row for each delivery, or one for a message that reports on nobody; text that a spreadsheet would take for a
 * formula gets an apostrophe in front. BW_OK or BW_NO_MEMORY. */
bw_status bw_report_csv(struct bw_buf *out, const struct bw_result *result, const char *source, size_t index);

/* Reads a line of the JSON report again, as far as the summary needs it: out is to be freed by bw_result_free whatever comes
 * back. BW_OK, BW_NO_MEMORY, or BW_IO where it is no such line. */
bw_status bw_report_json_read(struct bw_result *out, bw_slice line, struct bw_error *err);

/* ---- what many messages have in common ----------------------------------------------------------------- */

/* Something counted, under a name. */
struct bw_tally {
    bw_slice name;
    size_t count;
};
/* In no order until bw_summary_close. */
typedef BW_LIST(struct bw_tally) bw_tallies;

/* Failures that one measure of one person may end: the same cause and, where the sender was refused, the same address
 * and list. Slices as in struct bw_delivery; place is the receiving side's domain where no list is named, and where the
 * recipient is the matter unknown. */
struct bw_finding_of_many {
    bw_slice cause, actor, ip, list, list_status, zone, place;
    size_t count, delayed; /* deliveries; how many of them are still tried */
    long long first, last; /* of the notices, seconds since 1970; 0 where no date is known */
    bw_tallies domains;    /* of the recipients */
};

/* The whole. Filled by bw_summary_add, in order of importance after bw_summary_close. */
struct bw_summary {
    struct bw_arena *arena;
    size_t messages, kinds[BW_KIND_NOT_A_BOUNCE + 1];
    size_t failed, delayed, arrived; /* deliveries, each event once */
    size_t repeated;                 /* notices of an event that was counted already */
    long long first, last;
    BW_LIST(struct bw_finding_of_many) findings;
    bw_tallies causes, lists, addresses, domains;
    bw_tallies dead, full; /* recipients that a server's own words prove to be so */
    struct bw_events *events;
};

/* An empty summary. Owned by the caller; NULL without memory. */
struct bw_summary *bw_summary_new(void);
/* Counts a message. The same event told twice (a delay, then a failure; two servers of a chain) counts once, as what was
 * told last or weighs most. BW_OK or BW_NO_MEMORY. */
bw_status bw_summary_add(struct bw_summary *summary, const struct bw_result *result);
/* Works out what is told, most important first. Once, before it is printed. BW_OK or BW_NO_MEMORY. */
bw_status bw_summary_close(struct bw_summary *summary);
/* Frees it. NULL is allowed. */
void bw_summary_free(struct bw_summary *summary);

/* Room for a time; NUL-terminated. */
struct bw_time_text {
    char bytes[40];
};
/* A time of the summary (seconds since 1970) as RFC 3339 writes it, in UTC. Returns what it put into text, and lives as
 * long as that; empty for 0, which is unknown. */
bw_slice bw_summary_time(struct bw_time_text *text, long long seconds);

/* Appends a closed summary for a reader. BW_OK or BW_NO_MEMORY. */
bw_status bw_summary_text(struct bw_buf *out, const struct bw_tables *tables,
                          const struct bw_summary *summary, const struct bw_report_options *options);
/* The same as one line of JSON. */
bw_status bw_summary_json(struct bw_buf *out, const struct bw_summary *summary);
/* The same as a table (RFC 4180) with a header line: a row for each number, finding and name. */
bw_status bw_summary_csv(struct bw_buf *out, const struct bw_summary *summary, bool byte_order_mark);

/* Checks the text tables: in each language every word of the report and, for every cause, a head and a who that
 * apply to any mail; no template asks for a fact or flag that does not exist. Findings are pushed, as by
 * bw_table_check. BW_OK or BW_NO_MEMORY. */
bw_status bw_report_check(bw_finding_list *out, struct bw_arena *arena, const struct bw_tables *tables);

/* --dump=mime: appends the tree of parts as text, one fact a line, everything from the mail made visible. */
void bw_dump_message(struct bw_buf *out, struct bw_context *context);
/* --dump=delivery: the same for what the notice reports. */
void bw_dump_notice(struct bw_buf *out, const struct bw_notice *notice);
/* --dump=evidence: the same for the facts on one recipient. */
void bw_dump_evidence(struct bw_buf *out, const struct bw_evidence *evidence);
/* --dump=classify: the same for the cause of one recipient and the rules that lost. */
void bw_dump_verdict(struct bw_buf *out, const struct bw_verdict *verdict);

#endif
