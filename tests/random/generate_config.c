// SPDX-License-Identifier: ISC
// Random configurations, made from nothing.
#include <stdio.h>
#include <string.h>

#include "generate_model.h"

static const int vlan_ids[] = {2, 3, 5, 10, 20, 30, 100, 200};

void any_uplink(struct random *r, const struct host_model *h, const struct config_model *c, char name[NAME])
{
	if (c->bond_count && random_chance(r, 60))
		snprintf(name, NAME, "%s", c->bonds[random_below(r, c->bond_count)].name);
	else
		snprintf(name, NAME, "%s", h->nics[random_below(r, h->count)].name);
}

void new_bond(struct random *r, const struct host_model *h, struct config_model *c)
{
	struct bond *b = &c->bonds[c->bond_count++];

	snprintf(b->name, NAME, "bond%d", c->bond_count - 1);
	b->id = c->next++;
	b->mode = random_below(r, 7);
	b->miimon = 100;
	for (int ports = 1 + random_below(r, 2); ports > 0; ports--)
		b->ports |= 1u << random_below(r, h->count);
	b->mtu = random_chance(r, 15) ? 9000 : 0;
	b->lacp_fast = random_chance(r, 40);
	b->hash = random_below(r, 3);
	b->primary = random_chance(r, 30);
	b->mac = random_chance(r, 10);
	b->address = random_chance(r, 12) ? ADDRESS_LIST : ADDRESS_UNSET;
}

void bridge_options(struct random *r, struct bridge *b)
{
	b->stp = random_chance(r, 6);
	b->forward_delay = b->stp ? 400 : 0;
	b->ageing_time = random_chance(r, 8) ? 6000 : 0;
	b->snooping = random_chance(r, 8);
	b->isolated = random_chance(r, 12);
	b->no_tx_offload = random_chance(r, 6);
	b->mac = random_chance(r, 10);
	b->mtu = random_chance(r, 10) ? 1400 : 0;
}

void bridge_tagged(struct random *r, struct bridge *b)
{
	b->vlan_count = 0;
	b->vlan_name = false;
	b->tagged_from = 2;
	b->tagged_to = random_chance(r, 50) ? 99 : 899;
	b->pvid = random_chance(r, 40) ? 1 : 0;
}

void bridge_vlans(struct random *r, struct bridge *b, int most)
{
	int first = random_below(r, 8);

	b->tagged_from = b->tagged_to = b->pvid = 0;
	b->vlan_count = 1 + random_below(r, most);
	for (int i = 0; i < b->vlan_count; i++)
		b->vlans[i] = vlan_ids[(first + i) % 8];
	b->vlan_name = random_chance(r, 15);
}

void new_bridge(struct random *r, const struct host_model *h, struct config_model *c)
{
	struct bridge *b = &c->bridges[c->bridge_count++];
	int kind = random_below(r, 100);

	b->id = c->next++;
	snprintf(b->name, NAME, "xenbr%d", b->id);
	bridge_options(r, b);
	if (kind < 8) {
		b->address = random_chance(r, 70) ? ADDRESS_LIST : ADDRESS_UNSET;
		return;
	}
	any_uplink(r, h, c, b->uplink);
	if (kind < 12)
		snprintf(b->uplink, NAME, "dummy0");
	if (kind < 55)
		bridge_vlans(r, b, BRIDGE_VLANS);
	else if (kind < 72)
		bridge_tagged(r, b);
	else if (kind < 75 && find_nic(h, b->uplink) >= 0) {
		b->legacy = true;
		memcpy(b->name, b->uplink, NAME);
	}
	if (b->vlan_count == 1 && random_chance(r, 30))
		b->address = ADDRESS_LIST;
	else if (random_chance(r, 15))
		b->address = ADDRESS_NONE;
	b->gateway = b->address == ADDRESS_LIST && random_chance(r, 30);
	b->ipv6 = random_chance(r, 30);
}

void new_vlan(struct random *r, const struct host_model *h, struct config_model *c)
{
	struct vlan *v = &c->vlans[c->vlan_count++];

	if (c->bridge_count && random_chance(r, 40))
		memcpy(v->link, c->bridges[random_below(r, c->bridge_count)].name, NAME);
	else
		any_uplink(r, h, c, v->link);
	v->id = vlan_ids[random_below(r, 8)];
	v->ad = random_chance(r, 12);
	v->address = random_chance(r, 60);
	if (random_chance(r, 20))
		snprintf(v->name, NAME, "lan%d", v->id);
}

void config_generate(struct random *r, const struct host_model *h, struct config_model *c)
{
	for (int tries = 0; tries < 400; tries++) {
		memset(c, 0, sizeof(*c));
		for (int n = random_below(r, 10) < 6 ? 1 + random_below(r, 2) : 0; n > 0; n--)
			new_bond(r, h, c);
		for (int n = 1 + random_below(r, 3); n > 0; n--)
			new_bridge(r, h, c);
		if (random_chance(r, 25))
			new_vlan(r, h, c);
		if (config_sensible(h, c) || random_chance(r, 1))
			return;
	}
}
