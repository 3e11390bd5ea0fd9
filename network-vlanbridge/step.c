// SPDX-License-Identifier: ISC
// One step of a plan: its fields, its text.
#include "step.h"

#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>

#include "link_sysctl.h"

const struct port_flag port_flags[PORT_FLAGS] = {
	{IFLA_BRPORT_MODE, "hairpin"},
	{IFLA_BRPORT_GUARD, "guard"},
	{IFLA_BRPORT_PROTECT, "root_block"},
	{IFLA_BRPORT_FAST_LEAVE, "fastleave"},
	{IFLA_BRPORT_LEARNING, "learning"},
	{IFLA_BRPORT_UNICAST_FLOOD, "flood"},
	{IFLA_BRPORT_PROXYARP, "proxy_arp"},
	{IFLA_BRPORT_PROXYARP_WIFI, "proxy_arp_wifi"},
	{IFLA_BRPORT_MCAST_FLOOD, "mcast_flood"},
	{IFLA_BRPORT_MCAST_TO_UCAST, "mcast_to_unicast"},
	{IFLA_BRPORT_VLAN_TUNNEL, "vlan_tunnel"},
	{IFLA_BRPORT_BCAST_FLOOD, "bcast_flood"},
	{IFLA_BRPORT_NEIGH_SUPPRESS, "neigh_suppress"},
	{IFLA_BRPORT_ISOLATED, "isolated"},
	{IFLA_BRPORT_LOCKED, "locked"},
};

void step_free(struct step *s)
{
	free(s->link);
	free(s->vlans);
	l3_free(s->entry);
	*s = (struct step){0};
}

static void copy_ref(struct link_ref *to, const struct link_ref *from)
{
	*to = (struct link_ref){0};
	memcpy(to->name, from->name, sizeof(to->name));
}

static void copy_sysctls(struct link *to, const struct link *from)
{
	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++)
		if (from->sysctls_known >> i & 1)
			to->sysctls[i] = from->sysctls[i];
	to->sysctls_known |= from->sysctls_known;
}

static bool equal_sysctls(const struct link *a, const struct link *b)
{
	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++)
		if (a->sysctls_known & b->sysctls_known & 1U << i && a->sysctls[i] != b->sysctls[i])
			return false;
	return true;
}

bool link_is_without_ipv6(const struct link *l)
{
	return l->sysctls_known >> LINK_SYSCTL_DISABLE_IPV6 & 1 && l->sysctls[LINK_SYSCTL_DISABLE_IPV6];
}

void link_copy_field(struct link *to, const struct link *from, unsigned int f)
{
	to->set |= f;
	switch (f) {
	case LINK_UP:
		to->up = from->up;
		break;
	case LINK_MTU:
		to->mtu = from->mtu;
		break;
	case LINK_MAC:
		memcpy(to->mac, from->mac, sizeof(to->mac));
		break;
	case LINK_MASTER:
		copy_ref(&to->master, &from->master);
		break;
	case LINK_LOWER:
		copy_ref(&to->lower, &from->lower);
		break;
	case LINK_ALIAS:
		memcpy(to->alias, from->alias, sizeof(to->alias));
		break;
	case LINK_GROUP:
		to->group = from->group;
		break;
	case LINK_ADDR_GEN:
		to->addr_gen = from->addr_gen;
		break;
	case LINK_ALTNAME:
		memcpy(to->altname, from->altname, sizeof(to->altname));
		break;
	case LINK_PORT_FLAGS:
		to->port_flags = from->port_flags;
		to->port_flags_known = from->port_flags_known;
		break;
	case LINK_SYSCTLS:
		copy_sysctls(to, from);
		break;
	case LINK_RENAME:
		memcpy(to->new_name, from->new_name, sizeof(to->new_name));
		break;
	default:
		break;
	}
}

