// SPDX-License-Identifier: ISC
// Devices that are made.
#include <string.h>

#include "plan_build.h"

void plan_load_module(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->now.bonding; i++) {
		const struct device *t = p->target->devices[i];

		if (device_is_kind(t, KIND_BOND) && device_is_ours(t) && !planner_now(p, t))
			planner_do(p, (struct step){.kind = STEP_MODULE});
	}
}

// A new device says what differs from what the kernel gives it; a bond or dummy becomes a port later.
static struct link described_new(const struct device *t)
{
	const struct kind_row *k = &link_kinds[t->link.kind];
	struct link l = t->link, initial = {.kind = t->link.kind};

	l.index = 0;
	l.set &= ~(unsigned int)(LINK_SYSCTLS | LINK_PORT_FLAGS | (l.kind == KIND_VLAN ? LINK_MAC : LINK_LOWER));
	if (l.kind != KIND_VLAN || !*l.master.name) {
		l.set &= ~(unsigned int)LINK_MASTER;
		l.master = (struct link_ref){0};
	}
	for (size_t i = 0; i < k->count && l.kind != KIND_VLAN; i++) {
		option_reset(&initial, &k->options[i]);
		if (option_equal(&initial, &l, &k->options[i]) ||
			(l.kind == KIND_BOND && !option_fits_mode(&k->options[i], l.bond.mode)))
			l.options &= ~(1ULL << i);
	}
	return l;
}

static bool is_name_free(const struct planner *p, const struct device *t)
{
	return !host_find(&p->now, t->link.name) &&
	       !(t->link.set & LINK_ALTNAME && host_find(&p->now, t->link.altname));
}

// Bonds, dummies and bridges stand on nothing.
void plan_create_devices(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct link l;

		if (!device_is_ours(t) || device_is_kind(t, KIND_VLAN) || t->mark.adopted || planner_now(p, t) ||
			!is_name_free(p, t))
			continue;
		l = described_new(t);
		planner_add_link(p, &l);
	}
}

static bool is_coming(const struct planner *p, const char *master)
{
	for (size_t i = 0; i < p->target->count; i++)
		if (!strcmp(p->target->devices[i]->link.master.name, master) && planner_now(p, p->target->devices[i]))
			return true;
	return false;
}

// Before its first port a bond has a MAC address of no use, which its VLAN devices would take.
static bool is_ready_for_vlans(const struct planner *p, const struct device *lower, const struct device *t)
{
	const struct device *after = host_find(p->target, t->link.lower.name);

	if (!lower || !after || planner_now(p, after) != lower || (t->link.up && !lower->link.up) ||
		t->link.mtu > lower->link.mtu)
		return false;
	return !device_is_kind(lower, KIND_BOND) || lower->ports || !is_coming(p, lower->link.name);
}

bool planner_is_ready_as_master(const struct planner *p, const char *name)
{
	const struct device *t = host_find(p->target, name), *s = host_find(&p->now, name);

	return !*name || (s && t && planner_now(p, t) == s);
}

// Two networks must not be joined, not even for a moment: another uplink leaves first. Returns whether there is none
// any more.
bool planner_release_other_uplinks(struct planner *p, const char *bridge)
{
	const struct device *m = host_find(&p->now, bridge);

	for (size_t i = 0; i < p->now.count && m && m->ports; i++) {
		struct device *d = p->now.devices[i];
		const struct device *t;

		if (strcmp(d->link.master.name, bridge) || d->mark.origin == MARK_NONE)
			continue;
		t = planner_target(p, d);
		if (!t)
			return false; // it is about to be deleted
		if (strcmp(t->link.master.name, bridge))
			planner_set_master(p, d, "");
	}
	return true;
}

static void create_vlan(struct planner *p, const struct device *t)
{
	const struct device *lower = host_find(&p->now, t->link.lower.name);
	struct link l;

	if (!is_ready_for_vlans(p, lower, t) || !planner_is_ready_as_master(p, t->link.master.name) ||
		!is_name_free(p, t))
		return;
	if (host_find_vlan(&p->now, t->link.lower.name, t->link.vlan.id, t->link.vlan.protocol))
		return;
	if (*t->link.master.name && !planner_release_other_uplinks(p, t->link.master.name))
		return;
	l = described_new(t);
	planner_add_link(p, &l);
}

// In the target's order those below may come later: the next round makes what stands on them.
void plan_create_vlans(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];

		if (device_is_ours(t) && device_is_kind(t, KIND_VLAN) && !planner_now(p, t))
			create_vlan(p, t);
	}
}
