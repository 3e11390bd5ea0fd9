// SPDX-License-Identifier: ISC
// vif-vlanbridge: the decision how a vif or tap becomes a port.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests_vif.h"
#include "vif-vlanbridge/bridge_names.h"
#include "vif-vlanbridge/decide.h"
#include "vif-vlanbridge/query.h"

// A run on a host where everything is as netback and libxl leave it; each test changes what it is
// about.
struct run {
	struct request req;
	struct lookup lookups[SLOTS];
	struct link bridge;
	struct port_vlans vlans;
	struct bridge_choice choice;
	struct attachment attachment;
	struct err e;
};

static void set_up(struct run *r)
{
	struct lookup *d = &r->lookups[SLOT_DEV];

	memset(r, 0, sizeof(*r));
	r->req = (struct request){.attach = true, .dev = "vif7.1", .path = "backend/vif/7/1", .domid = 7, .devid = 1};
	d->found = true;
	snprintf(d->parent, sizeof(d->parent), "vif-7-1");
	d->link = (struct link){.name = "vif7.1",
		.index = 20,
		.mtu = 1500,
		.max_mtu = 65517,
		.mac = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff},
		.set = LINK_ADDR_GEN};
	r->bridge = (struct link){.name = "xenbrlan",
		.index = 5,
		.kind = KIND_BRIDGE,
		.mtu = 1500,
		.alias = "vlanbridge file uplink=bond0 vlan=3"};
	r->choice.bridge = &r->bridge;
}

static void expect_decision(struct run *r)
{
	assert_int_equal(nic_check(&r->req.nic, false, &r->e), 0);
	if (decide_attachment(&r->req, r->lookups, &r->choice, &r->attachment, &r->e))
		fail_msg("refused: %s", r->e.text);
}

static void expect_refusal(struct run *r, const char *message)
{
	assert_int_equal(nic_check(&r->req.nic, false, &r->e), 0);
	assert_true(decide_attachment(&r->req, r->lookups, &r->choice, &r->attachment, &r->e) < 0);
	assert_string_equal(r->e.text, message);
}

// Only what differs is changed: netback's dummy MAC and MTU are right already.
static void plain(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	expect_decision(&r);
	assert_int_equal(r.attachment.index, 20);
	assert_string_equal(r.attachment.name, "vif7.1");
	assert_int_equal(r.attachment.join_fields, LINK_ADDR_GEN | LINK_MASTER | LINK_ALIAS);
	assert_int_equal(r.attachment.join.master.index, 5);
	assert_int_equal(r.attachment.join.addr_gen, 1);
	assert_int_equal(r.attachment.join.mtu, 1500);
	assert_false(r.attachment.was_up || r.attachment.set_vlans);
	assert_int_equal(r.attachment.undo_fields, LINK_ADDR_GEN | LINK_ALIAS);
	assert_int_equal(r.attachment.undo.addr_gen, 0);
}

static void again(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	r.lookups[SLOT_DEV].link.up = true;
	r.lookups[SLOT_DEV].link.addr_gen = 1;
	r.lookups[SLOT_DEV].link.master.index = 5;
	strcpy(r.lookups[SLOT_DEV].link.alias, "vlanbridge guest bridge=xenbrlan uplink=bond0 vlan=3");
	expect_decision(&r);
	assert_int_equal(r.attachment.join_fields, 0);
	assert_true(r.attachment.was_up && !r.attachment.leave_first);
}

static void addresses(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	r.lookups[SLOT_DEV].link.mac[0] = 0x02;
	r.lookups[SLOT_DEV].link.set = 0; // a kernel without IPv6 refuses its settings
	expect_decision(&r);
	assert_int_equal(r.attachment.join_fields, LINK_MAC | LINK_MASTER | LINK_ALIAS);
	assert_int_equal(r.attachment.join.mac[0], 0xfe);
	assert_int_equal(r.attachment.undo.mac[0], 0x02);

	set_up(&r);
	nic_set(&r.req.nic, NIC_MTU, "1279",
		&r.e); // and so does one whose IPv6 has left the device
	expect_decision(&r);
	assert_int_equal(r.attachment.join_fields, LINK_MTU | LINK_MASTER | LINK_ALIAS);
}

