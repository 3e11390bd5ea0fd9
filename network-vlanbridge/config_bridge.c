// SPDX-License-Identifier: ISC
// What an item of bridges adds to the topology: a bridge, or one for each VLAN.
#include <linux/if_ether.h>
#include <string.h>

#include "config_item.h"

#define ADDR_GEN_NONE 1 // IN6_ADDR_GEN_MODE_NONE

// What one bridges item says, before it is expanded to a bridge per VLAN.
struct bridge_item {
	const char *name, *vlan_name;
	struct vlans vlans, tagged;
	struct port_vlans untagged; /* the default PVID of a VLAN-aware bridge, if it has one */
	struct device bridge;
	bool legacy;   /* the uplink is renamed, and the bridge gets its name */
	bool optional; /* the uplink may be missing: then the bridge stays without */
};

static int take_vlans(struct config_item *it, struct bridge_item *b)
{
	const char *v = config_item_take(it, "vlan");
	unsigned int first, last;

	b->vlan_name = config_item_take(it, "vlan_name");
	if (!v && b->bridge.mark.demand)
		return config_item_refuse(it, "demand=yes is for VLANs: say which with vlan=");
	if (!v)
		return b->vlan_name ? config_item_refuse(it, "vlan_name= needs vlan=") : 0;
	if (!*b->bridge.mark.uplink)
		return config_item_refuse(it, "vlan=%s needs an uplink=", v);
	if (vlans_parse(v, &b->vlans, it->e))
		return config_item_refuse_error(it, "vlan");
	vlans_range(&b->vlans, 0, &first, &last);
	if (!strstr(b->name, "{vlan}") && (first != last || vlans_range(&b->vlans, last + 1, &first, &last)))
		return config_item_refuse(it, "name=%s is for one bridge, vlan=%s asks for several: put {vlan} into it, as in br{vlan}",
			b->name, v);
	return 0;
}

static int take_policy(struct config_item *it, struct bridge_item *b)
{
	struct mark *m = &b->bridge.mark;
	bool tx_offload = true;
	int r = config_item_flag(it, "isolated", "yes", "no", &m->isolated);

	if (!r)
		r = config_item_flag(it, "antispoof", "yes", "no", &m->antispoof);
	if (!r)
		r = config_item_flag(it, "demand", "yes", "no", &m->demand);
	if (!r)
		r = config_item_flag(it, "tx_offload", "on", "off", &tx_offload);
	m->tx_offload_off = !tx_offload;
	return r;
}

static int take_uplink(struct config_item *it, struct bridge_item *b)
{
	const char *v = config_item_take(it, "uplink");

	if (!v)
		return 0;
	if (name_check(v, it->e))
		return config_item_refuse_error(it, "uplink");
	text_copy(b->bridge.mark.uplink, NAME_SIZE, v);
	return 0;
}

// Forward delay 0, STP and multicast snooping off: a vif must talk at once, and neighbour discovery get through.
static void bridge_defaults(struct link *l)
{
	static const char *const defaults[][2] = {
		{"stp", "no"}, {"forward_delay", "0"}, {"multicast_snooping", "no"}};

	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		option_scan(l, option_find(KIND_BRIDGE, defaults[i][0]), defaults[i][1], NULL);
}

static int add_vlan(struct config_item *it, const struct bridge_item *b, unsigned int vlan, const char *bridge)
{
	struct vlan_item v = {.lower = b->bridge.mark.uplink, .master = bridge, .id = vlan, .protocol = ETH_P_8021Q};
	char name[NAME_SIZE];
	struct device *d;
	int r = b->vlan_name ? config_item_expand(it, "vlan_name", b->vlan_name, vlan, name) : 0;

	if (b->vlan_name)
		v.name = name;
	if (!r)
		r = config_item_vlan_device(it, &v, &d);
	if (r)
		return r;
	d->on_demand = b->bridge.mark.demand;
	if (host_find(it->to, bridge)->link.set & LINK_MTU) {
		d->link.mtu = host_find(it->to, bridge)->link.mtu;
		d->link.set |= LINK_MTU;
	}
	return 0;
}

