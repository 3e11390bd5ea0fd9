/* SPDX-License-Identifier: ISC */
/* The mark that a device carries in its alias (`ip link set dev X alias …`): whose it is, the policy of a bridge,
 * and how a device that isn't ours was before we took it. There are no state files: this is the state.
 *
 *     vlanbridge file uplink=bond0 vlan=3 isolated      a device that we made from the file
 *     rack 4 port 7 vlanbridge port up=1 addr_gen=0     somebody's NIC that is our bond's port for now
 *     vlanbridge guest bridge=br3 uplink=bond0 vlan=3   a vif or tap, and where it belongs
 *
 * What stands before the word vlanbridge is the administrator's and is kept. */
#ifndef COMMON_MARK_H
#define COMMON_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "filter_table.h"
#include "link.h"
#include "vlans.h"

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
	bool ipv6_off;  /* dom0 has no IPv6 on it */
	bool accept_ra_off;  /* dom0 takes no router advertisement on it */
	bool tx_offload_off; /* transmit checksumming off on its vifs */
	bool joined;         /* a port that we put into its master, which isn't ours: it leaves it again */
	bool changing;       /* of a guest's device: see struct guest_mark */
	unsigned int was;    /* enum mark_was: which of these are known */
	bool was_up;
	uint32_t was_mtu, was_addr_gen;
	char was_name[NAME_SIZE];
};

/* The mark of a guest's device, a vif or tap: its place, to which network-vlanbridge takes it back when its bridge is
 * made again. The hook writes it, and network-vlanbridge before a plan takes the device out of its place. */
struct guest_mark {
	char bridge[NAME_SIZE];
	char uplink[NAME_SIZE]; /* of the bridge, and the VLAN of uplink: they say which network it is */
	uint32_t vlan;
	bool changing;       /* a plan is about to change the place: what is noted counts, not what the device has */
	uint64_t port_flags; /* as in struct link */
	bool vlan_aware;     /* the bridge is: vlans counts */
	struct port_vlans vlans;
	struct filter_mark filter;
};

/* Reads the mark in an alias; m->origin is MARK_NONE when there is none. Words that this version doesn't know
 * are passed over: a newer version may have written them. */
void mark_parse(const char *alias, struct mark *m);

/* Puts m into alias in place of the mark it has, keeping the administrator's text; MARK_NONE only takes the
 * mark away. Returns 0, or -ENOSPC with a sentence in e when both don't fit into the kernel's 255 bytes. */
int mark_write(char alias[ALIAS_SIZE], const struct mark *m, struct err *e);

/* Reads the mark of a guest's device. Returns whether there is one; g is untouched if not. One without room for the
 * place has an empty bridge. */
bool mark_parse_guest(const char *alias, struct guest_mark *g);

/* Puts g into alias in place of the mark it has; NULL only takes the mark away. Returns 0, or -ENOSPC, alias untouched,
 * where the administrator's text and the VLANs leave no room for it. */
int mark_write_guest(char alias[ALIAS_SIZE], const struct guest_mark *g);

/* The same; where there is no room for the place, only what else g says. */
void mark_note_guest(char alias[ALIAS_SIZE], const struct guest_mark *g);

#endif
