// SPDX-License-Identifier: ISC
// The configuration: what a file means, and the sentence for each way to get it wrong.
#include "tests.h"

#include "allocations.h"
#include "kernel_text.h"
#include "network-vlanbridge/config.h"
#include "network-vlanbridge/config_item.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void means(void **state)
{
	static const char text[] = "# LAN\nbonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, mtu=9000' ]\n"
				   "bridges = [\n'name=br{vlan}, uplink=bond0, vlan=900-902, "
				   "vlan_name=vlan{vlan}',\n]\n";
	struct config t = {0};
	const struct config_device *d;

	(void)state;
	assert_int_equal(config_parse("f", text, sizeof(text) - 1, &t, NULL), 0);
	d = config_find(&t, "bond0.901");
	assert_non_null(d);
	assert_string_equal(d->link.name, "vlan901");
	assert_string_equal(d->link.master.name, "br901");
	assert_int_equal(d->line, 4);
	d = config_find(&t, "eth1");
	assert_non_null(d);
	assert_false(d->create);
	assert_string_equal(d->link.master.name, "bond0");
	assert_int_equal(config_find(&t, "bond0")->link.mtu, 9000);
	assert_int_equal(t.count, 3 + 2 * 3);
	config_free(&t);
}

// Not a byte behind the text is read, which sanitizers see.
static int parse(const char *text, struct config *ret, struct err *e)
{
	size_t size = strlen(text);
	char *copy = malloc(size);
	int r;

	memcpy(copy, text, size);
	r = config_parse("f", copy, size, ret, e);
	free(copy);
	return r;
}

struct refusal {
	const char *text, *message; // what the message starts with
};

static void refuse_all(const struct refusal *cases, size_t count)
{
	struct err e;

	for (size_t i = 0; i < count; i++) {
		struct config t = {0};

		e = (struct err){0};
		if (!parse(cases[i].text, &t, &e))
			fail_msg("'%s' passed instead of '%s'", cases[i].text, cases[i].message);
		if (strncmp(e.text, cases[i].message, strlen(cases[i].message)))
			fail_msg("'%s' gave '%s' instead of '%s'", cases[i].text, e.text, cases[i].message);
		assert_int_equal(t.count, 0);
		assert_int_equal(t.entries.count, 0);
	}
}

#define REFUSE_ALL(cases) refuse_all(cases, sizeof(cases) / sizeof(*(cases)))

static void accept(const char *text, struct config *ret)
{
	struct err e = {0};

	*ret = (struct config){0};
	if (parse(text, ret, &e))
		fail_msg("'%s' gave '%s'", text, e.text);
}

static void accept_all(const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct config t;

		accept(texts[i], &t);
		config_free(&t);
	}
}

#define ACCEPT_ALL(texts) accept_all(texts, sizeof(texts) / sizeof(*(texts)))

static void refuses_items(void **state)
{
	static const struct refusal cases[] = {
		{"bridges=['name=a, uplink=b, vlan=4095']", "f:1: vlan: VLAN 4095 in '4095' is outside 1-4094"},
		{"\n\nbridges=['name=a, colour=red']", "f:3: unknown key 'colour' for a bridge"},
		{"bridges=['uplnk=x, vlan=5']", "f:1: unknown key 'uplnk' for a bridge"},
		{"bonds=['name=b, prots=eth0']", "f:1: unknown key 'prots' for a bond"},
		{"vlans=['lnk=eth0']", "f:1: unknown key 'lnk' for a VLAN"},
		{"bonds=['name=b, stp=yes, ports=eth0']", "f:1: unknown key 'stp' for a bond"},
		{"bridges=['uplink=b']", "f:1: key 'name' is missing"},
		{"bonds=['ports=eth0']", "f:1: key 'name' is missing"},
		{"bonds=['name=b']", "f:1: bond 'b' has no ports="},
		{"bonds=['name=b, ports=+']", "f:1: ports=+ has no device"},
		{"vlans=['vlan=5']", "f:1: key 'link' is missing"},
		{"vlans=['link=eth0']", "f:1: key 'vlan' is missing"},
		{"vlans=['link=eth0, vlan=5-6']", "f:1: vlan=5-6: it must be a number from 1 to 4094"},
		{"vlans=['link=eth0, vlan=5, proto=ad']", "f:1: proto=ad: it must be 802.1Q or 802.1ad"},
		{"bonds=['name=b, ports=eth0, mode=lacp']", "f:1: mode=lacp: it must be balance-rr, "},
		{"bonds=['name=b, ports=eth0, mtu=9000x']", "f:1: mtu=9000x: it must be a number from 68 to 65535"},
		{"bonds=['name=b, ports=eth0, mac=01:00:00:00:00:01']", "f:1: mac=01:00:00:00:00:01 is a multicast"},
		{"bonds=['name=b, ports=eth0, mac=01']", "f:1: mac=01 is no MAC address like 52:54:00:12:34:56"},
		{"bonds=['name=b, ports=eth0, mac=00:00:00:00:00:00']",
			"f:1: mac=00:00:00:00:00:00: the kernel doesn't take this address"},
		{"bonds=['name=b, ports=eth0, mtu=67']", "f:1: mtu=67: it must be a number from 68 to 65535"},
		{"bonds=['name=b, ports=eth0, mtu=65536']", "f:1: mtu=65536: it must be a number from 68 to 65535"},
		{"bridges=['name=a, uplink=b, tagged=5x']", "f:1: tagged: VLAN list: '5x' has 'x' after the number"},
		{"vlans=['link=eth0, vlan=5','link=eth0, vlan=5, name=x']",
			"f:1: VLAN 5 of eth0 is 'eth0.5' already (line 1)"},
		{"vlans=['link=eth0, vlan=5 , name= lo ,, ']", "f:1: name=lo: that name is reserved"},
		{"vlans=['link=eth0, vlan=0']", "f:1: vlan=0: it must be a number from 1 to 4094"},
		{"vlans=['link=eth0, vlan=4095']", "f:1: vlan=4095: it must be a number from 1 to 4094"},
		{"bonds=['name=b, name=c, ports=eth0']", "f:1: 'name' is given twice"},
		{"bonds=['name=b, ports']", "f:1: 'ports' is no key=value pair"},
		{"bonds=['name=b, ports=']", "f:1: ports= has no value"},
		{"bridges=['name=b, address=']", "f:1: address= has no value"},
		{"bridges=['name=b, address=+']", "f:1: address=+ has no address"},
		{"bonds=['name=b, ports=eth0', ['x']]", "f:1: item 2 of 'bonds' is no string"},
		{"bridges=['name=a, uplink=b, vlan=1-7']", "f:1: name=a is for one bridge"},
		{"bridges=['name=br{vlan}, uplink=b']",
			"f:1: name=br{vlan}: {vlan} can be there once, and only with vlan="},
		{"bridges=['name=b{vlan}{vlan}, uplink=b, vlan=1']",
			"f:1: name=b{vlan}{vlan}: {vlan} can be there once"},
		{"bridges=['name=a, vlan=7']", "f:1: vlan=7 needs an uplink="},
		{"bridges=['name=a, uplink=b, vlan_name=v']", "f:1: vlan_name=v needs vlan="},
		{"bridges=['name=a, uplink=b, demand=yes']", "f:1: demand=yes is for VLANs"},
		{"bridges=['name=a, uplink=b, vlan=5, tagged=6']", "f:1: tagged=6 and vlan= exclude each other"},
		{"bridges=['name=a, uplink=b, tagged=6, vlan_filtering=no']",
			"f:1: tagged= makes the bridge VLAN-aware"},
		{"bridges=['name=a, uplink=b, isolated=1']", "f:1: isolated=1: it must be yes or no"},
		{"bridges=['name=a, uplink=b, nf_call=ebtables']", "f:1: nf_call=ebtables: it must be no, iptables, "},
	};

	(void)state;
	REFUSE_ALL(cases);
}

