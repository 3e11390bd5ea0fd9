// SPDX-License-Identifier: ISC
// What an item of bridges says: its keys, and which of them go together.
#include <string.h>

#include "config_bridge.h"

// With STP the kernel takes 2 to 30 s (BR_MIN_FORWARD_DELAY, BR_MAX_FORWARD_DELAY).
#define STP_DELAY_MIN 200
#define STP_DELAY_MAX 3000

static const char *const keys[] = {"name", "uplink", "vlan", "vlan_name", "tagged", "optional", "legacy", "address",
	"gateway", "ipv6", "accept_ra", "mtu", "mac", "isolated", "antispoof", "guests", "tx_offload", "demand", NULL};

static void take_uplink(struct config_item *it, struct bridge_item *b)
{
	if (!config_item_value(it, "uplink"))
		return;
	if (config_item_name(it, "uplink"))
		text_copy(b->uplink, NAME_SIZE, config_item_value(it, "uplink"));
}

static void take_policy(struct config_item *it, struct bridge_item *b)
{
	bool tx_offload = true, ipv6 = true, accept_ra = true;

	config_item_flag(it, "isolated", "yes", "no", &b->mark.isolated);
	config_item_flag(it, "antispoof", "yes", "no", &b->mark.antispoof);
	config_item_flag(it, "guests", "routers", "hosts", &b->mark.routers);
	config_item_flag(it, "demand", "yes", "no", &b->mark.demand);
	config_item_flag(it, "tx_offload", "on", "off", &tx_offload);
	b->mark.tx_offload_off = !tx_offload;
	config_item_flag(it, "ipv6", "yes", "no", &ipv6);
	b->mark.ipv6_off = !ipv6;
	config_item_flag(it, "accept_ra", "yes", "no", &accept_ra);
	b->mark.accept_ra_off = !accept_ra;
}

static void take_vlans(struct config_item *it, struct bridge_item *b)
{
	const char *v = config_item_value(it, "vlan");
	struct err inner;

	b->vlan_name = config_item_value(it, "vlan_name");
	if (!v && b->mark.demand)
		config_item_refuse(it, "demand=yes is for VLANs: say which with vlan=");
	if (!v && b->vlan_name)
		config_item_refuse(it, "vlan_name=%s needs vlan=", b->vlan_name);
	if (!v)
		return;
	if (!*b->uplink)
		config_item_refuse(it, "vlan=%s needs an uplink=", v);
	else if (vlans_parse(v, &b->vlans, &inner))
		config_item_refuse(it, "vlan: %s", inner.text);
	else if (!strstr(b->name, "{vlan}") && !vlans_only(&b->vlans))
		config_item_refuse(it,
			"name=%s is for one bridge, vlan=%s asks for several: put {vlan} into it, "
			"as in br{vlan}",
			b->name, v);
}

// network-bridge since Xen 3.3: eth0 becomes peth0, and the bridge eth0.
static void take_legacy(struct config_item *it, struct bridge_item *b)
{
	const struct config_device *d = config_find(it->to, b->uplink);
	char name[NAME_SIZE + 1], line[24];

	config_item_flag(it, "legacy", "yes", "no", &b->legacy);
	if (it->failed || !b->legacy)
		return;
	if (strcmp(b->name, b->uplink) || !vlans_empty(&b->vlans)) {
		config_item_refuse(it, "legacy=yes gives the bridge the name of its uplink: say "
				       "name and uplink alike, without vlan=");
		return;
	}
	if (d && *d->link.master.name) {
		config_item_refuse(it, "legacy=yes renames %s, which is a port of %s%s", b->uplink, d->link.master.name,
			config_print_line(line, d->master_line));
		return;
	}
	snprintf(name, sizeof(name), "p%s", b->name);
	if (!config_item_check_name(it, "legacy=yes", name))
		text_copy(b->uplink, NAME_SIZE, name);
}

static void take_tagged(struct config_item *it, struct bridge_item *b)
{
	const char *v = config_item_value(it, "tagged");
	struct err inner;

	if (!v)
		return;
	if (!vlans_empty(&b->vlans))
		config_item_refuse(it,
			"tagged=%s and vlan= exclude each other: a VLAN-aware bridge has all its "
			"VLANs",
			v);
	else if (vlans_parse(v, &b->tagged, &inner))
		config_item_refuse(it, "tagged: %s", inner.text);
}

static void set_default(struct link *l, const char *option, const char *value)
{
	option_scan(l, option_find(KIND_BRIDGE, option), value, NULL);
}

// A vif must talk at once, and IPv6 neighbour discovery get through: no forward delay, STP or
// multicast snooping. On a VLAN-aware bridge with a default PVID, every port would be untagged in
// VLAN 1 unless told otherwise.
static void set_defaults(struct bridge_item *b)
{
	set_default(&b->link, "stp", "no");
	set_default(&b->link, "forward_delay", "0");
	set_default(&b->link, "multicast_snooping", "no");
	if (vlans_empty(&b->tagged))
		return;
	set_default(&b->link, "vlan_filtering", "yes");
	set_default(&b->link, "vlan_default_pvid", "0");
}

static void check_forward_delay(struct config_item *it, struct bridge *bridge)
{
	const char *v = config_item_value(it, "forward_delay");

	if (!bridge->stp)
		return;
	if (!v)
		bridge->forward_delay = option_find(KIND_BRIDGE, "forward_delay")->initial;
	if (bridge->forward_delay < STP_DELAY_MIN || bridge->forward_delay > STP_DELAY_MAX)
		config_item_refuse(
			it, "forward_delay=%s: with stp=yes it must be from %d to %d", v, STP_DELAY_MIN, STP_DELAY_MAX);
}

// What untagged frames belong to on a VLAN-aware bridge.
static void find_default_pvid(struct bridge_item *b)
{
	const struct option *o = option_find(KIND_BRIDGE, "vlan_default_pvid");
	unsigned int pvid = o->initial;

	if (!b->link.bridge.vlan_filtering)
		return;
	if (option_is_set(&b->link, o))
		pvid = b->link.bridge.vlan_default_pvid;
	if (!pvid)
		return;
	b->untagged.pvid = (uint16_t)pvid;
	vlans_add(&b->untagged.all, pvid, pvid);
	vlans_add(&b->untagged.untagged, pvid, pvid);
}

static void take_options(struct config_item *it, struct bridge_item *b)
{
	set_defaults(b);
	config_item_options(it, &b->link);
	config_item_mtu(it, &b->link);
	config_item_mac(it, &b->link);
	check_forward_delay(it, &b->link.bridge);
	if (!vlans_empty(&b->tagged) && !b->link.bridge.vlan_filtering)
		config_item_refuse(it, "tagged= makes the bridge VLAN-aware: it excludes vlan_filtering=no");
	find_default_pvid(b);
}

int config_bridge(struct config_item *it)
{
	struct bridge_item b = {.link.kind = KIND_BRIDGE};

	config_item_check_keys(it, "bridge", keys, KIND_BRIDGE);
	b.name = config_item_value(it, "name");
	if (!b.name)
		return config_item_refuse(it, "key 'name' is missing");
	take_uplink(it, &b);
	take_policy(it, &b);
	take_vlans(it, &b);
	take_legacy(it, &b);
	take_tagged(it, &b);
	take_options(it, &b);
	config_item_flag(it, "optional", "yes", "no", &b.optional);
	if (!it->failed)
		config_bridge_add(it, &b);
	return it->failed;
}
