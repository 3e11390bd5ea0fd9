/* SPDX-License-Identifier: ISC */
/* Asks the kernel about the devices of a run. */
#ifndef VIF_FIND_H
#define VIF_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "deadline.h"
#include "err.h"
#include "netlink.h"
#include "target.h"

/* Looks all SLOTS names up that aren't empty, in one send; in a second one the bridges that VLAN
 * devices are ports of, if there are any. A name that doesn't exist isn't an error. Returns 0 or
 * -errno with a sentence in e. */
int find_devices(
	struct netlink *nl, char (*names)[ALTNAME_SIZE], struct device *devices, struct err *e);

/* A socket that tells when devices change, for the caller to close; or -errno with a sentence in e. */
int find_listen(struct err *e);

/* Waits for such a change. Returns false when the deadline is over. */
bool find_event(int fd, struct deadline *d);

/* The names of all bridges; the caller frees *names. Returns 0 or -errno with a sentence in e. */
int find_bridges(struct netlink *nl, char (**names)[NAME_SIZE], size_t *n, struct err *e);

#endif
