/* SPDX-License-Identifier: ISC */
/* The VLANs of a port of a VLAN-aware bridge, as netlink has them (bridge(8): `bridge vlan`). */
#ifndef COMMON_PORT_MSG_H
#define COMMON_PORT_MSG_H

#include "vlans.h"

struct nl_msg;
struct nlmsghdr;

/* Adds v to (or takes its IDs from) the port with that index; self: the bridge's own port, index being the bridge's.
 * One message, whatever the number of VLANs. Returns NULL without memory. */
struct nl_msg *port_msg_vlans(int index, bool self, bool add, const struct port_vlans *v);

/* The message that makes a port the only way to a MAC address, in each of its VLANs, whatever the bridge may learn; or
 * no longer. */
struct nl_msg *port_msg_static_mac(int index, bool add, const uint8_t mac[6]);

/* Asks for the VLANs of all ports; port_msg_parse reads an answer. Returns 0 and the port's index, or -ENODATA for an
 * answer without VLANs. */
struct nl_msg *port_msg_dump(void);
int port_msg_parse(const struct nlmsghdr *h, int *index, struct port_vlans *v);

#endif
