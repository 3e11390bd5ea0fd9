/* SPDX-License-Identifier: ISC */
/* Inside the entries' netlink messages: what reading (l3_parse.c) and writing them (l3_message.c) share. */
#ifndef L3_WIRE_H
#define L3_WIRE_H

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "l3.h"

struct nl_msg;
struct nlattr;

// linux/if_addr.h of Linux 5.18
#ifndef IFAPROT_KERNEL_LL
#define IFA_PROTO 11
#define IFAPROT_KERNEL_LL 3
#endif

int l3_header_size(enum l3_kind kind);
struct nlattr *l3_attributes(const struct l3_entry *e);
int l3_attributes_size(const struct l3_entry *e);

/* Attributes that change by themselves, that we write anew, or that name devices. */
bool l3_left_out(enum l3_kind kind, int type);

/* The next hop after nh in an RTA_MULTIPATH attribute, the first one for NULL. NULL after the last one, and for one
 * that is longer than what is left. l3_hop_attributes: those of a next hop, and their size. */
struct rtnexthop *l3_hop_after(const struct nlattr *multipath, struct rtnexthop *nh);
struct nlattr *l3_hop_attributes(const struct rtnexthop *nh, int *size);

/* A message about the route e as if nh were its only next hop, which is how the kernel reports a route with one. NULL
 * without memory. */
struct nl_msg *l3_hop_message(const struct l3_entry *e, const struct rtnexthop *nh);

/* The same with several next hops. */
struct nl_msg *l3_hops_message(const struct l3_entry *e, const struct rtnexthop *const hops[], size_t count);

/* For parsing. An address of that family, "" where the attribute isn't there; -ENODATA when it is too short. */
int l3_read_ip(int family, const struct nlattr *a, char buf[L3_ADDRESS_SIZE]);
int l3_set_devices(struct l3_entry *e, size_t count); /* all empty; 0 or -ENOMEM */
int l3_set_device(struct l3_entry *e, unsigned int index);

/* Fills e, which has its message, from its attributes. Returns 0, -ENODATA for what never moves, or -ENOMEM. */
int l3_parse_address(struct l3_entry *e, struct nlattr **tb);
int l3_parse_route(struct l3_entry *e, struct nlattr **tb);

#endif
