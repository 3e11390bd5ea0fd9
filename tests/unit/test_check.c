// SPDX-License-Identifier: ISC
// The checks: a host that is well, silent; and each with one thing changed, which is told.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_text.h"
#include "network-vlanbridge/check_build.h"
#include "network-vlanbridge/check_guest.h"
#include "network-vlanbridge/target.h"
#include "tests.h"

static const char bond_host[] =
	"bonding\n"
	"eth0 mac=52:54:00:00:00:00 up master=bond0 alias=\"vlanbridge port up=1\"\n"
	"eth1 mac=52:54:00:00:00:00 up master=bond0 alias=\"vlanbridge port up=0\"\n"
	"eth2 mac=52:54:00:00:00:02\n"
	"bond0 bond mode=802.3ad miimon=100 lacp_rate=fast mac=52:54:00:00:00:00 group=7760994 addr_gen=1 "
	"alias=\"vlanbridge file\" up\n"
	"br3 bridge stp=no forward_delay=0 multicast_snooping=no mac=52:54:00:00:00:00 group=7760994 addr_gen=1 "
	"alias=\"vlanbridge file uplink=bond0 vlan=3\" up\n"
	"bond0.3 vlan link=bond0 id=3 protocol=802.1Q master=br3 mac=52:54:00:00:00:00 group=7760994 addr_gen=1 "
	"alias=\"vlanbridge file\" up\n"
	"vif1.0 master=br3 mac=fe:ff:ff:ff:ff:ff addr_gen=1 alias=\"vlanbridge guest bridge=br3 uplink=bond0 vlan=3\" "
	"up\n"
	"vif2.0 master=br3 mac=fe:ff:ff:ff:ff:ff addr_gen=1 up\n";
static const char bond_config[] =
	"bonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, miimon=100, lacp_rate=fast' ]\n"
	"bridges = [ 'name=br3, uplink=bond0, vlan=3' ]\n";

// What network-bridge did, by arguments: eth0's addresses are on xenbr0.
static const char moved_host[] =
	"eth0 up master=xenbr0 alias=\"vlanbridge port up=1\"\n"
	"xenbr0 bridge mac=52:54:00:00:00:00 group=7760994 alias=\"vlanbridge args uplink=eth0 inherit\" up\n"
	"address 192.0.2.2/24 dev xenbr0\n"
	"vif1.0 master=xenbr0 up\n";

static const char aware_host[] =
	"eth0 up master=xenbr0 vlans=2-99 alias=\"vlanbridge port up=1\"\n"
	"xenbr0 bridge vlan_filtering=yes group=7760994 alias=\"vlanbridge args uplink=eth0\" up\n"
	"vif1.0 master=xenbr0 vlans=10p alias=\"vlanbridge guest bridge=xenbr0 uplink=eth0 vlans=10 untagged=10 "
	"pvid=10\" up\n";

static const char bond_text[] =
	"Bonding Mode: IEEE 802.3ad Dynamic link aggregation\nMII Status: up\nMII Polling Interval (ms): 100\n\n"
	"802.3ad info\nLACP rate: fast\nActive Aggregator Info:\n\tAggregator ID: 1\n\tNumber of ports: 2\n\n"
	"Slave Interface: eth0\nMII Status: up\nSpeed: 10000 Mbps\nDuplex: full\nAggregator ID: 1\n"
	"details actor lacp pdu:\n    system mac address: 52:54:00:00:00:00\n    port key: 15\n    port state: 63\n"
	"details partner lacp pdu:\n    system mac address: 02:00:00:00:00:88\n    oper key: 7\n    port state: 63\n\n"
	"Slave Interface: eth1\nMII Status: up\nSpeed: 10000 Mbps\nDuplex: full\nSlave queue ID: 1\nAggregator ID: 1\n"
	"details actor lacp pdu:\n    system mac address: 52:54:00:00:00:00\n    port key: 15\n    port state: 63\n"
	"details partner lacp pdu:\n    system mac address: 02:00:00:00:00:88\n    port number: 2\n"
	"    oper key: 7\n    port priority: 2\n    port state: 63\n";

