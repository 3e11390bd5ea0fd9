/* SPDX-License-Identifier: ISC */
/* What a plan moves from one device to another. Pure. */
#ifndef PLAN_MOVE_H
#define PLAN_MOVE_H

#include "plan.h"

/* The device that a step is about; "" where there is none. */
const char *step_device(const struct step *s);

/* Whether one of two steps adds the entry that the other deletes, whatever their devices. */
bool step_reverses_entry(const struct step *a, const struct step *b);

/* The step that deletes what s adds, of another device that stays, or adds what it deletes: the entry moves. NULL: it
 * doesn't. */
const struct step *plan_find_counterpart(const struct plan *p, const struct host *current, const struct step *s);

/* Whether a device only keeps entries while the plan is carried out. */
bool plan_is_parking(const struct plan *p, const struct host *current, const char *device);

/* How many devices p changes, those aside that only keep entries meanwhile. */
size_t plan_count_devices(const struct plan *p, const struct host *current);

#endif
