/* SPDX-License-Identifier: ISC */
/* One `key=value, key=value` item of the configuration, and what it adds to the topology. */
#ifndef CONFIG_ITEM_H
#define CONFIG_ITEM_H

#include "host.h"

#define ITEM_KEYS 48

struct pair {
	const char *key, *value;
	bool used;
};

struct config_item {
	struct host *to;
	enum mark_origin origin;
	int line; /* 0 for a command line */
	struct pair pairs[ITEM_KEYS];
	size_t count;
	struct err *e;
};

/* Splits text (which is changed, and must outlive the item) into it->pairs. Returns 0 or -EINVAL. */
int config_item_split(struct config_item *it, char *text);

/* The value of a key, marked as used, or NULL. */
const char *config_item_take(struct config_item *it, const char *key);

/* A sentence with file:line in front. Returns -EINVAL. */
int config_item_refuse(struct config_item *it, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What items have in common. Each takes its key if it is there; 0 or -EINVAL with the sentence.
 * refuse_error: the sentence that a parser left in it->e, with the place and what it is about.
 * refer: a device that something stands on or takes as a port; define: one that is to be made.
 * expand: the name that a template gives, {vlan} being the VLAN ID. */
int config_item_refuse_error(struct config_item *it, const char *about);
int config_item_refuse_unused(struct config_item *it, const char *what);
int config_item_name(struct config_item *it, const char *key, const char **name);
int config_item_flag(struct config_item *it, const char *key, const char *yes, const char *no, bool *flag);
int config_item_mtu(struct config_item *it, struct link *l);
int config_item_mac(struct config_item *it, struct link *l);
int config_item_options(struct config_item *it, struct link *l);
int config_item_refer(struct config_item *it, const char *name, struct device **ret);
int config_item_define(struct config_item *it, const char *name, enum kind kind, struct device **ret);
int config_item_set_master(struct config_item *it, struct device *d, const char *master);
int config_item_expand(struct config_item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE]);
void config_item_deny_addresses(struct device *d);

/* Takes address= and gateway= for d, which may be several devices' description: the records name device. */
int config_item_address(struct config_item *it, struct device *d, const char *device, bool can_inherit);

/* VLAN id of lower as a device called name (NULL: LOWER.VLAN), a port of master (NULL: of none). */
struct vlan_item {
	const char *lower, *name, *master;
	unsigned int id;
	uint32_t protocol; /* ETH_P_8021Q or ETH_P_8021AD */
};
int config_item_vlan_device(struct config_item *it, const struct vlan_item *v, struct device **ret);

/* Each takes all keys of an item, refuses those that it doesn't know, and adds devices to it->to. */
int config_bond(struct config_item *it);
int config_bridge(struct config_item *it);
int config_vlan(struct config_item *it);

#endif
