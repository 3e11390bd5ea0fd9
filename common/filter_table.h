/* SPDX-License-Identifier: ISC */
/* The names of the nf_tables tables, family netdev, with which vif-vlanbridge filters what guests send. */
#ifndef COMMON_FILTER_TABLE_H
#define COMMON_FILTER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

#define FILTER_TABLE_PREFIX "vlanbridge-"
#define FILTER_DISABLED "disabled" /* the counter of a port that lets nothing pass */
#define FILTER_TABLE_SIZE (sizeof(FILTER_TABLE_PREFIX) + NAME_SIZE)

/* What a filtered port's mark (struct guest_mark) says, also when the table is gone. */
struct filter_mark {
	char key[NAME_SIZE]; /* the toolstack's name for it; "": not filtered */
	bool locked;         /* to its guest's MAC address */
	uint8_t mac[6];
};

/* Reads it in an alias. Returns whether the port is filtered. */
bool filter_mark_read(const char *alias, struct filter_mark *m);

/* The table of a vif or tap by the toolstack's name for it, whatever vifname= makes of that. Returns buf. */
char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE]);

#endif
