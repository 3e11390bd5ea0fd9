/* SPDX-License-Identifier: ISC */
/* The configuration that libxl keeps of a running domain, in JSON: from it xl starts the domain again, saves and
 * migrates it. libxl (4.17 to 4.20) reads NICs' settings from there alone, xenstore only says which NICs there are
 * (libxl_retrieve_domain_configuration: NICs have no `merge`). */
#ifndef KEEP_H
#define KEEP_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct keep;

/* Takes libxl's lock of the domain's configuration and reads it. Returns 0 with ret, NULL where nothing is kept: there
 * is no such file, no such domain, or no Xen. Or -errno with a message in e. Freed with keep_close in either case. */
int keep_open(uint32_t domid, struct keep **ret, struct err *e);
void keep_close(struct keep *k);

/* Sets a key of a NIC, as text; "": none. Returns 0, or -errno with a message in e: -EOPNOTSUPP for a key that this
 * libxl doesn't have. */
int keep_set(struct keep *k, int devid, const char *key, const char *value, struct err *e);

/* Writes it back. Returns 0, or -errno with a message in e. */
int keep_write(struct keep *k, struct err *e);

/* Whether another configuration waits, which `xl config-update` has set: the next start takes that one. */
int keep_is_superseded(const struct keep *k);

#endif
