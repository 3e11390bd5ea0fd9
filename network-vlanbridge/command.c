// SPDX-License-Identifier: ISC
// The commands: each a pipeline from the configuration and the kernel to the host.
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command_plan.h"
#include "command_run.h"
#include "confirm.h"
#include "filters.h"
#include "log.h"
#include "snapshot.h"

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

static int start(char **args, confirm_changing make_change, struct command_run *r, struct err *e)
{
	int status;

	if (command_run_read(args, r, e))
		return EXIT_USAGE;
	if (r->given & WITH_DRY_RUN)
		return make_change == command_run_restart ? command_plan_print_restart(r, e) : command_plan_print(r, e);
	status = change_host(r, make_change, e);
	if (status != EXIT_DONE)
		return status;
	restore_filters(&r->current);
	return confirm_by_probes(r, e);
}

int command_start(char **args, struct command_run *r, struct err *e)
{
	return start(args, command_run_carry_out, r, e);
}

int command_restart(char **args, struct command_run *r, struct err *e)
{
	return start(args, command_run_restart, r, e);
}

int command_stop(char **args, struct command_run *r, struct err *e)
{
	int status;

	r->stop = true;
	if (command_run_read_stop(args, r, e))
		return EXIT_USAGE;
	if (r->given & WITH_DRY_RUN)
		return command_plan_print(r, e);
	status = change_host(r, command_run_carry_out, e);
	return status == EXIT_DONE ? confirm_by_probes(r, e) : status;
}

int command_rules(char **args, struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	int status = EXIT_FAILED;

	(void)args;
	if (!netlink_open(&nl, e) && !snapshot_links(nl, &r->current, e) && !filters_restore(&r->current, e))
		status = EXIT_DONE;
	netlink_close(nl);
	return status;
}
