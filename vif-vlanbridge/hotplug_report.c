// SPDX-License-Identifier: ISC
// Tells the guest, the administrator's hooks and the toolstack what has become of the device.
#include <stdio.h>

#include "forward.h"
#include "hooks.h"
#include "hotplug.h"
#include "log.h"

static const char *bridge_name(const struct hotplug_run *run)
{
	if (run->req.attach)
		return run->attachment.bridge.name;
	if (run->choice.bridge)
		return run->choice.bridge->name;
	return run->req.nic.text[NIC_BRIDGE];
}

static int run_hooks(struct hotplug_run *run, struct err *e)
{
	const struct request *req = &run->req;
	const struct nic *nic = &req->nic;
	char dev[NAME_SIZE], mtu[16];
	struct hook_variables v = {
		.dev = own_device_name(req, run->lookups, dev),
		.bridge = bridge_name(run),
		.command = request_command_name(req),
		.type_if = req->tap ? "tap" : "vif",
		.mtu = nic->text[NIC_MTU],
		.vlan = nic->text[NIC_VLAN],
		.ip = nic->text[NIC_IP],
		.vifname = nic->text[NIC_VIFNAME],
		.path = req->path,
		.device = req->dev,
		.domid = req->domid,
		.devid = req->devid,
	};

	if (req->attach) {
		snprintf(mtu, sizeof(mtu), "%u", run->attachment.join.mtu);
		v.mtu = mtu;
	}
	return hooks_run(HOOKS_DIR, HOOKS_LOG, &v, &run->deadline, e);
}

int hotplug_run_hooks(struct hotplug_run *run, struct err *e)
{
	if (!hooks_exist(HOOKS_DIR))
		return 0;
	// They may look at it; without them it goes with the status.
	if (run->req.attach && !run->req.tap) {
		store_write_guest_mtu(run->store, run->attachment.join.mtu);
		run->guest_knows_mtu = true;
	}
	// At offline, earlier stages may have used the 20 s; grant 5 more (libxl allows 40).
	if (!run->req.attach)
		deadline_extend(&run->deadline, DEADLINE_EXTRA_SECONDS);
	return run_hooks(run, e);
}

int hotplug_write_connected(struct hotplug_run *run, struct err *e)
{
	// libxl waits for the vif's status only; a tap has none of its own.
	if (run->req.tap)
		return 0;
	return store_write_connected(run->store, run->guest_knows_mtu ? 0 : run->attachment.join.mtu, e);
}

// The chain drops frames by the kernel's setting for all bridges, or by this bridge's own.
static void warn_of(const struct hotplug_run *run, const struct forward_chain *c, const char *cure, const char *end)
{
	log_warning(
		"%s: bridged frames pass iptables, and the chain %s of table %s drops what no rule accepts, maybe all "
		"that the guest sends; %s%s",
		run->req.dev, c->chain, c->table, cure, end);
}

int hotplug_warn_of_drop(struct hotplug_run *run, struct err *e)
{
	unsigned int own = run->attachment.bridge.bridge.nf_call, all = forward_read_calls();
	struct forward_chain c;

	(void)e;
	if (forward_find_drop(all & LINK_NF_CALL_IPTABLES, run->attachment.name, &c))
		warn_of(run, &c, "sysctl net.bridge.bridge-nf-call-iptables=0", "");
	else if (forward_find_drop(all & LINK_NF_CALL_IP6TABLES, run->attachment.name, &c))
		warn_of(run, &c, "sysctl net.bridge.bridge-nf-call-ip6tables=0", "");
	else if (forward_find_drop(own, run->attachment.name, &c))
		warn_of(run, &c, "nf_call=no for bridge ", run->attachment.bridge.name);
	return 0;
}

// The guest can read it: it says nothing about the host, nor about other guests.
void hotplug_write_error(struct hotplug_run *run)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: %s failed: vif-vlanbridge's message in the syslog says why", run->req.dev,
		request_command_name(&run->req));
	store_write_error(run->store, text);
}
