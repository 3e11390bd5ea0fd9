// SPDX-License-Identifier: ISC
// The netlink messages about devices: link.h's model to attributes and back.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "link.h"
#include "netlink.h"

// Statistics of 4,000 links are a megabyte that nobody here reads.
#define EXT_MASK RTEXT_FILTER_SKIP_STATS

static int put_ipv4_list(struct nl_msg *m, int attribute, const uint32_t *list)
{
	struct nlattr *nest = nla_nest_start(m, attribute);

	if (!nest)
		return -ENOMEM;
	for (int i = 0; i < ARP_TARGETS && list[i]; i++)
		if (nla_put_u32(m, i, list[i]))
			return -ENOMEM;
	nla_nest_end(m, nest);
	return 0;
}

static int put_option(struct nl_msg *m, const struct link *l, const struct option *o)
{
	const void *f = option_field(l, o);
	uint32_t n = o->type <= OPTION_BE16 ? *(const uint32_t *)f : 0;

	switch (o->type) {
	case OPTION_U8:
		return nla_put_u8(m, o->attribute, (uint8_t)n);
	case OPTION_U16:
		return nla_put_u16(m, o->attribute, (uint16_t)n);
	case OPTION_U32:
		return nla_put_u32(m, o->attribute, n);
	case OPTION_BE16:
		return nla_put_u16(m, o->attribute, htons((uint16_t)n));
	case OPTION_MAC_ADDRESS:
		return nla_put(m, o->attribute, MAC_SIZE, f);
	case OPTION_IPV4_LIST:
		return put_ipv4_list(m, o->attribute, f);
	case OPTION_LINK:
		return nla_put_u32(m, o->attribute, (uint32_t)((const struct link_ref *)f)->index);
	}
	return -EINVAL;
}

// IFLA_LINKINFO: the kind's name, always in a create message, and the options that are set.
static int put_info(struct nl_msg *m, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;

	if (!info || nla_put_string(m, IFLA_INFO_KIND, k->name))
		return -ENOMEM;
	if (l->options) {
		data = nla_nest_start(m, IFLA_INFO_DATA);
		if (!data)
			return -ENOMEM;
		for (size_t i = 0; i < k->count; i++)
			if (option_is_set(l, &k->options[i]) && put_option(m, l, &k->options[i]))
				return -ENOMEM;
		nla_nest_end(m, data);
	}
	nla_nest_end(m, info);
	return 0;
}

static int put_addr_gen(struct nl_msg *m, uint32_t mode)
{
	struct nlattr *spec = nla_nest_start(m, IFLA_AF_SPEC), *inet6;

	if (!spec || !(inet6 = nla_nest_start(m, AF_INET6)) ||
		nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, (uint8_t)mode))
		return -ENOMEM;
	nla_nest_end(m, inet6);
	nla_nest_end(m, spec);
	return 0;
}

static int put_fields(struct nl_msg *m, const struct link *l, unsigned int fields)
{
	int r = 0;

	if (fields & LINK_RENAME)
		r |= nla_put_string(m, IFLA_IFNAME, l->new_name);
	if (fields & LINK_MTU)
		r |= nla_put_u32(m, IFLA_MTU, l->mtu);
	if (fields & LINK_MAC)
		r |= nla_put(m, IFLA_ADDRESS, MAC_SIZE, l->mac);
	if (fields & LINK_MASTER)
		r |= nla_put_u32(m, IFLA_MASTER, (uint32_t)l->master.index);
	if (fields & LINK_LOWER)
		r |= nla_put_u32(m, IFLA_LINK, (uint32_t)l->lower.index);
	if (fields & LINK_GROUP)
		r |= nla_put_u32(m, IFLA_GROUP, l->group);
	// Length 0 removes the alias: rtnetlink takes it as binary for that reason.
	if (fields & LINK_ALIAS)
		r |= nla_put(m, IFLA_IFALIAS, (int)strlen(l->alias), l->alias);
	if (fields & LINK_ADDR_GEN)
		r |= put_addr_gen(m, l->addr_gen);
	return r;
}

