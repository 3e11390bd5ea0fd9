// SPDX-License-Identifier: ISC
// The stages of a run of the hook: each joins what decides (pure) to what acts.
#include "hotplug.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "demand.h"
#include "hooks.h"
#include "query.h"
#include "rules.h"

#define BIT(key) (1U << (key))
#define DEMAND_TRIES 3
#define HALF_MADE_SECONDS 5 // `start` may make thousands of bridges before it finishes the first

// xenstore over arguments over environment. The MAC is read only where a rule needs it: every key
// costs a request.
int hotplug_read_nic(struct run *run, struct err *e)
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
	if (r == -ENOENT && !run->req.attach)
		*e = (struct err){0}; // the toolstack was faster: not worth a word
	return r;
}

static int only_bridge(struct run *run, struct err *e)
{
	char(*names)[NAME_SIZE];
	size_t n;
	int r = query_bridge_names(run->nl, &names, &n, e);

	if (r)
		return r;
	if (n == 1) {
		r = nic_set(&run->req.nic, NIC_BRIDGE, names[0], e);
	} else {
		r = err_set(e, ENODEV,
			"no bridge= is given, and there isn't exactly one bridge to take");
		append_bridge_names(e, names, n);
	}
	free(names);
	return r;
}

static void list_bridges(struct run *run, struct err *e)
{
	char(*names)[NAME_SIZE];
	struct err unused;
	size_t n;

	if (query_bridge_names(run->nl, &names, &n, &unused))
		return;
	append_bridge_names(e, names, n);
	free(names);
}

static int ask(struct run *run, struct err *e)
{
	char name[NAME_SIZE];

	text_copy(run->bridge_ref.names[SLOT_DEV], ALTNAME_SIZE, run->req.dev);
	nic_wanted_name(&run->req.nic, run->req.tap, name);
	text_copy(run->bridge_ref.names[SLOT_NEW], ALTNAME_SIZE,
		strcmp(name, run->req.dev) ? name : "");
	text_copy(run->bridge_ref.names[SLOT_VIF], ALTNAME_SIZE,
		run->req.tap ? run->req.nic.text[NIC_VIFNAME] : "");
	return query_devices(run->nl, run->bridge_ref.names, run->lookups, e);
}

static int find_device(struct run *run, struct err *e)
{
	int r = ask(run, e);

	if (r || find_own_device(&run->req, run->lookups))
		return r;
	return err_set(e, EAGAIN, "waited %d s for the device to appear", DEADLINE_SECONDS);
}

static int find_bridge(struct run *run, struct err *e)
{
	int r = ask(run, e);

	return r ? r : bridge_ref_resolve(&run->bridge_ref, run->lookups, &run->choice, e);
}

// Looks again whenever a device has changed, while what it wants to see isn't there yet (-EAGAIN).
static int await(struct run *run, hotplug_stage *find, struct deadline *d, struct err *e)
{
	int fd = netlink_listen(e), r = fd;

	while (fd >= 0 && (r = find(run, e)) == -EAGAIN && netlink_wait(fd, deadline_left_ms(d)))
		;
	if (fd >= 0)
		close(fd);
	return r == -EAGAIN ? -ETIMEDOUT : r;
}

// The bridge isn't there, or half of it. If it is on demand and another vif wants it too, it may be
// by now.
static int demand(struct run *run, struct err *e)
{
	struct err why;
	int turn = demand_lock(&run->deadline, e), r, tries = DEMAND_TRIES;

	if (turn == -ETIMEDOUT)
		return turn;
	bridge_ref_add_uplink_vlan(&run->bridge_ref, run->lookups);
	// Made more than once, because one that leaves may remove it before we are in it.
	while (((r = find_bridge(run, e)) == -ENODEV || r == -EAGAIN) && tries-- > 0) {
		int made = demand_create_bridge(
			bridge_ref_demand_name(&run->bridge_ref), &run->deadline, &why);

		if (!made)
			continue;
		if (made != -ENODEV && r == -ENODEV) {
			*e = why;
			r = made;
		}
		break;
	}
	demand_unlock(turn);
	if (r == -ENODEV)
		list_bridges(run, e);
	return r;
}

static int choose(struct run *run, struct err *e)
{
	int r = bridge_ref_resolve(&run->bridge_ref, run->lookups, &run->choice, e);
	struct deadline soon = {.seconds = HALF_MADE_SECONDS};

	// Whoever makes it is at work, or was killed; then `demand` finishes it.
	if (r == -EAGAIN)
		r = await(run, find_bridge, &soon, e);
	if (r == -ENODEV || r == -ETIMEDOUT)
		r = demand(run, e);
	return r == -EAGAIN ? await(run, find_bridge, &run->deadline, e) : r;
}

