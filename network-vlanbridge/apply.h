/* SPDX-License-Identifier: ISC */
/* Carries out a plan: netlink messages, every answer matched to its step. */
#ifndef APPLY_H
#define APPLY_H

#include "netlink.h"
#include "plan.h"

/* Carries out p up to its end or the first refusal: nothing that could matter is sent behind a message whose answer
 * isn't known. Returns 0, or -errno with a message in e. What has been done stays: the caller reads the kernel again
 * and plans from there. */
int apply_run(struct netlink *nl, const struct plan *p, struct err *e);

#endif
