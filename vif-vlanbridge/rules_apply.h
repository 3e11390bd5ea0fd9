/* SPDX-License-Identifier: ISC */
/* Puts a port's filtering rules into the kernel, and takes them out. */
#ifndef VIF_RULES_APPLY_H
#define VIF_RULES_APPLY_H

#include "err.h"
#include "rules.h"

/* Filters what comes in by the device dev, in one transaction. The table belongs to key, the toolstack's name for the
 * vif or tap, which no other domain has; what it had is replaced. Returns 0, or -errno with a message in e. */
int rules_add(const char *key, const char *dev, const struct rules *r, struct err *e);

/* Deletes the table of key. Returns 0, also when there is none, or -errno with a message in e. */
int rules_delete(const char *key, struct err *e);

/* The same in parts, for a port that waits for its rules: prepared, whatever table key has by then; carried out, in one
 * transaction, in every moment of which either the old rules hold or the new ones; and ended, which may take the kernel
 * a grace period. r without `when` is no rules. Prepare and commit return 0, or -errno with a message in e. */
struct rules_change;
int rules_prepare(const char *key, const char *dev, const struct rules *r, struct rules_change **ret, struct err *e);
int rules_commit(struct rules_change *c, struct err *e);
void rules_end(struct rules_change *c); /* NULL is fine */

#endif
