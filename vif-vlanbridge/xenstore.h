/* SPDX-License-Identifier: ISC */
/* The backend directory of a NIC in xenstore, which the toolstack writes. Opening costs one request
 * to xenstored after the connection, every other function one for each key. */
#ifndef VIF_XENSTORE_H
#define VIF_XENSTORE_H

#include <stdbool.h>

#include "err.h"
#include "nic.h"
#include "request.h"

struct store;

/* Connects and lists the directory of the request. Returns 0 and the store, which the caller
 * closes; or -errno with a message in e: -ENOENT when the directory is gone. A request without a
 * directory (QEMU's) gives a store without keys, to which nothing is written. */
int store_open(const struct request *req, struct store **ret, struct err *e);
void store_close(struct store *s);

/* Whether the directory had the key when it was listed. s may be NULL. */
bool store_has(const struct store *s, enum nic_key key);

/* Reads into nic those of the keys (a set of NIC_BIT) that the directory has. Returns 0, or -errno
 * with a message in e. */
int store_read(struct store *s, unsigned int keys, struct nic *nic, struct err *e);

/* What is written is written only while the directory is there, with its key `state`, and never makes it again. Each
 * call is one transaction. */

/* Records in the directory that the NIC has filtering rules, for the run that removes them: the
 * bridge may be gone by then. Returns 0, or -errno with a message in e. */
int store_write_rules_flag(struct store *s, struct err *e);

/* Reports success, for which the toolstack waits; and the MTU, unless 0, as store_write_guest_mtu. Returns 0, or -errno
 * with a message in e. */
int store_write_connected(struct store *s, uint32_t mtu, struct err *e);

/* Reports failure to the toolstack. The guest can read the message. s may be NULL. */
void store_write_error(struct store *s, const char *message);

/* Writes the MTU into the guest's directory, as vif-bridge does. Errors are ignored: in a driver
 * domain it isn't allowed. */
void store_write_guest_mtu(struct store *s, uint32_t mtu);

/* xenstore_update.c. */

/* The number of the domain of that name, or with that number. Returns 0, or -errno with a message in e. */
int store_find_domain(const char *name, unsigned int *domid, struct err *e);

/* Whether the NIC is attached, and not about to be detached. Returns 0, or -errno with a message in e. */
int store_check_attached(struct store *s, struct err *e);

/* Writes those texts of a NIC that have changed, all or none, where the hook and libxl read them. A NIC that is about
 * to be detached is an error. Returns 0, or -errno with a message in e. */
int store_update(struct store *s, const struct nic *before, const struct nic *after, struct err *e);

#endif
