// SPDX-License-Identifier: ISC
// Random hosts and configurations through origin, target and plan, with the model as the kernel: thousands a second.
//
//     engine [--cases N | --seconds N] [--from SEED]
//     engine SEED | FROM-TO
//
// For each configuration of a scenario: start; start again; every step of the plan as the moment of a kill, then start
// or stop; every step as the one that is refused, then the way back; the next configuration after this one; stop. A
// seed that fails is printed as a plan case.
#include "tests/unit/tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "generate.h"
#include "network-vlanbridge/kernel_model.h"
#include "network-vlanbridge/plan.h"
#include "network-vlanbridge/target.h"
#include "random.h"
#include "tests/unit/allocations.h"
#include "tests/unit/host_text.h"
#include "tests/unit/kernel_text.h"

struct run {
	uint64_t seed;
	struct random random;
	unsigned long cases, refused, failed;
	const char *doing; // for the message
	char config;       // 'A'
	const struct host *from;
	const char *config_text;
	bool told;
};

static void print_case(const struct run *r, const char *steps)
{
	char *kernel = host_text(r->from, true);

	printf("# Seed %llu, configuration %c, %s.\n-- config\n%s\n-- kernel\n%s\n-- steps so far\n%s\n",
		(unsigned long long)r->seed, r->config, r->doing, r->config_text ? r->config_text : "stop", kernel,
		steps ? steps : "");
	free(kernel);
}

static char *plan_text(const struct plan *p, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < n && i < p->count; i++) {
		step_print(f, &p->steps[i]);
		fputc('\n', f);
	}
	fclose(f);
	return text;
}

// The lines of a that aren't in b.
static void print_lines_missing(const char *title, const char *a, const char *b)
{
	char *copy = strdup(a), *rest = copy, *line;

	printf("%s\n", title);
	while ((line = strsep(&rest, "\n"))) {
		const char *at = *line ? strstr(b, line) : b;

		if (!at || (*line && at[strlen(line)] != '\n'))
			printf("%s\n", line);
	}
	free(copy);
}

static void report_failure(
	struct run *r, const char *what, const char *a, const char *b, const struct plan *p, size_t n)
{
	char *steps;

	r->failed++;
	if (r->told)
		return;
	r->told = true;
	steps = p ? plan_text(p, n) : NULL;
	printf("not ok seed %llu: %s: %s\n", (unsigned long long)r->seed, r->doing, what);
	print_case(r, steps);
	if (a && b) {
		print_lines_missing("-- got", a, b);
		print_lines_missing("-- instead of", b, a);
	} else if (a) {
		printf("-- got\n%s", a);
	}
	printf("\n");
	free(steps);
}

static bool same(struct run *r, const char *what, const struct host *a, const struct host *b, bool guests,
	const struct plan *p, size_t n)
{
	char *x = host_text(a, guests), *y = host_text(b, guests);
	bool equal = !strcmp(x, y);

	r->cases++;
	if (!equal)
		report_failure(r, what, x, y, p, n);
	free(x);
	free(y);
	return equal;
}

static bool same_origin(
	struct run *r, const struct host *now, const struct host *wanted, const struct plan *p, size_t n)
{
	struct origin o;
	bool equal;

	origin_make(now, SCOPE_ALL, NULL, &o, NULL);
	for (size_t i = 0; i < o.host.count; i++)
		vlans_keep_default(&o.host.devices[i]->vlans, 0);
	equal = same(r, "the origin isn't what it was", &o.host, wanted, false, p, n);
	origin_free(&o);
	return equal;
}

// config NULL: stop. Returns 0, or 1 where it is refused.
static int plan_to(
	struct run *r, const struct host *now, const struct config *config, struct plan *p, struct host *target)
{
	struct origin o;
	struct err e = {0};
	int result = origin_make(now, config ? SCOPE_FILE : SCOPE_ALL, config, &o, &e);

	*p = (struct plan){0};
	r->cases++;
	if (!result)
		result = target_make(&o, config, target, &e);
	origin_free(&o);
	if (result)
		return 1;
	result = plan_make(now, target, p, &e);
	if (result)
		report_failure(r, e.text, NULL, NULL, NULL, 0);
	return result ? -1 : 0;
}

static bool do_steps(struct run *r, struct host *h, const struct plan *p, size_t n)
{
	for (size_t i = 0; i < n && i < p->count; i++)
		if (kernel_model_do(h, &p->steps[i])) {
			report_failure(r, "a step doesn't fit", NULL, NULL, p, i + 1);
			return false;
		}
	return true;
}

