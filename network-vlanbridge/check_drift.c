// SPDX-License-Identifier: ISC
// What differs from the file: the comparison that plans end with, in sentences.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"
#include "plan_build.h"

#define VALUE_SIZE 512

static const char *const field_names[] = {"state", "MTU", "MAC address", "master", "lower device", "mark", "group",
	"IPv6 address mode", "name", "altname", "port flags", "sysctls"};

void check_refused_file(const struct check_input *in, struct check_report *r)
{
	if (in->refused)
		check_tell(r, "", "refused", "the configuration can't be carried out here: %s", in->refused);
}

// Not of one that a killed run left before it was marked.
void check_lost_file(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count && !in->target && !in->refused; i++) {
		const struct device *d = in->current->devices[i];
		struct mark m;

		mark_parse(d->link.alias, &m);
		if (m.origin != MARK_FILE || m.parking)
			continue;
		check_tell(r, "", "refused", "there is no %s, but %s was made from it: put the file back, or stop",
			in->file, d->link.name);
		return;
	}
}

// One field, for people. Returns buf.
static const char *print_field(const struct link *l, unsigned int field, char buf[VALUE_SIZE])
{
	char mac[18];

	*buf = '\0';
	if (field == LINK_UP)
		snprintf(buf, VALUE_SIZE, "%s", l->up ? "up" : "down");
	else if (field == LINK_MTU)
		snprintf(buf, VALUE_SIZE, "%u", l->mtu);
	else if (field == LINK_MAC)
		snprintf(buf, VALUE_SIZE, "%s", mac_print(l->mac, mac));
	else if (field == LINK_MASTER)
		snprintf(buf, VALUE_SIZE, "%s", *l->master.name ? l->master.name : "none");
	else if (field == LINK_ADDR_GEN)
		snprintf(buf, VALUE_SIZE, "%u", l->addr_gen);
	else if (field == LINK_ALTNAME)
		snprintf(buf, VALUE_SIZE, "%s", *l->altname ? l->altname : "none");
	return buf;
}

static void print_difference(FILE *out, const char *what, const char *now, const char *wanted)
{
	if (*wanted)
		fprintf(out, "%s %s instead of %s, ", what, now, wanted);
	else
		fprintf(out, "other %s, ", what);
}

static void print_options(FILE *out, const struct device *s, const struct device *t)
{
	const struct kind_row *k = &link_kinds[t->link.kind];
	uint64_t differ = planner_options_to_set(s, t);
	char now[VALUE_SIZE], wanted[VALUE_SIZE];

	for (size_t i = 0; i < k->count; i++)
		if (differ & 1ULL << i)
			print_difference(out, k->options[i].name,
				option_print(&s->link, &k->options[i], now, sizeof(now)),
				option_print(&t->link, &k->options[i], wanted, sizeof(wanted)));
}

// The device from which d has its MTU and state: below a VLAN device, above a bond's port.
static const struct device *next_cause(const struct host *h, const struct device *d)
{
	const struct device *m = *d->link.master.name ? host_find(h, d->link.master.name) : NULL;

	if (device_is_kind(m, KIND_BOND))
		return m;
	return *d->link.lower.name ? host_find(h, d->link.lower.name) : NULL;
}

// An MTU or a state may have been told with its cause.
static unsigned int fields_told(const struct check_input *in, const struct check_report *r, const struct device *s)
{
	unsigned int fields = 0;

	for (const struct device *d = s; d; d = next_cause(in->current, d)) {
		if (check_has_told(r, d->link.name, "mtu"))
			fields |= LINK_MTU;
		if (check_has_told(r, d->link.name, "down"))
			fields |= LINK_UP;
	}
	return fields;
}

static void print_vlans(FILE *out, const struct planner *p, const struct device *s, const struct device *t)
{
	const struct port_vlans has = vlans_kept(&s->vlans), wants = vlans_kept(&t->vlans);
	char now[VALUE_SIZE], wanted[VALUE_SIZE];

	if (!planner_vlans_matter(p, s, t) || kept_vlans_equal(&s->vlans, &t->vlans))
		return;
	vlans_print(&has.all, now, sizeof(now));
	vlans_print(&wants.all, wanted, sizeof(wanted));
	if (strcmp(now, wanted))
		print_difference(out, "VLANs", *now ? now : "none", *wanted ? wanted : "none");
	else
		print_difference(out, "untagged VLANs", "", "");
}

// "MTU 1400 instead of 1500, ", for each difference.
static void print_differences(
	FILE *out, const struct planner *p, const struct device *s, const struct device *t, unsigned int told)
{
	unsigned int fields = planner_fields_to_set(p, s, t) & ~told;
	char now[VALUE_SIZE], wanted[VALUE_SIZE];

	for (int i = 0; 1U << i <= LINK_FIELD_LAST; i++)
		if (fields & 1U << i)
			print_difference(out, field_names[i], print_field(&s->link, 1U << i, now),
				print_field(&t->link, 1U << i, wanted));
	print_options(out, s, t);
	print_vlans(out, p, s, t);
	if (strcmp(s->link.name, t->link.name))
		print_difference(out, "name", s->link.name, t->link.name);
	if (s->dhcp != t->dhcp)
		print_difference(out, "DHCP client", s->dhcp ? "running" : "none", t->dhcp ? "a running one" : "none");
}

