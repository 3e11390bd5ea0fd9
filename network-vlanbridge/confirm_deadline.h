/* SPDX-License-Identifier: ISC */
/* Who waits for the end of a deadline when we, the terminal and its session are gone. */
#ifndef CONFIRM_DEADLINE_H
#define CONFIRM_DEADLINE_H

#include <stdbool.h>

#include "err.h"

/* Deadlines are nanoseconds of CLOCK_BOOTTIME, which goes on while the host is suspended. */
#define SECOND 1000000000LL

long long deadline_now(void);

/* Sees to it that `network-vlanbridge await-confirm DEADLINE` is running at the deadline, whatever happens to this
 * process: by a timer of systemd where that runs, else by a process of its own. Returns 0 or -errno with a message. */
int deadline_hold(long long deadline, struct err *e);

/* Takes systemd's timer away. The process sees by itself that nothing waits any more. */
void deadline_release(void);

/* Sleeps until then, but no longer than a second. Returns whether the deadline is there. */
bool deadline_sleep(long long deadline);

#endif
