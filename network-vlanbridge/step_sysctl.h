/* SPDX-License-Identifier: ISC */
/* Steps that aren't a message: what netlink doesn't set, or not at once. */
#ifndef STEP_SYSCTL_H
#define STEP_SYSCTL_H

#include "step.h"

/* Whether s sets only what goes by /proc/sys. */
bool step_is_sysctl(const struct step *s);

/* Returns 0, or -errno with a message in e. */
int step_set_sysctls(const struct step *s, struct err *e);

#endif
