// SPDX-License-Identifier: ISC
// What the kernel does in a step, with its side effects, done to the model.
//
// Each rule stands here once and nowhere else: the planner learns of it only by what the model becomes.
#include "kernel_model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "l3_key.h"

#define BOND_MODE_ACTIVE_BACKUP 1
#define BOND_MODE_TLB 5
#define BOND_MODE_ALB 6
#define FORWARD_DELAY_MIN_STP 200 // hundredths of a second: br_stp_start

static void set_down(struct host *h, struct device *d);

static bool is_bond(const struct device *d)
{
	return d && d->link.kind == KIND_BOND;
}

static bool is_bridge(const struct device *d)
{
	return d && d->link.kind == KIND_BRIDGE;
}

static bool is_address_of(const struct l3_entry *e, const char *device, int family)
{
	return e->kind == L3_ADDRESS && e->family == family && l3_uses(e, device);
}

static bool has_address(const struct host *h, const char *device, int family)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		if (is_address_of(e, device, family))
			return true;
	return false;
}

// A multipath route stays while one of its next hops lives: with its device up and, if the device of the moment loses the last
// address, another one that has one (fib_sync_down_dev).
static bool has_hop_up(const struct host *h, const struct l3_entry *e, const char *without)
{
	const struct device *d;

	for (size_t i = 0; i < e->device_count; i++) {
		d = host_find(h, e->devices[i].name);
		if (d && d->link.up && strcmp(d->link.name, without) && (e->device_count == 1 || has_address(h, d->link.name, e->family)))
			return true;
	}
	return false;
}

// IPv6 routes to one destination with one metric, each through a gateway, are the next hops of one route (rt6_qualify_for_ecmp).
static bool is_sibling(const struct l3_entry *a, const struct l3_entry *b)
{
	char x[16], y[16];
	size_t n = strcspn(a->key, " ");

	if (a->kind != L3_ROUTE || b->kind != L3_ROUTE || a->family != AF_INET6 || b->family != AF_INET6 || !a->gateway || !b->gateway)
		return false;
	if (n != strcspn(b->key, " ") || strncmp(a->key, b->key, n))
		return false;
	l3_key_value(a->key, "metric", x, sizeof(x));
	l3_key_value(b->key, "metric", y, sizeof(y));
	if (strcmp(x, y))
		return false;
	l3_key_value(a->key, "table", x, sizeof(x));
	l3_key_value(b->key, "table", y, sizeof(y));
	return !strcmp(x, y);
}

// They go together, when the last of their devices goes down (fib6_ifdown).
static bool has_sibling_up(const struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *other;
	size_t at = 0;

	if (e->family != AF_INET6 || !e->gateway)
		return false;
	while ((other = host_next_entry(h, &at)))
		if (is_sibling(e, other) && has_hop_up(h, other, ""))
			return true;
	return false;
}

static bool goes_down_with_device(const struct host *h, const struct l3_entry *e)
{
	switch (e->kind) {
	case L3_ADDRESS:
		return e->family == AF_INET6; // keep_addr_on_down is off
	case L3_ROUTE:
		return !has_hop_up(h, e, "") && !has_sibling_up(h, e);
	case L3_NEIGHBOUR:
		return true;
	default:
		return false;
	}
}

static void remove_siblings(struct host *h, const struct l3_entry *gone)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (gone->family == AF_INET6 && gone->gateway && (e = host_next_entry(h, &at)))
		if (e != gone && is_sibling(e, gone))
			host_remove_entry(h, e);
}

static void set_down(struct host *h, struct device *d)
{
	const struct l3_entry *e;
	size_t at = 0;

	if (!d->link.up)
		return;
	d->link.up = false;
	while (d->entries && (e = host_next_entry(h, &at))) {
		if (!l3_uses(e, d->link.name) || !goes_down_with_device(h, e))
			continue;
		remove_siblings(h, e);
		host_remove_entry(h, e);
	}
	for (size_t i = 0; i < h->count && d->uppers; i++)
		if (!strcmp(h->devices[i]->link.lower.name, d->link.name))
			set_down(h, h->devices[i]);
}