// A vif may be registered anew while the toolstack already calls; a tap is there when QEMU has
// started, or never.
static int look(struct run *run, struct err *e)
{
	int r = ask(run, e);

	if (!r && !run->req.tap && !find_own_device(&run->req, run->lookups))
		r = await(run, find_device, &run->deadline, e);
	return r ? r : choose(run, e);
}

int hotplug_find_bridge(struct run *run, struct err *e)
{
	int r = *run->req.nic.text[NIC_BRIDGE] ? 0 : only_bridge(run, e);

	if (!r)
		r = bridge_ref_parse(&run->req.nic, &run->bridge_ref, e);
	return r ? r : look(run, e);
}

// A bridge that was made for nothing.
void hotplug_release_unused_bridge(struct run *run)
{
	struct err unused;
	struct mark mark;

	mark_parse(run->choice.bridge->alias, &mark);
	if (mark.demand)
		demand_release_bridge(run->choice.bridge->name, &run->deadline, &unused);
}

int hotplug_decide(struct run *run, struct err *e)
{
	return decide_attachment(&run->req, run->lookups, &run->choice, &run->attachment, e);
}

// What the kernel says when something isn't any more as it was when we looked: another run for the
// same device or name, or network-vlanbridge.
static bool is_outdated(int r)
{
	return r == -ENODEV || r == -EINVAL || r == -EEXIST || r == -EBUSY || r == -ENOENT ||
	       r == -EOPNOTSUPP;
}

static int decide_anew(struct run *run, struct err *e)
{
	int r = look(run, e);

	return r ? r : hotplug_decide(run, e);
}

static int rename_now(struct run *run, struct err *e)
{
	bool wanted = run->attachment.fields & LINK_RENAME;
	int r = wanted ? attach_rename(run->nl, &run->attachment, e) : 0;

	run->renamed = run->renamed || (wanted && !r);
	return r;
}

static int take_name(struct run *run, struct err *e)
{
	int r = rename_now(run, e);

	if (is_outdated(r)) {
		r = decide_anew(run, e);
		if (!r)
			r = rename_now(run, e);
	}
	return r;
}

static void give_name_back(struct run *run)
{
	if (run->renamed)
		attach_undo_rename(run->nl, run->attachment.index, run->req.dev);
	run->renamed = false;
}

int hotplug_add_rules(struct run *run, struct err *e)
{
	int r;

	if (!*run->req.nic.text[NIC_IP] && !run->attachment.policy.antispoof)
		return 0;
	r = store_read(run->store, BIT(NIC_MAC), &run->req.nic, e);
	if (!r)
		r = nic_check(&run->req.nic, run->req.emulated, e);
	// The name first, and back last: while it isn't ours, the rules for it may be another's.
	if (!r)
		r = take_name(run, e);
	if (r)
		return r;
	r = store_write_rules_flag(run->store, e);
	if (!r)
		r = rules_apply(rules_format_add(run->attachment.name, &run->req.nic,
					run->attachment.policy.antispoof, e),
			&run->deadline, e);
	run->guarded = run->guarded || !r;
	if (r) {
		attach_undo(run->nl, &run->attachment);
		give_name_back(run);
	}
	return r;
}

void hotplug_undo_rules(struct run *run)
{
	struct err unused;

	if (run->guarded)
		rules_apply(rules_format_delete(run->attachment.name, &unused), &run->deadline,
			&unused);
	give_name_back(run);
}

int hotplug_attach(struct run *run, struct err *e)
{
	int r = attach_device(run->nl, &run->attachment, e);

	for (bool again = is_outdated(r);
		again || (r == -EAGAIN && deadline_left_ms(&run->deadline)); again = false) {
		r = decide_anew(run, e);
		if (!r)
			r = hotplug_add_rules(run, e); // what is allowed may be other now
		if (!r)
			r = attach_device(run->nl, &run->attachment, e);
	}
	return r;
}

void hotplug_undo_attach(struct run *run)
{
	attach_undo(run->nl, &run->attachment);
}

int hotplug_write_guest_mtu(struct run *run, struct err *e)
{
	(void)e;
	if (!run->req.tap)
		store_write_guest_mtu(run->store, run->attachment.join.mtu);
	return 0;
}

