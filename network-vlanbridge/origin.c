// SPDX-License-Identifier: ISC
// The host as it would be without us.
//
// Our devices go; borrowed ones get back what their mark notes; every entry returns to the device that it came from.
// What a killed run left twice, on the old and on the new device, is one entry.
#include "origin.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>

#define DEPTH_MAX 8 // devices one above the other

struct builder {
	const struct host *current;
	enum scope scope;
	const struct config *names;
	struct origin *origin;
	int failed; // 0 or -ENOMEM
};

static const struct device *find_renamed(const struct host *h, const char *old)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->devices[i]->mark.was & MARK_WAS_NAME && !strcmp(h->devices[i]->mark.was_name, old))
			return h->devices[i];
	return NULL;
}

// The port that stands in for one that is gone: the entries of a bond whose NIC was unplugged belong to the next one.
// Of a bridge it is its uplink, which has lost the alternative name that the mark has.
static const struct device *find_other_port(const struct host *h, const struct device *master)
{
	for (size_t i = 0; i < h->count && master->ports; i++)
		if (!strcmp(h->devices[i]->link.master.name, master->link.name) &&
			h->devices[i]->mark.origin == MARK_PORT)
			return h->devices[i];
	return NULL;
}

static bool is_in_scope(const struct builder *b, const struct device *d);

// b NULL: every device of ours is in scope.
static const char *follow(const struct host *h, const struct builder *b, const char *device)
{
	const struct device *d = host_find(h, device), *below;

	for (int depth = 0; depth < DEPTH_MAX && d; depth++) {
		if (!device_is_ours(d))
			return original_device_name(d);
		if ((b && !is_in_scope(b, d)) || !d->mark.inherit || !*d->mark.uplink)
			return d->link.name;
		below = host_find(h, d->mark.uplink);
		if (!below)
			below = find_renamed(h, d->mark.uplink);
		if (!below)
			below = find_other_port(h, d);
		if (!below)
			return d->mark.uplink;
		d = below;
	}
	return device;
}

const char *origin_of(const struct host *h, const char *device)
{
	return follow(h, NULL, device);
}

static bool is_in_scope(const struct builder *b, const struct device *d)
{
	const struct config_device *named = b->names ? config_find(b->names, d->link.name) : NULL;

	if (!device_is_ours(d))
		return false;
	if (d->mark.parking)
		return true;
	switch (b->scope) {
	case SCOPE_ALL:
		return !b->names || (named && named->create);
	case SCOPE_FILE:
		return d->mark.origin == MARK_FILE || (named && named->create);
	default:
		return named && named->create;
	}
}

static bool concerns_all(const struct builder *b)
{
	return b->scope == SCOPE_FILE || (b->scope == SCOPE_ALL && !b->names);
}

// Of a bridge that isn't ours; with arguments, and not theirs.
static bool is_others_port(const struct builder *b, const struct device *d)
{
	return !concerns_all(b) && !(b->names && config_find(b->names, d->link.name));
}

// Whether something that stays needs d: its master, a VLAN device on it, or another stack.
static bool is_needed(const struct builder *b, const struct device *d)
{
	const struct device *m = host_find(b->current, d->link.master.name);

	if (m && !is_in_scope(b, m) && (device_is_ours(m) || is_others_port(b, d)))
		return true;
	for (size_t i = 0; i < b->current->count && d->uppers; i++) {
		const struct device *u = b->current->devices[i];

		if (!strcmp(u->link.lower.name, d->link.name) && device_is_ours(u) && !is_in_scope(b, u))
			return true;
	}
	return false;
}

// Only below a VLAN device of another stack, it is a device of dom0's own again.
static void give_back_addr_gen(struct device *d)
{
	if (d->mark.was & MARK_WAS_ADDR_GEN)
		d->link.addr_gen = d->mark.was_addr_gen;
	d->mark.was &= ~(unsigned int)MARK_WAS_ADDR_GEN;
	mark_write(d->link.alias, &d->mark, NULL);
}

// The fields of a borrowed device as its mark notes them.
static void give_back_fields(struct device *d)
{
	struct mark m = d->mark;

	if (m.was & MARK_WAS_UP)
		d->link.up = m.was_up;
	if (m.was & MARK_WAS_MTU)
		d->link.mtu = m.was_mtu;
	if (m.was & MARK_WAS_ADDR_GEN)
		d->link.addr_gen = m.was_addr_gen;
	mark_write(d->link.alias, &(struct mark){0}, NULL);
	d->mark = (struct mark){0};
}

// As the module made it: down, without ports, every option and the MTU at its initial value.
static void reset_adopted(struct device *d)
{
	const struct kind_row *k = &link_kinds[d->link.kind];

	for (size_t i = 0; i < k->count; i++)
		option_reset(&d->link, &k->options[i]);
	d->link.up = false;
	d->link.addr_gen = 0;
	d->link.mtu = ETH_DATA_LEN;
	d->dhcp = false;
	mark_write(d->link.alias, &(struct mark){0}, NULL);
	d->mark = (struct mark){0};
}

