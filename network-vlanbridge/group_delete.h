/* SPDX-License-Identifier: ISC */
/* Deleting many devices: one call for each portion of them, without waiting for a grace period each. */
#ifndef GROUP_DELETE_H
#define GROUP_DELETE_H

#include <stddef.h>

#include "netlink.h"

/* From so many devices on it pays. */
#define GROUP_DELETE_MIN 8

/* Deletes n devices by name, all of them ours, those that stand on others first. Returns 0; or -errno with a message in
 * e: some may be gone then. While many are deleted, the kernel's grace periods are short (/sys/kernel/rcu_expedited):
 * with the default, deleting a bridge and its port waits for two of them, 12 ms each on Linux 6.1. It is set back also
 * if this process is killed. */
int group_delete(struct netlink *nl, const char *const *names, size_t n, struct err *e);

#endif
