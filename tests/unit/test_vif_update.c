// SPDX-License-Identifier: ISC
// vif-vlanbridge update: its arguments, what they make of a NIC, and how a port gets from one state to another.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests_vif.h"
#include "vif-vlanbridge/port_change.h"
#include "vif-vlanbridge/update_request.h"

#define WORDS(...) ((char *const[]){(char[]){"vif-vlanbridge"}, (char[]){"update"}, __VA_ARGS__, NULL})
#define W(word) ((char[]){word})

static int parse(char *const *argv, struct update_request *u, struct err *e)
{
	int argc = 0;

	*e = (struct err){0};
	while (argv[argc])
		argc++;
	return update_request_parse(argc, argv, u, e);
}

static void expect_usage(char *const *argv, const char *message)
{
	struct update_request u;
	struct err e;

	assert_true(parse(argv, &u, &e) < 0);
	if (strncmp(e.text, message, strlen(message)))
		fail_msg("no '%s' in: %s", message, e.text);
}

static void arguments(void **state)
{
	struct update_request u;
	struct err e;

	(void)state;
	assert_int_equal(parse(WORDS(W("web/east/1"), W("mtu=1400"), W("vlan="), W("-n")), &u, &e), 0);
	assert_string_equal(u.domain, "web/east");
	assert_int_equal(u.devid, 1);
	assert_true(u.dry_run);
	assert_string_equal(u.values[UPDATE_MTU], "1400");
	assert_string_equal(u.values[UPDATE_VLAN], "");
	assert_null(u.values[UPDATE_BRIDGE]);
	assert_int_equal(parse(WORDS(W("--dry-run"), W("vif7.2-emu"), W("isolated=yes")), &u, &e), 0);
	assert_string_equal(u.domain, "");
	assert_int_equal(u.domid, 7);
	assert_int_equal(u.devid, 2);

	expect_usage(WORDS(NULL), "nothing to change is given; usage: vif-vlanbridge update DOMAIN/DEVID");
	expect_usage(WORDS(W("web/0")), "nothing to change is given");
	expect_usage(WORDS(W("web"), W("mtu=1400")), "'web' is neither DOMAIN/DEVID nor vifDOMID.DEVID");
	expect_usage(WORDS(W("web/x"), W("mtu=1400")), "'web/x' isn't DOMAIN/DEVID");
	expect_usage(WORDS(W("/0"), W("mtu=1400")), "'/0' isn't DOMAIN/DEVID");
	expect_usage(WORDS(W("web/0"), W("mac=00:16:3e:00:00:01")), "'mac=00:16:3e:00:00:01' is nothing that can be");
	expect_usage(WORDS(W("web/0"), W("mtu")), "'mtu' is nothing that can be changed");
	expect_usage(WORDS(W("web/0"), W("mtu=1400"), W("mtu=1500")), "mtu= is given twice");
	expect_usage(WORDS(W("web/0"), W("mtu=14x")), "mtu=14x: it must be a number");
	expect_usage(WORDS(W("web/0"), W("vlan=4095")), "vlan=4095: VLAN 4095 in '4095' is outside 1-4094");
	expect_usage(WORDS(W("web/0"), W("bridge=")), "bridge= has no value");
	expect_usage(WORDS(W("web/0"), W("ip=10.0.3.300")), "ip=: '10.0.3.300' is neither an address nor a network");
	expect_usage(WORDS(W("web/0"), W("ip=disabled=maybe")), "ip=: disabled=maybe: it must be yes or no");
	expect_usage(WORDS(W("web/0"), W("isolated=on")), "isolated=on: it must be yes or no");
}

static void expect_ip(const char *before, char *const *argv, const char *after)
{
	struct update_request u;
	struct nic nic = {0};
	struct err e;

	assert_int_equal(parse(argv, &u, &e), 0);
	nic_set(&nic, NIC_BRIDGE, "xenbr0", &e);
	nic_set(&nic, NIC_IP, before, &e);
	assert_int_equal(nic_check(&nic, false, &e), 0);
	if (update_request_overlay(&u, false, &nic, &e))
		fail_msg("refused: %s", e.text);
	assert_string_equal(nic.text[NIC_IP], after);
}

