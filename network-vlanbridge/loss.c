// SPDX-License-Identifier: ISC
// Whether dom0 has lost an address or a route on the way.
#include "loss.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Whether we have, or had, anything to do with a device or one below it.
static bool is_touched(const struct host *h, const char *name)
{
	const struct device *d = host_find(h, name), *m;

	if (!d)
		return true;
	for (; d; d = host_find(h, d->link.lower.name)) {
		m = host_find(h, d->link.master.name);
		if (d->mark.origin != MARK_NONE || (m && device_is_ours(m)))
			return true;
	}
	return false;
}

// What others take from their own devices meanwhile isn't our loss.
static bool is_others(const struct l3_entry *e, const struct host *before, const struct host *after)
{
	for (size_t i = 0; i < e->device_count; i++)
		if (is_touched(before, e->devices[i].name) || is_touched(after, e->devices[i].name))
			return false;
	return true;
}

// Nor a route that has a dead next hop now: it is read without that.
static bool has_dead_hop(const struct l3_entry *e, const struct host *now)
{
	for (size_t i = 0; i < e->device_count && e->kind == L3_ROUTE; i++)
		if (host_is_dead_hop(now, e->devices[i].name))
			return true;
	return false;
}

static const struct l3_entry *find_lost(
	const struct host *origin, const struct host *after, const struct host *before, const struct host *now)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(origin, &at)))
		if (!e->volatile_ && !e->link_local && !host_find_entry_key(after, e) && !is_others(e, before, now) &&
			!has_dead_hop(e, now))
			return e;
	return NULL;
}

int loss_refuse(const struct host *origin, const struct host *after, const struct host *before, const struct host *now,
	struct err *e)
{
	const struct l3_entry *lost = find_lost(origin, after, before, now);
	char *text = NULL;
	size_t size;
	FILE *f;

	if (!lost || !host_find(after, lost->devices[0].name))
		return 0;
	f = open_memstream(&text, &size);
	if (f) {
		l3_describe(f, lost);
		fclose(f);
	}
	err_set(e, EIO, "%s was lost on the way", text ? text : "an address or a route");
	free(text);
	return -EIO;
}
