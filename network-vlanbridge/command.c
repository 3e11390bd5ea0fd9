// SPDX-License-Identifier: ISC
// The commands: each a pipeline from the configuration and the kernel to the host.
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <libsmartcols.h>
#include <linux/if_ether.h>
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
#include "wait.h"

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
	int status, r;
	char *text;

	w->plan = (struct plan){0};
	r = make_plan(nl, w, e, &status);
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

// current → plan → apply → verify, for whatever w wants.
static int carry_out(struct netlink *nl, struct work *w, struct err *e)
{
	int status;

	if (w->wanted.wait && wait_for_devices(nl, &w->wanted, e))
		return EXIT_FAILED;
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

// The bridge that is asked for by its name or by UPLINK.VLAN, and its VLAN device, if the file makes it on demand.
static int find_demanded(struct work *w, const char *name, struct err *e)
{
	struct device *d = topology_find(&w->wanted, name), *v, *copy;

	if (d && d->link.kind == KIND_VLAN)
		d = topology_find(&w->wanted, d->link.master.name);
	if (!d || !d->on_demand)
		return err_set(e, ENOENT, "%s doesn't make '%s' on demand", w->config, name);
	v = topology_find_vlan(&w->wanted, d->mark.uplink, d->mark.vlan, ETH_P_8021Q);
	if (!v || topology_add(&w->only, d->link.name, &copy) || topology_add(&w->only, v->link.name, &copy))
		return err_set(e, ENOMEM, "no memory for '%s'", name);
	d->on_demand = v->on_demand = false;
	return 0;
}

// Called by vif-vlanbridge when the bridge of a vif isn't there. Concurrent calls take turns; the later ones find it made.
int command_demand(char **args, struct err *e)
{
	WORK;
	NETLINK;

	take_options(args, &w);
	if (!args[0] || args[1]) {
		err_set(e, EINVAL, "demand takes the name of a bridge, or UPLINK.VLAN");
		return EXIT_USAGE;
	}
	if (access(w.config, F_OK)) {
		err_set(e, ENOENT, "there is no %s", w.config);
		return EXIT_PROBLEMS;
	}
	if (config_read(w.config, &w.wanted, e))
		return EXIT_USAGE;
	if (find_demanded(&w, args[0], e))
		return EXIT_PROBLEMS;
	w.wanted.wait = 0;
	w.scope = PLAN_ADD;
	if (lock(e) || netlink_open(&nl, e))
		return EXIT_FAILED;
	hold_signals();
	return carry_out(nl, &w, e);
}

// Called by vif-vlanbridge when a vif has left a bridge on demand. If that was the last one, the bridge goes.
int command_release(char **args, struct err *e)
{
	WORK;
	NETLINK;
	const struct device *d, *v;
	struct device *copy;
	int status;

	take_options(args, &w);
	if (!args[0] || args[1]) {
		err_set(e, EINVAL, "release takes the name of a bridge");
		return EXIT_USAGE;
	}
	if (lock(e) || netlink_open(&nl, e) || snapshot_links(nl, &w.current, e))
		return EXIT_FAILED;
	d = topology_find(&w.current, args[0]);
	v = d ? topology_find_vlan(&w.current, d->mark.uplink, d->mark.vlan, ETH_P_8021Q) : NULL;
	if (!d || !d->mark.demand || d->ports > (v && !strcmp(v->link.master.name, d->link.name)))
		return EXIT_DONE;
	if (topology_add(&w.only, d->link.name, &copy) || (v && topology_add(&w.only, v->link.name, &copy)))
		return EXIT_FAILED;
	w.scope = PLAN_ALL;
	hold_signals();
	status = carry_out(nl, &w, e);
	return status;
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

	take_options(args, &w);
	if (read_wanted(args, &w, e))
		return EXIT_USAGE;
	if (netlink_open(&nl, e))
		return EXIT_FAILED;
	if (make_plan(nl, &w, e, &status))
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
