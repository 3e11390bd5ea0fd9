/* SPDX-License-Identifier: ISC */
/* What an unconfirmed change goes back to. */
#ifndef CONFIRM_WAY_BACK_H
#define CONFIRM_WAY_BACK_H

#include "command_run.h"
#include "confirm_store.h"

/* Fills u->back and u->text for the change of r. Refuses one whose state before couldn't be made again: returns -errno
 * with a message in e. */
int way_back_choose(
	struct netlink *nl, const struct command_run *r, bool restart, struct unconfirmed *u, struct err *e);

/* The configuration to go back to; of BACK_BY_REMOVING, the names that go. Returns 0 or -errno. */
int way_back_read_config(const struct unconfirmed *u, struct config *ret, struct err *e);

/* What u goes back to, as a part of a sentence. */
#define WAY_BACK_SIZE 96
const char *way_back_describe(const struct unconfirmed *u, char buf[WAY_BACK_SIZE]);

/* The ID of this boot of the kernel; another one is there after the next. */
#define BOOT_ID_SIZE 40
void way_back_boot_id(char id[BOOT_ID_SIZE]);
bool way_back_is_this_boot(const char *id);

/* A deadline as the time of day. */
void way_back_print_time(long long deadline, char buf[32]);

#endif
