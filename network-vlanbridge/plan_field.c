// SPDX-License-Identifier: ISC
// What a device has besides options: MTU, MAC address, name, up or down.
#include <string.h>
#include <sys/socket.h>

#include "plan_build.h"

static bool is_mtu_possible(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *lower = host_find(&p->now, s->link.lower.name);

	return !device_is_kind(s, KIND_VLAN) || !lower || t->link.mtu <= lower->link.mtu;
}

// A bond's MTU becomes that of all its ports, also of one that is about to leave.
static bool has_leaving_port(const struct planner *p, const struct device *s)
{
	for (size_t i = 0; i < p->now.count && s->ports && device_is_kind(s, KIND_BOND); i++) {
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
	unsigned int fields =
		planner_fields_to_set(p, s, t) & (LINK_MTU | LINK_MAC | LINK_GROUP | LINK_ADDR_GEN | LINK_ALTNAME);

	// A bond's port has the bond's MTU; while it isn't the port that it is to be, its own doesn't count.
	if (planner_is_bond_port(p, s, t) || !is_mtu_possible(p, s, t) || has_leaving_port(p, s))
		fields &= ~(unsigned int)LINK_MTU;
	// Given back while it is still a port, the kernel would make a link-local address on it.
	if (t->link.addr_gen != LINK_ADDR_GEN_NONE && strcmp(s->link.master.name, t->link.master.name))
		fields &= ~(unsigned int)LINK_ADDR_GEN;
	return fields;
}

static bool has_ipv6_address(const struct planner *p, const struct device *s)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (s->entries && (e = host_next_entry(&p->now, &at)))
		if (e->kind == L3_ADDRESS && e->family == AF_INET6 && !e->link_local && l3_uses(e, s->link.name))
			return true;
	return false;
}

// Before anything is attached. disable_ipv6 takes addresses away: they go first.
void plan_set_sysctls(struct planner *p, struct device *s, const struct device *t)
{
	if (!link_is_without_ipv6(&t->link) || !has_ipv6_address(p, s))
		planner_set_like(p, s, t, planner_fields_to_set(p, s, t) & LINK_SYSCTLS, 0);
}

// What is set in another way than by a message goes alone: the mode in which a device makes link-local addresses, which
// it has only with an MTU for IPv6.
void plan_set_fields(struct planner *p, struct device *s, const struct device *t)
{
	const unsigned int fields = fields_possible_now(p, s, t);
	const unsigned int first = s->link.mtu < IPV6_MTU_MIN ? LINK_MTU : 0;
	const unsigned int alone = t->link.addr_gen != LINK_ADDR_GEN_NONE ? LINK_ADDR_GEN : 0;

	planner_set_like(p, s, t, fields & first, 0);
	planner_set_like(p, s, t, fields & alone, 0);
	planner_set_like(p, s, t, fields & ~first & ~alone, 0);
}

// The kernel renames a device only while it is down; plan_bring_up comes next.
void plan_rename_device(struct planner *p, struct device *s, const struct device *t)
{
	struct link change = {.set = LINK_RENAME};

	if (device_is_ours(t) || !strcmp(s->link.name, t->link.name) || host_find(&p->now, t->link.name) ||
		!planner_is_safe_to_rename(p, s))
		return;
	planner_set_up(p, s, false);
	text_copy(change.new_name, NAME_SIZE, t->link.name);
	planner_set(p, s, &change);
}

static bool may_go_up(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *lower = host_find(&p->now, s->link.lower.name);

	if (device_is_kind(s, KIND_VLAN) && lower && !lower->link.up)
		return false;
	// A bond takes it down, and brings it up itself.
	return !host_is_bond_port(p->target, t) || !strcmp(s->link.master.name, t->link.master.name);
}

void plan_bring_up(struct planner *p, struct device *s, const struct device *t)
{
	if (t->link.up && !s->link.up && may_go_up(p, s, t))
		planner_set_up(p, s, true);
}

// Last, when what stands on it is gone.
void plan_bring_down(struct planner *p, struct device *s, const struct device *t)
{
	if (!t->link.up && s->link.up && !strcmp(s->link.master.name, t->link.master.name) &&
		planner_is_safe_to_lower(p, s))
		planner_set_up(p, s, false);
}
