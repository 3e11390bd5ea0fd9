// SPDX-License-Identifier: ISC
// status for people: bonds, bridges, and below these the guests' ports.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "status_line.h"

#define MTU_USUAL 1500
#define RED "\033[31m"
#define YELLOW "\033[33m"

static void write_mtu(struct status_line *l, const struct link *link)
{
	if (link->mtu != MTU_USUAL)
		status_line_detail(l, "MTU %u", link->mtu);
}

// A bridge without ports has no carrier, which is no trouble.
static void write_state(struct status_line *l, const struct device *d)
{
	status_line_write(l, STATUS_STATE, "%s", status_state(&d->link));
	if (!d->link.up || (!d->link.running && (d->link.kind != KIND_BRIDGE || d->ports)))
		l->colour = RED;
	write_mtu(l, &d->link);
}

// --- Bonds

static const char *switch_port(const struct status_view *v, const char *device)
{
	for (size_t i = 0; i < v->readings->lldp_count; i++)
		if (!strcmp(v->readings->lldp[i].device, device))
			return v->readings->lldp[i].where;
	return NULL;
}

static void write_partner(struct status_line *l, const struct status_view *v, const struct device *d)
{
	const struct check_bond_port *p = status_partner(v, d->link.name);
	const char *where = p ? switch_port(v, p->name) : NULL;
	char mac[18];

	if (p)
		status_line_detail(l, "LACP with %s", mac_print(p->partner, mac));
	if (where)
		status_line_detail(l, "at %s", where);
	for (size_t i = 0; i < v->readings->ports_count && !p; i++) {
		if (strcmp(v->readings->ports[i].bond, d->link.name) || !v->readings->ports[i].has_lacp)
			continue;
		status_line_detail(l, "no LACP partner");
		l->colour = YELLOW;
		return;
	}
}

static void write_bond(struct status_table *t, struct status_line *l, const struct device *d)
{
	size_t ports = 0, up = 0;
	char mode[STATUS_TEXT_SIZE];

	for (size_t i = status_ports_first(&t->ports, d->link.name); i < t->ports.count; i++) {
		const struct link *port = &t->ports.list[i]->link;

		if (strcmp(port->master.name, d->link.name))
			break;
		ports++;
		if (port->up && port->running)
			up++;
		else
			status_line_detail(l, "%s: %s", port->name, status_state(port));
	}
	status_line_write(
		l, STATUS_WHAT, "%s", option_print(&d->link, option_find(KIND_BOND, "mode"), mode, sizeof(mode)));
	if (d->link.up && d->link.running)
		status_line_write(l, STATUS_STATE, "%zu/%zu ports up", up, ports);
	if (up < ports)
		l->colour = YELLOW;
	write_partner(l, t->view, d);
}

// --- Bridges

// The tap of an HVM guest, which has a vif, too.
static bool is_emulated(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && !strcmp(name + n - 4, "-emu");
}

// Guests by their names; where these aren't known, vifs.
static size_t count_guests(const struct status_table *t, size_t first, const char *bridge)
{
	const char *seen = "";
	size_t n = 0;

	for (size_t i = first; i < t->ports.count; i++) {
		const struct device *d = t->ports.list[i];
		const struct guest_nic *nic = guests_find(t->view->guests, d->link.name);

		if (strcmp(d->link.master.name, bridge))
			break;
		if (!status_is_guest(t->view, d) || (nic ? !strcmp(nic->domain, seen) : is_emulated(d->link.name)))
			continue;
		seen = nic ? nic->domain : seen;
		n++;
	}
	return n;
}

static void write_bridge(struct status_table *t, struct status_line *l, const struct device *d)
{
	size_t n = count_guests(t, status_ports_first(&t->ports, d->link.name), d->link.name);

	if (!device_is_ours(d)) {
		status_line_write(l, STATUS_WHAT, "unmanaged");
		l->colour = YELLOW;
	} else if (d->mark.vlan)
		status_line_write(l, STATUS_WHAT, "%s VLAN %u", d->mark.uplink, d->mark.vlan);
	else
		status_line_write(l, STATUS_WHAT, "%s%s%s",
			device_is_vlan_aware(d) ? "VLAN-aware"
			: *d->mark.uplink       ? ""
						: "private",
			device_is_vlan_aware(d) && *d->mark.uplink ? ", " : "", d->mark.uplink);
	status_line_detail(l, n == 1 ? "%zu guest" : "%zu guests", n);
}

static void write_vlan(struct status_line *l, const struct device *d)
{
	status_line_write(l, STATUS_WHAT, "%s VLAN %u", d->link.lower.name, d->link.vlan.id);
}

// --- Guests' ports

