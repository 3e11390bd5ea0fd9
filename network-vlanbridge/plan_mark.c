// SPDX-License-Identifier: ISC
// Marks: written before what they describe is changed, taken away after it is given back.
#include <errno.h>
#include <string.h>

#include "origin.h"
#include "plan_build.h"

static void write_mark(struct planner *p, struct device *s, const struct mark *m)
{
	struct link change = {.set = LINK_ALIAS};
	struct err inner = {0};

	memcpy(change.alias, s->link.alias, sizeof(change.alias));
	if (mark_write(change.alias, m, &inner))
		planner_fail(p, ENOSPC, "%s: %s", s->link.name, inner.text);
	else
		planner_set(p, s, &change);
}

static void copy_note(struct mark *to, const struct mark *from, unsigned int bit)
{
	if (to->was & bit || !(from->was & bit))
		return;
	to->was |= bit;
	if (bit == MARK_WAS_UP)
		to->was_up = from->was_up;
	else if (bit == MARK_WAS_MTU)
		to->was_mtu = from->was_mtu;
	else if (bit == MARK_WAS_ADDR_GEN)
		to->was_addr_gen = from->was_addr_gen;
	else
		memcpy(to->was_name, from->was_name, sizeof(to->was_name));
}

// Saved original values are never overwritten.
static void add_notes(struct mark *to, const struct mark *from)
{
	if (from->origin != MARK_PORT)
		return;
	to->origin = MARK_PORT;
	to->joined |= from->joined;
	for (unsigned int bit = 1; bit <= MARK_WAS_LAST; bit <<= 1)
		copy_note(to, from, bit);
}

static bool needs_down(const struct device *s, const struct device *t)
{
	return planner_options_to_set(s, t) & link_options_with_rule(t->link.kind, OPTION_DOWN | OPTION_EMPTY);
}

// Its bond gets another mode, or is made anew.
static bool is_released_for_a_moment(const struct planner *p, const struct device *s)
{
	const struct device *bond = host_find(&p->now, s->link.master.name), *t;

	if (!device_is_kind(bond, KIND_BOND))
		return false;
	t = planner_target(p, bond);
	return !t || needs_down(bond, t);
}

// Whether s, if it is there, or a device below it, goes down or comes up on the way, and the VLAN devices above with
// it.
static bool changes_state(const struct planner *p, const struct device *s)
{
	const struct device *t = s ? planner_target(p, s) : NULL;

	if (!t)
		return s;
	if (s->link.up != t->link.up || strcmp(s->link.name, t->link.name) || needs_down(s, t))
		return true;
	if (is_released_for_a_moment(p, s))
		return true;
	if (strcmp(s->link.master.name, t->link.master.name) && planner_is_bond_port(p, s, t))
		return true;
	return changes_state(p, host_find(&p->now, s->link.lower.name));
}

// A VLAN device that isn't ours, on a device that goes down and up: the kernel takes it along, and it must be known how
// it was.
static bool needs_note_of_state(const struct planner *p, const struct device *s)
{
	return s->link.kind == KIND_VLAN && changes_state(p, host_find(&p->now, s->link.lower.name));
}

static void note_unmanaged(struct planner *p, struct device *s, const struct device *t)
{
	struct mark m = s->mark.origin == MARK_PORT ? s->mark : (struct mark){0};
	const struct mark state = {.origin = MARK_PORT, .was = MARK_WAS_UP, .was_up = s->link.up};

	add_notes(&m, &t->mark);
	if (needs_note_of_state(p, s))
		add_notes(&m, &state);
	if (m.was != s->mark.was || m.joined != s->mark.joined)
		write_mark(p, s, &m);
}

// Whether a guest's device leaves its bridge for a moment, or for good, or its bridge is about to change its VLANs.
static bool is_guest_disturbed(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *bridge = host_find(&p->now, s->link.master.name);
	const struct device *then = bridge ? planner_target(p, bridge) : NULL;

	if (strcmp(s->link.master.name, t->link.master.name))
		return true;
	if (planner_vlans_matter(p, s, t) && !kept_vlans_equal(&s->vlans, &t->vlans))
		return true;
	return then && (bridge->link.bridge.vlan_filtering != then->link.bridge.vlan_filtering ||
			       bridge->link.bridge.vlan_default_pvid != then->link.bridge.vlan_default_pvid);
}

// The place of a guest's device now. A bridge that isn't VLAN-aware doesn't say which VLANs the device had in it.
static void read_place(const struct planner *p, const struct device *s, struct guest_mark *g)
{
	const struct guest_mark noted = *g;
	const struct device *bridge = host_find(&p->now, s->link.master.name);

	*g = (struct guest_mark){.port_flags = device_port_flags(s),
		.vlan = bridge->mark.vlan,
		.vlans = vlans_kept(&s->vlans),
		.vlan_aware = device_is_vlan_aware(bridge),
		.filter = noted.filter};
	if (!g->vlan_aware && !strcmp(noted.bridge, bridge->link.name)) {
		g->vlan_aware = noted.vlan_aware;
		g->vlans = noted.vlans;
	}
	text_copy(g->bridge, NAME_SIZE, bridge->link.name);
	text_copy(g->uplink, NAME_SIZE, host_original_name(&p->now, bridge->mark.uplink));
}

