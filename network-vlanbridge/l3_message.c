// SPDX-License-Identifier: ISC
// Layer-3 entries to netlink. What isn't about the device is passed on as the kernel gave it.
#include "l3_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l3_key.h"
#include "l3_wire.h"
#include "netlink.h"

#define CENTISECONDS 100 // USER_HZ: in RTA_CACHEINFO

// Room for all that the entry has, and for what is added to it.
static struct nl_msg *message(const struct l3_entry *e, int type, int flags, const void *header)
{
	struct nl_msg *m = netlink_message(type, flags, header, (size_t)l3_header_size(e->kind));

	if (m && nlmsg_expand(m, e->size + 1024)) {
		netlink_message_free(m);
		return NULL;
	}
	return m;
}

// Not what is written anew, nor what a nexthop object says in the route's place.
static bool is_passed_on(const struct l3_entry *e, int type)
{
	if (e->kind == L3_ADDRESS && type == IFA_FLAGS)
		return false;
	if (e->nexthop_object &&
		(type == RTA_GATEWAY || type == RTA_VIA || type == RTA_ENCAP || type == RTA_ENCAP_TYPE))
		return false;
	return !l3_left_out(e->kind, type);
}

static int put_attributes(struct nl_msg *m, const struct l3_entry *e)
{
	struct nlattr *a;
	int left;

	nla_for_each_attr(a, l3_attributes(e), l3_attributes_size(e),
		left) if (is_passed_on(e, nla_type(a)) &&
			  nla_put(m, nla_type(a), nla_len(a), nla_data(a))) return -ENOMEM;
	return 0;
}

static struct nlattr *find_attribute(const struct l3_entry *e, int type)
{
	return nla_find(l3_attributes(e), l3_attributes_size(e), type);
}

static int put_label(struct nl_msg *m, const struct l3_entry *e)
{
	char label[2 * NAME_SIZE];

	if (e->family != AF_INET)
		return 0;
	snprintf(label, sizeof(label), "%s%s", !*e->label || *e->label == ':' ? e->devices->name : "", e->label);
	// A label that got too long with the device's new name: better the address without it than no address.
	return nla_put_string(m, IFA_LABEL, strlen(label) < NAME_SIZE ? label : e->devices->name);
}

static int put_lifetime(struct nl_msg *m, const struct l3_entry *e)
{
	struct nlattr *info = find_attribute(e, IFA_CACHEINFO);

	return info ? nla_put(m, IFA_CACHEINFO, nla_len(info), nla_data(info)) : 0;
}

static int put_broadcast(struct nl_msg *m, const struct l3_address_key *k)
{
	uint32_t broadcast;

	if (k->prefix >= 31)
		return 0;
	memcpy(&broadcast, k->local, 4);
	broadcast |= htonl(0xffffffffU >> k->prefix);
	return nla_put(m, IFA_BROADCAST, 4, &broadcast);
}

// From the configuration: only the address itself is known.
static int put_configured_address(struct nl_msg *m, const struct l3_entry *e, const struct l3_address_key *k, bool add)
{
	int size = e->family == AF_INET ? 4 : 16;

	if (nla_put(m, IFA_LOCAL, size, k->local) || nla_put(m, IFA_ADDRESS, size, k->address))
		return -ENOMEM;
	if (!add)
		return 0;
	if (nla_put_u8(m, IFA_PROTO, e->link_local ? IFAPROT_KERNEL_LL : L3_PROTOCOL))
		return -ENOMEM;
	return e->family == AF_INET ? put_broadcast(m, k) : 0;
}

static struct nl_msg *configured_address(const struct l3_entry *e, bool add)
{
	struct ifaddrmsg h = {.ifa_family = (unsigned char)e->family, .ifa_index = (unsigned int)e->devices->index};
	struct l3_address_key k;
	struct nl_msg *m;

	if (l3_key_read_address(e, &k))
		return NULL;
	h.ifa_prefixlen = (unsigned char)k.prefix;
	m = message(e, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, &h);
	return m ? netlink_message_finish(m, put_configured_address(m, e, &k, add)) : NULL;
}

static struct nl_msg *kernel_address(const struct l3_entry *e, bool add, uint32_t more_flags)
{
	struct ifaddrmsg h = *(struct ifaddrmsg *)e->message;
	struct nlattr *own = find_attribute(e, IFA_FLAGS);
	uint32_t flags = (own ? nla_get_u32(own) : 0) | more_flags;
	struct nl_msg *m;

