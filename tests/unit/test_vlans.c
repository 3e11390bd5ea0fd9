// SPDX-License-Identifier: ISC
// The grammar of VLAN lists.
#include "tests.h"

#include "vlans.h"

#include <errno.h>
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
		{"1/4094", "1/4094"},
		{"1+4093x2", "1/4094"},
		{"4094+4094x1", "4094"},
		{"7-7", "7"},
	};
	struct vlans set;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(vlans_parse(cases[i].text, &set, NULL), 0);
		assert_string_equal(vlans_print(&set, text, sizeof(text)), cases[i].printed);
	}
}

#define NO_TERM "' is neither a VLAN ID, nor FIRST-LAST, nor FIRST+STEPxCOUNT"

static void refuses(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "a VLAN list is empty"},
		{"x", "VLAN list: 'x" NO_TERM},
		{"10/", "VLAN list: '" NO_TERM},
		{"10//20", "VLAN list: '" NO_TERM},
		{"-5", "VLAN list: '-5" NO_TERM},
		{"5-", "VLAN list: '5-" NO_TERM},
		{"5-x", "VLAN list: '5-x" NO_TERM},
		{"+1x2", "VLAN list: '+1x2" NO_TERM},
		{"1+2", "VLAN list: '1+2" NO_TERM},
		{"1+2y3", "VLAN list: '1+2y3" NO_TERM},
		{"1+2x", "VLAN list: '1+2x" NO_TERM},
		{"1+0x4", "VLAN list: '1+0x4" NO_TERM},
		{"1+1x0", "VLAN list: '1+1x0" NO_TERM},
		{"1+4095x1", "VLAN list: '1+4095x1" NO_TERM},
		{"1+1x4095", "VLAN list: '1+1x4095" NO_TERM},
		{"99999999999999999999", "VLAN list: '99999999999999999999" NO_TERM},
		{"1+99999999999x99999999999", "VLAN list: '1+99999999999x99999999999" NO_TERM},
		{"1 2", "VLAN list: '1 2' has ' 2' after the number"},
		{"10p", "VLAN list: '10p' has 'p' after the number"},
		{"10u", "VLAN list: '10u' has 'u' after the number"},
		{"0x10", "VLAN list: '0x10' has 'x10' after the number"},
		{"0", "VLAN 0 in '0' is outside 1-4094"},
		{"4095", "VLAN 4095 in '4095' is outside 1-4094"},
		{"1-4095", "VLAN 4095 in '1-4095' is outside 1-4094"},
		{"0-4095", "VLAN 0 in '0-4095' is outside 1-4094"},
		{"4095-1", "VLAN 4095 in '4095-1' is outside 1-4094"},
		{"4090+10x4", "VLAN 4120 in '4090+10x4' is outside 1-4094"},
		{"9-3", "VLAN range '9-3' ends before it begins"},
	};
	struct vlans set = {{7}}, before = set;
	char text[1100];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(vlans_parse(cases[i].text, &set, &e), -EINVAL);
		assert_string_equal(e.text, cases[i].message);
		assert_true(vlans_equal(&set, &before));
	}
	for (size_t i = 0; i < 1024; i++)
		text[i] = i % 2 ? '/' : '7';
	text[1023] = '\0';
	assert_int_equal(vlans_parse(text, &set, &e), 0);
	text[1023] = '7';
	text[1024] = '\0';
	assert_int_equal(vlans_parse(text, &set, &e), -EINVAL);
	assert_string_equal(e.text, "a VLAN list of 1024 bytes is too long");
}

static void refuses_ports(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"10p/20p", "VLAN list: 10 and 20 can't both be the PVID"},
		{"1-9p", "VLAN list: '1-9p': a PVID is one VLAN, not a range"},
		{"10pu", "VLAN list: '10pu' has 'u' after the number (only p or u may follow)"},
		{"10x", "VLAN list: '10x' has 'x' after the number (only p or u may follow)"},
	};
	struct port_vlans set = {.pvid = 9};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(port_vlans_parse(cases[i].text, &set, &e), -EINVAL);
		assert_string_equal(e.text, cases[i].message);
		assert_int_equal(set.pvid, 9);
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
		{"10-10", "10", "", 0},
		{"10-10p", "10", "10", 10},
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
	assert_false(vlans_has(&a, 4096));
	assert_false(vlans_equal(&a, &b));
	vlans_subtract(&a, &b);
	assert_false(vlans_has(&a, 64));
	assert_true(vlans_empty(&(struct vlans){0}));
}

// The only one of a set, or 0; and as much text as there is room for.
static void only_and_print(void **state)
{
	static const struct {
		const char *text;
		unsigned int only;
	} cases[] = {{"7", 7}, {"1", 1}, {"4094", 4094}, {"7-8", 0}, {"7/9", 0}, {"7/4094", 0}};
	struct vlans set = {0};
	char text[8];

	(void)state;
	assert_int_equal(vlans_only(&set), 0);
	assert_string_equal(vlans_print(&set, text, sizeof(text)), "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(vlans_parse(cases[i].text, &set, NULL), 0);
		assert_false(vlans_empty(&set));
		assert_int_equal(vlans_only(&set), cases[i].only);
	}
	assert_int_equal(vlans_parse("10-11/13/15/17", &set, NULL), 0);
	assert_string_equal(vlans_print(&set, text, sizeof(text)), "10-11/1");
}

// Sets of every shape come back as they were, and equal sets are equal however they came about.
static void keeps(void **state)
{
	static const char *const texts[] = {"10", "1", "4094", "10p", "10u", "10p/20", "1-4094", "20/10u", "10-11"};
	struct kept_vlans kept = {0}, copy = {0}, same = {0};
	struct port_vlans want, got;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(port_vlans_parse(texts[i], &want, NULL), 0);
		assert_int_equal(vlans_keep(&kept, &want), 0);
		got = vlans_kept(&kept);
		assert_memory_equal(&got, &want, sizeof(got));
		assert_false(kept_vlans_equal(&kept, &copy)); // of the text before
		assert_int_equal(kept_vlans_copy(&copy, &kept), 0);
		assert_true(kept_vlans_equal(&kept, &copy));
		assert_int_equal(vlans_keep(&same, &want), 0);
		assert_true(kept_vlans_equal(&same, &copy));
	}
	// A PVID that is tagged, or none of the port's VLANs.
	want = (struct port_vlans){.pvid = 10};
	assert_int_equal(vlans_keep(&kept, &want), 0);
	got = vlans_kept(&kept);
	assert_memory_equal(&got, &want, sizeof(got));
	vlans_add(&want.all, 10, 10);
	assert_int_equal(vlans_keep(&kept, &want), 0);
	got = vlans_kept(&kept);
	assert_memory_equal(&got, &want, sizeof(got));
	vlans_keep_default(&kept, 10);
	got = vlans_kept(&kept);
	port_vlans_default(&want, 10);
	assert_memory_equal(&got, &want, sizeof(got));
	vlans_keep_default(&kept, 0);
	vlans_keep_default(&copy, 0);
	vlans_keep_default(&same, 0);
	got = vlans_kept(&kept);
	assert_true(vlans_empty(&got.all) && vlans_empty(&got.untagged) && !got.pvid);
}

int test_vlans(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(parses), cmocka_unit_test(refuses), cmocka_unit_test(ports),
		cmocka_unit_test(refuses_ports), cmocka_unit_test(sets), cmocka_unit_test(only_and_print),
		cmocka_unit_test(keeps)};

	return cmocka_run_group_tests_name("vlans", tests, NULL, NULL);
}
