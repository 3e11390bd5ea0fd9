/* SPDX-License-Identifier: ISC */
/* The per-device sysctls that matter where a device's addresses move to another one: net.ipv4.conf.DEVICE and
 * net.ipv6.conf.DEVICE. */
#ifndef COMMON_LINK_SYSCTL_H
#define COMMON_LINK_SYSCTL_H

#include <stddef.h>
#include <stdint.h>

struct link_sysctl {
	const char *family;   /* "ipv4" or "ipv6", as in /proc/sys/net */
	const char *name;     /* as in /proc/sys/net/FAMILY/conf/DEVICE */
	int attribute_family; /* AF_INET or AF_INET6 */
	size_t index; /* its place in what the kernel reports: IFLA_INET_CONF (IPV4_DEVCONF_* - 1), IFLA_INET6_CONF
			 (DEVCONF_*) */
};

/* A row for each of struct link's sysctls. */
extern const struct link_sysctl link_sysctls[];

enum {
	LINK_SYSCTL_RP_FILTER = 0,
	LINK_SYSCTL_ARP_IGNORE = 3,
	LINK_SYSCTL_ACCEPT_RA = 12,
	LINK_SYSCTL_DISABLE_IPV6 = 19
}; /* rows */

/* The rows that are 1 on a bridge where dom0 has no address, bit N for row N: arp_ignore answers only for addresses of
 * the device itself, rp_filter drops what would come from another way, disable_ipv6 drops all of IPv6. */
extern const uint32_t link_sysctls_closed;

#endif
