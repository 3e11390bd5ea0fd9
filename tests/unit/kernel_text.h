/* SPDX-License-Identifier: ISC */
/* A kernel state from text, a device a line in the form in which plans print them; and a step of a plan. */
#ifndef KERNEL_TEXT_H
#define KERNEL_TEXT_H

#include "network-vlanbridge/host.h"
#include "network-vlanbridge/step.h"

/* Fills t, which must be {0}. What a line doesn't say is as for a new NIC: MTU 1500, down, no master. The line
 * `bonding` says that the module is loaded, `no ipv6` that the kernel has none. text is changed. Fails the running test
 * on a line that it can't read. */
void kernel_text(char *text, struct host *t);

/* The same, whatever ret was, from a text that stays. */
void host_from_text(const char *text, struct host *ret);

/* Reads a step as step_print prints it. text is changed. */
void step_from_text(char *text, struct step *ret);

/* Whether all that a host counts along (ports, devices above, entries) is what counting anew gives. */
bool host_counts_are_right(const struct host *h);

#endif
