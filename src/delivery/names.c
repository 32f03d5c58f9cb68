/* The words of the JSON contract for kinds, actions, trust and link roles. */
#include "delivery/internal.h"

const char *bw_kind_name(enum bw_kind kind)
{
    static const char *const names[] = {[BW_KIND_BOUNCE] = "bounce",
                                        [BW_KIND_RECEIPT] = "receipt",
                                        [BW_KIND_AUTO_REPLY] = "auto-reply",
                                        [BW_KIND_COMPLAINT] = "complaint",
                                        [BW_KIND_NOT_A_BOUNCE] = "not-a-bounce"};
    return names[kind];
}

const char *bw_action_name(enum bw_action action)
{
    static const char *const names[] = {[BW_ACTION_FAILED] = "failed",
                                        [BW_ACTION_DELAYED] = "delayed",
                                        [BW_ACTION_DELIVERED] = "delivered",
                                        [BW_ACTION_RELAYED] = "relayed",
                                        [BW_ACTION_EXPANDED] = "expanded"};
    return action == BW_ACTION_NONE ? NULL : names[action];
}

const char *bw_trust_name(enum bw_trust trust)
{
    static const char *const names[] = {[BW_TRUST_UNVERIFIED] = "unverified",
                                        [BW_TRUST_OPERATOR] = "operator",
                                        [BW_TRUST_RECEIVER] = "receiver"};
    return names[trust];
}

const char *bw_url_role_name(enum bw_url_role role)
{
    static const char *const names[] = {
        [BW_URL_INFO] = "info", [BW_URL_LOOKUP] = "lookup", [BW_URL_REMOVAL] = "removal"};
    return names[role];
}

const char *bw_machine_name(enum bw_machine machine)
{
    static const char *const names[] = {[BW_MACHINE_OWN_LINE] = "own-line",
                                        [BW_MACHINE_SUBMISSION] = "submission-server",
                                        [BW_MACHINE_RELAY] = "relay",
                                        [BW_MACHINE_FORWARDER] = "forwarder"};
    return machine == BW_MACHINE_UNKNOWN ? NULL : names[machine];
}
