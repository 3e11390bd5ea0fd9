// SPDX-License-Identifier: ISC
// Links and the VLANs of bridge ports: a line for each property.
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "state.h"

#define GROUP_OURS 7760994
#define ATTRIBUTES 128

enum format { VALUE, SKIP, TEXT, DEVICE };

// Those with a name are printed by it, all others by their number; SKIP is what changes by itself.
struct attribute {
	const char *name;
	enum format format;
};

static const struct attribute bond[ATTRIBUTES] = {
	[IFLA_BOND_MODE] = {"mode", VALUE},
	[IFLA_BOND_ACTIVE_SLAVE] = {NULL, SKIP},
	[IFLA_BOND_MIIMON] = {"miimon", VALUE},
	[IFLA_BOND_UPDELAY] = {"updelay", VALUE},
	[IFLA_BOND_DOWNDELAY] = {"downdelay", VALUE},
	[IFLA_BOND_USE_CARRIER] = {"use_carrier", VALUE},
	[IFLA_BOND_PRIMARY] = {"primary", DEVICE},
	[IFLA_BOND_FAIL_OVER_MAC] = {"fail_over_mac", VALUE},
	[IFLA_BOND_XMIT_HASH_POLICY] = {"xmit_hash_policy", VALUE},
	[IFLA_BOND_AD_LACP_RATE] = {"lacp_rate", VALUE},
	[IFLA_BOND_AD_SELECT] = {"ad_select", VALUE},
	[IFLA_BOND_AD_INFO] = {NULL, SKIP},
};

static const struct attribute bond_port[ATTRIBUTES] = {
	[IFLA_BOND_SLAVE_STATE] = {NULL, SKIP},
	[IFLA_BOND_SLAVE_MII_STATUS] = {NULL, SKIP},
	[IFLA_BOND_SLAVE_LINK_FAILURE_COUNT] = {NULL, SKIP},
	[IFLA_BOND_SLAVE_AD_AGGREGATOR_ID] = {NULL, SKIP},
	[IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE] = {NULL, SKIP},
	[IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE] = {NULL, SKIP},
	[11] = {NULL, SKIP}, // IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE, which old headers don't have
	[12] = {NULL, SKIP}, // IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE
};

static const struct attribute bridge[ATTRIBUTES] = {
	[IFLA_BR_FORWARD_DELAY] = {"forward_delay", VALUE},
	[IFLA_BR_AGEING_TIME] = {"ageing_time", VALUE},
	[IFLA_BR_STP_STATE] = {"stp", VALUE},
	[IFLA_BR_PRIORITY] = {"priority", VALUE},
	[IFLA_BR_VLAN_FILTERING] = {"vlan_filtering", VALUE},
	[IFLA_BR_VLAN_PROTOCOL] = {"vlan_protocol", VALUE},
	[IFLA_BR_VLAN_DEFAULT_PVID] = {"vlan_default_pvid", VALUE},
	[IFLA_BR_MCAST_SNOOPING] = {"multicast_snooping", VALUE},
	[IFLA_BR_NF_CALL_IPTABLES] = {"nf_call_iptables", VALUE},
	[IFLA_BR_NF_CALL_IP6TABLES] = {"nf_call_ip6tables", VALUE},
	[IFLA_BR_NF_CALL_ARPTABLES] = {"nf_call_arptables", VALUE},
	[IFLA_BR_ROOT_ID] = {NULL, SKIP},
	[IFLA_BR_BRIDGE_ID] = {NULL, SKIP},
	[IFLA_BR_ROOT_PORT] = {NULL, SKIP},
	[IFLA_BR_ROOT_PATH_COST] = {NULL, SKIP},
	[IFLA_BR_TOPOLOGY_CHANGE] = {NULL, SKIP},
	[IFLA_BR_TOPOLOGY_CHANGE_DETECTED] = {NULL, SKIP},
	[IFLA_BR_HELLO_TIMER] = {NULL, SKIP},
	[IFLA_BR_TCN_TIMER] = {NULL, SKIP},
	[IFLA_BR_TOPOLOGY_CHANGE_TIMER] = {NULL, SKIP},
	[IFLA_BR_GC_TIMER] = {NULL, SKIP},
	[IFLA_BR_MCAST_QUERIER_STATE] = {NULL, SKIP},
};

