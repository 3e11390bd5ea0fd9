/* SPDX-License-Identifier: ISC */
/* The model of a network device, and the messages about it. A table row per kind (bond, bridge, VLAN …) and
 * a row per option of a kind: parsing, printing, comparing and netlink all read the same rows. */
#ifndef COMMON_LINK_H
#define COMMON_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "names.h"

#define MAC_SIZE 6
#define ALIAS_SIZE 256   /* IFALIASZ */
#define ARP_TARGETS 16   /* BOND_MAX_ARP_TARGETS */
#define KIND_SIZE 16

struct nl_msg;
struct nlmsghdr;
struct netlink;

enum kind { KIND_OTHER, KIND_BOND, KIND_BRIDGE, KIND_VLAN, KIND_DUMMY, KIND_COUNT };

/* Another device, as the kernel names it (index) and as we do (name). 0 and "" are none. */
struct link_ref {
	int index;
	char name[NAME_SIZE];
};

/* Which fields of struct link are set. In a description of a change: which ones change. */
enum link_field {
	LINK_UP = 1 << 0,
	LINK_MTU = 1 << 1,
	LINK_MAC = 1 << 2,
	LINK_MASTER = 1 << 3,
	LINK_LOWER = 1 << 4,
	LINK_ALIAS = 1 << 5,
	LINK_GROUP = 1 << 6,
	LINK_ADDR_GEN = 1 << 7, /* IPv6 addr_gen_mode; the kernel reports it only where IPv6 is on */
	LINK_RENAME = 1 << 8,   /* to new_name */
	LINK_ALTNAME = 1 << 9,
};

struct bond {
	uint32_t mode, miimon, updelay, downdelay, use_carrier, arp_interval, arp_validate,
		arp_all_targets, primary_reselect, fail_over_mac, xmit_hash_policy, resend_igmp,
		num_grat_arp, all_slaves_active, min_links, lp_interval, packets_per_slave, lacp_rate,
		ad_select, ad_actor_sys_prio, ad_user_port_key, tlb_dynamic_lb, peer_notif_delay,
		lacp_active, missed_max;
	uint32_t arp_ip_target[ARP_TARGETS]; /* network byte order, ends with 0 */
	struct link_ref primary;
	uint8_t ad_actor_system[MAC_SIZE];
};

/* Times in hundredths of a second, as in /sys/class/net/BRIDGE/bridge. */
struct bridge {
	uint32_t stp, forward_delay, hello_time, max_age, ageing_time, priority, multicast_snooping,
		vlan_filtering, vlan_protocol, vlan_default_pvid;
};

struct vlan {
	uint32_t id, protocol;
};

struct link {
	char name[NAME_SIZE];
	int index;
	enum kind kind;
	char kind_name[KIND_SIZE]; /* the kernel's: also of kinds that have no row here */
	unsigned int set;          /* enum link_field */
	bool up, running;
	uint32_t mtu, max_mtu, group, addr_gen;
	uint8_t mac[MAC_SIZE];
	struct link_ref master, lower;
	char alias[ALIAS_SIZE], altname[ALTNAME_SIZE], new_name[NAME_SIZE];
	uint64_t options; /* bit N: the N-th option of the kind is set */
	union {
		struct bond bond;
		struct bridge bridge;
		struct vlan vlan;
	};
};

enum option_rule {
	OPTION_IDENTITY = 1 << 0, /* an existing device that isn't ours must agree in it */
	OPTION_DOWN = 1 << 1,     /* the kernel changes it only while the device is down */
	OPTION_EMPTY = 1 << 2,    /* ... and only without ports */
	OPTION_CREATE = 1 << 3,   /* only at creation */
};

enum option_type {
	OPTION_U8,
	OPTION_U16,
	OPTION_U32,
	OPTION_BE16,
	OPTION_MAC_ADDRESS,
	OPTION_IPV4_LIST,
	OPTION_LINK,
};

struct option {
	const char *name; /* as in /sys/class/net/DEVICE/{bonding,bridge}, and in the configuration */
	uint16_t attribute;
	enum option_type type;
	uint16_t offset; /* of the field in struct link */
	uint32_t min, max;
	const char *const *names; /* words for the values from 0 on; NULL ends them */
	unsigned int rules;       /* enum option_rule */
	uint32_t initial;         /* what a bond has that the module made */
};

struct kind_row {
	const char *name; /* the kernel's */
	const struct option *options;
	size_t count;
};

extern const struct kind_row link_kinds[KIND_COUNT];

enum kind kind_find(const char *name); /* KIND_OTHER for a name without a row */

/* The option called name of a kind, or NULL; its bit in link.options is 1 << (option - kind's options). */
const struct option *option_find(enum kind kind, const char *name);
bool option_is_set(const struct link *l, const struct option *o);

/* The field of l that a row describes: a uint32_t for every number, the other types are what their names say. */
void *option_field(const struct link *l, const struct option *o);

/* Sets an option from text: a number within the row's bounds, one of its words, an address, addresses
 * separated by blanks or '+', an interface name. Returns 0 or -EINVAL with a sentence in e. */
int option_scan(struct link *l, const struct option *o, const char *text, struct err *e);

/* Prints an option's value: its word if it has one. Returns buf. */
char *option_print(const struct link *l, const struct option *o, char *buf, size_t size);

/* Sets an option to what a bond has that nobody configured: the row's initial number, no address, no port. */
void option_reset(struct link *l, const struct option *o);

bool option_equal(const struct link *a, const struct link *b, const struct option *o);
void option_copy(struct link *to, const struct link *from, const struct option *o);

int mac_scan(const char *text, uint8_t mac[MAC_SIZE]); /* 0 or -EINVAL */
char *mac_print(const uint8_t mac[MAC_SIZE], char buf[18]);

/* Calls use for every device that l refers to (master, lower device, primary port). Stops at the first that
 * doesn't return 0 and returns that. */
int link_refs(struct link *l, int (*use)(struct link_ref *ref, void *arg), void *arg);

/* Fills l from an RTM_NEWLINK message; refs get their index only. Returns 0, or -ENODATA for a message
 * that isn't about a device. */
int link_parse(const struct nlmsghdr *h, struct link *l);

/* Messages, or NULL without memory; the caller frees them. All references in l must have their index.
 * create: kind, options, lower device, master, MTU, MAC, group, and up if asked for; not what the
 * kernel takes only afterwards: alias, addr_gen_mode, alternative name.
 * set: the fields and options set in change, apart from new alternative names; index 0 finds it by name.
 * get: by name or alternative name (index 0) or by index. */
struct nl_msg *link_msg_create(const struct link *l, unsigned int fields);
struct nl_msg *link_msg_set(int index, const struct link *change, unsigned int fields, bool options);
struct nl_msg *link_msg_altname(const char *name, const char *altname, bool add);
struct nl_msg *link_msg_delete(const char *name);
struct nl_msg *link_msg_delete_group(uint32_t group);
struct nl_msg *link_msg_get(int index, const char *name);
struct nl_msg *link_msg_dump(const char *kind); /* kind may be NULL: all */

/* Asks the kernel for one device by name or alternative name. Returns 0, -ENODEV, or -errno; e always has
 * a sentence then. */
int link_get(struct netlink *nl, const char *name, struct link *ret, struct err *e);

#endif
