// SPDX-License-Identifier: ISC
// The mark in an alias: what is written is what is read, and the administrator's text stays.
#include "tests.h"

#include "mark.h"

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

static void no_room(void **state)
{
	char alias[ALIAS_SIZE], before[ALIAS_SIZE];
	struct mark m = {.origin = MARK_PORT, .was = MARK_WAS_UP};
	struct err e;

	(void)state;
	memset(alias, 'x', sizeof(alias) - 1);
	alias[ALIAS_SIZE - 1] = '\0';
	memcpy(before, alias, sizeof(alias));
	assert_int_not_equal(mark_write(alias, &m, &e), 0);
	assert_memory_equal(alias, before, sizeof(alias));
}

static void junk(void **state)
{
	struct mark m;

	(void)state;
	mark_parse("vlanbridge", &m);
	assert_int_equal(m.origin, MARK_NONE);
	mark_parse("vlanbridge file vlan=4095 uplink=1234567890123456 up=7 future=1", &m);
	assert_int_equal(m.origin, MARK_FILE);
	assert_int_equal(m.vlan, 0);
	assert_string_equal(m.uplink, "");
	assert_int_equal(m.was, 0);
}

int test_mark(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(keeps_the_rest),
		cmocka_unit_test(no_room), cmocka_unit_test(junk)};

	return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