static void mtu(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	r.bridge.mtu = 9000;
	expect_decision(&r);
	assert_int_equal(r.attachment.join.mtu, 9000);
	assert_int_equal(r.attachment.undo.mtu, 1500);
	assert_true(r.attachment.join_fields & LINK_MTU);

	nic_set(&r.req.nic, NIC_MTU, "1400", &r.e);
	expect_decision(&r);
	assert_int_equal(r.attachment.join.mtu, 1400);

	set_up(&r);
	r.bridge.mtu = 65535; // nobody asked for so much: the device's most
	expect_decision(&r);
	assert_int_equal(r.attachment.join.mtu, 65517);

	set_up(&r);
	nic_set(&r.req.nic, NIC_MTU, "9000", &r.e);
	expect_refusal(&r, "mtu=9000 is more than the 1500 of bridge xenbrlan: raise the bridge's first "
			   "(its mtu=, and its uplink's)");
	r.bridge.mtu = 9000;
	r.lookups[SLOT_DEV].link.max_mtu = 1500;
	expect_refusal(&r, "mtu=9000 is more than the 1500 that the device takes");
}

static void vlans(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	r.bridge.bridge.vlan_filtering = 1;
	r.bridge.bridge.vlan_default_pvid = 1;
	r.vlans.pvid = 10;
	vlans_add(&r.vlans.all, 10, 10);
	r.choice.vlans = &r.vlans;
	expect_decision(&r);
	assert_true(r.attachment.set_vlans);
	assert_int_equal(r.attachment.vlans.pvid, 10);
	assert_int_equal(r.attachment.default_pvid, 1);

	assert_false(r.attachment.leave_first);

	// A port that is one already leaves first, or it would keep the VLANs of an earlier run.
	r.lookups[SLOT_DEV].link.master.index = 5;
	expect_decision(&r);
	assert_true(r.attachment.leave_first && r.attachment.join_fields & LINK_MASTER);
}

// What network-vlanbridge needs to put it back.
static void place(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	strcpy(r.lookups[SLOT_DEV].link.alias, "web 1");
	expect_decision(&r);
	assert_string_equal(r.attachment.join.alias, "web 1 vlanbridge guest bridge=xenbrlan uplink=bond0 vlan=3");
	assert_string_equal(r.attachment.undo.alias, "web 1");

	set_up(&r);
	strcpy(r.bridge.alias, "vlanbridge file uplink=eth0 isolated");
	r.bridge.bridge.vlan_filtering = 1;
	r.bridge.bridge.vlan_default_pvid = 1;
	expect_decision(&r);
	assert_string_equal(r.attachment.join.alias,
		"vlanbridge guest bridge=xenbrlan uplink=eth0 flags=248000300 vlans=1 untagged=1 pvid=1");
	vlans_add(&r.vlans.all, 20, 22);
	r.choice.vlans = &r.vlans;
	expect_decision(&r);
	assert_string_equal(
		r.attachment.join.alias, "vlanbridge guest bridge=xenbrlan uplink=eth0 flags=248000300 vlans=20-22");
	for (unsigned int id = 100; id < 400; id += 2)
		vlans_add(&r.vlans.all, id, id);
	expect_decision(&r);
	assert_string_equal(r.attachment.join.alias, "");
}

static void policy(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	snprintf(r.bridge.alias, ALIAS_SIZE, "rack 4 vlanbridge file isolated tx_offload=off demand");
	expect_decision(&r);
	assert_true(r.attachment.bridge_mark.isolated && r.attachment.bridge_mark.tx_offload_off &&
		    r.attachment.bridge_mark.demand);
	assert_false(r.attachment.bridge_mark.antispoof);
}

// What has rules says so in its alias, and is told when it has none any more.
static void filtered(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	nic_set(&r.req.nic, NIC_IP, "192.0.2.1", &r.e);
	nic_set(&r.req.nic, NIC_MAC, "00:16:3e:00:00:07", &r.e);
	expect_decision(&r);
	assert_true(r.attachment.filtered && r.attachment.join_fields & LINK_ALIAS);
	assert_string_equal(r.attachment.join.alias, "vlanbridge guest bridge=xenbrlan uplink=bond0 vlan=3 "
						     "flags=8048000200 filter=vif7.1 locked=00:16:3e:00:00:07");
	assert_string_equal(r.attachment.undo.alias, "");
	snprintf(r.lookups[SLOT_DEV].link.alias, ALIAS_SIZE, "%s", r.attachment.join.alias);
	expect_decision(&r);
	assert_false(r.attachment.join_fields & LINK_ALIAS);
	assert_true(r.attachment.locked);
	nic_set(&r.req.nic, NIC_TYPE, "vif_ioemu", &r.e);
	expect_decision(&r);
	assert_true(r.attachment.filtered && !r.attachment.locked);
	assert_string_equal(
		r.attachment.join.alias, "vlanbridge guest bridge=xenbrlan uplink=bond0 vlan=3 filter=vif7.1");
	nic_set(&r.req.nic, NIC_IP, "", &r.e);
	expect_decision(&r);
	assert_true(!r.attachment.filtered && r.attachment.was_filtered && r.attachment.join_fields & LINK_ALIAS);
	assert_string_equal(r.attachment.join.alias, "vlanbridge guest bridge=xenbrlan uplink=bond0 vlan=3");
	snprintf(r.bridge.alias, ALIAS_SIZE, "vlanbridge file antispoof");
	expect_decision(&r);
	assert_true(r.attachment.filtered);
}

