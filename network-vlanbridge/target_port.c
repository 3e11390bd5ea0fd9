// SPDX-License-Identifier: ISC
// Ports, their VLANs, and the bridges that guests' devices return to.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "target_build.h"

static void refuse_taken(
	struct target_builder *b, const struct config_device *c, const struct device *d, const struct device *m)
{
	char why[64];

	target_describe_purpose(c, why, sizeof(why));
	if (!device_is_ours(m))
		target_refuse(b, c, EBUSY,
			"%s can't become %s: it is a port of %s, which vlanbridge didn't make; take it out there first",
			d->link.name, why, m->link.name);
	else if (m->mark.origin == MARK_ARGS)
		target_refuse(b, c, EBUSY,
			"%s can't become %s: it is a port of %s, which another command made; first run "
			"network-vlanbridge stop bridge=%s",
			d->link.name, why, m->link.name, m->link.name);
	else
		target_refuse(b, c, EBUSY,
			"%s can't become %s: it is a port of %s, which the file has; take it out there, and run start "
			"without arguments",
			d->link.name, why, m->link.name);
}

// A device gives its frames to one other only: to the bond or bridge that it is a port of, or to one of these
// (netdev_rx_handler_register).
static void refuse_receiver(struct target_builder *b, const struct config_device *c, const struct device *d)
{
	static const char *const kinds[] = {"macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"};
	char why[64];

	if (!d->uppers)
		return;
	target_describe_purpose(c, why, sizeof(why));
	for (size_t i = 0; i < b->target->count; i++) {
		const struct link *l = &b->target->devices[i]->link;

		for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
			if (!strcmp(l->kind_name, kinds[k]) && !strcmp(l->lower.name, d->link.name))
				target_refuse(b, c, EBUSY,
					"%s can't become %s: %s (%s) stands on it; remove that first", d->link.name,
					why, l->name, kinds[k]);
	}
}

// The bridge of another stack that has a device of ours as its port now.
static const struct device *other_stack_of(const struct target_builder *b, const struct device *d)
{
	const struct device *old = host_find(&b->origin->ours, d->link.name);
	const struct device *m = old ? host_find(b->target, old->link.master.name) : NULL;

	return m && device_is_ours(m) && !config_find(b->config, m->link.name) ? m : NULL;
}

static void set_master(struct target_builder *b, const struct config_device *c)
{
	struct device *m = c->link.set & LINK_MASTER ? host_find(b->target, c->link.master.name) : NULL;
	struct device *d = m ? target_device(b, c) : NULL;
	const struct device *other;
	bool joins;

	if (!d)
		return;
	if (*d->link.master.name && strcmp(d->link.master.name, m->link.name)) {
		refuse_taken(b, c, d, host_find(b->target, d->link.master.name));
		return;
	}
	other = other_stack_of(b, d);
	if (other && other != m) {
		refuse_taken(b, c, d, other);
		return;
	}
	if (d->link.kind == KIND_BRIDGE) {
		target_refuse(
			b, c, ELOOP, "%s is a bridge itself: it can't be a port of %s", d->link.name, m->link.name);
		return;
	}
	refuse_receiver(b, c, d);
	joins = !*d->link.master.name;
	host_set_master(b->target, d, m->link.name);
	d->link.set |= LINK_MASTER;
	if (device_is_ours(d))
		return;
	target_take(b, d);
	d->mark.joined |= joins && !device_is_ours(m);
}

// An administrator's VRF, whose routing table is a device's of ours: what the file can't say, it doesn't change.
static void keep_vrf(struct target_builder *b, const struct config_device *c)
{
	const struct device *old = host_find(&b->origin->ours, c->link.name);
	const struct device *vrf = old ? host_find(b->target, old->link.master.name) : NULL;
	struct device *d = target_device(b, c);

	if (device_is_vrf(vrf) && d && device_is_ours(d) && !*d->link.master.name)
		host_set_master(b->target, d, vrf->link.name);
}

// On an unmanaged bridge nobody has marked the uplink: whatever isn't a guest's device may be one.
static bool is_uplink_port(const struct device *d, bool unmanaged)
{
	static const uint8_t netback[MAC_SIZE] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct guest_mark guest;

	if (d->mark.origin != MARK_NONE)
		return true;
	return unmanaged && !mark_parse_guest(d->link.alias, &guest) && memcmp(d->link.mac, netback, MAC_SIZE) &&
	       strcmp(d->link.kind_name, "tun") && strcmp(d->link.kind_name, "veth");
}

// Two networks must never be joined by accident.
static void refuse_two_uplinks(struct target_builder *b, const struct config_device *c)
{
	const struct device *first = NULL, *bridge = target_device(b, c);
	bool unmanaged = !device_is_ours(bridge);

	for (size_t i = 0; i < b->target->count; i++) {
		const struct device *d = b->target->devices[i];

		if (strcmp(d->link.master.name, bridge->link.name) || !is_uplink_port(d, unmanaged))
			continue;
		if (first) {
			target_refuse(b, c, EBUSY,
				"%s and %s can't both be uplinks of %s: that would join their networks",
				first->link.name, d->link.name, c->link.name);
			return;
		}
		first = d;
	}
}

static bool has_ports(const struct device *bridge)
{
	return bridge && bridge->ports > 1;
}

// By another name of the port, the configuration alone can't tell it.
static void refuse_vlan_of_port(struct target_builder *b, const struct config_device *c)
{
	const struct device *d = c->create && c->link.kind == KIND_VLAN ? target_device(b, c) : NULL;
	const struct device *lower = d ? host_find(b->target, d->link.lower.name) : NULL;

	if (lower && config_find(b->config, lower->link.master.name) && host_is_bond_port(b->target, lower))
		target_refuse(b, c, EINVAL, "VLAN %u of %s: %s is a port of %s, which has the VLANs", c->link.vlan.id,
			c->link.lower.name, lower->link.name, lower->link.master.name);
}

