// SPDX-License-Identifier: ISC
// Answers of the kernel and messages about devices, whole and cut short.
#include "tests.h"

#include <errno.h>
#include <limits.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "link_msg.h"
#include "netlink.h"
#include "port_msg.h"

static struct nl_msg *ack_message(int error, int flags, size_t echoed, const char *text)
{
	struct nl_msg *m = nlmsg_alloc_simple(NLMSG_ERROR, flags);
	struct nlmsgerr head = {.error = error, .msg.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + echoed)};

	nlmsg_append(m, &head, sizeof(head), NLMSG_ALIGNTO);
	if (!(flags & NLM_F_CAPPED))
		nlmsg_reserve(m, echoed, NLMSG_ALIGNTO);
	if (text)
		nla_put_string(m, NLMSGERR_ATTR_MSG, text);
	return m;
}

static void ack_is(struct nl_msg *m, int error, const char *reason)
{
	struct netlink_ack ack;

	netlink_read_ack(nlmsg_hdr(m), &ack);
	assert_int_equal(ack.error, error);
	assert_string_equal(ack.reason, reason);
	nlmsg_free(m);
}

static void acks(void **state)
{
	(void)state;
	ack_is(ack_message(0, 0, 0, NULL), 0, "");
	ack_is(ack_message(-EEXIST, NLM_F_CAPPED, 40, NULL), -EEXIST, "File exists");
	ack_is(ack_message(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS, 40, "MTU too large"), -EINVAL, "MTU too large");
	ack_is(ack_message(-EINVAL, NLM_F_ACK_TLVS, 39, "MTU too large"), -EINVAL, "MTU too large");
	ack_is(ack_message(INT_MIN, NLM_F_CAPPED, 0, NULL), -EPROTO, "Protocol error");
	ack_is(ack_message(EINVAL, NLM_F_CAPPED, 0, NULL), -EPROTO, "Protocol error");
}

static void ends_of_dumps(void **state)
{
	struct nl_msg *m = nlmsg_alloc_simple(NLMSG_DONE, 0);
	struct netlink_ack ack;
	int code = -ENODEV;

	(void)state;
	netlink_read_done(nlmsg_hdr(m), &ack);
	assert_int_equal(ack.error, 0);
	nlmsg_append(m, &code, sizeof(code), NLMSG_ALIGNTO);
	netlink_read_done(nlmsg_hdr(m), &ack);
	assert_int_equal(ack.error, -ENODEV);
	assert_string_equal(ack.reason, "No such device");
	nlmsg_free(m);
}

// Calls read with the message in memory of just its size, for every size.
static void cut(struct nl_msg *m, void (*read)(const struct nlmsghdr *h))
{
	for (size_t size = NLMSG_HDRLEN; size <= nlmsg_hdr(m)->nlmsg_len; size++) {
		struct nlmsghdr *h = malloc(size);

		memcpy(h, nlmsg_hdr(m), size);
		h->nlmsg_len = (uint32_t)size;
		read(h);
		free(h);
	}
	nlmsg_free(m);
}

static void read_ack(const struct nlmsghdr *h)
{
	struct netlink_ack ack;

	netlink_read_ack(h, &ack);
	assert_true(ack.error < 0);
	netlink_read_done(h, &ack);
}

static void acks_cut(void **state)
{
	(void)state;
	cut(ack_message(-EINVAL, NLM_F_ACK_TLVS, 40, "MTU too large"), read_ack);
	cut(ack_message(-EINVAL, NLM_F_ACK_TLVS, UINT16_MAX / 64, NULL), read_ack);
}

static void put_linkinfo(struct nl_msg *m)
{
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;

	nla_put_string(m, IFLA_INFO_KIND, "bond");
	data = nla_nest_start(m, IFLA_INFO_DATA);
	nla_put_u8(m, IFLA_BOND_MODE, 1);
	nla_put_u32(m, IFLA_BOND_PRIMARY, 9);
	nla_nest_end(m, data);
	nla_put_string(m, IFLA_INFO_SLAVE_KIND, "bridge");
	data = nla_nest_start(m, IFLA_INFO_SLAVE_DATA);
	nla_put_u8(m, IFLA_BRPORT_STATE, 3);
	nla_put_u8(m, IFLA_BRPORT_LEARNING, 1);
	nla_put_u8(m, IFLA_BRPORT_ISOLATED, 0);
	nla_nest_end(m, data);
	nla_nest_end(m, info);
}

static struct nl_msg *device_message(void)
{
	struct ifinfomsg head = {.ifi_index = 7, .ifi_flags = IFF_UP};
	struct nl_msg *m = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct nlattr *nest;

