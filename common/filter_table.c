// SPDX-License-Identifier: ISC
// The names of the tables that filter what guests send.
#include "filter_table.h"

#include <string.h>

char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE])
{
	stpcpy(buf, FILTER_TABLE_PREFIX);
	text_copy(buf + strlen(FILTER_TABLE_PREFIX), NAME_SIZE, key);
	return buf;
}
