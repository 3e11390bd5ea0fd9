// SPDX-License-Identifier: ISC
// What the generator knows of a host and of a configuration: enough to make sensible ones and sensible edits of them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "random.h"

#define NICS 5
#define BONDS 2
#define BRIDGES 5
#define BRIDGE_VLANS 3
#define VLANS 2
#define NAME 16

struct nic {
	char name[NAME];
	bool up;
	bool addressed; // it has addresses or routes
	bool taken;     // a port of a bond or bridge that isn't ours
	int mtu;
};

struct host_model {
	struct nic nics[NICS];
	int count;
	bool default_route;
};

enum address { ADDRESS_UNSET, ADDRESS_INHERIT, ADDRESS_NONE, ADDRESS_LIST };

struct bond {
	char name[NAME];
	unsigned int ports;          // a bit for each NIC
	int mode, miimon, hash, mtu; // 0: not said
	bool lacp_fast, primary, mac;
	enum address address;
	int id; // of what address= lists
};

struct bridge {
	char name[NAME]; // with several VLANs a part of it
	char uplink[NAME];
	int vlans[BRIDGE_VLANS], vlan_count;
	int tagged_from, tagged_to; // 0: not VLAN-aware
	int pvid, mtu, forward_delay, ageing_time;
	bool vlan_name, mac, stp, snooping, isolated, no_tx_offload, legacy, gateway, ipv6;
	enum address address;
	int id;
};

struct vlan {
	char link[NAME], name[NAME];
	int id, mtu;
	bool ad, address;
};

struct config_model {
	struct bond bonds[BONDS];
	struct bridge bridges[BRIDGES];
	struct vlan vlans[VLANS];
	int bond_count, bridge_count, vlan_count;
	int next; // the number in the next new name
};

__attribute__((format(printf, 3, 4))) void text_add(char *text, size_t size, const char *format, ...);

// The host's text, and what the rest has to know of it.
void host_generate(struct random *r, struct host_model *h, char *text, size_t size);

void config_generate(struct random *r, const struct host_model *h, struct config_model *c);
void config_edit(struct random *r, const struct host_model *h, struct config_model *c);
void config_print(const struct host_model *h, const struct config_model *c, char *text, size_t size);

// Whether a reader of the manual would expect the configuration to be accepted.
bool config_sensible(const struct host_model *h, const struct config_model *c);

// The name of the i-th bridge of an item with {vlan}.
void bridge_instance(const struct bridge *b, int i, char name[NAME]);

// Parts of config_generate() that edits use too; the new_ ones append an item.
void any_uplink(struct random *r, const struct host_model *h, const struct config_model *c, char name[NAME]);
void new_bond(struct random *r, const struct host_model *h, struct config_model *c);
void new_bridge(struct random *r, const struct host_model *h, struct config_model *c);
void new_vlan(struct random *r, const struct host_model *h, struct config_model *c);
void bridge_options(struct random *r, struct bridge *b);
void bridge_tagged(struct random *r, struct bridge *b);
void bridge_vlans(struct random *r, struct bridge *b, int most);

int find_nic(const struct host_model *h, const char *name);
int find_bond(const struct config_model *c, const char *name);
bool bond_addressed(const struct host_model *h, const struct bond *b);