// Addresses and settings are kept in one text, and replaced apart.
static void words(void **state)
{
	(void)state;
	expect_ip("10.0.3.7, 10.0.3.8", WORDS(W("web/0"), W("mtu=1400")), "10.0.3.7, 10.0.3.8");
	expect_ip("10.0.3.7, 10.0.3.8", WORDS(W("web/0"), W("isolated=yes")), "10.0.3.7 10.0.3.8 isolated");
	expect_ip("10.0.3.7 isolated", WORDS(W("web/0"), W("isolated=no")), "10.0.3.7 isolated=no");
	expect_ip("10.0.3.7 isolated", WORDS(W("web/0"), W("isolated=")), "10.0.3.7");
	expect_ip("isolated=yes", WORDS(W("web/0"), W("disabled=yes")), "isolated disabled");
	expect_ip("isolated disabled", WORDS(W("web/0"), W("disabled=no")), "isolated");
	expect_ip("10.0.3.7 disabled antispoof=no", WORDS(W("web/0"), W("ip=10.0.3.8")),
		"10.0.3.8 antispoof=no disabled");
	expect_ip("10.0.3.7 disabled", WORDS(W("web/0"), W("ip=")), "disabled");
	expect_ip("10.0.3.7 isolated", WORDS(W("web/0"), W("ip=router isolated=no")), "router isolated=no");
	expect_ip("isolated", WORDS(W("web/0"), W("ip=isolated=no"), W("isolated=yes")), "isolated");
}

static void twice(void **state)
{
	struct update_request u;
	struct nic nic = {0};
	struct err e;

	(void)state;
	assert_int_equal(parse(WORDS(W("web/0"), W("vlan=20")), &u, &e), 0);
	nic_set(&nic, NIC_BRIDGE, "xenbr0.10:30", &e);
	assert_true(update_request_overlay(&u, false, &nic, &e) < 0);
	assert_string_equal(e.text, "bridge=xenbr0.10:30 and vlan=20 both say which VLANs: give one of them");
}

// A kernel with one port.
struct kernel {
	struct port_state port;
	bool up;
};

static bool is_only_in(const struct port_state *a, const struct port_state *b, unsigned int id)
{
	return vlans_has(&a->vlans.all, id) && !vlans_has(&b->vlans.all, id);
}

// Never where it was and where it is to be at the same time; and between two bridges nothing passes.
static void expect_one_place(
	const struct kernel *k, const struct port_state *from, const struct port_state *to, bool anew)
{
	bool in_old = false, in_new = false;

	if (anew || from->bridge.index != to->bridge.index) {
		assert_true(!k->up || !port_moves(&k->port, from) || !port_moves(&k->port, to));
		return;
	}
	for (unsigned int id = VLAN_MIN; id <= VLAN_MAX && to->vlan_aware; id++) {
		in_old |= is_only_in(&k->port, to, id);
		in_new |= is_only_in(&k->port, from, id);
	}
	assert_false(in_old && in_new);
}

static void join(struct kernel *k, const struct port_state *to)
{
	k->port.bridge = to->bridge;
	k->port.vlan_aware = to->vlan_aware;
	k->port.default_pvid = to->default_pvid;
	k->port.demand = to->demand;
	k->port.tx_offload_off = to->tx_offload_off;
	if (to->vlan_aware)
		port_vlans_default(&k->port.vlans, to->default_pvid);
}

static void set_vlans(struct port_vlans *v, const struct port_vlans *change, bool add)
{
	vlans_subtract(&v->untagged, &change->all);
	if (vlans_has(&change->all, v->pvid))
		v->pvid = 0;
	if (!add) {
		vlans_subtract(&v->all, &change->all);
		return;
	}
	vlans_union(&v->all, &change->all);
	vlans_union(&v->untagged, &change->untagged);
	if (change->pvid)
		v->pvid = change->pvid;
}

