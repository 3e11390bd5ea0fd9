/* SPDX-License-Identifier: ISC */
/* Inside the records' netlink messages: what reading (l3_parse.c) and writing them (record_put.c) share. */
#ifndef L3_WIRE_H
#define L3_WIRE_H

#include <linux/if_addr.h>

#include "l3.h"

struct nlattr;

// linux/if_addr.h of Linux 5.18
#ifndef IFAPROT_KERNEL_LL
#define IFA_PROTO 11
#define IFAPROT_KERNEL_LL 3
#endif

int l3_header_size(enum l3_kind kind);
struct nlattr *l3_attributes(const struct l3_entry *r);
int l3_attributes_size(const struct l3_entry *r);

/* Attributes that change by themselves, that we write anew, or that name devices: not part of the text. */
bool l3_left_out(enum l3_kind kind, int type);

#endif