bool link_field_equal(const struct link *a, const struct link *b, unsigned int f)
{
	switch (f) {
	case LINK_UP:
		return a->up == b->up;
	case LINK_MTU:
		return a->mtu == b->mtu;
	case LINK_MAC:
		return !memcmp(a->mac, b->mac, sizeof(a->mac));
	case LINK_MASTER:
		return !strcmp(a->master.name, b->master.name);
	case LINK_LOWER:
		return !strcmp(a->lower.name, b->lower.name);
	case LINK_ALIAS:
		return !strcmp(a->alias, b->alias);
	case LINK_GROUP:
		return a->group == b->group;
	case LINK_ADDR_GEN:
		return a->addr_gen == b->addr_gen;
	case LINK_ALTNAME:
		return !strcmp(a->altname, b->altname);
	case LINK_PORT_FLAGS:
		return !((a->port_flags ^ b->port_flags) & a->port_flags_known & b->port_flags_known);
	case LINK_SYSCTLS:
		return equal_sysctls(a, b);
	default:
		return true;
	}
}

static void describe_options(FILE *out, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	char value[512];

	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(l, &k->options[i]))
			fprintf(out, " %s=%s", k->options[i].name,
				option_print(l, &k->options[i], value, sizeof(value)));
}

static void describe_sysctls(FILE *out, const struct link *l)
{
	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++)
		if (l->sysctls_known >> i & 1 && (l->sysctls[i] || l->set == LINK_SYSCTLS))
			fprintf(out, " %s.%s=%d", link_sysctls[i].family, link_sysctls[i].name, l->sysctls[i]);
}

void link_describe(FILE *out, const struct link *l)
{
	char mac[18];

	fprintf(out, "%s", l->name);
	if (l->kind != KIND_OTHER)
		fprintf(out, " %s", link_kinds[l->kind].name);
	if (l->set & LINK_RENAME)
		fprintf(out, " name=%s", l->new_name);
	if (l->set & LINK_LOWER && *l->lower.name)
		fprintf(out, " link=%s", l->lower.name);
	describe_options(out, l);
	if (l->set & LINK_MTU)
		fprintf(out, " mtu=%u", l->mtu);
	if (l->set & LINK_MAC)
		fprintf(out, " mac=%s", mac_print(l->mac, mac));
	if (l->set & LINK_MASTER)
		fprintf(out, *l->master.name ? " master=%s" : " nomaster", l->master.name);
	if (l->set & LINK_GROUP)
		fprintf(out, " group=%u", l->group);
	if (l->set & LINK_ALTNAME && *l->altname)
		fprintf(out, " altname=%s", l->altname);
	if (l->set & LINK_ADDR_GEN)
		fprintf(out, " addr_gen=%u", l->addr_gen);
	if (l->set & LINK_ALIAS)
		fprintf(out, " alias=\"%s\"", l->alias);
	if (l->set & LINK_PORT_FLAGS)
		fprintf(out, " port_flags=%llx", (unsigned long long)l->port_flags);
	if (l->set & LINK_SYSCTLS)
		describe_sysctls(out, l);
	if (l->set & LINK_UP)
		fprintf(out, l->up ? " up" : " down");
}

static void print_vlans(FILE *out, const struct step *s)
{
	char ids[4096];

	fprintf(out, "%s dev %s", vlans_print(&s->vlans->all, ids, sizeof(ids)), s->link->name);
	if (!vlans_empty(&s->vlans->untagged))
		fprintf(out, " untagged %s", vlans_print(&s->vlans->untagged, ids, sizeof(ids)));
	if (s->vlans->pvid)
		fprintf(out, " pvid %u", s->vlans->pvid);
}

void step_print(FILE *out, const struct step *s)
{
	static const char *const verbs[] = {[STEP_MODULE] = "load module bonding max_bonds=0",
		[STEP_LINK_ADD] = "add ",
		[STEP_LINK_DEL] = "delete ",
		[STEP_LINK_SET] = "set ",
		[STEP_L3_ADD] = "add ",
		[STEP_L3_DEL] = "delete ",
		[STEP_VLANS_ADD] = "add vlans ",
		[STEP_VLANS_DEL] = "delete vlans ",
		[STEP_DHCP_START] = "start dhcp on ",
		[STEP_DHCP_STOP] = "stop dhcp on "};

	fputs(verbs[s->kind], out);
	if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL)
		print_vlans(out, s);
	else if (s->kind == STEP_LINK_DEL || s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP)
		fputs(s->link->name, out);
	else if (s->link)
		link_describe(out, s->link);
	else if (s->entry)
		l3_describe(out, s->entry);
}

char *step_text(const struct step *s)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	step_print(f, s);
	fclose(f);
	return text;
}
