// SPDX-License-Identifier: ISC
// Resolves bridge= and vlan= among what the kernel has.
#include <errno.h>
#include <stdio.h>

#include "bridge_ref.h"
#include "mark.h"

#define CONFIG "/etc/xen/vlanbridge.conf"
#define HINT "'uplink=%s, vlan=%u' in " CONFIG " would make one"
#define WHAT_SIZE 64

static const struct link no_bridge;

static bool is_aware(const struct link *bridge)
{
	return bridge->index && bridge->bridge.vlan_filtering;
}

// network-vlanbridge creates a bridge with its group, and sets its mark and its MTU afterwards.
static bool is_unfinished(const struct link *bridge, const struct mark *mark)
{
	return bridge->group == MARK_GROUP && mark->origin == MARK_NONE;
}

// The bridge of a lookup, unless network-vlanbridge is about to delete it or hasn't finished it.
static const struct link *usable_bridge(const struct lookup *l)
{
	struct mark mark;

	if (!l->found || !l->bridge.index)
		return &no_bridge;
	mark_parse(l->bridge.alias, &mark);
	if (mark.closing || l->bridge.group == MARK_GROUP_GOING)
		return &no_bridge;
	if (is_unfinished(&l->bridge, &mark))
		return &no_bridge;
	return &l->bridge;
}

// A phrase for messages. Returns buf.
static const char *describe(const struct lookup *l, char buf[WHAT_SIZE])
{
	const char *kind = *l->link.kind_name ? l->link.kind_name : "network device";

	if (l->link.kind == KIND_BRIDGE && is_aware(&l->link))
		snprintf(buf, WHAT_SIZE, "a VLAN-aware bridge");
	else if (l->link.kind == KIND_BRIDGE)
		snprintf(buf, WHAT_SIZE, "a bridge that isn't VLAN-aware");
	else if (l->link.kind == KIND_VLAN)
		snprintf(buf, WHAT_SIZE, "a VLAN device");
	else
		snprintf(buf, WHAT_SIZE, "a %s", kind);
	return buf;
}

static int refuse_other_kind(const char *name, const struct lookup *l, struct err *e)
{
	char what[WHAT_SIZE];

	return err_set(e, ENODEV, "bridge=%s is %s, not a bridge", name, describe(l, what));
}

// bridge=NAME.VLAN, and no bridge carries it.
static int refuse_suffix(const struct bridge_ref *ref, const struct lookup *lookups, struct err *e)
{
	const struct lookup *base = &lookups[SLOT_BASE], *named = &lookups[SLOT_BRIDGE];
	const char *name = ref->names[SLOT_BRIDGE], *base_name = ref->names[SLOT_BASE];
	char what[WHAT_SIZE];

	if (ref->trunk)
		return err_set(e, EINVAL,
			"bridge=%s asks for tagged VLANs, which need a VLAN-aware bridge, but %s "
			"%s",
			name, base_name, base->found ? "isn't one" : "doesn't exist");
	if (named->found && named->link.kind == KIND_VLAN)
		return err_set(e, ENODEV,
			"%s is a VLAN device, but a port of no bridge: give it one with "
			"'uplink=%s, vlan=%u' in " CONFIG,
			name, base_name, ref->suffix.pvid);
	if (named->found)
		return refuse_other_kind(name, named, e);
	if (!base->found)
		return err_set(e, ENODEV, "bridge '%s' doesn't exist", name);
	return err_set(e, ENODEV, "bridge '%s' doesn't exist: %s is %s and no bridge carries its VLAN %u; " HINT, name,
		base_name, describe(base, what), ref->suffix.pvid, base_name, ref->suffix.pvid);
}

static int refuse_name(const struct bridge_ref *ref, const struct lookup *lookups, struct err *e)
{
	const struct lookup *named = &lookups[SLOT_BRIDGE];
	const char *name = ref->names[SLOT_BRIDGE];

	if (ref->has_suffix)
		return refuse_suffix(ref, lookups, e);
	if (named->found && named->link.kind != KIND_BRIDGE)
		return refuse_other_kind(name, named, e);
	if (ref->bad_vlan)
		return err_set(e, ENODEV, "bridge '%s' doesn't exist, and VLAN IDs go from 1 to 4094", name);
	return err_set(e, ENODEV, "bridge '%s' doesn't exist", name);
}

// Without vlan=.
static int resolve_name(
	const struct bridge_ref *ref, const struct lookup *lookups, struct bridge_choice *c, struct err *e)
{
	const struct lookup *named = &lookups[SLOT_BRIDGE], *base = &lookups[SLOT_BASE], *eth = &lookups[SLOT_ETH];

	c->bridge = usable_bridge(named);
	if (c->bridge->index)
		return 0;
	if (base->link.kind == KIND_BRIDGE && is_aware(usable_bridge(base))) {
		c->bridge = &base->bridge;
		c->vlans = &ref->suffix;
		return 0;
	}
	if (!named->found && eth->link.kind == KIND_BRIDGE)
		c->bridge = usable_bridge(eth);
	if (c->bridge->index)
		return 0;
	return refuse_name(ref, lookups, e);
}

