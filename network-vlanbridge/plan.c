// SPDX-License-Identifier: ISC
// The steps from one host to another.
//
// A round goes through the passes in the order that interrupts least: note marks, create, add addresses, move ports,
// add routes, remove what is left, delete, clear marks. Each pass does what is possible now on the model, and waits
// with the rest. What the kernel takes away as a side effect is missing in the model from then on, and the next round
// adds it. The plan is complete when the model is the target.
//
// Every prefix of the plan has the same origin: a mark is written before what it describes is changed, an entry is
// removed only where another copy of it stands on a device whose marks lead to the same origin. So a run that is killed
// anywhere is as good as undone.
#include "plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_model.h"
#include "plan_build.h"

#define ROUNDS_MAX 40

// Over everything, or over each device that is there, stays, and that the plan may touch.
static const struct pass {
	void (*all)(struct planner *p);
	void (*device)(struct planner *p, struct device *s, const struct device *t);
} passes[] = {
	{.all = plan_note_marks},
	{.all = plan_remove_leftovers},
	{.all = plan_load_module},
	{.all = plan_create_devices},
	{.device = plan_set_sysctls},
	{.device = plan_attach_guest},
	{.all = plan_delete_devices},
	{.device = plan_set_options},
	{.device = plan_set_fields},
	{.device = plan_rename_device},
	{.device = plan_bring_up},
	{.all = plan_add_addresses},
	{.device = plan_set_master},
	{.device = plan_bring_up},
	{.all = plan_create_vlans},
	{.device = plan_attach_guest},
	{.device = plan_set_vlans},
	{.device = plan_set_port_flags},
	{.all = plan_add_addresses},
	{.all = plan_add_routes},
	{.all = plan_remove_entries},
	{.device = plan_start_dhcp},
	{.device = plan_bring_down},
	{.all = plan_clear_marks},
};

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		step_free(&p->steps[i]);
	free(p->steps);
	*p = (struct plan){0};
}

void planner_fail(struct planner *p, int code, const char *fmt, ...)
{
	char text[sizeof(p->e->text)];
	va_list ap;

	if (p->failed)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->failed = err_set(p->e, code, "%s", text);
}

static int append(struct plan *p, const struct step *s)
{
	struct step *grown;

	if (!(p->count & (p->count - 1))) {
		grown = reallocarray(p->steps, p->count ? p->count * 2 : 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		p->steps = grown;
	}
	p->steps[p->count++] = *s;
	return 0;
}

void planner_do(struct planner *p, struct step s)
{
	char *text;
	int r;

	if (p->failed || append(p->plan, &s)) {
		step_free(&s);
		planner_fail(p, ENOMEM, "no memory for the plan");
		return;
	}
	r = kernel_model_do(&p->now, &s);
	if (!r)
		return;
	text = step_text(&s);
	planner_fail(p, -r, "the plan doesn't fit its own model at '%s': %s", text ? text : "?", strerror(-r));
	free(text);
}

static struct link *copy_link(struct planner *p, const struct link *l)
{
	struct link *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *l;
	else
		planner_fail(p, ENOMEM, "no memory for the plan");
	return copy;
}

static struct link only_name(const struct link *l)
{
	struct link d = {.kind = l->kind, .index = l->index, .up = l->up};

	memcpy(d.name, l->name, sizeof(d.name));
	return d;
}

void planner_set(struct planner *p, struct device *d, const struct link *change)
{
	const struct kind_row *k = &link_kinds[d->link.kind];
	struct link to = only_name(&d->link);

	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1)
		if (change->set & f && !(d->link.set & f && link_field_equal(&d->link, change, f)))
			link_copy_field(&to, change, f);
	if (to.set & LINK_PORT_FLAGS) // only those that differ: not every kernel takes all that it tells
		to.port_flags_known =
			(to.port_flags ^ d->link.port_flags) & to.port_flags_known & d->link.port_flags_known;
	for (size_t i = 0; i < k->count && change->kind == d->link.kind; i++) {
		const struct option *o = &k->options[i];

		if (option_is_set(change, o) && !(option_is_set(&d->link, o) && option_equal(change, &d->link, o)))
			option_copy(&to, change, o);
	}
	if (to.set || to.options)
		planner_do(p, (struct step){.kind = STEP_LINK_SET, .link = copy_link(p, &to)});
}

void planner_set_like(
	struct planner *p, struct device *s, const struct device *t, unsigned int fields, uint64_t options)
{
	struct link change;

