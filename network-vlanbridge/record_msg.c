// SPDX-License-Identifier: ISC
// Records from and to netlink. What isn't about the device is passed on as the kernel gave it.
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
#include "record.h"

#define ATTRIBUTES 40 // more than any of the three kinds has

// linux/if_addr.h of Linux 5.18
#ifndef IFAPROT_KERNEL_LL
#define IFA_PROTO 11
#define IFAPROT_KERNEL_LL 3
#endif

static int header_size(enum record_kind kind)
{
	return kind == RECORD_ADDRESS ? (int)sizeof(struct ifaddrmsg)
		: kind == RECORD_ROUTE  ? (int)sizeof(struct rtmsg)
					: (int)sizeof(struct fib_rule_hdr);
}

static struct nlattr *attributes(const struct record *r)
{
	return (struct nlattr *)((char *)r->message + NLMSG_ALIGN((unsigned int)header_size(r->kind)));
}

static int attributes_size(const struct record *r)
{
	return (int)r->size - (int)NLMSG_ALIGN((unsigned int)header_size(r->kind));
}

// Attributes that change by themselves, that we write anew, or that name devices: not part of the text.
static bool left_out(enum record_kind kind, int type)
{
	switch (kind) {
	case RECORD_ADDRESS:
		return type == IFA_CACHEINFO || type == IFA_LABEL;
	case RECORD_ROUTE:
		return type == RTA_CACHEINFO || type == RTA_OIF || type == RTA_MULTIPATH || type == RTA_EXPIRES;
	default:
		return type == FRA_IIFNAME || type == FRA_OIFNAME;
	}
}

static void print_hex(FILE *out, const void *data, int len)
{
	const unsigned char *b = data;

	for (int i = 0; i < len; i++)
		fprintf(out, "%02x", b[i]);
}

static const char *ip(int family, const struct nlattr *a, char buf[INET6_ADDRSTRLEN])
{
	if (!a || nla_len(a) < (family == AF_INET ? 4 : 16) ||
		!inet_ntop(family, nla_data(a), buf, INET6_ADDRSTRLEN))
		return "default";
	return buf;
}

// All attributes in hexadecimal, sorted by type as nla_parse does: the text only has to be complete and stable.
static char *print_text(const struct record *r, struct nlattr **tb, int max)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%s ", r->key);
	print_hex(out, r->message, header_size(r->kind));
	for (int i = 1; i <= max; i++)
		if (tb[i] && (!left_out(r->kind, i) || (r->kind == RECORD_ROUTE && i == RTA_MULTIPATH))) {
			fprintf(out, " %d:", i);
			print_hex(out, nla_data(tb[i]), nla_len(tb[i]));
		}
	fclose(out);
	return text;
}

static int parse_address(struct record *r, struct nlattr **tb)
{
	struct ifaddrmsg *h = r->message;
	struct nlattr *local = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	uint32_t flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : h->ifa_flags;
	char a[INET6_ADDRSTRLEN];

	// Temporary addresses are made anew by the kernel from the one they belong to.
	if (!local)
		return -ENODATA;
	if (h->ifa_family == AF_INET6 && flags & IFA_F_TEMPORARY)
		return -ENODATA;
	r->link_count = 1;
	r->links[0].index = (int)h->ifa_index;
	h->ifa_index = 0;
	h->ifa_flags = 0;
	r->link_local = h->ifa_family == AF_INET6 && h->ifa_scope == RT_SCOPE_LINK;
	snprintf(r->key, sizeof(r->key), "%s/%u", ip(h->ifa_family, local, a), h->ifa_prefixlen);
	r->ours = tb[IFA_PROTO] && nla_get_u8(tb[IFA_PROTO]) == RECORD_PROTOCOL;
	if (tb[IFA_LABEL])
		nla_strlcpy(r->label, tb[IFA_LABEL], sizeof(r->label));
	if (tb[IFA_FLAGS]) { // not what only tells how it is doing
		flags &= ~(uint32_t)(IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_SECONDARY | IFA_F_DEPRECATED |
			IFA_F_OPTIMISTIC | IFA_F_STABLE_PRIVACY);
		memcpy(nla_data(tb[IFA_FLAGS]), &flags, sizeof(flags));
	}
	return 0;
}

