/* SPDX-License-Identifier: ISC */
/* The host's bonds, bridges and what is in them, as a table, a tree or JSON. */
#ifndef STATUS_H
#define STATUS_H

#include <stdio.h>

#include "check.h"
#include "filters.h"
#include "guests.h"
#include "host.h"

/* What status knows. */
struct status_view {
	const struct host *current;
	const struct host *target; /* what the file asks for; NULL: there is no file, or it can't be carried out */
	const struct guests *guests;
	const struct filters *filters;
	const struct check_readings *readings; /* ports of bonds, and what LLDP tells of them */
	const char *only;                      /* one device, by a name of it; NULL: all of interest */
	const char *file;
	bool has_file;
	size_t differing;   /* devices that start would change */
	char confirmed[20]; /* when the file as it is was confirmed; "": it wasn't, or nobody knows */
	bool colour;
	size_t width; /* of the terminal; 0: there is none */
};

/* Devices in the order of their masters' names: the ports of one stand together. */
struct status_ports {
	const struct device **list;
	size_t count;
};

/* Returns 0 or -ENOMEM; the caller frees ret->list. */
int status_ports_sort(const struct host *h, struct status_ports *ret);

/* Where the ports of master begin. */
size_t status_ports_first(const struct status_ports *all, const char *master);

/* "up", "down" or "no carrier". */
const char *status_state(const struct link *l);

/* Whether d is a guest's, and not a device of ours or one that we took. */
bool status_is_guest(const struct status_view *v, const struct device *d);

/* Whether d has a line of its own: bonds, bridges and what else is ours but isn't a port; bridges of others that have
 * guests. With v->only: that device. */
bool status_is_shown(const struct status_view *v, const struct status_ports *all, const struct device *d);

/* Whether d, of the target, is ours and isn't there. */
bool status_is_missing(const struct status_view *v, const struct device *d);

/* The port of a bond in its active aggregator that has an LACP partner, or NULL. */
const struct check_bond_port *status_partner(const struct status_view *v, const char *bond);

/* The line for v->file, without the newline. */
void status_print_head(FILE *out, const struct status_view *v);

/* For people. Returns 0 or -errno with a message in e. */
int status_print_table(FILE *out, const struct status_view *v, struct err *e);

/* Ports below their bond or bridge, with all columns. Returns 0 or -errno with a message in e. */
int status_print_tree(FILE *out, const struct status_view *v, struct err *e);

/* The object that network-vlanbridge(8) describes. Returns 0 or -errno with a message in e. */
int status_print_json(FILE *out, const struct status_view *v, struct err *e);

/* A graph for dot(1). Returns 0 or -errno with a message in e. */
int status_print_dot(FILE *out, const struct status_view *v, struct err *e);

#endif
