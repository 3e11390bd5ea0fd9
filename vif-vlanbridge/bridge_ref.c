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

static void set_untagged(struct bridge_ref *ref, unsigned long id)
{
	ref->suffix.pvid = (uint16_t)id;
	add_vlan(&ref->suffix.all, id);
	ref->suffix.untagged = ref->suffix.all;
}

// The VLAN of NAME.VLAN, the len bytes at text, and the length of NAME. Returns 0; or what number_parse says of text of
// another form, name_length being that of all of it.
static int parse_untagged(const char *text, size_t len, struct bridge_ref *ref, size_t *name_length)
{
	char vlan[VLAN_TEXT_SIZE];
	const char *dot = split_suffix(text, len, vlan);
	unsigned long id;
	int r;

	*name_length = len;
	if (!dot)
		return -EINVAL;
	r = number_parse(vlan, VLAN_MIN, VLAN_MAX, &id);
	if (r)
		return r;
	*name_length = (size_t)(dot - text);
	set_untagged(ref, id);
	return 0;
}

// NAME[.VLAN][:TRUNK[:TRUNK…]], as vif-openvswitch has it: VLAN untagged, the others tagged.
static int parse_suffix(const char *text, struct bridge_ref *ref, struct err *e)
{
	size_t len = strcspn(text, ":"), name_length;
	int r = parse_untagged(text, len, ref, &name_length);

	ref->trunk = text[len];
	ref->bad_vlan = r == -ERANGE; // without TRUNK only for the message: a bridge may be called br.5000
	if (r && !ref->trunk)
		return 0;
	if (ref->bad_vlan)
		return err_set(e, EINVAL, "VLAN IDs go from %d to %d", VLAN_MIN, VLAN_MAX);
	ref->has_suffix = true;
	snprintf(ref->names[SLOT_BASE], ALTNAME_SIZE, "%.*s", (int)name_length, text);
	return ref->trunk ? parse_trunks(text + len + 1, &ref->suffix.all, e) : 0;
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
