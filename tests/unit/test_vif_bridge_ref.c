// SPDX-License-Identifier: ISC
// vif-vlanbridge: what bridge= and vlan= refer to, and the messages when they refer to nothing.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mark.h"
#include "tests_vif.h"
#include "vif-vlanbridge/bridge_ref.h"

// The host of these tests, as a table: what each name (or alternative name) is.
static const struct host {
	const char *name, *real; // real: its name, where name is an alternative one
	enum kind kind;
	const char *kind_name, *bridge; // bridge: of which it is a port
	bool aware;
	unsigned int default_pvid;
	const char *alias;
	unsigned int group;
} hosts[] = {
	{"bond0", NULL, KIND_BOND, "bond", NULL, false, 0, "", 0},
	{"bond0.2", NULL, KIND_VLAN, "vlan", "xenbrdmz", false, 0, "", 0},
	{"bond0.7", NULL, KIND_VLAN, "vlan", NULL, false, 0, "", 0},
	{"bond0.3", "vlan3", KIND_VLAN, "vlan", "xenbrlan", false, 0, "", 0},
	{"xenbrdmz", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "vlanbridge file uplink=bond0 vlan=2", 0},
	{"xenbrlan", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "vlanbridge file uplink=bond0 vlan=3", 0},
	{"br9", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "vlanbridge file uplink=bond0 vlan=9 demand closing", 0},
	{"br11", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "", MARK_GROUP},
	{"br12", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "", MARK_GROUP_GOING},
	{"bond0.11", NULL, KIND_VLAN, "vlan", "br11", false, 0, "", 0},
	{"br0", NULL, KIND_BRIDGE, "bridge", NULL, true, 1, "", 0},
	{"br.5000", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "", 0},
	{"xenbr1", NULL, KIND_BRIDGE, "bridge", NULL, true, 0, "", 0},
	{"eth4", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "", 0},
	{"eth1", NULL, KIND_OTHER, "", NULL, false, 0, "", 0},
	{"xenbr0.10", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "", 0},
	{"trunk0", NULL, KIND_BRIDGE, "bridge", NULL, false, 0, "vlanbridge file uplink=bond1", 0},
	{"bond1", NULL, KIND_BOND, "bond", "trunk0", false, 0, "vlanbridge file", 0},
	{"bond1.5", NULL, KIND_VLAN, "vlan", "xenbrlan", false, 0, "", 0},
	{"eth5", NULL, KIND_OTHER, "", "br0", false, 0, "vlanbridge port", 0},
	{"eth6", NULL, KIND_OTHER, "", "bond1", false, 0, "vlanbridge port", 0},
	{"vif3.0", NULL, KIND_OTHER, "", "trunk0", false, 0, "vlanbridge guest bridge=trunk0 uplink=bond1", 0},
	{"tap9", NULL, KIND_OTHER, "tun", "trunk0", false, 0, "", 0},
};

static void fill_link(struct link *l, const struct host *h)
{
	*l = (struct link){.kind = h->kind, .index = (int)(h - hosts) + 1, .mtu = 1500};
	snprintf(l->name, sizeof(l->name), "%s", h->real ? h->real : h->name);
	snprintf(l->kind_name, sizeof(l->kind_name), "%s", h->kind_name);
	snprintf(l->alias, sizeof(l->alias), "%s", h->alias);
	l->group = h->group;
	if (h->kind == KIND_BRIDGE) {
		l->bridge.vlan_filtering = h->aware;
		l->bridge.vlan_default_pvid = h->default_pvid;
	}
}

static const struct host *find_host(const char *name)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (!strcmp(hosts[i].name, name))
			return &hosts[i];
	return NULL;
}

// What query_devices does with a kernel.
static void fill_lookups(const struct bridge_ref *ref, struct lookup lookups[SLOTS])
{
	memset(lookups, 0, SLOTS * sizeof(*lookups));
	for (int s = SLOT_BRIDGE; s < SLOTS; s++) {
		const struct host *h = find_host(ref->names[s]);

		if (!h)
			continue;
		lookups[s].found = true;
		fill_link(&lookups[s].link, h);
		if (h->kind == KIND_BRIDGE)
			lookups[s].bridge = lookups[s].link;
		else if (h->bridge && bridge_ref_is_uplink(&lookups[s]))
			fill_link(&lookups[s].bridge, find_host(h->bridge));
		if (lookups[s].bridge.kind != KIND_BRIDGE)
			lookups[s].bridge.index = 0;
	}
}

