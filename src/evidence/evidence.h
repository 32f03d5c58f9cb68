/* The evidence stage: facts with spans in what is said of one recipient. Which phrase tells what is data
 * (patterns/evidence); what a reply code, an address or a link looks like is here. Judges nothing. */
#ifndef BW_EVIDENCE_H
#define BW_EVIDENCE_H

#include "base/base.h"
#include "delivery/delivery.h"
#include "table/table.h"

/* Whose an address is. */
enum bw_side { BW_SIDE_UNKNOWN, BW_SIDE_SENDER, BW_SIDE_RECEIVER, BW_SIDE_NONE };

/* An IP address or network in the text. */
struct bw_seen_address {
    bw_slice text; /* as printed, borrowed from full */
    enum bw_side side;
    bool in_said; /* inside the refusing server's words */
    bool masked;  /* blanked out by somebody */
    bool
        is_private; /* loopback, private or link-local use (RFC 6890): never what a server on the net refuses */
    bool in_url;
};

/* A link in the text. */
struct bw_seen_url {
    bw_slice url, host;
    bool in_said;
};

/* A list that the text names by zone or by name. */
struct bw_seen_list {
    const struct bw_list *list;
    bw_slice text; /* the words, borrowed from full */
    bool by_zone;
    bool in_said;
};

/* All on one line. said is part of, or as good as, full. */
struct bw_evidence {
    bw_slice said; /* the refusing server's words, codes of continued lines taken out */
    bw_slice full; /* all words on this recipient, likewise */
    bw_slice body; /* all words of the notice: the last resort */
    bw_slice said_words, full_words,
        body_words;      /* the same, with what is no sentence blanked out: bw_words_only */
    bw_slice quote;      /* the refusing server's words as printed */
    bool said_by_server; /* said is quoted from the refusing server, not the reporter's own */
    bw_slice reply, status, command, remote_host, remote_ip, recipient;
    bw_slice reporter;
    bw_slice code; /* what looks like the receiver's own code, for where no rule knows it */
    BW_LIST(struct bw_seen_address) addresses;
    BW_LIST(struct bw_seen_url) urls;
    BW_LIST(struct bw_seen_list) lists;
};

/* Collects the facts on one account. out: filled, arena-owned or borrowed. BW_OK, BW_NO_MEMORY, BW_LIMIT. */
bw_status bw_evidence_collect(struct bw_evidence *out, struct bw_context *context,
                              const struct bw_notice *notice, const struct bw_account *account);

/* The SMTP command that words name ("end of DATA", "MAIL FROM"), as in the JSON contract; unknown where none. Static. */
bw_slice bw_command_of(bw_slice words);
/* s is an IPv4 or IPv6 address, or a network of one ("192.0.2.0/24"). */
bool bw_is_address(bw_slice s);
/* The two are the same address, however written. */
bool bw_same_address(bw_slice a, bw_slice b);
/* Loopback, private, link-local or unspecified (RFC 6890). */
bool bw_address_is_private(bw_slice s);
/* Pushes to out->urls every link of text that is not there yet. in_said: text is the refusing server's words. */
void bw_urls_scan(struct bw_evidence *out, struct bw_context *context, bw_slice text, bool in_said);
/* The host of a link, without user and port; borrowed. */
bw_slice bw_url_host(bw_slice url);

/* text with "_" for each byte of links behind their host and of local parts: what stands there is no reason
 * ("mailboxfull@", "/reason/#blocked"). Same length, so offsets stay. Arena-owned. */
bw_slice bw_words_only(struct bw_arena *arena, bw_slice text);

/* Runs a record's example through the facts, for --check-patterns: the groups that fact finds there. 1 matched. */
int bw_fact_match(struct bw_match *out, const struct bw_fact *fact, struct bw_matcher *matcher,
                  bw_slice text);

#endif
