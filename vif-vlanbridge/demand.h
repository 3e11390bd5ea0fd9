/* SPDX-License-Identifier: ISC */
/* Bridges on demand: network-vlanbridge makes and removes them, under its lock; it alone reads the
 * file. */
#ifndef VIF_DEMAND_H
#define VIF_DEMAND_H

#include "deadline.h"
#include "err.h"

/* Waits until no other run of the hook is having a bridge made: when many guests start at once,
 * most of them then find the bridge, and need no process. Returns what demand_unlock takes (-1:
 * there is no place for a lock), or -ETIMEDOUT with a sentence in e. */
int demand_lock(struct deadline *d, struct err *e);
void demand_unlock(int turn);

/* Has the bridge made that `bridge=NAME` means. Returns 0 when it is there; -ENODEV, e untouched,
 * when the file doesn't make such a bridge on demand; or another -errno with a sentence in e. */
int demand_create_bridge(const char *name, struct deadline *d, struct err *e);

/* Has a bridge on demand removed if no vif is left in it. Returns 0 or -errno with a sentence in e.
 */
int demand_release_bridge(const char *bridge, struct deadline *d, struct err *e);

#endif
