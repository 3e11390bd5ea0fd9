// SPDX-License-Identifier: ISC
// What the kernel has now: dumps to the model of a host.
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "external.h"
#include "l3_message.h"
#include "link_msg.h"
#include "link_sysctl.h"
#include "port_msg.h"

static int by_index(const void *a, const void *b)
{
	const struct device *const *x = a, *const *y = b;

	return ((*x)->link.index > (*y)->link.index) - ((*x)->link.index < (*y)->link.index);
}

static struct device *find_index(const struct host *t, int index)
{
	struct device key = {.link.index = index}, *k = &key, **found = NULL;

	if (t->count && index)
		found = bsearch(&k, t->devices, t->count, sizeof(*t->devices), by_index);
	return found ? *found : NULL;
}

static int name_ref(struct link_ref *ref, void *arg)
{
	const struct device *d = find_index(arg, ref->index);

	// Nothing there: it went while we read, and a notification about that is under way.
	if (d)
		memcpy(ref->name, d->link.name, sizeof(ref->name));
	return 0;
}

static int add_altname(const char *name, void *arg)
{
	struct host *t = arg;
	int r = host_add_altname(t, t->devices[t->count - 1], name);

	return r == -EEXIST ? 0 : r;
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
		device_read_mark(d);
		d->dhcp = d->mark.dhcp && external_dhcp_runs(d->link.name);
		t->ipv6 |= (l.set & LINK_ADDR_GEN) != 0;
		r = *l.altname ? link_each_altname(h, add_altname, t) : 0;
	}
	return r ? err_set(e, -r, "can't keep the list of links: %s", strerror(-r)) : 0;
}

static void restart(void *arg)
{
	host_free(arg);
}

static int each_entry(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	(void)i;
	return l3_parse(h, arg) ? err_set(e, ENOMEM, "no memory for addresses and routes") : 0;
}

static void restart_entries(void *arg)
{
	l3_list_free(arg);
}

// ":1" of "eth0:1", which becomes xenbr0:1 when it moves.
static void split_label(struct l3_entry *e)
{
	size_t n = e->device_count ? strlen(e->devices[0].name) : 0;

	if (!strncmp(e->label, e->devices[0].name, n) && (!e->label[n] || e->label[n] == ':'))
		memmove(e->label, e->label + n, strlen(e->label + n) + 1);
}

static void name_devices(struct l3_entry *e, const struct host *h)
{
	for (size_t i = 0; i < e->device_count; i++) {
		struct link_ref ref = {.index = e->devices[i].index};

		name_ref(&ref, (void *)(uintptr_t)h);
		if (ref.index)
			memcpy(e->devices[i].name, ref.name, NAME_SIZE);
	}
	if (*e->label)
		split_label(e);
}

static bool has_dead_and_live_hops(const struct l3_entry *e, const struct host *h)
{
	size_t dead = 0;

	for (size_t i = 0; i < e->device_count && e->kind == L3_ROUTE && !e->nexthop_object; i++)
		dead += host_is_dead_hop(h, e->devices[i].name);
	return dead && dead < e->device_count;
}

// A dead next hop can't be made anew: the route is what it is without.
static struct l3_entry *leave_dead_hops_out(struct l3_entry *e, const struct host *h)
{
	struct l3_entry *live;

	if (!has_dead_and_live_hops(e, h))
		return e;
	live = l3_without_hops(e, host_is_dead_hop, h);
	if (live)
		name_devices(live, h);
	l3_free(e);
	return live;
}

// Each kind into a list of its own, so that an interrupted dump starts anew without the other kinds.
static int read_kind(
	struct netlink *nl, enum l3_kind kind, bool proxies, const struct host *h, struct l3_list *all, struct err *e)
{
	struct l3_list part = {0};
	int r = netlink_dump(nl, l3_dump(kind, proxies), each_entry, restart_entries, &part, e);

