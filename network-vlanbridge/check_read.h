/* SPDX-License-Identifier: ISC */
/* Reads what checks need besides the model of the host: /proc, /sys, /run, nft and lldpcli. Changes nothing, and sends
 * nothing. */
#ifndef CHECK_READ_H
#define CHECK_READ_H

#include "check.h"

/* Fills ret, which must be {0}. What can't be read, without the right or because it isn't there, is left out. Returns 0
 * or -ENOMEM; the caller frees ret. */
int check_read(const struct host *h, struct check_readings *ret);

#endif
