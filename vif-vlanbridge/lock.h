/* SPDX-License-Identifier: ISC */
/* Locks between runs of this program. One file for all, a byte for each thing: the kernel's record locks, which end
 * with the process. */
#ifndef VIF_LOCK_H
#define VIF_LOCK_H

#include "deadline.h"
#include "err.h"

/* Takes the lock of a NIC: its vif and its tap are attached, changed and detached by one run at a time. Nobody else has
 * it, as long as the toolstack runs one script after the other and no update is under way: two system calls. Returns
 * the lock for lock_release; -1 when there is no place for one, and then the runs are in no order, nothing worse; or
 * -ETIMEDOUT with a message in e. */
int lock_nic(unsigned int domid, unsigned int devid, struct deadline *d, struct err *e);

/* The same for the runs that have a bridge created. */
int lock_demand(struct deadline *d, struct err *e);

void lock_release(int lock); /* -1 is fine */

#endif
