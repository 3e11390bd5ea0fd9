// SPDX-License-Identifier: ISC
// The vif hotplug hook of Xen: makes guests' vifs and taps ports of their bridges, and takes them
// out.
#include <stdlib.h>
#include <unistd.h>

#include "err.h"
#include "log.h"
#include "request.h"
#include "stage.h"

// In this order; the first failure takes back what was done, in reverse, and is told to the
// toolstack.
static const struct {
	stage *act;
	void (*undo)(struct run *run);
} attach_stages[] = {
	{stage_read, NULL},           // xenstore over arguments over environment -> nic
	{stage_look, stage_unlook},   // bridge=, vlan= and the kernel -> the bridge, made on demand
	{stage_decide, NULL},         // -> the changes (pure: decide.h)
	{stage_guard, stage_unguard}, // ip=, antispoof: packet rules, before anything can pass
	{stage_join, stage_leave},    // MTU, addresses, name, bridge, VLANs, up: one netlink batch
	{stage_tell_mtu, NULL},       // to the guest
	{stage_call_hooks, NULL},     // vif-post.d
	{stage_connected, NULL},      // to the toolstack
};

// Each does what is left to do. Nothing stops them: the toolstack ignores errors here, and a guest
// that is gone mustn't leave half of itself.
static stage *const detach_stages[] = {
	stage_read, stage_look_back, stage_part, stage_drop_rules, stage_call_hooks,
	stage_release, // a bridge on demand that has lost its last vif
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
	run_failed(run, e.text);
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
