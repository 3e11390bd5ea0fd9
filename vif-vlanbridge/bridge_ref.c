// SPDX-License-Identifier: ISC
// How `bridge=` and `vlan=` find the bridge.
#include "bridge_ref.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mark.h"

#define CONFIG "/etc/xen/vlanbridge.conf"
#define HINT "'uplink=%s, vlan=%u' in " CONFIG " would make one"

#define BOTH "bridge=%s and vlan=%s both say which VLANs: give one of them"

static const struct link no_bridge;

static int parse_trunks(const char *text, struct port_vlans *set, struct err *e)
{
	char copy[NIC_TEXT], *rest = copy, *word;
	unsigned long id;

	text_copy(copy, sizeof(copy), text);
	while ((word = strsep(&rest, ":"))) {
		if (number_parse(word, VLAN_MIN, VLAN_MAX, &id))
			return err_set(e, EINVAL, "'%s' after the ':' isn't a VLAN ID (%d-%d)",
				word, VLAN_MIN, VLAN_MAX);
		vlans_add(&set->all, (unsigned int)id, (unsigned int)id);
	}
	return 0;
}

// NAME.VLAN[:TRUNK[:TRUNK…]]: VLAN untagged, the others tagged. Text that doesn't look like it is
// only a name.
static int parse_suffix(const char *text, struct bridge_ref *ref, struct err *e)
{
	const char *colon = strchr(text, ':'), *end = colon ? colon : text + strlen(text),
		   *dot = end;
	char number[16];
	unsigned long id;
	int r;

	while (dot > text && *dot != '.')
		dot--;
	if (dot == text || dot[1] == '\0' || dot + 1 == end ||
		(size_t)(end - dot) > sizeof(number) || dot - text >= ALTNAME_SIZE)
		return colon ? err_set(e, EINVAL, "what has a ':' must be NAME.VLAN:TRUNK[:TRUNK…]")
			     : 0;
	snprintf(number, sizeof(number), "%.*s", (int)(end - dot - 1), dot + 1);
	r = number_parse(number, VLAN_MIN, VLAN_MAX, &id);
	if (r && !colon) {
		ref->bad_vlan = r == -ERANGE; // a bridge may well be called br.5000
		return 0;
	}
	if (r)
		return err_set(
			e, EINVAL, "'%s' isn't a VLAN ID (%d-%d)", number, VLAN_MIN, VLAN_MAX);
	ref->has_suffix = true;
	ref->suffix.pvid = (uint16_t)id;
	vlans_add(&ref->suffix.all, (unsigned int)id, (unsigned int)id);
	ref->suffix.untagged = ref->suffix.all;
	snprintf(ref->names[SLOT_BASE], ALTNAME_SIZE, "%.*s", (int)(dot - text), text);
	if (!colon)
		return 0;
	ref->trunk = true;
	r = parse_trunks(colon + 1, &ref->suffix, e);
	return r;
}

static int parse_list(const char *text, struct bridge_ref *ref, struct err *e)
{
	unsigned int first, last;
	int r = port_vlans_parse(text, &ref->list, e);

	if (r)
		return r;
	ref->has_list = true;
	ref->list_text = text;
	// Only what arrives untagged both ways is what a bridge per VLAN gives.
	vlans_range(&ref->list.all, 0, &first, &last);
	if (ref->list.pvid == first && first == last &&
		!vlans_range(&ref->list.all, last + 1, &first, &last))
		ref->access = ref->list.pvid;
	return 0;
}

static bool all_digits(const char *text)
{
	while (isdigit((unsigned char)*text))
		text++;
	return !*text;
}

int bridge_ref_parse(const struct nic *nic, struct bridge_ref *ref, struct err *e)
{
	const char *bridge = nic->text[NIC_BRIDGE], *vlan = nic->text[NIC_VLAN];
	int r;

	*ref = (struct bridge_ref){0};
	for (const char *c = bridge; *c; c++)
		if (isspace((unsigned char)*c) || *c == '/')
			return err_set(e, EINVAL,
				"bridge=%s: an interface has no blank and no '/' in its name",
				bridge);
	if (!text_copy(ref->names[SLOT_BRIDGE], ALTNAME_SIZE, bridge))
		return err_set(e, EINVAL,
			"bridge=%.20s…: %zu bytes are more than the %d of an alternative name",
			bridge, strlen(bridge), ALTNAME_SIZE - 1);
	r = parse_suffix(bridge, ref, e);
	if (r)
		return err_prefix(e, "bridge=%s: ", bridge);
	if (*vlan && ref->trunk)
		return err_set(e, EINVAL, BOTH, bridge, vlan);
	r = *vlan ? parse_list(vlan, ref, e) : 0;
	if (r)
		return err_prefix(e, "vlan=%.200s: ", vlan);
	if (ref->access && snprintf(ref->names[SLOT_VLAN], ALTNAME_SIZE, "%s.%u", bridge,
				   ref->access) >= ALTNAME_SIZE)
		ref->names[SLOT_VLAN][0] = '\0';
	// Old configurations name netloop's bridges, as vif-bridge knows too.
	if (!strncmp(bridge, "xenbr", 5) && bridge[5] && all_digits(bridge + 5))
		snprintf(ref->names[SLOT_ETH], ALTNAME_SIZE, "eth%.100s", bridge + 5);
	return 0;
}