static struct bridge_ref ref;
static struct lookup lookups[SLOTS];

static int resolve(const char *bridge, const char *vlan, struct bridge_choice *c, struct err *e)
{
	struct nic nic = {0};
	int r;

	*e = (struct err){0};
	assert_int_equal(nic_set(&nic, NIC_BRIDGE, bridge, e), 0);
	assert_int_equal(nic_set(&nic, NIC_VLAN, vlan, e), 0);
	r = bridge_ref_parse(&nic, &ref, e);
	if (r)
		return r;
	fill_lookups(&ref, lookups);
	r = bridge_ref_resolve(&ref, lookups, c, e);
	if (r != -ENODEV)
		return r;
	bridge_ref_add_uplink_vlan(&ref, lookups);
	fill_lookups(&ref, lookups);
	return bridge_ref_resolve(&ref, lookups, c, e);
}

// tagged, untagged as vlans_print has them; NULL: the bridge's default.
static void expect_bridge(const char *bridge, const char *vlan, const char *result, unsigned int pvid, const char *all,
	const char *untagged)
{
	struct bridge_choice c = {0};
	struct err e;
	char text[256];

	if (resolve(bridge, vlan, &c, &e))
		fail_msg("bridge=%s vlan=%s: %s", bridge, vlan, e.text);
	assert_string_equal(c.bridge->name, result);
	if (!all) {
		assert_null(c.vlans);
		return;
	}
	assert_non_null(c.vlans);
	assert_int_equal(c.vlans->pvid, pvid);
	assert_string_equal(vlans_print(&c.vlans->all, text, sizeof(text)), all);
	assert_string_equal(vlans_print(&c.vlans->untagged, text, sizeof(text)), untagged);
}

// demand: what network-vlanbridge would be asked for; NULL: it isn't.
static void expect_refusal(const char *bridge, const char *vlan, const char *demand, const char *message)
{
	struct bridge_choice c;
	struct err e;
	int r = resolve(bridge, vlan, &c, &e);

	assert_true(r < 0);
	if (strcmp(e.text, message))
		fail_msg("bridge=%s vlan=%s\n got: %s\nwant: %s", bridge, vlan, e.text, message);
	if (demand) {
		assert_int_equal(r, -ENODEV);
		assert_string_equal(bridge_ref_demand_name(&ref), demand);
	} else {
		assert_int_not_equal(r, -ENODEV);
	}
}

static void by_name(void **state)
{
	(void)state;
	expect_bridge("xenbrdmz", "", "xenbrdmz", 0, NULL, NULL);
	expect_bridge("br0", "", "br0", 0, NULL, NULL); // its default VLAN
	expect_bridge("br.5000", "", "br.5000", 0, NULL, NULL);
	expect_bridge("xenbr4", "", "eth4", 0, NULL, NULL); // netloop's old names
	expect_bridge("xenbr0.10", "", "xenbr0.10", 0, NULL, NULL);
}

static void by_vlan_device(void **state)
{
	(void)state;
	expect_bridge("bond0.2", "", "xenbrdmz", 0, NULL, NULL);
	expect_bridge("bond0.3", "", "xenbrlan", 0, NULL, NULL); // its alternative name
	expect_bridge("bond0", "2", "xenbrdmz", 0, NULL, NULL);
	expect_bridge("bond0", "3p", "xenbrlan", 0, NULL, NULL);
	expect_bridge("xenbr0", "10", "xenbr0.10", 0, NULL, NULL);
}

