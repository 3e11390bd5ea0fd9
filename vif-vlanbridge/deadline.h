/* SPDX-License-Identifier: ISC */
/* The moment up to which the hook waits: for a device, for a program. libxl kills it after 40 s and
 * then reads no error, so it gives up by itself before. */
#ifndef VIF_DEADLINE_H
#define VIF_DEADLINE_H

#include <time.h>

#define DEADLINE_SECONDS 20
#define DEADLINE_UNDO_SECONDS 5 /* more, to take back what was done */

struct deadline {
	int seconds;         /* set by the owner */
	struct timespec end; /* CLOCK_MONOTONIC; 0 until the first wait, which starts it */
};

int deadline_left_ms(struct deadline *d); /* milliseconds, for poll; 0 when it is over */

#endif
