/* SPDX-License-Identifier: ISC */
/* What this run of the hook is asked to do: argv and environment as libxl, xend, udev and QEMU pass
 * them. Pure. */
#ifndef VIF_REQUEST_H
#define VIF_REQUEST_H

#include <stdbool.h>

#include "err.h"
#include "names.h"
#include "nic.h"

#define REQUEST_USAGE                                                                                                  \
	"usage: vif-vlanbridge online|offline|add|remove|rules [type_if=vif|tap] [vif=NAME] "                          \
	"[XENBUS_PATH=PATH] [bridge=NAME] [vlan=LIST] [mtu=N] [ip=LIST], or as QEMU's script: "                        \
	"vif-vlanbridge TAP [up|down]"

#define PATH_SIZE 256
#define REQUEST_ID_MAX 65535 /* of domains, and of NICs */

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

/* The same for what isn't a toolstack's call: about the vif or the tap of a NIC, its keys still to be read. Returns 0,
 * or -EINVAL with a message in e where no device can have such a name. */
int request_for_nic(unsigned int domid, unsigned int devid, bool tap, struct request *ret, struct err *e);

/* The numbers in "vifDOMID.DEVID" or "vifDOMID.DEVID-emu". Returns 0 or -EINVAL. */
int request_parse_device(const char *dev, unsigned int *domid, unsigned int *devid);

/* "online", "offline", "add" or "remove". */
const char *request_command_name(const struct request *req);

#endif
