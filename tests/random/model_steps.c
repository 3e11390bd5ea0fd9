// SPDX-License-Identifier: ISC
// Random steps for a host: every kind of step, every field and option; mostly sensible, sometimes what the kernel
// refuses.
#include "model_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static int below(struct step_maker *m, int count)
{
	return random_below(&m->random, count);
}

static bool chance(struct step_maker *m, int percent)
{
	return random_chance(&m->random, percent);
}

static bool is_any(const struct device *d)
{
	return strcmp(d->link.name, "lo") != 0;
}

static bool is_master(const struct device *d)
{
	return d->link.kind == KIND_BOND || d->link.kind == KIND_BRIDGE;
}

static bool is_port(const struct device *d)
{
	return *d->link.master.name;
}

static bool is_bond(const struct device *d)
{
	return d->link.kind == KIND_BOND;
}

static bool is_bridge(const struct device *d)
{
	return d->link.kind == KIND_BRIDGE;
}

static bool is_up(const struct device *d)
{
	return d->link.up && is_any(d);
}

// One of those that fit, or any.
static const struct device *pick(struct step_maker *m, bool fits(const struct device *d))
{
	const struct device *fitting[256];
	int n = 0;

	for (size_t i = 0; i < m->host->count && n < 256; i++)
		if (fits(m->host->devices[i]))
			fitting[n++] = m->host->devices[i];
	if (n)
		return fitting[below(m, n)];
	return fits == is_any ? NULL : pick(m, is_any);
}

static void new_name(struct step_maker *m, const char *prefix, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s%d", prefix, m->next++);
}

static void set_mac(struct step_maker *m, struct link *l)
{
	const uint8_t mac[MAC_SIZE] = {0x52, 0x54, 0, 0x77, (uint8_t)(m->next >> 8), (uint8_t)m->next};

	m->next++;
	memcpy(l->mac, mac, MAC_SIZE);
	l->set |= LINK_MAC;
}

static void set_mtu(struct step_maker *m, struct link *l)
{
	static const uint32_t mtus[] = {1500, 1500, 1400, 1280, 9000, 2000};

	l->mtu = mtus[below(m, COUNT(mtus))];
	l->set |= LINK_MTU;
}

static void set_master(struct step_maker *m, struct link *l)
{
	const struct device *d = pick(m, is_master);

	l->set |= LINK_MASTER;
	l->master = (struct link_ref){0};
	// A bond in a bond is nobody's.
	if (d && chance(m, 75) && !(l->kind == KIND_BOND && is_bond(d)))
		text_copy(l->master.name, NAME_SIZE, d->link.name);
}

static void set_alias(struct step_maker *m, struct link *l)
{
	static const char *const aliases[] = {
		"", "rack 4", "vlanbridge file", "vlanbridge port up=1", "rack 4 vlanbridge port up=0"};

	text_copy(l->alias, sizeof(l->alias), aliases[below(m, COUNT(aliases))]);
	l->set |= LINK_ALIAS;
}

static uint32_t random_number(struct step_maker *m, const struct option *o)
{
	static const uint32_t some[] = {0, 1, 2, 3, 50, 100, 100, 150, 200, 250, 400, 1000, 1500, 3000};
	uint32_t n;

	if (o->names || o->max <= 8)
		return o->min + (uint32_t)below(m, (int)(o->max - o->min) + 1);
	if (o->max == 0x88a8)
		return chance(m, 50) ? o->min : o->max;
	n = some[below(m, COUNT(some))];
	return n < o->min ? o->min : n > o->max ? o->max : n;
}

static void set_option(struct step_maker *m, struct link *l, const struct option *o)
{
	const struct device *d = pick(m, is_port);
	char text[64];

	switch (o->type) {
	case OPTION_LINK:
		snprintf(text, sizeof(text), "%s", d ? d->link.name : "eth0");
		break;
	case OPTION_IPV4_LIST:
		snprintf(text, sizeof(text), "192.0.2.%d%s", 1 + below(m, 9), chance(m, 50) ? "+198.51.100.1" : "");
		break;
	case OPTION_MAC_ADDRESS:
		snprintf(text, sizeof(text), "02:00:00:00:00:%02x", below(m, 256));
		break;
	default:
		*(uint32_t *)option_field(l, o) = random_number(m, o);
		l->options |= 1ULL << (o - link_kinds[l->kind].options);
		return;
	}
	option_scan(l, o, text, NULL);
}

