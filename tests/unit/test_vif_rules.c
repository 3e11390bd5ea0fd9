// SPDX-License-Identifier: ISC
// vif-vlanbridge: the filtering rules of ip= and antispoof, by what becomes of frames, and as messages for the kernel.
// The lab's scenario vif-frames has more frames, and the kernel's own opinion.
#include <errno.h>
#include <linux/if_ether.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "rules_run.h"
#include "tests_vif.h"
#include "vif-vlanbridge/child.h"
#include "vif-vlanbridge/rules.h"
#include "vif-vlanbridge/rules_msg.h"

// Of frames in hex: the guest's MAC and another's, broadcast, and their addresses 10.0.3.7 and 10.0.3.8.
#define OWN "00163e000007"
#define OTHER "00163e000008"
#define ALL "ffffffffffff"
#define IP "0a000307"
#define IP_OTHER "0a000308"
#define IP6 "20010db8000000000000000000000007"
#define IP6_OTHER "20010db8000000000000000000000008"
#define LOCAL6 "fe8000000000000002163efffe000007"
#define NODES6 "ff020000000000000000000000000001"
#define NO_IP6 "00000000000000000000000000000000"

#define IPV4(source, target, protocol, body)                                                                           \
	"0800"                                                                                                         \
	"4500001c0000000040" protocol "0000" source target body
#define UDP4(source, from, to) IPV4(source, "ffffffff", "11", from to "00080000")
#define ARP(operation, mac, source, target)                                                                            \
	"0806"                                                                                                         \
	"000108000604" operation mac source "000000000000" target
#define IPV6(length, next, source, body)                                                                               \
	"86dd"                                                                                                         \
	"60000000" length next "ff" source NODES6 body
#define NA(source, target, mac)                                                                                        \
	IPV6("0020", "3a", source,                                                                                     \
		"88000000"                                                                                             \
		"20000000" target "0201" mac)
#define NS(length, source, target, option)                                                                             \
	IPV6(length, "3a", source,                                                                                     \
		"87000000"                                                                                             \
		"00000000" target option)
#define RA                                                                                                             \
	IPV6("0010", "3a", LOCAL6,                                                                                     \
		"86000000"                                                                                             \
		"400007080000000000000000")

static void set_up(struct rules *r, const char *ip, const char *policy, unsigned int vlan)
{
	struct link bridge = {.bridge = {.vlan_filtering = vlan != 0, .vlan_protocol = ETH_P_8021Q}};
	struct port_vlans vlans = {0};
	struct nic n = {0};
	struct mark mark;
	struct err e;

	snprintf(bridge.alias, ALIAS_SIZE, "vlanbridge file %s", policy);
	mark_parse(bridge.alias, &mark);
	if (vlan)
		vlans_add(&vlans.all, vlan, vlan);
	assert_int_equal(nic_set(&n, NIC_IP, ip, NULL), 0);
	assert_int_equal(nic_set(&n, NIC_MAC, "00:16:3E:00:00:07", NULL), 0);
	assert_int_equal(nic_check(&n, false, NULL), 0);
	if (rules_decide(&n, &bridge, &mark, vlan ? &vlans : NULL, r, &e))
		fail_msg("refused: %s", e.text);
}

static size_t read_hex(const char *hex, uint8_t *bytes)
{
	size_t n = 0;
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[n++] = (uint8_t)byte;
	return n;
}

// The frame with that behind its MAC addresses.
static void expect_to(const struct rules *r, const char *to, const char *source, const char *rest, const char *reason)
{
	uint8_t frame[256];
	size_t n;

	n = read_hex(to, frame);
	n += read_hex(source, frame + n);
	n += read_hex(rest, frame + n);
	assert_string_equal(rules_run(r, frame, n), reason);
}

static void expect_from(const struct rules *r, const char *source, const char *rest, const char *reason)
{
	expect_to(r, ALL, source, rest, reason);
}

static void expect(const struct rules *r, const char *rest, const char *reason)
{
	expect_from(r, OWN, rest, reason);
}