// VLAN devices come up with the device below them, also those that the administrator had set down.
static void set_up(struct host *h, struct device *d)
{
	if (d->link.up)
		return;
	d->link.up = true;
	for (size_t i = 0; i < h->count && d->uppers; i++)
		if (!strcmp(h->devices[i]->link.lower.name, d->link.name) && h->devices[i]->link.kind == KIND_VLAN)
			set_up(h, h->devices[i]);
}

// Lowering lowers the VLAN devices above; raising doesn't give back. A bond's MTU is its ports'.
static void set_mtu(struct host *h, struct device *d, uint32_t mtu)
{
	d->link.mtu = mtu;
	d->link.set |= LINK_MTU;
	for (size_t i = 0; i < h->count && d->uppers; i++) {
		struct device *u = h->devices[i];

		if (u->link.kind == KIND_VLAN && u->link.mtu > mtu && !strcmp(u->link.lower.name, d->link.name))
			set_mtu(h, u, mtu);
	}
	for (size_t i = 0; i < h->count && is_bond(d) && d->ports; i++)
		if (!strcmp(h->devices[i]->link.master.name, d->link.name))
			set_mtu(h, h->devices[i], mtu);
}

static void remove_neighbours(struct host *h, const struct device *d, int family)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (d->entries && (e = host_next_entry(h, &at)))
		if (e->kind == L3_NEIGHBOUR && l3_uses(e, d->link.name) && (!family || e->family == family))
			host_remove_entry(h, e);
}

// A device's neighbours are forgotten with its MAC address, permanent ones too (neigh_changeaddr). VLAN devices that have
// their lower device's follow (vlan_sync_address). A bond's is its ports' (bond_set_mac_address).
static void set_mac(struct host *h, struct device *d, const uint8_t *mac)
{
	const uint8_t given[MAC_SIZE] = {mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]};
	bool for_ports = is_bond(d) && !(d->link.bond.fail_over_mac && d->link.bond.mode == BOND_MODE_ACTIVE_BACKUP) &&
		d->link.bond.mode < BOND_MODE_TLB;
	uint8_t old[MAC_SIZE];

	memcpy(old, d->link.mac, MAC_SIZE);
	memcpy(d->link.mac, given, MAC_SIZE);
	d->link.set |= LINK_MAC;
	remove_neighbours(h, d, 0);
	for (size_t i = 0; i < h->count && (d->uppers || d->ports); i++) {
		struct device *other = h->devices[i];
		bool is_upper = other->link.kind == KIND_VLAN && !strcmp(other->link.lower.name, d->link.name);

		if (is_upper ? !memcmp(other->link.mac, old, MAC_SIZE) : for_ports && !strcmp(other->link.master.name, d->link.name))
			set_mac(h, other, given);
	}
}

static void copy_mac(struct host *h, struct device *to, const struct device *from)
{
	set_mac(h, to, from->link.mac);
}

static void set_default_vlan(struct port_vlans *v, unsigned int pvid)
{
	*v = (struct port_vlans){.pvid = (uint16_t)pvid};
	if (!pvid)
		return;
	vlans_add(&v->all, pvid, pvid);
	vlans_add(&v->untagged, pvid, pvid);
}

// A released port keeps nothing of what it was in the bridge; one that left a bond is down, with its own MAC address and MTU.
static void leave_master(struct host *h, struct device *d)
{
	struct device *m = host_find(h, d->link.master.name);

	host_set_master(h, d, "");
	if (is_bridge(m))
		d->vlans = (struct port_vlans){0};
	d->link.port_flags = 0;
	if (!is_bond(m))
		return;
	set_down(h, d);
	if (d->link.has_perm_mac)
		set_mac(h, d, d->link.perm_mac);
	d->link.has_perm_mac = false;
	if (d->mtu_before_bond)
		set_mtu(h, d, d->mtu_before_bond);
	if (!m->ports)
		m->link.set &= ~(unsigned int)LINK_MAC; // a random one
}

