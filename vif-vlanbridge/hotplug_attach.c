// SPDX-License-Identifier: ISC
// online and add: the device becomes a port of the bridge, behind its filtering rules.
#include <errno.h>

#include "attach.h"
#include "hotplug.h"
#include "rules_apply.h"

// Every key costs a request: only rules need these.
static int read_guest_mac(struct hotplug_run *run, struct err *e)
{
	struct mark mark;
	int r;

	mark_parse(run->choice.bridge->alias, &mark);
	if (!rules_needed(&run->req.nic, &mark))
		return 0;
	r = store_read(run->store, NIC_BIT(NIC_MAC) | NIC_BIT(NIC_TYPE), &run->req.nic, e);
	if (r)
		return r;
	return nic_check(&run->req.nic, run->req.emulated, e);
}

int hotplug_decide(struct hotplug_run *run, struct err *e)
{
	struct attachment *a = &run->attachment;
	int r;

	r = read_guest_mac(run, e);
	if (!r)
		r = decide_attachment(&run->req, run->lookups, &run->choice, a, e);
	if (r || !a->filtered)
		return r;
	return rules_decide(&run->req.nic, run->choice.bridge, &a->bridge_mark, run->choice.vlans, &run->rules, e);
}

// Whether the kernel's answer can mean that device or bridge changed after we asked about it, by
// another run for the same device or name, or by network-vlanbridge.
static bool is_outdated(int r)
{
	switch (r) {
	case -ENODEV:
	case -EINVAL:
	case -EEXIST:
	case -EBUSY:
	case -ENOENT:
	case -EOPNOTSUPP:
		return true;
	default:
		return false;
	}
}

static int decide_again(struct hotplug_run *run, struct err *e)
{
	int r = hotplug_resolve(run, e);

	if (r)
		return r;
	return hotplug_decide(run, e);
}

static int try_rename(struct hotplug_run *run, struct err *e)
{
	int r;

	if (!(run->attachment.join_fields & LINK_RENAME))
		return 0;
	r = attach_rename(run->nl, &run->attachment, e);
	if (!r)
		run->renamed = true;
	return r;
}

static int rename_device(struct hotplug_run *run, struct err *e)
{
	int r = try_rename(run, e);

	if (!is_outdated(r))
		return r;
	r = decide_again(run, e);
	if (r)
		return r;
	return try_rename(run, e);
}

static void undo_rename(struct hotplug_run *run)
{
	if (run->renamed)
		attach_undo_rename(run->nl, run->attachment.index, run->req.dev);
	run->renamed = false;
}

static int write_rules(struct hotplug_run *run, struct err *e)
{
	int r = store_write_rules_flag(run->store, e);

	if (r)
		return r;
	return rules_add(run->req.dev, run->attachment.name, &run->rules, e);
}

// The chain finds its device by name (since Linux 6.16 also later): rename it before adding rules, rename it back after
// removing them.
int hotplug_add_rules(struct hotplug_run *run, struct err *e)
{
	int r;

	if (!run->attachment.filtered && run->attachment.was_filtered)
		return rules_delete(run->req.dev, e);
	if (!run->attachment.filtered)
		return 0;
	r = rename_device(run, e);
	if (r)
		return r;
	r = write_rules(run, e);
	if (r) {
		attach_undo(run->nl, &run->attachment);
		undo_rename(run);
		return r;
	}
	run->rules_added = true;
	return 0;
}

void hotplug_undo_rules(struct hotplug_run *run)
{
	struct err unused;

	if (run->rules_added)
		rules_delete(run->req.dev, &unused);
	undo_rename(run);
}

int hotplug_restore_rules(struct hotplug_run *run, struct err *e)
{
	if (!run->attachment.filtered)
		return 0;
	return rules_add(run->req.dev, find_own_device(&run->req, run->lookups)->link.name, &run->rules, e);
}

// All again, for a device or bridge that has changed: the new bridge may ask for other rules.
static int attach_again(struct hotplug_run *run, struct err *e)
{
	int r;

	r = decide_again(run, e);
	if (r)
		return r;
	r = hotplug_add_rules(run, e);
	if (r)
		return r;
	return attach_device(run->nl, &run->attachment, e);
}

int hotplug_attach(struct hotplug_run *run, struct err *e)
{
	int r = attach_device(run->nl, &run->attachment, e);

	if (is_outdated(r))
		r = attach_again(run, e);
	// The bridge was removed with its last vif: find it, or have it created, again.
	while (r == -EAGAIN && deadline_left_ms(&run->deadline))
		r = attach_again(run, e);
	return r;
}

void hotplug_undo_attach(struct hotplug_run *run)
{
	attach_undo(run->nl, &run->attachment);
}
