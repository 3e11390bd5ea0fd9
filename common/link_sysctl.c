// SPDX-License-Identifier: ISC
// The per-device sysctls that go with the addresses of a device.
#include "link_sysctl.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <sys/socket.h>

#include "link.h"

#define IPV4(name, ID)                                                                                                 \
	{                                                                                                              \
		"ipv4", name, AF_INET, IPV4_DEVCONF_##ID - 1                                                           \
	}
#define IPV6(name, ID)                                                                                                 \
	{                                                                                                              \
		"ipv6", name, AF_INET6, DEVCONF_##ID                                                                   \
	}

const struct link_sysctl link_sysctls[LINK_SYSCTL_COUNT] = {
	IPV4("rp_filter", RP_FILTER),
	IPV4("arp_filter", ARPFILTER),
	IPV4("arp_announce", ARP_ANNOUNCE),
	IPV4("arp_ignore", ARP_IGNORE),
	IPV4("arp_accept", ARP_ACCEPT),
	IPV4("arp_notify", ARP_NOTIFY),
	IPV4("accept_redirects", ACCEPT_REDIRECTS),
	IPV4("send_redirects", SEND_REDIRECTS),
	IPV4("accept_source_route", ACCEPT_SOURCE_ROUTE),
	IPV4("log_martians", LOG_MARTIANS),
	IPV4("proxy_arp", PROXY_ARP),
	IPV4("forwarding", FORWARDING),
	IPV6("accept_ra", ACCEPT_RA),
	IPV6("accept_ra_defrtr", ACCEPT_RA_DEFRTR),
	IPV6("accept_ra_pinfo", ACCEPT_RA_PINFO),
	IPV6("autoconf", AUTOCONF),
	IPV6("accept_redirects", ACCEPT_REDIRECTS),
	IPV6("use_tempaddr", USE_TEMPADDR),
	IPV6("proxy_ndp", PROXY_NDP),
	IPV6("disable_ipv6", DISABLE_IPV6),
};

const uint32_t link_sysctls_closed =
	1U << LINK_SYSCTL_RP_FILTER | 1U << LINK_SYSCTL_ARP_IGNORE | 1U << LINK_SYSCTL_DISABLE_IPV6;