#define FILTER "table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy "

struct check_case {
	const char *name;
	const char *host, *config, *bond;                // bond: /proc/net/bonding/bond0
	const char *find, *with;                         // changes one of these three, where it is found first
	const char *expected;                            // "PROBLEM DEVICE: part of the sentence" for each, one a line
	const char *interfaces, *lldp, *filter, *client; // client: a DHCP client's arguments
	bool at_work, ipv6_forwarding, rules_missing, unconfirmed;
	unsigned int nf_call; // the sysctls
	int rp_filter;
};

#define BOND .host = bond_host, .config = bond_config, .bond = bond_text
#define MOVED .host = moved_host
#define AWARE .host = aware_host

static const struct check_case cases[] = {
	{"a bond is well", BOND},
	{"a moved address is well", MOVED},
	{"a VLAN-aware bridge is well", AWARE},
	{"refused", BOND, .find = "uplink=bond0, vlan=3", .with = "uplink=eth9, vlan=3",
		.expected = "refused : can't be"},
	{"file lost", .host = bond_host, .expected = "refused : there is no conf, but bond0 was made from it"},
	{"drift: missing", BOND, .find = "'name=br3", .with = "'name=br4, uplink=bond0, vlan=4', 'name=br3",
		.expected = "missing br4: br4 is missing\nmissing bond0.4: bond0.4 is missing"},
	{"drift: unwanted", BOND, .find = "'name=br3, uplink=bond0, vlan=3'", .with = "",
		.expected = "unwanted br3: isn't in conf\nunwanted bond0.3: isn't in conf"},
	{"drift: option", BOND, .find = "stp=no", .with = "stp=yes", .expected = "changed br3: stp yes instead of no"},
	{"drift: port out", BOND, .find = "id=3 protocol=802.1Q master=br3", .with = "id=3 protocol=802.1Q",
		.expected = "changed bond0.3: master none instead of br3"},
	{"drift: address", BOND, .find = "vlan=3'", .with = "vlan=3, address=10.0.0.1/24'",
		.expected = "changed br3: IPv6 address mode 1 instead of 0\nmissing br3: address 10.0.0.1/24 dev br3 "
			    "is missing"},
	{"drift: mark", BOND, .find = "vlan=3'", .with = "vlan=3, isolated=yes'",
		.expected = "changed br3: the mark of br3 is"},
	{"vif out", BOND, .find = "vif1.0 master=br3", .with = "vif1.0",
		.expected = "vif-unattached vif1.0: vif1.0 (NIC 0 of web) is in no bridge, and belongs in br3 (VLAN 3 "
			    "of bond0);"},
	{"vif without mark out: somebody wants it so", BOND, .find = "vif2.0 master=br3", .with = "vif2.0"},
	{"vif elsewhere", BOND, .find = "guest bridge=br3 uplink=bond0 vlan=3", .with = "guest bridge=br9",
		.expected = "vif-moved vif1.0: is in br3, and belongs in br9; ip link set vif1.0 master br9"},
	{"vif's bridge has another name", BOND, .find = "guest bridge=br3", .with = "guest bridge=lan"},
	{"vif down", BOND, .find = "uplink=bond0 vlan=3\" up\nvif2.0", .with = "uplink=bond0 vlan=3\" down\nvif2.0",
		.expected = "vif-down vif1.0: is down"},
	{"vif without VLAN", AWARE,
		.find = "vlans=10p alias=\"vlanbridge guest bridge=xenbr0 uplink=eth0 vlans=10 untagged=10 pvid=10\"",
		.with = "", .expected = "vif-vlans vif1.0: but in no VLAN"},
	{"vif lost a VLAN", AWARE, .find = "vlans=10p", .with = "vlans=11p",
		.expected = "vif-vlans vif1.0: isn't in the VLANs 10 of xenbr0"},
	{"unconfirmed", MOVED, .unconfirmed = true, .expected = "unconfirmed : a change waits for its confirmation"},
	{"rules missing", MOVED, .rules_missing = true, .expected = "vif-rules vif1.0: the filtering rules of vif1.0"},
	{"two guests, one MAC", BOND, .find = "vif2.0 master", .with = "vif3.0 master",
		.expected = "guest-mac vif1.0: NIC 0 of web (vif1.0) and NIC 0 of db (vif3.0) have the same MAC "
			    "address 00:16:3e:00:00:01 in br3"},
	{"foreign port", BOND, .find = "eth2 mac=52:54:00:00:00:02", .with = "eth2 master=br3 up",
		.expected = "foreign-port eth2: eth2 is a port of br3, neither"},
	{"foreign bond port", BOND, .find = "eth2 mac=52:54:00:00:00:02", .with = "eth2 master=bond0 up",
		.expected = "foreign-port eth2: eth2 is a port of bond0, neither"},
	{"no uplink", MOVED, .find = "eth0 up master=xenbr0 alias=\"vlanbridge port up=1\"\n", .with = "",
		.expected = "no-uplink xenbr0: has no port to its uplink eth0, which doesn't exist"},
	{"down", BOND, .find = "00 up master=bond0", .with = "00 down master=bond0",
		.expected = "down eth0: set it up: ip link set eth0 up"},
	{"VLAN device down", BOND, .find = "vlanbridge file\" up\nvif1.0", .with = "vlanbridge file\" down\nvif1.0",
		.expected = "down bond0.3: bond0.3 is down"},
	{"port without carrier", BOND, .find = "00 up master=bond0", .with = "00 up no-carrier master=bond0",
		.expected = "port-down eth0: eth0, a port of bond0, has no carrier"},
	{"bond without carrier", BOND, .find = "bond0 bond", .with = "bond0 bond no-carrier",
		.expected = "no-carrier bond0: none of its 2 ports"},
	{"uplink without carrier", MOVED, .find = "eth0 up", .with = "eth0 up no-carrier",
		.expected = "no-carrier eth0: the uplink eth0 has no carrier"},
	{"NIC of others without carrier", BOND, .find = "00:00:02", .with = "00:00:02 up no-carrier"},
	{"no monitoring", BOND, .find = "miimon=100 lacp_rate=fast mac", .with = "lacp_rate=fast mac",
		.expected = "no-monitoring bond0: neither miimon\nchanged bond0: miimon 0 instead of 100"},
	{"counted as down for a moment, by miimon", BOND, .find = "Status: up\nSpeed", .with = "Status: down\nSpeed"},
	{"ARP targets don't answer",
		.host = "eth0 up master=bond0 alias=\"vlanbridge port up=1\"\n"
			"bond0 bond mode=active-backup arp_interval=100 alias=\"vlanbridge args\" up\n",
		.bond = bond_text, .find = "Status: up\nSpeed", .with = "Status: down\nSpeed",
		.expected = "port-down eth0: eth0 has a link, but bond0 counts it as down"},
	{"half duplex", BOND, .find = "Duplex: full\n", .with = "Duplex: half\n",
		.expected = "speed eth0: half duplex"},
	{"speeds", BOND, .find = "Slave queue ID: 1", .with = "Speed: 1000 Mbps",
		.expected = "speed eth1: eth1 runs at 1000 Mbit/s, and eth0, another port of bond0, at 10000"},
	{"speed unknown", BOND, .find = "Slave queue ID: 1", .with = "Speed: Unknown"},
	{"no partner", BOND, .find = "port number: 2", .with = "system mac address: 00:00:00:00:00:00",
		.expected = "lacp-no-partner eth1: has no LACP partner"},
	{"different partners", BOND, .find = "port number: 2",
		.with = "system mac address: 02:00:00:00:00:99\nAggregator ID: 2",
		.expected =
			"lacp-partners eth1: the LACP partner of eth1 is 02:00:00:00:00:99, and that of eth0, another "
			"port of bond0, is 02:00:00:00:00:88"},
	{"another key of its own", BOND, .find = "port number: 2", .with = "Aggregator ID: 2\nport key: 9",
		.expected = "lacp-aggregator eth1: its own key is 9, and eth0's 15: do their speed and duplex differ"},
	{"another key at the switch", BOND, .find = "port priority: 2", .with = "oper key: 8\nAggregator ID: 2",
		.expected = "lacp-aggregator eth1: its switch port is in another group (key 8) than eth0's (7)"},
	{"rate", BOND, .find = "port priority: 2\n    port state: 63", .with = "port state: 61",
		.expected =
			"lacp-rate eth1: asks for LACP packets every second, and the switch at the other end for slow "
			"ones"},
	{"rate, the other way round", BOND, .find = "port key: 15\n    port state: 63", .with = "port state: 61",
		.expected = "lacp-rate eth0: asks for LACP packets every 30 seconds, and the switch at the other end "
			    "for fast "
			    "ones: lacp_rate=fast"},
	{"MTU of a vif as libxl says where nobody asks",
		.host = "xenbr0 bridge mtu=9000 alias=\"vlanbridge args\" up\nvif3.0 master=xenbr0 up\n",
		.expected = "mtu vif3.0: bigger frames to the guest are lost"},
	{"MTU of a vif too great", BOND, .find = "vif2.0", .with = "vif2.0 mtu=9000",
		.expected = "mtu vif2.0: bigger frames of the guest are lost"},
	{"MTU of a vif too small", BOND, .find = "vif2.0", .with = "vif2.0 mtu=1400",
		.expected = "mtu vif2.0: bigger frames to the guest are lost"},
	{"MTU of a vif as the guest asks", BOND, .find = "vif1.0", .with = "vif1.0 mtu=1280"},
	{"MTU of the bond too small", BOND, .find = "bond0.3 vlan", .with = "bond0.3 vlan mtu=1400",
		.expected = "mtu bond0.3: the MTU of bond0.3 is 1400, less than br3's 1500"},
	{"MTU of a bond's port too small", BOND, .find = "eth0 mac", .with = "eth0 mtu=1400 mac",
		.expected = "mtu eth0: the MTU of eth0 is 1400, less than bond0's 1500"},
	{"VLAN twice", BOND, .find = "vif2.0",
		.with = "x3 vlan link=eth0 id=3 protocol=802.1Q master=brx up\nbrx bridge up\nvif2.0",
		.expected = "vlan-twice brx: VLAN 3 of bond0 is in two bridges, br3 (by bond0.3) and brx (by x3)"},
	{"VLAN on a bond's port", BOND, .find = "vif2.0", .with = "x3 vlan link=eth0 id=3 up\nvif2.0",
		.expected = "vlan-on-port x3: takes the frames of VLAN 3"},
	{"VLAN on a trunk's port", MOVED, .find = "vif1.0", .with = "eth0.7 vlan link=eth0 id=7 up\nvif1.0",
		.expected = "vlan-on-port eth0.7: takes the frames of VLAN 7 away from xenbr0's guests"},
	{"VLAN on the trunk", MOVED, .find = "vif1.0", .with = "xenbr0.7 vlan link=xenbr0 id=7 up\nvif1.0"},
	{"VLAN of a VLAN-aware bridge", AWARE, .find = "vif1.0", .with = "eth0.7 vlan link=eth0 id=7 up\nvif1.0",
		.expected = "vlan-on-port eth0.7: takes"},
	{"VLAN that it hasn't", AWARE, .find = "vif1.0", .with = "eth0.700 vlan link=eth0 id=700 up\nvif1.0"},
	{"switch without the VLAN", BOND,
		.lldp = "lldp.eth0.chassis.name=sw1\nlldp.eth0.port.ifname=Gi1/0/1\nlldp.eth0.vlan.vlan-id=1\n"
			"lldp.eth0.vlan.pvid=yes\nlldp.eth0.vlan.vlan-id=4\nlldp.eth0.vlan.pvid=no\n",
		.expected = "switch-vlan eth0: the switch port at eth0 (sw1 Gi1/0/1) doesn't have VLAN 3"},
	{"switch with it", BOND, .lldp = "lldp.eth0.vlan.vlan-id=3\nlldp.eth0.vlan.pvid=no\nlldp.eth0.port.mfs=1522\n"},
	{"switch that tells the untagged one only", BOND,
		.lldp = "lldp.eth0.vlan.vlan-id=1\nlldp.eth0.vlan.pvid=yes\n"},
	{"switch without the VLAN of a guest", AWARE, .lldp = "lldp.eth0.vlan.vlan-id=3\nlldp.eth0.vlan.pvid=no\n",
		.expected = "switch-vlan eth0: doesn't have VLAN 10"},
	{"switch with a small MTU", BOND, .lldp = "lldp.eth1.port.mfs=1500\n",
		.expected = "switch-mtu eth1: takes frames of 1500 bytes at most: raise it there to 1518"},
	{"ifupdown", BOND, .interfaces = "auto eth1\niface eth1 inet static\n  address 192.0.2.1/24\n",
		.expected = "other-manager eth1: ifupdown configures eth1 too (conf), a port of bond0"},
	{"ifupdown: another one", BOND, .interfaces = "iface eth2 inet dhcp\niface eth0 inet manual\n"},
	{"ifupdown: our bridge", BOND, .interfaces = "iface br3 inet manual\n\tbridge_ports eth2\n",
		.expected = "other-manager br3: which network-vlanbridge makes"},
	{"ifupdown: the address that moved", MOVED, .interfaces = "iface eth0 inet static\n"},
	{"ifupdown: by DHCP", MOVED, .interfaces = "iface eth0 inet dhcp\n", .expected = "other-manager eth0: too"},
	{"DHCP client on a port", MOVED, .client = "dhclient -pf /run/x eth0", .interfaces = "iface eth0 inet dhcp\n",
		.expected = "dhcp-client eth0: the DHCP client dhclient (process 7) runs on eth0, a port of xenbr0"},
	{"DHCP client elsewhere", MOVED, .client = "dhclient eth01 xeth0 eth0.5"},
	{"lifetime", MOVED, .find = "192.0.2.2/24", .with = "192.0.2.2/24 volatile",
		.expected = "lifetime xenbr0: 192.0.2.2/24 on xenbr0, which came from eth0, has a finite lifetime"},
	{"lifetime that a client renews", MOVED, .find = "192.0.2.2/24", .with = "192.0.2.2/24 volatile",
		.client = "dhclient xenbr0"},
	{"forwarding", AWARE, .find = "vlan_filtering=yes", .with = "vlan_filtering=yes ipv4.forwarding=1",
		.expected = "forwarding xenbr0: dom0 routes what guests in xenbr0 send"},
	{"forwarding with rp_filter", AWARE, .rp_filter = 2, .find = "vlan_filtering=yes",
		.with = "vlan_filtering=yes ipv4.forwarding=1"},
	{"forwarding with the bridge's own rp_filter", AWARE, .find = "vlan_filtering=yes",
		.with = "vlan_filtering=yes ipv4.forwarding=1 ipv4.rp_filter=1"},
	{"forwarding where dom0 has an address", MOVED, .find = "xenbr0 bridge",
		.with = "xenbr0 bridge ipv4.forwarding=1"},
	{"router advertisements", MOVED, .ipv6_forwarding = true, .find = "xenbr0 bridge",
		.with = "route default via fe80::1 proto ra dev xenbr0\nxenbr0 bridge ipv6.accept_ra=1",
		.expected = "accept-ra xenbr0: takes no router advertisements"},
	{"bridge netfilter", MOVED, .nf_call = 3, .filter = FILTER "drop;\n",
		.expected =
			"bridge-netfilter : (net.bridge.bridge-nf-call-iptables=1), and the chain FORWARD of table ip "
			"filter drops"},
	{"bridge netfilter: for IPv6", MOVED, .nf_call = 3,
		.filter = "table ip6 filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy "
			  "drop;\n",
		.expected =
			"bridge-netfilter : (net.bridge.bridge-nf-call-ip6tables=1), and the chain FORWARD of table "
			"ip6 filter drops"},
	{"bridge netfilter: for IPv6 alone", MOVED, .nf_call = 2, .filter = FILTER "drop;\n"},
	{"bridge netfilter: of one bridge", BOND, .find = "multicast_snooping=no",
		.with = "multicast_snooping=no nf_call=iptables", .filter = FILTER "drop;\n",
		.expected = "bridge-netfilter br3: (its own nf_call), and the chain FORWARD of table ip filter drops "
			    "what no rule accepts; nf_call=no for br3\n"
			    "changed br3: nf_call iptables instead of no"},
	{"bridge netfilter: of one bridge, other rules", BOND, .find = "multicast_snooping=no",
		.with = "multicast_snooping=no nf_call=ip6tables+arptables", .filter = FILTER "drop;\n",
		.expected = "changed br3: nf_call ip6tables+arptables instead of no"},
	{"bridge netfilter: of one bridge, without a file", AWARE, .find = "vlan_filtering=yes",
		.with = "vlan_filtering=yes nf_call=yes", .filter = FILTER "drop;\n",
		.expected = "bridge-netfilter xenbr0: (its own nf_call)"},
	{"bridge netfilter: as the file asks", .host = bond_host, .bond = bond_text, .find = "multicast_snooping=no",
		.with = "multicast_snooping=no nf_call=yes", .filter = FILTER "drop;\n",
		.config = "bonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, miimon=100, lacp_rate=fast' ]\n"
			  "bridges = [ 'name=br3, uplink=bond0, vlan=3, nf_call=yes' ]\n"},
	{"bridge netfilter: off", MOVED, .filter = FILTER "drop;\n"},
	{"bridge netfilter: accepts", MOVED, .nf_call = 1, .filter = FILTER "accept;\n"},
	{"bridge netfilter: bridged frames have a rule", MOVED, .nf_call = 1,
		.filter = FILTER "drop;\n\t\txt match \"physdev\" counter accept\n"},
	{"rule of the old device", MOVED, .filter = "table inet f {\n\tchain in {\n\t\tiifname != \"eth0\" drop\n",
		.expected =
			"old-device eth0: a rule in chain in of table inet f names eth0, whose packets come by xenbr0"},
	{"rule of a bridge's port", MOVED, .filter = "table bridge f {\n\tchain in {\n\t\tiifname \"eth0\" drop\n"},
	{"policy rule of the old device", MOVED, .find = "vif1.0", .with = "rule 100 dev eth0\nvif1.0",
		.expected = "old-device eth0: the policy rule with priority 100 names eth0"},
	{"stale mark", BOND, .find = "00:00:02", .with = "00:00:02 alias=\"vlanbridge port up=0\"",
		.expected = "stale-mark eth2: is marked as taken"},
	{"being deleted", MOVED, .find = "7760994", .with = "7760995",
		.expected = "unfinished xenbr0: about to be deleted"},
	{"being deleted now", MOVED, .find = "7760994", .with = "7760995", .at_work = true},
	{"made, not marked", MOVED, .find = "vif1.0", .with = "br9 bridge up group=7760994\nvif1.0",
		.expected = "unfinished br9: was made, but not marked"},
	{"parking", MOVED, .find = "vif1.0",
		.with = "vlbpark0 dummy up alias=\"vlanbridge args uplink=eth0 parking\"\nvif1.0",
		.expected = "unfinished vlbpark0: keeps addresses"},
	{"closing", MOVED, .find = "inherit\"", .with = "inherit demand closing\"",
		.expected = "unfinished xenbr0: about to be removed after its last vif"},
	{"guest changing", BOND, .find = "vlan=3\" up\nvif2.0", .with = "vlan=3 changing\" up\nvif2.0",
		.expected = "unfinished vif1.0: about to be put elsewhere"},
};