	h.ifa_index = (unsigned int)e->devices->index;
	m = message(e, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, &h);
	return m ? netlink_message_finish(m, put_attributes(m, e) || (add && put_label(m, e)) || put_lifetime(m, e) ||
						     nla_put_u32(m, IFA_FLAGS, flags))
		 : NULL;
}

/* IPv4: not exclusive, since the same route over the old device may still be there for the moment; the new one goes
 * first. IPv6: appended, so that the next hops of one route become siblings. */
static int route_flags(const struct l3_entry *e)
{
	return e->family == AF_INET6 ? NLM_F_CREATE | NLM_F_APPEND : NLM_F_CREATE;
}

static struct nl_msg *configured_gateway(const struct l3_entry *e, bool add)
{
	struct rtmsg h = {.rtm_family = (unsigned char)e->family,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = L3_PROTOCOL,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST};
	char via[L3_ADDRESS_SIZE];
	unsigned char bytes[16];
	struct nl_msg *m;

	if (!l3_key_value(e->key, "via", via, sizeof(via)) || inet_pton(e->family, via, bytes) != 1)
		return NULL;
	m = message(e, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? route_flags(e) : 0, &h);
	return m ? netlink_message_finish(m, nla_put(m, RTA_GATEWAY, e->family == AF_INET ? 4 : 16, bytes) ||
						     nla_put_u32(m, RTA_OIF, (uint32_t)e->devices->index) ||
						     nla_put_u32(m, RTA_PRIORITY, l3_usual_metric(e->family)))
		 : NULL;
}

static int put_multipath(struct nl_msg *m, const struct l3_entry *e, const struct nlattr *multipath)
{
	struct nlattr *copy = nla_reserve(m, RTA_MULTIPATH, nla_len(multipath));
	struct rtnexthop *nh = NULL;

	if (!copy)
		return -ENOMEM;
	memcpy(nla_data(copy), nla_data(multipath), (size_t)nla_len(multipath));
	for (size_t i = 0; i < e->device_count && (nh = l3_hop_after(copy, nh)); i++)
		nh->rtnh_ifindex = e->devices[i].index;
	return 0;
}

static int put_ways(struct nl_msg *m, const struct l3_entry *e, bool add)
{
	struct rtnexthop alone = {.rtnh_len = sizeof(alone), .rtnh_ifindex = e->devices->index};
	struct nlattr *multipath = find_attribute(e, RTA_MULTIPATH);

	if (e->nexthop_object)
		return 0;
	if (multipath)
		return put_multipath(m, e, multipath);
	// Without a gateway, an IPv6 route's deletion takes all its next hops, unless it names them like this
	// (ip6_route_del).
	if (!add && e->family == AF_INET6 && !e->gateway)
		return nla_put(m, RTA_MULTIPATH, sizeof(alone), &alone);
	return nla_put_u32(m, RTA_OIF, (uint32_t)e->devices->index);
}

// A route from a router advertisement has a lifetime, which comes in ticks and goes in seconds.
static int put_expiry(struct nl_msg *m, const struct l3_entry *e)
{
	struct nlattr *a = find_attribute(e, RTA_CACHEINFO);
	struct rta_cacheinfo info;

	if (e->family != AF_INET6 || !a)
		return 0;
	memcpy(&info, nla_data(a), sizeof(info));
	if (info.rta_expires <= 0)
		return 0;
	return nla_put_u32(m, RTA_EXPIRES, (uint32_t)(info.rta_expires + CENTISECONDS - 1) / CENTISECONDS);
}

// The next router advertisement makes its route on the new device: it fails where there is one like it
// (rt6_add_dflt_router). So ours has a higher metric, and expires beside it.
static void leave_room_for_next_ra(struct nl_msg *m)
{
	struct nlattr *a = nlmsg_find_attr(nlmsg_hdr(m), sizeof(struct rtmsg), RTA_PRIORITY);
	uint32_t metric = l3_usual_metric(AF_INET6) + 1;

	if (a && nla_len(a) == sizeof(metric) && nla_get_u32(a) == l3_usual_metric(AF_INET6))
		memcpy(nla_data(a), &metric, sizeof(metric));
}

static struct nl_msg *kernel_route(const struct l3_entry *e, bool add)
{
	struct nl_msg *m = message(e, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? route_flags(e) : 0, e->message);

