/* SPDX-License-Identifier: ISC */
/* Confirmed changes: a change made with confirm=SECONDS goes back unless `confirm` comes in time. The last confirmed
 * configuration is what it goes back to, and what a boot starts until then. */
#ifndef CONFIRM_H
#define CONFIRM_H

#include <stdio.h>

#include "command_run.h"
#include "confirm_store.h"

#define PROBE_SECONDS 60 /* the deadline of probe= without confirm= */

typedef int (*confirm_changing)(struct netlink *nl, struct command_run *r, struct err *e);

/* Makes a change of start, stop or restart, on which the caller has the lock: refuses it where another one waits, sees
 * to the way back, and to what counts as confirmed afterwards. Returns the exit status. */
int confirm_change(struct netlink *nl, struct command_run *r, confirm_changing change, struct err *e);

/* confirm_probe.c: leaves of r->probes what answers now, or is new. Returns the exit status: EXIT_USAGE if nothing is
 * left that could show that the change is good. */
int confirm_choose_probes(struct command_run *r, struct err *e);

/* Without the lock: waits until the probes of a change that was made have answered. Then it is confirmed, or waits for
 * somebody to do so; otherwise the host goes back. Returns the exit status. */
int confirm_by_probes(struct command_run *r, struct err *e);

/* confirm_command.c: confirms u, with the lock. Returns the exit status. */
int confirm_accept(struct unconfirmed *u, struct err *e);

/* Whether the change with that deadline still waits. */
bool confirm_still_waits(long long deadline);

/* Takes that change back, unless it doesn't wait any more: without the lock, which it gets. why: for the syslog.
 * Returns the exit status. */
int confirm_take_back(long long deadline, const char *why, struct err *e);

/* Says until when u has to be confirmed. */
void confirm_tell(const struct unconfirmed *u);

/* Whether u was made since the host was booted, and neither confirmed nor taken back. */
bool confirm_waits(const struct unconfirmed *u);

/* Whether there is such a change. Without root's rights it can't be seen. */
bool confirm_is_awaited(void);

/* Takes back what waits, with the lock. Returns the exit status. */
int confirm_go_back(struct netlink *nl, const struct unconfirmed *u, struct err *e);

/* The file counts as confirmed. Returns 0 or -errno with a message in e. */
int confirm_keep(const struct text *file, struct err *e);

/* What waits, u, doesn't any more; if the file has what u was made from, it isn't started by a boot. Returns 0 or
 * -errno. */
int confirm_reject(const struct unconfirmed *u, struct err *e);

/* The same of a u that doesn't wait itself: it counts as rejected in this boot. */
int confirm_reject_text(struct unconfirmed *u, struct err *e);

/* config_read, but of a file that wasn't confirmed, and isn't tried just now, the last confirmed one. */
int confirm_read_config(const char *file, struct config *ret, struct err *e);

/* For status: one line, if a change waits. */
void confirm_print(FILE *out);

#endif