	for (size_t i = 0; i < part.count && !r; i++) {
		struct l3_entry *entry = part.list[i];

		part.list[i] = NULL;
		name_devices(entry, h);
		r = l3_list_append(all, leave_dead_hops_out(entry, h))
			    ? err_set(e, ENOMEM, "no memory for addresses and routes")
			    : 0;
	}
	l3_list_free(&part);
	return r;
}

static int read_entries(struct netlink *nl, struct host *h, struct err *e)
{
	struct l3_list all = {0};
	int r = 0;

	for (int kind = 0; kind < L3_KIND_COUNT && !r; kind++)
		r = read_kind(nl, (enum l3_kind)kind, false, h, &all, e);
	if (!r)
		r = read_kind(nl, L3_NEIGHBOUR, true, h, &all, e);
	if (!r)
		l3_list_drop_implied(&all);
	for (size_t i = 0; i < all.count && !r; i++) {
		struct l3_entry *entry = all.list[i];

		all.list[i] = NULL;
		if (entry && host_add_entry(h, entry))
			r = err_set(e, ENOMEM, "no memory for addresses and routes");
	}
	l3_list_free(&all);
	host_mark_dead_routes(h);
	return r;
}

// The kernel doesn't prevent two tunnels from naming each other as the device below.
static bool stands_on_itself(const struct host *t, const struct device *d)
{
	const struct device *below = find_index(t, d->link.lower.index);

	for (size_t i = 0; below && below != d && i < t->count; i++)
		below = find_index(t, below->link.lower.index);
	return below == d;
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
		ret->devices[i]->slot = i;
		if (stands_on_itself(ret, ret->devices[i]))
			ret->devices[i]->link.lower.index = 0;
		link_refs(&ret->devices[i]->link, name_ref, ret);
	}
	host_count_references(ret);
	return 0;
}

static int each_port(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct port_vlans vlans;
	struct device *d;
	int index;

	(void)i;
	if (port_msg_parse(h, &index, &vlans))
		return 0;
	d = find_index(arg, index);
	if (d && vlans_keep(&d->vlans, &vlans))
		return err_set(e, ENOMEM, "no memory for the VLANs of ports");
	return 0;
}

// Ports have VLANs also where the bridge doesn't look at them. It is worth asking only where one does, or is to.
static bool has_vlan_aware_bridge(const struct host *h)
{
	for (size_t i = 0; i < h->count; i++)
		if (device_is_kind(h->devices[i], KIND_BRIDGE) && h->devices[i]->link.bridge.vlan_filtering)
			return true;
	return false;
}

// What a new device begins with: net.ipv4.conf.default and net.ipv6.conf.default.
static void read_default_sysctls(struct host *h)
{
	char path[128];
	FILE *f;

	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++) {
		snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/default/%s", link_sysctls[i].family,
			link_sysctls[i].name);
		f = fopen(path, "re");
		if (f && fscanf(f, "%d", &h->default_sysctls[i]) != 1)
			h->default_sysctls[i] = 0;
		if (f)
			fclose(f);
	}
}

// Reading it fails while it isn't set.
static bool has_stable_secret(void)
{
	FILE *f = fopen("/proc/sys/net/ipv6/conf/default/stable_secret", "re");
	bool has = f && fgetc(f) != EOF;

	if (f)
		fclose(f);
	return has;
}

int snapshot_read(struct netlink *nl, bool vlans, struct host *ret, struct err *e)
{
	int r = snapshot_links(nl, ret, e);

	if (!r)
		r = read_entries(nl, ret, e);
	if (!r)
		r = vlans || has_vlan_aware_bridge(ret) ? netlink_dump(nl, port_msg_dump(), each_port, NULL, ret, e)
							: 0;
	if (r) {
		host_free(ret);
		return r;
	}
	ret->bonding = !access("/sys/class/net/bonding_masters", F_OK);
	ret->stable_secret = has_stable_secret();
	read_default_sysctls(ret);
	return 0;
}
