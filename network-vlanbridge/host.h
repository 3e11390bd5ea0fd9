/* SPDX-License-Identifier: ISC */
/* The model of a host's network: the devices that the kernel has, and their layer-3 entries. The snapshot fills it from
 * the kernel; origin, target and the kernel model make others like it. Pure. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "l3.h"
#include "link.h"
#include "mark.h"
#include "vlans.h"

struct device {
	struct link link;         /* as the kernel has it */
	struct mark mark;         /* as read from the alias, see device_read_mark */
	struct kept_vlans vlans;  /* of a port of a VLAN-aware bridge; of such a bridge itself, its own port's */
	bool dhcp;                /* a DHCP client of ours runs on it */
	char attached[NAME_SIZE]; /* in an origin: the bridge of ours that this device, not ours, is a port of */
	bool attached_aware;      /* that bridge was VLAN-aware: vlans counts */
	uint32_t mtu_before_bond; /* in the model: the MTU that the kernel gives back when it leaves its bond; 0:
				     unknown */
	size_t slot;              /* its place in the host */
	size_t ports;             /* how many devices have it as their master */
	size_t uppers;            /* how many devices stand on it (their lower device) */
	size_t odd_uppers;        /* how many of the VLAN devices among these can't be found as NAME.ID */
	size_t entries;           /* how many layer-3 entries name it */
	bool more_names;          /* has alternative names besides link.altname */
};

struct host {
	struct device **devices;
	size_t count;
	bool lent;                /* the devices are another host's: see host_lend */
	struct name_table *names; /* and alternative names */
	void *entry_tree;         /* tsearch tree of the entries */
	struct l3_list entries;   /* in the kernel's order; NULL where one was removed: see host_next_entry */
	bool bonding;             /* the bonding module is loaded: before that, making a bond makes bond0 too */
	int32_t default_sysctls[LINK_SYSCTL_COUNT]; /* what a new device begins with */
	bool ipv6;                                  /* the kernel has IPv6: devices have an addr_gen_mode */
	bool stable_secret;                         /* net.ipv6.conf.default.stable_secret is set: for all devices */
};

/* Frees what h holds. Fine on {0}. */
void host_free(struct host *h);

/* Adds a device called name, everything else 0. Returns 0 and the device, which belongs to h; -EEXIST when the name is
 * taken, -EINVAL when it is too long, -ENOMEM. */
int host_add(struct host *h, const char *name, struct device **ret);

/* Adds d, of another host, which outlives h, without a copy: h is for looking up only. Returns as host_add. */
int host_lend(struct host *h, const struct device *d);

/* A copy of everything. Returns 0 or -ENOMEM. */
int host_copy(const struct host *h, struct host *ret);

/* The device with that name or alternative name, or NULL. */
struct device *host_find(const struct host *h, const char *name);

/* Gives d, of h, one more name by which host_find finds it. Returns 0, -EEXIST or -ENOMEM. */
int host_add_altname(struct host *h, struct device *d, const char *altname);

/* Gives the devices of to the alternative names that those of the same name have in from. Returns 0 or -ENOMEM. */
int host_copy_altnames(const struct host *from, struct host *to);

/* Calls d, of h, otherwise, in all references to it and in all entries but policy rules, which the kernel keeps by
 * name. Returns 0, -EEXIST or -ENOMEM. */
int host_rename(struct host *h, struct device *d, const char *name);

/* Makes to, as host_add gave it, a copy of from, but for its place in its host. Returns 0 or -ENOMEM. */
int device_copy(struct device *to, const struct device *from);

/* Takes d out of h and frees it; the order of the others may change. Its entries and references to it stay. */
void host_remove(struct host *h, struct device *d);

/* Sets d's master, "" for none, keeping the count of ports. */
void host_set_master(struct host *h, struct device *d, const char *master);

/* Counts ports, uppers, odd_uppers and entries anew, for one who filled h in by himself. */
void host_count_references(struct host *h);

/* Counts d, a new VLAN device of h, with the device below it. */
void host_count_upper(struct host *h, const struct device *d);

/* Adds an entry, which belongs to h from then on (also if this fails: then it is freed). An equal one that is there
 * already stays: then the new one is freed. Returns 0 or -ENOMEM. */
int host_add_entry(struct host *h, struct l3_entry *e);
void host_remove_entry(struct host *h, const struct l3_entry *e); /* an equal one, if there is one; frees it */
const struct l3_entry *host_find_entry(const struct host *h, const struct l3_entry *e);

/* The same thing on the same devices, whatever its attributes (l3_compare_keys); which one, where there are several, is
 * open. NULL: none. */
const struct l3_entry *host_find_entry_key(const struct host *h, const struct l3_entry *e);

/* An address of that family on a device, other than that one; NULL: none. */
const struct l3_entry *host_find_address(
	const struct host *h, const char *device, int family, const struct l3_entry *other);

/* What the kernel takes for the same when it gets e: an IPv4 address with the same prefix length, an IPv6 one whatever
 * that is. NULL: none, or e is no address. */
const struct l3_entry *host_find_same_address(const struct host *h, const struct l3_entry *e);

/* Another IPv4 address in the subnet of that one, on its device: a secondary one or the primary one. NULL: none. */
const struct l3_entry *host_find_subnet_fellow(const struct host *h, const struct l3_entry *e, bool secondary);

/* Whether a device is down, and was so before us: the kernel keeps a route's next hop there, dead, as long as another
 * one lives, and takes none there anew. */
bool host_is_dead_hop(const struct host *h, const char *device);

/* Marks as stale the routes that have no other next hop than dead ones: of a route of IPv6 each next hop is one. */
void host_mark_dead_routes(struct host *h);

/* The entries in order: `size_t i = 0; while ((e = host_next_entry(h, &i)))`. Removing e meanwhile is fine. */
const struct l3_entry *host_next_entry(const struct host *h, size_t *i);

/* Reads the mark of a device that the kernel described. Our link group, which a device has from the moment it is made,
 * says whose it is if we were killed before the alias was written. */
void device_read_mark(struct device *d);

/* Whether there is a device, and it is of this kind. */
bool device_is_kind(const struct device *d, enum kind kind);

/* Whether d's master is a bond. */
bool host_is_bond_port(const struct host *h, const struct device *d);

/* Whether d is there, and a bridge that looks at VLANs. */
bool device_is_vlan_aware(const struct device *d);

/* Whether d is there and a VRF: a routing table for the devices that have it as their master. */
bool device_is_vrf(const struct device *d);

/* Whether we made d, as its mark says. */
bool device_is_ours(const struct device *d);

/* Whether two descriptions of a device of ours are of the same one: it can be changed into the other. */
bool device_is_same(const struct device *a, const struct device *b);

/* A port's flags, where the kernel hasn't told them those that it begins with. */
uint64_t device_port_flags(const struct device *d);

/* What a borrowed device was called before us; any other: its name. */
const char *original_device_name(const struct device *d);

/* The same by the name that it has now, for marks; where there is no such device, that name. */
const char *host_original_name(const struct host *h, const char *name);

/* The VLAN device of lower with that ID and protocol, whatever its name, or NULL. */
struct device *host_find_vlan(const struct host *h, const char *lower, uint32_t id, uint32_t protocol);

/* Prints a device as one line: name, kind, what is set. The form that plan cases and `plan` use. */
void link_describe(FILE *out, const struct link *l);

#endif