static const struct device *device_of(const struct host *h, const struct step *s)
{
	return s->link ? host_find(h, s->link->name) : NULL;
}

static bool is_managed(const struct host *h, const char *name)
{
	const struct device *d = host_find(h, name), *m = d ? host_find(h, d->link.master.name) : NULL;

	return d && (d->mark.origin != MARK_NONE || d->mark.changing || (m && device_is_ours(m)));
}

// A device that a step names has our mark, before or after it, or is a port of a device of ours.
static bool is_ours_to_change(const struct host *before, const struct host *after, const struct step *s)
{
	bool any = !s->entry && !s->link;

	if (s->link)
		any = is_managed(before, s->link->name) || is_managed(after, s->link->name);
	for (size_t i = 0; s->entry && i < s->entry->device_count; i++)
		any |= is_managed(after, s->entry->devices[i].name);
	return any || (s->entry && s->entry->kind == L3_RULE);
}

// What a step is about isn't so already.
static bool changes_something(const struct host *before, const struct host *after, const struct step *s)
{
	const struct device *a = device_of(before, s), *b = device_of(after, s);
	const struct l3_entry *e;

	if (s->entry) {
		e = host_find_entry(before, s->entry);
		return s->kind == STEP_L3_DEL || !e || e->ours != s->entry->ours;
	}
	return !a || !b || memcmp(&a->link, &b->link, sizeof(a->link)) || a->dhcp != b->dhcp ||
	       !kept_vlans_equal(&a->vlans, &b->vlans);
}

// Before its first port a bond has a MAC address of no use, which its VLAN devices would take.
static bool makes_vlan_too_early(const struct host *before, const struct plan *p, size_t k)
{
	const struct link *made = p->steps[k].link;
	const struct device *bond = made ? host_find(before, made->lower.name) : NULL;

	if (p->steps[k].kind != STEP_LINK_ADD || !device_is_kind(bond, KIND_BOND) || bond->ports)
		return false;
	for (k++; k < p->count; k++)
		if (p->steps[k].kind == STEP_LINK_SET && p->steps[k].link->set & LINK_MASTER &&
			!strcmp(p->steps[k].link->master.name, bond->link.name))
			return true;
	return false;
}

static void check_step(
	struct run *r, const struct host *before, const struct host *after, const struct plan *p, size_t k)
{
	const struct step *s = &p->steps[k];

	if (!changes_something(before, after, s))
		report_failure(r, "a step changes nothing", NULL, NULL, p, k + 1);
	if (!is_ours_to_change(before, after, s))
		report_failure(r, "a step changes somebody else's device", NULL, NULL, p, k + 1);
	if (s->kind == STEP_L3_ADD && s->entry->link_local)
		report_failure(r, "an address is added that the kernel makes", NULL, NULL, p, k + 1);
	if (s->kind == STEP_L3_ADD && s->entry->kind == L3_ROUTE && s->entry->ours &&
		host_find(after, s->entry->devices[0].name)->mark.parking)
		report_failure(r, "a route of the configuration is parked", NULL, NULL, p, k + 1);
	if (makes_vlan_too_early(before, p, k))
		report_failure(r, "a VLAN device is made before its bond has a port", NULL, NULL, p, k + 1);
	if (!host_counts_are_right(after))
		report_failure(r, "a device counts wrongly", NULL, NULL, p, k + 1);
}

// Those of a device keep their order, which counts: the first address of a subnet is the primary one.
static void order_entries(struct host *h)
{
	struct l3_entry **old = h->entries.list;
	size_t n = 0, count = h->entries.count;

	h->entries.list = calloc(h->entries.room + 1, sizeof(*old));
	for (size_t i = 0; i <= h->count; i++)
		for (size_t k = 0; k < count; k++) {
			const struct device *d = old[k] ? host_find(h, old[k]->devices[0].name) : NULL;

			if (old[k] && (d ? d->slot == i : i == h->count)) {
				old[k]->slot = n;
				h->entries.list[n++] = old[k];
			}
		}
	h->entries.count = n;
	free(old);
}

// The order in which the kernel tells its devices doesn't matter.
static void shuffle_devices(struct run *r, struct host *h)
{
	for (size_t i = h->count; i-- > 0;) {
		size_t k = (size_t)random_below(&r->random, (int)i + 1);
		struct device *d = h->devices[k];

		h->devices[k] = h->devices[i];
		h->devices[i] = d;
		h->devices[k]->slot = k;
		d->slot = i;
	}
	order_entries(h);
}

