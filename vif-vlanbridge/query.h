/* SPDX-License-Identifier: ISC */
/* Asks the kernel about the names of a run. */
#ifndef VIF_QUERY_H
#define VIF_QUERY_H

#include <stddef.h>

#include "err.h"
#include "lookup.h"
#include "netlink.h"

/* Asks for the SLOTS names that aren't empty in one send; if devices were found that are ports of a
 * bridge, for their masters in a second one. A name that doesn't exist isn't an error. Returns 0,
 * with SLOTS lookups filled, or -errno with a message in e. */
int query_devices(struct netlink *nl, char (*names)[ALTNAME_SIZE], struct lookup *lookups, struct err *e);

/* The device that a network device belongs to, as directory (/sys/class/net) has it: "vif-1-0" for netback's; or "". */
void query_parent(const char *directory, const char *device, char parent[PARENT_SIZE]);

/* The names of all bridges. Returns 0 and n names, which the caller frees; or -errno with a message
 * in e. */
int query_bridge_names(struct netlink *nl, char (**names)[NAME_SIZE], size_t *n, struct err *e);

#endif
