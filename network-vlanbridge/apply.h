/* SPDX-License-Identifier: ISC */
/* Runs a plan: netlink batches, every answer matched to its step; on any refusal the undo of all that was done. */
#ifndef APPLY_H
#define APPLY_H

#include "netlink.h"
#include "plan.h"

/* Runs p. Returns 0; or -errno with a sentence in e, after everything that had been done was undone (and if that
 * failed too, the sentence says what remains). */
int apply_run(struct netlink *nl, const struct plan *p, struct err *e);

/* Undoes a whole plan that was run, e being the reason: what can't be undone is added to its sentence. */
void apply_undo(struct netlink *nl, const struct plan *p, struct err *e);

#endif
