// SPDX-License-Identifier: ISC
// Who carries which entry: what a port has moves to the bond or bridge above that inherits it. Refused is what would
// cost dom0 an address.
#include <errno.h>
#include <string.h>

#include "step.h"
#include "target_build.h"

const struct config_device *target_made_by_config(const struct target_builder *b, const struct device *d)
{
	const struct config_device *c = d ? config_find(b->config, d->link.name) : NULL;

	return c && c->create ? c : NULL;
}

// The configured master of d; NULL where it has none, or somebody else's.
static struct device *configured_master(const struct target_builder *b, const struct device *d)
{
	struct device *m = host_find(b->target, d->link.master.name);

	return target_made_by_config(b, m) ? m : NULL;
}

// The device that carries what d has: the last master above that the configuration makes.
struct device *target_top_master(const struct target_builder *b, struct device *d)
{
	struct device *m = configured_master(b, d);

	for (int depth = 0; m && depth < TARGET_DEPTH_MAX; depth++) {
		d = m;
		m = configured_master(b, d);
	}
	return d;
}

static bool is_listed(const struct target_builder *b, const struct device *top, const struct l3_entry *address)
{
	for (size_t i = 0; i < b->config->entries.count; i++) {
		const struct l3_entry *e = b->config->entries.list[i];

		if (e->kind == L3_ADDRESS && l3_uses(e, top->link.name) && !strcmp(e->key, address->key))
			return true;
	}
	return false;
}

// With address=LIST what the port has may move if every address is in the list: dom0 loses nothing then.
static bool can_carry(const struct target_builder *b, const struct config_device *top_config, const struct device *top,
	const struct l3_entry *e)
{
	if (top_config->policy == ADDRESS_INHERIT)
		return true;
	if (top_config->policy != ADDRESS_LIST || !top_config->can_inherit)
		return false;
	return e->kind != L3_ADDRESS || is_listed(b, top, e);
}

static void refuse_loss(
	struct target_builder *b, const struct device *d, const struct device *top, const struct l3_entry *e)
{
	const struct config_device *c = config_find(b->config, d->link.name);

	if (!device_is_ours(top))
		target_refuse(b, c, EADDRINUSE,
			"%s has addresses or routes, and %s isn't vlanbridge's: what moved there could never be told "
			"from its own; move it yourself first",
			d->link.name, top->link.name);
	else
		target_refuse(b, c, EADDRINUSE,
			"%s has addresses or routes (%s), which dom0 would lose when it becomes a port of %s: take "
			"them away first, or say address=inherit",
			d->link.name, e->key, d->link.master.name);
}

// A bond notes which port its entries came from. There is room for one.
static void note_heir(struct target_builder *b, struct device *d, struct device *m)
{
	if (m->link.kind == KIND_BOND && *m->mark.uplink && strcmp(m->mark.uplink, d->link.name))
		target_refuse(b, config_find(b->config, d->link.name), EADDRINUSE,
			"%s and %s both have addresses or routes, and become ports of %s: only one port's can move "
			"there; take the others away first",
			m->mark.uplink, d->link.name, m->link.name);
	if (m->link.kind == KIND_BOND)
		text_copy(m->mark.uplink, NAME_SIZE, d->link.name);
	m->mark.inherit = true;
}

// The kernel refuses the mode to a device that has no secret, as a new one; a port's own goes with nothing.
static uint32_t carried_addr_gen(const struct target_builder *b, const struct device *before)
{
	if (before->link.addr_gen == LINK_ADDR_GEN_SECRET && !b->target->stable_secret)
		return LINK_ADDR_GEN_RANDOM;
	return before->link.addr_gen;
}

// Every device on the way up notes what is below it; the last one gets the port's sysctls, and makes link-local
// addresses if the port did.
static void mark_carriers(struct target_builder *b, struct device *d)
{
	const struct device *before = host_find(&b->origin->host, original_device_name(d));
	struct device *m = configured_master(b, d);

	while (m && !b->failed) {
		note_heir(b, d, m);
		d = m;
		m = configured_master(b, d);
	}
	if (!before || !device_is_ours(d))
		return;
	if (d->link.set & LINK_ADDR_GEN)
		d->link.addr_gen = carried_addr_gen(b, before);
	if (before->link.set & LINK_SYSCTLS)
		link_copy_field(&d->link, &before->link, LINK_SYSCTLS);
}

