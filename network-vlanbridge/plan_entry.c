// SPDX-License-Identifier: ISC
// Layer-3 entries: first the new place, then the old one goes.
#include <string.h>
#include <sys/socket.h>

#include "origin.h"
#include "plan_build.h"

// Whether the device that the target means has its place already: there, up, and with marks that say whose the entry
// is.
static bool is_ready(const struct planner *p, const struct l3_entry *e, const char *name)
{
	const struct device *t = host_find(p->target, name), *s = t ? planner_now(p, t) : NULL, *below;

	if (!s || strcmp(s->link.name, name))
		return false;
	below = host_find(&p->now, s->mark.uplink);
	if (below && !planner_target(p, below)) // another one is to have its name, and takes its marks along
		return false;
	if (!s->link.up && (t->link.up || e->kind == L3_ROUTE))
		return false;
	if (e->family == AF_INET6 && link_is_without_ipv6(&s->link))
		return false;
	if (strcmp(s->link.master.name, t->link.master.name) && planner_is_bond_port(p, s, t))
		return false;
	return e->ours || !strcmp(origin_of(&p->now, name), origin_of(p->target, name));
}

// A rule needs no device of its name; but where there is one, its marks say whose the rule is.
static bool is_ready_for_rule(const struct planner *p, const char *name)
{
	const struct device *t = host_find(p->target, name), *s = t ? planner_now(p, t) : NULL;

	if (!t)
		return true;
	return s && !strcmp(s->link.name, name) && !strcmp(origin_of(&p->now, name), origin_of(p->target, name));
}

static bool can_add(const struct planner *p, const struct l3_entry *e)
{
	for (size_t i = 0; i < e->device_count; i++) {
		const char *name = e->devices[i].name;

		if (e->kind == L3_RULE ? !is_ready_for_rule(p, name) : !is_ready(p, e, name))
			return false;
	}
	return true;
}

bool planner_may_remove_entry(struct planner *p, const struct l3_entry *e)
{
	const struct l3_entry *home;

	if (e->ours || e->link_local || e->stale)
		return true;
	home = planner_find_home(p, e);
	return !home || planner_find_now(p, home) || planner_is_parked(p, e);
}

// An address next to one that is about to go would be its secondary one, and go with it.
static bool waits_for_primary(struct planner *p, const struct l3_entry *wanted)
{
	const struct l3_entry *e;
	size_t at = 0;

	if (wanted->kind != L3_ADDRESS || wanted->family != AF_INET)
		return false;
	while ((e = host_next_entry(&p->now, &at)))
		if (e->kind == L3_ADDRESS && !e->secondary && l3_uses(e, wanted->devices[0].name) &&
			l3_same_subnet(e, wanted) && planner_is_unwanted(p, e))
			return true;
	return false;
}

static bool make_room(struct planner *p, const struct l3_entry *wanted);

static void add_entry(struct planner *p, const struct l3_entry *e)
{
	// The kernel makes link-local addresses by itself, as addr_gen_mode says.
	if (e->link_local || e->stale || planner_find_now(p, e) || !planner_concerns_entry(p, e) || !can_add(p, e) ||
		waits_for_primary(p, e))
		return;
	if (make_room(p, e))
		planner_entry(p, true, e);
}

// All of one kind that need each other: family 0 is any.
static void add_entries(struct planner *p, enum l3_kind kind, int family, bool gateway, bool backwards)
{
	const struct l3_list *all = &p->target->entries;

	for (size_t i = 0; i < all->count && !p->failed; i++) {
		const struct l3_entry *e = all->list[backwards ? all->count - 1 - i : i];

		if (e && e->kind == kind && e->gateway == gateway && (!family || e->family == family))
			add_entry(p, e);
	}
}

// The kernel lists IPv4 addresses in the order in which they came, and IPv6 addresses the newest first.
void plan_add_addresses(struct planner *p)
{
	add_entries(p, L3_ADDRESS, AF_INET, false, false);
	add_entries(p, L3_ADDRESS, AF_INET6, false, true);
}

