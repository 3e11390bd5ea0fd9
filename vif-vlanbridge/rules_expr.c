// SPDX-License-Identifier: ISC
// A rule as the expressions of nf_tables: each match loads a field into a register, and compares that.
#include "rules_expr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#define REGISTER NFT_REG_1

// The attributes that every expression is wrapped in.
struct expression {
	struct nl_msg *msg;
	struct nlattr *element, *data;
};

static int begin(struct expression *x, struct nl_msg *msg, const char *name)
{
	x->msg = msg;
	x->element = nla_nest_start(msg, NFTA_LIST_ELEM);
	if (!x->element || nla_put_string(msg, NFTA_EXPR_NAME, name))
		return -ENOMEM;
	x->data = nla_nest_start(msg, NFTA_EXPR_DATA);
	return x->data ? 0 : -ENOMEM;
}

static int end(struct expression *x, int failed)
{
	if (failed)
		return -ENOMEM;
	nla_nest_end(x->msg, x->data);
	nla_nest_end(x->msg, x->element);
	return 0;
}

// All their numbers are in network byte order.
static int put_number(struct nl_msg *msg, int attribute, uint32_t n)
{
	return nla_put_u32(msg, attribute, htonl(n));
}

static int put_value(struct nl_msg *msg, int attribute, const void *value, size_t length)
{
	struct nlattr *nest = nla_nest_start(msg, attribute);

	if (!nest || nla_put(msg, NFTA_DATA_VALUE, (int)length, value))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_meta(struct nl_msg *msg, enum nft_meta_keys key)
{
	struct expression x;

	if (begin(&x, msg, "meta"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_META_KEY, key) || put_number(msg, NFTA_META_DREG, REGISTER));
}

static int put_extension(struct nl_msg *msg, const struct rules_place *p)
{
	struct expression x;

	if (begin(&x, msg, "exthdr"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_EXTHDR_DREG, REGISTER) || nla_put_u8(msg, NFTA_EXTHDR_TYPE, p->extension) ||
			       put_number(msg, NFTA_EXTHDR_OFFSET, p->offset) ||
			       put_number(msg, NFTA_EXTHDR_LEN, p->length) ||
			       put_number(msg, NFTA_EXTHDR_OP, NFT_EXTHDR_OP_IPV6));
}

static int put_payload(struct nl_msg *msg, const struct rules_place *p)
{
	static const enum nft_payload_bases bases[] = {
		[BASE_LINK] = NFT_PAYLOAD_LL_HEADER,
		[BASE_NETWORK] = NFT_PAYLOAD_NETWORK_HEADER,
		[BASE_TRANSPORT] = NFT_PAYLOAD_TRANSPORT_HEADER,
	};
	struct expression x;

	if (begin(&x, msg, "payload"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_PAYLOAD_DREG, REGISTER) ||
			       put_number(msg, NFTA_PAYLOAD_BASE, bases[p->base]) ||
			       put_number(msg, NFTA_PAYLOAD_OFFSET, p->offset) ||
			       put_number(msg, NFTA_PAYLOAD_LEN, p->length));
}

// The number's last bytes, first byte first.
static void print_number(uint64_t n, uint8_t *bytes, size_t length)
{
	memset(bytes, 0, length);
	for (; length-- > 0; n >>= 8)
		bytes[length] = (uint8_t)n;
}

static int put_mask(struct nl_msg *msg, const struct rules_place *p)
{
	static const uint8_t zero[RULES_VALUE_MAX];
	uint8_t mask[RULES_VALUE_MAX];
	struct expression x;

	print_number(p->mask, mask, p->length);
	if (begin(&x, msg, "bitwise"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_BITWISE_SREG, REGISTER) || put_number(msg, NFTA_BITWISE_DREG, REGISTER) ||
			       put_number(msg, NFTA_BITWISE_LEN, p->length) ||
			       put_value(msg, NFTA_BITWISE_MASK, mask, p->length) ||
			       put_value(msg, NFTA_BITWISE_XOR, zero, p->length));
}

static const enum nft_meta_keys meta_keys[] = {
	[FIELD_PROTOCOL] = NFT_META_PROTOCOL,
	[FIELD_DEVICE_TYPE] = NFT_META_IIFTYPE,
	[FIELD_L4PROTO] = NFT_META_L4PROTO,
	[FIELD_PACKET_TYPE] = NFT_META_PKTTYPE,
};

static int put_load(struct nl_msg *msg, enum rules_field field)
{
	const struct rules_place *p = &rules_places[field];
	int r;

	if (p->base == BASE_META)
		r = put_meta(msg, meta_keys[field]);
	else if (p->base == BASE_EXTENSION)
		r = put_extension(msg, p);
	else
		r = put_payload(msg, p);
	if (!r && p->mask)
		r = put_mask(msg, p);
	return r;
}

static int put_compare(struct nl_msg *msg, enum nft_cmp_ops op, const void *value, size_t length)
{
	struct expression x;

	if (begin(&x, msg, "cmp"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_CMP_SREG, REGISTER) || put_number(msg, NFTA_CMP_OP, op) ||
			       put_value(msg, NFTA_CMP_DATA, value, length));
}

static int put_lookup(struct nl_msg *msg, enum rules_set set, bool invert)
{
	struct expression x;

	if (begin(&x, msg, "lookup"))
		return -ENOMEM;
	return end(&x, nla_put_string(msg, NFTA_LOOKUP_SET, rules_sets[set].name) ||
			       put_number(msg, NFTA_LOOKUP_SREG, REGISTER) ||
			       put_number(msg, NFTA_LOOKUP_FLAGS, invert ? NFT_LOOKUP_F_INV : 0));
}

static int put_test(struct nl_msg *msg, const struct rules_match *match, const struct rules *r)
{
	size_t length = rules_places[match->field].length;
	uint8_t value[RULES_VALUE_MAX];

	print_number(match->value, value, length);
	if (match->field == FIELD_DEVICE_TYPE)
		memcpy(value, &(uint16_t){(uint16_t)match->value}, sizeof(uint16_t)); // the host's byte order
	switch (match->test) {
	case TEST_IS:
		return put_compare(msg, NFT_CMP_EQ, value, length);
	case TEST_IS_NOT:
		return put_compare(msg, NFT_CMP_NEQ, value, length);
	case TEST_BELOW:
		return put_compare(msg, NFT_CMP_LT, value, length);
	case TEST_ABOVE:
		return put_compare(msg, NFT_CMP_GT, value, length);
	case TEST_IS_MAC:
		return put_compare(msg, NFT_CMP_EQ, r->mac, MAC_SIZE);
	case TEST_IS_NOT_MAC:
		return put_compare(msg, NFT_CMP_NEQ, r->mac, MAC_SIZE);
	case TEST_IN:
	case TEST_NOT_IN:
		return put_lookup(msg, (enum rules_set)match->value, match->test == TEST_NOT_IN);
	case TEST_NONE:
		break;
	}
	return 0;
}

static int put_counter(struct nl_msg *msg, enum rules_reason reason)
{
	struct expression x;

	if (begin(&x, msg, "objref"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER) ||
			       nla_put_string(msg, NFTA_OBJREF_IMM_NAME, rules_reasons[reason]));
}

static int put_verdict_data(struct nl_msg *msg, const struct rules_row *row)
{
	static const int codes[] = {[VERDICT_DROP] = NF_DROP, [VERDICT_ACCEPT] = NF_ACCEPT, [VERDICT_GOTO] = NFT_GOTO};
	struct nlattr *data = nla_nest_start(msg, NFTA_IMMEDIATE_DATA), *verdict = NULL;

	if (data)
		verdict = nla_nest_start(msg, NFTA_DATA_VERDICT);
	if (!verdict || put_number(msg, NFTA_VERDICT_CODE, (uint32_t)codes[row->verdict]))
		return -ENOMEM;
	if (row->verdict == VERDICT_GOTO && nla_put_string(msg, NFTA_VERDICT_CHAIN, rules_chains[row->argument]))
		return -ENOMEM;
	nla_nest_end(msg, verdict);
	nla_nest_end(msg, data);
	return 0;
}

static int put_verdict(struct nl_msg *msg, const struct rules_row *row)
{
	struct expression x;

	if (begin(&x, msg, "immediate"))
		return -ENOMEM;
	return end(&x, put_number(msg, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT) || put_verdict_data(msg, row));
}

static int put_matches(struct nl_msg *msg, const struct rules_row *row, const struct rules *r)
{
	for (size_t i = 0; i < RULES_MATCHES && row->matches[i].test != TEST_NONE; i++) {
		const struct rules_match *match = &row->matches[i];

		if (put_load(msg, match->field) || put_test(msg, match, r))
			return -ENOMEM;
	}
	return 0;
}

int rules_expr_put(struct nl_msg *msg, const struct rules_row *row, const struct rules *r)
{
	struct nlattr *list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);

	if (!list || put_matches(msg, row, r))
		return -ENOMEM;
	if (row->verdict == VERDICT_DROP && put_counter(msg, (enum rules_reason)row->argument))
		return -ENOMEM;
	if (put_verdict(msg, row))
		return -ENOMEM;
	nla_nest_end(msg, list);
	return 0;
}
