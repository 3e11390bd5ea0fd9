/* SPDX-License-Identifier: ISC */
/* Runs another program until the deadline. Only rarely used: for hooks, bridges on demand.
 */
#ifndef VIF_CHILD_H
#define VIF_CHILD_H

#include <stddef.h>

#include "deadline.h"
#include "err.h"

#define CHILD_OUTPUT 2048

struct child {
	int status;                /* its exit status, or 128 plus the number of a signal */
	char output[CHILD_OUTPUT]; /* its stdout and stderr: the beginning and the end */
};

/* Runs argv[0] (found through PATH) with an empty standard input and this process's environment. Returns 0 with *ret
 * filled when it has ended, whatever its status; or -errno with a message in e: -ENOENT when there is no such program,
 * -ETIMEDOUT when it was killed at the deadline. */
int child_run(const char *const argv[], struct deadline *d, struct child *ret, struct err *e);

/* The same, but its output and errors go to these descriptors; ret's output stays empty. */
int child_run_with(const char *const argv[], int out, int err, struct deadline *d, struct child *ret, struct err *e);

/* The last line of output that isn't empty, or "". It points into c, whose output it cuts. */
const char *child_last_line(struct child *c);

#endif
