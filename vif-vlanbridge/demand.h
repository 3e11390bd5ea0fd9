/* SPDX-License-Identifier: ISC */
/* Bridges created on first use. network-vlanbridge creates and removes them, under its lock, and it
 * alone reads the configuration. */
#ifndef VIF_DEMAND_H
#define VIF_DEMAND_H

#include "deadline.h"
#include "err.h"

/* Has the bridge created that `bridge=NAME` means. Returns 0 when it exists; -ENODEV, e untouched,
 * when the file has no such bridge on demand; or another -errno with a message in e. */
int demand_create_bridge(const char *name, struct deadline *d, struct err *e);

/* Has a bridge on demand removed if no vif or tap is left in it. Returns 0, or -errno with a
 * message in e. */
int demand_release_bridge(const char *bridge, struct deadline *d, struct err *e);

#endif
