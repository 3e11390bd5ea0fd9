// SPDX-License-Identifier: ISC
// online and add: what is asked for, and the bridge that it means.
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bridge_names.h"
#include "demand.h"
#include "hotplug.h"
#include "lock.h"
#include "query.h"

#define DEMAND_TRIES 3
#define UNFINISHED_SECONDS 5 // `start` may create thousands of bridges before finishing the first

// Every key costs a request, so NIC_MAC is read later, and only if rules need it.
#define KEYS_ALWAYS_READ                                                                                               \
	(NIC_BIT(NIC_BRIDGE) | NIC_BIT(NIC_VLAN) | NIC_BIT(NIC_MTU) | NIC_BIT(NIC_IP) | NIC_BIT(NIC_VIFNAME))

static int open_and_read(struct hotplug_run *run, struct err *e)
{
	int r;

	r = netlink_open(&run->nl, e);
	if (r)
		return r;
	r = store_open(&run->req, &run->store, e);
	if (r)
		return r;
	r = store_read(run->store, KEYS_ALWAYS_READ, &run->req.nic, e);
	if (r)
		return r;
	return nic_check(&run->req.nic, run->req.emulated, e);
}

int hotplug_lock(struct hotplug_run *run, struct err *e)
{
	struct err unused;
	int lock;

	if (!*run->req.path)
		return 0; // QEMU's: nobody else's
	lock = lock_nic(run->req.domid, run->req.devid, &run->deadline, e);
	if (lock != -ETIMEDOUT)
		return 0;
	// The toolstack is to be told.
	if (run->req.attach)
		store_open(&run->req, &run->store, &unused);
	return lock;
}

int hotplug_read_nic(struct hotplug_run *run, struct err *e)
{
	int r = open_and_read(run, e);

	// At offline the toolstack may have removed the directory already: no reason for a warning.
	if (r == -ENOENT && !run->req.attach)
		*e = (struct err){0};
	return r;
}

// Without bridge=: the only bridge of the host.
static int use_only_bridge(struct hotplug_run *run, struct err *e)
{
	char(*names)[NAME_SIZE];
	size_t n;
	int r;

	r = query_bridge_names(run->nl, &names, &n, e);
	if (r)
		return r;
	if (n == 1) {
		r = nic_set(&run->req.nic, NIC_BRIDGE, names[0], e);
	} else {
		r = err_set(e, ENODEV, "no bridge= is given, and there isn't exactly one bridge to take");
		bridge_names_append(e, names, n);
	}
	free(names);
	return r;
}

static void append_host_bridges(struct hotplug_run *run, struct err *e)
{
	char(*names)[NAME_SIZE];
	struct err unused;
	size_t n;

	if (query_bridge_names(run->nl, &names, &n, &unused))
		return;
	bridge_names_append(e, names, n);
	free(names);
}

int hotplug_query(struct hotplug_run *run, struct err *e)
{
	char(*names)[ALTNAME_SIZE] = run->bridge_ref.names;
	const struct request *req = &run->req;
	char final[NAME_SIZE];

	nic_wanted_name(&req->nic, req->tap, final);
	text_copy(names[SLOT_DEV], ALTNAME_SIZE, req->dev);
	text_copy(names[SLOT_NEW], ALTNAME_SIZE, strcmp(final, req->dev) ? final : "");
	text_copy(names[SLOT_VIF], ALTNAME_SIZE, req->tap ? req->nic.text[NIC_VIFNAME] : "");
	return query_devices(run->nl, names, run->lookups, e);
}

static int find_device(struct hotplug_run *run, struct err *e)
{
	int r = hotplug_query(run, e);

	if (r)
		return r;
	if (find_own_device(&run->req, run->lookups))
		return 0;
	return err_set(e, EAGAIN, "waited %d s for the device to appear", DEADLINE_SECONDS);
}

static int find_bridge(struct hotplug_run *run, struct err *e)
{
	int r = hotplug_query(run, e);

	if (r)
		return r;
	return bridge_ref_resolve(&run->bridge_ref, run->lookups, &run->choice, e);
}

