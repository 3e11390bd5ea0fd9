// SPDX-License-Identifier: ISC
// Checks of VLANs: each in one place, and at the switch.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"

#define LIST_SIZE 512
#define FRAME_EXTRA 18 /* Ethernet header and checksum, which the largest frame of LLDP has with it */

// A VLAN of a network that a bridge carries by a VLAN device.
struct carried {
	const char *network; // a NIC's, or a bond's for all of its ports
	const struct device *vlan;
};

static const char *network_of(const struct check_input *in, const struct device *vlan)
{
	const struct device *lower = host_find(in->current, vlan->link.lower.name);
	const struct device *m =
		lower && *lower->link.master.name ? host_find(in->current, lower->link.master.name) : NULL;

	return device_is_kind(m, KIND_BOND) ? m->link.name : vlan->link.lower.name;
}

static int compare_carried(const void *a, const void *b)
{
	const struct carried *x = a, *y = b;
	int r = strcmp(x->network, y->network);

	if (!r)
		r = (int)x->vlan->link.vlan.id - (int)y->vlan->link.vlan.id;
	if (!r)
		r = (int)x->vlan->link.vlan.protocol - (int)y->vlan->link.vlan.protocol;
	return r ? r : x->vlan->link.index - y->vlan->link.index;
}

static bool is_same_vlan(const struct carried *a, const struct carried *b)
{
	return !strcmp(a->network, b->network) && a->vlan->link.vlan.id == b->vlan->link.vlan.id &&
	       a->vlan->link.vlan.protocol == b->vlan->link.vlan.protocol;
}

static size_t collect(const struct check_input *in, struct carried *all)
{
	size_t n = 0;

	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i];

		if (d->link.kind == KIND_VLAN && *d->link.lower.name && *d->link.master.name)
			all[n++] = (struct carried){network_of(in, d), d};
	}
	return n;
}

void check_vlan_twice(const struct check_input *in, struct check_report *r)
{
	struct carried *all = calloc(in->current->count + 1, sizeof(*all));
	size_t n;

	if (!all) {
		r->failed = true;
		return;
	}
	n = collect(in, all);
	qsort(all, n, sizeof(*all), compare_carried);
	for (size_t i = 1; i < n; i++) {
		const struct device *a = all[i - 1].vlan, *b = all[i].vlan;

		if (is_same_vlan(&all[i - 1], &all[i]) && strcmp(a->link.master.name, b->link.master.name) &&
			(check_master_of_ours(in, a) || check_master_of_ours(in, b)))
			check_tell(r, b->link.master.name, "vlan-twice",
				"VLAN %u of %s is in two bridges, %s (by %s) and %s (by %s): their guests don't see "
				"each "
				"other; delete one",
				b->link.vlan.id, all[i].network, a->link.master.name, a->link.name, b->link.master.name,
				b->link.name);
	}
	free(all);
}

// A file that has both wants it so; a VLAN-aware bridge that carries the VLAN has it twice in any case.
static bool takes_frames(const struct device *vlan, const struct device *lower, const struct device *bridge)
{
	const struct port_vlans has = vlans_kept(&lower->vlans);

	if (bridge->link.bridge.vlan_filtering)
		return vlans_has(&has.all, vlan->link.vlan.id);
	return !device_is_ours(vlan) || vlan->mark.origin != bridge->mark.origin;
}

static void check_lower(const struct check_input *in, const struct device *d, struct check_report *r)
{
	const struct device *lower = host_find(in->current, d->link.lower.name), *m = NULL;

	if (lower)
		m = check_master_of_ours(in, lower);
	if (device_is_kind(m, KIND_BOND) && !check_has_told(r, d->link.master.name, "vlan-twice"))
		check_tell(r, d->link.name, "vlan-on-port",
			"%s is a VLAN device on %s, a port of %s: it takes the frames of VLAN %u that arrive there "
			"away "
			"from %s; delete it",
			d->link.name, lower->link.name, m->link.name, d->link.vlan.id, m->link.name);
	else if (device_is_kind(m, KIND_BRIDGE) && takes_frames(d, lower, m))
		check_tell(r, d->link.name, "vlan-on-port",
			"%s is a VLAN device on %s, the uplink of %s: it takes the frames of VLAN %u away from %s's "
			"guests; make it on %s, or delete it",
			d->link.name, lower->link.name, m->link.name, d->link.vlan.id, m->link.name, m->link.name);
}

void check_vlan_on_port(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++)
		if (in->current->devices[i]->link.kind == KIND_VLAN && *in->current->devices[i]->link.lower.name)
			check_lower(in, in->current->devices[i], r);
}

// The VLANs that have to arrive at a NIC: of VLAN devices on it or its bond, and of guests in its VLAN-aware bridge.
static void collect_vlans(const struct check_input *in, const struct device *nic, struct vlans *ret)
{
	const struct device *bond = check_master_of_ours(in, nic), *top = device_is_kind(bond, KIND_BOND) ? bond : nic;
	const struct device *bridge = check_master_of_ours(in, top);

	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i];
		struct port_vlans has;

		if (d->link.kind == KIND_VLAN && device_is_ours(d) && !strcmp(d->link.lower.name, top->link.name))
			vlans_add(ret, d->link.vlan.id, d->link.vlan.id);
		if (device_is_kind(bridge, KIND_BRIDGE) && bridge->link.bridge.vlan_filtering &&
			check_master_of_ours(in, d) == bridge && check_is_guest(in, d)) {
			has = vlans_kept(&d->vlans);
			vlans_union(ret, &has.all);
		}
	}
}

static void check_switch(
	const struct check_input *in, const struct check_lldp *l, const struct device *nic, struct check_report *r)
{
	struct vlans missing = {0};
	char ids[LIST_SIZE];

	collect_vlans(in, nic, &missing);
	vlans_subtract(&missing, &l->vlans);
	if (!vlans_empty(&l->vlans) && !vlans_empty(&missing))
		check_tell(r, l->device, "switch-vlan",
			"the switch port at %s (%s) doesn't have VLAN %s, which guests here are in: add it there",
			l->device, l->where, vlans_print(&missing, ids, sizeof(ids)));
	if (l->max_frame && nic->link.mtu + FRAME_EXTRA > l->max_frame)
		check_tell(r, l->device, "switch-mtu",
			"the MTU of %s is %u, but the switch port there (%s) takes frames of %u bytes at most: raise "
			"it "
			"there to %u",
			l->device, nic->link.mtu, l->where, l->max_frame, nic->link.mtu + FRAME_EXTRA);
}

void check_switch_vlans(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->readings->lldp_count; i++) {
		const struct check_lldp *l = &in->readings->lldp[i];
		const struct device *nic = host_find(in->current, l->device);

		if (nic && in->used[nic->slot])
			check_switch(in, l, nic, r);
	}
}