static char *copy_text(const struct check_case *c, const char *text, bool *done)
{
	const char *at = text && c->find && !*done ? strstr(text, c->find) : NULL;
	char *copy = NULL;

	if (!text)
		return NULL;
	if (at)
		assert_true(asprintf(&copy, "%.*s%s%s", (int)(at - text), text, c->with, at + strlen(c->find)) >= 0);
	*done |= at != NULL;
	return copy ? copy : strdup(text);
}

static void read_texts(const struct check_case *c, char *bond, struct check_readings *r)
{
	char *interfaces = c->interfaces ? strdup(c->interfaces) : NULL, *lldp = c->lldp ? strdup(c->lldp) : NULL;
	char *filter = c->filter ? strdup(c->filter) : NULL;

	if (bond)
		assert_int_equal(check_read_bond(bond, "bond0", r), 0);
	if (interfaces)
		assert_int_equal(check_read_interfaces(interfaces, "conf", r), 0);
	if (lldp)
		assert_int_equal(check_read_lldp(lldp, r), 0);
	if (filter)
		assert_int_equal(check_read_filter(filter, r), 0);
	if (c->client) {
		r->processes = calloc(1, sizeof(*r->processes));
		*r->processes = (struct check_process){7, "dhclient", strdup(c->client)};
		r->processes_count = 1;
	}
	r->nf_call = c->nf_call;
	r->ipv6_forwarding = c->ipv6_forwarding;
	r->rp_filter_all = c->rp_filter;
	free(interfaces);
	free(lldp);
	free(filter);
}

