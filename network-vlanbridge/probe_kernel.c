// SPDX-License-Identifier: ISC
// What the kernel knows by itself or can find out: gateways, neighbours, LACP partners.
#include <errno.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "l3_message.h"
#include "l3_wire.h"
#include "link_msg.h"
#include "probe_ask.h"

#define BOND_MODE_8023AD 4 // linux/if_bonding.h

// The gateways of one family's default routes.
struct gateways {
	int family;
	size_t probe, first; // the targets from first on are this search's
	uint32_t metric;     // theirs
	struct probe_targets *to;
};

static void add_gateway(struct gateways *g, int family, const void *address, int size, int index)
{
	struct probe_target t = {.probe = g->probe, .family = family, .index = index, .is_gateway = true};
	int length = family == AF_INET ? 4 : 16;

	if (size < length || g->to->count == PROBE_TARGETS)
		return;
	memcpy(t.address, address, (size_t)length);
	g->to->list[g->to->count++] = t;
}

static void add_next_hop(struct gateways *g, const struct nlattr *gateway, const struct nlattr *via, int index)
{
	const struct rtvia *v;

	if (gateway)
		add_gateway(g, g->family, nla_data(gateway), nla_len(gateway), index);
	if (!via || nla_len(via) < (int)sizeof(*v))
		return;
	v = nla_data(via);
	add_gateway(g, v->rtvia_family, v->rtvia_addr, nla_len(via) - (int)sizeof(*v), index);
}

static void add_next_hops(struct gateways *g, struct nlattr **tb)
{
	struct rtnexthop *nh = NULL;
	struct nlattr *a;
	int size;

	if (!tb[RTA_MULTIPATH])
		add_next_hop(g, tb[RTA_GATEWAY], tb[RTA_VIA], tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0);
	while (tb[RTA_MULTIPATH] && (nh = l3_hop_after(tb[RTA_MULTIPATH], nh))) {
		a = l3_hop_attributes(nh, &size);
		add_next_hop(g, nla_find(a, size, RTA_GATEWAY), nla_find(a, size, RTA_VIA), nh->rtnh_ifindex);
	}
}

static bool is_default(const struct rtmsg *m, struct nlattr **tb)
{
	return m->rtm_type == RTN_UNICAST && !m->rtm_dst_len && !(m->rtm_flags & RTM_F_CLONED) && !tb[RTA_SRC] &&
	       (tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : m->rtm_table) == RT_TABLE_MAIN;
}

