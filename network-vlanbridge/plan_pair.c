// SPDX-License-Identifier: ISC
// Which device of the target is which device now, what differs between the two, and what the plan may touch.
#include <string.h>

#include "plan_build.h"

static bool is_pair(const struct device *s, const struct device *t)
{
	if (device_is_ours(s) && device_is_ours(t)) // host_find finds by alternative name, too
		return device_is_same(s, t) && !strcmp(s->link.name, t->link.name);
	return s->link.index == t->link.index;
}

static struct device *find_by_index(const struct host *h, int index)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->devices[i]->link.index == index)
			return h->devices[i];
	return NULL;
}

static struct device *find_pair(const struct host *h, const struct device *d)
{
	struct device *other = host_find(h, d->link.name);

	if (other && is_pair(d, other))
		return other;
	return device_is_ours(d) ? NULL : find_by_index(h, d->link.index);
}

// A VLAN device on a bridge isn't the one on the NIC that had, or will have, the bridge's name.
static bool has_same_lower(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *below_s, *below_t;

	if (s->link.kind != KIND_VLAN || !device_is_ours(s))
		return true;
	below_s = host_find(&p->now, s->link.lower.name);
	below_t = host_find(p->target, t->link.lower.name);
	return below_s && below_t && device_is_ours(below_s) == device_is_ours(below_t);
}

struct device *planner_now(const struct planner *p, const struct device *t)
{
	struct device *s = find_pair(&p->now, t);

	return s && has_same_lower(p, s, t) ? s : NULL;
}

const struct device *planner_target(const struct planner *p, const struct device *s)
{
	const struct device *t = find_pair(p->target, s);

	return t && has_same_lower(p, s, t) ? t : NULL;
}

// The same name may be another device's: a bridge's now, and later that of the NIC below it (legacy=yes).
static bool has_same_devices(const struct planner *p, const struct l3_entry *e)
{
	for (size_t i = 0; i < e->device_count && e->kind != L3_RULE; i++) {
		const struct device *s = host_find(&p->now, e->devices[i].name),
				    *t = host_find(p->target, e->devices[i].name);

		if (!s || !t || planner_now(p, t) != s)
			return false;
	}
	return true;
}

const struct l3_entry *planner_find_now(const struct planner *p, const struct l3_entry *wanted)
{
	const struct l3_entry *e = host_find_entry(&p->now, wanted);

	return e && has_same_devices(p, e) ? e : NULL;
}

bool planner_wants(const struct planner *p, const struct l3_entry *e)
{
	return host_find_entry(p->target, e) && has_same_devices(p, e);
}

bool planner_is_bond_port(const struct planner *p, const struct device *s, const struct device *t)
{
	return host_is_bond_port(&p->now, s) || host_is_bond_port(p->target, t);
}

static bool has_master_of_ours(const struct host *h, const struct device *d)
{
	const struct device *m = host_find(h, d->link.master.name);

	return m && device_is_ours(m);
}

bool planner_concerns(const struct planner *p, const struct device *s, const struct device *t)
{
	if (s && (s->mark.origin != MARK_NONE || s->mark.changing || has_master_of_ours(&p->now, s)))
		return true;
	return t && (t->mark.origin != MARK_NONE || has_master_of_ours(p->target, t));
}

bool planner_concerns_entry(const struct planner *p, const struct l3_entry *e)
{
	if (e->ours)
		return true;
	for (size_t i = 0; i < e->device_count; i++) {
		const struct device *s = host_find(&p->now, e->devices[i].name),
				    *t = host_find(p->target, e->devices[i].name);

		if (planner_concerns(p, s, t))
			return true;
	}
	return false;
}

unsigned int planner_fields_to_set(const struct planner *p, const struct device *s, const struct device *t)
{
	unsigned int fields = t->link.set & (LINK_UP | LINK_MTU | LINK_MASTER | LINK_ADDR_GEN), differ = 0;

	if (device_is_ours(t))
		fields |= t->link.set & (LINK_GROUP | LINK_ALTNAME | LINK_SYSCTLS);
	if (device_is_ours(t) && (t->link.kind == KIND_BOND || t->link.kind == KIND_BRIDGE))
		fields |= t->link.set & LINK_MAC;
	if (*t->link.master.name)
		fields |= LINK_PORT_FLAGS;
	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1)
		if (fields & f && !link_field_equal(&s->link, &t->link, f))
			differ |= f;
	if (fields & LINK_MAC && !(s->link.set & LINK_MAC))
		differ |= LINK_MAC;
	if (differ & LINK_ALTNAME && host_find(&p->now, t->link.altname) == s)
		differ &= ~(unsigned int)LINK_ALTNAME; // it has others, too
	return differ;
}

