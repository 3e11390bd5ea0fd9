// SPDX-License-Identifier: ISC
// Filtering rules: messages that are whole, and whose sets have the addresses that were asked for and no others.
#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "fuzz.h"
#include "vif-vlanbridge/rules.h"
#include "vif-vlanbridge/rules_msg.h"

#define MEMBERS_MAX 8192

// Of one set, as the kernel has them.
static struct {
	struct member {
		uint8_t key[16];
		bool ends;
	} list[MEMBERS_MAX];
	size_t count, length;
} members;

static void check_message(const struct nlmsghdr *h)
{
	struct nlattr *a;
	int left;

	HOLDS(h->nlmsg_len >= NLMSG_HDRLEN + sizeof(struct nfgenmsg));
	nlmsg_for_each_attr(a, (struct nlmsghdr *)(uintptr_t)h, sizeof(struct nfgenmsg), left)
		HOLDS(nla_type(a) && nla_type(a) < 16);
	HOLDS(!left);
}

static struct nlattr *find_nested(struct nlattr *nest, int type)
{
	struct nlattr *found = nla_find(nla_data(nest), nla_len(nest), type);

	HOLDS(found);
	return found;
}

static void take_member(struct nlattr *element)
{
	struct nlattr *value = find_nested(find_nested(element, NFTA_SET_ELEM_KEY), NFTA_DATA_VALUE);
	struct nlattr *flags = nla_find(nla_data(element), nla_len(element), NFTA_SET_ELEM_FLAGS);
	struct member *m = &members.list[members.count++];

	HOLDS(members.count < MEMBERS_MAX);
	HOLDS((size_t)nla_len(value) == members.length);
	*m = (struct member){.ends = flags && ntohl(nla_get_u32(flags)) & NFT_SET_ELEM_INTERVAL_END};
	memcpy(m->key, nla_data(value), members.length);
	// The kernel would refuse it.
	for (struct member *other = members.list; other < m; other++)
		HOLDS(other->ends != m->ends || memcmp(other->key, m->key, sizeof(m->key)));
}

static void read_set(const struct rules_messages *all, enum rules_set set)
{
	struct nlattr *name, *list, *element;
	int left;

	members.count = 0;
	members.length = rules_sets[set].length;
	for (size_t i = 0; i < all->n; i++) {
		struct nlmsghdr *h = nlmsg_hdr(all->list[i]);

		if ((h->nlmsg_type & 0xff) != NFT_MSG_NEWSETELEM)
			continue;
		name = nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_SET_ELEM_LIST_SET);
		list = nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_SET_ELEM_LIST_ELEMENTS);
		HOLDS(name && list);
		if (nla_strcmp(name, rules_sets[set].name))
			continue;
		nla_for_each_nested(element, list, left) take_member(element);
		HOLDS(!left);
	}
}

// The kernel's way: the last key that isn't greater decides.
static bool has_member(const uint8_t key[16])
{
	const struct member *last = NULL;

	for (struct member *m = members.list; m < members.list + members.count; m++) {
		int order = last ? memcmp(m->key, last->key, sizeof(m->key)) : 1;

		if (memcmp(m->key, key, sizeof(m->key)) <= 0 && (order > 0 || (!order && !m->ends)))
			last = m;
	}
	return last && !last->ends;
}

static bool is_listed(const struct sources *all, int family, const uint8_t address[16])
{
	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];
		unsigned int bit = 0;

		while (bit < s->bits && !((s->address[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1))
			bit++;
		if (s->family == family && bit == s->bits)
			return true;
	}
	return false;
}

static void step(uint8_t address[16], size_t length, int by)
{
	while (length-- > 0) {
		address[length] = (uint8_t)(address[length] + by);
		if (address[length] != (by > 0 ? 0 : 0xff))
			return;
	}
}

// The first and the last address of each network, and those beside them.
static void check_sources(const struct sources *all, int family)
{
	size_t length = family == AF_INET ? 4 : 16;
	uint8_t address[16], last[16];

	for (size_t i = 0; i < all->n; i++) {
		const struct source *s = &all->list[i];

		if (s->family != family)
			continue;
		memcpy(address, s->address, sizeof(address));
		HOLDS(has_member(address));
		step(address, length, -1);
		HOLDS(has_member(address) == is_listed(all, family, address));
		memcpy(last, s->address, sizeof(last));
		for (size_t bit = s->bits; bit < length * 8; bit++)
			last[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		HOLDS(has_member(last));
		step(last, length, 1);
		HOLDS(has_member(last) == is_listed(all, family, last));
	}
}

static void check_messages(const struct rules *r)
{
	static struct rules_messages all;

	memset(&all, 0, sizeof(all));
	rules_msg_add(&all, "vlanbridge-vif7.1", "vif7.1", r, true);
	HOLDS(!all.failed);
	for (size_t i = 0; i < all.n; i++)
		check_message(nlmsg_hdr(all.list[i]));
	if (r->when & RULES_LISTED) {
		read_set(&all, SET_IP4);
		check_sources(&r->sources, AF_INET);
		read_set(&all, SET_IP6);
		check_sources(&r->sources, AF_INET6);
	}
	for (enum rules_set set = SET_VLANS; set < SETS; set++)
		read_set(&all, set);
	rules_msg_free(&all);
}

void fuzz_rules(const struct nic *nic, const struct link *bridge, const struct mark *mark, const struct port_vlans *v)
{
	struct rules r;
	struct err e = {0};

	if (rules_decide(nic, bridge, mark, v, &r, &e)) {
		HOLDS(e.code > 0 && *e.text);
		return;
	}
	HOLDS(!r.when == !rules_needed(nic, mark));
	HOLDS(rules_decide_moment(&r, &r, true) == RULES_STAY);
	if (r.when)
		check_messages(&r);
}
