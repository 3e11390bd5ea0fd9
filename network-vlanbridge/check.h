/* SPDX-License-Identifier: ISC */
/* What is wrong with a host: checks that compare the host with the file, and look for what keeps guests off their
 * networks. Pure: the readings come from check_read.h. */
#ifndef CHECK_H
#define CHECK_H

#include "guests.h"
#include "host.h"

/* A port of a bond, as /proc/net/bonding/BOND tells. */
struct check_bond_port {
	char name[NAME_SIZE], bond[NAME_SIZE];
	bool failed;    /* the bond counts it as down */
	uint32_t speed; /* in Mbit/s, 0: unknown */
	bool half_duplex;
	bool has_lacp; /* the rest counts: 802.3ad, and it was read as root */
	uint32_t aggregator, active_aggregator;
	uint32_t actor_key, partner_key, actor_state, partner_state;
	uint8_t partner[MAC_SIZE];
};

struct check_process {
	long pid;
	char name[NAME_SIZE];
	char *arguments; /* separated by spaces, the program's name first; owned */
};

/* A device that another program configures. */
struct check_managed {
	char device[NAME_SIZE];
	const char *program; /* NetworkManager, systemd-networkd or ifupdown */
	char file[128];      /* what tells it so */
	bool is_static;      /* ifupdown: a fixed address, set once */
};

/* What LLDP tells about the switch port at a NIC. */
struct check_lldp {
	char device[NAME_SIZE];
	char where[96];     /* the switch and its port */
	struct vlans vlans; /* that it told by name; not the one of untagged frames */
	uint32_t max_frame; /* its largest frame in bytes, 0: unknown */
};

/* A packet filter rule of the host's own traffic that names a device; or a chain that drops what is forwarded. */
struct check_filter {
	bool drops_forwarded;
	bool knows_bridged;        /* the chain has a rule about bridged frames: physdev */
	char table[64], chain[64]; /* "ip filter" */
	char device[NAME_SIZE];
};

#define CHECK_LIST(type, name)                                                                                         \
	struct type *name;                                                                                             \
	size_t name##_count

/* What the model of a host doesn't have. */
struct check_readings {
	CHECK_LIST(check_bond_port, ports);
	CHECK_LIST(check_process, processes);
	CHECK_LIST(check_managed, managed);
	CHECK_LIST(check_lldp, lldp);
	CHECK_LIST(check_filter, filters);
	unsigned int nf_call; /* net.bridge.bridge-nf-call-*: as nf_call of a bridge, for all of them */
	int rp_filter_all;    /* net.ipv4.conf.all.rp_filter */
	bool ipv6_forwarding; /* net.ipv6.conf.all.forwarding */
};

void check_readings_free(struct check_readings *r); /* fine on {0} */

struct check_input {
	const struct host *current;
	const struct host *target; /* what the file asks for; NULL: there is no file, or it can't be carried out */
	const char *file;          /* its name */
	const char *refused;       /* why it can't be carried out, or NULL */
	bool at_work;              /* a network-vlanbridge is changing the host: what is half done is no trouble */
	const struct guests *guests;
	const struct check_readings *readings;
	/* Whether a vif has asked for packet rules that aren't there; NULL: nobody knows. */
	bool (*rules_missing)(const struct device *vif, void *arg);
	void *rules_arg;
	bool unconfirmed; /* a change waits for its confirmation */
	const bool *used; /* check_run fills it in, by a device's slot: ours, a port of ours, or below something of
			     ours */
};

struct trouble {
	char device[NAME_SIZE]; /* "": the host */
	const char *problem;    /* a word that stays the same: network-vlanbridge(8) lists them */
	char *text;             /* one sentence; owned */
};

struct check_report {
	CHECK_LIST(trouble, troubles);
	bool failed; /* no memory: the list isn't complete */
};

/* Runs all checks. Returns 0 or -ENOMEM; ret, which must be {0}, is the caller's to free. */
int check_run(const struct check_input *in, struct check_report *ret);
void check_report_free(struct check_report *r);

/* Leaves only what is about device, what it stands on, its ports, and what they stand on. Returns 0 or -ENOMEM. */
int check_report_limit(struct check_report *r, const struct host *h, const char *device);

#endif
