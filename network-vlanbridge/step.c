// SPDX-License-Identifier: ISC
// Steps: their inverse, their effect on the model, their text.
#include "step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void step_free(struct step *s)
{
	free(s->link);
	record_free(s->record);
	*s = (struct step){0};
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		step_free(&p->changes[i].todo);
		step_free(&p->changes[i].undo);
	}
	free(p->changes);
	*p = (struct plan){0};
}

static struct link *link_copy(const struct link *l)
{
	struct link *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *l;
	return copy;
}

static int append(struct plan *p, struct change *c, struct err *e)
{
	struct change *grown;

	if (!(p->count & (p->count - 1))) {
		grown = reallocarray(p->changes, p->count ? p->count * 2 : 1, sizeof(*grown));
		if (!grown)
			goto fail;
		p->changes = grown;
	}
	p->changes[p->count++] = *c;
	return 0;
fail:
	step_free(&c->todo);
	step_free(&c->undo);
	return err_set(e, ENOMEM, "no memory for the plan");
}

int plan_append(struct plan *p, enum step_kind todo, const struct link *to, enum step_kind undo,
	const struct link *from, struct err *e)
{
	struct change c = {.todo.kind = todo, .undo.kind = undo};

	if ((to && !(c.todo.link = link_copy(to))) || (from && !(c.undo.link = link_copy(from)))) {
		step_free(&c.todo);
		return err_set(e, ENOMEM, "no memory for the plan");
	}
	return append(p, &c, e);
}

int plan_append_record(struct plan *p, bool add, const struct record *r, struct err *e)
{
	struct change c = {.todo = {.kind = add ? STEP_RECORD_ADD : STEP_RECORD_DEL, .record = record_copy(r)},
		.undo = {.kind = add ? STEP_RECORD_DEL : STEP_RECORD_ADD, .record = record_copy(r)}};

	if (!c.todo.record || !c.undo.record) {
		step_free(&c.todo);
		step_free(&c.undo);
		return err_set(e, ENOMEM, "no memory for the plan");
	}
	return append(p, &c, e);
}

int plan_append_vlans(struct plan *p, bool add, const struct link *port, const struct port_vlans *v, struct err *e)
{
	struct change c = {.todo = {.kind = add ? STEP_VLANS_ADD : STEP_VLANS_DEL, .vlans = *v},
		.undo = {.kind = add ? STEP_VLANS_DEL : STEP_VLANS_ADD, .vlans = *v}};

	c.todo.link = link_copy(port);
	c.undo.link = link_copy(port);
	if (!c.todo.link || !c.undo.link) {
		step_free(&c.todo);
		step_free(&c.undo);
		return err_set(e, ENOMEM, "no memory for the plan");
	}
	return append(p, &c, e);
}

static void copy_ref(struct link_ref *to, const struct link_ref *from)
{
	*to = (struct link_ref){0};
	memcpy(to->name, from->name, sizeof(to->name));
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
	default:
		return true;
	}
}

// Kernel rules that a later step depends on: a bond opens its new port and closes a released one.
static void simulate_master(struct topology *t, struct link *l, const char *old)
{
	struct device *before = topology_find(t, old), *after = topology_find(t, l->master.name);

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
static void simulate_up(struct topology *t, const struct link *l)
{
	for (size_t i = 0; i < t->count; i++) {
		struct link *v = &t->devices[i]->link;

		if (v->kind == KIND_VLAN && !strcmp(v->lower.name, l->name)) {
			v->up = l->up;
			simulate_up(t, v);
		}
	}
}

static void simulate_set(struct topology *t, struct device *d, const struct link *c)
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
		topology_set_altname(t, d, c->altname);
	if (c->set & LINK_RENAME)
		topology_rename(t, d, c->new_name);
	if (c->set & LINK_MASTER)
		simulate_master(t, &d->link, old);
	if (c->set & LINK_UP && d->link.kind != KIND_BRIDGE)
		simulate_up(t, &d->link);
}

static int simulate_add(struct topology *t, const struct link *l)
{
	struct device *d, *master = topology_find(t, l->master.name);
	int r = topology_add(t, l->name, &d);

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
	return topology_set_altname(t, d, l->altname);
}

static void simulate_delete(struct topology *t, struct device *d)
{
	struct device *master = topology_find(t, d->link.master.name);

	if (master)
		master->ports--;
	for (size_t i = 0; i < t->count && d->ports; i++)
		if (!strcmp(t->devices[i]->link.master.name, d->link.name)) {
			t->devices[i]->link.master = (struct link_ref){0};
			d->ports--;
		}
	topology_remove(t, d);
}

static int simulate_record(struct topology *t, const struct step *s)
{
	if (s->kind == STEP_RECORD_ADD)
		return records_add(&t->records, s->record);
	for (size_t i = 0; i < t->records.count; i++)
		if (record_equal(t->records.list[i], s->record)) {
			records_remove(&t->records, i);
			return 0;
		}
	return -ENOENT;
}

// The client takes along what it has set.
static void simulate_dhcp_stop(struct topology *t, const char *device)
{
	for (size_t i = t->records.count; i-- > 0;)
		if (!t->records.list[i]->link_local && record_uses(t->records.list[i], device))
			records_remove(&t->records, i);
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

int step_simulate(struct topology *t, const struct step *s, struct err *e)
{
	struct device *d = s->link ? topology_find(t, s->link->name) : NULL;
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

void step_print(FILE *out, const struct step *s)
{
	static const char *const verbs[] = {[STEP_NONE] = "nothing",
		[STEP_MODULE] = "load module bonding max_bonds=0",
		[STEP_LINK_ADD] = "add ",
		[STEP_LINK_DEL] = "delete ",
		[STEP_LINK_SET] = "set ",
		[STEP_RECORD_ADD] = "add ",
		[STEP_RECORD_DEL] = "delete ",
		[STEP_VLANS_ADD] = "add vlans ",
		[STEP_VLANS_DEL] = "delete vlans ",
		[STEP_DHCP_START] = "start dhcp on ",
		[STEP_DHCP_STOP] = "stop dhcp on "};
	char ids[4096];

	fputs(verbs[s->kind], out);
	if (s->kind == STEP_VLANS_ADD || s->kind == STEP_VLANS_DEL) {
		fprintf(out, "%s dev %s", vlans_print(&s->vlans.all, ids, sizeof(ids)), s->link->name);
		if (!vlans_empty(&s->vlans.untagged))
			fprintf(out, " untagged %s", vlans_print(&s->vlans.untagged, ids, sizeof(ids)));
		if (s->vlans.pvid)
			fprintf(out, " pvid %u", s->vlans.pvid);
	} else if (s->kind == STEP_LINK_DEL || s->kind == STEP_DHCP_START || s->kind == STEP_DHCP_STOP)
		fputs(s->link->name, out);
	else if (s->link)
		link_describe(out, s->link);
	else if (s->record)
		record_describe(out, s->record);
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
