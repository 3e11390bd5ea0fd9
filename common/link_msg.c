// SPDX-License-Identifier: ISC
// The netlink messages about devices: link.h's model to attributes.
#include "link_msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

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
	nla_nest_end_keep_empty(m, nest); // an empty list is one to be set, too
	return 0;
}

static int put_bits(struct nl_msg *m, const struct option *o, uint32_t bits)
{
	for (int i = 0; o->max >> i; i++)
		if (nla_put_u8(m, o->attribute + i, bits >> i & 1))
			return -ENOMEM;
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
	case OPTION_U8_BITS:
		return put_bits(m, o, n);
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

// The kind's name, always in a create message, and the options that are set.
static int put_options(struct nl_msg *m, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct nlattr *data;

	if (nla_put_string(m, IFLA_INFO_KIND, k->name))
		return -ENOMEM;
	if (!l->options)
		return 0;
	data = nla_nest_start(m, IFLA_INFO_DATA);
	if (!data)
		return -ENOMEM;
	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(l, &k->options[i]) && put_option(m, l, &k->options[i]))
			return -ENOMEM;
	nla_nest_end(m, data);
	return 0;
}

static int put_port_flags(struct nl_msg *m, const struct link *l)
{
	struct nlattr *data;

	if (nla_put_string(m, IFLA_INFO_SLAVE_KIND, "bridge"))
		return -ENOMEM;
	data = nla_nest_start(m, IFLA_INFO_SLAVE_DATA);
	if (!data)
		return -ENOMEM;
	for (int i = 0; i < 64; i++)
		if (l->port_flags_known >> i & 1 && nla_put_u8(m, i, (uint8_t)(l->port_flags >> i & 1)))
			return -ENOMEM;
	nla_nest_end(m, data);
	return 0;
}

static int put_info(struct nl_msg *m, const struct link *l, bool options, bool port_flags)
{
	struct nlattr *info;

	if (!options && !port_flags)
		return 0;
	info = nla_nest_start(m, IFLA_LINKINFO);
	if (!info || (options && put_options(m, l)) || (port_flags && put_port_flags(m, l)))
		return -ENOMEM;
	nla_nest_end(m, info);
	return 0;
}

static int put_addr_gen(struct nl_msg *m, uint32_t mode)
{
	struct nlattr *spec = nla_nest_start(m, IFLA_AF_SPEC), *inet6;

	if (!spec || !(inet6 = nla_nest_start(m, AF_INET6)) || nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, (uint8_t)mode))
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

struct nl_msg *link_msg_create(const struct link *l, unsigned int fields)
{
	struct nl_msg *m = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, l, fields);

	return m ? netlink_message_finish(m, nla_put_string(m, IFLA_IFNAME, l->name) || put_fields(m, l, fields) ||
						     put_info(m, l, true, false))
		 : NULL;
}

struct nl_msg *link_msg_set(int index, const struct link *change, unsigned int fields, bool options)
{
	struct nl_msg *m = message(RTM_NEWLINK, 0, index, change, fields);
	bool port_flags = fields & LINK_PORT_FLAGS && change->port_flags_known;

	// Without an index the kernel takes the name as the key and renames nothing.
	return m ? netlink_message_finish(m, (!index && nla_put_string(m, IFLA_IFNAME, change->name)) ||
						     put_fields(m, change, fields) ||
						     put_info(m, change, options && change->options, port_flags))
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
		return netlink_message_finish(m, 1);
	nla_nest_end(m, list);
	return m;
}

struct nl_msg *link_msg_delete(const char *name)
{
	struct nl_msg *m = message(RTM_DELLINK, 0, 0, NULL, 0);

	return m ? netlink_message_finish(m, nla_put_string(m, IFLA_IFNAME, name)) : NULL;
}

struct nl_msg *link_msg_delete_group(uint32_t group)
{
	struct nl_msg *m = message(RTM_DELLINK, 0, 0, NULL, 0);

	return m ? netlink_message_finish(m, nla_put_u32(m, IFLA_GROUP, group)) : NULL;
}

struct nl_msg *link_msg_get(int index, const char *name)
{
	struct nl_msg *m = message(RTM_GETLINK, 0, index, NULL, 0);
	int r = m ? nla_put_u32(m, IFLA_EXT_MASK, EXT_MASK) : -ENOMEM;

	// Either finds a device by both kinds of name; Linux before 5.5 has IFLA_IFNAME alone, and no long names.
	if (!r && !index)
		r = nla_put_string(m, strlen(name) < NAME_SIZE ? IFLA_IFNAME : IFLA_ALT_IFNAME, name);
	return netlink_message_finish(m, r);
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
	return netlink_message_finish(m, r);
}
