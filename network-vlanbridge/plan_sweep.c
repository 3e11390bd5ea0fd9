// SPDX-License-Identifier: ISC
// The first half of a plan: what is ours and not wanted any more goes, what was borrowed is given back.
//
// Mark what is doomed; refuse if something foreign stands on it; give borrowed devices back; release foreign
// ports (guests' vifs); delete, upper devices before lower ones.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "planner.h"

static bool in_scope(const struct planner *p, const struct device *d)
{
	if (p->only)
		return host_find(p->only, d->link.name);
	return p->scope == PLAN_ALL || (p->scope == PLAN_FILE && d->mark.origin == MARK_FILE);
}

// A VLAN device can't get another ID, protocol or lower device: it is made anew.
static bool must_be_remade(const struct device *d, const struct device *w)
{
	if (d->link.kind != w->link.kind)
		return true;
	return d->link.kind == KIND_VLAN && (d->link.vlan.id != w->link.vlan.id ||
		       d->link.vlan.protocol != w->link.vlan.protocol ||
		       strcmp(d->link.lower.name, w->link.lower.name));
}

static void doom(struct planner *p)
{
	for (size_t i = 0; i < p->state->count; i++) {
		struct device *d = p->state->devices[i];
		const struct device *w = host_find(p->wanted, d->link.name);

		d->doomed = device_is_ours(d) && in_scope(p, d) && (!w || !w->create || must_be_remade(d, w));
	}
}

static int refuse_foreign_uppers(struct planner *p)
{
	for (size_t i = 0; i < p->state->count; i++) {
		const struct device *d = p->state->devices[i];
		const struct device *lower = host_find(p->state, d->link.lower.name);

		if (lower && lower->doomed && !d->doomed && !lower->mark.adopted)
			return planner_refuse(p, NULL, EBUSY,
				"%s can't be removed: %s, which isn't vlanbridge's%s, stands on it; remove that first",
				lower->link.name, d->link.name, device_is_ours(d) ? " to remove now" : "");
	}
	return 0;
}

// Whether something of ours that stays needs d: another stack's bridge, bond or VLAN device.
static bool in_use(const struct planner *p, const struct device *d)
{
	const struct device *m = host_find(p->state, d->link.master.name);

	if (m && device_is_ours(m) && !m->doomed && !host_find(p->wanted, m->link.name))
		return true;
	for (size_t i = 0; i < p->state->count; i++) {
		const struct device *u = p->state->devices[i];

		if (device_is_ours(u) && !u->doomed && !strcmp(u->link.lower.name, d->link.name))
			return true;
	}
	return false;
}

// What a bond or bridge that goes has inherited from d returns to it.
static int return_records(struct planner *p, const struct device *m, const struct device *d, bool link_local)
{
	int r = planner_move_addresses(p, m->link.name, d->link.name, link_local);

	return r ? r : planner_move_rest(p, m->link.name, d->link.name);
}

// The fields of a borrowed device as it had them.
static struct link as_before(const struct device *d)
{
	struct link change = {.set = LINK_ALIAS};

	memcpy(change.alias, d->link.alias, sizeof(change.alias));
	mark_write(change.alias, &(struct mark){0}, NULL);
	if (d->mark.was & MARK_WAS_MTU) {
		change.set |= LINK_MTU;
		change.mtu = d->mark.was_mtu;
	}
	if (d->mark.was & MARK_WAS_ADDR_GEN) {
		change.set |= LINK_ADDR_GEN;
		change.addr_gen = d->mark.was_addr_gen;
	}
	return change;
}

static int give_back(struct planner *p, struct device *d)
{
	const struct device *m = host_find(p->state, d->link.master.name);
	struct link change = as_before(d);
	struct mark mark = d->mark;
	bool bond = m && m->link.kind == KIND_BOND, heir;
	int r = 0;

	// Its name is still the bridge's: planner_sweep comes back to it.
	if (mark.was & MARK_WAS_NAME)
		return m && device_is_ours(m) ? planner_master(p, d, "") : 0;
	heir = m && m->mark.inherit && !strcmp(m->mark.uplink, d->link.name) && planner_is_host(p, m->link.name);
	if (m && device_is_ours(m))
		r = planner_master(p, d, "");
	// Out of a bond it comes down, and gets its link-local address by itself when it comes up.
	if (!r && heir && !bond)
		r = return_records(p, m, d, true);
	if (!r)
		r = planner_set(p, d, &change);
	// Down it goes last: what stands on it must have been taken away in order before.
	d->to_be_lowered = mark.was & MARK_WAS_UP && !mark.was_up;
	if (!r && mark.was & MARK_WAS_UP && mark.was_up)
		r = planner_up(p, d, true);
	if (!r && heir && bond)
		r = return_records(p, m, d, d->link.addr_gen != 0);
	else if (!r && !heir && mark.was & MARK_WAS_ADDR_GEN && !mark.was_addr_gen && d->link.up && !d->to_be_lowered)
		r = planner_add_link_local(p, d);
	return r;
}

// Bonds of ours that are ports of bridges that go: what the bridge inherited returns to the bond, and from there to the NIC.
static int leave_bridges(struct planner *p)
{
	int r = 0;

	for (size_t i = 0; i < p->state->count && !r; i++) {
		struct device *d = p->state->devices[i];
		const struct device *m = host_find(p->state, d->link.master.name);

		if (!device_is_ours(d) || !m || !m->doomed || d->link.kind == KIND_VLAN)
			continue;
		r = planner_master(p, d, "");
		if (!r && m->mark.inherit && !strcmp(m->mark.uplink, d->link.name))
			r = return_records(p, m, d, true);
	}
	return r;
}

