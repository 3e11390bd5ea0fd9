/* SPDX-License-Identifier: ISC */
/* A kernel state from text, a device a line in the form in which plans print them. */
#ifndef KERNEL_TEXT_H
#define KERNEL_TEXT_H

#include "network-vlanbridge/host.h"

/* Fills t, which must be {0}. What a line doesn't say is as for a new NIC: MTU 1500, down, no master. The line
 * `bonding` says that the module is loaded. text is changed. Fails the running test on a line that it can't read. */
void kernel_text(char *text, struct host *t);

#endif
