// SPDX-License-Identifier: ISC
// What of the host status shows, whatever its form.
#include <string.h>

#include "status.h"

bool status_is_guest(const struct status_view *v, const struct device *d)
{
	struct guest_mark g;
	unsigned int domid, devid;

	if (d->mark.origin != MARK_NONE)
		return false;
	return mark_parse_guest(d->link.alias, &g) || guests_find(v->guests, d->link.name) ||
	       sscanf(d->link.name, "vif%u.%u", &domid, &devid) == 2;
}

static bool has_guests(const struct status_view *v, const struct status_ports *all, const struct device *bridge)
{
	for (size_t i = status_ports_first(all, bridge->link.name); i < all->count; i++) {
		if (strcmp(all->list[i]->link.master.name, bridge->link.name))
			return false;
		if (status_is_guest(v, all->list[i]))
			return true;
	}
	return false;
}

bool status_is_shown(const struct status_view *v, const struct status_ports *all, const struct device *d)
{
	bool holds_ports = d->link.kind == KIND_BOND || d->link.kind == KIND_BRIDGE;

	if (v->only)
		return d == host_find(v->current, v->only);
	if (d->mark.parking)
		return false;
	if (device_is_ours(d))
		return holds_ports || !*d->link.master.name;
	return d->link.kind == KIND_BRIDGE && has_guests(v, all, d);
}

bool status_is_missing(const struct status_view *v, const struct device *d)
{
	if (!device_is_ours(d) || host_find(v->current, d->link.name))
		return false;
	if (v->only)
		return !strcmp(d->link.name, v->only);
	return d->link.kind == KIND_BOND || d->link.kind == KIND_BRIDGE || !*d->link.master.name;
}

const struct check_bond_port *status_partner(const struct status_view *v, const char *bond)
{
	static const uint8_t none[MAC_SIZE];

	for (size_t i = 0; i < v->readings->ports_count; i++) {
		const struct check_bond_port *p = &v->readings->ports[i];

		if (!strcmp(p->bond, bond) && p->has_lacp && p->aggregator == p->active_aggregator &&
			memcmp(p->partner, none, MAC_SIZE))
			return p;
	}
	return NULL;
}

void status_print_head(FILE *out, const struct status_view *v)
{
	fprintf(out, "vlanbridge %s  ", VERSION);
	if (!v->has_file) {
		fprintf(out, "no %s", v->file);
		return;
	}
	fprintf(out, "%s: ", v->file);
	if (!v->target)
		fputs("can't be carried out, see check", out);
	else if (v->differing)
		fprintf(out, v->differing == 1 ? "%zu device differs, see plan" : "%zu devices differ, see plan",
			v->differing);
	else
		fprintf(out, "in effect%s%s", *v->confirmed ? ", confirmed " : "", v->confirmed);
}