static void ipv4(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "10.0.3.7, 192.0.2.1/24", "", 0);
	expect(&r, UDP4(IP, "0fa0", "0035"), "");
	expect(&r, UDP4("c00002ff", "0fa0", "0035"), "");
	expect(&r, UDP4(IP_OTHER, "0fa0", "0035"), "bad-ip4");
	expect(&r, UDP4("00000000", "0044", "0043"), "");
	expect(&r, UDP4("00000000", "0fa0", "0035"), "bad-ip4");
	expect(&r, UDP4(IP, "0043", "0044"), "bad-dhcp");
	expect(&r, UDP4(IP, "0fa0", "0044"), "bad-dhcp");
	expect(&r, UDP4(IP, "0043", "0043"), "bad-dhcp");
	expect_from(&r, OTHER, UDP4(IP, "0fa0", "0035"), "bad-mac");
	// No address of a family is listed: only the link-local one can be used.
	expect(&r, IPV6("0008", "11", IP6, "0fa0003500080000"), "bad-ip6");
	expect(&r, IPV6("0008", "11", LOCAL6, "0fa0003500080000"), "");
	set_up(&r, "10.0.3.7 router", "", 0);
	expect(&r, UDP4(IP, "0043", "0044"), "");
	expect(&r, UDP4(IP_OTHER, "0043", "0044"), "bad-ip4");
}

static void arp(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "10.0.3.7", "", 0);
	expect(&r, ARP("0001", OWN, IP, IP_OTHER), "");
	expect(&r, ARP("0002", OWN, IP, IP_OTHER), "");
	expect(&r, ARP("0001", OWN, "00000000", IP), "");
	expect(&r, ARP("0001", OWN, "00000000", IP_OTHER), "bad-arp");
	expect(&r, ARP("0002", OWN, "00000000", IP), "bad-arp");
	expect(&r, ARP("0002", OWN, IP_OTHER, IP), "bad-arp");
	expect(&r, ARP("0002", OTHER, IP, IP_OTHER), "bad-arp");
	expect(&r, ARP("0008", OWN, IP, IP_OTHER), "bad-arp");
	expect(&r,
		"0806"
		"000108000504"
		"0002" OWN IP ALL IP_OTHER,
		"bad-arp");
	expect(&r,
		"0806"
		"000608000604"
		"0002" OWN IP ALL IP_OTHER,
		"bad-arp");
	expect(&r,
		"0806"
		"000186dd0604"
		"0002" OWN IP ALL IP_OTHER,
		"bad-arp");
	expect(&r,
		"0806"
		"000108000610"
		"0002" OWN IP ALL IP_OTHER,
		"bad-arp");
	expect(&r,
		"8035"
		"000108000604"
		"0003" OWN IP ALL IP_OTHER,
		"bad-protocol");
}

static void neighbours(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "2001:db8::7", "", 0);
	expect(&r, NA(IP6, IP6, OWN), "");
	expect(&r, NA(LOCAL6, LOCAL6, OWN), "");
	expect(&r,
		IPV6("0018", "3a", IP6,
			"88000000"
			"20000000" IP6),
		"");
	expect(&r, IPV6("0008", "3a", NO_IP6, "8500000000000000"), "");
	expect(&r, NA(IP6, IP6_OTHER, OWN), "bad-nd");
	expect(&r, NA(IP6, IP6, OTHER), "bad-nd");
	expect(&r, NA(IP6_OTHER, IP6, OWN), "bad-ip6");
	expect(&r, NS("0018", NO_IP6, IP6, ""), "");
	expect(&r, NS("0020", NO_IP6, IP6, "0e01a1a2a3a4a5a6"), "");
	expect(&r, NS("0018", NO_IP6, IP6_OTHER, ""), "bad-nd");
	expect(&r, NS("0020", IP6, IP6_OTHER, "0101" OWN), "");
	expect(&r, NS("0020", IP6, IP6_OTHER, "0101" OTHER), "bad-nd");
	expect(&r, NS("0028", IP6, IP6_OTHER, "0101" OWN "0101" OTHER), "bad-nd");
	expect(&r,
		IPV6("0010", "3a", LOCAL6,
			"8500000000000000"
			"0101" OWN),
		"");
	expect(&r,
		IPV6("0010", "3a", LOCAL6,
			"8500000000000000"
			"0101" OTHER),
		"bad-nd");
	expect(&r, RA, "bad-ra");
	set_up(&r, "2001:db8::7 router", "", 0);
	expect(&r, RA, "");
}

