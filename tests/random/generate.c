// SPDX-License-Identifier: ISC
// A scenario as text: the configurations as vlanbridge.conf, and the guests of the first.
#include "generate.h"

#include <string.h>

#include "generate_model.h"

static const char *const modes[] = {
	"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"};
static const char *const hashes[] = {"layer2", "layer3+4", "layer2+3"};

enum { MODE_ACTIVE_BACKUP = 1, MODE_BALANCE_XOR = 2, MODE_LACP = 4, MODE_TLB = 5 };

struct text {
	char *text;
	size_t size;
};

#define PUT(t, ...) text_add((t)->text, (t)->size, __VA_ARGS__)

static void print_number(struct text *t, const char *key, int value)
{
	if (value)
		PUT(t, ", %s=%d", key, value);
}

static void print_address(struct text *t, enum address address, int id, bool ipv6)
{
	if (address == ADDRESS_INHERIT)
		PUT(t, ", address=inherit");
	else if (address == ADDRESS_NONE)
		PUT(t, ", address=none");
	else if (address == ADDRESS_LIST) {
		PUT(t, ", address=10.%d.0.1/24", 20 + id);
		if (ipv6)
			PUT(t, " 2001:db8:%d::1/64", 20 + id);
	}
}

static void print_bond(struct text *t, const struct host_model *h, const struct bond *b)
{
	const char *space = "", *primary = NULL;

	PUT(t, "    'name=%s, ports=", b->name);
	for (int i = 0; i < h->count; i++) {
		if (!(b->ports & 1u << i))
			continue;
		PUT(t, "%s%s", space, h->nics[i].name);
		primary = h->nics[i].name;
		space = " ";
	}
	PUT(t, ", mode=%s", modes[b->mode]);
	print_number(t, "miimon", b->miimon);
	if (b->mode == MODE_LACP && b->lacp_fast)
		PUT(t, ", lacp_rate=fast");
	if (b->hash && (b->mode == MODE_BALANCE_XOR || b->mode == MODE_LACP || b->mode == MODE_TLB))
		PUT(t, ", xmit_hash_policy=%s", hashes[b->hash]);
	if (b->primary && primary && (b->mode == MODE_ACTIVE_BACKUP || b->mode >= MODE_TLB))
		PUT(t, ", primary=%s", primary);
	print_number(t, "mtu", b->mtu);
	if (b->mac)
		PUT(t, ", mac=52:54:00:00:02:%02x", b->id);
	print_address(t, b->address, b->id, false);
	PUT(t, "',\n");
}

static void print_bridge_port(struct text *t, const struct bridge *b)
{
	if (*b->uplink)
		PUT(t, ", uplink=%s", b->uplink);
	for (int i = 0; i < b->vlan_count; i++)
		PUT(t, "%s%d", i ? "/" : ", vlan=", b->vlans[i]);
	if (b->tagged_from)
		PUT(t, ", tagged=%d-%d", b->tagged_from, b->tagged_to);
	if (b->tagged_from)
		print_number(t, "vlan_default_pvid", b->pvid);
	if (b->vlan_name)
		PUT(t, ", vlan_name=vlan{vlan}");
}

static void print_bridge(struct text *t, const struct bridge *b)
{
	PUT(t, "    'name=%s%s", b->name, b->vlan_count > 1 ? "{vlan}" : "");
	print_bridge_port(t, b);
	print_address(t, b->address, b->id, b->ipv6);
	if (b->gateway)
		PUT(t, ", gateway=10.%d.0.254", 20 + b->id);
	print_number(t, "mtu", b->mtu);
	if (b->mac)
		PUT(t, ", mac=52:54:00:00:03:%02x", b->id);
	if (b->stp)
		PUT(t, ", stp=yes");
	print_number(t, "forward_delay", b->forward_delay);
	print_number(t, "ageing_time", b->ageing_time);
	if (b->snooping)
		PUT(t, ", multicast_snooping=yes");
	if (b->snooping && b->id % 2) // without another random number, which would change what seeds stand for
		PUT(t, ", nf_call=%s", b->isolated ? "yes" : "iptables");
	if (b->isolated)
		PUT(t, ", isolated=yes");
	if (b->no_tx_offload)
		PUT(t, ", tx_offload=off");
	if (b->legacy)
		PUT(t, ", legacy=yes");
	PUT(t, "',\n");
}

static void print_vlan(struct text *t, const struct vlan *v, int number)
{
	PUT(t, "    'link=%s, vlan=%d", v->link, v->id);
	if (*v->name)
		PUT(t, ", name=%s", v->name);
	if (v->ad)
		PUT(t, ", proto=802.1ad");
	if (v->address)
		PUT(t, ", address=10.%d.0.1/24", 10 + number);
	print_number(t, "mtu", v->mtu);
	PUT(t, "',\n");
}

// wait = 0: what is missing here doesn't come.
void config_print(const struct host_model *h, const struct config_model *c, char *text, size_t size)
{
	struct text t = {.text = text, .size = size};

	*text = '\0';
	PUT(&t, "wait = 0\nbonds = [\n");
	for (int i = 0; i < c->bond_count; i++)
		print_bond(&t, h, &c->bonds[i]);
	PUT(&t, "]\nbridges = [\n");
	for (int i = 0; i < c->bridge_count; i++)
		print_bridge(&t, &c->bridges[i]);
	PUT(&t, "]\nvlans = [\n");
	for (int i = 0; i < c->vlan_count; i++)
		print_vlan(&t, &c->vlans[i], i);
	PUT(&t, "]\n");
}

static void guest(struct random *r, const struct bridge *b, const char *bridge, int number, struct text *t)
{
	static const char *const sets[] = {"10p", "20p/30", "40/50-60", "10p/70-79"};

	PUT(t, "vif%d.0 bridge=%s", number, bridge);
	if (b->tagged_from)
		PUT(t, " vlan=%s", sets[random_below(r, 4)]);
	if (b->isolated || random_chance(r, 15))
		PUT(t, " isolated");
	PUT(t, "\n");
}

static void guests_generate(struct random *r, const struct config_model *c, char *text, size_t size)
{
	struct text t = {.text = text, .size = size};
	char name[NAME];
	int number = 0;

	for (int i = 0; i < c->bridge_count; i++)
		for (int k = 0; k < (c->bridges[i].vlan_count ? c->bridges[i].vlan_count : 1); k++) {
			bridge_instance(&c->bridges[i], k, name);
			for (int n = random_below(r, 3); n > 0; n--)
				guest(r, &c->bridges[i], name, ++number, &t);
		}
}

void scenario_generate(uint64_t seed, struct scenario *s)
{
	struct random r = {.state = seed};
	struct host_model h;
	struct config_model c;

	memset(s, 0, sizeof(*s));
	s->seed = seed;
	host_generate(&r, &h, s->host, sizeof(s->host));
	config_generate(&r, &h, &c);
	config_print(&h, &c, s->config[0], sizeof(s->config[0]));
	guests_generate(&r, &c, s->guests, sizeof(s->guests));
	s->configs = random_chance(&r, 30) ? 3 : 2;
	for (int i = 1; i < s->configs; i++) {
		config_edit(&r, &h, &c);
		config_print(&h, &c, s->config[i], sizeof(s->config[i]));
	}
}

void scenario_print(const struct scenario *s, FILE *f)
{
	fprintf(f, "-- host\n%s", s->host);
	for (int i = 0; i < s->configs; i++)
		fprintf(f, "-- config %c\n%s", 'A' + i, s->config[i]);
	fprintf(f, "-- guests\n%s", s->guests);
}
