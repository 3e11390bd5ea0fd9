// SPDX-License-Identifier: ISC
// What the kernel has now: dumps to a topology.
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_index(const void *a, const void *b)
{
	const struct device *const *x = a, *const *y = b;

	return ((*x)->link.index > (*y)->link.index) - ((*x)->link.index < (*y)->link.index);
}

static int name_ref(struct link_ref *ref, void *arg)
{
	const struct topology *t = arg;
	struct device key = {.link.index = ref->index}, *k = &key, **found;

	found = bsearch(&k, t->devices, t->count, sizeof(*t->devices), by_index);
	// Nothing there: it went while we read, and a notification about that is under way.
	if (ref->index && found)
		memcpy(ref->name, (*found)->link.name, sizeof(ref->name));
	return 0;
}

static int each_link(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct topology *t = arg;
	struct device *d;
	struct link l;
	int r;

	(void)i;
	if (link_parse(h, &l))
		return 0;
	r = topology_add(t, l.name, &d);
	if (r == -EEXIST) // renamed while we read: the next notification would tell
		return 0;
	if (!r) {
		d->link = l;
		d->link.altname[0] = '\0';
		device_read_mark(d);
		r = topology_set_altname(t, d, l.altname);
	}
	return r ? err_set(e, -r, "can't keep the list of links: %s", strerror(-r)) : 0;
}

static void restart(void *arg)
{
	topology_free(arg);
}

int snapshot_read(struct netlink *nl, struct topology *ret, struct err *e)
{
	int r = netlink_dump(nl, link_msg_dump(NULL), each_link, restart, ret, e);

	if (r) {
		topology_free(ret);
		return r;
	}
	if (ret->count)
		qsort(ret->devices, ret->count, sizeof(*ret->devices), by_index);
	for (size_t i = 0; i < ret->count; i++) {
		struct device *d = ret->devices[i];

		struct device *master;

		d->slot = i;
		link_refs(&d->link, name_ref, ret);
		master = topology_find(ret, d->link.master.name);
		if (master)
			master->ports++;
	}
	ret->bonding = !access("/sys/class/net/bonding_masters", F_OK);
	return 0;
}
