// SPDX-License-Identifier: ISC
// Edits of a configuration, as an administrator makes them.
#include <stdio.h>
#include <string.h>

#include "generate_model.h"

static void change_option(struct random *r, struct config_model *c)
{
	struct bond *bond = &c->bonds[random_below(r, c->bond_count)];
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	switch (random_below(r, c->bond_count ? 4 : 2)) {
	case 2:
		bond->miimon = bond->miimon == 100 ? 50 : 100;
		break;
	case 3:
		bond->hash = (bond->hash + 1) % 3;
		break;
	default:
		bridge_options(r, b);
	}
}

static void change_port(struct random *r, const struct host_model *h, struct config_model *c)
{
	if (c->bond_count)
		c->bonds[random_below(r, c->bond_count)].ports ^= 1u << random_below(r, h->count);
}

static void change_uplink(struct random *r, const struct host_model *h, struct config_model *c)
{
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	any_uplink(r, h, c, b->uplink);
	if (random_chance(r, 10))
		*b->uplink = '\0';
}

static void change_vlan(struct random *r, struct config_model *c)
{
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	if (b->tagged_from)
		b->tagged_to = b->tagged_to == 99 ? 199 : 99;
	else if (b->vlan_count)
		bridge_vlans(r, b, b->vlan_count);
}

static void replace_references(struct config_model *c, const char *old, const char *new)
{
	for (int i = 0; i < c->bridge_count; i++)
		if (!strcmp(c->bridges[i].uplink, old))
			memcpy(c->bridges[i].uplink, new, NAME);
	for (int i = 0; i < c->vlan_count; i++)
		if (!strcmp(c->vlans[i].link, old))
			memcpy(c->vlans[i].link, new, NAME);
}

static void change_name(struct random *r, struct config_model *c)
{
	struct bond *bond = &c->bonds[random_below(r, c->bond_count)];
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];
	struct bridge *other = &c->bridges[random_below(r, c->bridge_count)];
	char old[NAME], new[NAME];
	int what = random_below(r, 100);

	if (c->bond_count && what < 30) {
		memcpy(old, bond->name, NAME);
		snprintf(bond->name, NAME, "lag%d", c->next++);
		replace_references(c, old, bond->name);
	} else if (what < 45) { // two bridges change their places
		memcpy(old, b->name, NAME);
		memcpy(b->name, other->name, NAME);
		memcpy(other->name, old, NAME);
	} else if (!b->legacy) {
		memcpy(old, b->name, NAME);
		snprintf(new, NAME, "br%d", c->next++);
		memcpy(b->name, new, NAME);
		replace_references(c, old, new);
	}
}

static void change_kind(struct random *r, struct config_model *c)
{
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	if (b->tagged_from)
		b->tagged_from = b->tagged_to = b->pvid = 0;
	else if (b->vlan_count && random_chance(r, 50))
		b->vlan_count = 0;
	else if (*b->uplink)
		bridge_tagged(r, b);
	if (b->vlan_count == 0)
		b->vlan_name = false;
}

static void change_address(struct random *r, struct config_model *c)
{
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	b->address = (enum address)random_below(r, 4);
	b->id = random_chance(r, 50) ? c->next++ : b->id;
	b->ipv6 = random_chance(r, 30);
	b->gateway = b->address == ADDRESS_LIST && random_chance(r, 30);
	if (c->bond_count && random_chance(r, 20))
		c->bonds[random_below(r, c->bond_count)].address = random_chance(r, 50) ? ADDRESS_LIST : ADDRESS_UNSET;
}

static void change_mtu(struct random *r, struct config_model *c)
{
	struct bond *bond = &c->bonds[random_below(r, c->bond_count)];
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	if (c->bond_count && random_chance(r, 50))
		bond->mtu = bond->mtu ? 0 : random_chance(r, 50) ? 9000 : 1400;
	else
		b->mtu = b->mtu ? 0 : random_chance(r, 50) ? 1400 : 1300;
}

// What stood on a NIC stands on a bond of it, or the other way round.
static void change_bond(struct random *r, const struct host_model *h, struct config_model *c)
{
	int bond = random_below(r, c->bond_count);
	char old[NAME] = "";

	if (c->bond_count && random_chance(r, 40)) {
		for (int i = 0; i < h->count; i++)
			if (c->bonds[bond].ports & 1u << i)
				memcpy(old, h->nics[i].name, NAME);
		replace_references(c, c->bonds[bond].name, old);
		c->bonds[bond] = c->bonds[--c->bond_count];
	} else if (c->bond_count < BONDS) {
		int nic = find_nic(h, c->bridges[random_below(r, c->bridge_count)].uplink);

		if (nic < 0)
			return;
		new_bond(r, h, c);
		c->bonds[c->bond_count - 1].ports |= 1u << nic;
		replace_references(c, h->nics[nic].name, c->bonds[c->bond_count - 1].name);
	}
}

static void change_vlan_item(struct random *r, const struct host_model *h, struct config_model *c)
{
	if (c->vlan_count && random_chance(r, 50))
		c->vlans[random_below(r, c->vlan_count)] = c->vlans[c->vlan_count - 1], c->vlan_count--;
	else if (c->vlan_count < VLANS) {
		memset(&c->vlans[c->vlan_count], 0, sizeof(c->vlans[0]));
		new_vlan(r, h, c);
	}
}

static void change_count(struct random *r, const struct host_model *h, struct config_model *c)
{
	if (c->bridge_count > 1 && random_chance(r, 50)) {
		int gone = random_below(r, c->bridge_count);

		c->bridges[gone] = c->bridges[--c->bridge_count];
	} else if (c->bridge_count < BRIDGES) {
		memset(&c->bridges[c->bridge_count], 0, sizeof(c->bridges[0]));
		new_bridge(r, h, c);
	}
}

static void change_one(struct random *r, const struct host_model *h, struct config_model *c)
{
	struct bond *bond = &c->bonds[random_below(r, c->bond_count)];
	struct bridge *b = &c->bridges[random_below(r, c->bridge_count)];

	switch (random_below(r, 12)) {
	case 0:
		change_port(r, h, c);
		break;
	case 1:
		change_uplink(r, h, c);
		break;
	case 2:
		change_vlan(r, c);
		break;
	case 3:
		bond->mode = c->bond_count ? random_below(r, 7) : bond->mode;
		break;
	case 4:
		change_name(r, c);
		break;
	case 5:
		change_kind(r, c);
		break;
	case 6:
		change_address(r, c);
		break;
	case 7:
		change_mtu(r, c);
		break;
	case 8:
		change_bond(r, h, c);
		break;
	case 9:
		change_count(r, h, c);
		break;
	case 10:
		b->vlan_name = b->vlan_count && !b->vlan_name;
		break;
	default:
		random_chance(r, 50) ? change_option(r, c) : change_vlan_item(r, h, c);
	}
}

void config_edit(struct random *r, const struct host_model *h, struct config_model *c)
{
	const struct config_model before = *c;

	for (int tries = 0; tries < 200; tries++) {
		*c = before;
		for (int n = 1 + random_below(r, 3); n > 0; n--)
			change_one(r, h, c);
		if (memcmp(c, &before, sizeof(*c)) && (config_sensible(h, c) || random_chance(r, 2)))
			return;
	}
}
