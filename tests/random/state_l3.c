// SPDX-License-Identifier: ISC
// Addresses, routes, rules, permanent neighbours and proxies: a line for each.
#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "state.h"

#define ATTRIBUTES 64
#define WHEN_IT_LIKES (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_OPTIMISTIC)
#define KERNEL_MADE_LINK_LOCAL 3 // IFAPROT_KERNEL_LL of linux/if_addr.h
#define KEPT_NEXTHOP_FLAGS (RTNH_F_PERVASIVE | RTNH_F_ONLINK)

static void parse(struct rtattr *a, int length, struct rtattr *found[ATTRIBUTES])
{
	memset(found, 0, ATTRIBUTES * sizeof(*found));
	for (; RTA_OK(a, length); a = RTA_NEXT(a, length))
		if ((a->rta_type & NLA_TYPE_MASK) < ATTRIBUTES)
			found[a->rta_type & NLA_TYPE_MASK] = a;
}

static unsigned int number(struct rtattr *a, unsigned int otherwise)
{
	return a ? *(unsigned int *)RTA_DATA(a) : otherwise;
}

static const char *address(int family, struct rtattr *a, const char *otherwise, char text[INET6_ADDRSTRLEN])
{
	return a ? inet_ntop(family, RTA_DATA(a), text, INET6_ADDRSTRLEN) : otherwise;
}

static void put(char *text, size_t size, const char *word, const char *value)
{
	size_t used = strlen(text);

	if (value)
		snprintf(text + used, size - used, " %s %s", word, value);
}

static void put_hex(char *text, size_t size, const char *word, struct rtattr *a)
{
	char digits[300];

	if (!a)
		return;
	hex(RTA_DATA(a), RTA_PAYLOAD(a), digits, sizeof(digits));
	put(text, size, word, digits);
}

static bool is_taken(const struct state *s, int index)
{
	const struct device *d = device_by_index(s, index);

	return d && (d->ours || d->marked);
}

static void note_link_local(struct state *s, int index)
{
	for (size_t i = 0; i < s->device_count; i++)
		if (s->devices[i].index == index)
			s->devices[i].has_link_local = true;
}

static void read_address(struct reader *r, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	const char *dev = device_name(r->s, (int)m->ifa_index);
	struct rtattr *found[ATTRIBUTES];
	char local[INET6_ADDRSTRLEN], peer[INET6_ADDRSTRLEN], rest[600] = "";
	const struct ifa_cacheinfo *life;
	bool made;

	parse(IFA_RTA(m), (int)IFA_PAYLOAD(h), found);
	made = found[IFA_PROTO] && *(unsigned char *)RTA_DATA(found[IFA_PROTO]) == KERNEL_MADE_LINK_LOCAL;
	if (made)
		note_link_local(r->s, (int)m->ifa_index);
	if (made && is_taken(r->s, (int)m->ifa_index))
		return;
	if (found[IFA_LOCAL] && found[IFA_ADDRESS])
		put(rest, sizeof(rest), "peer", address(m->ifa_family, found[IFA_ADDRESS], NULL, peer));
	if (found[IFA_LABEL])
		put(rest, sizeof(rest), "label", RTA_DATA(found[IFA_LABEL]));
	put_hex(rest, sizeof(rest), "broadcast", found[IFA_BROADCAST]);
	put_hex(rest, sizeof(rest), "metric", found[IFA_RT_PRIORITY]);
	put_hex(rest, sizeof(rest), "proto", found[IFA_PROTO]);
	life = found[IFA_CACHEINFO] ? RTA_DATA(found[IFA_CACHEINFO]) : NULL;
	add_line(r->s, dev, made ? LINE_KERNEL : 0, "address %s %s/%d scope %d flags %x%s%s", dev,
		address(m->ifa_family, found[IFA_LOCAL] ? found[IFA_LOCAL] : found[IFA_ADDRESS], "-", local),
		m->ifa_prefixlen, m->ifa_scope, number(found[IFA_FLAGS], m->ifa_flags) & ~(unsigned int)WHEN_IT_LIKES,
		life && life->ifa_valid != ~0u ? " expires" : "", rest);
}

