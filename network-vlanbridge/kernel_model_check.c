// SPDX-License-Identifier: ISC
// The kernel model: what the kernel refuses, looked at before anything is changed.
#include "kernel_model_parts.h"

#include <errno.h>
#include <string.h>

// Which the step may set, or the change of mode.
static uint32_t miimon_after(const struct device *d, const struct link *c)
{
	if (model_sets_option(c, "miimon"))
		return c->bond.miimon;
	if (model_sets_option(c, "mode") && c->bond.mode > LINK_BOND_MODE_LAST_WITH_ARP && !d->link.bond.miimon)
		return LINK_BOND_MIIMON_DEFAULT;
	return d->link.bond.miimon;
}

// One message doesn't take both ways of monitoring (bond_changelink).
static bool monitors_twice(const struct link *c)
{
	if (!model_sets_option(c, "miimon") || !c->bond.miimon)
		return false;
	return (model_sets_option(c, "arp_interval") && c->bond.arp_interval) ||
	       (model_sets_option(c, "arp_validate") && c->bond.arp_validate);
}

static int check_bond_options(const struct device *d, const struct link *c)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];
	uint32_t mode = d->link.bond.mode;

	if (model_sets_option(c, "mode"))
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
		if (!option_fits_mode(o, mode))
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

// bond_enslave: it must be down, and is opened with the bond's MTU. A port of another bond is down once it has left
// that.
static int check_bond_port(const struct host *h, const struct device *d, const struct device *m, const struct link *c)
{
	const struct device *lower = host_find(h, d->link.lower.name);
	bool goes_down = (c->set & LINK_UP && !c->up) || host_is_bond_port(h, d);

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

	if (!*c->master.name || !strcmp(c->master.name, d->link.master.name))
		return 0;
	if (!m)
		return -ENODEV;
	if (!device_is_kind(m, KIND_BOND) && !device_is_kind(m, KIND_BRIDGE) && !device_is_vrf(m))
		return -EOPNOTSUPP;
	if (device_is_kind(m, KIND_BRIDGE) && device_is_kind(d, KIND_BRIDGE))
		return -ELOOP;
	if (stands_on(h, d, m))
		return -EBUSY; // __netdev_upper_dev_link
	return device_is_kind(m, KIND_BOND) ? check_bond_port(h, d, m, c) : 0;
}

static int check_mtu(const struct host *h, const struct device *d, const struct link *c)
{
	const struct device *lower = host_find(h, d->link.lower.name);

	if (d->link.max_mtu && c->mtu > d->link.max_mtu)
		return -EINVAL;
	return d->link.kind == KIND_VLAN && lower && c->mtu > lower->link.mtu ? -ERANGE : 0;
}

int model_check_set(const struct host *h, const struct device *d, const struct link *c)
{
	const struct device *lower = host_find(h, d->link.lower.name);
	int r = 0;

	if (c->set & LINK_RENAME && (d->link.up || host_find(h, c->new_name)))
		return d->link.up ? -EBUSY : -EEXIST;
	if (c->set & LINK_ALTNAME && host_find(h, c->altname))
		return -EEXIST;
	if (c->set & LINK_UP && c->up && d->link.kind == KIND_VLAN && lower && !lower->link.up)
		return -ENETDOWN;
	if (c->set & LINK_PORT_FLAGS && !device_is_kind(host_find(h, d->link.master.name), KIND_BRIDGE))
		return -EINVAL; // br_setlink
	if (c->set & LINK_MASTER)
		r = check_master(h, d, c);
	if (!r && c->set & LINK_MTU)
		r = check_mtu(h, d, c);
	if (!r && device_is_kind(d, KIND_BOND))
		r = check_bond_options(d, c);
	if (!r && device_is_kind(d, KIND_BRIDGE))
		r = check_bridge_options(d, c);
	return r;
}

int model_check_add(const struct host *h, const struct link *l)
{
	const struct device *lower = l->set & LINK_LOWER ? host_find(h, l->lower.name) : NULL;
	const struct device *m = host_find(h, l->master.name);
	bool joins_bond = l->set & LINK_MASTER && device_is_kind(m, KIND_BOND);

	if (host_find(h, l->name) || (l->set & LINK_ALTNAME && host_find(h, l->altname)))
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
	if (joins_bond && m->link.mtu > lower->link.mtu)
		return -ERANGE;
	if ((joins_bond || (l->set & LINK_UP && l->up)) && !lower->link.up)
		return -ENETDOWN;
	return 0;
}
