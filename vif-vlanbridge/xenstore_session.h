/* SPDX-License-Identifier: ISC */
/* The inside of xenstore.h. */
#ifndef VIF_XENSTORE_SESSION_H
#define VIF_XENSTORE_SESSION_H

#include <xenstore.h>

#include "request.h"

struct store {
	struct xs_handle *xs; /* NULL: a request without a directory */
	char path[PATH_SIZE];
	unsigned int domid, devid;
	unsigned int keys; /* NIC_BIT of those that the directory has */
};

#endif
