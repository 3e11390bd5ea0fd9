// SPDX-License-Identifier: ISC
// VLANs in a model of many devices: a set only where there is more than a port's default VLAN.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"

static bool is_default(const struct port_vlans *v)
{
	struct port_vlans only;

	port_vlans_default(&only, v->pvid);
	return port_vlans_equal(v, &only);
}

struct port_vlans vlans_kept(const struct kept_vlans *k)
{
	struct port_vlans v;

	if (k->set)
		return *k->set;
	port_vlans_default(&v, k->only);
	return v;
}

int vlans_keep(struct kept_vlans *k, const struct port_vlans *v)
{
	if (is_default(v)) {
		vlans_keep_default(k, v->pvid);
		return 0;
	}
	if (!k->set) {
		k->set = malloc(sizeof(*k->set));
		if (!k->set)
			return -ENOMEM;
	}
	k->only = 0;
	*k->set = *v;
	return 0;
}

int kept_vlans_copy(struct kept_vlans *to, const struct kept_vlans *from)
{
	if (from->set)
		return vlans_keep(to, from->set);
	vlans_keep_default(to, from->only);
	return 0;
}

void vlans_keep_default(struct kept_vlans *k, unsigned int pvid)
{
	free(k->set);
	*k = (struct kept_vlans){.only = (uint16_t)pvid};
}

bool kept_vlans_equal(const struct kept_vlans *a, const struct kept_vlans *b)
{
	if (!a->set || !b->set)
		return !a->set && !b->set && a->only == b->only;
	return port_vlans_equal(a->set, b->set);
}
