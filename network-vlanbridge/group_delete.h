/* SPDX-License-Identifier: ISC */
/* Deleting many devices: one call for each portion of them, without waiting for a grace period each. */
#ifndef GROUP_DELETE_H
#define GROUP_DELETE_H

#include <stdbool.h>
#include <stddef.h>

#include "netlink.h"

/* From so many devices on it pays. */
#define GROUP_DELETE_MIN 8

/* Deletes n devices by name, all of them ours. Returns 0; or -errno with a sentence in e, deleted (of n, not NULL) telling which of
 * them are gone. */
int group_delete(struct netlink *nl, const char *const *names, size_t n, bool *deleted, struct err *e);

/* Makes the kernel's grace periods short (/sys/kernel/rcu_expedited) until expedite_end: with the default, deleting a bridge
 * and its port waits for two of them, 12 ms each on Linux 6.1. Set back also if this process is killed. Returns what
 * expedite_end takes; -1 when there was nothing to set. */
int expedite_begin(void);
void expedite_end(int guard);

#endif
