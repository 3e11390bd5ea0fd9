/* SPDX-License-Identifier: ISC */
/* What the kernel does in a step, with its side effects, done to the model. Pure. The tests compare it with real
 * kernels. */
#ifndef KERNEL_MODEL_H
#define KERNEL_MODEL_H

#include "host.h"
#include "step.h"

/* Does s to h. Returns 0; -errno, as the kernel would, for a step that it would refuse, or that doesn't fit h: h is
 * unchanged then. */
int kernel_model_do(struct host *h, const struct step *s);

#endif