static void join_bond(struct host *h, struct device *d, struct device *m)
{
	memcpy(d->link.perm_mac, d->link.mac, MAC_SIZE);
	d->link.has_perm_mac = d->link.set & LINK_MAC;
	if (m->link.set & LINK_MAC)
		set_mac(h, d, m->link.mac);
	else if (d->link.set & LINK_MAC)
		copy_mac(h, m, d);
	d->mtu_before_bond = d->link.mtu;
	set_mtu(h, d, m->link.mtu);
	set_up(h, d);
}

static void join_bridge(struct device *d, const struct device *m)
{
	set_default_vlan(&d->vlans, m->link.bridge.vlan_default_pvid);
	if (!d->link.port_flags_known) // it wasn't a port when it was looked at
		d->link.port_flags_known = UINT64_MAX;
	d->link.port_flags = d->link.port_flags_known & LINK_PORT_FLAGS_INITIAL;
}

static void set_master(struct host *h, struct device *d, const char *name)
{
	struct device *m = host_find(h, name);

	if (!strcmp(d->link.master.name, name))
		return;
	if (*d->link.master.name)
		leave_master(h, d);
	if (!m)
		return;
	host_set_master(h, d, name);
	if (is_bond(m))
		join_bond(h, d, m);
	else if (is_bridge(m))
		join_bridge(d, m);
}

// Ports that have the old default PVID get the new one; the others, which somebody set, stay. But where there was none before, all that aren't
// in that VLAN get it, whatever their PVID is (__br_vlan_set_default_pvid).
static void change_default_pvid(struct port_vlans *v, unsigned int old, unsigned int new)
{
	if (old && (v->pvid != old || !vlans_has(&v->untagged, old)))
		return;
	if (new && vlans_has(&v->all, new))
		return;
	if (old) {
		struct vlans gone = {0};

		vlans_add(&gone, old, old);
		vlans_subtract(&v->all, &gone);
		vlans_subtract(&v->untagged, &gone);
	}
	v->pvid = (uint16_t)new;
	if (!new)
		return;
	vlans_add(&v->all, new, new);
	vlans_add(&v->untagged, new, new);
}

static void set_default_pvid(struct host *h, struct device *bridge, unsigned int old)
{
	unsigned int new = bridge->link.bridge.vlan_default_pvid;

	if (old == new)
		return;
	change_default_pvid(&bridge->vlans, old, new);
	for (size_t i = 0; i < h->count && bridge->ports; i++)
		if (!strcmp(h->devices[i]->link.master.name, bridge->link.name))
			change_default_pvid(&h->devices[i]->vlans, old, new);
}

static bool sets_option(const struct link *c, const char *name)
{
	return c->kind == KIND_BOND && option_is_set(c, option_find(KIND_BOND, name));
}

// Delays are kept as a number of miimon intervals (_bond_option_delay_set): they are rounded down, and change with it.
static uint32_t settle_delay(uint32_t delay, bool is_new, uint32_t miimon, uint32_t miimon_before)
{
	if (is_new)
		return miimon ? delay / miimon * miimon : 0;
	return miimon_before ? delay / miimon_before * miimon : delay;
}

// What one option does to others. b has what c sets; the kernel goes through them in the order of bond_changelink.
static void settle_bond_options(struct bond *b, const struct bond *before, const struct link *c)
{
	bool arp_is_possible = b->mode <= LINK_BOND_MODE_LAST_WITH_ARP;

	if (sets_option(c, "mode") && b->mode != before->mode) { // bond_option_mode_set
		if (!arp_is_possible)
			b->arp_interval = 0;
		if (!arp_is_possible && !before->miimon && !sets_option(c, "miimon"))
			b->miimon = LINK_BOND_MIIMON_DEFAULT;
		if (b->mode == BOND_MODE_ALB && !sets_option(c, "tlb_dynamic_lb"))
			b->tlb_dynamic_lb = 1;
		if (!sets_option(c, "arp_validate"))
			b->arp_validate = 0;
	}
	if (sets_option(c, "miimon") && before->arp_interval) { // bond_option_miimon_set
		if (!sets_option(c, "arp_interval"))
			b->arp_interval = 0;
		if (!sets_option(c, "arp_validate"))
			b->arp_validate = 0;
	}
	if (sets_option(c, "arp_interval") && b->arp_interval) // bond_option_arp_interval_set
		b->miimon = 0;
	b->updelay = settle_delay(b->updelay, sets_option(c, "updelay"), b->miimon, before->miimon);
	b->downdelay = settle_delay(b->downdelay, sets_option(c, "downdelay"), b->miimon, before->miimon);
	b->peer_notif_delay = settle_delay(b->peer_notif_delay, sets_option(c, "peer_notif_delay"), b->miimon, before->miimon);
}

