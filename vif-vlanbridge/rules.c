// SPDX-License-Identifier: ISC
// Which filtering rules a port has.
#include "rules.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>

bool rules_needed(const struct nic *nic, const struct mark *bridge)
{
	return nic->lists || nic_decides(nic, NIC_DISABLED, false) ||
	       nic_decides(nic, NIC_ANTISPOOF, bridge->antispoof);
}

bool rules_row_applies(const struct rules_row *row, const struct rules *r)
{
	return (row->when & r->when) == row->when && !((row->when ^ r->when) & RULES_DISABLED);
}

static bool same_sources(const struct sources *a, const struct sources *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (memcmp(&a->list[i], &b->list[i], sizeof(a->list[i])))
			return false;
	return true;
}

#define TAGS (RULES_8021Q | RULES_8021AD)
#define OF_VLANS (TAGS | RULES_NO_8021Q | RULES_NO_8021AD)

static bool equal_but_vlans(const struct rules *a, const struct rules *b)
{
	return !((a->when ^ b->when) & ~OF_VLANS) && !memcmp(a->mac, b->mac, MAC_SIZE) &&
	       same_sources(&a->sources, &b->sources);
}

// A VLAN-aware bridge itself sees to the port's VLANs; one that isn't passes all tags on.
enum rules_moment rules_decide_moment(const struct rules *old, const struct rules *new, bool moves)
{
	bool alike = equal_but_vlans(old, new);

	if (alike && old->when == new->when &&vlans_equal(&old->vlans, &new->vlans))
		return RULES_STAY;
	if (!moves || !old->when)
		return RULES_BEFORE;
	if (!new->when)
		return RULES_AFTER;
	if (!alike)
		return RULES_BETWEEN;
	if (!(new->when &TAGS) || (old->when & TAGS) == (new->when &TAGS))
		return RULES_BEFORE;
	return old->when & TAGS ? RULES_BETWEEN : RULES_AFTER;
}

// On a bridge that isn't VLAN-aware a port is in no VLAN, whatever tags the bridge would pass on.
static void decide_vlans(const struct link *bridge, const struct port_vlans *vlans, struct rules *r)
{
	bool is_8021ad = bridge->bridge.vlan_protocol == ETH_P_8021AD;

	if (bridge->bridge.vlan_filtering && vlans)
		r->vlans = vlans->all;
	else if (bridge->bridge.vlan_filtering && bridge->bridge.vlan_default_pvid)
		vlans_add(&r->vlans, bridge->bridge.vlan_default_pvid, bridge->bridge.vlan_default_pvid);
	if (vlans_empty(&r->vlans))
		r->when |= RULES_NO_8021Q | RULES_NO_8021AD;
	else
		r->when |= is_8021ad ? RULES_NO_8021Q | RULES_8021AD : RULES_8021Q | RULES_NO_8021AD;
}

int rules_decide(const struct nic *nic, const struct link *bridge, const struct mark *mark,
	const struct port_vlans *vlans, struct rules *ret, struct err *e)
{
	struct rules r = {0};
	int code;

	if (!rules_needed(nic, mark)) {
		*ret = r;
		return 0;
	}
	if (nic_decides(nic, NIC_DISABLED, false)) {
		r.when = RULES_DISABLED;
		*ret = r;
		return 0;
	}
	if (!nic->has_mac)
		return err_set(e, EINVAL, "%s needs the guest's MAC address, and there is no mac= for it",
			nic->lists ? "ip=" : "antispoof");
	memcpy(r.mac, nic->mac, MAC_SIZE);
	code = sources_parse(nic->text[NIC_IP], &r.sources, e);
	if (code)
		return code;
	r.when = r.sources.n ? RULES_LISTED : RULES_OPEN;
	r.when |= mark->routers || r.sources.router ? RULES_ROUTER : RULES_HOST;
	sources_add_link_local(nic, &r.sources);
	decide_vlans(bridge, vlans, &r);
	*ret = r;
	return 0;
}
