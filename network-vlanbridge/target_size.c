// SPDX-License-Identifier: ISC
// MTUs and MAC addresses of the target, from below to above: what the configuration doesn't say follows from the device
// below.
#include <errno.h>
#include <string.h>

#include "target_build.h"

#define MTU_DEFAULT 1500

static void set_mtu(struct target_builder *b, const struct config_device *c, struct device *d, uint32_t mtu)
{
	if (d->link.max_mtu && mtu > d->link.max_mtu) {
		target_refuse(
			b, c, ERANGE, "mtu=%u is above the %u that %s can take", mtu, d->link.max_mtu, d->link.name);
		return;
	}
	d->link.mtu = mtu;
	d->link.set |= LINK_MTU;
}

static void set_bond_mtu(struct target_builder *b, const struct config_device *c, struct device *bond)
{
	set_mtu(b, c, bond, c->link.set & LINK_MTU ? c->link.mtu : MTU_DEFAULT);
	for (size_t i = 0; i < b->target->count && bond->ports; i++)
		if (!strcmp(b->target->devices[i]->link.master.name, bond->link.name))
			set_mtu(b, config_find(b->config, b->target->devices[i]->link.name), b->target->devices[i],
				bond->link.mtu);
}

static void set_vlan_mtu(struct target_builder *b, const struct config_device *c, struct device *vlan)
{
	const struct device *lower = host_find(b->target, vlan->link.lower.name);

	set_mtu(b, c, vlan, c->link.set & LINK_MTU || !lower ? c->link.mtu : lower->link.mtu);
}

// The kernel's word for this is "Numerical result out of range".
static void check_vlan_mtu(struct target_builder *b, const struct config_device *c, struct device *vlan)
{
	const struct device *lower = host_find(b->target, vlan->link.lower.name);

	if (lower && vlan->link.mtu > lower->link.mtu)
		target_refuse(b, c, ERANGE, "mtu=%u of VLAN %u (%s) is above the %u of %s: set mtu=%u there too",
			vlan->link.mtu, vlan->link.vlan.id, vlan->link.name, lower->link.mtu, lower->link.name,
			vlan->link.mtu);
}

// The device that carries the bridge's network to the outside, or NULL.
static const struct device *find_uplink(const struct target_builder *b, const struct device *bridge)
{
	if (bridge->mark.vlan)
		return host_find_vlan(b->target, bridge->mark.uplink, bridge->mark.vlan, LINK_VLAN_PROTOCOL_DEFAULT);
	return host_find(b->target, bridge->mark.uplink);
}

static void set_bridge_mtu(struct target_builder *b, const struct config_device *c, struct device *bridge)
{
	const struct device *uplink = find_uplink(b, bridge);
	uint32_t limit = uplink ? uplink->link.mtu : MTU_DEFAULT;

	set_mtu(b, c, bridge, c->link.set & LINK_MTU ? c->link.mtu : limit);
}

static void set_kind(struct target_builder *b, enum kind kind,
	void (*set)(struct target_builder *b, const struct config_device *c, struct device *d))
{
	for (size_t i = 0; i < b->config->count && !b->failed; i++) {
		const struct config_device *c = b->config->devices[i];
		struct device *d = c->create && c->link.kind == kind ? target_device(b, c) : NULL;

		if (d && device_is_ours(d))
			set(b, c, d);
	}
}

static void set_port_mtu(struct target_builder *b, const struct config_device *c)
{
	struct device *d = c->link.set & LINK_MTU ? target_device(b, c) : NULL;

	if (d && !device_is_ours(d))
		set_mtu(b, c, d, c->link.mtu);
}

// Unmanaged VLAN devices on a device whose MTU is lowered: the kernel lowers theirs.
static void lower_unmanaged_vlans(struct target_builder *b)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < b->target->count; i++) {
			struct device *d = b->target->devices[i];
			const struct device *lower;

			if (d->link.kind != KIND_VLAN || device_is_ours(d))
				continue;
			lower = host_find(b->target, d->link.lower.name);
			if (!lower || d->link.mtu <= lower->link.mtu || lower->mark.origin == MARK_NONE)
				continue;
			target_take(b, d);
			d->link.mtu = lower->link.mtu;
			more = true;
		}
	}
}

