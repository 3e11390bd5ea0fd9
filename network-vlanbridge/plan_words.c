// SPDX-License-Identifier: ISC
// A plan in words: who reads it wants to know what his devices will be, not in which messages.
#include "plan_words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "link_sysctl.h"
#include "plan_move.h"

// What is told of one device: its properties in one line, then a line for each entry.
struct telling {
	FILE *out;
	const struct plan *plan;
	const struct host *current;
	const char *device;
	size_t told;
};

// Taken away and given back, by us or by the kernel, because the device goes down meanwhile.
static bool comes_back(const struct telling *t, const struct step *s)
{
	if (s->kind == STEP_L3_ADD && host_find_entry(t->current, s->entry))
		return true;
	for (size_t i = 0; i < t->plan->count; i++)
		if (step_reverses_entry(s, &t->plan->steps[i]) &&
			!strcmp(step_device(s), step_device(&t->plan->steps[i])))
			return true;
	return false;
}

static void __attribute__((format(printf, 2, 3))) tell(struct telling *t, const char *format, ...)
{
	va_list args;

	fputs(t->told++ ? ", " : ": ", t->out);
	va_start(args, format);
	vfprintf(t->out, format, args);
	va_end(args);
}

static void tell_new(struct telling *t, const struct link *l)
{
	struct mark m;

	mark_parse(l->alias, &m);
	if (l->kind == KIND_VLAN)
		tell(t, "new device of VLAN %u of %s", l->vlan.id, l->lower.name);
	else if (l->kind == KIND_BRIDGE && m.vlan)
		tell(t, "new bridge for VLAN %u of %s", m.vlan, m.uplink);
	else if (l->kind == KIND_BRIDGE)
		tell(t, "new %sbridge%s%s", l->bridge.vlan_filtering ? "VLAN-aware " : "", *m.uplink ? " of " : "",
			*m.uplink ? m.uplink : " without uplink");
	else
		tell(t, "new %s", link_kinds[l->kind].name);
}

// What the first words of a new device have said already.
static bool is_said(const struct step *s, const char *option)
{
	return s->kind == STEP_LINK_ADD &&
	       (!strcmp(option, "id") || !strcmp(option, "vlan_filtering") ||
		       (!strcmp(option, "protocol") && s->link->vlan.protocol == LINK_VLAN_PROTOCOL_DEFAULT));
}

static void tell_options(struct telling *t, const struct step *s)
{
	const struct kind_row *k = &link_kinds[s->link->kind];
	char value[512];

	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(s->link, &k->options[i]) && !is_said(s, k->options[i].name))
			tell(t, "%s %s", k->options[i].name,
				option_print(s->link, &k->options[i], value, sizeof(value)));
}

// The master that the device has before that step.
static const char *master_before(const struct telling *t, const struct step *s)
{
	const struct device *d = host_find(t->current, t->device);
	const char *master = d ? d->link.master.name : "";

	for (const struct step *i = t->plan->steps; i < s; i++)
		if ((i->kind == STEP_LINK_SET || i->kind == STEP_LINK_ADD) && !strcmp(step_device(i), t->device) &&
			i->link->set & LINK_MASTER)
			master = i->link->master.name;
	return master;
}

static void tell_master(struct telling *t, const struct step *s)
{
	if (*s->link->master.name)
		tell(t, "%sport of %s", s->kind == STEP_LINK_ADD ? "" : "becomes a ", s->link->master.name);
	else if (*master_before(t, s))
		tell(t, "leaves %s", master_before(t, s));
}

static void tell_port_flags(struct telling *t, const struct link *l)
{
	const struct device *d = host_find(t->current, t->device);
	uint64_t before = d ? device_port_flags(d) : LINK_PORT_FLAGS_INITIAL;

	for (size_t i = 0; i < PORT_FLAGS; i++) {
		uint64_t bit = 1ULL << port_flags[i].bit;

		if (l->port_flags_known & bit && (l->port_flags ^ before) & bit)
			tell(t, "%s %s", port_flags[i].name, l->port_flags & bit ? "on" : "off");
	}
}

