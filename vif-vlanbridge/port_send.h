/* SPDX-License-Identifier: ISC */
/* Carries out what port_change.h decided. */
#ifndef VIF_PORT_SEND_H
#define VIF_PORT_SEND_H

#include "err.h"
#include "netlink.h"
#include "port_change.h"

/* Reads the VLANs of a port. Returns 0, or -errno with a message in e. */
int port_read_vlans(struct netlink *nl, int index, struct port_vlans *ret, struct err *e);

/* Carries out those of the steps that the change has, in one send; the kernel goes on after one that it refuses. to is
 * what the port is to be in. Returns 0; or -errno with a message in e: -EAGAIN where a bridge on demand was removed
 * meanwhile. */
int port_send(struct netlink *nl, int index, const struct port_change *c, unsigned int steps,
	const struct port_state *to, struct err *e);

#endif
