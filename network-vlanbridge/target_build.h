/* SPDX-License-Identifier: ISC */
/* Inside target: what its files share. */
#ifndef TARGET_BUILD_H
#define TARGET_BUILD_H

#include "target.h"

#define TARGET_DEPTH_MAX 8 /* VLANs on VLANs, masters of masters */

struct target_builder {
	const struct origin *origin;
	const struct config *config;
	struct host *target;
	bool *made; /* by config's slots: the VLAN device is done */
	struct err *e;
	int failed; /* 0, or the -errno of the first refusal, whose message is in e */
};

/* Refuses the configuration, with c's file:line in front; c may be NULL. The first refusal stays. */
void target_refuse(struct target_builder *b, const struct config_device *c, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The device of the target that c describes; NULL where it is optional or on demand, and missing. */
struct device *target_device(const struct target_builder *b, const struct config_device *c);

/* Marks an unmanaged device as borrowed, noting how it was. */
void target_take(struct target_builder *b, struct device *d);

/* target_size.c: MTUs and MAC addresses, from below to above. */
void target_set_sizes(struct target_builder *b);

/* target_entries.c: who carries which address, route, rule and neighbour; the configured ones. */
void target_place_entries(struct target_builder *b);

#endif
