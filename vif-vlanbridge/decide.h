/* SPDX-License-Identifier: ISC */
/* Decides how a vif or tap becomes a port of its bridge. Pure: from what is asked and what the
 * kernel has, to changes or one message. */
#ifndef VIF_DECIDE_H
#define VIF_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "bridge_ref.h"
#include "err.h"
#include "link.h"
#include "mark.h"
#include "nic.h"
#include "request.h"

/* The changes to one device, in the order of the fields. The kernel goes on after a message that it
 * refused, so everything can be undone. */
struct attachment {
	int index;
	char name[NAME_SIZE];     /* the final one */
	struct link bridge;       /* as the kernel had it when this was decided */
	struct mark bridge_mark;  /* the bridge's, with its per-bridge port settings */
	bool was_up;              /* set it down first: the rest needs that */
	bool leave_first;         /* already a port, with VLANs of an earlier run: leave first */
	bool was_port;            /* already a port, with options of an earlier run */
	unsigned int join_fields; /* enum link_field: which of join change, master included */
	struct link join;         /* new values, set while it is down */
	bool set_vlans;           /* exactly vlans; a new port is in default_pvid, which is dropped
				     unless it is one of them */
	struct port_vlans vlans;
	unsigned int default_pvid; /* the bridge's, 0: none */
	bool was_filtered;         /* by an earlier run */
	bool filtered;             /* it has filtering rules */
	bool isolated;             /* from other isolated ports of the bridge */
	bool locked;               /* and the bridge takes no other MAC address from it than guest_mac */
	uint8_t guest_mac[MAC_SIZE];
	unsigned int undo_fields; /* enum link_field: which of undo to set back */
	struct link undo;         /* old values; no master */
};

/* The device of this run, under its first name or under the one that an earlier run gave it, or
 * NULL. Another NIC's device with one of these names isn't it. */
const struct lookup *find_own_device(const struct request *req, const struct lookup lookups[SLOTS]);

/* The device's final name, by which its rules and hooks go: the wanted one, or the toolstack's
 * where none is wanted or another device has it. Also for a device that is gone. Returns buf. */
char *own_device_name(const struct request *req, const struct lookup lookups[SLOTS], char buf[NAME_SIZE]);

/* Decides. The NIC's mac and type have been read where rules_needed says so. Returns 0, or -errno with a message in e,
 * ret untouched. ret keeps no pointers. */
int decide_attachment(const struct request *req, const struct lookup lookups[SLOTS], const struct bridge_choice *choice,
	struct attachment *ret, struct err *e);

#endif
