// SPDX-License-Identifier: ISC
// The stages of a run of the hook: each joins what decides (pure) to what acts.
#include "stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demand.h"
#include "find.h"
#include "hooks.h"
#include "plug.h"
#include "rules.h"

#define BIT(key) (1U << (key))

// xenstore over arguments over environment. The MAC is read only where a rule needs it: every key
// costs a request.
int stage_read(struct run *run, struct err *e)
{
	int r = netlink_open(&run->nl, e);

	if (!r)
		r = store_open(&run->req, &run->store, e);
	if (!r)
		r = store_read(run->store,
			BIT(NIC_BRIDGE) | BIT(NIC_VLAN) | BIT(NIC_MTU) | BIT(NIC_IP) |
				BIT(NIC_VIFNAME),
			&run->req.nic, e);
	if (!r)
		r = nic_check(&run->req.nic, run->req.emulated, e);
	if (r == -ENOENT && !run->req.plug)
		*e = (struct err){0}; // the toolstack was faster: not worth a word
	return r;
}

static int only_bridge(struct run *run, struct err *e)
{
	char(*names)[NAME_SIZE];
	size_t n;
	int r = find_bridges(run->nl, &names, &n, e);

	if (r)
		return r;
	if (n == 1) {
		r = nic_set(&run->req.nic, NIC_BRIDGE, names[0], e);
	} else {
		r = err_set(e, ENODEV,
			"no bridge= is given, and there isn't exactly one bridge to take");
		port_list_bridges(e, names, n);
	}
	free(names);
	return r;
}

static void list_bridges(struct run *run, struct err *e)
{
	char(*names)[NAME_SIZE];
	struct err unused;
	size_t n;

	if (find_bridges(run->nl, &names, &n, &unused))
		return;
	port_list_bridges(e, names, n);
	free(names);
}

static int ask(struct run *run, struct err *e)
{
	char name[NAME_SIZE];

	text_copy(run->target.names[SLOT_DEV], ALTNAME_SIZE, run->req.dev);
	nic_name(&run->req.nic, run->req.tap, name);
	text_copy(
		run->target.names[SLOT_NEW], ALTNAME_SIZE, strcmp(name, run->req.dev) ? name : "");
	return find_devices(run->nl, run->target.names, run->devices, e);
}

// A vif may be registered anew while the toolstack already calls; a tap is there when QEMU has
// started, or never.
static int await_device(struct run *run, struct err *e)
{
	int r = 0;

	if (!run->req.tap && !port_device(&run->req, run->devices)) {
		r = find_wait(run->nl, run->target.names[SLOT_DEV], run->target.names[SLOT_NEW],
			&run->deadline, e);
		if (!r)
			r = ask(run, e);
	}
	return r;
}

static int find_bridge(struct run *run, struct err *e)
{
	int r = ask(run, e);

	return r ? r : target_choose(&run->target, run->devices, &run->choice, e);
}

// The bridge isn't there. If it is on demand and another vif wants it too, it may be by now.
static int demand(struct run *run, struct err *e)
{
	struct err why;
	int turn = demand_turn(&run->deadline, e), r;

	if (turn == -ETIMEDOUT)
		return turn;
	r = find_bridge(run, e);
	if (r == -ENODEV) {
		r = demand_make(target_demand(&run->target), &run->deadline, &why);
		if (!r)
			r = find_bridge(run, e);
		else if (r == -ENODEV)
			list_bridges(run, e);
		else
			*e = why;
	}
	demand_turn_end(turn);
	return r;
}

static int choose(struct run *run, struct err *e)
{
	int r = target_choose(&run->target, run->devices, &run->choice, e);

	return r == -ENODEV ? demand(run, e) : r;
}

int stage_look(struct run *run, struct err *e)
{
	int r = *run->req.nic.text[NIC_BRIDGE] ? 0 : only_bridge(run, e);

	if (!r)
		r = target_parse(&run->req.nic, &run->target, e);
	if (!r)
		r = ask(run, e);
	if (!r)
		r = await_device(run, e);
	return r ? r : choose(run, e);
}

int stage_decide(struct run *run, struct err *e)
{
	return port_decide(&run->req, run->devices, &run->choice, &run->port, e);
}

int stage_guard(struct run *run, struct err *e)
{
	bool antispoof = run->port.policy.antispoof;
	int r;

	if (!*run->req.nic.text[NIC_IP] && !antispoof)
		return 0;
	r = store_read(run->store, BIT(NIC_MAC), &run->req.nic, e);
	if (!r)
		r = nic_check(&run->req.nic, run->req.emulated, e);
	if (!r)
		r = rules_apply(rules_add_text(run->port.name, &run->req.nic, antispoof, e),
			&run->deadline, e);
	run->guarded = !r;
	return r;
}

