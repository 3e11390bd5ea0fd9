// SPDX-License-Identifier: ISC
// The commands: each a pipeline from the configuration and the kernel to the host.
#include "command.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>

#include "command_run.h"
#include "filters.h"
#include "log.h"
#include "snapshot.h"
#include "status.h"

static void close_run(struct command_run *r, struct netlink *nl)
{
	command_run_free(r);
	netlink_close(nl);
}

static int change_host(
	char **args, int (*change)(struct netlink *nl, struct command_run *r, struct err *e), struct err *e)
{
	struct command_run r = {0};
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;

	command_run_options(args, &r);
	if (command_run_read(args, &r, e)) {
		status = EXIT_USAGE;
	} else if (!command_run_lock(e) && !netlink_open(&nl, e)) {
		command_run_hold_signals();
		status = change(nl, &r, e);
	}
	close_run(&r, nl);
	return status;
}

// The host is as desired: a port whose rules can't be put back is no reason to roll that back.
static int finish_start(int status)
{
	struct err failure = {0};

	if (status == EXIT_DONE && filters_restore(&failure))
		log_warning("network-vlanbridge: %s", failure.text);
	return status;
}

int command_start(char **args, struct err *e)
{
	return finish_start(change_host(args, command_run_carry_out, e));
}

int command_rules(char **args, struct err *e)
{
	if (*args) {
		err_set(e, EINVAL, "unknown argument '%s'; rules takes none", *args);
		return EXIT_USAGE;
	}
	return filters_restore(e) ? EXIT_FAILED : EXIT_DONE;
}

int command_restart(char **args, struct err *e)
{
	return finish_start(change_host(args, command_run_restart, e));
}

int command_stop(char **args, struct err *e)
{
	struct command_run r = {.stop = true, .scope = SCOPE_ALL};
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;

	command_run_options(args, &r);
	r.from_args = *args;
	if (*args && config_args(args, &r.config, e)) {
		status = EXIT_USAGE;
	} else if (!command_run_lock(e) && !netlink_open(&nl, e)) {
		command_run_hold_signals();
		status = command_run_carry_out(nl, &r, e);
	}
	close_run(&r, nl);
	return status;
}

// The plan as JSON: an array of steps.
static int print_json(const struct plan *p, struct err *e)
{
	struct libscols_table *table = scols_new_table();
	int r = table ? 0 : -ENOMEM;

	scols_table_enable_json(table, 1);
	scols_table_set_name(table, "steps");
	if (!r && !scols_table_new_column(table, "step", 0, 0))
		r = -ENOMEM;
	for (size_t i = 0; i < p->count && !r; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		char *text = step_text(&p->steps[i]);

		r = line && text ? scols_line_refer_data(line, 0, text) : -ENOMEM;
	}
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? err_set(e, ENOMEM, "can't print the plan") : 0;
}

static int print_plan(const struct command_run *r, struct err *e)
{
	if (r->output)
		return print_json(&r->plan, e) ? EXIT_FAILED : EXIT_DONE;
	for (size_t i = 0; i < r->plan.count; i++) {
		step_print(stdout, &r->plan.steps[i]);
		putchar('\n');
	}
	return EXIT_DONE;
}

int command_plan(char **args, struct err *e)
{
	struct command_run r = {0};
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;

	command_run_options(args, &r);
	if (command_run_read(args, &r, e))
		status = EXIT_USAGE;
	else if (!netlink_open(&nl, e) && !command_run_plan(nl, &r, e, &status))
		status = print_plan(&r, e);
	close_run(&r, nl);
	return status;
}

int command_status(char **args, struct err *e)
{
	struct command_run r = {0};
	struct netlink *nl = NULL;
	struct filters filters = {0};
	struct guests guests;
	struct err unused;
	int status = EXIT_FAILED;

	command_run_options(args, &r);
	if (*args) {
		err_set(e, EINVAL, "unknown argument '%s'; status takes --tree or --json", *args);
		return EXIT_USAGE;
	}
	if (!netlink_open(&nl, e) && !snapshot_read(nl, false, &r.current, e)) {
		guests_read(&guests);
		// Without the right to ask, or without nf_tables, nothing was dropped that could be told.
		filters_read(&filters, &unused);
		if (!status_print(stdout, &r.current, &guests, &filters, r.output, e))
			status = EXIT_DONE;
		filters_free(&filters);
		guests_free(&guests);
	}
	close_run(&r, nl);
	return status;
}