static int parse_next_hops(struct record *r, struct nlattr *multipath)
{
	struct rtnexthop *nh = nla_data(multipath);
	int left = nla_len(multipath);

	for (; RTNH_OK(nh, left); left -= RTNH_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh)) {
		if (r->link_count == RECORD_LINKS)
			return -E2BIG;
		r->links[r->link_count++].index = nh->rtnh_ifindex;
		nh->rtnh_ifindex = 0;
		nh->rtnh_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	}
	return 0;
}

static int parse_route(struct record *r, struct nlattr **tb)
{
	struct rtmsg *h = r->message;
	char dst[INET6_ADDRSTRLEN], via[INET6_ADDRSTRLEN];
	uint32_t table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : h->rtm_table;

	if (h->rtm_flags & RTM_F_CLONED || h->rtm_protocol == RTPROT_KERNEL || h->rtm_type == RTN_LOCAL ||
		h->rtm_type == RTN_BROADCAST || h->rtm_type == RTN_ANYCAST ||
		(h->rtm_family == AF_INET6 && h->rtm_type == RTN_MULTICAST))
		return -ENODATA;
	r->ours = h->rtm_protocol == RECORD_PROTOCOL;
	r->is_default = h->rtm_family == AF_INET && !h->rtm_dst_len && table == RT_TABLE_MAIN;
	h->rtm_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	if (tb[RTA_OIF]) {
		r->link_count = 1;
		r->links[0].index = (int)nla_get_u32(tb[RTA_OIF]);
	}
	r->gateway = tb[RTA_GATEWAY] || tb[RTA_VIA] || tb[RTA_MULTIPATH];
	snprintf(r->key, sizeof(r->key), "%s/%u%s%s table %u", ip(h->rtm_family, tb[RTA_DST], dst), h->rtm_dst_len,
		tb[RTA_GATEWAY] ? " via " : "", tb[RTA_GATEWAY] ? ip(h->rtm_family, tb[RTA_GATEWAY], via) : "",
		table);
	if (tb[RTA_MULTIPATH] && parse_next_hops(r, tb[RTA_MULTIPATH]))
		return -E2BIG;
	return r->link_count ? 0 : -ENODATA;
}

static int parse_rule(struct record *r, struct nlattr **tb)
{
	struct nlattr *names[2] = {tb[FRA_IIFNAME], tb[FRA_OIFNAME]};

	((struct fib_rule_hdr *)r->message)->flags &= FIB_RULE_INVERT;
	for (int i = 0; i < 2; i++)
		if (names[i])
			nla_strlcpy(r->links[r->link_count++].name, names[i], NAME_SIZE);
	snprintf(r->key, sizeof(r->key), "%u", tb[FRA_PRIORITY] ? nla_get_u32(tb[FRA_PRIORITY]) : 0);
	return r->link_count ? 0 : -ENODATA;
}

int record_parse(const struct nlmsghdr *h, struct record *ret)
{
	struct nlattr *tb[ATTRIBUTES + 1];
	int result;

	*ret = (struct record){0};
	ret->kind = h->nlmsg_type == RTM_NEWADDR ? RECORD_ADDRESS
		: h->nlmsg_type == RTM_NEWROUTE  ? RECORD_ROUTE
						 : RECORD_RULE;
	if ((int)h->nlmsg_len - NLMSG_HDRLEN < header_size(ret->kind))
		return -ENODATA;
	ret->size = h->nlmsg_len - NLMSG_HDRLEN;
	ret->message = malloc(ret->size);
	if (!ret->message)
		return -ENOMEM;
	memcpy(ret->message, NLMSG_DATA(h), ret->size);
	ret->family = *(unsigned char *)ret->message;
	result = nla_parse(tb, ATTRIBUTES, attributes(ret), attributes_size(ret), NULL) < 0 ? -ENODATA
		: (ret->family != AF_INET && ret->family != AF_INET6)                               ? -ENODATA
		: ret->kind == RECORD_ADDRESS ? parse_address(ret, tb)
		: ret->kind == RECORD_ROUTE   ? parse_route(ret, tb)
					      : parse_rule(ret, tb);
	if (!result) {
		ret->text = print_text(ret, tb, ATTRIBUTES);
		result = ret->text ? 0 : -ENOMEM;
	}
	if (result)
		record_clear(ret);
	return result;
}

// Room for all that the record has, and for what is added to it.
static struct nl_msg *message(const struct record *r, int type, int flags, const void *header, size_t size)
{
	struct nl_msg *m = netlink_message(type, flags, header, size);