// What vif-bridge's hooks have as variables.
static void set_variables(const struct run *run)
{
	const struct request *req = &run->req;
	char domid[16], devid[16], mtu[16], dev[NAME_SIZE];
	const struct link *bridge = req->attach ? &run->attachment.bridge : run->choice.bridge;

	snprintf(domid, sizeof(domid), "%u", req->domid);
	snprintf(devid, sizeof(devid), "%u", req->devid);
	snprintf(mtu, sizeof(mtu), "%u", run->attachment.join.mtu);
	setenv("dev", own_device_name(req, run->lookups, dev), 1);
	setenv("bridge", bridge ? bridge->name : run->req.nic.text[NIC_BRIDGE], 1);
	setenv("command", request_command_name(req), 1);
	setenv("type_if", req->tap ? "tap" : "vif", 1);
	setenv("XENBUS_PATH", req->path, 1);
	setenv("domid", domid, 1);
	setenv("devid", devid, 1);
	setenv("mtu", req->attach ? mtu : run->req.nic.text[NIC_MTU], 1);
	setenv(req->tap ? "INTERFACE" : "vif", req->dev, 1);
	setenv("vlan", run->req.nic.text[NIC_VLAN], 1);
	setenv("ip", run->req.nic.text[NIC_IP], 1);
	setenv("vifname", run->req.nic.text[NIC_VIFNAME], 1);
}

// What was before may have used all the time that there was; libxl's 40 s aren't over then.
static void more_time(struct run *run)
{
	if (deadline_left_ms(&run->deadline) < DEADLINE_UNDO_SECONDS * 1000)
		run->deadline = (struct deadline){.seconds = DEADLINE_UNDO_SECONDS};
}

int hotplug_run_hooks(struct run *run, struct err *e)
{
	if (!hooks_exist(HOOKS_DIR))
		return 0;
	set_variables(run);
	if (!run->req.attach)
		more_time(run);
	return hooks_run(HOOKS_DIR, &run->deadline, e);
}

int hotplug_write_connected(struct run *run, struct err *e)
{
	// libxl waits for the vif's word only; a tap has no status of its own.
	return run->req.tap ? 0 : store_write_connected(run->store, e);
}

// A bridge on demand may be about to go because of another vif. That can still fail because of
// ours, so it counts here.
static const struct link *left_bridge(struct run *run)
{
	struct err unused;

	if (*run->bridge_ref.names[SLOT_BRIDGE] &&
		!bridge_ref_resolve(&run->bridge_ref, run->lookups, &run->choice, &unused))
		return run->choice.bridge;
	for (int s = 0; s < SLOTS; s++)
		if (run->lookups[s].found && run->lookups[s].bridge.index)
			return &run->lookups[s].bridge;
	return NULL;
}

int hotplug_find_attached(struct run *run, struct err *e)
{
	struct err unused;
	int r = *run->req.nic.text[NIC_BRIDGE]
			? bridge_ref_parse(&run->req.nic, &run->bridge_ref, &unused)
			: 0;

	if (r)
		run->bridge_ref = (struct bridge_ref){0};
	r = run->nl ? ask(run, e) : -ENOTCONN;
	run->choice.bridge = r ? NULL : left_bridge(run);
	if (run->choice.bridge)
		mark_parse(run->choice.bridge->alias, &run->attachment.policy);
	return r;
}

int hotplug_detach(struct run *run, struct err *e)
{
	const struct lookup *d = find_own_device(&run->req, run->lookups);

	return d ? detach_device(run->nl, &d->link, e) : 0;
}

int hotplug_delete_rules(struct run *run, struct err *e)
{
	char name[NAME_SIZE];

	if (!*run->req.nic.text[NIC_IP] && !run->attachment.policy.antispoof &&
		!store_has(run->store, NIC_RULES))
		return 0;
	own_device_name(&run->req, run->lookups, name);
	return rules_apply(rules_format_delete(name, e), &run->deadline, e);
}

int hotplug_release_bridge(struct run *run, struct err *e)
{
	if (!run->attachment.policy.demand)
		return 0;
	more_time(run);
	return demand_release_bridge(run->choice.bridge->name, &run->deadline, e);
}

void hotplug_detach_vif_of_tap(struct run *run)
{
	struct run vif = *run;
	struct err unused;

	vif.req.tap = false;
	snprintf(vif.req.dev, sizeof(vif.req.dev), "vif%u.%u", vif.req.domid, vif.req.devid);
	if (hotplug_find_attached(&vif, &unused))
		return;
	hotplug_detach(&vif, &unused);
	hotplug_delete_rules(&vif, &unused);
}

void hotplug_write_error(struct run *run, const char *sentence)
{
	store_write_error(run->store, sentence);
}