// Where the entry's device is a port now, its carrier takes its place.
static void carry_device(struct target_builder *b, struct l3_entry *e, size_t i)
{
	struct device *d = host_find(b->target, e->devices[i].name), *top;
	const struct config_device *c;

	if (!d)
		return;
	top = target_top_master(b, d);
	if (top == d)
		return;
	c = target_made_by_config(b, top);
	if (!c || !device_is_ours(top) || !can_carry(b, c, top, e)) {
		refuse_loss(b, d, top, e);
		return;
	}
	if (e->nexthop_object) {
		target_refuse(b, config_find(b->config, d->link.name), EBUSY,
			"the route %s goes through a nexthop object of %s, which can't be moved to %s: replace it by a "
			"plain route first",
			e->key, d->link.name, top->link.name);
		return;
	}
	mark_carriers(b, d);
	text_copy(e->devices[i].name, NAME_SIZE, top->link.name);
}

// A rule names its device, which has another name now (legacy=yes): the bridge has the one that the rule says.
static bool is_moved_by_name(const struct target_builder *b, const struct l3_entry *e)
{
	const struct device *d = e->device_count ? host_find(b->target, e->devices[0].name) : NULL;

	return e->kind != L3_RULE || (d && !target_made_by_config(b, d));
}

static bool has_port_device(const struct target_builder *b, const struct l3_entry *e)
{
	for (size_t i = 0; i < e->device_count; i++) {
		const struct device *d = host_find(b->target, e->devices[i].name);

		if (d && configured_master(b, d))
			return true;
	}
	return false;
}

static void carry_entries(struct target_builder *b)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (!b->failed && (e = host_next_entry(b->target, &at))) {
		struct l3_entry *moved;

		if (!has_port_device(b, e) || !is_moved_by_name(b, e))
			continue;
		moved = l3_copy(e);
		for (size_t i = 0; moved && i < moved->device_count; i++)
			carry_device(b, moved, i);
		host_remove_entry(b->target, e);
		if (host_add_entry(b->target, moved))
			target_no_memory(b);
	}
}

// Our bond or bridge, as it is, by whose mark device's entries would return to that.
static const struct device *find_heir_of(const struct target_builder *b, const char *device)
{
	for (size_t i = 0; i < b->origin->ours.count; i++) {
		const struct device *old = b->origin->ours.devices[i], *d = host_find(b->target, old->link.name);

		if (old->mark.inherit && !strcmp(old->mark.uplink, device) && target_made_by_config(b, d) &&
			device_is_ours(d))
			return old;
	}
	return NULL;
}

static struct device *find_port_of(const struct target_builder *b, const struct device *d)
{
	for (size_t i = 0; i < b->target->count && d->ports; i++)
		if (b->target->devices[i]->mark.origin == MARK_PORT &&
			!strcmp(b->target->devices[i]->link.master.name, d->link.name))
			return b->target->devices[i];
	return NULL;
}

// Without a port it stays as it is.
static void keep_carrier(struct target_builder *b, struct device *d, struct device *top, const struct device *old)
{
	const struct device *now = host_find(&b->origin->ours, top->link.name);

	d->mark.inherit = true;
	text_copy(d->mark.uplink, NAME_SIZE, old->mark.uplink);
	if (!now)
		return;
	top->link.addr_gen = now->link.addr_gen;
	if (now->link.set & LINK_SYSCTLS)
		link_copy_field(&top->link, &now->link, LINK_SYSCTLS);
}

static void keep_entry(struct target_builder *b, const struct l3_entry *e, const struct device *old)
{
	struct device *d = host_find(b->target, old->link.name), *top = target_top_master(b, d),
		      *port = find_port_of(b, d);
	struct l3_entry *kept = l3_copy(e);

	if (port)
		mark_carriers(b, port);
	else
		keep_carrier(b, d, top, old);
	if (kept)
		text_copy(kept->devices[0].name, NAME_SIZE, top->link.name);
	if (host_add_entry(b->target, kept))
		target_no_memory(b);
}

// The NIC is gone that they came from: dom0 has them on our bond or bridge alone, and keeps them there.
static void keep_entries(struct target_builder *b)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (!b->failed && (e = host_next_entry(b->target, &at))) {
		const char *device = e->device_count == 1 && e->kind != L3_RULE ? e->devices[0].name : "";
		const struct device *old = host_find(b->target, device) ? NULL : find_heir_of(b, device);
		const struct device *top = old ? target_top_master(b, host_find(b->target, old->link.name)) : NULL;

		if (top && target_made_by_config(b, top)->policy == ADDRESS_INHERIT)
			keep_entry(b, e, old);
	}
}

// What a DHCP client of ours set goes with it.
static void drop_leases(struct target_builder *b)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(b->target, &at))) {
		const char *name = e->device_count ? e->devices[0].name : "";
		const struct device *before = host_find(&b->origin->ours, name), *after = host_find(b->target, name);

		if (before && before->dhcp && !(after && after->dhcp))
			host_remove_entry(b->target, e);
	}
}

void target_carry_entries(struct target_builder *b)
{
	drop_leases(b);
	carry_entries(b);
	keep_entries(b);
}
