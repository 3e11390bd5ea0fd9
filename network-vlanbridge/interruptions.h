/* SPDX-License-Identifier: ISC */
/* Who is cut off while a plan is carried out, and for how long. */
#ifndef INTERRUPTIONS_H
#define INTERRUPTIONS_H

#include "host.h"
#include "plan.h"

/* Calls tell with a sentence, without the newline, for each bond that goes down on the way, and for each guest's device
 * that changes its bridge or leaves it. */
void interruptions_tell(const struct plan *p, const struct host *current, const struct host *target,
	void (*tell)(const char *sentence));

/* The same for each address of dom0 that goes from one device to another. */
void interruptions_tell_moves(const struct plan *p, const struct host *current, void (*tell)(const char *sentence));

/* Refuses a target that leaves vifs of running guests in no bridge. Returns 0, or -EBUSY with a message in e that names
 * them. */
int interruptions_refuse(const struct host *current, const struct host *target, struct err *e);

#endif
