// SPDX-License-Identifier: ISC
// The difference between what is wanted and what is there.
//
// Sweep what isn't wanted any more; then for every wanted device, lower ones first: make it, or change what differs,
// or, when it is somebody else's, see that it fits and borrow it as a port or uplink.
#include "plan.h"

#include <errno.h>
#include <string.h>

#include "planner.h"

enum rank { RANK_BOND, RANK_BOND_PORT, RANK_DUMMY, RANK_BRIDGE, RANK_UPLINK, RANK_VLAN, RANK_END };

static bool ours(const struct device *d)
{
	return d->mark.origin == MARK_FILE || d->mark.origin == MARK_ARGS;
}

static enum rank rank(const struct planner *p, const struct device *w)
{
	const struct device *m = topology_find(p->wanted, w->link.master.name);

	if (!w->create)
		return m && m->link.kind == KIND_BOND ? RANK_BOND_PORT : RANK_UPLINK;
	return w->link.kind == KIND_BOND    ? RANK_BOND
		: w->link.kind == KIND_DUMMY  ? RANK_DUMMY
		: w->link.kind == KIND_BRIDGE ? RANK_BRIDGE
					      : RANK_VLAN;
}

// Why w is wanted, for the sentence that it is missing or taken.
static void purpose(const struct planner *p, const struct device *w, char *buf, size_t size)
{
	if (*w->link.master.name)
		snprintf(buf, size, "a port of %s", w->link.master.name);
	else
		snprintf(buf, size, "the device below VLANs");
	(void)p;
}

