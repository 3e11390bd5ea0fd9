/* SPDX-License-Identifier: ISC */
/* Confirmed changes: a change made with confirm=SECONDS goes back unless `confirm` comes in time. The last confirmed
 * configuration is what it goes back to, and what a boot starts until then. */
#ifndef CONFIRM_H
#define CONFIRM_H

#include <stdio.h>

#include "command_run.h"
#include "confirm_store.h"

typedef int (*confirm_changing)(struct netlink *nl, struct command_run *r, struct err *e);

/* Makes a change of start, stop or restart, on which the caller has the lock: refuses it where another one waits, sees
 * to the way back, and to what counts as confirmed afterwards. Returns the exit status. */
int confirm_change(struct netlink *nl, struct command_run *r, confirm_changing change, struct err *e);

/* Whether u was made since the host was booted, and neither confirmed nor taken back. */
bool confirm_waits(const struct unconfirmed *u);

/* Whether there is such a change. Without root's rights it can't be seen. */
bool confirm_is_awaited(void);

/* Takes back what waits, with the lock. Returns the exit status. */
int confirm_go_back(struct netlink *nl, const struct unconfirmed *u, struct err *e);

/* The file counts as confirmed. Returns 0 or -errno with a message in e. */
int confirm_keep(const struct text *file, struct err *e);

/* Nothing waits any more; if the file has what u was made from, it isn't started by a boot. Returns 0 or -errno. */
int confirm_reject(struct unconfirmed *u, struct err *e);

/* What u goes back to, as a part of a sentence. */
#define WAY_BACK_SIZE 96
const char *confirm_describe_way_back(const struct unconfirmed *u, char buf[WAY_BACK_SIZE]);

/* config_read, but of a file that wasn't confirmed, and isn't tried just now, the last confirmed one. */
int confirm_read_config(const char *file, struct config *ret, struct err *e);

/* For status: one line, if a change waits. */
void confirm_print(FILE *out);

#endif
