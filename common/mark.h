/* SPDX-License-Identifier: ISC */
/* The mark that a device carries in its alias (`ip link set dev X alias …`): whose it is, the policy of a bridge,
 * and how a device that isn't ours was before we took it. There are no state files: this is the state.
 *
 *     vlanbridge file uplink=bond0 vlan=3 isolated      a device that we made from the file
 *     rack 4 port 7 vlanbridge port up=1 addr_gen=0     somebody's NIC that is our bond's port for now
 *
 * What stands before the word vlanbridge is the administrator's and is kept. */
#ifndef COMMON_MARK_H
#define COMMON_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"

/* The link group of all that we made, so that it can go in few messages: "vlb" in ASCII. */
#define MARK_GROUP 0x766c62
#define MARK_GROUP_GOING (MARK_GROUP + 1) /* those being deleted in this moment */

enum mark_origin {
	MARK_NONE, /* no mark */
	MARK_FILE, /* made from the configuration file */
	MARK_ARGS, /* made from a command line */
	MARK_PORT, /* not made by us: only taken as a port or uplink; the was_ fields count */
};

enum mark_was {
	MARK_WAS_UP = 1 << 0,
	MARK_WAS_MTU = 1 << 1,
	MARK_WAS_ADDR_GEN = 1 << 2,
	MARK_WAS_NAME = 1 << 3,
	MARK_WAS_LAST = MARK_WAS_NAME,
};

struct mark {
	enum mark_origin origin;
	char uplink[NAME_SIZE]; /* of a bridge: the device whose network it carries, or "" */
	uint32_t vlan;          /* of a bridge: the VLAN of uplink that it carries, 0 for all or none */
	bool adopted;           /* a bond that the module made: reset at stop, not deleted */
	bool dhcp;              /* a DHCP client of ours runs on it */
	bool inherit;           /* its addresses and routes are uplink's: they go back to it */
	bool parking;   /* a dummy that keeps uplink's addresses and routes while the device itself has to be down */
	bool demand;    /* goes when its last vif leaves */
	bool closing;   /* on demand, and about to go: vifs that find this join no more */
	bool isolated;  /* its vifs reach the uplink, not each other */
	bool antispoof; /* its vifs may use their own addresses only */
	bool routers;   /* its vifs may be routers, and DHCP servers */
	bool tx_offload_off; /* transmit checksumming off on its vifs */
	bool joined;         /* a port that we put into its master, which isn't ours: it leaves it again */
	unsigned int was;    /* enum mark_was: which of these are known */
	bool was_up;
	uint32_t was_mtu, was_addr_gen;
	char was_name[NAME_SIZE];
};

/* Reads the mark in an alias; m->origin is MARK_NONE when there is none. Words that this version doesn't know
 * are passed over: a newer version may have written them. */
void mark_parse(const char *alias, struct mark *m);

/* Puts m into alias in place of the mark it has, keeping the administrator's text; MARK_NONE only takes the
 * mark away. Returns 0, or -ENOSPC with a sentence in e when both don't fit into the kernel's 255 bytes. */
int mark_write(char alias[ALIAS_SIZE], const struct mark *m, struct err *e);

#endif