static void set_options(struct host *h, struct device *d, const struct link *c)
{
	const struct kind_row *k = &link_kinds[d->link.kind];
	struct link before = d->link;

	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(c, &k->options[i]))
			option_copy(&d->link, c, &k->options[i]);
	if (is_bond(d))
		settle_bond_options(&d->link.bond, &before.bond, c);
	if (!is_bridge(d))
		return;
	if (d->link.bridge.stp && !before.bridge.stp && d->link.bridge.forward_delay < FORWARD_DELAY_MIN_STP)
		d->link.bridge.forward_delay = FORWARD_DELAY_MIN_STP;
	set_default_pvid(h, d, before.bridge.vlan_default_pvid);
}

// ---- refusals: what is checked before anything is changed

// Which the step may set, or the change of mode.
static uint32_t miimon_after(const struct device *d, const struct link *c)
{
	if (sets_option(c, "miimon"))
		return c->bond.miimon;
	if (sets_option(c, "mode") && c->bond.mode > LINK_BOND_MODE_LAST_WITH_ARP && !d->link.bond.miimon)
		return LINK_BOND_MIIMON_DEFAULT;
	return d->link.bond.miimon;
}

// One message doesn't take both ways of monitoring (bond_changelink).
static bool monitors_twice(const struct link *c)
{
	if (!sets_option(c, "miimon") || !c->bond.miimon)
		return false;
	return (sets_option(c, "arp_interval") && c->bond.arp_interval) || sets_option(c, "arp_validate");
}

static int check_bond_options(const struct device *d, const struct link *c)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];
	uint32_t mode = d->link.bond.mode;

	if (option_is_set(c, option_find(KIND_BOND, "mode")))
		mode = c->bond.mode;
	if (monitors_twice(c))
		return -EINVAL;
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (!option_is_set(c, o))
			continue;
		if (o->rules & OPTION_EMPTY && d->ports)
			return -ENOTEMPTY;
		if (o->rules & OPTION_DOWN && d->link.up && !(c->set & LINK_UP && !c->up))
			return -EPERM;
		if (o->modes && !(o->modes & 1U << mode))
			return -EACCES;
		if (o->rules & OPTION_NEEDS_MIIMON && !miimon_after(d, c))
			return -EPERM;
	}
	return 0;
}

static int check_bridge_options(const struct device *d, const struct link *c)
{
	bool sets_delay = option_is_set(c, option_find(KIND_BRIDGE, "forward_delay"));

	if (sets_delay && d->link.bridge.stp && c->bridge.forward_delay < FORWARD_DELAY_MIN_STP)
		return -ERANGE;
	return 0;
}

// Through its lower device or its ports.
static bool stands_on(const struct host *h, const struct device *d, const struct device *other)
{
	const struct device *lower = host_find(h, d->link.lower.name);

	if (d == other || (lower && stands_on(h, lower, other)))
		return true;
	for (size_t i = 0; i < h->count && d->ports; i++)
		if (!strcmp(h->devices[i]->link.master.name, d->link.name) && stands_on(h, h->devices[i], other))
			return true;
	return false;
}

// bond_enslave: it must be down, and is opened with the bond's MTU. A port of another bond is down once it has left that.
static int check_bond_port(const struct host *h, const struct device *d, const struct device *m, const struct link *c)
{
	const struct device *lower = host_find(h, d->link.lower.name);
	bool goes_down = (c->set & LINK_UP && !c->up) || is_bond(host_find(h, d->link.master.name));

	if (d->link.up && !goes_down)
		return -EPERM; // "Device can not be enslaved while up"
	if (d->link.kind != KIND_VLAN || !lower)
		return 0;
	if (!lower->link.up)
		return -ENETDOWN;
	return m->link.mtu > lower->link.mtu ? -ERANGE : 0;
}

