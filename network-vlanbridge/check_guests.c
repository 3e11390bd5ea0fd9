// SPDX-License-Identifier: ISC
// Checks of guests' devices: in their bridge, in their VLANs, with a MAC address of their own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_build.h"

static void print_network(const struct guest_mark *g, char buf[CHECK_VIF_SIZE])
{
	*buf = '\0';
	if (*g->uplink && g->vlan)
		snprintf(buf, CHECK_VIF_SIZE, " (VLAN %u of %s)", g->vlan, g->uplink);
	else if (*g->uplink)
		snprintf(buf, CHECK_VIF_SIZE, " (%s)", g->uplink);
}

// A bridge may have got another name: the network is what counts.
static bool is_its_bridge(const struct host *h, const struct guest_mark *g, const struct device *bridge)
{
	const struct device *uplink = host_find(h, bridge->mark.uplink);

	if (!strcmp(g->bridge, bridge->link.name))
		return true;
	return uplink && *g->uplink && g->vlan == bridge->mark.vlan && !strcmp(g->uplink, original_device_name(uplink));
}

static void check_place(
	const struct check_input *in, const struct device *d, const struct guest_mark *g, struct check_report *r)
{
	const struct device *m = host_find(in->current, d->link.master.name);
	char vif[CHECK_VIF_SIZE], network[CHECK_VIF_SIZE];

	check_print_vif(in, d, vif);
	print_network(g, network);
	if (!m)
		check_tell(r, d->link.name, "vif-unattached",
			"%s is in no bridge, and belongs in %s%s%s; " CHECK_START " puts it back", vif, g->bridge,
			network, host_find(in->current, g->bridge) ? "" : ", which doesn't exist");
	else if (!is_its_bridge(in->current, g, m))
		check_tell(r, d->link.name, "vif-moved", "%s is in %s, and belongs in %s%s; ip link set %s master %s",
			vif, m->link.name, g->bridge, network, d->link.name, g->bridge);
	else if (!d->link.up)
		check_tell(r, d->link.name, "vif-down", "%s is down: its guest has no network; ip link set %s up", vif,
			d->link.name);
}

// Only those with a mark: without one, somebody wants it so (network-vlanbridge(8)).
void check_vif_places(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		struct guest_mark g;

		if (mark_parse_guest(in->current->devices[i]->link.alias, &g) && !(g.changing && in->at_work))
			check_place(in, in->current->devices[i], &g, r);
	}
}

static void check_vlans(const struct check_input *in, const struct device *d, struct check_report *r)
{
	char vif[CHECK_VIF_SIZE], ids[512];
	const struct port_vlans has = vlans_kept(&d->vlans);
	struct guest_mark g = {0};
	struct vlans lost;

	check_print_vif(in, d, vif);
	mark_parse_guest(d->link.alias, &g);
	lost = g.vlans.all;
	vlans_subtract(&lost, &has.all);
	if (g.vlan_aware && !vlans_empty(&lost))
		check_tell(r, d->link.name, "vif-vlans",
			"%s isn't in the VLANs %s of %s, in which it belongs; put it there: bridge vlan add dev %s vid "
			"…",
			vif, vlans_print(&lost, ids, sizeof(ids)), d->link.master.name, d->link.name);
	else if (vlans_empty(&has.all))
		check_tell(r, d->link.name, "vif-vlans",
			"%s is in the VLAN-aware bridge %s, but in no VLAN: nothing passes; say which with vlan= in "
			"the "
			"guest's configuration",
			vif, d->link.master.name);
}

void check_vif_vlans(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i], *m = check_master_of_ours(in, d);

		if (device_is_kind(m, KIND_BRIDGE) && m->link.bridge.vlan_filtering && check_is_guest(in, d))
			check_vlans(in, d, r);
	}
}

void check_vif_rules(const struct check_input *in, struct check_report *r)
{
	char vif[CHECK_VIF_SIZE];

	for (size_t i = 0; i < in->current->count && in->rules_missing; i++) {
		const struct device *d = in->current->devices[i];

		if (check_is_guest(in, d) && in->rules_missing(d, in->rules_arg))
			check_tell(r, d->link.name, "vif-rules",
				"the filtering rules of %s are gone, maybe by `nft flush ruleset`: the guest isn't "
				"held to "
				"its addresses",
				check_print_vif(in, d, vif));
	}
}

static int by_mac(const void *a, const void *b)
{
	const struct guest_nic *const *x = a, *const *y = b;
	int r = memcmp((*x)->mac, (*y)->mac, MAC_SIZE);

	return r ? r : ((*x) > (*y)) - ((*x) < (*y));
}

static void compare_macs(
	const struct check_input *in, const struct guest_nic *a, const struct guest_nic *b, struct check_report *r)
{
	const struct device *x = host_find(in->current, a->interface), *y = host_find(in->current, b->interface);
	char mac[18];

	// In different networks it does no harm.
	if (!x || !y || !*x->link.master.name || strcmp(x->link.master.name, y->link.master.name))
		return;
	check_tell(r, x->link.name, "guest-mac",
		"NIC %d of %s (%s) and NIC %d of %s (%s) have the same MAC address %s in %s: give one of them another "
		"mac=",
		a->nic, a->domain, a->interface, b->nic, b->domain, b->interface, mac_print(a->mac, mac),
		x->link.master.name);
}

void check_guest_macs(const struct check_input *in, struct check_report *r)
{
	const struct guests *g = in->guests;
	const struct guest_nic **all = calloc(g->count + 1, sizeof(*all));

	if (!all) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < g->count; i++)
		all[i] = &g->nics[i];
	qsort(all, g->count, sizeof(*all), by_mac);
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = i + 1; k < g->count && !memcmp(all[i]->mac, all[k]->mac, MAC_SIZE); k++)
			compare_macs(in, all[i], all[k], r);
	free(all);
}
