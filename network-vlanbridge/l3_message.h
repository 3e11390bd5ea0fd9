/* SPDX-License-Identifier: ISC */
/* Layer-3 entries from and to netlink. */
#ifndef L3_MESSAGE_H
#define L3_MESSAGE_H

#include "l3.h"

struct host;
struct nl_msg;
struct nlmsghdr;

/* Appends what a dump's message says, device names still empty and labels whole, to ret: one entry, or for an IPv6
 * route with several next hops one for each. Entries that never move aren't appended: temporary addresses, cloned and
 * local routes, rules without a device, neighbours that are neither permanent nor proxies. Routes with protocol kernel
 * are (from_kernel): the caller drops those that come with an address by themselves, l3_list_drop_implied. Returns 0 or
 * -ENOMEM; a message that is shorter than its type says is ignored. */
int l3_parse(const struct nlmsghdr *h, struct l3_list *ret);

/* A route of the kernel's with several next hops, without the dead ones: as it will be reported when it is made anew,
 * device names still empty; whole is a copy of e. At least one hop must live. The caller frees it; NULL without memory.
 */
struct l3_entry *l3_without_hops(
	const struct l3_entry *e, bool (*is_dead)(const struct host *h, const char *device), const struct host *h);

/* The messages that make or delete e, whose devices must have their index. An address is added with
 * NLM_F_REPLACE: that it is there already is no failure. Of an IPv6 address that the kernel had there are two messages:
 * it is added without duplicate address detection, since it was ours a moment ago, then gets its own flags; but not one
 * for which that had failed. A deletion names all that tells the entry from others, of a route its dead next hops, too.
 * Returns their number, 1 or 2, or -ENOMEM. */
int l3_messages(const struct l3_entry *e, bool add, struct nl_msg *msgs[2]);

/* The kernel keeps the neighbours that are proxies apart from the others. */
struct nl_msg *l3_dump(enum l3_kind kind, bool proxies);

#endif
