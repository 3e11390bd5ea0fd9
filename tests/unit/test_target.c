// SPDX-License-Identifier: ISC
// Origin and target by themselves: whose an entry is, and every reason to refuse a configuration for a host.
#include "tests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_text.h"
#include "network-vlanbridge/loss.h"
#include "network-vlanbridge/plan.h"
#include "network-vlanbridge/target.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

// Whose the entries of a device are, as the marks say.
static void homes(void **state)
{
	static const char kernel[] = "eth0 master=br0 alias=\"vlanbridge port up=1\"\n"
				     "br0 bridge alias=\"vlanbridge file uplink=eth0 inherit\"\n"
				     "br1 bridge alias=\"vlanbridge file uplink=eth1\"\n"
				     "br2 bridge alias=\"vlanbridge file inherit\"\n"
				     "eth2 master=bond0 alias=\"vlanbridge port up=1\"\n"
				     "bond0 bond master=br3 alias=\"vlanbridge file uplink=eth2 inherit\"\n"
				     "br3 bridge alias=\"vlanbridge args uplink=bond0 inherit\"\n"
				     "guest0 master=bond1\n"
				     "eth4 master=bond1 alias=\"vlanbridge port up=1\"\n"
				     "bond1 bond alias=\"vlanbridge file uplink=eth3 inherit\"\n"
				     "bond2 bond alias=\"vlanbridge file uplink=eth3 inherit\"\n"
				     "peth5 alias=\"vlanbridge port up=1 name=eth5\"\n"
				     "vlbpark0 dummy alias=\"vlanbridge file uplink=eth5 inherit parking\"\n"
				     "loop0 bridge alias=\"vlanbridge file uplink=loop1 inherit\"\n"
				     "loop1 bridge alias=\"vlanbridge file uplink=loop0 inherit\"\n"
				     "foreign0 bridge alias=\"uplink=eth0 inherit\"\n";
	static const struct {
		const char *device, *home;
	} cases[] = {
		{"eth0", "eth0"},
		{"br0", "eth0"},
		{"br1", "br1"},
		{"br2", "br2"},
		{"br3", "eth2"},
		{"bond1", "eth4"}, // eth3 was unplugged
		{"bond2", "eth3"},
		{"peth5", "eth5"},
		{"vlbpark0", "eth5"},
		{"loop0", "loop0"},
		{"foreign0", "foreign0"},
		{"none", "none"},
	};
	struct host h;

	(void)state;
	host_from_text(kernel, &h);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(origin_of(&h, cases[i].device), cases[i].home);
	host_free(&h);
}

