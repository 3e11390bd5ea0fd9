/* SPDX-License-Identifier: ISC */
/* Which guest an interface belongs to, by xenstore. */
#ifndef GUESTS_H
#define GUESTS_H

#include <stddef.h>

struct guest_nic {
	char *interface; /* vif3.0, or the vifname */
	char *domain;
	int nic; /* the number of the NIC in the guest, from 0 */
	unsigned char mac[6];
	unsigned int mtu;       /* as its configuration asks, or libxl's usual one */
	unsigned int addresses; /* how many ip= has */
};

struct guests {
	struct guest_nic *nics;
	size_t count;
};

/* Lists the NICs of all running guests whose backend is here. Without xenstored, or without the right to ask it, the
 * list is empty. */
void guests_read(struct guests *ret);
void guests_free(struct guests *g);

/* The NIC behind a vif, or behind an HVM guest's tap (NAME-emu), or NULL. */
const struct guest_nic *guests_find(const struct guests *g, const char *interface);

#endif