static const struct attribute bridge_port[ATTRIBUTES] = {
	[IFLA_BRPORT_STATE] = {NULL, SKIP},
	[IFLA_BRPORT_ROOT_ID] = {NULL, SKIP},
	[IFLA_BRPORT_BRIDGE_ID] = {NULL, SKIP},
	[IFLA_BRPORT_DESIGNATED_PORT] = {NULL, SKIP},
	[IFLA_BRPORT_DESIGNATED_COST] = {NULL, SKIP},
	[IFLA_BRPORT_ID] = {NULL, SKIP},
	[IFLA_BRPORT_NO] = {NULL, SKIP},
	[IFLA_BRPORT_TOPOLOGY_CHANGE_ACK] = {NULL, SKIP},
	[IFLA_BRPORT_CONFIG_PENDING] = {NULL, SKIP},
	[IFLA_BRPORT_MESSAGE_AGE_TIMER] = {NULL, SKIP},
	[IFLA_BRPORT_FORWARD_DELAY_TIMER] = {NULL, SKIP},
	[IFLA_BRPORT_HOLD_TIMER] = {NULL, SKIP},
	[IFLA_BRPORT_MCAST_EHT_HOSTS_CNT] = {NULL, SKIP},
	[IFLA_BRPORT_ISOLATED] = {"isolated", VALUE},
	[IFLA_BRPORT_LOCKED] = {"locked", VALUE},
	[IFLA_BRPORT_LEARNING] = {"learning", VALUE},
	[IFLA_BRPORT_COST] = {"cost", VALUE},
};

static const struct attribute vlan[ATTRIBUTES] = {
	[IFLA_VLAN_ID] = {"id", VALUE},
	[IFLA_VLAN_PROTOCOL] = {"protocol", VALUE},
};

static const struct attribute link_attributes[ATTRIBUTES] = {
	[IFLA_MTU] = {"mtu", VALUE},
	[IFLA_LINK] = {"lower", DEVICE},
	[IFLA_MASTER] = {"master", DEVICE},
	[IFLA_IFALIAS] = {"alias", TEXT},
	[IFLA_GROUP] = {"group", VALUE},
	[IFLA_TXQLEN] = {"txqlen", VALUE},
	[IFLA_LINKMODE] = {"linkmode", VALUE},
};

static const struct {
	const char *kind;
	const struct attribute *attributes, *of_ports;
} kinds[] = {{"bond", bond, bond_port}, {"bridge", bridge, bridge_port}, {"vlan", vlan, NULL}};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static void parse(struct rtattr *a, size_t length, struct rtattr *found[ATTRIBUTES])
{
	int left = (int)length;

	memset(found, 0, ATTRIBUTES * sizeof(*found));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if ((a->rta_type & NLA_TYPE_MASK) < ATTRIBUTES)
			found[a->rta_type & NLA_TYPE_MASK] = a;
}

static void parse_nested(struct rtattr *a, struct rtattr *found[ATTRIBUTES])
{
	parse(a ? RTA_DATA(a) : NULL, a ? RTA_PAYLOAD(a) : 0, found);
}

static void value(const struct state *s, struct rtattr *a, enum format format, char *text, size_t size)
{
	if (format == DEVICE)
		snprintf(text, size, "%s", device_name(s, *(int *)RTA_DATA(a)));
	else if (format == TEXT)
		snprintf(text, size, "\"%.*s\"", (int)RTA_PAYLOAD(a), (char *)RTA_DATA(a));
	else if (RTA_PAYLOAD(a) == 1)
		snprintf(text, size, "%u", *(unsigned char *)RTA_DATA(a));
	else if (RTA_PAYLOAD(a) == 2)
		snprintf(text, size, "%u", *(unsigned short *)RTA_DATA(a));
	else if (RTA_PAYLOAD(a) == 4)
		snprintf(text, size, "%u", *(unsigned int *)RTA_DATA(a));
	else
		hex(RTA_DATA(a), RTA_PAYLOAD(a), text, size);
}

static void data_lines(struct state *s, const struct device *d, const char *prefix, struct rtattr *data,
	const struct attribute *attributes)
{
	struct rtattr *found[ATTRIBUTES];
	char text[512], number[16];

	parse_nested(data, found);
	for (int i = 0; i < ATTRIBUTES; i++) {
		if (!found[i] || attributes[i].format == SKIP)
			continue;
		snprintf(number, sizeof(number), "%d", i);
		value(s, found[i], attributes[i].format, text, sizeof(text));
		add_line(s, d->name, 0, "link %s %s.%s %s", d->name, prefix,
			attributes[i].name ? attributes[i].name : number, text);
	}
}