static void write_vlans(struct status_line *l, const struct port_vlans *v)
{
	const struct vlans tagged = port_vlans_tagged(v);
	char ids[STATUS_TEXT_SIZE];

	if (!vlans_empty(&v->untagged))
		status_line_detail(l, "VLAN %s", vlans_print(&v->untagged, ids, sizeof(ids)));
	if (!vlans_empty(&tagged))
		status_line_detail(l, "tagged %s", vlans_print(&tagged, ids, sizeof(ids)));
}

static void write_filter(struct status_line *l, const struct filter_port *p)
{
	if (!p)
		return;
	if (!p->filtered) {
		status_line_detail(l, "no filtering rules");
		l->colour = RED;
	} else if (*p->dropped)
		status_line_detail(l, "dropped: %s", p->dropped);
	else
		status_line_detail(l, p->disabled ? "disabled" : "filtered");
}

static void write_guest(struct status_table *t, struct status_line *l, const struct device *d)
{
	const struct guest_nic *nic = guests_find(t->view->guests, d->link.name);
	bool aware = device_is_vlan_aware(host_find(t->view->current, d->link.master.name));
	const struct port_vlans v = vlans_kept(&d->vlans);

	if (nic)
		status_line_write(l, STATUS_WHAT, "%s/%d", nic->domain, nic->nic);
	if (aware && vlans_empty(&v.all)) {
		status_line_write(l, STATUS_STATE, "NO VLAN");
		status_line_detail(l, "see network-vlanbridge check");
		l->colour = RED;
	} else
		write_state(l, d);
	if (aware)
		write_vlans(l, &v);
	if (nic && nic->addresses)
		status_line_detail(l, "ip= %u address%s", nic->addresses, nic->addresses == 1 ? "" : "es");
	write_filter(l, filters_find(t->view->filters, d->link.name));
}

static void add_guests(struct status_table *t, const struct device *bridge)
{
	for (size_t i = status_ports_first(&t->ports, bridge->link.name); i < t->ports.count; i++) {
		const struct device *d = t->ports.list[i];
		struct status_line l = {0};

		if (strcmp(d->link.master.name, bridge->link.name))
			return;
		if (!status_is_guest(t->view, d))
			continue;
		status_line_write(&l, STATUS_NAME, "  %s", d->link.name);
		write_guest(t, &l, d);
		status_table_add(t, &l);
	}
}

static void add_device(struct status_table *t, const struct device *d)
{
	struct status_line l = {0};

	status_line_write(&l, STATUS_NAME, "%s", d->link.name);
	if (status_is_guest(t->view, d)) {
		write_guest(t, &l, d);
		status_table_add(t, &l);
		return;
	}
	if (d->link.kind == KIND_BOND)
		write_bond(t, &l, d);
	else if (d->link.kind == KIND_BRIDGE)
		write_bridge(t, &l, d);
	else if (d->link.kind == KIND_VLAN)
		write_vlan(&l, d);
	else if (*d->link.master.name)
		status_line_write(&l, STATUS_WHAT, "port of %s", d->link.master.name);
	if (*l.text[STATUS_STATE])
		write_mtu(&l, &d->link);
	else
		write_state(&l, d);
	status_line_addresses(&l, t->view->current, d);
	status_table_add(t, &l);
	if (d->link.kind == KIND_BRIDGE)
		add_guests(t, d);
}

static void add_missing(struct status_table *t)
{
	for (size_t i = 0; t->view->target && i < t->view->target->count; i++) {
		const struct device *d = t->view->target->devices[i];
		struct status_line l = {.colour = RED};

		if (!status_is_missing(t->view, d))
			continue;
		status_line_write(&l, STATUS_NAME, "%s", d->link.name);
		status_line_write(&l, STATUS_WHAT, "MISSING: run start");
		status_table_add(t, &l);
	}
}

static void add_devices(struct status_table *t, bool bonds)
{
	const struct host *h = t->view->current;

	for (size_t i = 0; i < h->count && !t->failed; i++)
		if ((h->devices[i]->link.kind == KIND_BOND) == bonds &&
			status_is_shown(t->view, &t->ports, h->devices[i]))
			add_device(t, h->devices[i]);
}

int status_print_table(FILE *out, const struct status_view *v, struct err *e)
{
	struct status_table t = {.view = v};

	if (status_ports_sort(v->current, &t.ports))
		return err_set(e, ENOMEM, "no memory for the list of ports");
	add_devices(&t, true);
	add_devices(&t, false);
	if (!t.failed)
		add_missing(&t);
	if (!t.failed)
		status_table_print(out, &t);
	free(t.ports.list);
	free(t.lines);
	return t.failed ? err_set(e, ENOMEM, "can't print the table") : 0;
}