// The kernel takes the route with the lowest metric; the others wait for its end.
static int each_route(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	static const struct nla_policy policy[RTA_MAX + 1] = {
		[RTA_TABLE] = {.type = NLA_U32},
		[RTA_PRIORITY] = {.type = NLA_U32},
		[RTA_OIF] = {.type = NLA_U32},
	};
	const struct rtmsg *m = NLMSG_DATA(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct gateways *g = arg;
	uint32_t metric;

	(void)i;
	(void)e;
	if (nlmsg_parse((struct nlmsghdr *)(uintptr_t)h, sizeof(*m), tb, RTA_MAX, policy) < 0 ||
		m->rtm_family != g->family || !is_default(m, tb))
		return 0;
	metric = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
	if (metric > g->metric)
		return 0;
	if (metric < g->metric)
		g->to->count = g->first;
	g->metric = metric;
	add_next_hops(g, tb);
	return 0;
}

static void restart(void *arg)
{
	struct gateways *g = arg;

	g->to->count = g->first;
	g->metric = UINT32_MAX;
}

int probe_add_gateways(struct netlink *nl, int family, size_t probe, struct probe_targets *to, struct err *e)
{
	struct gateways g = {.family = family, .probe = probe, .first = to->count, .metric = UINT32_MAX, .to = to};

	return netlink_dump(nl, l3_dump(L3_ROUTE, false), each_route, restart, &g, e);
}

static int take_link(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	(void)i;
	(void)e;
	link_parse(h, arg);
	return 0;
}

int probe_find_device(struct netlink *nl, const char *name)
{
	struct link l = {0};
	int index = 0;

	do {
		struct nl_msg *m = link_msg_get(l.master.index, l.master.index ? NULL : name);
		struct netlink_ack ack = {0};

		l = (struct link){0};
		if (!m || netlink_send(nl, &m, 1, &ack, take_link, &l, &(struct err){0}))
			l.index = 0;
		netlink_message_free(m);
		index = l.index ? l.index : index;
	} while (l.master.index);
	return index;
}

static struct nl_msg *neighbour_message(int type, const struct probe_target *t, int flags, struct ndmsg head)
{
	struct nl_msg *m;

	head.ndm_family = (uint8_t)t->family;
	head.ndm_ifindex = t->index;
	m = netlink_message(type, flags, &head, sizeof(head));
	return netlink_message_finish(m, m ? nla_put(m, NDA_DST, t->family == AF_INET ? 4 : 16, t->address) : -ENOMEM);
}

static int take_state(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	(void)i;
	(void)e;
	if (h->nlmsg_type == RTM_NEWNEIGH)
		*(unsigned int *)arg = ((const struct ndmsg *)NLMSG_DATA(h))->ndm_state;
	return 0;
}

// What it refuses, as for an entry that went meanwhile, isn't answered.
static unsigned int send_neighbour(struct netlink *nl, struct nl_msg *m)
{
	unsigned int state = NUD_NONE;
	struct netlink_ack ack = {0};

	if (m)
		netlink_send(nl, &m, 1, &ack, take_state, &state, &(struct err){0});
	netlink_message_free(m);
	return state;
}

static unsigned int neighbour_state(struct netlink *nl, const struct probe_target *t)
{
	return send_neighbour(nl, neighbour_message(RTM_GETNEIGH, t, 0, (struct ndmsg){0}));
}

// An entry that is in use is set to the state in which the kernel verifies it (neigh_timer_handler in
// net/core/neighbour.c), any other is used. Without NLM_F_REPLACE a router stays one. A permanent one isn't asked for.
void probe_solicit(struct netlink *nl, const struct probe_target *t)
{
	unsigned int state = neighbour_state(nl, t);

	if (state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY))
		send_neighbour(nl, neighbour_message(RTM_NEWNEIGH, t, 0, (struct ndmsg){.ndm_state = NUD_PROBE}));
	else if (!(state & (NUD_PROBE | NUD_PERMANENT | NUD_NOARP)))
		send_neighbour(
			nl, neighbour_message(RTM_NEWNEIGH, t, NLM_F_CREATE, (struct ndmsg){.ndm_flags = NTF_USE}));
}

bool probe_is_reachable(struct netlink *nl, const struct probe_target *t)
{
	return neighbour_state(nl, t) & NUD_REACHABLE;
}

struct lacp {
	size_t bonds, partners;
};

static struct nlattr *find_in(struct nlattr *nest, int type)
{
	return nest ? nla_find(nla_data(nest), nla_len(nest), type) : NULL;
}

static bool has_partner(const struct nlmsghdr *h)
{
	static const uint8_t none[MAC_SIZE];
	struct nlattr *a = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)h, sizeof(struct ifinfomsg), IFLA_LINKINFO);

	a = find_in(find_in(find_in(a, IFLA_INFO_DATA), IFLA_BOND_AD_INFO), IFLA_BOND_AD_INFO_PARTNER_MAC);
	return a && nla_len(a) >= MAC_SIZE && memcmp(nla_data(a), none, MAC_SIZE) != 0;
}

static int each_bond(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	struct lacp *lacp = arg;
	struct link l;

	(void)i;
	(void)e;
	if (link_parse(h, &l) || l.kind != KIND_BOND || !l.up || l.bond.mode != BOND_MODE_8023AD)
		return 0;
	lacp->bonds++;
	lacp->partners += has_partner(h);
	return 0;
}

static void restart_bonds(void *arg)
{
	*(struct lacp *)arg = (struct lacp){0};
}

int probe_read_lacp(struct netlink *nl, size_t *bonds, size_t *partners, struct err *e)
{
	struct lacp lacp = {0};
	int r = netlink_dump(nl, link_msg_dump("bond"), each_bond, restart_bonds, &lacp, e);

	*bonds = lacp.bonds;
	*partners = lacp.partners;
	return r;
}
