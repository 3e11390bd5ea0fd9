/* SPDX-License-Identifier: ISC */
/* The backend directory of a NIC in xenstore, which the toolstack writes. Every function here that
 * talks to xenstored costs one request for each key; opening costs one more. */
#ifndef VIF_XENSTORE_H
#define VIF_XENSTORE_H

#include <stdbool.h>

#include "err.h"
#include "nic.h"
#include "request.h"

struct store;

/* Connects and lists the directory of the request. Returns 0 and the store, which the caller
 * closes; or -errno with a sentence in e: -ENOENT when the directory is gone. A request without a
 * directory (QEMU's) gives a store without any key. */
int store_open(const struct request *req, struct store **ret, struct err *e);
void store_close(struct store *s);

/* Whether the directory has the key. */
bool store_has(const struct store *s, enum nic_key key);

/* Reads those of the keys (bits 1 << enum nic_key) that are there into nic. Returns 0 or -errno
 * with a sentence in e. */
int store_read(struct store *s, unsigned int keys, struct nic *nic, struct err *e);

/* Leaves word in the directory that the NIC has packet rules, for the run that is to take them
 * away: by then the bridge may be gone. Returns 0 or -errno with a sentence in e. */
int store_write_rules_flag(struct store *s, struct err *e);

/* What the toolstack waits for. Returns 0 or -errno with a sentence in e. */
int store_write_connected(struct store *s, struct err *e);

/* Tells the toolstack why not; creates nothing in a directory that was gone. s may be NULL. */
void store_write_error(struct store *s, const char *sentence);

/* Tells the guest the MTU, as vif-bridge does; a driver domain may not, and that is fine. */
void store_write_guest_mtu(struct store *s, uint32_t mtu);

#endif
