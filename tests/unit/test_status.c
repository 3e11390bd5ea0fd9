// SPDX-License-Identifier: ISC
// What status shows of a host: the table and the object.
#include <stdlib.h>
#include <string.h>

#include "kernel_text.h"
#include "network-vlanbridge/status.h"
#include "tests.h"

#define OURS " group=7760994 addr_gen=1"

static const char *const kernel =
	"bonding\n"
	"eth0 mac=52:54:00:00:00:00 up master=bond0 alias=\"vlanbridge port up=1\"\n"
	"eth1 mac=52:54:00:00:00:00 master=bond0 alias=\"vlanbridge port up=0\"\n"
	"eth2 mac=52:54:00:00:00:02 up master=xenbr0 alias=\"vlanbridge port up=1\"\n"
	"bond0 bond mode=802.3ad miimon=100 mtu=9000" OURS " alias=\"vlanbridge file\" up\n"
	"br3 bridge" OURS " alias=\"vlanbridge file uplink=bond0 vlan=3\" up\n"
	"bond0.3 vlan link=bond0 id=3 protocol=802.1Q master=br3" OURS " alias=\"vlanbridge file\" up\n"
	"xenbr0 bridge vlan_filtering=yes vlan_default_pvid=0" OURS " alias=\"vlanbridge file uplink=eth2\" up\n"
	"xenbr0.10 vlan link=xenbr0 id=10 protocol=802.1Q" OURS " alias=\"vlanbridge file\" up\n"
	"other0 bridge up\n"
	"empty0 bridge up\n"
	"vif1.0 master=xenbr0 up\n"
	"vif2.0 master=br3 up\n"
	"vif2.1 master=br3 up\n"
	"vif3.0 master=br3\n"
	"vif4.0 master=xenbr0 up\n"
	"vif5.0 master=other0 up\n"
	"address 10.0.10.2/24 dev xenbr0.10\n"
	"address 10.0.3.2/24 dev br3\n"
	"address 10.0.3.3/24 dev br3\n"
	"address 10.0.3.4/24 dev br3\n";

static struct guest_nic nics[] = {
	{.interface = "vif1.0", .domain = "web", .nic = 0, .addresses = 2},
	{.interface = "vif2.0", .domain = "db", .nic = 0},
	{.interface = "vif2.1", .domain = "db", .nic = 1},
	{.interface = "vif3.0", .domain = "mail", .nic = 0},
};

static struct filter_port filtered[] = {
	{.name = "vif1.0", .attached = true, .filtered = true, .dropped = "arp 3, mac 14"},
	{.name = "vif2.0", .attached = true, .filtered = true},
	{.name = "vif2.1", .attached = true},
};

static struct check_bond_port bond_ports[] = {
	{.name = "eth0",
		.bond = "bond0",
		.has_lacp = true,
		.aggregator = 1,
		.active_aggregator = 1,
		.partner = {0, 0x1c, 0x73, 1, 2, 3}},
	{.name = "eth1", .bond = "bond0", .has_lacp = true, .aggregator = 2, .active_aggregator = 1},
};

static struct check_lldp lldp[] = {{.device = "eth0", .where = "sw1 Eth12"}};

struct fixture {
	struct host host, target;
	struct guests guests;
	struct filters filters;
	struct check_readings readings;
	struct status_view view;
};

static void set_up(struct fixture *f)
{
	struct port_vlans vlans;
	struct device *d;

	*f = (struct fixture){.guests = {nics, 4}, .filters = {filtered, 3}};
	host_from_text(kernel, &f->host);
	for (size_t i = 0; i < f->host.count; i++)
		f->host.devices[i]->link.running = f->host.devices[i]->link.up;
	d = host_find(&f->host, "vif1.0");
	port_vlans_parse("10p/20-30", &vlans, NULL);
	assert_int_equal(vlans_keep(&d->vlans, &vlans), 0);
	assert_int_equal(host_copy(&f->host, &f->target), 0);
	host_remove(&f->host, host_find(&f->host, "empty0"));
	assert_int_equal(host_add(&f->target, "br7", &d), 0);
	d->link.kind = KIND_BRIDGE;
	d->mark.origin = MARK_FILE;
	f->readings.ports = bond_ports;
	f->readings.ports_count = 2;
	f->readings.lldp = lldp;
	f->readings.lldp_count = 1;
	f->view = (struct status_view){.current = &f->host,
		.target = &f->target,
		.guests = &f->guests,
		.filters = &f->filters,
		.readings = &f->readings,
		.file = "/etc/xen/vlanbridge.conf",
		.has_file = true};
}

static void tear_down(struct fixture *f)
{
	host_free(&f->host);
	host_free(&f->target);
}

// What print prints; the caller frees it.
static char *printed(int (*print)(FILE *out, const struct status_view *v, struct err *e), const struct status_view *v)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct err e = {0};

	assert_int_equal(print(out, v, &e), 0);
	fclose(out);
	return text;
}

