/* SPDX-License-Identifier: ISC */
/* Reads what checks need besides the model of the host: /proc, /sys, /run, nft and lldpcli. Changes nothing, and sends
 * nothing. */
#ifndef CHECK_READ_H
#define CHECK_READ_H

#include "check.h"

/* Fills ret, which must be {0}. What can't be read, without the right or because it isn't there, is left out. Returns 0
 * or -ENOMEM; the caller frees ret. */
int check_read(const struct host *h, struct check_readings *ret);

/* Only the ports of bonds, and LLDP where lldpd runs: what status shows. */
int check_read_bonds(const struct host *h, struct check_readings *ret);

/* The daemons of which it matters that they run. */
struct check_daemons {
	bool network_manager, networkd, lldpd;
};

/* check_read_managers.c. Adds the devices of h that others configure. Returns 0 or -ENOMEM. */
int check_read_managers(const struct host *h, const struct check_daemons *daemons, struct check_readings *r);

/* The text of a file, which the caller frees, and its size, unless size is NULL; or NULL. */
char *check_read_file(const char *path, size_t *size);

#endif
