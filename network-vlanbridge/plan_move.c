// SPDX-License-Identifier: ISC
// Addresses, routes and rules move with the link they belong to.
//
// Add the addresses to the new device, so that the host never is without; let the device join (the caller); then each route
// by the new device before the one by the old goes, nearer ones before those through gateways; rules; last the old addresses.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "planner.h"

int planner_record(struct planner *p, bool add, const struct l3_entry *r)
{
	int result = plan_append_record(p->plan, add, r, p->e);

	return result ? result : planner_simulate(p);
}

bool planner_is_host(const struct planner *p, const char *device)
{
	for (size_t i = 0; i < p->state->records.count; i++) {
		const struct l3_entry *r = p->state->records.list[i];

		if (!r->link_local && l3_uses(r, device))
			return true;
	}
	return false;
}

static bool has(const struct planner *p, const struct l3_entry *r)
{
	for (size_t i = 0; i < p->state->records.count; i++)
		if (l3_equal(p->state->records.list[i], r))
			return true;
	return false;
}

// The records of a device, copied: the list changes while they move.
static int pick(struct planner *p, const char *device, enum l3_kind kind, struct l3_list *ret)
{
	for (size_t i = 0; i < p->state->records.count; i++) {
		const struct l3_entry *r = p->state->records.list[i];

		if (r->kind == kind && l3_uses(r, device) && l3_list_add(ret, r))
			return err_set(p->e, ENOMEM, "no memory for the plan");
	}
	return 0;
}

static int add_moved(struct planner *p, const struct l3_entry *r, const char *from, const char *to)
{
	struct l3_entry *moved = l3_copy(r);
	int result = 0;

	if (!moved)
		return err_set(p->e, ENOMEM, "no memory for the plan");
	// What the file gave to the one isn't the other's.
	if (r->ours && !r->link_local) {
		l3_free(moved);
		return 0;
	}
	l3_move(moved, from, to);
	if (!has(p, moved))
		result = planner_record(p, true, moved);
	l3_free(moved);
	return result;
}

// The kernel lists IPv6 addresses the newest first, so the oldest is added first; IPv4 ones in the order they came.
static int add_addresses(struct planner *p, const struct l3_list *all, const char *from, const char *to, bool link_local)
{
	int result = 0;

	for (size_t i = 0; i < all->count && !result; i++)
		if (all->list[i]->family == AF_INET)
			result = add_moved(p, all->list[i], from, to);
	for (size_t i = all->count; i-- > 0 && !result;)
		if (all->list[i]->family != AF_INET && (link_local || !all->list[i]->link_local))
			result = add_moved(p, all->list[i], from, to);
	return result;
}

int planner_move_addresses(struct planner *p, const char *from, const char *to, bool link_local)
{
	struct l3_list all = {0};
	int result = pick(p, from, L3_ADDRESS, &all);

	if (!result)
		result = add_addresses(p, &all, from, to, link_local);
	l3_list_free(&all);
	return result;
}

static int move_routes(struct planner *p, const struct l3_list *all, const char *from, const char *to, bool gateway)
{
	int result = 0;

	for (size_t i = 0; i < all->count && !result; i++) {
		if (all->list[i]->gateway != gateway)
			continue;
		result = add_moved(p, all->list[i], from, to);
		if (!result)
			result = planner_record(p, false, all->list[i]);
	}
	return result;
}

// IPv4 addresses the last first: deleting a primary one takes its secondary ones along, and the undo adds them in order. All else
// as the kernel lists it: default routes before the nearer ones, which the undo then finds in place.
static int delete_all(struct planner *p, const struct l3_list *all)
{
	int result = 0;

	for (size_t i = all->count; i-- > 0 && !result;)
		if (all->list[i]->family == AF_INET && all->list[i]->kind == L3_ADDRESS)
			result = planner_record(p, false, all->list[i]);
	for (size_t i = 0; i < all->count && !result; i++)
		if (all->list[i]->family != AF_INET || all->list[i]->kind != L3_ADDRESS)
			result = planner_record(p, false, all->list[i]);
	return result;
}

int planner_move_rest(struct planner *p, const char *from, const char *to)
{
	struct l3_list routes = {0}, rules = {0}, addresses = {0};
	int result = pick(p, from, L3_ROUTE, &routes);

	if (!result)
		result = pick(p, from, L3_RULE, &rules);
	if (!result)
		result = pick(p, from, L3_ADDRESS, &addresses);
	if (!result)
		result = move_routes(p, &routes, from, to, false);
	if (!result)
		result = move_routes(p, &routes, from, to, true);
	if (!result)
		result = move_routes(p, &rules, from, to, false);
	if (!result)
		result = delete_all(p, &addresses);
	l3_list_free(&routes);
	l3_list_free(&rules);
	l3_list_free(&addresses);
	return result;
}

int planner_drop(struct planner *p, const char *device)
{
	static const enum l3_kind order[] = {L3_RULE, L3_ROUTE, L3_ADDRESS};
	int result = 0;

	for (size_t i = 0; i < 3 && !result; i++) {
		struct l3_list all = {0};

		result = pick(p, device, order[i], &all);
		if (!result)
			result = delete_all(p, &all);
		l3_list_free(&all);
	}
	return result;
}

// An address of ours that isn't wanted any more.
static bool unwanted(const struct planner *p, const struct l3_entry *r, const char *device)
{
	return r->ours && (!device || l3_uses(r, device)) && !l3_list_find(&p->wanted->records, r);
}

// With a device's last address the kernel drops its routes: when an address goes, our routes go first, and come again.
static bool goes(const struct planner *p, const struct l3_entry *r, const char *device)
{
	if (unwanted(p, r, device))
		return true;
	for (size_t i = 0; i < p->state->records.count && r->ours && r->kind == L3_ROUTE; i++) {
		const struct l3_entry *a = p->state->records.list[i];

		if (a->kind == L3_ADDRESS && l3_uses(a, r->links[0].name) && unwanted(p, a, device))
			return true;
	}
	return false;
}

int planner_drop_ours(struct planner *p, const char *device)
{
	struct l3_list gone = {0};
	int result = 0;

	for (size_t i = 0; i < p->state->records.count && !result; i++)
		if (goes(p, p->state->records.list[i], device) && l3_list_add(&gone, p->state->records.list[i]))
			result = err_set(p->e, ENOMEM, "no memory for the plan");
	// The list has addresses before routes.
	for (size_t i = gone.count; i-- > 0 && !result;)
		result = planner_record(p, false, gone.list[i]);
	l3_list_free(&gone);
	return result;
}

int planner_drop_link_local(struct planner *p, const char *device)
{
	struct l3_list all = {0};
	int result = pick(p, device, L3_ADDRESS, &all);

	for (size_t i = 0; i < all.count && !result; i++)
		if (all.list[i]->link_local)
			result = planner_record(p, false, all.list[i]);
	l3_list_free(&all);
	return result;
}

int planner_add_link_local(struct planner *p, const struct device *d)
{
	struct l3_entry *r;
	int result;

	if (l3_link_local(d->link.mac, d->link.name, &r))
		return err_set(p->e, ENOMEM, "no memory for the plan");
	result = planner_record(p, true, r);
	l3_free(r);
	return result;
}
