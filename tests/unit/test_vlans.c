// SPDX-License-Identifier: ISC
// The grammar of VLAN lists.
#include "tests.h"

#include "vlans.h"

#include <string.h>

static void parses(void **state)
{
	static const struct {
		const char *text, *printed;
	} cases[] = {
		{"10", "10"},
		{"10/20", "10/20"},
		{"20/10", "10/20"},
		{"100-103", "100-103"},
		{"1-3/4-6", "1-6"},
		{"100+10x4", "100/110/120/130"},
		{"1-4094", "1-4094"},
		{"63-65/127-129", "63-65/127-129"},
		{"5+1x1", "5"},
	};
	struct vlans set;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(vlans_parse(cases[i].text, &set, NULL), 0);
		assert_string_equal(vlans_print(&set, text, sizeof(text)), cases[i].printed);
	}
}

static void refuses(void **state)
{
	static const char *const cases[] = {"", "0", "4095", "1-4095", "9-3", "x", "10/", "/10", "10//20", "1 2",
		"10,20", "10p", "10u", "-5", "5-", "1+0x4", "1+1x0", "4090+10x4", "+1x2", "1+2", "10x",
		"99999999999999999999", "1+99999999999x99999999999", "0x10"};
	struct vlans set = {{7}}, before = set;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		e = (struct err){0};
		assert_int_not_equal(vlans_parse(cases[i], &set, &e), 0);
		assert_true(e.code > 0 && *e.text);
		assert_true(vlans_equal(&set, &before));
	}
}

static void ports(void **state)
{
	static const struct {
		const char *text, *all, *untagged;
		int pvid;
	} cases[] = {
		{"10", "10", "10", 10},
		{"10p", "10", "10", 10},
		{"10p/20", "10/20", "10", 10},
		{"10/20", "10/20", "", 0},
		{"10p/20-30", "10/20-30", "10", 10},
		{"1-9u", "1-9", "1-9", 0},
		{"5p/1-3u/7", "1-3/5/7", "1-3/5", 5},
		{"10p/10p", "10", "10", 10},
	};
	struct port_vlans set;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(port_vlans_parse(cases[i].text, &set, NULL), 0);
		assert_string_equal(vlans_print(&set.all, text, sizeof(text)), cases[i].all);
		assert_string_equal(vlans_print(&set.untagged, text, sizeof(text)), cases[i].untagged);
		assert_int_equal(set.pvid, cases[i].pvid);
	}
	assert_int_not_equal(port_vlans_parse("10p/20p", &set, NULL), 0);
	assert_int_not_equal(port_vlans_parse("1-9p", &set, NULL), 0);
	assert_int_not_equal(port_vlans_parse("10pu", &set, NULL), 0);
}

static void sets(void **state)
{
	struct vlans a = {0}, b = {0};
	unsigned int first, last;

	(void)state;
	assert_false(vlans_range(&a, 0, &first, &last));
	vlans_add(&a, 1, 4094);
	vlans_add(&b, 64, 64);
	vlans_subtract(&a, &b);
	assert_false(vlans_has(&a, 64));
	assert_true(vlans_range(&a, 0, &first, &last));
	assert_int_equal(first, 1);
	assert_int_equal(last, 63);
	assert_true(vlans_range(&a, last + 1, &first, &last));
	assert_int_equal(first, 65);
	assert_int_equal(last, 4094);
	assert_false(vlans_range(&a, last + 1, &first, &last));
	vlans_union(&a, &b);
	assert_true(vlans_has(&a, 64));
	assert_false(vlans_has(&a, 4095));
}

int test_vlans(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses), cmocka_unit_test(refuses), cmocka_unit_test(ports), cmocka_unit_test(sets)};

	return cmocka_run_group_tests_name("vlans", tests, NULL, NULL);
}
