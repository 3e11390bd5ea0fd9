// SPDX-License-Identifier: ISC
// Inside the entries' netlink messages: what reading and writing them share.
#include "l3_wire.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

int l3_header_size(enum l3_kind kind)
{
	switch (kind) {
	case L3_ADDRESS:
		return sizeof(struct ifaddrmsg);
	case L3_ROUTE:
		return sizeof(struct rtmsg);
	case L3_NEIGHBOUR:
		return sizeof(struct ndmsg);
	default:
		return sizeof(struct fib_rule_hdr);
	}
}

struct nlattr *l3_attributes(const struct l3_entry *e)
{
	return (struct nlattr *)((char *)e->message + NLA_ALIGN(l3_header_size(e->kind)));
}

int l3_attributes_size(const struct l3_entry *e)
{
	return (int)e->size - NLA_ALIGN(l3_header_size(e->kind));
}

bool l3_left_out(enum l3_kind kind, int type)
{
	switch (kind) {
	case L3_ADDRESS:
		return type == IFA_CACHEINFO || type == IFA_LABEL;
	case L3_ROUTE:
		return type == RTA_CACHEINFO || type == RTA_OIF || type == RTA_MULTIPATH || type == RTA_EXPIRES;
	case L3_NEIGHBOUR:
		return type == NDA_CACHEINFO || type == NDA_PROBES || type == NDA_IFINDEX;
	default:
		return type == FRA_IIFNAME || type == FRA_OIFNAME;
	}
}

struct rtnexthop *l3_hop_after(const struct nlattr *multipath, struct rtnexthop *nh)
{
	char *start = nla_data(multipath), *end = start + nla_len(multipath);
	char *next = nh ? (char *)nh + RTNH_ALIGN(nh->rtnh_len) : start;

	if (next > end || end - next < (long)sizeof(*nh))
		return NULL;
	nh = (struct rtnexthop *)next;
	if (nh->rtnh_len < sizeof(*nh) || nh->rtnh_len > end - next)
		return NULL;
	return nh;
}

struct nlattr *l3_hop_attributes(const struct rtnexthop *nh, int *size)
{
	*size = nh->rtnh_len - (int)RTNH_LENGTH(0);
	return (struct nlattr *)RTNH_DATA(nh);
}

// A message like e's own, still without next hops.
static struct nl_msg *start_message(const struct l3_entry *e, unsigned int flags)
{
	struct rtmsg h = *(const struct rtmsg *)e->message;
	struct nl_msg *m = nlmsg_alloc_size(NLMSG_HDRLEN + e->size + 64);
	struct nlattr *a;
	int left, r;

	if (!m)
		return NULL;
	h.rtm_flags |= flags;
	r = !nlmsg_put(m, 0, 0, RTM_NEWROUTE, 0, 0) || nlmsg_append(m, &h, sizeof(h), NLMSG_ALIGNTO);
	nla_for_each_attr(a, l3_attributes(e), l3_attributes_size(e), left)
	{
		if (!r && nla_type(a) != RTA_MULTIPATH)
			r = nla_put(m, nla_type(a), nla_len(a), nla_data(a));
	}
	if (!r)
		return m;
	nlmsg_free(m);
	return NULL;
}

// As the kernel reports a route with one next hop. The weight of an IPv6 one has its place in RTA_MULTIPATH only.
static int put_hop(struct nl_msg *m, const struct l3_entry *e, const struct rtnexthop *nh)
{
	struct nlattr *a;
	int size;

	if (nh->rtnh_hops && e->family == AF_INET6)
		return nla_put(m, RTA_MULTIPATH, nh->rtnh_len, nh);
	a = l3_hop_attributes(nh, &size);
	if (nlmsg_append(m, a, (size_t)size, NLMSG_ALIGNTO))
		return -ENOMEM;
	return nla_put_u32(m, RTA_OIF, (uint32_t)nh->rtnh_ifindex);
}

struct nl_msg *l3_hop_message(const struct l3_entry *e, const struct rtnexthop *nh)
{
	struct nl_msg *m = start_message(e, nh->rtnh_flags);

	if (!m || !put_hop(m, e, nh))
		return m;
	nlmsg_free(m);
	return NULL;
}

struct nl_msg *l3_hops_message(const struct l3_entry *e, const struct rtnexthop *const hops[], size_t count)
{
	struct nl_msg *m = start_message(e, 0);
	struct nlattr *nest = m ? nla_nest_start(m, RTA_MULTIPATH) : NULL;
	int r = !nest;

	for (size_t i = 0; i < count && !r; i++)
		r = nlmsg_append(m, (void *)(uintptr_t)hops[i], hops[i]->rtnh_len, NLMSG_ALIGNTO);
	if (!r) {
		nla_nest_end(m, nest);
		return m;
	}
	nlmsg_free(m);
	return NULL;
}
