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

/* Sources every executable *.hook of a directory in a shell of its own, in the order of their
 * names, with this process's environment. Returns 0, or -errno with a message in e that names the
 * hook that failed; those after it don't run. */
int hooks_run(const char *dir, struct deadline *d, struct err *e);

#endif
