/* SPDX-License-Identifier: ISC */
/* How `bridge=` and `vlan=` find the bridge. Pure: first the names to ask the kernel about, all at
 * once, then what its answers mean. The rules are those of vif-vlanbridge(8), first match wins. */
#ifndef VIF_BRIDGE_REF_H
#define VIF_BRIDGE_REF_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "link.h"
#include "names.h"
#include "nic.h"
#include "vlans.h"

#define PARENT_SIZE 32

/* What the kernel says about a name. */
struct lookup {
	bool found;
	struct link link;
	char parent[PARENT_SIZE]; /* what it is the network device of: "vif-1-0" for netback's, or
				     "" */
	struct link bridge; /* itself if it is a bridge, else the bridge that it is a port of; index
			       0: none */
};

/* The names that a run asks about. Those of the vif come first. */
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

struct bridge_ref {
	char names[SLOTS][ALTNAME_SIZE]; /* "": nothing to ask about */
	bool has_list;                   /* vlan= */
	const char *list_text;           /* its text: nic's */
	struct port_vlans list;
	unsigned int access; /* the VLAN ID where list means one VLAN, untagged; else 0 */
	bool has_suffix;     /* the .VLAN[:TRUNK…] of bridge= */
	struct port_vlans suffix;
	bool bad_vlan; /* bridge=NAME.NUMBER, and the number can't be a VLAN ID */
	bool trunk;    /* the suffix has more than one VLAN */
};

/* The bridge to join. */
struct bridge_choice {
	const struct link *bridge;
	const struct port_vlans
		*vlans; /* the port's, on a VLAN-aware bridge; NULL: the bridge's default */
};

/* Reads bridge= and vlan= of nic (bridge= isn't empty) and fills the names of the slots from
 * SLOT_BRIDGE on. Returns 0, or -EINVAL with a sentence in e. */
int bridge_ref_parse(const struct nic *nic, struct bridge_ref *ref, struct err *e);

/* Chooses among what the kernel has. Returns 0; or -errno with a sentence in e that says what the
 * name is, what was asked and what would work: -ENODEV where the bridge isn't there but may be made
 * on demand (bridge_ref_demand_name), -EAGAIN where network-vlanbridge hasn't finished it, another
 * where waiting can't help. The choice points into devices and t. */
int bridge_ref_resolve(const struct bridge_ref *ref, const struct lookup lookups[SLOTS],
	struct bridge_choice *ret, struct err *e);

/* For a better sentence: where NAME of bridge=NAME, vlan=VLAN turned out to carry another VLAN, the
 * next look is for UPLINK.VLAN too. */
void bridge_ref_add_uplink_vlan(struct bridge_ref *ref, const struct lookup lookups[SLOTS]);

/* The name that `network-vlanbridge demand` understands for it. */
const char *bridge_ref_demand_name(const struct bridge_ref *ref);

#endif