static void info_lines(struct state *s, const struct device *d, struct rtattr *info)
{
	struct rtattr *found[ATTRIBUTES];
	const char *port_kind;

	parse_nested(info, found);
	port_kind = found[IFLA_INFO_SLAVE_KIND] ? RTA_DATA(found[IFLA_INFO_SLAVE_KIND]) : "";
	for (size_t i = 0; i < KINDS; i++) {
		if (!strcmp(kinds[i].kind, d->kind))
			data_lines(s, d, d->kind, found[IFLA_INFO_DATA], kinds[i].attributes);
		if (!strcmp(kinds[i].kind, port_kind) && kinds[i].of_ports)
			data_lines(s, d, "port", found[IFLA_INFO_SLAVE_DATA], kinds[i].of_ports);
	}
}

static int addr_gen(struct rtattr *spec)
{
	struct rtattr *families[ATTRIBUTES], *found[ATTRIBUTES];

	parse_nested(spec, families);
	parse_nested(families[AF_INET6], found);
	return found[IFLA_INET6_ADDR_GEN_MODE] ? *(unsigned char *)RTA_DATA(found[IFLA_INET6_ADDR_GEN_MODE]) : -1;
}

// What of the sysctls in net.ipv4.conf the kernel shows.
static void conf_line(struct state *s, const struct device *d, struct rtattr *spec)
{
	struct rtattr *families[ATTRIBUTES], *found[ATTRIBUTES];
	char text[512];

	parse_nested(spec, families);
	parse_nested(families[AF_INET], found);
	if (!found[IFLA_INET_CONF])
		return;
	hex(RTA_DATA(found[IFLA_INET_CONF]), RTA_PAYLOAD(found[IFLA_INET_CONF]), text, sizeof(text));
	add_line(s, d->name, 0, "link %s conf4 %s", d->name, text);
}

static void altname_lines(struct state *s, const struct device *d, struct rtattr *list)
{
	struct rtattr *a = list ? RTA_DATA(list) : NULL;
	int left = list ? (int)RTA_PAYLOAD(list) : 0;

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		add_line(s, d->name, 0, "link %s altname %s", d->name, (char *)RTA_DATA(a));
}

static void read_device(struct reader *r, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	struct rtattr *found[ATTRIBUTES], *info[ATTRIBUTES];
	struct state *s = r->s;
	struct device *d;

	s->devices = realloc(s->devices, (s->device_count + 1) * sizeof(*d));
	if (!s->devices)
		abort();
	d = &s->devices[s->device_count++];
	memset(d, 0, sizeof(*d));
	parse(IFLA_RTA(m), IFLA_PAYLOAD(h), found);
	parse_nested(found[IFLA_LINKINFO], info);
	d->index = m->ifi_index;
	snprintf(d->name, sizeof(d->name), "%s", (char *)RTA_DATA(found[IFLA_IFNAME]));
	if (info[IFLA_INFO_KIND])
		snprintf(d->kind, sizeof(d->kind), "%s", (char *)RTA_DATA(info[IFLA_INFO_KIND]));
	d->up = m->ifi_flags & IFF_UP;
	d->carrier = m->ifi_flags & IFF_LOWER_UP;
	d->master = found[IFLA_MASTER] ? *(int *)RTA_DATA(found[IFLA_MASTER]) : 0;
	d->lower = found[IFLA_LINK] ? *(int *)RTA_DATA(found[IFLA_LINK]) : 0;
	d->ours = found[IFLA_GROUP] && *(unsigned int *)RTA_DATA(found[IFLA_GROUP]) == GROUP_OURS;
	d->marked = found[IFLA_IFALIAS] && strstr(RTA_DATA(found[IFLA_IFALIAS]), "vlanbridge ");
	d->addr_gen = found[IFLA_AF_SPEC] && addr_gen(found[IFLA_AF_SPEC]) == 0;
}

static bool keeps_mac(const struct state *s, const struct device *d)
{
	for (int depth = 0; d && depth < 8; depth++) {
		if (!d->ours && !d->marked)
			return false;
		if (!strcmp(d->kind, "bridge"))
			return true;
		d = device_by_index(s, d->lower);
	}
	return false;
}

// The kernel gives a dummy device of ours a random address, which is that of all that stands on it.
static bool has_random_mac(const struct state *s, const struct device *d, int depth)
{
	if (!d || depth > 8)
		return false;
	if (d->ours && !strcmp(d->kind, "dummy"))
		return true;
	if (!strcmp(d->kind, "vlan"))
		return has_random_mac(s, device_by_index(s, d->lower), depth + 1);
	for (size_t i = 0; i < s->device_count && d->ours && !strcmp(d->kind, "bridge"); i++)
		if (s->devices[i].master == d->index && has_random_mac(s, &s->devices[i], depth + 1))
			return true;
	return false;
}

