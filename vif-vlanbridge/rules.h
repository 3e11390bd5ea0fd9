/* SPDX-License-Identifier: ISC */
/* Filtering rules: what a port lets its guest send. Pure: from what is asked to a table of rows, each a rule;
 * rules_msg.h makes them messages for the kernel's nf_tables.
 *
 * A port has a table of its own in the netdev family, with a chain at the device's ingress. That chain sees every frame
 * before the bridge does, link-local ones too, after the kernel has taken the outermost VLAN tag off; it goes with its
 * device, whose successor of the same name starts without it; and what a port costs doesn't depend on the other ports.
 */
#ifndef VIF_RULES_H
#define VIF_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "link.h"
#include "mark.h"
#include "nic.h"
#include "sources.h"
#include "vlans.h"

/* Which rows apply to a port: one of each pair. */
enum rules_when {
	RULES_LISTED = 1 << 0, /* ip=: what isn't listed is dropped */
	RULES_OPEN = 1 << 1,   /* antispoof alone: only what is forged is dropped */
	RULES_HOST = 1 << 2,
	RULES_ROUTER = 1 << 3, /* may advertise routers, serve DHCP, and send to link-local groups */
	RULES_8021Q = 1 << 4,  /* in VLANs of a bridge with 802.1Q tags */
	RULES_NO_8021Q = 1 << 5,
	RULES_8021AD = 1 << 6, /* in VLANs of a bridge with 802.1ad tags */
	RULES_NO_8021AD = 1 << 7,
	RULES_DISABLED = 1 << 8, /* nothing passes, in either direction: no row without it applies */
};

/* The values that the rows compare with. */
struct rules {
	unsigned int when; /* enum rules_when; 0: no rules */
	uint8_t mac[MAC_SIZE];
	struct sources sources;
	struct vlans vlans; /* those that the port is in */
};

/* Whether a port (nic_check has seen its nic) of a bridge with this mark has rules. */
bool rules_needed(const struct nic *nic, const struct mark *bridge);

/* When the rules of a port that is going to another place are replaced. */
enum rules_moment {
	RULES_STAY,   /* they are the same */
	RULES_BEFORE, /* in the old place, the new ones let nothing through that the old ones don't */
	RULES_AFTER,  /* in the new place, the old ones let nothing through that the new ones don't */
	RULES_BETWEEN /* neither: while it is in none */
};

/* Decides that; a port whose rules have no `when` has none. moves: it goes to another bridge, or to other VLANs. */
enum rules_moment rules_decide_moment(const struct rules *old, const struct rules *new, bool moves);

/* Decides on the rules of a port (nic's mac read) of a bridge in vlans, which are NULL for the bridge's default.
 * Returns 0, or -errno with a message in e, ret undefined. */
int rules_decide(const struct nic *nic, const struct link *bridge, const struct mark *mark,
	const struct port_vlans *vlans, struct rules *ret, struct err *e);

/* The parts of a frame that rules look at. */
enum rules_field {
	FIELD_PROTOCOL,    /* of what is behind the outermost VLAN tag */
	FIELD_DEVICE_TYPE, /* always Ethernet: by this nft knows what the bytes of a frame are */
	FIELD_L4PROTO,     /* behind IPv6's extension headers */
	FIELD_PACKET_TYPE, /* to one, to a group, to all: the kernel knows it already */
	FIELD_DESTINATION_GROUP,
	FIELD_SOURCE_MAC,
	FIELD_TAG, /* 0x8100, 0x88a8, or the protocol of a frame without a tag */
	FIELD_VID,
	FIELD_ARP_HARDWARE,
	FIELD_ARP_PROTOCOL,
	FIELD_ARP_MAC_LENGTH,
	FIELD_ARP_ADDRESS_LENGTH,
	FIELD_ARP_OPERATION,
	FIELD_ARP_SENDER_MAC,
	FIELD_ARP_SENDER,
	FIELD_ARP_TARGET,
	FIELD_IP4_FRAGMENT_OFFSET,
	FIELD_IP4_SOURCE,
	FIELD_IP4_DESTINATION,
	FIELD_IP6_LENGTH,
	FIELD_IP6_NEXT_HEADER,
	FIELD_IP6_SOURCE,
	FIELD_FRAGMENT_NEXT_HEADER,
	FIELD_FRAGMENT_OFFSET,
	FIELD_HOP_NEXT_HEADER, /* behind a hop-by-hop header */
	FIELD_SOURCE_PORT,
	FIELD_DESTINATION_PORT,
	FIELD_ICMP6_TYPE,
	FIELD_ND_TARGET,
	FIELD_ND_OPTION, /* type and length of the first one */
	FIELD_ND_OPTION_MAC,
	FIELD_RS_OPTION,
	FIELD_RS_OPTION_MAC,
	FIELDS
};