// As a port of something; or at all, if it isn't the port of something of ours.
static bool still_wanted(const struct planner *p, const struct device *d)
{
	const struct device *w = host_find(p->wanted, d->link.name);
	const struct device *m = host_find(p->state, d->link.master.name);

	return w && (*w->link.master.name || w->create || !m || !device_is_ours(m));
}

static int give_all_back(struct planner *p)
{
	int r = 0;

	for (size_t i = 0; i < p->state->count && !r; i++) {
		struct device *d = p->state->devices[i];

		if (d->mark.origin != MARK_PORT || still_wanted(p, d) ||
			(p->only && !host_find(p->only, d->link.name)) || in_use(p, d))
			continue;
		r = give_back(p, d);
	}
	return r;
}

// After a run that was killed, a device may have left the bond or bridge that still has its addresses.
static int return_rest(struct planner *p)
{
	int r = 0;

	for (size_t i = 0; i < p->state->count && !r; i++) {
		const struct device *m = p->state->devices[i];
		struct device *d = host_find(p->state, m->mark.uplink);

		// A device that gets its name back comes after the deletions.
		if (!m->doomed || !m->mark.inherit || !d || d->doomed || d->mark.was & MARK_WAS_NAME ||
			!planner_is_host(p, m->link.name))
			continue;
		r = planner_up(p, d, true);
		if (!r)
			r = return_records(p, m, d, d->link.addr_gen != 0);
	}
	return r;
}

static int release_foreign_ports(struct planner *p)
{
	int r = 0;

	for (size_t i = 0; i < p->state->count && !r; i++) {
		struct device *d = p->state->devices[i];
		const struct device *m = host_find(p->state, d->link.master.name);

		if (m && m->doomed && !d->doomed)
			r = planner_master(p, d, "");
	}
	return r;
}

// As the module made it: down, without ports, every option at its initial value; the mode last, since some
// options are refused outside theirs.
static int reset_adopted(struct planner *p, struct device *d)
{
	const struct kind_row *k = &link_kinds[KIND_BOND];
	struct link rest = {.kind = KIND_BOND, .set = LINK_ALIAS | LINK_ADDR_GEN}, mode = {.kind = KIND_BOND};
	int r = planner_up(p, d, false);

	memcpy(rest.alias, d->link.alias, sizeof(rest.alias));
	mark_write(rest.alias, &(struct mark){0}, NULL);
	if (!(d->link.set & LINK_ADDR_GEN))
		rest.set &= ~(unsigned int)LINK_ADDR_GEN;
	option_reset(&mode, option_find(KIND_BOND, "mode"));
	for (size_t i = 0; i < k->count; i++)
		if (!option_is_set(&mode, &k->options[i]) && option_is_set(&d->link, &k->options[i]))
			option_reset(&rest, &k->options[i]);
	if (!r)
		r = planner_set(p, d, &rest);
	return r ? r : planner_set(p, d, &mode);
}

// VLAN devices, then bridges, dummies, bonds; of two of a kind the younger one, which may stand on the older.
static int upper_first(const void *a, const void *b)
{
	static const int order[KIND_COUNT] = {[KIND_VLAN] = 0, [KIND_BRIDGE] = 1, [KIND_DUMMY] = 2,
		[KIND_OTHER] = 3, [KIND_BOND] = 4};
	const struct device *x = *(struct device *const *)a, *y = *(struct device *const *)b;

	if (x->link.kind != y->link.kind)
		return order[x->link.kind] - order[y->link.kind];
	return (x->link.index < y->link.index) - (x->link.index > y->link.index);
}

int planner_sweep(struct planner *p)
{
	struct l3_list kept = {0};
	struct device **going;
	size_t n = 0;
	int r;

	if (p->scope == PLAN_ADD)
		return 0;
	doom(p);
	r = refuse_foreign_uppers(p);
	if (!r)
		r = leave_bridges(p);
	if (!r)
		r = give_all_back(p);
	if (!r)
		r = return_rest(p);
	if (!r)
		r = release_foreign_ports(p);
	going = calloc(p->state->count + 1, sizeof(*going));
	if (!going)
		return err_set(p->e, ENOMEM, "no memory for the plan");
	for (size_t i = 0; i < p->state->count; i++)
		if (p->state->devices[i]->doomed)
			going[n++] = p->state->devices[i];
	qsort(going, n, sizeof(*going), upper_first);
	for (size_t i = 0; i < n && !r; i++)
		if (!strncmp(going[i]->mark.uplink, "p", 1) && !strcmp(going[i]->mark.uplink + 1, going[i]->link.name))
			r = planner_keep(p, going[i]->link.name, &kept);
	for (size_t i = 0; i < n && !r; i++)
		r = going[i]->mark.dhcp ? planner_dhcp(p, going[i], false) : planner_drop(p, going[i]->link.name);
	for (size_t i = 0; i < n && !r; i++)
		r = going[i]->mark.adopted ? reset_adopted(p, going[i]) : planner_delete(p, going[i]);
	free(going);
	for (size_t i = 0; i < p->state->count && !r; i++)
		if (p->state->devices[i]->mark.was & MARK_WAS_NAME && !host_find(p->wanted, p->state->devices[i]->link.name) &&
			!host_find(p->state, p->state->devices[i]->mark.was_name))
			r = planner_legacy_return(p, p->state->devices[i], &kept);
	l3_list_free(&kept);
	for (size_t i = 0; i < p->state->count && !r; i++)
		if (p->state->devices[i]->to_be_lowered)
			r = planner_up(p, p->state->devices[i], false);
	// Addresses that we gave to somebody else's bridge.
	return r || p->scope != PLAN_ALL || p->only ? r : planner_drop_ours(p, NULL);
}