// The untagged network of a NIC or bond: the bridge that it is a port of.
static void by_uplink(void **state)
{
	struct lookup vif = {.found = true, .parent = "vif-3-0"};

	(void)state;
	expect_bridge("bond1", "", "trunk0", 0, NULL, NULL);
	expect_bridge("bond1", "5", "xenbrlan", 0, NULL, NULL); // not in its untagged one
	expect_bridge("eth5", "", "br0", 0, NULL, NULL);
	expect_bridge("eth5", "10p/20", "br0", 10, "10/20", "10");
	expect_refusal("bond1", "8", "bond1.8",
		"bond1 is a bond, and no bridge carries its VLAN 8; 'uplink=bond1, vlan=8' in "
		"/etc/xen/vlanbridge.conf would make one");
	expect_refusal("eth6", "", "eth6", "bridge=eth6 is a network device, not a bridge");
	expect_refusal("vif3.0", "", "vif3.0", "bridge=vif3.0 is a network device, not a bridge");
	expect_refusal("tap9", "", "tap9", "bridge=tap9 is a tun, not a bridge");
	assert_false(bridge_ref_is_uplink(&vif)); // vif-bridge leaves no mark
}

static void on_aware_bridge(void **state)
{
	(void)state;
	expect_bridge("br0.10", "", "br0", 10, "10", "10");
	expect_bridge("br0.10:20:30:21", "", "br0", 10, "10/20-21/30", "10");
	expect_bridge("br0:30:20", "", "br0", 0, "20/30", "");
	expect_bridge("xenbr1:7", "", "xenbr1", 0, "7", "");
	expect_bridge("xenbr1.4094", "", "xenbr1", 4094, "4094", "4094");
	expect_bridge("br0", "10", "br0", 10, "10", "10");
	expect_bridge("br0", "10p/20-30", "br0", 10, "10/20-30", "10");
	expect_bridge("br0", "1-9u", "br0", 0, "1-9", "1-9");
	expect_bridge("xenbr1", "100+10x4", "xenbr1", 0, "100/110/120/130", "");
}

static void not_there(void **state)
{
	(void)state;
	expect_refusal("xenbrfoo", "", "xenbrfoo", "bridge 'xenbrfoo' doesn't exist");
	expect_refusal("xenbr7", "", "xenbr7",
		"bridge 'xenbr7' doesn't exist");                       // nor is there a bridge eth7
	expect_refusal("br9", "", "br9", "bridge 'br9' doesn't exist"); // about to go
	expect_refusal("eth9.10", "", "eth9.10", "bridge 'eth9.10' doesn't exist");
	expect_refusal("br.5001", "", "br.5001", "bridge 'br.5001' doesn't exist, and VLAN IDs go from 1 to 4094");
	expect_refusal("bond0.8", "", "bond0.8",
		"bridge 'bond0.8' doesn't exist: bond0 is a bond and no bridge carries its VLAN 8; "
		"'uplink=bond0, vlan=8' in /etc/xen/vlanbridge.conf would make one");
	expect_refusal("bond0.7", "", "bond0.7",
		"bond0.7 is a VLAN device, but a port of no bridge: give it one with "
		"'uplink=bond0, vlan=7' in "
		"/etc/xen/vlanbridge.conf");
	expect_refusal("bond0", "8", "bond0.8",
		"bond0 is a bond, and no bridge carries its VLAN 8; 'uplink=bond0, vlan=8' in "
		"/etc/xen/vlanbridge.conf would make one");
	expect_refusal("eth9", "8", "eth9.8", "neither eth9 nor eth9.8 exists");
	expect_refusal(
		"xenbrlan", "10", "xenbrlan.10", "xenbrlan isn't VLAN-aware and no bridge carries VLAN 10 of bond0");
	expect_refusal("xenbrlan", "2", NULL,
		"xenbrlan isn't VLAN-aware, and VLAN 2 of bond0 is in bridge xenbrdmz: "
		"bridge=xenbrdmz");
	expect_refusal("eth4", "10", "eth4.10", "eth4 isn't VLAN-aware and no bridge carries VLAN 10 of eth4");
	expect_refusal("br12", "", "br12", "bridge 'br12' doesn't exist"); // being deleted
}

// Its mark isn't there yet, which says what is allowed on it, nor its MTU.
static void half_made(void **state)
{
	static const char message[] =
		"bridge br11 isn't finished: if no network-vlanbridge is at work, one was killed, "
		"and `network-vlanbridge start` finishes it";
	struct bridge_choice c;
	struct err e;

	(void)state;
	assert_int_equal(resolve("br11", "", &c, &e), -EAGAIN);
	assert_string_equal(e.text, message);
	assert_int_equal(resolve("bond0.11", "", &c, &e), -EAGAIN);
	assert_int_equal(resolve("bond0", "11", &c, &e), -EAGAIN);
	assert_string_equal(e.text, message);
}

