// SPDX-License-Identifier: ISC
// One stack from a command line, as xend's network-script passes it: rewritten as items of the
// file.
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_item.h"

#define VIFNUM_MAX 9999
#define NO_UPLINK "none" // netdev=none

// Which item an argument belongs to, and its key there. vifnum belongs to none: it is a part of
// default names.
static const struct argument {
	const char *name, *bond_key, *bridge_key;
} arguments[] = {
	{"bond", "name", NULL},
	{"ports", "ports", NULL},
	{"mode", "mode", NULL},
	{"miimon", "miimon", NULL},
	{"netdev", NULL, "uplink"},
	{"bridge", NULL, "name"},
	{"vlan", NULL, "vlan"},
	{"mtu", NULL, "mtu"},
	{"address", NULL, "address"},
	{"antispoof", NULL, "antispoof"},
	{"vifnum", NULL, NULL},
	{"legacy", NULL, "legacy"},
};

#define ARGUMENTS (sizeof(arguments) / sizeof(*arguments))

// The text of values that nobody gave: items keep pointers.
struct defaults {
	char netdev[NAME_SIZE], vlan[16], bridge[NAME_SIZE];
};

static const struct argument *find_argument(const char *text, size_t length)
{
	for (size_t i = 0; i < ARGUMENTS; i++)
		if (strlen(arguments[i].name) == length && !memcmp(arguments[i].name, text, length))
			return &arguments[i];
	return NULL;
}

// Puts all arguments into one item, which refuses those that are empty or given twice.
static int take_arguments(struct config_item *given, char *const *args)
{
	for (; *args && !given->failed; args++) {
		const char *equals = strchr(*args, '=');
		const struct argument *a;

		if (!equals)
			return config_item_refuse(given, "'%s' is no KEY=VALUE argument", *args);
		a = find_argument(*args, (size_t)(equals - *args));
		if (!a)
			return config_item_refuse(given, "unknown argument '%.*s'", (int)(equals - *args), *args);
		config_item_add(given, a->name, equals + 1);
	}
	return given->failed;
}

// Arguments that only a bond uses need one.
static bool has_bond(struct config_item *given)
{
	if (config_item_value(given, "bond") || config_item_value(given, "ports"))
		return true;
	for (size_t i = 0; i < ARGUMENTS; i++)
		if (arguments[i].bond_key && !arguments[i].bridge_key && config_item_value(given, arguments[i].name))
			config_item_refuse(given, "%s= is for a bond: say bond= and ports=, too", arguments[i].name);
	return false;
}

// network-bridge's number, of its default NIC and bridge. Returns whether it is given.
static bool read_vifnum(struct config_item *given, unsigned int *ret)
{
	const char *v = config_item_value(given, "vifnum");
	unsigned long n = 0;

	if (v && number_parse(v, 0, VIFNUM_MAX, &n))
		config_item_refuse(given, "vifnum=%s: it must be a number from 0 to %d", v, VIFNUM_MAX);
	*ret = (unsigned int)n;
	return v;
}

static const struct device *default_route_device(const struct host *h)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		if (e->is_default && e->device_count)
			return host_find(h, e->devices[0].name);
	return NULL;
}

static const struct device *bridge_of_ours(const struct host *h, const char *name)
{
	const struct device *d = name ? host_find(h, name) : NULL;

	return device_is_kind(d, KIND_BRIDGE) && device_is_ours(d) ? d : NULL;
}

static void add_present_stack(
	struct config_item *given, const struct host *current, const struct device *bridge, struct defaults *d)
{
	text_copy(d->netdev, NAME_SIZE, host_original_name(current, bridge->mark.uplink));
	config_item_add(given, "netdev", *d->netdev ? d->netdev : NO_UPLINK);
	if (!config_item_value(given, "bridge"))
		config_item_add(given, "bridge", bridge->link.name);
	snprintf(d->vlan, sizeof(d->vlan), "%u", bridge->mark.vlan);
	if (bridge->mark.vlan && !config_item_value(given, "vlan"))
		config_item_add(given, "vlan", d->vlan);
}

