// SPDX-License-Identifier: ISC
// A device that isn't ours as a port or uplink: taken with a note of how it was, and what it has of addresses moves on.
#include <errno.h>
#include <string.h>

#include "planner.h"

// Why w is wanted, for the sentence that it is missing or taken.
void planner_purpose(const struct device *w, char *buf, size_t size)
{
	if (*w->link.master.name)
		snprintf(buf, size, "a port of %s", w->link.master.name);
	else
		snprintf(buf, size, "the device below VLANs");
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
	const struct device *heir = to ? host_find(p->wanted, to->link.name) : NULL;

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
	struct l3_list kept = {0};
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
		r = planner_suspend(p, s, &kept);
	if (!r)
		r = planner_set(p, s, want);
	if (!r)
		r = planner_resume(p, &kept);
	l3_list_free(&kept);
	if (!r && move && !bond)
		r = planner_move_rest(p, s->link.name, to->link.name);
	if (!r && move && to->link.set & LINK_ADDR_GEN)
		r = planner_set(p, to, &gen);
	if (!r && !move && want->set & LINK_ADDR_GEN)
		r = planner_drop_link_local(p, s->link.name);
	return r;
}

// Takes a device that isn't ours as a port or uplink, with a note in its alias.
int planner_borrow(struct planner *p, const struct device *w, struct device *s)
{
	const struct device *master = host_find(p->state, s->link.master.name);
	struct device *to = host_find(p->state, w->link.master.name);
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
	planner_purpose(w, why, sizeof(why));
	if (master && want.set & LINK_MASTER && master != to && !device_is_ours(master))
		return planner_refuse(p, w, EBUSY,
			"%s can't become %s: it is a port of %s, which vlanbridge didn't make", s->link.name,
			why, s->link.master.name);
	if (w->unmarked)
		return planner_set(p, s, &want);
	m = note(s, &want);
	want.set |= LINK_ALIAS;
	memcpy(want.alias, s->link.alias, sizeof(want.alias));
	if (mark_write(want.alias, &m, p->e))
		return planner_refuse(p, w, ENOSPC, "%s: %s", s->link.name, p->e->text);
	want.set &= ~(unsigned int)LINK_UP;
	r = to && master != to ? enslave(p, w, s, to, &want) : planner_set(p, s, &want);
	return r || !(w->link.set & LINK_UP) ? r : planner_up(p, s, w->link.up);
}

// Bonds and dummies that are ports of a bridge, which is there now.
int planner_join(struct planner *p, const struct device *w)
{
	struct device *s = host_find(p->state, w->link.name);
	struct device *to = host_find(p->state, w->link.master.name);
	struct link want = {.set = LINK_MASTER, .master = w->link.master, .addr_gen = w->link.addr_gen};

	if (!s || !to || !strcmp(s->link.master.name, to->link.name))
		return 0;
	want.set |= s->link.set & w->link.set & LINK_ADDR_GEN;
	return enslave(p, w, s, to, &want);
}
