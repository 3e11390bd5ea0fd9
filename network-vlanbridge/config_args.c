// SPDX-License-Identifier: ISC
// One stack from a command line, as xend's network-script passes it: rewritten as items of the
// file.
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_item.h"

#define VIFNUM_MAX 9999

// Which item an argument belongs to, and its key there. vifnum belongs to none: it is a part of the
// bridge's default name.
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

// network-bridge's number, of its default bridge. With bridge= it only says what the name says
// already, as in many xend-config.sxp.
static void print_default_bridge(struct config_item *given, char name[NAME_SIZE])
{
	const char *v = config_item_value(given, "vifnum");
	unsigned long n = 0;

	if (v && number_parse(v, 0, VIFNUM_MAX, &n))
		config_item_refuse(given, "vifnum=%s: it must be a number from 0 to %d", v, VIFNUM_MAX);
	snprintf(name, NAME_SIZE, "xenbr%u", (unsigned int)n);
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

		if (value && arguments[i].bridge_key)
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

int config_args(char *const *args, struct config *ret, struct err *e)
{
	struct config_item given = {.to = ret, .origin = MARK_ARGS, .e = e}, bond = given, bridge = given;
	const char *bond_name = NULL;
	char default_bridge[NAME_SIZE];
	int r;

	take_arguments(&given, args);
	print_default_bridge(&given, default_bridge);
	if (!given.failed && has_bond(&given)) {
		given.failed = make_bond(&given, &bond);
		bond_name = config_item_value(&bond, "name");
	}
	r = given.failed;
	if (!r)
		r = make_bridge(&given, &bridge, default_bridge, bond_name);
	if (!r)
		r = config_check(ret, e);
	if (r)
		config_free(ret);
	return r;
}
