// SPDX-License-Identifier: ISC
// Devices: made, changed, made ports, deleted.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "plan_build.h"

static bool is_kind(const struct device *d, enum kind kind)
{
	return d && d->link.kind == kind;
}

void plan_load_module(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->now.bonding; i++) {
		const struct device *t = p->target->devices[i];

		if (is_kind(t, KIND_BOND) && device_is_ours(t) && !planner_now(p, t))
			planner_do(p, (struct step){.kind = STEP_MODULE});
	}
}

// ---- creation

// A new device says what differs from what the kernel gives it; a bond or dummy becomes a port later.
static struct link described_new(const struct device *t)
{
	const struct kind_row *k = &link_kinds[t->link.kind];
	struct link l = t->link, initial = {.kind = t->link.kind};

	l.index = 0;
	l.set &= LINK_UP | LINK_MTU | LINK_MAC | LINK_MASTER | LINK_LOWER | LINK_ALIAS | LINK_GROUP | LINK_ADDR_GEN | LINK_ALTNAME;
	if (l.kind != KIND_VLAN || !*l.master.name)
		l.set &= ~(unsigned int)LINK_MASTER;
	if (l.kind == KIND_VLAN)
		l.set &= ~(unsigned int)LINK_MAC;
	else
		l.set &= ~(unsigned int)LINK_LOWER;
	for (size_t i = 0; i < k->count && l.kind != KIND_VLAN; i++) {
		option_reset(&initial, &k->options[i]);
		if (option_equal(&initial, &l, &k->options[i]) || !planner_is_taken_in_mode(&k->options[i], &l))
			l.options &= ~(1ULL << i);
	}
	if (!(l.set & LINK_MASTER))
		l.master = (struct link_ref){0};
	return l;
}

static bool is_name_free(const struct planner *p, const struct device *t)
{
	return !host_find(&p->now, t->link.name) && !(t->link.set & LINK_ALTNAME && *t->link.altname && host_find(&p->now, t->link.altname));
}

// Bonds, dummies and bridges stand on nothing.
void plan_create_devices(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct link l;

		if (!device_is_ours(t) || is_kind(t, KIND_VLAN) || t->mark.adopted || planner_now(p, t) || !is_name_free(p, t))
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

	if (!lower || !after || planner_now(p, after) != lower || (t->link.up && !lower->link.up) || t->link.mtu > lower->link.mtu)
		return false;
	return !is_kind(lower, KIND_BOND) || lower->ports || !is_coming(p, lower->link.name);
}

static bool is_ready_as_master(const struct planner *p, const char *name)
{
	const struct device *t = host_find(p->target, name), *s = host_find(&p->now, name);

	return !*name || (s && t && planner_now(p, t) == s);
}

// Two networks must not be joined, not even for a moment: another uplink leaves first. Returns whether there is none any more.
static bool release_other_uplinks(struct planner *p, const struct device *s, const char *bridge)
{
	const struct device *m = host_find(&p->now, bridge);

	for (size_t i = 0; i < p->now.count && m && m->ports && !p->failed; i++) {
		struct device *d = p->now.devices[i];
		const struct device *t;

		if (d == s || strcmp(d->link.master.name, bridge) || d->mark.origin == MARK_NONE)
			continue;
		t = planner_target(p, d);
		if (!t)
			return false; // it is about to be deleted
		if (strcmp(t->link.master.name, bridge))
			planner_set_master(p, d, "");
	}
	return !p->failed;
}

static void create_vlan(struct planner *p, const struct device *t)
{
	const struct device *lower = host_find(&p->now, t->link.lower.name);
	struct link l;

	if (!is_ready_for_vlans(p, lower, t) || !is_ready_as_master(p, t->link.master.name) || !is_name_free(p, t))
		return;
	if (host_find_vlan(&p->now, t->link.lower.name, t->link.vlan.id, t->link.vlan.protocol))
		return;
	if (*t->link.master.name && !release_other_uplinks(p, NULL, t->link.master.name))
		return;
	l = described_new(t);
	planner_add_link(p, &l);
}

