/* SPDX-License-Identifier: ISC */
/* One run of a command: from the configuration and the kernel to a plan, carried out and verified, or rolled back. */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include "config.h"
#include "confirm_store.h"
#include "netlink.h"
#include "origin.h"
#include "plan.h"
#include "probe.h"

/* What one run works on. Freed as a whole. */
struct command_run {
	struct config config; /* the desired stack, or for stop with arguments the names that it concerns */
	bool from_args;
	bool stop; /* the target is the origin: config only limits what goes */
	enum scope scope;
	struct host current;
	struct origin origin;
	struct host target;
	struct plan plan;
	unsigned int given; /* the options, enum command_option */
	const char *config_file;
	size_t changed;        /* how many devices were */
	bool ask;              /* somebody typed start, and nothing says what it is for */
	struct text text;      /* the configuration's, if it was read from a file */
	unsigned long to;      /* which one of history; 0: not given */
	unsigned long confirm; /* seconds for somebody's confirmation of the change; 0: it needs none */
	struct probes probes;  /* what has to answer after it */
	long long deadline;    /* until when, see confirm_deadline.h */
};

/* The words that a command takes besides its arguments: rows of command_options.c. */
enum command_option {
	WITH_CONFIG = 1 << 0,
	WITH_CONFIRM = 1 << 1,
	WITH_PROBE = 1 << 2,
	WITH_TO = 1 << 3,
	WITH_DRY_RUN = 1 << 4,
	WITH_FORCE = 1 << 5,
	WITH_JSON = 1 << 6,
	WITH_TREE = 1 << 7,
	WITH_EXIT_CODE = 1 << 8,
	WITH_VERBOSITY = 1 << 9,
	WITH_HELP = 1 << 10,
	WITH_IP = 1 << 11,
	WITH_DOT = 1 << 12,
};

void command_run_free(struct command_run *r);

/* Fills r->config from the file, or from args if there are any, and r->scope. Returns 0 or -errno with a message in e.
 */
int command_run_read(char **args, struct command_run *r, struct err *e);

/* The same for stop: nothing, or the names of the stack that args describe, which must be there. */
int command_run_read_stop(char **args, struct command_run *r, struct err *e);

/* Two runs at a time would each plan on what the other is about to change. Returns the lock, to be closed, or left to
 * the end of the process; or -errno. */
int command_run_lock(struct err *e);

/* Whether another run has the lock now. */
bool command_run_is_locked(void);

/* From here on a lost ssh session or an impatient Ctrl-C doesn't stop the work halfway. */
void command_run_hold_signals(void);

/* Reads the kernel's state and plans. Returns 0, or -errno with a message in e and the exit status in *status. */
int command_run_plan(struct netlink *nl, struct command_run *r, struct err *e, int *status);

/* Refuses a stop without --force that leaves vifs of running guests in no bridge, as interruptions_refuse. */
int command_run_refuse_stop(const struct command_run *r, struct err *e);

/* Brings the host to the target of r and verifies it; or leaves it as it was, which is verified, too, and a message in
 * e. Returns the exit status. */
int command_run_carry_out(struct netlink *nl, struct command_run *r, struct err *e);

/* stop, then start: what is there is taken down and built anew, guests return into their bridges. All or nothing, as
 * well. */
int command_run_restart(struct netlink *nl, struct command_run *r, struct err *e);

#endif
