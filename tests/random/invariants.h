// SPDX-License-Identifier: ISC
// What has to hold for every state that a finished start leaves.
#pragma once

#include <stddef.h>

#include "state.h"

// Each returns the number of violations, and writes a comment line for each that fits.
size_t two_uplinks(const struct state *now, char *text, size_t size);
size_t addresses_on_ports(const struct state *now, char *text, size_t size);
size_t addresses_lost(const struct state *host, const struct state *now, char *text, size_t size);
size_t unmanaged_changed(const struct state *host, const struct state *now, char *text, size_t size);

// Guests' vifs from `before`: those whose bridge is in `edit` (what an edit, finished or killed, was to make) and in
// `target` (what is wanted in the end) are still its ports with the same flags, and with the same VLANs if the bridge
// treats VLANs as before. Those whose bridge isn't in `target` are nobody's ports.
size_t guests_disturbed(const struct state *before, const struct state *edit, const struct state *target,
	const struct state *now, char *text, size_t size);
