// SPDX-License-Identifier: ISC
// What an item of bonds adds to the configuration, and which of the driver's options go together
// (drivers/net/bonding: bond_options.c, bond_netlink.c).
#include <string.h>

#include "config_item.h"

enum { ROUND_ROBIN, ACTIVE_BACKUP, XOR, BROADCAST, LACP, TLB, ALB, MODES };

#define BIT(mode) (1u << (mode))
#define WITH_ARP (BIT(ROUND_ROBIN) | BIT(ACTIVE_BACKUP) | BIT(XOR) | BIT(BROADCAST))

static const char *const keys[] = {"name", "ports", "optional", "mtu", "mac", "address", "gateway", NULL};

// Options that exist in some modes only, whatever their value.
static const struct {
	const char *option;
	unsigned int modes;
} limited[] = {
	{"primary", BIT(ACTIVE_BACKUP) | BIT(TLB) | BIT(ALB)},
	{"packets_per_slave", BIT(ROUND_ROBIN)},
	{"tlb_dynamic_lb", BIT(TLB) | BIT(ALB)},
	{"lacp_rate", BIT(LACP)},
	{"lacp_active", BIT(LACP)},
	{"ad_select", BIT(LACP)},
	{"ad_actor_sys_prio", BIT(LACP)},
	{"ad_actor_system", BIT(LACP)},
	{"ad_user_port_key", BIT(LACP)},
	{"arp_interval", WITH_ARP},
	{"arp_ip_target", WITH_ARP},
	{"arp_validate", WITH_ARP},
	{"arp_all_targets", WITH_ARP},
	{"missed_max", WITH_ARP},
};

static void print_modes(unsigned int modes, char *buf, size_t size)
{
	const struct option *mode = option_find(KIND_BOND, "mode");
	const char *separator = "";
	size_t length = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < MODES && length < size; i++) {
		if (!(modes & BIT(i)))
			continue;
		length += (size_t)snprintf(buf + length, size - length, "%s%s", separator, mode->names[i]);
		separator = ", ";
	}
}

static void check_modes(struct config_item *it, const struct bond *bond)
{
	const struct option *mode = option_find(KIND_BOND, "mode");
	char allowed[128];

	for (size_t i = 0; i < sizeof(limited) / sizeof(*limited); i++) {
		const char *v = config_item_value(it, limited[i].option);

		if (!v || limited[i].modes & BIT(bond->mode))
			continue;
		print_modes(limited[i].modes, allowed, sizeof(allowed));
		config_item_refuse(it, "%s=%s is for mode %s, and the bond has mode %s", limited[i].option, v, allowed,
			mode->names[bond->mode]);
	}
}

static void check_monitoring(struct config_item *it, const struct bond *bond)
{
	if (bond->miimon && bond->arp_interval)
		config_item_refuse(it,
			"miimon=%u and arp_interval=%u exclude each other: a bond checks its links "
			"in one way",
			bond->miimon, bond->arp_interval);
	if (bond->miimon && bond->arp_validate)
		config_item_refuse(it, "arp_validate= needs arp_interval=, and excludes miimon=%u", bond->miimon);
	if (bond->arp_interval && !bond->arp_ip_target[0])
		config_item_refuse(
			it, "arp_interval=%u needs arp_ip_target=, the addresses to ask for", bond->arp_interval);
}

static unsigned int effective_miimon(const struct config_item *it, const struct bond *bond)
{
	if (config_item_value(it, "miimon") || bond->mode <= LINK_BOND_MODE_LAST_WITH_ARP)
		return bond->miimon;
	return LINK_BOND_MIIMON_DEFAULT;
}

// The driver counts delays in steps of miimon, rounding down, and refuses even 0 without it.
// Rounded here as well, what is read back is what was asked for.
static void round_delays(struct config_item *it, struct link *l)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];
	unsigned int miimon = effective_miimon(it, &l->bond);

	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];
		uint32_t *delay = option_field(l, o);

		if (!(o->rules & OPTION_NEEDS_MIIMON) || !option_is_set(l, o))
			continue;
		if (!miimon)
			config_item_refuse(it, "%s=%s needs miimon=, of which it is a multiple", o->name,
				config_item_value(it, o->name));
		else
			*delay -= *delay % miimon;
	}
}

static void take_options(struct config_item *it, struct link *l)
{
	config_item_options(it, l);
	if (it->failed)
		return;
	check_modes(it, &l->bond);
	check_monitoring(it, &l->bond);
	if (l->bond.ad_actor_system[0] & 1)
		config_item_refuse(
			it, "ad_actor_system=%s is a multicast address", config_item_value(it, "ad_actor_system"));
	round_delays(it, l);
}

static void add_port(struct config_item *it, const char *name, const char *bond, bool optional)
{
	struct config_device *port;

	if (config_item_check_name(it, "ports", name))
		return;
	port = config_item_refer(it, name);
	if (!port)
		return;
	config_item_set_master(it, port, bond);
	port->optional |= optional;
}

static void take_ports(struct config_item *it, const char *bond)
{
	const char *ports = config_item_value(it, "ports");
	char copy[ITEM_VALUE_SIZE], *rest, *name;
	bool optional = false;
	size_t count = 0;

	config_item_flag(it, "optional", "yes", "no", &optional);
	if (!ports) {
		config_item_refuse(it, "bond '%s' has no ports=", bond);
		return;
	}
	if (!text_copy(copy, sizeof(copy), ports))
		return;
	for (name = strtok_r(copy, ITEM_SEPARATORS, &rest); name; name = strtok_r(NULL, ITEM_SEPARATORS, &rest)) {
		add_port(it, name, bond, optional);
		count++;
	}
	if (!count)
		config_item_refuse(it, "ports=%s has no device", ports);
}

// A primary port that is missing from the host is no matter of the configuration: the target does
// without it.
static void check_primary(struct config_item *it, const char *bond)
{
	const char *primary = config_item_value(it, "primary");
	const struct config_device *port;

	if (!primary)
		return;
	port = config_find(it->to, primary);
	if (!port || strcmp(port->link.master.name, bond))
		config_item_refuse(it, "primary=%s isn't among ports=%s", primary, config_item_value(it, "ports"));
}

int config_bond(struct config_item *it)
{
	struct config_device *bond;
	const char *name;

	config_item_check_keys(it, "bond", keys, KIND_BOND);
	name = config_item_name(it, "name");
	if (!name)
		return it->failed;
	bond = config_item_define(it, name, KIND_BOND);
	if (!bond)
		return it->failed;
	config_item_address(it, bond, true);
	take_options(it, &bond->link);
	config_item_mtu(it, &bond->link);
	config_item_mac(it, &bond->link);
	take_ports(it, name);
	check_primary(it, name);
	return it->failed;
}