/* Where a field is. Names as in linux/netfilter/nf_tables.h; only the message builder needs their values. */
enum rules_base { BASE_META, BASE_LINK, BASE_NETWORK, BASE_TRANSPORT, BASE_EXTENSION };

#define RULES_VALUE_MAX 16

struct rules_place {
	enum rules_base base;
	uint8_t offset, length;
	uint8_t extension; /* the extension header's protocol number */
	uint64_t mask;     /* 0: all bits */
};

extern const struct rules_place rules_places[FIELDS];

enum rules_set {
	SET_IP4,
	SET_IP6,
	SET_VLANS,
	SET_EXTENSION_HEADERS,
	SET_ICMP6_PLAIN,
	SET_ICMP6_REPORTS,
	SET_ICMP6_ROUTER,
	SET_ICMP6_UNADDRESSED,
	SETS
};

/* Where a set's members are from. */
struct rules_set_row {
	const char *name;
	unsigned int type;      /* nft's number of a data type, with which it lists the set */
	unsigned int length;    /* of a member, in bytes */
	const uint8_t *members; /* NULL: of struct rules */
	size_t n;
	const uint8_t *type_of; /* type 0: the expression whose type it has, as nft keeps it for itself */
	size_t type_of_size;
};

extern const struct rules_set_row rules_sets[SETS];

enum rules_test {
	TEST_NONE,
	TEST_IS,
	TEST_IS_NOT,
	TEST_BELOW,
	TEST_ABOVE,
	TEST_IS_MAC,
	TEST_IS_NOT_MAC,
	TEST_IN,
	TEST_NOT_IN
};

struct rules_match {
	enum rules_field field;
	enum rules_test test;
	uint64_t value; /* a number of the field's length, or enum rules_set */
};

/* The first two are at hooks: what comes from the guest, and what goes to it. */
enum rules_chain {
	CHAIN_GUEST,
	CHAIN_TO_GUEST,
	CHAIN_ARP,
	CHAIN_IP4,
	CHAIN_UDP4,
	CHAIN_IP6,
	CHAIN_ICMP6,
	CHAIN_NEIGHBOUR,
	CHAINS
};

extern const char *const rules_chains[CHAINS];

/* Why something was dropped: the name of the counter. */
enum rules_reason {
	REASON_MAC,
	REASON_TAG,
	REASON_GROUP,
	REASON_PROTOCOL,
	REASON_ARP,
	REASON_IP4,
	REASON_IP6,
	REASON_FRAGMENT,
	REASON_ND,
	REASON_RA,
	REASON_DHCP,
	REASON_DISABLED,
	REASONS
};

extern const char *const rules_reasons[REASONS];

enum rules_verdict { VERDICT_DROP, VERDICT_ACCEPT, VERDICT_GOTO };

#define RULES_MATCHES 7

struct rules_row {
	unsigned int when; /* enum rules_when: all of them must apply; 0: to every port */
	enum rules_chain chain;
	struct rules_match matches[RULES_MATCHES]; /* all of them, TEST_NONE ends */
	enum rules_verdict verdict;
	unsigned int argument; /* of VERDICT_DROP enum rules_reason, of VERDICT_GOTO enum rules_chain */
};

/* In the order in which the kernel looks at them. */
extern const struct rules_row rules_rows[];
extern const size_t rules_row_count;

/* Whether a port has a row. */
bool rules_row_applies(const struct rules_row *row, const struct rules *r);

#endif
