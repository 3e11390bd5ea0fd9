/* SPDX-License-Identifier: ISC */
/* The stages of one run of the hook, which main.c puts in order, and the data that they pass on. A
 * stage connects the decisions (pure) to the actions. It returns 0, or -errno with a message in e
 * about the run's device. */
#ifndef VIF_HOTPLUG_H
#define VIF_HOTPLUG_H

#include "bridge_ref.h"
#include "deadline.h"
#include "decide.h"
#include "err.h"
#include "netlink.h"
#include "nic.h"
#include "request.h"
#include "rules.h"
#include "xenstore.h"

/* store and nl are never closed: the process ends with the run. */
struct hotplug_run {
	struct request req;
	struct deadline deadline; /* of the whole run */
	struct store *store;
	struct netlink *nl;
	struct bridge_ref bridge_ref;
	struct lookup lookups[SLOTS];
	struct bridge_choice choice; /* bridge NULL: none was found (offline and remove only) */
	struct attachment attachment;
	struct rules rules;
	bool rules_added; /* filtering rules for the device are in place */
	bool renamed;     /* before adding them the device got its final name */
	bool guest_knows_mtu;
};

typedef int hotplug_stage(struct hotplug_run *run, struct err *e);

/* All: other runs for the same NIC wait. */
int hotplug_lock(struct hotplug_run *run, struct err *e);

/* online and add (hotplug_find.c, hotplug_attach.c). */
int hotplug_read_nic(struct hotplug_run *run, struct err *e);
int hotplug_find_bridge(struct hotplug_run *run, struct err *e);
void hotplug_release_unused_bridge(struct hotplug_run *run);
int hotplug_decide(struct hotplug_run *run, struct err *e);
int hotplug_add_rules(struct hotplug_run *run, struct err *e);
void hotplug_undo_rules(struct hotplug_run *run);
int hotplug_restore_rules(struct hotplug_run *run, struct err *e); /* of what is attached */
int hotplug_attach(struct hotplug_run *run, struct err *e);
void hotplug_undo_attach(struct hotplug_run *run);

/* offline and remove (hotplug_detach.c). */
int hotplug_find_attached(struct hotplug_run *run, struct err *e);
int hotplug_detach(struct hotplug_run *run, struct err *e);
int hotplug_delete_rules(struct hotplug_run *run, struct err *e);
int hotplug_release_bridge(struct hotplug_run *run, struct err *e);

/* Who is told (hotplug_report.c): the administrator's hooks, the guest its MTU, the toolstack. */
int hotplug_run_hooks(struct hotplug_run *run, struct err *e);
int hotplug_write_connected(struct hotplug_run *run, struct err *e);
void hotplug_write_error(struct hotplug_run *run);
int hotplug_warn_of_drop(struct hotplug_run *run, struct err *e); /* by iptables; never fails */

/* Asks the kernel about all names of the run, those of run->bridge_ref included. Returns 0, with
 * run->lookups filled, or -errno with a message in e. */
int hotplug_query(struct hotplug_run *run, struct err *e);

/* Finds device and bridge, and waits for either where that can help. Returns 0, with run->lookups
 * and run->choice filled, or -errno with a message in e. */
int hotplug_resolve(struct hotplug_run *run, struct err *e);

/* Detaches the vif of a tap's NIC: the NIC has failed as a whole. Errors are ignored. */
void hotplug_detach_vif_of_tap(struct hotplug_run *run);

#endif