static int check_master(const struct host *h, const struct device *d, const struct link *c)
{
	const struct device *m = host_find(h, c->master.name);

	if (!strcmp(c->master.name, d->link.master.name))
		return 0;
	if (!*c->master.name)
		return 0;
	if (!m)
		return -ENODEV;
	if (!is_bond(m) && !is_bridge(m))
		return -EOPNOTSUPP;
	if (is_bridge(m) && is_bridge(d))
		return -ELOOP;
	if (stands_on(h, d, m))
		return -EBUSY; // __netdev_upper_dev_link
	return is_bond(m) ? check_bond_port(h, d, m, c) : 0;
}

static int check_mtu(const struct host *h, const struct device *d, const struct link *c)
{
	const struct device *lower = host_find(h, d->link.lower.name);

	if (d->link.max_mtu && c->mtu > d->link.max_mtu)
		return -EINVAL;
	return d->link.kind == KIND_VLAN && lower && c->mtu > lower->link.mtu ? -ERANGE : 0;
}

static int check_set(const struct host *h, const struct device *d, const struct link *c)
{
	const struct device *lower = host_find(h, d->link.lower.name);
	int r = 0;

	if (c->set & LINK_RENAME && (d->link.up || host_find(h, c->new_name)))
		return d->link.up ? -EBUSY : -EEXIST;
	if (c->set & LINK_UP && c->up && d->link.kind == KIND_VLAN && lower && !lower->link.up)
		return -ENETDOWN;
	if (c->set & LINK_MASTER)
		r = check_master(h, d, c);
	if (!r && c->set & LINK_MTU)
		r = check_mtu(h, d, c);
	if (!r && is_bond(d))
		r = check_bond_options(d, c);
	if (!r && is_bridge(d))
		r = check_bridge_options(d, c);
	return r;
}

// ---- steps

// With a new name the first IPv4 address loses its label, and each other one without a label gets its number (inetdev_changename).
static void relabel_addresses(struct host *h, const struct device *d)
{
	size_t at = 0, last = h->entries.count;
	const struct l3_entry *e;
	struct l3_entry *copy;
	int n = 0;

	while (at < last && (e = host_next_entry(h, &at))) {
		if (!is_address_of(e, d->link.name, AF_INET) || (n++ ? *e->label : !*e->label))
			continue;
		copy = l3_copy(e);
		if (!copy)
			return;
		copy->label[0] = '\0';
		if (n > 1)
			snprintf(copy->label, sizeof(copy->label), ":%d", n);
		host_remove_entry(h, e);
		host_add_entry(h, copy);
	}
}

static int do_link_set(struct host *h, const struct link *c)
{
	struct device *d = host_find(h, c->name);
	const unsigned int plain = LINK_GROUP | LINK_ADDR_GEN | LINK_ALIAS | LINK_SYSCTLS;
	int r = d ? check_set(h, d, c) : -ENODEV;

	if (r)
		return r;
	if (c->set & LINK_UP && !c->up)
		set_down(h, d);
	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1)
		if (c->set & plain & f)
			link_copy_field(&d->link, c, f);
	if (c->set & LINK_MAC)
		set_mac(h, d, c->mac);
	if (c->set & LINK_MTU)
		set_mtu(h, d, c->mtu);
	set_options(h, d, c);
	if (c->set & (LINK_ALIAS | LINK_GROUP))
		device_read_mark(d);
	if (c->set & LINK_RENAME) {
		r = host_rename(h, d, c->new_name);
		relabel_addresses(h, d);
	}
	if (c->set & LINK_MASTER)
		set_master(h, d, c->master.name);
	if (c->set & LINK_PORT_FLAGS)
		d->link.port_flags = (d->link.port_flags & ~c->port_flags_known) | (c->port_flags & c->port_flags_known);
	if (c->set & LINK_ALTNAME) {
		link_copy_field(&d->link, c, LINK_ALTNAME);
		r = host_add_altname(h, d, c->altname);
	}
	if (c->set & LINK_UP && c->up)
		set_up(h, d);
	return r;
}