static struct nl_msg *message(int type, int flags, int index, const struct link *l, unsigned int fields)
{
	struct ifinfomsg head = {.ifi_family = AF_UNSPEC, .ifi_index = index};

	if (fields & LINK_UP) {
		head.ifi_change = IFF_UP;
		head.ifi_flags = l->up ? IFF_UP : 0;
	}
	return netlink_message(type, flags, &head, sizeof(head));
}

static struct nl_msg *finish(struct nl_msg *m, int failed)
{
	if (!failed)
		return m;
	netlink_message_free(m);
	return NULL;
}

struct nl_msg *link_msg_create(const struct link *l, unsigned int fields)
{
	struct nl_msg *m = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, l, fields);

	return m ? finish(m, nla_put_string(m, IFLA_IFNAME, l->name) || put_fields(m, l, fields) ||
				put_info(m, l))
		 : NULL;
}

struct nl_msg *link_msg_set(int index, const struct link *change, unsigned int fields, bool options)
{
	struct nl_msg *m = message(RTM_NEWLINK, 0, index, change, fields);

	// Without an index the kernel takes the name as the key and renames nothing.
	return m ? finish(m, (!index && nla_put_string(m, IFLA_IFNAME, change->name)) ||
				put_fields(m, change, fields) ||
				(options && change->options && put_info(m, change)))
		 : NULL;
}

struct nl_msg *link_msg_altname(const char *name, const char *altname, bool add)
{
	struct nl_msg *m = message(add ? RTM_NEWLINKPROP : RTM_DELLINKPROP,
		add ? NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND : 0, 0, NULL, 0);
	struct nlattr *list = NULL;

	if (m && !nla_put_string(m, IFLA_IFNAME, name))
		list = nla_nest_start(m, IFLA_PROP_LIST | NLA_F_NESTED);
	if (!list || nla_put_string(m, IFLA_ALT_IFNAME, altname))
		return finish(m, 1);
	nla_nest_end(m, list);
	return m;
}

struct nl_msg *link_msg_delete(const char *name)
{
	struct nl_msg *m = message(RTM_DELLINK, 0, 0, NULL, 0);

	return m ? finish(m, nla_put_string(m, IFLA_IFNAME, name)) : NULL;
}

struct nl_msg *link_msg_delete_group(uint32_t group)
{
	struct nl_msg *m = message(RTM_DELLINK, 0, 0, NULL, 0);

	return m ? finish(m, nla_put_u32(m, IFLA_GROUP, group)) : NULL;
}

struct nl_msg *link_msg_get(int index, const char *name)
{
	struct nl_msg *m = message(RTM_GETLINK, 0, index, NULL, 0);
	int r = m ? nla_put_u32(m, IFLA_EXT_MASK, EXT_MASK) : -ENOMEM;

	// IFLA_ALT_IFNAME finds a device by either kind of name (since 5.5).
	if (!r && !index)
		r = nla_put_string(m, IFLA_ALT_IFNAME, name);
	return finish(m, r);
}

struct nl_msg *link_msg_dump(const char *kind)
{
	struct nl_msg *m = message(RTM_GETLINK, NLM_F_DUMP, 0, NULL, 0);
	int r = m ? nla_put_u32(m, IFLA_EXT_MASK, EXT_MASK) : -ENOMEM;
	struct nlattr *info;

	if (!r && kind) {
		info = nla_nest_start(m, IFLA_LINKINFO);
		r = info ? nla_put_string(m, IFLA_INFO_KIND, kind) : -ENOMEM;
		if (!r)
			nla_nest_end(m, info);
	}
	return finish(m, r);
}

static void parse_ipv4_list(struct nlattr *nest, uint32_t *list)
{
	struct nlattr *a;
	int left, n = 0;

	memset(list, 0, ARP_TARGETS * sizeof(*list));
	nla_for_each_nested(a, nest, left)
		if (n < ARP_TARGETS && nla_len(a) >= 4)
			list[n++] = nla_get_u32(a);
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
	*number = o->type == OPTION_U8 ? nla_get_u8(a)
		: o->type == OPTION_U32 ? nla_get_u32(a)
		: o->type == OPTION_BE16 ? ntohs(nla_get_u16(a))
					 : nla_get_u16(a);
	return true;
}

