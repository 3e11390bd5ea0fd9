// SPDX-License-Identifier: ISC
// A random host as an administrator may have it, before the program has been there.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "generate_model.h"

struct maker {
	struct random *r;
	struct host_model *h;
	char nics_text[NICS][160], aliases[NICS][40], devices_text[4096], records_text[4096];
};

void text_add(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, size - used, format, arguments);
	va_end(arguments);
}

#define DEVICE(m, ...) text_add((m)->devices_text, sizeof((m)->devices_text), __VA_ARGS__)
#define NIC(m, i, ...) text_add((m)->nics_text[i], sizeof((m)->nics_text[i]), __VA_ARGS__)
#define RECORD(m, ...) text_add((m)->records_text, sizeof((m)->records_text), __VA_ARGS__)

static void make_nic(struct maker *m, int i)
{
	struct nic *n = &m->h->nics[i];

	snprintf(n->name, NAME, "eth%d", i);
	n->up = i == 0 || random_chance(m->r, 55);
	n->mtu = random_chance(m->r, 15) ? 9000 : 1500;
	NIC(m, i, "%s mac=52:54:00:00:00:%02x", n->name, i);
	if (n->mtu != 1500)
		NIC(m, i, " mtu=%d", n->mtu);
	if (random_chance(m->r, 12))
		NIC(m, i, " altname=enp%ds0", i + 1);
	if (random_chance(m->r, 8))
		NIC(m, i, " addr_gen=1");
	if (n->up)
		NIC(m, i, " up");
	if (random_chance(m->r, 20))
		snprintf(m->aliases[i], sizeof(m->aliases[i]), " alias=\"to switch %d port %d\"", 1 + i % 2, i);
}

static void main_routes(struct maker *m, const char *dev)
{
	if (random_chance(m->r, 65)) {
		m->h->default_route = true;
		RECORD(m, "route default via 192.0.2.1%s%s dev %s\n", random_chance(m->r, 25) ? " metric 100" : "",
			random_chance(m->r, 25) ? " src 192.0.2.5" : "", dev);
	}
	if (random_chance(m->r, 25))
		RECORD(m, "route 203.0.113.0/24 via 192.0.2.2 mtu 1400 dev %s\n", dev);
	if (random_chance(m->r, 15))
		RECORD(m,
			"route 203.0.114.0/24 nexthop via 192.0.2.2 dev %s weight 1 nexthop via 192.0.2.3 dev %s "
			"weight 3\n",
			dev, dev);
	if (random_chance(m->r, 12))
		RECORD(m, "route 203.0.115.7 scope link dev %s\n", dev);
	if (random_chance(m->r, 20)) {
		RECORD(m, "route default via 192.0.2.1 table 100 dev %s\n", dev);
		RECORD(m, "rule 100 from 192.0.2.5 table 100\n");
	}
	if (random_chance(m->r, 10))
		RECORD(m, "rule 200 from all table 100 dev %s\n", dev);
}

static void main_addresses(struct maker *m, const char *dev)
{
	RECORD(m, "address 192.0.2.5/24 dev %s\n", dev);
	if (random_chance(m->r, 30))
		RECORD(m, "address 192.0.2.6/24 dev %s\n", dev); // a secondary
	if (random_chance(m->r, 25))
		RECORD(m, "address 192.0.2.7/32 label %s:1 dev %s\n", dev, dev);
	if (random_chance(m->r, 15))
		RECORD(m, "address 10.99.0.5/16 scope link noprefixroute dev %s\n", dev);
	if (random_chance(m->r, 10))
		RECORD(m, "address 10.98.0.5 peer 10.98.0.6/32 dev %s\n", dev);
}

static void main_ipv6(struct maker *m, const char *dev)
{
	RECORD(m, "address 2001:db8::5/64 dev %s\n", dev);
	if (random_chance(m->r, 25))
		RECORD(m, "address 2001:db8::6/64 nodad noprefixroute dev %s\n", dev);
	if (random_chance(m->r, 50))
		RECORD(m, "route default via 2001:db8::1 dev %s\n", dev);
	if (random_chance(m->r, 20))
		RECORD(m, "route 2001:db8:77::/48 via 2001:db8::2 metric 50 dev %s\n", dev);
	if (random_chance(m->r, 15))
		RECORD(m, "route 2001:db8:78::/48 via fe80::1 dev %s\n", dev);
}

// The device that dom0 is reached by.
static void make_main(struct maker *m, struct nic *n)
{
	if (random_chance(m->r, 80)) {
		main_addresses(m, n->name);
		main_routes(m, n->name);
		n->addressed = true;
	}
	if (random_chance(m->r, 40)) {
		main_ipv6(m, n->name);
		n->addressed = true;
	}
}

