// SPDX-License-Identifier: ISC
// The names of the tables that filter what guests send.
#include "filter_table.h"

#include <stdio.h>
#include <string.h>

#include "mark.h"

char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE])
{
	stpcpy(buf, FILTER_TABLE_PREFIX);
	text_copy(buf + strlen(FILTER_TABLE_PREFIX), NAME_SIZE, key);
	return buf;
}

bool filter_mark_read(const char *alias, struct filter_mark *m)
{
	struct guest_mark g;

	if (!mark_parse_guest(alias, &g) || !*g.filter.key)
		return false;
	*m = g.filter;
	return true;
}
