/* SPDX-License-Identifier: ISC */
/* The commands: each a pipeline from the configuration and the kernel to the host. */
#ifndef COMMAND_H
#define COMMAND_H

#include "err.h"
#include "exit_status.h"

struct command {
	const char *name;
	int (*run)(char **args, struct err *e); /* args are NULL-terminated; returns the exit status */
	const char *help;                       /* NULL: not for administrators */
};

int command_start(char **args, struct err *e);
int command_stop(char **args, struct err *e);
int command_restart(char **args, struct err *e);
int command_confirm(char **args, struct err *e);
int command_revert(char **args, struct err *e);
int command_history(char **args, struct err *e);
int command_await_confirm(char **args, struct err *e);
int command_status(char **args, struct err *e);
int command_demand(char **args, struct err *e);
int command_release(char **args, struct err *e);
int command_keep(char **args, struct err *e);
int command_rules(char **args, struct err *e);
int command_plan(char **args, struct err *e);
int command_check(char **args, struct err *e);

#endif
