/* SPDX-License-Identifier: ISC */
/* An item of bridges: config_bridge.c reads it, config_bridge_add.c adds what it describes. */
#ifndef CONFIG_BRIDGE_H
#define CONFIG_BRIDGE_H

#include "config_item.h"

/* What one item of bridges says, before it is expanded to a bridge per VLAN. */
struct bridge_item {
	const char *name, *vlan_name;
	char uplink[NAME_SIZE]; /* "" for none */
	struct vlans vlans, tagged;
	struct port_vlans untagged; /* the default PVID of a VLAN-aware bridge, if it has one */
	struct link link;
	struct mark mark;
	bool legacy;   /* the uplink is renamed, and the bridge gets its name */
	bool optional; /* the uplink may be missing: then the bridge stays without */
};

/* Adds the item's bridges, VLAN devices and uplinks to it->to; a failure is in the item. */
void config_bridge_add(struct config_item *it, const struct bridge_item *b);

#endif