// A vif's own settings are stronger than its bridge's.
static void settings(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	snprintf(r.bridge.alias, ALIAS_SIZE, "vlanbridge file isolated antispoof");
	expect_decision(&r);
	assert_true(r.attachment.isolated && r.attachment.filtered);
	nic_set(&r.req.nic, NIC_IP, "isolated=no antispoof=no", &r.e);
	expect_decision(&r);
	assert_false(r.attachment.isolated || r.attachment.filtered);
	set_up(&r);
	nic_set(&r.req.nic, NIC_IP, "isolated", &r.e);
	expect_decision(&r);
	assert_true(r.attachment.isolated && !r.attachment.filtered);
	assert_string_equal(
		r.attachment.join.alias, "vlanbridge guest bridge=xenbrlan uplink=bond0 vlan=3 flags=248000300");
	nic_set(&r.req.nic, NIC_IP, "disabled", &r.e); // without a MAC address, which QEMU doesn't tell
	expect_decision(&r);
	assert_true(r.attachment.filtered && !r.attachment.locked && !r.attachment.isolated);
}

static void names(void **state)
{
	struct run r;
	struct lookup *other = &r.lookups[SLOT_NEW];

	(void)state;
	set_up(&r);
	nic_set(&r.req.nic, NIC_VIFNAME, "web0", &r.e);
	expect_decision(&r);
	assert_string_equal(r.attachment.name, "web0");
	assert_string_equal(r.attachment.join.new_name, "web0");
	assert_string_equal(r.attachment.undo.new_name, "vif7.1");
	assert_true(r.attachment.join_fields & LINK_RENAME);

	// Taken by another guest's, by something of the host, by an alternative name.
	other->found = true;
	other->link = (struct link){.name = "web0", .index = 30};
	snprintf(other->parent, sizeof(other->parent), "vif-3-0");
	expect_refusal(&r, "vifname=web0: NIC 0 of domain 3 has that name already");
	*other->parent = '\0';
	snprintf(other->link.kind_name, KIND_SIZE, "bridge");
	expect_refusal(&r, "vifname=web0: a bridge of this host (index 30) has that name already");
	snprintf(other->link.name, NAME_SIZE, "br77");
	expect_refusal(&r, "vifname=web0: a bridge of this host (index 30) has that name already: br77");
	assert_int_equal(r.e.code, EEXIST);
}

// After an earlier run the device is found under its new name, unless that is somebody else's.
static void renamed(void **state)
{
	struct run r;
	struct lookup *d = &r.lookups[SLOT_NEW];

	(void)state;
	set_up(&r);
	nic_set(&r.req.nic, NIC_VIFNAME, "web0", &r.e);
	*d = r.lookups[SLOT_DEV];
	r.lookups[SLOT_DEV] = (struct lookup){0};
	snprintf(d->link.name, NAME_SIZE, "web0");
	expect_decision(&r);
	assert_int_equal(r.attachment.index, 20);
	assert_false(r.attachment.join_fields & LINK_RENAME);

	snprintf(d->parent, sizeof(d->parent), "vif-3-0");
	assert_null(find_own_device(&r.req, r.lookups));
	expect_refusal(&r, "the device doesn't exist");

	*d->parent = '\0';
	r.req.tap = true;
	expect_refusal(&r, "the device doesn't exist: QEMU hasn't made it, or the guest has unplugged its "
			   "emulated NICs");
	snprintf(d->link.kind_name, KIND_SIZE, "tun");
	assert_ptr_equal(find_own_device(&r.req, r.lookups), d);
}