static void refuses_text(void **state)
{
	static const struct refusal cases[] = {
		{"bonds='name=b, ports=eth0'", "f:1: 'bonds' must be a list"},
		{"bridge=['name=a']", "f:1: 'bridge' is unknown: there are bonds, bridges"},
		{"Bridges=['name=a']", "f:1: 'Bridges' is unknown"},
		{"bridges.1=['name=a']", "f:1: 'bridges.1' is unknown"},
		{"bridges=[]; bonds. = []", "f:1: 'bonds.' is unknown"},
		{"bridges=['name=a']\n\nbridges=['name=b']", "f:3: 'bridges' is assigned twice, here and in line 1"},
		{"bridges=['name=a']\nbridges+=['name=b']", "f:2: 'bridges' is assigned twice, here and in line 1"},
		{"wait=1\nbonds=[]\nwait=2", "f:3: 'wait' is assigned twice, here and in line 1"},
		{"bridges=['name=a'", "f:1: "},
		{"bridges=['name=a', b]", "f:1: 'b' is no value: a string has quotes"},
		{"wait=x", "f:1: 'x' is no value"},
		{"bridges=[]\nwait=0x10", "f:2: wait=0x10: it must be a decimal number of seconds from 0 to 600"},
		{"bridges=[]\nwait=601", "f:2: wait=601: it must be a decimal number of seconds from 0 to 600"},
		{"bridges=[]\nwait=[]", "f:2: wait=[…]: it must be a decimal number"},
		{"bridges=['name=a\n']", "f:1: the string isn't closed in its line: ' is missing"},
		{"bridges=['name=a\\x00']", "f:1: a backslash isn't allowed in a string"},
		{"\nbridges=[$]", "f:2: character '$' isn't allowed outside of strings"},
		{"bridges=['name=a']\r\n", "f:1: carriage return: save the file with Unix line ends"},
		{"", "f: there are no bonds, bridges or vlans in it"},
		{"\n \t\n", "f: there are no bonds, bridges or vlans in it"},
		{"# bridges=['name=a']", "f: there are no bonds, bridges or vlans in it"},
		{"wait=5", "f: there are no bonds, bridges or vlans in it"},
	};
	static const char nul[] = "bridges=['name=a\0, uplink=b']", nul_comment[] = "bridges=[]\n#\0";
	struct config t = {0};
	struct err e;

	(void)state;
	REFUSE_ALL(cases);
	assert_int_not_equal(config_parse("f", nul, sizeof(nul) - 1, &t, &e), 0);
	assert_string_equal(e.text, "f:1: byte 0x00 isn't text");
	assert_int_not_equal(config_parse("f", nul_comment, sizeof(nul_comment) - 1, &t, &e), 0);
	assert_string_equal(e.text, "f:2: byte 0x00 isn't text");
}

// Lists and their syntax; nothing is asked for by an empty list, and a comment may be the last line
// without a newline.
static void accepts_text(void **state)
{
	static const char *const texts[] = {"bridges = []", "bonds=[];vlans=[]", "bridges=[] # no newline",
		"# '[\nbridges = [ # ]\n'name=a', # é\n\"name=b\",\n]\n", "bridges+=['name=a']", "wait=0\nbridges=[]"};
	struct config t;

	(void)state;
	ACCEPT_ALL(texts);
	accept("bridges=[]", &t);
	assert_int_equal(t.count, 0);
	assert_int_equal(t.wait, 10);
	config_free(&t);
	accept("wait = '020'\n\nbridges=[\n\n'name=a', 'name=b']", &t);
	assert_int_equal(t.wait, 20);
	assert_int_equal(config_find(&t, "b")->line, 5);
	config_free(&t);
}

static void refuses_names(void **state)
{
	static const struct refusal cases[] = {
		{"bridges=['name=storage123bridge, uplink=b, vlan=5']",
			"f:1: name: interface name 'storage123bridge' has 16"},
		{"bridges=['name=a, uplink=storage123456, vlan=500']",
			"f:1: vlan_name: interface name 'storage123456.500' has 17"},
		{"bridges=['name=lo']", "f:1: name=lo: that name is reserved"},
		{"bridges=['name=a, uplink=lo']", "f:1: uplink=lo: that name is reserved"},
		{"bonds=['name=all, ports=eth0']", "f:1: name=all: that name is reserved"},
		{"bonds=['name=b, ports=eth0 default']", "f:1: ports=default: that name is reserved"},
		{"vlans=['link=eth0, vlan=5, name=-x']", "f:1: name=-x: a name can't start with '-'"},
		{"bridges=['name=a, uplink=eth0, vlan=5, vlan_name=all']", "f:1: vlan_name=all: that name is reserved"},
		{"bridges=['name=a, uplink=b, vlan=5','name=a, uplink=b, vlan=6']",
			"f:1: 'a' is defined twice (line 1)"},
		{"bridges=['name=a, uplink=b, vlan=5',\n\n'name=c, uplink=b, vlan=5, "
		 "vlan_name=x5']",
			"f:3: VLAN 5 of b is in bridge 'a' already (line 1)"},
		{"bridges=['name=a, uplink=b, vlan=5']\nvlans=['link=b, vlan=5, name=x']",
			"f:2: VLAN 5 of b is in bridge 'a' already (line 1)"},
		{"bridges=['name=a, uplink=eth0.5']\nvlans=['link=eth0, vlan=5, name=x']",
			"f:2: VLAN 5 of eth0 is called 'x' here, and 'eth0.5' elsewhere (line 1): "
			"use one name"},
	};

	(void)state;
	REFUSE_ALL(cases);
}

