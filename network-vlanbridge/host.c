// SPDX-License-Identifier: ISC
// The model of a host's network.
#include "host.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "name_tree.h"

// Entries that are the same thing for the kernel are neighbours in this order, whatever their attributes.
static int compare_keys(const void *a, const void *b)
{
	const struct l3_entry *x = a, *y = b;
	int r;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	if (x->family != y->family)
		return x->family - y->family;
	r = x->kind == L3_RULE ? strcmp(x->text, y->text) : strcmp(x->key, y->key);
	if (r)
		return r;
	if (x->device_count != y->device_count)
		return x->device_count < y->device_count ? -1 : 1;
	for (size_t i = 0; i < x->device_count; i++) {
		r = strcmp(x->devices[i].name, y->devices[i].name);
		if (r)
			return r;
	}
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct l3_entry *x = a, *y = b;
	int r = compare_keys(a, b);

	if (r)
		return r;
	r = strcmp(x->label, y->label);
	if (r)
		return r;
	return strcmp(x->text, y->text);
}

static void no_free(void *entry)
{
	(void)entry; // the list owns it
}

struct device *host_find(const struct host *h, const char *name)
{
	return name_tree_find(&h->names, name);
}

static int grow_devices(struct host *h)
{
	size_t room = h->count ? h->count * 2 : 16;
	struct device **grown;

	if (h->count & (h->count - 1) || (h->count && h->count < 16))
		return 0;
	grown = reallocarray(h->devices, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	h->devices = grown;
	return 0;
}

int host_add(struct host *h, const char *name, struct device **ret)
{
	struct device *d = calloc(1, sizeof(*d));
	int r;

	if (!d || grow_devices(h)) {
		free(d);
		return -ENOMEM;
	}
	if (!text_copy(d->link.name, sizeof(d->link.name), name)) {
		free(d);
		return -EINVAL;
	}
	r = name_tree_add(&h->names, name, d);
	if (r) {
		free(d);
		return r;
	}
	d->slot = h->count;
	h->devices[h->count++] = d;
	*ret = d;
	return 0;
}

int host_add_altname(struct host *h, struct device *d, const char *altname)
{
	int r = name_tree_add(&h->names, altname, d);

	if (!r && strcmp(altname, d->link.altname))
		d->more_names = true;
	return r;
}

static void count_entry(struct host *h, const struct l3_entry *e, int change)
{
	struct device *d;

	for (size_t i = 0; i < e->device_count; i++) {
		d = host_find(h, e->devices[i].name);
		if (d)
			d->entries += (size_t)change;
	}
}

// LOWER.ID
static void usual_vlan_name(const char *lower, uint32_t id, char name[NAME_SIZE + 12])
{
	snprintf(name, NAME_SIZE + 12, "%s.%u", lower, id);
}

void host_count_upper(struct host *h, const struct device *d)
{
	struct device *lower = host_find(h, d->link.lower.name);
	char name[NAME_SIZE + 12];

	if (!lower)
		return;
	lower->uppers++;
	if (d->link.kind != KIND_VLAN)
		return;
	usual_vlan_name(d->link.lower.name, d->link.vlan.id, name);
	lower->odd_uppers += host_find(h, name) != d;
}

void host_count_references(struct host *h)
{
	const struct l3_entry *e;
	struct device *other;
	size_t at = 0;

	for (size_t i = 0; i < h->count; i++)
		h->devices[i]->ports = h->devices[i]->uppers = h->devices[i]->odd_uppers = h->devices[i]->entries = 0;
	for (size_t i = 0; i < h->count; i++) {
		other = host_find(h, h->devices[i]->link.master.name);
		if (other)
			other->ports++;
		host_count_upper(h, h->devices[i]);
	}
	while ((e = host_next_entry(h, &at)))
		count_entry(h, e, 1);
}

void host_set_master(struct host *h, struct device *d, const char *master)
{
	struct device *m = host_find(h, d->link.master.name);

	if (m)
		m->ports--;
	d->link.master = (struct link_ref){0};
	text_copy(d->link.master.name, NAME_SIZE, master);
	m = host_find(h, master);
	if (m)
		m->ports++;
}

static void rename_in_entries(struct host *h, const char *old, const char *name)
{
	const struct l3_entry *e;
	struct l3_entry *moved;
	size_t at = 0, last = h->entries.count;

	while (at < last && (e = host_next_entry(h, &at))) {
		if (e->kind == L3_RULE || !l3_uses(e, old))
			continue;
		moved = l3_copy(e);
		if (!moved)
			return;
		l3_move(moved, old, name);
		host_remove_entry(h, e);
		host_add_entry(h, moved);
	}
}

int host_rename(struct host *h, struct device *d, const char *name)
{
	char old[NAME_SIZE];

	if (host_find(h, name))
		return -EEXIST;
	memcpy(old, d->link.name, sizeof(old));
	for (size_t i = 0; i < h->count; i++) {
		struct link *l = &h->devices[i]->link;

		if (!strcmp(l->master.name, old))
			text_copy(l->master.name, NAME_SIZE, name);
		if (!strcmp(l->lower.name, old))
			text_copy(l->lower.name, NAME_SIZE, name);
	}
	d->odd_uppers = d->uppers; // they are still called after the old name
	name_tree_remove(&h->names, old);
	text_copy(d->link.name, NAME_SIZE, name);
	if (name_tree_add(&h->names, name, d))
		return -ENOMEM;
	if (d->entries)
		rename_in_entries(h, old, name);
	return 0;
}

void host_remove(struct host *h, struct device *d)
{
	struct device *other = host_find(h, d->link.master.name);

	if (other)
		other->ports--;
	other = host_find(h, d->link.lower.name);
	if (other)
		other->uppers--;
	if (d->more_names)
		name_tree_remove_value(&h->names, d);
	name_tree_remove(&h->names, d->link.name);
	if (*d->link.altname)
		name_tree_remove(&h->names, d->link.altname);
	h->devices[d->slot] = h->devices[--h->count];
	h->devices[d->slot]->slot = d->slot;
	free(d);
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
	count_entry(h, e, 1);
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
	count_entry(h, found, -1);
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

// Alternative names beyond the first are only in the tree.
struct copy {
	const struct host *from;
	struct host *to;
	int failed;
};

static int copy_names(const struct host *from, struct host *to);

int host_copy(const struct host *h, struct host *ret)
{
	const struct l3_entry *e;
	struct device *d;
	size_t at = 0;
	int r = 0;

	*ret = (struct host){.bonding = h->bonding, .ipv6 = h->ipv6};
	for (size_t i = 0; i < h->count && !r; i++) {
		r = host_add(ret, h->devices[i]->link.name, &d);
		if (r)
			break;
		*d = *h->devices[i];
		d->slot = i;
		d->entries = 0;
		if (*d->link.altname)
			r = name_tree_add(&ret->names, d->link.altname, d);
	}
	if (!r)
		r = copy_names(h, ret);
	while (!r && (e = host_next_entry(h, &at)))
		r = host_add_entry(ret, l3_copy(e));
	if (r)
		host_free(ret);
	return r;
}

static void copy_name(const char *name, void *value, void *arg)
{
	struct copy *c = arg;
	const struct device *d = value;
	struct device *to = c->to->devices[d->slot];

	if (d->more_names && name_tree_add(&c->to->names, name, to) == -ENOMEM)
		c->failed = -ENOMEM;
}

static int copy_names(const struct host *from, struct host *to)
{
	struct copy c = {.from = from, .to = to};
	bool any = false;

	for (size_t i = 0; i < from->count; i++)
		any |= from->devices[i]->more_names;
	if (any)
		name_tree_each(&from->names, copy_name, &c);
	return c.failed;
}

void host_free(struct host *h)
{
	name_tree_free(&h->names);
	tdestroy(h->entry_tree, no_free);
	for (size_t i = 0; i < h->count; i++)
		free(h->devices[i]);
	free(h->devices);
	l3_list_free(&h->entries);
	*h = (struct host){0};
}

void device_read_mark(struct device *d)
{
	mark_parse(d->link.alias, &d->mark);
	if (d->mark.origin == MARK_NONE && (d->link.group == MARK_GROUP || d->link.group == MARK_GROUP_GOING))
		d->mark.origin = MARK_FILE;
}

bool device_is_kind(const struct device *d, enum kind kind)
{
	return d && d->link.kind == kind;
}

bool device_is_ours(const struct device *d)
{
	return d->mark.origin == MARK_FILE || d->mark.origin == MARK_ARGS;
}

static bool is_vlan(const struct device *d, const char *lower, uint32_t id, uint32_t protocol)
{
	return d->link.kind == KIND_VLAN && d->link.vlan.id == id && d->link.vlan.protocol == protocol &&
	       !strcmp(d->link.lower.name, lower);
}

// Try LOWER.ID first, and scan only where one has another name.
struct device *host_find_vlan(const struct host *h, const char *lower, uint32_t id, uint32_t protocol)
{
	char name[NAME_SIZE + 12];
	struct device *d = host_find(h, lower);

	if (d)
		lower = d->link.name; // it may be an alternative one
	usual_vlan_name(lower, id, name);
	d = host_find(h, name);
	if (d && is_vlan(d, lower, id, protocol))
		return d;
	d = host_find(h, lower);
	if (!d || !d->odd_uppers)
		return NULL;
	for (size_t i = 0; i < h->count; i++)
		if (is_vlan(h->devices[i], lower, id, protocol))
			return h->devices[i];
	return NULL;
}

bool device_is_same(const struct device *a, const struct device *b)
{
	if (a->link.kind != b->link.kind)
		return false;
	return a->link.kind != KIND_VLAN ||
	       (a->link.vlan.id == b->link.vlan.id && a->link.vlan.protocol == b->link.vlan.protocol &&
		       !strcmp(a->link.lower.name, b->link.lower.name));
}

const char *original_device_name(const struct device *d)
{
	return d->mark.was & MARK_WAS_NAME ? d->mark.was_name : d->link.name;
}
