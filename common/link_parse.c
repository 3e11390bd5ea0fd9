// SPDX-License-Identifier: ISC
// The netlink messages about devices: attributes to link.h's model.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "link_msg.h"
#include "link_sysctl.h"

static void parse_ipv4_list(struct nlattr *nest, uint32_t *list)
{
	struct nlattr *a;
	int left, n = 0;

	memset(list, 0, ARP_TARGETS * sizeof(*list));
	nla_for_each_nested(a, nest, left) if (n < ARP_TARGETS && nla_len(a) >= 4) list[n++] = nla_get_u32(a);
}

// All of them, or none.
static bool parse_bits(struct link *l, const struct option *o, struct nlattr *const *tb)
{
	uint32_t bits = 0;

	for (int i = 0; o->max >> i; i++) {
		if (!tb[o->attribute + i] || nla_len(tb[o->attribute + i]) < 1)
			return false;
		if (nla_get_u8(tb[o->attribute + i]))
			bits |= 1U << i;
	}
	*(uint32_t *)option_field(l, o) = bits;
	return true;
}

// False for an attribute that is too short for its type.
static bool parse_option(struct link *l, const struct option *o, struct nlattr *a)
{
	uint32_t *number = option_field(l, o);

	if (o->type == OPTION_IPV4_LIST) {
		parse_ipv4_list(a, option_field(l, o));
		return true;
	}
	if (o->type == OPTION_MAC_ADDRESS) {
		if (nla_len(a) >= MAC_SIZE)
			memcpy(option_field(l, o), nla_data(a), MAC_SIZE);
		return nla_len(a) >= MAC_SIZE;
	}
	if (o->type == OPTION_LINK) {
		if (nla_len(a) >= 4)
			((struct link_ref *)option_field(l, o))->index = (int)nla_get_u32(a);
		return nla_len(a) >= 4;
	}
	if (nla_len(a) < (o->type == OPTION_U8 ? 1 : o->type == OPTION_U32 ? 4 : 2))
		return false;
	*number = o->type == OPTION_U8     ? nla_get_u8(a)
		  : o->type == OPTION_U32  ? nla_get_u32(a)
		  : o->type == OPTION_BE16 ? ntohs(nla_get_u16(a))
					   : nla_get_u16(a);
	return true;
}

static void parse_options(struct link *l, struct nlattr *data)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct nlattr *tb[IFLA_BR_MAX + 1]; // the longest of the three lists

	if (nla_parse_nested(tb, IFLA_BR_MAX, data, NULL) < 0)
		return;
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (o->attribute > IFLA_BR_MAX || !tb[o->attribute])
			continue;
		if (o->type == OPTION_U8_BITS ? parse_bits(l, o, tb) : parse_option(l, o, tb[o->attribute]))
			l->options |= 1ULL << i;
	}
}

static bool is_port_flag(int type)
{
	return type < 64 && LINK_PORT_FLAGS_ALL >> type & 1;
}

static void parse_port_flags(struct link *l, struct nlattr *data)
{
	struct nlattr *a;
	int left;

	l->set |= LINK_PORT_FLAGS;
	nla_for_each_nested(a, data, left) if (is_port_flag(nla_type(a)) && nla_len(a) >= 1)
	{
		l->port_flags_known |= 1ULL << nla_type(a);
		if (nla_get_u8(a))
			l->port_flags |= 1ULL << nla_type(a);
	}
}

static void parse_bond_port(struct link *l, struct nlattr *data)
{
	struct nlattr *mac = nla_find(nla_data(data), nla_len(data), IFLA_BOND_SLAVE_PERM_HWADDR);

	if (!mac || nla_len(mac) < MAC_SIZE)
		return;
	memcpy(l->perm_mac, nla_data(mac), MAC_SIZE);
	l->has_perm_mac = true;
}

static void parse_port(struct link *l, struct nlattr *kind, struct nlattr *data)
{
	char name[KIND_SIZE];

	nla_strlcpy(name, kind, sizeof(name));
	if (!strcmp(name, "bridge"))
		parse_port_flags(l, data);
	if (!strcmp(name, "bond"))
		parse_bond_port(l, data);
}

static void parse_info(struct link *l, struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) < 0)
		return;
	if (tb[IFLA_INFO_KIND]) {
		nla_strlcpy(l->kind_name, tb[IFLA_INFO_KIND], sizeof(l->kind_name));
		l->kind = kind_find(l->kind_name);
	}
	if (tb[IFLA_INFO_KIND] && tb[IFLA_INFO_DATA])
		parse_options(l, tb[IFLA_INFO_DATA]);
	if (tb[IFLA_INFO_SLAVE_KIND] && tb[IFLA_INFO_SLAVE_DATA])
		parse_port(l, tb[IFLA_INFO_SLAVE_KIND], tb[IFLA_INFO_SLAVE_DATA]);
}

static void parse_addr_gen(struct link *l, struct nlattr *spec)
{
	struct nlattr *inet6 = nla_find(nla_data(spec), nla_len(spec), AF_INET6), *mode;

	mode = inet6 ? nla_find(nla_data(inet6), nla_len(inet6), IFLA_INET6_ADDR_GEN_MODE) : NULL;
	if (mode && nla_len(mode) >= 1) {
		l->addr_gen = nla_get_u8(mode);
		l->set |= LINK_ADDR_GEN;
	}
}