// A port that we put into a bridge that isn't ours.
static bool has_joined(const struct builder *b, const struct device *d, const struct device *m)
{
	if (d->mark.origin != MARK_PORT || !d->mark.joined || device_is_ours(m))
		return false;
	return b->scope == SCOPE_FILE || !b->names || config_find(b->names, m->link.name);
}

static void take_noted_vlans(struct builder *b, struct device *d, const struct guest_mark *g)
{
	d->attached_aware = g->vlan_aware;
	if (g->vlan_aware && vlans_keep(&d->vlans, &g->vlans))
		b->failed = -ENOMEM;
}

// What is noted counts where the device isn't in its place, or a plan was about to change it. Of one in its place the
// VLANs alone count, while its bridge isn't VLAN-aware.
static void take_noted_place(struct builder *b, struct device *d)
{
	struct guest_mark g;

	if (!mark_parse_guest(d->link.alias, &g) || !*g.bridge)
		return;
	if (*d->link.master.name && !d->mark.changing) {
		if (!d->attached_aware && !strcmp(g.bridge, d->attached))
			take_noted_vlans(b, d, &g);
		return;
	}
	text_copy(d->attached, NAME_SIZE, g.bridge);
	d->link.port_flags = g.port_flags;
	d->link.port_flags_known = LINK_PORT_FLAGS_ALL;
	take_noted_vlans(b, d, &g);
}

// The master is gone: what was in it is a guest's device (attached), or a port that goes back.
static void release(struct builder *b, struct device *d)
{
	const struct device *m = host_find(b->current, d->link.master.name);

	if (m && !is_in_scope(b, m) && !has_joined(b, d, m))
		return;
	if (d->mark.origin != MARK_PORT) {
		text_copy(d->attached, NAME_SIZE, d->link.master.name);
		d->attached_aware = device_is_vlan_aware(m);
		take_noted_place(b, d);
	} else if (m) {
		vlans_keep_default(&d->vlans, 0);
		d->link.port_flags = d->link.port_flags_known = 0;
	}
	if (!m)
		return;
	if (d->link.has_perm_mac)
		memcpy(d->link.mac, d->link.perm_mac, MAC_SIZE);
	d->link.has_perm_mac = false;
	d->link.master = (struct link_ref){0};
}

static void copy_device(struct builder *b, const struct device *from, struct host *to)
{
	struct device *d;

	if (!b->failed)
		b->failed = host_add(to, from->link.name, &d);
	if (!b->failed)
		b->failed = device_copy(d, from);
	if (!b->failed && *d->link.altname)
		b->failed = host_add_altname(to, d, d->link.altname);
}

// Ours, with its uplink by the name that it has without us.
static void note_ours(struct builder *b, const struct device *from)
{
	const char *uplink = host_original_name(b->current, from->mark.uplink);
	struct host *copies = &b->origin->renamed_uplinks;

	if (strcmp(uplink, from->mark.uplink)) {
		copy_device(b, from, copies);
		if (b->failed)
			return;
		text_copy(copies->devices[copies->count - 1]->mark.uplink, NAME_SIZE, uplink);
		from = copies->devices[copies->count - 1];
	}
	if (!b->failed)
		b->failed = host_lend(&b->origin->ours, from);
}

static void add_devices(struct builder *b)
{
	const struct host *c = b->current;
	struct host *o = &b->origin->host;

	for (size_t i = 0; i < c->count && !b->failed; i++) {
		const struct device *from = c->devices[i];
		bool ours = is_in_scope(b, from), keeps = !ours && is_needed(b, from);
		struct device *d;

		if (ours)
			note_ours(b, from);
		if (ours && !from->mark.adopted)
			continue;
		copy_device(b, from, o);
		if (b->failed)
			return;
		d = o->devices[o->count - 1];
		release(b, d);
		if (ours)
			reset_adopted(d);
		else if (!keeps && from->mark.origin == MARK_PORT)
			give_back_fields(d);
		else if (from->mark.origin == MARK_PORT && !*d->link.master.name)
			give_back_addr_gen(d);
	}
}

// Devices that had another name get it back when all are there: their name may be a bridge's of ours until then.
static void give_back_names(struct builder *b)
{
	struct host *o = &b->origin->host;

	for (size_t i = 0; i < b->current->count && !b->failed; i++) {
		const struct device *from = b->current->devices[i];
		struct device *d = host_find(o, from->link.name);

		if (!(from->mark.was & MARK_WAS_NAME) || !d || d->mark.was & MARK_WAS_NAME)
			continue;
		if (!host_find(o, from->mark.was_name))
			b->failed = host_rename(o, d, from->mark.was_name);
	}
}