// Where there is no room for it, a kill costs the guest its place; what was noted before isn't its place any more.
static void note_guest(struct planner *p, struct device *s, const struct device *t)
{
	struct link change = {.set = LINK_ALIAS};
	struct guest_mark g = {0};
	bool noted = mark_parse_guest(s->link.alias, &g);

	if (s->mark.changing || !is_guest_disturbed(p, s, t))
		return;
	if (*s->link.master.name)
		read_place(p, s, &g);
	else if (!noted)
		return;
	g.changing = true;
	memcpy(change.alias, s->link.alias, sizeof(change.alias));
	mark_note_guest(change.alias, &g);
	planner_set(p, s, &change);
}

static bool carries_alike(const struct mark *a, const struct mark *b)
{
	return a->inherit == b->inherit && (!a->inherit || !strcmp(a->uplink, b->uplink)) &&
	       (a->origin == MARK_NONE) == (b->origin == MARK_NONE);
}

// With another mark, what stands on s, or on a device above, would have another origin: not as long as something stands
// there that could return.
static bool changes_origins(struct planner *p, struct device *s, const struct mark *new)
{
	struct mark old = s->mark;
	const struct l3_entry *e;
	char before[NAME_SIZE];
	bool changes = false;
	size_t at = 0;

	if (carries_alike(&old, new))
		return false;
	while (!changes && (e = host_next_entry(&p->now, &at))) {
		if (e->ours || e->link_local)
			continue;
		for (size_t i = 0; i < e->device_count; i++) {
			text_copy(before, sizeof(before), origin_of(&p->now, e->devices[i].name));
			s->mark = *new;
			changes |= host_find(&p->now, before) &&
				   strcmp(before, origin_of(&p->now, e->devices[i].name)) != 0;
			s->mark = old;
		}
	}
	return changes;
}

// The mark says whose a sysctl is until that has gone back.
static bool is_sysctl_open(const struct planner *p, const struct device *s, const struct device *t)
{
	return ((s->mark.ipv6_off && !t->mark.ipv6_off) || (s->mark.accept_ra_off && !t->mark.accept_ra_off)) &&
	       planner_fields_to_set(p, s, t) & LINK_SYSCTLS;
}

// The mark would mean something else as soon as the device below is made.
static bool is_below_missing(const struct planner *p, const struct device *t)
{
	const struct device *below = t->mark.inherit ? host_find(p->target, t->mark.uplink) : NULL;

	return below && device_is_ours(below) && !planner_now(p, below);
}

static void note_ours(struct planner *p, struct device *s, const struct device *t)
{
	if (!strcmp(s->link.alias, t->link.alias) || is_sysctl_open(p, s, t) || is_below_missing(p, t) ||
		changes_origins(p, s, &t->mark))
		return;
	if (s->dhcp && !t->dhcp)
		return; // whose the client is
	planner_set_like(p, s, t, LINK_ALIAS, 0);
}

// Where the port that an entry came from is gone, the next one takes its place, before that one leaves too; so does a
// bridge's, which has lost the alternative name that the mark has, before the bridge goes.
static void renew_heir(struct planner *p, struct device *s, const struct device *t)
{
	struct mark m = s->mark;

	if ((s->link.kind != KIND_BOND && t) || !m.inherit || host_find(&p->now, m.uplink))
		return;
	text_copy(m.uplink, NAME_SIZE, origin_of(&p->now, s->link.name));
	if (host_find(&p->now, m.uplink))
		write_mark(p, s, &m);
}

void plan_note_marks(struct planner *p)
{
	for (size_t i = 0; i < p->now.count && !p->failed; i++) {
		struct device *s = p->now.devices[i];
		const struct device *t = planner_target(p, s);

		if (device_is_ours(s))
			renew_heir(p, s, t);
		if (!t)
			continue;
		if (device_is_ours(t))
			note_ours(p, s, t);
		else if (!device_is_ours(s)) {
			note_unmanaged(p, s, t);
			if (planner_concerns(p, s, t) && planner_is_guest(s, t))
				note_guest(p, s, t);
		}
	}
}

// Without its mark, the plan has nothing to do with an unmanaged device any more: its entries must be back.
static bool has_all_entries(const struct planner *p, const struct device *t)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (t->entries && (e = host_next_entry(p->target, &at)))
		if (!e->link_local && !e->stale && l3_uses(e, t->link.name) && !planner_find_now(p, e))
			return false;
	return true;
}

void plan_clear_marks(struct planner *p)
{
	for (size_t i = 0; i < p->now.count && !p->failed; i++) {
		struct device *s = p->now.devices[i];
		const struct device *t = planner_target(p, s);

		if (!t || device_is_ours(t) || !planner_concerns(p, s, t) || !strcmp(s->link.alias, t->link.alias))
			continue;
		if (planner_fields_to_set(p, s, t) || planner_options_to_set(s, t) ||
			strcmp(s->link.name, t->link.name) || needs_note_of_state(p, s) || !has_all_entries(p, t))
			continue;
		if (planner_is_guest(s, t) && is_guest_disturbed(p, s, t))
			continue;
		planner_set_like(p, s, t, LINK_ALIAS, 0);
	}
}
