// SPDX-License-Identifier: ISC
// Options by name and value: every row of the tables reads what it prints.
#include "tests.h"

#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void words_and_numbers(void **state)
{
	struct link l = {.kind = KIND_BOND};
	const struct option *mode = option_find(KIND_BOND, "mode");
	char text[64];

	(void)state;
	assert_int_equal(option_scan(&l, mode, "802.3ad", NULL), 0);
	assert_int_equal(l.bond.mode, 4);
	assert_int_equal(option_scan(&l, mode, "1", NULL), 0);
	assert_string_equal(option_print(&l, mode, text, sizeof(text)), "active-backup");
	assert_int_not_equal(option_scan(&l, mode, "7", NULL), 0);
	assert_int_not_equal(option_scan(&l, mode, "", NULL), 0);
	assert_int_not_equal(option_scan(&l, mode, "802.3AD", NULL), 0);
}

static void every_row(void **state)
{
	char value[256], again[256];

	(void)state;
	for (int kind = KIND_BOND; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < link_kinds[kind].count; i++) {
			const struct option *o = &link_kinds[kind].options[i];
			struct link l = {.kind = (enum kind)kind}, other = l;
			const char *text = o->type == OPTION_MAC_ADDRESS ? "02:00:00:00:00:01"
					   : o->type == OPTION_IPV4_LIST ? "192.0.2.1+192.0.2.2"
					   : o->type == OPTION_LINK      ? "eth0"
					   : o->type == OPTION_BE16      ? "802.1ad"
					   : o->names                    ? o->names[o->max]
									 : "2";

			assert_int_equal(option_scan(&l, o, text, NULL), 0);
			assert_true(option_is_set(&l, o));
			assert_string_equal(option_print(&l, o, value, sizeof(value)), text);
			assert_false(option_equal(&l, &other, o));
			option_copy(&other, &l, o);
			assert_true(option_equal(&l, &other, o));
			assert_string_equal(option_print(&other, o, again, sizeof(again)), value);
			assert_ptr_equal(option_find((enum kind)kind, o->name), o);
		}
}

static void errors_name_the_choices(void **state)
{
	static const struct {
		const char *option, *value, *message;
	} cases[] = {
		{"lacp_rate", "quick", "lacp_rate=quick: it must be slow or fast"},
		{"ad_select", "3", "ad_select=3: it must be stable, bandwidth or count"},
		{"num_grat_arp", "256", "num_grat_arp=256: it must be a number from 0 to 255"},
		{"lp_interval", "0", "lp_interval=0: it must be a number from 1 to 2147483647"},
		{"ad_actor_system", "02:00:00:00:00", "ad_actor_system=02:00:00:00:00: it must be a MAC address"},
		{"primary", "a b",
			"primary: interface name 'a b': character ' ' isn't allowed in it (no '/', ':', '%' or "
			"spaces)"},
		{"arp_ip_target", "10.0.0.300", "arp_ip_target=10.0.0.300: it must be up to 16 IPv4 addresses"},
		{"arp_ip_target", " ", "arp_ip_target= : it must be up to 16 IPv4 addresses"},
		{"arp_ip_target",
			"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9 10.0.0.10 "
			"10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15 10.0.0.16 10.0.0.17",
			"arp_ip_target=10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 "
			"10.0.0.9 10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.15 10.0.0.16 10.0.0.17: it "
			"must be up to 16 IPv4 addresses"},
	};
	struct link bond = {.kind = KIND_BOND}, bridge = {.kind = KIND_BRIDGE};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(
			option_scan(&bond, option_find(KIND_BOND, cases[i].option), cases[i].value, &e), -EINVAL);
		assert_string_equal(e.text, cases[i].message);
	}
	assert_int_equal(bond.options, 0);
	assert_int_equal(option_scan(&bridge, option_find(KIND_BRIDGE, "vlan_protocol"), "802.1x", &e), -EINVAL);
	assert_string_equal(e.text, "vlan_protocol=802.1x: it must be 802.1Q or 802.1ad");
}

static void mac_addresses(void **state)
{
	static const char *const bad[] = {"", "02:00:00:00:00", "02:00:00:00:00:1", "2:00:00:00:00:01",
		"02:00:00:00:00:01:02", "02:00:00:00:00:01x", "02-00-00-00-00-01", "0g:00:00:00:00:01"};
	uint8_t mac[MAC_SIZE];
	char text[18];

	(void)state;
	assert_int_equal(mac_scan("02:0A:bc:00:7f:ff", mac), 0);
	assert_string_equal(mac_print(mac, text), "02:0a:bc:00:7f:ff");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(mac_scan(bad[i], mac), -EINVAL);
}