// Repeats find after every change of a link for as long as it returns -EAGAIN. Returns what it
// returned last; -ETIMEDOUT with its message if that is still -EAGAIN at the deadline.
static int wait_until_found(struct hotplug_run *run, hotplug_stage *find, struct deadline *d, struct err *e)
{
	int listener, r;

	listener = netlink_listen(RTMGRP_LINK, e);
	if (listener < 0)
		return listener == -EAGAIN ? -ETIMEDOUT : listener;
	do
		r = find(run, e);
	while (r == -EAGAIN && netlink_wait(listener, deadline_left_ms(d)));
	close(listener);
	return r == -EAGAIN ? -ETIMEDOUT : r;
}

// With the lock held: finds the bridge, or has it created. Tries more than once, because the last
// vif to leave may have it removed before we are in it. Returns as find_bridge does.
static int find_or_create_bridge(struct hotplug_run *run, struct err *e)
{
	const char *name = bridge_ref_demand_name(&run->bridge_ref);
	struct err why;
	int r, created;

	for (int tries = 0;; tries++) {
		r = find_bridge(run, e);
		if (r != -ENODEV && r != -EAGAIN)
			return r;
		if (tries == DEMAND_TRIES)
			return r;
		created = demand_create_bridge(name, &run->deadline, &why);
		if (created)
			break;
	}
	// Its reason is better than ours, unless it only says that the file has no such bridge.
	if (created != -ENODEV && r == -ENODEV) {
		*e = why;
		return created;
	}
	return r;
}

// The bridge doesn't exist, or isn't finished. By the time that we hold the lock another vif may
// have had it created.
static int demand_bridge(struct hotplug_run *run, struct err *e)
{
	int lock, r;

	lock = lock_demand(&run->deadline, e);
	if (lock == -ETIMEDOUT)
		return lock;
	bridge_ref_add_uplink_vlan(&run->bridge_ref, run->lookups);
	r = find_or_create_bridge(run, e);
	lock_release(lock);
	if (r == -ENODEV)
		append_host_bridges(run, e);
	return r;
}

static int choose_bridge(struct hotplug_run *run, struct err *e)
{
	struct deadline soon = {.seconds = UNFINISHED_SECONDS};
	int r;

	r = bridge_ref_resolve(&run->bridge_ref, run->lookups, &run->choice, e);
	// Unfinished: network-vlanbridge is creating it, or was killed; then `demand` finishes it.
	if (r == -EAGAIN)
		r = wait_until_found(run, find_bridge, &soon, e);
	if (r == -ENODEV || r == -ETIMEDOUT)
		r = demand_bridge(run, e);
	if (r == -EAGAIN)
		r = wait_until_found(run, find_bridge, &run->deadline, e);
	return r;
}

int hotplug_resolve(struct hotplug_run *run, struct err *e)
{
	int r = hotplug_query(run, e);

	// netback may still be registering the vif when the toolstack calls. A tap is not waited
	// for: QEMU has created it before, or never will.
	if (!r && !run->req.tap && !find_own_device(&run->req, run->lookups))
		r = wait_until_found(run, find_device, &run->deadline, e);
	if (r)
		return r;
	return choose_bridge(run, e);
}

int hotplug_find_bridge(struct hotplug_run *run, struct err *e)
{
	int r = 0;

	if (!*run->req.nic.text[NIC_BRIDGE])
		r = use_only_bridge(run, e);
	if (!r)
		r = bridge_ref_parse(&run->req.nic, &run->bridge_ref, e);
	if (r)
		return r;
	return hotplug_resolve(run, e);
}

// A bridge that was created for this vif has no port: have it removed.
void hotplug_release_unused_bridge(struct hotplug_run *run)
{
	struct err unused;
	struct mark mark;

	mark_parse(run->choice.bridge->alias, &mark);
	if (mark.demand)
		demand_release_bridge(run->choice.bridge->name, &run->deadline, &unused);
}
