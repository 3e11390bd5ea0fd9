// SPDX-License-Identifier: ISC
// The filtering rules of a port, a row each.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "filter_table.h"
#include "rules.h"

const struct rules_place rules_places[FIELDS] = {
	[FIELD_PROTOCOL] = {BASE_META, 0, 2, 0, 0},
	[FIELD_DEVICE_TYPE] = {BASE_META, 0, 2, 0, 0},
	[FIELD_L4PROTO] = {BASE_META, 0, 1, 0, 0},
	[FIELD_PACKET_TYPE] = {BASE_META, 0, 1, 0, 0},
	[FIELD_DESTINATION_GROUP] = {BASE_LINK, 0, 6, 0, 0xfffffffffff0},
	[FIELD_SOURCE_MAC] = {BASE_LINK, 6, 6, 0, 0},
	[FIELD_TAG] = {BASE_LINK, 12, 2, 0, 0},
	[FIELD_VID] = {BASE_LINK, 14, 2, 0, 0x0fff},
	[FIELD_ARP_HARDWARE] = {BASE_NETWORK, 0, 2, 0, 0},
	[FIELD_ARP_PROTOCOL] = {BASE_NETWORK, 2, 2, 0, 0},
	[FIELD_ARP_MAC_LENGTH] = {BASE_NETWORK, 4, 1, 0, 0},
	[FIELD_ARP_ADDRESS_LENGTH] = {BASE_NETWORK, 5, 1, 0, 0},
	[FIELD_ARP_OPERATION] = {BASE_NETWORK, 6, 2, 0, 0},
	[FIELD_ARP_SENDER_MAC] = {BASE_NETWORK, 8, 6, 0, 0},
	[FIELD_ARP_SENDER] = {BASE_NETWORK, 14, 4, 0, 0},
	[FIELD_ARP_TARGET] = {BASE_NETWORK, 24, 4, 0, 0},
	[FIELD_IP4_FRAGMENT_OFFSET] = {BASE_NETWORK, 6, 2, 0, 0x1fff},
	[FIELD_IP4_SOURCE] = {BASE_NETWORK, 12, 4, 0, 0},
	[FIELD_IP4_DESTINATION] = {BASE_NETWORK, 16, 4, 0, 0},
	[FIELD_IP6_LENGTH] = {BASE_NETWORK, 4, 2, 0, 0},
	[FIELD_IP6_NEXT_HEADER] = {BASE_NETWORK, 6, 1, 0, 0},
	[FIELD_IP6_SOURCE] = {BASE_NETWORK, 8, 16, 0, 0},
	[FIELD_FRAGMENT_NEXT_HEADER] = {BASE_EXTENSION, 0, 1, IPPROTO_FRAGMENT, 0},
	[FIELD_FRAGMENT_OFFSET] = {BASE_EXTENSION, 2, 2, IPPROTO_FRAGMENT, 0xfff8},
	[FIELD_HOP_NEXT_HEADER] = {BASE_EXTENSION, 0, 1, IPPROTO_HOPOPTS, 0},
	[FIELD_SOURCE_PORT] = {BASE_TRANSPORT, 0, 2, 0, 0},
	[FIELD_DESTINATION_PORT] = {BASE_TRANSPORT, 2, 2, 0, 0},
	[FIELD_ICMP6_TYPE] = {BASE_TRANSPORT, 0, 1, 0, 0},
	[FIELD_ND_TARGET] = {BASE_TRANSPORT, 8, 16, 0, 0},
	[FIELD_ND_OPTION] = {BASE_TRANSPORT, 24, 2, 0, 0},
	[FIELD_ND_OPTION_MAC] = {BASE_TRANSPORT, 26, 6, 0, 0},
	[FIELD_RS_OPTION] = {BASE_TRANSPORT, 8, 2, 0, 0},
	[FIELD_RS_OPTION_MAC] = {BASE_TRANSPORT, 10, 6, 0, 0},
};

// Numbers of enum datatypes in nft's datatype.h.
enum { TYPE_IPV4 = 7, TYPE_IPV6 = 8, TYPE_PROTOCOL = 12, TYPE_ICMP6 = 29 };

// Options of neighbour discovery, type and length: 1 is 8 bytes.
#define SOURCE_MAC 0x0101
#define TARGET_MAC 0x0201
#define NONCE 0x0e01 // RFC 3971; in duplicate address detection by RFC 7527

