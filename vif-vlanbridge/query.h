/* SPDX-License-Identifier: ISC */
/* Asks the kernel about the devices of a run. */
#ifndef VIF_QUERY_H
#define VIF_QUERY_H

#include <stddef.h>

#include "bridge_ref.h"
#include "err.h"
#include "netlink.h"

/* Looks all SLOTS names up that aren't empty, in one send; in a second one the bridges that VLAN
 * devices are ports of, if there are any. A name that doesn't exist isn't an error. Returns 0 or
 * -errno with a sentence in e. */
int query_devices(
	struct netlink *nl, char (*names)[ALTNAME_SIZE], struct lookup *lookups, struct err *e);

/* The names of all bridges; the caller frees *names. Returns 0 or -errno with a sentence in e. */
int query_bridge_names(struct netlink *nl, char (**names)[NAME_SIZE], size_t *n, struct err *e);

#endif
