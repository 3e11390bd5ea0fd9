/* SPDX-License-Identifier: ISC */
/* Sets of VLAN IDs, in the grammar of xl's vlan= keyword. */
#ifndef COMMON_VLANS_H
#define COMMON_VLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define VLAN_MIN 1
#define VLAN_MAX 4094

struct vlans {
	uint64_t bits[64]; /* bit N of the whole: VLAN ID N */
};

/* A bridge port's VLANs. untagged is a subset of all; pvid is 0 or a member of all. */
struct port_vlans {
	uint16_t pvid;
	struct vlans all, untagged;
};

/* The same as a model keeps it for each device: a whole set is a kilobyte, and nearly all ports have none or one. */
struct kept_vlans {
	uint16_t only;          /* where there is no set: this VLAN alone, the PVID, untagged; 0: none */
	struct port_vlans *set; /* owned */
};

/* Parses a decimal number from min to max that is all of text. Returns 0, or -EINVAL / -ERANGE; *ret is
 * untouched on failure. */
int number_parse(const char *text, unsigned long min, unsigned long max, unsigned long *ret);

/* Parses `10`, `10/20`, `100-199`, `100+10x4` (100, 110, 120, 130) into set. Returns 0 or -EINVAL with a
 * sentence in e; set is untouched on failure. */
int vlans_parse(const char *text, struct vlans *set, struct err *e);

/* The same with xl's suffixes (xl-network-configuration(5), Xen 4.20): `p` makes a VLAN the PVID and
 * untagged, `u` makes VLANs untagged; a single plain VLAN alone is the PVID, untagged. Two PVIDs and a PVID on a
 * range are errors. */
int port_vlans_parse(const char *text, struct port_vlans *set, struct err *e);

bool port_vlans_equal(const struct port_vlans *a, const struct port_vlans *b);

/* Those that aren't untagged. */
struct vlans port_vlans_tagged(const struct port_vlans *v);

/* From now to want: what is to be dropped, then what is to be added. What a port has otherwise goes and comes again:
 * the kernel doesn't take flags back from a VLAN that is there. */
void port_vlans_difference(
	const struct port_vlans *now, const struct port_vlans *want, struct port_vlans *drop, struct port_vlans *add);

/* What a new port of a bridge with that default PVID has: the VLAN, untagged; 0: none. */
void port_vlans_default(struct port_vlans *v, unsigned int pvid);

/* The whole set. */
struct port_vlans vlans_kept(const struct kept_vlans *k);

/* Keeps v from now on. Returns 0, or -ENOMEM: then k is untouched. */
int vlans_keep(struct kept_vlans *k, const struct port_vlans *v);
int kept_vlans_copy(struct kept_vlans *to, const struct kept_vlans *from);

/* Keeps what a new port of a bridge with that default PVID has; 0: none, which frees all. */
void vlans_keep_default(struct kept_vlans *k, unsigned int pvid);

bool kept_vlans_equal(const struct kept_vlans *a, const struct kept_vlans *b);

/* Prints set as `2-4/7`, at most size bytes with the NUL. Returns buf. */
char *vlans_print(const struct vlans *set, char *buf, size_t size);

bool vlans_has(const struct vlans *set, unsigned int id);
void vlans_add(struct vlans *set, unsigned int first, unsigned int last);
bool vlans_empty(const struct vlans *set);
bool vlans_equal(const struct vlans *a, const struct vlans *b);
void vlans_union(struct vlans *a, const struct vlans *b);    /* a |= b */
void vlans_subtract(struct vlans *a, const struct vlans *b); /* a &= ~b */

/* The first range of consecutive IDs that starts at from or later: for (id = 0; vlans_range(s, id, &a, &b);
 * id = b + 1). Returns whether there is one. */
bool vlans_range(const struct vlans *set, unsigned int from, unsigned int *first, unsigned int *last);

/* The only ID of a set; 0 where it has none or several. */
unsigned int vlans_only(const struct vlans *set);

#endif