static int check_add(const struct host *h, const struct link *l)
{
	const struct device *lower = host_find(h, l->lower.name), *m = host_find(h, l->master.name);

	if (host_find(h, l->name) || (l->set & LINK_ALTNAME && *l->altname && host_find(h, l->altname)))
		return -EEXIST;
	if (*l->master.name && l->set & LINK_MASTER && !m)
		return -ENODEV;
	if (l->kind != KIND_VLAN)
		return 0;
	if (!lower)
		return -ENODEV;
	if (host_find_vlan(h, l->lower.name, l->vlan.id, l->vlan.protocol))
		return -EEXIST;
	if (l->set & LINK_MTU && l->mtu > lower->link.mtu)
		return -EINVAL;
	if (l->set & LINK_MASTER && is_bond(m) && m->link.mtu > lower->link.mtu)
		return -ERANGE;
	return (l->set & LINK_UP && l->up) || (l->set & LINK_MASTER && is_bond(m)) ? (lower->link.up ? 0 : -ENETDOWN) : 0;
}

// What a new device has that the message doesn't say.
static void set_initial(const struct host *h, struct device *d, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct link none = {.kind = l->kind};

	d->link.kind = l->kind;
	text_copy(d->link.kind_name, sizeof(d->link.kind_name), k->name);
	d->link.mtu = 1500;
	d->link.set = LINK_UP | LINK_MTU | LINK_MASTER | LINK_LOWER | LINK_ALIAS | LINK_GROUP;
	if (h->ipv6)
		d->link.set |= LINK_ADDR_GEN;
	for (size_t i = 0; i < k->count; i++) {
		option_reset(&none, &k->options[i]);
		option_copy(&d->link, &none, &k->options[i]);
	}
	if (l->kind == KIND_BRIDGE)
		set_default_vlan(&d->vlans, none.bridge.vlan_default_pvid);
}

static int do_link_add(struct host *h, const struct link *l)
{
	struct device *d, *lower = host_find(h, l->lower.name);
	struct link rest = *l;
	int r = check_add(h, l);

	if (!r)
		r = host_add(h, l->name, &d);
	if (r)
		return r;
	set_initial(h, d, l);
	if (l->kind == KIND_VLAN) {
		text_copy(d->link.lower.name, NAME_SIZE, l->lower.name);
		d->link.vlan = l->vlan;
		d->link.mtu = lower->link.mtu;
		if (lower->link.set & LINK_MAC)
			copy_mac(h, d, lower);
	}
	rest.set &= ~(unsigned int)LINK_LOWER;
	if (*l->altname && l->set & LINK_ALTNAME) { // before it is counted
		text_copy(d->link.altname, sizeof(d->link.altname), l->altname);
		r = host_add_altname(h, d, l->altname);
		rest.set &= ~(unsigned int)LINK_ALTNAME;
	}
	host_count_upper(h, d);
	if (r)
		return r;
	if (!*l->master.name)
		rest.set &= ~(unsigned int)LINK_MASTER;
	if (!*l->altname)
		rest.set &= ~(unsigned int)LINK_ALTNAME;
	return do_link_set(h, &rest);
}

// The address alone, without peer and prefix length.
static bool is_same_address(const struct l3_entry *a, const struct l3_entry *b)
{
	size_t n = strcspn(a->key, "/ ");

	return a->family == b->family && n == strcspn(b->key, "/ ") && !strncmp(a->key, b->key, n);
}

static bool is_on_any_device(const struct host *h, const struct l3_entry *address)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		if (e->kind == L3_ADDRESS && is_same_address(e, address))
			return true;
	return false;
}

