/* SPDX-License-Identifier: ISC */
/* One step of a plan. Pure. */
#ifndef STEP_H
#define STEP_H

#include <stdio.h>

#include "host.h"

enum step_kind {
	STEP_MODULE,   /* load the bonding module without its bond0 */
	STEP_LINK_ADD, /* make link exactly as described */
	STEP_LINK_DEL, /* only the name counts */
	STEP_LINK_SET, /* change what is set in link */
	STEP_L3_ADD,
	STEP_L3_DEL,
	STEP_VLANS_ADD, /* to a port of a VLAN-aware bridge */
	STEP_VLANS_DEL,
	STEP_DHCP_START,
	STEP_DHCP_STOP,
};

struct step {
	enum step_kind kind;
	struct link *link;        /* owned; NULL in steps about entries */
	struct l3_entry *entry;   /* owned */
	struct port_vlans *vlans; /* owned; link then names the port, its kind says whether it is the bridge itself */
};

/* A bridge port's flags, as ip(8) names them (`ip link set dev X type bridge_slave NAME on`). */
#define PORT_FLAGS 15
extern const struct port_flag {
	unsigned int bit; /* of link.port_flags */
	const char *name;
} port_flags[PORT_FLAGS];

void step_free(struct step *s);

/* One line for a step, as `plan` shows it, without the newline. */
void step_print(FILE *out, const struct step *s);

/* The same as a string that the caller frees; NULL without memory. */
char *step_text(const struct step *s);

/* One field (a single bit of enum link_field) of two descriptions. */
void link_copy_field(struct link *to, const struct link *from, unsigned int field);

/* Whether the sysctl disable_ipv6 is set on a device: it takes no IPv6 address. */
bool link_is_without_ipv6(const struct link *l);
bool link_field_equal(const struct link *a, const struct link *b, unsigned int field);

#endif
