/* SPDX-License-Identifier: ISC */
/* The model of a network device. A table row per kind (bond, bridge, VLAN …) and
 * a row per option of a kind: parsing, printing, comparing and netlink (link_msg.h) all read the same rows. */
#ifndef COMMON_LINK_H
#define COMMON_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "names.h"

#define MAC_SIZE 6
#define ALIAS_SIZE 256 /* IFALIASZ */
#define ARP_TARGETS 16 /* BOND_MAX_ARP_TARGETS */
#define KIND_SIZE 16
#define IPV6_MTU_MIN 1280      /* IPV6_MIN_MTU: below it the kernel takes IPv6 off a device, and its settings */
#define LINK_ADDR_GEN_NONE 1   /* IN6_ADDR_GEN_MODE_NONE */
#define LINK_ADDR_GEN_SECRET 2 /* IN6_ADDR_GEN_MODE_STABLE_PRIVACY: with the device's stable_secret */
#define LINK_ADDR_GEN_RANDOM 3 /* IN6_ADDR_GEN_MODE_RANDOM: the same, with one that the kernel makes */

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
	LINK_PORT_FLAGS = 1 << 10, /* of a bridge's port: those in port_flags_known */
	LINK_SYSCTLS = 1 << 11,
};

#define LINK_FIELD_LAST LINK_SYSCTLS
#define LINK_SYSCTL_COUNT 20 /* rows of link_sysctls */

/* What a new port of a bridge has: learning, flooding of unknown unicast, multicast and broadcast (IFLA_BRPORT_*). */
/* Bit N for attribute N of IFLA_BRPORT_*. All that are on or off: mode, guard, protect, fast_leave; learning,
 * unicast_flood, proxyarp, proxyarp_wifi; mcast_flood, mcast_to_ucast, vlan_tunnel, bcast_flood; neigh_suppress,
 * isolated, locked. The other attributes are the state of protocols, or commands. */
#define LINK_PORT_FLAGS_ALL (0xfULL << 4 | 0x17ULL << 8 | 0xfULL << 27 | 3ULL << 32 | 1ULL << 39)
#define LINK_PORT_LEARNING (1ULL << 8)  /* IFLA_BRPORT_LEARNING */
#define LINK_PORT_LOCKED (1ULL << 39)   /* IFLA_BRPORT_LOCKED */
#define LINK_PORT_ISOLATED (1ULL << 33) /* IFLA_BRPORT_ISOLATED */
#define LINK_PORT_FLAGS_INITIAL (1ULL << 8 | 1ULL << 9 | 1ULL << 27 | 1ULL << 30)

#define LINK_BOND_MODE_LAST_WITH_ARP 3    /* broadcast: the modes after it need MII monitoring */
#define LINK_BOND_MIIMON_DEFAULT 100      /* which the kernel sets then (bond_option_mode_set) */
#define LINK_VLAN_PROTOCOL_DEFAULT 0x8100 /* ETH_P_8021Q */

/* What br_netfilter hands bridged frames to, in the order of IFLA_BR_NF_CALL_*. */
#define LINK_NF_CALL_IPTABLES (1U << 0)
#define LINK_NF_CALL_IP6TABLES (1U << 1)
#define LINK_NF_CALL_ARPTABLES (1U << 2)

struct bond {
	uint32_t mode, miimon, updelay, downdelay, use_carrier, arp_interval, arp_validate, arp_all_targets,
		primary_reselect, fail_over_mac, xmit_hash_policy, resend_igmp, num_grat_arp, all_slaves_active,
		min_links, lp_interval, packets_per_slave, lacp_rate, ad_select, ad_actor_sys_prio, ad_user_port_key,
		tlb_dynamic_lb, peer_notif_delay, lacp_active, missed_max;
	uint32_t arp_ip_target[ARP_TARGETS]; /* network byte order, ends with 0 */
	struct link_ref primary;
	uint8_t ad_actor_system[MAC_SIZE];
};

/* Times in hundredths of a second, as in /sys/class/net/BRIDGE/bridge. */
struct bridge {
	uint32_t stp, forward_delay, ageing_time, multicast_snooping, vlan_filtering, vlan_protocol, vlan_default_pvid;
	uint32_t nf_call; /* LINK_NF_CALL_*; the kernel has each once more, for all bridges */
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
	bool not_ethernet; /* frames of another type: a tun device, a tunnel, InfiniBand */
	uint32_t mtu, max_mtu, group, addr_gen;
	uint8_t mac[MAC_SIZE];
	struct link_ref master, lower;
	char alias[ALIAS_SIZE], altname[ALTNAME_SIZE], new_name[NAME_SIZE];
	uint64_t port_flags, port_flags_known; /* bit N: attribute N of IFLA_BRPORT_*, one that is on or off */
	uint8_t perm_mac[MAC_SIZE];            /* of a bond's port: the address that it had before */
	bool has_perm_mac;
	int32_t sysctls[LINK_SYSCTL_COUNT]; /* in the order of link_sysctls */
	uint32_t sysctls_known;             /* bit N: row N counts, of those that there are or that are to be set */
	uint64_t options;                   /* bit N: the N-th option of the kind is set */
	union {
		struct bond bond;
		struct bridge bridge;
		struct vlan vlan;
	};
};

enum option_rule {
	OPTION_IDENTITY = 1 << 0,     /* an existing device that isn't ours must agree in it */
	OPTION_DOWN = 1 << 1,         /* the kernel changes it only while the device is down */
	OPTION_EMPTY = 1 << 2,        /* ... and only without ports */
	OPTION_NEEDS_MIIMON = 1 << 3, /* a delay in units of miimon, refused without that */
	OPTION_TICKS = 1 << 4,        /* kept in clock ticks: read back 1 off where HZ is no multiple of 100 */
};

enum option_type {
	OPTION_U8,
	OPTION_U16,
	OPTION_U32,
	OPTION_U8_BITS, /* bit N of the number is the attribute N after the row's, 0 or 1 */
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
	uint32_t initial;         /* what the kernel gives a new device */
	uint32_t modes;           /* bit N: the kernel takes it in bond mode N; 0: in all */
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

/* Sets an option to what a device has that nobody configured: the row's initial number, no address, no port. */
void option_reset(struct link *l, const struct option *o);

/* Whether the kernel takes an option of bonds in a bond mode. */
bool option_fits_mode(const struct option *o, uint32_t mode);

bool option_equal(const struct link *a, const struct link *b, const struct option *o);
void option_copy(struct link *to, const struct link *from, const struct option *o);

int mac_scan(const char *text, uint8_t mac[MAC_SIZE]); /* 0 or -EINVAL */
char *mac_print(const uint8_t mac[MAC_SIZE], char buf[18]);

/* Calls use for every device that l refers to (master, lower device, primary port). Stops at the first that
 * doesn't return 0 and returns that. */
int link_refs(struct link *l, int (*use)(struct link_ref *ref, void *arg), void *arg);

#endif
