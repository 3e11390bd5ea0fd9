// SPDX-License-Identifier: ISC
// The configuration: what a file means, and the sentence for each way to get it wrong.
#include "tests.h"

#include "network-vlanbridge/config.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

static void means(void **state)
{
	static const char text[] = "# LAN\nbonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, mtu=9000' ]\n"
				   "bridges = [\n'name=br{vlan}, uplink=bond0, vlan=900-902, vlan_name=vlan{vlan}',\n]\n";
	struct host t = {0};
	const struct device *d;

	(void)state;
	assert_int_equal(config_parse("f", text, sizeof(text) - 1, &t, NULL), 0);
	d = host_find(&t, "bond0.901");
	assert_non_null(d);
	assert_string_equal(d->link.name, "vlan901");
	assert_string_equal(d->link.master.name, "br901");
	assert_int_equal(d->line, 4);
	d = host_find(&t, "eth1");
	assert_non_null(d);
	assert_false(d->create);
	assert_string_equal(d->link.master.name, "bond0");
	assert_int_equal(host_find(&t, "bond0")->link.mtu, 9000);
	assert_int_equal(t.count, 3 + 2 * 3);
	host_free(&t);
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{"bridges=['name=a, uplink=b, vlan=4095']", "f:1: vlan: VLAN 4095 in '4095' is outside 1-4094"},
		{"bridges=['name=storage123bridge, uplink=b, vlan=5']", "f:1: name: interface name 'storage123bridge' has 16"},
		{"\n\nbridges=['name=a, colour=red']", "f:3: unknown key 'colour' for a bridge"},
		{"bonds=['name=b0, ports=eth0 eth1',\n'name=b1, ports=eth1 eth2']",
			"f:2: eth1 can't be a port of b1: it is one of b0 already (line 1)"},
		{"bridges=['name=a, uplink=b, vlan=5',\n\n'name=c, uplink=b, vlan=5, vlan_name=x5']",
			"f:3: VLAN 5 of b is in bridge 'a' already (line 1)"},
		{"bridges=['name=a, uplink=b, vlan=5','name=a, uplink=b, vlan=6']", "f:1: 'a' is defined twice"},
		{"bonds=['ports=eth0']", "f:1: key 'name' is missing"},
		{"bonds=['name=b']", "f:1: bond 'b' has no ports="},
		{"bonds=['name=b, ports=eth0, mode=lacp']", "f:1: mode=lacp: it must be balance-rr, "},
		{"bonds=['name=b, ports=eth0, mtu=9000x']", "f:1: mtu=9000x: it must be a number from 68 to 65535"},
		{"bonds=['name=b, name=c, ports=eth0']", "f:1: key 'name' stands there twice"},
		{"bonds=['name=b, ports']", "f:1: 'ports' is no key=value pair"},
		{"bonds='name=b, ports=eth0'", "f: 'bonds' must be a list"},
		{"bridge=['name=a']", "f:1: 'bridge' is unknown: there are bonds, bridges"},
		{"bridges=['name=a'", "f:1: "},
		{"bridges=['name=a, uplink=b, vlan=1-7']", "f:1: name=a is for one bridge"},
		{"bridges=['name=a, vlan=7']", "f:1: vlan=7 needs an uplink="},
		{"bonds=['name=b, ports=eth0']\nbridges=['name=a, uplink=eth0, vlan=7']",
			"f:2: uplink eth0 of bridge 'a' is a port of b (line 1)"},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct host t = {0};

		e = (struct err){0};
		assert_int_not_equal(config_parse("f", cases[i].text, strlen(cases[i].text), &t, &e), 0);
		if (strncmp(e.text, cases[i].sentence, strlen(cases[i].sentence)))
			fail_msg("'%s' gave '%s' instead of '%s'", cases[i].text, e.text, cases[i].sentence);
		assert_int_equal(t.count, 0);
	}
}

// When a vif asks, only what it asks for is made of a range on demand; what isn't on demand stays whole.
static void demanded(void **state)
{
	static const char text[] = "bridges=['name=br{vlan}, uplink=b, vlan=1000-1999, demand=yes',"
				   "'name=x{vlan}, uplink=c, vlan=5-6, vlan_name=v{vlan}, demand=yes', 'name=y{vlan}, uplink=c, vlan=7-8']";
	static const struct {
		const char *asked, *bridge;
		size_t count; // besides y7, y8, c.7, c.8, and c
	} cases[] = {
		{"br1234", "br1234", 3}, {"b.1234", "br1234", 3}, {"x6", "x6", 2}, {"c.6", "x6", 2}, {"v6", "x6", 2},
		{"br12345", NULL, 0}, {"br123", NULL, 0}, {"y7", "y7", 0},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct host t = {.demanded = cases[i].asked};

		if (config_parse("f", text, strlen(text), &t, &e))
			fail_msg("%s: %s", cases[i].asked, e.text);
		if (t.count != 5 + cases[i].count)
			fail_msg("%s: %zu devices", cases[i].asked, t.count);
		assert_true(!cases[i].bridge || host_find(&t, cases[i].bridge));
		host_free(&t);
	}
}

static void arguments(void **state)
{
	char *const args[] = {(char[]){"bond=bond7"}, (char[]){"ports=eth0 eth1"}, (char[]){"vlan=5"},
		(char[]){"vifnum=3"}, NULL};
	char *const bad[] = {(char[]){"netdew=eth0"}, NULL};
	struct host t = {0};
	struct err e;

	(void)state;
	assert_int_equal(config_args(args, &t, &e), 0);
	assert_non_null(host_find(&t, "xenbr3"));
	assert_string_equal(host_find(&t, "bond7.5")->link.master.name, "xenbr3");
	assert_int_equal(host_find(&t, "bond7")->mark.origin, MARK_ARGS);
	host_free(&t);
	assert_int_not_equal(config_args(bad, &t, &e), 0);
	assert_string_equal(e.text, "unknown argument 'netdew'");
}

// Every shipped example is a configuration.
static void examples(void **state)
{
	glob_t found = {0};
	struct err e;

	(void)state;
	assert_int_equal(glob("tests/lab/examples/*.conf", 0, NULL, &found), 0);
	assert_int_equal(glob("network-vlanbridge/vlanbridge.conf.example", GLOB_APPEND, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct host t = {0};

		if (config_read(found.gl_pathv[i], &t, &e))
			fail_msg("%s", e.text);
		assert_true(t.count > 0);
		host_free(&t);
	}
	globfree(&found);
}

// Every way to call it in xend's example, also the ones that are commented out, is a way to call it.
static void xend_example(void **state)
{
	FILE *f = fopen("xend-config.sxp.example", "r");
	char line[512], *at, *word, *args[16];
	struct err e;
	int calls = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct host t = {0};
		size_t n = 0;

		at = strstr(line, "(network-script");
		at = at ? strstr(at, "network-vlanbridge") : NULL;
		if (!at)
			continue;
		at[strcspn(at, "')\n")] = '\0';
		strsep(&at, " ");
		while ((word = strsep(&at, " ")) && n < 15)
			if (*word && strncmp(word, "config=", 7))
				args[n++] = word;
		args[n] = NULL;
		calls++;
		if (n && config_args(args, &t, &e))
			fail_msg("%s", e.text);
		host_free(&t);
	}
	fclose(f);
	assert_true(calls > 3);
}

int test_config(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(means), cmocka_unit_test(refuses),
		cmocka_unit_test(demanded),
		cmocka_unit_test(arguments), cmocka_unit_test(examples), cmocka_unit_test(xend_example)};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