static const uint8_t extension_headers[] = {
	IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT, IPPROTO_AH, IPPROTO_DSTOPTS};
static const uint8_t plain[] = {ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG, ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB,
	ICMP6_ECHO_REQUEST, ICMP6_ECHO_REPLY};
#define MLDV2_REPORT 143 // RFC 3810
static const uint8_t reports[] = {MLD_LISTENER_REPORT, MLD_LISTENER_REDUCTION, MLDV2_REPORT};
static const uint8_t router[] = {MLD_LISTENER_QUERY, ND_ROUTER_ADVERT, ND_REDIRECT};
static const uint8_t unaddressed[] = {
	MLD_LISTENER_REPORT, MLD_LISTENER_REDUCTION, MLDV2_REPORT, ND_ROUTER_SOLICIT, ND_NEIGHBOR_SOLICIT};

#define CONSTANT(name, type, list)                                                                                     \
	{                                                                                                              \
		name, type, 1, list, sizeof(list), NULL, 0                                                             \
	}

// `typeof vlan id`: types and lengths before values, see nft's src/expression.c, expr_build_udata. Big-endian; the
// fourth field of nft's description 16, of 12 bits.
static const uint8_t vlan_id[] = {
	0, 4, 2, 0, 0, 0, 3, 26, 0, 4, 7, 0, 0, 0, 1, 18, 0, 4, 16, 0, 0, 0, 1, 4, 4, 0, 0, 0, 4, 4, 12, 0, 0, 0};

const struct rules_set_row rules_sets[SETS] = {
	[SET_IP4] = {"ip4-sources", TYPE_IPV4, 4, NULL, 0, NULL, 0},
	[SET_IP6] = {"ip6-sources", TYPE_IPV6, 16, NULL, 0, NULL, 0},
	[SET_VLANS] = {"vlans", 0, 2, NULL, 0, vlan_id, sizeof(vlan_id)},
	[SET_EXTENSION_HEADERS] = CONSTANT("extension-headers", TYPE_PROTOCOL, extension_headers),
	[SET_ICMP6_PLAIN] = CONSTANT("icmpv6-plain", TYPE_ICMP6, plain),
	[SET_ICMP6_REPORTS] = CONSTANT("icmpv6-reports", TYPE_ICMP6, reports),
	[SET_ICMP6_ROUTER] = CONSTANT("icmpv6-router", TYPE_ICMP6, router),
	[SET_ICMP6_UNADDRESSED] = CONSTANT("icmpv6-unaddressed", TYPE_ICMP6, unaddressed),
};

// No name is a word of nft's language, so that what it lists can be loaded again.
const char *const rules_chains[CHAINS] = {
	"guest", "to-guest", "guest-arp", "guest-ip4", "guest-udp4", "guest-ip6", "guest-icmpv6", "guest-neighbour"};

const char *const rules_reasons[REASONS] = {
	[REASON_MAC] = "bad-mac",
	[REASON_TAG] = "bad-tag",
	[REASON_GROUP] = "bad-group",
	[REASON_PROTOCOL] = "bad-protocol",
	[REASON_ARP] = "bad-arp",
	[REASON_IP4] = "bad-ip4",
	[REASON_IP6] = "bad-ip6",
	[REASON_FRAGMENT] = "bad-fragment",
	[REASON_ND] = "bad-nd",
	[REASON_RA] = "bad-ra",
	[REASON_DHCP] = "bad-dhcp",
	[REASON_DISABLED] = FILTER_DISABLED,
};

// Words of the rows below.
#define L RULES_LISTED
#define IS(field, value)                                                                                               \
	{                                                                                                              \
		FIELD_##field, TEST_IS, value                                                                          \
	}
#define NOT(field, value)                                                                                              \
	{                                                                                                              \
		FIELD_##field, TEST_IS_NOT, value                                                                      \
	}
#define ABOVE(field, value)                                                                                            \
	{                                                                                                              \
		FIELD_##field, TEST_ABOVE, value                                                                       \
	}
#define BELOW(field, value)                                                                                            \
	{                                                                                                              \
		FIELD_##field, TEST_BELOW, value                                                                       \
	}
#define IN(field, set)                                                                                                 \
	{                                                                                                              \
		FIELD_##field, TEST_IN, SET_##set                                                                      \
	}
