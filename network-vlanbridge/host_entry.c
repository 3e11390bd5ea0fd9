// SPDX-License-Identifier: ISC
// The layer-3 entries of a host.
#include "host_entry.h"

#include <errno.h>
#include <search.h>
#include <string.h>
#include <sys/socket.h>

static int compare_keys(const void *a, const void *b)
{
	return l3_compare_keys(a, b);
}

static int compare_entries(const void *a, const void *b)
{
	return l3_compare(a, b);
}

void host_count_entry(struct host *h, const struct l3_entry *e, int change)
{
	struct device *d;

	for (size_t i = 0; i < e->device_count; i++) {
		d = host_find(h, e->devices[i].name);
		if (d)
			d->entries += (size_t)change;
	}
}

int host_rename_in_entries(struct host *h, const char *old, const char *name)
{
	const struct l3_entry *e;
	struct l3_entry *moved;
	size_t at = 0, last = h->entries.count;
	int r = 0;

	while (!r && at < last && (e = host_next_entry(h, &at))) {
		if (e->kind == L3_RULE || !l3_uses(e, old))
			continue;
		moved = l3_copy(e);
		if (!moved)
			return -ENOMEM;
		l3_move(moved, old, name);
		host_remove_entry(h, e);
		r = host_add_entry(h, moved);
	}
	return r;
}

int host_add_entry(struct host *h, struct l3_entry *e)
{
	struct l3_entry **at;

	if (!e)
		return -ENOMEM;
	at = tsearch(e, &h->entry_tree, compare_entries);
	if (!at || *at != e) {
		l3_free(e);
		return at ? 0 : -ENOMEM;
	}
	e->slot = h->entries.count;
	host_count_entry(h, e, 1);
	return l3_list_append(&h->entries, e);
}

const struct l3_entry *host_find_entry(const struct host *h, const struct l3_entry *e)
{
	struct l3_entry **at = tfind(e, &h->entry_tree, compare_entries);

	return at ? *at : NULL;
}

const struct l3_entry *host_find_entry_key(const struct host *h, const struct l3_entry *e)
{
	struct l3_entry **at = tfind(e, &h->entry_tree, compare_keys);

	return at ? *at : NULL;
}

void host_remove_entry(struct host *h, const struct l3_entry *e)
{
	struct l3_entry **at = tfind(e, &h->entry_tree, compare_entries), *found;

	if (!at)
		return;
	found = *at;
	tdelete(found, &h->entry_tree, compare_entries);
	host_count_entry(h, found, -1);
	h->entries.list[found->slot] = NULL;
	l3_free(found);
}

const struct l3_entry *host_next_entry(const struct host *h, size_t *i)
{
	while (*i < h->entries.count) {
		if (h->entries.list[(*i)++])
			return h->entries.list[*i - 1];
	}
	return NULL;
}

const struct l3_entry *host_find_address(
	const struct host *h, const char *device, int family, const struct l3_entry *other)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		if (e != other && e->kind == L3_ADDRESS && e->family == family && l3_uses(e, device))
			return e;
	return NULL;
}

const struct l3_entry *host_find_same_address(const struct host *h, const struct l3_entry *e)
{
	const struct l3_entry *found = e->kind == L3_ADDRESS ? host_find_entry_key(h, e) : NULL;
	size_t at = 0;

	if (found || e->kind != L3_ADDRESS || e->family == AF_INET)
		return found;
	while ((found = host_next_entry(h, &at)))
		if (l3_is_same_address(found, e) && l3_uses(found, e->devices[0].name))
			return found;
	return NULL;
}

const struct l3_entry *host_find_subnet_fellow(const struct host *h, const struct l3_entry *e, bool secondary)
{
	const struct l3_entry *other;
	size_t at = 0;

	while ((other = host_next_entry(h, &at)))
		if (other->kind == L3_ADDRESS && other->secondary == secondary && l3_uses(other, e->devices[0].name) &&
			!l3_equal(other, e) && l3_same_subnet(other, e))
			return other;
	return NULL;
}

bool host_is_dead_hop(const struct host *h, const char *device)
{
	const struct device *d = host_find(h, device);

	return d && !d->link.up && !device_is_ours(d) && !(d->mark.was & MARK_WAS_UP && d->mark.was_up);
}

void host_mark_dead_routes(struct host *h)
{
	for (size_t i = 0; i < h->entries.count; i++) {
		struct l3_entry *e = h->entries.list[i];
		size_t dead = 0;

		if (!e || e->kind != L3_ROUTE)
			continue;
		for (size_t n = 0; n < e->device_count; n++)
			dead += host_is_dead_hop(h, e->devices[n].name);
		e->stale |= dead == e->device_count;
	}
}

static void no_free(void *entry)
{
	(void)entry; // the list owns it
}

void host_free_entries(struct host *h)
{
	tdestroy(h->entry_tree, no_free);
	l3_list_free(&h->entries);
}
