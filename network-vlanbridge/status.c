// SPDX-License-Identifier: ISC
// The host's bonds, bridges and what is in them, as a table, a tree or JSON: one description, libsmartcols prints it.
#include "status.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "command_run.h"

enum column { NAME, KIND, STATE, MTU, MASTER, UPLINK, VLAN, DETAIL, GUEST, COLUMNS };

static const struct {
	const char *name;
	int flags, json;
} columns[COLUMNS] = {
	[NAME] = {"NAME", SCOLS_FL_TREE, SCOLS_JSON_STRING},
	[KIND] = {"KIND", 0, SCOLS_JSON_STRING},
	[STATE] = {"STATE", 0, SCOLS_JSON_STRING},
	[MTU] = {"MTU", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[MASTER] = {"MASTER", 0, SCOLS_JSON_STRING},
	[UPLINK] = {"UPLINK", 0, SCOLS_JSON_STRING},
	[VLAN] = {"VLAN", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[DETAIL] = {"DETAIL", 0, SCOLS_JSON_STRING},
	[GUEST] = {"GUEST", 0, SCOLS_JSON_STRING},
};

static const char *state(const struct link *l)
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
	scols_line_set_data(line, STATE, state(&d->link));
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

// All devices in the order of their masters' names: the ports of one stand together.
struct ports {
	const struct device **list;
	size_t count;
};

static int by_master(const void *a, const void *b)
{
	const struct device *const *x = a, *const *y = b;
	int r = strcmp((*x)->link.master.name, (*y)->link.master.name);

	return r ? r : ((*x)->link.index > (*y)->link.index) - ((*x)->link.index < (*y)->link.index);
}

static int ports_sort(const struct host *h, struct ports *ret)
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

static size_t first_port(const struct ports *all, const char *master)
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
static int add_master(struct libscols_table *table, const struct ports *all, const struct device *m,
	const struct guests *g, const struct filters *f)
{
	struct libscols_line *parent, *line;
	int r = add_line(table, NULL, m, g, f, &parent);

	for (size_t i = first_port(all, m->link.name); i < all->count && !r; i++) {
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
	struct ports all;
	int r = ports_sort(t, &all);

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

int status_print(FILE *out, const struct host *t, const struct guests *g, const struct filters *f, const char *only,
	unsigned int form, struct err *e)
{
	struct libscols_table *table;
	bool tree = form & WITH_TREE;
	int r = 0;

	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		return err_set(e, ENOMEM, "no memory for the table");
	scols_table_enable_json(table, form & WITH_JSON);
	scols_table_set_name(table, "devices");
	scols_table_set_stream(table, out);
	for (int i = 0; i < COLUMNS && !r; i++) {
		int flags = tree || !(columns[i].flags & SCOLS_FL_TREE) ? columns[i].flags : 0;
		struct libscols_column *c = scols_table_new_column(table, columns[i].name, 0, flags);

		r = c ? scols_column_set_json_type(c, columns[i].json) : -ENOMEM;
	}
	if (!r)
		r = add_lines(table, t, g, f, only);
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? err_set(e, ENOMEM, "can't print the table") : 0;
}
