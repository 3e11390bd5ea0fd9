/* SPDX-License-Identifier: ISC */
/* The filtering rules of guests' ports: which ports are to have them, which have, and what they dropped. vif-vlanbridge
 * makes them; `nft flush ruleset`, and so a restart of nftables.service, deletes them. */
#ifndef FILTERS_H
#define FILTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "filter_table.h"
#include "host.h"
#include "names.h"

/* A port whose alias says that it has rules. */
struct filter_port {
	char name[NAME_SIZE];
	struct filter_mark mark;
	int index;
	bool attached;     /* to a bridge */
	bool filtered;     /* the rules are there */
	bool disabled;     /* and let nothing pass */
	char dropped[192]; /* the packets that they dropped, by reason: "arp 3, mac 1" */
};

struct filters {
	struct filter_port *ports;
	size_t count;
};

/* The ports that h has; of the kernel it asks for their rules. Returns 0, or -errno with a message in e. Freed with
 * filters_free in either case. */
int filters_read(const struct host *h, struct filters *ret, struct err *e);
void filters_free(struct filters *f);

/* The port of that name, or NULL. */
const struct filter_port *filters_find(const struct filters *f, const char *name);

/* Puts back what ports lack: their guests' MAC addresses in the bridge, which are gone when a port was moved; and their
 * rules, by vif-vlanbridge, from what the toolstack asks for. Returns 0, or -errno with a message in e about the first
 * port that stays without. */
int filters_restore(const struct host *h, struct err *e);

#endif