// What the configuration gave goes with it: to devices in scope, and to unmanaged ones unless only a part is concerned.
static bool is_configured_entry(const struct builder *b, const struct l3_entry *e)
{
	const struct device *d = host_find(b->current, e->device_count ? e->devices[0].name : "");

	if (!e->ours || !d)
		return e->ours;
	if (device_is_ours(d))
		return is_in_scope(b, d);
	return concerns_all(b) || (b->names && config_find(b->names, d->link.name));
}

static struct l3_entry *returned_entry(const struct builder *b, const struct l3_entry *e, bool *moved)
{
	struct l3_entry *copy = l3_copy(e);

	*moved = false;
	for (size_t i = 0; copy && i < copy->device_count; i++) {
		const char *home = follow(b->current, b, copy->devices[i].name);

		if (!strcmp(home, copy->devices[i].name))
			continue;
		*moved = true;
		text_copy(copy->devices[i].name, NAME_SIZE, home);
	}
	return copy;
}

// A copy may have been changed on its way, and what a device has by its renaming (the kernel writes new labels).
enum place { PLACE_PARKED, PLACE_HOME, PLACE_ELSEWHERE, PLACE_COUNT };

static enum place place_of(const struct builder *b, const struct l3_entry *e, bool moved)
{
	const struct device *d = e->device_count ? host_find(b->current, e->devices[0].name) : NULL;

	if (d && d->mark.parking)
		return PLACE_PARKED;
	return moved ? PLACE_ELSEWHERE : PLACE_HOME;
}

static bool has_live_hop(const struct builder *b, const struct l3_entry *route)
{
	for (size_t i = 0; i < route->device_count; i++) {
		const struct device *d = host_find(&b->origin->host, route->devices[i].name);

		if (d && d->link.up)
			return true;
	}
	return false;
}

// A route needs a device that is up: the one that it came from was, and so must be the port that takes the place of one
// that is gone. Where it stayed, one next hop is enough for the kernel to keep the others.
static void bring_up_home(struct builder *b, const struct l3_entry *now, const struct l3_entry *route)
{
	bool lives = has_live_hop(b, route);

	for (size_t i = 0; i < route->device_count; i++) {
		struct device *d = host_find(&b->origin->host, route->devices[i].name);
		const struct device *carrier = host_find(b->current, now->devices[i].name);

		if (d && (!lives || (carrier && device_is_ours(carrier) && !carrier->mark.parking)))
			d->link.up = true;
	}
}

// Where a run was killed between the two messages of an IPv6 address, there is a complete copy elsewhere.
static bool is_half_made(const struct builder *b, const struct l3_entry *e)
{
	const char *home = e->no_dad ? follow(b->current, b, e->devices[0].name) : "";
	const struct l3_entry *other;
	size_t at = 0;

	while (e->no_dad && (other = host_next_entry(b->current, &at)))
		if (other->kind == L3_ADDRESS && !other->no_dad && !strcmp(other->key, e->key) &&
			!strcmp(follow(b->current, b, other->devices[0].name), home))
			return true;
	return false;
}

// Of several copies the one that is most likely untouched.
static void add_entries(struct builder *b, enum place place)
{
	const struct l3_entry *e;
	struct l3_entry *returned;
	size_t at = 0;
	bool moved;

	while (!b->failed && (e = host_next_entry(b->current, &at))) {
		if (e->link_local || e->stale || is_configured_entry(b, e))
			continue;
		returned = returned_entry(b, e, &moved);
		if (!returned) {
			b->failed = -ENOMEM;
			return;
		}
		if (place_of(b, e, moved) != place || is_half_made(b, e) ||
			host_find_entry_key(&b->origin->host, returned)) {
			l3_free(returned);
			continue;
		}
		if (returned->kind == L3_ROUTE)
			bring_up_home(b, e, returned);
		b->failed = host_add_entry(&b->origin->host, returned);
	}
}

int origin_make(
	const struct host *current, enum scope scope, const struct config *names, struct origin *ret, struct err *e)
{
	struct builder b = {current, scope, names, ret, 0};

	*ret = (struct origin){
		.host = {.bonding = current->bonding, .ipv6 = current->ipv6, .stable_secret = current->stable_secret}};
	memcpy(ret->host.default_sysctls, current->default_sysctls, sizeof(current->default_sysctls));
	add_devices(&b);
	if (!b.failed)
		b.failed = host_copy_altnames(current, &ret->host);
	give_back_names(&b);
	for (int place = 0; place < PLACE_COUNT; place++)
		add_entries(&b, (enum place)place);
	if (b.failed) {
		origin_free(ret);
		return err_set(e, ENOMEM, "no memory for the model of the host");
	}
	host_count_references(&ret->host);
	return 0;
}

void origin_free(struct origin *o)
{
	host_free(&o->host);
	host_free(&o->ours);
	host_free(&o->renamed_uplinks);
}
