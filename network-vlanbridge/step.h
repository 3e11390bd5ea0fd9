/* SPDX-License-Identifier: ISC */
/* Steps, each with its inverse, and their effect on the model. Pure, like the plan that they make up. */
#ifndef STEP_H
#define STEP_H

#include <stdio.h>

#include "host.h"

enum step_kind {
	STEP_NONE,
	STEP_MODULE,   /* load the bonding module without its bond0 */
	STEP_LINK_ADD, /* make link exactly as described */
	STEP_LINK_DEL,
	STEP_LINK_SET, /* change what is set in link */
	STEP_RECORD_ADD,
	STEP_RECORD_DEL,
	STEP_VLANS_ADD, /* to a port of a VLAN-aware bridge */
	STEP_VLANS_DEL,
	STEP_DHCP_START,
	STEP_DHCP_STOP,
};

struct step {
	enum step_kind kind;
	struct link *link;     /* owned; only the name counts in STEP_LINK_DEL */
	struct l3_entry *record; /* owned */
	struct port_vlans vlans; /* link then names the port; its kind says whether it is the bridge itself */
};

struct change {
	struct step todo, undo;
};

struct plan {
	struct change *changes;
	size_t count;
};

void step_free(struct step *s);
void plan_free(struct plan *p); /* fine on {0} */

/* Appends a step and its inverse; to and from are copied and may be NULL. Returns 0 or -ENOMEM. */
int plan_append(struct plan *p, enum step_kind todo, const struct link *to, enum step_kind undo,
	const struct link *from, struct err *e);

/* The same for a record, which is copied, to be added or deleted. */
int plan_append_record(struct plan *p, bool add, const struct l3_entry *r, struct err *e);

/* The same for VLANs of a port. */
int plan_append_vlans(struct plan *p, bool add, const struct link *port, const struct port_vlans *v, struct err *e);

/* Does to t what the kernel will do in this step. Returns 0, or -errno for a step that doesn't fit t. */
int step_simulate(struct host *t, const struct step *s, struct err *e);

/* One line for a step, as `plan` shows it, without the newline. */
void step_print(FILE *out, const struct step *s);

/* The same as a string that the caller frees; NULL without memory. */
char *step_text(const struct step *s);

/* One field (a single bit of enum link_field) of two descriptions. */
void link_copy_field(struct link *to, const struct link *from, unsigned int field);
bool link_field_equal(const struct link *a, const struct link *b, unsigned int field);

#endif
