// SPDX-License-Identifier: ISC
// Deletes the IP addresses of a device.
#include "addresses.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

struct nl_msg *addresses_msg_dump(int index)
{
	struct ifaddrmsg all = {.ifa_index = (unsigned int)index};

	return netlink_message(RTM_GETADDR, NLM_F_DUMP, &all, sizeof(all));
}

bool addresses_is_of(const struct nlmsghdr *h, int index)
{
	const struct ifaddrmsg *address = NLMSG_DATA(h);

	return h->nlmsg_type == RTM_NEWADDR && nlmsg_datalen(h) >= (int)sizeof(*address) &&
	       (int)address->ifa_index == index;
}

struct deletions {
	int index;
	struct nl_msg *msgs[NETLINK_BATCH];
	size_t n;
};

// The kernel takes what it reports of an address as the description of one to delete.
static int add_deletion(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct deletions *d = arg;

	(void)i;
	// What doesn't fit is for the next round.
	if (!addresses_is_of(h, d->index) || d->n == NETLINK_BATCH)
		return 0;
	d->msgs[d->n] = netlink_message(RTM_DELADDR, 0, NLMSG_DATA(h), (size_t)nlmsg_datalen(h));
	if (!d->msgs[d->n])
		return err_set(e, ENOMEM, "no memory for a netlink message");
	d->n++;
	return 0;
}

static void clear_deletions(void *arg)
{
	struct deletions *d = arg;

	while (d->n)
		netlink_message_free(d->msgs[--d->n]);
}

static int delete_addresses(struct netlink *nl, const struct deletions *d, struct err *e)
{
	struct netlink_ack acks[NETLINK_BATCH] = {0};
	int r = netlink_send(nl, d->msgs, d->n, acks, NULL, NULL, e);

	for (size_t i = 0; i < d->n && !r; i++)
		// A secondary address may have gone with its primary.
		if (acks[i].error && acks[i].error != -EADDRNOTAVAIL && acks[i].error != -ENODEV)
			r = err_set(e, -acks[i].error, "can't delete an address that it has: %s", acks[i].reason);
	return r;
}

int addresses_flush(struct netlink *nl, int index, struct err *e)
{
	struct deletions d = {.index = index};
	size_t found;
	int r;

	do {
		r = netlink_dump(nl, addresses_msg_dump(index), add_deletion, clear_deletions, &d, e);
		found = d.n;
		if (!r)
			r = delete_addresses(nl, &d, e);
		clear_deletions(&d);
	} while (!r && found == NETLINK_BATCH);
	return r == -ENODEV ? 0 : r;
}
