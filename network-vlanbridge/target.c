// SPDX-License-Identifier: ISC
// The desired state of the whole host: the origin, with what the configuration asks for on it.
//
// Devices that are there and are taken; devices to be made; then what follows from both: MTUs and MAC addresses from below to above,
// who carries which address, guests back into the bridge of their name, marks.
#include "target.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "target_build.h"

void target_refuse(struct target_builder *b, const struct config_device *c, int code, const char *fmt, ...)
{
	char text[sizeof(b->e->text)];
	va_list ap;

	if (b->failed)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (c && c->line && b->config->file)
		b->failed = err_set(b->e, code, "%s:%d: %s", b->config->file, c->line, text);
	else
		b->failed = err_set(b->e, code, "%s", text);
}

static void no_memory(struct target_builder *b)
{
	target_refuse(b, NULL, ENOMEM, "no memory for the model of the host");
}

// Why c is needed, for the message that it is missing or taken.
static void describe_purpose(const struct config_device *c, char *buf, size_t size)
{
	if (*c->link.master.name)
		snprintf(buf, size, "a port of %s", c->link.master.name);
	else
		snprintf(buf, size, "the device below VLANs");
}

struct device *target_device(const struct target_builder *b, const struct config_device *c)
{
	return host_find(b->target, c->link.name);
}

// ---- devices that have to be there

// network-bridge's way: eth0 becomes peth0, and the bridge gets its name.
static struct device *take_renamed(struct target_builder *b, const struct config_device *c)
{
	struct device *d = host_find(b->target, c->renamed_from);

	if (!d)
		return NULL;
	if (device_is_ours(d)) {
		target_refuse(b, c, EEXIST, "'%s' is a device of vlanbridge's already and can't be renamed %s", c->renamed_from,
			c->link.name);
		return NULL;
	}
	text_copy(d->mark.was_name, NAME_SIZE, c->renamed_from);
	d->mark.was |= MARK_WAS_NAME;
	if (host_rename(b->target, d, c->link.name))
		no_memory(b);
	return d;
}

static void refuse_missing(struct target_builder *b, const struct config_device *c)
{
	char why[64];

	if (*c->renamed_from) {
		target_refuse(b, c, ENODEV, "there is no device '%s' to be renamed %s", c->renamed_from, c->link.name);
		return;
	}
	describe_purpose(c, why, sizeof(why));
	target_refuse(b, c, ENODEV, "there is no device '%s', which is to be %s", c->link.name, why);
}

static void borrow(struct target_builder *b, const struct config_device *c)
{
	struct device *d = host_find(b->target, c->link.name);

	if (!d && *c->renamed_from)
		d = take_renamed(b, c);
	if (!d && !c->optional)
		refuse_missing(b, c);
	if (!d || b->failed)
		return;
	target_take(b, d);
	d->link.up = true;
	if (b->target->ipv6 && c->link.set & LINK_ADDR_GEN)
		d->link.addr_gen = c->link.addr_gen;
}

void target_take(struct target_builder *b, struct device *d)
{
	const struct device *before = host_find(&b->origin->host, d->mark.was & MARK_WAS_NAME ? d->mark.was_name : d->link.name);

	if (device_is_ours(d))
		return; // another stack's: it has its mark
	d->mark.origin = MARK_PORT;
	if (d->mark.was & MARK_WAS_UP || !before)
		return;
	d->mark.was |= MARK_WAS_UP;
	d->mark.was_up = before->link.up;
}

// ---- devices that are made

// An unmanaged device of a desired name is used as it is, if it fits.
static void check_fits(struct target_builder *b, const struct config_device *c, const struct device *d)
{
	const struct kind_row *k = &link_kinds[c->link.kind];
	char has[64], wants[64];

	if (d->link.kind != c->link.kind) {
		target_refuse(b, c, EEXIST, "'%s' exists already and isn't a %s (%s): choose another name", c->link.name, k->name,
			*d->link.kind_name ? d->link.kind_name : "a network card");
		return;
	}
	if (c->mark.dhcp)
		target_refuse(b, c, EEXIST,
			"'%s' exists already and isn't vlanbridge's: run the DHCP client on it yourself", c->link.name);
	if (c->link.kind == KIND_VLAN && strcmp(d->link.lower.name, c->link.lower.name))
		target_refuse(b, c, EEXIST, "'%s' exists already, but on %s instead of %s", c->link.name,
			d->link.lower.name, c->link.lower.name);
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (o->rules & OPTION_IDENTITY && option_is_set(&c->link, o) && !option_equal(&c->link, &d->link, o))
			target_refuse(b, c, EEXIST, "'%s' exists already and isn't vlanbridge's: its %s is %s, %s is wanted",
				c->link.name, o->name, option_print(&d->link, o, has, sizeof(has)),
				option_print(&c->link, o, wants, sizeof(wants)));
	}
}

