// SPDX-License-Identifier: ISC
// Who is cut off while a plan is carried out: whoever waits for a ping should know why.
#include "interruptions.h"

#include <errno.h>
#include <string.h>

#include "guests.h"
#include "plan_move.h"

#define SENTENCE_SIZE 512

static bool is_bond_down(const struct step *s)
{
	return s->kind == STEP_LINK_SET && s->link->kind == KIND_BOND && s->link->set & LINK_UP && !s->link->up;
}

static bool is_behind(const struct host *h, const struct device *d, const char *uplink)
{
	const struct device *bridge = host_find(h, d->link.master.name);

	return d->mark.origin == MARK_NONE && device_is_kind(bridge, KIND_BRIDGE) && device_is_ours(bridge) &&
	       !strcmp(bridge->mark.uplink, uplink);
}

static void add_name(const struct guests *g, const struct device *d, char *text, size_t size)
{
	const struct guest_nic *nic = guests_find(g, d->link.name);
	size_t n = strlen(text);

	snprintf(text + n, size - n, nic ? " %s (%s)" : " %s", d->link.name, nic ? nic->domain : "");
}

static void tell_bond(
	const struct host *h, const struct guests *g, const char *bond, void (*tell)(const char *sentence))
{
	char text[SENTENCE_SIZE], names[SENTENCE_SIZE - 160] = "";

	for (size_t i = 0; i < h->count; i++)
		if (is_behind(h, h->devices[i], bond))
			add_name(g, h->devices[i], names, sizeof(names));
	snprintf(text, sizeof(text),
		"%s goes down for a moment, and is back in a second, with LACP in a few: the kernel makes this change "
		"only "
		"so%s%s",
		bond, *names ? "; cut off meanwhile:" : "", names);
	tell(text);
}

static void tell_guest(
	const struct device *now, const struct device *then, const struct guests *g, void (*tell)(const char *sentence))
{
	char text[SENTENCE_SIZE], name[SENTENCE_SIZE / 4] = "";

	add_name(g, now, name, sizeof(name));
	if (*then->link.master.name)
		snprintf(text, sizeof(text), "%s goes from %s to %s, and is cut off for less than a second", name + 1,
			now->link.master.name, then->link.master.name);
	else
		snprintf(text, sizeof(text), "%s leaves %s, and is cut off until its bridge is there again", name + 1,
			now->link.master.name);
	tell(text);
}

// Of a guest's device in a bridge of ours, as it will be; NULL where it stays, or is nothing of the kind.
static const struct device *moved(const struct host *current, const struct host *target, const struct device *d)
{
	const struct device *m = host_find(current, d->link.master.name), *then = host_find(target, d->link.name);

	if (d->mark.origin != MARK_NONE || !m || !device_is_ours(m) || !then)
		return NULL;
	return strcmp(d->link.master.name, then->link.master.name) ? then : NULL;
}

static bool is_any(const struct plan *p, const struct host *current, const struct host *target)
{
	for (size_t i = 0; i < p->count; i++)
		if (is_bond_down(&p->steps[i]))
			return true;
	for (size_t i = 0; i < current->count; i++)
		if (moved(current, target, current->devices[i]))
			return true;
	return false;
}

void interruptions_tell(
	const struct plan *p, const struct host *current, const struct host *target, void (*tell)(const char *sentence))
{
	const struct device *then;
	struct guests guests;

	if (!p->count || !is_any(p, current, target)) // to ask for guests takes its time
		return;
	guests_read(&guests);
	for (size_t i = 0; i < p->count; i++)
		if (is_bond_down(&p->steps[i]))
			tell_bond(current, &guests, p->steps[i].link->name, tell);
	for (size_t i = 0; i < current->count; i++) {
		then = moved(current, target, current->devices[i]);
		if (then)
			tell_guest(current->devices[i], then, &guests, tell);
	}
	guests_free(&guests);
}

void interruptions_tell_moves(const struct plan *p, const struct host *current, void (*tell)(const char *sentence))
{
	char text[SENTENCE_SIZE];

	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->steps[i], *from;

		if (s->kind != STEP_L3_ADD || s->entry->kind != L3_ADDRESS || s->entry->link_local ||
			plan_is_parking(p, current, s->entry->devices[0].name))
			continue;
		from = plan_find_counterpart(p, current, s);
		if (!from)
			continue;
		snprintf(text, sizeof(text),
			"dom0's address %s goes from %s to %s: connections to it, like ssh, stand still for a moment",
			s->entry->key, from->entry->devices[0].name, s->entry->devices[0].name);
		tell(text);
	}
}

// " vif1.0 (web) …", and how many.
static size_t find_released(const struct host *current, const struct host *target, char *text, size_t size)
{
	struct guests guests;
	size_t found = 0;

	guests_read(&guests);
	for (size_t i = 0; i < current->count; i++) {
		const struct device *d = current->devices[i], *then = moved(current, target, d);

		if (!then || *then->link.master.name || !guests_find(&guests, d->link.name))
			continue;
		found++;
		add_name(&guests, d, text, size);
	}
	guests_free(&guests);
	return found;
}

int interruptions_refuse(const struct host *current, const struct host *target, struct err *e)
{
	char text[200] = "";
	size_t n = find_released(current, target, text, sizeof(text));

	if (!n)
		return 0;
	return err_set(e, EBUSY,
		"%zu vif%s of running guests would be in no bridge:%s; shut the guests down first, or say --force", n,
		n == 1 ? "" : "s", text);
}