static void refuses_stacks(void **state)
{
	static const struct refusal cases[] = {
		{"bonds=['name=b0, ports=eth0 eth1',\n'name=b1, ports=eth1 eth2']",
			"f:2: eth1 can't be a port of b1: it is one of b0 already (line 1)"},
		{"bonds=['name=b0, ports=eth0']\nbridges=['name=a, uplink=b0',\n'name=c, "
		 "uplink=b0']",
			"f:3: b0 can't be a port of c: it is one of a already (line 2)"},
		{"bonds=['name=b, ports=eth0']\nbridges=['name=a, uplink=eth0, vlan=7']",
			"f:2: VLAN 7 of eth0: eth0 is a port of b (line 1), which has the VLANs"},
		{"bonds=['name=b, ports=eth0']\nvlans=['link=eth0, vlan=7']",
			"f:2: VLAN 7 of eth0: eth0 is a port of b (line 1), which has the VLANs"},
		{"bridges=['name=br0, uplink=br0']", "f:1: bridge br0 can't be its own uplink"},
		{"bridges=['name=br0, uplink=br0, vlan=5']", "f:1: bridge br0 can't be its own uplink"},
		{"bonds=['name=b, ports=eth0 b']", "f:1: b can't be a port of itself"},
		{"vlans=['link=x, vlan=5, name=x']", "f:1: VLAN 5 of x can't be called like the device below it"},
		{"bridges=['name=br0, uplink=br1',\n'name=br1']", "f:1: uplink br1 of bridge 'br0' is a bridge"},
		{"bridges=['name=br1',\n'name=br0, uplink=br1']", "f:2: uplink br1 of bridge 'br0' is a bridge"},
		{"bridges=['name=br0, uplink=br1','name=br1, uplink=br0']", "f:1: a device can't stand on itself: br"},
		{"bonds=['name=b, ports=a']\nbridges=['name=a, uplink=b']",
			"f:1: a device can't stand on itself: b over a over b"},
		{"bridges=['name=a, uplink=a.5']\nvlans=['link=a, vlan=5']",
			"f:1: a device can't stand on itself: a over a.5 over a"},
		{"bonds=['name=x, ports=y','name=y, ports=x']", "f:1: a device can't stand on itself: "},
		{"vlans=['link=e,vlan=9,name=v9','link=v9,vlan=1,name=v1','link=v1,vlan=1,name=v2',"
		 "'link=v2,vlan=1,name=v3',"
		 "'link=v3,vlan=1,name=v4','link=v4,vlan=1,name=v5','link=v5,vlan=1,name=v6','link="
		 "v6,vlan=1,name=v7']",
			"f:1: more than 8 devices stand on each other: v7 over v6 over v5 over v4 over v3 over v2 over "
			"v1 "
			"over v9 over e"},
		{"vlans=['link=eeeeeeeeeeeeee0, vlan=1, name=vvvvvvvvvvvvvv1','link=vvvvvvvvvvvvvv1, vlan=1, "
		 "name=vvvvvvvvvvvvvv2','link=vvvvvvvvvvvvvv2, vlan=1, name=vvvvvvvvvvvvvv3',"
		 "'link=vvvvvvvvvvvvvv3, vlan=1, name=vvvvvvvvvvvvvv4','link=vvvvvvvvvvvvvv4, vlan=1, "
		 "name=vvvvvvvvvvvvvv5','link=vvvvvvvvvvvvvv5, vlan=1, name=vvvvvvvvvvvvvv6',"
		 "'link=vvvvvvvvvvvvvv6, vlan=1, name=vvvvvvvvvvvvvv7','link=vvvvvvvvvvvvvv7, vlan=1, "
		 "name=vvvvvvvvvvvvvv8']",
			"f:1: more than 8 devices stand on each other: vvvvvvvvvvvvvv8 over vvvvvvvvvvvvvv7 over "
			"vvvvvvvvvvvvvv6 over vvvvvvvvvvvvvv5 over vvvvvvvvvvvvvv4 over vvvvvvvvvvvvvv3 over "
			"vvvvvvvvvvvvvv2 over vvvvvvvvvvvvvv1 over eeeeeeeeeeeeee0"},
		{"bridges=['name=eth0, uplink=eth1, legacy=yes']",
			"f:1: legacy=yes gives the bridge the name of its uplink"},
		{"bridges=['name=eth0, uplink=eth0, vlan=5, legacy=yes']",
			"f:1: legacy=yes gives the bridge the name of its uplink"},
		{"bonds=['name=b, ports=eth0']\nbridges=['name=eth0, uplink=eth0, legacy=yes']",
			"f:2: legacy=yes renames eth0, which is a port of b (line 1)"},
		{"bonds=['name=b, ports=eth0']\nbridges=['name=b, uplink=b, legacy=yes']",
			"f:2: 'b' is defined twice (line 1)"},
	};
	static const char *const accepted[] = {
		"bridges=['name=xenbr0, uplink=eth0.100, tagged=2-9, "
		"mtu=9000']\nvlans=['link=eth0, vlan=100, proto=802.1ad, mtu=9000']",
		"bridges=['name=br{vlan}, uplink=eth0.100, vlan=5-6, "
		"mtu=9000']\nvlans=['link=eth0, vlan=100, proto=802.1ad, mtu=9000']",
		"bonds=['name=b, ports=eth0.5 eth1.5']\nvlans=['link=eth0, vlan=5','link=eth1, "
		"vlan=5']",
		"bridges=['name=br0, uplink=eth0']\nvlans=['link=br0, vlan=5', 'link=eth0, "
		"vlan=6']",
		"bridges=['name=eth0, uplink=eth0, legacy=yes', 'name=br5, uplink=eth0, vlan=5']",
		"bridges=['name=a, uplink=dummy0, vlan=5', 'name=b, uplink=dummy0, vlan=6', "
		"'name=c, tagged=5']",
		"vlans=['link=e,vlan=9,name=v9','link=v9,vlan=1,name=v1','link=v1,vlan=1,name=v2','"
		"link=v2,vlan=1,name=v3',"
		"'link=v3,vlan=1,name=v4','link=v4,vlan=1,name=v5','link=v5,vlan=1,name=v6']",
	};

	(void)state;
	REFUSE_ALL(cases);
	ACCEPT_ALL(accepted);
}

