// SPDX-License-Identifier: ISC
// The mark in an alias: what is written is what is read, and the administrator's text stays.
#include "tests.h"

#include "mark.h"

#include <errno.h>
#include <string.h>

static void round_trip(void **state)
{
	static const char *const aliases[] = {"", "vlanbridge file", "vlanbridge file uplink=bond0 vlan=3",
		"vlanbridge args uplink=eth0 vlan=4094 demand isolated antispoof guests=routers tx_offload=off",
		"rack 4 vlanbridge port up=1 mtu=9000 addr_gen=0", "vlanbridge file adopted", "my-vlanbridge host",
		"about vlanbridges"};
	char alias[ALIAS_SIZE];
	struct mark m;

	(void)state;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		mark_parse(aliases[i], &m);
		strcpy(alias, aliases[i]);
		assert_int_equal(mark_write(alias, &m, NULL), 0);
		assert_string_equal(alias, aliases[i]);
	}
}

static void guest_round_trip(void **state)
{
	static const char *const aliases[] = {"vlanbridge guest bridge=br3",
		"vlanbridge guest bridge=br3 uplink=bond0 vlan=3 flags=248000300 changing",
		"web 1 vlanbridge guest bridge=br5 uplink=eth1 vlans=5-7/20 untagged=6 pvid=6",
		"vlanbridge guest bridge=br5 vlans=none", "vlanbridge guest filter=vif7.0 locked=00:16:3e:00:00:07",
		"vlanbridge guest bridge=br5 filter=vif7.0-emu", "vlanbridge guest bridge=br5 flags=0 vlans=7"};
	char alias[ALIAS_SIZE];
	struct guest_mark g;
	struct mark m;

	(void)state;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		assert_true(mark_parse_guest(aliases[i], &g));
		strcpy(alias, aliases[i]);
		assert_int_equal(mark_write_guest(alias, &g), 0);
		assert_string_equal(alias, aliases[i]);
		mark_parse(alias, &m); // neither ours nor borrowed
		assert_int_equal(m.origin, MARK_NONE);
		assert_int_equal(m.changing, g.changing);
		assert_string_equal(m.uplink, "");
	}
	assert_false(mark_parse_guest("vlanbridge port up=1", &g));
	assert_false(mark_parse_guest("a vlanbridge guestbook", &g));
	assert_int_equal(mark_write_guest(alias, NULL), 0);
	assert_string_equal(alias, "");
}

// More VLANs than an alias has room for.
static void guest_without_room(void **state)
{
	struct guest_mark g = {.bridge = "br5", .vlan_aware = true};
	char alias[ALIAS_SIZE] = "web 1";

	(void)state;
	for (unsigned int id = 2; id < 400; id += 2)
		vlans_add(&g.vlans.all, id, id);
	assert_int_not_equal(mark_write_guest(alias, &g), 0);
	assert_string_equal(alias, "web 1");
	g.vlans.all = (struct vlans){0};
	vlans_add(&g.vlans.all, 1, 4094);
	assert_int_equal(mark_write_guest(alias, &g), 0);
	assert_string_equal(alias, "web 1 vlanbridge guest bridge=br5 flags=0 vlans=1-4094");
}

// VLANs that would fit, and untagged ones that would, and more after both.
static void guest_with_long_lists(void **state)
{
	struct guest_mark g = {.bridge = "br5", .vlan_aware = true, .filter.key = "vif7.1"};
	char alias[ALIAS_SIZE] = "web 1";

	(void)state;
	for (unsigned int id = 1000; id < 1096; id += 2)
		vlans_add(&g.vlans.all, id, id);
	g.vlans.untagged = g.vlans.all;
	g.vlans.pvid = 1000;
	assert_int_equal(mark_write_guest(alias, &g), -ENOSPC);
	assert_string_equal(alias, "web 1");
	mark_note_guest(alias, &g);
	assert_string_equal(alias, "web 1 vlanbridge guest filter=vif7.1");
}

static void keeps_the_rest(void **state)
{
	char alias[ALIAS_SIZE] = "rack 4";
	struct mark m = {.origin = MARK_PORT, .was = MARK_WAS_UP, .was_up = true};

	(void)state;
	assert_int_equal(mark_write(alias, &m, NULL), 0);
	assert_string_equal(alias, "rack 4 vlanbridge port up=1");
	assert_int_equal(mark_write(alias, &(struct mark){0}, NULL), 0);
	assert_string_equal(alias, "rack 4");
}

