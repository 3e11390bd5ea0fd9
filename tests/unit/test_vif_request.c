// SPDX-License-Identifier: ISC
// vif-vlanbridge: argv, environment and the toolstack's text.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests_vif.h"
#include "vif-vlanbridge/nic.h"
#include "vif-vlanbridge/request.h"

// A stand-in for the environment: VAR=VALUE words, NULL at the end.
static const char *const *environment;

static const char *env(const char *name)
{
	size_t len = strlen(name);

	for (const char *const *v = environment; v && *v; v++)
		if (!strncmp(*v, name, len) && (*v)[len] == '=')
			return *v + len + 1;
	return NULL;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int parse_words(const char *const *argv, const char *const *vars, struct request *req, struct err *e)
{
	int argc = 0;

	*e = (struct err){0};
	environment = vars;
	while (argv[argc])
		argc++;
	return request_parse(argc, (char *const *)(uintptr_t)argv, env, req, e);
}

static void expect_refusal(const char *const *argv, const char *const *vars, const char *message)
{
	struct request req;
	struct err e;

	assert_true(parse_words(argv, vars, &req, &e) < 0);
	if (!strstr(e.text, message))
		fail_msg("no '%s' in: %s", message, e.text);
}

// As libxl calls for a PV NIC and for the two ends of an emulated one.
static void libxl(void **state)
{
	const char *const *vars =
		WORDS("script=/etc/xen/scripts/vif-vlanbridge", "XENBUS_TYPE=vif", "XENBUS_PATH=backend/vif/7/1",
			"XENBUS_BASE_PATH=backend", "netdev=", "vif=vif7.1", "INTERFACE=vif7.1-emu");
	struct request req;
	struct err e;

	(void)state;
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "online", "type_if=vif"), vars, &req, &e), 0);
	assert_true(req.attach && !req.tap && !req.idle && req.emulated);
	assert_string_equal(req.dev, "vif7.1");
	assert_string_equal(req.path, "backend/vif/7/1");
	assert_int_equal(req.domid, 7);
	assert_int_equal(req.devid, 1);
	assert_string_equal(request_command_name(&req), "online");

	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "remove", "type_if=tap"), vars, &req, &e), 0);
	assert_true(!req.attach && req.tap && !req.idle);
	assert_string_equal(req.dev, "vif7.1-emu");
	assert_string_equal(request_command_name(&req), "remove");

	// Of either kind, and nothing else than that.
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "rules", "type_if=tap"), vars, &req, &e), 0);
	assert_true(req.rules && req.tap && !req.idle);
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "rules", "vif=vif7.1"), WORDS("a=b"), &req, &e), 0);
	assert_true(req.rules && !req.tap && !req.idle);

	// The tap of another NIC, in the environment of a run that a hook has started, isn't this NIC's.
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "online", "XENBUS_PATH=backend/vif/7/2", "vif=vif7.2"),
				 vars, &req, &e),
		0);
	assert_false(req.emulated);

	// Commands for the other kind of device are nobody's error.
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "online", "type_if=tap"), vars, &req, &e), 0);
	assert_true(req.idle);
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "add"), vars, &req, &e), 0);
	assert_true(req.idle);
}

// As udev and xend call: no type for vifs, only the interface for taps, arguments over environment.
static void xend(void **state)
{
	struct request req;
	struct err e;

	(void)state;
	assert_int_equal(parse_words(WORDS("x", "online", "bridge=br1", "mtu=1400"),
				 WORDS("XENBUS_PATH=backend/vif/3/0", "bridge=br2", "ip=10.0.0.1"), &req, &e),
		0);
	assert_string_equal(req.dev, "vif3.0");
	assert_string_equal(req.nic.text[NIC_BRIDGE], "br1");
	assert_string_equal(req.nic.text[NIC_MTU], "1400");
	assert_string_equal(req.nic.text[NIC_IP], "10.0.0.1");
	assert_int_equal(parse_words(WORDS("x", "type_if=tap", "add"), WORDS("INTERFACE=vif3.2-emu"), &req, &e), 0);
	assert_string_equal(req.path, "backend/vif/3/2");
	assert_true(req.attach && req.tap);
	assert_int_equal(
		parse_words(WORDS("x", "offline"), WORDS("XENBUS_PATH=/local/domain/5/backend/vif/3/2"), &req, &e), 0);
	assert_string_equal(req.path, "/local/domain/5/backend/vif/3/2");
	assert_string_equal(req.dev, "vif3.2");
}

