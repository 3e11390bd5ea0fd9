// SPDX-License-Identifier: ISC
// What the commands share: from the arguments to a plan, carried out and verified.
#include "command_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "apply.h"
#include "command.h"
#include "config.h"
#include "log.h"
#include "snapshot.h"
#include "wait.h"

#define LOCK_FILE "/run/network-vlanbridge.lock"

void command_run_free(struct command_run *w)
{
	host_free(&w->wanted);
	host_free(&w->only);
	host_free(&w->current);
	plan_free(&w->plan);
}

// Two runs at a time would each plan on what the other is about to change. The lock goes with the process.
int command_run_lock(struct err *e)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX))
		return err_set(e, errno, "can't lock %s: %s%s", LOCK_FILE, strerror(errno),
			errno == EACCES ? "; are you root?" : "");
	return 0;
}

// A lost ssh session or an impatient Ctrl-C must not stop the work halfway.
void command_run_hold_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

// The words before KEY=VALUE pairs (--json, --tree) and config=FILE; what remains describes a stack.
void command_run_options(char **args, struct command_run *w)
{
	char **to = args;

	w->config = CONFIG_FILE;
	for (; *args; args++) {
		if (!strncmp(*args, "config=", 7))
			w->config = *args + 7;
		else if (!strcmp(*args, "--json") || !strcmp(*args, "--tree"))
			w->output = *args;
		else
			*to++ = *args;
	}
	*to = NULL;
}

// What network-bridge did without arguments: the device of the default route, in xenbr0. The second time it is xenbr0 itself.
static int read_default(struct command_run *w, struct err *e)
{
	NETLINK;
	struct host host = {0};
	const struct device *d = NULL;
	char netdev[NAME_SIZE + 8], bridge[] = "bridge=xenbr0", *args[] = {netdev, bridge, NULL};
	int r = netlink_open(&nl, e);

	if (!r)
		r = snapshot_read(nl, &host, e);
	for (size_t i = 0; i < host.records.count && !r && !d; i++)
		if (host.records.list[i]->is_default)
			d = host_find(&host, host.records.list[i]->links[0].name);
	for (size_t i = 0; i < host.count && !r; i++)
		if (host.devices[i]->mark.origin == MARK_FILE)
			r = err_set(e, ENOENT, "there is no %s, but %s was made from it: nothing is changed until it is back",
				w->config, host.devices[i]->link.name);
	if (!r && !d)
		r = err_set(e, ENOENT, "there is neither a configuration %s nor a default route to take the device of", w->config);
	if (!r) {
		bool again = d->mark.inherit && d->link.kind == KIND_BRIDGE;

		snprintf(netdev, sizeof(netdev), "netdev=%s", again ? d->mark.uplink : d->link.name);
		if (!again)
			log_info("network-vlanbridge: there is no %s: xenbr0 gets the default route's device %s", w->config,
				d->link.name);
		r = config_args(args, &w->wanted, e);
	}
	host_free(&host);
	return r;
}

int command_run_read(char **args, struct command_run *w, struct err *e)
{
	bool by_default = !*args && !strcmp(w->config, CONFIG_FILE) && access(CONFIG_FILE, F_OK);

	w->from_args = *args || by_default;
	w->scope = w->from_args ? PLAN_ADD : PLAN_FILE;
	if (by_default)
		return read_default(w, e);
	return w->from_args ? config_args(args, &w->wanted, e) : config_read(w->config, &w->wanted, e);
}

int command_run_plan(struct netlink *nl, struct command_run *w, struct err *e, int *status)
{
	int r;

	host_free(&w->current);
	plan_free(&w->plan);
	*status = EXIT_FAILED;
	r = snapshot_read(nl, &w->current, e);
	if (r)
		return r;
	*status = EXIT_USAGE;
	return plan_make(&w->wanted, &w->current, w->scope, w->only.count ? &w->only : NULL, &w->plan, e);
}

// A new dump must give an empty plan.
static int verify(struct netlink *nl, struct command_run *w, struct err *e)
{
	struct plan done = w->plan;
	int status, r;
	char *text;

	w->plan = (struct plan){0};
	r = command_run_plan(nl, w, e, &status);
	if (!r && w->plan.count) {
		text = step_text(&w->plan.changes[0].todo);
		r = err_set(e, EIO, "the kernel accepted everything, but the result isn't what was asked for: still to do: %s",
			text ? text : "?");
		free(text);
	}
	plan_free(&w->plan);
	w->plan = done;
	if (r)
		apply_undo(nl, &w->plan, e);
	return r;
}

// The kernel changes some options, and the name, only while a bond is down: whoever waits for a ping should know why.
static void tell_interruptions(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->changes[i].todo;

		if (s->kind == STEP_LINK_SET && s->link->kind == KIND_BOND && s->link->set & LINK_UP && !s->link->up)
			log_warning("network-vlanbridge: %s goes down for a moment: the kernel makes this change only so",
				s->link->name);
	}
}

// current → plan → apply → verify, for whatever w wants.
int command_run_carry_out(struct netlink *nl, struct command_run *w, struct err *e)
{
	int status;

	if (w->wanted.wait && wait_for_devices(nl, &w->wanted, e))
		return EXIT_FAILED;
	if (command_run_plan(nl, w, e, &status))
		return status;
	if (!w->plan.count)
		return EXIT_DONE;
	tell_interruptions(&w->plan);
	if (apply_run(nl, &w->plan, e) || verify(nl, w, e))
		return EXIT_FAILED;
	return EXIT_DONE;
}