// What is written for a mark, in place of the one that is there.
static void writes(void **state)
{
	static const struct {
		const char *before;
		struct mark mark;
		const char *after;
	} cases[] = {
		{"rack 4 vlanbridge port up=1", {.origin = MARK_NONE}, "rack 4"},
		{"vlanbridge file", {.origin = MARK_NONE}, ""},
		{"vlanbridge file vlan=3", {.origin = MARK_ARGS, .uplink = "eth0"}, "vlanbridge args uplink=eth0"},
		{"a vlanbridge", {.origin = MARK_FILE, .vlan = 4094}, "a vlanbridge vlanbridge file vlan=4094"},
		{"x", {.origin = MARK_PORT, .was = MARK_WAS_MTU | MARK_WAS_NAME, .was_mtu = 9000, .was_name = "eth0"},
			"x vlanbridge port mtu=9000 name=eth0"},
		{"", {.origin = MARK_PORT, .was = MARK_WAS_UP | MARK_WAS_ADDR_GEN, .was_addr_gen = 3},
			"vlanbridge port up=0 addr_gen=3"},
		{"",
			{.origin = MARK_FILE,
				.uplink = "eth0",
				.vlan = 5,
				.adopted = true,
				.dhcp = true,
				.inherit = true,
				.parking = true,
				.demand = true,
				.closing = true,
				.isolated = true,
				.antispoof = true,
				.routers = true,
				.ipv6_off = true,
				.accept_ra_off = true,
				.tx_offload_off = true,
				.joined = true},
			"vlanbridge file uplink=eth0 vlan=5 adopted dhcp inherit parking joined demand closing "
			"isolated antispoof guests=routers ipv6=no accept_ra=no tx_offload=off"},
	};
	char alias[ALIAS_SIZE];
	struct mark again;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		strcpy(alias, cases[i].before);
		assert_int_equal(mark_write(alias, &cases[i].mark, NULL), 0);
		assert_string_equal(alias, cases[i].after);
		mark_parse(alias, &again);
		assert_memory_equal(&again, &cases[i].mark, sizeof(again));
	}
}

static void no_room(void **state)
{
	char alias[ALIAS_SIZE], before[ALIAS_SIZE];
	struct mark m = {.origin = MARK_PORT, .was = MARK_WAS_UP};
	size_t room = ALIAS_SIZE - 1 - strlen(" vlanbridge port up=0");
	struct err e;

	(void)state;
	memset(alias, 'x', sizeof(alias));
	alias[room] = '\0';
	assert_int_equal(mark_write(alias, &m, &e), 0);
	assert_int_equal(strlen(alias), ALIAS_SIZE - 1);
	memset(alias, 'x', room + 1);
	alias[room + 1] = '\0';
	memcpy(before, alias, sizeof(alias));
	assert_int_equal(mark_write(alias, &m, &e), -ENOSPC);
	assert_string_equal(e.text, "the alias 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' leaves no room for our mark "
				    "(256 bytes of 255): shorten it");
	assert_memory_equal(alias, before, sizeof(alias));
}

// What isn't a mark, and words that aren't ours: of two with one meaning the last counts.
static void junk(void **state)
{
	static const struct {
		const char *alias, *same_as;
	} cases[] = {
		{"vlanbridge", ""},
		{"vlanbridge ", ""},
		{"vlanbridge rack", ""},
		{"vlanbridge filed", ""},
		{"vlanbridge-port", ""},
		{"xvlanbridge port", ""},
		{"to vlanbridge rack 4", ""},
		{"vlanbridge vlanbridge file", "vlanbridge file"},
		{"vlanbridge rack vlanbridge args vlan=1", "vlanbridge args vlan=1"},
		{"vlanbridge file vlan=4095 uplink=1234567890123456 up=7 future=1", "vlanbridge file"},
		{"vlanbridge file vlan=0 up=2 mtu=-1 mtu=4294967296 addr_gen=256 name=1234567890123456",
			"vlanbridge file"},
		{"vlanbridge port up=x mtu=x addr_gen=x isolatedx", "vlanbridge port"},
		{"vlanbridge port mtu=4294967295 addr_gen=255 up=1 up=0",
			"vlanbridge port up=0 mtu=4294967295 addr_gen=255"},
		{"vlanbridge file  vlan=5", "vlanbridge file vlan=5"},
		{"vlanbridge guest uplink=bond0 vlan=5 file", ""},
	};
	struct mark m, same;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		mark_parse(cases[i].alias, &m);
		mark_parse(cases[i].same_as, &same);
		assert_memory_equal(&m, &same, sizeof(m));
	}
}

int test_mark(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(guest_round_trip),
		cmocka_unit_test(guest_without_room), cmocka_unit_test(guest_with_long_lists),
		cmocka_unit_test(keeps_the_rest), cmocka_unit_test(writes), cmocka_unit_test(no_room),
		cmocka_unit_test(junk)};

	return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