static void parse_options(struct link *l, struct nlattr *data)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct nlattr *tb[IFLA_BR_MAX + 1]; // the longest of the three lists

	if (nla_parse(tb, IFLA_BR_MAX, nla_data(data), nla_len(data), NULL) < 0)
		return;
	for (size_t i = 0; i < k->count; i++)
		if (k->options[i].attribute <= IFLA_BR_MAX && tb[k->options[i].attribute] &&
			parse_option(l, &k->options[i], tb[k->options[i].attribute]))
			l->options |= 1ULL << i;
}

static void parse_info(struct link *l, struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) < 0 || !tb[IFLA_INFO_KIND])
		return;
	nla_strlcpy(l->kind_name, tb[IFLA_INFO_KIND], sizeof(l->kind_name));
	l->kind = kind_find(l->kind_name);
	if (tb[IFLA_INFO_DATA])
		parse_options(l, tb[IFLA_INFO_DATA]);
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

static void parse_altname(struct link *l, struct nlattr *list)
{
	struct nlattr *a = nla_find(nla_data(list), nla_len(list), IFLA_ALT_IFNAME);

	if (a) {
		nla_strlcpy(l->altname, a, sizeof(l->altname));
		l->set |= LINK_ALTNAME;
	}
}

static void parse_number(struct link *l, struct nlattr *a, uint32_t *to, unsigned int bit)
{
	if (a && nla_len(a) >= 4) {
		*to = nla_get_u32(a);
		l->set |= bit;
	}
}

int link_parse(const struct nlmsghdr *h, struct link *l)
{
	struct nlattr *tb[IFLA_MAX + 1];
	struct ifinfomsg *head = nlmsg_data(h);

	*l = (struct link){0};
	if (h->nlmsg_type != RTM_NEWLINK ||
		nlmsg_parse((struct nlmsghdr *)(uintptr_t)h, sizeof(*head), tb, IFLA_MAX, NULL) < 0 ||
		!tb[IFLA_IFNAME])
		return -ENODATA;
	l->index = head->ifi_index;
	l->up = head->ifi_flags & IFF_UP;
	l->running = head->ifi_flags & IFF_RUNNING;
	l->set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER;
	nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	parse_number(l, tb[IFLA_MTU], &l->mtu, LINK_MTU);
	parse_number(l, tb[IFLA_MAX_MTU], &l->max_mtu, 0);
	parse_number(l, tb[IFLA_GROUP], &l->group, LINK_GROUP);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == MAC_SIZE) {
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), MAC_SIZE);
		l->set |= LINK_MAC;
	}
	if (tb[IFLA_MASTER])
		l->master.index = (int)nla_get_u32(tb[IFLA_MASTER]);
	// A lower device in another network namespace has an index that means nothing here.
	if (tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		l->lower.index = (int)nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_IFALIAS])
		nla_strlcpy(l->alias, tb[IFLA_IFALIAS], sizeof(l->alias));
	if (tb[IFLA_PROP_LIST])
		parse_altname(l, tb[IFLA_PROP_LIST]);
	if (tb[IFLA_AF_SPEC])
		parse_addr_gen(l, tb[IFLA_AF_SPEC]);
	if (tb[IFLA_LINKINFO])
		parse_info(l, tb[IFLA_LINKINFO]);
	return 0;
}

struct found {
	struct link *link;
	int result;
};

static int got_link(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct found *f = arg;

	(void)i, (void)e;
	f->result = link_parse(h, f->link);
	return 0;
}

int link_get(struct netlink *nl, const char *name, struct link *ret, struct err *e)
{
	struct nl_msg *m = link_msg_get(0, name);
	struct found f = {ret, -ENODEV};
	struct netlink_ack ack = {0};
	int r = m ? netlink_send(nl, &m, 1, &ack, got_link, &f, e) : err_set(e, ENOMEM, "no memory");

	netlink_message_free(m);
	if (!r && ack.error)
		r = err_set(e, -ack.error, "%s: %s", name, ack.reason);
	if (!r && f.result)
		r = err_set(e, ENODEV, "%s: the kernel gave no answer that describes it", name);
	return r;
}
