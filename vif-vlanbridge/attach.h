/* SPDX-License-Identifier: ISC */
/* Carries out what decide.h decided for a vif or tap. */
#ifndef VIF_ATTACH_H
#define VIF_ATTACH_H

#include "decide.h"
#include "err.h"
#include "netlink.h"

/* Makes the device a port, in one send, and sets it up. Returns 0; or -errno with a message in e,
 * and the device is as after attach_undo: -EAGAIN when the bridge was removed with its last vif
 * meanwhile, and has to be found or created again. */
int attach_device(struct netlink *nl, const struct attachment *a, struct err *e);

/* Renames the device (a has LINK_RENAME) before attach_device, which then does no more about the
 * name, nor does attach_undo. The kernel gives a name to only one device, so this can fail because
 * of another run. Returns 0, or -errno with a message in e; the device may be down then. */
int attach_rename(struct netlink *nl, struct attachment *a, struct err *e);

/* Renames the device back to name. It has to be down. Errors are ignored. */
void attach_undo_rename(struct netlink *nl, int index, const char *name);

/* Undoes attach_device as far as possible: the device is down, in no bridge, and has the name, MTU
 * and addresses that it had. Errors are ignored. */
void attach_undo(struct netlink *nl, const struct attachment *a);

/* Sets the device down and takes it out of its bridge. Returns 0, also for a device that is gone,
 * or -errno with a message in e. */
int detach_device(struct netlink *nl, const struct link *dev, struct err *e);

#endif
