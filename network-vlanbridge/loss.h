/* SPDX-License-Identifier: ISC */
/* Whether dom0 has lost an address or a route on the way. */
#ifndef LOSS_H
#define LOSS_H

#include "host.h"

/* The result may look right all the same: what there was without us (origin, made from before) must be there without us
 * still (after, made from now). Pure. Returns 0, or -EIO with a message in e that names what isn't. */
int loss_refuse(const struct host *origin, const struct host *after, const struct host *before, const struct host *now,
	struct err *e);

#endif