static void put_gateway(int family, struct rtattr *found[ATTRIBUTES], char *text, size_t size)
{
	char via[INET6_ADDRSTRLEN];

	put(text, size, "via", address(family, found[RTA_GATEWAY], NULL, via));
	put_hex(text, size, "via-other", found[RTA_VIA]);
	put_hex(text, size, "encap", found[RTA_ENCAP]);
}

static void put_nexthops(struct state *s, int family, struct rtattr *multipath, char *text, size_t size)
{
	const struct rtnexthop *n = RTA_DATA(multipath);
	int left = (int)RTA_PAYLOAD(multipath);
	struct rtattr *found[ATTRIBUTES];
	char flags[32];

	for (; left >= (int)sizeof(*n) && RTNH_OK(n, left); left -= RTNH_ALIGN(n->rtnh_len), n = RTNH_NEXT(n)) {
		put(text, size, "nexthop", device_name(s, n->rtnh_ifindex));
		parse(RTNH_DATA(n), n->rtnh_len - (int)sizeof(*n), found);
		put_gateway(family, found, text, size);
		snprintf(flags, sizeof(flags), "%d flags %x", n->rtnh_hops + 1, n->rtnh_flags & KEPT_NEXTHOP_FLAGS);
		put(text, size, "weight", flags);
	}
}

// fe80::/64, the host's own address in it, and multicast: there while the device is up and has a carrier.
static bool kernel_makes(const struct rtmsg *m, struct rtattr *found[ATTRIBUTES])
{
	const unsigned char *to = found[RTA_DST] ? RTA_DATA(found[RTA_DST]) : NULL;

	if (m->rtm_family != AF_INET6 || !to || m->rtm_protocol != RTPROT_KERNEL)
		return false;
	return to[0] == 0xff || (to[0] == 0xfe && to[1] == 0x80);
}

static void read_route(struct reader *r, const struct nlmsghdr *h)
{
	const struct rtmsg *m = NLMSG_DATA(h);
	struct rtattr *found[ATTRIBUTES];
	char to[INET6_ADDRSTRLEN], from[INET6_ADDRSTRLEN], prefsrc[INET6_ADDRSTRLEN], rest[1200] = "";
	const char *dev;
	int index;
	bool made;

	if (m->rtm_flags & RTM_F_CLONED)
		return;
	parse(RTM_RTA(m), (int)RTM_PAYLOAD(h), found);
	made = kernel_makes(m, found);
	index = (int)number(found[RTA_OIF], 0);
	if (made && is_taken(r->s, index))
		return;
	dev = index ? device_name(r->s, index) : "-";
	put(rest, sizeof(rest), "from", address(m->rtm_family, found[RTA_SRC], NULL, from));
	put_gateway(m->rtm_family, found, rest, sizeof(rest));
	put(rest, sizeof(rest), "src", address(m->rtm_family, found[RTA_PREFSRC], NULL, prefsrc));
	put_hex(rest, sizeof(rest), "metrics", found[RTA_METRICS]);
	put_hex(rest, sizeof(rest), "pref", found[RTA_PREF]);
	if (found[RTA_MULTIPATH])
		put_nexthops(r->s, m->rtm_family, found[RTA_MULTIPATH], rest, sizeof(rest));
	// A local route comes with its address, for IPv6 when duplicate address detection is done.
	add_line(r->s, dev,
		m->rtm_type == RTN_LOCAL ? LINE_RANDOM
		: made                   ? LINE_KERNEL
					 : 0,
		"route %s %s/%d table %u metric %u type %d proto %d scope %d tos %d flags %x%s", dev,
		address(m->rtm_family, found[RTA_DST], m->rtm_family == AF_INET ? "0" : "::", to), m->rtm_dst_len,
		number(found[RTA_TABLE], m->rtm_table), number(found[RTA_PRIORITY], 0), m->rtm_type, m->rtm_protocol,
		m->rtm_scope, m->rtm_tos, m->rtm_flags & KEPT_NEXTHOP_FLAGS, rest);
}

