/* SPDX-License-Identifier: ISC */
/* The host as it would be without us, told from the devices and their marks alone. Pure. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "config.h"
#include "host.h"

/* Which devices of ours a command concerns. The others are treated as unmanaged: they stay as they are. */
enum scope {
	SCOPE_ADD,  /* those that the configuration names: arguments add their stack to what is there */
	SCOPE_FILE, /* those made from the file: the file is the whole desired state */
	SCOPE_ALL,  /* all: stop */
};

struct origin {
	struct host host; /* without our devices (those in scope); borrowed ones, and what they had, as they were */
	struct host ours; /* our devices in scope, as they are now: a new target keeps a bridge's MAC address, and
			     demand bridges. Lent by the current host, which must outlive it */
	struct host renamed_uplinks; /* those of ours that differ: their uplink is called otherwise without us */
};

/* names, if not NULL, limits SCOPE_ADD and SCOPE_ALL to devices of these names. Returns 0, or -errno with a message in
 * e. The caller frees ret. Every state that a killed run can leave gives the same origin, because marks are written
 * before what they describe is changed. */
int origin_make(
	const struct host *current, enum scope scope, const struct config *names, struct origin *ret, struct err *e);
void origin_free(struct origin *o);

/* The name of the unmanaged device whose entries d, of h, carries: its own, or by the marks (inherit, uplink=) that of
 * the port below it, as it was called before us. */
const char *origin_of(const struct host *h, const char *device);

#endif