// The uplink itself is the bridge's port: with all its VLANs, or tagged in those of a VLAN-aware bridge.
static int add_uplink(struct config_item *it, const struct bridge_item *b, struct device *uplink, const char *bridge)
{
	int r = config_item_set_master(it, uplink, bridge);

	// dom0 is reached on the bridge if at all: its port gets no link-local address.
	uplink->link.set |= LINK_ADDR_GEN;
	uplink->link.addr_gen = ADDR_GEN_NONE;
	if (b->bridge.link.set & LINK_MTU) {
		uplink->link.mtu = b->bridge.link.mtu;
		uplink->link.set |= LINK_MTU;
	}
	if (!vlans_empty(&b->tagged)) {
		uplink->tagged = true;
		uplink->vlans = b->untagged;
		vlans_union(&uplink->vlans.all, &b->tagged);
	}
	return r;
}

// A dummy is made when it is missing: a network of guests and dom0 alone.
static bool is_new_dummy(const struct host *t, const char *name)
{
	const struct device *d = host_find(t, name);

	return !strncmp(name, "dummy", 5) && !(d && d->create);
}

static bool is_bond_port(const struct host *t, const struct device *d)
{
	const struct device *m = host_find(t, d->link.master.name);

	return m && m->link.kind == KIND_BOND;
}

static int take_optional(struct config_item *it, struct bridge_item *b)
{
	return config_item_flag(it, "optional", "yes", "no", &b->optional);
}

static void take_default_pvid(struct bridge_item *b)
{
	unsigned int pvid = b->bridge.link.bridge.vlan_default_pvid;

	if (vlans_empty(&b->tagged) || !pvid)
		return;
	b->untagged.pvid = (uint16_t)pvid;
	vlans_add(&b->untagged.all, pvid, pvid);
	vlans_add(&b->untagged.untagged, pvid, pvid);
}

// network-bridge since Xen 3.3: eth0 becomes peth0, and the bridge eth0.
static int make_legacy(struct config_item *it, struct bridge_item *b)
{
	char name[NAME_SIZE + 1];
	int r = config_item_flag(it, "legacy", "yes", "no", &b->legacy);

	if (r || !b->legacy)
		return r;
	if (strcmp(b->name, b->bridge.mark.uplink) || !vlans_empty(&b->vlans))
		return config_item_refuse(it, "legacy=yes gives the bridge the name of its uplink: say name=%s, without vlan=",
			b->bridge.mark.uplink);
	snprintf(name, sizeof(name), "p%s", b->name);
	if (name_check(name, it->e))
		return config_item_refuse_error(it, "legacy=yes");
	text_copy(b->bridge.mark.uplink, NAME_SIZE, name);
	return 0;
}

static int add_bridge(struct config_item *it, const struct bridge_item *b, unsigned int vlan)
{
	struct device *bridge, *uplink;
	char name[NAME_SIZE];
	int r = config_item_expand(it, "name", b->name, vlan, name);

	if (!r)
		r = config_item_define(it, name, KIND_BRIDGE, &bridge);
	if (r)
		return r;
	text_copy(bridge->link.name, NAME_SIZE, name);
	bridge->link.set |= b->bridge.link.set;
	bridge->link.options = b->bridge.link.options;
	bridge->link.bridge = b->bridge.link.bridge;
	bridge->link.mtu = b->bridge.link.mtu;
	memcpy(bridge->link.mac, b->bridge.link.mac, MAC_SIZE);
	bridge->mark = b->bridge.mark;
	bridge->mark.origin = it->origin;
	bridge->mark.vlan = vlan;
	bridge->on_demand = b->bridge.mark.demand;
	bridge->tagged = !vlans_empty(&b->tagged);
	bridge->vlans = b->untagged;
	// Without a default PVID, a VLAN-aware bridge doesn't carry the untagged frames of what its uplink has.
	r = config_item_address(it, bridge, name,
		*b->bridge.mark.uplink && !vlan && (vlans_empty(&b->tagged) || b->untagged.pvid));
	if (r || !*b->bridge.mark.uplink)
		return r;
	r = is_new_dummy(it->to, b->bridge.mark.uplink) ? config_item_define(it, b->bridge.mark.uplink, KIND_DUMMY, &uplink)
					    : config_item_refer(it, b->bridge.mark.uplink, &uplink);
	if (r)
		return r;
	uplink->optional |= b->optional;
	if (b->legacy)
		text_copy(uplink->renamed_from, NAME_SIZE, name);
	// What a bond of the file has, its VLANs and bridges have too, also when the file changes.
	if (uplink->create && uplink->link.set & LINK_MTU && !(bridge->link.set & LINK_MTU)) {
		bridge->link.set |= LINK_MTU;
		bridge->link.mtu = uplink->link.mtu;
	}
	if (!uplink->create && vlan && is_bond_port(it->to, uplink))
		return config_item_refuse(it, "uplink %s of bridge '%s' is a port of %s (line %d)", uplink->link.name,
			name, uplink->link.master.name, uplink->line);
	return vlan ? add_vlan(it, b, vlan, name) : add_uplink(it, b, uplink, name);
}

