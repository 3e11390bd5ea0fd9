// SPDX-License-Identifier: ISC
// Whether a configuration makes sense for a host: most that are tried shall be accepted.
#include <stdio.h>
#include <string.h>

#include "generate_model.h"

int find_nic(const struct host_model *h, const char *name)
{
	for (int i = 0; i < h->count; i++)
		if (!strcmp(h->nics[i].name, name))
			return i;
	return -1;
}

int find_bond(const struct config_model *c, const char *name)
{
	for (int i = 0; i < c->bond_count; i++)
		if (!strcmp(c->bonds[i].name, name))
			return i;
	return -1;
}

static int find_bridge(const struct config_model *c, const char *name)
{
	for (int i = 0; i < c->bridge_count; i++)
		if (!strcmp(c->bridges[i].name, name))
			return i;
	return -1;
}

bool bond_addressed(const struct host_model *h, const struct bond *b)
{
	for (int i = 0; i < h->count; i++)
		if (b->ports & 1u << i && h->nics[i].addressed)
			return true;
	return false;
}

void bridge_instance(const struct bridge *b, int i, char name[NAME])
{
	if (b->vlan_count > 1)
		snprintf(name, NAME, "%.10s%d", b->name, b->vlans[i]);
	else
		snprintf(name, NAME, "%s", b->name);
}

// What the uplink has: its MTU, and whether it has addresses that have to go somewhere.
static int uplink_mtu(const struct host_model *h, const struct config_model *c, const char *name)
{
	int nic = find_nic(h, name), bond = find_bond(c, name);

	if (nic >= 0)
		return h->nics[nic].mtu;
	if (bond >= 0 && c->bonds[bond].mtu)
		return c->bonds[bond].mtu;
	return 1500;
}

static bool uplink_addressed(const struct host_model *h, const struct config_model *c, const char *name)
{
	int nic = find_nic(h, name), bond = find_bond(c, name);

	if (nic >= 0)
		return h->nics[nic].addressed;
	return bond >= 0 && (c->bonds[bond].address == ADDRESS_LIST || bond_addressed(h, &c->bonds[bond]));
}

static bool whole(const struct bridge *b)
{
	return *b->uplink && !b->vlan_count;
}

static bool bonds_sensible(const struct host_model *h, const struct config_model *c)
{
	unsigned int used = 0;

	for (int i = 0; i < c->bond_count; i++) {
		const struct bond *b = &c->bonds[i];

		if (!b->ports || b->ports & used)
			return false;
		used |= b->ports;
		if ((b->address == ADDRESS_NONE || b->address == ADDRESS_LIST) && bond_addressed(h, b))
			return false;
		for (int n = 0; n < h->count; n++)
			if (b->ports & 1u << n && h->nics[n].taken)
				return false;
		for (int k = 0; k < i; k++)
			if (!strcmp(b->name, c->bonds[k].name))
				return false;
	}
	return true;
}

// A NIC that is somebody's port is no uplink.
static bool uplink_free(const struct host_model *h, const struct config_model *c, const char *name)
{
	int nic = find_nic(h, name);

	if (nic < 0)
		return true;
	for (int i = 0; i < c->bond_count; i++)
		if (c->bonds[i].ports & 1u << nic)
			return false;
	return !h->nics[nic].taken;
}

static bool tags_meet(const struct bridge *a, const struct bridge *b)
{
	for (int i = 0; i < a->vlan_count; i++) {
		if (b->tagged_from && a->vlans[i] >= b->tagged_from && a->vlans[i] <= b->tagged_to)
			return true;
		for (int k = 0; k < b->vlan_count; k++)
			if (a->vlans[i] == b->vlans[k])
				return true;
	}
	return false;
}

static bool pair_sensible(const struct bridge *a, const struct bridge *b)
{
	char x[NAME], y[NAME];

	for (int i = 0; i < (a->vlan_count ? a->vlan_count : 1); i++)
		for (int k = 0; k < (b->vlan_count ? b->vlan_count : 1); k++) {
			bridge_instance(a, i, x);
			bridge_instance(b, k, y);
			if (!strcmp(x, y))
				return false;
		}
	if (!*a->uplink || strcmp(a->uplink, b->uplink))
		return true;
	if (whole(a) && whole(b))
		return false;
	return !tags_meet(a, b) && !tags_meet(b, a);
}

static bool bridge_sensible(const struct host_model *h, const struct config_model *c, const struct bridge *b)
{
	bool inherits = b->address == ADDRESS_INHERIT ||
			(b->address == ADDRESS_UNSET && whole(b) && (!b->tagged_from || b->pvid));

	if (b->gateway && (h->default_route || b->address != ADDRESS_LIST))
		return false;
	if (b->address == ADDRESS_LIST && b->vlan_count > 1)
		return false;
	if (b->address == ADDRESS_INHERIT && (!whole(b) || (b->tagged_from && !b->pvid)))
		return false;
	if (b->legacy && (!whole(b) || strcmp(b->name, b->uplink)))
		return false;
	if (!b->legacy && (find_nic(h, b->name) >= 0 || find_bond(c, b->name) >= 0))
		return false;
	if (!uplink_free(h, c, b->uplink))
		return false;
	if (b->vlan_count && b->mtu > uplink_mtu(h, c, b->uplink))
		return false;
	return !whole(b) || inherits || !uplink_addressed(h, c, b->uplink);
}

static bool vlan_sensible(const struct host_model *h, const struct config_model *c, const struct vlan *v)
{
	int bridge = find_bridge(c, v->link);

	if (!uplink_free(h, c, v->link) || v->mtu > uplink_mtu(h, c, v->link))
		return false;
	if (bridge >= 0 && c->bridges[bridge].tagged_from && v->ad)
		return false;
	for (int i = 0; i < c->bridge_count; i++) {
		const struct bridge one = {.vlans = {v->id}, .vlan_count = 1};

		if (!strcmp(c->bridges[i].uplink, v->link) && (tags_meet(&one, &c->bridges[i]) || c->bridges[i].legacy))
			return false;
	}
	return bridge >= 0 || find_nic(h, v->link) >= 0 || find_bond(c, v->link) >= 0;
}

bool config_sensible(const struct host_model *h, const struct config_model *c)
{
	int gateways = 0;

	if (!bonds_sensible(h, c))
		return false;
	for (int i = 0; i < c->bridge_count; i++) {
		gateways += c->bridges[i].gateway;
		if (!bridge_sensible(h, c, &c->bridges[i]))
			return false;
		for (int k = 0; k < i; k++)
			if (!pair_sensible(&c->bridges[i], &c->bridges[k]))
				return false;
	}
	for (int i = 0; i < c->vlan_count; i++) {
		if (!vlan_sensible(h, c, &c->vlans[i]))
			return false;
		for (int k = 0; k < i; k++)
			if (!strcmp(c->vlans[i].link, c->vlans[k].link) && c->vlans[i].id == c->vlans[k].id)
				return false;
	}
	return gateways <= 1;
}
