/* SPDX-License-Identifier: ISC */
/* What was done, for the log. */
#ifndef REPORT_H
#define REPORT_H

#include "plan.h"

/* Logs the steps of a plan that was carried out, a line for each device; those that were changed alike share lines.
 * Returns how many devices there are. */
size_t report_changes(const struct plan *p);

#endif
