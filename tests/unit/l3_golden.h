/* SPDX-License-Identifier: ISC */
/* Messages as the kernel reports layer-3 entries, with what they read as. */
#ifndef L3_GOLDEN_H
#define L3_GOLDEN_H

#include <stddef.h>

struct nl_msg;

struct l3_golden {
	struct nl_msg *(*make)(void); /* the caller frees the message */
	const char *text;             /* one line for each entry; #N is the device with index N */
};

extern const struct l3_golden l3_goldens[];
extern const size_t l3_golden_count;

#endif
