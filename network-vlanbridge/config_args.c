// SPDX-License-Identifier: ISC
// One stack from a command line, as xend's network-script passes it: rewritten as items of the file.
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_item.h"

// Which item an argument belongs to, and its key there.
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
	{"mtu", "mtu", "mtu"},
	{"address", NULL, "address"},
	{"antispoof", NULL, "antispoof"},
	{"vifnum", NULL, NULL},
	{"legacy", NULL, "legacy"},
};

#define ARGUMENTS (sizeof(arguments) / sizeof(*arguments))

static void put(struct config_item *it, const char *key, const char *value)
{
	for (size_t i = 0; key && i < it->count; i++)
		if (!strcmp(it->pairs[i].key, key))
			key = NULL; // the first one counts
	if (key && it->count < ITEM_KEYS)
		it->pairs[it->count++] = (struct pair){key, value, false};
}

static int take_argument(char *arg, struct config_item *bond, struct config_item *bridge, const char **vifnum, struct err *e)
{
	char *value = strchr(arg, '=');

	if (!value)
		return err_set(e, EINVAL, "'%s' is no KEY=VALUE argument", arg);
	for (size_t i = 0; i < ARGUMENTS; i++) {
		const struct argument *a = &arguments[i];

		if (strlen(a->name) != (size_t)(value - arg) || strncmp(a->name, arg, (size_t)(value - arg)))
			continue;
		put(bond, a->bond_key, value + 1);
		put(bridge, a->bridge_key, value + 1);
		if (!strcmp(a->name, "vifnum"))
			*vifnum = value + 1;
		return 0;
	}
	return err_set(e, EINVAL, "unknown argument '%.*s'", (int)(value - arg), arg);
}

int config_args(char *const *args, struct host *ret, struct err *e)
{
	struct config_item bond = {.to = ret, .origin = MARK_ARGS, .e = e}, bridge = bond;
	const char *vifnum = "0", *name;
	char default_bridge[64];
	int r = 0;

	for (; *args && !r; args++)
		r = take_argument(*args, &bond, &bridge, &vifnum, e);
	if (r)
		return r;
	name = config_item_take(&bond, "name");
	if (name || config_item_take(&bond, "ports")) {
		if (!name)
			put(&bond, "name", name = "bond0");
		if (!config_item_take(&bridge, "uplink"))
			put(&bridge, "uplink", name);
		r = config_bond(&bond);
	} else if (config_item_take(&bond, "mode") || config_item_take(&bond, "miimon"))
		return err_set(e, EINVAL, "mode= and miimon= are for a bond: say bond= and ports=, too");
	snprintf(default_bridge, sizeof(default_bridge), "xenbr%s", vifnum);
	if (!config_item_take(&bridge, "name"))
		put(&bridge, "name", default_bridge);
	// network-bridge was told to call the bridge like the device: that is how it worked.
	name = config_item_take(&bridge, "uplink");
	if (name && !strcmp(name, config_item_take(&bridge, "name")) && !config_item_take(&bridge, "legacy"))
		put(&bridge, "legacy", "yes");
	if (!r)
		r = config_bridge(&bridge);
	if (r)
		host_free(ret);
	return r;
}
