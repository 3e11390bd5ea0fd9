// SPDX-License-Identifier: ISC
// Asks the kernel about the names of a run.
#include "query.h"

#include <errno.h>
#include <limits.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bridge_ref.h"
#include "link_msg.h"

#define SYSFS "/sys/class/net"

// Questions of one send, and where the answers go.
struct query_batch {
	struct nl_msg *msgs[SLOTS];
	struct link *links[SLOTS];
	struct lookup *lookups[SLOTS]; // NULL for a master: only its link counts
	size_t n;
};

static void add_query(struct query_batch *b, struct nl_msg *msg, struct link *link, struct lookup *lookup)
{
	b->msgs[b->n] = msg;
	b->links[b->n] = link;
	b->lookups[b->n++] = lookup;
}

void query_parent(const char *directory, const char *device, char parent[PARENT_SIZE])
{
	char path[PATH_MAX], target[PATH_MAX], *name;
	ssize_t n;

	*parent = '\0';
	snprintf(path, sizeof(path), "%s/%s/device", directory, device);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	name = strrchr(target, '/');
	if (!text_copy(parent, PARENT_SIZE, name ? name + 1 : target))
		*parent = '\0';
}

// Linux before 5.14 has no IFLA_PARENT_DEV_NAME. Devices with a kind have no parent.
static int store_answer(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct query_batch *b = arg;
	struct lookup *lookup = b->lookups[i];
	struct nlattr *parent;

	(void)e;
	if (link_parse(h, b->links[i]) || !lookup)
		return 0;
	lookup->found = true;
	parent = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)h, sizeof(struct ifinfomsg), IFLA_PARENT_DEV_NAME);
	if (parent)
		nla_strlcpy(lookup->parent, parent, PARENT_SIZE);
	else if (!*lookup->link.kind_name)
		query_parent(SYSFS, lookup->link.name, lookup->parent);
	return 0;
}

static int send_messages(struct netlink *nl, struct query_batch *b, struct err *e)
{
	struct netlink_ack acks[SLOTS];
	int r;

	for (size_t i = 0; i < b->n; i++)
		if (!b->msgs[i])
			return err_set(e, ENOMEM, "no memory for a netlink message");
	r = netlink_send(nl, b->msgs, b->n, acks, store_answer, b, e);
	if (r)
		return r;
	// EINVAL: a name of more than 15 bytes, which Linux before 5.5 doesn't know.
	for (size_t i = 0; i < b->n; i++)
		if (acks[i].error && acks[i].error != -ENODEV && acks[i].error != -EINVAL)
			return err_set(e, -acks[i].error, "asking the kernel for a device: %s", acks[i].reason);
	return 0;
}

static int send_batch(struct netlink *nl, struct query_batch *b, struct err *e)
{
	int r = send_messages(nl, b, e);

	for (size_t i = 0; i < b->n; i++)
		netlink_message_free(b->msgs[i]);
	return r;
}

// Clears only what is read of a lookup without an answer: the whole is several hundred bytes.
static void clear_lookup(struct lookup *l)
{
	l->found = false;
	l->parent[0] = '\0';
	l->link.kind = KIND_OTHER;
	l->link.master.index = 0;
	l->bridge.kind = KIND_OTHER;
	l->bridge.index = 0;
}

static int query_names(struct netlink *nl, char (*names)[ALTNAME_SIZE], struct lookup *lookups, struct err *e)
{
	struct query_batch batch = {0};

	for (int s = 0; s < SLOTS; s++) {
		clear_lookup(&lookups[s]);
		if (*names[s])
			add_query(&batch, link_msg_get(0, names[s]), &lookups[s].link, &lookups[s]);
	}
	return send_batch(nl, &batch, e);
}

// Whether the master of a lookup can be the bridge that is meant: of an uplink, where bridge=
// may name it; of a vif or tap, where nothing says which bridge it is.
static bool needs_master(int slot, const struct lookup *l, char (*names)[ALTNAME_SIZE])
{
	if (!l->link.master.index)
		return false;
	if (slot >= SLOT_BRIDGE)
		return bridge_ref_is_uplink(l);
	return !*names[SLOT_BRIDGE];
}

int query_devices(struct netlink *nl, char (*names)[ALTNAME_SIZE], struct lookup *lookups, struct err *e)
{
	struct query_batch masters = {0};
	int r;

	r = query_names(nl, names, lookups, e);
	if (r)
		return r;
	for (int s = 0; s < SLOTS; s++) {
		struct lookup *l = &lookups[s];

		if (l->link.kind == KIND_BRIDGE)
			l->bridge = l->link;
		else if (needs_master(s, l, names))
			add_query(&masters, link_msg_get(l->link.master.index, NULL), &l->bridge, NULL);
	}
	if (masters.n)
		r = send_batch(nl, &masters, e);
	if (r)
		return r;
	for (int s = 0; s < SLOTS; s++)
		if (lookups[s].bridge.kind != KIND_BRIDGE)
			lookups[s].bridge.index = 0; // an uplink can be a port of a bond too
	return 0;
}

struct name_list {
	char (*names)[NAME_SIZE];
	size_t n, size;
};

static int grow_names(struct name_list *list, struct err *e)
{
	size_t size = list->size ? list->size * 2 : 16;
	void *more = realloc(list->names, size * sizeof(*list->names));

	if (!more)
		return err_set(e, ENOMEM, "no memory for the list of bridges");
	list->names = more;
	list->size = size;
	return 0;
}

static int add_bridge_name(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct name_list *list = arg;
	struct link l;
	int r;

	(void)i;
	// Old kernels don't filter by kind.
	if (link_parse(h, &l) || l.kind != KIND_BRIDGE)
		return 0;
	if (list->n == list->size) {
		r = grow_names(list, e);
		if (r)
			return r;
	}
	text_copy(list->names[list->n++], NAME_SIZE, l.name);
	return 0;
}

static void clear_names(void *arg)
{
	((struct name_list *)arg)->n = 0;
}

int query_bridge_names(struct netlink *nl, char (**names)[NAME_SIZE], size_t *n, struct err *e)
{
	struct name_list list = {0};
	int r;

	r = netlink_dump(nl, link_msg_dump("bridge"), add_bridge_name, clear_names, &list, e);
	if (r) {
		free(list.names);
		return r;
	}
	*names = list.names;
	*n = list.n;
	return 0;
}
