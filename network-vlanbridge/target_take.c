// SPDX-License-Identifier: ISC
// The devices that are there and are taken: as ports, or as what VLANs stand on.
#include <errno.h>
#include <string.h>

#include "target_build.h"

// The kernel neither gives nor takes back an alternative name by renaming. Refuses legacy=yes then.
static bool is_altname(struct target_builder *b, const struct config_device *c, const char *name)
{
	const struct device *d = host_find(b->target, name);

	if (!d || !strcmp(d->link.name, name))
		return false;
	target_refuse(b, c, EEXIST, "legacy=yes renames %s to %s, but '%s' is an alternative name of %s",
		c->renamed_from, c->link.name, name, d->link.name);
	return true;
}

// network-bridge's way: eth0 becomes peth0, and the bridge gets its name.
static struct device *take_renamed(struct target_builder *b, const struct config_device *c)
{
	struct device *d = host_find(b->target, c->renamed_from);

	if (!d || is_altname(b, c, c->renamed_from))
		return NULL;
	text_copy(d->mark.was_name, NAME_SIZE, c->renamed_from);
	d->mark.was |= MARK_WAS_NAME;
	if (host_rename(b->target, d, c->link.name))
		target_no_memory(b);
	return d;
}

static void refuse_missing(struct target_builder *b, const struct config_device *c)
{
	char why[64];

	if (*c->renamed_from) {
		target_refuse(b, c, ENODEV, "there is no device '%s' to be renamed %s", c->renamed_from, c->link.name);
		return;
	}
	target_describe_purpose(c, why, sizeof(why));
	target_refuse(b, c, ENODEV, "there is no device '%s', which is to be %s", c->link.name, why);
}

// A bond takes InfiniBand devices, too; nothing takes a VRF (IFF_NO_RX_HANDLER, NETIF_F_VLAN_CHALLENGED).
static void refuse_unfit(struct target_builder *b, const struct config_device *c, const struct device *d)
{
	const struct config_device *master = config_find(b->config, c->link.master.name);
	char why[64];

	if (!device_is_vrf(d) && (!d->link.not_ethernet || (master && master->link.kind == KIND_BOND)))
		return;
	target_describe_purpose(c, why, sizeof(why));
	target_refuse(b, c, EINVAL, "%s can't be %s: it %s", d->link.name, why,
		device_is_vrf(d) ? "is a VRF" : "isn't an Ethernet device");
}

void target_borrow(struct target_builder *b, const struct config_device *c)
{
	struct device *d = host_find(b->target, c->link.name);

	if (*c->renamed_from && is_altname(b, c, c->link.name))
		return;
	if (!d && *c->renamed_from)
		d = take_renamed(b, c);
	if (!d && !c->optional)
		refuse_missing(b, c);
	if (d)
		refuse_unfit(b, c, d);
	if (!d || b->failed)
		return;
	target_take(b, d);
	d->link.up = true;
	if (b->target->ipv6 && c->link.set & LINK_ADDR_GEN)
		d->link.addr_gen = c->link.addr_gen;
}

void target_take(struct target_builder *b, struct device *d)
{
	const struct device *before =
		host_find(&b->origin->host, d->mark.was & MARK_WAS_NAME ? d->mark.was_name : d->link.name);

	if (device_is_ours(d))
		return; // another stack's: it has its mark
	d->mark.origin = MARK_PORT;
	if (d->mark.was & MARK_WAS_UP || !before)
		return;
	d->mark.was |= MARK_WAS_UP;
	d->mark.was_up = before->link.up;
}
