// SPDX-License-Identifier: ISC
// The time up to which the hook waits.
#include "deadline.h"

int deadline_left_ms(struct deadline *d)
{
	struct timespec now;
	long long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!d->end.tv_sec) {
		d->end = now;
		d->end.tv_sec += d->seconds;
	}
	ms = (d->end.tv_sec - now.tv_sec) * 1000LL + (d->end.tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? (int)ms : 0;
}

void deadline_extend(struct deadline *d, int seconds)
{
	if (deadline_left_ms(d) < seconds * 1000)
		*d = (struct deadline){.seconds = seconds};
}
