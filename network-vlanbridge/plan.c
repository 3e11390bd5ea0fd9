// SPDX-License-Identifier: ISC
// The difference between what is wanted and what is there.
//
// Sweep what isn't wanted any more; then for every wanted device, lower ones first: make it, or change what differs,
// or, when it is somebody else's, see that it fits and borrow it as a port or uplink.
#include "plan.h"

#include <errno.h>
#include <string.h>

#include "planner.h"

enum rank { RANK_BOND, RANK_BOND_PORT, RANK_DUMMY, RANK_BRIDGE, RANK_UPLINK, RANK_VLAN, RANK_END };

static enum rank rank(const struct planner *p, const struct device *w)
{
	const struct device *m = host_find(p->wanted, w->link.master.name);

	if (!w->create)
		return m && m->link.kind == KIND_BOND ? RANK_BOND_PORT : RANK_UPLINK;
	return w->link.kind == KIND_BOND    ? RANK_BOND
		: w->link.kind == KIND_DUMMY  ? RANK_DUMMY
		: w->link.kind == KIND_BRIDGE ? RANK_BRIDGE
					      : RANK_VLAN;
}

// The addresses and the gateway that the file asks for: ours that it doesn't ask for any more go.
static int want_addresses(struct planner *p, const struct device *w)
{
	int r = planner_drop_ours(p, w->link.name);

	for (size_t i = 0; i < p->wanted->records.count && !r; i++) {
		const struct l3_entry *want = p->wanted->records.list[i];

		if (l3_uses(want, w->link.name) && !l3_list_find(&p->state->records, want))
			r = planner_record(p, true, want);
	}
	return r;
}

// A VLAN of a device that is missing and may be.
static bool waits_for_uplink(const struct planner *p, const struct device *w)
{
	const struct device *lower = host_find(p->wanted, w->link.lower.name);

	return lower && lower->optional && !host_find(p->state, w->link.lower.name);
}

// A VLAN whose bridge on demand was made, before something killed the program that made it.
static bool is_cut_off(const struct planner *p, const struct device *w)
{
	return w->link.kind == KIND_VLAN && host_find(p->state, w->link.master.name);
}

static int want_device(struct planner *p, const struct device *w)
{
	struct device *s = host_find(p->state, w->link.name);
	char why[64];

	if ((w->on_demand && !s && !is_cut_off(p, w)) || (w->link.kind == KIND_VLAN && waits_for_uplink(p, w)))
		return 0;
	if (w->create) {
		bool dhcp = s && s->mark.dhcp;
		int r = s ? planner_change(p, w, s) : planner_make(p, w);

		return r || dhcp == w->mark.dhcp ? r : planner_dhcp(p, w, w->mark.dhcp);
	}
	if (s)
		return planner_borrow(p, w, s);
	if (w->optional)
		return 0;
	planner_purpose(w, why, sizeof(why));
	return planner_refuse(p, w, ENODEV, "there is no device '%s', which is to be %s", w->link.name, why);
}

// The VLANs of a port of a VLAN-aware bridge, and of the bridge's own port.
static int want_vlans(struct planner *p, const struct device *w)
{
	struct device *s = host_find(p->state, w->link.name);

	return s ? planner_vlans(p, s, &w->vlans) : 0;
}

int plan_make(const struct host *wanted, struct host *current, enum plan_scope scope,
	const struct host *only, struct plan *ret, struct err *e)
{
	struct planner p = {.wanted = wanted, .only = only, .state = current, .scope = scope, .plan = ret, .e = e};
	struct l3_list kept = {0};
	int r = planner_sweep(&p);

	for (size_t i = 0; i < current->count && !p.foreign_vlans; i++)
		p.foreign_vlans = current->devices[i]->link.kind == KIND_VLAN && !device_is_ours(current->devices[i]);
	for (size_t i = 0; i < wanted->count && !r; i++)
		if (*wanted->devices[i]->renamed_from)
			r = planner_legacy_take(&p, wanted->devices[i], &kept);
	for (int k = 0; k < RANK_END; k++)
		for (size_t i = 0; i < wanted->count && !r; i++) {
			const struct device *w = wanted->devices[i];
			enum rank own = rank(&p, w);

			if (scope == PLAN_ADD && only && !host_find(only, w->link.name))
				continue;
			if (own == (enum rank)k)
				r = want_device(&p, w);
			else if (k == RANK_UPLINK && (own == RANK_BOND || own == RANK_DUMMY))
				r = planner_join(&p, w);
			if (!r && w->tagged && k == RANK_UPLINK)
				r = want_vlans(&p, w);
			if (!r && own == (enum rank)k && w->create)
				r = want_addresses(&p, w);
			if (!r && own == (enum rank)k && k == RANK_BRIDGE && kept.count)
				r = planner_legacy_give(&p, w, &kept);
		}
	l3_list_free(&kept);
	if (r)
		plan_free(ret);
	return r;
}
