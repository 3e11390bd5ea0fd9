/* SPDX-License-Identifier: ISC */
/* Packet rules against spoofed addresses: nftables' bridge family, one table of ours, a chain per
 * device. */
#ifndef VIF_RULES_H
#define VIF_RULES_H

#include <stdbool.h>

#include "deadline.h"
#include "err.h"
#include "nic.h"

/* The transaction, for `nft -f -`, that guards the device dev with the chain from-DEV: with text in
 * ip=, only those source addresses in IP, ARP and neighbour discovery (and the vif's own link-local
 * address; DHCP, DHCPv6 and DAD pass); with antispoof, only its own source MAC. What an earlier run
 * left for the same name is replaced. Pure. Returns the text, which the caller frees, or NULL with
 * a sentence in e. */
char *rules_format_add(const char *dev, const struct nic *nic, bool antispoof, struct err *e);

/* The transaction that removes the chain, if there is one. Pure. Returns the text, which the caller
 * frees, or NULL with a sentence in e. */
char *rules_format_delete(const char *dev, struct err *e);

/* Has nft do the transaction, whole or not at all. Takes text, which may be NULL (e is set then).
 * Returns 0 or -errno with a sentence in e. */
int rules_apply(char *text, struct deadline *d, struct err *e);

#endif
