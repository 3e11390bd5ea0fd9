// SPDX-License-Identifier: ISC
// Checks of bonds: monitoring, ports, speeds, LACP.
#include <string.h>

#include "check_build.h"

#define MODE_LACP 4           /* BOND_MODE_8023AD */
#define STATE_SHORT_TIMEOUT 2 /* LACP_STATE_LACP_TIMEOUT: LACP packets every second */

void check_bond_monitoring(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i];

		if (device_is_ours(d) && d->link.kind == KIND_BOND && !d->link.bond.miimon &&
			!d->link.bond.arp_interval)
			check_tell(r, d->link.name, "no-monitoring",
				"%s has neither miimon nor arp_interval: it goes on using a port whose link has "
				"failed; miimon=100 in its configuration",
				d->link.name);
	}
}

// The device of a port, which is up and has a link; or NULL.
static const struct device *running_port(const struct check_input *in, const struct check_bond_port *p)
{
	const struct device *d = host_find(in->current, p->name);

	if (!d || !check_master_of_ours(in, d) || !d->link.up || !d->link.running)
		return NULL;
	return d;
}

static bool has_arp_monitoring(const struct check_input *in, const char *bond)
{
	const struct device *d = host_find(in->current, bond);

	return device_is_kind(d, KIND_BOND) && d->link.bond.arp_interval;
}

void check_bond_ports(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->readings->ports_count; i++) {
		const struct check_bond_port *p = &in->readings->ports[i];

		if (p->failed && running_port(in, p) && has_arp_monitoring(in, p->bond))
			check_tell(r, p->name, "port-down",
				"%s has a link, but %s counts it as down: its ARP targets don't answer there", p->name,
				p->bond);
	}
}

// The first running port of the same bond as ports[i] for which different() holds; NULL: none, or ports[i] is the first
// of its bond itself.
static const struct check_bond_port *first_port(const struct check_input *in, size_t i)
{
	for (size_t k = 0; k <= i; k++) {
		const struct check_bond_port *p = &in->readings->ports[k];

		if (!strcmp(p->bond, in->readings->ports[i].bond) && running_port(in, p))
			return p;
	}
	return NULL;
}

void check_bond_speeds(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->readings->ports_count; i++) {
		const struct check_bond_port *p = &in->readings->ports[i], *first = first_port(in, i);

		if (!running_port(in, p))
			continue;
		if (p->half_duplex)
			check_tell(r, p->name, "speed",
				"%s, a port of %s, runs at half duplex: set both ends to negotiate", p->name, p->bond);
		if (p->speed && first->speed && p->speed != first->speed)
			check_tell(r, p->name, "speed",
				"%s runs at %u Mbit/s, and %s, another port of %s, at %u: look at the cables and at "
				"what both ends negotiate",
				p->name, p->speed, first->name, p->bond, first->speed);
	}
}

static bool has_partner(const struct check_bond_port *p)
{
	static const uint8_t none[MAC_SIZE];

	return memcmp(p->partner, none, MAC_SIZE);
}

// The first port with a partner that is in the bond's active aggregator.
static const struct check_bond_port *active_port(const struct check_input *in, const char *bond)
{
	for (size_t i = 0; i < in->readings->ports_count; i++) {
		const struct check_bond_port *p = &in->readings->ports[i];

		if (!strcmp(p->bond, bond) && p->aggregator == p->active_aggregator && has_partner(p) &&
			running_port(in, p))
			return p;
	}
	return NULL;
}

static void tell_aggregator(
	const struct check_bond_port *p, const struct check_bond_port *active, struct check_report *r)
{
	char one[18], other[18];

	if (memcmp(p->partner, active->partner, MAC_SIZE))
		check_tell(r, p->name, "lacp-partners",
			"the LACP partner of %s is %s, and that of %s, another port of %s, is %s: their cables end at "
			"switches that aren't one system; only one of them is used",
			p->name, mac_print(p->partner, one), active->name, p->bond, mac_print(active->partner, other));
	else if (p->partner_key != active->partner_key)
		check_tell(r, p->name, "lacp-aggregator",
			"%s isn't in the active aggregator of %s: its switch port is in another group (key %u) than "
			"%s's (%u); put both into one",
			p->name, p->bond, p->partner_key, active->name, active->partner_key);
	else
		check_tell(r, p->name, "lacp-aggregator",
			"%s isn't in the active aggregator of %s: its own key is %u, and %s's %u: do their speed and "
			"duplex differ?",
			p->name, p->bond, p->actor_key, active->name, active->actor_key);
}

static void check_lacp_port(const struct check_input *in, const struct check_bond_port *p, struct check_report *r)
{
	const struct check_bond_port *active = active_port(in, p->bond);
	bool fast = p->actor_state & STATE_SHORT_TIMEOUT, partner_fast = p->partner_state & STATE_SHORT_TIMEOUT;

	if (!has_partner(p)) {
		check_tell(r, p->name, "lacp-no-partner",
			"%s, a port of %s, has no LACP partner: its switch port isn't in an LACP group, or LACP is "
			"passive at both ends",
			p->name, p->bond);
		return;
	}
	if (active && p->aggregator != p->active_aggregator)
		tell_aggregator(p, active, r);
	if (fast != partner_fast)
		check_tell(r, p->name, "lacp-rate",
			"%s asks for LACP packets %s, and the switch at the other end for %s ones: lacp_rate=%s for "
			"%s would be the same",
			p->name, fast ? "every second" : "every 30 seconds", partner_fast ? "fast" : "slow",
			partner_fast ? "fast" : "slow", p->bond);
}

void check_lacp(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->readings->ports_count; i++) {
		const struct check_bond_port *p = &in->readings->ports[i];

		if (p->has_lacp && running_port(in, p))
			check_lacp_port(in, p, r);
	}
}
