// SPDX-License-Identifier: ISC
// What to do with a vif or tap so that it becomes a port of its bridge.
#include "decide.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// The kernel's IPv6 leaves a device with a smaller MTU, and then refuses settings for it.
#define IPV6_MIN_MTU 1280
#define ADDR_GEN_NONE 1

// The largest address that isn't multicast: a bridge whose MAC isn't pinned takes its lowest
// port's, never this.
static const uint8_t dummy_mac[MAC_SIZE] = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

static bool parent_is(const struct request *req, const struct lookup *d)
{
	char parent[PARENT_SIZE];

	snprintf(parent, sizeof(parent), "vif-%u-%u", req->domid, req->devid);
	return !strcmp(d->parent, parent);
}

// Whether d is a vif of the request's NIC, whatever it is called.
static bool is_vif_of(const struct request *req, const struct lookup *d)
{
	// Linux before 5.14 doesn't tell; a netback device has no kind, and this MAC, which no NIC
	// and no lo has.
	return *d->parent ? parent_is(req, d)
			  : !*d->link.kind_name && !memcmp(d->link.mac, dummy_mac, MAC_SIZE);
}

// Whether what has the wanted name is the request's own. A tap doesn't tell whose it is, but the
// vif of its NIC has the same name.
static bool has_new_name(const struct request *req, const struct lookup lookups[SLOTS])
{
	const struct lookup *d = &lookups[SLOT_NEW], *vif = &lookups[SLOT_VIF];

	if (!d->found)
		return false;
	if (!req->tap)
		return is_vif_of(req, d);
	return !strcmp(d->link.kind_name, "tun") &&
	       (!vif->found || !*vif->parent || parent_is(req, vif));
}

const struct lookup *find_own_device(const struct request *req, const struct lookup lookups[SLOTS])
{
	const struct lookup *d = &lookups[SLOT_DEV];

	// Another NIC's vif may have been given our name.
	if (d->found && (strncmp(d->parent, "vif-", 4) != 0 || parent_is(req, d)))
		return d;
	return has_new_name(req, lookups) ? &lookups[SLOT_NEW] : NULL;
}

char *own_device_name(
	const struct request *req, const struct lookup lookups[SLOTS], char buf[NAME_SIZE])
{
	if (!*nic_wanted_name(&req->nic, req->tap, buf) ||
		(lookups[SLOT_NEW].found && !has_new_name(req, lookups)))
		text_copy(buf, NAME_SIZE, req->dev);
	return buf;
}

static int name_taken(const struct lookup *holder, const char *name, struct err *e)
{
	unsigned int domid, devid;

	if (sscanf(holder->parent, "vif-%u-%u", &domid, &devid) == 2)
		return err_set(e, EEXIST, "vifname=%s: NIC %u of domain %u has that name already",
			name, devid, domid);
	return err_set(e, EEXIST,
		"vifname=%s: a %s of this host (index %d) has that name already%s%s", name,
		*holder->link.kind_name ? holder->link.kind_name : "device", holder->link.index,
		strcmp(holder->link.name, name) ? ": " : "",
		strcmp(holder->link.name, name) ? holder->link.name : "");
}

static void change(struct attachment *a, enum link_field field)
{
	a->fields |= field;
	a->undo_fields |= field;
}

// vifN.M of another NIC: it would be in the way when that comes.
static bool is_vif_name(const struct request *req, const char *name)
{
	unsigned int domid, devid;
	int end = 0;

	return sscanf(name, "vif%u.%u%n", &domid, &devid, &end) == 2 &&
	       (!name[end] || !strcmp(name + end, "-emu")) &&
	       (domid != req->domid || devid != req->devid);
}

