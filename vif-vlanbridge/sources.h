/* SPDX-License-Identifier: ISC */
/* The source addresses that a guest may use: the addresses and networks of ip=. Pure. */
#ifndef VIF_SOURCES_H
#define VIF_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "nic.h"

#define SOURCES_MAX 128

struct source {
	int family; /* AF_INET or AF_INET6 */
	unsigned int bits;
	uint8_t address[16]; /* network byte order; 0 after bits */
};

struct sources {
	struct source list[SOURCES_MAX + 1]; /* and the link-local one */
	size_t n;
	bool router; /* the word "router" was among them */
};

/* Adds the addresses and networks of ip='s text, separated by spaces or commas; none twice, nor one that is in a
 * network of the list: the kernel's sets refuse that. Settings are passed over. Returns 0, or -EINVAL or -E2BIG with a
 * message in e. */
int sources_parse(const char *text, struct sources *all, struct err *e);

/* Adds the link-local address of RFC 4291, made of the MAC, if nic has one:
 * neighbour discovery and DHCPv6 need it. */
void sources_add_link_local(const struct nic *nic, struct sources *all);

#endif
