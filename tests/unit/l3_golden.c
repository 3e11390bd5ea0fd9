// SPDX-License-Identifier: ISC
// Messages as the kernel reports layer-3 entries.
#include "l3_golden.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "network-vlanbridge/l3_wire.h"
#include "tests.h"

static void put_ip(struct nl_msg *m, int type, const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	unsigned char bytes[16];

	assert_int_equal(inet_pton(family, text, bytes), 1);
	assert_int_equal(nla_put(m, type, family == AF_INET ? 4 : 16, bytes), 0);
}

static struct nl_msg *start(int type, const void *header, size_t size)
{
	struct nl_msg *m = nlmsg_alloc_size(4096);

	assert_non_null(nlmsg_put(m, 0, 0, type, 0, 0));
	assert_int_equal(nlmsg_append(m, (void *)(uintptr_t)header, size, NLMSG_ALIGNTO), 0);
	return m;
}

static struct nl_msg *address(int family, const char *text, const char *peer, int prefix, uint32_t flags)
{
	struct ifaddrmsg h = {.ifa_family = (unsigned char)family,
		.ifa_prefixlen = (unsigned char)prefix,
		.ifa_flags = (unsigned char)flags,
		.ifa_index = 7};
	struct ifa_cacheinfo forever = {.ifa_prefered = UINT32_MAX, .ifa_valid = UINT32_MAX};
	struct nl_msg *m;

	if (!strncmp(text, "fe80:", 5))
		h.ifa_scope = RT_SCOPE_LINK;
	m = start(RTM_NEWADDR, &h, sizeof(h));
	put_ip(m, IFA_ADDRESS, *peer ? peer : text);
	if (family == AF_INET || *peer)
		put_ip(m, IFA_LOCAL, text);
	if (family == AF_INET)
		nla_put_string(m, IFA_LABEL, "eth0:1");
	nla_put_u32(m, IFA_FLAGS, flags);
	nla_put(m, IFA_CACHEINFO, sizeof(forever), &forever);
	return m;
}

static struct nl_msg *route(int family, int protocol, int scope, const char *destination, int prefix, uint32_t metric)
{
	struct rtmsg h = {.rtm_family = (unsigned char)family,
		.rtm_dst_len = (unsigned char)prefix,
		.rtm_protocol = (unsigned char)protocol,
		.rtm_scope = (unsigned char)scope,
		.rtm_type = RTN_UNICAST,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_flags = RTNH_F_LINKDOWN};
	struct nl_msg *m = start(RTM_NEWROUTE, &h, sizeof(h));

	nla_put_u32(m, RTA_TABLE, RT_TABLE_MAIN);
	if (prefix)
		put_ip(m, RTA_DST, destination);
	if (metric)
		nla_put_u32(m, RTA_PRIORITY, metric);
	return m;
}

static void add_hop(struct nl_msg *m, const char *gateway, int index, int weight)
{
	struct rtnexthop nh = {
		.rtnh_ifindex = index, .rtnh_hops = (unsigned char)(weight - 1), .rtnh_flags = RTNH_F_DEAD};
	bool inet6 = strchr(gateway, ':');

	nh.rtnh_len = (unsigned short)(sizeof(nh) + (inet6 ? 20 : 8));
	assert_int_equal(nlmsg_append(m, &nh, sizeof(nh), NLMSG_ALIGNTO), 0);
	put_ip(m, RTA_GATEWAY, gateway);
}

static struct nl_msg *address4(void)
{
	return address(AF_INET, "192.0.2.1", "", 24, IFA_F_PERMANENT);
}

static struct nl_msg *address_peer(void)
{
	return address(AF_INET, "192.0.2.1", "198.51.100.1", 32, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE);
}

static struct nl_msg *address6(void)
{
	return address(AF_INET6, "2001:db8::1", "", 64, IFA_F_PERMANENT);
}

static struct nl_msg *address6_peer(void)
{
	return address(AF_INET6, "2001:db8::1", "2001:db8:1::2", 64, IFA_F_PERMANENT);
}

static struct nl_msg *address_ours(void)
{
	struct nl_msg *m = address(AF_INET6, "2001:db8::2", "", 64, IFA_F_PERMANENT);

	nla_put_u8(m, IFA_PROTO, L3_PROTOCOL);
	return m;
}

static struct nl_msg *route_default(void)
{
	struct nl_msg *m = route(AF_INET, RTPROT_BOOT, RT_SCOPE_UNIVERSE, "", 0, 0);

	put_ip(m, RTA_GATEWAY, "192.0.2.254");
	nla_put_u32(m, RTA_OIF, 7);
	return m;
}

static struct nl_msg *route_metric(void)
{
	struct nl_msg *m = route(AF_INET, RTPROT_STATIC, RT_SCOPE_LINK, "198.51.100.0", 24, 100);

	put_ip(m, RTA_PREFSRC, "192.0.2.1");
	nla_put_u32(m, RTA_OIF, 7);
	return m;
}

static struct nl_msg *route_via_inet6(void)
{
	struct {
		uint16_t family;
		unsigned char address[16];
	} via = {AF_INET6, {0xfe, 0x80, [15] = 1}};
	struct nl_msg *m = route(AF_INET, RTPROT_STATIC, RT_SCOPE_UNIVERSE, "", 0, 9);

