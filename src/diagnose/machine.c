/* Which machine the refused address is: the reader's own line, the server that he sends through, a relay behind it, or a
 * server of the recipient's side that passed the mail on. From the report and the original's trace (RFC 5321 section 4.4,
 * newest line first). */
#include "diagnose/internal.h"

/* A name of a machine on the net, not a bare address or a word, nor one that somebody blanked out ("%host%.example"). */
static bool is_host_name(bw_slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!bw_is_alnum(name.p[i]) && name.p[i] != '.' && name.p[i] != '-' && name.p[i] != '_')
            return false;
    return bw_find_byte(name, '.', 0) != BW_NONE && !bw_is_address(name);
}

static const struct bw_hop *newest(const struct bw_notice *notice)
{
    return notice->hops.count ? &notice->hops.items[0] : NULL;
}

/* The trace line whose client had that address; hops.count where none had it. */
static size_t hop_from(const struct bw_notice *notice, bw_slice ip)
{
    size_t i = 0;
    while (i < notice->hops.count && !(ip.p && bw_same_address(notice->hops.items[i].from_ip, ip)))
        i++;
    return i;
}

/* The mail had reached the address it was sent to, and the server there passed it on to another. */
static bool was_forwarded(const struct bw_blocking *from)
{
    const bw_slice reporter = from->notice->reporting_mta;
    const bw_slice last = bw_domain_of(from->evidence->recipient);
    const bw_slice first[] = {bw_domain_of(from->account->alias), bw_domain_of(from->notice->original.to)};
    const bw_slice sender = bw_domain_of(from->notice->original.from);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (first[i].n && last.n && !bw_same_owner(first[i], last) && bw_same_owner(first[i], reporter) &&
            !bw_same_owner(first[i], sender))
            return true;
    return false;
}

/* All trace lines from i on were written by one server: the one that took the mail from the reader's device. */
static bool one_server_from(const struct bw_notice *notice, size_t i)
{
    const bw_slice first = i < notice->hops.count ? notice->hops.items[i].by_name : BW_NULL;
    for (; first.n && i < notice->hops.count; i++)
        if (!bw_ieq(notice->hops.items[i].by_name, first))
            return false;
    return first.n > 0;
}

/* Whose the machine is that called itself so on the trace's line i. */
static enum bw_machine role_at(const struct bw_blocking *from, size_t i)
{
    const struct bw_notice *notice = from->notice;
    const struct bw_hop *hop = &notice->hops.items[i];
    const bool last = i + 1 == notice->hops.count;
    /* The refusing side's own line tells of its client, which may be anybody's. */
    const bool theirs = bw_same_owner(hop->by_name, from->evidence->remote_host) ||
                        bw_same_owner(hop->by_name, bw_domain_of(from->evidence->recipient));
    if (last)
        return theirs ? BW_MACHINE_UNKNOWN : BW_MACHINE_OWN_LINE;
    return one_server_from(notice, i + 1) ? BW_MACHINE_SUBMISSION : BW_MACHINE_RELAY;
}

/* The refused machine wrote the report, as it was the one that spoke to the refusing server: one step behind the server
 * that took the mail from the reader, or that server itself. */
static enum bw_machine role_of_reporter(const struct bw_blocking *from)
{
    const struct bw_notice *notice = from->notice;
    const struct bw_hop *hop = newest(notice);
    if (!hop || !is_host_name(hop->by_name) || !bw_ieq(hop->by_name, notice->reporting_mta))
        return BW_MACHINE_UNKNOWN;
    return one_server_from(notice, 0) ? BW_MACHINE_SUBMISSION : BW_MACHINE_RELAY;
}

void bw_machine_fill(struct bw_block *out, const struct bw_blocking *from)
{
    const struct bw_notice *notice = from->notice;
    const bw_slice reporter = notice->reporting_mta;
    const struct bw_hop *hop = newest(notice);
    if (is_host_name(reporter) && !bw_ieq(reporter, from->evidence->remote_host))
        out->ip_host = reporter;
    if (notice->hops.count >= 2 && out->ip_host.p && bw_ieq(hop->by_name, out->ip_host) &&
        !bw_ieq(hop->from_name, out->ip_host) && bw_ieq(hop->from_name, notice->hops.items[1].by_name))
        out->handed_by = hop->from_name;
    const size_t seen = hop_from(notice, out->ip);
    if (seen < notice->hops.count) {
        out->ip_host = notice->hops.items[seen].from_name;
        out->machine = role_at(from, seen);
        out->handed_by = out->machine == BW_MACHINE_RELAY ? out->handed_by : BW_NULL;
    } else if (was_forwarded(from)) {
        out->machine = BW_MACHINE_FORWARDER;
        out->handed_by = BW_NULL;
    } else if (out->ip_host.p) {
        out->machine = role_of_reporter(from);
    }
}
