// SPDX-License-Identifier: ISC
// Decides how a vif or tap becomes a port of its bridge.
#include "decide.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filter_table.h"
#include "rules.h"

// The largest address that isn't multicast: a bridge whose MAC isn't pinned takes its lowest
// port's, never this.
static const uint8_t dummy_mac[MAC_SIZE] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

// Whether d is a vif of the request's NIC, whatever it is called.
static bool is_vif_of(const struct request *req, const struct lookup *d)
{
	char parent[PARENT_SIZE];

	snprintf(parent, sizeof(parent), "vif-%u-%u", req->domid, req->devid);
	return !strcmp(d->parent, parent);
}

static bool is_vif_of_other(const struct request *req, const struct lookup *d)
{
	return !strncmp(d->parent, "vif-", strlen("vif-")) && !is_vif_of(req, d);
}

// Whether the device that has the wanted name is the request's own. A tap has no parent: it is ours unless the vif that
// it is named after is another's.
static bool is_renamed_already(const struct request *req, const struct lookup lookups[SLOTS])
{
	const struct lookup *d = &lookups[SLOT_NEW];

	if (!d->found)
		return false;
	if (!req->tap)
		return is_vif_of(req, d);
	return !strcmp(d->link.kind_name, "tun") && !is_vif_of_other(req, &lookups[SLOT_VIF]);
}

const struct lookup *find_own_device(const struct request *req, const struct lookup lookups[SLOTS])
{
	const struct lookup *d = &lookups[SLOT_DEV];

	// Another NIC's vif may have got our name by vifname=.
	if (d->found && !is_vif_of_other(req, d))
		return d;
	if (is_renamed_already(req, lookups))
		return &lookups[SLOT_NEW];
	return NULL;
}

char *own_device_name(const struct request *req, const struct lookup lookups[SLOTS], char buf[NAME_SIZE])
{
	if (!*nic_wanted_name(&req->nic, req->tap, buf) ||
		(lookups[SLOT_NEW].found && !is_renamed_already(req, lookups)))
		text_copy(buf, NAME_SIZE, req->dev);
	return buf;
}

static int refuse_taken_name(const struct lookup *holder, const char *name, struct err *e)
{
	const char *kind = *holder->link.kind_name ? holder->link.kind_name : "device";
	bool is_altname = strcmp(holder->link.name, name);
	unsigned int domid, devid;

	if (sscanf(holder->parent, "vif-%u-%u", &domid, &devid) == 2)
		return err_set(e, EEXIST, "vifname=%s: NIC %u of domain %u has that name already", name, devid, domid);
	return err_set(e, EEXIST, "vifname=%s: a %s of this host (index %d) has that name already%s%s", name, kind,
		holder->link.index, is_altname ? ": " : "", is_altname ? holder->link.name : "");
}

static void add_change(struct attachment *a, enum link_field field)
{
	a->join_fields |= field;
	a->undo_fields |= field;
}

// vifN.M or its tap, of another NIC: the name would be taken when that NIC appears.
static bool is_vif_name_of_other(const struct request *req, const char *name)
{
	unsigned int domid, devid;
	int end = 0;

	if (sscanf(name, "vif%u.%u%n", &domid, &devid, &end) != 2)
		return false;
	if (name[end] && strcmp(name + end, "-emu"))
		return false;
	return domid != req->domid || devid != req->devid;
}

static int decide_name(const struct request *req, const struct lookup *lookups, const struct link *dev,
	struct attachment *a, struct err *e)
{
	char name[NAME_SIZE];

	text_copy(a->name, sizeof(a->name), dev->name);
	if (!*nic_wanted_name(&req->nic, req->tap, name) || !strcmp(name, dev->name))
		return 0;
	if (lookups[SLOT_NEW].found)
		return refuse_taken_name(&lookups[SLOT_NEW], name, e);
	if (is_vif_name_of_other(req, name))
		return err_set(e, EINVAL, "vifname=%s: that is the name of another NIC's vif", name);
	text_copy(a->name, sizeof(a->name), name);
	text_copy(a->join.new_name, sizeof(a->join.new_name), name);
	text_copy(a->undo.new_name, sizeof(a->undo.new_name), dev->name);
	add_change(a, LINK_RENAME);
	return 0;
}

// Set before it joins: a bridge whose MTU isn't pinned takes the smallest MTU of its ports.
static int decide_mtu(
	const struct nic *nic, const struct link *dev, const struct link *bridge, struct attachment *a, struct err *e)
{
	uint32_t mtu = nic->mtu ? nic->mtu : bridge->mtu;

	if (nic->mtu > bridge->mtu)
		return err_set(e, ERANGE,
			"mtu=%u is more than the %u of bridge %s: raise the bridge's first (its "
			"mtu=, and its uplink's)",
			mtu, bridge->mtu, bridge->name);
	if (dev->max_mtu && mtu > dev->max_mtu && nic->mtu)
		return err_set(e, ERANGE, "mtu=%u is more than the %u that the device takes", mtu, dev->max_mtu);
	if (dev->max_mtu && mtu > dev->max_mtu)
		mtu = dev->max_mtu;
	a->join.mtu = mtu;
	a->undo.mtu = dev->mtu;
	if (mtu != dev->mtu)
		add_change(a, LINK_MTU);
	return 0;
}

