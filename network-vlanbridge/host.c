// SPDX-License-Identifier: ISC
// The one model of a host's network.
#include "host.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct name_entry {
	const char *name; // inside the device
	struct device *device;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct name_entry *)a)->name, ((const struct name_entry *)b)->name);
}

static int index_name(struct host *t, const char *name, struct device *d)
{
	struct name_entry *new = malloc(sizeof(*new)), **at;

	if (!new)
		return -ENOMEM;
	*new = (struct name_entry){name, d};
	at = tsearch(new, &t->names, compare);
	if (at && *at == new)
		return 0;
	free(new);
	return at ? -EEXIST : -ENOMEM;
}

static void forget_name(struct host *t, const char *name)
{
	struct name_entry key = {name, NULL}, **at = tfind(&key, &t->names, compare), *entry;

	if (!at)
		return;
	entry = *at;
	tdelete(&key, &t->names, compare);
	free(entry);
}

struct device *host_find(const struct host *t, const char *name)
{
	struct name_entry key = {name, NULL}, **at = tfind(&key, &t->names, compare);

	return at ? (*at)->device : NULL;
}

int host_add(struct host *t, const char *name, struct device **ret)
{
	struct device **grown, *d = calloc(1, sizeof(*d));
	int r;

	// Doubles at the powers of two.
	if (!(t->count & (t->count - 1))) {
		grown = reallocarray(t->devices, t->count ? t->count * 2 : 1, sizeof(*grown));
		if (grown)
			t->devices = grown;
		else
			d = (free(d), NULL);
	}
	if (!d)
		return -ENOMEM;
	r = text_copy(d->link.name, sizeof(d->link.name), name) ? index_name(t, d->link.name, d)
								 : -EINVAL;
	if (r) {
		free(d);
		return r;
	}
	d->slot = t->count;
	t->devices[t->count++] = *ret = d;
	return 0;
}

void device_read_mark(struct device *d)
{
	mark_parse(d->link.alias, &d->mark);
	if (d->mark.origin == MARK_NONE && (d->link.group == MARK_GROUP || d->link.group == MARK_GROUP_GOING))
		d->mark.origin = MARK_FILE;
}

bool device_is_ours(const struct device *d)
{
	return d->mark.origin == MARK_FILE || d->mark.origin == MARK_ARGS;
}

int host_set_altname(struct host *t, struct device *d, const char *altname)
{
	// The tree's keys are the names inside the devices: out of the tree before a key changes.
	if (*d->link.altname)
		forget_name(t, d->link.altname);
	if (!text_copy(d->link.altname, sizeof(d->link.altname), altname))
		return -EINVAL;
	return *altname ? index_name(t, d->link.altname, d) : 0;
}

int host_rename(struct host *t, struct device *d, const char *name)
{
	char old[NAME_SIZE];

	if (host_find(t, name))
		return -EEXIST;
	memcpy(old, d->link.name, sizeof(old));
	for (size_t i = 0; i < t->count; i++) {
		struct link *l = &t->devices[i]->link;

		if (!strcmp(l->master.name, old))
			text_copy(l->master.name, NAME_SIZE, name);
		if (!strcmp(l->lower.name, old))
			text_copy(l->lower.name, NAME_SIZE, name);
	}
	forget_name(t, old);
	text_copy(d->link.name, NAME_SIZE, name);
	return index_name(t, d->link.name, d);
}

void host_remove(struct host *t, struct device *d)
{
	forget_name(t, d->link.name);
	if (*d->link.altname)
		forget_name(t, d->link.altname);
	t->devices[d->slot] = t->devices[--t->count];
	t->devices[d->slot]->slot = d->slot;
	free(d);
}

void host_free(struct host *t)
{
	tdestroy(t->names, free);
	for (size_t i = 0; i < t->count; i++)
		free(t->devices[i]);
	free(t->devices);
	l3_list_free(&t->records);
	*t = (struct host){0};
}

struct device *host_find_vlan(
	const struct host *t, const char *lower, uint32_t id, uint32_t protocol)
{
	char name[NAME_SIZE + 12];
	struct device *d;

	// Nearly always it is called as everybody calls it; only then look at all of them.
	snprintf(name, sizeof(name), "%s.%u", lower, id);
	d = host_find(t, name);
	for (size_t i = 0; i <= t->count; i++) {
		if (d && d->link.kind == KIND_VLAN && d->link.vlan.id == id &&
			d->link.vlan.protocol == protocol && !strcmp(d->link.lower.name, lower))
			return d;
		d = i < t->count ? t->devices[i] : NULL;
	}
	return NULL;
}

static void describe_options(FILE *out, const struct link *l)
{
	const struct kind_row *k = &link_kinds[l->kind];
	char value[512];

	for (size_t i = 0; i < k->count; i++)
		if (option_is_set(l, &k->options[i]))
			fprintf(out, " %s=%s", k->options[i].name,
				option_print(l, &k->options[i], value, sizeof(value)));
}

void link_describe(FILE *out, const struct link *l)
{
	char mac[18];

	fprintf(out, "%s", l->name);
	if (l->kind != KIND_OTHER)
		fprintf(out, " %s", link_kinds[l->kind].name);
	if (l->set & LINK_RENAME)
		fprintf(out, " name=%s", l->new_name);
	if (l->set & LINK_LOWER && *l->lower.name)
		fprintf(out, " link=%s", l->lower.name);
	describe_options(out, l);
	if (l->set & LINK_MTU)
		fprintf(out, " mtu=%u", l->mtu);
	if (l->set & LINK_MAC)
		fprintf(out, " mac=%s", mac_print(l->mac, mac));
	if (l->set & LINK_MASTER)
		fprintf(out, *l->master.name ? " master=%s" : " nomaster", l->master.name);
	if (l->set & LINK_GROUP)
		fprintf(out, " group=%u", l->group);
	if (l->set & LINK_ALTNAME && *l->altname)
		fprintf(out, " altname=%s", l->altname);
	if (l->set & LINK_ADDR_GEN)
		fprintf(out, " addr_gen=%u", l->addr_gen);
	if (l->set & LINK_ALIAS)
		fprintf(out, " alias=\"%s\"", l->alias);
	if (l->set & LINK_UP)
		fprintf(out, l->up ? " up" : " down");
}
