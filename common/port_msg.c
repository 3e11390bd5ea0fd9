// SPDX-License-Identifier: ISC
// The VLANs of a port of a VLAN-aware bridge, as netlink has them.
#include "port_msg.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include "netlink.h"

// The worst set, every other ID, takes an attribute of 8 bytes for each.
#define MESSAGE_SIZE (VLAN_MAX * 8 + 256)

static int put_vlan(struct nl_msg *m, unsigned int id, unsigned int flags)
{
	struct bridge_vlan_info info = {.flags = (uint16_t)flags, .vid = (uint16_t)id};

	return nla_put(m, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

// The last ID that can go into one range with id: alike, and none of them the PVID, which the kernel takes only alone.
static unsigned int range_end(const struct port_vlans *v, unsigned int id, unsigned int limit)
{
	bool untagged = vlans_has(&v->untagged, id);

	while (id != v->pvid && id < limit && id + 1 != v->pvid && vlans_has(&v->untagged, id + 1) == untagged)
		id++;
	return id;
}

static int put_vlans(struct nl_msg *m, const struct port_vlans *v)
{
	unsigned int id, end, limit, flags;
	int r = 0;

	for (id = 0; !r && vlans_range(&v->all, id, &id, &limit); id = end + 1) {
		end = range_end(v, id, limit);
		flags = vlans_has(&v->untagged, id) ? BRIDGE_VLAN_INFO_UNTAGGED : 0;
		if (id == v->pvid)
			flags |= BRIDGE_VLAN_INFO_PVID;
		if (id == end)
			r = put_vlan(m, id, flags);
		else
			r = put_vlan(m, id, flags | BRIDGE_VLAN_INFO_RANGE_BEGIN) ||
			    put_vlan(m, end, flags | BRIDGE_VLAN_INFO_RANGE_END);
	}
	return r;
}

struct nl_msg *port_msg_vlans(int index, bool self, bool add, const struct port_vlans *v)
{
	struct ifinfomsg head = {.ifi_family = AF_BRIDGE, .ifi_index = index};
	struct nl_msg *m = netlink_message(add ? RTM_SETLINK : RTM_DELLINK, 0, &head, sizeof(head));
	struct nlattr *spec;

	if (!m || nlmsg_expand(m, MESSAGE_SIZE) || !(spec = nla_nest_start(m, IFLA_AF_SPEC)) ||
		(self && nla_put_u16(m, IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF)) || put_vlans(m, v)) {
		netlink_message_free(m);
		return NULL;
	}
	nla_nest_end(m, spec);
	return m;
}

struct nl_msg *port_msg_static_mac(int index, bool add, const uint8_t mac[6])
{
	struct ndmsg head = {
		.ndm_family = AF_BRIDGE, .ndm_ifindex = index, .ndm_state = NUD_NOARP, .ndm_flags = NTF_MASTER};
	struct nl_msg *m = netlink_message(
		add ? RTM_NEWNEIGH : RTM_DELNEIGH, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, &head, sizeof(head));

	return netlink_message_finish(m, !m || nla_put(m, NDA_LLADDR, 6, mac));
}

struct nl_msg *port_msg_dump(void)
{
	struct ifinfomsg head = {.ifi_family = AF_BRIDGE};
	struct nl_msg *m = netlink_message(RTM_GETLINK, NLM_F_DUMP, &head, sizeof(head));

	return netlink_message_finish(m, !m || nla_put_u32(m, IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED));
}

static void add_vlan(struct port_vlans *v, unsigned int first, const struct bridge_vlan_info *info)
{
	vlans_add(&v->all, first, info->vid);
	if (info->flags & BRIDGE_VLAN_INFO_UNTAGGED)
		vlans_add(&v->untagged, first, info->vid);
	if (info->flags & BRIDGE_VLAN_INFO_PVID)
		v->pvid = info->vid;
}

static void parse_vlans(struct port_vlans *v, struct nlattr *spec)
{
	unsigned int begin = 0;
	struct nlattr *a;
	int left;

	nla_for_each_nested(a, spec, left)
	{
		const struct bridge_vlan_info *info = nla_data(a);

		if (nla_type(a) != IFLA_BRIDGE_VLAN_INFO || nla_len(a) < (int)sizeof(*info) || !info->vid ||
			info->vid > VLAN_MAX)
			continue;
		if (info->flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) {
			begin = info->vid;
			continue;
		}
		if (!begin || !(info->flags & BRIDGE_VLAN_INFO_RANGE_END))
			begin = info->vid;
		add_vlan(v, begin, info);
		begin = 0;
	}
}

int port_msg_parse(const struct nlmsghdr *h, int *index, struct port_vlans *v)
{
	const struct ifinfomsg *head = NLMSG_DATA(h);
	struct nlattr *spec;

	*v = (struct port_vlans){0};
	if (h->nlmsg_type != RTM_NEWLINK || !nlmsg_valid_hdr(h, sizeof(*head)))
		return -ENODATA;
	spec = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)h, sizeof(*head), IFLA_AF_SPEC);
	if (!spec)
		return -ENODATA;
	*index = head->ifi_index;
	parse_vlans(v, spec);
	return 0;
}
