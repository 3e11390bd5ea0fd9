// SPDX-License-Identifier: ISC
// The kernel model: options that change others.
#include "kernel_model_parts.h"

#include <string.h>

#define BOND_MODE_ALB 6

// Ports that have the old default PVID get the new one; the others, which somebody set, stay. But where there was none
// before, all that aren't in that VLAN get it, whatever their PVID is (__br_vlan_set_default_pvid).
static void change_default_pvid(struct port_vlans *v, unsigned int old, unsigned int new)
{
	if (old && (v->pvid != old || !vlans_has(&v->untagged, old)))
		return;
	if (new &&vlans_has(&v->all, new))
		return;
	if (old) {
		struct vlans gone = {0};

		vlans_add(&gone, old, old);
		vlans_subtract(&v->all, &gone);
		vlans_subtract(&v->untagged, &gone);
	}
	v->pvid = (uint16_t) new;
	if (!new)
		return;
	vlans_add(&v->all, new, new);
	vlans_add(&v->untagged, new, new);
}

static int change_device(struct device *d, unsigned int old, unsigned int new)
{
	struct port_vlans v = vlans_kept(&d->vlans);

	change_default_pvid(&v, old, new);
	return vlans_keep(&d->vlans, &v);
}

static int set_default_pvid(struct host *h, struct device *bridge, unsigned int old)
{
	unsigned int new = bridge->link.bridge.vlan_default_pvid;
	int r;

	if (old == new)
		return 0;
	r = change_device(bridge, old, new);
	for (size_t i = 0; i < h->count && bridge->ports && !r; i++)
		if (!strcmp(h->devices[i]->link.master.name, bridge->link.name))
			r = change_device(h->devices[i], old, new);
	return r;
}

bool model_sets_option(const struct link *c, const char *name)
{
	return c->kind == KIND_BOND && option_is_set(c, option_find(KIND_BOND, name));
}

// Delays are kept as a number of miimon intervals (_bond_option_delay_set): they are rounded down, and change with it.
static uint32_t settle_delay(uint32_t delay, bool is_new, uint32_t miimon, uint32_t miimon_before)
{
	if (is_new)
		return miimon ? delay / miimon * miimon : 0;
	return miimon_before ? delay / miimon_before * miimon : delay;
}

// What one option does to others. b has what c sets; the kernel goes through them in the order of bond_changelink.
static void settle_bond_options(struct bond *b, const struct bond *before, const struct link *c)
{
	bool arp_is_possible = b->mode <= LINK_BOND_MODE_LAST_WITH_ARP;

	if (model_sets_option(c, "mode") && b->mode != before->mode) { // bond_option_mode_set
		if (!arp_is_possible)
			b->arp_interval = 0;
		if (!arp_is_possible && !before->miimon && !model_sets_option(c, "miimon"))
			b->miimon = LINK_BOND_MIIMON_DEFAULT;
		if (b->mode == BOND_MODE_ALB && !model_sets_option(c, "tlb_dynamic_lb"))
			b->tlb_dynamic_lb = 1;
		if (!model_sets_option(c, "arp_validate"))
			b->arp_validate = 0;
	}
	if (model_sets_option(c, "miimon") && before->arp_interval) { // bond_option_miimon_set
		if (!model_sets_option(c, "arp_interval"))
			b->arp_interval = 0;
		if (!model_sets_option(c, "arp_validate"))
			b->arp_validate = 0;
	}
	if (model_sets_option(c, "arp_interval") && b->arp_interval) // bond_option_arp_interval_set
		b->miimon = 0;
	b->updelay = settle_delay(b->updelay, model_sets_option(c, "updelay"), b->miimon, before->miimon);
	b->downdelay = settle_delay(b->downdelay, model_sets_option(c, "downdelay"), b->miimon, before->miimon);
	b->peer_notif_delay =
		settle_delay(b->peer_notif_delay, model_sets_option(c, "peer_notif_delay"), b->miimon, before->miimon);
}

int model_set_options(struct host *h, struct device *d, const struct link *c)
{
	const struct kind_row *k = &link_kinds[d->link.kind];
	struct link before = d->link;

	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(c, &k->options[i]))
			option_copy(&d->link, c, &k->options[i]);
	if (device_is_kind(d, KIND_BOND))
		settle_bond_options(&d->link.bond, &before.bond, c);
	if (!device_is_kind(d, KIND_BRIDGE))
		return 0;
	if (d->link.bridge.stp && !before.bridge.stp && d->link.bridge.forward_delay < FORWARD_DELAY_MIN_STP)
		d->link.bridge.forward_delay = FORWARD_DELAY_MIN_STP;
	return set_default_pvid(h, d, before.bridge.vlan_default_pvid);
}