static void tell_changed(const struct check_input *in, const struct planner *p, const struct device *s,
	const struct device *t, struct check_report *r)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		r->failed = true;
		return;
	}
	print_differences(out, p, s, t, fields_told(in, r, s));
	fclose(out);
	if (size > 2)
		check_tell(r, s->link.name, "changed", "%s isn't as %s asks: %.*s; " CHECK_START " changes it",
			s->link.name, in->file, (int)size - 2, text);
	else if (device_is_ours(s) && strcmp(s->link.alias, t->link.alias) &&
		 !check_has_told(r, s->link.name, "stale-mark") && !check_has_told(r, s->link.name, "unfinished"))
		check_tell(r, s->link.name, "changed",
			"the mark of %s is '%s' instead of '%s'; " CHECK_START " writes it", s->link.name,
			s->link.alias, t->link.alias);
	free(text);
}

static void tell_missing(const struct check_input *in, const struct device *t, struct check_report *r)
{
	const struct device *other = host_find(in->current, t->link.name);

	if (other)
		check_tell(r, t->link.name, "changed", "%s isn't the %s that %s asks for; " CHECK_START " makes it",
			t->link.name, link_kinds[t->link.kind].name, in->file);
	else
		check_tell(r, t->link.name, "missing", "%s is missing, which %s asks for; " CHECK_START " makes it",
			t->link.name, in->file);
}

// Where a guest's device belongs, and what doesn't belong here at all, other checks tell.
static bool is_told_elsewhere(const struct check_input *in, const struct check_report *r, const struct device *s)
{
	struct guest_mark g;

	return mark_parse_guest(s->link.alias, &g) || check_is_guest(in, s) ||
	       check_has_told(r, s->link.name, "foreign-port");
}

static void compare_devices(const struct check_input *in, const struct planner *p, struct check_report *r)
{
	for (size_t i = 0; i < p->target->count; i++) {
		const struct device *t = p->target->devices[i], *s = planner_now(p, t);

		if (!s && device_is_ours(t))
			tell_missing(in, t, r);
		if (s && planner_concerns(p, s, t) && !is_told_elsewhere(in, r, s))
			tell_changed(in, p, s, t, r);
	}
	for (size_t i = 0; i < p->now.count; i++) {
		const struct device *s = p->now.devices[i];

		if (device_is_ours(s) && !planner_target(p, s) && !host_find(p->target, s->link.name) &&
			!check_has_told(r, s->link.name, "unfinished"))
			check_tell(r, s->link.name, "unwanted",
				"%s was made from the file and isn't in %s any more; " CHECK_START " removes it",
				s->link.name, in->file);
	}
}

// The same entry, missing in the target's place: it has to move there.
static const struct l3_entry *find_twin(const struct planner *p, const struct l3_entry *e)
{
	const struct l3_entry *t;
	size_t at = 0;

	while ((t = host_next_entry(p->target, &at)))
		if (t->kind == e->kind && t->family == e->family && t->device_count && !strcmp(t->key, e->key) &&
			!planner_find_now(p, t) && planner_concerns_entry(p, t))
			return t;
	return NULL;
}

static bool has_unwanted_twin(const struct planner *p, const struct l3_entry *t)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(&p->now, &at)))
		if (planner_is_unwanted(p, e) && find_twin(p, e) == t)
			return true;
	return false;
}

static void tell_entry(const struct check_input *in, const struct l3_entry *e, const char *problem, const char *what,
	const char *cure, struct check_report *r)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		r->failed = true;
		return;
	}
	l3_describe(out, e);
	fclose(out);
	check_tell(r, e->device_count ? e->devices[0].name : "", problem, "%s %s %s asks for; " CHECK_START " %s it",
		text, what, in->file, cure);
	free(text);
}

static void tell_unwanted_entry(
	const struct check_input *in, const struct planner *p, const struct l3_entry *e, struct check_report *r)
{
	const struct l3_entry *twin = find_twin(p, e);
	char what[64];

	if (e->kind == L3_RULE && check_has_told(r, e->devices[0].name, "old-device"))
		return;
	snprintf(what, sizeof(what), "belongs on %s, which", twin ? twin->devices[0].name : "");
	if (twin)
		tell_entry(in, e, "changed", what, "moves", r);
	else
		tell_entry(in, e, "unwanted", "isn't what", "removes", r);
}

static void compare_entries(const struct check_input *in, const struct planner *p, struct check_report *r)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(p->target, &at)))
		if (!e->link_local && !e->stale && !planner_find_now(p, e) && planner_concerns_entry(p, e) &&
			!has_unwanted_twin(p, e))
			tell_entry(in, e, "missing", "is missing, which", "adds", r);
	at = 0;
	while ((e = host_next_entry(&p->now, &at)))
		if (planner_is_unwanted(p, e))
			tell_unwanted_entry(in, p, e, r);
}

void check_drift(const struct check_input *in, struct check_report *r)
{
	struct planner p = {.target = in->target};

	if (!in->target || in->at_work)
		return;
	p.now = *in->current; // only read
	if (planner_is_done(&p))
		return;
	compare_devices(in, &p, r);
	compare_entries(in, &p, r);
}

void check_unconfirmed(const struct check_input *in, struct check_report *r)
{
	if (in->unconfirmed)
		check_tell(r, "", "unconfirmed",
			"a change waits for its confirmation, and goes back without it: run network-vlanbridge "
			"confirm, or "
			"revert");
}