#define NOT_IN(field, set)                                                                                             \
	{                                                                                                              \
		FIELD_##field, TEST_NOT_IN, SET_##set                                                                  \
	}
#define IS_OWN(field)                                                                                                  \
	{                                                                                                              \
		FIELD_##field, TEST_IS_MAC, 0                                                                          \
	}
#define NOT_OWN(field)                                                                                                 \
	{                                                                                                              \
		FIELD_##field, TEST_IS_NOT_MAC, 0                                                                      \
	}
#define ETHERNET IS(DEVICE_TYPE, ARPHRD_ETHER)
#define ARP IS(PROTOCOL, ETH_P_ARP)
#define RARP IS(PROTOCOL, ETH_P_RARP)
#define IP4 IS(PROTOCOL, ETH_P_IP)
#define IP6 IS(PROTOCOL, ETH_P_IPV6)
#define UDP IS(L4PROTO, IPPROTO_UDP)
#define ICMP6 IP6, IS(L4PROTO, IPPROTO_ICMPV6)
#define SOLICITATION ICMP6, IS(ICMP6_TYPE, ND_NEIGHBOR_SOLICIT)
#define ADVERTISEMENT ICMP6, IS(ICMP6_TYPE, ND_NEIGHBOR_ADVERT)
#define ROUTER_SOLICITATION ICMP6, IS(ICMP6_TYPE, ND_ROUTER_SOLICIT)
#define ANY                                                                                                            \
	{                                                                                                              \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define DROP(reason) VERDICT_DROP, REASON_##reason
#define ACCEPT VERDICT_ACCEPT, 0
#define GOTO(chain) VERDICT_GOTO, CHAIN_##chain

#define LINK_LOCAL_GROUP 0x0180c2000000
#define PORT_DHCP_SERVER 67
#define PORT_DHCP_CLIENT 68
#define PORT_DHCP6_CLIENT 546
#define PORT_DHCP6_SERVER 547

// What names its protocol once more, in a chain that only that is sent to, does so for `nft list`: it says then what
// the bytes are. What most frames are comes early, and needs few comparisons: each is paid for by every frame.
const struct rules_row rules_rows[] = {
	{RULES_DISABLED, CHAIN_GUEST, ANY, DROP(DISABLED)},
	{RULES_DISABLED, CHAIN_TO_GUEST, ANY, DROP(DISABLED)},

	{0, CHAIN_GUEST, {ETHERNET, NOT_OWN(SOURCE_MAC)}, DROP(MAC)},
	// STP, LACP, LLDP and such.
	{RULES_HOST, CHAIN_GUEST,
		{IS(PACKET_TYPE, PACKET_MULTICAST), ETHERNET, IS(DESTINATION_GROUP, LINK_LOCAL_GROUP)}, DROP(GROUP)},
	// Without a tag.
	{0, CHAIN_GUEST, {IS(TAG, ETH_P_IP)}, GOTO(IP4)},
	{0, CHAIN_GUEST, {IS(TAG, ETH_P_IPV6)}, GOTO(IP6)},
	// VLAN 0 is none: it only gives a priority.
	{L | RULES_NO_8021Q, CHAIN_GUEST, {IS(TAG, ETH_P_8021Q), NOT(VID, 0)}, DROP(TAG)},
	{L | RULES_8021Q, CHAIN_GUEST, {IS(TAG, ETH_P_8021Q), NOT_IN(VID, VLANS)}, DROP(TAG)},
	{L | RULES_NO_8021AD, CHAIN_GUEST, {IS(TAG, ETH_P_8021AD)}, DROP(TAG)},
	{L | RULES_8021AD, CHAIN_GUEST, {IS(TAG, ETH_P_8021AD), NOT_IN(VID, VLANS)}, DROP(TAG)},
	{0, CHAIN_GUEST, {IP4}, GOTO(IP4)},
	{0, CHAIN_GUEST, {IP6}, GOTO(IP6)},
	{0, CHAIN_GUEST, {ARP}, GOTO(ARP)},
	// A second tag: what is behind it can't be looked at.
	{0, CHAIN_GUEST, {IS(PROTOCOL, ETH_P_8021Q)}, DROP(TAG)},
	{0, CHAIN_GUEST, {IS(PROTOCOL, ETH_P_8021AD)}, DROP(TAG)},
	{L, CHAIN_GUEST, ANY, DROP(PROTOCOL)},
	// LLC: PVST+, CDP and such; and SNAP, in which ARP and IP could be hidden.
	{RULES_OPEN | RULES_HOST, CHAIN_GUEST, {BELOW(PROTOCOL, ETH_P_802_3_MIN)}, DROP(PROTOCOL)},
	{RULES_OPEN, CHAIN_GUEST, {RARP, NOT_OWN(ARP_SENDER_MAC)}, DROP(ARP)},

	{0, CHAIN_ARP, {ARP, NOT(ARP_HARDWARE, ARPHRD_ETHER)}, DROP(ARP)},
	{0, CHAIN_ARP, {ARP, NOT(ARP_PROTOCOL, ETH_P_IP)}, DROP(ARP)},
	{0, CHAIN_ARP, {ARP, NOT(ARP_MAC_LENGTH, 6)}, DROP(ARP)},
	{0, CHAIN_ARP, {ARP, NOT(ARP_ADDRESS_LENGTH, 4)}, DROP(ARP)},
	{0, CHAIN_ARP, {ARP, NOT_OWN(ARP_SENDER_MAC)}, DROP(ARP)},
	{L, CHAIN_ARP, {ARP, ABOVE(ARP_OPERATION, ARPOP_REPLY)}, DROP(ARP)},
	{L, CHAIN_ARP, {ARP, IN(ARP_SENDER, IP4)}, ACCEPT},
	// A probe has no sender address yet: RFC 5227.
	{L, CHAIN_ARP, {ARP, IS(ARP_OPERATION, ARPOP_REQUEST), IS(ARP_SENDER, 0), IN(ARP_TARGET, IP4)}, ACCEPT},
	{L, CHAIN_ARP, ANY, DROP(ARP)},

	{0, CHAIN_IP4, {UDP}, GOTO(UDP4)},
	{L, CHAIN_IP4, {IP4, IN(IP4_SOURCE, IP4)}, ACCEPT},
	{L, CHAIN_IP4, ANY, DROP(IP4)},

	// Linux 6.1 compares ports and types of later fragments, which have none.
	{RULES_HOST, CHAIN_UDP4, {UDP, IS(SOURCE_PORT, PORT_DHCP_SERVER), IP4, IS(IP4_FRAGMENT_OFFSET, 0)}, DROP(DHCP)},
	{RULES_HOST, CHAIN_UDP4, {UDP, IS(DESTINATION_PORT, PORT_DHCP_CLIENT), IP4, IS(IP4_FRAGMENT_OFFSET, 0)},
		DROP(DHCP)},
	{L, CHAIN_UDP4, {IP4, IN(IP4_SOURCE, IP4)}, ACCEPT},
	{L, CHAIN_UDP4,
		{IP4, IS(IP4_SOURCE, 0), IS(IP4_DESTINATION, 0xffffffff), UDP, IS(DESTINATION_PORT, PORT_DHCP_SERVER)},
		ACCEPT},
	{L, CHAIN_UDP4, ANY, DROP(IP4)},

	// Only where the first fragment has all headers can they be looked at: RFC 7112.
	{0, CHAIN_IP6, {IP6, IN(FRAGMENT_NEXT_HEADER, EXTENSION_HEADERS)}, DROP(FRAGMENT)},
	{L, CHAIN_IP6, {IP6, NOT(FRAGMENT_OFFSET, 0), IN(IP6_SOURCE, IP6)}, ACCEPT},
	{RULES_OPEN, CHAIN_IP6, {IP6, NOT(FRAGMENT_OFFSET, 0)}, ACCEPT},
	{0, CHAIN_IP6, {ICMP6}, GOTO(ICMP6)},
	{RULES_HOST, CHAIN_IP6, {IP6, UDP, IS(SOURCE_PORT, PORT_DHCP6_SERVER)}, DROP(DHCP)},
	{RULES_HOST, CHAIN_IP6, {IP6, UDP, IS(DESTINATION_PORT, PORT_DHCP6_CLIENT)}, DROP(DHCP)},
	// Headers that can't be read have no protocol to compare.
	{L, CHAIN_IP6, {IP6, NOT(L4PROTO, IPPROTO_ICMPV6), IN(IP6_SOURCE, IP6)}, ACCEPT},
	{L, CHAIN_IP6, ANY, DROP(IP6)},

	{RULES_HOST, CHAIN_ICMP6, {ICMP6, IN(ICMP6_TYPE, ICMP6_ROUTER)}, DROP(RA)},
	{L, CHAIN_ICMP6, {IP6, NOT(IP6_SOURCE, 0), NOT_IN(IP6_SOURCE, IP6)}, DROP(IP6)},
	{L, CHAIN_ICMP6, {ICMP6, IS(IP6_SOURCE, 0), NOT_IN(ICMP6_TYPE, ICMP6_UNADDRESSED)}, DROP(IP6)},
	{0, CHAIN_ICMP6, {IP6, IS(IP6_NEXT_HEADER, IPPROTO_ICMPV6)}, GOTO(NEIGHBOUR)},
	// Behind other headers: reports, behind one with a router alert; nothing about neighbours.
	{0, CHAIN_ICMP6, {ICMP6, IS(HOP_NEXT_HEADER, IPPROTO_ICMPV6), IN(ICMP6_TYPE, ICMP6_REPORTS)}, ACCEPT},
	{RULES_ROUTER, CHAIN_ICMP6, {ICMP6, IS(HOP_NEXT_HEADER, IPPROTO_ICMPV6), IN(ICMP6_TYPE, ICMP6_ROUTER)}, ACCEPT},
	{0, CHAIN_ICMP6, {ICMP6, IN(ICMP6_TYPE, ICMP6_PLAIN)}, ACCEPT},
	{0, CHAIN_ICMP6, ANY, DROP(ND)},

	// Duplicate address detection claims the target; so does an advertisement.
	{L, CHAIN_NEIGHBOUR, {SOLICITATION, IS(IP6_SOURCE, 0), NOT_IN(ND_TARGET, IP6)}, DROP(ND)},
	{L, CHAIN_NEIGHBOUR, {ADVERTISEMENT, NOT_IN(ND_TARGET, IP6)}, DROP(ND)},
	// No option, or only one: several can't be compared in whatever order they are.
	{0, CHAIN_NEIGHBOUR, {SOLICITATION, IS(IP6_LENGTH, 24)}, ACCEPT},
	{0, CHAIN_NEIGHBOUR, {SOLICITATION, IS(IP6_LENGTH, 32), IS(ND_OPTION, NONCE)}, ACCEPT},
	{0, CHAIN_NEIGHBOUR, {SOLICITATION, IS(IP6_LENGTH, 32), IS(ND_OPTION, SOURCE_MAC), IS_OWN(ND_OPTION_MAC)},
		ACCEPT},
	{0, CHAIN_NEIGHBOUR, {SOLICITATION}, DROP(ND)},
	{0, CHAIN_NEIGHBOUR, {ADVERTISEMENT, IS(IP6_LENGTH, 24)}, ACCEPT},
	{0, CHAIN_NEIGHBOUR, {ADVERTISEMENT, IS(IP6_LENGTH, 32), IS(ND_OPTION, TARGET_MAC), IS_OWN(ND_OPTION_MAC)},
		ACCEPT},
	{0, CHAIN_NEIGHBOUR, {ADVERTISEMENT}, DROP(ND)},
	{0, CHAIN_NEIGHBOUR, {ROUTER_SOLICITATION, IS(IP6_LENGTH, 8)}, ACCEPT},
	{0, CHAIN_NEIGHBOUR,
		{ROUTER_SOLICITATION, IS(IP6_LENGTH, 16), IS(RS_OPTION, SOURCE_MAC), IS_OWN(RS_OPTION_MAC)}, ACCEPT},
	{0, CHAIN_NEIGHBOUR, {ROUTER_SOLICITATION}, DROP(ND)},
	{L | RULES_ROUTER, CHAIN_NEIGHBOUR, {ICMP6, IN(ICMP6_TYPE, ICMP6_ROUTER)}, ACCEPT},
	{L, CHAIN_NEIGHBOUR, {ICMP6, IN(ICMP6_TYPE, ICMP6_PLAIN)}, ACCEPT},
	{L, CHAIN_NEIGHBOUR, ANY, DROP(ND)},
};

const size_t rules_row_count = sizeof(rules_rows) / sizeof(*rules_rows);
