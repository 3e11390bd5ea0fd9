// SPDX-License-Identifier: ISC
// The vif hotplug hook of Xen: attaches guests' vifs and taps to their bridges, and detaches them.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "exit_status.h"
#include "hotplug.h"
#include "log.h"
#include "request.h"
#include "update.h"

// online and add, in this order. The first failure undoes the stages before it, in reverse, and is
// reported to the toolstack.
static const struct {
	hotplug_stage *act;
	void (*undo)(struct hotplug_run *run);
} attach_stages[] = {
	{hotplug_lock, NULL},                                 // until the process ends
	{hotplug_read_nic, NULL},                             // xenstore over arguments over environment
	{hotplug_find_bridge, hotplug_release_unused_bridge}, // created on first use
	{hotplug_decide, NULL},                               // pure: decide.h
	{hotplug_add_rules, hotplug_undo_rules},              // before a frame can pass
	{hotplug_attach, hotplug_undo_attach},                // one netlink batch
	{hotplug_run_hooks, NULL},
	{hotplug_write_connected, NULL}, // and the guest's MTU
	{hotplug_warn_of_drop, NULL},
};

// rules: the port stays as it is.
static hotplug_stage *const rules_stages[] = {
	hotplug_lock,
	hotplug_read_nic,
	hotplug_find_bridge,
	hotplug_decide,
	hotplug_restore_rules,
};

// offline and remove. Each stage does what is left to do; a failure doesn't stop the others: the
// toolstack ignores errors here, and a guest that is gone must leave nothing behind.
static hotplug_stage *const detach_stages[] = {
	hotplug_lock,
	hotplug_read_nic,
	hotplug_find_attached,
	hotplug_detach,
	hotplug_delete_rules,
	hotplug_run_hooks,
	hotplug_release_bridge,
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void undo_stages(struct hotplug_run *run, size_t done)
{
	run->deadline = (struct deadline){.seconds = DEADLINE_EXTRA_SECONDS};
	// When a NIC is attached to a running guest, libxl doesn't detach the vif of a failed tap. udev calls as soon
	// as QEMU has made the tap: without the directory, store is NULL, libxl hasn't come to the NIC yet.
	if (run->req.tap && *run->req.path && run->store && run->nl)
		hotplug_detach_vif_of_tap(run);
	while (done-- > 0)
		if (attach_stages[done].undo)
			attach_stages[done].undo(run);
}

static int run_attach_stages(struct hotplug_run *run)
{
	struct err e = {0};
	size_t done = 0;

	while (done < COUNT(attach_stages) && !attach_stages[done].act(run, &e))
		done++;
	if (done == COUNT(attach_stages))
		return EXIT_DONE;
	undo_stages(run, done);
	err_prefix(&e, "%s: ", run->req.dev);
	hotplug_write_error(run);
	log_error("%s", e.text);
	return EXIT_FAILED;
}

static int run_detach_stages(struct hotplug_run *run)
{
	for (size_t i = 0; i < COUNT(detach_stages); i++) {
		struct err e = {0};

		if (detach_stages[i](run, &e) && *e.text)
			log_warning("%s: %s", run->req.dev, e.text);
	}
	return EXIT_DONE;
}

static int run_rules_stages(struct hotplug_run *run)
{
	struct err e = {0};

	for (size_t i = 0; i < COUNT(rules_stages); i++) {
		if (!rules_stages[i](run, &e))
			continue;
		log_error("%s: %s", run->req.dev, e.text);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static int print_help(void)
{
	printf("%s\n%s\nSee vif-vlanbridge(8).\n", REQUEST_USAGE, UPDATE_USAGE);
	return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
}

static const char *get_variable(const char *name)
{
	return getenv(name);
}

int main(int argc, char **argv)
{
	static struct hotplug_run run;
	struct err e;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("vif-vlanbridge " VERSION);
		return EXIT_DONE;
	}
	log_open("vif-vlanbridge");
	// Whoever reads our output may be gone before we are done.
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return print_help();
	if (argc > 1 && !strcmp(argv[1], "update"))
		return update_run(argc, argv);
	run.deadline.seconds = DEADLINE_SECONDS;
	if (request_parse(argc, argv, get_variable, &run.req, &e)) {
		log_error("vif-vlanbridge: %s", e.text);
		return EXIT_USAGE;
	}
	if (run.req.idle)
		return EXIT_DONE;
	if (run.req.rules) {
		// Another run for the NIC may wait for network-vlanbridge, which may wait for this one.
		run.deadline.seconds = DEADLINE_EXTRA_SECONDS;
		_exit(run_rules_stages(&run));
	}
	// _exit: nothing needs flushing, and the kernel closes the sockets.
	_exit(run.req.attach ? run_attach_stages(&run) : run_detach_stages(&run));
}