static bool rules_missing(const struct device *vif, void *arg)
{
	(void)vif;
	return *(const bool *)arg;
}

static void compare(const struct check_case *c, const struct check_report *r)
{
	char *expected = strdup(c->expected ? c->expected : ""), *rest = expected, *line;
	size_t n = 0;

	for (; *expected && (line = strsep(&rest, "\n")); n++) {
		const struct trouble *t = &r->troubles[n];
		char *problem = strsep(&line, " "), *device = strsep(&line, ":");

		if (n >= r->troubles_count)
			fail_msg("%s: '%s %s' isn't told", c->name, problem, device);
		if (strcmp(t->problem, problem) || strcmp(t->device, device) || !strstr(t->text, line + 1))
			fail_msg("%s: told is '%s %s: %s'", c->name, t->problem, t->device, t->text);
	}
	if (n < r->troubles_count)
		fail_msg("%s: told is '%s %s: %s'", c->name, r->troubles[n].problem, r->troubles[n].device,
			r->troubles[n].text);
	free(expected);
}

static void run_case(void **state)
{
	static struct guest_nic nics[] = {
		{(char *)(uintptr_t) "vif1.0", (char *)(uintptr_t) "web", 0, {0, 0x16, 0x3e, 0, 0, 1}, 1280, 0},
		{(char *)(uintptr_t) "vif3.0", (char *)(uintptr_t) "db", 0, {0, 0x16, 0x3e, 0, 0, 1}, 1500, 0}};
	static const struct guests guests = {nics, 2};
	const struct check_case *c = *state;
	bool done = !c->find, missing = c->rules_missing;
	char *host = copy_text(c, c->host, &done), *config_text = copy_text(c, c->config, &done);
	char *bond = copy_text(c, c->bond, &done);
	struct host current = {0}, target = {0};
	struct config config = {0};
	struct origin origin = {0};
	struct check_readings readings = {0};
	struct check_report report = {0};
	struct err e = {0};
	struct check_input in = {.current = &current,
		.file = "conf",
		.guests = &guests,
		.readings = &readings,
		.at_work = c->at_work,
		.unconfirmed = c->unconfirmed,
		.rules_missing = rules_missing,
		.rules_arg = &missing};

	assert_true(done);
	kernel_text(host, &current);
	if (config_text) {
		assert_int_equal(config_parse("conf", config_text, strlen(config_text), &config, &e), 0);
		assert_int_equal(origin_make(&current, SCOPE_FILE, &config, &origin, &e), 0);
		if (target_make(&origin, &config, &target, &e))
			in.refused = e.text;
		else
			in.target = &target;
	}
	read_texts(c, bond, &readings);
	assert_int_equal(check_run(&in, &report), 0);
	compare(c, &report);
	check_report_free(&report);
	check_readings_free(&readings);
	config_free(&config);
	origin_free(&origin);
	host_free(&current);
	host_free(&target);
	free(host);
	free(config_text);
	free(bond);
}

