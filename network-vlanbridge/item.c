// SPDX-License-Identifier: ISC
// One `key=value, key=value` item of the configuration, and what it adds to the topology.
#include "item.h"

#include <ctype.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdarg.h>
#include <string.h>

#define ADDR_GEN_NONE 1 // IN6_ADDR_GEN_MODE_NONE
#define MTU_MIN 68
#define MTU_MAX 65535

int item_refuse(struct item *it, const char *fmt, ...)
{
	char text[sizeof(it->e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (it->line)
		return err_set(it->e, EINVAL, "%s:%d: %s", it->to->file, it->line, text);
	return err_set(it->e, EINVAL, "%s", text);
}

// The sentence that a parser left in it->e, with the place and what it is about.
static int refuse_error(struct item *it, const char *about)
{
	struct err inner = *it->e;

	return item_refuse(it, "%s: %s", about, inner.text);
}

static char *trim(char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	for (n = strlen(text); n && isspace((unsigned char)text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

int item_split(struct item *it, char *text)
{
	char *word, *value;

	while ((word = strsep(&text, ","))) {
		word = trim(word);
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value)
			return item_refuse(it, "'%s' is no key=value pair", word);
		*value++ = '\0';
		word = trim(word);
		for (size_t i = 0; i < it->count; i++)
			if (!strcmp(it->pairs[i].key, word))
				return item_refuse(it, "key '%s' stands there twice", word);
		if (it->count == ITEM_KEYS)
			return item_refuse(it, "more than %d keys in one item", ITEM_KEYS);
		it->pairs[it->count++] = (struct pair){word, trim(value), false};
	}
	return 0;
}

const char *item_take(struct item *it, const char *key)
{
	for (size_t i = 0; i < it->count; i++)
		if (!strcmp(it->pairs[i].key, key)) {
			it->pairs[i].used = true;
			return it->pairs[i].value;
		}
	return NULL;
}

static int refuse_unused(struct item *it, const char *what)
{
	for (size_t i = 0; i < it->count; i++)
		if (!it->pairs[i].used)
			return item_refuse(it, "unknown key '%s' for a %s", it->pairs[i].key, what);
	return 0;
}

static int take_name(struct item *it, const char *key, const char **name)
{
	*name = item_take(it, key);
	if (!*name)
		return item_refuse(it, "key '%s' is missing", key);
	return name_check(*name, it->e) ? refuse_error(it, key) : 0;
}

static int take_flag(struct item *it, const char *key, const char *yes, const char *no, bool *flag)
{
	const char *v = item_take(it, key);

	if (!v)
		return 0;
	if (strcmp(v, yes) && strcmp(v, no))
		return item_refuse(it, "%s=%s: it must be %s or %s", key, v, yes, no);
	*flag = !strcmp(v, yes);
	return 0;
}

static int take_mtu(struct item *it, struct link *l)
{
	const char *v = item_take(it, "mtu");
	unsigned long n;

	if (!v)
		return 0;
	if (number_parse(v, MTU_MIN, MTU_MAX, &n))
		return item_refuse(it, "mtu=%s: it must be a number from %d to %d", v, MTU_MIN, MTU_MAX);
	l->mtu = (uint32_t)n;
	l->set |= LINK_MTU;
	return 0;
}

static int take_mac(struct item *it, struct link *l)
{
	const char *v = item_take(it, "mac");

	if (!v)
		return 0;
	if (mac_scan(v, l->mac))
		return item_refuse(it, "mac=%s is no MAC address like 52:54:00:12:34:56", v);
	if (l->mac[0] & 1)
		return item_refuse(it, "mac=%s is a multicast address", v);
	l->set |= LINK_MAC;
	return 0;
}

static int take_options(struct item *it, struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	const char *v;

	for (size_t i = 0; i < k->count; i++) {
		v = item_take(it, k->options[i].name);
		if (v && option_scan(l, &k->options[i], v, it->e)) {
			struct err inner = *it->e;

			return item_refuse(it, "%s", inner.text);
		}
	}
	return 0;
}

static int no_memory(struct item *it)
{
	return err_set(it->e, ENOMEM, "no memory for the configuration");
}

// A device that something here stands on or takes as a port; it may be defined elsewhere.
static int refer(struct item *it, const char *name, struct device **ret)
{
	int r = 0;

	*ret = topology_find(it->to, name);
	if (*ret)
		return 0;
	r = topology_add(it->to, name, ret);
	if (r)
		return no_memory(it);
	(*ret)->line = it->line;
	(*ret)->link.set = LINK_UP;
	(*ret)->link.up = true;
	return 0;
}

static int define(struct item *it, const char *name, enum kind kind, struct device **ret)
{
	int r = refer(it, name, ret);

	if (r)
		return r;
	if ((*ret)->create)
		return item_refuse(it, "'%s' is defined twice, here and in line %d", name, (*ret)->line);
	(*ret)->create = true;
	(*ret)->line = it->line;
	(*ret)->link.kind = kind;
	(*ret)->mark.origin = it->origin;
	return 0;
}

static void deny_addresses(struct device *d)
{
	d->policy = ADDRESS_NONE;
	d->link.set |= LINK_ADDR_GEN;
	d->link.addr_gen = ADDR_GEN_NONE;
}

static int set_master(struct item *it, struct device *d, const char *master)
{
	if (*d->link.master.name)
		return item_refuse(it, "%s can't be a port of %s: it is one of %s already (line %d)", d->link.name,
			master, d->link.master.name, d->line);
	text_copy(d->link.master.name, sizeof(d->link.master.name), master);
	d->link.set |= LINK_MASTER;
	d->line = it->line;
	return 0;
}

static int bond_ports(struct item *it, const char *bond, const char *ports)
{
	char copy[1024], *rest = copy, *name;
	struct device *port;
	int r, n = 0;

	if (!text_copy(copy, sizeof(copy), ports))
		return item_refuse(it, "ports= is longer than %zu bytes", sizeof(copy) - 1);
	while ((name = strsep(&rest, " \t,+"))) {
		if (!*name)
			continue;
		if (name_check(name, it->e))
			return refuse_error(it, "ports");
		r = refer(it, name, &port);
		if (!r)
			r = set_master(it, port, bond);
		if (r)
			return r;
		n++;
	}
	return n ? 0 : item_refuse(it, "ports= of %s is empty", bond);
}

int item_bond(struct item *it)
{
	const char *name, *ports;
	struct device *bond;
	int r = take_name(it, "name", &name);

	if (!r)
		r = define(it, name, KIND_BOND, &bond);
	if (r)
		return r;
	// None of its own; those of a port that has some.
	deny_addresses(bond);
	bond->policy = ADDRESS_INHERIT;
	r = take_options(it, &bond->link);
	if (!r)
		r = take_mtu(it, &bond->link);
	if (!r)
		r = take_mac(it, &bond->link);
	if (r)
		return r;
	ports = item_take(it, "ports");
	r = ports ? bond_ports(it, name, ports) : item_refuse(it, "bond '%s' has no ports=", name);
	return r ? r : refuse_unused(it, "bond");
}

// Puts the VLAN ID for {vlan}. Without a VLAN the template stands for itself.
static int expand(struct item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE])
{
	const char *at = vlan ? strstr(template, "{vlan}") : NULL;
	char text[256];
	int n = at ? snprintf(text, sizeof(text), "%.*s%u%s", (int)(at - template), template, vlan, at + 6)
		   : snprintf(text, sizeof(text), "%s", template);

	if (n >= (int)sizeof(text))
		return item_refuse(it, "%s=%.40s… is too long", key, template);
	if (name_check(text, it->e))
		return refuse_error(it, key);
	text_copy(name, NAME_SIZE, text);
	return 0;
}

// What one bridges item says, before it is expanded to a bridge per VLAN.
struct bridge_item {
	const char *name, *vlan_name;
	struct vlans vlans;
	struct device bridge;
	bool demand;
};

static int take_address(struct item *it, struct bridge_item *b)
{
	const char *v = item_take(it, "address");

	deny_addresses(&b->bridge);
	if (!v && *b->bridge.mark.uplink && vlans_empty(&b->vlans))
		v = "inherit";
	if (!v || !strcmp(v, "none"))
		return 0;
	if (!strcmp(v, "inherit")) {
		if (!*b->bridge.mark.uplink || !vlans_empty(&b->vlans))
			return item_refuse(it, "address=inherit needs an uplink= that is a port of the bridge, without vlan=");
		b->bridge.policy = ADDRESS_INHERIT;
		b->bridge.mark.inherit = true;
		return 0;
	}
	return item_refuse(it, "address=%s: only none and inherit are known yet", v);
}

static int take_vlans(struct item *it, struct bridge_item *b)
{
	const char *v = item_take(it, "vlan");
	unsigned int first, last;

	b->vlan_name = item_take(it, "vlan_name");
	if (!v)
		return b->vlan_name ? item_refuse(it, "vlan_name= needs vlan=") : 0;
	if (!*b->bridge.mark.uplink)
		return item_refuse(it, "vlan=%s needs an uplink=", v);
	if (vlans_parse(v, &b->vlans, it->e))
		return refuse_error(it, "vlan");
	vlans_range(&b->vlans, 0, &first, &last);
	if (!strstr(b->name, "{vlan}") && (first != last || vlans_range(&b->vlans, last + 1, &first, &last)))
		return item_refuse(it, "name=%s is for one bridge, vlan=%s asks for several: put {vlan} into it, as in br{vlan}",
			b->name, v);
	return 0;
}

static int take_policy(struct item *it, struct bridge_item *b)
{
	struct mark *m = &b->bridge.mark;
	bool tx_offload = true;
	int r = take_flag(it, "isolated", "yes", "no", &m->isolated);

	if (!r)
		r = take_flag(it, "antispoof", "yes", "no", &m->antispoof);
	if (!r)
		r = take_flag(it, "demand", "yes", "no", &m->demand);
	if (!r)
		r = take_flag(it, "tx_offload", "on", "off", &tx_offload);
	m->tx_offload_off = !tx_offload;
	return r;
}

static int take_uplink(struct item *it, struct bridge_item *b)
{
	const char *v = item_take(it, "uplink");

	if (!v)
		return 0;
	if (name_check(v, it->e))
		return refuse_error(it, "uplink");
	text_copy(b->bridge.mark.uplink, NAME_SIZE, v);
	return 0;
}

// Forward delay 0, STP and multicast snooping off: a vif must talk at once, and neighbour discovery get through.
static void bridge_defaults(struct link *l)
{
	static const char *const defaults[][2] = {
		{"stp", "no"}, {"forward_delay", "0"}, {"multicast_snooping", "no"}};

	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		option_scan(l, option_find(KIND_BRIDGE, defaults[i][0]), defaults[i][1], NULL);
}

static int add_vlan_device(struct item *it, const struct bridge_item *b, unsigned int vlan, const char *bridge)
{
	char canonical[NAME_SIZE + 8], name[NAME_SIZE];
	const char *lower = b->bridge.mark.uplink;
	const struct device *other;
	struct device *d;
	int r;

	snprintf(canonical, sizeof(canonical), "%s.%u", lower, vlan);
	other = topology_find(it->to, canonical);
	if (other && other->create)
		return item_refuse(it, "VLAN %u of %s is in bridge '%s' already (line %d)", vlan, lower,
			other->link.master.name, other->line);
	r = expand(it, "vlan_name", b->vlan_name ? b->vlan_name : canonical, vlan, name);
	if (!r)
		r = define(it, name, KIND_VLAN, &d);
	if (!r)
		r = set_master(it, d, bridge);
	if (r)
		return r;
	deny_addresses(d);
	d->link.vlan = (struct vlan){vlan, ETH_P_8021Q};
	d->link.options = 3;
	text_copy(d->link.lower.name, NAME_SIZE, lower);
	d->link.set |= LINK_LOWER;
	if (b->bridge.link.set & LINK_MTU) {
		d->link.mtu = b->bridge.link.mtu;
		d->link.set |= LINK_MTU;
	}
	if (strcmp(name, canonical)) {
		d->link.set |= LINK_ALTNAME;
		if (topology_set_altname(it->to, d, canonical))
			return item_refuse(it, "the name '%s' is used twice", canonical);
	}
	return 0;
}

static int add_bridge(struct item *it, const struct bridge_item *b, unsigned int vlan)
{
	struct device *bridge, *uplink;
	char name[NAME_SIZE];
	int r = expand(it, "name", b->name, vlan, name);

	if (!r)
		r = define(it, name, KIND_BRIDGE, &bridge);
	if (r)
		return r;
	text_copy(bridge->link.name, NAME_SIZE, name);
	bridge->link.set |= b->bridge.link.set;
	bridge->link.options = b->bridge.link.options;
	bridge->link.bridge = b->bridge.link.bridge;
	bridge->link.mtu = b->bridge.link.mtu;
	memcpy(bridge->link.mac, b->bridge.link.mac, MAC_SIZE);
	bridge->link.addr_gen = b->bridge.link.addr_gen;
	bridge->policy = b->bridge.policy;
	bridge->mark = b->bridge.mark;
	bridge->mark.origin = it->origin;
	bridge->mark.vlan = vlan;
	if (!*b->bridge.mark.uplink)
		return 0;
	r = refer(it, b->bridge.mark.uplink, &uplink);
	if (r)
		return r;
	if (!uplink->create && *uplink->link.master.name && vlan)
		return item_refuse(it, "uplink %s of bridge '%s' is a port of %s (line %d)", uplink->link.name,
			name, uplink->link.master.name, uplink->line);
	if (vlan)
		return add_vlan_device(it, b, vlan, name);
	r = set_master(it, uplink, name);
	// dom0 is reached on the bridge if at all: its port gets no link-local address.
	uplink->link.set |= LINK_ADDR_GEN;
	uplink->link.addr_gen = ADDR_GEN_NONE;
	return r;
}

int item_bridge(struct item *it)
{
	struct bridge_item b = {.bridge.link.kind = KIND_BRIDGE};
	unsigned int first, last, id = 0;
	int r;

	b.name = item_take(it, "name");
	if (!b.name)
		return item_refuse(it, "a bridge has no name=");
	r = take_uplink(it, &b);
	if (!r)
		r = take_vlans(it, &b);
	if (!r)
		r = take_address(it, &b);
	if (!r)
		r = take_policy(it, &b);
	bridge_defaults(&b.bridge.link);
	if (!r)
		r = take_options(it, &b.bridge.link);
	if (!r)
		r = take_mtu(it, &b.bridge.link);
	if (!r)
		r = take_mac(it, &b.bridge.link);
	if (!r)
		r = refuse_unused(it, "bridge");
	if (!r && vlans_empty(&b.vlans))
		return add_bridge(it, &b, 0);
	for (; !r && vlans_range(&b.vlans, id, &first, &last); id = last + 1)
		for (unsigned int v = first; v <= last && !r; v++)
			r = add_bridge(it, &b, v);
	return r;
}
