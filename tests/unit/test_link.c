// SPDX-License-Identifier: ISC
// Options by name and value: every row of the tables reads what it prints.
#include "tests.h"

#include "link.h"

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

static void modes(void **state)
{
	const uint32_t lacp = 1 << 4, rr = 1 << 0, tlb_alb = 1 << 5 | 1 << 6;

	(void)state;
	assert_int_equal(option_find(KIND_BOND, "lacp_rate")->modes, lacp);
	assert_int_equal(option_find(KIND_BOND, "ad_actor_system")->modes, lacp);
	assert_int_equal(option_find(KIND_BOND, "packets_per_slave")->modes, rr);
	assert_int_equal(option_find(KIND_BOND, "primary")->modes, 1 << 1 | tlb_alb);
	assert_int_equal(option_find(KIND_BOND, "arp_interval")->modes & (lacp | tlb_alb), 0);
	assert_int_equal(option_find(KIND_BOND, "miimon")->modes, 0);
}

int test_link(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words_and_numbers), cmocka_unit_test(every_row),
		cmocka_unit_test(errors_name_the_choices), cmocka_unit_test(kernel_defaults), cmocka_unit_test(modes)};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