static void set_options(struct step_maker *m, struct link *l, int most)
{
	const struct kind_row *k = &link_kinds[l->kind];
	const struct option *o;

	for (int i = 0; i < most && l->kind != KIND_VLAN && k->count; i++) {
		o = &k->options[below(m, (int)k->count)];
		if (strcmp(o->name, "missed_max") !=
			0) // its row doesn't say yet that only the modes with ARP monitoring take it
			set_option(m, l, o);
	}
}

// Not by chance alone: two options that depend on each other.
static void set_bond_pair(struct step_maker *m, struct link *l)
{
	static const char *const names[] = {"mode", "miimon", "updelay", "downdelay", "arp_interval", "arp_ip_target",
		"arp_validate", "primary", "peer_notif_delay", "lacp_rate", "tlb_dynamic_lb"};

	set_option(m, l, option_find(KIND_BOND, names[below(m, COUNT(names))]));
	if (chance(m, 40))
		set_option(m, l, option_find(KIND_BOND, names[below(m, COUNT(names))]));
}

static struct link *new_link(struct step *s, const char *name, enum kind kind)
{
	s->link = calloc(1, sizeof(*s->link));
	text_copy(s->link->name, NAME_SIZE, name);
	s->link->kind = kind;
	return s->link;
}

static void add_bond_options(struct step_maker *m, struct link *l)
{
	set_option(m, l, option_find(KIND_BOND, "mode"));
	if (chance(m, 60))
		set_option(m, l, option_find(KIND_BOND, "miimon"));
	set_options(m, l, below(m, 2));
}

static void add_vlan_options(struct step_maker *m, struct link *l)
{
	static const uint32_t ids[] = {5, 10, 20, 77};
	const struct device *lower = pick(m, chance(m, 60) ? is_up : is_any);

	l->set |= LINK_LOWER;
	text_copy(l->lower.name, NAME_SIZE, lower->link.name);
	l->vlan.id = ids[below(m, COUNT(ids))];
	l->vlan.protocol = chance(m, 85) ? LINK_VLAN_PROTOCOL_DEFAULT : 0x88a8;
	l->options = 3;
}

#define FEW_DEVICES 5

static struct step add_link(struct step_maker *m)
{
	static const enum kind kinds[] = {KIND_DUMMY, KIND_BOND, KIND_BRIDGE, KIND_VLAN, KIND_VLAN};
	struct step s = {.kind = STEP_LINK_ADD};
	char name[NAME_SIZE];
	struct link *l;

	new_name(m, "new", name);
	l = new_link(&s, name, m->host->count < FEW_DEVICES ? KIND_DUMMY : kinds[below(m, COUNT(kinds))]);
	if (l->kind != KIND_VLAN || chance(m, 15))
		set_mac(m, l);
	if (l->kind != KIND_VLAN || chance(m, 40))
		set_mtu(m, l);
	if (l->kind == KIND_BOND)
		add_bond_options(m, l);
	else if (l->kind == KIND_VLAN)
		add_vlan_options(m, l);
	else
		set_options(m, l, below(m, 3));
	l->group = MARK_GROUP;
	l->set |= LINK_GROUP;
	if (chance(m, 50)) {
		l->addr_gen = LINK_ADDR_GEN_NONE;
		l->set |= LINK_ADDR_GEN;
	}
	set_alias(m, l);
	if ((l->kind == KIND_VLAN || l->kind == KIND_DUMMY) && chance(m, 40))
		set_master(m, l);
	if (chance(m, 70)) {
		l->up = true;
		l->set |= LINK_UP;
	}
	return s;
}

