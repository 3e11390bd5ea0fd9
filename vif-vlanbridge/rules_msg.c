// SPDX-License-Identifier: ISC
// A port's filtering rules as messages for nf_tables.
#include "rules_msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "rules_expr.h"

#define PRIORITY (-300) // before what an administrator may have there
#define RULE_SIZE 4096
#define ELEMENT_SIZE 48
#define ELEMENTS_MAX 1000 // of one message: an attribute has 64 KiB at most

// The message of a type about a table. NULL without memory; what puts attributes into it sets m->failed then.
static struct nl_msg *begin(struct rules_messages *m, int type, const char *table)
{
	struct nfgenmsg head = {.nfgen_family = NFPROTO_NETDEV, .version = NFNETLINK_V0};
	struct nl_msg *msg = NULL;

	if (m->n < NETLINK_BATCH)
		msg = netlink_message(
			NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_CREATE | NLM_F_APPEND, &head, sizeof(head));
	if (!msg || nla_put_string(msg, NFTA_TABLE_NAME, table)) {
		netlink_message_free(msg);
		m->failed = -ENOMEM;
		return NULL;
	}
	m->list[m->n++] = msg;
	return msg;
}

void rules_msg_free(struct rules_messages *m)
{
	for (size_t i = 0; i < m->n; i++)
		netlink_message_free(m->list[i]);
}

void rules_msg_delete(struct rules_messages *m, const char *table)
{
	begin(m, NFT_MSG_DELTABLE, table);
}

static void add_counter(struct rules_messages *m, const char *table, const char *name)
{
	struct nl_msg *msg = begin(m, NFT_MSG_NEWOBJ, table);

	// Even what is empty has to be there.
	if (!msg || nla_put_string(msg, NFTA_OBJ_NAME, name) ||
		nla_put_u32(msg, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER)) ||
		nla_put(msg, NFTA_OBJ_DATA | NLA_F_NESTED, 0, NULL))
		m->failed = -ENOMEM;
}

static void add_set_head(struct rules_messages *m, const char *table, enum rules_set set)
{
	const struct rules_set_row *row = &rules_sets[set];
	struct nl_msg *msg = begin(m, NFT_MSG_NEWSET, table);
	uint32_t flags = row->members ? 0 : NFT_SET_INTERVAL;

	if (!msg || nla_put_string(msg, NFTA_SET_NAME, row->name) || nla_put_u32(msg, NFTA_SET_FLAGS, htonl(flags)) ||
		nla_put_u32(msg, NFTA_SET_KEY_TYPE, htonl(row->type)) ||
		nla_put_u32(msg, NFTA_SET_KEY_LEN, htonl(row->length)) ||
		nla_put_u32(msg, NFTA_SET_ID, htonl(set + 1)) ||
		(row->type_of && nla_put(msg, NFTA_SET_USERDATA, (int)row->type_of_size, row->type_of)))
		m->failed = -ENOMEM;
}

// The messages with a set's members: one is begun when there is none, or the last is full.
struct members {
	struct rules_messages *messages;
	const char *table;
	const struct rules_set_row *set;
	struct nl_msg *msg;
	struct nlattr *list;
	size_t n;
};

static void end_members(struct members *m)
{
	if (m->msg)
		nla_nest_end(m->msg, m->list);
	m->msg = NULL;
	m->n = 0;
}

static int begin_members(struct members *m)
{
	if (m->msg && m->n < ELEMENTS_MAX)
		return 0;
	end_members(m);
	m->msg = begin(m->messages, NFT_MSG_NEWSETELEM, m->table);
	if (!m->msg || nlmsg_expand(m->msg, ELEMENTS_MAX * ELEMENT_SIZE) ||
		nla_put_string(m->msg, NFTA_SET_ELEM_LIST_SET, m->set->name))
		return -ENOMEM;
	m->list = nla_nest_start(m->msg, NFTA_SET_ELEM_LIST_ELEMENTS);
	return m->list ? 0 : -ENOMEM;
}

static int put_member(struct members *m, const void *key, uint32_t flags)
{
	struct nlattr *element, *value;

	if (begin_members(m))
		return -ENOMEM;
	m->n++;
	element = nla_nest_start(m->msg, NFTA_LIST_ELEM);
	if (!element || (flags && nla_put_u32(m->msg, NFTA_SET_ELEM_FLAGS, htonl(flags))))
		return -ENOMEM;
	value = nla_nest_start(m->msg, NFTA_SET_ELEM_KEY);
	if (!value || nla_put(m->msg, NFTA_DATA_VALUE, (int)m->set->length, key))
		return -ENOMEM;
	nla_nest_end(m->msg, value);
	nla_nest_end(m->msg, element);
	return 0;
}

static void add_member(struct members *m, const void *key, uint32_t flags)
{
	if (put_member(m, key, flags))
		m->messages->failed = -ENOMEM;
}

// The first address behind a network. Returns false where there is none.
static bool find_end(const struct source *s, uint8_t end[16])
{
	unsigned int byte = (s->bits + 7) / 8;
	unsigned int carry = s->bits % 8 ? 1U << (8 - s->bits % 8) : 1;

	memcpy(end, s->address, sizeof(s->address));
	while (byte-- > 0 && carry) {
		carry += end[byte];
		end[byte] = (uint8_t)carry;
		carry >>= 8;
	}
	return s->bits && !carry;
}

