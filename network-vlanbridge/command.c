// SPDX-License-Identifier: ISC
// The commands: each a pipeline from the configuration and the kernel to the host.
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "apply.h"
#include "config.h"
#include "plan.h"
#include "snapshot.h"
#include "status.h"

#define LOCK_FILE "/run/network-vlanbridge.lock"


// What one run works on. Freed as a whole.
struct work {
	struct topology wanted, only, current;
	enum plan_scope scope;
	bool from_args;
	struct plan plan;
	const char *output; /* --json, --tree or NULL */
	const char *config;
};

static void work_free(struct work *w)
{
	topology_free(&w->wanted);
	topology_free(&w->only);
	topology_free(&w->current);
	plan_free(&w->plan);
}

#define WORK struct work w __attribute__((cleanup(work_free))) = {0}
#define NETLINK struct netlink *nl __attribute__((cleanup(netlink_closep))) = NULL

// Two runs at a time would each plan on what the other is about to change. The lock goes with the process.
static int lock(struct err *e)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX))
		return err_set(e, errno, "can't lock %s: %s%s", LOCK_FILE, strerror(errno),
			errno == EACCES ? "; are you root?" : "");
	return 0;
}

// A lost ssh session or an impatient Ctrl-C must not stop the work halfway.
static void hold_signals(void)
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
static void take_options(char **args, struct work *w)
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

static int read_wanted(char **args, struct work *w, struct err *e)
{
	w->from_args = *args;
	w->scope = w->from_args ? PLAN_ADD : PLAN_FILE;
	return w->from_args ? config_args(args, &w->wanted, e) : config_read(w->config, &w->wanted, e);
}

static int make_plan(struct netlink *nl, struct work *w, struct err *e, int *status)
{
	int r;

	topology_free(&w->current);
	plan_free(&w->plan);
	*status = EXIT_FAILED;
	r = snapshot_read(nl, &w->current, e);
	if (r)
		return r;
	*status = EXIT_USAGE;
	return plan_make(&w->wanted, &w->current, w->scope, w->only.count ? &w->only : NULL, &w->plan, e);
}

// A new dump must give an empty plan.
static int verify(struct netlink *nl, struct work *w, struct err *e)
{
	struct plan done = w->plan;
	char *text = NULL;
	size_t size;
	FILE *f;
	int status, r;

	w->plan = (struct plan){0};
	r = make_plan(nl, w, e, &status);
	if (!r && w->plan.count) {
		f = open_memstream(&text, &size);
		if (f) {
			step_print(f, &w->plan.changes[0].todo);
			fclose(f);
		}
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

// current → plan → apply → verify, for whatever w wants.
static int carry_out(struct netlink *nl, struct work *w, struct err *e)
{
	int status;

	if (make_plan(nl, w, e, &status))
		return status;
	if (!w->plan.count)
		return EXIT_DONE;
	if (apply_run(nl, &w->plan, e) || verify(nl, w, e))
		return EXIT_FAILED;
	return EXIT_DONE;
}

int command_start(char **args, struct err *e)
{
	WORK;
	NETLINK;

	take_options(args, &w);
	if (read_wanted(args, &w, e))
		return EXIT_USAGE;
	if (lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	hold_signals();
	return carry_out(nl, &w, e);
}

int command_stop(char **args, struct err *e)
{
	WORK;
	NETLINK;

	take_options(args, &w);
	if (*args && config_args(args, &w.only, e))
		return EXIT_USAGE;
	w.scope = PLAN_ALL;
	if (lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	hold_signals();
	return carry_out(nl, &w, e);
}

int command_restart(char **args, struct err *e)
{
	WORK;
	NETLINK;
	struct topology wanted;
	enum plan_scope scope;
	int status;

	take_options(args, &w);
	if (read_wanted(args, &w, e))
		return EXIT_USAGE;
	if (lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	hold_signals();
	wanted = w.wanted;
	scope = w.scope;
	if (w.from_args)
		w.only = wanted;
	w.wanted = (struct topology){0};
	w.scope = PLAN_ALL;
	status = carry_out(nl, &w, e);
	w.only = (struct topology){0};
	w.wanted = wanted;
	w.scope = scope;
	return status ? status : carry_out(nl, &w, e);
}

int command_plan(char **args, struct err *e)
{
	WORK;
	NETLINK;
	int status;

	take_options(args, &w);
	if (read_wanted(args, &w, e))
		return EXIT_USAGE;
	if (netlink_open(&nl, e))
		return EXIT_FAILED;
	if (make_plan(nl, &w, e, &status))
		return status;
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

	take_options(args, &w);
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