static void wrong_kind(void **state)
{
	(void)state;
	expect_refusal("bond0", "", "bond0", "bridge=bond0 is a bond, not a bridge");
	expect_refusal("eth1", "", "eth1", "bridge=eth1 is a network device, not a bridge");
	expect_refusal("xenbr1", "", NULL,
		"bridge xenbr1 is VLAN-aware and has no default VLAN: say which with "
		"bridge=xenbr1.VLAN or vlan=");
	expect_refusal("xenbrdmz", "2", NULL, "xenbrdmz is VLAN 2 of bond0 already: omit vlan=2");
	expect_refusal("xenbrdmz", "10p/20", NULL,
		"vlan=10p/20 needs a VLAN-aware bridge, but xenbrdmz is a bridge that isn't "
		"VLAN-aware: "
		"only a single untagged VLAN works elsewhere");
	expect_refusal("bond0", "10u", NULL,
		"vlan=10u needs a VLAN-aware bridge, but bond0 is a bond: only a single untagged "
		"VLAN works elsewhere");
	expect_refusal("bond0.2:3", "", NULL,
		"bridge=bond0.2:3 asks for tagged VLANs, which need a VLAN-aware bridge, but bond0 "
		"isn't one");
	expect_refusal("eth9.2:3", "", NULL,
		"bridge=eth9.2:3 asks for tagged VLANs, which need a VLAN-aware bridge, but eth9 "
		"doesn't exist");
}

static void junk(void **state)
{
	(void)state;
	expect_refusal(
		"br0", "10x", NULL, "vlan=10x: VLAN list: '10x' has 'x' after the number (only p or u may follow)");
	expect_refusal("br0", "10//20", NULL,
		"vlan=10//20: VLAN list: '' is neither a VLAN ID, nor FIRST-LAST, nor "
		"FIRST+STEPxCOUNT");
	expect_refusal("br0", "4095", NULL, "vlan=4095: VLAN 4095 in '4095' is outside 1-4094");
	expect_refusal("br0", "10p/20p", NULL, "vlan=10p/20p: VLAN list: 10 and 20 can't both be the PVID");
	expect_refusal("br0.10:", "", NULL, "bridge=br0.10:: '' after the ':' isn't a VLAN ID (1-4094)");
	expect_refusal("br0:", "", NULL, "bridge=br0:: '' after the ':' isn't a VLAN ID (1-4094)");
	expect_refusal("br0.4095:1", "", NULL, "bridge=br0.4095:1: VLAN IDs go from 1 to 4094");
	expect_refusal("br0.x:1", "", NULL,
		"bridge=br0.x:1 asks for tagged VLANs, which need a VLAN-aware bridge, but br0.x doesn't exist");
	expect_refusal("bond0:1", "", NULL,
		"bridge=bond0:1 asks for tagged VLANs, which need a VLAN-aware bridge, but bond0 isn't one");
	expect_refusal("br0:2", "3", NULL, "bridge=br0:2 and vlan=3 both say which VLANs: give one of them");
	expect_refusal("br0.1:2", "3", NULL, "bridge=br0.1:2 and vlan=3 both say which VLANs: give one of them");
	expect_refusal("br0.1", "3", NULL, "bridge=br0.1 and vlan=3 both say which VLANs: give one of them");
	expect_refusal("br 0", "", NULL, "bridge=br 0: an interface name can't have a space or a '/'");
	expect_refusal("../br0", "", NULL, "bridge=../br0: an interface name can't have a space or a '/'");
}

int test_vif_bridge_ref(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name),
		cmocka_unit_test(by_vlan_device),
		cmocka_unit_test(by_uplink),
		cmocka_unit_test(on_aware_bridge),
		cmocka_unit_test(not_there),
		cmocka_unit_test(half_made),
		cmocka_unit_test(wrong_kind),
		cmocka_unit_test(junk),
	};

	return cmocka_run_group_tests_name("vif bridge_ref", tests, NULL, NULL);
}
