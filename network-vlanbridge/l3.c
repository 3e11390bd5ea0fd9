// SPDX-License-Identifier: ISC
// Addresses, routes, rules and neighbours as entries that can change their device.
#include "l3.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "l3_key.h"

void l3_free(struct l3_entry *e)
{
	if (!e)
		return;
	l3_free(e->whole);
	free(e->text);
	free(e->devices);
	free(e->message);
	free(e);
}

// NULL without memory, and of what is empty.
static void *copy_bytes(const void *from, size_t size)
{
	void *copy;

	if (!from || !size)
		return NULL;
	copy = malloc(size);
	if (copy)
		memcpy(copy, from, size);
	return copy;
}

struct l3_entry *l3_copy(const struct l3_entry *e)
{
	struct l3_entry *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *e;
	c->text = strdup(e->text);
	c->devices = copy_bytes(e->devices, e->device_count * sizeof(*e->devices));
	c->message = copy_bytes(e->message, e->size);
	c->whole = e->whole ? l3_copy(e->whole) : NULL;
	if (!c->text || (e->device_count && !c->devices) || (e->message && e->size && !c->message) ||
		(e->whole && !c->whole)) {
		l3_free(c);
		return NULL;
	}
	return c;
}

int l3_list_append(struct l3_list *all, struct l3_entry *e)
{
	struct l3_entry **grown;
	size_t room = all->room ? all->room * 2 : 16;

	if (!e)
		return -ENOMEM;
	if (all->count == all->room) {
		grown = reallocarray(all->list, room, sizeof(*grown));
		if (!grown) {
			l3_free(e);
			return -ENOMEM;
		}
		all->list = grown;
		all->room = room;
	}
	all->list[all->count++] = e;
	return 0;
}

void l3_list_free(struct l3_list *all)
{
	for (size_t i = 0; i < all->count; i++)
		l3_free(all->list[i]);
	free(all->list);
	*all = (struct l3_list){0};
}

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_devices(const struct l3_entry *a, const struct l3_entry *b)
{
	int r = compare_numbers(a->device_count, b->device_count);

	for (size_t i = 0; !r && i < a->device_count; i++)
		r = strcmp(a->devices[i].name, b->devices[i].name);
	return r;
}

// A rule's key is its priority alone, of which there may be several.
static const char *identity(const struct l3_entry *e)
{
	return e->kind == L3_RULE ? e->text : e->key;
}

int l3_compare_keys(const struct l3_entry *a, const struct l3_entry *b)
{
	int r = compare_numbers(a->kind, b->kind);

	if (!r)
		r = compare_numbers((size_t)a->family, (size_t)b->family);
	if (!r)
		r = strcmp(identity(a), identity(b));
	if (!r)
		r = compare_devices(a, b);
	return r;
}

int l3_compare(const struct l3_entry *a, const struct l3_entry *b)
{
	int r = l3_compare_keys(a, b);

	if (!r)
		r = strcmp(a->label, b->label);
	if (!r)
		r = strcmp(a->text, b->text);
	return r;
}

bool l3_equal(const struct l3_entry *a, const struct l3_entry *b)
{
	return !l3_compare(a, b);
}

bool l3_uses(const struct l3_entry *e, const char *device)
{
	for (size_t i = 0; i < e->device_count; i++)
		if (!strcmp(e->devices[i].name, device))
			return true;
	return false;
}

void l3_move(struct l3_entry *e, const char *from, const char *to)
{
	for (size_t i = 0; i < e->device_count; i++)
		if (!strcmp(e->devices[i].name, from))
			text_copy(e->devices[i].name, NAME_SIZE, to);
}

bool l3_is_same_address(const struct l3_entry *a, const struct l3_entry *b)
{
	size_t n = strcspn(a->key, "/ ");

	return a->kind == L3_ADDRESS && b->kind == L3_ADDRESS && a->family == b->family && n == strcspn(b->key, "/ ") &&
	       !strncmp(a->key, b->key, n);
}

bool l3_same_subnet(const struct l3_entry *a, const struct l3_entry *b)
{
	char network_a[L3_PREFIX_SIZE], network_b[L3_PREFIX_SIZE];
	struct l3_address_key key_a, key_b;

	if (a->kind != L3_ADDRESS || b->kind != L3_ADDRESS || a->family != AF_INET || b->family != AF_INET)
		return false;
	if (l3_key_read_address(a, &key_a) || l3_key_read_address(b, &key_b))
		return false;
	l3_key_network(AF_INET, key_a.address, key_a.prefix, network_a);
	l3_key_network(AF_INET, key_b.address, key_b.prefix, network_b);
	return !strcmp(network_a, network_b);
}

void l3_describe(FILE *out, const struct l3_entry *e)
{
	static const char *const kinds[L3_KIND_COUNT] = {
		[L3_ADDRESS] = "address", [L3_ROUTE] = "route", [L3_RULE] = "rule", [L3_NEIGHBOUR] = "neighbour"};

	fprintf(out, "%s %s", kinds[e->kind], e->key);
	for (size_t i = 0; i < e->device_count; i++)
		if (!i || strcmp(e->devices[i].name, e->devices[i - 1].name))
			fprintf(out, " dev %s", e->devices[i].name);
	if (*e->label)
		fprintf(out, " label %s", e->label);
}
