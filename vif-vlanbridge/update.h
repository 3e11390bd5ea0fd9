/* SPDX-License-Identifier: ISC */
/* `update`: the NIC of a running guest gets other settings. The decision is that of online and add; how the port gets
 * there while the guest uses it is in port_change.h. */
#ifndef VIF_UPDATE_H
#define VIF_UPDATE_H

#include "hotplug.h"
#include "port_change.h"
#include "update_request.h"

/* The vif, or the tap of an emulated NIC. */
struct update_port {
	struct hotplug_run run; /* its decision; index 0: how it was before */
	struct port_state before, after;
	struct rules rules_before; /* without `when`: none */
	bool begun;
};

struct update {
	struct update_request req;
	struct nic before, after;
	struct update_port ports[2];
	size_t n;
	bool usage;             /* the failure is one of the arguments */
	struct hotplug_run nic; /* its vif, store and netlink session, for all */
};

/* Runs `update` with main's arguments. Returns the exit status. */
int update_run(int argc, char *const argv[]);

/* The stages. Each returns 0, or -errno with a message in e. */
int update_find_nic(struct update *u, struct err *e); /* update_find.c */
int update_find_ports(struct update *u, struct err *e);
int update_keep(struct update *u, struct err *e); /* update_keep.c: where xl reads it at the next boot */
void update_undo_keep(struct update *u);
int update_change_ports(struct update *u, struct err *e); /* update_ports.c */
void update_undo_ports(struct update *u);
int update_write(struct update *u, struct err *e); /* xenstore */

/* update_find.c: how a port is now, the VLANs read from the kernel. */
int update_read_port(struct update_port *p, struct port_state *ret, struct err *e);

/* update_print.c: on standard output, a line for each difference. */
void update_print(const struct update *u);

#endif