	m = m ? netlink_message_finish(m, put_attributes(m, e) || put_ways(m, e, add) || (add && put_expiry(m, e)))
	      : NULL;
	if (m && add && e->from_ra)
		leave_room_for_next_ra(m);
	return m;
}

static struct nl_msg *rule_message(const struct l3_entry *e, bool add)
{
	struct nl_msg *m = message(e, add ? RTM_NEWRULE : RTM_DELRULE, add ? NLM_F_CREATE | NLM_F_EXCL : 0, e->message);
	size_t n = 0;

	return m ? netlink_message_finish(m, put_attributes(m, e) ||
						     (find_attribute(e, FRA_IIFNAME) &&
							     nla_put_string(m, FRA_IIFNAME, e->devices[n++].name)) ||
						     (find_attribute(e, FRA_OIFNAME) &&
							     nla_put_string(m, FRA_OIFNAME, e->devices[n++].name)))
		 : NULL;
}

static struct nl_msg *neighbour_message(const struct l3_entry *e, bool add)
{
	struct ndmsg h = *(struct ndmsg *)e->message;
	struct nl_msg *m;

	h.ndm_ifindex = e->devices->index;
	m = message(e, add ? RTM_NEWNEIGH : RTM_DELNEIGH, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, &h);
	return m ? netlink_message_finish(m, put_attributes(m, e)) : NULL;
}

static struct nl_msg *configured_message(const struct l3_entry *e, bool add)
{
	switch (e->kind) {
	case L3_ADDRESS:
		return configured_address(e, add);
	case L3_ROUTE:
		return configured_gateway(e, add);
	default:
		return NULL;
	}
}

static struct nl_msg *kernel_message(const struct l3_entry *e, bool add, uint32_t address_flags)
{
	switch (e->kind) {
	case L3_ADDRESS:
		return kernel_address(e, add, address_flags);
	case L3_ROUTE:
		return kernel_route(e, add);
	case L3_RULE:
		return rule_message(e, add);
	default:
		return neighbour_message(e, add);
	}
}

static bool has_index(const struct l3_entry *e, int index)
{
	for (size_t i = 0; i < e->device_count; i++)
		if (e->devices[i].index == index)
			return true;
	return false;
}

// Where a copy of it was made, it has no dead next hops.
static const struct l3_entry *as_kernel_has_it(const struct l3_entry *e)
{
	for (size_t i = 0; e->whole && i < e->device_count; i++)
		if (!has_index(e->whole, e->devices[i].index))
			return e;
	return e->whole ? e->whole : e;
}

int l3_messages(const struct l3_entry *e, bool add, struct nl_msg *msgs[2])
{
	bool twice = e->message && e->kind == L3_ADDRESS && e->family == AF_INET6 && add && !e->dad_failed;

	msgs[1] = NULL;
	if (!add)
		e = as_kernel_has_it(e);
	if (e->message)
		msgs[0] = kernel_message(e, add, twice ? IFA_F_NODAD : 0);
	else
		msgs[0] = configured_message(e, add);
	if (twice)
		msgs[1] = kernel_message(e, add, 0);
	if (!msgs[0] || (twice && !msgs[1])) {
		netlink_message_free(msgs[0]);
		netlink_message_free(msgs[1]);
		return -ENOMEM;
	}
	return twice ? 2 : 1;
}

struct nl_msg *l3_dump(enum l3_kind kind, bool proxies)
{
	struct ifaddrmsg address = {.ifa_family = AF_UNSPEC};
	struct rtmsg route = {.rtm_family = AF_UNSPEC};
	struct fib_rule_hdr rule = {.family = AF_UNSPEC};
	struct ndmsg neighbour = {.ndm_family = AF_UNSPEC, .ndm_flags = proxies ? NTF_PROXY : 0};

	switch (kind) {
	case L3_ADDRESS:
		return netlink_message(RTM_GETADDR, NLM_F_DUMP, &address, sizeof(address));
	case L3_ROUTE:
		return netlink_message(RTM_GETROUTE, NLM_F_DUMP, &route, sizeof(route));
	case L3_RULE:
		return netlink_message(RTM_GETRULE, NLM_F_DUMP, &rule, sizeof(rule));
	default:
		return netlink_message(RTM_GETNEIGH, NLM_F_DUMP, &neighbour, sizeof(neighbour));
	}
}