// In the target's order those below may come later: the next round makes what stands on them.
void plan_create_vlans(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];

		if (device_is_ours(t) && is_kind(t, KIND_VLAN) && !planner_now(p, t))
			create_vlan(p, t);
	}
}

// ---- deletion

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

// Ports that are taken or ours leave in their own time; guests' are released by the kernel.
static bool has_port_that_leaves(const struct planner *p, const struct device *s)
{
	for (size_t i = 0; i < p->now.count && s->ports; i++) {
		const struct device *d = p->now.devices[i];

		if (!strcmp(d->link.master.name, s->link.name) && d->mark.origin != MARK_NONE && !is_doomed(p, d))
			return true;
	}
	return false;
}

static bool loses_entries(const struct planner *p, const struct device *s)
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

// An IPv6 route through a gateway may have its other copy as sibling. That one counts as dead while its device comes up, and if it does when
// this device goes, the kernel takes both (fib6_ifdown).
static void remove_siblings(struct planner *p, const struct device *s)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (!p->failed && s->entries && (e = host_next_entry(&p->now, &at)))
		if (e->kind == L3_ROUTE && e->family == AF_INET6 && e->gateway && e->device_count == 1 && l3_uses(e, s->link.name))
			planner_entry(p, false, e);
}

static void delete_device(struct planner *p, const char *name)
{
	const struct device *s = host_find(&p->now, name);

	if (!s || !is_doomed(p, s) || s->uppers || has_port_that_leaves(p, s) || loses_entries(p, s))
		return;
	if (s->dhcp)
		planner_dhcp(p, s, false);
	remove_siblings(p, s);
	if (!p->failed)
		planner_delete_link(p, s);
}

void plan_delete_devices(struct planner *p)
{
	struct device **doomed = calloc(p->now.count + 1, sizeof(*doomed));
	char (*names)[NAME_SIZE] = calloc(p->now.count + 1, sizeof(*names));
	size_t n = 0;

	if (!doomed || !names)
		planner_fail(p, ENOMEM, "no memory for the plan");
	for (size_t i = 0; i < p->now.count && !p->failed; i++)
		if (is_doomed(p, p->now.devices[i]))
			doomed[n++] = p->now.devices[i];
	if (n)
		qsort(doomed, n, sizeof(*doomed), upper_first);
	for (size_t i = 0; i < n; i++)
		memcpy(names[i], doomed[i]->link.name, NAME_SIZE);
	for (size_t i = 0; i < n && !p->failed; i++)
		delete_device(p, names[i]);
	free(names);
	free(doomed);
}

// ---- options

static struct link only_options(const struct device *t, uint64_t which)
{
	struct link l = t->link;

	l.set = 0;
	l.options = which;
	return l;
}

static uint64_t options_with_rule(enum kind kind, unsigned int rule)
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
	for (size_t i = 0; i < p->now.count && bond->ports && !p->failed; i++) {
		struct device *d = p->now.devices[i];

		if (strcmp(d->link.master.name, bond->link.name))
			continue;
		if (!planner_is_safe_to_lower(p, d))
			return false;
		planner_set_master(p, d, "");
	}
	return !p->failed;
}

static void set_if_any(struct planner *p, struct device *s, const struct device *t, uint64_t options)
{
	struct link change = only_options(t, options);

	if (options && !p->failed)
		planner_set(p, s, &change);
}

// Options of the old mode that the new one doesn't know.
static uint64_t options_before_mode(const struct device *s, const struct device *t, uint64_t options)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];
	uint64_t found = 0;

	for (size_t i = 0; i < k->count && s->link.bond.mode != t->link.bond.mode; i++)
		if (k->options[i].modes && !(k->options[i].modes & 1U << t->link.bond.mode))
			found |= options & 1ULL << i;
	return found;
}

