// SPDX-License-Identifier: ISC
// How `bridge=` and `vlan=` find the bridge.
#include "target.h"

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
static int parse_suffix(const char *text, struct target *t, struct err *e)
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
		t->bad_vlan = r == -ERANGE; // a bridge may well be called br.5000
		return 0;
	}
	if (r)
		return err_set(
			e, EINVAL, "'%s' isn't a VLAN ID (%d-%d)", number, VLAN_MIN, VLAN_MAX);
	t->has_suffix = true;
	t->suffix.pvid = (uint16_t)id;
	vlans_add(&t->suffix.all, (unsigned int)id, (unsigned int)id);
	t->suffix.untagged = t->suffix.all;
	snprintf(t->names[SLOT_BASE], ALTNAME_SIZE, "%.*s", (int)(dot - text), text);
	if (!colon)
		return 0;
	t->trunk = true;
	r = parse_trunks(colon + 1, &t->suffix, e);
	return r;
}

static int parse_list(const char *text, struct target *t, struct err *e)
{
	unsigned int first, last;
	int r = port_vlans_parse(text, &t->list, e);

	if (r)
		return r;
	t->has_list = true;
	t->list_text = text;
	// Only what arrives untagged both ways is what a bridge per VLAN gives.
	vlans_range(&t->list.all, 0, &first, &last);
	if (t->list.pvid == first && first == last &&
		!vlans_range(&t->list.all, last + 1, &first, &last))
		t->access = t->list.pvid;
	return 0;
}

static bool all_digits(const char *text)
{
	while (isdigit((unsigned char)*text))
		text++;
	return !*text;
}

int target_parse(const struct nic *nic, struct target *t, struct err *e)
{
	const char *bridge = nic->text[NIC_BRIDGE], *vlan = nic->text[NIC_VLAN];
	int r;

	*t = (struct target){0};
	for (const char *c = bridge; *c; c++)
		if (isspace((unsigned char)*c) || *c == '/')
			return err_set(e, EINVAL,
				"bridge=%s: an interface has no blank and no '/' in its name",
				bridge);
	if (!text_copy(t->names[SLOT_BRIDGE], ALTNAME_SIZE, bridge))
		return err_set(e, EINVAL,
			"bridge=%.20s…: %zu bytes are more than the %d of an alternative name",
			bridge, strlen(bridge), ALTNAME_SIZE - 1);
	r = parse_suffix(bridge, t, e);
	if (r)
		return err_prefix(e, "bridge=%s: ", bridge);
	if (*vlan && t->trunk)
		return err_set(e, EINVAL, BOTH, bridge, vlan);
	r = *vlan ? parse_list(vlan, t, e) : 0;
	if (r)
		return err_prefix(e, "vlan=%.200s: ", vlan);
	if (t->access && snprintf(t->names[SLOT_VLAN], ALTNAME_SIZE, "%s.%u", bridge, t->access) >=
				 ALTNAME_SIZE)
		t->names[SLOT_VLAN][0] = '\0';
	// Old configurations name netloop's bridges, as vif-bridge knows too.
	if (!strncmp(bridge, "xenbr", 5) && bridge[5] && all_digits(bridge + 5))
		snprintf(t->names[SLOT_ETH], ALTNAME_SIZE, "eth%.100s", bridge + 5);
	return 0;
}

void target_ask_uplink(struct target *t, const struct device devices[SLOTS])
{
	struct mark mark = {0};

	if (devices[SLOT_BRIDGE].there && devices[SLOT_BRIDGE].bridge.index)
		mark_parse(devices[SLOT_BRIDGE].bridge.alias, &mark);
	if (t->access && mark.vlan && !t->has_suffix)
		snprintf(t->names[SLOT_BASE], ALTNAME_SIZE, "%s.%u", mark.uplink, t->access);
}