void target_set_masters(struct target_builder *b)
{
	const struct config *c = b->config;

	for (size_t i = 0; i < c->count && !b->failed; i++)
		set_master(b, c->devices[i]);
	for (size_t i = 0; i < c->count && !b->failed; i++)
		keep_vrf(b, c->devices[i]);
	for (size_t i = 0; i < c->count && !b->failed; i++)
		refuse_vlan_of_port(b, c->devices[i]);
	for (size_t i = 0; i < c->count && !b->failed; i++)
		if (c->devices[i]->link.kind == KIND_BRIDGE && c->devices[i]->create &&
			has_ports(target_device(b, c->devices[i])))
			refuse_two_uplinks(b, c->devices[i]);
}

static struct device *bridge_of(const struct target_builder *b, struct device *d)
{
	struct device *bridge = d->link.kind == KIND_BRIDGE ? d : host_find(b->target, d->link.master.name);

	return device_is_kind(bridge, KIND_BRIDGE) ? bridge : NULL;
}

// What the kernel gives; a guest's port keeps what it has, unless VLANs are nothing to its bridge.
static void set_default_vlans(struct target_builder *b)
{
	for (size_t i = 0; i < b->target->count; i++) {
		struct device *d = b->target->devices[i], *bridge = bridge_of(b, d);

		if (!bridge || !device_is_ours(bridge) || !config_find(b->config, bridge->link.name))
			continue;
		if (d->mark.origin != MARK_NONE || !bridge->link.bridge.vlan_filtering)
			vlans_keep_default(&d->vlans, bridge->link.bridge.vlan_default_pvid);
	}
}

// Of an unmanaged bridge only its new ports'.
void target_set_port_vlans(struct target_builder *b)
{
	set_default_vlans(b);
	for (size_t i = 0; i < b->config->count; i++) {
		const struct config_device *c = b->config->devices[i];
		struct device *d = target_device(b, c), *bridge = d ? bridge_of(b, d) : NULL;

		if (!bridge || (bridge == d && !device_is_ours(d)))
			continue;
		if (c->tagged && kept_vlans_copy(&d->vlans, &c->vlans))
			target_no_memory(b);
		else if (!c->tagged && d->mark.joined && !device_is_ours(bridge))
			vlans_keep_default(&d->vlans, bridge->link.bridge.vlan_default_pvid);
	}
}

// Where a guest's device was: from its bridge, or where that is gone, from its own mark. The VLANs are the device's.
static void find_place(const struct target_builder *b, const struct device *d, struct guest_mark *ret)
{
	const struct device *old = host_find(&b->origin->ours, d->attached);
	struct guest_mark g = {0};

	if (mark_parse_guest(d->link.alias, &g) && strcmp(g.bridge, d->attached))
		g = (struct guest_mark){.filter = g.filter};
	text_copy(g.bridge, NAME_SIZE, d->attached);
	if (old) {
		text_copy(g.uplink, NAME_SIZE, old->mark.uplink);
		g.vlan = old->mark.vlan;
	}
	g.port_flags = device_port_flags(d);
	g.vlan_aware = d->attached_aware;
	g.vlans = vlans_kept(&d->vlans);
	*ret = g;
}

static bool is_same_network(const struct target_builder *b, const struct device *bridge, const struct guest_mark *place)
{
	const struct device *uplink = host_find(b->target, bridge->mark.uplink);

	return uplink && bridge->mark.vlan == place->vlan && !strcmp(original_device_name(uplink), place->uplink);
}

// Under another name, the bridge of the same uplink and VLAN is the same network.
static struct device *find_bridge_of(struct target_builder *b, const struct guest_mark *place)
{
	struct device *bridge = host_find(b->target, place->bridge);

	if (device_is_kind(bridge, KIND_BRIDGE))
		return bridge;
	for (size_t i = 0; i < b->target->count; i++) {
		struct device *d = b->target->devices[i];

		if (d->link.kind == KIND_BRIDGE && device_is_ours(d) && is_same_network(b, d, place))
			return d;
	}
	return NULL;
}

// What only its own mark says is for a bridge that this configuration makes: others have their own ways to fill theirs.
static bool may_return(const struct target_builder *b, const struct guest_mark *place, const struct device *bridge)
{
	return host_find(&b->origin->ours, place->bridge) || config_find(b->config, bridge->link.name);
}

static void write_place(struct device *d, struct guest_mark *place)
{
	place->changing = d->mark.changing = false;
	mark_note_guest(d->link.alias, place);
}

static void attach_guest(struct target_builder *b, struct device *d)
{
	struct guest_mark place, noted;
	struct device *bridge;

	find_place(b, d, &place);
	d->attached[0] = '\0';
	bridge = find_bridge_of(b, &place);
	if (!bridge || !may_return(b, &place, bridge)) {
		write_place(d, &place);
		return;
	}
	if (mark_parse_guest(d->link.alias, &noted))
		write_place(d, &noted);
	host_set_master(b->target, d, bridge->link.name);
	// On a bridge that wasn't VLAN-aware, the VLANs of its port meant nothing.
	if (device_is_vlan_aware(bridge) && !place.vlan_aware)
		vlans_keep_default(&d->vlans, bridge->link.bridge.vlan_default_pvid);
}

void target_attach_guests(struct target_builder *b)
{
	for (size_t i = 0; i < b->target->count; i++) {
		struct device *d = b->target->devices[i];

		// Not what has become an uplink, or dom0's own, since it was marked.
		if (*d->attached && !*d->link.master.name && d->mark.origin == MARK_NONE && !d->entries)
			attach_guest(b, d);
	}
}