static void refuses_addresses(void **state)
{
	static const struct refusal cases[] = {
		{"bridges=['name=a, address=10.0.0.1']", "f:1: address: '10.0.0.1' is no address like"},
		{"bridges=['name=a, address=10.0.0.1/0']", "f:1: address: '10.0.0.1/0' is no address like"},
		{"bridges=['name=a, address=10.0.0.1/33']", "f:1: address: '10.0.0.1/33' is no address like"},
		{"bridges=['name=a, address=dhcp+10.0.0.1/24']", "f:1: address: 'dhcp' is no address like"},
		{"bridges=['name=a, address=inherit']", "f:1: address=inherit needs a port whose untagged frames"},
		{"bridges=['name=a, uplink=e, vlan=5, address=inherit']",
			"f:1: address=inherit needs a port whose untagged frames"},
		{"bridges=['name=a, uplink=e, tagged=5, address=inherit']",
			"f:1: address=inherit needs a port whose untagged frames"},
		{"bridges=['name=a, uplink=e, vlan_filtering=yes, vlan_default_pvid=0, "
		 "address=inherit']",
			"f:1: address=inherit needs"},
		{"bridges=['name=a, gateway=10.0.0.9']", "f:1: gateway=10.0.0.9 needs addresses in address="},
		{"bridges=['name=a, address=dhcp, gateway=10.0.0.9']",
			"f:1: gateway=10.0.0.9 needs addresses in address="},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=here']", "f:1: gateway: 'here' is no address"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=10.0.1.9']",
			"f:1: gateway=10.0.1.9 can't be reached: it is in no subnet of "
			"address=10.0.0.1/24"},
		{"bridges=['name=a, address=10.0.0.129/25, gateway=10.0.0.9']",
			"f:1: gateway=10.0.0.9 can't be reached"},
		{"bridges=['name=a, address=10.0.0.1/24 2001:db8::1/128, gateway=10.0.1.9']",
			"f:1: gateway=10.0.1.9 can't be reached"},
		{"bridges=['name=a, address=2001:db8::1/64, gateway=2001:db8:0:1::1']",
			"f:1: gateway=2001:db8:0:1::1 can't be reached"},
		{"bridges=['name=a, address=2001:db8::1/64, gateway=2080::1']",
			"f:1: gateway=2080::1 can't be reached"},
		{"bridges=['name=a, address=2001:db8::1/64, gateway=fec0::1']",
			"f:1: gateway=fec0::1 can't be reached"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=254.128.0.1']",
			"f:1: gateway=254.128.0.1 can't be reached"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=fd00::1']", "f:1: gateway=fd00::1 can't be reached"},
		{"bridges=['name=a, address=10.0.0.1/20, gateway=10.0.16.0']",
			"f:1: gateway=10.0.16.0 can't be reached"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=10.0.0.1']",
			"f:1: gateway=10.0.0.1 is an address of this host"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=10.0.0.8 10.0.0.9']",
			"f:1: a second IPv4 gateway= on a: a has one already (line 1)"},
		{"bridges=['name=a, address=10.0.0.1/24, gateway=10.0.0.9',\n'name=b, "
		 "address=10.0.1.1/24, gateway=10.0.1.9']",
			"f:2: a second IPv4 gateway= on b: a has one already (line 1)"},
		{"bridges=['name=a, address=fd00::1/64, gateway=fd00::9',\n'name=b, "
		 "address=fd01::1/64, gateway=fe80::9']",
			"f:2: a second IPv6 gateway= on b: a has one already (line 1)"},
		{"bridges=['name=a, address=10.0.0.1/24 10.0.0.1/16']", "f:1: a has the address 10.0.0.1 twice"},
		{"bridges=['name=a, address=10.0.0.1/24',\n'name=b, address=10.0.0.1/16']",
			"f:2: b has the address 10.0.0.1, which a has already (line 1)"},
		{"bridges=['name=a, address=fd00::1/64']\nvlans=['link=e, vlan=5, "
		 "address=fd00:0::1/64']",
			"f:2: e.5 has the address fd00::1, which a has already (line 1)"},
		{"bridges=['name=a{vlan}, uplink=e, vlan=5-6, address=10.0.0.1/24']",
			"f:1: a6 has the address 10.0.0.1, which a5 has already (line 1)"},
		{"bridges=['name=a, address=10.0.0.1/24 fd00::1/64, mtu=1000']",
			"f:1: a has mtu=1000 and the address fd00::1/64: IPv6 needs an MTU of at "
			"least 1280"},
		{"bonds=['name=b, ports=e, address=dhcp']\nbridges=['name=a, uplink=b']",
			"f:2: b has address=dhcp, and is a port of bridge 'a': say address=dhcp "
			"for the bridge"},
		{"bridges=['name=a, uplink=e.5']\nvlans=['link=e, vlan=5, address=dhcp']",
			"f:1: e.5 has address=dhcp, and is a port"},
	};
	static const char *const accepted[] = {
		"bridges=['name=a, address=10.0.0.1/32, gateway=192.0.2.1']",
		"bridges=['name=a, address=10.0.0.1/1, gateway=127.0.0.2']",
		"bridges=['name=a, address=fd00::1/128, gateway=fd01::1']",
		"bridges=['name=a, address=fd00::1/64, gateway=fe80::1']",
		"bridges=['name=a, address=10.0.0.1/25 10.0.0.129/25 fd00::1/64, "
		"gateway=10.0.0.254 fd00::9']",
		"bridges=['name=a, address=10.0.0.0/31, gateway=10.0.0.1']",
		"bridges=['name=a, address=10.0.0.1/20, gateway=10.0.15.255']",
		"bridges=['name=a, address=fd00::1/64, gateway=fe80::1']",
		"bridges=['name=a, address=fd00::1/64, gateway=febf::1']",
		"bridges=['name=a, address=fe80::1/64', 'name=b, address=fe80::1/64']",
		"bridges=['name=a, address=10.0.0.1/24, mtu=1000', 'name=b, address=fd00::1/64, "
		"mtu=1280']",
		"bonds=['name=b, ports=e, address=10.0.0.1/24, "
		"gateway=10.0.0.9']\nbridges=['name=a, uplink=b']",
		"bonds=['name=b, ports=e, address=dhcp']\nbridges=['name=a, uplink=b, vlan=5']",
	};

	(void)state;
	REFUSE_ALL(cases);
	ACCEPT_ALL(accepted);
}

