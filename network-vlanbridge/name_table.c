// SPDX-License-Identifier: ISC
// A hash table of names.
#include "name_table.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 16 // lists, a power of two

struct entry {
	struct entry *next; // of the same list
	void *value;
	uint32_t hash;
	char name[];
};

struct name_table {
	size_t count, room;
	struct entry *lists[];
};

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261; // FNV-1a

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619;
	return hash;
}

// Where an entry of that name stands, or would.
static struct entry **find(struct name_table *t, const char *name, uint32_t hash)
{
	struct entry **at = &t->lists[hash & (t->room - 1)];

	while (*at && ((*at)->hash != hash || strcmp((*at)->name, name)))
		at = &(*at)->next;
	return at;
}

static void move_entries(struct name_table *from, struct name_table *to)
{
	struct entry *e, **at;

	for (size_t i = 0; i < from->room; i++)
		while ((e = from->lists[i])) {
			from->lists[i] = e->next;
			at = &to->lists[e->hash & (to->room - 1)];
			e->next = *at;
			*at = e;
		}
	to->count = from->count;
}

// As many lists as names, at least.
static int grow(struct name_table **table)
{
	size_t room = *table ? (*table)->room * 2 : ROOM_MIN;
	struct name_table *grown;

	if (*table && (*table)->count < (*table)->room)
		return 0;
	grown = calloc(1, sizeof(*grown) + room * sizeof(*grown->lists));
	if (!grown)
		return -ENOMEM;
	grown->room = room;
	if (*table)
		move_entries(*table, grown);
	free(*table);
	*table = grown;
	return 0;
}

int name_table_add(struct name_table **table, const char *name, void *value)
{
	size_t size = strlen(name) + 1;
	uint32_t hash = hash_name(name);
	struct entry *e, **at;

	if (grow(table))
		return -ENOMEM;
	at = find(*table, name, hash);
	if (*at)
		return -EEXIST;
	e = malloc(sizeof(*e) + size);
	if (!e)
		return -ENOMEM;
	*e = (struct entry){.value = value, .hash = hash};
	memcpy(e->name, name, size);
	*at = e;
	(*table)->count++;
	return 0;
}

void *name_table_find(struct name_table *t, const char *name)
{
	struct entry *e = t ? *find(t, name, hash_name(name)) : NULL;

	return e ? e->value : NULL;
}

static void remove_at(struct name_table *t, struct entry **at)
{
	struct entry *e = *at;

	*at = e->next;
	t->count--;
	free(e);
}

void name_table_remove(struct name_table *t, const char *name)
{
	struct entry **at = t ? find(t, name, hash_name(name)) : NULL;

	if (at && *at)
		remove_at(t, at);
}

void name_table_remove_value(struct name_table *t, const void *value)
{
	struct entry **at;

	for (size_t i = 0; t && i < t->room; i++)
		for (at = &t->lists[i]; *at;)
			if ((*at)->value == value)
				remove_at(t, at);
			else
				at = &(*at)->next;
}

void name_table_each(const struct name_table *t, void (*use)(const char *name, void *value, void *arg), void *arg)
{
	for (size_t i = 0; t && i < t->room; i++)
		for (const struct entry *e = t->lists[i]; e; e = e->next)
			use(e->name, e->value, arg);
}

void name_table_free(struct name_table **table)
{
	struct entry *e;

	for (size_t i = 0; *table && i < (*table)->room; i++)
		while ((e = (*table)->lists[i])) {
			(*table)->lists[i] = e->next;
			free(e);
		}
	free(*table);
	*table = NULL;
}