static void set_port_flags(struct link *l, struct step_maker *m)
{
	static const uint64_t flags[] = {1ULL << 8, 1ULL << 9, 1ULL << 27, 1ULL << 30, 1ULL << 33};
	uint64_t flag = flags[below(m, COUNT(flags))];

	l->port_flags_known = flag;
	l->port_flags = chance(m, 50) ? flag : 0;
	l->set |= LINK_PORT_FLAGS;
}

static bool is_in_vlans(const struct device *d)
{
	const struct port_vlans v = vlans_kept(&d->vlans);

	return !vlans_empty(&v.all);
}

static void set_field(struct step_maker *m, const struct device *d, struct link *l, int which)
{
	switch (which) {
	case 0:
		l->up = chance(m, 50);
		l->set |= LINK_UP;
		break;
	case 1:
		set_mtu(m, l);
		break;
	case 2:
		set_mac(m, l);
		break;
	case 3:
		set_alias(m, l);
		break;
	case 4:
		l->group = chance(m, 50) ? 0 : MARK_GROUP;
		l->set |= LINK_GROUP;
		break;
	case 5:
		l->addr_gen = chance(m, 70);
		l->up = d->link.up; // which apply looks at
		l->set |= LINK_ADDR_GEN;
		break;
	case 6:
		new_name(m, "name", l->new_name);
		l->set |= LINK_RENAME;
		break;
	case 7:
		if (*d->link.altname)
			return;
		snprintf(l->altname, sizeof(l->altname), "alternative.%d", m->next++);
		l->set |= LINK_ALTNAME;
		break;
	case 8:
		if (is_in_vlans(d) && is_port(d))
			set_port_flags(l, m);
		break;
	default:
		set_master(m, l);
		break;
	}
}

static void set_kind_options(struct step_maker *m, struct link *l)
{
	if (l->kind == KIND_BOND && chance(m, 60))
		set_bond_pair(m, l);
	else
		set_options(m, l, chance(m, 80) ? 1 : 2);
}

static struct step set_link(struct step_maker *m)
{
	struct step s = {.kind = STEP_LINK_SET};
	const struct device *d = pick(m, chance(m, 30) ? is_bond : chance(m, 30) ? is_bridge : is_any);
	struct link *l = new_link(&s, d->link.name, d->link.kind);

	if (is_master(d) && chance(m, 65))
		set_kind_options(m, l);
	else
		set_field(m, d, l, below(m, 13));
	if (chance(m, 6))
		set_field(m, d, l, below(m, 13));
	if (!l->set && !l->options)
		set_field(m, d, l, 0);
	return s;
}

static struct step set_up_or_down(struct step_maker *m)
{
	struct step s = {.kind = STEP_LINK_SET};
	const struct device *d = pick(m, is_any);
	struct link *l = new_link(&s, d->link.name, d->link.kind);

	l->set = LINK_UP;
	l->up = chance(m, 90) ? !d->link.up : d->link.up;
	return s;
}

// A bond takes only what is down.
static struct step set_port(struct step_maker *m)
{
	struct step s = {.kind = STEP_LINK_SET};
	const struct device *d = pick(m, is_any);
	struct link *l = new_link(&s, d->link.name, d->link.kind);

	set_master(m, l);
	if (chance(m, 30))
		l->set |= LINK_UP;
	return s;
}

static struct step delete_link(struct step_maker *m)
{
	struct step s = {.kind = STEP_LINK_DEL};

	new_link(&s, pick(m, is_any)->link.name, KIND_OTHER);
	return s;
}

static struct l3_entry *new_address(struct step_maker *m)
{
	static const char *const addresses[] = {"192.0.2.5/24", "192.0.2.6/24", "192.0.2.7/32", "192.0.2.5/32",
		"198.51.100.5/24", "198.51.100.6/25", "10.1.0.1/16", "2001:db8::5/64", "2001:db8::6/64",
		"2001:db8:1::5/64"};
	struct l3_entry *e = NULL;

	l3_new_address(addresses[below(m, COUNT(addresses))], pick(m, is_any)->link.name, &e, NULL);
	return e;
}

static bool has_address(struct step_maker *m, const struct device *d, const char *beginning)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(m->host, &at)))
		if (e->kind == L3_ADDRESS && !strncmp(e->key, beginning, strlen(beginning)) && l3_uses(e, d->link.name))
			return true;
	return false;
}