static void qemu(void **state)
{
	struct request req;
	struct err e;

	(void)state;
	assert_int_equal(parse_words(WORDS("/etc/qemu-ifup", "tap7"), NULL, &req, &e), 0);
	assert_true(req.attach && req.tap && !*req.path);
	assert_string_equal(req.dev, "tap7");
	assert_string_equal(req.nic.text[NIC_BRIDGE], "br7");
	assert_int_equal(parse_words(WORDS("/etc/kvm/kvm-ifdown", "tap7"), NULL, &req, &e), 0);
	assert_false(req.attach);
	assert_int_equal(parse_words(WORDS("vif-vlanbridge", "tap7", "down"), NULL, &req, &e), 0);
	assert_false(req.attach);
	assert_int_equal(parse_words(WORDS("x", "web", "up"), WORDS("BRIDGE=br0.10"), &req, &e), 0);
	assert_true(req.attach);
	assert_string_equal(req.nic.text[NIC_BRIDGE], "br0.10");
}

static void bad_usage(void **state)
{
	(void)state;
	expect_refusal(WORDS("x"), NULL, "no command is given; usage: vif-vlanbridge online|offline|add|remove");
	expect_refusal(WORDS("x", "bridge=br0"), NULL, "no command is given");
	expect_refusal(WORDS("x", "restart"), NULL, "'restart' is no command; usage:");
	expect_refusal(WORDS("x", "tap7", "sideways"), NULL, "'tap7' is no command");
	expect_refusal(WORDS("x", "online", "type_if=nic"), NULL, "type_if=nic: it must be vif or tap");
	expect_refusal(WORDS("x", "online"), NULL, "neither XENBUS_PATH nor a device called vifDOMID.DEVID");
	expect_refusal(WORDS("x", "online"), WORDS("XENBUS_PATH=backend/vbd/1/0"), "XENBUS_PATH=backend/vbd/1/0 isn't");
	expect_refusal(WORDS("x", "online"), WORDS("XENBUS_PATH=backend/vif/1/0/x"), "isn't a vif's backend directory");
	expect_refusal(
		WORDS("x", "online"), WORDS("XENBUS_PATH=notbackend/vif/1/0"), "isn't a vif's backend directory");
	expect_refusal(
		WORDS("x", "online", "vif=a/b"), WORDS("XENBUS_PATH=backend/vif/1/0"), "vif: interface name 'a/b'");
	expect_refusal(
		WORDS("x", "online", "vif=vif1234567890.10"), WORDS("XENBUS_PATH=backend/vif/1/0"), "kernel takes 15");
}

static void expect_nic_refusal(enum nic_key key, const char *text, bool emulated, const char *message)
{
	struct nic nic = {0};
	struct err e = {0};

	assert_true(nic_set(&nic, key, text, &e) < 0 || nic_check(&nic, emulated, &e) < 0);
	if (!strstr(e.text, message))
		fail_msg("no '%s' in: %s", message, e.text);
}

static void nic_texts(void **state)
{
	struct nic nic = {0};
	struct err e;
	char name[NAME_SIZE], longest[NIC_TEXT + 1];

	(void)state;
	assert_int_equal(nic_set(&nic, NIC_MTU, "9000", &e), 0);
	assert_int_equal(nic_set(&nic, NIC_MAC, "00:16:3e:01:02:ff", &e), 0);
	assert_int_equal(nic_set(&nic, NIC_VIFNAME, "elevenbytes", &e), 0);
	assert_int_equal(nic_check(&nic, true, &e), 0);
	assert_int_equal(nic.mtu, 9000);
	assert_int_equal(nic.mac[5], 0xff);
	assert_string_equal(nic_wanted_name(&nic, false, name), "elevenbytes");
	assert_string_equal(nic_wanted_name(&nic, true, name), "elevenbytes-emu");

	expect_nic_refusal(NIC_MTU, "67", false, "mtu=67: it must be a number from 68 to 65535");
	expect_nic_refusal(NIC_MTU, "1500x", false, "mtu=1500x: it must be");
	expect_nic_refusal(NIC_MTU, "-1", false, "mtu=-1: it must be");
	expect_nic_refusal(NIC_MAC, "00:16:3e", false, "isn't a MAC address");
	expect_nic_refusal(NIC_VIFNAME, "twelve-bytes", true,
		"its emulated NIC would be 'twelve-bytes-emu', 16 bytes, and the kernel takes 15: "
		"'twelve-byte' would fit");
	expect_nic_refusal(NIC_VIFNAME, "a name", false, "vifname=a name: interface name 'a name'");
	expect_nic_refusal(NIC_VIFNAME, "sixteen-bytes-00", false, "has 16 bytes, the kernel takes 15");
	expect_nic_refusal(NIC_BRIDGE, "br0\033[2J", false, "bridge= has a control character (byte 27) at position 4");
	memset(longest, 'x', NIC_TEXT);
	longest[NIC_TEXT] = '\0';
	expect_nic_refusal(NIC_IP, longest, false, "ip= has 4096 bytes, 4095 are the limit");
}

int test_vif_request(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libxl),
		cmocka_unit_test(xend),
		cmocka_unit_test(qemu),
		cmocka_unit_test(bad_usage),
		cmocka_unit_test(nic_texts),
	};

	return cmocka_run_group_tests_name("vif request", tests, NULL, NULL);
}
