/* SPDX-License-Identifier: ISC */
/* Whether a guest's NICs would find their bridges and VLANs here, before it is started or migrated here. Pure. */
#ifndef CHECK_GUEST_H
#define CHECK_GUEST_H

#include "check.h"
#include "config.h"
#include "err.h"

/* Reads text, the xl configuration of a guest, and adds a line for each of its vif entries: one with the problem
 * "guest-nic", or, where all is well, with problem NULL. file is its name, for messages. c is the host's configuration,
 * which makes bridges on demand. Returns 0 or -errno with a message in e. */
int check_guest(const char *file, const char *text, size_t size, const struct host *h, const struct config *c,
	struct check_report *ret, struct err *e);

#endif
