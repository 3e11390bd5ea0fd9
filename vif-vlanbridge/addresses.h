/* SPDX-License-Identifier: ISC */
/* The IP addresses of a device that becomes a port: dom0 has none on it. */
#ifndef VIF_ADDRESSES_H
#define VIF_ADDRESSES_H

#include <stdbool.h>

#include "err.h"
#include "netlink.h"

/* The request for the addresses of a device, a dump, for netlink_send; whether an answer to it is one. Linux
 * before 4.20 answers with those of all devices. */
struct nl_msg *addresses_msg_dump(int index);
bool addresses_is_of(const struct nlmsghdr *h, int index);

/* Deletes all IPv4 and IPv6 addresses of a device, as vif-bridge does (`ip address flush`). Returns 0, also for a
 * device that is gone, or -errno with a message in e. */
int addresses_flush(struct netlink *nl, int index, struct err *e);

#endif