static void set_mtus(struct target_builder *b)
{
	for (size_t i = 0; i < b->config->count && !b->failed; i++)
		if (!b->config->devices[i]->create)
			set_port_mtu(b, b->config->devices[i]);
	set_kind(b, KIND_BOND, set_bond_mtu);
	set_kind(b, KIND_DUMMY, set_bond_mtu);
	for (int depth = 0; depth < 3; depth++) // bridges over VLANs, VLANs over bridges, QinQ
		if (!b->failed) {
			set_kind(b, KIND_VLAN, set_vlan_mtu);
			set_kind(b, KIND_BRIDGE, set_bridge_mtu);
		}
	set_kind(b, KIND_VLAN, check_vlan_mtu);
	lower_unmanaged_vlans(b);
}

static void set_mac(struct device *d, const uint8_t mac[MAC_SIZE])
{
	memcpy(d->link.mac, mac, MAC_SIZE);
	d->link.set |= LINK_MAC;
}

// With fail_over_mac a bond's MAC address is the active port's.
static bool mac_follows_port(const struct device *bond)
{
	return bond->link.bond.fail_over_mac != 0;
}

// The first port's of those that are there; said aloud, so that it doesn't depend on which port joined first, or went.
static void set_bond_mac(struct target_builder *b, const struct config_device *c, struct device *bond)
{
	bond->link.set &= ~(unsigned int)LINK_MAC;
	if (c->link.set & LINK_MAC) {
		set_mac(bond, c->link.mac);
		return;
	}
	for (size_t i = 0; i < b->config->count && bond->ports && !mac_follows_port(bond); i++) {
		const struct config_device *p = b->config->devices[i];
		const struct device *port = strcmp(p->link.master.name, bond->link.name) ? NULL : target_device(b, p);

		if (port && !strcmp(port->link.master.name, bond->link.name) && port->link.set & LINK_MAC) {
			set_mac(bond, port->link.mac);
			return;
		}
	}
}

// Without an uplink the bridge would take the lowest MAC of its vifs, and change it with them: one from its name,
// locally administered.
static void set_mac_from_name(struct device *d)
{
	uint64_t hash = 0xcbf29ce484222325; // FNV-1a
	uint8_t mac[MAC_SIZE] = {0x02};

	for (const char *c = d->link.name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	for (int i = 1; i < MAC_SIZE; i++)
		mac[i] = (uint8_t)(hash >> (8 * i));
	set_mac(d, mac);
}

static const struct device *find_mac_below(const struct target_builder *b, const char *name)
{
	const struct device *d = host_find(b->target, name);

	while (d && (!(d->link.set & LINK_MAC) || d->link.kind == KIND_VLAN))
		d = host_find(b->target, d->link.lower.name);
	return d;
}

// A bridge keeps its MAC address when its uplink changes: guests and dom0's peers know it.
static void set_bridge_mac(struct target_builder *b, const struct config_device *c, struct device *bridge)
{
	const struct device *now = host_find(&b->origin->ours, bridge->link.name);
	const struct device *below = find_mac_below(b, bridge->mark.uplink);

	if (c->link.set & LINK_MAC)
		set_mac(bridge, c->link.mac);
	else if (now && now->link.kind == KIND_BRIDGE && now->link.set & LINK_MAC)
		set_mac(bridge, now->link.mac);
	else if (below)
		set_mac(bridge, below->link.mac);
	else
		set_mac_from_name(bridge);
}

void target_set_sizes(struct target_builder *b)
{
	set_mtus(b);
	set_kind(b, KIND_BOND, set_bond_mac);
	set_kind(b, KIND_BRIDGE, set_bridge_mac);
}
