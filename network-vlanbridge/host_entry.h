/* SPDX-License-Identifier: ISC */
/* Inside host: what its two files share. */
#ifndef HOST_ENTRY_H
#define HOST_ENTRY_H

#include "host.h"

/* Adds change, 1 or -1, to the count of entries of each device that e names. */
void host_count_entry(struct host *h, const struct l3_entry *e, int change);

/* Calls a device otherwise in all entries but rules. Returns 0 or -ENOMEM. */
int host_rename_in_entries(struct host *h, const char *old, const char *name);

void host_free_entries(struct host *h);

#endif
