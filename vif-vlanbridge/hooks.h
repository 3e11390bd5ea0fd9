/* SPDX-License-Identifier: ISC */
/* The administrator's hooks, the files called *.hook in vif-post.d, which vif-bridge runs too. */
#ifndef VIF_HOOKS_H
#define VIF_HOOKS_H

#include <stdbool.h>

#include "deadline.h"
#include "err.h"

#define HOOKS_DIR "/etc/xen/scripts/vif-post.d"

/* Whether the directory exists: one system call on the many hosts that have no hooks. */
bool hooks_exist(const char *dir);

/* Where vif-bridge's errors go, and its hooks' (xen-hotplug-common.sh). */
#define HOOKS_LOG "/var/log/xen/xen-hotplug.log"

/* What hooks see, as variables of these names; path is XENBUS_PATH, device is vif or, of a tap, INTERFACE. */
struct hook_variables {
	const char *dev, *bridge, *command, *type_if, *ip, *mtu, *vifname, *vlan, *path, *device;
	unsigned int domid, devid;
};

/* Sources every executable *.hook of a directory in a shell of its own, in the order of their
 * names. The variables aren't in the environment of what a hook runs. Its output is ours, its errors are appended to
 * log. Returns 0, or -errno with a message in e that names the hook that failed; those after it don't run. */
int hooks_run(const char *dir, const char *log, const struct hook_variables *v, struct deadline *d, struct err *e);

#endif
