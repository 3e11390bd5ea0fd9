// SPDX-License-Identifier: ISC
// The port of a guest gets from any state to any other, and back, on a real kernel: what `vif-vlanbridge update` does
// between its decision and its rules. Runs inside user-mode Linux:
//
//	tests/random/boot build/random/ports [COUNT [SEED]]
#include "vif-vlanbridge/port_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link_msg.h"
#include "netlink.h"
#include "port_msg.h"
#include "vif-vlanbridge/port_send.h"

#define FLAGS (LINK_PORT_ISOLATED | LINK_PORT_LEARNING | LINK_PORT_LOCKED)
#define TEXT_SIZE 512

// Bridges, VLAN-aware ones with a default VLAN and without; and a port with carrier.
static const char host[] =
	"ip link add aware type bridge vlan_filtering 1 vlan_default_pvid 11 mcast_snooping 0 && "
	"ip link add strict type bridge vlan_filtering 1 vlan_default_pvid 0 mcast_snooping 0 && "
	"ip link add plain type bridge mcast_snooping 0 && "
	"for b in aware strict plain; do ip link set $b mtu 9000; ip link set $b up; done && "
	"ip link add guest0 type veth peer name vif7.0 && ip link set guest0 up && ip link set vif7.0 master plain up";

static struct link bridges[3];
static struct link port;

static int take_link(size_t i, const struct nlmsghdr *h, void *arg, struct err *e)
{
	(void)i, (void)e;
	return link_parse(h, arg);
}

static void read_link(struct netlink *nl, const char *name, struct link *ret)
{
	struct nl_msg *m = link_msg_get(0, name);
	struct netlink_ack ack = {0};
	struct err e;

	*ret = (struct link){.index = 0};
	if (!m || netlink_send(nl, &m, 1, &ack, take_link, ret, &e) || ack.error) {
		printf("can't read %s: %s\n", name, ack.reason);
		exit(1);
	}
	netlink_message_free(m);
}

static void set_bridge(struct port_state *s, const struct link *bridge)
{
	s->bridge.index = bridge->index;
	memcpy(s->bridge.name, bridge->name, NAME_SIZE);
	s->vlan_aware = bridge->bridge.vlan_filtering;
	s->default_pvid = bridge->bridge.vlan_default_pvid;
}

static void set_random_vlans(struct port_vlans *v)
{
	for (int n = rand() % 5; n > 0; n--) {
		unsigned int id = 9 + (unsigned int)rand() % 6;

		vlans_add(&v->all, id, id);
		if (rand() % 2)
			vlans_add(&v->untagged, id, id);
		if (rand() % 3 == 0)
			v->pvid = (uint16_t)id;
	}
}

static void set_random(struct port_state *s)
{
	*s = (struct port_state){.mtu = 1400 + 100 * (uint32_t)(rand() % 3), .pinned = rand() % 2};
	set_bridge(s, &bridges[rand() % 3]);
	s->mac[5] = (uint8_t)(1 + rand() % 2);
	s->flags = (s->pinned ? LINK_PORT_LOCKED : LINK_PORT_LEARNING) | (rand() % 2 ? LINK_PORT_ISOLATED : 0);
	if (s->vlan_aware)
		set_random_vlans(&s->vlans);
	snprintf(s->alias, sizeof(s->alias), "state %d", rand() % 3);
}

// Static entries at the port: how many, and of which MAC address the last one is.
static unsigned int count_entries(uint8_t mac[MAC_SIZE])
{
	FILE *f = popen("bridge fdb show dev vif7.0 | grep ' static' | grep -v permanent", "r");
	unsigned int n = 0, last;
	char line[TEXT_SIZE];

	while (f && fgets(line, sizeof(line), f)) {
		n++;
		if (sscanf(line, "%*x:%*x:%*x:%*x:%*x:%x", &last) == 1)
			mac[5] = (uint8_t)last;
	}
	if (f)
		pclose(f);
	return n;
}