static void decide_addresses(const struct link *dev, struct attachment *a)
{
	memcpy(a->join.mac, dummy_mac, MAC_SIZE);
	memcpy(a->undo.mac, dev->mac, MAC_SIZE);
	if (memcmp(dev->mac, dummy_mac, MAC_SIZE))
		add_change(a, LINK_MAC);
	a->join.addr_gen = LINK_ADDR_GEN_NONE;
	a->undo.addr_gen = dev->addr_gen;
	// Reported only by kernels with IPv6; the others refuse to set it.
	if (dev->set & LINK_ADDR_GEN && dev->addr_gen != LINK_ADDR_GEN_NONE && a->join.mtu >= IPV6_MTU_MIN)
		add_change(a, LINK_ADDR_GEN);
}

static void decide_master(const struct link *dev, const struct bridge_choice *c, struct attachment *a)
{
	a->join.master.index = c->bridge->index;
	// A port that joins anew has the default VLAN only, and no MAC address: what an earlier run gave it is gone.
	a->was_port = dev->master.index == c->bridge->index;
	a->leave_first = a->was_port && (c->bridge->bridge.vlan_filtering || (a->was_filtered && !a->locked));
	if (a->leave_first || !a->was_port)
		a->join_fields |= LINK_MASTER;
	if (c->vlans) {
		a->set_vlans = true;
		a->vlans = *c->vlans;
		a->default_pvid = c->bridge->bridge.vlan_default_pvid;
	}
}

// The device says where it belongs: network-vlanbridge puts it back there when it makes the bridge anew. Where the
// VLANs leave no room for that, the device says nothing.
static void decide_mark(
	const struct request *req, const struct link *dev, const struct bridge_choice *c, struct attachment *a)
{
	struct guest_mark place = {.port_flags = LINK_PORT_FLAGS_INITIAL, .vlan = a->bridge_mark.vlan};

	text_copy(place.bridge, NAME_SIZE, c->bridge->name);
	memcpy(place.uplink, a->bridge_mark.uplink, NAME_SIZE);
	if (a->isolated)
		place.port_flags |= LINK_PORT_ISOLATED;
	place.vlan_aware = c->bridge->bridge.vlan_filtering;
	if (c->vlans)
		place.vlans = *c->vlans;
	else
		port_vlans_default(&place.vlans, c->bridge->bridge.vlan_default_pvid);
	if (a->filtered) {
		text_copy(place.filter.key, NAME_SIZE, req->dev);
		memcpy(place.filter.mac, a->guest_mac, MAC_SIZE);
		place.filter.locked = a->locked;
	}
	if (a->locked)
		place.port_flags = (place.port_flags | LINK_PORT_LOCKED) & ~LINK_PORT_LEARNING;
	memcpy(a->undo.alias, dev->alias, ALIAS_SIZE);
	if (a->was_filtered)
		mark_write_guest(a->undo.alias, NULL);
	memcpy(a->join.alias, dev->alias, ALIAS_SIZE);
	mark_note_guest(a->join.alias, &place);
	if (strcmp(a->join.alias, dev->alias))
		add_change(a, LINK_ALIAS);
}

// The MAC address of a NIC that has both a vif and a tap is at the one or at the other: the bridge has to learn where,
// and the rules let it learn nothing else.
static void decide_filter(const struct request *req, const struct link *dev, struct attachment *a)
{
	bool both = req->emulated || !strcmp(req->nic.text[NIC_TYPE], "vif_ioemu");
	struct filter_mark mark;

	a->was_filtered = filter_mark_read(dev->alias, &mark);
	a->filtered = rules_needed(&req->nic, &a->bridge_mark);
	a->locked = a->filtered && !both && req->nic.has_mac;
	a->isolated = nic_decides(&req->nic, NIC_ISOLATED, a->bridge_mark.isolated);
	memcpy(a->guest_mac, req->nic.mac, MAC_SIZE);
}

static int refuse_missing_device(const struct request *req, struct err *e)
{
	if (req->tap)
		return err_set(e, ENODEV,
			"the device doesn't exist: QEMU hasn't made it, or the guest has unplugged "
			"its emulated NICs");
	return err_set(e, ENODEV, "the device doesn't exist");
}

int decide_attachment(const struct request *req, const struct lookup lookups[SLOTS], const struct bridge_choice *choice,
	struct attachment *ret, struct err *e)
{
	const struct lookup *found = find_own_device(req, lookups);
	struct attachment a = {.bridge = *choice->bridge};
	int r;

	if (!found)
		return refuse_missing_device(req, e);
	if (found->link.index == choice->bridge->index)
		return err_set(e, ELOOP, "a bridge can't be a port of itself");
	a.index = found->link.index;
	a.was_up = found->link.up;
	mark_parse(choice->bridge->alias, &a.bridge_mark);
	r = decide_name(req, lookups, &found->link, &a, e);
	if (r)
		return r;
	r = decide_mtu(&req->nic, &found->link, choice->bridge, &a, e);
	if (r)
		return r;
	decide_addresses(&found->link, &a);
	decide_filter(req, &found->link, &a);
	decide_master(&found->link, choice, &a);
	decide_mark(req, &found->link, choice, &a);
	*ret = a;
	return 0;
}
