// SPDX-License-Identifier: ISC
// A plan as commands of ip(8) and its relatives: the same steps in the same order, for people who want to see what is
// done in the words that they know, or do it by hand.
#include "ip_commands.h"

#include <string.h>

#include "link_sysctl.h"
#include "plan_move.h"
#include "step_sysctl.h"

static const char *const addr_gen_modes[] = {"eui64", "none", "stable_secret", "random"};

static void print_named(FILE *out, const char *word, const char *name)
{
	fprintf(out, " %s ", word);
	ip_commands_print_word(out, name);
}

static void print_set(FILE *out, const struct link *l)
{
	fputs("ip link set dev ", out);
	ip_commands_print_word(out, l->name);
}

static void print_mac(FILE *out, const struct link *l)
{
	char mac[18];

	if (l->set & LINK_MAC)
		fprintf(out, " address %s", mac_print(l->mac, mac));
}

// A bridge keeps an MTU that was changed; with the one that it was made with it follows its ports.
static uint32_t first_mtu(const struct link *l)
{
	if (l->kind != KIND_BRIDGE)
		return l->mtu;
	return l->mtu > IPV6_MTU_MIN ? l->mtu - 1 : l->mtu + 1;
}

static void print_create(FILE *out, const struct link *l)
{
	fputs("ip link add", out);
	if (l->set & LINK_LOWER && *l->lower.name)
		print_named(out, "link", l->lower.name);
	print_named(out, "name", l->name);
	if (l->set & LINK_MTU)
		fprintf(out, " mtu %u", first_mtu(l));
	print_mac(out, l);
	if (l->set & LINK_MASTER && *l->master.name)
		print_named(out, "master", l->master.name);
	if (l->set & LINK_GROUP)
		fprintf(out, " group %u", l->group);
	ip_commands_print_type(out, l);
	fputc('\n', out);
}

// What is the same for a new device and one that changes.
static void print_later_fields(FILE *out, const struct link *l)
{
	if (l->set & LINK_ALIAS)
		print_named(out, "alias", l->alias);
	if (l->set & LINK_ADDR_GEN && l->addr_gen < sizeof(addr_gen_modes) / sizeof(*addr_gen_modes))
		fprintf(out, " addrgenmode %s", addr_gen_modes[l->addr_gen]);
}

static void print_up(FILE *out, const struct link *l, bool up)
{
	print_set(out, l);
	fputs(up ? " up\n" : " down\n", out);
}

static void print_altname(FILE *out, const struct link *l)
{
	fputs("ip link property add dev ", out);
	ip_commands_print_word(out, l->name);
	print_named(out, "altname", l->altname);
	fputc('\n', out);
}

static void print_add(FILE *out, const struct link *l)
{
	print_create(out, l);
	print_set(out, l);
	if (l->kind == KIND_BRIDGE && l->set & LINK_MTU)
		fprintf(out, " mtu %u", l->mtu);
	print_later_fields(out, l);
	fputc('\n', out);
	if (l->set & LINK_ALTNAME && *l->altname)
		print_altname(out, l);
	if (l->set & LINK_UP && l->up)
		print_up(out, l, true);
}

static void print_fields(FILE *out, const struct link *l)
{
	print_set(out, l);
	if (l->set & LINK_MTU)
		fprintf(out, " mtu %u", l->mtu);
	print_mac(out, l);
	if (l->set & LINK_MASTER && *l->master.name)
		print_named(out, "master", l->master.name);
	else if (l->set & LINK_MASTER)
		fputs(" nomaster", out);
	if (l->set & LINK_GROUP)
		fprintf(out, " group %u", l->group);
	print_later_fields(out, l);
	if (l->set & LINK_RENAME)
		print_named(out, "name", l->new_name);
	fputc('\n', out);
}

// Those that differ from a new port's, or from what the port has.
static void print_port_flags(FILE *out, const struct link *l, const struct host *current)
{
	const struct device *d = host_find(current, l->name);
	uint64_t differ = l->port_flags ^ LINK_PORT_FLAGS_INITIAL;

	if (d)
		differ |= l->port_flags ^ device_port_flags(d);
	differ &= l->port_flags_known;
	if (!differ)
		return;
	print_set(out, l);
	fputs(" type bridge_slave", out);
	for (size_t i = 0; i < PORT_FLAGS; i++)
		if (differ >> port_flags[i].bit & 1)
			fprintf(out, " %s %s", port_flags[i].name,
				l->port_flags >> port_flags[i].bit & 1 ? "on" : "off");
	fputc('\n', out);
}

