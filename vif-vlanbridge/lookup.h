/* SPDX-License-Identifier: ISC */
/* What the kernel says about the names that a run asks for: filled by query.h, read by what
 * decides. */
#ifndef VIF_LOOKUP_H
#define VIF_LOOKUP_H

#include <stdbool.h>

#include "link.h"

#define PARENT_SIZE 32

struct lookup {
	bool found;
	struct link link;
	char parent[PARENT_SIZE]; /* the device that it belongs to: "vif-1-0" for netback's, or "" */
	struct link bridge;       /* link itself if it is a bridge, else its master if that is one;
				     index 0: none */
};

/* The names, those of the vif or tap first. */
enum slot {
	SLOT_DEV,    /* the device as the toolstack calls it */
	SLOT_NEW,    /* the name that it is to have, or has already */
	SLOT_VIF,    /* a tap's: the name that its NIC's vif is to have */
	SLOT_BRIDGE, /* bridge= */
	SLOT_BASE,   /* NAME of bridge=NAME.VLAN; or see bridge_ref_add_uplink_vlan */
	SLOT_VLAN,   /* NAME.VLAN of bridge=NAME, vlan=VLAN */
	SLOT_ETH,    /* ethN for xenbrN */
	SLOTS
};

#endif