static void take_step(struct kernel *k, const struct port_change *c, enum port_step step, const struct port_state *to)
{
	struct port_state *p = &k->port;
	uint64_t known = c->link.port_flags_known & (LINK_PORT_ISOLATED | LINK_PORT_LEARNING | LINK_PORT_LOCKED);

	switch (step) {
	case PORT_LEAVE:
		k->up = false;
		*p = (struct port_state){.mtu = p->mtu, .flags = LINK_PORT_LEARNING};
		memcpy(p->alias, "", 1);
		break;
	case PORT_UNPIN:
		assert_true(p->pinned && !memcmp(p->mac, c->unpin, MAC_SIZE));
		p->pinned = false;
		break;
	case PORT_LINK:
		if (c->fields & LINK_MTU)
			p->mtu = c->link.mtu;
		if (c->fields & LINK_MASTER)
			join(k, to);
		break;
	case PORT_DROP_VLANS:
		set_vlans(&p->vlans, &c->drop, false);
		break;
	case PORT_ADD_VLANS:
		set_vlans(&p->vlans, &c->add, true);
		break;
	case PORT_PIN:
		p->pinned = true;
		memcpy(p->mac, c->pin, MAC_SIZE);
		break;
	default:
		assert_true(p->bridge.index);
		if (c->flag_fields & LINK_PORT_FLAGS)
			p->flags = (p->flags & ~known) | (c->link.port_flags & known);
		k->up |= (c->flag_fields & LINK_UP) != 0;
	}
}

static void expect_way(const struct port_state *from, const struct port_state *to, bool anew)
{
	struct kernel k = {*from, true};
	struct port_change c;

	port_change_decide(from, to, anew, &c);
	for (int step = 0; step < PORT_STEPS; step++) {
		if (!(c.steps & PORT_BIT(step)))
			continue;
		take_step(&k, &c, (enum port_step)step, to);
		expect_one_place(&k, from, to, anew);
	}
	assert_true(k.up);
	assert_false(port_moves(&k.port, to));
	assert_int_equal(k.port.mtu, to->mtu);
	assert_int_equal(k.port.flags, to->flags);
	assert_int_equal(k.port.pinned, to->pinned);
	assert_true(!to->pinned || !memcmp(k.port.mac, to->mac, MAC_SIZE));
}

static void set_random_vlans(struct port_vlans *v)
{
	*v = (struct port_vlans){0};
	for (int n = rand() % 4; n > 0; n--) {
		unsigned int id = 10 + (unsigned int)rand() % 4;

		vlans_add(&v->all, id, id);
		if (rand() % 2)
			vlans_add(&v->untagged, id, id);
		if (rand() % 3 == 0)
			v->pvid = (uint16_t)id;
	}
}

static void set_random(struct port_state *s)
{
	*s = (struct port_state){.mtu = 1500 + 100 * (uint32_t)(rand() % 2), .pinned = rand() % 2};
	s->bridge.index = 5 + rand() % 2;
	s->vlan_aware = s->bridge.index == 5;
	s->default_pvid = s->vlan_aware ? 11 : 0;
	s->mac[5] = (uint8_t)(rand() % 2);
	s->flags = (s->pinned ? LINK_PORT_LOCKED : LINK_PORT_LEARNING) | (rand() % 2 ? LINK_PORT_ISOLATED : 0);
	if (s->vlan_aware)
		set_random_vlans(&s->vlans);
}

static void ways(void **state)
{
	struct port_state from, to;

	(void)state;
	srand(1);
	for (int i = 0; i < 2000; i++) {
		set_random(&from);
		set_random(&to);
		expect_way(&from, &to, false);
		expect_way(&from, &to, true);
	}
}

// What doesn't differ isn't touched.
static void nothing(void **state)
{
	struct port_change c;
	struct port_state s;

	(void)state;
	srand(2);
	for (int i = 0; i < 50; i++) {
		set_random(&s);
		port_change_decide(&s, &s, false, &c);
		assert_int_equal(c.steps, 0);
	}
	s.mtu++;
	port_change_decide(&(struct port_state){.mtu = 1500}, &(struct port_state){.mtu = 1400}, false, &c);
	assert_int_equal(c.steps, PORT_BIT(PORT_LINK));
	assert_int_equal(c.fields, LINK_MTU);
}

int test_vif_update(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(words),
		cmocka_unit_test(twice),
		cmocka_unit_test(ways),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests_name("vif update", tests, NULL, NULL);
}