static void refuses_mtus(void **state)
{
	static const struct refusal cases[] = {
		{"bonds=['name=b, ports=e, mtu=1500']\nbridges=['name=a, uplink=b, vlan=5, "
		 "mtu=9000']",
			"f:2: mtu=9000 of VLAN 5 is more than that of the device below it: b has "
			"mtu=1500 (line 1)"},
		{"bridges=['name=a, uplink=e, mtu=1500']\nvlans=['link=e, vlan=5, mtu=1501']",
			"f:2: mtu=1501 of VLAN 5 is more than that of the device below it: e has "
			"mtu=1500 (line 1)"},
		{"bridges=['name=a, uplink=e, mtu=1500']\nvlans=['link=a, vlan=5, mtu=1501']",
			"f:2: mtu=1501 of VLAN 5 is more"},
		{"bonds=['name=b, ports=e, mtu=1500']\nbridges=['name=a, uplink=b, mtu=9000']",
			"f:2: mtu=9000 is more than that of its uplink: b has mtu=1500 (line 1)"},
	};
	struct config t;

	(void)state;
	REFUSE_ALL(cases);
	accept("bonds=['name=b, ports=e, mtu=9000']\nbridges=['name=a, uplink=b, vlan=5, "
	       "mtu=1500', 'name=c, uplink=b, vlan=6', 'name=d, uplink=f, mtu=2000']",
		&t);
	assert_int_equal(config_find(&t, "a")->link.mtu, 1500);
	assert_int_equal(config_find(&t, "b.5")->link.mtu, 1500);
	assert_int_equal(config_find(&t, "c")->link.mtu, 9000);
	assert_int_equal(config_find(&t, "b.6")->link.mtu, 9000);
	assert_int_equal(config_find(&t, "f")->link.mtu, 2000);
	config_free(&t);
}

static void refuses_bond_options(void **state)
{
	// What stands behind `name=b, ports=e1 e2, `.
	static const struct refusal cases[] = {
		{"mode=active-backup, miimon=100, arp_interval=100, arp_ip_target=10.0.0.1",
			"f:1: miimon=100 and arp_interval=100 exclude each other"},
		{"mode=active-backup, miimon=100, arp_validate=all", "f:1: arp_validate= needs arp_interval="},
		{"mode=active-backup, arp_interval=100", "f:1: arp_interval=100 needs arp_ip_target="},
		{"mode=802.3ad, arp_interval=0",
			"f:1: arp_interval=0 is for mode balance-rr, active-backup, balance-xor, "
			"broadcast, and the bond has mode 802.3ad"},
		{"mode=balance-tlb, arp_ip_target=10.0.0.1", "f:1: arp_ip_target=10.0.0.1 is for mode"},
		{"mode=balance-alb, arp_validate=none", "f:1: arp_validate=none is for mode"},
		{"mode=802.3ad, missed_max=3", "f:1: missed_max=3 is for mode"},
		{"mode=802.3ad, arp_all_targets=any", "f:1: arp_all_targets=any is for mode"},
		{"lacp_rate=fast", "f:1: lacp_rate=fast is for mode 802.3ad, and the bond has mode "
				   "balance-rr"},
		{"mode=balance-xor, lacp_active=on", "f:1: lacp_active=on is for mode 802.3ad, and "
						     "the bond has mode balance-xor"},
		{"mode=balance-xor, ad_select=count", "f:1: ad_select=count is for mode 802.3ad"},
		{"mode=balance-xor, ad_actor_sys_prio=1", "f:1: ad_actor_sys_prio=1 is for mode 802.3ad"},
		{"mode=balance-xor, ad_actor_system=02:00:00:00:00:01",
			"f:1: ad_actor_system=02:00:00:00:00:01 is for mode 802.3ad"},
		{"mode=802.3ad, ad_actor_system=03:00:00:00:00:01",
			"f:1: ad_actor_system=03:00:00:00:00:01 is a multicast address"},
		{"mode=balance-xor, ad_user_port_key=1", "f:1: ad_user_port_key=1 is for mode 802.3ad"},
		{"mode=802.3ad, primary=e1",
			"f:1: primary=e1 is for mode active-backup, balance-tlb, balance-alb, and"},
		{"mode=active-backup, primary=e3", "f:1: primary=e3 isn't among ports=e1 e2"},
		{"mode=802.3ad, tlb_dynamic_lb=1", "f:1: tlb_dynamic_lb=1 is for mode balance-tlb, balance-alb, and"},
		{"mode=802.3ad, packets_per_slave=1", "f:1: packets_per_slave=1 is for mode balance-rr, and"},
		{"updelay=100", "f:1: updelay=100 needs miimon="},
		{"mode=active-backup, downdelay=0", "f:1: downdelay=0 needs miimon="},
		{"mode=802.3ad, miimon=0, peer_notif_delay=100", "f:1: peer_notif_delay=100 needs miimon="},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct refusal one = {text, cases[i].message};

		snprintf(text, sizeof(text), "bonds=['name=b, ports=e1 e2, %s']", cases[i].text);
		refuse_all(&one, 1);
	}
}

static void takes_bond_options(void **state)
{
	static const char *const accepted[] = {
		"bonds=['name=b, ports=e, mode=active-backup, arp_interval=100, "
		"arp_ip_target=10.0.0.1, arp_validate=all, missed_max=3']",
		"bonds=['name=b, ports=e, mode=active-backup, miimon=0, arp_interval=100, "
		"arp_ip_target=10.0.0.1']",
		"bonds=['name=b, ports=e f, mode=balance-alb, primary=f, tlb_dynamic_lb=0']",
		"bonds=['name=b, ports=e, packets_per_slave=4, miimon=50']",
		"bonds=['name=b, ports=e, mode=4, lacp_rate=1, ad_select=1, ad_actor_sys_prio=9, "
		"ad_actor_system=02:00:00:00:00:01, ad_user_port_key=4']",
	};
	struct config t;
	const struct bond *b;

	(void)state;
	ACCEPT_ALL(accepted);
	// In steps of miimon, which is 100 in these modes unless it is given.
	accept("bonds=['name=b, ports=e, miimon=50, updelay=120, downdelay=100, "
	       "peer_notif_delay=49', 'name=c, ports=f, mode=802.3ad, updelay=250']",
		&t);
	b = &config_find(&t, "b")->link.bond;
	assert_int_equal(b->updelay, 100);
	assert_int_equal(b->downdelay, 100);
	assert_int_equal(b->peer_notif_delay, 0);
	assert_int_equal(config_find(&t, "c")->link.bond.updelay, 200);
	config_free(&t);
	// The target drops a primary port that is missing.
	accept("bonds=['name=b, ports=e f, optional=yes, mode=active-backup, primary=f']", &t);
	assert_string_equal(config_find(&t, "b")->link.bond.primary.name, "f");
	assert_true(config_find(&t, "f")->optional);
	assert_false(config_find(&t, "b")->optional);
	config_free(&t);
}

