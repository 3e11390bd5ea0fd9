/* SPDX-License-Identifier: ISC */
/* How the port of a guest gets from one state to another, while the guest uses it. Pure: the way back is the same with
 * the states swapped. */
#ifndef VIF_PORT_CHANGE_H
#define VIF_PORT_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"
#include "vlans.h"

struct port_state {
	struct link_ref bridge; /* index 0: none */
	bool vlan_aware;        /* the bridge is: what is about VLANs counts */
	bool demand;            /* the bridge goes with its last vif */
	bool tx_offload_off;
	unsigned int default_pvid; /* which a new port of the bridge is in; 0: none */
	struct port_vlans vlans;
	uint32_t mtu;
	char alias[ALIAS_SIZE];
	uint64_t flags; /* LINK_PORT_ISOLATED, LINK_PORT_LEARNING and LINK_PORT_LOCKED */
	bool pinned;    /* the bridge has a static entry for mac at it */
	uint8_t mac[MAC_SIZE];
};

/* In the order in which they are sent. */
enum port_step {
	PORT_LEAVE, /* down, out of its bridge */
	PORT_UNPIN,
	PORT_LINK,
	PORT_DROP_VLANS,
	PORT_ADD_VLANS,
	PORT_PIN,
	PORT_FLAGS,
	PORT_STEPS
};

#define PORT_BIT(step) (1U << (step)) /* for sets of steps */

struct port_change {
	unsigned int steps;
	unsigned int fields; /* enum link_field: which of link PORT_LINK sets */
	unsigned int flag_fields;
	struct link link; /* and, for PORT_FLAGS, flag_fields of it */
	struct port_vlans drop, add;
	uint8_t unpin[MAC_SIZE], pin[MAC_SIZE];
};

/* Whether a port is in another bridge, or in other VLANs. */
bool port_moves(const struct port_state *from, const struct port_state *to);

/* Decides on the steps. VLANs are left before others are joined. anew: it leaves its bridge for a moment, also if that
 * is to be the same: what else changes does so while nothing passes. Going to another bridge is always so. */
void port_change_decide(const struct port_state *from, const struct port_state *to, bool anew, struct port_change *ret);

#endif
