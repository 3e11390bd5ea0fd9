/* SPDX-License-Identifier: ISC */
/* A plan in words, for people: device by device, without marks and other private numbers. Pure. */
#ifndef PLAN_WORDS_H
#define PLAN_WORDS_H

#include <stdio.h>

#include "plan.h"

/* Prints p, which begins at current: a line for each device that changes, in the order of the steps; below it,
 * indented, the addresses, routes, neighbours, rules and VLANs that it gets or loses. What a step undoes later isn't
 * told. */
void plan_print_words(FILE *out, const struct plan *p, const struct host *current);

#endif