// A bond that nobody uses, as the bonding module makes bond0.
static bool is_unused_bond(const struct device *d)
{
	return d->link.kind == KIND_BOND && !device_is_ours(d) && !d->link.up && !d->ports && !d->uppers;
}

// Every option: what the configuration doesn't say is as in a new device, so that the target doesn't depend on what was there before.
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
	for (size_t i = 0; i < k->count; i++)
		if (k->options[i].modes && !(k->options[i].modes & 1U << d->link.bond.mode))
			d->link.options &= ~(1ULL << i);
}

static void describe_new(struct target_builder *b, struct device *d, const struct config_device *c)
{
	char name[NAME_SIZE];
	size_t slot = d->slot;
	int index = d->link.index;

	memcpy(name, d->link.name, sizeof(name));
	d->mark = c->mark;
	d->link = c->link;
	d->link.index = index;
	d->slot = slot;
	memcpy(d->link.name, name, sizeof(name));
	text_copy(d->link.kind_name, sizeof(d->link.kind_name), link_kinds[c->link.kind].name);
	d->link.master = (struct link_ref){0};
	d->link.lower.index = 0;
	d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_GROUP | (c->link.set & (LINK_ALTNAME | LINK_LOWER));
	d->link.group = MARK_GROUP;
	d->link.up = true;
	d->dhcp = c->mark.dhcp;
	if (b->target->ipv6) {
		d->link.set |= LINK_ADDR_GEN;
		d->link.addr_gen = c->link.set & LINK_ADDR_GEN ? c->link.addr_gen : 0;
	}
	set_options(b, d, c);
}

// Another device of this VLAN: the kernel has one per VLAN ID.
static void refuse_other_vlan(struct target_builder *b, const struct config_device *c)
{
	const struct device *other;

	other = host_find_vlan(b->target, c->link.lower.name, c->link.vlan.id, c->link.vlan.protocol);
	if (other && !device_is_ours(other))
		target_refuse(b, c, EEXIST,
			"VLAN %u of %s exists already as '%s', which vlanbridge didn't make: say vlan_name=%s to use it",
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
	if (r == -EEXIST) {
		target_refuse(b, c, EEXIST, "'%s' is the name of another device already: choose another one", c->link.name);
		return;
	}
	if (r) {
		no_memory(b);
		return;
	}
	describe_new(b, d, c);
	if (d->link.set & LINK_ALTNAME && host_add_altname(b->target, d, d->link.altname))
		target_refuse(b, c, EEXIST, "'%s' is the name of another device already", d->link.altname);
}

static void make(struct target_builder *b, const struct config_device *c)
{
	struct device *d = target_device(b, c);

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

// A bridge on demand is kept, and changed, once it has been made; so is its VLAN device.
static bool is_demanded(const struct target_builder *b, const struct config_device *c)
{
	const struct config_device *bridge = c;

	if (c->link.kind == KIND_VLAN)
		bridge = config_find(b->config, c->link.master.name);
	return bridge && host_find(&b->origin->ours, bridge->link.name);
}

// What stands on an optional device that is missing isn't made.
static bool waits_for_lower(const struct target_builder *b, const struct config_device *c)
{
	const struct config_device *lower = config_find(b->config, c->link.lower.name);

	if (c->link.kind != KIND_VLAN || host_find(b->target, c->link.lower.name))
		return false;
	return lower && (lower->optional || lower->on_demand || waits_for_lower(b, lower));
}

static bool is_skipped(const struct target_builder *b, const struct config_device *c)
{
	return (c->on_demand && !is_demanded(b, c)) || waits_for_lower(b, c);
}

// VLANs last, and those that stand on VLANs after these.
static void make_devices(struct target_builder *b)
{
	const struct config *c = b->config;
	bool more = true;

	for (size_t i = 0; i < c->count && !b->failed; i++)
		if (!c->devices[i]->create)
			borrow(b, c->devices[i]);
	for (size_t i = 0; i < c->count && !b->failed; i++)
		if (c->devices[i]->create && c->devices[i]->link.kind != KIND_VLAN && !is_skipped(b, c->devices[i]))
			make(b, c->devices[i]);
	while (more) {
		more = false;
		for (size_t i = 0; i < c->count && !b->failed; i++) {
			const struct config_device *v = c->devices[i];

			if (v->create && v->link.kind == KIND_VLAN && !b->made[i] && host_find(b->target, v->link.lower.name) &&
				!is_skipped(b, v)) {
				make(b, v);
				b->made[i] = more = true;
			}
		}
	}
}

// ---- ports

static void refuse_taken(struct target_builder *b, const struct config_device *c, const struct device *d)
{
	char why[64];

	describe_purpose(c, why, sizeof(why));
	target_refuse(b, c, EBUSY, "%s can't become %s: it is a port of %s, which %s", d->link.name, why, d->link.master.name,
		device_is_ours(host_find(b->target, d->link.master.name)) ? "another stack of vlanbridge has"
									   : "vlanbridge didn't make");
}

static void set_master(struct target_builder *b, const struct config_device *c)
{
	struct device *d = target_device(b, c), *m = host_find(b->target, c->link.master.name);

	if (!d || !m || !(c->link.set & LINK_MASTER) || m == d)
		return;
	if (*d->link.master.name && strcmp(d->link.master.name, m->link.name)) {
		refuse_taken(b, c, d);
		return;
	}
	if (d->link.kind == KIND_BRIDGE) {
		target_refuse(b, c, ELOOP, "%s is a bridge itself: it can't be a port of %s", d->link.name, m->link.name);
		return;
	}
	if (!device_is_ours(m) && !*d->link.master.name)
		d->mark.joined = true;
	host_set_master(b->target, d, m->link.name);
	d->link.set |= LINK_MASTER;
	if (!device_is_ours(d))
		target_take(b, d);
}

// On an unmanaged bridge nobody has marked the uplink: whatever isn't a guest's device may be one.
static bool is_uplink_port(const struct device *d, bool unmanaged)
{
	static const uint8_t netback[MAC_SIZE] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (d->mark.origin != MARK_NONE)
		return true;
	return unmanaged && memcmp(d->link.mac, netback, MAC_SIZE) && strcmp(d->link.kind_name, "tun") &&
		strcmp(d->link.kind_name, "veth");
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
			target_refuse(b, c, EBUSY, "%s and %s can't both be uplinks of %s: that would join their networks",
				first->link.name, d->link.name, c->link.name);
			return;
		}
		first = d;
	}
}