static void make_second(struct maker *m, struct nic *n)
{
	n->addressed = true;
	RECORD(m, "address 198.51.100.5/24 dev %s\n", n->name);
	if (n->up && random_chance(m->r, 40))
		RECORD(m, "route 203.0.116.0/24 via 198.51.100.1 dev %s\n", n->name);
	if (n->up && random_chance(m->r, 25))
		RECORD(m, "address 2001:db8:1::5/64 dev %s\n", n->name);
	if (n->up && m->h->default_route && random_chance(m->r, 25))
		RECORD(m, "route 203.0.117.0/24 nexthop via 192.0.2.1 dev eth0 nexthop via 198.51.100.1 dev %s\n",
			n->name);
}

static void make_unmanaged_vlan(struct maker *m, const struct nic *n)
{
	int id = random_chance(m->r, 12) ? 5 : 77;
	bool up = n->up && random_chance(m->r, 80);

	DEVICE(m, "%s.%d vlan link=%s id=%d", n->name, id, n->name, id);
	if (n->mtu != 1500)
		DEVICE(m, " mtu=%d", random_chance(m->r, 50) ? n->mtu : 1500);
	DEVICE(m, "%s\n", up ? " up" : "");
	if (!random_chance(m->r, 70))
		return;
	RECORD(m, "address 10.77.0.5/24 dev %s.%d\n", n->name, id);
	if (!up)
		return;
	if (random_chance(m->r, 40))
		RECORD(m, "route 203.0.118.0/24 via 10.77.0.1 dev %s.%d\n", n->name, id);
	if (random_chance(m->r, 30))
		RECORD(m, "address 2001:db8:77::5/64 dev %s.%d\n", n->name, id);
	if (random_chance(m->r, 20))
		RECORD(m,
			"neighbour 10.77.0.9 lladdr 52:54:00:99:00:01 dev %s.%d\n"
			"neighbour proxy 10.77.0.10 dev %s.%d\n",
			n->name, id, n->name, id);
}

static void make_unmanaged_bridge(struct maker *m, struct nic *n)
{
	DEVICE(m, "lxcbr0 bridge%s mac=52:54:00:00:01:01 up\n", random_chance(m->r, 30) ? " vlan_filtering=yes" : "");
	RECORD(m, "address 10.88.0.1/24 dev lxcbr0\n");
	if (!n || n->addressed)
		return;
	NIC(m, n - m->h->nics, " master=lxcbr0");
	n->taken = true;
}

static void make_unmanaged_bond(struct maker *m, struct nic *n)
{
	if (!n || n->addressed || n->taken)
		return;
	DEVICE(m, "storage bond mode=active-backup miimon=100 up\n");
	NIC(m, n - m->h->nics, " master=storage");
	RECORD(m, "address 10.89.0.5/24 dev storage\n");
	n->taken = true;
}

static void make_unmanaged(struct maker *m)
{
	struct nic *last = m->h->count > 2 ? &m->h->nics[m->h->count - 1] : NULL;

	if (random_chance(m->r, 25))
		make_unmanaged_vlan(m, &m->h->nics[random_below(m->r, m->h->count)]);
	if (random_chance(m->r, 15))
		make_unmanaged_bridge(m, random_chance(m->r, 50) ? last : NULL);
	if (random_chance(m->r, 10))
		make_unmanaged_bond(m, last);
	if (random_chance(m->r, 10)) {
		DEVICE(m, "loop0 dummy mac=52:54:00:00:01:02 up alias=\"anycast\"\n");
		RECORD(m, "address 10.90.0.1/32 dev loop0\naddress 2001:db8:90::1/128 dev loop0\n");
		RECORD(m, "neighbour 10.90.0.9 lladdr 52:54:00:99:00:02 dev loop0\n");
	}
}

void host_generate(struct random *r, struct host_model *h, char *text, size_t size)
{
	struct maker m = {.r = r, .h = h};
	int second;

	memset(h, 0, sizeof(*h));
	h->count = 2 + random_below(r, NICS - 1);
	for (int i = 0; i < h->count; i++)
		make_nic(&m, i);
	make_main(&m, &h->nics[0]);
	second = 1 + random_below(r, h->count - 1);
	if (random_chance(r, 30))
		make_second(&m, &h->nics[second]);
	make_unmanaged(&m);
	snprintf(text, size, "bonding\n");
	for (int i = 0; i < h->count; i++)
		text_add(text, size, "%s%s\n", m.nics_text[i], m.aliases[i]);
	text_add(text, size, "%s%s", m.devices_text, m.records_text);
}
