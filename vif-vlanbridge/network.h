/* SPDX-License-Identifier: ISC */
/* Runs network-vlanbridge, for what is rare and needs the configuration or libxenlight. */
#ifndef VIF_NETWORK_H
#define VIF_NETWORK_H

#include "child.h"
#include "deadline.h"
#include "err.h"

#define NETWORK_ARGUMENTS 8

/* Runs `network-vlanbridge ARGUMENT...` (at most NETWORK_ARGUMENTS, NULL at the end). Returns 0 and its status and
 * output, or -errno with a message in e. */
int network_run(const char *const arguments[], struct deadline *d, struct child *ret, struct err *e);

/* What it said last, without "network-vlanbridge COMMAND: ". It belongs to c. */
const char *network_message(struct child *c);

#endif
