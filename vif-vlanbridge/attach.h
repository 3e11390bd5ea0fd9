/* SPDX-License-Identifier: ISC */
/* Does to a vif or tap what decide.h decided. */
#ifndef VIF_ATTACH_H
#define VIF_ATTACH_H

#include "decide.h"
#include "err.h"
#include "netlink.h"

/* Makes the device a port, in one send, and up. Returns 0; or -errno with a sentence in e, and the
 * device is as after attach_undo: -EAGAIN when the bridge, one on demand, went away meanwhile: find
 * or make it anew. */
int attach_device(struct netlink *nl, const struct attachment *a, struct err *e);

/* Gives the device its new name (it is to have one) before the rest: plug and attach_undo do no
 * more about it. Of two that want a name the kernel lets one have it. Returns 0 or -errno with a
 * sentence in e, and then nothing was done but that the device may be down. */
int attach_rename(struct netlink *nl, struct attachment *a, struct err *e);

/* Gives a device, which has to be down, the name that it had. */
void attach_undo_rename(struct netlink *nl, int index, const char *name);

/* Takes back what plug did, as far as that is still possible: the device is down, in no bridge,
 * with the name, MTU and addresses that it had. */
void attach_undo(struct netlink *nl, const struct attachment *a);

/* Takes the device out of its bridge and down. Returns 0 or -errno with a sentence in e; a device
 * that is gone is no error. */
int detach_device(struct netlink *nl, const struct link *dev, struct err *e);

#endif
