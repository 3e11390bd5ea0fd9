/* SPDX-License-Identifier: ISC */
/* The netlink messages about devices: link.h's model to attributes and back. */
#ifndef COMMON_LINK_MSG_H
#define COMMON_LINK_MSG_H

#include "link.h"

struct nl_msg;
struct nlmsghdr;

/* link_parse.c. Fills l from an RTM_NEWLINK message; refs get their index only. Returns 0, or -ENODATA for a message
 * that isn't about a device, or has an attribute that is shorter than its type. */
int link_parse(const struct nlmsghdr *h, struct link *l);

/* Calls use for every alternative name of the device that such a message is about; link_parse gives the first one
 * alone. Stops at the first that doesn't return 0 and returns that. */
int link_each_altname(const struct nlmsghdr *h, int (*use)(const char *name, void *arg), void *arg);

/* Messages, or NULL without memory; the caller frees them. All references in l must have their index.
 * create: kind, options, lower device, master, MTU, MAC, group, and up if asked for; not what the
 * kernel takes only afterwards: alias, addr_gen_mode, alternative name, flags as a port.
 * set: the fields and options set in change, apart from new alternative names; index 0 finds it by name. Flags as a
 * port need a master that is there already: one message later than LINK_MASTER. get: by name or alternative name (index
 * 0) or by index. */
struct nl_msg *link_msg_create(const struct link *l, unsigned int fields);
struct nl_msg *link_msg_set(int index, const struct link *change, unsigned int fields, bool options);
struct nl_msg *link_msg_altname(const char *name, const char *altname, bool add);
struct nl_msg *link_msg_delete(const char *name);
struct nl_msg *link_msg_delete_group(uint32_t group);
struct nl_msg *link_msg_get(int index, const char *name);
struct nl_msg *link_msg_dump(const char *kind); /* kind may be NULL: all */

#endif