// What the kernel doesn't report (an empty list, an option that it doesn't know) has its initial value.
static bool has_option(const struct link *now, const struct link *wanted, const struct option *o)
{
	struct link initial;

	if (option_is_set(now, o))
		return option_equal(now, wanted, o);
	initial = (struct link){.kind = now->kind};
	option_reset(&initial, o);
	return option_equal(&initial, wanted, o);
}

// Whether the kernel takes it in the mode of now, or then. Without MII monitoring it takes no delays, and says that
// they are 0.
static bool is_option_known(const struct link *now, const struct link *wanted, const struct option *o)
{
	if (o->rules & OPTION_NEEDS_MIIMON && !wanted->bond.miimon)
		return false;
	return option_fits_mode(o, now->bond.mode) || option_fits_mode(o, wanted->bond.mode);
}

uint64_t planner_options_to_set(const struct device *s, const struct device *t)
{
	const struct kind_row *k = &link_kinds[t->link.kind];
	uint64_t differ = 0;

	if (s->link.kind != t->link.kind || (!device_is_ours(t) && !device_is_ours(s)))
		return 0;
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (option_is_set(&t->link, o) && is_option_known(&s->link, &t->link, o) &&
			!has_option(&s->link, &t->link, o))
			differ |= 1ULL << i;
	}
	return differ;
}

// Only a VLAN-aware bridge looks at its ports' VLANs, and at its own. One that no longer is to be VLAN-aware leaves
// none behind.
bool planner_vlans_matter(const struct planner *p, const struct device *s, const struct device *t)
{
	const struct device *bridge = *t->link.master.name ? host_find(p->target, t->link.master.name) : t;

	if (!bridge || strcmp(s->link.master.name, t->link.master.name))
		return false;
	return device_is_vlan_aware(bridge) || device_is_vlan_aware(host_find(&p->now, bridge->link.name));
}

static bool is_equal(const struct planner *p, const struct device *s, const struct device *t)
{
	if (planner_fields_to_set(p, s, t) || planner_options_to_set(s, t) || strcmp(s->link.name, t->link.name))
		return false;
	if (strcmp(s->link.alias, t->link.alias) || s->dhcp != t->dhcp)
		return false;
	return !planner_vlans_matter(p, s, t) || kept_vlans_equal(&s->vlans, &t->vlans);
}

static bool devices_are_done(const struct planner *p)
{
	for (size_t i = 0; i < p->target->count; i++) {
		const struct device *t = p->target->devices[i], *s = planner_now(p, t);

		if (!s && device_is_ours(t))
			return false;
		if (s && planner_concerns(p, s, t) && !is_equal(p, s, t))
			return false;
	}
	for (size_t i = 0; i < p->now.count; i++)
		if (device_is_ours(p->now.devices[i]) && !planner_target(p, p->now.devices[i]))
			return false;
	return true;
}

static bool is_unwanted_link_local(const struct planner *p, const struct l3_entry *e)
{
	const struct device *s = host_find(&p->now, e->devices[0].name), *t = s ? planner_target(p, s) : NULL;

	return t && planner_concerns(p, s, t) && p->target->ipv6 && t->link.addr_gen == LINK_ADDR_GEN_NONE &&
	       s->link.addr_gen == LINK_ADDR_GEN_NONE;
}

bool planner_is_unwanted(const struct planner *p, const struct l3_entry *e)
{
	if (e->link_local)
		return is_unwanted_link_local(p, e);
	return !planner_wants(p, e) && planner_concerns_entry(p, e);
}

// In a rollback: the entry of a NIC that went meanwhile.
static bool is_unplugged(const struct planner *p, const struct l3_entry *e)
{
	for (size_t i = 0; i < e->device_count && e->kind != L3_RULE; i++) {
		const struct device *t = host_find(p->target, e->devices[i].name);

		if (t && !device_is_ours(t) && !planner_now(p, t))
			return true;
	}
	return false;
}

bool planner_is_done(const struct planner *p)
{
	const struct l3_entry *e;
	size_t at = 0;

	if (p->failed || !devices_are_done(p))
		return false;
	while ((e = host_next_entry(p->target, &at)))
		if (!e->link_local && !e->stale && !planner_find_now(p, e) && planner_concerns_entry(p, e) &&
			!is_unplugged(p, e))
			return false;
	at = 0;
	while ((e = host_next_entry(&p->now, &at)))
		if (planner_is_unwanted(p, e))
			return false;
	return true;
}