// Of several copies of an address the parked one counts, then the one that was never moved: labels tell.
static void copies(void **state)
{
	static const char devices[] = "eth0 up alias=\"vlanbridge port up=1\"\n"
				      "br0 bridge up alias=\"vlanbridge file uplink=eth0 inherit\"\n"
				      "vlbpark0 dummy up alias=\"vlanbridge file uplink=eth0 inherit parking\"\n";
	static const struct {
		const char *entries, *label;
	} cases[] = {
		{"address 192.0.2.5/24 label :b dev br0\n", ":b"},
		{"address 192.0.2.5/24 label :b dev br0\naddress 192.0.2.5/24 label :e dev eth0\n", ":e"},
		{"address 192.0.2.5/24 label :e dev eth0\naddress 192.0.2.5/24 label :b dev br0\n", ":e"},
		{"address 192.0.2.5/24 label :e dev eth0\naddress 192.0.2.5/24 label :p dev vlbpark0\n", ":p"},
		{"address 192.0.2.5/24 label :b dev br0\naddress 192.0.2.5/24 label :p dev vlbpark0\n", ":p"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[1024];
		struct origin o;
		struct host h;

		snprintf(text, sizeof(text), "%s%s", devices, cases[i].entries);
		host_from_text(text, &h);
		assert_int_equal(origin_make(&h, SCOPE_ALL, NULL, &o, NULL), 0);
		assert_int_equal(o.host.entries.count, 1);
		assert_string_equal(o.host.entries.list[0]->devices[0].name, "eth0");
		assert_string_equal(o.host.entries.list[0]->label, cases[i].label);
		origin_free(&o);
		host_free(&h);
	}
}

static void refused(const char *config_text, const char *kernel, const char *message)
{
	struct host h, target = {0};
	struct config c = {0};
	struct origin o = {0};
	struct err e = {0};

	host_from_text(kernel, &h);
	if (config_parse("f", config_text, strlen(config_text), &c, &e))
		fail_msg("%s", e.text);
	assert_int_equal(origin_make(&h, SCOPE_FILE, &c, &o, &e), 0);
	if (!target_make(&o, &c, &target, &e))
		fail_msg("'%s' passed instead of '%s'", config_text, message);
	assert_string_equal(e.text, message);
	assert_int_equal(target.count, 0);
	origin_free(&o);
	config_free(&c);
	host_free(&h);
}

static void refusals(void **state)
{
	static const struct {
		const char *config, *kernel, *message;
	} cases[] = {
		{"bridges=['name=a, uplink=eth0']", "", "f:1: there is no device 'eth0', which is to be a port of a"},
		{"bridges=['name=a, uplink=eth0, vlan=5']", "",
			"f:1: there is no device 'eth0', which is to be the device below VLANs"},
		{"bonds=['name=b, ports=eth0']", "", "f:1: there is no device 'eth0', which is to be a port of b"},
		{"bridges=['name=eth0, uplink=eth0, legacy=yes']", "eth1\n",
			"f:1: there is no device 'eth0' to be renamed peth0"},
		{"bridges=['name=a']", "a kind=veth\n",
			"f:1: 'a' exists already and isn't a bridge (veth): choose another name"},
		{"bridges=['name=a']", "a\n",
			"f:1: 'a' exists already and isn't a bridge (a network card): choose another name"},
		{"bonds=['name=a, ports=eth0']", "eth0\na bridge\n",
			"f:1: 'a' exists already and isn't a bond (bridge): choose another name"},
		{"bridges=['name=a, address=dhcp']", "a bridge\n",
			"f:1: 'a' exists already and isn't vlanbridge's: run the DHCP client on it yourself"},
		{"bonds=['name=a, ports=eth0, mode=802.3ad']", "eth0\na bond mode=balance-rr up\n",
			"f:1: 'a' exists already and isn't vlanbridge's: its mode is balance-rr, 802.3ad is wanted"},
		{"bridges=['name=a, vlan_filtering=yes']", "a bridge\n",
			"f:1: 'a' exists already and isn't vlanbridge's: its vlan_filtering is no, yes is wanted"},
		{"bridges=['name=a, uplink=eth0, vlan=5, vlan_name=v']",
			"eth0\nv vlan link=eth0 id=6 protocol=802.1Q\n",
			"f:1: 'v' exists already and isn't vlanbridge's: its id is 6, 5 is wanted"},
		{"bridges=['name=a, uplink=eth0, vlan=5, vlan_name=v']",
			"eth0\nv vlan link=eth0 id=5 protocol=802.1ad\n",
			"f:1: 'v' exists already and isn't vlanbridge's: its protocol is 802.1ad, 802.1Q is wanted"},
		{"bridges=['name=a, uplink=eth0, vlan=5, vlan_name=v']",
			"eth0\neth1\nv vlan link=eth1 id=5 protocol=802.1Q\n",
			"f:1: 'v' exists already, but on eth1 instead of eth0"},
		{"bridges=['name=a, uplink=eth0, vlan=5']", "eth0\nv vlan link=eth0 id=5 protocol=802.1Q\n",
			"f:1: VLAN 5 of eth0 exists already as 'v', which vlanbridge didn't make: say vlan_name=v to "
			"use it"},
		{"bridges=['name=a, uplink=eth0, vlan=5, vlan_name=v']", "eth0\neth1 altname=eth0.5\n",
			"f:1: 'eth0.5' is the name of another device already"},
		{"bridges=['name=a']", "eth0 altname=a\n",
			"f:1: 'a' exists already and isn't a bridge (a network card): choose another name"},
		{"bridges=['name=a, uplink=eth0']", "eth0 master=b\nb bridge\n",
			"f:1: eth0 can't become a port of a: it is a port of b, which vlanbridge didn't make; take it "
			"out there first"},
		{"bridges=['name=a, uplink=eth0, vlan=5']\nvlans=['link=eth0, vlan=6']",
			"eth0 master=b\nb bridge\neth0.5 vlan link=eth0 id=5 protocol=802.1Q master=b\n",
			"f:1: eth0.5 can't become a port of a: it is a port of b, which vlanbridge didn't make; take "
			"it out there first"},
		{"bridges=['name=a, uplink=eth0']", "eth0 master=b\nb bond\n",
			"f:1: eth0 can't become a port of a: it is a port of b, which vlanbridge didn't make; take it "
			"out there first"},
		{"bridges=['name=a, uplink=b']", "b bridge\n", "f:1: b is a bridge itself: it can't be a port of a"},
		{"bridges=['name=a, uplink=eth0']", "eth0\neth1 master=a\na bridge\n",
			"f:1: eth0 and eth1 can't both be uplinks of a: that would join their networks"},
		{"bridges=['name=a, uplink=eth0, address=none']", "eth0 up\naddress 192.0.2.5/24 dev eth0\n",
			"f:1: eth0 has addresses or routes (192.0.2.5/24), which dom0 would lose when it becomes a "
			"port of a: take them away first, or say address=inherit"},
		{"bridges=['name=a, uplink=eth0, address=dhcp']", "eth0 up\nroute 10.0.0.0/8 dev eth0\n",
			"f:1: eth0 has addresses or routes (10.0.0.0/8), which dom0 would lose when it becomes a port "
			"of a: take them away first, or say address=inherit"},
		{"bridges=['name=a, uplink=eth0, address=192.0.2.6/24']", "eth0 up\naddress 192.0.2.5/24 dev eth0\n",
			"f:1: eth0 has addresses or routes (192.0.2.5/24), which dom0 would lose when it becomes a "
			"port of a: take them away first, or say address=inherit"},
		{"bridges=['name=a, uplink=eth0, tagged=5, address=192.0.2.5/24']",
			"eth0 up\naddress 192.0.2.5/24 dev eth0\n",
			"f:1: eth0 has addresses or routes (192.0.2.5/24), which dom0 would lose when it becomes a "
			"port of a: take them away first, or say address=inherit"},
		{"bridges=['name=a, uplink=eth0']", "eth0 up\na bridge\naddress 192.0.2.5/24 dev eth0\n",
			"f:1: eth0 has addresses or routes, and a isn't vlanbridge's: what moved there could never be "
			"told from its own; move it yourself first"},
		{"bonds=['name=b, ports=eth0 eth1']",
			"eth0 up\neth1 up\naddress 192.0.2.5/24 dev eth0\naddress 198.51.100.5/24 dev eth1\n",
			"f:1: eth0 and eth1 both have addresses or routes, and become ports of b: only one port's can "
			"move there; take the others away first"},
		{"bridges=['name=a, uplink=eth0']", "eth0 up\nroute 10.0.0.0/8 via 192.0.2.1 nhid 7 dev eth0\n",
			"f:1: the route 10.0.0.0/8 via 192.0.2.1 goes through a nexthop object of eth0, which can't be "
			"moved to a: replace it by a plain route first"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=10.0.0.9']",
			"eth0 up\nroute default via 192.0.2.1 dev eth0\n",
			"f:1: gateway= of a: there is a default route already, default via 192.0.2.1 dev eth0; take it "
			"away first"},
		{"bridges=['name=a, address=fd00::1/64, gateway=fd00::9']",
			"eth0 up\nroute default via fe80::1 dev eth0\n",
			"f:1: gateway= of a: there is a default route already, default via fe80::1 dev eth0; take it "
			"away first"},
		{"bonds=['name=b, ports=eth0, address=10.0.0.1/24']\nbridges=['name=a, uplink=b, address=none']",
			"eth0\n",
			"f:1: b has address=, and is a port of a, where it couldn't be reached: say address= there"},
		{"bridges=['name=a, uplink=eth0, mtu=9000']", "eth0 max_mtu=8999\n",
			"f:1: mtu=9000 is above the 8999 that eth0 can take"},
		{"bonds=['name=b, ports=eth0 eth1, mtu=9000']", "eth0\neth1 max_mtu=1500\n",
			"f:1: mtu=9000 is above the 1500 that eth1 can take"},
		{"bridges=['name=a, uplink=eth0, vlan=5, mtu=1501']", "eth0\n",
			"f:1: mtu=1501 of VLAN 5 (eth0.5) is above the 1500 of eth0: set mtu=1501 there too"},
		{"bridges=['name=a, uplink=eth0, mtu=1000']", "eth0 up\naddress 2001:db8::5/64 dev eth0\n",
			"f:1: a would have mtu=1000, and has 2001:db8::5/64: IPv6 needs an MTU of at least 1280"},
		{"bridges=['name=a, uplink=eth0, mtu=1000']",
			"eth0 up\neth0.7 vlan link=eth0 id=7 up\nroute 2001:db8::/32 via 2001:db8:1::1 dev eth0.7\n",
			"eth0.7 would have mtu=1000, and has 2001:db8::/32 via 2001:db8:1::1: IPv6 needs an MTU of at "
			"least 1280"},
		{"bridges=['name=a']", "b bond alias=\"vlanbridge file\"\nb.5 vlan link=b id=5\n",
			"b can't be removed: b.5, which isn't vlanbridge's, stands on it; remove that first"},
		{"bridges=['name=a']",
			"b bond alias=\"vlanbridge file\"\nb.5 vlan link=b id=5 alias=\"vlanbridge args\"\n",
			"b can't be removed: b.5, which belongs to another stack of vlanbridge's, stands on it; remove "
			"that first"},
		{"bonds=['name=a, ports=eth0']", "eth0\na bridge alias=\"vlanbridge file\"\na.5 vlan link=a id=5\n",
			"a can't be removed: a.5, which isn't vlanbridge's, stands on it; remove that first"},
		{"bridges=['name=eth0, uplink=eth0, legacy=yes']", "eth0 bond alias=\"vlanbridge args\"\n",
			"f:1: there is no device 'eth0' to be renamed peth0"},
		{"bridges=['name=a, uplink=eth0']",
			"eth0 "
			"alias="
			"\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n",
			"f:1: eth0: the alias 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' leaves no room for our mark "
			"(262 bytes of 255): shorten it"},
		{"bridges=['name=a, uplink=eth0']",
			"eth0 master=b alias=\"vlanbridge port up=1\"\nb bridge alias=\"vlanbridge args "
			"uplink=eth0\"\n",
			"f:1: eth0 can't become a port of a: it is a port of b, which another command made; first run "
			"network-vlanbridge stop bridge=b"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		refused(cases[i].config, cases[i].kernel, cases[i].message);
}

// What a plan does when the NIC, or what a rollback is to give back, isn't there any more.
static void plan_is(const char *current_text, const char *target_text, const char *steps)
{
	struct host current, target;
	struct plan p;
	struct err e;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	host_from_text(current_text, &current);
	host_from_text(target_text, &target);
	if (plan_make(&current, &target, &p, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < p.count; i++) {
		step_print(f, &p.steps[i]);
		fputc('\n', f);
	}
	fclose(f);
	assert_string_equal(text, steps);
	free(text);
	plan_free(&p);
	host_free(&current);
	host_free(&target);
}

static void rollbacks(void **state)
{
	(void)state;
	// eth1 was unplugged meanwhile
	plan_is("eth0 up alias=\"vlanbridge port up=1\"\n", "eth0 up\neth1 up\naddress 192.0.2.5/24 dev eth1\n",
		"set eth0 alias=\"\"\n");
	plan_is("br0 bridge up alias=\"vlanbridge file\"\nvif1.0 up master=br0\n",
		"br0 bridge up alias=\"vlanbridge file\"\nvif1.0 up master=br0 isolated\n", "");
	plan_is("bond0 bond mac=52:54:00:00:00:01 alias=\"vlanbridge file uplink=eth0 inherit\" up\n"
		"eth1 up mac=52:54:00:00:00:01 master=bond0 alias=\"vlanbridge port up=1\"\n",
		"bond0 bond mac=52:54:00:00:00:01 alias=\"vlanbridge file uplink=eth1 inherit\" up\n"
		"eth1 up mac=52:54:00:00:00:01 master=bond0 alias=\"vlanbridge port up=1\"\n",
		"set bond0 bond alias=\"vlanbridge file uplink=eth1 inherit\"\n");
	// The mark names the next port before that one leaves, too.
	plan_is("bond0 bond mode=active-backup mac=52:54:00:00:00:01 alias=\"vlanbridge file uplink=eth0 inherit\" up\n"
		"eth1 up mac=52:54:00:00:00:01 master=bond0 alias=\"vlanbridge port up=1\"\n"
		"eth2 up mac=52:54:00:00:00:01 master=bond0 alias=\"vlanbridge port up=1\"\n"
		"address 192.0.2.5/24 dev bond0\n",
		"bond0 bond mode=active-backup mac=52:54:00:00:00:01 alias=\"vlanbridge file\" up\n"
		"eth1 up mac=52:54:00:00:00:01\n"
		"eth2 up mac=52:54:00:00:00:01 master=bond0 alias=\"vlanbridge port up=1\"\n"
		"address 192.0.2.5/24 dev eth1\n",
		"set bond0 bond alias=\"vlanbridge file uplink=eth1 inherit\"\n"
		"set eth1 nomaster\n"
		"set eth1 up\n"
		"add address 192.0.2.5/24 dev eth1\n"
		"delete address 192.0.2.5/24 dev bond0\n"
		"set eth1 alias=\"\"\n"
		"set bond0 bond alias=\"vlanbridge file\"\n");
}

// What dom0 had before us and hasn't got now is a loss, if it is on a device that we had to do with.
static void losses(void **state)
{
#define ADDRESS "address 192.0.2.5/24 dev eth0\n"
#define LOST "address 192.0.2.5/24 dev eth0 was lost on the way"
#define PORT " alias=\"vlanbridge port up=1\"\n"
#define OURS " bridge alias=\"vlanbridge file\"\n"
#define HOPS "route 203.0.113.0/24 dev eth1 dev eth0\n"
	static const struct {
		const char *origin, *after, *before, *now, *message;
	} cases[] = {
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0" PORT, "eth0 up\n", LOST},
		{"eth0 up\n" ADDRESS, "eth0 up\n" ADDRESS, "eth0" PORT, "eth0 up\n", NULL},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 up\n", "eth0" PORT, LOST},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 up\n", "eth0 up\n", NULL},
		// it comes and goes
		{"eth0 up\n" ADDRESS, "eth0 up\n", "", "eth0 up\n", LOST},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 up\n", "", LOST},
		{"eth0 up\n" ADDRESS, "", "eth0" PORT, "", NULL},
		// by its master, or the device below
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 up master=br0\nbr0" OURS, "eth0 up\n", LOST},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 up master=br0\nbr0 bridge\n", "eth0 up\n", NULL},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 vlan link=e id=5 up\ne" PORT, "eth0 up\n", LOST},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 vlan link=e id=5 up\ne up\n", "eth0 up\n", NULL},
		{"eth0 up\n" ADDRESS, "eth0 up\n", "eth0 vlan link=e id=5 up\ne up master=b\nb" OURS, "eth0 up\n",
			LOST},
		// what changes by itself
		{"eth0 up\naddress 192.0.2.5/24 volatile dev eth0\n", "eth0 up\n", "eth0" PORT, "eth0 up\n", NULL},
		{"eth0 up\naddress fe80::1:ff:fe00:1/64 dev eth0\n", "eth0 up\n", "eth0" PORT, "eth0 up\n", NULL},
		// any of several next hops; a dead one isn't read again
		{"eth0 up\neth1 up\n" HOPS, "eth0 up\neth1 up\n", "eth0" PORT "eth1 up\n", "eth0 up\neth1 up\n",
			"route 203.0.113.0/24 dev eth1 dev eth0 was lost on the way"},
		{"eth0 up\neth1 up\n" HOPS, "eth0 up\neth1 up\n", "eth0 up\neth1 up\n", "eth0 up\neth1 up\n", NULL},
		{"eth0 up\neth1 up\n" HOPS, "eth0 up\neth1 up\n", "eth0" PORT "eth1 up\n", "eth0 up\neth1\n", NULL},
		{"eth0\n" ADDRESS, "eth0\n", "eth0" PORT, "eth0\n", LOST},
		// rules and others of no device are nobody's
		{"rule 100: from all lookup 5\n", "", "", "", NULL},
		// the first of them is told
		{"eth1 up\neth0 up\naddress 192.0.2.6/24 dev eth1\n" ADDRESS, "eth0 up\neth1 up\n",
			"eth0" PORT "eth1 up\n", "eth0 up\neth1 up\n", LOST},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct host hosts[4];
		struct err e = {0};
		int r;

		host_from_text(cases[i].origin, &hosts[0]);
		host_from_text(cases[i].after, &hosts[1]);
		host_from_text(cases[i].before, &hosts[2]);
		host_from_text(cases[i].now, &hosts[3]);
		r = loss_refuse(&hosts[0], &hosts[1], &hosts[2], &hosts[3], &e);
		if (r != (cases[i].message ? -EIO : 0))
			fail_msg("case %zu: %d", i, r);
		assert_string_equal(e.text, cases[i].message ? cases[i].message : "");
		for (size_t n = 0; n < 4; n++)
			host_free(&hosts[n]);
	}
}

int test_target(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(homes), cmocka_unit_test(losses), cmocka_unit_test(copies),
		cmocka_unit_test(refusals), cmocka_unit_test(rollbacks)};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