// With an IPv4 address its routes go: those that have it as their source where no device has it any more (fib_sync_down_addr); and with
// a device's last one all that go through the device alone, and its neighbours (fib_disable_ip).
static void drop_routes_of_address(struct host *h, const struct l3_entry *gone)
{
	const char *device = gone->devices[0].name;
	bool last_here = !has_address(h, device, AF_INET), last_copy = !is_on_any_device(h, gone);
	size_t at = 0, n = strcspn(gone->key, "/ ");
	const struct l3_entry *e;

	while ((e = host_next_entry(h, &at))) {
		bool is_source = n == strlen(e->source) && !strncmp(e->source, gone->key, n);

		if (e->kind != L3_ROUTE || e->family != AF_INET)
			continue;
		if ((last_here && l3_uses(e, device) && !has_hop_up(h, e, device)) || (last_copy && is_source))
			host_remove_entry(h, e);
	}
	if (last_here && host_find(h, device))
		remove_neighbours(h, host_find(h, device), AF_INET);
}

static void remove_address(struct host *h, const struct l3_entry *e)
{
	struct l3_entry *gone = l3_copy(e);

	host_remove_entry(h, e);
	if (gone && gone->family == AF_INET)
		drop_routes_of_address(h, gone);
	l3_free(gone);
}

static void remove_entries_of(struct host *h, const struct device *d)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (d->entries && (e = host_next_entry(h, &at)))
		if (e->kind == L3_ADDRESS && l3_uses(e, d->link.name))
			remove_address(h, e);
	at = 0;
	while (d->entries && (e = host_next_entry(h, &at)))
		if (e->kind != L3_RULE && l3_uses(e, d->link.name))
			host_remove_entry(h, e);
}

static struct device *find_upper(const struct host *h, const struct device *d)
{
	for (size_t i = 0; i < h->count && d->uppers; i++)
		if (!strcmp(h->devices[i]->link.lower.name, d->link.name))
			return h->devices[i];
	return NULL;
}

static struct device *find_port(const struct host *h, const struct device *d)
{
	for (size_t i = 0; i < h->count && d->ports; i++)
		if (!strcmp(h->devices[i]->link.master.name, d->link.name))
			return h->devices[i];
	return NULL;
}

static void delete_device(struct host *h, struct device *d)
{
	struct device *other;

	set_down(h, d);
	while ((other = find_upper(h, d)))
		delete_device(h, other);
	while ((other = find_port(h, d)))
		leave_master(h, other);
	if (*d->link.master.name)
		leave_master(h, d);
	remove_entries_of(h, d);
	host_remove(h, d);
}

static int do_link_del(struct host *h, const char *name)
{
	struct device *d = host_find(h, name);

	if (!d)
		return -ENODEV;
	delete_device(h, d);
	return 0;
}

static const struct l3_entry *find_subnet_fellow(const struct host *h, const struct l3_entry *e, bool secondary)
{
	const struct l3_entry *other;
	size_t at = 0;

	while ((other = host_next_entry(h, &at)))
		if (is_address_of(other, e->devices[0].name, AF_INET) && other->secondary == secondary &&
			!l3_equal(other, e) && l3_same_subnet(other, e))
			return other;
	return NULL;
}

static bool is_source_there(const struct host *h, const struct l3_entry *route)
{
	struct l3_entry address = {.kind = L3_ADDRESS, .family = route->family};

	snprintf(address.key, sizeof(address.key), "%s", route->source);
	return is_on_any_device(h, &address);
}

static int check_entry(const struct host *h, const struct l3_entry *e)
{
	const struct device *d, *m;

	for (size_t i = 0; i < e->device_count && e->kind != L3_RULE; i++) {
		d = host_find(h, e->devices[i].name);
		if (!d)
			return -ENODEV;
		if (!d->link.up && e->kind == L3_ROUTE)
			return -ENETDOWN;
		m = host_find(h, d->link.master.name);
		if (is_bond(m) && e->family == AF_INET6)
			return -EACCES; // IFF_NO_ADDRCONF
	}
	if (e->kind == L3_ROUTE && *e->source && !is_source_there(h, e))
		return -EINVAL; // "Invalid prefsrc address"
	if ((e->kind == L3_ROUTE || e->kind == L3_RULE) && host_find_entry(h, e))
		return -EEXIST;
	if (e->kind == L3_ROUTE && e->family == AF_INET6 && host_find_entry_key(h, e))
		return -EEXIST; // whoever made it: the same next hop (fib6_add_rt2node)
	return 0;
}