static bool two_uplinks(const struct host *h)
{
	for (size_t i = 0; i < h->count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct device *a = h->devices[i], *b = h->devices[k],
					    *m = host_find(h, a->link.master.name);

			if (m && m->link.kind == KIND_BRIDGE && device_is_ours(m) &&
				!strcmp(a->link.master.name, b->link.master.name) && a->mark.origin != MARK_NONE &&
				b->mark.origin != MARK_NONE)
				return true;
		}
	return false;
}

static bool address_on_port(const struct host *h)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at))) {
		const struct device *d = e->device_count ? host_find(h, e->devices[0].name) : NULL;
		const struct device *m = d ? host_find(h, d->link.master.name) : NULL;

		if (e->kind == L3_ADDRESS && !e->link_local && m && device_is_ours(m))
			return true;
	}
	return false;
}

static bool has_options(const struct link *has, const struct link *wanted)
{
	const struct kind_row *k = &link_kinds[wanted->kind];

	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(wanted, &k->options[i]) && !option_equal(has, wanted, &k->options[i]))
			return false;
	return true;
}

// Every field that both have, but the MAC addresses that a device has from another, and what a device has when it
// is nothing of ours.
static bool is_as_wanted(const struct host *h, const struct device *d, const struct device *wanted)
{
	unsigned int fields = wanted->link.set & d->link.set;

	if (wanted->link.kind != KIND_BRIDGE && wanted->link.kind != KIND_BOND)
		fields &= ~(unsigned int)LINK_MAC;
	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1)
		if (fields & f && !link_field_equal(&d->link, &wanted->link, f))
			return false;
	if (d->dhcp != wanted->dhcp || (is_filtering_port(h, d) && !kept_vlans_equal(&d->vlans, &wanted->vlans)))
		return false;
	return d->link.kind == wanted->link.kind && has_options(&d->link, &wanted->link);
}

static void check_target(struct run *r, const struct host *now, const struct host *target, const struct plan *p)
{
	char *got, *wanted;

	for (size_t i = 0; i < target->count; i++) {
		const struct device *t = target->devices[i], *d = host_find(now, t->link.name);

		if (d && is_as_wanted(now, d, t))
			continue;
		got = host_text(now, true);
		wanted = host_text(target, true);
		report_failure(r, t->link.name, got, wanted, p, p->count);
		free(got);
		free(wanted);
	}
}

// Without what a device gets from its port, for which there is no room, or that the kernel gives it anew.
static bool is_as_configured(const struct device *d, const struct config_device *c)
{
	unsigned int fields = c->link.set;

	if (c->policy == ADDRESS_INHERIT || d->link.mtu < IPV6_MTU_MIN)
		fields &= ~(unsigned int)LINK_ADDR_GEN;
	for (unsigned int f = 1; f <= LINK_FIELD_LAST; f <<= 1)
		if (fields & f && !link_field_equal(&d->link, &c->link, f))
			return false;
	if (c->create && (d->link.kind != c->link.kind || !has_options(&d->link, &c->link) || d->dhcp != c->mark.dhcp))
		return false;
	if (c->create && c->link.kind == KIND_BRIDGE &&
		(strcmp(d->mark.uplink, c->mark.uplink) || d->mark.vlan != c->mark.vlan ||
			d->mark.isolated != c->mark.isolated || d->mark.antispoof != c->mark.antispoof ||
			d->mark.tx_offload_off != c->mark.tx_offload_off))
		return false;
	return !c->tagged || kept_vlans_equal(&d->vlans, &c->vlans);
}

// On its device, or on what that is a port of.
static bool has_configured_entry(const struct host *h, const struct l3_entry *wanted)
{
	const struct device *d = host_find(h, wanted->devices[0].name);
	struct l3_entry *e = l3_copy(wanted);
	bool found = false;

	for (; d && !found; d = host_find(h, d->link.master.name)) {
		text_copy(e->devices[0].name, NAME_SIZE, d->link.name);
		found = host_find_entry_key(h, e);
	}
	l3_free(e);
	return found;
}

