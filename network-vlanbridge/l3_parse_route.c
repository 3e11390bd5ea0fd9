// SPDX-License-Identifier: ISC
// Routes from netlink: next hops, and what tells a route from others.
#include <arpa/inet.h>
#include <errno.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l3_key.h"
#include "l3_wire.h"

// A destination or source prefix of a route; for an attribute that isn't there, otherwise.
static int read_prefix(
	int family, const struct nlattr *a, unsigned char length, const char *otherwise, char buf[L3_PREFIX_SIZE])
{
	char address[L3_ADDRESS_SIZE];

	if (l3_read_ip(family, a, address))
		return -ENODATA;
	if (!length)
		snprintf(buf, L3_PREFIX_SIZE, "%s", otherwise);
	else if (*address)
		snprintf(buf, L3_PREFIX_SIZE, "%s/%u", address, length);
	else
		return -ENODATA;
	return 0;
}

// A gateway: RTA_GATEWAY, or RTA_VIA where it is of the other family. Nothing is written where there is none.
static int write_via(FILE *out, int family, const struct nlattr *gateway, const struct nlattr *via)
{
	char address[L3_ADDRESS_SIZE];
	const struct rtvia *v;
	int size;

	if (l3_read_ip(family, gateway, address))
		return -ENODATA;
	if (*address)
		fprintf(out, "%s%s", ftell(out) > 0 ? " via " : "", address);
	if (!via)
		return 0;
	v = nla_data(via);
	size = nla_len(via) - (int)sizeof(*v);
	if (size < 0 || (v->rtvia_family == AF_INET6 && size < 16) || (v->rtvia_family == AF_INET && size < 4) ||
		!inet_ntop(v->rtvia_family, v->rtvia_addr, address, sizeof(address)))
		return -ENODATA;
	fprintf(out, "%s%s %s", ftell(out) > 0 ? " via " : "", v->rtvia_family == AF_INET6 ? "inet6" : "inet", address);
	return 0;
}

static size_t count_hops(const struct nlattr *multipath)
{
	struct rtnexthop *nh = NULL;
	size_t n = 0;

	while ((nh = l3_hop_after(multipath, nh)))
		n++;
	return n;
}

static int parse_next_hops(struct l3_entry *e, const struct nlattr *multipath, FILE *via)
{
	size_t count = count_hops(multipath);
	struct rtnexthop *nh = NULL;

	if (!count)
		return -ENODATA;
	if (l3_set_devices(e, count))
		return -ENOMEM;
	for (size_t i = 0; (nh = l3_hop_after(multipath, nh)); i++) {
		int size;
		struct nlattr *a = l3_hop_attributes(nh, &size);

		if (write_via(via, e->family, nla_find(a, size, RTA_GATEWAY), nla_find(a, size, RTA_VIA)))
			return -ENODATA;
		e->devices[i].index = nh->rtnh_ifindex;
		nh->rtnh_ifindex = 0;
		nh->rtnh_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	}
	return 0;
}

// Sets the devices and, for the caller to free, the gateways.
static int parse_ways(struct l3_entry *e, struct nlattr **tb, char **ret_via)
{
	size_t size;
	FILE *via = open_memstream(ret_via, &size);
	int r;

	if (!via)
		return -ENOMEM;
	if (tb[RTA_MULTIPATH])
		r = parse_next_hops(e, tb[RTA_MULTIPATH], via);
	else if (tb[RTA_OIF])
		r = l3_set_device(e, nla_get_u32(tb[RTA_OIF]));
	else
		r = -ENODATA;
	if (!r)
		r = write_via(via, e->family, tb[RTA_GATEWAY], tb[RTA_VIA]);
	if (fclose(via) && !r)
		r = -ENOMEM;
	return r;
}

static int set_route_key(struct l3_entry *e, struct nlattr **tb, const char *via)
{
	const struct rtmsg *h = e->message;
	struct l3_route_key k = {.family = e->family,
		.type = h->rtm_type,
		.via = via,
		.tos = h->rtm_tos,
		.scope = h->rtm_scope,
		.table = h->rtm_table,
		.source = e->source};

	if (read_prefix(e->family, tb[RTA_DST], h->rtm_dst_len, "default", k.destination) ||
		read_prefix(e->family, tb[RTA_SRC], h->rtm_src_len, "", k.from))
		return -ENODATA;
	if (tb[RTA_TABLE])
		k.table = nla_get_u32(tb[RTA_TABLE]);
	if (e->from_ra)
		k.metric = l3_usual_metric(e->family);
	else if (tb[RTA_PRIORITY])
		k.metric = nla_get_u32(tb[RTA_PRIORITY]);
	e->is_default =
		e->family == AF_INET && h->rtm_type == RTN_UNICAST && !h->rtm_dst_len && k.table == RT_TABLE_MAIN;
	return l3_key_route(e->key, &k);
}

static bool is_fixed_route(const struct rtmsg *h)
{
	bool local = h->rtm_type == RTN_LOCAL || h->rtm_type == RTN_BROADCAST || h->rtm_type == RTN_ANYCAST ||
		     (h->rtm_family == AF_INET6 && h->rtm_type == RTN_MULTICAST);

	// The kernel's own come and go with addresses; those of others are routes like any other.
	return h->rtm_flags & RTM_F_CLONED || (local && h->rtm_protocol == RTPROT_KERNEL);
}

static bool expires(const struct nlattr *cacheinfo)
{
	struct rta_cacheinfo info;

	if (!cacheinfo)
		return false;
	memcpy(&info, nla_data(cacheinfo), sizeof(info));
	return info.rta_expires != 0;
}

int l3_parse_route(struct l3_entry *e, struct nlattr **tb)
{
	struct rtmsg *h = e->message;
	char *via = NULL;
	int r;

	if (is_fixed_route(h) || l3_read_ip(e->family, tb[RTA_PREFSRC], e->source))
		return -ENODATA;
	e->from_ra = e->family == AF_INET6 && h->rtm_protocol == RTPROT_RA;
	r = parse_ways(e, tb, &via);
	if (!r)
		r = set_route_key(e, tb, via);
	e->gateway = !r && *via;
	free(via);
	e->ours = h->rtm_protocol == L3_PROTOCOL;
	e->from_kernel = h->rtm_protocol == RTPROT_KERNEL;
	e->volatile_ = h->rtm_protocol == RTPROT_RA || (e->family == AF_INET6 && expires(tb[RTA_CACHEINFO]));
	e->nexthop_object = tb[RTA_NH_ID];
	h->rtm_flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
	return r;
}
