/* SPDX-License-Identifier: ISC */
/* The difference between what is wanted and what is there, as ordered steps. Pure: no socket, no clock, no log. */
#ifndef PLAN_H
#define PLAN_H

#include "step.h"
#include "host.h"

/* Which of our devices go when they aren't wanted. */
enum plan_scope {
	PLAN_ADD,  /* none: a command line adds its stack to what is there */
	PLAN_FILE, /* those made from the file: it is all that is wanted */
	PLAN_ALL,  /* all: stop */
};

/* Computes the changes that turn current into wanted. current is advanced to what the kernel will have afterwards (with
 * index 0 for devices that are yet to be made). only, if not NULL, limits what goes (with
 * PLAN_ADD: what is made) to devices of these names.
 * Returns 0 and the plan, which the caller frees, or -errno with a sentence in e that starts with
 * file:line: something wanted is missing or in somebody else's hands; nothing is to be done then. */
int plan_make(const struct host *wanted, struct host *current, enum plan_scope scope,
	const struct host *only, struct plan *ret, struct err *e);

#endif