static void lists_of_addresses(void **state)
{
	static const char all[] = "10.0.0.1+10.0.0.2+10.0.0.3+10.0.0.4+10.0.0.5+10.0.0.6+10.0.0.7+10.0.0.8+10.0.0.9+"
				  "10.0.0.10+10.0.0.11+10.0.0.12+10.0.0.13+10.0.0.14+10.0.0.15+10.0.0.16";
	const struct option *o = option_find(KIND_BOND, "arp_ip_target");
	struct link l = {.kind = KIND_BOND};
	char text[512];

	(void)state;
	assert_int_equal(option_scan(&l, o, all, NULL), 0);
	assert_string_equal(option_print(&l, o, text, sizeof(text)), all);
	assert_string_equal(option_print(&l, o, text, 12), "10.0.0.1+10");
	assert_int_equal(option_scan(&l, o, "10.0.0.1  +10.0.0.2 ", NULL), 0);
	assert_string_equal(option_print(&l, o, text, sizeof(text)), "10.0.0.1+10.0.0.2");
	option_reset(&l, o);
	assert_string_equal(option_print(&l, o, text, sizeof(text)), "");
}

static void set_number(struct link *l, const struct option *o, uint32_t value)
{
	*(uint32_t *)option_field(l, o) = value;
	l->options |= 1ULL << (o - link_kinds[l->kind].options);
}

// A word only for the values that have one; clock ticks are equal when they are 1 off.
static void values(void **state)
{
	const struct option *mode = option_find(KIND_BOND, "mode"), *age = option_find(KIND_BRIDGE, "ageing_time");
	const struct option *protocol = option_find(KIND_VLAN, "protocol");
	struct link bond = {.kind = KIND_BOND}, a = {.kind = KIND_BRIDGE}, b = a, vlan = {.kind = KIND_VLAN};
	char text[64];

	(void)state;
	set_number(&bond, mode, 6);
	assert_string_equal(option_print(&bond, mode, text, sizeof(text)), "balance-alb");
	set_number(&bond, mode, 7);
	assert_string_equal(option_print(&bond, mode, text, sizeof(text)), "7");
	for (uint32_t n = 98; n <= 102; n++) {
		set_number(&a, age, 100);
		set_number(&b, age, n);
		assert_int_equal(option_equal(&a, &b, age), n >= 99 && n <= 101);
	}
	assert_int_equal(option_scan(&vlan, protocol, "802.1q", NULL), 0);
	assert_string_equal(option_print(&vlan, protocol, text, sizeof(text)), "802.1Q");
	assert_int_equal(kind_find("bridge"), KIND_BRIDGE);
	assert_int_equal(kind_find("bond"), KIND_BOND);
	assert_int_equal(kind_find("veth"), KIND_OTHER);
	assert_int_equal(kind_find(""), KIND_OTHER);
	assert_null(option_find(KIND_BRIDGE, "mode"));
	assert_null(option_find(KIND_OTHER, "mode"));
}

static int note_ref(struct link_ref *ref, void *arg)
{
	strcat(arg, ref->name);
	return strcmp(ref->name, "stop") ? 0 : -ENOENT;
}

static void references(void **state)
{
	struct link l = {.kind = KIND_BOND, .master.name = "a", .lower.name = "b"};
	char seen[64] = "";

	(void)state;
	assert_int_equal(link_refs(&l, note_ref, seen), 0);
	assert_string_equal(seen, "");
	l.set = LINK_MASTER | LINK_LOWER;
	assert_int_equal(option_scan(&l, option_find(KIND_BOND, "primary"), "c", NULL), 0);
	assert_int_equal(link_refs(&l, note_ref, seen), 0);
	assert_string_equal(seen, "abc");
	strcpy(l.lower.name, "stop");
	assert_int_equal(link_refs(&l, note_ref, seen), -ENOENT);
	strcpy(l.master.name, "stop");
	assert_int_equal(link_refs(&l, note_ref, seen), -ENOENT);
	assert_string_equal(seen, "abcastopstop");
}

static void kernel_defaults(void **state)
{
	struct link l = {.kind = KIND_BRIDGE};
	char text[64];

	(void)state;
	for (size_t i = 0; i < link_kinds[KIND_BRIDGE].count; i++)
		option_reset(&l, &link_kinds[KIND_BRIDGE].options[i]);
	assert_int_equal(l.bridge.forward_delay, 1500);
	assert_int_equal(l.bridge.ageing_time, 30000);
	assert_int_equal(l.bridge.multicast_snooping, 1);
	assert_int_equal(l.bridge.vlan_default_pvid, 1);
	assert_string_equal(option_print(&l, option_find(KIND_BRIDGE, "vlan_protocol"), text, sizeof(text)), "802.1Q");
}

