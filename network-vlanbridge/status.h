/* SPDX-License-Identifier: ISC */
/* The host's bonds, bridges and what is in them, as a table, a tree or JSON. */
#ifndef STATUS_H
#define STATUS_H

#include "filters.h"
#include "guests.h"
#include "host.h"

/* Prints to out what of t is ours: bonds with their ports, bridges with theirs; or only one device, by a name of it.
 * form: WITH_TREE, WITH_JSON or neither, of enum command_option. Returns 0 or -errno with a sentence in e. */
int status_print(FILE *out, const struct host *t, const struct guests *g, const struct filters *f, const char *only,
	unsigned int form, struct err *e);

#endif
