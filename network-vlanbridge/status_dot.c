// SPDX-License-Identifier: ISC
// status --dot: the stack as a graph for dot(1), from the cables to the guests.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

static void print_quoted(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
}

static void print_edge(FILE *out, const char *from, const char *to)
{
	fputs("  \"", out);
	print_quoted(out, from);
	fputs("\" -> \"", out);
	print_quoted(out, to);
	fputs("\"\n", out);
}

// Ports of what is shown, and what the VLAN devices of ours stand on.
static bool is_drawn(const struct status_view *v, const struct status_ports *all, const struct device *d)
{
	const struct device *master = host_find(v->current, d->link.master.name);

	return device_is_ours(d) || status_is_shown(v, all, d) || (master && status_is_shown(v, all, master));
}

static void print_addresses(FILE *out, const struct host *h, const char *device)
{
	const struct l3_entry *e;
	size_t i = 0;

	while ((e = host_next_entry(h, &i)))
		if (e->kind == L3_ADDRESS && !e->link_local && l3_uses(e, device))
			fprintf(out, "\\n%s", e->key);
}

static void print_node(FILE *out, const struct status_view *v, const struct device *d)
{
	const struct guest_nic *nic = guests_find(v->guests, d->link.name);
	char mode[64];

	fputs("  \"", out);
	print_quoted(out, d->link.name);
	fputs("\" [label=\"", out);
	print_quoted(out, d->link.name);
	if (d->link.kind == KIND_BOND)
		fprintf(out, "\\n%s", option_print(&d->link, option_find(KIND_BOND, "mode"), mode, sizeof(mode)));
	if (d->link.kind == KIND_VLAN)
		fprintf(out, "\\nVLAN %u", d->link.vlan.id);
	if (device_is_vlan_aware(d))
		fputs("\\nVLAN-aware", out);
	if (nic) {
		fputs("\\n", out);
		print_quoted(out, nic->domain);
		fprintf(out, "/%d", nic->nic);
	}
	print_addresses(out, v->current, d->link.name);
	fprintf(out, "\"%s%s]\n", d->link.up && d->link.running ? "" : ", style=dashed",
		device_is_ours(d) ? ", penwidth=2" : "");
}

// From the cable to the guest.
static void print_edges(FILE *out, const struct status_view *v, const struct device *d)
{
	if (d->link.kind == KIND_VLAN)
		print_edge(out, d->link.lower.name, d->link.name);
	if (!*d->link.master.name)
		return;
	if (status_is_guest(v, d))
		print_edge(out, d->link.master.name, d->link.name);
	else
		print_edge(out, d->link.name, d->link.master.name);
}

int status_print_dot(FILE *out, const struct status_view *v, struct err *e)
{
	const struct host *h = v->current;
	struct status_ports all;

	if (status_ports_sort(h, &all))
		return err_set(e, ENOMEM, "no memory for the list of ports");
	fputs("digraph vlanbridge {\n  rankdir=LR\n  node [shape=box, fontname=\"sans-serif\"]\n", out);
	for (size_t i = 0; i < h->count; i++)
		if (is_drawn(v, &all, h->devices[i])) {
			print_node(out, v, h->devices[i]);
			print_edges(out, v, h->devices[i]);
		}
	fputs("}\n", out);
	free(all.list);
	return 0;
}