// What the configuration says, looked for one by one.
static void check_config(struct run *r, const struct host *now, const struct config *config, const struct plan *p)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_device *c = config->devices[i];
		const struct device *d = host_find(now, c->link.name);

		if (!d || !is_as_configured(d, c))
			report_failure(r, c->link.name, "isn't as configured\n", NULL, p, p->count);
	}
	for (size_t i = 0; i < config->entries.count; i++)
		if (!has_configured_entry(now, config->entries.list[i]))
			report_failure(r, config->entries.list[i]->key, "isn't there\n", NULL, p, p->count);
}

// The state after a whole plan, from any state: the wanted one, and nothing left to do.
static void check_arrival(struct run *r, const struct host *from, const struct config *config,
	const struct host *wanted, const char *what)
{
	struct host h, target = {0};
	struct plan p;

	host_copy(from, &h);
	shuffle_devices(r, &h);
	if (!plan_to(r, &h, config, &p, &target) && do_steps(r, &h, &p, p.count))
		same(r, what, &h, wanted, true, &p, p.count);
	plan_free(&p);
	host_free(&target);
	host_free(&h);
}

// A NIC, with a VLAN device on it, that comes while we are at work: the way back hasn't heard of them.
static void plug_in(struct host *h)
{
	static const char *const names[] = {"hot0", "hot0.9"};
	struct device *d;

	for (int i = 0; i < 2; i++) {
		host_add(h, names[i], &d);
		d->link.index = 800 + i;
		d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER | LINK_MTU | LINK_ADDR_GEN | LINK_GROUP;
		d->link.mtu = 1500;
		d->link.up = true;
	}
	d->link.kind = KIND_VLAN;
	d->link.vlan = (struct vlan){9, LINK_VLAN_PROTOCOL_DEFAULT};
	text_copy(d->link.lower.name, NAME_SIZE, names[0]);
	host_count_upper(h, d);
}

static void unplug(struct host *h)
{
	host_remove(h, host_find(h, "hot0.9"));
	host_remove(h, host_find(h, "hot0"));
}

static void check_way_back(struct run *r, const struct host *from, const struct host *before)
{
	struct host h;
	struct plan p = {0};
	struct err e = {0};

	r->cases++;
	host_copy(from, &h);
	plug_in(&h);
	shuffle_devices(r, &h);
	if (plan_make(&h, before, &p, &e)) {
		report_failure(r, e.text, NULL, NULL, NULL, 0);
	} else if (do_steps(r, &h, &p, p.count)) {
		unplug(&h);
		same(r, "the way back doesn't lead to the state before", &h, before, true, &p, p.count);
	}
	plan_free(&p);
	host_free(&h);
}

static void attach_guests(struct run *r, struct host *h, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;

	(void)r;
	while ((line = strsep(&rest, "\n"))) {
		char name[32], bridge[32], vlan[64] = "", *at = strstr(line, "vlan=");
		struct device *d, *m;

		if (sscanf(line, "%31s bridge=%31s", name, bridge) != 2)
			continue;
		if (at)
			sscanf(at + 5, "%63s", vlan);
		m = host_find(h, bridge);
		if (!m || m->link.kind != KIND_BRIDGE || host_add(h, name, &d))
			continue;
		d->link.index = 900 + (int)h->count;
		d->link.set = LINK_UP | LINK_MASTER | LINK_ALIAS | LINK_LOWER | LINK_MTU | LINK_ADDR_GEN | LINK_GROUP;
		d->link.mtu = 1500;
		d->link.up = true;
		d->link.addr_gen = 1;
		d->link.port_flags_known = LINK_PORT_FLAGS_INITIAL | 1ULL << 33;
		d->link.port_flags = LINK_PORT_FLAGS_INITIAL | (strstr(line, "isolated") ? 1ULL << 33 : 0);
		host_set_master(h, d, bridge);
		if (*vlan && m->link.bridge.vlan_filtering) {
			struct port_vlans v = {0};

			port_vlans_parse(vlan, &v, NULL);
			vlans_keep(&d->vlans, &v);
		}
	}
	free(copy);
}

// Guests of bridges that are there before and after keep their place, at every moment.
static bool guests_stay(const struct host *before, const struct host *now, const struct host *after)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct device *v = before->devices[i], *n, *m = host_find(before, v->link.master.name);
		const struct device *later = m ? host_find(after, m->link.name) : NULL;

		if (!is_vif(v) || !m || !later || later->link.kind != KIND_BRIDGE)
			continue;
		n = host_find(now, v->link.name);
		if (strcmp(n->link.master.name, m->link.name) || n->link.port_flags != v->link.port_flags)
			return false;
		if (m->link.bridge.vlan_filtering && later->link.bridge.vlan_filtering && now == after &&
			!kept_vlans_equal(&n->vlans, &v->vlans))
			return false;
	}
	return true;
}

