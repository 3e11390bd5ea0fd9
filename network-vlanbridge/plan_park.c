// SPDX-License-Identifier: ISC
// A device that goes down loses its routes and IPv6 addresses. Where they have no other place to go first, they are
// kept on a dummy whose mark says whose they are, so that they survive us.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "origin.h"
#include "plan_build.h"

// A macvlan device stays up.
static bool goes_down_with(const struct host *h, const struct device *upper, const struct device *d)
{
	for (int depth = 0; upper && depth < 8; depth++) {
		if (upper == d)
			return true;
		upper = device_is_kind(upper, KIND_VLAN) ? host_find(h, upper->link.lower.name) : NULL;
	}
	return false;
}

static bool uses_any_on(const struct host *h, const struct l3_entry *e, const struct device *d)
{
	for (size_t i = 0; i < e->device_count; i++) {
		const struct device *user = host_find(h, e->devices[i].name);

		if (user && goes_down_with(h, user, d))
			return true;
	}
	return false;
}

static bool is_lost_when_down(const struct l3_entry *e, const char *renamed)
{
	if (e->ours || e->link_local)
		return false;
	if (renamed && e->kind == L3_ADDRESS && l3_uses(e, renamed))
		return true; // the kernel numbers the labels of IPv4 addresses
	return e->kind == L3_ROUTE || e->kind == L3_NEIGHBOUR || (e->kind == L3_ADDRESS && strchr(e->key, ':'));
}

static struct device *find_park(const struct planner *p, const char *home)
{
	for (size_t i = 0; i < p->now.count; i++) {
		struct device *d = p->now.devices[i];

		if (d->mark.parking && !strcmp(origin_of(&p->now, d->link.name), home))
			return d;
	}
	return NULL;
}

// The entry as it is or would be on the dummies.
static struct l3_entry *parked_copy(struct planner *p, const struct l3_entry *e)
{
	struct l3_entry *copy = planner_copy(p, e);

	for (size_t i = 0; copy && i < copy->device_count; i++) {
		const struct device *park = find_park(p, origin_of(&p->now, e->devices[i].name));

		if (park)
			text_copy(copy->devices[i].name, NAME_SIZE, park->link.name);
	}
	return copy;
}

bool planner_is_parked(struct planner *p, const struct l3_entry *e)
{
	struct l3_entry *copy = parked_copy(p, e);
	bool parked = copy && strcmp(copy->devices[0].name, e->devices[0].name) && host_find_entry_key(&p->now, copy);

	l3_free(copy);
	return parked;
}

// The mark names the device as it was called before us: that leads to it before and after it is renamed.
static void make_park(struct planner *p, const char *home)
{
	struct mark m = {.origin = MARK_FILE, .inherit = true, .parking = true};
	struct link l = {.kind = KIND_DUMMY, .group = MARK_GROUP, .addr_gen = LINK_ADDR_GEN_NONE, .up = true};

	if (find_park(p, home))
		return;
	l.set = LINK_UP | LINK_ALIAS | LINK_GROUP | (p->now.ipv6 ? LINK_ADDR_GEN : 0);
	for (unsigned int n = 0; !*l.name || host_find(&p->now, l.name); n++)
		snprintf(l.name, sizeof(l.name), "vlbpark%u", n);
	text_copy(m.uplink, NAME_SIZE, home);
	mark_write(l.alias, &m, NULL);
	planner_add_link(p, &l);
}

static void park_copy(struct planner *p, const struct l3_entry *e)
{
	struct l3_entry *copy = parked_copy(p, e);

	if (copy && !host_find_entry_key(&p->now, copy))
		planner_entry(p, true, copy);
	l3_free(copy);
}

// A route needs the addresses of its device, and the routes without a gateway, to be accepted.
static void park_addresses(struct planner *p, const char *home)
{
	size_t last = p->now.entries.count;

	for (int kind = L3_ADDRESS; kind <= L3_ROUTE; kind++)
		for (size_t i = 0; i < last; i++) {
			const struct l3_entry *e = p->now.entries.list[i];

			if (e && (int)e->kind == kind && !e->link_local && !e->gateway && e->device_count == 1 &&
				!strcmp(origin_of(&p->now, e->devices[0].name), home))
				park_copy(p, e);
		}
}

bool planner_park(struct planner *p, const struct l3_entry *e)
{
	if (!p->may_park)
		return false;
	for (size_t i = 0; i < e->device_count; i++) {
		const char *home = origin_of(&p->now, e->devices[i].name);

		make_park(p, home);
		park_addresses(p, home);
	}
	park_copy(p, e);
	return planner_is_parked(p, e);
}

static bool is_safe(struct planner *p, const struct l3_entry *e, const struct device *d)
{
	const struct l3_entry *home = planner_find_home(p, e), *there = home ? planner_find_now(p, home) : NULL;

	if (!home || (there && !uses_any_on(&p->now, there, d)))
		return true;
	return planner_is_parked(p, e);
}

static bool is_safe_to_change(struct planner *p, const struct device *d, const char *renamed)
{
	const struct l3_entry *e;
	size_t at = 0;

	if (!d->entries && !d->uppers)
		return true;
	while ((e = host_next_entry(&p->now, &at))) {
		if (!is_lost_when_down(e, renamed) || !uses_any_on(&p->now, e, d) || is_safe(p, e, d))
			continue;
		if (!planner_park(p, e))
			return false;
	}
	return true;
}

bool planner_is_safe_to_lower(struct planner *p, const struct device *d)
{
	return !d->link.up || is_safe_to_change(p, d, NULL);
}

bool planner_is_safe_to_rename(struct planner *p, const struct device *d)
{
	return is_safe_to_change(p, d, d->link.name);
}
