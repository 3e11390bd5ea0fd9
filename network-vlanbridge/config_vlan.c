// SPDX-License-Identifier: ISC
// What an item of vlans adds to the topology: VLAN devices of dom0's own, or the outer VLAN of QinQ.
#include <linux/if_ether.h>
#include <string.h>

#include "config_item.h"

int config_item_vlan_device(struct config_item *it, const struct vlan_item *v, struct device **ret)
{
	char canonical[NAME_SIZE + 8];
	const struct device *other;
	struct device *d;
	int r;

	snprintf(canonical, sizeof(canonical), "%s.%u", v->lower, v->id);
	other = host_find(it->to, canonical);
	if (other && other->create && *other->link.master.name)
		return config_item_refuse(it, "VLAN %u of %s is in bridge '%s' already (line %d)", v->id, v->lower,
			other->link.master.name, other->line);
	if (other && other->create)
		return config_item_refuse(it, "VLAN %u of %s is '%s' already (line %d)", v->id, v->lower, other->link.name,
			other->line);
	if (name_check(v->name ? v->name : canonical, it->e))
		return config_item_refuse_error(it, v->name ? "vlan_name" : "the VLAN device: say vlan_name=");
	r = config_item_define(it, v->name ? v->name : canonical, KIND_VLAN, &d);
	if (!r && v->master)
		r = config_item_set_master(it, d, v->master);
	if (r)
		return r;
	config_item_deny_addresses(d);
	d->link.vlan = (struct vlan){v->id, v->protocol};
	d->link.options = 3;
	text_copy(d->link.lower.name, NAME_SIZE, v->lower);
	d->link.set |= LINK_LOWER;
	if (strcmp(d->link.name, canonical)) {
		d->link.set |= LINK_ALTNAME;
		if (host_set_altname(it->to, d, canonical))
			return config_item_refuse(it, "the name '%s' is used twice", canonical);
	}
	*ret = d;
	return 0;
}

// dom0's own VLAN on a VLAN-aware bridge: the bridge's own port must carry it.
static int carry(struct device *lower, unsigned int id)
{
	if (lower->create && lower->link.kind == KIND_BRIDGE && lower->link.bridge.vlan_filtering) {
		lower->tagged = true;
		vlans_add(&lower->vlans.all, id, id);
	}
	return 0;
}

static int take_protocol(struct config_item *it, uint32_t *protocol)
{
	const char *v = config_item_take(it, "proto");
	struct link l = {.kind = KIND_VLAN};

	if (!v)
		return 0;
	if (option_scan(&l, option_find(KIND_VLAN, "protocol"), v, it->e))
		return config_item_refuse(it, "proto=%s: it must be 802.1Q or 802.1ad", v);
	*protocol = l.vlan.protocol;
	return 0;
}

int config_vlan(struct config_item *it)
{
	struct vlan_item v = {.protocol = ETH_P_8021Q};
	const char *id = config_item_take(it, "vlan"), *link;
	struct device *lower, *d;
	unsigned long n;
	int r = config_item_name(it, "link", &link);

	if (!r && !id)
		r = config_item_refuse(it, "a VLAN of %s has no vlan=", link);
	if (!r && number_parse(id, VLAN_MIN, VLAN_MAX, &n))
		r = config_item_refuse(it, "vlan=%s: it must be a number from %d to %d", id, VLAN_MIN, VLAN_MAX);
	if (!r)
		r = take_protocol(it, &v.protocol);
	v.lower = link;
	v.name = config_item_take(it, "name");
	if (!r)
		r = config_item_refer(it, link, &lower);
	if (r)
		return r;
	v.id = (unsigned int)n;
	r = config_item_vlan_device(it, &v, &d);
	if (!r)
		r = config_item_address(it, d, d->link.name, false);
	if (!r)
		r = config_item_mtu(it, &d->link);
	if (!r)
		r = carry(lower, v.id);
	return r ? r : config_item_refuse_unused(it, "VLAN");
}