// Every prefix of the plan from `from` to config's target, which is `after`.
static void check_prefixes(struct run *r, const struct host *from, const struct host *origin,
	const struct config *config, const struct plan *p, const struct host *after, const struct host *stopped)
{
	struct host h, before;
	char doing[96];
	bool done;

	host_copy(from, &h);
	for (size_t k = 0; k < p->count; k++) {
		host_copy(&h, &before);
		done = do_steps(r, &h, &(struct plan){p->steps + k, 1}, 1);
		if (done)
			check_step(r, &before, &h, p, k);
		host_free(&before);
		if (!done)
			break;
		snprintf(doing, sizeof(doing), "%s, after step %zu of %zu", config ? "start" : "stop", k + 1, p->count);
		r->doing = doing;
		r->from = from;
		if (!same_origin(r, &h, origin, p, k + 1))
			break;
		if (two_uplinks(&h))
			report_failure(r, "two uplinks in one bridge", NULL, NULL, p, k + 1);
		if (!guests_stay(from, &h, after))
			report_failure(r, "a guest left its bridge", NULL, NULL, p, k + 1);
		// The whole square would be slow: a few of them from everywhere.
		if (!random_chance(&r->random, p->count > 24 ? 12 : 30))
			continue;
		r->from = &h;
		check_arrival(r, &h, config, after, "killed there, the same command leads elsewhere");
		if (stopped)
			check_arrival(r, &h, NULL, stopped, "killed there, stop leads elsewhere");
		check_way_back(r, &h, from);
	}
	host_free(&h);
}

static void without_guests_attached(struct host *h)
{
	for (size_t i = 0; i < h->count; i++)
		if (is_vif(h->devices[i])) {
			host_set_master(h, h->devices[i], "");
			vlans_keep_default(&h->devices[i]->vlans, 0);
			h->devices[i]->link.port_flags = 0;
		}
}

// Everything stopped and started again: guests come back as they were, though the kernel, asked in between, says
// nothing of a port's flags.
static void check_restart(struct run *r, const struct host *now, const struct config *config)
{
	struct host h, stopped = {0}, started = {0};
	struct plan down = {0}, up = {0};
	struct err e = {0};
	struct origin o;

	r->doing = "restart";
	r->from = now;
	r->cases++;
	host_copy(now, &h);
	origin_make(now, SCOPE_FILE, config, &o, &e);
	if (target_make(&o, NULL, &stopped, &e) || plan_make(&h, &stopped, &down, &e)) {
		report_failure(r, e.text, NULL, NULL, NULL, 0);
	} else if (do_steps(r, &h, &down, down.count)) {
		for (size_t i = 0; i < h.count; i++)
			if (is_vif(h.devices[i]))
				h.devices[i]->link.port_flags = h.devices[i]->link.port_flags_known = 0;
		origin_free(&o);
		origin_make(&h, SCOPE_FILE, config, &o, &e);
		if (target_make(&o, config, &started, &e) || plan_make(&h, &started, &up, &e))
			report_failure(r, e.text, NULL, NULL, NULL, 0);
		else if (do_steps(r, &h, &up, up.count) &&
			 same(r, "restart leads elsewhere", &h, now, true, &up, up.count) && !guests_stay(now, &h, &h))
			report_failure(r, "a guest lost its place", NULL, NULL, &up, up.count);
	}
	plan_free(&down);
	plan_free(&up);
	host_free(&h);
	host_free(&stopped);
	host_free(&started);
	origin_free(&o);
}