static void extension_headers(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "2001:db8::7", "", 0);
	// Multicast listener reports have one.
	expect(&r,
		IPV6("0010", "00", LOCAL6,
			"3a00050200000100"
			"8f00000000000000"),
		"");
	expect(&r,
		IPV6("0028", "00", IP6,
			"3a00010400000000"
			"8800000020000000" IP6 "0201" OWN),
		"bad-nd");
	expect(&r,
		IPV6("0028", "3c", IP6,
			"3a00010400000000"
			"8800000020000000" IP6 "0201" OWN),
		"bad-nd");
	expect(&r,
		IPV6("0018", "3c", LOCAL6,
			"3a00010400000000"
			"86000000400007080000000000000000"),
		"bad-ra");
	expect(&r,
		IPV6("0010", "2c", IP6,
			"3a00000100000001"
			"8800000020000000"),
		"bad-nd");
	expect(&r,
		IPV6("0010", "2c", IP6,
			"3a00000100000001"
			"8000000047110001"),
		"");
	expect(&r,
		IPV6("0010", "2c", IP6,
			"3a00000800000001"
			"8600000047110001"),
		"");
	expect(&r,
		IPV6("0010", "2c", IP6,
			"3c00000100000001"
			"3a00010400000000"),
		"bad-fragment");
	expect(&r,
		IPV6("0010", "2c", IP6,
			"1100000100000001"
			"0223022200080000"),
		"bad-dhcp");
	expect(&r, IPV6("0008", "11", IP6, "0fa0022200080000"), "bad-dhcp");
	expect(&r, IPV6("0008", "11", IP6, "0223022300080000"), "bad-dhcp");
	expect(&r, IPV6("0008", "11", LOCAL6, "0222022300080000"), "");
	// Nothing else has no source address, and of ICMPv6 itself only errors and echo may pass.
	expect(&r, IPV6("0008", "3a", NO_IP6, "8000000047110001"), "bad-ip6");
	expect(&r, IPV6("0008", "3a", IP6, "8000000047110001"), "");
	expect(&r, IPV6("0008", "3a", IP6, "8d00000047110001"), "bad-nd");
	set_up(&r, "2001:db8::7 router", "", 0);
	expect(&r,
		IPV6("0010", "00", LOCAL6,
			"3a00050200000100"
			"8200000000000000"),
		"");
	set_up(&r, "", "antispoof", 0);
	expect(&r,
		IPV6("0010", "2c", IP6,
			"1100000800000001"
			"0223022200080000"),
		"");
	expect(&r,
		IPV6("0010", "2c", IP6,
			"3a00000800000001"
			"8600000047110001"),
		"");
}

static void tags(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "10.0.3.7", "", 0);
	expect(&r, "81000000" ARP("0002", OWN, IP, IP_OTHER), "");
	expect(&r, "81000000" ARP("0002", OWN, IP_OTHER, IP), "bad-arp");
	expect(&r, "81000014" ARP("0002", OWN, IP, IP_OTHER), "bad-tag");
	expect(&r, "88a80000" ARP("0002", OWN, IP, IP_OTHER), "bad-tag");
	expect(&r,
		"81000000"
		"81000000" ARP("0002", OWN, IP, IP_OTHER),
		"bad-tag");
	set_up(&r, "10.0.3.7", "", 20);
	expect(&r, "8100e014" ARP("0002", OWN, IP, IP_OTHER), "");
	expect(&r, "81000000" ARP("0002", OWN, IP, IP_OTHER), "");
	expect(&r, "81000015" ARP("0002", OWN, IP, IP_OTHER), "bad-tag");
	expect(&r, "88a80014" ARP("0002", OWN, IP, IP_OTHER), "bad-tag");
	r.when ^= RULES_8021Q | RULES_NO_8021Q | RULES_8021AD | RULES_NO_8021AD;
	expect(&r, "88a80014" ARP("0002", OWN, IP, IP_OTHER), "");
	expect(&r, "88a80015" ARP("0002", OWN, IP, IP_OTHER), "bad-tag");
	expect(&r, "81000014" ARP("0002", OWN, IP, IP_OTHER), "bad-tag");
}

