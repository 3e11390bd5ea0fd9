// SPDX-License-Identifier: ISC
// One wanted device that is ours to make: make it, or change what differs, or see that somebody else's fits.
#include <errno.h>
#include <string.h>

#include "planner.h"

// The MAC address that dev will have: for a device that isn't made yet, that of what is below it.
static const struct link *mac_source(const struct planner *p, const char *name)
{
	for (int depth = 0; depth < 8 && *name; depth++) {
		const struct device *w = host_find(p->wanted, name);
		const struct device *s = host_find(p->state, name);

		if (w && w->link.set & LINK_MAC)
			return &w->link;
		if (s || !w)
			return s && s->link.set & LINK_MAC ? &s->link : NULL;
		name = w->link.lower.name;
	}
	return NULL;
}

// Without an uplink the bridge would take the lowest MAC of its vifs, and change it with them: one from its name,
// locally administered.
static void mac_from_name(const char *name, uint8_t mac[MAC_SIZE])
{
	uint64_t hash = 0xcbf29ce484222325; // FNV-1a

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 0x100000001b3;
	mac[0] = 0x02;
	for (int i = 1; i < MAC_SIZE; i++)
		mac[i] = (uint8_t)(hash >> (8 * i));
}

// Pins a new bridge's MAC address and MTU to its uplink's, or they would follow its ports.
static struct link pinned(const struct planner *p, const struct device *w)
{
	const struct link *source = mac_source(p, w->mark.uplink);
	const struct device *u = host_find(p->state, w->mark.uplink);
	struct link l = w->link;

	if (!(l.set & LINK_MAC)) {
		if (source)
			link_copy_field(&l, source, LINK_MAC);
		else
			mac_from_name(l.name, l.mac);
		l.set |= LINK_MAC;
	}
	if (!(l.set & LINK_MTU)) {
		l.mtu = u && u->link.set & LINK_MTU ? u->link.mtu : 1500;
		l.set |= LINK_MTU;
	}
	return l;
}

static int add(struct planner *p, const struct device *w)
{
	struct link l = w->link.kind == KIND_BRIDGE ? pinned(p, w) : w->link;

	// A bond may become a port of a bridge, which comes after it.
	if (l.kind != KIND_VLAN) {
		l.set &= ~(unsigned int)LINK_MASTER;
		l.master = (struct link_ref){0};
	}
	if (mark_write(l.alias, &w->mark, p->e))
		return planner_refuse(p, w, ENOSPC, "%s: its mark is too long for the alias", l.name);
	l.set |= LINK_ALIAS | LINK_GROUP;
	l.group = MARK_GROUP;
	if (l.kind == KIND_BOND && !p->state->bonding) {
		int r = plan_append(p->plan, STEP_MODULE, NULL, STEP_NONE, NULL, p->e);

		p->state->bonding = true;
		if (r)
			return r;
	}
	return planner_add(p, &l);
}

// Releases a bond's ports: the kernel changes its mode only without. They join again in their turn.
static int empty(struct planner *p, const struct device *bond)
{
	int r = 0;

	for (size_t i = 0; i < p->state->count && bond->ports && !r; i++)
		if (!strcmp(p->state->devices[i]->link.master.name, bond->link.name))
			r = planner_master(p, p->state->devices[i], "");
	return r;
}

// The kernel's word for this is "Numerical result out of range".
static int check_mtu(struct planner *p, const struct device *w)
{
	const struct device *lower = host_find(p->state, w->link.lower.name);
	uint32_t limit = lower && lower->link.set & LINK_MTU ? lower->link.mtu : 1500;

	if (!(w->link.set & LINK_MTU) || w->link.kind != KIND_VLAN || w->link.mtu <= limit)
		return 0;
	return planner_refuse(p, w, ERANGE, "mtu=%u of VLAN %u (%s) is above the %u of %s: set mtu=%u there too",
		w->link.mtu, w->link.vlan.id, w->link.name, limit, w->link.lower.name, w->link.mtu);
}

// Options in two steps: those that need an empty bond decide which of the others it takes.
static int set_options(struct planner *p, struct device *s, const struct link *w)
{
	const struct kind_row *k = &link_kinds[w->kind];
	struct link first = {.kind = w->kind}, rest = {.kind = w->kind};
	struct l3_list kept = {0};
	unsigned int rules = 0;
	bool up = s->link.up;
	int r = 0;

	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (!option_is_set(w, o) || (option_is_set(&s->link, o) && option_equal(w, &s->link, o)))
			continue;
		rules |= o->rules;
		option_copy(o->rules & OPTION_EMPTY ? &first : &rest, w, o);
	}
	if (!first.options && !rest.options)
		return 0;
	if (rules & OPTION_EMPTY)
		r = empty(p, s);
	if (!r && rules & (OPTION_DOWN | OPTION_EMPTY))
		r = planner_suspend(p, s, &kept);
	if (!r)
		r = planner_set(p, s, &first);
	if (!r)
		r = planner_set(p, s, &rest);
	if (!r && up)
		r = planner_up(p, s, true);
	if (!r)
		r = planner_resume(p, &kept);
	l3_list_free(&kept);
	return r;
}

