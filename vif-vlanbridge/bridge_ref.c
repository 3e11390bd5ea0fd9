// SPDX-License-Identifier: ISC
// Parses bridge= and vlan=.
#include "bridge_ref.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mark.h"

#define VLAN_TEXT_SIZE 16

static void add_vlan(struct vlans *set, unsigned long id)
{
	vlans_add(set, (unsigned int)id, (unsigned int)id);
}

static int parse_trunks(const char *text, struct vlans *set, struct err *e)
{
	char copy[NIC_TEXT], *rest = copy, *word;
	unsigned long id;

	text_copy(copy, sizeof(copy), text);
	while ((word = strsep(&rest, ":"))) {
		if (number_parse(word, VLAN_MIN, VLAN_MAX, &id))
			return err_set(
				e, EINVAL, "'%s' after the ':' isn't a VLAN ID (%d-%d)", word, VLAN_MIN, VLAN_MAX);
		add_vlan(set, id);
	}
	return 0;
}

// Splits NAME.VLAN, the len bytes at text, at its last dot, which isn't its first byte. Returns the
// dot and the text of VLAN, or NULL for text that hasn't this form or is too long for it.
static const char *split_suffix(const char *text, size_t len, char vlan[VLAN_TEXT_SIZE])
{
	const char *dot = text + len;
	size_t digits;

	while (dot > text && *dot != '.')
		dot--;
	if (dot == text || dot - text >= ALTNAME_SIZE)
		return NULL;
	digits = (size_t)(text + len - (dot + 1));
	if (!digits || digits >= VLAN_TEXT_SIZE)
		return NULL;
	memcpy(vlan, dot + 1, digits);
	vlan[digits] = '\0';
	return dot;
}

// NAME.VLAN[:TRUNK[:TRUNK…]]: VLAN untagged, the others tagged. Without a ':', text of another form
// is a name without a suffix.
static int parse_suffix(const char *text, struct bridge_ref *ref, struct err *e)
{
	size_t len = strcspn(text, ":");
	bool has_trunks = text[len];
	char vlan[VLAN_TEXT_SIZE];
	const char *dot;
	unsigned long id;
	int r;

	dot = split_suffix(text, len, vlan);
	if (!dot && has_trunks)
		return err_set(e, EINVAL, "what has a ':' must be NAME.VLAN:TRUNK[:TRUNK…]");
	if (!dot)
		return 0;
	r = number_parse(vlan, VLAN_MIN, VLAN_MAX, &id);
	if (r && has_trunks)
		return err_set(e, EINVAL, "'%s' isn't a VLAN ID (%d-%d)", vlan, VLAN_MIN, VLAN_MAX);
	if (r) {
		ref->bad_vlan = r == -ERANGE; // only for the message: a bridge may be called br.5000
		return 0;
	}
	ref->has_suffix = true;
	ref->suffix.pvid = (uint16_t)id;
	add_vlan(&ref->suffix.all, id);
	ref->suffix.untagged = ref->suffix.all;
	snprintf(ref->names[SLOT_BASE], ALTNAME_SIZE, "%.*s", (int)(dot - text), text);
	if (!has_trunks)
		return 0;
	ref->trunk = true;
	return parse_trunks(text + len + 1, &ref->suffix.all, e);
}

// The VLAN ID of a list that is one VLAN, untagged in both directions, which is what a bridge of a
// single VLAN gives; else 0.
static unsigned int single_untagged_vlan(const struct port_vlans *list)
{
	unsigned int id = vlans_only(&list->all);

	return list->pvid == id ? id : 0;
}

static int parse_list(const char *text, struct bridge_ref *ref, struct err *e)
{
	int r = port_vlans_parse(text, &ref->list, e);

	if (r)
		return err_prefix(e, "vlan=%.200s: ", text);
	ref->list_text = text;
	ref->access = single_untagged_vlan(&ref->list);
	return 0;
}

static int parse_bridge(const char *text, struct bridge_ref *ref, struct err *e)
{
	int r;

	for (const char *c = text; *c; c++)
		if (isspace((unsigned char)*c) || *c == '/')
			return err_set(e, EINVAL, "bridge=%s: an interface name can't have a space or a '/'", text);
	if (!text_copy(ref->names[SLOT_BRIDGE], ALTNAME_SIZE, text))
		return err_set(e, EINVAL, "bridge=%.20s…: %zu bytes are more than the %d of an altname", text,
			strlen(text), ALTNAME_SIZE - 1);
	r = parse_suffix(text, ref, e);
	if (r)
		return err_prefix(e, "bridge=%s: ", text);
	return 0;
}

// NAME.VLAN, the name of the VLAN device; none if it is too long to exist.
static void add_vlan_name(const char *bridge, struct bridge_ref *ref)
{
	char *name = ref->names[SLOT_VLAN];

	if (snprintf(name, ALTNAME_SIZE, "%s.%u", bridge, ref->access) >= ALTNAME_SIZE)
		*name = '\0';
}

// ethN for xenbrN: old configurations name netloop's bridges, and vif-bridge knows them too.
static void add_eth_name(const char *bridge, struct bridge_ref *ref)
{
	const char *number = bridge + strlen("xenbr");

	if (strncmp(bridge, "xenbr", strlen("xenbr")) || !*number)
		return;
	if (!number[strspn(number, "0123456789")])
		snprintf(ref->names[SLOT_ETH], ALTNAME_SIZE, "eth%.100s", number);
}

int bridge_ref_parse(const struct nic *nic, struct bridge_ref *ref, struct err *e)
{
	const char *bridge = nic->text[NIC_BRIDGE], *vlan = nic->text[NIC_VLAN];
	int r;

	*ref = (struct bridge_ref){0};
	r = parse_bridge(bridge, ref, e);
	if (r)
		return r;
	if (*vlan && ref->trunk)
		return err_set(e, EINVAL, BRIDGE_REF_VLANS_TWICE, bridge, vlan);
	if (*vlan)
		r = parse_list(vlan, ref, e);
	if (r)
		return r;
	if (ref->access)
		add_vlan_name(bridge, ref);
	add_eth_name(bridge, ref);
	return 0;
}

bool bridge_ref_is_uplink(const struct lookup *l)
{
	struct guest_mark g;

	if (l->link.kind == KIND_VLAN || l->link.kind == KIND_BOND)
		return true;
	if (*l->link.kind_name || !strncmp(l->parent, "vif-", strlen("vif-")))
		return false;
	return !mark_parse_guest(l->link.alias, &g);
}

void bridge_ref_add_uplink_vlan(struct bridge_ref *ref, const struct lookup lookups[SLOTS])
{
	const struct lookup *named = &lookups[SLOT_BRIDGE];
	struct mark mark;

	if (!ref->access || ref->has_suffix || !named->found || !named->bridge.index)
		return;
	mark_parse(named->bridge.alias, &mark);
	if (mark.vlan)
		snprintf(ref->names[SLOT_BASE], ALTNAME_SIZE, "%s.%u", mark.uplink, ref->access);
}

const char *bridge_ref_demand_name(const struct bridge_ref *ref)
{
	return ref->names[ref->access ? SLOT_VLAN : SLOT_BRIDGE];
}