static int decide_name(const struct request *req, const struct lookup *lookups,
	const struct link *dev, struct attachment *a, struct err *e)
{
	char name[NAME_SIZE];

	text_copy(a->name, sizeof(a->name), dev->name);
	if (!*nic_wanted_name(&req->nic, req->tap, name) || !strcmp(name, dev->name))
		return 0;
	if (lookups[SLOT_NEW].found)
		return name_taken(&lookups[SLOT_NEW], name, e);
	if (is_vif_name(req, name))
		return err_set(
			e, EINVAL, "vifname=%s: that is the name of another NIC's vif", name);
	text_copy(a->name, sizeof(a->name), name);
	text_copy(a->join.new_name, sizeof(a->join.new_name), name);
	text_copy(a->undo.new_name, sizeof(a->undo.new_name), dev->name);
	change(a, LINK_RENAME);
	return 0;
}

// Before it joins: a bridge whose MTU isn't pinned takes the smallest of its ports.
static int decide_mtu(const struct nic *nic, const struct link *dev, const struct link *bridge,
	struct attachment *a, struct err *e)
{
	uint32_t mtu = nic->mtu ? nic->mtu : bridge->mtu;

	if (nic->mtu > bridge->mtu)
		return err_set(e, ERANGE,
			"mtu=%u is more than the %u of bridge %s: raise the bridge's first (its "
			"mtu=, and its uplink's)",
			mtu, bridge->mtu, bridge->name);
	if (dev->max_mtu && mtu > dev->max_mtu && nic->mtu)
		return err_set(e, ERANGE, "mtu=%u is more than the %u that the device takes", mtu,
			dev->max_mtu);
	if (dev->max_mtu && mtu > dev->max_mtu)
		mtu = dev->max_mtu;
	a->join.mtu = mtu;
	a->undo.mtu = dev->mtu;
	if (mtu != dev->mtu)
		change(a, LINK_MTU);
	return 0;
}

static void decide_addresses(const struct link *dev, struct attachment *a)
{
	memcpy(a->join.mac, dummy_mac, MAC_SIZE);
	memcpy(a->undo.mac, dev->mac, MAC_SIZE);
	if (memcmp(dev->mac, dummy_mac, MAC_SIZE))
		change(a, LINK_MAC);
	a->join.addr_gen = ADDR_GEN_NONE;
	a->undo.addr_gen = dev->addr_gen;
	// Reported only where the kernel has IPv6; elsewhere it would be refused.
	if (dev->set & LINK_ADDR_GEN && dev->addr_gen != ADDR_GEN_NONE &&
		a->join.mtu >= IPV6_MIN_MTU)
		change(a, LINK_ADDR_GEN);
}

static void decide_master(
	const struct link *dev, const struct bridge_choice *c, struct attachment *a)
{
	a->join.master.index = c->bridge->index;
	// A port that joins anew has the default VLAN only: what an earlier run gave it is gone.
	a->again = dev->master.index == c->bridge->index;
	a->leave = a->again && c->bridge->bridge.vlan_filtering;
	if (a->leave || !a->again)
		a->fields |= LINK_MASTER;
	if (c->vlans) {
		a->set_vlans = true;
		a->vlans = *c->vlans;
		a->default_pvid = c->bridge->bridge.vlan_default_pvid;
	}
}

int decide_attachment(const struct request *req, const struct lookup lookups[SLOTS],
	const struct bridge_choice *choice, struct attachment *ret, struct err *e)
{
	const struct lookup *found = find_own_device(req, lookups);
	struct attachment a = {.bridge = *choice->bridge};
	int r;

	if (!found)
		return err_set(e, ENODEV, "the device doesn't exist%s",
			req->tap ? ": QEMU hasn't made it, or the guest has unplugged its emulated "
				   "NICs"
				 : "");
	if (found->link.index == choice->bridge->index)
		return err_set(e, ELOOP, "a bridge can't be a port of itself");
	a.index = found->link.index;
	a.down = found->link.up;
	mark_parse(choice->bridge->alias, &a.policy);
	r = decide_name(req, lookups, &found->link, &a, e);
	if (!r)
		r = decide_mtu(&req->nic, &found->link, choice->bridge, &a, e);
	if (r)
		return r;
	decide_addresses(&found->link, &a);
	decide_master(&found->link, choice, &a);
	*ret = a;
	return 0;
}