// Options that the kernel takes only from a bond that is down, or has no ports; the ports join again in their turn.
static void set_bond_options(struct planner *p, struct device *s, const struct device *t, uint64_t options)
{
	uint64_t empty = options & options_with_rule(KIND_BOND, OPTION_EMPTY);
	uint64_t down = options & options_with_rule(KIND_BOND, OPTION_DOWN | OPTION_EMPTY);
	uint64_t first = options_before_mode(s, t, options);

	if (down && !planner_is_safe_to_lower(p, s))
		return;
	if (empty && !release_ports(p, s))
		return;
	if (down && s->link.up)
		planner_set_up(p, s, false);
	set_if_any(p, s, t, first);
	set_if_any(p, s, t, empty & ~first);
	set_if_any(p, s, t, down & ~empty & ~first);
	set_if_any(p, s, t, options & ~down & ~first);
	if (down && t->link.up && !p->failed)
		planner_set_up(p, s, true);
}

// Before a bridge is no longer VLAN-aware, its ports lose the VLANs that nobody would see any more.
static void reset_vlans(struct planner *p, const struct device *bridge)
{
	for (size_t i = 0; i < p->now.count && !p->failed; i++) {
		struct device *d = p->now.devices[i];
		const struct device *t = planner_target(p, d);

		if (t && (d == bridge || !strcmp(d->link.master.name, bridge->link.name)) && planner_vlans_matter(p, d, t))
			planner_vlans(p, d, &t->vlans);
	}
}

// STP first: what forward delay the kernel takes depends on it.
static void set_bridge_options(struct planner *p, struct device *s, const struct device *t, uint64_t options)
{
	uint64_t stp = 1ULL << (option_find(KIND_BRIDGE, "stp") - link_kinds[KIND_BRIDGE].options);

	if (s->link.bridge.vlan_filtering && !t->link.bridge.vlan_filtering)
		reset_vlans(p, s);
	set_if_any(p, s, t, options & stp);
	set_if_any(p, s, t, options & ~stp);
}

void plan_set_options(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);
		uint64_t options = s ? planner_options_to_set(s, t) : 0;

		if (!options)
			continue;
		if (is_kind(t, KIND_BOND))
			set_bond_options(p, s, t, options);
		else
			set_bridge_options(p, s, t, options);
	}
}

// ---- fields

// A bond's port has the bond's MTU; while it isn't the port that it is to be, its own doesn't count.
static bool follows_bond(const struct planner *p, const struct device *s, const struct device *t)
{
	return is_kind(host_find(&p->now, s->link.master.name), KIND_BOND) ||
		is_kind(host_find(p->target, t->link.master.name), KIND_BOND);
}

static bool is_mtu_possible(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *lower = host_find(&p->now, s->link.lower.name);

	return !is_kind(s, KIND_VLAN) || !lower || t->link.mtu <= lower->link.mtu;
}

// A bond's MTU becomes that of all its ports, also of one that is about to leave.
static bool has_leaving_port(const struct planner *p, const struct device *s)
{
	for (size_t i = 0; i < p->now.count && s->ports && is_kind(s, KIND_BOND); i++) {
		const struct device *d = p->now.devices[i], *t;

		if (strcmp(d->link.master.name, s->link.name))
			continue;
		t = planner_target(p, d);
		if (!t || strcmp(t->link.master.name, s->link.name))
			return true;
	}
	return false;
}

