/* SPDX-License-Identifier: ISC */
/* What to do with a vif or tap so that it becomes a port of its bridge. Pure: what is asked and
 * what the kernel said in, changes or one sentence out. */
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

/* The changes to one device, in this order. The kernel works on after a message that it refused, so
 * each also has what takes it back. */
struct attachment {
	int index;
	char name[NAME_SIZE]; /* in the end */
	struct link bridge;   /* as it was when this was decided */
	struct mark policy;   /* the bridge's */
	bool down;            /* first: it is up, and the rest wants it down */
	bool leave;           /* first: it is in the bridge already, with VLANs of an earlier run */
	bool again;           /* it is in the bridge already, with options of an earlier run */
	unsigned int fields;  /* enum link_field of join: while it is down, master included */
	struct link join;
	bool set_vlans; /* exactly these; the default PVID's, which a new port has, goes if it isn't
			   one */
	struct port_vlans vlans;
	unsigned int default_pvid;
	unsigned int undo_fields;
	struct link undo; /* what join changes, as it was; the master is none */
};

/* The device of this run: found under its first name, or renamed already by an earlier run. Returns
 * it, or NULL when it isn't there; another NIC's device that has its name is not it. */
const struct lookup *find_own_device(const struct request *req, const struct lookup lookups[SLOTS]);

/* The name that the device has in the end, or had: the wanted one, unless that is somebody else's
 * device; else the toolstack's. Its rules and hooks go by it. Returns buf. */
char *own_device_name(
	const struct request *req, const struct lookup lookups[SLOTS], char buf[NAME_SIZE]);

/* Decides. Returns 0, or -errno with a sentence in e; nothing has to be done then. */
int decide_attachment(const struct request *req, const struct lookup lookups[SLOTS],
	const struct bridge_choice *choice, struct attachment *ret, struct err *e);

#endif