static void limit(void **state)
{
	static const char *const expected[][3] = {
		{"br3", "bond0", "eth0"}, {"bond0", "bond0", "eth0"}, {"eth0", "eth0", NULL}, {"eth2", NULL, NULL}};
	char text[sizeof(bond_host)];
	struct host h = {0};

	(void)state;
	memcpy(text, bond_host, sizeof(text));
	kernel_text(text, &h);
	for (size_t i = 0; i < 4; i++) {
		struct check_report r = {0};

		check_tell(&r, "bond0", "x", "a");
		check_tell(&r, "eth0", "x", "b");
		check_tell(&r, "", "x", "c");
		assert_int_equal(check_report_limit(&r, &h, expected[i][0]), 0);
		for (size_t k = 0; k < 2; k++)
			if (expected[i][k + 1])
				assert_string_equal(r.troubles[k].device, expected[i][k + 1]);
		assert_int_equal(r.troubles_count, (expected[i][1] != NULL) + (expected[i][2] != NULL));
		check_report_free(&r);
	}
	host_free(&h);
}

static void guest_file(void **state)
{
	static const char file[] =
		"name = 'web' # a comment\nvif = [ 'mac=00:16:3e:00:00:01 , bridge = br3', 'bridge=bond0.3', "
		"'bridge=bond0, vlan=3', 'bridge=br9', 'bridge=br40', 'backend=net1, bridge=x', '' ]\n";
	static const char *const found[] = {
		"br3", "br3", "br3", NULL, "br40, which is made on first use", "in the driver domain net1", NULL};
	static const char conf[] = "bridges = [ 'name=br{vlan}, uplink=eth2, vlan=40-41, demand=yes' ]";
	struct check_report r = {0};
	struct config config = {0};
	struct host h = {0};
	char text[sizeof(bond_host)];

	(void)state;
	memcpy(text, bond_host, sizeof(text));
	kernel_text(text, &h);
	assert_int_equal(config_parse("conf", conf, strlen(conf), &config, NULL), 0);
	assert_int_equal(check_guest("web.cfg", file, strlen(file), &h, &config, &r, NULL), 0);
	assert_int_equal(r.troubles_count, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(r.troubles[i].problem == NULL, found[i] != NULL);
		assert_non_null(strstr(r.troubles[i].text, found[i] ? found[i] : "doesn't exist"));
	}
	check_report_free(&r);
	assert_int_equal(check_guest("web.cfg", "vif = [", 7, &h, &config, &r, NULL), -EINVAL);
	config_free(&config);
	host_free(&h);
}

int test_check(void)
{
	struct CMUnitTest tests[128] = {cmocka_unit_test(limit), cmocka_unit_test(guest_file)};
	size_t n = sizeof(cases) / sizeof(*cases);

	for (size_t i = 0; i < n; i++)
		tests[i + 2] = (struct CMUnitTest){cases[i].name, run_case, NULL, NULL, (void *)(uintptr_t)&cases[i]};
	return _cmocka_run_group_tests("check", tests, n + 2, NULL, NULL);
}
