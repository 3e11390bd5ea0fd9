/* SPDX-License-Identifier: ISC */
/* The stages of a run of the hook, which main.c puts in order, and what they hand on. Each returns
 * 0, or -errno with a sentence in e about the run's device. */
#ifndef VIF_HOTPLUG_H
#define VIF_HOTPLUG_H

#include "bridge_ref.h"
#include "deadline.h"
#include "decide.h"
#include "err.h"
#include "netlink.h"
#include "nic.h"
#include "request.h"
#include "xenstore.h"

struct run {
	struct request req;
	struct deadline deadline;
	struct store *store;
	struct netlink *nl;
	struct bridge_ref bridge_ref;
	struct lookup lookups[SLOTS];
	struct bridge_choice choice; /* bridge NULL: none was found (when detach_stages) */
	struct attachment attachment;
	bool guarded; /* packet rules for the device are in place */
	bool renamed; /* for them the device has its new name already */
};

typedef int hotplug_stage(struct run *run, struct err *e);

int hotplug_read_nic(struct run *run, struct err *e);
int hotplug_find_bridge(struct run *run, struct err *e);
void hotplug_release_unused_bridge(struct run *run);
int hotplug_decide(struct run *run, struct err *e);
int hotplug_add_rules(struct run *run, struct err *e);
void hotplug_undo_rules(struct run *run);
int hotplug_attach(struct run *run, struct err *e);
void hotplug_undo_attach(struct run *run);
int hotplug_write_guest_mtu(struct run *run, struct err *e);
int hotplug_run_hooks(struct run *run, struct err *e);
int hotplug_write_connected(struct run *run, struct err *e);

int hotplug_find_attached(struct run *run, struct err *e);
int hotplug_detach(struct run *run, struct err *e);
int hotplug_delete_rules(struct run *run, struct err *e);
int hotplug_release_bridge(struct run *run, struct err *e);

/* Takes the vif of a tap's NIC out too: the NIC has failed as a whole. */
void hotplug_detach_vif_of_tap(struct run *run);

/* Tells the toolstack that and why the run failed. */
void hotplug_write_error(struct run *run, const char *sentence);

#endif
