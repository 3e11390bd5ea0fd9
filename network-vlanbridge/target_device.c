// SPDX-License-Identifier: ISC
// The devices of the target that are made, or used as they are.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "target_build.h"

// An unmanaged device of a desired name is used as it is, if it fits.
static void check_fits(struct target_builder *b, const struct config_device *c, const struct device *d)
{
	const struct kind_row *k = &link_kinds[c->link.kind];
	char has[64], wants[64];

	if (d->link.kind != c->link.kind) {
		target_refuse(b, c, EEXIST, "'%s' exists already and isn't a %s (%s): choose another name",
			c->link.name, k->name, *d->link.kind_name ? d->link.kind_name : "a network card");
		return;
	}
	if (c->mark.dhcp)
		target_refuse(b, c, EEXIST,
			"'%s' exists already and isn't vlanbridge's: run the DHCP client on it yourself", c->link.name);
	if (c->link.kind == KIND_VLAN &&
		host_find(b->target, d->link.lower.name) != host_find(b->target, c->link.lower.name))
		target_refuse(b, c, EEXIST, "'%s' exists already, but on %s instead of %s", c->link.name,
			d->link.lower.name, c->link.lower.name);
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (o->rules & OPTION_IDENTITY && option_is_set(&c->link, o) && !option_equal(&c->link, &d->link, o))
			target_refuse(b, c, EEXIST,
				"'%s' exists already and isn't vlanbridge's: its %s is %s, %s is wanted", c->link.name,
				o->name, option_print(&d->link, o, has, sizeof(has)),
				option_print(&c->link, o, wants, sizeof(wants)));
	}
}

// A bond that nobody uses, as the bonding module makes bond0.
static bool is_unused_bond(const struct device *d)
{
	return d->link.kind == KIND_BOND && !device_is_ours(d) && !d->link.up && !d->ports && !d->uppers;
}

// Every option: what the configuration doesn't say is as in a new device, so that the target doesn't depend on what was
// there before.
static void set_options(const struct target_builder *b, struct device *d, const struct config_device *c)
{
	const struct kind_row *k = &link_kinds[c->link.kind];
	const struct option *primary = option_find(KIND_BOND, "primary");

	d->link.options = 0;
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (option_is_set(&c->link, o))
			option_copy(&d->link, &c->link, o);
		else
			option_reset(&d->link, o);
	}
	if (c->link.kind != KIND_BOND)
		return;
	if (!c->link.bond.miimon && c->link.bond.mode > LINK_BOND_MODE_LAST_WITH_ARP)
		d->link.bond.miimon = LINK_BOND_MIIMON_DEFAULT;
	// A port that isn't there can't be told to the kernel.
	if (!host_find(b->target, d->link.bond.primary.name) || !option_is_set(&c->link, primary))
		d->link.options &= ~(1ULL << (primary - k->options));
}

// The configuration may call a device by an alternative name.
static void use_real_name(const struct target_builder *b, struct link_ref *ref)
{
	const struct device *d = host_find(b->target, ref->name);

	if (d)
		text_copy(ref->name, NAME_SIZE, d->link.name);
}

static void describe_new(struct target_builder *b, struct device *d, const struct config_device *c)
{
	char name[NAME_SIZE];
	int index = d->link.index;

	memcpy(name, d->link.name, sizeof(name));
	d->mark = c->mark;
	d->link = c->link;
	d->link.index = index;
	memcpy(d->link.name, name, sizeof(name));
	text_copy(d->link.kind_name, sizeof(d->link.kind_name), link_kinds[c->link.kind].name);
	d->link.master = (struct link_ref){0};
	d->link.lower.index = 0;
	d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_GROUP | (c->link.set & (LINK_ALTNAME | LINK_LOWER));
	d->link.group = MARK_GROUP;
	d->link.up = true;
	d->dhcp = c->mark.dhcp;
	if (b->target->ipv6)
		d->link.set |= LINK_ADDR_GEN;
	set_options(b, d, c);
	use_real_name(b, &d->link.lower);
	if (d->link.kind == KIND_BOND)
		use_real_name(b, &d->link.bond.primary);
}

// The configuration calls the device below by two of its names.
static void refuse_same_vlan(struct target_builder *b, const struct config_device *c, const struct device *other)
{
	const struct config_device *o = config_find(b->config, other->link.name);

	if (o && *o->link.master.name && *c->link.master.name)
		target_refuse(b, c, EEXIST,
			"bridges '%s' and '%s' want the same VLAN %u of the same device, %s (uplink=%s and uplink=%s)",
			o->link.master.name, c->link.master.name, c->link.vlan.id, other->link.lower.name,
			o->link.lower.name, c->link.lower.name);
	else
		target_refuse(b, c, EEXIST, "VLAN %u of %s is '%s' already", c->link.vlan.id, c->link.lower.name,
			other->link.name);
}