static bool is_closed_by(const struct link *l, size_t i)
{
	return link_sysctls_closed >> i & 1 && l->sysctls_known >> LINK_SYSCTL_DISABLE_IPV6 & 1;
}

static void tell_sysctls(struct telling *t, const struct link *l)
{
	if (l->sysctls_known >> LINK_SYSCTL_DISABLE_IPV6 & 1)
		tell(t, l->sysctls[LINK_SYSCTL_DISABLE_IPV6] ? "closed to guests' packets for dom0"
							     : "open to packets for dom0");
	for (size_t i = 0; i < LINK_SYSCTL_COUNT; i++)
		if (l->sysctls_known >> i & 1 && !is_closed_by(l, i))
			tell(t, "%s %s %d", link_sysctls[i].family, link_sysctls[i].name, l->sysctls[i]);
}

// A bridge that goes on in another network.
static void tell_mark(struct telling *t, const struct link *l)
{
	const struct device *d = host_find(t->current, t->device);
	struct mark m;

	mark_parse(l->alias, &m);
	if (!d || !device_is_ours(d) || m.origin == MARK_NONE || l->kind != KIND_BRIDGE)
		return;
	if (d->mark.vlan == m.vlan && !strcmp(d->mark.uplink, m.uplink))
		return;
	if (m.vlan)
		tell(t, "is for VLAN %u of %s now", m.vlan, m.uplink);
	else
		tell(t, *m.uplink ? "is of %s now" : "has no uplink now", m.uplink);
}

static void tell_fields(struct telling *t, const struct step *s)
{
	const struct link *l = s->link;
	char mac[18];

	if (l->set & LINK_RENAME)
		tell(t, "is called %s then", l->new_name);
	if (l->set & LINK_ALIAS && s->kind == STEP_LINK_SET)
		tell_mark(t, l);
	tell_options(t, s);
	if (l->set & LINK_MTU)
		tell(t, "MTU %u", l->mtu);
	if (l->set & LINK_MAC)
		tell(t, "MAC address %s", mac_print(l->mac, mac));
	if (l->set & LINK_ALTNAME && *l->altname)
		tell(t, "also called %s", l->altname);
	if (l->set & LINK_MASTER)
		tell_master(t, s);
	if (l->set & LINK_ADDR_GEN && s->kind == STEP_LINK_SET)
		tell(t, l->addr_gen == LINK_ADDR_GEN_NONE ? "no IPv6 link-local address"
							  : "IPv6 link-local address again");
	if (l->set & LINK_PORT_FLAGS)
		tell_port_flags(t, l);
	if (l->set & LINK_SYSCTLS && s->kind == STEP_LINK_SET)
		tell_sysctls(t, l);
}

// Where it is down on the way only, that is what counts. A bond sets its new port up.
static void tell_state(struct telling *t)
{
	bool changes = false, up = false, down = false;

	for (size_t i = 0; i < t->plan->count; i++) {
		const struct step *s = &t->plan->steps[i];

		if (!s->link || strcmp(s->link->name, t->device))
			continue;
		if (s->kind == STEP_LINK_ADD)
			return;
		if (s->kind != STEP_LINK_SET)
			continue;
		if (s->link->set & LINK_UP) {
			changes = true;
			up = s->link->up;
			down |= !up;
		} else if (down && s->link->set & LINK_MASTER && *s->link->master.name)
			up = true;
	}
	if (changes)
		tell(t, !up ? "goes down" : down ? "goes down for a moment" : "comes up");
}