static int change(struct planner *p, const struct device *w, struct device *s)
{
	struct link fields = w->link;
	struct mark m = w->mark;
	int r;

	fields.set &= ~(unsigned int)(LINK_UP | LINK_LOWER);
	if (w->link.kind != KIND_VLAN)
		fields.set &= ~(unsigned int)LINK_MASTER;
	fields.options = 0;
	fields.set |= LINK_ALIAS;
	if (!s->mark.adopted && device_is_ours(s)) {
		fields.set |= LINK_GROUP; // left in another one by a deletion that was killed
		fields.group = MARK_GROUP;
	}
	memcpy(fields.alias, s->link.alias, sizeof(fields.alias));
	// What it once took from its uplink goes back there, whatever the file says meanwhile.
	if (s->mark.inherit && (w->link.kind == KIND_BOND || (!m.vlan && !strcmp(m.uplink, s->mark.uplink)))) {
		m.inherit = true;
		memcpy(m.uplink, s->mark.uplink, sizeof(m.uplink));
	}
	// What moved here came with its own addr_gen_mode.
	if (m.inherit && planner_is_host(p, s->link.name))
		fields.set &= ~(unsigned int)LINK_ADDR_GEN;
	if (mark_write(fields.alias, &m, p->e))
		return planner_refuse(p, w, ENOSPC, "%s: its alias is too long", w->link.name);
	r = planner_set(p, s, &fields);
	if (!r)
		r = set_options(p, s, &w->link);
	return r || !(w->link.set & LINK_UP) ? r : planner_up(p, s, w->link.up);
}

// An existing device that isn't ours is used as it is, if it is what is wanted.
static int fits(struct planner *p, const struct device *w, const struct device *s)
{
	const struct kind_row *k = &link_kinds[w->link.kind];
	char has[64], wants[64];

	if (s->link.kind != w->link.kind)
		return planner_refuse(p, w, EEXIST,
			"'%s' exists already and isn't a %s (%s): choose another name", w->link.name, k->name,
			*s->link.kind_name ? s->link.kind_name : "a network card");
	if (w->mark.dhcp)
		return planner_refuse(p, w, EEXIST, "'%s' exists already and isn't vlanbridge's: run the DHCP client on it yourself",
			w->link.name);
	if (w->link.kind == KIND_VLAN && strcmp(s->link.lower.name, w->link.lower.name))
		return planner_refuse(p, w, EEXIST, "'%s' exists already, but on %s instead of %s",
			w->link.name, s->link.lower.name, w->link.lower.name);
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (o->rules & OPTION_IDENTITY && option_is_set(&w->link, o) &&
			!option_equal(&w->link, &s->link, o))
			return planner_refuse(p, w, EEXIST,
				"'%s' exists already and isn't vlanbridge's: its %s is %s, %s is wanted",
				w->link.name, o->name, option_print(&s->link, o, has, sizeof(has)),
				option_print(&w->link, o, wants, sizeof(wants)));
	}
	return 0;
}

static bool unused_bond(const struct planner *p, const struct device *s)
{
	if (s->link.kind != KIND_BOND || s->ports || s->link.up)
		return false;
	for (size_t i = 0; i < p->state->count; i++)
		if (!strcmp(p->state->devices[i]->link.lower.name, s->link.name))
			return false;
	return true;
}

int planner_change(struct planner *p, const struct device *w, struct device *s)
{
	struct device adopted = *w;
	int r;

	if (check_mtu(p, w))
		return -ERANGE;
	if (device_is_ours(s) && s->link.kind == w->link.kind) {
		adopted.mark.adopted = s->mark.adopted;
		return change(p, &adopted, s);
	}
	if (w->link.kind == KIND_BOND && unused_bond(p, s)) {
		adopted.mark.adopted = true;
		return change(p, &adopted, s);
	}
	r = fits(p, w, s);
	return r || w->link.kind == KIND_BRIDGE || w->link.kind == KIND_BOND ? r : planner_borrow(p, w, s);
}

int planner_make(struct planner *p, const struct device *w)
{
	const struct device *other;

	if (check_mtu(p, w))
		return -ERANGE;
	// Ours are called as we call them; looking for others' takes time when there are thousands of ours.
	if (w->link.kind == KIND_VLAN && p->foreign_vlans) {
		other = host_find_vlan(
			p->state, w->link.lower.name, w->link.vlan.id, w->link.vlan.protocol);
		if (other)
			return planner_refuse(p, w, EEXIST,
				"VLAN %u of %s exists already as '%s', which vlanbridge didn't make: say vlan_name=%s to use it",
				w->link.vlan.id, w->link.lower.name, other->link.name, other->link.name);
	}
	return add(p, w);
}
