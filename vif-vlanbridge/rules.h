/* SPDX-License-Identifier: ISC */
/* Filtering rules against spoofed addresses: nftables, family bridge, a table of our own with a
 * chain for each device. */
#ifndef VIF_RULES_H
#define VIF_RULES_H

#include <stdbool.h>

#include "deadline.h"
#include "err.h"
#include "nic.h"

/* The transaction for `nft -f -` that filters what the device dev sends, in the chain from-DEV.
 * With ip=, only those source addresses pass in IP, ARP and neighbour discovery (and the link-local
 * address made of the MAC; DHCP, DHCPv6 and duplicate address detection pass); with antispoof, only
 * the guest's MAC address. Replaces what an earlier run left for the name. Pure. Returns the text,
 * which the caller frees, or NULL with a message in e. */
char *rules_format_add(const char *dev, const struct nic *nic, bool antispoof, struct err *e);

/* The transaction that removes the chain, if it exists. Pure. Returns the text, which the caller
 * frees, or NULL with a message in e. */
char *rules_format_delete(const char *dev, struct err *e);

/* Has nft execute the transaction, completely or not at all. Frees text; where it is NULL, returns
 * the error that e has. Returns 0, or -errno with a message in e. */
int rules_apply(char *text, struct deadline *d, struct err *e);

#endif