static void tell_entry(const struct telling *t, const struct step *s)
{
	static const char *const kinds[L3_KIND_COUNT] = {"address", "route", "rule", "neighbour"};
	const struct step *other = plan_find_counterpart(t->plan, t->current, s);
	bool add = s->kind == STEP_L3_ADD;

	if (comes_back(t, s))
		return;
	fprintf(t->out, "  %s%s %s", other ? "" : add ? "gets " : "loses ", kinds[s->entry->kind], s->entry->key);
	if (other)
		fprintf(t->out, add ? " comes from %s" : " goes to %s", step_device(other));
	fputc('\n', t->out);
}

static void tell_vlans(const struct telling *t, const struct step *s)
{
	const struct vlans tagged = port_vlans_tagged(s->vlans);
	char ids[4096];

	fputs(s->kind == STEP_VLANS_ADD ? "  gets" : "  loses", t->out);
	if (!vlans_empty(&tagged))
		fprintf(t->out, " VLAN %s%s", vlans_print(&tagged, ids, sizeof(ids)),
			s->kind == STEP_VLANS_ADD ? " tagged" : "");
	if (!vlans_empty(&s->vlans->untagged))
		fprintf(t->out, "%s VLAN %s untagged", vlans_empty(&tagged) ? "" : ",",
			vlans_print(&s->vlans->untagged, ids, sizeof(ids)));
	if (s->vlans->pvid)
		fprintf(t->out, ", PVID %u", s->vlans->pvid);
	fputc('\n', t->out);
}

static void tell_step(struct telling *t, const struct step *s)
{
	if (s->kind == STEP_LINK_ADD)
		tell_new(t, s->link);
	if (s->kind == STEP_LINK_DEL)
		tell(t, "is deleted");
	if (s->kind == STEP_LINK_ADD || s->kind == STEP_LINK_SET)
		tell_fields(t, s);
	if (s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP)
		tell(t, s->kind == STEP_DHCP_START ? "a DHCP client is started" : "its DHCP client is ended");
}

static void tell_below(const struct telling *t, const struct step *s)
{
	if (s->entry)
		tell_entry(t, s);
	if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL)
		tell_vlans(t, s);
}

// Only the mark by which we know the device again, or the group.
static bool is_private(const struct step *s)
{
	return s->kind == STEP_LINK_SET && !s->link->options &&
	       !(s->link->set & ~(unsigned int)(LINK_ALIAS | LINK_GROUP));
}

static bool is_of(const struct step *s, const char *device)
{
	return !strcmp(step_device(s), device);
}

static void tell_device(struct telling *t, const struct step *first)
{
	t->told = 0;
	fputs(t->device, t->out);
	for (size_t i = 0; i < t->plan->count; i++)
		if (is_of(&t->plan->steps[i], t->device))
			tell_step(t, &t->plan->steps[i]);
	tell_state(t);
	fputs(t->told ? "\n" : is_private(first) ? ": its mark\n" : ":\n", t->out);
	for (size_t i = 0; i < t->plan->count; i++)
		if (is_of(&t->plan->steps[i], t->device))
			tell_below(t, &t->plan->steps[i]);
}

// A device is told of at its first step that isn't private; where all are, at its first one.
static bool is_place(const struct plan *p, size_t n)
{
	const char *device = step_device(&p->steps[n]);

	for (size_t i = 0; i < p->count; i++) {
		bool counts = !is_private(&p->steps[i]);

		if (!is_of(&p->steps[i], device) || i == n)
			continue;
		if (is_private(&p->steps[n]) ? counts || i < n : counts && i < n)
			return false;
	}
	return true;
}

void plan_print_words(FILE *out, const struct plan *p, const struct host *current)
{
	struct telling t = {.out = out, .plan = p, .current = current};

	for (size_t i = 0; i < p->count; i++) {
		t.device = step_device(&p->steps[i]);
		if (p->steps[i].kind == STEP_MODULE)
			fputs("the kernel module bonding is loaded\n", out);
		else if (is_place(p, i) && !plan_is_parking(p, current, t.device))
			tell_device(&t, &p->steps[i]);
	}
}
