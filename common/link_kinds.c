// SPDX-License-Identifier: ISC
// The tables of kinds of devices and of their options.
#include "link.h"

#include <linux/if_ether.h>
#include <linux/if_link.h>

#include "vlans.h"

static const char *const off_on[] = {"off", "on", NULL};
static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const nf_calls[] = {"no", "iptables", "ip6tables", "iptables+ip6tables", "arptables",
	"iptables+arptables", "ip6tables+arptables", "yes", NULL};

// Words and limits of the bonding driver: drivers/net/bonding/bond_options.c.
static const char *const bond_modes[] = {
	"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb", NULL};
static const char *const arp_validates[] = {
	"none", "active", "backup", "all", "filter", "filter_active", "filter_backup", NULL};
static const char *const any_all[] = {"any", "all", NULL};
static const char *const reselects[] = {"always", "better", "failure", NULL};
static const char *const fail_over_macs[] = {"none", "active", "follow", NULL};
static const char *const hash_policies[] = {
	"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac", NULL};
static const char *const slow_fast[] = {"slow", "fast", NULL};
static const char *const ad_selects[] = {"stable", "bandwidth", "count", NULL};

// The modes in which the kernel takes an option: unsuppmodes in the same file. 0: all.
#define IN_MODE(n) (1U << (n))
#define ROUND_ROBIN IN_MODE(0)
#define ACTIVE_BACKUP IN_MODE(1)
#define LACP IN_MODE(4)
#define TLB_ALB (IN_MODE(5) | IN_MODE(6))
#define ARP_MONITORED (IN_MODE(0) | IN_MODE(1) | IN_MODE(2) | IN_MODE(3))

#define FIELD(type, name) offsetof(struct link, type.name)
#define BOND(name, ATTR, type, min, max, words, rules, initial, modes)                                                 \
	{                                                                                                              \
#name, IFLA_BOND_##ATTR, type, FIELD(bond, name), min, max, words, rules, initial, modes               \
	}
#define BRIDGE(name, ATTR, type, min, max, words, rules, initial)                                                      \
	{                                                                                                              \
#name, IFLA_BR_##ATTR, type, FIELD(bridge, name), min, max, words, rules, initial, 0                   \
	}
#define VLAN(name, ATTR, type, min, max, words, rules, initial)                                                        \
	{                                                                                                              \
#name, IFLA_VLAN_##ATTR, type, FIELD(vlan, name), min, max, words, rules, initial, 0                   \
	}

