/* SPDX-License-Identifier: ISC */
/* A host as text, to compare two. */
#ifndef HOST_TEXT_H
#define HOST_TEXT_H

#include "network-vlanbridge/host.h"

/* Devices and entries, a line each, sorted; without what a bridge keeps on purpose, and what nobody sees. The caller
 * frees it. */
char *host_text(const struct host *h, bool guests);

/* Whether a device is a guest's, as its name says. */
bool is_vif(const struct device *d);

/* Whether d is a VLAN-aware bridge, or a port of one. */
bool is_filtering_port(const struct host *h, const struct device *d);

#endif
