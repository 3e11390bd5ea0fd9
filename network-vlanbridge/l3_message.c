// SPDX-License-Identifier: ISC
// Records to netlink. What isn't about the device is passed on as the kernel gave it.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"
#include "l3_wire.h"

// Room for all that the record has, and for what is added to it.
static struct nl_msg *message(const struct l3_entry *r, int type, int flags, const void *header, size_t size)
{
	struct nl_msg *m = netlink_message(type, flags, header, size);

	if (m && nlmsg_expand(m, r->size + 1024)) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

// All attributes of a record but those that name devices, which put_links writes.
static int put_attributes(struct nl_msg *m, const struct l3_entry *r)
{
	struct nlattr *a;
	int left;

	nla_for_each_attr(a, l3_attributes(r), l3_attributes_size(r), left)
		if (!l3_left_out(r->kind, nla_type(a)) || (r->kind == L3_ADDRESS && nla_type(a) == IFA_CACHEINFO))
			if (!(r->kind == L3_ADDRESS && nla_type(a) == IFA_FLAGS) &&
				nla_put(m, nla_type(a), nla_len(a), nla_data(a)))
				return -ENOMEM;
	return 0;
}

static struct nlattr *attribute(const struct l3_entry *r, int type)
{
	return nla_find(l3_attributes(r), l3_attributes_size(r), type);
}

static int put_label(struct nl_msg *m, const struct l3_entry *r)
{
	char label[2 * NAME_SIZE];

	if (r->family != AF_INET)
		return 0;
	snprintf(label, sizeof(label), "%s%s", !*r->label || *r->label == ':' ? r->links[0].name : "", r->label);
	// A label that got too long with the device's new name: better the address without it than no address.
	return nla_put_string(m, IFA_LABEL, strlen(label) < NAME_SIZE ? label : r->links[0].name);
}

// From the configuration: only the address itself is known.
static struct nl_msg *configured_address(const struct l3_entry *r, bool add)
{
	struct ifaddrmsg h = {.ifa_family = (unsigned char)r->family, .ifa_index = (unsigned int)r->links[0].index};
	char text[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[16];
	struct nl_msg *m;
	int size = r->family == AF_INET ? 4 : 16, prefix = 0;

	if (sscanf(r->key, "%45[^/]/%d", text, &prefix) != 2 || inet_pton(r->family, text, bytes) != 1)
		return NULL;
	h.ifa_prefixlen = (unsigned char)prefix;
	m = netlink_message(add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0, &h, sizeof(h));
	if (m && (nla_put(m, IFA_LOCAL, size, bytes) || nla_put(m, IFA_ADDRESS, size, bytes))) {
		netlink_message_free(m);
		return NULL;
	}
	if (m && add)
		nla_put_u8(m, IFA_PROTO, r->link_local ? IFAPROT_KERNEL_LL : L3_PROTOCOL);
	if (m && add && r->family == AF_INET && prefix < 31) {
		uint32_t broadcast;

		memcpy(&broadcast, bytes, 4);
		broadcast |= htonl(0xffffffffU >> prefix);
		nla_put(m, IFA_BROADCAST, 4, &broadcast);
	}
	return m;
}

static struct nl_msg *configured_gateway(const struct l3_entry *r, bool add)
{
	struct rtmsg h = {.rtm_family = (unsigned char)r->family, .rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = L3_PROTOCOL, .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
	char text[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[16];
	struct nl_msg *m;

	if (sscanf(r->key, "default/0 via %45s", text) != 1 || inet_pton(r->family, text, bytes) != 1)
		return NULL;
	m = netlink_message(add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_EXCL : 0, &h, sizeof(h));
	if (m && (nla_put(m, RTA_GATEWAY, r->family == AF_INET ? 4 : 16, bytes) ||
			 nla_put_u32(m, RTA_OIF, (uint32_t)r->links[0].index))) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

static struct nl_msg *address_message(const struct l3_entry *r, bool add, int flags, uint32_t more)
{
	struct ifaddrmsg h = *(struct ifaddrmsg *)r->message;
	struct nlattr *own = attribute(r, IFA_FLAGS);
	struct nl_msg *m;

	h.ifa_index = (unsigned int)r->links[0].index;
	m = message(r, add ? RTM_NEWADDR : RTM_DELADDR, flags, &h, sizeof(h));
	if (m && (put_attributes(m, r) || put_label(m, r) ||
			 nla_put_u32(m, IFA_FLAGS, (own ? nla_get_u32(own) : 0) | more))) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

static int put_next_hops(struct nl_msg *m, const struct l3_entry *r)
{
	struct nlattr *multipath = attribute(r, RTA_MULTIPATH), *copy;
	struct rtnexthop *nh;
	int left;

	if (!multipath)
		return nla_put_u32(m, RTA_OIF, (uint32_t)r->links[0].index);
	copy = nla_reserve(m, RTA_MULTIPATH, nla_len(multipath));
	if (!copy)
		return -ENOMEM;
	memcpy(nla_data(copy), nla_data(multipath), (size_t)nla_len(multipath));
	nh = nla_data(copy);
	left = nla_len(copy);
	for (size_t i = 0; RTNH_OK(nh, left) && i < r->link_count; i++) {
		nh->rtnh_ifindex = r->links[i].index;
		left -= (int)RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
	return 0;
}

// A route from a router advertisement has a lifetime, which comes in ticks and goes in seconds.
static int put_expiry(struct nl_msg *m, const struct l3_entry *r)
{
	struct nlattr *a = attribute(r, RTA_CACHEINFO);
	struct rta_cacheinfo *info = a && nla_len(a) >= (int)sizeof(*info) ? nla_data(a) : NULL;

	if (r->family != AF_INET6 || !info || info->rta_expires <= 0)
		return 0;
	return nla_put_u32(m, RTA_EXPIRES, (uint32_t)info->rta_expires / 100);
}

static struct nl_msg *route_message(const struct l3_entry *r, bool add)
{
	// Not exclusive: the same route over the old device may still be there for the moment.
	struct nl_msg *m = message(r, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE : 0, r->message,
		sizeof(struct rtmsg));

	if (m && (put_attributes(m, r) || put_next_hops(m, r) || (add && put_expiry(m, r)))) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

static struct nl_msg *rule_message(const struct l3_entry *r, bool add)
{
	struct nl_msg *m = message(r, add ? RTM_NEWRULE : RTM_DELRULE, add ? NLM_F_CREATE | NLM_F_EXCL : 0,
		r->message, sizeof(struct fib_rule_hdr));
	size_t n = 0;

	if (m && (put_attributes(m, r) ||
			 (attribute(r, FRA_IIFNAME) && nla_put_string(m, FRA_IIFNAME, r->links[n++].name)) ||
			 (attribute(r, FRA_OIFNAME) && nla_put_string(m, FRA_OIFNAME, r->links[n++].name)))) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

int l3_messages(const struct l3_entry *r, bool add, struct nl_msg *msgs[2])
{
	bool twice = r->message && r->kind == L3_ADDRESS && r->family == AF_INET6 && add;

	msgs[1] = NULL;
	if (!r->message)
		msgs[0] = r->kind == L3_ADDRESS ? configured_address(r, add) : configured_gateway(r, add);
	else if (r->kind == L3_ADDRESS)
		msgs[0] = address_message(r, add, add ? NLM_F_CREATE | NLM_F_EXCL : 0, twice ? IFA_F_NODAD : 0);
	else
		msgs[0] = r->kind == L3_ROUTE ? route_message(r, add) : rule_message(r, add);
	if (twice)
		msgs[1] = address_message(r, true, NLM_F_REPLACE, 0);
	if (!msgs[0] || (twice && !msgs[1])) {
		netlink_message_free(msgs[0]);
		netlink_message_free(msgs[1]);
		return -ENOMEM;
	}
	return twice ? 2 : 1;
}

struct nl_msg *l3_dump(enum l3_kind kind)
{
	struct ifaddrmsg address = {.ifa_family = AF_UNSPEC};
	struct rtmsg route = {.rtm_family = AF_UNSPEC};
	struct fib_rule_hdr rule = {.family = AF_UNSPEC};

	return kind == L3_ADDRESS ? netlink_message(RTM_GETADDR, NLM_F_DUMP, &address, sizeof(address))
		: kind == L3_ROUTE  ? netlink_message(RTM_GETROUTE, NLM_F_DUMP, &route, sizeof(route))
					: netlink_message(RTM_GETRULE, NLM_F_DUMP, &rule, sizeof(rule));
}
