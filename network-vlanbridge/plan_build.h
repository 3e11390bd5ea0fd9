/* SPDX-License-Identifier: ISC */
/* Inside plan: what its files share. Every step goes through planner_do, which keeps the model abreast of the steps. */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "plan.h"

struct planner {
	const struct host *target;
	struct host now; /* as the host will be after the steps so far */
	struct plan *plan;
	void *homes;   /* tsearch tree: which entry of the target has which origin */
	bool may_park; /* nothing else was possible in a whole round: entries may be parked */
	struct err *e;
	int failed; /* 0, or -errno of the first failure, whose message is in e */
};

void planner_fail(struct planner *p, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Appends s, whose contents belong to the plan from then on, and does it to the model. */
void planner_do(struct planner *p, struct step s);

/* Changes d, of p->now, by those fields and options of change that differ from what it has; no step when none does. */
void planner_set(struct planner *p, struct device *d, const struct link *change);
/* The same with those of these fields and options that t has. */
void planner_set_like(
	struct planner *p, struct device *s, const struct device *t, unsigned int fields, uint64_t options);
void planner_set_up(struct planner *p, struct device *d, bool up);
void planner_set_master(struct planner *p, struct device *d, const char *master);
void planner_add_link(struct planner *p, const struct link *l);
void planner_delete_link(struct planner *p, const struct device *d);
struct l3_entry *planner_copy(struct planner *p, const struct l3_entry *e); /* NULL: p has failed */
void planner_entry(struct planner *p, bool add, const struct l3_entry *e);
void planner_vlans(struct planner *p, struct device *d, const struct port_vlans *want);
void planner_vlans_as(struct planner *p, struct device *d, const struct device *t); /* those of t */
void planner_dhcp(struct planner *p, const struct device *d, bool start);

/* plan_pair.c: the same device now and in the target, or NULL. Ours are the same by name and kind (a VLAN device by ID
 * and lower device, too), unmanaged ones by the kernel's index. */
struct device *planner_now(const struct planner *p, const struct device *t);
const struct device *planner_target(const struct planner *p, const struct device *s);

/* Whether it is a bond's port now, or is to be one. */
bool planner_is_bond_port(const struct planner *p, const struct device *s, const struct device *t);

/* Whether the plan may touch the device; either side may be NULL. */
bool planner_concerns(const struct planner *p, const struct device *s, const struct device *t);
bool planner_concerns_entry(const struct planner *p, const struct l3_entry *e);

/* The target's entry, as it is now, on the same devices; NULL: it isn't there. And whether the target has e, of now,
 * there. */
const struct l3_entry *planner_find_now(const struct planner *p, const struct l3_entry *wanted);
bool planner_wants(const struct planner *p, const struct l3_entry *e);
/* Whether e, of now, is to go: the target hasn't got it, or it is a link-local address of a device that is to have
 * none.
 */
bool planner_is_unwanted(const struct planner *p, const struct l3_entry *e);

/* The fields of t that the plan brings about on s and that differ; without LINK_ALIAS, which has an order of its own.
 */
unsigned int planner_fields_to_set(const struct planner *p, const struct device *s, const struct device *t);
uint64_t planner_options_to_set(const struct device *s, const struct device *t);
bool planner_vlans_matter(const struct planner *p, const struct device *s, const struct device *t);
bool planner_is_done(const struct planner *p);
/* Neither ours nor borrowed: a port of a bridge of ours that is a guest's. */
bool planner_is_guest(const struct device *s, const struct device *t);

/* plan_create.c. Whether a device may be a port of the master of that name, "" for none; and whether no other uplink is
 * in a bridge any more: those that go elsewhere are released for it. */
bool planner_is_ready_as_master(const struct planner *p, const char *name);
bool planner_release_other_uplinks(struct planner *p, const char *bridge);

/* plan_option.c. The options of a kind with one of these rules, as bits of link.options. */
uint64_t link_options_with_rule(enum kind kind, unsigned int rules);

/* The passes, in plan_mark.c, plan_create.c, plan_delete.c, plan_option.c, plan_field.c, plan_port.c and plan_entry.c:
 * each does what is possible now, with all devices or entries, or with a device s that is to become t. */
void plan_note_marks(struct planner *p);
void plan_remove_leftovers(struct planner *p);
void plan_clear_marks(struct planner *p);
void plan_load_module(struct planner *p);
void plan_create_devices(struct planner *p);
void plan_create_vlans(struct planner *p);
void plan_delete_devices(struct planner *p);
void plan_add_addresses(struct planner *p);
void plan_add_routes(struct planner *p);
void plan_remove_entries(struct planner *p);
void plan_attach_guest(struct planner *p, struct device *s, const struct device *t);
void plan_set_sysctls(struct planner *p, struct device *s, const struct device *t);
void plan_set_fields(struct planner *p, struct device *s, const struct device *t);
void plan_set_options(struct planner *p, struct device *s, const struct device *t);
void plan_rename_device(struct planner *p, struct device *s, const struct device *t);
void plan_bring_up(struct planner *p, struct device *s, const struct device *t);
void plan_bring_down(struct planner *p, struct device *s, const struct device *t);
void plan_set_master(struct planner *p, struct device *s, const struct device *t);
void plan_set_vlans(struct planner *p, struct device *s, const struct device *t);
void plan_set_port_flags(struct planner *p, struct device *s, const struct device *t);
void plan_start_dhcp(struct planner *p, struct device *s, const struct device *t);

/* plan_park.c. Whether d may go down, with the VLAN devices on it, without the loss of an entry; parks them where
 * nothing else helps. */
bool planner_is_safe_to_lower(struct planner *p, const struct device *d);
bool planner_is_safe_to_rename(struct planner *p, const struct device *d);

/* Keeps a copy of an entry on dummies of ours, which say whose it is, once nothing else is possible. Returns whether
 * there is one: not of an entry that is on such a dummy itself. */
bool planner_park(struct planner *p, const struct l3_entry *e);
bool planner_is_parked(struct planner *p, const struct l3_entry *e);

/* plan_home.c: the target's entry with the same origin as e, of now, or NULL. */
void planner_index_homes(struct planner *p);
const struct l3_entry *planner_find_home(struct planner *p, const struct l3_entry *e);
void planner_free_homes(struct planner *p);

/* Whether e, of now and not of the target, may go: nothing is lost. */
bool planner_may_remove_entry(struct planner *p, const struct l3_entry *e);

#endif
