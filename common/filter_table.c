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

void filter_mark_write(char *alias, size_t size, const struct filter_mark *m)
{
	char text[18];

	if (m->locked)
		snprintf(alias, size, FILTER_MARK "%s %s", m->key, mac_print(m->mac, text));
	else
		snprintf(alias, size, FILTER_MARK "%s", m->key);
}

bool filter_mark_read(const char *alias, struct filter_mark *m)
{
	const char *key = alias + strlen(FILTER_MARK);
	size_t length;

	if (strncmp(alias, FILTER_MARK, strlen(FILTER_MARK)))
		return false;
	length = strcspn(key, " ");
	if (length >= NAME_SIZE)
		return false;
	memcpy(m->key, key, length);
	m->key[length] = '\0';
	m->locked = key[length] && !mac_scan(key + length + 1, m->mac);
	return true;
}
