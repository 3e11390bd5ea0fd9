/* SPDX-License-Identifier: ISC */
/* The time up to which the hook waits, for a device or for a program. libxl kills the hook after
 * 40 s and doesn't read its error then, so the hook gives up first. */
#ifndef VIF_DEADLINE_H
#define VIF_DEADLINE_H

#include <time.h>

#define DEADLINE_SECONDS 20
#define DEADLINE_EXTRA_SECONDS 5 /* for undoing, and for what must be done in any case */

struct deadline {
	int seconds;         /* set by the owner */
	struct timespec end; /* CLOCK_MONOTONIC; 0 until the first call below, which sets it */
};

/* Returns the milliseconds that are left, for poll; 0 when the deadline is over. */
int deadline_left_ms(struct deadline *d);

/* Starts the deadline anew with these seconds, if fewer are left. */
void deadline_extend(struct deadline *d, int seconds);

#endif