static int take_tagged(struct config_item *it, struct bridge_item *b)
{
	const char *v = config_item_take(it, "tagged");
	struct link *l = &b->bridge.link;

	if (!v)
		return 0;
	if (!vlans_empty(&b->vlans))
		return config_item_refuse(it, "tagged=%s and vlan= exclude each other: a VLAN-aware bridge has all its VLANs", v);
	if (vlans_parse(v, &b->tagged, it->e))
		return config_item_refuse_error(it, "tagged");
	option_scan(l, option_find(KIND_BRIDGE, "vlan_filtering"), "yes", NULL);
	// Or every port would be untagged in VLAN 1 unless told otherwise.
	option_scan(l, option_find(KIND_BRIDGE, "vlan_default_pvid"), "0", NULL);
	return 0;
}

// A vif waits while this is read: of a thousand VLANs on demand only the one counts that it asks for, by any of its names.
static bool is_passed_over(struct config_item *it, const struct bridge_item *b, unsigned int vlan)
{
	const char *asked = it->to->demanded;
	char id[16], name[NAME_SIZE], port[NAME_SIZE] = "", usual[2 * NAME_SIZE];

	if (!asked || !b->bridge.mark.demand)
		return false;
	snprintf(id, sizeof(id), "%u", vlan);
	if (strstr(b->name, "{vlan}") && !b->vlan_name && !strstr(asked, id))
		return true;
	snprintf(usual, sizeof(usual), "%s.%s", b->bridge.mark.uplink, id);
	if (config_item_expand(it, "name", b->name, vlan, name) ||
		(b->vlan_name && config_item_expand(it, "vlan_name", b->vlan_name, vlan, port)))
		return false;
	return strcmp(asked, usual) && strcmp(asked, name) && strcmp(asked, port);
}

int config_bridge(struct config_item *it)
{
	struct bridge_item b = {.bridge.link.kind = KIND_BRIDGE};
	unsigned int first, last, id = 0;
	int r;

	b.name = config_item_take(it, "name");
	if (!b.name)
		return config_item_refuse(it, "a bridge has no name=");
	r = take_uplink(it, &b);
	if (!r)
		r = take_policy(it, &b);
	if (!r)
		r = take_vlans(it, &b);
	if (!r)
		r = make_legacy(it, &b);
	bridge_defaults(&b.bridge.link);
	if (!r)
		r = take_tagged(it, &b);
	if (!r)
		r = config_item_options(it, &b.bridge.link);
	// The kernel wants at least 2 s with STP; its default is 15.
	if (b.bridge.link.bridge.stp && !b.bridge.link.bridge.forward_delay)
		b.bridge.link.bridge.forward_delay = 1500;
	take_default_pvid(&b);
	if (!r)
		r = take_optional(it, &b);
	if (!r)
		r = config_item_mtu(it, &b.bridge.link);
	if (!r)
		r = config_item_mac(it, &b.bridge.link);
	if (!r && vlans_empty(&b.vlans))
		r = add_bridge(it, &b, 0);
	for (; !r && vlans_range(&b.vlans, id, &first, &last); id = last + 1)
		for (unsigned int v = first; v <= last && !r; v++)
			r = is_passed_over(it, &b, v) ? 0 : add_bridge(it, &b, v);
	return r ? r : config_item_refuse_unused(it, "bridge");
}