// The MAC address that dev will have: for a device that isn't made yet, that of what is below it.
static const struct link *mac_source(const struct planner *p, const char *name)
{
	for (int depth = 0; depth < 8 && *name; depth++) {
		const struct device *w = topology_find(p->wanted, name);
		const struct device *s = topology_find(p->state, name);

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
	const struct device *u = topology_find(p->state, w->mark.uplink);
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
	const struct device *lower = topology_find(p->state, w->link.lower.name);
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
	unsigned int rules = 0;
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
		r = planner_up(p, s, false);
	if (!r)
		r = planner_set(p, s, &first);
	return r ? r : planner_set(p, s, &rest);
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
	if (!s->mark.adopted && ours(s)) {
		fields.set |= LINK_GROUP; // left in another one by a deletion that was killed
		fields.group = MARK_GROUP;
	}
	memcpy(fields.alias, s->link.alias, sizeof(fields.alias));
	if (w->link.kind == KIND_BOND && s->mark.inherit) {
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

// What the device had, for the day it is given back. Earlier notes stand: they are from before we took it.
static struct mark note(const struct device *s, const struct link *want)
{
	struct mark m = s->mark.origin == MARK_PORT ? s->mark : (struct mark){.origin = MARK_PORT};

	if (!(m.was & MARK_WAS_UP)) {
		m.was |= MARK_WAS_UP;
		m.was_up = s->link.up;
	}
	if (want->set & LINK_MTU && !(m.was & MARK_WAS_MTU)) {
		m.was |= MARK_WAS_MTU;
		m.was_mtu = s->link.mtu;
	}
	if (want->set & LINK_ADDR_GEN && !(m.was & MARK_WAS_ADDR_GEN)) {
		m.was |= MARK_WAS_ADDR_GEN;
		m.was_addr_gen = s->link.addr_gen;
	}
	return m;
}

static bool differs(const struct device *s, const struct link *want)
{
	for (unsigned int f = 1; f <= LINK_ADDR_GEN; f <<= 1)
		if (want->set & f && !link_field_equal(&s->link, want, f))
			return true;
	return false;
}

// Whether what s has is to move on to its new master: that inherits it, or hands it on to its own.
static int moves(struct planner *p, const struct device *w, const struct device *s, const struct device *to)
{
	const struct device *heir = to ? topology_find(p->wanted, to->link.name) : NULL;

	if (!heir || !planner_is_host(p, s->link.name))
		return 0;
	if (heir->policy != ADDRESS_INHERIT && !*heir->link.master.name)
		return planner_refuse(p, w, EADDRINUSE,
			"%s has addresses or routes, which dom0 would lose when it becomes a port of %s: take them away first, or say address=inherit",
			s->link.name, to->link.name);
	return 1;
}

// A bond notes which port its addresses came from, for the day they go back.
static int note_heir(struct planner *p, struct device *to, const char *from)
{
	struct link change = {.set = LINK_ALIAS};
	struct mark m = to->mark;

	if (to->link.kind != KIND_BOND || *m.uplink)
		return 0;
	m.inherit = true;
	text_copy(m.uplink, sizeof(m.uplink), from);
	memcpy(change.alias, to->link.alias, sizeof(change.alias));
	if (mark_write(change.alias, &m, p->e))
		return -p->e->code;
	return planner_set(p, to, &change);
}

// Makes s a port of `to`, with what it has of addresses and routes.
static int enslave(struct planner *p, const struct device *w, struct device *s, struct device *to,
	const struct link *want)
{
	bool bond = to && to->link.kind == KIND_BOND;
	int move = moves(p, w, s, to), r = move < 0 ? move : 0;
	struct link gen = {.set = LINK_ADDR_GEN, .addr_gen = s->link.addr_gen};

	if (!r && move)
		r = note_heir(p, to, s->link.name);
	if (!r && move)
		r = planner_move_addresses(p, s->link.name, to->link.name, true);
	// A bond takes a port only while that is down, which would cost it its routes; and brings it up itself.
	if (!r && move && bond)
		r = planner_move_rest(p, s->link.name, to->link.name);
	if (!r && bond)
		r = planner_up(p, s, false);
	if (!r)
		r = planner_set(p, s, want);
	if (!r && move && !bond)
		r = planner_move_rest(p, s->link.name, to->link.name);
	if (!r && move && to->link.set & LINK_ADDR_GEN)
		r = planner_set(p, to, &gen);
	if (!r && !move && want->set & LINK_ADDR_GEN)
		r = planner_drop_link_local(p, s->link.name);
	return r;
}

// Takes a device that isn't ours as a port or uplink, with a note in its alias.
static int borrow(struct planner *p, const struct device *w, struct device *s)
{
	const struct device *master = topology_find(p->state, s->link.master.name);
	struct device *to = topology_find(p->state, w->link.master.name);
	struct link want = w->link;
	struct mark m;
	char why[64];
	int r;

	want.set &= LINK_UP | LINK_MTU | LINK_MASTER | LINK_ADDR_GEN;
	want.options = 0;
	if (!(s->link.set & LINK_ADDR_GEN)) // a kernel without IPv6
		want.set &= ~(unsigned int)LINK_ADDR_GEN;
	if (!differs(s, &want))
		return 0;
	purpose(p, w, why, sizeof(why));
	if (master && want.set & LINK_MASTER && master != to && !ours(master))
		return planner_refuse(p, w, EBUSY,
			"%s can't become %s: it is a port of %s, which vlanbridge didn't make", s->link.name,
			why, s->link.master.name);
	m = note(s, &want);
	want.set |= LINK_ALIAS;
	memcpy(want.alias, s->link.alias, sizeof(want.alias));
	if (mark_write(want.alias, &m, p->e))
		return planner_refuse(p, w, ENOSPC, "%s: %s", s->link.name, p->e->text);
	want.set &= ~(unsigned int)LINK_UP;
	r = to && master != to ? enslave(p, w, s, to, &want) : planner_set(p, s, &want);
	return r || !(w->link.set & LINK_UP) ? r : planner_up(p, s, w->link.up);
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

static int existing(struct planner *p, const struct device *w, struct device *s)
{
	struct device adopted = *w;
	int r;

	if (check_mtu(p, w))
		return -ERANGE;
	if (ours(s) && s->link.kind == w->link.kind) {
		adopted.mark.adopted = s->mark.adopted;
		return change(p, &adopted, s);
	}
	if (w->link.kind == KIND_BOND && unused_bond(p, s)) {
		adopted.mark.adopted = true;
		return change(p, &adopted, s);
	}
	r = fits(p, w, s);
	return r || w->link.kind == KIND_BRIDGE || w->link.kind == KIND_BOND ? r : borrow(p, w, s);
}

static int make(struct planner *p, const struct device *w)
{
	const struct device *other;

	if (check_mtu(p, w))
		return -ERANGE;
	if (w->link.kind == KIND_VLAN) {
		other = topology_find_vlan(
			p->state, w->link.lower.name, w->link.vlan.id, w->link.vlan.protocol);
		if (other)
			return planner_refuse(p, w, EEXIST,
				"VLAN %u of %s exists already as '%s', which vlanbridge didn't make: say vlan_name=%s to use it",
				w->link.vlan.id, w->link.lower.name, other->link.name, other->link.name);
	}
	return add(p, w);
}

// The addresses and the gateway that the file asks for: ours that it doesn't ask for any more go.
static int want_addresses(struct planner *p, const struct device *w)
{
	struct records gone = {0};
	int r = 0;

	for (size_t i = 0; i < p->state->records.count && !r; i++) {
		const struct record *s = p->state->records.list[i];

		if (s->ours && !s->link_local && record_uses(s, w->link.name) && !records_find(&p->wanted->records, s) &&
			records_add(&gone, s))
			r = err_set(p->e, ENOMEM, "no memory for the plan");
	}
	for (size_t i = 0; i < gone.count && !r; i++)
		r = planner_record(p, false, gone.list[i]);
	records_free(&gone);
	for (size_t i = 0; i < p->wanted->records.count && !r; i++) {
		const struct record *want = p->wanted->records.list[i];

		if (record_uses(want, w->link.name) && !records_find(&p->state->records, want))
			r = planner_record(p, true, want);
	}
	return r;
}

static int want_device(struct planner *p, const struct device *w)
{
	struct device *s = topology_find(p->state, w->link.name);
	char why[64];

	if (w->on_demand && !s)
		return 0;
	if (w->create) {
		bool dhcp = s && s->mark.dhcp;
		int r = s ? existing(p, w, s) : make(p, w);

		return r || dhcp == w->mark.dhcp ? r : planner_dhcp(p, w, w->mark.dhcp);
	}
	if (s)
		return borrow(p, w, s);
	if (w->optional)
		return 0;
	purpose(p, w, why, sizeof(why));
	return planner_refuse(p, w, ENODEV, "there is no device '%s', which is to be %s", w->link.name, why);
}

// Bonds and dummies that are ports of a bridge, which is there now.
static int join(struct planner *p, const struct device *w)
{
	struct device *s = topology_find(p->state, w->link.name);
	struct device *to = topology_find(p->state, w->link.master.name);
	struct link want = {.set = LINK_MASTER, .master = w->link.master, .addr_gen = w->link.addr_gen};

	if (!s || !to || !strcmp(s->link.master.name, to->link.name))
		return 0;
	want.set |= s->link.set & w->link.set & LINK_ADDR_GEN;
	return enslave(p, w, s, to, &want);
}

// The VLANs of a port of a VLAN-aware bridge, and of the bridge's own port.
static int want_vlans(struct planner *p, const struct device *w)
{
	struct device *s = topology_find(p->state, w->link.name);

	return s ? planner_vlans(p, s, &w->vlans) : 0;
}

int plan_make(const struct topology *wanted, struct topology *current, enum plan_scope scope,
	const struct topology *only, struct plan *ret, struct err *e)
{
	struct planner p = {wanted, only, current, scope, ret, e};
	struct records kept = {0};
	int r = planner_sweep(&p);

	for (size_t i = 0; i < wanted->count && !r; i++)
		if (*wanted->devices[i]->renamed_from)
			r = planner_legacy_take(&p, wanted->devices[i], &kept);
	for (int k = 0; k < RANK_END; k++)
		for (size_t i = 0; i < wanted->count && !r; i++) {
			const struct device *w = wanted->devices[i];
			enum rank own = rank(&p, w);

			if (scope == PLAN_ADD && only && !topology_find(only, w->link.name))
				continue;
			if (own == (enum rank)k)
				r = want_device(&p, w);
			else if (k == RANK_UPLINK && (own == RANK_BOND || own == RANK_DUMMY))
				r = join(&p, w);
			if (!r && w->tagged && k == RANK_UPLINK)
				r = want_vlans(&p, w);
			if (!r && own == (enum rank)k && w->create)
				r = want_addresses(&p, w);
			if (!r && own == (enum rank)k && k == RANK_BRIDGE && kept.count)
				r = planner_legacy_give(&p, w, &kept);
		}
	records_free(&kept);
	if (r)
		plan_free(ret);
	return r;
}
