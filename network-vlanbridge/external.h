/* SPDX-License-Identifier: ISC */
/* Other programs that do what isn't ours to do: modprobe, the host's DHCP client, systemd. */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#include <stdbool.h>

#include "err.h"

/* Runs argv[0], looked for where programs of the system are, without input and output, and waits for it. Returns 0 or
 * -errno with a sentence in e. */
int external_run(char *const argv[], struct err *e);

/* Loads the bonding module without its bond0. Returns 0 or -errno with a sentence in e. */
int external_load_bonding(struct err *e);

/* Starts the host's DHCP client (dhcpcd, dhclient or udhcpc, the first that is there) on a device, in the background;
 * or ends it. Returns 0 or -errno with a sentence in e. */
int external_dhcp(const char *device, bool start, struct err *e);

/* What a program prints, which the caller frees; NULL: it isn't there, failed, or took longer than that. */
char *external_output(const char *program, char *const argv[], long milliseconds);

/* Whether such a client, started by us, runs on a device. */
bool external_dhcp_runs(const char *device);

/* Has vif-vlanbridge put back the filtering rules of a vif or tap, by the toolstack's name for it. Returns 0 or -errno
 * with a message in e. */
int external_filter(const char *device, struct err *e);

#endif
