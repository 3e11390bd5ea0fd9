// SPDX-License-Identifier: ISC
// What a plan moves from one device to another, seen from its steps.
#include "plan_move.h"

#include <string.h>

const char *step_device(const struct step *s)
{
	if (s->link)
		return s->link->name;
	return s->entry && s->entry->device_count ? s->entry->devices[0].name : "";
}

bool step_reverses_entry(const struct step *a, const struct step *b)
{
	if (!(a->kind == STEP_L3_ADD && b->kind == STEP_L3_DEL) && !(a->kind == STEP_L3_DEL && b->kind == STEP_L3_ADD))
		return false;
	return a->entry->kind == b->entry->kind && a->entry->family == b->entry->family &&
	       !strcmp(a->entry->key, b->entry->key);
}

bool plan_is_parking(const struct plan *p, const struct host *current, const char *device)
{
	const struct device *d = host_find(current, device);

	if (d && d->mark.parking)
		return true;
	for (size_t i = 0; i < p->count; i++)
		if (p->steps[i].kind == STEP_LINK_ADD && p->steps[i].link->kind == KIND_DUMMY &&
			!strcmp(p->steps[i].link->name, device))
			return true;
	return false;
}

const struct step *plan_find_counterpart(const struct plan *p, const struct host *current, const struct step *s)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct step *other = &p->steps[i];

		if (step_reverses_entry(s, other) && strcmp(step_device(s), step_device(other)) &&
			!plan_is_parking(p, current, step_device(other)))
			return other;
	}
	return NULL;
}

static bool is_first_step(const struct plan *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(step_device(&p->steps[i]), step_device(&p->steps[n])))
			return false;
	return true;
}

size_t plan_count_devices(const struct plan *p, const struct host *current)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		if (*step_device(&p->steps[i]) && is_first_step(p, i) &&
			!plan_is_parking(p, current, step_device(&p->steps[i])))
			n++;
	return n;
}
