// SPDX-License-Identifier: ISC
// The names of the tables that filter what guests send.
#include "filter_table.h"

#include <stdio.h>
#include <string.h>

#include "link.h"

char *filter_table_name(const char *key, char buf[FILTER_TABLE_SIZE])
{
	stpcpy(buf, FILTER_TABLE_PREFIX);
	text_copy(buf + strlen(FILTER_TABLE_PREFIX), NAME_SIZE, key);
	return buf;
}

void filter_mark_write(char *alias, size_t size, const char *key, const uint8_t mac[6])
{
	char text[18];

	snprintf(alias, size, FILTER_MARK "%s %s", key, mac_print(mac, text));
}

bool filter_mark_read(const char *alias, char key[NAME_SIZE], uint8_t mac[6])
{
	const char *p = alias + strlen(FILTER_MARK), *end;

	if (strncmp(alias, FILTER_MARK, strlen(FILTER_MARK)))
		return false;
	end = strchr(p, ' ');
	if (!end || end - p >= NAME_SIZE || mac_scan(end + 1, mac))
		return false;
	memcpy(key, p, (size_t)(end - p));
	key[end - p] = '\0';
	return true;
}
