// SPDX-License-Identifier: ISC
// The table of checks, and the list of what they tell.
#include "check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"

// Drift comes last: it doesn't repeat what another check has told with its cause.
static check_function *const checks[] = {
	check_unconfirmed,
	check_refused_file,
	check_lost_file,
	check_vif_places,
	check_vif_vlans,
	check_vif_rules,
	check_guest_macs,
	check_foreign_ports,
	check_missing_uplinks,
	check_down,
	check_carrier,
	check_bond_monitoring,
	check_bond_ports,
	check_bond_speeds,
	check_lacp,
	check_mtu,
	check_vlan_twice,
	check_vlan_on_port,
	check_switch_vlans,
	check_dhcp_clients,
	check_managers,
	check_lifetimes,
	check_forwarding,
	check_router_advertisements,
	check_bridge_netfilter,
	check_rule_devices,
	check_marks,
	check_drift,
};

void *check_grow(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return reallocarray(list, count ? count * 2 : 1, size);
}

void check_tell(struct check_report *r, const char *device, const char *problem, const char *fmt, ...)
{
	struct trouble *grown = check_grow(r->troubles, r->troubles_count, sizeof(*grown)), *t;
	va_list ap;

	if (grown)
		r->troubles = grown;
	if (!grown || r->failed) {
		r->failed = true;
		return;
	}
	t = &r->troubles[r->troubles_count];
	*t = (struct trouble){.problem = problem};
	text_copy(t->device, NAME_SIZE, device);
	va_start(ap, fmt);
	r->failed = vasprintf(&t->text, fmt, ap) < 0;
	va_end(ap);
	if (!r->failed)
		r->troubles_count++;
}

bool check_has_told(const struct check_report *r, const char *device, const char *problem)
{
	for (size_t i = 0; i < r->troubles_count; i++)
		if (!strcmp(r->troubles[i].device, device) && !strcmp(r->troubles[i].problem, problem))
			return true;
	return false;
}

const struct device *check_master_of_ours(const struct check_input *in, const struct device *d)
{
	const struct device *m = *d->link.master.name ? host_find(in->current, d->link.master.name) : NULL;

	return m && device_is_ours(m) ? m : NULL;
}

static bool has_guest_name(const struct device *d)
{
	return !strncmp(d->link.name, "vif", 3) || !strcmp(d->link.kind_name, "tun");
}

bool check_is_guest(const struct check_input *in, const struct device *d)
{
	const struct device *m = check_master_of_ours(in, d);
	struct guest_mark g;

	if (d->mark.origin != MARK_NONE || !device_is_kind(m, KIND_BRIDGE))
		return false;
	return mark_parse_guest(d->link.alias, &g) || guests_find(in->guests, d->link.name) || has_guest_name(d);
}

const char *check_print_vif(const struct check_input *in, const struct device *d, char buf[CHECK_VIF_SIZE])
{
	const struct guest_nic *nic = guests_find(in->guests, d->link.name);

	if (nic)
		snprintf(buf, CHECK_VIF_SIZE, "%s (NIC %d of %s)", d->link.name, nic->nic, nic->domain);
	else
		snprintf(buf, CHECK_VIF_SIZE, "%s", d->link.name);
	return buf;
}

const struct check_bond_port *check_find_port(const struct check_input *in, const char *name)
{
	for (size_t i = 0; i < in->readings->ports_count; i++)
		if (!strcmp(in->readings->ports[i].name, name))
			return &in->readings->ports[i];
	return NULL;
}

static void fill_used(const struct check_input *in, bool *used)
{
	const struct host *h = in->current;

	for (size_t i = 0; i < h->count; i++) {
		const struct device *d = h->devices[i], *lower;

		if (device_is_ours(d) || (check_master_of_ours(in, d) && !check_is_guest(in, d)))
			used[d->slot] = true;
		lower = device_is_ours(d) && *d->link.lower.name ? host_find(h, d->link.lower.name) : NULL;
		if (lower)
			used[lower->slot] = true;
	}
}

int check_run(const struct check_input *in, struct check_report *ret)
{
	struct check_input with_used = *in;
	bool *used = calloc(in->current->count + 1, sizeof(*used));

	if (!used)
		return -ENOMEM;
	fill_used(in, used);
	with_used.used = used;
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		checks[i](&with_used, ret);
	free(used);
	return ret->failed ? -ENOMEM : 0;
}

void check_report_free(struct check_report *r)
{
	for (size_t i = 0; i < r->troubles_count; i++)
		free(r->troubles[i].text);
	free(r->troubles);
	*r = (struct check_report){0};
}

// Adds what the devices of a set stand on, and their ports. Returns whether there were any.
static bool widen(const struct host *h, bool *set)
{
	bool more = false;

	for (size_t i = 0; i < h->count; i++) {
		const struct link *l = &h->devices[i]->link;
		const struct device *m = *l->master.name ? host_find(h, l->master.name) : NULL;
		const struct device *lower = *l->lower.name ? host_find(h, l->lower.name) : NULL;

		if (!set[i] && m && set[m->slot])
			more = set[i] = true;
		if (set[i] && lower && !set[lower->slot])
			more = set[lower->slot] = true;
	}
	return more;
}

static bool is_in_set(const struct host *h, const bool *set, const char *name)
{
	const struct device *d = host_find(h, name);

	return d && set[d->slot];
}

int check_report_limit(struct check_report *r, const struct host *h, const char *device)
{
	const struct device *d = host_find(h, device);
	bool *set = calloc(h->count + 1, sizeof(*set));
	size_t kept = 0;

	if (!set)
		return -ENOMEM;
	if (d)
		set[d->slot] = true;
	while (widen(h, set))
		;
	for (size_t i = 0; i < r->troubles_count; i++) {
		struct trouble *t = &r->troubles[i];

		if (!strcmp(t->device, device) || is_in_set(h, set, t->device))
			r->troubles[kept++] = *t;
		else
			free(t->text);
	}
	r->troubles_count = kept;
	free(set);
	return 0;
}

void check_readings_free(struct check_readings *r)
{
	for (size_t i = 0; i < r->processes_count; i++)
		free(r->processes[i].arguments);
	free(r->ports);
	free(r->processes);
	free(r->managed);
	free(r->lldp);
	free(r->filters);
	*r = (struct check_readings){0};
}
