// SPDX-License-Identifier: ISC
// What an item of bonds adds to the topology.
#include <string.h>

#include "item.h"

static int bond_ports(struct item *it, const char *bond, const char *ports, bool optional)
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
			return item_refuse_error(it, "ports");
		r = item_refer(it, name, &port);
		if (!r)
			r = item_set_master(it, port, bond);
		port->optional |= optional;
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
	bool optional = false;
	int r = item_name(it, "name", &name);

	if (!r)
		r = item_define(it, name, KIND_BOND, &bond);
	if (r)
		return r;
	// By default those of a port that has some; the plan notes which.
	r = item_address(it, bond, name, true);
	bond->mark.inherit = false;
	if (!r)
		r = item_options(it, &bond->link);
	if (!r)
		r = item_mtu(it, &bond->link);
	if (!r)
		r = item_mac(it, &bond->link);
	if (r)
		return r;
	ports = item_take(it, "ports");
	r = item_flag(it, "optional", "yes", "no", &optional);
	if (r)
		return r;
	r = ports ? bond_ports(it, name, ports, optional) : item_refuse(it, "bond '%s' has no ports=", name);
	return r ? r : item_refuse_unused(it, "bond");
}