static void checks_forward_delay(void **state)
{
	static const struct refusal cases[] = {
		{"bridges=['name=a, stp=yes, forward_delay=0']",
			"f:1: forward_delay=0: with stp=yes it must be from 200 to 3000"},
		{"bridges=['name=a, forward_delay=199, stp=yes']",
			"f:1: forward_delay=199: with stp=yes it must be from 200 to 3000"},
		{"bridges=['name=a, forward_delay=3001']",
			"f:1: forward_delay=3001: it must be a number from 0 to 3000"},
	};
	static const struct {
		const char *text;
		uint32_t delay;
	} accepted[] = {
		{"bridges=['name=a']", 0},
		{"bridges=['name=a, stp=yes']", 1500},
		{"bridges=['name=a, stp=yes, forward_delay=200']", 200},
		{"bridges=['name=a, forward_delay=199']", 199},
	};

	(void)state;
	REFUSE_ALL(cases);
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		struct config t;

		accept(accepted[i].text, &t);
		assert_int_equal(config_find(&t, "a")->link.bridge.forward_delay, accepted[i].delay);
		config_free(&t);
	}
}

// What dom0 has on a device, and whether it could be what the port has.
static void policies(void **state)
{
	static const struct {
		const char *text;
		enum address_policy policy;
		bool can_inherit;
		uint32_t addr_gen;
	} cases[] = {
		{"bridges=['name=a']", ADDRESS_NONE, false, LINK_ADDR_GEN_NONE},
		{"bridges=['name=a, uplink=e']", ADDRESS_INHERIT, true, LINK_ADDR_GEN_NONE},
		{"bridges=['name=a, uplink=e, address=none']", ADDRESS_NONE, true, LINK_ADDR_GEN_NONE},
		{"bridges=['name=a, uplink=e, address=dhcp']", ADDRESS_DHCP, true, 0},
		{"bridges=['name=a, uplink=e, address=10.0.0.1/24']", ADDRESS_LIST, true, 0},
		{"bridges=['name=a, uplink=e, vlan=5']", ADDRESS_NONE, false, LINK_ADDR_GEN_NONE},
		{"bridges=['name=a, uplink=e, tagged=5']", ADDRESS_NONE, false, LINK_ADDR_GEN_NONE},
		{"bridges=['name=a, uplink=e, tagged=5, vlan_default_pvid=7']", ADDRESS_INHERIT, true,
			LINK_ADDR_GEN_NONE},
		{"bridges=['name=a, uplink=e, vlan_filtering=yes']", ADDRESS_INHERIT, true, LINK_ADDR_GEN_NONE},
		{"bonds=['name=a, ports=e']", ADDRESS_INHERIT, true, LINK_ADDR_GEN_NONE},
		{"bonds=['name=a, ports=e, address=dhcp']", ADDRESS_DHCP, true, 0},
		{"vlans=['link=e, vlan=5, name=a']", ADDRESS_NONE, false, LINK_ADDR_GEN_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct config_device *d;
		struct config t;

		accept(cases[i].text, &t);
		d = config_find(&t, "a");
		if (d->policy != cases[i].policy || d->can_inherit != cases[i].can_inherit ||
			d->link.addr_gen != cases[i].addr_gen)
			fail_msg("%s: policy %d, can_inherit %d, addr_gen %u", cases[i].text, d->policy, d->can_inherit,
				d->link.addr_gen);
		assert_false(d->mark.inherit);
		assert_int_equal(t.entries.count, d->policy == ADDRESS_LIST);
		config_free(&t);
	}
}

// A VLAN of dom0's own on a VLAN-aware bridge: beside the bridge's untagged VLAN.
static void carries_vlans(void **state)
{
	const struct config_device *d;
	struct port_vlans v;
	struct config t;

	(void)state;
	accept("bridges=['name=a, uplink=e, vlan_filtering=yes', 'name=b, uplink=f, "
	       "tagged=5-6']\nvlans=['link=a, vlan=7', 'link=b, vlan=5']",
		&t);
	d = config_find(&t, "a");
	assert_true(d->tagged);
	v = vlans_kept(&d->vlans);
	assert_int_equal(v.pvid, 1);
	assert_true(vlans_has(&v.all, 1) && vlans_has(&v.all, 7) && vlans_has(&v.untagged, 1));
	assert_false(config_find(&t, "e")->tagged);
	d = config_find(&t, "b");
	v = vlans_kept(&d->vlans);
	assert_int_equal(v.pvid, 0);
	assert_true(vlans_has(&v.all, 5) && !vlans_has(&v.all, 6));
	d = config_find(&t, "f");
	v = vlans_kept(&d->vlans);
	assert_true(d->tagged && vlans_has(&v.all, 5) && vlans_has(&v.all, 6));
	config_free(&t);
}

// The line of a device is where it is made, also when another item makes it a port.
static void lines(void **state)
{
	const struct config_device *d;
	char text[24] = "here";
	struct config t;

	(void)state;
	assert_string_equal(config_print_line(text, 0), "");
	assert_string_equal(config_print_line(text, 12), " (line 12)");
	accept("bonds=['name=b, ports=e']\nbridges=[\n'name=a, uplink=b']", &t);
	d = config_find(&t, "b");
	assert_int_equal(d->line, 1);
	assert_int_equal(d->master_line, 3);
	assert_int_equal(config_find(&t, "e")->master_line, 1);
	assert_string_equal(config_find(&t, "a")->mark.uplink, "b");
	config_free(&t);
	accept("bridges=['name=a, uplink=e.5']\n\nvlans=['link=e, vlan=5']", &t);
	d = config_find(&t, "e.5");
	assert_int_equal(d->line, 3);
	assert_int_equal(d->master_line, 1);
	assert_int_equal(config_find(&t, "e")->line, 3);
	config_free(&t);
	accept("bridges=['name=eth0, uplink=eth0, legacy=yes']", &t);
	assert_string_equal(config_find(&t, "peth0")->renamed_from, "eth0");
	assert_string_equal(config_find(&t, "eth0")->mark.uplink, "peth0");
	config_free(&t);
}

// When a vif asks, only what it asks for is made of a range on demand; what isn't on demand stays
// whole.
static void demanded(void **state)
{
	static const char text[] = "bridges=['name=br{vlan}, uplink=b, vlan=1000-1999, demand=yes',"
				   "'name=x{vlan}, uplink=c, vlan=5-6, vlan_name=v{vlan}, "
				   "demand=yes', 'name=y{vlan}, uplink=c, vlan=7-8']";
	static const struct {
		const char *asked, *bridge;
		size_t count; // besides y7, y8, c.7, c.8, and c
	} cases[] = {
		{"br1234", "br1234", 3},
		{"b.1234", "br1234", 3},
		{"x6", "x6", 2},
		{"c.6", "x6", 2},
		{"v6", "x6", 2},
		{"br12345", NULL, 0},
		{"br123", NULL, 0},
		{"y7", "y7", 0},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config t = {.demanded = cases[i].asked};

		if (config_parse("f", text, strlen(text), &t, &e))
			fail_msg("%s: %s", cases[i].asked, e.text);
		if (t.count != 5 + cases[i].count)
			fail_msg("%s: %zu devices", cases[i].asked, t.count);
		assert_true(!cases[i].bridge || config_find(&t, cases[i].bridge));
		config_free(&t);
	}
}

// address= on demand is for that bridge alone, and is read only when that one is asked for.
static void demanded_address(void **state)
{
	static const char text[] = "bridges=['name=x{vlan}, uplink=b, vlan=5, demand=yes, address=10.0.5.1/24', "
				   "'name=br{vlan}, uplink=b, vlan=6-7, demand=yes', 'name=y, uplink=c']";
	struct config t = {.demanded = "br6"};

	(void)state;
	assert_int_equal(config_parse("f", text, sizeof(text) - 1, &t, NULL), 0);
	assert_null(config_find(&t, "x5"));
	assert_int_equal(t.entries.count, 0);
	assert_int_equal(config_find(&t, "br6")->policy, ADDRESS_NONE);
	config_free(&t);
	accept(text, &t);
	assert_int_equal(t.entries.count, 1);
	assert_string_equal(t.entries.list[0]->devices[0].name, "x5");
	assert_int_equal(config_find(&t, "x5")->policy, ADDRESS_LIST);
	assert_int_equal(config_find(&t, "br6")->policy, ADDRESS_NONE);
	assert_int_equal(config_find(&t, "y")->policy, ADDRESS_INHERIT);
	config_free(&t);
}

// eth0 has the default route; xenbr7 is there already, for VLAN 7 of bond0.
static void make_host(struct host *ret)
{
	host_from_text("eth0 up\neth1 up\nbond0 bond group=7760994 alias=\"vlanbridge file\" up\n"
		       "xenbr7 bridge group=7760994 alias=\"vlanbridge args uplink=bond0 vlan=7\" up\n"
		       "route default via 192.0.2.1 dev eth0\n",
		ret);
}

static void default_arguments(void **state)
{
	static const struct {
		const char *args[4], *bridge, *uplink;
		unsigned int vlan;
	} cases[] = {
		{{NULL}, "xenbr0", "eth0", 0},
		{{"mtu=1400"}, "xenbr0", "eth0", 0},
		{{"netdev=eth1"}, "xenbr1", "eth1", 0},
		{{"netdev=bond12"}, "xenbr12", "bond12", 0},
		{{"netdev=eth0.20"}, "xenbr20", "eth0.20", 0},
		{{"netdev=wan"}, "xenbr0", "wan", 0},
		{{"netdev=bond0", "vlan=100"}, "xenbr100", "bond0", 100},
		{{"netdev=bond0", "vlan=100", "vifnum=3"}, "xenbr3", "bond0", 100},
		{{"vifnum=1"}, "xenbr1", "eth1", 0},
		{{"vifnum=1", "bridge=lan"}, "lan", "eth1", 0},
		{{"vifnum=1", "netdev=eth0"}, "xenbr1", "eth0", 0},
		{{"bridge=lan"}, "lan", "eth0", 0},
		{{"bridge=lan", "netdev=none"}, "lan", "", 0},
		{{"netdev=none"}, "xenbr0", "", 0},
		{{"bridge=xenbr7"}, "xenbr7", "bond0", 7},
		{{"bridge=xenbr7", "vifnum=0"}, "xenbr7", "bond0", 7},
		{{"bridge=xenbr7", "netdev=eth1"}, "xenbr7", "eth1", 0},
	};
	struct host host;
	struct err e;

	(void)state;
	make_host(&host);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *args[4] = {NULL};
		struct config t = {0};
		const struct config_device *bridge;

		for (int a = 0; cases[i].args[a]; a++)
			args[a] = (char *)(uintptr_t)cases[i].args[a];
		if (config_args(args, &host, &t, &e))
			fail_msg("case %zu: %s", i, e.text);
		bridge = config_find(&t, cases[i].bridge);
		assert_non_null(bridge);
		assert_string_equal(bridge->mark.uplink, cases[i].uplink);
		assert_int_equal(bridge->mark.vlan, cases[i].vlan);
		config_free(&t);
	}
	host_free(&host);
}

