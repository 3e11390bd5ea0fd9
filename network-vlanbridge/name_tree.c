// SPDX-License-Identifier: ISC
// A search tree of names, over the C library's.
#include "name_tree.h"

#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// In the order of their hashes: one comparison of numbers for most steps down the tree.
struct node {
	void *value;
	uint32_t hash;
	char name[];
};

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261; // FNV-1a

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619;
	return hash;
}

// A tree only compares names: what tsearch is given to look up is a name as well.
static int compare(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return strcmp(x->name, y->name);
}

static struct node *node_new(const char *name, void *value)
{
	size_t size = strlen(name) + 1;
	struct node *n = malloc(sizeof(*n) + size);

	if (!n)
		return NULL;
	n->value = value;
	n->hash = hash_name(name);
	memcpy(n->name, name, size);
	return n;
}

int name_tree_add(void **tree, const char *name, void *value)
{
	struct node *n = node_new(name, value), **at;

	if (!n)
		return -ENOMEM;
	at = tsearch(n, tree, compare);
	if (at && *at == n)
		return 0;
	free(n);
	return at ? -EEXIST : -ENOMEM;
}

static struct node *find(void *const *tree, const char *name)
{
	char room[sizeof(struct node) + 256] __attribute__((aligned(8)));
	struct node *key = (struct node *)room, **at;
	size_t size = strlen(name) + 1;

	if (size > 256)
		return NULL;
	key->hash = hash_name(name);
	memcpy(key->name, name, size);
	at = tfind(key, tree, compare);
	return at ? *at : NULL;
}

void *name_tree_find(void *const *tree, const char *name)
{
	struct node *n = find(tree, name);

	return n ? n->value : NULL;
}

void name_tree_remove(void **tree, const char *name)
{
	struct node *n = find(tree, name);

	if (!n)
		return;
	tdelete(n, tree, compare);
	free(n);
}

struct each {
	void (*use)(const char *name, void *value, void *arg);
	void *arg;
};

static void visit(const void *at, VISIT which, void *arg)
{
	const struct node *n = *(struct node *const *)at;
	const struct each *each = arg;

	if (which == postorder || which == leaf)
		each->use(n->name, n->value, each->arg);
}

void name_tree_each(void *const *tree, void (*use)(const char *name, void *value, void *arg), void *arg)
{
	struct each each = {use, arg};

	twalk_r(*tree, visit, &each);
}

// A walk can't change the tree: it finds one name of the value at a time.
struct search {
	const void *value;
	const char *found;
};

static void search_value(const char *name, void *value, void *arg)
{
	struct search *s = arg;

	if (value == s->value)
		s->found = name;
}

void name_tree_remove_value(void **tree, const void *value)
{
	struct search s = {.value = value};

	do {
		s.found = NULL;
		name_tree_each(tree, search_value, &s);
		if (s.found)
			name_tree_remove(tree, s.found);
	} while (s.found);
}

void name_tree_free(void **tree)
{
	tdestroy(*tree, free);
	*tree = NULL;
}
