// SPDX-License-Identifier: ISC
// network-bridge's way since Xen 3.3: the device is renamed (eth0 to peth0) and the bridge gets its name.
//
// The kernel renames a device only while it is down, which costs it its routes and IPv6 addresses: what it has is dropped,
// kept here, and given to whoever has the name afterwards.
#include <errno.h>
#include <string.h>

#include "planner.h"

int planner_keep(struct planner *p, const char *device, struct l3_list *kept)
{
	for (size_t i = 0; i < p->state->records.count; i++)
		if (l3_uses(p->state->records.list[i], device) && l3_list_add(kept, p->state->records.list[i]))
			return err_set(p->e, ENOMEM, "no memory for the plan");
	return 0;
}

static bool makes_link_local(const struct planner *p, const char *device)
{
	const struct device *d = host_find(p->state, device);

	return d && d->link.set & LINK_ADDR_GEN && d->link.addr_gen != 1;
}

static int give(struct planner *p, const char *owner, const struct l3_list *kept, enum l3_kind kind, bool gateway)
{
	int r = 0;

	for (size_t i = 0; i < kept->count && !r; i++) {
		// The kernel lists IPv6 addresses the newest first.
		bool v6 = kind == L3_ADDRESS && gateway;
		const struct l3_entry *k = kept->list[v6 ? kept->count - 1 - i : i];
		bool second = kind == L3_ADDRESS ? strchr(k->key, ':') != NULL : k->gateway;

		if (k->kind != kind || second != gateway || !l3_uses(k, owner) || l3_list_find(&p->state->records, k))
			continue;
		// A device that makes link-local addresses has made its own when it came up.
		if (k->link_local && makes_link_local(p, owner))
			continue;
		r = planner_record(p, true, k);
	}
	return r;
}

static int give_all(struct planner *p, const char *owner, const struct l3_list *kept)
{
	static const struct {
		enum l3_kind kind;
		bool second; // IPv6 addresses, routes through gateways
	} order[] = {{L3_ADDRESS, false}, {L3_ADDRESS, true}, {L3_ROUTE, false}, {L3_ROUTE, true},
		{L3_RULE, false}};
	int r = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order) && !r; i++)
		r = give(p, owner, kept, order[i].kind, order[i].second);
	return r;
}

static int suspend_records(struct planner *p, const char *device, struct l3_list *kept)
{
	int r = planner_keep(p, device, kept);

	if (!r)
		r = planner_drop(p, device);
	for (size_t i = 0; i < p->state->count && !r; i++)
		if (p->state->devices[i]->link.kind == KIND_VLAN &&
			!strcmp(p->state->devices[i]->link.lower.name, device))
			r = suspend_records(p, p->state->devices[i]->link.name, kept);
	return r;
}

int planner_suspend(struct planner *p, struct device *d, struct l3_list *kept)
{
	int r;

	if (!d->link.up)
		return 0;
	r = suspend_records(p, d->link.name, kept);
	return r ? r : planner_up(p, d, false);
}

int planner_resume(struct planner *p, const struct l3_list *kept)
{
	int r = 0;

	for (size_t i = 0; i < p->state->count && !r && kept->count; i++)
		r = give_all(p, p->state->devices[i]->link.name, kept);
	return r;
}

static int rename_device(struct planner *p, struct device *d, const char *name, struct link *change)
{
	struct l3_list kept = {0};
	bool up = d->link.up;
	int r = planner_suspend(p, d, &kept);
	struct link to = *change, from = {.kind = d->link.kind};

	to.kind = d->link.kind;
	to.set |= LINK_RENAME;
	memcpy(to.name, d->link.name, sizeof(to.name));
	text_copy(to.new_name, sizeof(to.new_name), name);
	text_copy(from.name, sizeof(from.name), name);
	memcpy(from.new_name, d->link.name, sizeof(from.new_name));
	for (unsigned int f = 1; f <= LINK_ALTNAME; f <<= 1)
		if (to.set & f && f != LINK_RENAME)
			link_copy_field(&from, &d->link, f);
	from.set |= LINK_RENAME;
	if (!r)
		r = plan_append(p->plan, STEP_LINK_SET, &to, STEP_LINK_SET, &from, p->e);
	if (!r)
		r = planner_simulate(p);
	if (!r && up)
		r = planner_up(p, d, true);
	if (!r)
		r = planner_resume(p, &kept);
	l3_list_free(&kept);
	return r;
}

int planner_legacy_take(struct planner *p, const struct device *w, struct l3_list *kept)
{
	struct device *s = host_find(p->state, w->renamed_from);
	struct link change = {.set = LINK_ALIAS};
	struct mark m = {.origin = MARK_PORT, .was = MARK_WAS_UP | MARK_WAS_NAME};
	int r;

	if (host_find(p->state, w->link.name))
		return 0;
	if (!s)
		return w->optional ? 0
				   : planner_refuse(p, w, ENODEV, "there is no device '%s' to be renamed %s", w->renamed_from,
					     w->link.name);
	m.was_up = s->link.up;
	memcpy(m.was_name, w->renamed_from, sizeof(m.was_name));
	if (s->link.set & LINK_ADDR_GEN) {
		m.was |= MARK_WAS_ADDR_GEN;
		m.was_addr_gen = s->link.addr_gen;
		change.set |= LINK_ADDR_GEN;
		change.addr_gen = w->link.addr_gen;
	}
	memcpy(change.alias, s->link.alias, sizeof(change.alias));
	if (mark_write(change.alias, &m, p->e))
		return planner_refuse(p, w, ENOSPC, "%s: its alias is too long", w->renamed_from);
	r = planner_keep(p, w->renamed_from, kept);
	if (!r)
		r = planner_drop(p, w->renamed_from);
	return r ? r : rename_device(p, s, w->link.name, &change);
}

int planner_legacy_give(struct planner *p, const struct device *owner, const struct l3_list *kept)
{
	struct device *s = host_find(p->state, owner->link.name);
	const struct device *u = host_find(p->state, owner->mark.uplink);
	struct link gen = {.set = LINK_ADDR_GEN};
	int r = give_all(p, owner->link.name, kept);

	if (r || !s || !u || !(u->mark.was & MARK_WAS_ADDR_GEN) || !planner_is_host(p, owner->link.name))
		return r;
	gen.addr_gen = u->mark.was_addr_gen;
	return planner_set(p, s, &gen);
}

int planner_legacy_return(struct planner *p, struct device *d, const struct l3_list *kept)
{
	struct link change = {.set = LINK_ALIAS}, gen = {.set = LINK_ADDR_GEN, .addr_gen = d->mark.was_addr_gen};
	struct mark mark = d->mark;
	int r;

	memcpy(change.alias, d->link.alias, sizeof(change.alias));
	mark_write(change.alias, &(struct mark){0}, NULL);
	r = rename_device(p, d, mark.was_name, &change);
	if (!r && mark.was & MARK_WAS_UP)
		r = planner_up(p, d, mark.was_up);
	if (!r)
		r = give_all(p, mark.was_name, kept);
	if (!r && mark.was & MARK_WAS_ADDR_GEN && !mark.was_addr_gen && mark.was_up && !planner_is_host(p, mark.was_name))
		r = planner_add_link_local(p, d);
	return r || !(mark.was & MARK_WAS_ADDR_GEN) ? r : planner_set(p, d, &gen);
}
