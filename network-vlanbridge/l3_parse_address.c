// SPDX-License-Identifier: ISC
// Addresses from netlink.
#include <errno.h>
#include <netlink/attr.h>
#include <string.h>

#include "l3_key.h"
#include "l3_wire.h"

#define FOREVER 0xffffffffU

/* The kernel marks its own link-local addresses since Linux 5.18. Before, one made from a MAC address (EUI-64) or by
 * addr_gen_mode stable_secret is taken for its own. A network manager's has noprefixroute, which the kernel's never
 * have. */
static bool is_kernel_link_local(const struct ifaddrmsg *h, struct nlattr **tb, uint32_t flags)
{
	const unsigned char *a = tb[IFA_ADDRESS] ? nla_data(tb[IFA_ADDRESS]) : NULL;

	if (h->ifa_family != AF_INET6)
		return false;
	if (tb[IFA_PROTO])
		return nla_get_u8(tb[IFA_PROTO]) == IFAPROT_KERNEL_LL;
	if (h->ifa_scope != RT_SCOPE_LINK || flags & IFA_F_NOPREFIXROUTE || !a || nla_len(tb[IFA_ADDRESS]) < 16)
		return false;
	return flags & IFA_F_STABLE_PRIVACY || (a[11] == 0xff && a[12] == 0xfe);
}

static uint32_t lifetime(const struct nlattr *a)
{
	struct ifa_cacheinfo info;

	if (!a)
		return FOREVER;
	memcpy(&info, nla_data(a), sizeof(info));
	return info.ifa_valid;
}

static int set_address_key(struct l3_entry *e, struct nlattr **tb, unsigned int prefix)
{
	char local[L3_ADDRESS_SIZE], address[L3_ADDRESS_SIZE];

	if (l3_read_ip(e->family, tb[IFA_LOCAL], local) || l3_read_ip(e->family, tb[IFA_ADDRESS], address))
		return -ENODATA;
	if (!*local && !*address)
		return -ENODATA;
	l3_key_address(e->key, *local ? local : address, address, prefix);
	return 0;
}

int l3_parse_address(struct l3_entry *e, struct nlattr **tb)
{
	struct ifaddrmsg *h = e->message;
	uint32_t flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : h->ifa_flags;

	// Temporary addresses are made anew by the kernel from the one they belong to. The flag is called
	// IFA_F_SECONDARY in IPv4.
	if (e->family == AF_INET6 && flags & IFA_F_TEMPORARY)
		return -ENODATA;
	if (set_address_key(e, tb, h->ifa_prefixlen))
		return -ENODATA;
	if (l3_set_device(e, h->ifa_index))
		return -ENOMEM;
	e->link_local = is_kernel_link_local(h, tb, flags);
	e->ours = tb[IFA_PROTO] && nla_get_u8(tb[IFA_PROTO]) == L3_PROTOCOL;
	e->no_prefix_route = flags & IFA_F_NOPREFIXROUTE;
	e->dad_failed = e->family == AF_INET6 && flags & IFA_F_DADFAILED;
	e->no_dad = e->family == AF_INET6 && flags & IFA_F_NODAD;
	e->secondary = e->family == AF_INET && flags & IFA_F_SECONDARY;
	e->volatile_ = lifetime(tb[IFA_CACHEINFO]) != FOREVER;
	if (tb[IFA_RT_PRIORITY])
		e->prefix_metric = nla_get_u32(tb[IFA_RT_PRIORITY]);
	if (tb[IFA_LABEL])
		nla_strlcpy(e->label, tb[IFA_LABEL], sizeof(e->label));
	h->ifa_index = 0;
	h->ifa_flags = 0;
	// Not what only tells how it is doing.
	flags &= ~(uint32_t)(IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_SECONDARY | IFA_F_DEPRECATED | IFA_F_OPTIMISTIC |
			     IFA_F_STABLE_PRIVACY);
	if (tb[IFA_FLAGS])
		memcpy(nla_data(tb[IFA_FLAGS]), &flags, sizeof(flags));
	return 0;
}
