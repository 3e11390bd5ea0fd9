// SPDX-License-Identifier: ISC
// What an item of vlans adds to the configuration: a VLAN device of dom0's own, or the outer VLAN
// of QinQ.
#include <linux/if_ether.h>
#include <string.h>

#include "config_item.h"

static const char *const keys[] = {"link", "vlan", "proto", "name", "mtu", "address", "gateway", NULL};

// dom0's own VLAN on a VLAN-aware bridge: the bridge's own port must carry it.
static void carry_vlan(struct config_item *it, struct config_device *bridge, unsigned int id)
{
	struct port_vlans v = vlans_kept(&bridge->vlans);

	if (!bridge->create || bridge->link.kind != KIND_BRIDGE || !bridge->link.bridge.vlan_filtering)
		return;
	bridge->tagged = true;
	vlans_add(&v.all, id, id);
	if (vlans_keep(&bridge->vlans, &v))
		config_item_refuse_memory(it);
}

static void take_id(struct config_item *it, unsigned int *id)
{
	const char *v = config_item_value(it, "vlan");
	unsigned long n = 0;

	if (!v)
		config_item_refuse(it, "key 'vlan' is missing");
	else if (number_parse(v, VLAN_MIN, VLAN_MAX, &n))
		config_item_refuse(it, "vlan=%s: it must be a number from %d to %d", v, VLAN_MIN, VLAN_MAX);
	*id = (unsigned int)n;
}

static void take_protocol(struct config_item *it, uint32_t *protocol)
{
	const char *v = config_item_value(it, "proto");
	struct link l = {.kind = KIND_VLAN};

	if (!v)
		return;
	if (option_scan(&l, option_find(KIND_VLAN, "protocol"), v, NULL))
		config_item_refuse(it, "proto=%s: it must be 802.1Q or 802.1ad", v);
	*protocol = l.vlan.protocol;
}

int config_vlan(struct config_item *it)
{
	struct vlan_item v = {.name_key = "name", .protocol = ETH_P_8021Q};
	struct config_device *lower, *d;

	config_item_check_keys(it, "VLAN", keys, KIND_OTHER);
	v.lower = config_item_name(it, "link");
	take_id(it, &v.id);
	take_protocol(it, &v.protocol);
	v.name = config_item_value(it, "name");
	if (it->failed)
		return it->failed;
	lower = config_item_refer(it, v.lower);
	if (!lower)
		return it->failed;
	v.lower = lower->link.name;
	d = config_item_vlan_device(it, &v);
	if (!d)
		return it->failed;
	config_item_address(it, d, false);
	config_item_mtu(it, &d->link);
	carry_vlan(it, lower, v.id);
	return it->failed;
}