static unsigned int fields_possible_now(const struct planner *p, const struct device *s, const struct device *t)
{
	unsigned int fields = planner_fields_to_set(p, s, t) & (LINK_MTU | LINK_MAC | LINK_GROUP | LINK_ADDR_GEN | LINK_ALTNAME | LINK_SYSCTLS);

	if (follows_bond(p, s, t) || !is_mtu_possible(p, s, t) || has_leaving_port(p, s))
		fields &= ~(unsigned int)LINK_MTU;
	// Given back while it is still a port, the kernel would make a link-local address on it.
	if (t->link.addr_gen != LINK_ADDR_GEN_NONE && strcmp(s->link.master.name, t->link.master.name))
		fields &= ~(unsigned int)LINK_ADDR_GEN;
	if (!device_is_ours(t) && !device_is_ours(s))
		fields &= ~(unsigned int)(LINK_MAC | LINK_GROUP | LINK_ALTNAME | LINK_SYSCTLS);
	return fields;
}

// What is set in another way than by a message goes alone: sysctls, and the mode in which a device makes link-local addresses.
static void set_fields(struct planner *p, struct device *s, struct link change)
{
	unsigned int rest = change.set & ~(unsigned int)LINK_ADDR_GEN;

	if (change.addr_gen != LINK_ADDR_GEN_NONE && change.set & LINK_ADDR_GEN) {
		change.set = LINK_ADDR_GEN;
		planner_set(p, s, &change);
		change.set = rest;
	}
	rest = change.set & ~(unsigned int)LINK_SYSCTLS;
	if (change.set & LINK_SYSCTLS && !p->failed) {
		change.set = LINK_SYSCTLS;
		planner_set(p, s, &change);
		change.set = rest;
	}
	if (change.set && !p->failed)
		planner_set(p, s, &change);
}

void plan_set_fields(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);
		struct link change = t->link;

		if (!s || !planner_concerns(p, s, t))
			continue;
		change.options = 0;
		change.set = fields_possible_now(p, s, t);
		if (change.set & LINK_MAC && !(s->link.set & LINK_MAC))
			memset(s->link.mac, 0, MAC_SIZE);
		set_fields(p, s, change);
	}
}

// ---- names

// The kernel renames a device only while it is down.
static void rename_device(struct planner *p, struct device *s, const struct device *t)
{
	struct link change = {.kind = s->link.kind, .set = LINK_RENAME, .index = s->link.index};

	if (host_find(&p->now, t->link.name) || !planner_is_safe_to_rename(p, s))
		return;
	if (s->link.up)
		planner_set_up(p, s, false);
	text_copy(change.new_name, NAME_SIZE, t->link.name);
	if (!p->failed)
		planner_set(p, s, &change);
	if (!p->failed && t->link.up)
		planner_set_up(p, s, true);
}

void plan_rename_devices(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = device_is_ours(t) ? NULL : planner_now(p, t);

		if (s && strcmp(s->link.name, t->link.name) && planner_concerns(p, s, t))
			rename_device(p, s, t);
	}
}

// ---- up and down

static bool may_go_up(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *lower = host_find(&p->now, s->link.lower.name);

	if (is_kind(s, KIND_VLAN) && lower && !lower->link.up)
		return false;
	// A bond takes it down, and brings it up itself.
	return !is_kind(host_find(p->target, t->link.master.name), KIND_BOND) || !strcmp(s->link.master.name, t->link.master.name);
}

void plan_bring_up(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = t->link.up ? planner_now(p, t) : NULL;

		if (s && !s->link.up && planner_concerns(p, s, t) && may_go_up(p, s, t))
			planner_set_up(p, s, true);
	}
}

// Last, when what stands on it is gone.
void plan_bring_down(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = t->link.up ? NULL : planner_now(p, t);

		if (s && s->link.up && planner_concerns(p, s, t) && !strcmp(s->link.master.name, t->link.master.name) &&
			planner_is_safe_to_lower(p, s))
			planner_set_up(p, s, false);
	}
}

// ---- masters

static bool is_guest(const struct device *s, const struct device *t)
{
	return s->mark.origin == MARK_NONE && t->mark.origin == MARK_NONE;
}

