// SPDX-License-Identifier: ISC
// The commands: each a pipeline from the configuration and the kernel to the host.
#include "command.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command_run.h"
#include "confirm.h"
#include "filters.h"
#include "interruptions.h"
#include "log.h"
#include "snapshot.h"
#include "status.h"

static int change_host(struct command_run *r, confirm_changing make_change, struct err *e)
{
	struct netlink *nl = NULL;
	int status = EXIT_FAILED, lock = command_run_lock(e);

	if (lock >= 0 && !netlink_open(&nl, e)) {
		command_run_hold_signals();
		status = confirm_change(nl, r, make_change, e);
	}
	netlink_close(nl);
	if (lock >= 0)
		close(lock);
	return status;
}

// The host is as desired: a port whose rules can't be put back is no reason to roll that back.
static void restore_filters(const struct host *h)
{
	struct err failure = {0};

	if (filters_restore(h, &failure))
		log_warning("network-vlanbridge: %s", failure.text);
}

static int start(char **args, confirm_changing make_change, struct err *e)
{
	struct command_run r = {0};
	int status = EXIT_USAGE;

	if (!command_run_options(args, TAKES_CONFIG | TAKES_CONFIRM | TAKES_PROBE | TAKES_VERBOSITY, &r, e) &&
		!command_run_read(args, &r, e))
		status = change_host(&r, make_change, e);
	if (status == EXIT_DONE) {
		restore_filters(&r.current);
		status = confirm_by_probes(&r, e);
	}
	command_run_free(&r);
	return status;
}

int command_start(char **args, struct err *e)
{
	return start(args, command_run_carry_out, e);
}

int command_rules(char **args, struct err *e)
{
	struct netlink *nl = NULL;
	struct host h = {0};
	int status = EXIT_FAILED;

	if (*args) {
		err_set(e, EINVAL, "unknown argument '%s'; rules takes none", *args);
		return EXIT_USAGE;
	}
	if (!netlink_open(&nl, e) && !snapshot_links(nl, &h, e) && !filters_restore(&h, e))
		status = EXIT_DONE;
	host_free(&h);
	netlink_close(nl);
	return status;
}

int command_restart(char **args, struct err *e)
{
	return start(args, command_run_restart, e);
}

int command_stop(char **args, struct err *e)
{
	struct command_run r = {.stop = true};
	int status = EXIT_USAGE;

	if (!command_run_options(args, TAKES_FORCE | TAKES_CONFIRM | TAKES_PROBE | TAKES_VERBOSITY, &r, e) &&
		!command_run_read_stop(args, &r, e))
		status = change_host(&r, command_run_carry_out, e);
	if (status == EXIT_DONE)
		status = confirm_by_probes(&r, e);
	command_run_free(&r);
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

static void print_interruption(const char *sentence)
{
	fprintf(stderr, "network-vlanbridge: %s\n", sentence);
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

	if (command_run_options(args, TAKES_CONFIG | TAKES_JSON, &r, e) || command_run_read(args, &r, e))
		status = EXIT_USAGE;
	else if (!netlink_open(&nl, e) && !command_run_plan(nl, &r, e, &status)) {
		interruptions_tell(&r.plan, &r.current, &r.target, print_interruption);
		status = print_plan(&r, e);
	}
	command_run_free(&r);
	netlink_close(nl);
	return status;
}

static int print_status(struct command_run *r, const char *only, struct err *e)
{
	struct filters filters = {0};
	struct guests guests;
	struct err unused;
	int result;

	if (only && !host_find(&r->current, only)) {
		err_set(e, ENODEV, "there is no device '%s'", only);
		return EXIT_USAGE;
	}
	if (!r->output || strcmp(r->output, "--json"))
		confirm_print(stdout);
	guests_read(&guests);
	// Without the right to ask, or without nf_tables, nothing was dropped that could be told.
	filters_read(&r->current, &filters, &unused);
	result = status_print(stdout, &r->current, &guests, &filters, only, r->output, e);
	filters_free(&filters);
	guests_free(&guests);
	return result ? EXIT_FAILED : EXIT_DONE;
}

int command_status(char **args, struct err *e)
{
	struct command_run r = {0};
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;

	if (command_run_options(args, TAKES_JSON | TAKES_TREE, &r, e))
		return EXIT_USAGE;
	if (*args && args[1]) {
		err_set(e, EINVAL, "'%s' is one argument too many: status takes one device", args[1]);
		return EXIT_USAGE;
	}
	if (!netlink_open(&nl, e) && !snapshot_read(nl, false, &r.current, e))
		status = print_status(&r, *args, e);
	command_run_free(&r);
	netlink_close(nl);
	return status;
}
