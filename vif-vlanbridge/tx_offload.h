/* SPDX-License-Identifier: ISC */
/* Transmit checksum offload of a device. */
#ifndef VIF_TX_OFFLOAD_H
#define VIF_TX_OFFLOAD_H

#include <stdbool.h>

#include "err.h"

/* Switches it on or off for the device dev. bridge, whose setting that is, is for the message. Returns 0
 * or -errno with a message in e. */
int tx_offload_set(const char *dev, bool on, const char *bridge, struct err *e);

#endif
