/* SPDX-License-Identifier: ISC */
/* Devices that aren't there yet: at boot, drivers are still looking for their cards. */
#ifndef WAIT_H
#define WAIT_H

#include "config.h"
#include "host.h"
#include "netlink.h"

/* Whether one that config needs isn't there. */
bool wait_is_needed(const struct config *config, const struct host *current);

/* Waits until every device that config needs is there, config->wait seconds at most, by the kernel's events. What is
 * missing then is refused by the target. Returns 0, or -errno with a message in e when it can't listen. */
int wait_for_devices(struct netlink *nl, const struct config *config, struct err *e);

#endif
