/* SPDX-License-Identifier: ISC */
/* The bridges of the host, as the end of an error message. Pure. */
#ifndef VIF_BRIDGE_NAMES_H
#define VIF_BRIDGE_NAMES_H

#include <stddef.h>

#include "err.h"
#include "names.h"

/* Appends "; this host has br1, br2 and 3 more" to the message of e, as far as it fits. Sorts the n
 * names in place. */
void bridge_names_append(struct err *e, char (*names)[NAME_SIZE], size_t n);

#endif
