// SPDX-License-Identifier: ISC
// offline and remove: the device leaves its bridge, and what was made for it is removed.
#include <errno.h>
#include <stdio.h>

#include "attach.h"
#include "demand.h"
#include "hotplug.h"
#include "rules_apply.h"

// The bridge that bridge= and vlan= refer to; or, where they resolve to none, the bridge of the
// first device found. That may be one on demand which is about to be removed because of another
// vif: since the removal can still fail because of ours, it counts.
static const struct link *find_left_bridge(struct hotplug_run *run)
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

static void parse_bridge_ref(struct hotplug_run *run)
{
	struct err unused;

	if (!*run->req.nic.text[NIC_BRIDGE])
		return;
	if (bridge_ref_parse(&run->req.nic, &run->bridge_ref, &unused))
		run->bridge_ref = (struct bridge_ref){0};
}

int hotplug_find_attached(struct hotplug_run *run, struct err *e)
{
	int r;

	run->choice.bridge = NULL;
	parse_bridge_ref(run);
	if (!run->nl)
		return -ENOTCONN; // hotplug_read_nic has said why
	r = hotplug_query(run, e);
	if (r)
		return r;
	run->choice.bridge = find_left_bridge(run);
	if (run->choice.bridge)
		mark_parse(run->choice.bridge->alias, &run->attachment.bridge_mark);
	return 0;
}

int hotplug_detach(struct hotplug_run *run, struct err *e)
{
	const struct lookup *dev = find_own_device(&run->req, run->lookups);

	if (!dev)
		return 0;
	return detach_device(run->nl, &dev->link, e);
}

int hotplug_delete_rules(struct hotplug_run *run, struct err *e)
{
	// Without its directory nothing says whether it had any.
	if (run->store && !*run->req.nic.text[NIC_IP] && !run->attachment.bridge_mark.antispoof &&
		!store_has(run->store, NIC_RULES))
		return 0;
	return rules_delete(run->req.dev, e);
}

int hotplug_release_bridge(struct hotplug_run *run, struct err *e)
{
	if (!run->attachment.bridge_mark.demand)
		return 0;
	// Earlier stages may have used the 20 s; grant 5 more (libxl allows 40).
	deadline_extend(&run->deadline, DEADLINE_EXTRA_SECONDS);
	return demand_release_bridge(run->choice.bridge->name, &run->deadline, e);
}

void hotplug_detach_vif_of_tap(struct hotplug_run *run)
{
	struct hotplug_run vif = *run;
	struct err unused;

	vif.req.tap = false;
	snprintf(vif.req.dev, sizeof(vif.req.dev), "vif%u.%u", vif.req.domid, vif.req.devid);
	if (hotplug_find_attached(&vif, &unused))
		return;
	hotplug_detach(&vif, &unused);
	hotplug_delete_rules(&vif, &unused);
}