// Another device of this VLAN: the kernel has one per VLAN ID.
static void refuse_other_vlan(struct target_builder *b, const struct config_device *c)
{
	const struct device *other;

	other = host_find_vlan(b->target, c->link.lower.name, c->link.vlan.id, c->link.vlan.protocol);
	if (other && device_is_ours(other))
		refuse_same_vlan(b, c, other);
	else if (other)
		target_refuse(b, c, EEXIST,
			"VLAN %u of %s exists already as '%s', which vlanbridge didn't make: say vlan_name=%s to use "
			"it",
			c->link.vlan.id, c->link.lower.name, other->link.name, other->link.name);
}

static void make_new(struct target_builder *b, const struct config_device *c)
{
	struct device *d;
	int r;

	if (c->link.kind == KIND_VLAN)
		refuse_other_vlan(b, c);
	if (b->failed)
		return;
	r = host_add(b->target, c->link.name, &d);
	if (r) {
		target_no_memory(b);
		return;
	}
	describe_new(b, d, c);
	if (d->link.set & LINK_ALTNAME)
		r = host_add_altname(b->target, d, d->link.altname);
	host_count_upper(b->target, d);
	if (r == -ENOMEM)
		target_no_memory(b);
	else if (r)
		target_refuse(b, c, EEXIST, "'%s' is the name of another device already", d->link.altname);
}

// A command line changes neither what the file made, nor the network that a bridge carries: its guests would be in
// another one.
static void refuse_other_stack(struct target_builder *b, const struct config_device *c)
{
	const struct device *old = host_find(&b->origin->ours, c->link.name);
	const char *uplink = host_original_name(b->target, c->mark.uplink);

	if (!old || c->mark.origin != MARK_ARGS)
		return;
	if (old->mark.origin == MARK_FILE)
		target_refuse(b, c, EBUSY,
			"%s was made from the file, and arguments don't change it: edit the file, then run start "
			"without arguments",
			c->link.name);
	else if (c->link.kind == KIND_BRIDGE && (strcmp(uplink, old->mark.uplink) || c->mark.vlan != old->mark.vlan))
		target_refuse(b, c, EBUSY,
			"%s carries %s%s%s already, and a bridge has one uplink: choose another bridge=, or first run "
			"network-vlanbridge stop bridge=%s",
			c->link.name, old->mark.vlan ? "a VLAN of " : "",
			*old->mark.uplink ? old->mark.uplink : "no uplink",
			strcmp(uplink, old->mark.uplink) ? "" : ", with other VLANs", c->link.name);
}

static void make(struct target_builder *b, const struct config_device *c)
{
	struct device *d = target_device(b, c);

	refuse_other_stack(b, c);
	if (b->failed)
		return;
	if (!d) {
		make_new(b, c);
		return;
	}
	if (c->link.kind == KIND_BOND && is_unused_bond(d)) {
		describe_new(b, d, c);
		d->mark.adopted = true;
		d->link.set &= ~(unsigned int)LINK_GROUP;
		return;
	}
	check_fits(b, c, d);
	if (c->link.kind == KIND_VLAN && !b->failed) {
		target_take(b, d);
		d->link.up = true;
	}
}

// Its guests are there, and wait for it since stop.
static bool has_guests_waiting(const struct target_builder *b, const char *bridge)
{
	for (size_t i = 0; i < b->origin->host.count; i++)
		if (!strcmp(b->origin->host.devices[i]->attached, bridge))
			return true;
	return false;
}

// A bridge on demand is kept, and changed, once it has been made; so is its VLAN device.
static bool is_demanded(const struct target_builder *b, const struct config_device *c)
{
	const struct config_device *bridge = c;

	if (c->link.kind == KIND_VLAN)
		bridge = config_find(b->config, c->link.master.name);
	return bridge && (host_find(&b->origin->ours, bridge->link.name) || has_guests_waiting(b, bridge->link.name));
}

static bool is_skipped(const struct target_builder *b, const struct config_device *c)
{
	return c->on_demand && !is_demanded(b, c);
}

// VLANs last, and those that stand on VLANs after these; what stands on an optional device that is missing isn't made.
void target_make_devices(struct target_builder *b)
{
	const struct config *c = b->config;
	bool more = true;

	for (size_t i = 0; i < c->count && !b->failed; i++)
		if (!c->devices[i]->create)
			target_borrow(b, c->devices[i]);
	for (size_t i = 0; i < c->count && !b->failed; i++)
		if (c->devices[i]->create && c->devices[i]->link.kind != KIND_VLAN && !is_skipped(b, c->devices[i]))
			make(b, c->devices[i]);
	while (more) {
		more = false;
		for (size_t i = 0; i < c->count && !b->failed; i++) {
			const struct config_device *v = c->devices[i];

			if (v->create && v->link.kind == KIND_VLAN && !b->made[i] &&
				host_find(b->target, v->link.lower.name) && !is_skipped(b, v)) {
				make(b, v);
				b->made[i] = more = true;
			}
		}
	}
}
