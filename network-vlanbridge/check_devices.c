// SPDX-License-Identifier: ISC
// Checks of single devices: up, with a carrier, in the right place, without remains of a killed run.
#include <stdlib.h>
#include <string.h>

#include "check_build.h"

void check_foreign_ports(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i], *m = check_master_of_ours(in, d);

		if (!m || d->mark.origin != MARK_NONE || check_is_guest(in, d))
			continue;
		if (in->target && host_find(in->target, d->link.name) &&
			!strcmp(host_find(in->target, d->link.name)->link.master.name, m->link.name) &&
			!device_is_kind(m, KIND_BRIDGE))
			continue;
		check_tell(r, d->link.name, "foreign-port",
			"%s is a port of %s, neither by the configuration nor as a guest's: its network is joined "
			"with %s's; take it out: ip link set %s nomaster",
			d->link.name, m->link.name, m->link.name, d->link.name);
	}
}

// Of a stack that arguments made: what the file makes is compared with the file.
void check_missing_uplinks(const struct check_input *in, struct check_report *r)
{
	const struct host *h = in->current;
	bool *has_uplink = calloc(h->count + 1, sizeof(*has_uplink));

	if (!has_uplink) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < h->count; i++) {
		const struct device *m = check_master_of_ours(in, h->devices[i]);

		if (m && in->used[i])
			has_uplink[m->slot] = true;
	}
	for (size_t i = 0; i < h->count; i++) {
		const struct device *d = h->devices[i];

		if (d->mark.origin == MARK_ARGS && d->link.kind == KIND_BRIDGE && *d->mark.uplink && !has_uplink[i])
			check_tell(r, d->link.name, "no-uplink",
				"%s has no port to its uplink %s%s: start it again with its arguments", d->link.name,
				d->mark.uplink, host_find(h, d->mark.uplink) ? "" : ", which doesn't exist");
	}
	free(has_uplink);
}

void check_down(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i], *lower;

		if (!in->used[i] || d->link.up || d->mark.parking)
			continue;
		lower = *d->link.lower.name ? host_find(in->current, d->link.lower.name) : NULL;
		if (!lower || lower->link.up)
			check_tell(r, d->link.name, "down", "%s is down; set it up: ip link set %s up", d->link.name,
				d->link.name);
	}
}

static void tell_carrier(const struct check_input *in, const struct device *d, struct check_report *r)
{
	const struct device *m = check_master_of_ours(in, d);

	if (d->link.kind == KIND_BOND)
		check_tell(r, d->link.name, "no-carrier", "%s has no carrier: none of its %zu ports has a link",
			d->link.name, d->ports);
	else if (device_is_kind(m, KIND_BOND))
		check_tell(r, d->link.name, "port-down",
			"%s, a port of %s, has no carrier: look at its cable and at the switch", d->link.name,
			m->link.name);
	else
		check_tell(r, d->link.name, "no-carrier",
			"the uplink %s has no carrier: look at its cable and at the switch", d->link.name);
}

// A bridge without a running port has none either, and a VLAN device has its lower device's.
void check_carrier(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i];

		if (in->used[i] && d->link.up && !d->link.running && d->link.kind != KIND_BRIDGE &&
			d->link.kind != KIND_VLAN)
			tell_carrier(in, d, r);
	}
}

static const char *unfinished(const struct device *d)
{
	struct mark m;

	mark_parse(d->link.alias, &m);
	if (d->link.group == MARK_GROUP_GOING)
		return "was about to be deleted";
	if (d->mark.parking)
		return "keeps addresses and routes of a device that was being changed";
	if (d->link.group == MARK_GROUP && m.origin == MARK_NONE)
		return "was made, but not marked";
	if (m.closing)
		return "was about to be removed after its last vif";
	if (m.changing)
		return "was about to be put elsewhere";
	return NULL;
}

// Marks are written before what they describe is changed, and taken away after it is given back: one without a use is
// what a killed run, or somebody's hand, left.
void check_marks(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count && !in->at_work; i++) {
		const struct device *d = in->current->devices[i];
		const char *what = unfinished(d);

		if (what)
			check_tell(r, d->link.name, "unfinished",
				"%s %s when network-vlanbridge was killed; " CHECK_START " or stop finishes it",
				d->link.name, what);
		else if (d->mark.origin == MARK_PORT && !in->used[i] && !d->mark.joined)
			check_tell(r, d->link.name, "stale-mark",
				"%s is marked as taken ('%s'), but nothing of network-vlanbridge uses it; " CHECK_START
				" or stop gives it back",
				d->link.name, d->link.alias);
	}
}
