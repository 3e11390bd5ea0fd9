/* SPDX-License-Identifier: ISC */
/* What `update` is asked to do: argv, and what it makes of a NIC. Pure. */
#ifndef VIF_UPDATE_REQUEST_H
#define VIF_UPDATE_REQUEST_H

#include <stdbool.h>

#include "err.h"
#include "nic.h"

enum update_key {
	UPDATE_BRIDGE,
	UPDATE_VLAN,
	UPDATE_IP,
	UPDATE_MTU,
	UPDATE_ISOLATED,
	UPDATE_ANTISPOOF,
	UPDATE_DISABLED,
	UPDATE_KEYS
};

#define UPDATE_USAGE                                                                                                   \
	"usage: vif-vlanbridge update DOMAIN/DEVID|vifDOMID.DEVID [bridge=NAME] [vlan=LIST] [ip=LIST] [mtu=N] "        \
	"[isolated=yes|no] [antispoof=yes|no] [disabled=yes|no] [--dry-run]"

#define DOMAIN_SIZE 256

struct update_request {
	char domain[DOMAIN_SIZE]; /* name or number; "": domid counts */
	unsigned int domid, devid;
	bool dry_run;
	const char *values[UPDATE_KEYS]; /* argv's; NULL: stays as it is, "": none */
};

/* Parses `update DOMAIN/DEVID|vifDOMID.DEVID KEY=VALUE... [--dry-run|-n]`. Returns 0, or -EINVAL with a message in e.
 */
int update_request_parse(int argc, char *const argv[], struct update_request *ret, struct err *e);

/* Changes a NIC that nic_check has seen. What is no setting in ip= is replaced by ip=, settings are replaced one by
 * one. Returns 0, or -EINVAL with a message in e for a value that can't be; nic is undefined then. */
int update_request_overlay(const struct update_request *u, bool emulated, struct nic *nic, struct err *e);

#endif
