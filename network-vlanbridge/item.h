/* SPDX-License-Identifier: ISC */
/* One `key=value, key=value` item of the configuration, and what it adds to the topology. */
#ifndef ITEM_H
#define ITEM_H

#include "topology.h"

#define ITEM_KEYS 48

struct pair {
	const char *key, *value;
	bool used;
};

struct item {
	struct topology *to;
	enum mark_origin origin;
	int line; /* 0 for a command line */
	struct pair pairs[ITEM_KEYS];
	size_t count;
	struct err *e;
};

/* Splits text (which is changed, and must outlive the item) into it->pairs. Returns 0 or -EINVAL. */
int item_split(struct item *it, char *text);

/* The value of a key, marked as used, or NULL. */
const char *item_take(struct item *it, const char *key);

/* A sentence with file:line in front. Returns -EINVAL. */
int item_refuse(struct item *it, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What items have in common. Each takes its key if it is there; 0 or -EINVAL with the sentence.
 * refuse_error: the sentence that a parser left in it->e, with the place and what it is about.
 * refer: a device that something stands on or takes as a port; define: one that is to be made.
 * expand: the name that a template gives, {vlan} being the VLAN ID. */
int item_refuse_error(struct item *it, const char *about);
int item_refuse_unused(struct item *it, const char *what);
int item_name(struct item *it, const char *key, const char **name);
int item_flag(struct item *it, const char *key, const char *yes, const char *no, bool *flag);
int item_mtu(struct item *it, struct link *l);
int item_mac(struct item *it, struct link *l);
int item_options(struct item *it, struct link *l);
int item_refer(struct item *it, const char *name, struct device **ret);
int item_define(struct item *it, const char *name, enum kind kind, struct device **ret);
int item_set_master(struct item *it, struct device *d, const char *master);
int item_expand(struct item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE]);
void item_deny_addresses(struct device *d);

/* Takes address= and gateway= for d, which may be several devices' description: the records name device. */
int item_address(struct item *it, struct device *d, const char *device, bool can_inherit);

/* VLAN id of lower as a device called name (NULL: LOWER.VLAN), a port of master (NULL: of none). */
struct vlan_item {
	const char *lower, *name, *master;
	unsigned int id;
	uint32_t protocol; /* ETH_P_8021Q or ETH_P_8021AD */
};
int item_vlan_device(struct item *it, const struct vlan_item *v, struct device **ret);

/* Each takes all keys of an item, refuses those that it doesn't know, and adds devices to it->to. */
int item_bond(struct item *it);
int item_bridge(struct item *it);
int item_vlan(struct item *it);

#endif