// While options are open for which the bond must have no ports, or its MTU, which its ports get, nobody joins.
static bool is_open(const struct planner *p, const struct device *master)
{
	const struct device *t = planner_target(p, master);

	if (!t || (t->link.set & LINK_MTU && t->link.mtu != master->link.mtu))
		return false;
	return !(planner_options_to_set(master, t) & options_with_rule(KIND_BOND, OPTION_EMPTY));
}

static void join_bridge(struct planner *p, struct device *s, const struct device *t)
{
	struct link flags = t->link;

	if (s->mark.origin != MARK_NONE && !release_other_uplinks(p, s, t->link.master.name))
		return;
	planner_set_master(p, s, t->link.master.name);
	// At once: a guest's port is what it was, or not there.
	flags.set = LINK_PORT_FLAGS;
	flags.options = 0;
	if (!p->failed && planner_vlans_matter(p, s, t))
		planner_vlans(p, s, &t->vlans);
	if (!p->failed && planner_fields_to_set(p, s, t) & LINK_PORT_FLAGS)
		planner_set(p, s, &flags);
}

// The kernel gives a port that leaves its bond the MTU back that it had when it joined: that must be its own.
static void give_back_mtu(struct planner *p, struct device *s)
{
	struct link change = {.kind = s->link.kind, .set = LINK_MTU, .mtu = s->mark.was_mtu};

	if (s->mark.was & MARK_WAS_MTU && !p->failed)
		planner_set(p, s, &change);
}

static void join_bond(struct planner *p, struct device *s, const char *bond)
{
	if (!is_open(p, host_find(&p->now, bond)) || !planner_is_safe_to_lower(p, s))
		return;
	if (s->link.up)
		planner_set_up(p, s, false);
	give_back_mtu(p, s);
	if (!p->failed)
		planner_set_master(p, s, bond);
}

// A port that gets another name first leaves where it is: its old master may have that name.
static void move_port(struct planner *p, struct device *s, const struct device *t)
{
	const char *master = strcmp(s->link.name, t->link.name) ? "" : t->link.master.name;

	if (!is_ready_as_master(p, master))
		return;
	if (is_kind(host_find(&p->now, s->link.master.name), KIND_BOND)) {
		if (!planner_is_safe_to_lower(p, s))
			return;
		planner_set_master(p, s, "");
	}
	if (p->failed || !*master) {
		if (!p->failed)
			planner_set_master(p, s, "");
		return;
	}
	if (is_kind(host_find(&p->now, master), KIND_BOND))
		join_bond(p, s, master);
	else
		join_bridge(p, s, t);
}

static void set_masters(struct planner *p, bool guests)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);

		if (!s || !planner_concerns(p, s, t) || is_guest(s, t) != guests || !strcmp(s->link.master.name, t->link.master.name))
			continue;
		move_port(p, s, t);
	}
}

void plan_set_masters(struct planner *p)
{
	set_masters(p, false);
}

// They leave with their bridge, or go straight to the next one.
void plan_attach_guests(struct planner *p)
{
	set_masters(p, true);
}

// ---- ports of bridges

void plan_set_vlans(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);

		if (s && planner_concerns(p, s, t) && planner_vlans_matter(p, s, t) && !port_vlans_equal(&s->vlans, &t->vlans))
			planner_vlans(p, s, &t->vlans);
	}
}

void plan_set_port_flags(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);
		struct link change = t->link;

		if (!s || !planner_concerns(p, s, t) || !(planner_fields_to_set(p, s, t) & LINK_PORT_FLAGS) ||
			strcmp(s->link.master.name, t->link.master.name))
			continue;
		change.options = 0;
		change.set = LINK_PORT_FLAGS;
		planner_set(p, s, &change);
	}
}

void plan_start_dhcp(struct planner *p)
{
	for (size_t i = 0; i < p->target->count && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);

		if (!s || !device_is_ours(t) || s->dhcp == t->dhcp)
			continue;
		if (s->dhcp || s->link.up)
			planner_dhcp(p, s, t->dhcp);
	}
}
