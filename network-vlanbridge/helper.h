/* SPDX-License-Identifier: ISC */
/* Other programs that do what isn't ours to do: modprobe, the host's DHCP client. */
#ifndef HELPER_H
#define HELPER_H

#include <stdbool.h>

#include "err.h"

/* Loads the bonding module without its bond0. Returns 0 or -errno with a sentence in e. */
int helper_load_bonding(struct err *e);

/* Starts the host's DHCP client (dhcpcd, dhclient or udhcpc, the first that is there) on a device, in the background; or ends
 * it. Returns 0 or -errno with a sentence in e. */
int helper_dhcp(const char *device, bool start, struct err *e);

#endif
