/* SPDX-License-Identifier: ISC */
/* What the commands share: from the arguments to a plan, carried out and verified. */
#ifndef WORK_H
#define WORK_H

#include "netlink.h"
#include "plan.h"

/* What one run works on. Freed as a whole. */
struct work {
	struct topology wanted, only, current;
	enum plan_scope scope;
	bool from_args;
	struct plan plan;
	const char *output; /* --json, --tree or NULL */
	const char *config; /* the file */
};

#define WORK struct work w __attribute__((cleanup(work_free))) = {0}
#define NETLINK struct netlink *nl __attribute__((cleanup(netlink_closep))) = NULL

void work_free(struct work *w);

/* Takes --json, --tree and config=FILE out of args; what remains describes a stack. */
void work_options(char **args, struct work *w);

/* Fills w->wanted from the file, or from args if there are any, and w->scope. Returns 0 or -errno with a sentence in e. */
int work_read(char **args, struct work *w, struct err *e);

/* Two runs at a time would each plan on what the other is about to change. The lock goes with the process. */
int work_lock(struct err *e);

/* From here on a lost ssh session or an impatient Ctrl-C doesn't stop the work halfway. */
void work_hold_signals(void);

/* Reads the kernel's state and plans. Returns 0, or -errno with a sentence in e and the exit status in *status. */
int work_plan(struct netlink *nl, struct work *w, struct err *e, int *status);

/* current, plan, apply, verify, for whatever w wants. Returns the exit status. */
int work_carry_out(struct netlink *nl, struct work *w, struct err *e);

#endif