	if (m && nlmsg_expand(m, r->size + 1024)) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

// All attributes of a record but those that name devices, which put_links writes.
static int put_attributes(struct nl_msg *m, const struct record *r)
{
	struct nlattr *a;
	int left;

	nla_for_each_attr(a, attributes(r), attributes_size(r), left)
		if (!left_out(r->kind, nla_type(a)) || (r->kind == RECORD_ADDRESS && nla_type(a) == IFA_CACHEINFO))
			if (!(r->kind == RECORD_ADDRESS && nla_type(a) == IFA_FLAGS) &&
				nla_put(m, nla_type(a), nla_len(a), nla_data(a)))
				return -ENOMEM;
	return 0;
}

static struct nlattr *attribute(const struct record *r, int type)
{
	return nla_find(attributes(r), attributes_size(r), type);
}

static int put_label(struct nl_msg *m, const struct record *r)
{
	char label[2 * NAME_SIZE];

	if (r->family != AF_INET)
		return 0;
	snprintf(label, sizeof(label), "%s%s", !*r->label || *r->label == ':' ? r->links[0].name : "", r->label);
	// A label that got too long with the device's new name: better the address without it than no address.
	return nla_put_string(m, IFA_LABEL, strlen(label) < NAME_SIZE ? label : r->links[0].name);
}

// From the configuration: only the address itself is known.
static struct nl_msg *configured_address(const struct record *r, bool add)
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
		nla_put_u8(m, IFA_PROTO, r->link_local ? IFAPROT_KERNEL_LL : RECORD_PROTOCOL);
	if (m && add && r->family == AF_INET && prefix < 31) {
		uint32_t broadcast;

		memcpy(&broadcast, bytes, 4);
		broadcast |= htonl(0xffffffffU >> prefix);
		nla_put(m, IFA_BROADCAST, 4, &broadcast);
	}
	return m;
}

static struct nl_msg *configured_gateway(const struct record *r, bool add)
{
	struct rtmsg h = {.rtm_family = (unsigned char)r->family, .rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RECORD_PROTOCOL, .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
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

static struct nl_msg *address_message(const struct record *r, bool add, int flags, uint32_t more)
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

static int put_next_hops(struct nl_msg *m, const struct record *r)
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
static int put_expiry(struct nl_msg *m, const struct record *r)
{
	struct nlattr *a = attribute(r, RTA_CACHEINFO);
	struct rta_cacheinfo *info = a && nla_len(a) >= (int)sizeof(*info) ? nla_data(a) : NULL;

	if (r->family != AF_INET6 || !info || info->rta_expires <= 0)
		return 0;
	return nla_put_u32(m, RTA_EXPIRES, (uint32_t)info->rta_expires / 100);
}

static struct nl_msg *route_message(const struct record *r, bool add)
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

static struct nl_msg *rule_message(const struct record *r, bool add)
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

int record_messages(const struct record *r, bool add, struct nl_msg *msgs[2])
{
	bool twice = r->message && r->kind == RECORD_ADDRESS && r->family == AF_INET6 && add;

	msgs[1] = NULL;
	if (!r->message)
		msgs[0] = r->kind == RECORD_ADDRESS ? configured_address(r, add) : configured_gateway(r, add);
	else if (r->kind == RECORD_ADDRESS)
		msgs[0] = address_message(r, add, add ? NLM_F_CREATE | NLM_F_EXCL : 0, twice ? IFA_F_NODAD : 0);
	else
		msgs[0] = r->kind == RECORD_ROUTE ? route_message(r, add) : rule_message(r, add);
	if (twice)
		msgs[1] = address_message(r, true, NLM_F_REPLACE, 0);
	if (!msgs[0] || (twice && !msgs[1])) {
		netlink_message_free(msgs[0]);
		netlink_message_free(msgs[1]);
		return -ENOMEM;
	}
	return twice ? 2 : 1;
}

struct nl_msg *record_dump(enum record_kind kind)
{
	struct ifaddrmsg address = {.ifa_family = AF_UNSPEC};
	struct rtmsg route = {.rtm_family = AF_UNSPEC};
	struct fib_rule_hdr rule = {.family = AF_UNSPEC};

	return kind == RECORD_ADDRESS ? netlink_message(RTM_GETADDR, NLM_F_DUMP, &address, sizeof(address))
		: kind == RECORD_ROUTE  ? netlink_message(RTM_GETROUTE, NLM_F_DUMP, &route, sizeof(route))
					: netlink_message(RTM_GETRULE, NLM_F_DUMP, &rule, sizeof(rule));
}
