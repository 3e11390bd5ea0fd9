// SPDX-License-Identifier: ISC
// status --tree: ports below their bond or bridge, with all columns.
#include "status.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

enum column { NAME, KIND, STATE, MTU, MASTER, UPLINK, VLAN, DETAIL, GUEST, COLUMNS };

static const struct {
	const char *name;
	int flags;
} columns[COLUMNS] = {
	[NAME] = {"NAME", SCOLS_FL_TREE},
	[KIND] = {"KIND", 0},
	[STATE] = {"STATE", 0},
	[MTU] = {"MTU", SCOLS_FL_RIGHT},
	[MASTER] = {"MASTER", 0},
	[UPLINK] = {"UPLINK", 0},
	[VLAN] = {"VLAN", SCOLS_FL_RIGHT},
	[DETAIL] = {"DETAIL", 0},
	[GUEST] = {"GUEST", 0},
};

const char *status_state(const struct link *l)
{
	return !l->up ? "down" : l->running ? "up" : "no carrier";
}

static void describe_filter(struct libscols_line *line, const struct filter_port *p)
{
	char text[sizeof(p->dropped) + 16];

	if (!p)
		return;
	if (!p->filtered)
		snprintf(text, sizeof(text), "no filtering rules");
	else if (*p->dropped)
		snprintf(text, sizeof(text), "dropped: %s", p->dropped);
	else
		snprintf(text, sizeof(text), p->disabled ? "disabled" : "filtered");
	scols_line_set_data(line, DETAIL, text);
}

static void fill(struct libscols_line *line, const struct device *d, const struct guests *g, const struct filters *f)
{
	const struct guest_nic *nic = guests_find(g, d->link.name);
	const char *uplink = *d->mark.uplink ? d->mark.uplink : d->link.lower.name;
	uint32_t vlan = d->link.kind == KIND_VLAN ? d->link.vlan.id : d->mark.vlan;
	char text[128];

	scols_line_set_data(line, NAME, d->link.name);
	scols_line_set_data(line, KIND, *d->link.kind_name ? d->link.kind_name : nic ? "vif" : "nic");
	scols_line_set_data(line, STATE, status_state(&d->link));
	snprintf(text, sizeof(text), "%u", d->link.mtu);
	scols_line_set_data(line, MTU, text);
	if (*d->link.master.name)
		scols_line_set_data(line, MASTER, d->link.master.name);
	if (*uplink)
		scols_line_set_data(line, UPLINK, uplink);
	snprintf(text, sizeof(text), "%u", vlan);
	if (vlan)
		scols_line_set_data(line, VLAN, text);
	if (d->link.kind == KIND_BOND)
		scols_line_set_data(
			line, DETAIL, option_print(&d->link, option_find(KIND_BOND, "mode"), text, sizeof(text)));
	describe_filter(line, filters_find(f, d->link.name));
	if (nic) {
		snprintf(text, sizeof(text), "%s", nic->domain);
		scols_line_set_data(line, GUEST, text);
	}
}

static int add_line(struct libscols_table *table, struct libscols_line *parent, const struct device *d,
	const struct guests *g, const struct filters *f, struct libscols_line **ret)
{
	*ret = scols_table_new_line(table, parent);
	if (!*ret)
		return -ENOMEM;
	fill(*ret, d, g, f);
	return 0;
}

static int by_master(const void *a, const void *b)
{
	const struct device *const *x = a, *const *y = b;
	int r = strcmp((*x)->link.master.name, (*y)->link.master.name);

	return r ? r : ((*x)->link.index > (*y)->link.index) - ((*x)->link.index < (*y)->link.index);
}

int status_ports_sort(const struct host *h, struct status_ports *ret)
{
	ret->list = calloc(h->count + 1, sizeof(*ret->list));
	if (!ret->list)
		return -ENOMEM;
	ret->count = h->count;
	for (size_t i = 0; i < h->count; i++)
		ret->list[i] = h->devices[i];
	qsort(ret->list, ret->count, sizeof(*ret->list), by_master);
	return 0;
}

size_t status_ports_first(const struct status_ports *all, const char *master)
{
	size_t from = 0, to = all->count, middle;

	while (from < to) {
		middle = (from + to) / 2;
		if (strcmp(all->list[middle]->link.master.name, master) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

// A bond or bridge with its ports below it.
static int add_master(struct libscols_table *table, const struct status_ports *all, const struct device *m,
	const struct guests *g, const struct filters *f)
{
	struct libscols_line *parent, *line;
	int r = add_line(table, NULL, m, g, f, &parent);

	for (size_t i = status_ports_first(all, m->link.name); i < all->count && !r; i++) {
		if (strcmp(all->list[i]->link.master.name, m->link.name))
			break;
		r = add_line(table, parent, all->list[i], g, f, &line);
	}
	return r;
}

// only: one device, ours or not; NULL: all that are ours.
static bool is_shown(const struct device *d, const char *only)
{
	if (only)
		return !strcmp(d->link.name, only) || !strcmp(d->link.altname, only);
	return device_is_ours(d) && (d->link.kind == KIND_BOND || d->link.kind == KIND_BRIDGE || !*d->link.master.name);
}

static int add_lines(struct libscols_table *table, const struct host *t, const struct guests *g,
	const struct filters *f, const char *only)
{
	struct libscols_line *line;
	struct status_ports all;
	int r = status_ports_sort(t, &all);

	if (r)
		return r;
	for (size_t i = 0; i < t->count && !r; i++) {
		const struct device *d = t->devices[i];

		if (!is_shown(d, only))
			continue;
		if (d->link.kind == KIND_BOND || d->link.kind == KIND_BRIDGE)
			r = add_master(table, &all, d, g, f);
		else
			r = add_line(table, NULL, d, g, f, &line);
	}
	free(all.list);
	return r;
}

int status_print_tree(FILE *out, const struct status_view *v, struct err *e)
{
	struct libscols_table *table;
	int r = 0;

	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		return err_set(e, ENOMEM, "no memory for the table");
	scols_table_set_stream(table, out);
	for (int i = 0; i < COLUMNS && !r; i++)
		r = scols_table_new_column(table, columns[i].name, 0, columns[i].flags) ? 0 : -ENOMEM;
	if (!r)
		r = add_lines(table, v->current, v->guests, v->filters, v->only);
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? err_set(e, ENOMEM, "can't print the table") : 0;
}