	nlmsg_append(m, &head, sizeof(head), NLMSG_ALIGNTO);
	nla_put_string(m, IFLA_IFNAME, "bond0");
	nla_put_u32(m, IFLA_MTU, 1500);
	nla_put_u32(m, IFLA_MASTER, 8);
	nla_put_u32(m, IFLA_LINK, 9);
	nest = nla_nest_start(m, IFLA_PROP_LIST);
	nla_put_string(m, IFLA_ALT_IFNAME, "uplink");
	nla_put_string(m, IFLA_ALT_IFNAME, "another");
	nla_nest_end(m, nest);
	put_linkinfo(m);
	return m;
}

static int join_name(const char *name, void *arg)
{
	strcat(strcat(arg, name), " ");
	return 0;
}

static void device(void **state)
{
	struct nl_msg *m = device_message();
	char names[64] = "";
	struct link l;

	(void)state;
	assert_int_equal(link_parse(nlmsg_hdr(m), &l), 0);
	assert_int_equal(l.bond.mode, 1);
	assert_int_equal(l.bond.primary.index, 9);
	assert_int_equal(l.master.index, 8);
	assert_true(l.set & LINK_PORT_FLAGS);
	assert_int_equal(l.port_flags_known, 1ULL << IFLA_BRPORT_LEARNING | 1ULL << IFLA_BRPORT_ISOLATED);
	assert_int_equal(l.port_flags, 1ULL << IFLA_BRPORT_LEARNING);
	assert_false(l.has_perm_mac);
	assert_string_equal(l.altname, "uplink");
	assert_int_equal(link_each_altname(nlmsg_hdr(m), join_name, names), 0);
	assert_string_equal(names, "uplink another ");
	nlmsg_free(m);
}

// Every option of every kind: what link_msg_create writes reads as what was to be set, a number of several attributes
// too.
static void options(void **state)
{
	(void)state;
	for (int kind = KIND_BOND; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < link_kinds[kind].count; i++) {
			const struct option *o = &link_kinds[kind].options[i];
			struct link l = {.kind = (enum kind)kind, .name = "x"}, again;
			struct nl_msg *m;

			if (o->type == OPTION_LINK || o->type == OPTION_MAC_ADDRESS || o->type == OPTION_IPV4_LIST)
				continue;
			*(uint32_t *)option_field(&l, o) = o->max > 4 ? 5 : o->max;
			l.options = 1ULL << i;
			m = link_msg_create(&l, 0);
			assert_int_equal(link_parse(nlmsg_hdr(m), &again), 0);
			assert_int_equal(again.options, l.options);
			assert_true(option_equal(&again, &l, o));
			nlmsg_free(m);
		}
}

// What link_msg_set writes reads as what was to be set.
static void port_flags(void **state)
{
	struct link l = {.port_flags = 1ULL << IFLA_BRPORT_LOCKED | 1ULL << IFLA_BRPORT_GUARD,
			    .port_flags_known = 1ULL << IFLA_BRPORT_LOCKED | 1ULL << IFLA_BRPORT_MODE},
		    again;
	struct nl_msg *m = link_msg_set(7, &l, LINK_PORT_FLAGS, false);

	(void)state;
	nla_put_string(m, IFLA_IFNAME, "eth0");
	assert_int_equal(link_parse(nlmsg_hdr(m), &again), 0);
	assert_int_equal(again.kind, KIND_OTHER);
	assert_int_equal(again.port_flags_known, l.port_flags_known);
	assert_int_equal(again.port_flags, 1ULL << IFLA_BRPORT_LOCKED);
	nlmsg_free(m);
}

// A list that is to be empty is in the message: the kernel clears its own then.
static void empty_list(void **state)
{
	const struct option *o = option_find(KIND_BOND, "arp_ip_target");
	uint64_t bit = 1ULL << (o - link_kinds[KIND_BOND].options);
	struct link l = {.kind = KIND_BOND, .options = bit}, again;
	struct nl_msg *m = link_msg_set(7, &l, 0, true);

	(void)state;
	nla_put_string(m, IFLA_IFNAME, "bond0");
	assert_int_equal(link_parse(nlmsg_hdr(m), &again), 0);
	assert_int_equal(again.options, bit);
	nlmsg_free(m);
}

// An attribute of a port that is too short isn't known.
static void short_port_flag(void **state)
{
	struct nl_msg *m = link_msg_set(7, &(struct link){.mtu = 1500}, LINK_MTU, false);
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;
	struct link l;

	(void)state;
	nla_put_string(m, IFLA_INFO_SLAVE_KIND, "bridge");
	data = nla_nest_start(m, IFLA_INFO_SLAVE_DATA);
	nla_put(m, IFLA_BRPORT_ISOLATED, 0, "");
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	nla_put_string(m, IFLA_IFNAME, "eth0");
	assert_int_equal(link_parse(nlmsg_hdr(m), &l), 0);
	assert_int_equal(l.port_flags_known, 0);
	nlmsg_free(m);
}

