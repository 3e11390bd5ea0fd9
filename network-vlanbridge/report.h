/* SPDX-License-Identifier: ISC */
/* What was done, for the log. */
#ifndef REPORT_H
#define REPORT_H

#include "plan.h"

/* Logs the steps of a plan that was carried out, one line for each device. Returns how many devices there are. */
size_t report_changes(const struct plan *p);

#endif
