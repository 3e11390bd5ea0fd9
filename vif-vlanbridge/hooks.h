/* SPDX-License-Identifier: ISC */
/* The administrator's hooks, the files called *.hook in vif-post.d, which vif-bridge runs too. */
#ifndef VIF_HOOKS_H
#define VIF_HOOKS_H

#include <stdbool.h>

#include "deadline.h"
#include "err.h"

#define HOOKS_DIR "/etc/xen/scripts/vif-post.d"

/* Whether there may be any: one system call for the many hosts that have none. */
bool hooks_exist(const char *dir);

/* Sources every executable *.hook of a directory in a shell, by name; they see the environment. No
 * shell is started when there is none. Returns 0, or -errno with a sentence in e that names the
 * hook that failed; those after it don't run. */
int hooks_run(const char *dir, struct deadline *d, struct err *e);

#endif
