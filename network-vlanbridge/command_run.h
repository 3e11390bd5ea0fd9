/* SPDX-License-Identifier: ISC */
/* What the commands share: from the arguments to a plan, carried out and verified. */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include "netlink.h"
#include "plan.h"

/* What one run works on. Freed as a whole. */
struct command_run {
	struct host wanted, only, current;
	enum plan_scope scope;
	bool from_args;
	struct plan plan;
	const char *output; /* --json, --tree or NULL */
	const char *config; /* the file */
};

#define WORK struct command_run w __attribute__((cleanup(command_run_free))) = {0}
#define NETLINK struct netlink *nl __attribute__((cleanup(netlink_closep))) = NULL

void command_run_free(struct command_run *w);

/* Takes --json, --tree and config=FILE out of args; what remains describes a stack. */
void command_run_options(char **args, struct command_run *w);

/* Fills w->wanted from the file, or from args if there are any, and w->scope. Returns 0 or -errno with a sentence in e. */
int command_run_read(char **args, struct command_run *w, struct err *e);

/* Two runs at a time would each plan on what the other is about to change. The lock goes with the process. */
int command_run_lock(struct err *e);

/* From here on a lost ssh session or an impatient Ctrl-C doesn't stop the work halfway. */
void command_run_hold_signals(void);

/* Reads the kernel's state and plans. Returns 0, or -errno with a sentence in e and the exit status in *status. */
int command_run_plan(struct netlink *nl, struct command_run *w, struct err *e, int *status);

/* current, plan, apply, verify, for whatever w wants. Returns the exit status. */
int command_run_carry_out(struct netlink *nl, struct command_run *w, struct err *e);

#endif
