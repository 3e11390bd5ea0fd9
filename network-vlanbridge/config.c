// SPDX-License-Identifier: ISC
// The configuration as a set of devices with names.
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "name_table.h"

void config_free(struct config *c)
{
	name_table_free(&c->names);
	for (size_t i = 0; i < c->count; i++) {
		vlans_keep_default(&c->devices[i]->vlans, 0);
		free(c->devices[i]);
	}
	free(c->devices);
	l3_list_free(&c->entries);
	*c = (struct config){0};
}

struct config_device *config_find(const struct config *c, const char *name)
{
	return name_table_find(c->names, name);
}

// Makes room for one more device, doubling at the powers of two.
static int grow(struct config *c)
{
	struct config_device **grown;
	size_t room = c->count ? c->count * 2 : 1;

	if (c->count & (c->count - 1))
		return 0;
	grown = reallocarray(c->devices, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->devices = grown;
	return 0;
}

int config_add(struct config *c, const char *name, struct config_device **ret)
{
	struct config_device *d;
	int r;

	if (grow(c))
		return -ENOMEM;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	r = -EINVAL;
	if (text_copy(d->link.name, sizeof(d->link.name), name))
		r = name_table_add(&c->names, name, d);
	if (r) {
		free(d);
		return r;
	}
	d->slot = c->count;
	c->devices[c->count] = d;
	c->count++;
	*ret = d;
	return 0;
}

int config_set_altname(struct config *c, struct config_device *d, const char *altname)
{
	int r;

	if (!text_copy(d->link.altname, sizeof(d->link.altname), altname))
		return -EINVAL;
	r = name_table_add(&c->names, altname, d);
	if (r)
		return r;
	d->link.set |= LINK_ALTNAME;
	return 0;
}
