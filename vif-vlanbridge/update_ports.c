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
	bool was_filtered, filtered;
	const struct rules *rules;
};

static struct way way_there(const struct update_port *p)
{
	return (struct way){&p->before, &p->after, p->was_filtered, p->run.attachment.filtered, &p->run.rules};
}

static struct way way_back(const struct update_port *p)
{
	return (struct way){&p->after, &p->before, p->run.attachment.filtered, p->was_filtered, &p->rules_before};
}

static int set_rules(struct update_port *p, const struct way *w, struct err *e)
{
	const char *key = p->run.req.dev, *name = p->run.attachment.name;

	if (!p->rules_differ)
		return 0;
	if (!w->filtered)
		return rules_delete(key, e);
	return w->was_filtered ? rules_replace(key, name, w->rules, e) : rules_add(key, name, w->rules, e);
}

static int set_tx_offload(struct update_port *p, const struct way *w, struct err *e)
{
	if (w->from->tx_offload_off == w->to->tx_offload_off)
		return 0;
	return tx_offload_set(p->run.attachment.name, !w->to->tx_offload_off, w->to->bridge.name, e);
}

// Rules that are for another place are set while nothing passes; others before what they let through or hold back.
static int go(struct update_port *p, const struct way *w, struct err *e)
{
	const unsigned int leave = PORT_BIT(PORT_LEAVE);
	struct port_change c;
	unsigned int rest = ~0U;
	int r = 0;

	port_change_decide(w->from, w->to, p->anew, &c);
	if (w->filtered)
		r = store_write_rules_flag(p->run.store, e);
	if (!r && p->rules_differ && c.steps & leave) {
		r = port_send(p->run.nl, p->run.attachment.index, &c, leave, w->to, e);
		rest = ~leave;
	}
	if (!r)
		r = set_rules(p, w, e);
	if (!r)
		r = port_send(p->run.nl, p->run.attachment.index, &c, rest, w->to, e);
	return r ? r : set_tx_offload(p, w, e);
}

static bool moves(const struct update *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->ports[i].anew || u->ports[i].before.bridge.index != u->ports[i].after.bridge.index)
			return true;
	return false;
}

int update_change_ports(struct update *u, struct err *e)
{
	int guard = moves(u) ? expedite_begin() : -1, r = 0;

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
