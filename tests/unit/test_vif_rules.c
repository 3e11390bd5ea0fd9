// SPDX-License-Identifier: ISC
// vif-vlanbridge: the filtering rules of ip= and antispoof, as text.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests_vif.h"
#include "vif-vlanbridge/child.h"
#include "vif-vlanbridge/rules.h"

#define FRAME                                                                                                          \
	"add table bridge vlanbridge\n"                                                                                \
	"add map bridge vlanbridge vifs { type ifname : verdict; }\n"                                                  \
	"add chain bridge vlanbridge prerouting { type filter hook prerouting priority -300; "                         \
	"policy accept; }\n"                                                                                           \
	"flush chain bridge vlanbridge prerouting\n"                                                                   \
	"add rule bridge vlanbridge prerouting iifname vmap @vifs\n"                                                   \
	"add chain bridge vlanbridge from-web0\n"                                                                      \
	"flush chain bridge vlanbridge from-web0\n"                                                                    \
	"add element bridge vlanbridge vifs { \"web0\" : jump from-web0 }\n"
#define RULE "add rule bridge vlanbridge from-web0"

static struct nic make_nic(const char *ip, const char *mac)
{
	struct nic n = {0};

	assert_int_equal(nic_set(&n, NIC_IP, ip, NULL), 0);
	assert_int_equal(nic_set(&n, NIC_MAC, mac, NULL), 0);
	assert_int_equal(nic_check(&n, false, NULL), 0);
	return n;
}

static void expect_rules(const char *ip, const char *mac, bool antispoof, const char *text)
{
	struct nic n = make_nic(ip, mac);
	struct err e = {0};
	char *got = rules_format_add("web0", &n, antispoof, &e);

	if (!got)
		fail_msg("refused: %s", e.text);
	assert_string_equal(got, text);
	free(got);
}

static void expect_refusal(const char *dev, const char *ip, const char *mac, bool antispoof, const char *message)
{
	struct nic n = make_nic(ip, mac);
	struct err e = {0};

	assert_null(rules_format_add(dev, &n, antispoof, &e));
	assert_string_equal(e.text, message);
}

static void addresses(void **state)
{
	(void)state;
	expect_rules("192.0.2.10, 10.1.2.3/16 2001:db8::10 2001:db8:5::/61", "00:16:3e:00:00:03", false,
		FRAME RULE " ip saddr 0.0.0.0 udp sport 68 udp dport 67 return\n" RULE
			   " meta protocol ip ip saddr != 192.0.2.10/32 ip saddr != 10.1.0.0/16 counter "
			   "drop\n" RULE " meta protocol arp arp saddr ip != 0.0.0.0 arp saddr ip != "
			   "192.0.2.10/32 arp saddr ip != 10.1.0.0/16 "
			   "counter drop\n" RULE " ip6 saddr :: icmpv6 type { nd-neighbor-solicit, "
			   "nd-router-solicit, mld2-listener-report } return\n" RULE
			   " ip6 saddr fe80::/10 udp sport 546 udp dport 547 return\n" RULE
			   " icmpv6 type nd-neighbor-advert @th,64,128 != 0x20010db8000000000000000000000010 "
			   "@th,64,61 != 0x040021b70000a000 @th,64,128 != 0xfe8000000000000002163efffe000003 "
			   "counter drop\n" RULE
			   " meta protocol ip6 ip6 saddr != 2001:db8::10/128 ip6 saddr != 2001:db8:5::/61 "
			   "ip6 saddr != fe80::216:3eff:fe00:3/128 counter drop\n" RULE
			   " meta protocol { 8021q, 8021ad } counter drop\n");
}

// One family only: nothing of the other passes, and no MAC means no link-local address.
static void one_family(void **state)
{
	(void)state;
	expect_rules("192.0.2.10", "", false,
		FRAME RULE
		" ip saddr 0.0.0.0 udp sport 68 udp dport 67 return\n" RULE
		" meta protocol ip ip saddr != 192.0.2.10/32 counter drop\n" RULE
		" meta protocol arp arp saddr ip != 0.0.0.0 arp saddr ip != "
		"192.0.2.10/32 counter drop\n" RULE
		" ip6 saddr :: icmpv6 type { nd-neighbor-solicit, nd-router-solicit, "
		"mld2-listener-report } return\n" RULE " ip6 saddr fe80::/10 udp sport 546 udp dport 547 return\n" RULE
		" icmpv6 type nd-neighbor-advert counter drop\n" RULE " meta protocol ip6 counter drop\n" RULE
		" meta protocol { 8021q, 8021ad } counter drop\n");
	expect_rules("0.0.0.0/0 ::/0", "", false, FRAME RULE " meta protocol { 8021q, 8021ad } counter drop\n");
}

static void mac(void **state)
{
	(void)state;
	expect_rules("", "00:16:3E:00:00:03", true,
		FRAME RULE " ether saddr != 00:16:3e:00:00:03 counter drop\n" RULE
			   " arp saddr ether != 00:16:3e:00:00:03 counter drop\n");
}

static void gone(void **state)
{
	char *got = rules_format_delete("web0", NULL);

	(void)state;
	assert_string_equal(got, FRAME "delete element bridge vlanbridge vifs { \"web0\" }\ndelete "
				       "chain bridge vlanbridge from-web0\n");
	free(got);
}

static void refusals(void **state)
{
	(void)state;
	expect_refusal("web0", "192.0.2.256", "", false, "ip=: '192.0.2.256' is neither an address nor a network");
	expect_refusal("web0", "192.0.2.0/33", "", false, "ip=: '192.0.2.0/33' is neither an address nor a network");
	expect_refusal("web0", "::/129", "", false, "ip=: '::/129' is neither an address nor a network");
	expect_refusal(
		"web0", "1.2.3.4}; flush ruleset", "", false, "ip=: '1.2.3.4};' is neither an address nor a network");
	expect_refusal("a*", "", "00:16:3e:00:00:03", true,
		"filtering rules for a device called 'a*' aren't possible: nft doesn't take the "
		"'*'");
	expect_refusal("web0", "", "", true, "antispoof needs the guest's MAC address, and there is no mac= for it");
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
	assert_int_equal(child_run(argv, NULL, &d, &c, &e), -ETIMEDOUT);
	assert_string_equal(e.text, "waited 5 s for sleep");
}

int test_vif_rules(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(one_family),
		cmocka_unit_test(mac),
		cmocka_unit_test(gone),
		cmocka_unit_test(refusals),
		cmocka_unit_test(deadline_in_message),
	};

	return cmocka_run_group_tests_name("vif rules", tests, NULL, NULL);
}