void bridge_ref_add_uplink_vlan(struct bridge_ref *ref, const struct lookup lookups[SLOTS])
{
	struct mark mark = {0};

	if (lookups[SLOT_BRIDGE].found && lookups[SLOT_BRIDGE].bridge.index)
		mark_parse(lookups[SLOT_BRIDGE].bridge.alias, &mark);
	if (ref->access && mark.vlan && !ref->has_suffix)
		snprintf(ref->names[SLOT_BASE], ALTNAME_SIZE, "%s.%u", mark.uplink, ref->access);
}

const char *bridge_ref_demand_name(const struct bridge_ref *ref)
{
	return ref->names[ref->access ? SLOT_VLAN : SLOT_BRIDGE];
}

static bool is_aware(const struct link *bridge)
{
	return bridge->index && bridge->bridge.vlan_filtering;
}

// network-vlanbridge makes a bridge with its group, and gives it its mark and its MTU afterwards.
static bool is_half_made(const struct link *bridge, const struct mark *mark)
{
	return bridge->group == MARK_GROUP && mark->origin == MARK_NONE;
}

// A bridge that network-vlanbridge is about to remove isn't there any more.
static const struct link *usable(const struct lookup *d)
{
	struct mark mark;

	if (!d->found || !d->bridge.index)
		return &no_bridge;
	mark_parse(d->bridge.alias, &mark);
	return mark.closing || d->bridge.group == MARK_GROUP_GOING ||
			       is_half_made(&d->bridge, &mark)
		       ? &no_bridge
		       : &d->bridge;
}

static const char *what_is(const struct lookup *d, char *buf, size_t size)
{
	if (d->link.kind == KIND_BRIDGE)
		snprintf(buf, size,
			is_aware(&d->link) ? "a VLAN-aware bridge"
					   : "a bridge that isn't VLAN-aware");
	else if (d->link.kind == KIND_VLAN)
		snprintf(buf, size, "a VLAN device");
	else
		snprintf(buf, size, "a %s",
			*d->link.kind_name ? d->link.kind_name : "network device");
	return buf;
}

// bridge=NAME.VLAN, and nothing of that name carries guests.
static int no_carrier(const struct bridge_ref *ref, const struct lookup *lookups, struct err *e)
{
	const struct lookup *base = &lookups[SLOT_BASE], *itself = &lookups[SLOT_BRIDGE];
	const char *name = ref->names[SLOT_BRIDGE], *under = ref->names[SLOT_BASE];
	char what[64];

	if (ref->trunk)
		return err_set(e, EINVAL,
			"bridge=%s asks for tagged VLANs, which need a VLAN-aware bridge, but %s "
			"%s",
			name, under, base->found ? "isn't one" : "doesn't exist");
	if (itself->found && itself->link.kind == KIND_VLAN)
		return err_set(e, ENODEV,
			"%s is a VLAN device, but a port of no bridge: give it one with "
			"'uplink=%s, vlan=%u' in " CONFIG,
			name, under, ref->suffix.pvid);
	if (itself->found)
		return err_set(e, ENODEV, "bridge=%s is %s, not a bridge", name,
			what_is(itself, what, sizeof(what)));
	if (!base->found)
		return err_set(e, ENODEV, "bridge '%s' doesn't exist", name);
	return err_set(e, ENODEV,
		"bridge '%s' doesn't exist: %s is %s and no bridge carries its VLAN %u; " HINT,
		name, under, what_is(base, what, sizeof(what)), ref->suffix.pvid, under,
		ref->suffix.pvid);
}

static int choose_by_name(const struct bridge_ref *ref, const struct lookup *lookups,
	struct bridge_choice *c, struct err *e)
{
	const struct lookup *itself = &lookups[SLOT_BRIDGE];
	char what[64];

