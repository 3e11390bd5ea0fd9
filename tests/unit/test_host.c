// SPDX-License-Identifier: ISC
// The model of a host: names, copies, what finds a VLAN, what is the same device.
#include "tests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_text.h"

static const char *name_of(const struct device *d)
{
	return d ? d->link.name : "none";
}

static void names(void **state)
{
	struct host h = {0}, copy;
	struct device *d;

	(void)state;
	assert_int_equal(host_add(&h, "eth0", &d), 0);
	assert_int_equal(host_add_altname(&h, d, "lan"), 0);
	assert_true(d->more_names);
	assert_int_equal(host_add_altname(&h, d, "eth0"), -EEXIST);
	assert_int_equal(host_add(&h, "lan", &d), -EEXIST);
	assert_int_equal(host_add(&h, "1234567890123456", &d), -EINVAL);
	assert_int_equal(host_add(&h, "123456789012345", &d), 0);
	assert_int_equal(h.count, 2);
	assert_int_equal(host_copy(&h, &copy), 0);
	host_free(&h);
	assert_string_equal(name_of(host_find(&copy, "lan")), "eth0");
	assert_int_equal(host_rename(&copy, host_find(&copy, "lan"), "123456789012345"), -EEXIST);
	assert_int_equal(host_rename(&copy, host_find(&copy, "lan"), "eth7"), 0);
	assert_string_equal(name_of(host_find(&copy, "lan")), "eth7");
	assert_null(host_find(&copy, "eth0"));
	host_remove(&copy, host_find(&copy, "lan"));
	assert_null(host_find(&copy, "lan"));
	assert_null(host_find(&copy, "eth7"));
	assert_int_equal(copy.count, 1);
	assert_string_equal(name_of(copy.devices[0]), "123456789012345");
	host_free(&copy);
}

// A name of any length can be looked for; of hundreds of devices each has its place, also after half of them went.
static void many(void **state)
{
	char name[NAME_SIZE], longest[300];
	struct host h = {0};
	struct device *d;

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "eth%d", i);
		assert_int_equal(host_add(&h, name, &d), 0);
	}
	for (int i = 0; i < 300; i += 2) {
		snprintf(name, sizeof(name), "eth%d", i);
		host_remove(&h, host_find(&h, name));
	}
	assert_int_equal(h.count, 150);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "eth%d", i);
		d = host_find(&h, name);
		assert_int_equal(d != NULL, i % 2);
		assert_true(!d || h.devices[d->slot] == d);
	}
	memset(longest, 'x', sizeof(longest));
	longest[299] = '\0';
	assert_null(host_find(&h, longest));
	longest[255] = '\0';
	assert_int_equal(host_add_altname(&h, h.devices[0], longest), 0);
	assert_ptr_equal(host_find(&h, longest), h.devices[0]);
	host_free(&h);
}

static void vlans(void **state)
{
	static const struct {
		const char *lower;
		uint32_t id, protocol;
		const char *found;
	} cases[] = {
		{"eth0", 5, 0x8100, "eth0.5"},
		{"lan", 5, 0x8100, "eth0.5"},
		{"eth0", 5, 0x88a8, "s5"},
		{"eth0", 6, 0x8100, "six"},
		{"eth0", 7, 0x8100, "none"}, // eth0.7 is a bridge
		{"eth0", 8, 0x8100, "none"}, // eth0.8 is eth1's
		{"eth1", 8, 0x8100, "eth0.8"},
		{"eth1", 9, 0x8100, "none"},
		{"eth2", 5, 0x8100, "none"},
		{"none", 5, 0x8100, "none"},
	};
	struct host h;

	(void)state;
	host_from_text("six vlan link=eth0 id=6 protocol=802.1Q\n"
		       "eth0 altname=lan\neth1\neth2\n"
		       "eth0.5 vlan link=eth0 id=5 protocol=802.1Q\n"
		       "s5 vlan link=eth0 id=5 protocol=802.1ad\n"
		       "eth0.7 bridge\n"
		       "eth0.8 vlan link=eth1 id=8 protocol=802.1Q\n"
		       "macvlan0 kind=macvlan link=eth2\n",
		&h);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			name_of(host_find_vlan(&h, cases[i].lower, cases[i].id, cases[i].protocol)), cases[i].found);
	assert_int_equal(host_find(&h, "eth0")->odd_uppers, 2);
	assert_int_equal(host_find(&h, "eth0")->uppers, 3);
	assert_int_equal(host_find(&h, "eth2")->odd_uppers, 0);
	assert_int_equal(host_find(&h, "eth2")->uppers, 1);
	host_free(&h);
}

