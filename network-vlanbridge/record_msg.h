/* SPDX-License-Identifier: ISC */
/* Inside the records' netlink messages: what reading (record_parse.c) and writing them (record_put.c) share. */
#ifndef RECORD_MSG_H
#define RECORD_MSG_H

#include <linux/if_addr.h>

#include "record.h"

struct nlattr;

// linux/if_addr.h of Linux 5.18
#ifndef IFAPROT_KERNEL_LL
#define IFA_PROTO 11
#define IFAPROT_KERNEL_LL 3
#endif

int record_header_size(enum record_kind kind);
struct nlattr *record_attributes(const struct record *r);
int record_attributes_size(const struct record *r);

/* Attributes that change by themselves, that we write anew, or that name devices: not part of the text. */
bool record_left_out(enum record_kind kind, int type);

#endif
