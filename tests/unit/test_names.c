// SPDX-License-Identifier: ISC
// Interface names, bounded numbers, errors.
#include "tests.h"

#include "names.h"
#include "vlans.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void accepts(void **state)
{
	static const char *const names[] = {"eth0", "a", "bond0.4094", "123456789012345", "br-lan", "..."};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(name_check(names[i], NULL), 0);
}

// The end of a name tells devices apart: juju#6241 cut it off, and the VLAN was another's.
static void refuses(void **state)
{
	static const struct {
		const char *name, *message;
	} cases[] = {
		{"", "an interface name is empty"},
		{".", "interface name '.' isn't allowed"},
		{"..", "interface name '..' isn't allowed"},
		{"a/b", "interface name 'a/b': character '/' isn't allowed in it (no '/', ':', '%' or spaces)"},
		{"a:", "interface name 'a:': character ':' isn't allowed in it (no '/', ':', '%' or spaces)"},
		{" a", "interface name ' a': character ' ' isn't allowed in it (no '/', ':', '%' or spaces)"},
		{"a\x01", "interface name 'a\x01': character '?' isn't allowed in it (no '/', ':', '%' or spaces)"},
		{"web%d", "interface name 'web%d': character '%' isn't allowed in it (no '/', ':', '%' or spaces)"},
		{"storagebridge1234", "interface name 'storagebridge1234' has 17 bytes, the kernel takes 15: "
				      "'storagebrid1234' would fit"},
		{"storagebridge.100", "interface name 'storagebridge.100' has 17 bytes, the kernel takes 15: "
				      "'storagebrid.100' would fit"},
		{"1234567890123456", "interface name '1234567890123456' has 16 bytes, the kernel takes 15: "
				     "'134567890123456' would fit"},
		{"storagebridge-lan", "interface name 'storagebridge-lan' has 17 bytes, the kernel takes 15: "
				      "'storagebridge-l' would fit"},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(name_check(cases[i].name, &e), -EINVAL);
		assert_string_equal(e.text, cases[i].message);
	}
}

static void copies_whole(void **state)
{
	char buf[4] = "old";

	(void)state;
	assert_false(text_copy(buf, sizeof(buf), "long"));
	assert_string_equal(buf, "old");
	assert_true(text_copy(buf, sizeof(buf), "new"));
	assert_string_equal(buf, "new");
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int result;
	} cases[] = {{"", -EINVAL}, {"-1", -EINVAL}, {"+3", -EINVAL}, {" 3", -EINVAL}, {"3 ", -EINVAL}, {"3x", -EINVAL},
		{"0x3", -EINVAL}, {"1", -ERANGE}, {"11", -ERANGE}, {"99999999999999999999999", -ERANGE}, {"2", 0},
		{"10", 0}, {"010", 0}};
	unsigned long n;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		n = 77;
		assert_int_equal(number_parse(cases[i].text, 2, 10, &n), cases[i].result);
		assert_int_equal(n, cases[i].result ? 77 : strlen(cases[i].text) > 1 ? 10 : 2);
	}
	errno = ERANGE; // of somebody before
	assert_int_equal(number_parse("2", 2, ULONG_MAX, &n), 0);
	assert_int_equal(number_parse("99999999999999999999999", 2, ULONG_MAX, &n), -ERANGE);
}

static void errors(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, ENOSPC, "no room for %d", 7), -ENOSPC);
	assert_string_equal(e.text, "no room for 7");
	assert_int_equal(err_prefix(&e, "line %d: ", 3), -ENOSPC);
	assert_string_equal(e.text, "line 3: no room for 7");
	assert_int_equal(err_set(&e, 0, "%01200d", 0), -EINVAL);
	assert_int_equal(e.code, EINVAL);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(err_prefix(&e, "%01200d", 0), -EINVAL);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(err_set(NULL, -1, "nobody reads it"), -EINVAL);
}

int test_names(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(accepts), cmocka_unit_test(refuses),
		cmocka_unit_test(copies_whole), cmocka_unit_test(numbers), cmocka_unit_test(errors)};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
