// SPDX-License-Identifier: ISC
// What the kernel does in a step, with its side effects, done to the model.
//
// Each rule stands here once and nowhere else: the planner learns of it only by what the model becomes.
#include "kernel_model.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel_model_parts.h"
#include "link_sysctl.h"

#define BOND_MODE_ACTIVE_BACKUP 1
#define BOND_MODE_TLB 5

static bool is_vlan_on(const struct device *d, const struct device *lower)
{
	return d->link.kind == KIND_VLAN && !strcmp(d->link.lower.name, lower->link.name);
}

static void drop_entries_of_lowered(struct host *h, const struct device *d)
{
	const struct l3_entry *e;
	size_t at = 0;

	while (d->entries && (e = host_next_entry(h, &at))) {
		if (!l3_uses(e, d->link.name) || !model_goes_down_with_device(h, e))
			continue;
		model_remove_siblings(h, e);
		host_remove_entry(h, e);
	}
}

// VLAN devices go down and come up with the device below them, also those that the administrator had set down.
static void set_up(struct host *h, struct device *d, bool up)
{
	if (d->link.up == up)
		return;
	d->link.up = up;
	if (!up)
		drop_entries_of_lowered(h, d);
	for (size_t i = 0; i < h->count && d->uppers; i++)
		if (is_vlan_on(h->devices[i], d))
			set_up(h, h->devices[i], up);
}

// Lowering lowers the VLAN devices above; raising doesn't give back. A bond's MTU is its ports'.
static void set_mtu(struct host *h, struct device *d, uint32_t mtu)
{
	d->link.mtu = mtu;
	d->link.set |= LINK_MTU;
	for (size_t i = 0; i < h->count && d->uppers; i++) {
		struct device *u = h->devices[i];

		if (is_vlan_on(u, d) && u->link.mtu > mtu)
			set_mtu(h, u, mtu);
	}
	for (size_t i = 0; i < h->count && device_is_kind(d, KIND_BOND) && d->ports; i++)
		if (!strcmp(h->devices[i]->link.master.name, d->link.name))
			set_mtu(h, h->devices[i], mtu);
}

// A device's neighbours are forgotten with its MAC address, permanent ones too (neigh_changeaddr). VLAN devices that
// have their lower device's follow (vlan_sync_address). A bond's is its ports' (bond_set_mac_address).
static void set_mac(struct host *h, struct device *d, const uint8_t *mac)
{
	const uint8_t given[MAC_SIZE] = {mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]};
	bool for_ports = device_is_kind(d, KIND_BOND) &&
			 !(d->link.bond.fail_over_mac && d->link.bond.mode == BOND_MODE_ACTIVE_BACKUP) &&
			 d->link.bond.mode < BOND_MODE_TLB;
	uint8_t old[MAC_SIZE];

	memcpy(old, d->link.mac, MAC_SIZE);
	memcpy(d->link.mac, given, MAC_SIZE);
	d->link.set |= LINK_MAC;
	model_remove_neighbours(h, d, 0);
	for (size_t i = 0; i < h->count && (d->uppers || d->ports); i++) {
		struct device *other = h->devices[i];

		if (is_vlan_on(other, d) ? !memcmp(other->link.mac, old, MAC_SIZE)
					 : for_ports && !strcmp(other->link.master.name, d->link.name))
			set_mac(h, other, given);
	}
}

// Into a VRF, and out of it (cycle_netdev).
static void set_down_and_up(struct host *h, struct device *d)
{
	if (!d->link.up)
		return;
	set_up(h, d, false);
	set_up(h, d, true);
}

// A released port keeps nothing of what it was in the bridge; one that left a bond is down, with its own MAC address
// and MTU.
static void leave_master(struct host *h, struct device *d)
{
	struct device *m = host_find(h, d->link.master.name);

	host_set_master(h, d, "");
	if (device_is_kind(m, KIND_BRIDGE))
		vlans_keep_default(&d->vlans, 0);
	d->link.port_flags = 0;
	if (device_is_vrf(m))
		set_down_and_up(h, d);
	if (!device_is_kind(m, KIND_BOND))
		return;
	set_up(h, d, false);
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
		set_mac(h, m, d->link.mac);
	d->mtu_before_bond = d->link.mtu;
	set_mtu(h, d, m->link.mtu);
	set_up(h, d, true);
}

static void join_bridge(struct device *d, const struct device *m)
{
	vlans_keep_default(&d->vlans, m->link.bridge.vlan_default_pvid);
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
	if (device_is_kind(m, KIND_BOND))
		join_bond(h, d, m);
	else if (device_is_kind(m, KIND_BRIDGE))
		join_bridge(d, m);
	else
		set_down_and_up(h, d);
}

