/* SPDX-License-Identifier: ISC */
/* Inside the plan: every step goes through these, which keep the model abreast of the steps. */
#ifndef PLANNER_H
#define PLANNER_H

#include "plan.h"

struct planner {
	const struct topology *wanted, *only;
	struct topology *state; /* as it will be after the steps so far */
	enum plan_scope scope;
	struct plan *plan;
	struct err *e;
};

/* Changes d by those fields and options of change that differ from what it has; no step when none does. */
int planner_set(struct planner *p, struct device *d, const struct link *change);
int planner_add(struct planner *p, const struct link *l);
int planner_delete(struct planner *p, struct device *d);

/* Shorthands of planner_set. */
int planner_up(struct planner *p, struct device *d, bool up);
int planner_master(struct planner *p, struct device *d, const char *master);

/* plan_sweep.c: takes away what is ours, in scope and not wanted; gives borrowed devices back. */
int planner_sweep(struct planner *p);

/* A sentence about w with file:line in front. Returns -code. */
int planner_refuse(struct planner *p, const struct device *w, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