// An IPv6 address is replaced whatever its new prefix length is, and keeps the one that it has (inet6_addr_modify).
static const struct l3_entry *find_replaced_address(const struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *other = host_find_entry_key(h, e);
	size_t at = 0;

	if (other || e->family != AF_INET6)
		return other;
	while ((other = host_next_entry(h, &at)))
		if (is_address_of(other, e->devices[0].name, AF_INET6) && is_same_address(other, e))
			return other;
	return NULL;
}

static int do_l3_add(struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *old = e->kind == L3_ADDRESS ? find_replaced_address(h, e) : NULL;
	struct l3_entry *new;
	int r = check_entry(h, e);

	if (r)
		return r;
	if (old && e->family == AF_INET)
		return 0; // of a host's address, only lifetime and metric would change (inet_rtm_newaddr)
	new = l3_copy(old && strcmp(old->key, e->key) ? old : e);
	if (!new)
		return -ENOMEM;
	new->ours = e->ours;
	if (old)
		host_remove_entry(h, old);
	else if (e->kind == L3_ADDRESS && e->family == AF_INET)
		new->secondary = find_subnet_fellow(h, new, false) != NULL;
	return host_add_entry(h, new);
}

static int do_l3_del(struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *found = host_find_entry(h, e), *fellow;
	struct l3_entry *gone;

	if (!found)
		return e->kind == L3_ADDRESS ? -EADDRNOTAVAIL : -ESRCH;
	gone = l3_copy(found);
	if (!gone)
		return -ENOMEM;
	host_remove_entry(h, found);
	if (gone->kind == L3_ADDRESS && gone->family == AF_INET) {
		while (!gone->secondary && (fellow = find_subnet_fellow(h, gone, true)))
			host_remove_entry(h, fellow);
		drop_routes_of_address(h, gone);
	}
	l3_free(gone);
	return 0;
}

static void do_vlans(struct device *d, const struct step *s)
{
	if (s->kind == STEP_VLANS_ADD) {
		vlans_union(&d->vlans.all, &s->vlans.all);
		vlans_subtract(&d->vlans.untagged, &s->vlans.all);
		vlans_union(&d->vlans.untagged, &s->vlans.untagged);
		if (s->vlans.pvid)
			d->vlans.pvid = s->vlans.pvid;
		else if (vlans_has(&s->vlans.all, d->vlans.pvid))
			d->vlans.pvid = 0;
		return;
	}
	vlans_subtract(&d->vlans.all, &s->vlans.all);
	vlans_subtract(&d->vlans.untagged, &s->vlans.all);
	if (vlans_has(&s->vlans.all, d->vlans.pvid))
		d->vlans.pvid = 0;
}

// The client takes along what it has set.
static void stop_dhcp(struct host *h, struct device *d)
{
	const struct l3_entry *e;
	size_t at = 0;

	d->dhcp = false;
	while (d->entries && (e = host_next_entry(h, &at)))
		if (!e->link_local && !e->ours && l3_uses(e, d->link.name))
			host_remove_entry(h, e);
}

int kernel_model_do(struct host *h, const struct step *s)
{
	struct device *d = s->link ? host_find(h, s->link->name) : NULL;

	switch (s->kind) {
	case STEP_MODULE:
		h->bonding = true;
		return 0;
	case STEP_LINK_ADD:
		return do_link_add(h, s->link);
	case STEP_LINK_DEL:
		return do_link_del(h, s->link->name);
	case STEP_LINK_SET:
		return do_link_set(h, s->link);
	case STEP_L3_ADD:
		return do_l3_add(h, s->entry);
	case STEP_L3_DEL:
		return do_l3_del(h, s->entry);
	default:
		break;
	}
	if (!d)
		return -ENODEV;
	if (s->kind == STEP_DHCP_START)
		d->dhcp = true;
	else if (s->kind == STEP_DHCP_STOP)
		stop_dhcp(h, d);
	else if (!is_bridge(d) && !is_bridge(host_find(h, d->link.master.name)))
		return -EOPNOTSUPP;
	else
		do_vlans(d, s);
	return 0;
}
