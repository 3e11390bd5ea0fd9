/* SPDX-License-Identifier: ISC */
/* What the kernel has now: dumps to the model of a host. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "host.h"
#include "netlink.h"

/* vlans: with the VLANs of bridges' ports also where no bridge is VLAN-aware, because one is to be. Fills ret, which
 * must be {0}, with all devices of this network namespace, their marks, layer-3 entries, and whether bonding is loaded.
 * Returns 0, or -errno with a message in e; ret is empty then. The caller frees it. */
int snapshot_read(struct netlink *nl, bool vlans, struct host *ret, struct err *e);

/* The devices alone. */
int snapshot_links(struct netlink *nl, struct host *ret, struct err *e);

#endif
