// SPDX-License-Identifier: ISC
// `update`: the NIC of a running guest gets other settings.
#include "update.h"

#include <signal.h>
#include <stdio.h>

#include "demand.h"
#include "exit_status.h"
#include "log.h"

// What the change needs is found first, so that it refuses before anything is changed. xl's configuration comes before
// the port: killed in between, the guest has the new settings at its next start at the latest, and another run
// finishes.
static const struct {
	int (*act)(struct update *u, struct err *e);
	void (*undo)(struct update *u);
	bool changes; // not in a dry run
} stages[] = {
	{update_find_nic, NULL, false},
	{update_find_ports, NULL, false},
	{update_keep, update_undo_keep, false},
	{update_change_ports, update_undo_ports, true},
	{update_write, NULL, true},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

// A lost session or an impatient Ctrl-C must not stop the work halfway.
static void hold_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool is_due(const struct update *u, size_t stage)
{
	return !stages[stage].changes || !u->req.dry_run;
}

static int run_stages(struct update *u, struct err *e)
{
	size_t done = 0;

	while (done < COUNT(stages) && (!is_due(u, done) || !stages[done].act(u, e)))
		done++;
	if (done == COUNT(stages))
		return EXIT_DONE;
	while (done-- > 0)
		if (stages[done].undo && is_due(u, done) && !u->req.dry_run)
			stages[done].undo(u);
	return u->usage ? EXIT_USAGE : EXIT_FAILED;
}

static void release(struct update *u, const struct port_state *left, const struct port_state *taken)
{
	struct err e = {0};

	if (!left->demand || left->bridge.index == taken->bridge.index)
		return;
	deadline_extend(&u->nic.deadline, DEADLINE_EXTRA_SECONDS);
	if (demand_release_bridge(left->bridge.name, &u->nic.deadline, &e))
		log_warning("%s: %s", u->nic.req.dev, e.text);
}

// A bridge on demand may have lost its last vif; or was made in vain.
static void release_bridges(struct update *u, bool done)
{
	for (size_t i = 0; i < u->n; i++) {
		struct update_port *p = &u->ports[i];

		if (done)
			release(u, &p->before, &p->after);
		else
			release(u, &p->after, &p->before);
	}
}

int update_run(int argc, char *const argv[])
{
	static struct update u;
	struct err e = {0};
	int status;

	if (update_request_parse(argc, argv, &u.req, &e)) {
		log_error("vif-vlanbridge update: %s", e.text);
		return EXIT_USAGE;
	}
	u.nic.deadline.seconds = DEADLINE_SECONDS;
	hold_signals();
	status = run_stages(&u, &e);
	if (status)
		log_error("vif-vlanbridge update: %s%s%s", u.nic.req.dev, *u.nic.req.dev ? ": " : "", e.text);
	if (!u.req.dry_run)
		release_bridges(&u, !status);
	else if (!status)
		update_print(&u);
	return fflush(stdout) ? EXIT_FAILED : status;
}
