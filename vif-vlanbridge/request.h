/* SPDX-License-Identifier: ISC */
/* What this run of the hook is asked to do: argv and environment as libxl, xend, udev and QEMU pass
 * them. Pure. */
#ifndef VIF_REQUEST_H
#define VIF_REQUEST_H

#include <stdbool.h>

#include "err.h"
#include "names.h"
#include "nic.h"

#define PATH_SIZE 256

struct request {
	bool idle;     /* a command for the other type of device: exit with 0 and do nothing */
	bool attach;   /* online, add; otherwise offline, remove */
	bool rules;    /* rules: only put back the filtering rules of what is attached */
	bool tap;      /* QEMU's end of an emulated NIC; otherwise netback's */
	bool emulated; /* the NIC has both */
	char dev[NAME_SIZE];
	char path[PATH_SIZE];      /* the backend directory; "": QEMU's call, without xenstore */
	unsigned int domid, devid; /* of path */
	struct nic nic;            /* from arguments over environment, not checked; xenstore replaces it */
};

/* Parses `COMMAND [VAR=VALUE...]` or QEMU's `INTERFACE [up|down]`; env is getenv or a stand-in.
 * Returns 0, or -EINVAL with a message in e for bad usage. */
int request_parse(
	int argc, char *const argv[], const char *(*env)(const char *name), struct request *ret, struct err *e);

/* "online", "offline", "add" or "remove". */
const char *request_command_name(const struct request *req);

#endif
