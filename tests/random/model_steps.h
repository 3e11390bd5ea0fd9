// SPDX-License-Identifier: ISC
// Random steps for a host, mostly sensible ones.
#pragma once

#include "network-vlanbridge/host.h"
#include "network-vlanbridge/step.h"
#include "random.h"

struct step_maker {
	struct random random;
	const struct host *host; // as it is now
	struct l3_list seen;     // entries that the kernel has had, to be added again
	int next;                // the number in the next new name
};

// A step that step_free() frees.
struct step random_step(struct step_maker *m);

// Keeps what the host has among the entries that may be added.
void remember_entries(struct step_maker *m);
