/* SPDX-License-Identifier: ISC */
/* What `plan` and --dry-run print. */
#ifndef COMMAND_PLAN_H
#define COMMAND_PLAN_H

#include "command_run.h"

/* Plans what r asks for and prints it, as its options say. Returns the exit status. */
int command_plan_print(struct command_run *r, struct err *e);

/* The same for restart: its stop, then its start. */
int command_plan_print_restart(struct command_run *r, struct err *e);

#endif
