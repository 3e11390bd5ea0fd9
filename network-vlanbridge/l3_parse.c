// SPDX-License-Identifier: ISC
// Records from netlink. What isn't about the device is passed on as the kernel gave it.
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

#define ATTRIBUTES 40 // more than any of the three kinds has

int l3_header_size(enum l3_kind kind)
{
	return kind == L3_ADDRESS ? (int)sizeof(struct ifaddrmsg)
		: kind == L3_ROUTE  ? (int)sizeof(struct rtmsg)
					: (int)sizeof(struct fib_rule_hdr);
}

struct nlattr *l3_attributes(const struct l3_entry *r)
{
	return (struct nlattr *)((char *)r->message + NLMSG_ALIGN((unsigned int)l3_header_size(r->kind)));
}

int l3_attributes_size(const struct l3_entry *r)
{
	return (int)r->size - (int)NLMSG_ALIGN((unsigned int)l3_header_size(r->kind));
}

bool l3_left_out(enum l3_kind kind, int type)
{
	switch (kind) {
	case L3_ADDRESS:
		return type == IFA_CACHEINFO || type == IFA_LABEL;
	case L3_ROUTE:
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
static char *print_text(const struct l3_entry *r, struct nlattr **tb, int max)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%s ", r->key);
	print_hex(out, r->message, l3_header_size(r->kind));
	for (int i = 1; i <= max; i++)
		if (tb[i] && (!l3_left_out(r->kind, i) || (r->kind == L3_ROUTE && i == RTA_MULTIPATH))) {
			fprintf(out, " %d:", i);
			print_hex(out, nla_data(tb[i]), nla_len(tb[i]));
		}
	fclose(out);
	return text;
}

static int parse_address(struct l3_entry *r, struct nlattr **tb)
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
	r->ours = tb[IFA_PROTO] && nla_get_u8(tb[IFA_PROTO]) == L3_PROTOCOL;
	if (tb[IFA_LABEL])
		nla_strlcpy(r->label, tb[IFA_LABEL], sizeof(r->label));
	if (tb[IFA_FLAGS]) { // not what only tells how it is doing
		flags &= ~(uint32_t)(IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_SECONDARY | IFA_F_DEPRECATED |
			IFA_F_OPTIMISTIC | IFA_F_STABLE_PRIVACY);
		memcpy(nla_data(tb[IFA_FLAGS]), &flags, sizeof(flags));
	}
	return 0;
}

static int parse_next_hops(struct l3_entry *r, struct nlattr *multipath)
{
	struct rtnexthop *nh = nla_data(multipath);
	int left = nla_len(multipath);

	for (; RTNH_OK(nh, left); left -= RTNH_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh)) {
		if (r->link_count == L3_LINKS)
			return -E2BIG;
		r->links[r->link_count++].index = nh->rtnh_ifindex;
		nh->rtnh_ifindex = 0;
		nh->rtnh_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	}
	return 0;
}

static int parse_route(struct l3_entry *r, struct nlattr **tb)
{
	struct rtmsg *h = r->message;
	char dst[INET6_ADDRSTRLEN], via[INET6_ADDRSTRLEN];
	uint32_t table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : h->rtm_table;

	if (h->rtm_flags & RTM_F_CLONED || h->rtm_protocol == RTPROT_KERNEL || h->rtm_type == RTN_LOCAL ||
		h->rtm_type == RTN_BROADCAST || h->rtm_type == RTN_ANYCAST ||
		(h->rtm_family == AF_INET6 && h->rtm_type == RTN_MULTICAST))
		return -ENODATA;
	r->ours = h->rtm_protocol == L3_PROTOCOL;
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

static int parse_rule(struct l3_entry *r, struct nlattr **tb)
{
	struct nlattr *names[2] = {tb[FRA_IIFNAME], tb[FRA_OIFNAME]};

	((struct fib_rule_hdr *)r->message)->flags &= FIB_RULE_INVERT;
	for (int i = 0; i < 2; i++)
		if (names[i])
			nla_strlcpy(r->links[r->link_count++].name, names[i], NAME_SIZE);
	snprintf(r->key, sizeof(r->key), "%u", tb[FRA_PRIORITY] ? nla_get_u32(tb[FRA_PRIORITY]) : 0);
	return r->link_count ? 0 : -ENODATA;
}

int l3_parse(const struct nlmsghdr *h, struct l3_entry *ret)
{
	struct nlattr *tb[ATTRIBUTES + 1];
	int result;

	*ret = (struct l3_entry){0};
	ret->kind = h->nlmsg_type == RTM_NEWADDR ? L3_ADDRESS
		: h->nlmsg_type == RTM_NEWROUTE  ? L3_ROUTE
						 : L3_RULE;
	if ((int)h->nlmsg_len - NLMSG_HDRLEN < l3_header_size(ret->kind))
		return -ENODATA;
	ret->size = h->nlmsg_len - NLMSG_HDRLEN;
	ret->message = malloc(ret->size);
	if (!ret->message)
		return -ENOMEM;
	memcpy(ret->message, NLMSG_DATA(h), ret->size);
	ret->family = *(unsigned char *)ret->message;
	result = nla_parse(tb, ATTRIBUTES, l3_attributes(ret), l3_attributes_size(ret), NULL) < 0 ? -ENODATA
		: (ret->family != AF_INET && ret->family != AF_INET6)                               ? -ENODATA
		: ret->kind == L3_ADDRESS ? parse_address(ret, tb)
		: ret->kind == L3_ROUTE   ? parse_route(ret, tb)
					      : parse_rule(ret, tb);
	if (!result) {
		ret->text = print_text(ret, tb, ATTRIBUTES);
		result = ret->text ? 0 : -ENOMEM;
	}
	if (result)
		l3_clear(ret);
	return result;
}