// An interval is a member with its first key, and one behind its last.
static void add_networks(struct members *m, const struct sources *all, int family)
{
	uint8_t end[16];

	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];

		if (s->family != family)
			continue;
		add_member(m, s->address, 0);
		if (find_end(s, end))
			add_member(m, end, NFT_SET_ELEM_INTERVAL_END);
	}
}

static void add_id(struct members *m, unsigned int id, uint32_t flags)
{
	uint16_t key = htons((uint16_t)id);

	add_member(m, &key, flags);
}

// VLAN 0 is none: it only gives a priority.
static void add_vlans(struct members *m, const struct vlans *all)
{
	unsigned int first, last, id = 0;
	struct vlans with_none = *all;

	vlans_add(&with_none, 0, 0);
	for (; vlans_range(&with_none, id, &first, &last); id = last + 1) {
		add_id(m, first, 0);
		add_id(m, last + 1, NFT_SET_ELEM_INTERVAL_END);
	}
}

static void add_set(struct rules_messages *m, const char *table, enum rules_set set, const struct rules *r)
{
	struct members members = {m, table, &rules_sets[set], NULL, NULL, 0};

	add_set_head(m, table, set);
	if (set == SET_IP4)
		add_networks(&members, &r->sources, AF_INET);
	else if (set == SET_IP6)
		add_networks(&members, &r->sources, AF_INET6);
	else if (set == SET_VLANS)
		add_vlans(&members, &r->vlans);
	for (size_t i = 0; i < rules_sets[set].n; i++)
		add_member(&members, &rules_sets[set].members[i], 0);
	end_members(&members);
}

// A base chain, for what comes in by a device or goes out there. It accepts what no row drops: an allow-list ends with
// a row that drops the rest. While a transaction replaces a table, the kernel has its chain and the new one, each
// without rules for some moments, and by its policy would drop what is allowed.
static int put_hook(struct nl_msg *msg, const char *dev, uint32_t hook_number)
{
	struct nlattr *hook;

	if (nla_put_string(msg, NFTA_CHAIN_TYPE, "filter") || nla_put_u32(msg, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT)))
		return -ENOMEM;
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK);
	if (!hook || nla_put_u32(msg, NFTA_HOOK_HOOKNUM, htonl(hook_number)) ||
		nla_put_u32(msg, NFTA_HOOK_PRIORITY, htonl((uint32_t)PRIORITY)) ||
		nla_put_string(msg, NFTA_HOOK_DEV, dev))
		return -ENOMEM;
	nla_nest_end(msg, hook);
	return 0;
}

static void add_chain(struct rules_messages *m, const char *table, enum rules_chain chain, const char *dev)
{
	struct nl_msg *msg = begin(m, NFT_MSG_NEWCHAIN, table);
	int failed = !msg || nla_put_string(msg, NFTA_CHAIN_NAME, rules_chains[chain]);

	if (!failed && chain == CHAIN_GUEST)
		failed = put_hook(msg, dev, NF_NETDEV_INGRESS);
	if (!failed && chain == CHAIN_TO_GUEST)
		failed = put_hook(msg, dev, NF_NETDEV_EGRESS);
	if (failed)
		m->failed = -ENOMEM;
}

static void add_row(struct rules_messages *m, const char *table, const struct rules_row *row, const struct rules *r)
{
	struct nl_msg *msg = begin(m, NFT_MSG_NEWRULE, table);

	if (!msg || nlmsg_expand(msg, RULE_SIZE) || nla_put_string(msg, NFTA_RULE_CHAIN, rules_chains[row->chain]) ||
		rules_expr_put(msg, row, r))
		m->failed = -ENOMEM;
}

// The counters, sets and chains of rows that apply.
struct used {
	bool counters[REASONS], sets[SETS], chains[CHAINS];
};

static void mark_used(const struct rules_row *row, struct used *used)
{
	used->chains[row->chain] = true;
	if (row->verdict == VERDICT_GOTO) // also where none of its rows applies
		used->chains[row->argument] = true;
	if (row->verdict == VERDICT_DROP)
		used->counters[row->argument] = true;
	for (const struct rules_match *match = row->matches; match < row->matches + RULES_MATCHES; match++)
		if (match->test == TEST_IN || match->test == TEST_NOT_IN)
			used->sets[match->value] = true;
}

static void add_used(struct rules_messages *m, const char *table, const char *dev, const struct rules *r)
{
	struct used used = {0};

	for (size_t i = 0; i < rules_row_count; i++)
		if (rules_row_applies(&rules_rows[i], r))
			mark_used(&rules_rows[i], &used);
	for (int i = 0; i < REASONS; i++)
		if (used.counters[i])
			add_counter(m, table, rules_reasons[i]);
	for (int i = 0; i < SETS; i++)
		if (used.sets[i])
			add_set(m, table, (enum rules_set)i, r);
	for (int i = 0; i < CHAINS; i++)
		if (used.chains[i])
			add_chain(m, table, (enum rules_chain)i, dev);
}

void rules_msg_add(struct rules_messages *m, const char *table, const char *dev, const struct rules *r, bool replace)
{
	struct nl_msg *msg = begin(m, NFT_MSG_NEWTABLE, table);

	if (msg && !replace)
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_EXCL;
	if (replace) {
		begin(m, NFT_MSG_DELTABLE, table);
		begin(m, NFT_MSG_NEWTABLE, table);
	}
	add_used(m, table, dev, r);
	for (size_t i = 0; i < rules_row_count; i++)
		if (rules_row_applies(&rules_rows[i], r))
			add_row(m, table, &rules_rows[i], r);
}
