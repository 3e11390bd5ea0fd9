/* SPDX-License-Identifier: ISC */
/* The inside of a netlink session, for the files that implement netlink.h. */
#ifndef COMMON_NETLINK_SESSION_H
#define COMMON_NETLINK_SESSION_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "err.h"

struct netlink {
	int fd;
	unsigned int seq;
	bool bulk; /* the socket is set up for dumps and long batches */
	char *buf;
};

/* For dumps and long batches: filters that the kernel obeys, and room for all that it has to say. */
void netlink_prepare_bulk(struct netlink *nl);

/* One send of n parts. Returns 0, or -errno with a message in e: nothing was done then. */
int netlink_transmit(struct netlink *nl, struct iovec *iov, size_t n, struct err *e);

/* Reads into nl->buf. Returns how many bytes, or -errno with a message in e. */
ssize_t netlink_receive(struct netlink *nl, struct err *e);

#endif