static void antispoof(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "", "antispoof", 0);
	expect(&r, UDP4(IP_OTHER, "0fa0", "0035"), "");
	expect_from(&r, OTHER, UDP4(IP, "0fa0", "0035"), "bad-mac");
	expect(&r, UDP4(IP, "0043", "0044"), "bad-dhcp");
	expect(&r, ARP("0002", OTHER, IP, IP_OTHER), "bad-arp");
	expect(&r, NA(IP6_OTHER, IP6_OTHER, OTHER), "bad-nd");
	expect(&r, NA(IP6_OTHER, IP6_OTHER, OWN), "");
	expect(&r, "81000014" RA, "bad-ra");
	expect(&r, "0026424203", "bad-protocol");
	expect(&r, "88470000", "");
	expect_to(&r, "0180c200000e", OWN, "88cc0207040016", "bad-group");
	expect(&r,
		"8035"
		"000108000604"
		"0003" OTHER IP ALL IP_OTHER,
		"bad-arp");
	expect(&r,
		"81000014"
		"88a80014" RA,
		"bad-tag");
	expect(&r, NS("0020", IP6, IP6_OTHER, "0101" OTHER), "bad-nd");
	expect(&r,
		IPV6("0018", "3a", IP6,
			"88000000"
			"20000000" IP6),
		"");
	expect(&r,
		IPV6("0010", "3a", LOCAL6,
			"8500000000000000"
			"0101" OTHER),
		"bad-nd");
	expect(&r,
		"81000014"
		"81000014" RA,
		"bad-tag");
	set_up(&r, "", "antispoof guests=routers", 0);
	expect(&r, RA, "");
	expect(&r, UDP4(IP, "0043", "0044"), "");
	expect(&r, "0026424203", "");
	expect(&r, ARP("0002", OTHER, IP, IP_OTHER), "bad-arp");
}

// Nothing passes; no other rule is there, nor needs a MAC address.
static void disabled(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "10.0.3.7 disabled", "antispoof", 10);
	assert_int_equal(r.when, RULES_DISABLED);
	expect(&r, UDP4(IP, "0fa0", "0035"), "disabled");
	expect(&r, ARP("0001", OWN, IP, IP_OTHER), "disabled");
	expect(&r, "88b5", "disabled");
	set_up(&r, "10.0.3.7 disabled=no", "", 0);
	expect(&r, UDP4(IP, "0fa0", "0035"), "");
	expect(&r, UDP4(IP_OTHER, "0fa0", "0035"), "bad-ip4");
}

// A vif's own setting is stronger than its bridge's.
static void settings(void **state)
{
	struct rules r;

	(void)state;
	set_up(&r, "antispoof", "", 0);
	expect_from(&r, OTHER, "88b5", "bad-mac");
	expect(&r, UDP4(IP_OTHER, "0fa0", "0035"), "");
	set_up(&r, "antispoof=no", "antispoof", 0);
	assert_int_equal(r.when, 0);
	set_up(&r, "isolated", "", 0);
	assert_int_equal(r.when, 0);
	set_up(&r, "10.0.3.7 antispoof=no", "antispoof", 0);
	expect(&r, UDP4(IP_OTHER, "0fa0", "0035"), "bad-ip4");
}

// The policies of the chains are to accept.
static void allow_list_ends(void **state)
{
	static const char *const policies[] = {"", "guests=routers"};
	struct rules r;

	(void)state;
	for (size_t p = 0; p < sizeof(policies) / sizeof(*policies); p++) {
		const struct rules_row *last[CHAINS] = {NULL};

		set_up(&r, "10.0.3.7", policies[p], p ? 10 : 0);
		for (size_t i = 0; i < rules_row_count; i++)
			if (rules_row_applies(&rules_rows[i], &r))
				last[rules_rows[i].chain] = &rules_rows[i];
		for (int c = 0; c < CHAINS; c++)
			if (c != CHAIN_TO_GUEST && (last[c]->verdict != VERDICT_DROP || last[c]->matches[0].test))
				fail_msg("the last row of %s drops not everything", rules_chains[c]);
		assert_null(last[CHAIN_TO_GUEST]);
	}
}

// vlan 0: on a bridge that isn't VLAN-aware.
static void expect_moment(
	const char *from, unsigned int from_vlan, const char *to, unsigned int to_vlan, enum rules_moment moment)
{
	struct rules a, b;

	set_up(&a, from, "", from_vlan);
	set_up(&b, to, "", to_vlan);
	if (rules_decide_moment(&a, &b, from_vlan != to_vlan) != moment)
		fail_msg("'%s' in %u to '%s' in %u", from, from_vlan, to, to_vlan);
}