	if (!fields && !options)
		return;
	change = t->link;
	change.set = fields;
	change.options = options;
	planner_set(p, s, &change);
}

void planner_set_up(struct planner *p, struct device *d, bool up)
{
	struct link change = {.set = LINK_UP, .up = up};

	planner_set(p, d, &change);
}

void planner_set_master(struct planner *p, struct device *d, const char *master)
{
	struct link change = {.set = LINK_MASTER};

	text_copy(change.master.name, sizeof(change.master.name), master);
	planner_set(p, d, &change);
}

void planner_add_link(struct planner *p, const struct link *l)
{
	planner_do(p, (struct step){.kind = STEP_LINK_ADD, .link = copy_link(p, l)});
}

void planner_delete_link(struct planner *p, const struct device *d)
{
	struct link gone = only_name(&d->link);

	planner_do(p, (struct step){.kind = STEP_LINK_DEL, .link = copy_link(p, &gone)});
}

void planner_dhcp(struct planner *p, const struct device *d, bool start)
{
	struct link l = only_name(&d->link);

	planner_do(p, (struct step){.kind = start ? STEP_DHCP_START : STEP_DHCP_STOP, .link = copy_link(p, &l)});
}

struct l3_entry *planner_copy(struct planner *p, const struct l3_entry *e)
{
	struct l3_entry *copy = l3_copy(e);

	if (!copy)
		planner_fail(p, ENOMEM, "no memory for the plan");
	return copy;
}

void planner_entry(struct planner *p, bool add, const struct l3_entry *e)
{
	struct l3_entry *copy = planner_copy(p, e);

	if (copy)
		planner_do(p, (struct step){.kind = add ? STEP_L3_ADD : STEP_L3_DEL, .entry = copy});
}

static void vlans_step(struct planner *p, bool add, const struct device *d, const struct port_vlans *v)
{
	struct link l = only_name(&d->link);
	struct port_vlans *copy;

	if (vlans_empty(&v->all))
		return;
	copy = malloc(sizeof(*copy));
	if (copy)
		*copy = *v;
	else
		planner_fail(p, ENOMEM, "no memory for the plan");
	planner_do(p,
		(struct step){.kind = add ? STEP_VLANS_ADD : STEP_VLANS_DEL, .link = copy_link(p, &l), .vlans = copy});
}

void planner_vlans(struct planner *p, struct device *d, const struct port_vlans *want)
{
	const struct port_vlans now = vlans_kept(&d->vlans);
	struct port_vlans drop, add;

	port_vlans_difference(&now, want, &drop, &add);
	vlans_step(p, false, d, &drop);
	vlans_step(p, true, d, &add);
}

void planner_vlans_as(struct planner *p, struct device *d, const struct device *t)
{
	const struct port_vlans want = vlans_kept(&t->vlans);

	planner_vlans(p, d, &want);
}

static void run_pass(struct planner *p, const struct pass *pass)
{
	if (pass->all)
		pass->all(p);
	for (size_t i = 0; i < p->target->count && pass->device && !p->failed; i++) {
		const struct device *t = p->target->devices[i];
		struct device *s = planner_now(p, t);

		if (s && planner_concerns(p, s, t))
			pass->device(p, s, t);
	}
}

static void run_rounds(struct planner *p)
{
	size_t before = 0;

	for (int round = 0; round < ROUNDS_MAX && !p->failed; round++) {
		before = p->plan->count;
		for (size_t i = 0; i < sizeof(passes) / sizeof(*passes) && !p->failed; i++)
			run_pass(p, &passes[i]);
		if (planner_is_done(p))
			return;
		if (p->plan->count == before && p->may_park)
			break;
		p->may_park = p->plan->count == before;
	}
	planner_fail(p, EDEADLK,
		"there is no way from the present state to the desired one; please report this with the output of "
		"'status --json' and the configuration");
}

int plan_make(const struct host *current, const struct host *target, struct plan *ret, struct err *e)
{
	struct planner p = {.target = target, .now = *current, .plan = ret, .e = e};

	*ret = (struct plan){0};
	if (planner_is_done(&p)) // on the original: nearly always there is nothing to do
		return 0;
	if (host_copy(current, &p.now))
		planner_fail(&p, ENOMEM, "no memory for the plan");
	else
		planner_index_homes(&p);
	if (!p.failed)
		run_rounds(&p);
	planner_free_homes(&p);
	host_free(&p.now);
	if (p.failed)
		plan_free(ret);
	return p.failed;
}
