/* SPDX-License-Identifier: ISC */
/* The exit statuses of both programs. vif-vlanbridge reads those of network-vlanbridge. */
#ifndef COMMON_EXIT_STATUS_H
#define COMMON_EXIT_STATUS_H

enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,        /* and rolled back */
	EXIT_USAGE = 2,         /* bad usage or configuration: nothing was touched */
	EXIT_TROUBLE = 3,       /* of check */
	EXIT_CHANGES = 3,       /* of plan --exit-code: there is something to do */
	EXIT_NOT_ON_DEMAND = 3, /* of demand and release: the file has no such bridge on demand */
};

#endif