static unsigned int mac_flags(const struct state *s, const struct device *d)
{
	if (has_random_mac(s, d, 0))
		return LINE_RANDOM;
	// Ports of a balance-alb bond exchange their addresses.
	if (d->master && device_by_index(s, d->master) && !strcmp(device_by_index(s, d->master)->kind, "bond"))
		return LINE_KEPT;
	// A VLAN device has that of the device below, whatever becomes of it.
	if (!strcmp(d->kind, "vlan") && !d->ours)
		return LINE_RANDOM;
	return keeps_mac(s, d) ? LINE_KEPT : 0;
}

static void read_properties(struct reader *r, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	struct state *s = r->s;
	const struct device *d = device_by_index(s, m->ifi_index);
	struct rtattr *found[ATTRIBUTES];
	char text[512];

	if (!d)
		return;
	parse(IFLA_RTA(m), IFLA_PAYLOAD(h), found);
	add_line(s, d->name, 0, "link %s kind %s", d->name, *d->kind ? d->kind : "-");
	add_line(s, d->name, 0, "link %s %s", d->name, d->up ? "up" : "down");
	add_line(s, d->name, 0, "link %s flags %x", d->name, m->ifi_flags & (IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI));
	for (int i = 0; i < ATTRIBUTES; i++) {
		if (!found[i] || !link_attributes[i].name)
			continue;
		value(s, found[i], link_attributes[i].format, text, sizeof(text));
		add_line(s, d->name, 0, "link %s %s %s", d->name, link_attributes[i].name, text);
	}
	if (found[IFLA_ADDRESS]) {
		hex(RTA_DATA(found[IFLA_ADDRESS]), RTA_PAYLOAD(found[IFLA_ADDRESS]), text, sizeof(text));
		add_line(s, d->name, mac_flags(s, d), "link %s mac %s", d->name, text);
	}
	if (found[IFLA_AF_SPEC])
		add_line(s, d->name, 0, "link %s addr_gen %d", d->name, addr_gen(found[IFLA_AF_SPEC]));
	conf_line(s, d, found[IFLA_AF_SPEC]);
	altname_lines(s, d, found[IFLA_PROP_LIST]);
	info_lines(s, d, found[IFLA_LINKINFO]);
}

int read_links(struct reader *r)
{
	const struct ifinfomsg all = {.ifi_family = AF_UNSPEC};
	int error = dump(r, RTM_GETLINK, &all, sizeof(all), read_device);

	return error ? error : dump(r, RTM_GETLINK, &all, sizeof(all), read_properties);
}

static void read_vlans(struct reader *r, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	const char *name = device_name(r->s, m->ifi_index);
	struct rtattr *found[ATTRIBUTES], *a;
	int left, first = 0;

	parse(IFLA_RTA(m), IFLA_PAYLOAD(h), found);
	if (!found[IFLA_AF_SPEC])
		return;
	a = RTA_DATA(found[IFLA_AF_SPEC]);
	for (left = (int)RTA_PAYLOAD(found[IFLA_AF_SPEC]); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		const struct bridge_vlan_info *v = RTA_DATA(a);

		if ((a->rta_type & NLA_TYPE_MASK) != IFLA_BRIDGE_VLAN_INFO)
			continue;
		if (!(v->flags & BRIDGE_VLAN_INFO_RANGE_END))
			first = v->vid;
		if (!(v->flags & BRIDGE_VLAN_INFO_RANGE_BEGIN))
			add_line(r->s, name, 0, "vlan %s %d-%d%s%s", name, first, v->vid,
				v->flags & BRIDGE_VLAN_INFO_PVID ? " pvid" : "",
				v->flags & BRIDGE_VLAN_INFO_UNTAGGED ? " untagged" : "");
	}
}

int read_port_vlans(struct reader *r)
{
	struct {
		struct ifinfomsg m;
		struct rtattr a;
		unsigned int mask;
	} request = {.m = {.ifi_family = AF_BRIDGE},
		.a = {.rta_len = RTA_LENGTH(4), .rta_type = IFLA_EXT_MASK},
		.mask = RTEXT_FILTER_BRVLAN_COMPRESSED};

	return dump(r, RTM_GETLINK, &request, sizeof(request), read_vlans);
}