	nla_put(m, RTA_VIA, sizeof(via), &via);
	nla_put_u32(m, RTA_OIF, 7);
	return m;
}

static struct nl_msg *route_nine_hops(void)
{
	struct nl_msg *m = route(AF_INET, RTPROT_STATIC, RT_SCOPE_UNIVERSE, "198.51.100.0", 24, 0);
	struct nlattr *nest = nla_nest_start(m, RTA_MULTIPATH);
	char gateway[32];

	for (int i = 1; i <= 9; i++) {
		snprintf(gateway, sizeof(gateway), "192.0.2.%d", i);
		add_hop(m, gateway, i, i);
	}
	nla_nest_end(m, nest);
	return m;
}

static struct nl_msg *route6_gateway(void)
{
	struct nl_msg *m = route(AF_INET6, RTPROT_STATIC, RT_SCOPE_UNIVERSE, "2001:db8:9::", 48, 1024);

	put_ip(m, RTA_GATEWAY, "fe80::3");
	nla_put_u32(m, RTA_OIF, 7);
	nla_put_u8(m, RTA_PREF, 0);
	return m;
}

static struct nl_msg *route6_hops(void)
{
	struct nl_msg *m = route(AF_INET6, RTPROT_STATIC, RT_SCOPE_UNIVERSE, "2001:db8:9::", 48, 1024);
	struct nlattr *nest = nla_nest_start(m, RTA_MULTIPATH);

	add_hop(m, "fe80::3", 7, 1);
	add_hop(m, "2001:db8::4", 8, 3);
	nla_nest_end(m, nest);
	nla_put_u8(m, RTA_PREF, 0);
	return m;
}

static struct nl_msg *rule(void)
{
	struct fib_rule_hdr h = {
		.family = AF_INET, .table = 100, .action = FR_ACT_TO_TBL, .flags = FIB_RULE_IIF_DETACHED};
	struct nl_msg *m = start(RTM_NEWRULE, &h, sizeof(h));

	nla_put_u32(m, FRA_PRIORITY, 1000);
	nla_put_string(m, FRA_IIFNAME, "eth0");
	nla_put_string(m, FRA_OIFNAME, "eth1");
	return m;
}

static struct nl_msg *neighbour(void)
{
	struct ndmsg h = {
		.ndm_family = AF_INET6, .ndm_ifindex = 7, .ndm_state = NUD_PERMANENT, .ndm_flags = NTF_ROUTER};
	struct nl_msg *m = start(RTM_NEWNEIGH, &h, sizeof(h));

	put_ip(m, NDA_DST, "2001:db8::50");
	nla_put(m, NDA_LLADDR, 6, "\x02\x00\x00\x00\x00\x09");
	nla_put_u32(m, NDA_PROBES, 3);
	return m;
}

static struct nl_msg *proxy(void)
{
	struct ndmsg h = {.ndm_family = AF_INET, .ndm_ifindex = 7, .ndm_flags = NTF_PROXY, .ndm_type = RTN_UNICAST};
	struct nl_msg *m = start(RTM_NEWNEIGH, &h, sizeof(h));

	put_ip(m, NDA_DST, "192.0.2.51");
	return m;
}

const struct l3_golden l3_goldens[] = {
	{address4, "address 192.0.2.1/24 dev #7 label eth0:1\n"},
	{address_peer, "address 192.0.2.1 peer 198.51.100.1/32 dev #7 label eth0:1\n"},
	{address6, "address 2001:db8::1/64 dev #7\n"},
	{address6_peer, "address 2001:db8::1 peer 2001:db8:1::2/64 dev #7\n"},
	{address_ours, "address 2001:db8::2/64 dev #7\n"},
	{route_default, "route default via 192.0.2.254 dev #7\n"},
	{route_metric, "route 198.51.100.0/24 metric 100 src 192.0.2.1 dev #7\n"},
	{route_via_inet6, "route default via inet6 fe80::1 metric 9 dev #7\n"},
	{route_nine_hops, "route 198.51.100.0/24 via 192.0.2.1 via 192.0.2.2 via 192.0.2.3 via 192.0.2.4 via 192.0.2.5 "
			  "via 192.0.2.6 via 192.0.2.7 via 192.0.2.8 via 192.0.2.9 "
			  "dev #1 dev #2 dev #3 dev #4 dev #5 dev #6 dev #7 dev #8 dev #9\n"},
	{route6_gateway, "route 2001:db8:9::/48 via fe80::3 dev #7\n"},
	{route6_hops, "route 2001:db8:9::/48 via fe80::3 dev #7\nroute 2001:db8:9::/48 via 2001:db8::4 dev #8\n"},
	{rule, "rule 1000 dev eth0 dev eth1\n"},
	{neighbour, "neighbour 2001:db8::50 lladdr 02:00:00:00:00:09 dev #7\n"},
	{proxy, "neighbour proxy 192.0.2.51 dev #7\n"},
};

const size_t l3_golden_count = sizeof(l3_goldens) / sizeof(*l3_goldens);
