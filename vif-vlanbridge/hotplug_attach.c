// SPDX-License-Identifier: ISC
// online and add: the device becomes a port of the bridge, behind its filtering rules.
#include <errno.h>

#include "attach.h"
#include "hotplug.h"
#include "rules.h"

int hotplug_decide(struct hotplug_run *run, struct err *e)
{
	return decide_attachment(&run->req, run->lookups, &run->choice, &run->attachment, e);
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
	const struct attachment *a = &run->attachment;
	char *text;
	int r;

	r = store_write_rules_flag(run->store, e);
	if (r)
		return r;
	text = rules_format_add(a->name, &run->req.nic, a->bridge_mark.antispoof, e);
	return rules_apply(text, &run->deadline, e);
}

// Filtering rules are keyed by the device's name: rename it before adding them, rename it back
// after removing them. Under a name that we don't hold they could be another device's.
int hotplug_add_rules(struct hotplug_run *run, struct err *e)
{
	int r;

	if (!*run->req.nic.text[NIC_IP] && !run->attachment.bridge_mark.antispoof)
		return 0;
	r = store_read(run->store, NIC_BIT(NIC_MAC), &run->req.nic, e);
	if (!r)
		r = nic_check(&run->req.nic, run->req.emulated, e);
	if (!r)
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
	char *text;

	if (run->rules_added) {
		text = rules_format_delete(run->attachment.name, &unused);
		rules_apply(text, &run->deadline, &unused);
	}
	undo_rename(run);
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