// The kernel reports all sysctls of a family as one array.
static void parse_sysctls(struct link *l, struct nlattr *spec, int family, int attribute)
{
	struct nlattr *of_family = nla_find(nla_data(spec), nla_len(spec), family), *array;
	int32_t value;

	array = of_family ? nla_find(nla_data(of_family), nla_len(of_family), attribute) : NULL;
	for (size_t i = 0; array && i < LINK_SYSCTL_COUNT; i++) {
		const struct link_sysctl *s = &link_sysctls[i];

		if (s->attribute_family != family || (size_t)nla_len(array) < (s->index + 1) * sizeof(value))
			continue;
		memcpy(&value, (char *)nla_data(array) + s->index * sizeof(value), sizeof(value));
		l->sysctls[i] = value;
		l->sysctls_known |= 1U << i;
		l->set |= LINK_SYSCTLS;
	}
}

static void parse_altname(struct link *l, struct nlattr *list)
{
	struct nlattr *a = nla_find(nla_data(list), nla_len(list), IFLA_ALT_IFNAME);

	if (a) {
		nla_strlcpy(l->altname, a, sizeof(l->altname));
		l->set |= LINK_ALTNAME;
	}
}

static void parse_number(struct link *l, const struct nlattr *a, uint32_t *to, unsigned int bit)
{
	if (!a)
		return;
	*to = nla_get_u32(a);
	l->set |= bit;
}

// The device itself; what isn't about it, or isn't as long as its type, gives false.
static bool parse_attributes(const struct nlmsghdr *h, struct nlattr *tb[IFLA_MAX + 1])
{
	static const struct nla_policy policy[IFLA_MAX + 1] = {
		[IFLA_IFNAME] = {.minlen = 1},
		[IFLA_MTU] = {.type = NLA_U32},
		[IFLA_MAX_MTU] = {.type = NLA_U32},
		[IFLA_GROUP] = {.type = NLA_U32},
		[IFLA_LINK] = {.type = NLA_U32},
		[IFLA_MASTER] = {.type = NLA_U32},
	};

	return h->nlmsg_type == RTM_NEWLINK &&
	       nlmsg_parse((struct nlmsghdr *)(uintptr_t)h, sizeof(struct ifinfomsg), tb, IFLA_MAX, policy) >= 0 &&
	       tb[IFLA_IFNAME];
}

static void parse_refs(struct link *l, struct nlattr **tb)
{
	if (tb[IFLA_MASTER])
		l->master.index = (int)nla_get_u32(tb[IFLA_MASTER]);
	// A lower device in another network namespace has an index that means nothing here.
	if (tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		l->lower.index = (int)nla_get_u32(tb[IFLA_LINK]);
}

static void parse_nests(struct link *l, struct nlattr **tb)
{
	if (tb[IFLA_PROP_LIST])
		parse_altname(l, tb[IFLA_PROP_LIST]);
	if (tb[IFLA_AF_SPEC]) {
		parse_addr_gen(l, tb[IFLA_AF_SPEC]);
		parse_sysctls(l, tb[IFLA_AF_SPEC], AF_INET, IFLA_INET_CONF);
		parse_sysctls(l, tb[IFLA_AF_SPEC], AF_INET6, IFLA_INET6_CONF);
	}
	if (tb[IFLA_LINKINFO])
		parse_info(l, tb[IFLA_LINKINFO]);
	// Of these it is the other end, not what they stand on.
	if (!strcmp(l->kind_name, "veth") || !strcmp(l->kind_name, "netkit"))
		l->lower.index = 0;
}

int link_parse(const struct nlmsghdr *h, struct link *l)
{
	const struct ifinfomsg *head = NLMSG_DATA(h);
	struct nlattr *tb[IFLA_MAX + 1];

	*l = (struct link){0};
	if (!parse_attributes(h, tb))
		return -ENODATA;
	l->index = head->ifi_index;
	l->up = head->ifi_flags & IFF_UP;
	l->running = head->ifi_flags & IFF_RUNNING;
	l->not_ethernet = head->ifi_type != ARPHRD_ETHER;
	l->set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER;
	nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	parse_number(l, tb[IFLA_MTU], &l->mtu, LINK_MTU);
	parse_number(l, tb[IFLA_MAX_MTU], &l->max_mtu, 0);
	parse_number(l, tb[IFLA_GROUP], &l->group, LINK_GROUP);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == MAC_SIZE) {
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), MAC_SIZE);
		l->set |= LINK_MAC;
	}
	if (tb[IFLA_IFALIAS])
		nla_strlcpy(l->alias, tb[IFLA_IFALIAS], sizeof(l->alias));
	parse_refs(l, tb);
	parse_nests(l, tb);
	return 0;
}

int link_each_altname(const struct nlmsghdr *h, int (*use)(const char *name, void *arg), void *arg)
{
	struct nlattr *tb[IFLA_MAX + 1], *a;
	char name[ALTNAME_SIZE];
	int left, r = 0;

	if (!parse_attributes(h, tb) || !tb[IFLA_PROP_LIST])
		return 0;
	nla_for_each_nested(a, tb[IFLA_PROP_LIST], left) if (!r && nla_type(a) == IFLA_ALT_IFNAME)
	{
		nla_strlcpy(name, a, sizeof(name));
		r = use(name, arg);
	}
	return r;
}