static void arguments(void **state)
{
	struct host host;
	char *const args[] = {
		(char[]){"bond=bond7"}, (char[]){"ports=eth0 eth1"}, (char[]){"vlan=5"}, (char[]){"vifnum=3"}, NULL};
	struct config t = {0};
	struct err e;

	(void)state;
	make_host(&host);
	assert_int_equal(config_args(args, &host, &t, &e), 0);
	assert_non_null(config_find(&t, "xenbr3"));
	assert_string_equal(config_find(&t, "bond7.5")->link.master.name, "xenbr3");
	assert_int_equal(config_find(&t, "bond7")->mark.origin, MARK_ARGS);
	config_free(&t);
	host_free(&host);
}

// With one allocation failing: an error that says so, and all memory is given back.
static void runs_out_of_memory(void **state)
{
	static const char *const given[][8] = {
		{"bond=bond7", "ports=eth0 eth1", "vlan=5", "mtu=1400"},
		{"bond=bond7", "ports=eth0 eth1", "mode=active-backup", "address=192.0.2.5/24 2001:db8::5/64"},
		{"netdev=eth0", "bridge=br{vlan}", "vlan=5-9"},
	};
	static const struct host host;
	size_t before = allocations_live();

	(void)state;
	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		for (size_t nth = 1, made = 1; nth <= made + 1; nth++) {
			struct config t = {0};
			struct err e = {0};
			int r;

			allocations_fail(nth);
			r = config_args((char *const *)(uintptr_t)given[i], &host, &t, &e);
			made = allocations_made();
			allocations_fail(0);
			assert_int_equal(!r, nth > made);
			assert_int_equal(e.code, -r);
			assert_true(!r || strstr(e.text, "no memory"));
			config_free(&t);
			assert_int_equal(allocations_live(), before);
		}
}

