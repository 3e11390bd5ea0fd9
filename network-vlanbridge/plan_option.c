// SPDX-License-Identifier: ISC
// Options of bonds and bridges.
#include "plan_build.h"

#include <string.h>

uint64_t link_options_with_rule(enum kind kind, unsigned int rule)
{
	const struct kind_row *k = &link_kinds[kind];
	uint64_t found = 0;

	for (size_t i = 0; i < k->count; i++)
		if (k->options[i].rules & rule)
			found |= 1ULL << i;
	return found;
}

static bool release_ports(struct planner *p, const struct device *bond)
{
	for (size_t i = 0; i < p->now.count && bond->ports; i++) {
		struct device *d = p->now.devices[i];

		if (strcmp(d->link.master.name, bond->link.name))
			continue;
		if (!planner_is_safe_to_lower(p, d))
			return false;
		planner_set_master(p, d, "");
	}
	return true;
}

// Options of the old mode that the new one doesn't know.
static uint64_t options_before_mode(const struct device *s, const struct device *t, uint64_t options)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];
	uint64_t found = 0;

	for (size_t i = 0; i < k->count && s->link.bond.mode != t->link.bond.mode; i++)
		if (!option_fits_mode(&k->options[i], t->link.bond.mode))
			found |= options & 1ULL << i;
	return found;
}

// Options that the kernel takes only from a bond that is down, or has no ports; the ports join again in their turn.
static void set_bond_options(struct planner *p, struct device *s, const struct device *t, uint64_t options)
{
	uint64_t empty = options & link_options_with_rule(KIND_BOND, OPTION_EMPTY);
	uint64_t down = options & link_options_with_rule(KIND_BOND, OPTION_DOWN | OPTION_EMPTY);
	uint64_t first = options_before_mode(s, t, options);

	if (down && !planner_is_safe_to_lower(p, s))
		return;
	if (empty && !release_ports(p, s))
		return;
	if (down)
		planner_set_up(p, s, false);
	planner_set_like(p, s, t, 0, first);
	planner_set_like(p, s, t, 0, empty & ~first);
	planner_set_like(p, s, t, 0, down & ~empty & ~first);
	planner_set_like(p, s, t, 0, options & ~down & ~first);
	if (down && t->link.up)
		planner_set_up(p, s, true);
}

// Before a bridge is no longer VLAN-aware, its ports lose the VLANs that nobody would see any more.
static void reset_vlans(struct planner *p, const struct device *bridge)
{
	for (size_t i = 0; i < p->now.count; i++) {
		struct device *d = p->now.devices[i];
		const struct device *t = planner_target(p, d);

		if (t && (d == bridge || !strcmp(d->link.master.name, bridge->link.name)) &&
			planner_vlans_matter(p, d, t))
			planner_vlans_as(p, d, t);
	}
}

// A first default PVID becomes that of every port that isn't in its VLAN, guests' with a PVID of their own too. Those
// that are in it, tagged, the kernel leaves alone; they leave it when their VLANs are set.
static void shield_from_default_pvid(struct planner *p, const struct device *bridge, const struct device *t)
{
	unsigned int pvid = t->link.bridge.vlan_default_pvid;

	if (!bridge->link.bridge.vlan_filtering || bridge->link.bridge.vlan_default_pvid || !pvid)
		return;
	for (size_t i = 0; i < p->now.count; i++) {
		struct device *d = p->now.devices[i];
		const struct device *then = planner_target(p, d);
		struct port_vlans tagged, after;

		if (!then || strcmp(d->link.master.name, bridge->link.name))
			continue;
		after = vlans_kept(&then->vlans);
		if (after.pvid == pvid)
			continue;
		tagged = vlans_kept(&d->vlans);
		vlans_add(&tagged.all, pvid, pvid);
		planner_vlans(p, d, &tagged);
	}
}

// STP first: what forward delay the kernel takes depends on it.
static void set_bridge_options(struct planner *p, struct device *s, const struct device *t, uint64_t options)
{
	uint64_t stp = 1ULL << (option_find(KIND_BRIDGE, "stp") - link_kinds[KIND_BRIDGE].options);

	if (s->link.bridge.vlan_filtering && !t->link.bridge.vlan_filtering)
		reset_vlans(p, s);
	shield_from_default_pvid(p, s, t);
	planner_set_like(p, s, t, 0, options & stp);
	planner_set_like(p, s, t, 0, options & ~stp);
}

void plan_set_options(struct planner *p, struct device *s, const struct device *t)
{
	uint64_t options = planner_options_to_set(s, t);

	if (options && device_is_kind(t, KIND_BOND))
		set_bond_options(p, s, t, options);
	else if (options)
		set_bridge_options(p, s, t, options);
}
