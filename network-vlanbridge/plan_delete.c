// SPDX-License-Identifier: ISC
// Devices of ours that go.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "plan_build.h"

static bool is_doomed(const struct planner *p, const struct device *s)
{
	return device_is_ours(s) && !planner_target(p, s);
}

// VLAN devices, then bridges, dummies, bonds; of two of a kind the younger one, which may stand on the older.
static int upper_first(const void *a, const void *b)
{
	static const int order[KIND_COUNT] = {
		[KIND_VLAN] = 0, [KIND_BRIDGE] = 1, [KIND_DUMMY] = 2, [KIND_OTHER] = 3, [KIND_BOND] = 4};
	const struct device *x = *(struct device *const *)a, *y = *(struct device *const *)b;

	if (x->link.kind != y->link.kind)
		return order[x->link.kind] - order[y->link.kind];
	if (x->link.index != y->link.index)
		return x->link.index < y->link.index ? 1 : -1;
	return strcmp(y->link.name, x->link.name);
}

// Ports that are taken or ours leave in their own time. Guests' are released by the kernel, and those of a device that
// is about to have the same name.
static bool has_port_that_leaves(const struct planner *p, const struct device *s)
{
	for (size_t i = 0; i < p->now.count && s->ports; i++) {
		const struct device *d = p->now.devices[i], *t = planner_target(p, d);

		if (!strcmp(d->link.master.name, s->link.name) && d->mark.origin != MARK_NONE && !is_doomed(p, d) &&
			!(t && !strcmp(t->link.master.name, s->link.name)))
			return true;
	}
	return false;
}

static bool loses_entries(struct planner *p, const struct device *s)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (s->entries && (e = host_next_entry(&p->now, &at))) {
		if (!l3_uses(e, s->link.name))
			continue;
		// A rule outlives its device, but not what the device's mark says of it.
		if (e->kind == L3_RULE ? !planner_wants(p, e) : !planner_may_remove_entry(p, e))
			return true;
	}
	return false;
}

// Entries of a device that inherits from s are told by the mark of s, too.
static bool tells_origins(const struct planner *p, const struct device *s)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (s->mark.inherit && (e = host_next_entry(&p->now, &at)))
		for (size_t i = 0; i < e->device_count && !e->ours && !e->link_local; i++) {
			const struct device *d = host_find(&p->now, e->devices[i].name);

			if (d && d->mark.inherit && !d->mark.parking && !strcmp(d->mark.uplink, s->link.name))
				return true;
		}
	return false;
}

// An IPv6 route through a gateway may have its other copy as sibling. That one counts as dead while its device comes
// up, and if it does when this device goes, the kernel takes both (fib6_ifdown).
static void remove_siblings(struct planner *p, const struct device *s)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (s->entries && (e = host_next_entry(&p->now, &at)))
		if (e->kind == L3_ROUTE && e->family == AF_INET6 && e->gateway && e->device_count == 1 &&
			l3_uses(e, s->link.name))
			planner_entry(p, false, e);
}

static void delete_device(struct planner *p, const struct device *s)
{
	if (s->uppers || has_port_that_leaves(p, s) || loses_entries(p, s) || tells_origins(p, s))
		return;
	remove_siblings(p, s);
	planner_delete_link(p, s);
}

// Before the first deletion: a client gives its lease back through the devices below.
static void stop_clients(struct planner *p, struct device *const *doomed, size_t n)
{
	for (size_t i = 0; i < n && !p->failed; i++)
		if (doomed[i]->dhcp)
			planner_dhcp(p, doomed[i], false);
}

void plan_delete_devices(struct planner *p)
{
	struct device **doomed = calloc(p->now.count + 1, sizeof(*doomed));
	size_t n = 0;

	if (!doomed)
		planner_fail(p, ENOMEM, "no memory for the plan");
	for (size_t i = 0; i < p->now.count && !p->failed; i++)
		if (is_doomed(p, p->now.devices[i]))
			doomed[n++] = p->now.devices[i];
	if (n)
		qsort(doomed, n, sizeof(*doomed), upper_first);
	stop_clients(p, doomed, n);
	for (size_t i = 0; i < n && !p->failed; i++)
		delete_device(p, doomed[i]);
	free(doomed);
}
