/* SPDX-License-Identifier: ISC */
/* Inside check: what its files share. */
#ifndef CHECK_BUILD_H
#define CHECK_BUILD_H

#include "check.h"

#define CHECK_VIF_SIZE 128
#define CHECK_START "`network-vlanbridge start`"

typedef void check_function(const struct check_input *in, struct check_report *r);

/* Each a row of the table in check.c. */
check_function check_refused_file, check_lost_file, check_vif_places, check_vif_vlans, check_vif_rules,
	check_guest_macs;
check_function check_foreign_ports, check_missing_uplinks, check_down, check_carrier, check_marks, check_mtu;
check_function check_bond_monitoring, check_bond_ports, check_bond_speeds, check_lacp;
check_function check_vlan_twice, check_vlan_on_port, check_switch_vlans;
check_function check_managers, check_dhcp_clients, check_lifetimes, check_forwarding, check_router_advertisements;
check_function check_bridge_netfilter, check_rule_devices;
check_function check_drift;
check_function check_unconfirmed;

/* Adds a trouble. problem must be a literal. */
void check_tell(struct check_report *r, const char *device, const char *problem, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Whether this problem of the device has been told. */
bool check_has_told(const struct check_report *r, const char *device, const char *problem);

/* The master of d if it is ours, or NULL. */
const struct device *check_master_of_ours(const struct check_input *in, const struct device *d);

/* A port of a bridge of ours that is neither ours nor borrowed: a guest's device, as its mark, libxenlight or its name
 * say; otherwise a foreign one. */
bool check_is_guest(const struct check_input *in, const struct device *d);

/* "vif1.0 (NIC 0 of web)". Returns buf. */
const char *check_print_vif(const struct check_input *in, const struct device *d, char buf[CHECK_VIF_SIZE]);

/* The reading of a bond's port, or NULL. */
const struct check_bond_port *check_find_port(const struct check_input *in, const char *name);

/* Room for one more at the end of a list with count elements of size bytes: the list, maybe elsewhere; NULL without
 * memory. */
void *check_grow(void *list, size_t count, size_t size);

/* check_text.c, check_text_filter.c: what files and programs say, to readings, which they add. text is changed. Return
 * 0 or -ENOMEM. */
int check_read_bond(char *text, const char *bond, struct check_readings *r);
int check_read_interfaces(char *text, const char *file, struct check_readings *r);
int check_read_lldp(char *text, struct check_readings *r);
int check_read_filter(char *text, struct check_readings *r);

#endif
