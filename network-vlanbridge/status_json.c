// SPDX-License-Identifier: ISC
// status --json: what the table shows and more, in a form that stays. network-vlanbridge(8) describes it.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

#define JSON_VERSION 1
#define IDS_SIZE 4096

struct json {
	FILE *out;
	const struct status_view *view;
	bool more; // than this member or element
};

static void print_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned char)*text);
		else
			fputc(*text, out);
	fputc('"', out);
}

static void begin(struct json *j, const char *key)
{
	fputs(j->more ? ", " : "", j->out);
	j->more = true;
	if (key)
		fprintf(j->out, "\"%s\": ", key);
}

// "" is null.
static void put_text(struct json *j, const char *key, const char *text)
{
	begin(j, key);
	if (*text)
		print_string(j->out, text);
	else
		fputs("null", j->out);
}

// 0 is null.
static void put_number(struct json *j, const char *key, unsigned long n)
{
	begin(j, key);
	fprintf(j->out, n ? "%lu" : "null", n);
}

static void put_bool(struct json *j, const char *key, bool value)
{
	begin(j, key);
	fputs(value ? "true" : "false", j->out);
}

static void open_list(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	fputc(bracket, j->out);
	j->more = false;
}

static void close_list(struct json *j, char bracket)
{
	fputc(bracket, j->out);
	j->more = true;
}

static void put_addresses(struct json *j, const struct device *d)
{
	const struct l3_entry *e;
	size_t i = 0;

	open_list(j, "addresses", '[');
	while ((e = host_next_entry(j->view->current, &i)))
		if (e->kind == L3_ADDRESS && l3_uses(e, d->link.name))
			put_text(j, NULL, e->key);
	close_list(j, ']');
}

static void put_vlans(struct json *j, const struct device *d)
{
	const struct port_vlans v = vlans_kept(&d->vlans);
	const struct vlans tagged = port_vlans_tagged(&v);
	char ids[IDS_SIZE];

	if (!device_is_vlan_aware(host_find(j->view->current, d->link.master.name)))
		return;
	open_list(j, "portvlans", '{');
	put_number(j, "pvid", v.pvid);
	put_text(j, "untagged", vlans_print(&v.untagged, ids, sizeof(ids)));
	put_text(j, "tagged", vlans_print(&tagged, ids, sizeof(ids)));
	close_list(j, '}');
}

static void put_bond(struct json *j, const struct device *d)
{
	const struct check_bond_port *p = status_partner(j->view, d->link.name);
	char text[64], mac[18];

	put_text(j, "mode", option_print(&d->link, option_find(KIND_BOND, "mode"), text, sizeof(text)));
	put_text(j, "partner", p ? mac_print(p->partner, mac) : "");
}

static void put_guest(struct json *j, const struct device *d)
{
	const struct guest_nic *nic = guests_find(j->view->guests, d->link.name);
	const struct filter_port *p = filters_find(j->view->filters, d->link.name);

	put_text(j, "guest", nic ? nic->domain : "");
	if (nic) {
		begin(j, "nic");
		fprintf(j->out, "%d", nic->nic);
		put_number(j, "ipaddresses", nic->addresses);
	}
	if (!p)
		return;
	put_text(j, "filter", !p->filtered ? "missing" : p->disabled ? "disabled" : "on");
	put_text(j, "dropped", p->dropped);
}

static void put_device(struct json *j, const struct device *d)
{
	bool guest = status_is_guest(j->view, d);
	const char *kind = guest ? "vif" : "nic";

	fputs(j->more ? ",\n    " : "\n    ", j->out);
	j->more = false;
	open_list(j, NULL, '{');
	put_text(j, "name", d->link.name);
	put_text(j, "kind", *d->link.kind_name ? d->link.kind_name : kind);
	put_text(j, "state", status_state(&d->link));
	put_bool(j, "managed", device_is_ours(d));
	put_number(j, "mtu", d->link.mtu);
	put_text(j, "master", d->link.master.name);
	put_text(j, "uplink", *d->mark.uplink ? d->mark.uplink : d->link.lower.name);
	put_number(j, "vlan", d->link.kind == KIND_VLAN ? d->link.vlan.id : d->mark.vlan);
	if (d->link.kind == KIND_BRIDGE)
		put_bool(j, "vlanaware", device_is_vlan_aware(d));
	if (d->link.kind == KIND_BOND)
		put_bond(j, d);
	put_vlans(j, d);
	put_addresses(j, d);
	if (guest)
		put_guest(j, d);
	close_list(j, '}');
}

static void put_missing(struct json *j)
{
	open_list(j, "missing", '[');
	for (size_t i = 0; j->view->target && i < j->view->target->count; i++)
		if (status_is_missing(j->view, j->view->target->devices[i]))
			put_text(j, NULL, j->view->target->devices[i]->link.name);
	close_list(j, ']');
}

static void put_devices(struct json *j, const struct status_ports *all)
{
	const struct host *h = j->view->current;

	open_list(j, "devices", '[');
	for (size_t i = 0; i < h->count; i++) {
		const struct device *d = h->devices[i];

		if (!status_is_shown(j->view, all, d))
			continue;
		put_device(j, d);
		for (size_t k = status_ports_first(all, d->link.name); k < all->count; k++) {
			if (strcmp(all->list[k]->link.master.name, d->link.name))
				break;
			put_device(j, all->list[k]);
		}
	}
	fputs("\n  ", j->out);
	close_list(j, ']');
}

static const char *file_state(const struct status_view *v)
{
	if (!v->has_file)
		return "none";
	return !v->target ? "impossible" : v->differing ? "differs" : "in effect";
}

int status_print_json(FILE *out, const struct status_view *v, struct err *e)
{
	struct json j = {.out = out, .view = v};
	struct status_ports all;

	if (status_ports_sort(v->current, &all))
		return err_set(e, ENOMEM, "no memory for the list of ports");
	open_list(&j, NULL, '{');
	fprintf(out, "\n  \"version\": %d,\n  \"program\": \"%s\",\n  ", JSON_VERSION, VERSION);
	put_text(&j, "file", v->file);
	put_text(&j, "configuration", file_state(v));
	begin(&j, "differing");
	fprintf(out, "%zu", v->differing);
	put_missing(&j);
	fputs(",\n  ", out);
	j.more = false;
	put_devices(&j, &all);
	fputs("\n}\n", out);
	free(all.list);
	return 0;
}
