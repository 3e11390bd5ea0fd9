// SPDX-License-Identifier: ISC
// Inside the plan: every step, with its inverse, and the model kept abreast of it.
#include "planner.h"

#include <stdarg.h>
#include <string.h>

int planner_refuse(struct planner *p, const struct device *w, int code, const char *fmt, ...)
{
	char text[sizeof(p->e->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (w && w->line && p->wanted->file)
		return err_set(p->e, code, "%s:%d: %s", p->wanted->file, w->line, text);
	return err_set(p->e, code, "%s", text);
}

int planner_simulate(struct planner *p)
{
	return step_simulate(p->state, &p->plan->changes[p->plan->count - 1].todo, p->e);
}

static struct link described(const struct link *l)
{
	struct link d = {.kind = l->kind};

	memcpy(d.name, l->name, sizeof(d.name));
	return d;
}

int planner_set(struct planner *p, struct device *d, const struct link *change)
{
	const struct kind_row *k = &link_kinds[d->link.kind];
	struct link to = described(&d->link), from = to;
	int r;

	for (unsigned int f = 1; f <= LINK_ALTNAME; f <<= 1)
		if (change->set & f && !(d->link.set & f && link_field_equal(&d->link, change, f))) {
			link_copy_field(&to, change, f);
			link_copy_field(&from, &d->link, f);
		}
	for (size_t i = 0; i < k->count; i++) {
		const struct option *o = &k->options[i];

		if (change->kind == d->link.kind && option_is_set(change, o) &&
			!(option_is_set(&d->link, o) && option_equal(change, &d->link, o))) {
			option_copy(&to, change, o);
			option_copy(&from, &d->link, o);
		}
	}
	if (!to.set && !to.options)
		return 0;
	r = plan_append(p->plan, STEP_LINK_SET, &to, STEP_LINK_SET, &from, p->e);
	return r ? r : planner_simulate(p);
}

int planner_up(struct planner *p, struct device *d, bool up)
{
	struct link change = {.set = LINK_UP, .up = up};

	return planner_set(p, d, &change);
}

int planner_master(struct planner *p, struct device *d, const char *master)
{
	struct link change = {.set = LINK_MASTER};

	text_copy(change.master.name, sizeof(change.master.name), master);
	return planner_set(p, d, &change);
}

int planner_add(struct planner *p, const struct link *l)
{
	struct link gone = described(l);
	int r = plan_append(p->plan, STEP_LINK_ADD, l, STEP_LINK_DEL, &gone, p->e);

	return r ? r : planner_simulate(p);
}

// What the kernel takes when it makes such a device. A bond reports options that it refuses in its mode: those have
// their initial value.
static struct link recreated(const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	struct link d = *l, initial = described(l);

	d.index = 0;
	if (l->kind != KIND_VLAN)
		d.set &= ~(unsigned int)LINK_LOWER;
	if (!*l->master.name)
		d.set &= ~(unsigned int)LINK_MASTER;
	for (size_t i = 0; i < k->count && l->kind == KIND_BOND; i++) {
		option_reset(&initial, &k->options[i]);
		if (option_equal(&initial, l, &k->options[i]))
			d.options &= ~(1ULL << i);
	}
	return d;
}

int planner_delete(struct planner *p, struct device *d)
{
	struct link gone = described(&d->link), again = recreated(&d->link);
	int r = plan_append(p->plan, STEP_LINK_DEL, &gone, STEP_LINK_ADD, &again, p->e);

	return r ? r : planner_simulate(p);
}

static int vlans_step(struct planner *p, bool add, const struct device *d, const struct port_vlans *v)
{
	struct link port = described(&d->link);
	int r = plan_append_vlans(p->plan, add, &port, v, p->e);

	return r ? r : planner_simulate(p);
}

int planner_vlans(struct planner *p, struct device *d, const struct port_vlans *want)
{
	struct port_vlans del = {0}, add = {.pvid = want->pvid};
	int r = 0;

	for (unsigned int id = VLAN_MIN; id <= VLAN_MAX; id++) {
		bool has = vlans_has(&d->vlans.all, id), wants = vlans_has(&want->all, id);
		bool untagged = vlans_has(&want->untagged, id);
		bool same = vlans_has(&d->vlans.untagged, id) == untagged &&
			(d->vlans.pvid == id) == (want->pvid == id);

		if (has && (!wants || !same))
			vlans_add(&del.all, id, id);
		if (has && (!wants || !same) && vlans_has(&d->vlans.untagged, id))
			vlans_add(&del.untagged, id, id);
		if (wants && (!has || !same))
			vlans_add(&add.all, id, id);
		if (wants && (!has || !same) && untagged)
			vlans_add(&add.untagged, id, id);
	}
	if (vlans_has(&del.all, d->vlans.pvid))
		del.pvid = d->vlans.pvid;
	if (!vlans_has(&add.all, add.pvid))
		add.pvid = 0;
	if (!vlans_empty(&del.all))
		r = vlans_step(p, false, d, &del);
	return r || vlans_empty(&add.all) ? r : vlans_step(p, true, d, &add);
}

int planner_dhcp(struct planner *p, const struct device *d, bool start)
{
	struct link l = described(&d->link);
	enum step_kind todo = start ? STEP_DHCP_START : STEP_DHCP_STOP, undo = start ? STEP_DHCP_STOP : STEP_DHCP_START;
	int r = plan_append(p->plan, todo, &l, undo, &l, p->e);

	return r ? r : planner_simulate(p);
}