static void set_masters(struct target_builder *b)
{
	const struct config *c = b->config;

	for (size_t i = 0; i < c->count && !b->failed; i++)
		set_master(b, c->devices[i]);
	for (size_t i = 0; i < c->count && !b->failed; i++)
		if (c->devices[i]->link.kind == KIND_BRIDGE && c->devices[i]->create && target_device(b, c->devices[i]) &&
			target_device(b, c->devices[i])->ports > 1)
			refuse_two_uplinks(b, c->devices[i]);
}

static void set_default_vlans(struct device *d, const struct device *bridge)
{
	unsigned int pvid = bridge->link.bridge.vlan_default_pvid;

	d->vlans = (struct port_vlans){.pvid = (uint16_t)pvid};
	if (!pvid)
		return;
	vlans_add(&d->vlans.all, pvid, pvid);
	vlans_add(&d->vlans.untagged, pvid, pvid);
}

// A new port of an unmanaged VLAN-aware bridge.
static void set_vlans_on_unmanaged(struct target_builder *b)
{
	for (size_t i = 0; i < b->config->count; i++) {
		const struct config_device *c = b->config->devices[i];
		struct device *d = target_device(b, c), *bridge = d ? host_find(b->target, d->link.master.name) : NULL;

		if (!bridge || bridge->link.kind != KIND_BRIDGE || device_is_ours(bridge))
			continue;
		if (c->tagged)
			d->vlans = c->vlans;
		else if (d->mark.joined)
			set_default_vlans(d, bridge);
	}
}

// What the configuration says, else what the kernel gives; a guest's port keeps what it has, unless VLANs are nothing to its bridge.
static void set_port_vlans(struct target_builder *b)
{
	for (size_t i = 0; i < b->target->count; i++) {
		struct device *d = b->target->devices[i];
		const struct config_device *c = config_find(b->config, d->link.name);
		const struct device *bridge = d->link.kind == KIND_BRIDGE ? d : host_find(b->target, d->link.master.name);

		if (!bridge || bridge->link.kind != KIND_BRIDGE || !device_is_ours(bridge) || !config_find(b->config, bridge->link.name))
			continue;
		if (c && c->tagged)
			d->vlans = c->vlans;
		else if (d->mark.origin != MARK_NONE || !bridge->link.bridge.vlan_filtering)
			set_default_vlans(d, bridge);
	}
	set_vlans_on_unmanaged(b);
}

// ---- guests

// Under another name, the bridge of the same uplink and VLAN is the same network.
static struct device *find_bridge_of(struct target_builder *b, const char *name)
{
	struct device *bridge = host_find(b->target, name);
	const struct device *old = host_find(&b->origin->ours, name);

