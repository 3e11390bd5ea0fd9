/* SPDX-License-Identifier: ISC */
/* A search tree of names: what host and config find their devices in. */
#ifndef NAME_TREE_H
#define NAME_TREE_H

/* Adds a copy of name, which finds value. Returns 0, -EEXIST or -ENOMEM. */
int name_tree_add(void **tree, const char *name, void *value);
void *name_tree_find(void *const *tree, const char *name); /* NULL when it isn't there */
void name_tree_remove(void **tree, const char *name);

/* Removes all names that find value: O(n). */
void name_tree_remove_value(void **tree, const void *value);
/* Calls use for every name, in no order that means something. use mustn't change the tree. */
void name_tree_each(void *const *tree, void (*use)(const char *name, void *value, void *arg), void *arg);
void name_tree_free(void **tree);

#endif