static const struct option bond_options[] = {
	BOND(mode, MODE, OPTION_U8, 0, 6, bond_modes, OPTION_IDENTITY | OPTION_DOWN | OPTION_EMPTY, 0, 0),
	BOND(miimon, MIIMON, OPTION_U32, 0, INT32_MAX, NULL, 0, 0, 0),
	BOND(updelay, UPDELAY, OPTION_U32, 0, INT32_MAX, NULL, OPTION_NEEDS_MIIMON, 0, 0),
	BOND(downdelay, DOWNDELAY, OPTION_U32, 0, INT32_MAX, NULL, OPTION_NEEDS_MIIMON, 0, 0),
	BOND(use_carrier, USE_CARRIER, OPTION_U8, 0, 1, off_on, 0, 1, 0),
	BOND(xmit_hash_policy, XMIT_HASH_POLICY, OPTION_U8, 0, 5, hash_policies, 0, 0, 0),
	BOND(primary, PRIMARY, OPTION_LINK, 0, 0, NULL, 0, 0, ACTIVE_BACKUP | TLB_ALB),
	BOND(lacp_rate, AD_LACP_RATE, OPTION_U8, 0, 1, slow_fast, OPTION_DOWN, 0, LACP),
	BOND(arp_interval, ARP_INTERVAL, OPTION_U32, 0, INT32_MAX, NULL, 0, 0, ARP_MONITORED),
	BOND(arp_ip_target, ARP_IP_TARGET, OPTION_IPV4_LIST, 0, 0, NULL, 0, 0, 0),
	BOND(arp_validate, ARP_VALIDATE, OPTION_U32, 0, 6, arp_validates, 0, 0, ARP_MONITORED),
	BOND(arp_all_targets, ARP_ALL_TARGETS, OPTION_U32, 0, 1, any_all, 0, 0, 0),
	BOND(primary_reselect, PRIMARY_RESELECT, OPTION_U8, 0, 2, reselects, 0, 0, 0),
	BOND(fail_over_mac, FAIL_OVER_MAC, OPTION_U8, 0, 2, fail_over_macs, OPTION_EMPTY, 0, 0),
	BOND(resend_igmp, RESEND_IGMP, OPTION_U32, 0, 255, NULL, 0, 1, 0),
	BOND(num_grat_arp, NUM_PEER_NOTIF, OPTION_U8, 0, 255, NULL, 0, 1, 0),
	BOND(all_slaves_active, ALL_SLAVES_ACTIVE, OPTION_U8, 0, 1, off_on, 0, 0, 0),
	BOND(min_links, MIN_LINKS, OPTION_U32, 0, INT32_MAX, NULL, 0, 0, 0),
	BOND(lp_interval, LP_INTERVAL, OPTION_U32, 1, INT32_MAX, NULL, 0, 1, 0),
	BOND(packets_per_slave, PACKETS_PER_SLAVE, OPTION_U32, 0, 65535, NULL, 0, 1, ROUND_ROBIN),
	BOND(ad_select, AD_SELECT, OPTION_U8, 0, 2, ad_selects, OPTION_DOWN, 0, 0),
	BOND(ad_actor_sys_prio, AD_ACTOR_SYS_PRIO, OPTION_U16, 1, 65535, NULL, 0, 65535, LACP),
	BOND(ad_user_port_key, AD_USER_PORT_KEY, OPTION_U16, 0, 1023, NULL, OPTION_DOWN, 0, LACP),
	BOND(ad_actor_system, AD_ACTOR_SYSTEM, OPTION_MAC_ADDRESS, 0, 0, NULL, 0, 0, LACP),
	BOND(tlb_dynamic_lb, TLB_DYNAMIC_LB, OPTION_U8, 0, 1, off_on, OPTION_DOWN, 1, TLB_ALB),
	BOND(peer_notif_delay, PEER_NOTIF_DELAY, OPTION_U32, 0, 300000, NULL, OPTION_NEEDS_MIIMON, 0, 0),
	BOND(lacp_active, AD_LACP_ACTIVE, OPTION_U8, 0, 1, off_on, OPTION_DOWN, 1, LACP),
	BOND(missed_max, MISSED_MAX, OPTION_U8, 1, 255, NULL, 0, 2, ARP_MONITORED),
};

static const struct option bridge_options[] = {
	BRIDGE(stp, STP_STATE, OPTION_U32, 0, 1, no_yes, 0, 0),
	BRIDGE(forward_delay, FORWARD_DELAY, OPTION_U32, 0, 3000, NULL, OPTION_TICKS, 1500),
	BRIDGE(ageing_time, AGEING_TIME, OPTION_U32, 0, INT32_MAX, NULL, OPTION_TICKS, 30000),
	BRIDGE(multicast_snooping, MCAST_SNOOPING, OPTION_U8, 0, 1, no_yes, 0, 1),
	BRIDGE(vlan_filtering, VLAN_FILTERING, OPTION_U8, 0, 1, no_yes, OPTION_IDENTITY, 0),
	BRIDGE(vlan_default_pvid, VLAN_DEFAULT_PVID, OPTION_U16, 0, VLAN_MAX, NULL, 0, 1),
	BRIDGE(vlan_protocol, VLAN_PROTOCOL, OPTION_BE16, ETH_P_8021Q, ETH_P_8021AD, NULL, 0, ETH_P_8021Q),
	BRIDGE(nf_call, NF_CALL_IPTABLES, OPTION_U8_BITS, 0, 7, nf_calls, 0, 0),
};

static const struct option vlan_options[] = {
	VLAN(id, ID, OPTION_U16, VLAN_MIN, VLAN_MAX, NULL, OPTION_IDENTITY, 0),
	VLAN(protocol, PROTOCOL, OPTION_BE16, ETH_P_8021Q, ETH_P_8021AD, NULL, OPTION_IDENTITY, ETH_P_8021Q),
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

const struct kind_row link_kinds[KIND_COUNT] = {
	[KIND_OTHER] = {"", NULL, 0},
	[KIND_BOND] = {"bond", bond_options, COUNT(bond_options)},
	[KIND_BRIDGE] = {"bridge", bridge_options, COUNT(bridge_options)},
	[KIND_VLAN] = {"vlan", vlan_options, COUNT(vlan_options)},
	[KIND_DUMMY] = {"dummy", NULL, 0},
};
