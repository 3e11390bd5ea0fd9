/* SPDX-License-Identifier: ISC */
/* Whether iptables drops what a guest sends through its bridge, as br_netfilter hands it frames. */
#ifndef VIF_FORWARD_H
#define VIF_FORWARD_H

#include <stdbool.h>
#include <stddef.h>

#include "netlink.h"

#define FORWARD_NAME 64

struct forward_chain {
	int family;                                        /* NFPROTO_*: ip, ip6 or inet */
	char table[FORWARD_NAME + 8], chain[FORWARD_NAME]; /* "ip filter" */
};

/* Which of LINK_NF_CALL_* are on for all bridges: net.bridge.bridge-nf-call-*; 0 without br_netfilter. */
unsigned int forward_read_calls(void);

/* The first chain of nf_tables (iptables' too, but not that of iptables-legacy) whose policy drops what is forwarded,
 * to which one of the calls hands frames, and which has no rule (physdev) about those that come in by dev. Returns
 * false if there is none, or nobody can tell. */
bool forward_find_drop(unsigned int calls, const char *dev, struct forward_chain *ret);

/* What messages of nf_tables say, for forward.c itself and tests: such a chain; a rule about frames that come by dev.
 */
bool forward_is_dropping_chain(const struct nlmsghdr *h, unsigned int calls, struct forward_chain *ret);
bool forward_is_rule_for(const struct nlmsghdr *h, const char *dev);

#endif
