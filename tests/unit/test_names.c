// SPDX-License-Identifier: ISC
// Interface names, and bounded numbers.
#include "tests.h"

#include "names.h"
#include "vlans.h"

#include <string.h>

static void accepts(void **state)
{
	static const char *const names[] = {"eth0", "a", "bond0.4094", "123456789012345", "br-lan", "..."};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(name_check(names[i], NULL), 0);
}

static void refuses(void **state)
{
	static const char *const names[] = {
		"", ".", "..", "1234567890123456", "a/b", "a:b", "a b", "a\tb", "a\x01", "web%d"};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		e = (struct err){0};
		assert_int_not_equal(name_check(names[i], &e), 0);
		assert_true(*e.text);
	}
}

// The end of a name tells devices apart: juju#6241 cut it off, and the VLAN was another's.
static void proposes(void **state)
{
	struct err e;

	(void)state;
	name_check("storagebridge1234", &e);
	assert_non_null(strstr(e.text, "has 17 bytes, the kernel takes 15"));
	assert_non_null(strstr(e.text, "'storagebrid1234' would fit"));
}

static void numbers(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "1x", "11", "99999999999999999999999"};
	unsigned long n = 77;

	(void)state;
	assert_int_equal(number_parse("10", 0, 10, &n), 0);
	assert_int_equal(n, 10);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_not_equal(number_parse(bad[i], 0, 10, &n), 0);
	assert_int_equal(n, 10);
}

int test_names(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(accepts), cmocka_unit_test(refuses),
		cmocka_unit_test(proposes), cmocka_unit_test(numbers)};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
