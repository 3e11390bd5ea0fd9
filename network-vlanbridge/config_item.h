/* SPDX-License-Identifier: ISC */
/* One `key=value, key=value` item of the configuration, and what it adds to the configuration.
 *
 * The first failure sticks in the item, with its message; what comes after it changes neither. So a
 * caller can ask for one value after another and look at failed at the end. */
#ifndef CONFIG_ITEM_H
#define CONFIG_ITEM_H

#include "config.h"

#define ITEM_KEYS 48
#define ITEM_VALUE_SIZE 1024   /* with the NUL: no value of an item is longer */
#define ITEM_SEPARATORS " \t+" /* between the parts of a value that is a list */

struct pair {
	const char *key, *value;
};

struct config_item {
	struct config *to;
	enum mark_origin origin;
	int line; /* 0 for a command line */
	struct pair pairs[ITEM_KEYS];
	size_t count;
	int failed; /* 0, or -errno: then e has a message */
	struct err *e;
};

/* Sets the message of a configuration error, with the place in front if line isn't 0. Returns
 * -EINVAL. */
int config_refuse(const struct config *c, int line, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* " (line N)", or "" for a command line. Returns buf. */
char *config_print_line(char buf[24], int line);

/* Makes a message the item's failure, unless it has one. Returns it->failed. */
int config_item_refuse(struct config_item *it, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int config_item_refuse_memory(struct config_item *it);

/* Splits text (which is changed, and must outlive the item) into pairs. Returns it->failed. */
int config_item_split(struct config_item *it, char *text);

/* Adds a pair, whose strings must outlive the item. A key twice, an empty value and one of
 * ITEM_VALUE_SIZE bytes are refused. */
int config_item_add(struct config_item *it, const char *key, const char *value);

/* Refuses keys that are neither among keys, which NULL ends, nor options of kind. what: "bond",
 * "bridge". Returns it->failed. */
int config_item_check_keys(struct config_item *it, const char *what, const char *const keys[], enum kind kind);

/* The value of a key, or NULL. */
const char *config_item_value(const struct config_item *it, const char *key);

/* The value of a key that must be there and be a device's name, or NULL: then the item has failed.
 */
const char *config_item_name(struct config_item *it, const char *key);

/* Refuses what the kernel doesn't take as a device's name, and what would be taken for something
 * else. Returns it->failed. */
int config_item_check_name(struct config_item *it, const char *key, const char *name);

/* Each looks for its key, and leaves its output alone if it isn't there. */
void config_item_flag(struct config_item *it, const char *key, const char *yes, const char *no, bool *flag);
void config_item_mtu(struct config_item *it, struct link *l);
void config_item_mac(struct config_item *it, struct link *l);
void config_item_options(struct config_item *it, struct link *l);

/* The name that a template gives, {vlan} being the VLAN ID; 0: there is no VLAN. Returns
 * it->failed. */
int config_item_expand(
	struct config_item *it, const char *key, const char *template, unsigned int vlan, char name[NAME_SIZE]);

/* config_item_device.c. Devices belong to it->to. NULL is a failure.
 * refer: a device that something stands on, or takes as a port; it may be made by another item.
 * define: one that this item makes. */
struct config_device *config_item_refer(struct config_item *it, const char *name);
struct config_device *config_item_define(struct config_item *it, const char *name, enum kind kind);
int config_item_set_master(struct config_item *it, struct config_device *d, const char *master);
void config_deny_addresses(struct config_device *d);
void config_set_mtu(struct link *l, uint32_t mtu);

/* VLAN id of lower as a device called name (NULL: LOWER.VLAN), a port of master (NULL: of none). */
struct vlan_item {
	const char *lower, *name, *master;
	const char *name_key; /* the item's key for name */
	unsigned int id;
	uint32_t protocol; /* ETH_P_8021Q or ETH_P_8021AD */
};
struct config_device *config_item_vlan_device(struct config_item *it, const struct vlan_item *v);

/* config_address.c. Takes address= and gateway= for d: its policy, and entries of the configuration
 * that name it. */
void config_item_address(struct config_item *it, struct config_device *d, bool can_inherit);

/* config_bond.c, config_bridge.c, config_vlan.c: each takes an item of its list and adds its
 * devices. Return it->failed. */
int config_bond(struct config_item *it);
int config_bridge(struct config_item *it);
int config_vlan(struct config_item *it);

/* config_check.c: what a single item can't tell: how devices are stacked, default routes, addresses
 * and MTUs of all of them. Returns 0, -EINVAL or -ENOMEM with a message. */
int config_check(const struct config *c, struct err *e);

#endif
