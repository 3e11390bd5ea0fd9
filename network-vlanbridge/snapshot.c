// SPDX-License-Identifier: ISC
// What the kernel has now: dumps to a topology.
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port_msg.h"

static int by_index(const void *a, const void *b)
{
	const struct device *const *x = a, *const *y = b;

	return ((*x)->link.index > (*y)->link.index) - ((*x)->link.index < (*y)->link.index);
}

static int name_ref(struct link_ref *ref, void *arg)
{
	const struct host *t = arg;
	struct device key = {.link.index = ref->index}, *k = &key, **found;

	found = bsearch(&k, t->devices, t->count, sizeof(*t->devices), by_index);
	// Nothing there: it went while we read, and a notification about that is under way.
	if (ref->index && found)
		memcpy(ref->name, (*found)->link.name, sizeof(ref->name));
	return 0;
}

static int each_link(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct host *t = arg;
	struct device *d;
	struct link l;
	int r;

	(void)i;
	if (link_parse(h, &l))
		return 0;
	r = host_add(t, l.name, &d);
	if (r == -EEXIST) // renamed while we read: the next notification would tell
		return 0;
	if (!r) {
		d->link = l;
		d->link.altname[0] = '\0';
		device_read_mark(d);
		r = host_set_altname(t, d, l.altname);
	}
	return r ? err_set(e, -r, "can't keep the list of links: %s", strerror(-r)) : 0;
}

static void restart(void *arg)
{
	host_free(arg);
}

static int each_record(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct host *t = arg;
	struct l3_entry record;
	int r = l3_parse(h, &record);

	(void)i;
	if (r == -ENODATA)
		return 0;
	if (r == -E2BIG)
		return err_set(e, E2BIG, "a route has more than %d next hops", L3_LINKS);
	if (!r)
		r = l3_list_add(&t->records, &record);
	l3_clear(&record);
	return r ? err_set(e, -r, "no memory for addresses and routes") : 0;
}

static void restart_records(void *arg)
{
	l3_list_free(&((struct host *)arg)->records);
}

// ":1" of "eth0:1", which becomes xenbr0:1 when it moves.
static void split_label(struct l3_entry *r)
{
	size_t n = strlen(r->links[0].name);

	if (!strncmp(r->label, r->links[0].name, n) && (!r->label[n] || r->label[n] == ':'))
		memmove(r->label, r->label + n, strlen(r->label + n) + 1);
}

static int read_records(struct netlink *nl, struct host *t, struct err *e)
{
	// Each kind into a topology of its own, so that an interrupted dump starts anew without the other kinds.
	for (int kind = L3_ADDRESS; kind <= L3_RULE; kind++) {
		struct host part = {0};
		int r = netlink_dump(nl, l3_dump((enum l3_kind)kind), each_record, restart_records, &part, e);

		for (size_t i = 0; i < part.records.count && !r; i++) {
			struct l3_entry *record = part.records.list[i];

			for (size_t k = 0; k < record->link_count; k++) {
				struct link_ref ref = {.index = record->links[k].index};

				name_ref(&ref, t);
				if (ref.index)
					memcpy(record->links[k].name, ref.name, NAME_SIZE);
			}
			split_label(record);
			r = l3_list_add(&t->records, record);
		}
		host_free(&part);
		if (r)
			return r;
	}
	return 0;
}

int snapshot_links(struct netlink *nl, struct host *ret, struct err *e)
{
	int r = netlink_dump(nl, link_msg_dump(NULL), each_link, restart, ret, e);

	if (r) {
		host_free(ret);
		return r;
	}
	if (ret->count)
		qsort(ret->devices, ret->count, sizeof(*ret->devices), by_index);
	for (size_t i = 0; i < ret->count; i++) {
		struct device *d = ret->devices[i], *master;

		d->slot = i;
		link_refs(&d->link, name_ref, ret);
		master = host_find(ret, d->link.master.name);
		if (master)
			master->ports++;
	}
	return 0;
}

static int each_port(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct host *t = arg;
	struct device key = {0}, *k = &key, **found;
	struct port_vlans vlans;

	(void)i, (void)e;
	if (port_msg_parse(h, &key.link.index, &vlans))
		return 0;
	found = bsearch(&k, t->devices, t->count, sizeof(*t->devices), by_index);
	if (found)
		(*found)->vlans = vlans;
	return 0;
}

// Ports have VLANs also where the bridge doesn't look at them; only a VLAN-aware bridge makes it worth asking.
static int read_vlans(struct netlink *nl, struct host *t, struct err *e)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->devices[i]->link.kind == KIND_BRIDGE && t->devices[i]->link.bridge.vlan_filtering)
			return netlink_dump(nl, port_msg_dump(), each_port, NULL, t, e);
	return 0;
}

int snapshot_read(struct netlink *nl, struct host *ret, struct err *e)
{
	int r = snapshot_links(nl, ret, e);

	if (!r)
		r = read_records(nl, ret, e);
	if (!r)
		r = read_vlans(nl, ret, e);
	if (r)
		host_free(ret);
	else
		ret->bonding = !access("/sys/class/net/bonding_masters", F_OK);
	return r;
}
