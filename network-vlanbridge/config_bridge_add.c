// SPDX-License-Identifier: ISC
// What an item of bridges adds to the configuration: a bridge, or one for each VLAN, with their
// VLAN devices and uplinks.
#include <linux/if_ether.h>
#include <string.h>

#include "config_bridge.h"

static void add_vlan(struct config_item *it, const struct bridge_item *b, const struct config_device *bridge)
{
	struct vlan_item v = {.lower = bridge->mark.uplink,
		.master = bridge->link.name,
		.name_key = "vlan_name",
		.id = bridge->mark.vlan,
		.protocol = ETH_P_8021Q};
	char name[NAME_SIZE];
	struct config_device *d;

	if (b->vlan_name) {
		if (config_item_expand(it, "vlan_name", b->vlan_name, v.id, name))
			return;
		v.name = name;
	}
	d = config_item_vlan_device(it, &v);
	if (!d)
		return;
	d->on_demand = b->mark.demand;
	if (bridge->link.set & LINK_MTU)
		config_set_mtu(&d->link, bridge->link.mtu);
}

static void set_uplink_mtu(struct config_item *it, struct config_device *uplink, uint32_t mtu)
{
	char line[24];

	if (uplink->create && uplink->link.set & LINK_MTU && mtu > uplink->link.mtu)
		config_item_refuse(it, "mtu=%u is more than that of its uplink: %s has mtu=%u%s", mtu,
			uplink->link.name, uplink->link.mtu, config_print_line(line, uplink->line));
	config_set_mtu(&uplink->link, mtu);
}

// The uplink itself is the bridge's port: with all its VLANs, or tagged in those of a VLAN-aware
// bridge.
static void add_uplink(
	struct config_item *it, const struct bridge_item *b, struct config_device *uplink, const char *bridge)
{
	struct port_vlans vlans;

	if (config_item_set_master(it, uplink, bridge))
		return;
	// dom0 is reached on the bridge if at all: its port gets no link-local address.
	uplink->link.set |= LINK_ADDR_GEN;
	uplink->link.addr_gen = LINK_ADDR_GEN_NONE;
	if (b->link.set & LINK_MTU)
		set_uplink_mtu(it, uplink, b->link.mtu);
	if (vlans_empty(&b->tagged))
		return;
	uplink->tagged = true;
	vlans = b->untagged;
	vlans_union(&vlans.all, &b->tagged);
	if (vlans_keep(&uplink->vlans, &vlans))
		config_item_refuse_memory(it);
}

// A dummy device is made when it is missing: a network of guests and dom0 alone.
static struct config_device *refer_to_uplink(struct config_item *it, const struct bridge_item *b)
{
	struct config_device *uplink = config_find(it->to, b->uplink);

	if (!strncmp(b->uplink, "dummy", 5) && !(uplink && uplink->create))
		uplink = config_item_define(it, b->uplink, KIND_DUMMY);
	else
		uplink = config_item_refer(it, b->uplink);
	if (!uplink)
		return NULL;
	uplink->optional |= b->optional;
	if (b->legacy)
		text_copy(uplink->renamed_from, NAME_SIZE, b->name);
	return uplink;
}

static struct config_device *define_bridge(
	struct config_item *it, const struct bridge_item *b, const char *name, unsigned int vlan)
{
	struct config_device *bridge = config_item_define(it, name, KIND_BRIDGE);

	if (!bridge)
		return NULL;
	bridge->link.set |= b->link.set;
	bridge->link.options = b->link.options;
	bridge->link.bridge = b->link.bridge;
	bridge->link.mtu = b->link.mtu;
	memcpy(bridge->link.mac, b->link.mac, MAC_SIZE);
	bridge->mark = b->mark;
	bridge->mark.origin = it->origin;
	bridge->mark.vlan = vlan;
	bridge->on_demand = b->mark.demand;
	bridge->tagged = !vlans_empty(&b->tagged);
	if (vlans_keep(&bridge->vlans, &b->untagged))
		config_item_refuse_memory(it);
	return bridge;
}

static bool gets_untagged_frames(const struct bridge_item *b)
{
	return *b->uplink && vlans_empty(&b->vlans) && (!b->link.bridge.vlan_filtering || b->untagged.pvid);
}

static void add_bridge(struct config_item *it, const struct bridge_item *b, unsigned int vlan)
{
	struct config_device *bridge, *uplink;
	char name[NAME_SIZE];

	if (config_item_expand(it, "name", b->name, vlan, name))
		return;
	if (!strcmp(name, b->uplink)) {
		config_item_refuse(it,
			"bridge %s can't be its own uplink: give it another name, or legacy=yes, "
			"which renames the uplink",
			name);
		return;
	}
	bridge = define_bridge(it, b, name, vlan);
	if (!bridge)
		return;
	config_item_address(it, bridge, gets_untagged_frames(b));
	if (!*b->uplink)
		return;
	uplink = refer_to_uplink(it, b);
	if (!uplink)
		return;
	text_copy(bridge->mark.uplink, NAME_SIZE, uplink->link.name);
	// What a bond of the file has, its VLANs and bridges have too, also when the file changes.
	if (uplink->create && uplink->link.set & LINK_MTU && !(bridge->link.set & LINK_MTU))
		config_set_mtu(&bridge->link, uplink->link.mtu);
	if (vlan)
		add_vlan(it, b, bridge);
	else
		add_uplink(it, b, uplink, name);
}

// A vif waits while this is read: of a thousand VLANs on demand, only the one counts that it asks
// for by any of its names.
static bool is_ignored(struct config_item *it, const struct bridge_item *b, unsigned int vlan)
{
	const char *asked = it->to->demanded;
	char id[16], name[NAME_SIZE], device[NAME_SIZE] = "", usual[NAME_SIZE + sizeof(id)];

	if (!asked || !b->mark.demand)
		return false;
	snprintf(id, sizeof(id), "%u", vlan);
	// A name that doesn't contain the ID can't be one of these: this spares printing nearly all
	// of them.
	if (strstr(b->name, "{vlan}") && !b->vlan_name && !strstr(asked, id))
		return true;
	snprintf(usual, sizeof(usual), "%s.%s", b->uplink, id);
	if (config_item_expand(it, "name", b->name, vlan, name))
		return false;
	if (b->vlan_name && config_item_expand(it, "vlan_name", b->vlan_name, vlan, device))
		return false;
	return strcmp(asked, usual) && strcmp(asked, name) && strcmp(asked, device);
}

void config_bridge_add(struct config_item *it, const struct bridge_item *b)
{
	unsigned int first, last, id = 0;

	if (vlans_empty(&b->vlans)) {
		add_bridge(it, b, 0);
		return;
	}
	for (; !it->failed && vlans_range(&b->vlans, id, &first, &last); id = last + 1)
		for (unsigned int vlan = first; vlan <= last && !it->failed; vlan++)
			if (!is_ignored(it, b, vlan))
				add_bridge(it, b, vlan);
}