void stage_unguard(struct run *run)
{
	struct err unused;

	if (run->guarded)
		rules_apply(rules_delete_text(run->port.name, &unused), &run->deadline, &unused);
}

int stage_join(struct run *run, struct err *e)
{
	int r = plug(run->nl, &run->port, e);

	while (r == -EAGAIN && deadline_left(&run->deadline)) {
		r = ask(run, e);
		if (!r)
			r = choose(run, e);
		if (!r)
			r = stage_decide(run, e);
		if (!r)
			r = plug(run->nl, &run->port, e);
	}
	return r;
}

void stage_leave(struct run *run)
{
	plug_undo(run->nl, &run->port);
}

int stage_tell_mtu(struct run *run, struct err *e)
{
	(void)e;
	if (!run->req.tap)
		store_frontend_mtu(run->store, run->port.join.mtu);
	return 0;
}

// What vif-bridge's hooks have as variables.
static void set_variables(const struct run *run)
{
	const struct request *req = &run->req;
	char domid[16], devid[16], mtu[16], name[NAME_SIZE];
	const char *dev = *nic_name(&run->req.nic, req->tap, name) ? name : req->dev;
	const struct link *bridge = req->plug ? &run->port.bridge : run->choice.bridge;

	snprintf(domid, sizeof(domid), "%u", req->domid);
	snprintf(devid, sizeof(devid), "%u", req->devid);
	snprintf(mtu, sizeof(mtu), "%u", run->port.join.mtu);
	setenv("dev", dev, 1);
	setenv("bridge", bridge ? bridge->name : run->req.nic.text[NIC_BRIDGE], 1);
	setenv("command", request_command(req), 1);
	setenv("type_if", req->tap ? "tap" : "vif", 1);
	setenv("XENBUS_PATH", req->path, 1);
	setenv("domid", domid, 1);
	setenv("devid", devid, 1);
	setenv("mtu", req->plug ? mtu : run->req.nic.text[NIC_MTU], 1);
	setenv(req->tap ? "INTERFACE" : "vif", req->dev, 1);
	setenv("vlan", run->req.nic.text[NIC_VLAN], 1);
	setenv("ip", run->req.nic.text[NIC_IP], 1);
	setenv("vifname", run->req.nic.text[NIC_VIFNAME], 1);
}

int stage_call_hooks(struct run *run, struct err *e)
{
	if (!hooks_any(HOOKS_DIR))
		return 0;
	set_variables(run);
	return hooks_run(HOOKS_DIR, &run->deadline, e);
}

int stage_connected(struct run *run, struct err *e)
{
	// libxl waits for the vif's word only; a tap has no status of its own.
	return run->req.tap ? 0 : store_connected(run->store, e);
}

// A bridge on demand may be about to go because of another vif. That can still fail because of
// ours, so it counts here.
static const struct link *left_bridge(struct run *run)
{
	struct err unused;

	if (*run->target.names[SLOT_BRIDGE] &&
		!target_choose(&run->target, run->devices, &run->choice, &unused))
		return run->choice.bridge;
	for (int s = 0; s < SLOTS; s++)
		if (run->devices[s].there && run->devices[s].bridge.index)
			return &run->devices[s].bridge;
	return NULL;
}

int stage_look_back(struct run *run, struct err *e)
{
	struct err unused;
	int r = *run->req.nic.text[NIC_BRIDGE] ? target_parse(&run->req.nic, &run->target, &unused)
					       : 0;

	if (r)
		run->target = (struct target){0};
	r = run->nl ? ask(run, e) : -ENOTCONN;
	run->choice.bridge = r ? NULL : left_bridge(run);
	if (run->choice.bridge)
		mark_parse(run->choice.bridge->alias, &run->port.policy);
	return r;
}

int stage_part(struct run *run, struct err *e)
{
	const struct device *d = port_device(&run->req, run->devices);

	return d ? unplug(run->nl, &d->link, e) : 0;
}

int stage_drop_rules(struct run *run, struct err *e)
{
	char name[NAME_SIZE];

	if (!*run->req.nic.text[NIC_IP] && !run->port.policy.antispoof)
		return 0;
	if (!*nic_name(&run->req.nic, run->req.tap, name))
		text_copy(name, sizeof(name), run->req.dev);
	return rules_apply(rules_delete_text(name, e), &run->deadline, e);
}

int stage_release(struct run *run, struct err *e)
{
	return run->port.policy.demand ? demand_release(run->choice.bridge->name, &run->deadline, e)
				       : 0;
}

void run_failed(struct run *run, const char *sentence)
{
	store_failed(run->store, sentence);
}