const char *target_demand(const struct target *t)
{
	return t->names[t->access ? SLOT_VLAN : SLOT_BRIDGE];
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
static const struct link *usable(const struct device *d)
{
	struct mark mark;

	if (!d->there || !d->bridge.index)
		return &no_bridge;
	mark_parse(d->bridge.alias, &mark);
	return mark.closing || d->bridge.group == MARK_GROUP_GOING ||
			       is_half_made(&d->bridge, &mark)
		       ? &no_bridge
		       : &d->bridge;
}

static const char *what_is(const struct device *d, char *buf, size_t size)
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
static int no_carrier(const struct target *t, const struct device *devices, struct err *e)
{
	const struct device *base = &devices[SLOT_BASE], *itself = &devices[SLOT_BRIDGE];
	const char *name = t->names[SLOT_BRIDGE], *under = t->names[SLOT_BASE];
	char what[64];

	if (t->trunk)
		return err_set(e, EINVAL,
			"bridge=%s asks for tagged VLANs, which need a VLAN-aware bridge, but %s "
			"%s",
			name, under, base->there ? "isn't one" : "doesn't exist");
	if (itself->there && itself->link.kind == KIND_VLAN)
		return err_set(e, ENODEV,
			"%s is a VLAN device, but a port of no bridge: give it one with "
			"'uplink=%s, vlan=%u' in " CONFIG,
			name, under, t->suffix.pvid);
	if (itself->there)
		return err_set(e, ENODEV, "bridge=%s is %s, not a bridge", name,
			what_is(itself, what, sizeof(what)));
	if (!base->there)
		return err_set(e, ENODEV, "bridge '%s' doesn't exist", name);
	return err_set(e, ENODEV,
		"bridge '%s' doesn't exist: %s is %s and no bridge carries its VLAN %u; " HINT,
		name, under, what_is(base, what, sizeof(what)), t->suffix.pvid, under,
		t->suffix.pvid);
}

static int choose_by_name(
	const struct target *t, const struct device *devices, struct choice *c, struct err *e)
{
	const struct device *itself = &devices[SLOT_BRIDGE];
	char what[64];

	c->bridge = usable(itself);
	if (c->bridge->index)
		return 0;
	if (is_aware(usable(&devices[SLOT_BASE])) && devices[SLOT_BASE].link.kind == KIND_BRIDGE) {
		c->bridge = &devices[SLOT_BASE].bridge;
		c->vlans = &t->suffix;
		return 0;
	}
	if (!itself->there && devices[SLOT_ETH].link.kind == KIND_BRIDGE)
		c->bridge = usable(&devices[SLOT_ETH]);
	if (c->bridge->index)
		return 0;
	if (t->has_suffix)
		return no_carrier(t, devices, e);
	if (itself->there && itself->link.kind != KIND_BRIDGE)
		return err_set(e, ENODEV, "bridge=%s is %s, not a bridge", t->names[SLOT_BRIDGE],
			what_is(itself, what, sizeof(what)));
	return err_set(e, ENODEV,
		t->bad_vlan ? "bridge '%s' doesn't exist, and VLAN IDs go from 1 to 4094"
			    : "bridge '%s' doesn't exist",
		t->names[SLOT_BRIDGE]);
}

// vlan= and no VLAN-aware bridge: say what NAME is, and the way to the VLAN that was meant.
static int no_list(const struct target *t, const struct device *named, const struct link *other,
	struct err *e)
{
	const char *name = t->names[SLOT_BRIDGE];
	char what[64];
	struct mark mark = {0};
	bool bridge = named->there && named->bridge.index;

	if (bridge)
		mark_parse(named->bridge.alias, &mark);
	if (!t->access)
		return err_set(e, EINVAL,
			"vlan=%.200s needs a VLAN-aware bridge, but %s %s%s: only a single "
			"untagged VLAN works elsewhere",
			t->list_text, name, named->there ? "is " : "doesn't exist",
			named->there ? what_is(named, what, sizeof(what)) : "");
	if (mark.vlan == t->access)
		return err_set(e, EINVAL, "%s is VLAN %u of %s already: leave vlan=%u away", name,
			mark.vlan, mark.uplink, t->access);
	if (bridge && other->index)
		return err_set(e, EINVAL,
			"%s isn't VLAN-aware, and VLAN %u of %s is in bridge %s: bridge=%s", name,
			t->access, mark.uplink, other->name, other->name);
	if (bridge)
		return err_set(e, ENODEV, "%s isn't VLAN-aware and no bridge carries VLAN %u of %s",
			name, t->access, *mark.uplink ? mark.uplink : name);
	if (!named->there)
		return err_set(e, ENODEV, "neither %s nor %s.%u exists", name, name, t->access);
	return err_set(e, ENODEV, "%s is %s, and no bridge carries its VLAN %u; " HINT, name,
		what_is(named, what, sizeof(what)), t->access, name, t->access);
}

static int choose_by_list(
	const struct target *t, const struct device *devices, struct choice *c, struct err *e)
{
	const struct device *named = &devices[SLOT_BRIDGE];

	if (!named->there && devices[SLOT_ETH].link.kind == KIND_BRIDGE)
		named = &devices[SLOT_ETH];
	if (is_aware(usable(named))) {
		c->bridge = &named->bridge;
		c->vlans = &t->list;
		return 0;
	}
	c->bridge = t->access ? usable(&devices[SLOT_VLAN]) : &no_bridge;
	if (!c->bridge->index && !named->there && is_aware(usable(&devices[SLOT_BASE])))
		return err_set(e, EINVAL, BOTH, t->names[SLOT_BRIDGE], t->list_text);
	return c->bridge->index ? 0
				: no_list(t, named,
					  t->has_suffix ? &no_bridge : usable(&devices[SLOT_BASE]), e);
}

// Nothing was found: because network-vlanbridge hasn't finished it? Otherwise for the reason r.
static int not_finished(const struct device devices[SLOTS], int r, struct err *e)
{
	struct mark mark;

	for (int s = SLOT_BRIDGE; s < SLOTS; s++) {
		const struct link *bridge = &devices[s].bridge;

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

int target_choose(const struct target *t, const struct device devices[SLOTS], struct choice *ret,
	struct err *e)
{
	struct choice c = {0};
	int r = t->has_list ? choose_by_list(t, devices, &c, e) : choose_by_name(t, devices, &c, e);

	if (r)
		return not_finished(devices, r, e);
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
