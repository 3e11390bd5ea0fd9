// SPDX-License-Identifier: ISC
// Bridges that network-vlanbridge creates on first use.
#include "demand.h"

#include <errno.h>

#include "exit_status.h"
#include "network.h"

int demand_create_bridge(const char *name, struct deadline *d, struct err *e)
{
	struct err local = {0};
	struct child c;
	int r;

	r = network_run((const char *const[]){"demand", name, NULL}, d, &c, &local);
	if (r == -ENOENT || (!r && c.status == EXIT_NOT_ON_DEMAND))
		return -ENODEV;
	if (r)
		return err_set(e, -r, "bridge '%s' doesn't exist, and can't be made: %s", name, local.text);
	if (c.status)
		return err_set(e, EIO, "bridge '%s' doesn't exist, and can't be made: %s", name, network_message(&c));
	return 0;
}

int demand_release_bridge(const char *bridge, struct deadline *d, struct err *e)
{
	struct child c;
	int r;

	r = network_run((const char *const[]){"release", bridge, NULL}, d, &c, e);
	if (r)
		return r;
	if (c.status)
		return err_set(e, EIO, "removing bridge '%s' after its last vif: %s", bridge, network_message(&c));
	return 0;
}