	if (bridge)
		return bridge->link.kind == KIND_BRIDGE ? bridge : NULL;
	for (size_t i = 0; i < b->target->count && old && *old->mark.uplink; i++) {
		struct device *d = b->target->devices[i];

		if (d->link.kind == KIND_BRIDGE && device_is_ours(d) && d->mark.vlan == old->mark.vlan &&
			!strcmp(d->mark.uplink, old->mark.uplink))
			return d;
	}
	return NULL;
}

static void attach_guests(struct target_builder *b)
{
	for (size_t i = 0; i < b->target->count; i++) {
		struct device *d = b->target->devices[i], *bridge;

		if (!*d->attached)
			continue;
		bridge = find_bridge_of(b, d->attached);
		d->attached[0] = '\0';
		if (bridge && !*d->link.master.name)
			host_set_master(b->target, d, bridge->link.name);
	}
}

// ---- unmanaged devices on ours

static void refuse_orphans(struct target_builder *b)
{
	for (size_t i = 0; i < b->target->count && !b->failed; i++) {
		const struct device *d = b->target->devices[i];
		const struct device *lower = host_find(&b->origin->ours, d->link.lower.name), *after;

		// What had our bridge's name before us is there again (legacy=yes).
		if (!lower || lower->mark.adopted || host_find(&b->origin->host, d->link.lower.name))
			continue;
		after = host_find(b->target, lower->link.name);
		if (after && after->link.kind == lower->link.kind && device_is_same(lower, after))
			continue;
		target_refuse(b, NULL, EBUSY, "%s can't be removed: %s, which %s, stands on it; remove that first", lower->link.name,
			d->link.name, device_is_ours(d) ? "belongs to another stack of vlanbridge's" : "isn't vlanbridge's");
	}
}

// ---- marks

// A device that stays as it is, below VLANs, needs no mark.
static bool is_untouched(const struct device *d, const struct device *before)
{
	return d->link.up == before->link.up && d->link.mtu == before->link.mtu && d->link.addr_gen == before->link.addr_gen &&
		!strcmp(d->link.master.name, before->link.master.name) && !strcmp(d->link.name, before->link.name);
}

static void write_mark(struct target_builder *b, struct device *d)
{
	const struct device *before = host_find(&b->origin->host, original_device_name(d));
	const struct device *ours = host_find(&b->origin->ours, d->link.name);
	struct err inner = {0};

	if (device_is_ours(d) && ours && ours->link.kind == d->link.kind)
		memcpy(d->link.alias, ours->link.alias, sizeof(d->link.alias));
	if (d->mark.origin == MARK_PORT && before && before->mark.origin == MARK_NONE && is_untouched(d, before)) {
		d->mark = (struct mark){0};
		return;
	}
	if (d->mark.origin == MARK_PORT && before) {
		if (before->link.mtu != d->link.mtu && !(d->mark.was & MARK_WAS_MTU)) {
			d->mark.was |= MARK_WAS_MTU;
			d->mark.was_mtu = before->link.mtu;
		}
		if (before->link.addr_gen != d->link.addr_gen && !(d->mark.was & MARK_WAS_ADDR_GEN)) {
			d->mark.was |= MARK_WAS_ADDR_GEN;
			d->mark.was_addr_gen = before->link.addr_gen;
		}
	}
	if (d->mark.origin != MARK_NONE && mark_write(d->link.alias, &d->mark, &inner))
		target_refuse(b, config_find(b->config, d->link.name), ENOSPC, "%s: %s", d->link.name, inner.text);
}

static void build(struct target_builder *b)
{
	make_devices(b);
	if (!b->failed)
		set_masters(b);
	if (!b->failed)
		target_set_sizes(b);
	if (!b->failed)
		target_place_entries(b);
	if (b->failed)
		return;
	attach_guests(b);
	set_port_vlans(b);
	for (size_t i = 0; i < b->target->count && !b->failed; i++)
		write_mark(b, b->target->devices[i]);
}

// The origin of stop has no guests' bridges any more; entries of devices that aren't there are gone with them.
static void drop_loose_entries(struct host *h)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		for (size_t i = 0; i < e->device_count && e->kind != L3_RULE; i++)
			if (!host_find(h, e->devices[i].name)) {
				host_remove_entry(h, e);
				break;
			}
}

int target_make(const struct origin *o, const struct config *c, struct host *ret, struct err *e)
{
	static const struct config nothing;
	struct target_builder b = {.origin = o, .config = c ? c : &nothing, .target = ret, .e = e};

	b.made = calloc(b.config->count + 1, sizeof(*b.made));
	if (!b.made || host_copy(&o->host, ret)) {
		free(b.made);
		return err_set(e, ENOMEM, "no memory for the model of the host");
	}
	build(&b);
	if (!b.failed) {
		refuse_orphans(&b);
		drop_loose_entries(ret);
		host_count_references(ret);
	}
	free(b.made);
	if (b.failed)
		host_free(ret);
	return b.failed;
}