static void test_table(void **state)
{
	struct fixture f;
	char *text;

	(void)state;
	set_up(&f);
	text = printed(status_print_table, &f.view);
	assert_string_equal(text,
		"bond0      802.3ad             1/2 ports up  eth1: down, LACP with 00:1c:73:01:02:03, at sw1 Eth12, "
		"MTU "
		"9000\n"
		"br3        bond0 VLAN 3        up            2 guests, dom0: 10.0.3.2/24 10.0.3.3/24 +1\n"
		"  vif2.0   db/0                up            filtered\n"
		"  vif2.1   db/1                up            no filtering rules\n"
		"  vif3.0   mail/0              down\n"
		"xenbr0     VLAN-aware, eth2    up            2 guests, dom0: 10.0.10.2/24 (VLAN 10)\n"
		"  vif1.0   web/0               up            VLAN 10, tagged 20-30, ip= 2 addresses, dropped: arp 3, "
		"mac 14\n"
		"  vif4.0                       NO VLAN       see network-vlanbridge check\n"
		"xenbr0.10  xenbr0 VLAN 10      up            dom0: 10.0.10.2/24\n"
		"other0     unmanaged           up            1 guest, dom0: none\n"
		"  vif5.0                       up\n"
		"br7        MISSING: run start\n");
	free(text);
	f.view.only = "vif1.0";
	text = printed(status_print_table, &f.view);
	assert_string_equal(
		text, "vif1.0  web/0  up  VLAN 10, tagged 20-30, ip= 2 addresses, dropped: arp 3, mac 14\n");
	free(text);
	tear_down(&f);
}

static void test_fits_the_terminal(void **state)
{
	struct fixture f;
	char *text, *rest, *line;

	(void)state;
	set_up(&f);
	f.view.width = 80;
	rest = text = printed(status_print_table, &f.view);
	assert_non_null(strstr(text, "tagged 20-30,\n                                             ip= 2"));
	while ((line = strsep(&rest, "\n")))
		assert_true(strlen(line) <= 80);
	free(text);
	tear_down(&f);
}

static void check_head(const struct status_view *v, const char *end)
{
	char *text = NULL, wanted[200];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	status_print_head(out, v);
	fclose(out);
	snprintf(wanted, sizeof(wanted), "  %s", end);
	assert_string_equal(strstr(text, "  "), wanted);
	free(text);
}

static void test_head(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	check_head(&f.view, "/etc/xen/vlanbridge.conf: in effect");
	snprintf(f.view.confirmed, sizeof(f.view.confirmed), "2026-11-21 09:12");
	check_head(&f.view, "/etc/xen/vlanbridge.conf: in effect, confirmed 2026-11-21 09:12");
	f.view.differing = 1;
	check_head(&f.view, "/etc/xen/vlanbridge.conf: 1 device differs, see plan");
	f.view.target = NULL;
	check_head(&f.view, "/etc/xen/vlanbridge.conf: can't be carried out, see check");
	f.view.has_file = false;
	check_head(&f.view, "no /etc/xen/vlanbridge.conf");
	tear_down(&f);
}

static void test_colour(void **state)
{
	struct fixture f;
	char *text;

	(void)state;
	set_up(&f);
	f.view.colour = true;
	text = printed(status_print_table, &f.view);
	assert_non_null(strstr(text, "\033[31mbr7"));
	assert_non_null(strstr(text, "\033[31m  vif4.0"));
	assert_null(strstr(text, "\033[31mbr3"));
	free(text);
	tear_down(&f);
}

static void test_json(void **state)
{
	static const char *const parts[] = {"{\n  \"version\": 1,\n",
		"\"configuration\": \"differs\", \"differing\": 3, \"missing\": [\"br7\"]",
		"{\"name\": \"bond0\", \"kind\": \"bond\", \"state\": \"up\", \"managed\": true, \"mtu\": 9000, "
		"\"master\": null, "
		"\"uplink\": null, \"vlan\": null, \"mode\": \"802.3ad\", \"partner\": \"00:1c:73:01:02:03\", "
		"\"addresses\": []}",
		"\"portvlans\": {\"pvid\": 10, \"untagged\": \"10\", \"tagged\": \"20-30\"}, \"addresses\": [], "
		"\"guest\": \"web\", \"nic\": 0, \"ipaddresses\": 2, \"filter\": \"on\", \"dropped\": \"arp 3, mac "
		"14\"}",
		"\"guest\": \"we\\\"ird\"", "\"filter\": \"missing\"",
		"\"addresses\": [\"10.0.3.2/24\", \"10.0.3.3/24\", \"10.0.3.4/24\"]"};
	struct fixture f;
	char *text;

	(void)state;
	set_up(&f);
	f.view.differing = 3;
	nics[3].domain = "we\"ird";
	text = printed(status_print_json, &f.view);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("no %s in\n%s", parts[i], text);
	nics[3].domain = "mail";
	free(text);
	tear_down(&f);
}

static void test_dot(void **state)
{
	static const char *const parts[] = {"digraph vlanbridge {\n",
		"\n  \"bond0\" [label=\"bond0\\n802.3ad\", penwidth=2]\n",
		"\n  \"eth1\" [label=\"eth1\", style=dashed]\n  \"eth1\" -> \"bond0\"\n",
		"\n  \"bond0.3\" [label=\"bond0.3\\nVLAN 3\", penwidth=2]\n  \"bond0\" -> \"bond0.3\"\n"
		"  \"bond0.3\" -> \"br3\"\n",
		"\n  \"vif1.0\" [label=\"vif1.0\\nwe\\\"ird/0\"]\n  \"xenbr0\" -> \"vif1.0\"\n"};
	struct fixture f;
	char *text;

	(void)state;
	set_up(&f);
	nics[0].domain = "we\"ird";
	text = printed(status_print_dot, &f.view);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("no %s in\n%s", parts[i], text);
	nics[0].domain = "web";
	free(text);
	tear_down(&f);
}

int test_status(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_fits_the_terminal),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_dot),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