static int do_link_set(struct host *h, const struct link *c)
{
	struct device *d = host_find(h, c->name);
	const unsigned int plain = LINK_GROUP | LINK_ADDR_GEN | LINK_ALIAS | LINK_SYSCTLS;
	int r = d ? model_check_set(h, d, c) : -ENODEV;

	if (r)
		return r;
	if (c->set & LINK_UP && !c->up)
		set_up(h, d, false);
	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1)
		if (c->set & plain & f)
			link_copy_field(&d->link, c, f);
	if (c->set & LINK_MAC)
		set_mac(h, d, c->mac);
	if (c->set & LINK_MTU)
		set_mtu(h, d, c->mtu);
	if (c->set & LINK_SYSCTLS && link_is_without_ipv6(&d->link))
		model_remove_entries_of(h, d, AF_INET6);
	r = model_set_options(h, d, c);
	if (r)
		return r;
	if (c->set & (LINK_ALIAS | LINK_GROUP))
		device_read_mark(d);
	if (c->set & LINK_RENAME) {
		r = host_rename(h, d, c->new_name);
		if (!r)
			r = model_relabel_addresses(h, d);
		if (r)
			return r;
	}
	if (c->set & LINK_MASTER)
		set_master(h, d, c->master.name);
	if (c->set & LINK_PORT_FLAGS)
		d->link.port_flags =
			(d->link.port_flags & ~c->port_flags_known) | (c->port_flags & c->port_flags_known);
	if (c->set & LINK_ALTNAME) {
		link_copy_field(&d->link, c, LINK_ALTNAME);
		r = host_add_altname(h, d, c->altname);
	}
	if (c->set & LINK_UP && c->up)
		set_up(h, d, true);
	return r;
}

// What a new device has that the message doesn't say.
static void set_initial(const struct host *h, struct device *d, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];

	d->link.kind = l->kind;
	text_copy(d->link.kind_name, sizeof(d->link.kind_name), k->name);
	d->link.mtu = 1500;
	d->link.set = LINK_UP | LINK_MTU | LINK_MASTER | LINK_LOWER | LINK_ALIAS | LINK_GROUP | LINK_SYSCTLS;
	if (h->ipv6)
		d->link.set |= LINK_ADDR_GEN;
	for (size_t i = 0; i < k->count; i++)
		option_reset(&d->link, &k->options[i]);
	memcpy(d->link.sysctls, h->default_sysctls, sizeof(d->link.sysctls));
	d->link.sysctls_known = (1U << LINK_SYSCTL_COUNT) - 1;
	if (l->kind == KIND_BRIDGE)
		vlans_keep_default(&d->vlans, d->link.bridge.vlan_default_pvid);
}

// A rule outlives the device that it names, and finds the next one of that name.
static size_t count_rules(const struct host *h, const char *name)
{
	const struct l3_entry *e;
	size_t at = 0, count = 0;

	while ((e = host_next_entry(h, &at)))
		count += e->kind == L3_RULE && l3_uses(e, name);
	return count;
}

static int do_link_add(struct host *h, const struct link *l)
{
	struct device *d, *lower = host_find(h, l->lower.name);
	int r = model_check_add(h, l);

	if (!r)
		r = host_add(h, l->name, &d);
	if (r)
		return r;
	d->entries = count_rules(h, l->name);
	set_initial(h, d, l);
	if (l->kind == KIND_VLAN) {
		text_copy(d->link.lower.name, NAME_SIZE, l->lower.name);
		d->link.vlan = l->vlan;
		d->link.mtu = lower->link.mtu;
		if (lower->link.set & LINK_MAC)
			set_mac(h, d, lower->link.mac);
	}
	r = do_link_set(h, l);
	host_count_upper(h, d); // by all its names
	return r;
}

static struct device *find_upper_or_port(const struct host *h, const struct device *d)
{
	for (size_t i = 0; i < h->count && (d->uppers || d->ports); i++)
		if (!strcmp(h->devices[i]->link.lower.name, d->link.name) ||
			!strcmp(h->devices[i]->link.master.name, d->link.name))
			return h->devices[i];
	return NULL;
}

static void delete_device(struct host *h, struct device *d)
{
	struct device *other;

	set_up(h, d, false);
	while ((other = find_upper_or_port(h, d)))
		if (!strcmp(other->link.lower.name, d->link.name))
			delete_device(h, other);
		else
			leave_master(h, other);
	if (*d->link.master.name)
		leave_master(h, d);
	model_remove_entries_of(h, d, 0);
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

static int do_vlans(struct device *d, const struct step *s)
{
	struct port_vlans v = vlans_kept(&d->vlans);

	vlans_subtract(&v.all, &s->vlans->all);
	vlans_subtract(&v.untagged, &s->vlans->all);
	if (vlans_has(&s->vlans->all, v.pvid))
		v.pvid = 0;
	if (s->kind == STEP_VLANS_ADD) {
		vlans_union(&v.all, &s->vlans->all);
		vlans_union(&v.untagged, &s->vlans->untagged);
		if (s->vlans->pvid)
			v.pvid = s->vlans->pvid;
	}
	return vlans_keep(&d->vlans, &v);
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

static int do_on_device(struct host *h, const struct step *s)
{
	struct device *d = host_find(h, s->link->name);

	if (!d)
		return -ENODEV;
	if (s->kind == STEP_DHCP_START)
		d->dhcp = true;
	else if (s->kind == STEP_DHCP_STOP)
		stop_dhcp(h, d);
	else if (!device_is_kind(d, KIND_BRIDGE) && !device_is_kind(host_find(h, d->link.master.name), KIND_BRIDGE))
		return -EOPNOTSUPP;
	else
		return do_vlans(d, s);
	return 0;
}

int kernel_model_do(struct host *h, const struct step *s)
{
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
		return model_add_entry(h, s->entry);
	case STEP_L3_DEL:
		return model_delete_entry(h, s->entry);
	default:
		return do_on_device(h, s);
	}
}
