/* SPDX-License-Identifier: ISC */
/* The desired state of the whole host. Pure. Every refusal is made here. */
#ifndef TARGET_H
#define TARGET_H

#include "config.h"
#include "host.h"
#include "origin.h"

/* The target for origin o and configuration c. stop has c == NULL: the target is the origin. Returns 0 and a host,
 * which the caller frees; or -errno with a message in e that starts with file:line: something that c names is missing
 * or used by an unmanaged device, or dom0 would lose an address. */
int target_make(const struct origin *o, const struct config *c, struct host *ret, struct err *e);

#endif
