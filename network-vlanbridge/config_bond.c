// SPDX-License-Identifier: ISC
// What an item of bonds adds to the topology.
#include <string.h>

#include "config_item.h"

static int bond_ports(struct config_item *it, const char *bond, const char *ports, bool optional)
{
	char copy[1024], *rest = copy, *name;
	struct device *port;
	int r, n = 0;

	if (!text_copy(copy, sizeof(copy), ports))
		return config_item_refuse(it, "ports= is longer than %zu bytes", sizeof(copy) - 1);
	while ((name = strsep(&rest, " \t,+"))) {
		if (!*name)
			continue;
		if (name_check(name, it->e))
			return config_item_refuse_error(it, "ports");
		r = config_item_refer(it, name, &port);
		if (!r)
			r = config_item_set_master(it, port, bond);
		port->optional |= optional;
		if (r)
			return r;
		n++;
	}
	return n ? 0 : config_item_refuse(it, "ports= of %s is empty", bond);
}

int config_bond(struct config_item *it)
{
	const char *name, *ports;
	struct device *bond;
	bool optional = false;
	int r = config_item_name(it, "name", &name);

	if (!r)
		r = config_item_define(it, name, KIND_BOND, &bond);
	if (r)
		return r;
	// By default those of a port that has some; the plan notes which.
	r = config_item_address(it, bond, name, true);
	bond->mark.inherit = false;
	if (!r)
		r = config_item_options(it, &bond->link);
	if (!r)
		r = config_item_mtu(it, &bond->link);
	if (!r)
		r = config_item_mac(it, &bond->link);
	if (r)
		return r;
	ports = config_item_take(it, "ports");
	r = config_item_flag(it, "optional", "yes", "no", &optional);
	if (r)
		return r;
	r = ports ? bond_ports(it, name, ports, optional) : config_item_refuse(it, "bond '%s' has no ports=", name);
	return r ? r : config_item_refuse_unused(it, "bond");
}
