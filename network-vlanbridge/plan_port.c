// SPDX-License-Identifier: ISC
// Ports of bonds and bridges, and what they have there.
#include <string.h>

#include "plan_build.h"

bool planner_is_guest(const struct device *s, const struct device *t)
{
	return s->mark.origin == MARK_NONE && t->mark.origin == MARK_NONE;
}

// While options are open for which the bond must have no ports, or its MTU, which its ports get, nobody joins.
static bool is_open(const struct planner *p, const struct device *master)
{
	const struct device *t = planner_target(p, master);

	if (!t || t->link.mtu != master->link.mtu)
		return false;
	return !(planner_options_to_set(master, t) & link_options_with_rule(KIND_BOND, OPTION_EMPTY));
}

static void join_bridge(struct planner *p, struct device *s, const struct device *t)
{
	if (!planner_release_other_uplinks(p, t->link.master.name))
		return;
	planner_set_master(p, s, t->link.master.name);
	// At once, and isolated before it is in a VLAN.
	planner_set_like(p, s, t, planner_fields_to_set(p, s, t) & LINK_PORT_FLAGS, 0);
	if (planner_vlans_matter(p, s, t))
		planner_vlans_as(p, s, t);
}

// The kernel gives a port that leaves its bond the MTU back that it had when it joined: that must be its own.
static void give_back_mtu(struct planner *p, struct device *s)
{
	struct link change = {.set = LINK_MTU, .mtu = s->mark.was_mtu};

	if (s->mark.was & MARK_WAS_MTU)
		planner_set(p, s, &change);
}

static void join_bond(struct planner *p, struct device *s, const char *bond)
{
	if (!is_open(p, host_find(&p->now, bond)) || !planner_is_safe_to_lower(p, s))
		return;
	planner_set_up(p, s, false);
	give_back_mtu(p, s);
	planner_set_master(p, s, bond);
}

// A port that gets another name first leaves where it is: its old master may have that name.
static void move_port(struct planner *p, struct device *s, const struct device *t)
{
	const char *master = strcmp(s->link.name, t->link.name) ? "" : t->link.master.name;

	if (!planner_is_ready_as_master(p, master))
		return;
	if (host_is_bond_port(&p->now, s)) {
		if (!planner_is_safe_to_lower(p, s))
			return;
		planner_set_master(p, s, "");
	}
	if (!*master)
		planner_set_master(p, s, "");
	else if (device_is_kind(host_find(&p->now, master), KIND_BOND))
		join_bond(p, s, master);
	else
		join_bridge(p, s, t);
}

void plan_set_master(struct planner *p, struct device *s, const struct device *t)
{
	if (!planner_is_guest(s, t) && strcmp(s->link.master.name, t->link.master.name) != 0)
		move_port(p, s, t);
}

// They leave with their bridge, or go straight to the next one.
void plan_attach_guest(struct planner *p, struct device *s, const struct device *t)
{
	if (planner_is_guest(s, t) && strcmp(s->link.master.name, t->link.master.name) != 0)
		move_port(p, s, t);
}

void plan_set_vlans(struct planner *p, struct device *s, const struct device *t)
{
	if (planner_vlans_matter(p, s, t) && !kept_vlans_equal(&s->vlans, &t->vlans))
		planner_vlans_as(p, s, t);
}

void plan_set_port_flags(struct planner *p, struct device *s, const struct device *t)
{
	if (!strcmp(s->link.master.name, t->link.master.name))
		planner_set_like(p, s, t, planner_fields_to_set(p, s, t) & LINK_PORT_FLAGS, 0);
}

void plan_start_dhcp(struct planner *p, struct device *s, const struct device *t)
{
	if (s->dhcp != t->dhcp)
		planner_dhcp(p, s, t->dhcp);
}
