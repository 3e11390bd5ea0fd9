// SPDX-License-Identifier: ISC
// Which ports `update` is about, how they are, and how they are to be.
#include <errno.h>
#include <string.h>

#include "lock.h"
#include "port_send.h"
#include "update.h"

#define PORT_FLAGS_KNOWN (LINK_PORT_ISOLATED | LINK_PORT_LEARNING | LINK_PORT_LOCKED)
#define KEYS_READ (~NIC_BIT(NIC_RULES))

// Until this process ends.
static int lock(struct hotplug_run *run, struct err *e)
{
	int r = lock_nic(run->req.domid, run->req.devid, &run->deadline, e);

	return r == -ETIMEDOUT ? r : 0;
}

static int open_sessions(struct hotplug_run *run, struct err *e)
{
	int r = netlink_open(&run->nl, e);

	if (!r)
		r = store_open(&run->req, &run->store, e);
	if (r == -ENOENT)
		return err_set(e, ENOENT,
			"the toolstack's directory %s isn't in xenstore: the guest has no such NIC, or its backend is "
			"a "
			"driver domain, where this has to be run then",
			run->req.path);
	return r;
}

static bool has_tap(const struct nic *nic)
{
	return !strcmp(nic->text[NIC_TYPE], "vif_ioemu");
}

int update_find_nic(struct update *u, struct err *e)
{
	struct hotplug_run *run = &u->nic;
	int r = 0;

	if (*u->req.domain)
		r = store_find_domain(u->req.domain, &u->req.domid, e);
	if (!r)
		r = request_for_nic(u->req.domid, u->req.devid, false, &run->req, e);
	if (!r)
		r = lock(run, e);
	if (!r)
		r = open_sessions(run, e);
	if (!r)
		r = store_check_attached(run->store, e);
	if (!r)
		r = store_read(run->store, KEYS_READ, &u->before, e);
	if (!r)
		r = nic_check(&u->before, has_tap(&u->before), e);
	if (r)
		return r;
	u->after = u->before;
	r = update_request_overlay(&u->req, has_tap(&u->after), &u->after, e);
	u->usage = r;
	return r;
}

static void read_bridge(const struct link *bridge, struct port_state *s)
{
	struct mark mark;

	if (!bridge->index)
		return;
	mark_parse(bridge->alias, &mark);
	s->bridge.index = bridge->index;
	text_copy(s->bridge.name, NAME_SIZE, bridge->name);
	s->vlan_aware = bridge->bridge.vlan_filtering;
	s->default_pvid = bridge->bridge.vlan_default_pvid;
	s->demand = mark.demand;
	s->tx_offload_off = mark.tx_offload_off;
}

static int read_state(struct update_port *p, const struct lookup *dev, struct port_state *s, struct err *e)
{
	struct filter_mark filter;

	*s = (struct port_state){.mtu = dev->link.mtu, .flags = dev->link.port_flags & PORT_FLAGS_KNOWN};
	memcpy(s->alias, dev->link.alias, ALIAS_SIZE);
	if (filter_mark_read(dev->link.alias, &filter) && filter.locked) {
		s->pinned = true;
		memcpy(s->mac, filter.mac, MAC_SIZE);
	}
	read_bridge(&dev->bridge, s);
	if (!s->vlan_aware)
		return 0;
	return port_read_vlans(p->run.nl, dev->link.index, &s->vlans, e);
}

// Without the name of a bridge, the query asks for the one that the device is in.
static int query_own(struct update_port *p, const struct lookup **ret, struct err *e)
{
	int r;

	p->run.bridge_ref = (struct bridge_ref){.trunk = false};
	r = hotplug_query(&p->run, e);
	*ret = r ? NULL : find_own_device(&p->run.req, p->run.lookups);
	return r;
}

int update_read_port(struct update_port *p, struct port_state *ret, struct err *e)
{
	const struct lookup *dev;
	int r = query_own(p, &dev, e);

	if (!r && !dev)
		r = err_set(e, ENODEV, "the device doesn't exist");
	return r ? r : read_state(p, dev, ret, e);
}

// What its rules were made of.
static int read_rules(struct update_port *p, const struct lookup *dev, const struct nic *nic, struct err *e)
{
	struct filter_mark filter;
	struct mark mark;

	p->rules_before = (struct rules){.when = 0};
	if (!filter_mark_read(dev->link.alias, &filter))
		return 0;
	mark_parse(dev->bridge.index ? dev->bridge.alias : "", &mark);
	return rules_decide(nic, &dev->bridge, &mark, &p->before.vlans, &p->rules_before, e);
}

// Finds the bridge; in a dry run, none is made on demand.
static int find_bridge(const struct update *u, struct hotplug_run *run, struct err *e)
{
	int r;

	if (!u->req.dry_run)
		return hotplug_find_bridge(run, e);
	r = bridge_ref_parse(&run->req.nic, &run->bridge_ref, e);
	if (!r)
		r = hotplug_query(run, e);
	return r ? r : bridge_ref_resolve(&run->bridge_ref, run->lookups, &run->choice, e);
}

static void decide_after(struct update_port *p)
{
	const struct attachment *a = &p->run.attachment;
	struct port_state *s = &p->after;

	*s = (struct port_state){.mtu = a->join.mtu, .pinned = a->locked};
	memcpy(s->alias, a->join.alias, ALIAS_SIZE);
	memcpy(s->mac, a->guest_mac, MAC_SIZE);
	read_bridge(&a->bridge, s);
	if (a->set_vlans)
		s->vlans = a->vlans;
	else
		port_vlans_default(&s->vlans, s->default_pvid);
	s->flags = a->locked ? LINK_PORT_LOCKED : LINK_PORT_LEARNING;
	if (a->isolated)
		s->flags |= LINK_PORT_ISOLATED;
}

static int check_unchanging(const struct lookup *dev, struct err *e)
{
	struct guest_mark place;

	if (!mark_parse_guest(dev->link.alias, &place) || !place.changing)
		return 0;
	return err_set(e, EBUSY,
		"network-vlanbridge is about to move it: try again; or that was killed, and `network-vlanbridge start` "
		"finishes it");
}

static int find_port(struct update *u, bool tap, struct err *e)
{
	struct update_port *p = &u->ports[u->n];
	struct hotplug_run *run = &p->run;
	const struct lookup *dev;
	int r;

	*run = u->nic;
	r = request_for_nic(u->req.domid, u->req.devid, tap, &run->req, e);
	if (r)
		return r;
	run->req.nic = u->before;
	r = query_own(p, &dev, e);
	if (r || (!dev && tap))
		return r; // the guest has unplugged its emulated NICs
	if (!dev)
		return err_set(e, ENODEV, "the device doesn't exist");
	r = check_unchanging(dev, e);
	if (!r)
		r = read_state(p, dev, &p->before, e);
	if (!r)
		r = read_rules(p, dev, &u->before, e);
	if (r)
		return r;
	run->req.nic = u->after;
	r = find_bridge(u, run, e);
	if (r)
		return r;
	r = hotplug_decide(run, e);
	if (r) {
		hotplug_release_unused_bridge(run);
		return r;
	}
	decide_after(p);
	u->n++;
	return 0;
}

int update_find_ports(struct update *u, struct err *e)
{
	int r = find_port(u, false, e);

	if (!r && has_tap(&u->after))
		r = find_port(u, true, e);
	return r;
}
