/* SPDX-License-Identifier: ISC */
/* The difference between two hosts, as ordered steps. Pure: no socket, no clock, no log. */
#ifndef PLAN_H
#define PLAN_H

#include "host.h"
#include "step.h"

struct plan {
	struct step *steps;
	size_t count;
};

/* Computes the steps that turn current into target, on the kernel model. Devices that target doesn't have and that
 * aren't ours are left alone. Returns 0 and the plan, which the caller frees; or -errno with a message in e when there
 * is no way. */
int plan_make(const struct host *current, const struct host *target, struct plan *ret, struct err *e);
void plan_free(struct plan *p); /* fine on {0} */

#endif
