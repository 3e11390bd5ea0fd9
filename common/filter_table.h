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

/* A filtered port's alias: this, the key and the guest's MAC address. It tells so even when the table is gone. */
#define FILTER_MARK "vlanbridge-filter "

/* Writes such an alias; reads one. Returns whether it is one. */
void filter_mark_write(char *alias, size_t size, const char *key, const uint8_t mac[6]);
bool filter_mark_read(const char *alias, char key[NAME_SIZE], uint8_t mac[6]);

/* The table of a vif or tap by the toolstack's name for it, whatever vifname= makes of that. Returns buf. */
char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE]);

#endif