	c->bridge = usable(itself);
	if (c->bridge->index)
		return 0;
	if (is_aware(usable(&lookups[SLOT_BASE])) && lookups[SLOT_BASE].link.kind == KIND_BRIDGE) {
		c->bridge = &lookups[SLOT_BASE].bridge;
		c->vlans = &ref->suffix;
		return 0;
	}
	if (!itself->found && lookups[SLOT_ETH].link.kind == KIND_BRIDGE)
		c->bridge = usable(&lookups[SLOT_ETH]);
	if (c->bridge->index)
		return 0;
	if (ref->has_suffix)
		return no_carrier(ref, lookups, e);
	if (itself->found && itself->link.kind != KIND_BRIDGE)
		return err_set(e, ENODEV, "bridge=%s is %s, not a bridge", ref->names[SLOT_BRIDGE],
			what_is(itself, what, sizeof(what)));
	return err_set(e, ENODEV,
		ref->bad_vlan ? "bridge '%s' doesn't exist, and VLAN IDs go from 1 to 4094"
			      : "bridge '%s' doesn't exist",
		ref->names[SLOT_BRIDGE]);
}

// vlan= and no VLAN-aware bridge: say what NAME is, and the way to the VLAN that was meant.
static int no_list(const struct bridge_ref *ref, const struct lookup *named,
	const struct link *other, struct err *e)
{
	const char *name = ref->names[SLOT_BRIDGE];
	char what[64];
	struct mark mark = {0};
	bool bridge = named->found && named->bridge.index;

	if (bridge)
		mark_parse(named->bridge.alias, &mark);
	if (!ref->access)
		return err_set(e, EINVAL,
			"vlan=%.200s needs a VLAN-aware bridge, but %s %s%s: only a single "
			"untagged VLAN works elsewhere",
			ref->list_text, name, named->found ? "is " : "doesn't exist",
			named->found ? what_is(named, what, sizeof(what)) : "");
	if (mark.vlan == ref->access)
		return err_set(e, EINVAL, "%s is VLAN %u of %s already: leave vlan=%u away", name,
			mark.vlan, mark.uplink, ref->access);
	if (bridge && other->index)
		return err_set(e, EINVAL,
			"%s isn't VLAN-aware, and VLAN %u of %s is in bridge %s: bridge=%s", name,
			ref->access, mark.uplink, other->name, other->name);
	if (bridge)
		return err_set(e, ENODEV, "%s isn't VLAN-aware and no bridge carries VLAN %u of %s",
			name, ref->access, *mark.uplink ? mark.uplink : name);
	if (!named->found)
		return err_set(e, ENODEV, "neither %s nor %s.%u exists", name, name, ref->access);
	return err_set(e, ENODEV, "%s is %s, and no bridge carries its VLAN %u; " HINT, name,
		what_is(named, what, sizeof(what)), ref->access, name, ref->access);
}

static int choose_by_list(const struct bridge_ref *ref, const struct lookup *lookups,
	struct bridge_choice *c, struct err *e)
{
	const struct lookup *named = &lookups[SLOT_BRIDGE];

	if (!named->found && lookups[SLOT_ETH].link.kind == KIND_BRIDGE)
		named = &lookups[SLOT_ETH];
	if (is_aware(usable(named))) {
		c->bridge = &named->bridge;
		c->vlans = &ref->list;
		return 0;
	}
	c->bridge = ref->access ? usable(&lookups[SLOT_VLAN]) : &no_bridge;
	if (!c->bridge->index && !named->found && is_aware(usable(&lookups[SLOT_BASE])))
		return err_set(e, EINVAL, BOTH, ref->names[SLOT_BRIDGE], ref->list_text);
	return c->bridge->index
		       ? 0
		       : no_list(ref, named,
				 ref->has_suffix ? &no_bridge : usable(&lookups[SLOT_BASE]), e);
}

// Nothing was found: because network-vlanbridge hasn't finished it? Otherwise for the reason r.
static int not_finished(const struct lookup lookups[SLOTS], int r, struct err *e)
{
	struct mark mark;

	for (int s = SLOT_BRIDGE; s < SLOTS; s++) {
		const struct link *bridge = &lookups[s].bridge;

		if (!bridge->index)
			continue;
		mark_parse(bridge->alias, &mark);
		if (is_half_made(bridge, &mark))
			return err_set(e, EAGAIN,
				"bridge %s isn't finished: if no network-vlanbridge is at work, "
				"one was killed, and `network-vlanbridge start` finishes it",
				bridge->name);
	}
	return r;
}

int bridge_ref_resolve(const struct bridge_ref *ref, const struct lookup lookups[SLOTS],
	struct bridge_choice *ret, struct err *e)
{
	struct bridge_choice c = {0};
	int r = ref->has_list ? choose_by_list(ref, lookups, &c, e)
			      : choose_by_name(ref, lookups, &c, e);

	if (r)
		return not_finished(lookups, r, e);
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
