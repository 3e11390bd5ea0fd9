// SPDX-License-Identifier: ISC
// How the port of a guest gets from one state to another.
#include "port_change.h"

#include <linux/if_link.h>
#include <string.h>

#define FLAGS (LINK_PORT_ISOLATED | LINK_PORT_LEARNING | LINK_PORT_LOCKED)
#define FLUSH (1ULL << IFLA_BRPORT_FLUSH) // a command: forget what was learned at it

bool port_moves(const struct port_state *from, const struct port_state *to)
{
	if (from->bridge.index != to->bridge.index)
		return true;
	return to->vlan_aware && !port_vlans_equal(&from->vlans, &to->vlans);
}

static void decide_link(const struct port_state *from, const struct port_state *to, struct port_change *c)
{
	c->link.mtu = to->mtu;
	c->link.master = to->bridge;
	memcpy(c->link.alias, to->alias, ALIAS_SIZE);
	if (from->mtu != to->mtu)
		c->fields |= LINK_MTU;
	if (strcmp(from->alias, to->alias))
		c->fields |= LINK_ALIAS;
	if (c->steps & PORT_BIT(PORT_LEAVE) && to->bridge.index)
		c->fields |= LINK_MASTER;
	if (c->fields)
		c->steps |= PORT_BIT(PORT_LINK);
}

// A port that leaves has no VLAN; a new one has the bridge's default.
static void decide_vlans(const struct port_state *from, const struct port_state *to, struct port_change *c)
{
	struct port_vlans now = from->vlans;

	if (!to->vlan_aware)
		return;
	if (c->steps & PORT_BIT(PORT_LEAVE))
		port_vlans_default(&now, to->default_pvid);
	port_vlans_difference(&now, &to->vlans, &c->drop, &c->add);
	if (!vlans_empty(&c->drop.all))
		c->steps |= PORT_BIT(PORT_DROP_VLANS);
	if (!vlans_empty(&c->add.all))
		c->steps |= PORT_BIT(PORT_ADD_VLANS);
}

// The entry is in each of the port's VLANs, and goes with the port.
static void decide_entry(const struct port_state *from, const struct port_state *to, struct port_change *c)
{
	unsigned int of_vlans = c->steps & (PORT_BIT(PORT_DROP_VLANS) | PORT_BIT(PORT_ADD_VLANS));
	bool leaves = c->steps & PORT_BIT(PORT_LEAVE);
	bool alike = from->pinned && to->pinned && !memcmp(from->mac, to->mac, MAC_SIZE) && !of_vlans;

	memcpy(c->unpin, from->mac, MAC_SIZE);
	memcpy(c->pin, to->mac, MAC_SIZE);
	if (from->pinned && !leaves && !alike)
		c->steps |= PORT_BIT(PORT_UNPIN);
	if (to->pinned && to->bridge.index && (leaves || !alike))
		c->steps |= PORT_BIT(PORT_PIN);
}

// Linux before 5.18 has no LINK_PORT_LOCKED, reports none and ignores it.
static void decide_flags(const struct port_state *from, const struct port_state *to, struct port_change *c)
{
	bool leaves = c->steps & PORT_BIT(PORT_LEAVE);

	c->link.up = true;
	c->link.port_flags = to->flags & FLAGS;
	c->link.port_flags_known = leaves ? FLAGS : (from->flags ^ to->flags) & FLAGS;
	if (!leaves && c->link.port_flags_known & LINK_PORT_LEARNING && !(to->flags & LINK_PORT_LEARNING))
		c->link.port_flags_known |= FLUSH;
	if (c->link.port_flags_known && to->bridge.index)
		c->flag_fields |= LINK_PORT_FLAGS;
	if (leaves && to->bridge.index)
		c->flag_fields |= LINK_UP;
	if (c->flag_fields)
		c->steps |= PORT_BIT(PORT_FLAGS);
}

void port_change_decide(const struct port_state *from, const struct port_state *to, bool anew, struct port_change *ret)
{
	struct port_change c = {0};

	if (anew || from->bridge.index != to->bridge.index)
		c.steps |= PORT_BIT(PORT_LEAVE);
	decide_link(from, to, &c);
	decide_vlans(from, to, &c);
	decide_entry(from, to, &c);
	decide_flags(from, to, &c);
	*ret = c;
}
