/* SPDX-License-Identifier: ISC */
/* The names of the nf_tables tables, family netdev, with which vif-vlanbridge filters what guests send. */
#ifndef COMMON_FILTER_TABLE_H
#define COMMON_FILTER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

#define FILTER_TABLE_PREFIX "vlanbridge-"
#define FILTER_TABLE_SIZE (sizeof(FILTER_TABLE_PREFIX) + NAME_SIZE)

/* A filtered port's alias. It tells so even when the table is gone:
 *
 *     vlanbridge-filter vif7.0 00:16:3e:00:00:07      locked to its guest's MAC address
 *     vlanbridge-filter vif7.0-emu                    not locked */
#define FILTER_MARK "vlanbridge-filter "

struct filter_mark {
	char key[NAME_SIZE]; /* the toolstack's name for it */
	bool locked;
	uint8_t mac[6];
};

/* Writes such an alias; reads one. Returns whether it is one. */
void filter_mark_write(char *alias, size_t size, const struct filter_mark *m);
bool filter_mark_read(const char *alias, struct filter_mark *m);

/* The table of a vif or tap by the toolstack's name for it, whatever vifname= makes of that. Returns buf. */
char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE]);

#endif
