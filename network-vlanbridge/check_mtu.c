// SPDX-License-Identifier: ISC
// MTUs along guest, vif, bridge, VLAN device, bond and NIC.
#include <string.h>

#include "check_build.h"

#define MTU_USUAL 1500 /* what libxl says where the guest's configuration says nothing */

// The lowest device that the small MTU may come from: a VLAN device follows its lower device.
static const struct device *find_cause(const struct host *h, const struct device *d)
{
	const struct device *lower;

	while (d->link.kind == KIND_VLAN && (lower = host_find(h, d->link.lower.name)) &&
		lower->link.mtu <= d->link.mtu)
		d = lower;
	return d;
}

static void check_uplink(
	const struct check_input *in, const struct device *d, const struct device *m, struct check_report *r)
{
	const struct device *cause = find_cause(in->current, d);

	if (d->link.mtu >= m->link.mtu || check_has_told(r, cause->link.name, "mtu"))
		return;
	check_tell(r, cause->link.name, "mtu", "the MTU of %s is %u, less than %s's %u: bigger frames are lost there",
		cause->link.name, cause->link.mtu, m->link.name, m->link.mtu);
}

static bool is_asked_for(const struct check_input *in, const struct device *vif)
{
	const struct guest_nic *nic = guests_find(in->guests, vif->link.name);

	return nic && nic->mtu != MTU_USUAL && nic->mtu == vif->link.mtu;
}

static void check_vif(
	const struct check_input *in, const struct device *d, const struct device *m, struct check_report *r)
{
	char vif[CHECK_VIF_SIZE];

	if (d->link.mtu == m->link.mtu || is_asked_for(in, d))
		return;
	check_tell(r, d->link.name, "mtu",
		"the MTU of %s is %u, its bridge %s's is %u: bigger frames %s the guest are lost; ip link set %s mtu "
		"%u",
		check_print_vif(in, d, vif), d->link.mtu, m->link.name, m->link.mtu,
		d->link.mtu > m->link.mtu ? "of" : "to", d->link.name, m->link.mtu);
}

void check_mtu(const struct check_input *in, struct check_report *r)
{
	for (size_t i = 0; i < in->current->count; i++) {
		const struct device *d = in->current->devices[i], *m = check_master_of_ours(in, d);

		if (m && check_is_guest(in, d))
			check_vif(in, d, m, r);
		else if (m && in->used[i])
			check_uplink(in, d, m, r);
	}
}
