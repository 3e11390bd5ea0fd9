/* SPDX-License-Identifier: ISC */
/* The one model of a host's network. Three producers fill it: the file, the command line, the kernel. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "link.h"
#include "mark.h"
#include "l3.h"
#include "vlans.h"

/* What dom0 has on a device. */
enum address_policy {
	ADDRESS_KEEP,    /* nothing was said */
	ADDRESS_NONE,    /* none, not even a link-local one */
	ADDRESS_INHERIT, /* those of the device that becomes its port */
	ADDRESS_DHCP,
	ADDRESS_LIST, /* those among the topology's records */
};

struct device {
	struct link link; /* wanted: the fields that matter; from the kernel: all that it reports */
	struct mark mark; /* wanted: to write; from the kernel: as read from the alias */
	bool create;      /* wanted: made when it is missing. Otherwise it must be there: a NIC, an uplink */
	bool optional;    /* wanted: may be missing */
	bool on_demand;   /* wanted: changed if it is there, not made */
	bool tagged;      /* vlans counts */
	struct port_vlans vlans; /* of a port of a VLAN-aware bridge; of the bridge itself, its own port's */
	enum address_policy policy;
	size_t slot;  /* its place in the topology */
	size_t ports; /* from the kernel: how many devices have it as their master */
	bool doomed;  /* being planned: it is going */
	bool to_be_lowered; /* being planned: it goes down at the end */
	bool unmarked; /* wanted: a guest's vif, which is only put back where it was */
	char renamed_from[NAME_SIZE]; /* wanted: what it is called before we come, "" if as now */
	int line; /* where the file asks for it; 0 when it doesn't */
};

struct host {
	unsigned long wait; /* seconds for devices that aren't there yet */
	const char *file; /* that the lines are of; NULL for a command line */
	const char *demanded; /* of what the file has on demand, only what has this name is of interest; NULL: all of it */
	struct device **devices;
	size_t count;
	struct l3_list records;
	void *names; /* tsearch tree of names and alternative names */
	bool bonding; /* the bonding module is loaded: before that, making a bond makes bond0 too */
};

/* Releases what t holds. Fine on {0}. */
void host_free(struct host *t);

/* Adds a device called name. Returns 0 and the device, which belongs to t; -EEXIST when t has it, -ENOMEM. */
int host_add(struct host *t, const char *name, struct device **ret);

/* Reads the mark of a device that the kernel described. Our link group, which a device has from the moment it is made,
 * says whose it is if we were killed before the alias was written. */
void device_read_mark(struct device *d);

/* Whether we made d, as its mark says. */
bool device_is_ours(const struct device *d);

/* The device with that name or alternative name, or NULL. */
struct device *host_find(const struct host *t, const char *name);

/* Gives d, of t, an alternative name, "" for none. Returns 0, -EEXIST or -ENOMEM. */
int host_set_altname(struct host *t, struct device *d, const char *altname);

/* Calls d, of t, and all references to it otherwise. Returns 0, -EEXIST or -ENOMEM. */
int host_rename(struct host *t, struct device *d, const char *name);

/* Takes d out of t and frees it; the order of the others may change. */
void host_remove(struct host *t, struct device *d);

/* The VLAN device of lower with that ID and protocol, whatever its name, or NULL. */
struct device *host_find_vlan(
	const struct host *t, const char *lower, uint32_t id, uint32_t protocol);

/* Prints a device as one line: name, kind, what is set. The form that plan cases and `plan` use. */
void link_describe(FILE *out, const struct link *l);

#endif