// The tables once more, as the kernel's sources have them (drivers/net/bonding/bond_options.c,
// net/bridge/br_netlink.c): bounds, initial value, words, rules, and the bond modes that take the option.
static const char *const tables[] = {
	("mode 0-6 initial 0 words balance-rr,active-backup,balance-xor,broadcast,802.3ad,balance-tlb,balance-alb "
	 "identity down empty"),
	"miimon 0-2147483647 initial 0",
	"updelay 0-2147483647 initial 0 needs-miimon",
	"downdelay 0-2147483647 initial 0 needs-miimon",
	"use_carrier 0-1 initial 1 words off,on",
	"xmit_hash_policy 0-5 initial 0 words layer2,layer3+4,layer2+3,encap2+3,encap3+4,vlan+srcmac",
	"primary 0-0 initial 0 modes 1,5,6",
	"lacp_rate 0-1 initial 0 words slow,fast down modes 4",
	"arp_interval 0-2147483647 initial 0 modes 0,1,2,3",
	"arp_ip_target 0-0 initial 0",
	"arp_validate 0-6 initial 0 words none,active,backup,all,filter,filter_active,filter_backup modes 0,1,2,3",
	"arp_all_targets 0-1 initial 0 words any,all",
	"primary_reselect 0-2 initial 0 words always,better,failure",
	"fail_over_mac 0-2 initial 0 words none,active,follow empty",
	"resend_igmp 0-255 initial 1",
	"num_grat_arp 0-255 initial 1",
	"all_slaves_active 0-1 initial 0 words off,on",
	"min_links 0-2147483647 initial 0",
	"lp_interval 1-2147483647 initial 1",
	"packets_per_slave 0-65535 initial 1 modes 0",
	"ad_select 0-2 initial 0 words stable,bandwidth,count down",
	"ad_actor_sys_prio 1-65535 initial 65535 modes 4",
	"ad_user_port_key 0-1023 initial 0 down modes 4",
	"ad_actor_system 0-0 initial 0 modes 4",
	"tlb_dynamic_lb 0-1 initial 1 words off,on down modes 5,6",
	"peer_notif_delay 0-300000 initial 0 needs-miimon",
	"lacp_active 0-1 initial 1 words off,on down modes 4",
	"missed_max 1-255 initial 2 modes 0,1,2,3",
	"stp 0-1 initial 0 words no,yes",
	"forward_delay 0-3000 initial 1500 ticks",
	"ageing_time 0-2147483647 initial 30000 ticks",
	"multicast_snooping 0-1 initial 1 words no,yes",
	"vlan_filtering 0-1 initial 0 words no,yes identity",
	"vlan_default_pvid 0-4094 initial 1",
	"vlan_protocol 33024-34984 initial 33024",
	"nf_call 0-7 initial 0 words no,iptables,ip6tables,iptables+ip6tables,arptables,iptables+arptables,"
	"ip6tables+arptables,yes",
	"id 1-4094 initial 0 identity",
	"protocol 33024-34984 initial 33024 identity",
};

static char *row_text(const struct option *o)
{
	static const char *const rules[] = {"identity", "down", "empty", "needs-miimon", "ticks"};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "%s %u-%u initial %u", o->name, o->min, o->max, o->initial);
	for (size_t i = 0; o->names && o->names[i]; i++)
		fprintf(f, "%s%s", i ? "," : " words ", o->names[i]);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (o->rules & 1U << i)
			fprintf(f, " %s", rules[i]);
	for (uint32_t mode = 0, n = 0; mode < 7; mode++)
		if (o->modes & 1U << mode)
			fprintf(f, "%s%u", n++ ? "," : " modes ", mode);
	fclose(f);
	return text;
}

static void rows_are_the_kernels(void **state)
{
	size_t n = 0;

	(void)state;
	for (int kind = KIND_BOND; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < link_kinds[kind].count; i++) {
			char *text = row_text(&link_kinds[kind].options[i]);

			assert_true(n < sizeof(tables) / sizeof(*tables));
			assert_string_equal(text, tables[n++]);
			free(text);
		}
	assert_int_equal(n, sizeof(tables) / sizeof(*tables));
}

int test_link(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words_and_numbers), cmocka_unit_test(every_row),
		cmocka_unit_test(errors_name_the_choices), cmocka_unit_test(mac_addresses),
		cmocka_unit_test(lists_of_addresses), cmocka_unit_test(values), cmocka_unit_test(references),
		cmocka_unit_test(kernel_defaults), cmocka_unit_test(rows_are_the_kernels)};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