static void bond_port(void **state)
{
	struct nl_msg *m = link_msg_set(7, &(struct link){.mtu = 1500}, LINK_MTU, false);
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;
	struct link l;

	(void)state;
	nla_put_string(m, IFLA_INFO_SLAVE_KIND, "bond");
	data = nla_nest_start(m, IFLA_INFO_SLAVE_DATA);
	nla_put(m, IFLA_BOND_SLAVE_PERM_HWADDR, MAC_SIZE, "\x02\x00\x00\x00\x00\x09");
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	nla_put_string(m, IFLA_IFNAME, "eth0");
	assert_int_equal(link_parse(nlmsg_hdr(m), &l), 0);
	assert_true(l.has_perm_mac);
	assert_memory_equal(l.perm_mac, "\x02\x00\x00\x00\x00\x09", MAC_SIZE);
	assert_false(l.set & LINK_PORT_FLAGS);
	nlmsg_free(m);
}

static void read_device(const struct nlmsghdr *h)
{
	struct port_vlans v;
	char names[64] = "";
	struct link l;
	int index;

	link_parse(h, &l);
	link_each_altname(h, join_name, names);
	port_msg_parse(h, &index, &v);
}

static struct nl_msg *vlans_message(const struct bridge_vlan_info *info, size_t count)
{
	struct ifinfomsg head = {.ifi_family = AF_BRIDGE, .ifi_index = 7};
	struct nl_msg *m = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct nlattr *spec;

	nlmsg_append(m, &head, sizeof(head), NLMSG_ALIGNTO);
	spec = nla_nest_start(m, IFLA_AF_SPEC);
	for (size_t i = 0; i < count; i++)
		nla_put(m, IFLA_BRIDGE_VLAN_INFO, sizeof(*info), &info[i]);
	nla_nest_end(m, spec);
	return m;
}

static void vlans_are(const struct bridge_vlan_info *info, size_t count, const char *text, unsigned int pvid)
{
	struct nl_msg *m = vlans_message(info, count);
	struct port_vlans v;
	char buf[64];
	int index;

	assert_int_equal(port_msg_parse(nlmsg_hdr(m), &index, &v), 0);
	assert_int_equal(index, 7);
	assert_string_equal(vlans_print(&v.all, buf, sizeof(buf)), text);
	assert_int_equal(v.pvid, pvid);
	nlmsg_free(m);
}

static void port_vlans(void **state)
{
	static const struct bridge_vlan_info good[] = {
		{.vid = 1, .flags = BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED},
		{.vid = 10, .flags = BRIDGE_VLAN_INFO_RANGE_BEGIN}, {.vid = 20, .flags = BRIDGE_VLAN_INFO_RANGE_END}};
	static const struct bridge_vlan_info bad[] = {{.vid = 30, .flags = BRIDGE_VLAN_INFO_RANGE_END}, {.vid = 0},
		{.vid = 4095}, {.vid = 40, .flags = BRIDGE_VLAN_INFO_RANGE_BEGIN},
		{.vid = 35, .flags = BRIDGE_VLAN_INFO_RANGE_END}};

	(void)state;
	vlans_are(good, 3, "1/10-20", 1);
	vlans_are(bad, 5, "30", 0);
	cut(vlans_message(good, 3), read_device);
}

static void devices_cut(void **state)
{
	(void)state;
	cut(device_message(), read_device);
}

// Each attribute in turn as the last one, of every length up to its own.
static void short_attributes(void **state)
{
	struct nl_msg *m = device_message();
	struct nlattr *a;
	int left;

	(void)state;
	nlmsg_for_each_attr(a, nlmsg_hdr(m), sizeof(struct ifinfomsg), left)
	{
		uint16_t whole = a->nla_len;

		for (a->nla_len = NLA_HDRLEN; a->nla_len < whole; a->nla_len++) {
			size_t size = (size_t)((char *)a + a->nla_len - (char *)nlmsg_hdr(m));
			struct nlmsghdr *h = malloc(size);

			memcpy(h, nlmsg_hdr(m), size);
			h->nlmsg_len = (uint32_t)size;
			read_device(h);
			// Read inside libnl, where sanitizers don't look.
			if (nla_type(a) == IFLA_MTU || nla_type(a) == IFLA_MASTER || nla_type(a) == IFLA_LINK)
				assert_int_equal(link_parse(h, &(struct link){0}), -ENODATA);
			free(h);
		}
		a->nla_len = whole;
	}
	nlmsg_free(m);
}

int test_netlink(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(acks), cmocka_unit_test(ends_of_dumps),
		cmocka_unit_test(acks_cut), cmocka_unit_test(device), cmocka_unit_test(options),
		cmocka_unit_test(port_flags), cmocka_unit_test(bond_port), cmocka_unit_test(empty_list),
		cmocka_unit_test(short_port_flag), cmocka_unit_test(port_vlans), cmocka_unit_test(devices_cut),
		cmocka_unit_test(short_attributes)};

	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
