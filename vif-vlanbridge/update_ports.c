// SPDX-License-Identifier: ISC
// Takes the ports of a NIC from one state to another, and back.
#include <errno.h>
#include <string.h>

#include "expedite.h"
#include "log.h"
#include "port_send.h"
#include "rules_apply.h"
#include "tx_offload.h"
#include "update.h"

// Where a port goes, by either way.
struct way {
	const struct port_state *from, *to;
	const struct rules *old, *new;
};

static struct way way_there(const struct update_port *p)
{
	return (struct way){&p->before, &p->after, &p->rules_before, &p->run.rules};
}

static struct way way_back(const struct update_port *p)
{
	return (struct way){&p->after, &p->before, &p->run.rules, &p->rules_before};
}

static int set_tx_offload(struct update_port *p, const struct way *w, struct err *e)
{
	if (w->from->tx_offload_off == w->to->tx_offload_off)
		return 0;
	return tx_offload_set(p->run.attachment.name, !w->to->tx_offload_off, w->to->bridge.name, e);
}

static enum rules_moment decide_moment(const struct way *w)
{
	return rules_decide_moment(w->old, w->new, port_moves(w->from, w->to));
}

// What there is to be done, in order. The rules are made before the port is cut off.
static int take_steps(struct update_port *p, const struct way *w, struct rules_change *rules, struct err *e)
{
	const unsigned int leave = PORT_BIT(PORT_LEAVE);
	enum rules_moment moment = decide_moment(w);
	struct port_change c;
	unsigned int rest = ~0U;
	int r = 0;

	port_change_decide(w->from, w->to, moment == RULES_BETWEEN, &c);
	if (moment == RULES_BETWEEN) {
		r = port_send(p->run.nl, p->run.attachment.index, &c, leave, w->to, e);
		rest = ~leave;
	}
	if (!r && (moment == RULES_BEFORE || moment == RULES_BETWEEN))
		r = rules_commit(rules, e);
	if (!r)
		r = port_send(p->run.nl, p->run.attachment.index, &c, rest, w->to, e);
	if (!r && moment == RULES_AFTER)
		r = rules_commit(rules, e);
	return r ? r : set_tx_offload(p, w, e);
}

static int go(struct update_port *p, const struct way *w, struct err *e)
{
	struct rules_change *rules = NULL;
	int r = 0;

	if (w->new->when)
		r = store_write_rules_flag(p->run.store, e);
	if (!r && decide_moment(w) != RULES_STAY)
		r = rules_prepare(p->run.req.dev, p->run.attachment.name, w->new, &rules, e);
	if (!r)
		r = take_steps(p, w, rules, e);
	rules_end(rules);
	return r;
}

// Whether one of them leaves its bridge.
static bool leaves(const struct update *u)
{
	for (size_t i = 0; i < u->n; i++) {
		struct way w = way_there(&u->ports[i]);

		if (w.from->bridge.index != w.to->bridge.index || decide_moment(&w) == RULES_BETWEEN)
			return true;
	}
	return false;
}

int update_change_ports(struct update *u, struct err *e)
{
	int guard = leaves(u) ? expedite_begin() : -1, r = 0;

	for (size_t i = 0; i < u->n && !r; i++) {
		struct way w = way_there(&u->ports[i]);

		u->ports[i].begun = true;
		r = go(&u->ports[i], &w, e);
	}
	expedite_end(guard);
	if (r)
		update_undo_ports(u);
	return r;
}

static bool is_back(struct update_port *p)
{
	struct port_state now;
	struct err unused;

	return !update_read_port(p, &now, &unused) && !port_moves(&now, &p->before) && now.mtu == p->before.mtu &&
	       now.flags == p->before.flags;
}

// Part of it may not have been done, and can't be undone then.
static void go_back(struct update_port *p)
{
	struct way w = way_back(p);
	struct err why = {0};
	int r = go(p, &w, &why);

	if (!is_back(p))
		log_error("%s: it couldn't be put back as it was%s%s", p->run.req.dev, r ? ": " : "", why.text);
}

void update_undo_ports(struct update *u)
{
	for (size_t i = u->n; i-- > 0;)
		if (u->ports[i].begun)
			go_back(&u->ports[i]);
}

int update_write(struct update *u, struct err *e)
{
	int r = store_update(u->nic.store, &u->before, &u->after, e);

	if (!r)
		store_write_guest_mtu(u->nic.store, u->ports[0].after.mtu);
	return r;
}