// A single untagged VLAN on a bridge that isn't VLAN-aware: says what the bridge carries, and which
// other bridge carries the VLAN.
static int refuse_vlan_on_bridge(
	const struct bridge_ref *ref, const struct lookup *named, const struct link *other, struct err *e)
{
	const char *name = ref->names[SLOT_BRIDGE];
	struct mark mark;

	mark_parse(named->bridge.alias, &mark);
	if (mark.vlan == ref->access)
		return err_set(e, EINVAL, "%s is VLAN %u of %s already: omit vlan=%u", name, mark.vlan, mark.uplink,
			ref->access);
	if (other->index)
		return err_set(e, EINVAL, "%s isn't VLAN-aware, and VLAN %u of %s is in bridge %s: bridge=%s", name,
			ref->access, mark.uplink, other->name, other->name);
	return err_set(e, ENODEV, "%s isn't VLAN-aware and no bridge carries VLAN %u of %s", name, ref->access,
		*mark.uplink ? mark.uplink : name);
}

static int refuse_list(const struct bridge_ref *ref, const struct lookup *named, struct err *e)
{
	const char *name = ref->names[SLOT_BRIDGE];
	char what[WHAT_SIZE];

	return err_set(e, EINVAL,
		"vlan=%.200s needs a VLAN-aware bridge, but %s %s%s: only a single "
		"untagged VLAN works elsewhere",
		ref->list_text, name, named->found ? "is " : "doesn't exist",
		named->found ? describe(named, what) : "");
}

// vlan= and no VLAN-aware bridge. other: the bridge of UPLINK.VLAN.
static int refuse_vlans(
	const struct bridge_ref *ref, const struct lookup *named, const struct link *other, struct err *e)
{
	const char *name = ref->names[SLOT_BRIDGE];
	char what[WHAT_SIZE];

	if (!ref->access)
		return refuse_list(ref, named, e);
	if (!named->found)
		return err_set(e, ENODEV, "neither %s nor %s.%u exists", name, name, ref->access);
	if (named->bridge.index && (named->link.kind == KIND_BRIDGE || named->link.kind == KIND_VLAN))
		return refuse_vlan_on_bridge(ref, named, other, e);
	return err_set(e, ENODEV, "%s is %s, and no bridge carries its VLAN %u; " HINT, name, describe(named, what),
		ref->access, name, ref->access);
}

// With vlan=.
static int resolve_vlans(
	const struct bridge_ref *ref, const struct lookup *lookups, struct bridge_choice *c, struct err *e)
{
	const struct lookup *named = &lookups[SLOT_BRIDGE];
	const struct link *base;

	if (!named->found && lookups[SLOT_ETH].link.kind == KIND_BRIDGE)
		named = &lookups[SLOT_ETH];
	if (is_aware(usable_bridge(named))) {
		c->bridge = &named->bridge;
		c->vlans = &ref->list;
		return 0;
	}
	c->bridge = ref->access ? usable_bridge(&lookups[SLOT_VLAN]) : &no_bridge;
	if (c->bridge->index)
		return 0;
	base = usable_bridge(&lookups[SLOT_BASE]);
	if (!named->found && is_aware(base))
		return err_set(e, EINVAL, BRIDGE_REF_VLANS_TWICE, ref->names[SLOT_BRIDGE], ref->list_text);
	return refuse_vlans(ref, named, ref->has_suffix ? &no_bridge : base, e);
}

// Nothing was found: because network-vlanbridge hasn't finished it? Returns -EAGAIN with a message
// then, otherwise r, whose message e has already.
static int check_unfinished(const struct lookup lookups[SLOTS], int r, struct err *e)
{
	struct mark mark;

	for (int s = SLOT_BRIDGE; s < SLOTS; s++) {
		const struct link *bridge = &lookups[s].bridge;

		if (!bridge->index)
			continue;
		mark_parse(bridge->alias, &mark);
		if (is_unfinished(bridge, &mark))
			return err_set(e, EAGAIN,
				"bridge %s isn't finished: if no network-vlanbridge is at work, "
				"one was killed, and `network-vlanbridge start` finishes it",
				bridge->name);
	}
	return r;
}

int bridge_ref_resolve(
	const struct bridge_ref *ref, const struct lookup lookups[SLOTS], struct bridge_choice *ret, struct err *e)
{
	struct bridge_choice c = {0};
	int r;

	if (ref->list_text)
		r = resolve_vlans(ref, lookups, &c, e);
	else
		r = resolve_name(ref, lookups, &c, e);
	if (r)
		return check_unfinished(lookups, r, e);
	// Without a default PVID the port would be in no VLAN at all, and nobody would notice
	// before the guest does.
	if (is_aware(c.bridge) && !c.vlans && !c.bridge->bridge.vlan_default_pvid)
		return err_set(e, EINVAL,
			"bridge %s is VLAN-aware and has no default VLAN: say which with "
			"bridge=%s.VLAN or vlan=",
			c.bridge->name, c.bridge->name);
	*ret = c;
	return 0;
}
