/* SPDX-License-Identifier: ISC */
/* Runs another program, within the deadline. Only what is asked for rarely does. */
#ifndef VIF_CHILD_H
#define VIF_CHILD_H

#include <stddef.h>

#include "deadline.h"
#include "err.h"

#define CHILD_OUTPUT 2048

struct child {
	int status;                /* its exit status; 128 and its number for a signal */
	char output[CHILD_OUTPUT]; /* what it printed on stdout and stderr: the beginning and the
				      end */
};

/* Runs argv[0] (found through PATH) with text as its standard input (NULL: empty; at most 60 KiB).
 * Returns 0 when it has ended, however, and *ret; -ENOENT when there is no such program, -ETIMEDOUT
 * when the deadline was over and it was killed, or another -errno; e has a sentence then. */
int child_run(const char *const argv[], const char *text, struct deadline *d, struct child *ret,
	struct err *e);

/* The first or the last line of output that isn't blank; "" if there is none. They cut output: call
 * one of them. */
const char *child_first_line(struct child *c);
const char *child_last_line(struct child *c);

#endif
