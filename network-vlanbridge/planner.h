/* SPDX-License-Identifier: ISC */
/* Inside the plan: every step goes through these, which keep the model abreast of the steps. */
#ifndef PLANNER_H
#define PLANNER_H

#include "plan.h"

struct planner {
	const struct host *wanted, *only;
	bool foreign_vlans;     /* there are VLAN devices that aren't ours */
	struct host *state; /* as it will be after the steps so far */
	enum plan_scope scope;
	struct plan *plan;
	struct err *e;
};

/* Does the last step of the plan to the model. */
int planner_simulate(struct planner *p);

/* Changes d by those fields and options of change that differ from what it has; no step when none does. */
int planner_set(struct planner *p, struct device *d, const struct link *change);
int planner_add(struct planner *p, const struct link *l);
int planner_delete(struct planner *p, struct device *d);

/* Shorthands of planner_set. */
int planner_up(struct planner *p, struct device *d, bool up);
int planner_master(struct planner *p, struct device *d, const char *master);

/* Gives d, a port or a bridge itself, exactly these VLANs. */
int planner_vlans(struct planner *p, struct device *d, const struct port_vlans *want);

/* Starts or stops the DHCP client on d; what it has set goes with it. */
int planner_dhcp(struct planner *p, const struct device *d, bool start);

/* plan_device.c: makes w; or brings s, which has its name, to what w says, or refuses it. */
int planner_make(struct planner *p, const struct device *w);
int planner_change(struct planner *p, const struct device *w, struct device *s);

/* plan_port.c. planner_borrow: takes s, which isn't ours, as w says. planner_join: makes w, a device of ours, the port that it is to
 * be. planner_purpose: why w is wanted, for the sentence that it is missing or taken. */
int planner_borrow(struct planner *p, const struct device *w, struct device *s);
int planner_join(struct planner *p, const struct device *w);
void planner_purpose(const struct device *w, char *buf, size_t size);

/* plan_move.c. planner_is_host: d has addresses, routes or rules other than a link-local address. planner_move_addresses
 * adds from's addresses to `to`, planner_move_rest moves the rest and takes them from `from`; between them the caller
 * makes one a port of the other. planner_drop deletes all that d has, planner_drop_link_local only what
 * the kernel made by itself, planner_add_link_local makes that again. */
int planner_record(struct planner *p, bool add, const struct l3_entry *r);
bool planner_is_host(const struct planner *p, const char *device);
int planner_move_addresses(struct planner *p, const char *from, const char *to, bool link_local);
int planner_move_rest(struct planner *p, const char *from, const char *to);
int planner_drop(struct planner *p, const char *device);
int planner_drop_link_local(struct planner *p, const char *device);

/* Deletes what the file once gave to device (NULL: to any) and doesn't ask for any more. */
int planner_drop_ours(struct planner *p, const char *device);
int planner_add_link_local(struct planner *p, const struct device *d);

/* plan_legacy.c: network-bridge's way, which gives the bridge the name of the device that it renames. planner_legacy_take
 * renames w's device and drops what it has, into kept; planner_legacy_give gives kept to the new owner of the name. */
int planner_legacy_take(struct planner *p, const struct device *w, struct l3_list *kept);
int planner_legacy_give(struct planner *p, const struct device *owner, const struct l3_list *kept);
int planner_legacy_return(struct planner *p, struct device *d, const struct l3_list *kept);
int planner_keep(struct planner *p, const char *device, struct l3_list *kept);

/* Takes d down without loss: what it and the VLAN devices on it have is dropped first, into kept; planner_resume, when they are up
 * again, gives it back. */
int planner_suspend(struct planner *p, struct device *d, struct l3_list *kept);
int planner_resume(struct planner *p, const struct l3_list *kept);

/* plan_sweep.c: takes away what is ours, in scope and not wanted; gives borrowed devices back. */
int planner_sweep(struct planner *p);

/* A sentence about w with file:line in front. Returns -code. */
int planner_refuse(struct planner *p, const struct device *w, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