static struct l3_entry *new_gateway(struct step_maker *m)
{
	static const char *const gateways[][2] = {{"192.0.2.1", "192.0.2."}, {"192.0.2.2", "192.0.2."},
		{"198.51.100.1", "198.51.100."}, {"10.1.0.9", "10.1."}, {"2001:db8::1", "2001:db8::"},
		{"2001:db8:1::1", "2001:db8:1:"}};
	const struct device *d = NULL;
	struct l3_entry *e = NULL;
	int n = 0;

	for (int i = 0; i < 20 && !(d && has_address(m, d, gateways[n][1])); i++) {
		d = pick(m, is_up);
		n = below(m, COUNT(gateways));
	}
	l3_new_gateway(gateways[n][0], d->link.name, &e, NULL);
	return e;
}

static struct l3_entry *entry_seen_before(struct step_maker *m)
{
	struct l3_entry *e;

	if (!m->seen.count)
		return NULL;
	e = l3_copy(m->seen.list[below(m, (int)m->seen.count)]);
	if (e->device_count && chance(m, 40))
		l3_move(e, e->devices[0].name, pick(m, is_up)->link.name);
	return e;
}

static struct step add_entry(struct step_maker *m)
{
	struct step s = {.kind = STEP_L3_ADD};

	if (chance(m, 60))
		s.entry = entry_seen_before(m);
	if (!s.entry)
		s.entry = chance(m, 70) ? new_address(m) : new_gateway(m);
	return s;
}

static bool may_be_deleted(const struct l3_entry *e)
{
	return !e->link_local && e->device_count && strcmp(e->devices[0].name, "lo") != 0;
}

static struct step delete_entry(struct step_maker *m)
{
	struct step s = {.kind = STEP_L3_DEL};
	const struct l3_entry *e, *all[512];
	size_t at = 0;
	int n = 0;

	while (n < 512 && (e = host_next_entry(m->host, &at)))
		if (may_be_deleted(e))
			all[n++] = e;
	if (!n)
		return add_entry(m);
	s.entry = l3_copy(all[below(m, n)]);
	return s;
}

static bool has_vlans(const struct device *d)
{
	return is_bridge(d) || is_in_vlans(d);
}

static struct step change_vlans(struct step_maker *m)
{
	static const char *const lists[] = {"1", "10", "10p", "20", "30-40", "10p/20", "20u", "1p", "5p/30-32u"};
	struct step s = {.kind = chance(m, 65) ? STEP_VLANS_ADD : STEP_VLANS_DEL};
	const struct device *d = pick(m, chance(m, 97) ? has_vlans : is_any);

	if (!has_vlans(d) && chance(m, 95))
		return add_link(m);
	new_link(&s, d->link.name, d->link.kind);
	s.vlans = calloc(1, sizeof(*s.vlans));
	port_vlans_parse(lists[below(m, COUNT(lists))], s.vlans, NULL);
	return s;
}

struct step random_step(struct step_maker *m)
{
	static const struct {
		int share;
		struct step (*make)(struct step_maker *m);
	} kinds[] = {{12, add_link}, {5, delete_link}, {25, set_link}, {13, set_up_or_down}, {12, set_port},
		{14, add_entry}, {11, delete_entry}, {8, change_vlans}};
	int n = below(m, 100);

	if (m->host->count < FEW_DEVICES)
		return add_link(m);
	for (size_t i = 0; i < COUNT(kinds) - 1; i++) {
		if (n < kinds[i].share)
			return kinds[i].make(m);
		n -= kinds[i].share;
	}
	return kinds[COUNT(kinds) - 1].make(m);
}

static bool is_seen(const struct step_maker *m, const struct l3_entry *e)
{
	for (size_t i = 0; i < m->seen.count; i++)
		if (l3_equal(m->seen.list[i], e))
			return true;
	return false;
}

void remember_entries(struct step_maker *m)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(m->host, &at)))
		if (may_be_deleted(e) && !is_seen(m, e))
			l3_list_append(&m->seen, l3_copy(e));
}
