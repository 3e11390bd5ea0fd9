// SPDX-License-Identifier: ISC
// The devices that items of the configuration make or refer to.
#include <string.h>

#include "config_item.h"

struct config_device *config_item_refer(struct config_item *it, const char *name)
{
	struct config_device *d = config_find(it->to, name);

	if (it->failed)
		return NULL;
	if (d)
		return d;
	if (config_add(it->to, name, &d)) {
		config_item_refuse_memory(it);
		return NULL;
	}
	d->line = it->line;
	d->link.set = LINK_UP;
	d->link.up = true;
	return d;
}

struct config_device *config_item_define(struct config_item *it, const char *name, enum kind kind)
{
	struct config_device *d = config_item_refer(it, name);
	char line[24];

	if (!d)
		return NULL;
	if (d->create) {
		config_item_refuse(it, "'%s' is defined twice%s", name, config_print_line(line, d->line));
		return NULL;
	}
	d->create = true;
	d->line = it->line;
	d->link.kind = kind;
	d->mark.origin = it->origin;
	return d;
}

void config_deny_addresses(struct config_device *d)
{
	d->policy = ADDRESS_NONE;
	d->link.set |= LINK_ADDR_GEN;
	d->link.addr_gen = LINK_ADDR_GEN_NONE;
}

void config_set_mtu(struct link *l, uint32_t mtu)
{
	l->mtu = mtu;
	l->set |= LINK_MTU;
}

int config_item_set_master(struct config_item *it, struct config_device *d, const char *master)
{
	char line[24];

	if (!strcmp(d->link.name, master))
		return config_item_refuse(it, "%s can't be a port of itself", master);
	if (*d->link.master.name)
		return config_item_refuse(it, "%s can't be a port of %s: it is one of %s already%s", d->link.name,
			master, d->link.master.name, config_print_line(line, d->master_line));
	text_copy(d->link.master.name, sizeof(d->link.master.name), master);
	d->link.set |= LINK_MASTER;
	d->master_line = it->line;
	return it->failed;
}

static int check_vlan_is_free(struct config_item *it, const struct vlan_item *v, const char *canonical)
{
	const struct config_device *other = config_find(it->to, canonical);
	char line[24];

	if (!other || !other->create)
		return it->failed;
	config_print_line(line, other->line);
	if (*other->link.master.name)
		return config_item_refuse(it, "VLAN %u of %s is in bridge '%s' already%s", v->id, v->lower,
			other->link.master.name, line);
	return config_item_refuse(it, "VLAN %u of %s is '%s' already%s", v->id, v->lower, other->link.name, line);
}

static int set_altname(struct config_item *it, struct config_device *d, const char *canonical)
{
	const struct config_device *other = config_find(it->to, canonical);
	char line[24];

	if (other)
		return config_item_refuse(it, "VLAN %u of %s is called '%s' here, and '%s' elsewhere%s: use one name",
			d->link.vlan.id, d->link.lower.name, d->link.name, canonical,
			config_print_line(line, other->line));
	if (config_set_altname(it->to, d, canonical))
		return config_item_refuse_memory(it);
	return 0;
}

struct config_device *config_item_vlan_device(struct config_item *it, const struct vlan_item *v)
{
	char canonical[NAME_SIZE + 12];
	const char *name = canonical;
	struct config_device *d;

	snprintf(canonical, sizeof(canonical), "%s.%u", v->lower, v->id);
	if (v->name)
		name = v->name;
	if (check_vlan_is_free(it, v, canonical) || config_item_check_name(it, v->name_key, name))
		return NULL;
	if (!strcmp(name, v->lower)) {
		config_item_refuse(it, "VLAN %u of %s can't be called like the device below it", v->id, v->lower);
		return NULL;
	}
	d = config_item_define(it, name, KIND_VLAN);
	if (!d)
		return NULL;
	if (v->master)
		config_item_set_master(it, d, v->master);
	config_deny_addresses(d);
	d->link.vlan = (struct vlan){v->id, v->protocol};
	d->link.options = 3; // both: ID and protocol
	text_copy(d->link.lower.name, NAME_SIZE, v->lower);
	d->link.set |= LINK_LOWER;
	if (strcmp(name, canonical))
		set_altname(it, d, canonical);
	if (it->failed)
		return NULL;
	return d;
}
