// SPDX-License-Identifier: ISC
// probe=: what it says, and what is told of the answers.
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "network-vlanbridge/probe.h"
#include "tests.h"

static void reads_a_list(void **state)
{
	struct probes p = {0};
	struct err e = {0};
	uint8_t address[16];

	(void)state;
	assert_int_equal(
		probes_parse("gateway,10.0.0.1,+10.0.1.1,fe80::1%xenbr0,2001:db8::1,lacp,ssh", "192.0.2.7", &p, &e), 0);
	assert_int_equal(p.count, 8);
	assert_int_equal(p.list[0].kind, PROBE_GATEWAY);
	assert_int_equal(p.list[0].family, AF_INET);
	assert_int_equal(p.list[1].kind, PROBE_GATEWAY);
	assert_int_equal(p.list[1].family, AF_INET6);
	assert_int_equal(p.list[2].family, AF_INET);
	assert_memory_equal(p.list[2].address, ((uint8_t[]){10, 0, 0, 1}), 4);
	assert_false(p.list[2].is_new);
	assert_true(p.list[3].is_new);
	assert_string_equal(p.list[3].text, "10.0.1.1");
	assert_string_equal(p.list[4].device, "xenbr0");
	inet_pton(AF_INET6, "fe80::1", address);
	assert_memory_equal(p.list[4].address, address, 16);
	assert_string_equal(p.list[5].device, "");
	assert_int_equal(p.list[6].kind, PROBE_LACP);
	assert_int_equal(p.list[7].family, AF_INET);
	assert_string_equal(p.list[7].text, "the ssh client 192.0.2.7");
}

static void reads_ssh_by_a_link_local_address(void **state)
{
	struct probes p = {0};

	(void)state;
	assert_int_equal(probes_parse("ssh", "fe80::2%eth0", &p, NULL), 0);
	assert_string_equal(p.list[0].device, "eth0");
}

// A script may be run at the console, too: then nobody answers.
static void reads_ssh_without_a_session(void **state)
{
	struct probes p = {0};

	(void)state;
	assert_int_equal(probes_parse("ssh", NULL, &p, NULL), 0);
	assert_int_equal(p.list[0].family, 0);
	assert_string_equal(p.list[0].text, "the ssh client (this is no ssh session)");
}

static void refuses(void **state)
{
	static const struct {
		const char *list, *text;
	} cases[] = {
		{"", "probe=: it must be gateway, lacp, ssh, an IP address"},
		{"gateway,", "probe=: it must be gateway"},
		{"gatewy", "probe=gatewy: it must be gateway"},
		{"+gateway", "probe=gateway: it must be"},
		{"example.org", "probe=example.org: it must be"},
		{"10.0.0.256", "probe=10.0.0.256: it must be"},
		{"10.0.0.1/24", "probe=10.0.0.1/24: it must be"},
		{"fe80::1", "probe=fe80::1: every device reaches such addresses: say fe80::1%DEVICE"},
		{"fe80::1%", "probe=fe80::1%: "},
		{"fe80::1%eth0/x", "probe=fe80::1%eth0/x: "},
		{"2001:db8::1%eth0", "probe=2001:db8::1%eth0: only a link-local address has a device"},
		{"10.0.0.1%eth0", "probe=10.0.0.1%eth0: only a link-local address has a device"},
		{"fe80::1%abcdefghijklmnop", "probe=fe80::1%abcdefghijklmnop: "},
		{"00000000000000000000000000000000000000000000000000000000000000000000000000000000", "it must be"},
		{"10.0.0.1,10.0.0.1", "probe=: 10.0.0.1 is named twice"},
		{"gateway,gateway", "probe=: the IPv4 gateway is named twice"},
		{"1.0.0.1,1.0.0.2,1.0.0.3,1.0.0.4,1.0.0.5,1.0.0.6,1.0.0.7,1.0.0.8,1.0.0.9,1.0.0.10,1.0.0.11,1.0.0.12,"
		 "1.0.0.13,1.0.0.14,1.0.0.15,1.0.0.16,1.0.0.17",
			"probe=: there are more than 16"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct probes p = {0};
		struct err e = {0};

		assert_int_equal(probes_parse(cases[i].list, NULL, &p, &e), -EINVAL);
		if (!strstr(e.text, cases[i].text))
			fail_msg("%s: %s", cases[i].list, e.text);
	}
}

static struct probes read_list(const char *list)
{
	struct probes p = {0};

	assert_int_equal(probes_parse(list, NULL, &p, NULL), 0);
	return p;
}

static void tells_who_answers(void **state)
{
	struct probes p = read_list("10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4");
	char text[64];

	(void)state;
	assert_string_equal(probes_print(&p, true, text, sizeof(text)), "");
	p.list[1].answers = true;
	assert_false(probes_all_answer(&p));
	assert_string_equal(probes_print(&p, true, text, sizeof(text)), "10.0.0.2");
	assert_string_equal(probes_print(&p, false, text, sizeof(text)), "10.0.0.1, 10.0.0.3 and 10.0.0.4");
	assert_int_equal(strlen(probes_print(&p, false, text, 12)), 11);
}

static void drops_what_is_silent_before(void **state)
{
	struct probes p = read_list("10.0.0.1,+10.0.0.2,10.0.0.3,10.0.0.4"), dropped = {0};
	char text[64];

	(void)state;
	p.list[2].answers = true;
	probes_drop_silent(&p, &dropped);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.list[0].text, "10.0.0.2");
	assert_string_equal(p.list[1].text, "10.0.0.3");
	assert_string_equal(probes_print(&dropped, false, text, sizeof(text)), "10.0.0.1 and 10.0.0.4");
}

static void drops_the_gateway_of_a_family_without_default_route(void **state)
{
	struct probes p = read_list("gateway,10.0.0.1"), both = p, none = p;

	(void)state;
	p.list[1].is_there = true;
	probes_drop_absent_gateway(&p);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.list[0].text, "the IPv6 gateway");
	both.list[0].is_there = both.list[1].is_there = true;
	probes_drop_absent_gateway(&both);
	assert_int_equal(both.count, 3);
	probes_drop_absent_gateway(&none);
	assert_int_equal(none.count, 2);
	assert_string_equal(none.list[0].text, "the IPv4 gateway");
}

int test_probe(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_list),
		cmocka_unit_test(reads_ssh_by_a_link_local_address),
		cmocka_unit_test(reads_ssh_without_a_session),
		cmocka_unit_test(refuses),
		cmocka_unit_test(tells_who_answers),
		cmocka_unit_test(drops_what_is_silent_before),
		cmocka_unit_test(drops_the_gateway_of_a_family_without_default_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