static void print_sysctl(FILE *out, const struct link *l, const char *family, const char *name, int value)
{
	char word[128];

	snprintf(word, sizeof(word), "net/%s/conf/%s/%s=%d", family, l->name, name, value);
	fputc(' ', out);
	ip_commands_print_word(out, word);
}

// disable_ipv6 comes first where it closes the device, as step_set_sysctls has it.
static void print_sysctls(FILE *out, const struct link *l)
{
	fputs("sysctl -q -w", out);
	if (l->set == LINK_ADDR_GEN)
		print_sysctl(out, l, "ipv6", "addr_gen_mode", (int)l->addr_gen);
	for (size_t n = 0; n < LINK_SYSCTL_COUNT && l->set != LINK_ADDR_GEN; n++) {
		size_t i = link_is_without_ipv6(l) ? LINK_SYSCTL_COUNT - 1 - n : n;

		if (l->sysctls_known >> i & 1)
			print_sysctl(out, l, link_sysctls[i].family, link_sysctls[i].name, l->sysctls[i]);
	}
	fputc('\n', out);
}

static void print_change(FILE *out, const struct link *l, const struct host *current)
{
	const unsigned int others = LINK_UP | LINK_ALTNAME | LINK_PORT_FLAGS;

	if (l->set & LINK_UP && !l->up)
		print_up(out, l, false);
	if (l->set & ~others)
		print_fields(out, l);
	if (l->options) {
		print_set(out, l);
		ip_commands_print_type(out, l);
		fputc('\n', out);
	}
	if (l->set & LINK_PORT_FLAGS)
		print_port_flags(out, l, current);
	if (l->set & LINK_ALTNAME && *l->altname)
		print_altname(out, l);
	if (l->set & LINK_UP && l->up)
		print_up(out, l, true);
}

// The IDs from first to last are all untagged or all tagged.
static void print_vlan_range(FILE *out, const struct step *s, unsigned int first, unsigned int last)
{
	fprintf(out, "bridge vlan %s dev ", s->kind == STEP_VLANS_ADD ? "add" : "del");
	ip_commands_print_word(out, s->link->name);
	fprintf(out, first == last ? " vid %u" : " vid %u-%u", first, last);
	if (s->kind == STEP_VLANS_ADD && first == s->vlans->pvid)
		fputs(" pvid", out);
	if (s->kind == STEP_VLANS_ADD && vlans_has(&s->vlans->untagged, first))
		fputs(" untagged", out);
	fputs(s->link->kind == KIND_BRIDGE ? " self\n" : "\n", out);
}

static bool goes_on(const struct port_vlans *v, unsigned int id)
{
	return vlans_has(&v->all, id) && vlans_has(&v->untagged, id) == vlans_has(&v->untagged, id - 1) &&
	       id != v->pvid && id - 1 != v->pvid;
}

static void print_vlans(FILE *out, const struct step *s)
{
	unsigned int last;

	for (unsigned int id = VLAN_MIN; id <= VLAN_MAX; id = last + 1) {
		last = id;
		if (!vlans_has(&s->vlans->all, id))
			continue;
		while (last < VLAN_MAX && goes_on(s->vlans, last + 1))
			last++;
		print_vlan_range(out, s, id, last);
	}
}

static void print_dhcp(FILE *out, const struct step *s)
{
	fprintf(out, "# no command: a DHCP client is %s on %s, as dhclient, dhcpcd or udhcpc\n",
		s->kind == STEP_DHCP_START ? "started" : "ended", s->link->name);
}

static void print_delete(FILE *out, const struct link *l)
{
	fputs("ip link del dev ", out);
	ip_commands_print_word(out, l->name);
	fputc('\n', out);
}

static void print_step(FILE *out, const struct step *s, const struct host *current)
{
	if (s->entry)
		ip_commands_print_entry(out, s);
	else if (s->kind == STEP_MODULE)
		fputs("modprobe bonding max_bonds=0\n", out);
	else if (s->kind == STEP_LINK_ADD)
		print_add(out, s->link);
	else if (s->kind == STEP_LINK_SET && step_is_sysctl(s))
		print_sysctls(out, s->link);
	else if (s->kind == STEP_LINK_SET)
		print_change(out, s->link, current);
	else if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL)
		print_vlans(out, s);
	else if (s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP)
		print_dhcp(out, s);
	else
		print_delete(out, s->link);
}

void ip_commands_print(FILE *out, const struct plan *p, const struct host *current)
{
	if (p->count)
		fputs("# Without what start does besides: waiting for devices, verifying, rolling back.\n"
		      "# A del that finds nothing is fine: the kernel has deleted it with something else.\n",
			out);
	for (size_t i = 0; i < p->count; i++)
		print_step(out, &p->steps[i], current);
}
