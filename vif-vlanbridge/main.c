// SPDX-License-Identifier: ISC
// The vif hotplug hook of Xen: makes guests' vifs and taps ports of their bridges, and takes them
// out.
#include <stdlib.h>
#include <unistd.h>

#include "err.h"
#include "hotplug.h"
#include "log.h"
#include "request.h"

// In this order; the first failure takes back what was done, in reverse, and is told to the
// toolstack.
static const struct {
	hotplug_stage *act;
	void (*undo)(struct run *run);
} attach_stages[] = {
	{hotplug_read_nic, NULL}, // xenstore over arguments over environment -> nic
	{hotplug_find_bridge, hotplug_release_unused_bridge}, // bridge=, vlan= and the kernel ->
							      // the bridge, made on demand
	{hotplug_decide, NULL},                               // -> the changes (pure: decide.h)
	{hotplug_add_rules,
		hotplug_undo_rules}, // ip=, antispoof: packet rules, before anything can pass
	{hotplug_attach,
		hotplug_undo_attach}, // MTU, addresses, name, bridge, VLANs, up: one netlink batch
	{hotplug_write_guest_mtu, NULL}, // to the guest
	{hotplug_run_hooks, NULL},       // vif-post.d
	{hotplug_write_connected, NULL}, // to the toolstack
};

// Each does what is left to do. Nothing stops them: the toolstack ignores errors here, and a guest
// that is gone mustn't leave half of itself.
static hotplug_stage *const detach_stages[] = {
	hotplug_read_nic, hotplug_find_attached, hotplug_detach, hotplug_delete_rules,
	hotplug_run_hooks,
	hotplug_release_bridge, // a bridge on demand that has lost its last vif
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static int attach_all(struct run *run)
{
	struct err e = {0};
	size_t done = 0;

	while (done < COUNT(attach_stages) && !attach_stages[done].act(run, &e))
		done++;
	if (done == COUNT(attach_stages))
		return EXIT_SUCCESS;
	run->deadline = (struct deadline){.seconds = DEADLINE_UNDO_SECONDS};
	// libxl doesn't, when it attaches a NIC to a running guest: the vif would stay plugged.
	if (run->req.tap && *run->req.path && run->nl)
		hotplug_detach_vif_of_tap(run);
	while (done-- > 0)
		if (attach_stages[done].undo)
			attach_stages[done].undo(run);
	err_prefix(&e, "%s: ", run->req.dev);
	hotplug_write_error(run, e.text);
	log_error("%s", e.text);
	return EXIT_FAILURE;
}

static int detach_all(struct run *run)
{
	struct err e;

	for (size_t i = 0; i < COUNT(detach_stages); i++) {
		e = (struct err){0};
		if (detach_stages[i](run, &e) && *e.text)
			log_warning("%s: %s", run->req.dev, e.text);
	}
	return EXIT_SUCCESS;
}

static const char *env(const char *name)
{
	return getenv(name);
}

int main(int argc, char **argv)
{
	static struct run run;
	struct err e;

	log_open("vif-vlanbridge");
	run.deadline.seconds = DEADLINE_SECONDS;
	if (request_parse(argc, argv, env, &run.req, &e)) {
		log_error("vif-vlanbridge: %s", e.text);
		return 2;
	}
	if (run.req.idle)
		return EXIT_SUCCESS;
	// What is open is closed by the kernel, and nothing is buffered: the shortest way out.
	_exit(run.req.attach ? attach_all(&run) : detach_all(&run));
}