// start config from `now`, which has this origin. The state afterwards replaces now. Returns whether it wasn't refused.
static bool check_start(struct run *r, struct host *now, const struct host *origin, const struct config *config)
{
	struct host target = {0}, before, stopped;
	struct plan p, again;
	int result;

	r->doing = "start";
	r->from = now;
	shuffle_devices(r, now);
	result = plan_to(r, now, config, &p, &target);
	if (result) {
		r->refused += result > 0;
		return false;
	}
	host_copy(now, &before);
	host_copy(origin, &stopped);
	for (size_t i = 0; i < before.count; i++) {
		struct device *d = before.devices[i], *copy;

		if (is_vif(d) && !host_add(&stopped, d->link.name, &copy)) {
			device_copy(copy, d);
		}
	}
	without_guests_attached(&stopped);
	if (do_steps(r, now, &p, p.count)) {
		r->from = &before;
		same(r, "the model isn't the target", now, &target, true, &p, p.count);
		check_target(r, now, &target, &p);
		check_config(r, now, config, &p);
		if (address_on_port(now))
			report_failure(r, "an address of dom0 is on a port", NULL, NULL, &p, p.count);
		host_free(&target);
		target = (struct host){0};
		if (!plan_to(r, now, config, &again, &target) && again.count) {
			char *t = plan_text(&again, 99);

			report_failure(r, "start again isn't empty", t, NULL, &p, p.count);
			free(t);
		}
		plan_free(&again);
		if (!guests_stay(&before, now, now))
			report_failure(r, "a guest lost its place", NULL, NULL, &p, p.count);
		check_prefixes(r, &before, origin, config, &p, now, &stopped);
	}
	host_free(&target);
	check_restart(r, now, config);
	host_free(&before);
	host_free(&stopped);
	plan_free(&p);
	return true;
}

static void check_stop(struct run *r, const struct host *now, const struct host *origin)
{
	struct host h, target = {0};
	struct plan p;

	r->doing = "stop";
	r->from = now;
	r->config_text = NULL;
	host_copy(now, &h);
	shuffle_devices(r, &h);
	if (!plan_to(r, &h, NULL, &p, &target) && do_steps(r, &h, &p, p.count)) {
		same(r, "stop doesn't give the host back", &h, origin, false, &p, p.count);
		check_prefixes(r, now, origin, NULL, &p, &h, NULL);
	}
	plan_free(&p);
	host_free(&target);
	host_free(&h);
}

static void check_seed(struct run *r)
{
	static struct scenario s;
	struct host host = {0}, now, alone;
	struct config configs[SCENARIO_CONFIGS] = {0};
	size_t before = allocations_live();
	char *text;

	scenario_generate(r->seed, &s);
	text = strdup(s.host);
	kernel_text(text, &host);
	free(text);
	host_copy(&host, &now);
	r->told = false;
	for (int i = 0; i < s.configs; i++) {
		struct err e = {0};
		struct host start_alone;

		r->config = (char)('A' + i);
		r->config_text = s.config[i];
		r->cases++;
		if (config_parse("f", s.config[i], strlen(s.config[i]), &configs[i], &e)) {
			r->refused++;
			continue;
		}
		host_copy(&host, &start_alone);
		host_copy(&now, &alone);
		if (i && check_start(r, &start_alone, &host, &configs[i]) && check_start(r, &now, &host, &configs[i])) {
			r->doing = "path";
			r->from = &alone;
			same(r, "the way matters", &now, &start_alone, false, NULL, 0);
			check_stop(r, &now, &host);
		} else if (!i && check_start(r, &now, &host, &configs[i])) {
			check_stop(r, &now, &host);
			attach_guests(r, &now, s.guests);
		}
		host_free(&alone);
		host_free(&start_alone);
	}
	for (int i = 0; i < s.configs; i++)
		config_free(&configs[i]);
	host_free(&now);
	host_free(&host);
	if (allocations_live() != before)
		report_failure(r, "memory isn't given back", NULL, NULL, NULL, 0);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct run r = {0};
	unsigned long from = 1, to = 0, bad = 0, want = 100000;
	double limit = 0, begun = seconds();

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--cases") && argv[i + 1])
			want = strtoul(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seconds") && argv[i + 1])
			limit = strtod(argv[++i], NULL);
		else if (!strcmp(argv[i], "--from") && argv[i + 1])
			from = strtoul(argv[++i], NULL, 10);
		else if (sscanf(argv[i], "%lu-%lu", &from, &to) == 1)
			to = from;
	for (r.seed = from; to ? r.seed <= to : limit > 0 ? seconds() - begun < limit : r.cases < want; r.seed++) {
		unsigned long failed = r.failed;

		r.random = (struct random){r.seed};
		check_seed(&r);
		bad += r.failed != failed;
	}
	printf("# %llu seeds, %lu cases, %lu refused configurations, %.1f s\n", (unsigned long long)(r.seed - from),
		r.cases, r.refused, seconds() - begun);
	printf("%llu passed, %lu failed\n", (unsigned long long)(r.seed - from) - bad, bad);
	return bad != 0;
}
