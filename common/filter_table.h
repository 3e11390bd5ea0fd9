/* SPDX-License-Identifier: ISC */
/* The names of the nf_tables tables, family netdev, with which vif-vlanbridge filters what guests send. */
#ifndef COMMON_FILTER_TABLE_H
#define COMMON_FILTER_TABLE_H

#include "names.h"

#define FILTER_TABLE_PREFIX "vlanbridge-"
#define FILTER_TABLE_SIZE (sizeof(FILTER_TABLE_PREFIX) + NAME_SIZE)

/* A filtered port's alias: this and the key. It says so even when the table is gone. */
#define FILTER_MARK "vlanbridge-filter "

/* The table of a vif or tap by the toolstack's name for it, whatever vifname= makes of that. Returns buf. */
char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE]);

#endif
