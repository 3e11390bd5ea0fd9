// SPDX-License-Identifier: ISC
// What the kernel will do in a step, done to the model.
#include <errno.h>
#include <string.h>

#include "step.h"

// Kernel rules that a later step depends on: a bond opens its new port and closes a released one.
static void simulate_master(struct host *t, struct link *l, const char *old)
{
	struct device *before = host_find(t, old), *after = host_find(t, l->master.name);

	if (before)
		before->ports--;
	if (before && before->link.kind == KIND_BOND) {
		l->up = false;
		// An empty bond gets a random MAC address.
		if (!before->ports)
			before->link.set &= ~(unsigned int)LINK_MAC;
	}
	if (after && after->link.kind == KIND_BOND) {
		l->up = true;
		// A bond takes its first port's MAC address, unless it was made with one of its own.
		if (!after->ports && (after->link.index || !(after->link.set & LINK_MAC)))
			link_copy_field(&after->link, l, LINK_MAC);
	}
	if (after)
		after->ports++;
}

// ... and VLAN devices follow their lower device down and up.
static void simulate_up(struct host *t, const struct link *l)
{
	for (size_t i = 0; i < t->count; i++) {
		struct link *v = &t->devices[i]->link;

		if (v->kind == KIND_VLAN && !strcmp(v->lower.name, l->name)) {
			v->up = l->up;
			simulate_up(t, v);
		}
	}
}

static void simulate_set(struct host *t, struct device *d, const struct link *c)
{
	const struct kind_row *k = &link_kinds[d->link.kind];
	char old[NAME_SIZE];

	memcpy(old, d->link.master.name, sizeof(old));
	for (unsigned int f = 1; f < LINK_RENAME; f <<= 1)
		if (c->set & f)
			link_copy_field(&d->link, c, f);
	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(c, &k->options[i]))
			option_copy(&d->link, c, &k->options[i]);
	if (c->set & LINK_ALIAS)
		mark_parse(d->link.alias, &d->mark);
	if (c->set & LINK_ALTNAME)
		host_set_altname(t, d, c->altname);
	if (c->set & LINK_RENAME)
		host_rename(t, d, c->new_name);
	if (c->set & LINK_MASTER)
		simulate_master(t, &d->link, old);
	if (c->set & LINK_UP && d->link.kind != KIND_BRIDGE)
		simulate_up(t, &d->link);
}

static int simulate_add(struct host *t, const struct link *l)
{
	struct device *d, *master = host_find(t, l->master.name);
	int r = host_add(t, l->name, &d);

	if (r)
		return r;
	d->link = *l;
	d->link.set |= LINK_UP | LINK_MASTER | LINK_LOWER | LINK_ALIAS;
	d->link.altname[0] = '\0';
	for (size_t i = 0; i < link_kinds[l->kind].count && l->kind == KIND_BOND; i++)
		if (!option_is_set(l, &link_kinds[l->kind].options[i]))
			option_reset(&d->link, &link_kinds[l->kind].options[i]);
	text_copy(d->link.kind_name, sizeof(d->link.kind_name), link_kinds[l->kind].name);
	mark_parse(l->alias, &d->mark);
	if (master)
		master->ports++;
	return host_set_altname(t, d, l->altname);
}

static void simulate_delete(struct host *t, struct device *d)
{
	struct device *master = host_find(t, d->link.master.name);

	if (master)
		master->ports--;
	for (size_t i = 0; i < t->count && d->ports; i++)
		if (!strcmp(t->devices[i]->link.master.name, d->link.name)) {
			t->devices[i]->link.master = (struct link_ref){0};
			d->ports--;
		}
	host_remove(t, d);
}

static int simulate_record(struct host *t, const struct step *s)
{
	if (s->kind == STEP_RECORD_ADD)
		return l3_list_add(&t->records, s->record);
	for (size_t i = 0; i < t->records.count; i++)
		if (l3_equal(t->records.list[i], s->record)) {
			l3_list_remove(&t->records, i);
			return 0;
		}
	return -ENOENT;
}

// The client takes along what it has set.
static void simulate_dhcp_stop(struct host *t, const char *device)
{
	for (size_t i = t->records.count; i-- > 0;)
		if (!t->records.list[i]->link_local && l3_uses(t->records.list[i], device))
			l3_list_remove(&t->records, i);
}

static void simulate_vlans(struct device *d, const struct step *s)
{
	if (s->kind == STEP_VLANS_ADD) {
		vlans_union(&d->vlans.all, &s->vlans.all);
		vlans_subtract(&d->vlans.untagged, &s->vlans.all);
		vlans_union(&d->vlans.untagged, &s->vlans.untagged);
		if (s->vlans.pvid)
			d->vlans.pvid = s->vlans.pvid;
		return;
	}
	vlans_subtract(&d->vlans.all, &s->vlans.all);
	vlans_subtract(&d->vlans.untagged, &s->vlans.all);
	if (vlans_has(&s->vlans.all, d->vlans.pvid))
		d->vlans.pvid = 0;
}

int step_simulate(struct host *t, const struct step *s, struct err *e)
{
	struct device *d = s->link ? host_find(t, s->link->name) : NULL;
	int r = 0;

	if (s->kind == STEP_MODULE)
		t->bonding = true;
	else if (s->record)
		r = simulate_record(t, s);
	else if (s->kind == STEP_LINK_ADD)
		r = simulate_add(t, s->link);
	else if (s->kind != STEP_NONE && !d)
		r = -ENODEV;
	else if (s->kind == STEP_LINK_DEL)
		simulate_delete(t, d);
	else if (s->kind == STEP_LINK_SET)
		simulate_set(t, d, s->link);
	else if (s->kind == STEP_DHCP_STOP)
		simulate_dhcp_stop(t, s->link->name);
	else if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL)
		simulate_vlans(d, s);
	return r ? err_set(e, -r, "the plan doesn't fit its own model at %s: %s",
			    s->link ? s->link->name : "?", strerror(-r))
		 : 0;
}
