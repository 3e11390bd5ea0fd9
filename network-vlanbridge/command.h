/* SPDX-License-Identifier: ISC */
/* The commands: each a pipeline from the configuration and the kernel to the host. */
#ifndef COMMAND_H
#define COMMAND_H

#include "command_run.h"
#include "err.h"
#include "exit_status.h"

#define ANY_NUMBER 1000 /* of arguments; only then they may have the form KEY=VALUE */

/* A row for each: parsing, --help and the refusal of what a command doesn't take follow from it. */
struct command {
	const char *name;
	/* args: what isn't an option, NULL-terminated; r: what the options say. Returns the exit status. */
	int (*run)(char **args, struct command_run *r, struct err *e);
	unsigned int takes;    /* enum command_option */
	const char *arguments; /* as --help shows them; NULL: none */
	size_t least, most;    /* how many */
	const char *help;      /* NULL: not for administrators */
};

int command_start(char **args, struct command_run *r, struct err *e);
int command_stop(char **args, struct command_run *r, struct err *e);
int command_restart(char **args, struct command_run *r, struct err *e);
int command_confirm(char **args, struct command_run *r, struct err *e);
int command_revert(char **args, struct command_run *r, struct err *e);
int command_history(char **args, struct command_run *r, struct err *e);
int command_await_confirm(char **args, struct command_run *r, struct err *e);
int command_status(char **args, struct command_run *r, struct err *e);
int command_watch(char **args, struct command_run *r, struct err *e);
int command_demand(char **args, struct command_run *r, struct err *e);
int command_release(char **args, struct command_run *r, struct err *e);
int command_keep(char **args, struct command_run *r, struct err *e);
int command_rules(char **args, struct command_run *r, struct err *e);
int command_plan(char **args, struct command_run *r, struct err *e);
int command_check(char **args, struct command_run *r, struct err *e);

#endif