// An entry for each VLAN, and one without. On a bridge that isn't VLAN-aware, ports have its default one all the same.
static unsigned int count_vlans(const struct port_state *s)
{
	unsigned int n = s->vlan_aware ? 1 : 2;

	for (unsigned int id = VLAN_MIN; id <= VLAN_MAX && s->vlan_aware; id++)
		n += vlans_has(&s->vlans.all, id);
	return n;
}

static void print_state(const struct port_state *s, char text[TEXT_SIZE])
{
	char all[TEXT_SIZE / 4], untagged[TEXT_SIZE / 4];

	snprintf(text, TEXT_SIZE, "%s mtu %u alias '%s' flags %llx vlans %s untagged %s pvid %u entries %u of %d",
		s->bridge.name, s->mtu, s->alias, (unsigned long long)s->flags,
		s->vlan_aware ? vlans_print(&s->vlans.all, all, sizeof(all)) : "",
		s->vlan_aware ? vlans_print(&s->vlans.untagged, untagged, sizeof(untagged)) : "",
		s->vlan_aware ? s->vlans.pvid : 0, s->pinned ? count_vlans(s) : 0, s->pinned ? s->mac[5] : 0);
}

static void print_kernel(struct netlink *nl, char text[TEXT_SIZE])
{
	struct port_state s = {.mtu = 0};
	uint8_t mac[MAC_SIZE] = {0};
	char rest[TEXT_SIZE];
	unsigned int entries;
	struct err e;

	read_link(nl, "vif7.0", &port);
	for (int i = 0; i < 3; i++)
		if (bridges[i].index == port.master.index)
			set_bridge(&s, &bridges[i]);
	s.mtu = port.mtu;
	s.flags = port.port_flags & FLAGS;
	memcpy(s.alias, port.alias, ALIAS_SIZE);
	port_read_vlans(nl, port.index, &s.vlans, &e);
	entries = count_entries(mac);
	print_state(&s, rest);
	*strstr(rest, " entries") = '\0';
	snprintf(text, TEXT_SIZE, "%.400s entries %u of %d%s", rest, entries, entries ? mac[5] : 0,
		port.up ? "" : " down");
}

static int go(struct netlink *nl, const struct port_state *from, const struct port_state *to, bool anew)
{
	char wanted[TEXT_SIZE], got[TEXT_SIZE], was[TEXT_SIZE];
	struct port_change c;
	struct err e;
	int r;

	port_change_decide(from, to, anew, &c);
	r = port_send(nl, port.index, &c, ~0U, to, &e);
	print_state(to, wanted);
	print_kernel(nl, got);
	if (!r && !strcmp(wanted, got))
		return 0;
	print_state(from, was);
	printf("from:   %s%s\nwanted: %s\ngot:    %s\n%s\n", was, anew ? ", anew" : "", wanted, got, r ? e.text : "");
	return 1;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 200, wrong = 0;
	struct port_state from, to;
	struct netlink *nl;
	struct err e;

	srand(argc > 2 ? (unsigned int)atoi(argv[2]) : 1);
	if (system(host) || netlink_open(&nl, &e))
		return 1;
	read_link(nl, "aware", &bridges[0]);
	read_link(nl, "strict", &bridges[1]);
	read_link(nl, "plain", &bridges[2]);
	read_link(nl, "vif7.0", &port);
	from = (struct port_state){.mtu = port.mtu, .flags = LINK_PORT_LEARNING};
	set_bridge(&from, &bridges[2]);
	for (int i = 0; i < count && wrong < 5; i++) {
		bool anew = rand() % 4 == 0;

		set_random(&to);
		wrong += go(nl, &from, &to, anew);
		if (rand() % 2) { // and back
			wrong += go(nl, &to, &from, anew);
			continue;
		}
		from = to;
	}
	printf("ports: %d states, %d wrong\n", count, wrong);
	return wrong != 0;
}