// A NIC that was refused because another has its vifname mustn't touch the other when it goes.
static void of_another(void **state)
{
	struct run r;
	struct lookup *dev = &r.lookups[SLOT_DEV], *d = &r.lookups[SLOT_NEW], *vif = &r.lookups[SLOT_VIF];
	char name[NAME_SIZE];

	(void)state;
	set_up(&r);
	nic_set(&r.req.nic, NIC_VIFNAME, "web0", &r.e);
	assert_string_equal(own_device_name(&r.req, r.lookups, name), "web0"); // gone, or not yet there
	*d = *dev;
	dev->found = false;
	assert_string_equal(own_device_name(&r.req, r.lookups, name), "web0");
	snprintf(d->parent, sizeof(d->parent), "vif-3-0");
	assert_string_equal(own_device_name(&r.req, r.lookups, name), "vif7.1");

	// A tap is whose vif has the name that it is called after.
	r.req.tap = true;
	snprintf(r.req.dev, NAME_SIZE, "vif7.1-emu");
	*vif = *d;
	*d = (struct lookup){.found = true, .link = {.name = "web0-emu", .kind_name = "tun"}};
	assert_null(find_own_device(&r.req, r.lookups));
	assert_string_equal(own_device_name(&r.req, r.lookups, name), "vif7.1-emu");
	snprintf(vif->parent, sizeof(vif->parent), "vif-7-1");
	assert_ptr_equal(find_own_device(&r.req, r.lookups), d);
	vif->found = false;
	assert_ptr_equal(find_own_device(&r.req, r.lookups), d);
	assert_string_equal(own_device_name(&r.req, r.lookups, name), "web0-emu");

	// The host's lo has no parent either, nor a kind.
	set_up(&r);
	nic_set(&r.req.nic, NIC_VIFNAME, "lo", &r.e);
	dev->found = false;
	*d = (struct lookup){.found = true, .link = {.name = "lo", .index = 1, .mtu = 65536}};
	assert_null(find_own_device(&r.req, r.lookups));
	memcpy(d->link.mac, (uint8_t[]){0xfe, 0xff, 0xff, 0xff, 0xff, 0xff}, MAC_SIZE);
	assert_null(find_own_device(&r.req, r.lookups)); // nor is every device with netback's address a vif

	// Our own name, given to another's vif; and the other way round.
	set_up(&r);
	snprintf(dev->parent, sizeof(dev->parent), "vif-3-0");
	assert_null(find_own_device(&r.req, r.lookups));
	set_up(&r);
	nic_set(&r.req.nic, NIC_VIFNAME, "vif9.0", &r.e);
	expect_refusal(&r, "vifname=vif9.0: that is the name of another NIC's vif");
}

// As Linux before 5.14 tells whose device it is.
static void parent(void **state)
{
	char directory[] = "/tmp/unit.XXXXXX", path[64], name[PARENT_SIZE];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/web0", directory);
	assert_int_equal(mkdir(path, 0700), 0);
	query_parent(directory, "web0", name);
	assert_string_equal(name, "");
	snprintf(path, sizeof(path), "%s/web0/device", directory);
	assert_int_equal(symlink("../../../vif-7-1", path), 0);
	query_parent(directory, "web0", name);
	assert_string_equal(name, "vif-7-1");
	unlink(path);
	assert_int_equal(symlink("../../a-name-longer-than-any-device-of-the-xenbus", path), 0);
	query_parent(directory, "web0", name);
	assert_string_equal(name, "");
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(directory);
}

static void itself(void **state)
{
	struct run r;

	(void)state;
	set_up(&r);
	r.bridge.index = 20;
	expect_refusal(&r, "a bridge can't be a port of itself");
}

static void bridges(void **state)
{
	char few[][NAME_SIZE] = {"xenbr10", "xenbr9", "br1"}, many[2000][NAME_SIZE];
	struct err e;

	(void)state;
	err_set(&e, ENODEV, "no");
	bridge_names_append(&e, few, 3);
	assert_string_equal(e.text, "no; this host has br1, xenbr9, xenbr10");
	err_set(&e, ENODEV, "no");
	bridge_names_append(&e, few, 0);
	assert_string_equal(e.text, "no; this host has no bridge at all");
	for (int i = 0; i < 2000; i++)
		snprintf(many[i], NAME_SIZE, "br%d", 2000 - i);
	err_set(&e, ENODEV, "no");
	bridge_names_append(&e, many, 2000);
	assert_string_equal(e.text, "no; this host has br1, br2, br3, br4, br5, br6, br7, br8 and 1992 more");
	memset(e.text, 'x', sizeof(e.text) - 1);
	e.text[sizeof(e.text) - 1] = '\0';
	bridge_names_append(&e, few, 3); // no room is no harm
}

int test_vif_decide(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(again),
		cmocka_unit_test(addresses),
		cmocka_unit_test(mtu),
		cmocka_unit_test(vlans),
		cmocka_unit_test(place),
		cmocka_unit_test(policy),
		cmocka_unit_test(filtered),
		cmocka_unit_test(settings),
		cmocka_unit_test(names),
		cmocka_unit_test(renamed),
		cmocka_unit_test(of_another),
		cmocka_unit_test(parent),
		cmocka_unit_test(itself),
		cmocka_unit_test(bridges),
	};

	return cmocka_run_group_tests_name("vif decide", tests, NULL, NULL);
}
