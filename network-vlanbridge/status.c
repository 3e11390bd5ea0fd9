// SPDX-License-Identifier: ISC
// The host's bonds, bridges and what is in them, as a table, a tree or JSON: one description, libsmartcols prints it.
#include "status.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

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

static void fill(struct libscols_line *line, const struct device *d, const struct guests *g)
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
		scols_line_set_data(line, DETAIL,
			option_print(&d->link, option_find(KIND_BOND, "mode"), text, sizeof(text)));
	if (nic) {
		snprintf(text, sizeof(text), "%s", nic->domain);
		scols_line_set_data(line, GUEST, text);
	}
}

static int add_line(struct libscols_table *table, struct libscols_line *parent, const struct device *d,
	const struct guests *g, struct libscols_line **ret)
{
	*ret = scols_table_new_line(table, parent);
	if (!*ret)
		return -ENOMEM;
	fill(*ret, d, g);
	return 0;
}

// A bond or bridge with its ports below it.
static int add_master(struct libscols_table *table, const struct host *t, const struct device *m,
	const struct guests *g)
{
	struct libscols_line *parent, *line;
	int r = add_line(table, NULL, m, g, &parent);

	for (size_t i = 0; i < t->count && !r; i++)
		if (!strcmp(t->devices[i]->link.master.name, m->link.name))
			r = add_line(table, parent, t->devices[i], g, &line);
	return r;
}

static int add_lines(struct libscols_table *table, const struct host *t, const struct guests *g)
{
	int r = 0;

	for (size_t i = 0; i < t->count && !r; i++) {
		const struct device *d = t->devices[i];

		if (device_is_ours(d) && (d->link.kind == KIND_BOND || d->link.kind == KIND_BRIDGE))
			r = add_master(table, t, d, g);
		else if (device_is_ours(d) && !*d->link.master.name)
			r = add_line(table, NULL, d, g, &(struct libscols_line *){NULL});
	}
	return r;
}

int status_print(FILE *out, const struct host *t, const struct guests *g, const char *form, struct err *e)
{
	struct libscols_table *table;
	bool tree = form && !strcmp(form, "--tree");
	int r = 0;

	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		return err_set(e, ENOMEM, "no memory for the table");
	scols_table_enable_json(table, form && !strcmp(form, "--json"));
	scols_table_set_name(table, "devices");
	scols_table_set_stream(table, out);
	for (int i = 0; i < COLUMNS && !r; i++) {
		int flags = tree || !(columns[i].flags & SCOLS_FL_TREE) ? columns[i].flags : 0;
		struct libscols_column *c = scols_table_new_column(table, columns[i].name, 0, flags);

		r = c ? scols_column_set_json_type(c, columns[i].json) : -ENOMEM;
	}
	if (!r)
		r = add_lines(table, t, g);
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? err_set(e, ENOMEM, "can't print the table") : 0;
}