// Whether a device of ours can be changed into another one.
static void same_devices(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{"bridge stp=yes", "bridge stp=no", true},
		{"bridge", "bond", false},
		{"vlan link=eth0 id=5 protocol=802.1Q", "vlan link=eth0 id=5 protocol=802.1Q", true},
		{"vlan link=eth0 id=5 protocol=802.1Q", "vlan link=eth0 id=6 protocol=802.1Q", false},
		{"vlan link=eth0 id=5 protocol=802.1Q", "vlan link=eth0 id=5 protocol=802.1ad", false},
		{"vlan link=eth0 id=5 protocol=802.1Q", "vlan link=eth1 id=5 protocol=802.1Q", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];
		struct host h;

		snprintf(text, sizeof(text), "a %s\nb %s\n", cases[i].a, cases[i].b);
		host_from_text(text, &h);
		assert_int_equal(device_is_same(h.devices[0], h.devices[1]), cases[i].same);
		host_free(&h);
	}
}

static void marks(void **state)
{
	static const struct {
		const char *text;
		enum mark_origin origin;
		bool ours;
		const char *original;
	} cases[] = {
		{"a", MARK_NONE, false, "a"},
		{"a group=7760994", MARK_FILE, true, "a"},
		{"a group=7760995", MARK_FILE, true, "a"},
		{"a group=7760996", MARK_NONE, false, "a"},
		{"a group=7760994 alias=\"vlanbridge args\"", MARK_ARGS, true, "a"},
		{"a alias=\"vlanbridge port up=1 name=eth0\"", MARK_PORT, false, "eth0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct host h;

		host_from_text(cases[i].text, &h);
		assert_int_equal(h.devices[0]->mark.origin, cases[i].origin);
		assert_int_equal(device_is_ours(h.devices[0]), cases[i].ours);
		assert_string_equal(original_device_name(h.devices[0]), cases[i].original);
		host_free(&h);
	}
	assert_false(device_is_kind(NULL, KIND_OTHER));
}

// Each field by itself is copied and compared.
static void fields(void **state)
{
	const struct link none = {.port_flags_known = 1, .sysctls_known = ~0U},
			  all = {.up = true,
				  .mtu = 1400,
				  .mac = {2},
				  .master.name = "br0",
				  .lower.name = "eth0",
				  .alias = "rack 4",
				  .group = 7,
				  .addr_gen = 1,
				  .altname = "lan",
				  .port_flags = 1,
				  .port_flags_known = 1,
				  .sysctls = {[LINK_SYSCTL_COUNT - 1] = 1},
				  .sysctls_known = ~0U,
				  .new_name = "eth1"};

	(void)state;
	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1) {
		struct link l = none;

		assert_true(f == LINK_RENAME || !link_field_equal(&none, &all, f));
		link_copy_field(&l, &all, f);
		assert_int_equal(l.set, f);
		assert_string_equal(l.new_name, f == LINK_RENAME ? all.new_name : "");
		for (unsigned int other = 1; other <= LINK_FIELD_LAST; other <<= 1)
			assert_true(link_field_equal(&l, other == f ? &all : &none, other));
	}
}

int test_host(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(many), cmocka_unit_test(vlans),
		cmocka_unit_test(same_devices), cmocka_unit_test(marks), cmocka_unit_test(fields)};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
