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

void target_no_memory(struct target_builder *b);

/* Why c is needed, for the message that it is missing or taken. */
void target_describe_purpose(const struct config_device *c, char *buf, size_t size);

/* The device of the target that c describes; NULL where it is optional or on demand, and missing. */
struct device *target_device(const struct target_builder *b, const struct config_device *c);

/* target_take.c: marks an unmanaged device as borrowed, noting how it was; and so the one that c refers to, which has
 * to be there and fit. */
void target_take(struct target_builder *b, struct device *d);
void target_borrow(struct target_builder *b, const struct config_device *c);

/* target_device.c: every device that the configuration takes or makes. */
void target_make_devices(struct target_builder *b);

/* target_port.c: who is whose port, in which VLANs; guests' devices back into their bridges. */
void target_set_masters(struct target_builder *b);
void target_set_port_vlans(struct target_builder *b);
void target_attach_guests(struct target_builder *b);

/* target_size.c: MTUs and MAC addresses, from below to above. */
void target_set_sizes(struct target_builder *b);

/* target_carry.c: who carries which address, route, rule and neighbour. What makes d, if the configuration does; and
 * the device that carries what d has, the last master above that the configuration makes. */
void target_carry_entries(struct target_builder *b);
const struct config_device *target_made_by_config(const struct target_builder *b, const struct device *d);
struct device *target_top_master(const struct target_builder *b, struct device *d);

/* target_entries.c: target_carry_entries, and the configured ones. */
void target_place_entries(struct target_builder *b);

#endif
