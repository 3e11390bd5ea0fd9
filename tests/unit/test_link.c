// SPDX-License-Identifier: ISC
// Options by name and value: every row of the tables reads what it prints.
#include "tests.h"

#include "link.h"

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
	struct link l = {.kind = KIND_BOND};
	struct err e;

	(void)state;
	option_scan(&l, option_find(KIND_BOND, "lacp_rate"), "quick", &e);
	assert_string_equal(e.text, "lacp_rate=quick: it must be slow or fast");
	option_scan(&l, option_find(KIND_BOND, "arp_ip_target"), "10.0.0.300", &e);
	assert_string_equal(e.text, "arp_ip_target=10.0.0.300: it must be up to 16 IPv4 addresses");
	option_scan(&l, option_find(KIND_BOND, "num_grat_arp"), "256", &e);
	assert_string_equal(e.text, "num_grat_arp=256: it must be a number from 0 to 255");
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
	"mode 0-6 initial 0 words balance-rr,active-backup,balance-xor,broadcast,802.3ad,balance-tlb,balance-alb "
	"identity down empty",
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
		cmocka_unit_test(errors_name_the_choices), cmocka_unit_test(kernel_defaults),
		cmocka_unit_test(rows_are_the_kernels)};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
