/* SPDX-License-Identifier: ISC */
/* A rule as the expressions of nf_tables, the kernel's virtual machine. */
#ifndef VIF_RULES_EXPR_H
#define VIF_RULES_EXPR_H

#include "netlink.h"
#include "rules.h"

/* Puts the expressions of a row into the message of a new rule. Returns 0, or -ENOMEM. */
int rules_expr_put(struct nl_msg *msg, const struct rules_row *row, const struct rules *r);

#endif
