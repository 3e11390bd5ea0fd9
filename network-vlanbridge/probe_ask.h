/* SPDX-License-Identifier: ISC */
/* Inside the asking: whom, by the kernel's neighbour table and bonds, and by ICMP. */
#ifndef PROBE_ASK_H
#define PROBE_ASK_H

#include <poll.h>

#include "netlink.h"
#include "probe.h"

#define PROBE_TARGETS (PROBES + 8) /* there may be several gateways */

/* Whom a probe asks. */
struct probe_target {
	size_t probe; /* in the list */
	int family;
	uint8_t address[16];
	int index; /* of the device, for a gateway and a link-local address; 0: by the routes */
	bool is_gateway;
	bool answered;
};

struct probe_targets {
	struct probe_target list[PROBE_TARGETS];
	size_t count; /* what doesn't fit isn't asked */
};

/* probe_kernel.c. Adds the gateways of the default routes with the lowest metric of a family. Returns 0 or -errno. */
int probe_add_gateways(struct netlink *nl, int family, size_t probe, struct probe_targets *to, struct err *e);

/* The device that carries what name had: itself, or what it is a port of now. 0: there is none. */
int probe_find_device(struct netlink *nl, const char *name);

/* Has the kernel ask the network for the address once more, also where it knows it. */
void probe_solicit(struct netlink *nl, const struct probe_target *t);

/* Whether it got an answer. */
bool probe_is_reachable(struct netlink *nl, const struct probe_target *t);

/* How many bonds have LACP, and how many of these a partner. Returns 0 or -errno. */
int probe_read_lacp(struct netlink *nl, size_t *bonds, size_t *partners, struct err *e);

/* probe_echo.c: ICMP echo by raw sockets, of IPv4 and IPv6. */
enum { ECHO_IPV4, ECHO_IPV6, ECHO_SOCKETS };

/* What isn't there on this host is -1. */
void probe_open_echo(int sockets[ECHO_SOCKETS]);
void probe_send_echo(const int sockets[ECHO_SOCKETS], uint16_t id, const struct probe_target *t);

/* Reads all that came, and marks the targets that it came from. */
void probe_read_echoes(const int sockets[ECHO_SOCKETS], uint16_t id, struct probe_targets *targets);

#endif
