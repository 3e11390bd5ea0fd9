/* SPDX-License-Identifier: ISC */
/* What `bridge=` and `vlan=` refer to. Pure: first the names to ask the kernel about, all at once,
 * then what its answers mean. The rules are those of vif-vlanbridge(8), first match wins. */
#ifndef VIF_BRIDGE_REF_H
#define VIF_BRIDGE_REF_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "link.h"
#include "lookup.h"
#include "names.h"
#include "nic.h"
#include "vlans.h"

/* With the texts of bridge= and vlan=. */
#define BRIDGE_REF_VLANS_TWICE "bridge=%s and vlan=%s both say which VLANs: give one of them"

struct bridge_ref {
	char names[SLOTS][ALTNAME_SIZE]; /* "": nothing to ask about */
	const char *list_text;           /* of vlan=: nic's; NULL: not given */
	struct port_vlans list;
	unsigned int access; /* the VLAN ID where list means one VLAN, untagged; else 0 */
	bool has_suffix;     /* the .VLAN[:TRUNK…] of bridge= */
	struct port_vlans suffix;
	bool bad_vlan; /* bridge=NAME.NUMBER, and the number can't be a VLAN ID */
	bool trunk;    /* the suffix has more than one VLAN */
};

/* The bridge to join, and the port's VLANs on a VLAN-aware one; vlans NULL: the bridge's default.
 */
struct bridge_choice {
	const struct link *bridge;
	const struct port_vlans *vlans;
};

/* Parses bridge= (not empty) and vlan= of nic, and fills the names of the slots from SLOT_BRIDGE
 * on. Returns 0, or -EINVAL with a message in e. ref keeps pointers into nic. */
int bridge_ref_parse(const struct nic *nic, struct bridge_ref *ref, struct err *e);

/* Chooses among what the kernel has. Returns 0; or -errno with a message in e that says what the
 * name is, what was asked and what would work: -ENODEV where the bridge doesn't exist but may be
 * created on first use (bridge_ref_demand_name), -EAGAIN where network-vlanbridge hasn't finished
 * it, another where waiting can't help. The choice points into lookups and ref. */
int bridge_ref_resolve(
	const struct bridge_ref *ref, const struct lookup lookups[SLOTS], struct bridge_choice *ret, struct err *e);

/* Whether bridge= may name the device and mean the bridge that it is a port of: a NIC, a bond or a VLAN device, not a
 * guest's device. */
bool bridge_ref_is_uplink(const struct lookup *l);

/* Where NAME of bridge=NAME, vlan=VLAN turned out to carry another VLAN: makes the next query ask
 * for UPLINK.VLAN too, so that the message can name the right bridge. */
void bridge_ref_add_uplink_vlan(struct bridge_ref *ref, const struct lookup lookups[SLOTS]);

/* The name of the bridge for `network-vlanbridge demand`. It belongs to ref. */
const char *bridge_ref_demand_name(const struct bridge_ref *ref);

#endif
