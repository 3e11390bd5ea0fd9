/* SPDX-License-Identifier: ISC */
/* The stages of a run of the hook, which main.c puts in order, and what they hand on. Each returns
 * 0, or -errno with a sentence in e about the run's device. */
#ifndef VIF_STAGE_H
#define VIF_STAGE_H

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

typedef int stage(struct run *run, struct err *e);

int stage_read(struct run *run, struct err *e);
int stage_look(struct run *run, struct err *e);
void stage_unlook(struct run *run);
int stage_decide(struct run *run, struct err *e);
int stage_guard(struct run *run, struct err *e);
void stage_unguard(struct run *run);
int stage_join(struct run *run, struct err *e);
void stage_leave(struct run *run);
int stage_tell_mtu(struct run *run, struct err *e);
int stage_call_hooks(struct run *run, struct err *e);
int stage_connected(struct run *run, struct err *e);

int stage_look_back(struct run *run, struct err *e);
int stage_part(struct run *run, struct err *e);
int stage_drop_rules(struct run *run, struct err *e);
int stage_release(struct run *run, struct err *e);

/* Takes the vif of a tap's NIC out too: the NIC has failed as a whole. */
void hotplug_detach_vif_of_tap(struct run *run);

/* Tells the toolstack that and why the run failed. */
void run_failed(struct run *run, const char *sentence);

#endif
