// SPDX-License-Identifier: ISC
// What `update` would change.
#include <stdio.h>
#include <string.h>

#include "update.h"

#define VLANS_SIZE 512

static const char *or_none(const char *text)
{
	return *text ? text : "none";
}

static void print_texts(const struct update *u)
{
	static const enum nic_key keys[] = {NIC_BRIDGE, NIC_VLAN, NIC_MTU, NIC_IP};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *from = u->before.text[keys[i]], *to = u->after.text[keys[i]];

		if (strcmp(from, to))
			printf("%s: %s -> %s\n", nic_keys[keys[i]], or_none(from), or_none(to));
	}
}

// "10 untagged, 20-30 tagged". Returns buf.
static const char *describe_vlans(const struct port_state *s, char buf[VLANS_SIZE])
{
	const struct vlans tagged = port_vlans_tagged(&s->vlans);
	char list[VLANS_SIZE / 2];
	int n = 0;

	*buf = '\0';
	if (!vlans_empty(&s->vlans.untagged))
		n = snprintf(buf, VLANS_SIZE, "%s untagged", vlans_print(&s->vlans.untagged, list, sizeof(list)));
	if (!vlans_empty(&tagged))
		snprintf(buf + n, VLANS_SIZE - (size_t)n, "%s%s tagged", n ? ", " : "",
			vlans_print(&tagged, list, sizeof(list)));
	return or_none(buf);
}

static void print_place(const struct update_port *p)
{
	const struct port_state *from = &p->before, *to = &p->after;
	char old[VLANS_SIZE], new[VLANS_SIZE];

	if (from->bridge.index != to->bridge.index)
		printf("%s: bridge %s -> %s\n", p->run.req.dev, or_none(from->bridge.name), to->bridge.name);
	if (to->vlan_aware && port_moves(from, to))
		printf("%s: VLANs %s -> %s\n", p->run.req.dev, describe_vlans(from, old), describe_vlans(to, new));
}

static void print_flag(const struct update_port *p, uint64_t flag, const char *name)
{
	if ((p->before.flags ^ p->after.flags) & flag)
		printf("%s: %s %s\n", p->run.req.dev, name, p->after.flags & flag ? "no -> yes" : "yes -> no");
}

static void print_rules(const struct update_port *p)
{
	const struct rules *from = &p->rules_before, *to = &p->run.rules;

	if (rules_decide_moment(from, to, false) == RULES_STAY)
		return;
	printf("%s: %s\n", p->run.req.dev,
		!to->when    ? "no filtering rules any more"
		: from->when ? "other filtering rules"
			     : "filtering rules");
}

void update_print(const struct update *u)
{
	print_texts(u);
	for (size_t i = 0; i < u->n; i++) {
		const struct update_port *p = &u->ports[i];

		print_place(p);
		if (p->before.mtu != p->after.mtu)
			printf("%s: mtu %u -> %u\n", p->run.req.dev, p->before.mtu, p->after.mtu);
		print_flag(p, LINK_PORT_ISOLATED, "isolated");
		print_rules(p);
	}
}
