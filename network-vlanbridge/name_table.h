/* SPDX-License-Identifier: ISC */
/* A table of names: what host and config find their devices in. NULL is an empty one. */
#ifndef NAME_TABLE_H
#define NAME_TABLE_H

struct name_table;

/* Adds a copy of name, which finds value. Returns 0, -EEXIST or -ENOMEM. */
int name_table_add(struct name_table **table, const char *name, void *value);
void *name_table_find(struct name_table *t, const char *name); /* NULL when it isn't there */
void name_table_remove(struct name_table *t, const char *name);

/* Removes all names that find value: O(n). */
void name_table_remove_value(struct name_table *t, const void *value);
/* Calls use for every name, in no order that means something. use mustn't change the table. */
void name_table_each(const struct name_table *t, void (*use)(const char *name, void *value, void *arg), void *arg);
void name_table_free(struct name_table **table);

#endif
