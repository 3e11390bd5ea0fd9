/* SPDX-License-Identifier: ISC */
/* Devices that aren't there yet: at boot, drivers are still looking for their cards. */
#ifndef WAIT_H
#define WAIT_H

#include "netlink.h"
#include "host.h"

/* Waits until every device that wanted needs is there, wanted->wait seconds at most, by the kernel's events. What is missing
 * then is for the plan to say. Returns 0, or -errno with a sentence in e when it can't listen. */
int wait_for_devices(struct netlink *nl, const struct host *wanted, struct err *e);

#endif
