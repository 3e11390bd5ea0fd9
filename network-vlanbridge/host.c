// SPDX-License-Identifier: ISC
// The model of a host's network.
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host_entry.h"
#include "name_table.h"

struct device *host_find(const struct host *h, const char *name)
{
	return name_table_find(h->names, name);
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
	r = name_table_add(&h->names, name, d);
	if (r) {
		free(d);
		return r;
	}
	d->slot = h->count;
	h->devices[h->count++] = d;
	*ret = d;
	return 0;
}

int host_lend(struct host *h, const struct device *d)
{
	struct device *lent = (struct device *)(uintptr_t)d;
	int r = grow_devices(h);

	h->lent = true;
	if (!r)
		r = name_table_add(&h->names, d->link.name, lent);
	if (r)
		return r;
	h->devices[h->count++] = lent;
	return *d->link.altname ? name_table_add(&h->names, d->link.altname, lent) : 0;
}

int host_add_altname(struct host *h, struct device *d, const char *altname)
{
	int r = name_table_add(&h->names, altname, d);

	if (!r && strcmp(altname, d->link.altname))
		d->more_names = true;
	return r;
}

// LOWER.ID. Without snprintf: it is asked for several times for every VLAN device.
static void usual_vlan_name(const char *lower, uint32_t id, char name[NAME_SIZE + 12])
{
	char digits[12], *first = digits + sizeof(digits);
	size_t n = strnlen(lower, NAME_SIZE);

	*--first = '\0';
	do
		*--first = (char)('0' + id % 10);
	while (id /= 10);
	*--first = '.';
	memcpy(name, lower, n);
	strcpy(name + n, first);
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
		host_count_entry(h, e, 1);
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
	name_table_remove(h->names, old);
	text_copy(d->link.name, NAME_SIZE, name);
	if (name_table_add(&h->names, name, d))
		return -ENOMEM;
	if (d->entries && host_rename_in_entries(h, old, name))
		return -ENOMEM;
	host_count_references(h); // VLAN devices above are still called after the old name, and so are rules
	return 0;
}

static void free_device(struct device *d)
{
	vlans_keep_default(&d->vlans, 0);
	free(d);
}

int device_copy(struct device *to, const struct device *from)
{
	size_t slot = to->slot;

	*to = *from;
	to->slot = slot;
	to->vlans = (struct kept_vlans){0};
	return kept_vlans_copy(&to->vlans, &from->vlans);
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
		name_table_remove_value(h->names, d);
	name_table_remove(h->names, d->link.name);
	if (*d->link.altname)
		name_table_remove(h->names, d->link.altname);
	h->devices[d->slot] = h->devices[--h->count];
	h->devices[d->slot]->slot = d->slot;
	free_device(d);
}

// Alternative names beyond the first are only in the table of names.
struct altnames {
	struct host *to;
	int failed;
};

static void copy_altname(const char *name, void *value, void *arg)
{
	struct altnames *a = arg;
	const struct device *from = value;
	struct device *to = from->more_names ? host_find(a->to, from->link.name) : NULL;

	if (to && host_add_altname(a->to, to, name) == -ENOMEM)
		a->failed = -ENOMEM;
}

int host_copy_altnames(const struct host *from, struct host *to)
{
	struct altnames a = {.to = to};
	bool any = false;

	for (size_t i = 0; i < from->count; i++)
		any |= from->devices[i]->more_names;
	if (any)
		name_table_each(from->names, copy_altname, &a);
	return a.failed;
}

int host_copy(const struct host *h, struct host *ret)
{
	const struct l3_entry *e;
	struct device *d;
	size_t at = 0;
	int r = 0;

	*ret = (struct host){.bonding = h->bonding, .ipv6 = h->ipv6, .stable_secret = h->stable_secret};
	memcpy(ret->default_sysctls, h->default_sysctls, sizeof(ret->default_sysctls));
	for (size_t i = 0; i < h->count && !r; i++) {
		r = host_add(ret, h->devices[i]->link.name, &d);
		if (r)
			break;
		r = device_copy(d, h->devices[i]);
		d->entries = 0;
		if (!r && *d->link.altname)
			r = name_table_add(&ret->names, d->link.altname, d);
	}
	if (!r)
		r = host_copy_altnames(h, ret);
	while (!r && (e = host_next_entry(h, &at)))
		r = host_add_entry(ret, l3_copy(e));
	if (r)
		host_free(ret);
	return r;
}

void host_free(struct host *h)
{
	name_table_free(&h->names);
	host_free_entries(h);
	for (size_t i = 0; i < h->count && !h->lent; i++)
		free_device(h->devices[i]);
	free(h->devices);
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

bool host_is_bond_port(const struct host *h, const struct device *d)
{
	return device_is_kind(host_find(h, d->link.master.name), KIND_BOND);
}

bool device_is_vlan_aware(const struct device *d)
{
	return device_is_kind(d, KIND_BRIDGE) && d->link.bridge.vlan_filtering;
}

bool device_is_vrf(const struct device *d)
{
	return d && !strcmp(d->link.kind_name, "vrf");
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

uint64_t device_port_flags(const struct device *d)
{
	return (d->link.port_flags & d->link.port_flags_known) | (LINK_PORT_FLAGS_INITIAL & ~d->link.port_flags_known);
}

const char *original_device_name(const struct device *d)
{
	return d->mark.was & MARK_WAS_NAME ? d->mark.was_name : d->link.name;
}

const char *host_original_name(const struct host *h, const char *name)
{
	const struct device *d = host_find(h, name);

	return d ? original_device_name(d) : name;
}
