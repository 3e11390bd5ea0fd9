// SPDX-License-Identifier: ISC
// Tells the guest, the administrator's hooks and the toolstack what has become of the device.
#include <stdio.h>
#include <stdlib.h>

#include "hooks.h"
#include "hotplug.h"

int hotplug_write_guest_mtu(struct hotplug_run *run, struct err *e)
{
	(void)e;
	if (!run->req.tap)
		store_write_guest_mtu(run->store, run->attachment.join.mtu);
	return 0;
}

static void export_number(const char *variable, unsigned int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	setenv(variable, text, 1);
}

static const char *bridge_name(const struct hotplug_run *run)
{
	if (run->req.attach)
		return run->attachment.bridge.name;
	if (run->choice.bridge)
		return run->choice.bridge->name;
	return run->req.nic.text[NIC_BRIDGE];
}

// The variables that vif-bridge's hooks see, and vlan.
static void export_variables(const struct hotplug_run *run)
{
	const struct request *req = &run->req;
	char dev[NAME_SIZE];

	setenv("dev", own_device_name(req, run->lookups, dev), 1);
	setenv("bridge", bridge_name(run), 1);
	setenv("command", request_command_name(req), 1);
	setenv("type_if", req->tap ? "tap" : "vif", 1);
	setenv("XENBUS_PATH", req->path, 1);
	export_number("domid", req->domid);
	export_number("devid", req->devid);
	if (req->attach)
		export_number("mtu", run->attachment.join.mtu);
	else
		setenv("mtu", req->nic.text[NIC_MTU], 1);
	setenv(req->tap ? "INTERFACE" : "vif", req->dev, 1);
	setenv("vlan", req->nic.text[NIC_VLAN], 1);
	setenv("ip", req->nic.text[NIC_IP], 1);
	setenv("vifname", req->nic.text[NIC_VIFNAME], 1);
}

int hotplug_run_hooks(struct hotplug_run *run, struct err *e)
{
	if (!hooks_exist(HOOKS_DIR))
		return 0;
	export_variables(run);
	// At offline, earlier stages may have used the 20 s; grant 5 more (libxl allows 40).
	if (!run->req.attach)
		deadline_extend(&run->deadline, DEADLINE_EXTRA_SECONDS);
	return hooks_run(HOOKS_DIR, &run->deadline, e);
}

int hotplug_write_connected(struct hotplug_run *run, struct err *e)
{
	// libxl waits for the vif's status only; a tap has none of its own.
	if (run->req.tap)
		return 0;
	return store_write_connected(run->store, e);
}

void hotplug_write_error(struct hotplug_run *run, const char *message)
{
	store_write_error(run->store, message);
}