void plan_add_routes(struct planner *p)
{
	add_entries(p, L3_ROUTE, 0, false, false);
	add_entries(p, L3_ROUTE, 0, true, false);
	add_entries(p, L3_RULE, 0, false, false);
	add_entries(p, L3_NEIGHBOUR, 0, false, false);
}

// Whether the secondary addresses of a primary one go first or stay depends on promote_secondaries: they go first in
// any case, those that are to stay come again.
static bool remove_secondaries(struct planner *p, const struct l3_entry *primary)
{
	const struct l3_entry *e;

	if (primary->kind != L3_ADDRESS || primary->family != AF_INET || primary->secondary)
		return true;
	while (!p->failed && (e = host_find_subnet_fellow(&p->now, primary, true))) {
		if ((!planner_may_remove_entry(p, e) ||
			    (!e->ours && planner_wants(p, e) && !planner_is_parked(p, e))) &&
			!planner_park(p, e))
			return false;
		planner_entry(p, false, e);
	}
	return true;
}

// With its last IPv4 address a device loses its IPv4 routes.
static bool keeps_routes_without(struct planner *p, const struct l3_entry *address)
{
	const char *device = address->devices[0].name;
	const struct l3_entry *e;
	size_t at = 0;

	if (address->kind != L3_ADDRESS || address->family != AF_INET ||
		host_find_address(&p->now, device, AF_INET, address))
		return true;
	while ((e = host_next_entry(&p->now, &at))) {
		if (e->kind != L3_ROUTE || e->family != AF_INET || e->ours || !l3_uses(e, device) ||
			planner_is_parked(p, e))
			continue;
		if ((planner_wants(p, e) || !planner_may_remove_entry(p, e)) && !planner_park(p, e))
			return false;
	}
	return true;
}

static bool remove_for_good(struct planner *p, const struct l3_entry *e)
{
	if (!planner_may_remove_entry(p, e) && !planner_park(p, e))
		return false;
	if (!remove_secondaries(p, e) || !keeps_routes_without(p, e))
		return false;
	planner_entry(p, false, e);
	return true;
}

// What the kernel takes for the same address, and wouldn't change into this one: an IPv4 address with another label or
// protocol, an IPv6 address with another prefix length.
static bool make_room(struct planner *p, const struct l3_entry *wanted)
{
	const struct l3_entry *other = host_find_same_address(&p->now, wanted);

	if (!other || (wanted->family == AF_INET6 && !strcmp(other->key, wanted->key)))
		return true;
	return remove_for_good(p, other);
}

// Rules and routes go before the addresses that they need; of these first those whose end doesn't take the prefix route
// along, and that keep it while they are there (ipv6_del_addr, check_cleanup_prefix_route).
static int removal_turn(const struct l3_entry *e)
{
	switch (e->kind) {
	case L3_RULE:
	case L3_NEIGHBOUR:
		return 0;
	case L3_ROUTE:
		return e->gateway ? 1 : 2;
	default:
		return e->no_prefix_route || e->volatile_ ? 3 : 4;
	}
}

// The last first, so that secondary addresses go before their primary.
void plan_remove_entries(struct planner *p)
{
	for (int turn = 0; turn < 5; turn++)
		for (size_t i = p->now.entries.count; i-- > 0 && !p->failed;) {
			const struct l3_entry *e = p->now.entries.list[i];

			if (e && removal_turn(e) == turn && planner_is_unwanted(p, e))
				remove_for_good(p, e);
		}
}

// What is nobody's any more, before a device comes up and brings it to life again.
void plan_remove_leftovers(struct planner *p)
{
	for (size_t i = p->now.entries.count; i-- > 0 && !p->failed;) {
		const struct l3_entry *e = p->now.entries.list[i];

		if (e && e->stale && planner_is_unwanted(p, e))
			planner_entry(p, false, e);
	}
}
