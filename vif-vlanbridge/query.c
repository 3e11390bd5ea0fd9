// SPDX-License-Identifier: ISC
// Asks the kernel about the devices of a run.
#include "query.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

struct batch {
	struct nl_msg *msgs[SLOTS];
	struct link *links[SLOTS];     // where the answers go
	struct lookup *lookups[SLOTS]; // or NULL
	size_t n;
};

static int take(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct batch *b = arg;
	struct nlattr *parent;

	(void)e;
	if (link_parse(h, b->links[i]) || !b->lookups[i])
		return 0;
	b->lookups[i]->found = true;
	parent = nlmsg_find_attr(
		(struct nlmsghdr *)(uintptr_t)h, sizeof(struct ifinfomsg), IFLA_PARENT_DEV_NAME);
	if (parent)
		nla_strlcpy(b->lookups[i]->parent, parent, PARENT_SIZE);
	return 0;
}

static int send_batch(struct netlink *nl, struct batch *b, struct err *e)
{
	struct netlink_ack acks[SLOTS];
	int r = 0;

	for (size_t i = 0; !r && i < b->n; i++)
		if (!b->msgs[i])
			r = err_set(e, ENOMEM, "no memory for a netlink message");
	if (!r)
		r = netlink_send(nl, b->msgs, b->n, acks, take, b, e);
	for (size_t i = 0; i < b->n; i++)
		netlink_message_free(b->msgs[i]);
	for (size_t i = 0; !r && i < b->n; i++)
		if (acks[i].error && acks[i].error != -ENODEV)
			r = err_set(e, -acks[i].error, "asking the kernel for a device: %s",
				acks[i].reason);
	return r;
}

int query_devices(
	struct netlink *nl, char (*names)[ALTNAME_SIZE], struct lookup *lookups, struct err *e)
{
	struct batch first = {0}, masters = {0};
	int r;

	for (int s = 0; s < SLOTS; s++) {
		// Not all of it: the big part is filled by answers, or not looked at.
		lookups[s].found = false;
		lookups[s].parent[0] = '\0';
		lookups[s].link.kind = lookups[s].bridge.kind = KIND_OTHER;
		lookups[s].link.master.index = lookups[s].bridge.index = 0;
		if (*names[s]) {
			first.msgs[first.n] = link_msg_get(0, names[s]);
			first.links[first.n] = &lookups[s].link;
			first.lookups[first.n++] = &lookups[s];
		}
	}
	r = send_batch(nl, &first, e);
	for (int s = 0; !r && s < SLOTS; s++) {
		struct lookup *d = &lookups[s];

		if (d->link.kind == KIND_BRIDGE)
			d->bridge = d->link;
		// A vif's own bridge matters only where nobody says which it is.
		else if (d->link.master.index &&
			 (s >= SLOT_BRIDGE ? d->link.kind == KIND_VLAN : !*names[SLOT_BRIDGE])) {
			masters.msgs[masters.n] = link_msg_get(d->link.master.index, NULL);
			masters.links[masters.n++] = &d->bridge;
		}
	}
	if (!r && masters.n)
		r = send_batch(nl, &masters, e);
	for (int s = 0; !r && s < SLOTS; s++)
		if (lookups[s].bridge.kind != KIND_BRIDGE)
			lookups[s].bridge.index = 0; // a VLAN device can be a port of a bond too
	return r;
}

struct names {
	char (*names)[NAME_SIZE];
	size_t n, size;
};

static int add_bridge(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct names *list = arg;
	struct link l;

	(void)i;
	// Old kernels don't filter by kind.
	if (link_parse(h, &l) || l.kind != KIND_BRIDGE)
		return 0;
	if (list->n == list->size) {
		size_t size = list->size ? list->size * 2 : 16;
		void *more = realloc(list->names, size * sizeof(*list->names));

		if (!more)
			return err_set(e, ENOMEM, "no memory for the list of bridges");
		list->names = more;
		list->size = size;
	}
	text_copy(list->names[list->n++], NAME_SIZE, l.name);
	return 0;
}

static void restart(void *arg)
{
	((struct names *)arg)->n = 0;
}

int query_bridge_names(struct netlink *nl, char (**names)[NAME_SIZE], size_t *n, struct err *e)
{
	struct names list = {0};
	int r = netlink_dump(nl, link_msg_dump("bridge"), add_bridge, restart, &list, e);

	if (r) {
		free(list.names);
		return r;
	}
	*names = list.names;
	*n = list.n;
	return 0;
}