static void read_rule(struct reader *r, const struct nlmsghdr *h)
{
	const struct fib_rule_hdr *m = NLMSG_DATA(h);
	struct rtattr *found[ATTRIBUTES];
	const char *iif, *oif;
	char text[1200] = "", word[16];

	parse((struct rtattr *)(void *)((char *)NLMSG_DATA(h) + NLMSG_ALIGN(sizeof(*m))),
		(int)NLMSG_PAYLOAD(h, sizeof(*m)), found);
	iif = found[FRA_IIFNAME] ? RTA_DATA(found[FRA_IIFNAME]) : "-";
	oif = found[FRA_OIFNAME] ? RTA_DATA(found[FRA_OIFNAME]) : "-";
	for (int i = 0; i < ATTRIBUTES; i++) {
		if (i == FRA_IIFNAME || i == FRA_OIFNAME || i == FRA_PRIORITY || i == FRA_TABLE)
			continue;
		snprintf(word, sizeof(word), "%d", i);
		put_hex(text, sizeof(text), word, found[i]);
	}
	add_line(r->s, *iif != '-' ? iif : oif, 0,
		"rule %u family %d table %u iif %s oif %s action %d flags %x /%d /%d tos %d%s",
		number(found[FRA_PRIORITY], 0), m->family, number(found[FRA_TABLE], m->table), iif, oif, m->action,
		m->flags & (unsigned int)~FIB_RULE_IIF_DETACHED & (unsigned int)~FIB_RULE_OIF_DETACHED, m->src_len,
		m->dst_len, m->tos, text);
}

static void read_neighbour(struct reader *r, const struct nlmsghdr *h)
{
	const struct ndmsg *m = NLMSG_DATA(h);
	const char *dev = device_name(r->s, m->ndm_ifindex);
	struct rtattr *found[ATTRIBUTES];
	char to[INET6_ADDRSTRLEN], rest[400] = "";

	if (!(m->ndm_state & NUD_PERMANENT || m->ndm_flags & NTF_PROXY) ||
		(m->ndm_family != AF_INET && m->ndm_family != AF_INET6))
		return;
	parse((struct rtattr *)(void *)((char *)NLMSG_DATA(h) + NLMSG_ALIGN(sizeof(*m))),
		(int)NLMSG_PAYLOAD(h, sizeof(*m)), found);
	put_hex(rest, sizeof(rest), "lladdr", found[NDA_LLADDR]);
	add_line(r->s, dev, 0, "neighbour %s %s%s%s", dev, m->ndm_flags & NTF_PROXY ? "proxy " : "",
		address(m->ndm_family, found[NDA_DST], "-", to), rest);
}

int read_l3(struct reader *r)
{
	const struct ifaddrmsg addresses = {0};
	const struct rtmsg routes4 = {.rtm_family = AF_INET}, routes6 = {.rtm_family = AF_INET6};
	const struct fib_rule_hdr rules = {0};
	const struct ndmsg neighbours = {0}, proxies = {.ndm_flags = NTF_PROXY};
	int error = dump(r, RTM_GETADDR, &addresses, sizeof(addresses), read_address);

	if (!error)
		error = dump(r, RTM_GETROUTE, &routes4, sizeof(routes4), read_route);
	if (!error)
		error = dump(r, RTM_GETROUTE, &routes6, sizeof(routes6), read_route);
	if (!error)
		error = dump(r, RTM_GETRULE, &rules, sizeof(rules), read_rule);
	if (!error)
		error = dump(r, RTM_GETNEIGH, &neighbours, sizeof(neighbours), read_neighbour);
	return error ? error : dump(r, RTM_GETNEIGH, &proxies, sizeof(proxies), read_neighbour);
}