static void moments(void **state)
{
	struct rules a, b;

	(void)state;
	expect_moment("10.0.3.7", 10, "10.0.3.7", 10, RULES_STAY);
	expect_moment("", 10, "", 0, RULES_STAY);
	expect_moment("10.0.3.7", 10, "10.0.3.8", 10, RULES_BEFORE);
	expect_moment("10.0.3.7", 10, "10.0.3.7", 20, RULES_BEFORE); // the bridge lets in neither too much
	expect_moment("10.0.3.7", 10, "10.0.3.8", 20, RULES_BETWEEN);
	expect_moment("10.0.3.7", 10, "disabled", 20, RULES_BETWEEN);
	expect_moment("", 10, "10.0.3.7", 20, RULES_BEFORE);
	expect_moment("10.0.3.7", 10, "", 20, RULES_AFTER);
	expect_moment("10.0.3.7", 10, "10.0.3.7", 0, RULES_BEFORE); // tags are refused before they would be passed on
	expect_moment("10.0.3.7", 0, "10.0.3.7", 10, RULES_AFTER);
	set_up(&a, "10.0.3.7", "", 10);
	b = a;
	b.when ^= RULES_8021Q | RULES_NO_8021Q | RULES_8021AD | RULES_NO_8021AD;
	assert_int_equal(rules_decide_moment(&a, &b, true), RULES_BETWEEN);
}

static void refusals(void **state)
{
	static const struct {
		const char *ip, *mac, *policy, *message;
	} rows[] = {
		{"192.0.2.256", "00:16:3e:00:00:03", "", "ip=: '192.0.2.256' is neither an address nor a network"},
		{"192.0.2.0/33", "00:16:3e:00:00:03", "", "ip=: '192.0.2.0/33' is neither an address nor a network"},
		{"::/129", "00:16:3e:00:00:03", "", "ip=: '::/129' is neither an address nor a network"},
		{"192.0.2.1", "", "", "ip= needs the guest's MAC address, and there is no mac= for it"},
		{"", "", "antispoof", "antispoof needs the guest's MAC address, and there is no mac= for it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mark mark = {.antispoof = *rows[i].policy};
		struct link bridge = {.index = 1};
		struct nic n = {0};
		struct rules r;
		struct err e;

		nic_set(&n, NIC_IP, rows[i].ip, NULL);
		nic_set(&n, NIC_MAC, rows[i].mac, NULL);
		nic_check(&n, false, NULL);
		assert_int_equal(rules_decide(&n, &bridge, &mark, NULL, &r, &e), -EINVAL);
		assert_string_equal(e.text, rows[i].message);
	}
}

// The kernel refuses intervals that overlap.
static void overlaps(void **state)
{
	struct sources all = {.n = 0};

	(void)state;
	assert_int_equal(sources_parse("10.1.2.3 10.0.0.0/8 10.4.0.0/16,10.0.0.0/8 ::1 0.0.0.0/1", &all, NULL), 0);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.list[0].family, AF_INET6);
	assert_int_equal(all.list[1].bits, 1);
}

// The most that can be asked for fits into one transaction.
static void messages(void **state)
{
	struct rules_messages m = {.n = 0};
	char ip[NIC_TEXT] = "";
	struct rules r;

	(void)state;
	for (int i = 0; i < SOURCES_MAX; i++)
		snprintf(ip + strlen(ip), NIC_TEXT - strlen(ip), "2001:db8:%x:1:2:3:4:5 ", 0x1000 + i);
	set_up(&r, ip, "antispoof", 1);
	for (unsigned int id = 1; id < VLAN_MAX; id += 2)
		vlans_add(&r.vlans, id, id);
	rules_msg_add(&m, "vlanbridge-vif7.0", "vif7.0", &r, true);
	assert_int_equal(m.failed, 0);
	assert_true(m.n < NETLINK_BATCH);
	rules_msg_free(&m);
}

// Undoing has less time than the run: the message gives the time that there was.
static void deadline_in_message(void **state)
{
	static const char *const argv[] = {"sleep", "60", NULL};
	struct deadline d = {.seconds = 5};
	struct child c;
	struct err e;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &d.end);
	d.end.tv_sec++;
	assert_int_equal(child_run(argv, &d, &c, &e), -ETIMEDOUT);
	assert_string_equal(e.text, "waited 5 s for sleep");
}

int test_vif_rules(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4),
		cmocka_unit_test(arp),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(extension_headers),
		cmocka_unit_test(tags),
		cmocka_unit_test(antispoof),
		cmocka_unit_test(disabled),
		cmocka_unit_test(settings),
		cmocka_unit_test(allow_list_ends),
		cmocka_unit_test(moments),
		cmocka_unit_test(refusals),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(messages),
		cmocka_unit_test(deadline_in_message),
	};

	return cmocka_run_group_tests_name("vif rules", tests, NULL, NULL);
}