static void refuses_arguments(void **state)
{
	struct host host;
	static const struct {
		const char *args[5], *message;
	} cases[] = {
		{{"netdew=eth0"}, "unknown argument 'netdew'"},
		{{"eth0"}, "'eth0' is no KEY=VALUE argument"},
		{{"netdev=eth0", "netdev=eth1"}, "'netdev' is given twice"},
		{{"mtu=1500", "mtu=1500"}, "'mtu' is given twice"},
		{{"vifnum=1", "vifnum=2"}, "'vifnum' is given twice"},
		{{"netdev=eth0", "bridge="}, "bridge= has no value"},
		{{"vifnum="}, "vifnum= has no value"},
		{{"vifnum=abc"}, "vifnum=abc: it must be a number from 0 to 9999"},
		{{"vifnum=10000"}, "vifnum=10000: it must be a number from 0 to 9999"},
		{{"bridge=a", "vifnum=abc"}, "vifnum=abc: it must be a number from 0 to 9999"},
		{{"netdev=eth0", "mode=4"}, "mode= is for a bond: say bond= and ports=, too"},
		{{"netdev=eth0", "miimon=100"}, "miimon= is for a bond: say bond= and ports=, too"},
		{{"bond=bond0"}, "bond 'bond0' has no ports="},
		{{"bond=b", "ports=eth0", "netdev=eth1"}, "netdev=eth1 isn't the bond b: there is one uplink"},
		{{"bond=b", "ports=eth0", "bridge=eth0"}, "a device can't stand on itself: b over eth0 over b"},
		{{"netdev=eth0", "bridge=eth0", "legacy=no"}, "bridge eth0 can't be its own uplink"},
		{{"bridge=a,b"}, "name=a,b: a name can't contain ','"},
	};
	struct err e;

	(void)state;
	make_host(&host);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *args[5] = {NULL};
		struct config t = {0};

		for (int a = 0; cases[i].args[a]; a++)
			args[a] = strdup(cases[i].args[a]);
		e = (struct err){0};
		if (!config_args(args, &host, &t, &e))
			fail_msg("%s … passed instead of '%s'", args[0], cases[i].message);
		if (strncmp(e.text, cases[i].message, strlen(cases[i].message)))
			fail_msg("%s … gave '%s' instead of '%s'", args[0], e.text, cases[i].message);
		assert_int_equal(t.count, 0);
		for (int a = 0; args[a]; a++)
			free(args[a]);
	}
	host_free(&host);
}

// What is too long, too much, or can't be read.
static void refuses_sizes(void **state)
{
	char item[4096] = "bridges=['name=", message[64];
	struct config t = {0};
	struct err e;
	size_t n = strlen(item);

	(void)state;
	memset(item + n, 'x', ITEM_VALUE_SIZE);
	strcpy(item + n + ITEM_VALUE_SIZE, "']");
	assert_int_equal(config_parse("f", item, strlen(item), &t, &e), -EINVAL);
	snprintf(message, sizeof(message), "f:1: name= is longer than %d bytes", ITEM_VALUE_SIZE - 1);
	assert_string_equal(e.text, message);
	strcpy(item + n + ITEM_VALUE_SIZE - 1, "']");
	assert_int_equal(config_parse("f", item, strlen(item), &t, &e), -EINVAL);
	assert_ptr_equal(strstr(e.text, "f:1: name: interface name 'xxx"), e.text);
	for (int keys = ITEM_KEYS; keys <= ITEM_KEYS + 1; keys++) {
		strcpy(item, "bridges=['k0=1");
		for (int i = 1; i < keys; i++)
			sprintf(item + strlen(item), ", k%d=1", i);
		strcat(item, "']");
		assert_int_equal(config_parse("f", item, strlen(item), &t, &e), -EINVAL);
		snprintf(message, sizeof(message), "f:1: more than %d keys in one item", ITEM_KEYS);
		assert_string_equal(e.text, keys > ITEM_KEYS ? message : "f:1: unknown key 'k0' for a bridge");
	}
	assert_int_equal(config_parse("f", "", INT32_MAX, &t, &e), -EFBIG);
	assert_string_equal(e.text, "f: the file is too long");
	assert_int_equal(config_read("/none", &t, &e), -ENOENT);
	assert_string_equal(e.text, "can't read the configuration /none: No such file or directory");
	assert_int_equal(config_read("/", &t, &e), -EISDIR);
	assert_string_equal(e.text, "can't read the configuration /: Is a directory");
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
		size_t before = allocations_live();
		struct config t = {0};

		if (config_read(found.gl_pathv[i], &t, &e))
			fail_msg("%s", e.text);
		assert_true(t.count > 0);
		config_free(&t);
		assert_int_equal(allocations_live(), before);
	}
	globfree(&found);
}

// Every way to call it in xend's example, also the ones that are commented out, is a way to call
// it.
static void xend_example(void **state)
{
	struct host host;
	FILE *f = fopen("xend-config.sxp.example", "r");
	char line[512], *at, *word, *args[16];
	struct err e;
	int calls = 0;

	(void)state;
	make_host(&host);
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct config t = {0};
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
		if (n && config_args(args, &host, &t, &e))
			fail_msg("%s", e.text);
		config_free(&t);
	}
	fclose(f);
	assert_true(calls > 3);
	host_free(&host);
}

int test_config(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means),
		cmocka_unit_test(refuses_items),
		cmocka_unit_test(refuses_text),
		cmocka_unit_test(accepts_text),
		cmocka_unit_test(refuses_names),
		cmocka_unit_test(refuses_stacks),
		cmocka_unit_test(refuses_addresses),
		cmocka_unit_test(refuses_mtus),
		cmocka_unit_test(refuses_bond_options),
		cmocka_unit_test(takes_bond_options),
		cmocka_unit_test(checks_forward_delay),
		cmocka_unit_test(policies),
		cmocka_unit_test(carries_vlans),
		cmocka_unit_test(lines),
		cmocka_unit_test(demanded),
		cmocka_unit_test(demanded_address),
		cmocka_unit_test(default_arguments),
		cmocka_unit_test(arguments),
		cmocka_unit_test(runs_out_of_memory),
		cmocka_unit_test(refuses_arguments),
		cmocka_unit_test(refuses_sizes),
		cmocka_unit_test(examples),
		cmocka_unit_test(xend_example),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
