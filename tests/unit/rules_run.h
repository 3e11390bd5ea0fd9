/* SPDX-License-Identifier: ISC */
/* Runs the filtering rules of a port on a frame, as the kernel's nf_tables does. */
#ifndef RULES_RUN_H
#define RULES_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "vif-vlanbridge/rules.h"

/* Returns the name of the counter of a frame that is dropped, or "" for one that goes through. */
const char *rules_run(const struct rules *r, const uint8_t *frame, size_t length);

#endif
