/* SPDX-License-Identifier: ISC */
/* The IP addresses of a device that becomes a port: dom0 has none on it. */
#ifndef VIF_ADDRESSES_H
#define VIF_ADDRESSES_H

#include "err.h"
#include "netlink.h"

/* Deletes all IPv4 and IPv6 addresses of a device, as vif-bridge does (`ip address flush`). Returns 0, also for a
 * device that is gone, or -errno with a message in e. */
int addresses_flush(struct netlink *nl, int index, struct err *e);

#endif
