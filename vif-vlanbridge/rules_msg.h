/* SPDX-License-Identifier: ISC */
/* A port's filtering rules as messages for nf_tables: include/uapi/linux/netfilter/nf_tables.h. */
#ifndef VIF_RULES_MSG_H
#define VIF_RULES_MSG_H

#include <stddef.h>

#include "netlink.h"
#include "rules.h"

struct rules_messages {
	struct nl_msg *list[NETLINK_BATCH];
	size_t n;
	int failed; /* no memory, or too many */
};

/* Adds the messages that make a table with the rules for what comes in by the device dev: a new one, or the kernel says
 * EEXIST; or, replace, in place of one that is there. The caller frees them. */
void rules_msg_add(struct rules_messages *m, const char *table, const char *dev, const struct rules *r, bool replace);

/* Adds the message that deletes a table. */
void rules_msg_delete(struct rules_messages *m, const char *table);

void rules_msg_free(struct rules_messages *m);

#endif
