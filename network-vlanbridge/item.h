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

/* Each takes all keys of an item, refuses those that it doesn't know, and adds devices to it->to. */
int item_bond(struct item *it);
int item_bridge(struct item *it);
int item_vlan(struct item *it);

#endif
