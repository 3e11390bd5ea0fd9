// SPDX-License-Identifier: ISC
// The commands: each a pipeline from the configuration and the kernel to the host.
#include "command.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>

#include "config.h"
#include "snapshot.h"
#include "status.h"
#include "command_run.h"

int command_start(char **args, struct err *e)
{
	WORK;
	NETLINK;

	command_run_options(args, &w);
	if (command_run_read(args, &w, e))
		return EXIT_USAGE;
	if (command_run_lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	return command_run_carry_out(nl, &w, e);
}

int command_stop(char **args, struct err *e)
{
	WORK;
	NETLINK;

	command_run_options(args, &w);
	if (*args && config_args(args, &w.only, e))
		return EXIT_USAGE;
	w.scope = PLAN_ALL;
	if (command_run_lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	return command_run_carry_out(nl, &w, e);
}

// The guests' vifs, which stop releases: wanted back where they were, with their VLANs, if their bridge comes back.
static int keep_vifs(struct netlink *nl, struct host *wanted, struct err *e)
{
	struct host host = {0};
	int r = snapshot_read(nl, &host, e);

	for (size_t i = 0; i < host.count && !r; i++) {
		const struct device *d = host.devices[i], *m = host_find(&host, d->link.master.name);
		struct device *w;

		if (!m || !device_is_ours(m) || m->link.kind != KIND_BRIDGE || d->mark.origin != MARK_NONE ||
			!host_find(wanted, m->link.name) || host_find(wanted, d->link.name))
			continue;
		r = host_add(wanted, d->link.name, &w);
		if (r)
			return err_set(e, -r, "no memory for the list of vifs");
		w->unmarked = w->optional = true;
		w->link.set = LINK_MASTER;
		w->link.master = d->link.master;
		w->tagged = m->link.bridge.vlan_filtering;
		w->vlans = d->vlans;
	}
	host_free(&host);
	return r;
}

int command_restart(char **args, struct err *e)
{
	WORK;
	NETLINK;
	struct host wanted;
	enum plan_scope scope;
	int status;

	command_run_options(args, &w);
	if (command_run_read(args, &w, e))
		return EXIT_USAGE;
	if (command_run_lock(e) || netlink_open(&nl, e) || keep_vifs(nl, &w.wanted, e))
		return EXIT_FAILED;
	command_run_hold_signals();
	wanted = w.wanted;
	scope = w.scope;
	if (w.from_args)
		w.only = wanted;
	w.wanted = (struct host){0};
	w.scope = PLAN_ALL;
	status = command_run_carry_out(nl, &w, e);
	w.only = (struct host){0};
	w.wanted = wanted;
	w.scope = scope;
	return status ? status : command_run_carry_out(nl, &w, e);
}

// The plan as JSON: an array of steps, each with its undo.
static int print_json(const struct plan *p, struct err *e)
{
	struct libscols_table *table = scols_new_table();
	int r = table ? 0 : -ENOMEM;

	scols_table_enable_json(table, 1);
	scols_table_set_name(table, "steps");
	if (!r && (!scols_table_new_column(table, "step", 0, 0) || !scols_table_new_column(table, "undo", 0, 0)))
		r = -ENOMEM;
	for (size_t i = 0; i < p->count && !r; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		const struct step *steps[] = {&p->changes[i].todo, &p->changes[i].undo};

		for (size_t k = 0; k < 2 && !r; k++) {
			char *text = step_text(steps[k]);

			r = !line || !text ? -ENOMEM : scols_line_refer_data(line, k, text);
		}
	}
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? err_set(e, ENOMEM, "can't print the plan") : 0;
}

int command_plan(char **args, struct err *e)
{
	WORK;
	NETLINK;
	int status;

	command_run_options(args, &w);
	if (command_run_read(args, &w, e))
		return EXIT_USAGE;
	if (netlink_open(&nl, e))
		return EXIT_FAILED;
	if (command_run_plan(nl, &w, e, &status))
		return status;
	if (w.output)
		return print_json(&w.plan, e) ? EXIT_FAILED : EXIT_DONE;
	for (size_t i = 0; i < w.plan.count; i++) {
		step_print(stdout, &w.plan.changes[i].todo);
		putchar('\n');
	}
	return EXIT_DONE;
}

int command_status(char **args, struct err *e)
{
	WORK;
	NETLINK;
	struct guests guests;
	int r;

	command_run_options(args, &w);
	if (*args) {
		err_set(e, EINVAL, "unknown argument '%s'; status takes --tree or --json", *args);
		return EXIT_USAGE;
	}
	r = netlink_open(&nl, e);
	if (!r)
		r = snapshot_read(nl, &w.current, e);
	if (r)
		return EXIT_FAILED;
	guests_read(&guests);
	r = status_print(stdout, &w.current, &guests, w.output, e);
	guests_free(&guests);
	return r ? EXIT_FAILED : EXIT_DONE;
}