// Without netdev=: what the bridge has already, ethN of vifnum=N, or the default route's device.
static void add_netdev(struct config_item *given, const struct host *current, struct defaults *defaults)
{
	const struct device *bridge = bridge_of_ours(current, config_item_value(given, "bridge")), *d;
	unsigned int n;
	bool numbered = read_vifnum(given, &n);

	if (given->failed || config_item_value(given, "netdev"))
		return;
	snprintf(defaults->netdev, NAME_SIZE, "eth%u", n);
	d = default_route_device(current);
	if (!bridge && !numbered && !config_item_value(given, "bridge") && d)
		bridge = bridge_of_ours(current, d->link.name);
	if (bridge)
		add_present_stack(given, current, bridge, defaults);
	else if (numbered)
		config_item_add(given, "netdev", defaults->netdev);
	else if (d)
		config_item_add(given, "netdev", d->link.name);
	else
		config_item_refuse(given, "there is no IPv4 default route to take the device from: say netdev=DEVICE, "
					  "or netdev=" NO_UPLINK " for a bridge without uplink");
}

// The number at the end of eth1 or bond0; 0 where there is none.
static unsigned int number_of(const char *device)
{
	const char *digits = device + strlen(device);
	unsigned long n = 0;

	while (digits > device && digits[-1] >= '0' && digits[-1] <= '9')
		digits--;
	if (number_parse(digits, 0, VIFNUM_MAX, &n))
		return 0;
	return (unsigned int)n;
}

static void print_default_bridge(struct config_item *given, const char *uplink, char name[NAME_SIZE])
{
	const char *vlan = config_item_value(given, "vlan");
	unsigned long id;
	unsigned int n;

	if (!read_vifnum(given, &n) && vlan && !number_parse(vlan, VLAN_MIN, VLAN_MAX, &id))
		n = (unsigned int)id;
	else if (!config_item_value(given, "vifnum") && uplink)
		n = number_of(uplink);
	snprintf(name, NAME_SIZE, "xenbr%u", n);
}

static void set_default(struct config_item *it, const char *key, const char *value)
{
	if (!config_item_value(it, key))
		config_item_add(it, key, value);
}

static int make_bond(const struct config_item *given, struct config_item *bond)
{
	for (size_t i = 0; i < ARGUMENTS; i++) {
		const char *value = config_item_value(given, arguments[i].name);

		if (value && arguments[i].bond_key)
			config_item_add(bond, arguments[i].bond_key, value);
	}
	set_default(bond, "name", "bond0");
	return config_bond(bond);
}

static int make_bridge(
	const struct config_item *given, struct config_item *bridge, const char *default_name, const char *bond)
{
	const char *uplink;

	for (size_t i = 0; i < ARGUMENTS; i++) {
		const char *value = config_item_value(given, arguments[i].name);

		if (value && arguments[i].bridge_key &&
			(strcmp(arguments[i].name, "netdev") || strcmp(value, NO_UPLINK)))
			config_item_add(bridge, arguments[i].bridge_key, value);
	}
	set_default(bridge, "name", default_name);
	if (bond)
		set_default(bridge, "uplink", bond);
	uplink = config_item_value(bridge, "uplink");
	if (bond && strcmp(uplink, bond))
		return config_item_refuse(bridge, "netdev=%s isn't the bond %s: there is one uplink", uplink, bond);
	// network-bridge was told to call the bridge like the device: that is how it worked.
	if (uplink && !strcmp(uplink, config_item_value(bridge, "name")))
		set_default(bridge, "legacy", "yes");
	return config_bridge(bridge);
}

int config_args(char *const *args, const struct host *current, struct config *ret, struct err *e)
{
	struct config_item given = {.to = ret, .origin = MARK_ARGS, .e = e}, bond = given, bridge = given;
	struct defaults defaults;
	const char *bond_name = NULL;
	int r;

	take_arguments(&given, args);
	if (!given.failed && has_bond(&given)) {
		given.failed = make_bond(&given, &bond);
		bond_name = config_item_value(&bond, "name");
	}
	if (!given.failed && !bond_name)
		add_netdev(&given, current, &defaults);
	if (!given.failed)
		print_default_bridge(
			&given, bond_name ? bond_name : config_item_value(&given, "netdev"), defaults.bridge);
	r = given.failed;
	if (!r)
		r = make_bridge(&given, &bridge, defaults.bridge, bond_name);
	if (!r)
		r = config_check(ret, e);
	if (r)
		config_free(ret);
	return r;
}
