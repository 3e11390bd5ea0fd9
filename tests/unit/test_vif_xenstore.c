// SPDX-License-Identifier: ISC
// vif-vlanbridge: what it writes into xenstore, and that a directory that goes meanwhile isn't made again.
// libxenstore's functions are here, on a list of nodes.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <xenstore.h>

#include "tests_vif.h"
#include "vif-vlanbridge/xenstore.h"

#define DIRECTORY "backend/vif/7/1"
#define GUEST_MTU "/local/domain/7/device/vif/1/mtu"
#define NODES 16
#define TRANSACTION 9

struct node {
	char path[64], value[64];
};

static struct {
	struct node nodes[NODES], pending[NODES];
	size_t count, pending_count;
	int operations, remove_at; // the operation at which the toolstack removes everything; 0: never
	int conflicts;             // so many transactions meet another writer
	bool removed;              // during this transaction
	bool full;                 // no more transactions for this domain
	bool guest_refuses;        // as in a driver domain
} store;

static bool set(struct node *nodes, size_t *count, const char *path, const char *value)
{
	size_t i = 0;

	while (i < *count && strcmp(nodes[i].path, path))
		i++;
	assert_true(i < NODES);
	snprintf(nodes[i].path, sizeof(nodes[i].path), "%s", path);
	snprintf(nodes[i].value, sizeof(nodes[i].value), "%s", value);
	*count += i == *count;
	return true;
}

static const char *get(const char *path)
{
	for (size_t i = 0; i < store.count; i++)
		if (!strcmp(store.nodes[i].path, path))
			return store.nodes[i].value;
	return NULL;
}

static void count_operation(void)
{
	if (++store.operations != store.remove_at)
		return;
	store.count = 0;
	store.removed = true;
}

static bool refuse(int error)
{
	errno = error;
	return false;
}

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)&store;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
	char **names = calloc(NODES, sizeof(*names));
	size_t length = strlen(path);

	(void)h, (void)t;
	count_operation();
	*num = 0;
	for (size_t i = 0; i < store.count; i++)
		if (!strncmp(store.nodes[i].path, path, length) && store.nodes[i].path[length] == '/')
			names[(*num)++] = store.nodes[i].path + length + 1;
	if (*num)
		return names;
	free(names);
	refuse(ENOENT);
	return NULL;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	const char *value;

	(void)h, (void)t;
	count_operation();
	value = get(path);
	if (!value && !refuse(ENOENT))
		return NULL;
	*len = (unsigned int)strlen(value);
	return strdup(value);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data, unsigned int len)
{
	(void)h;
	assert_int_equal(len, strlen(data));
	count_operation();
	if (store.guest_refuses && *path == '/')
		return refuse(EACCES);
	if (t)
		return set(store.pending, &store.pending_count, path, data);
	return set(store.nodes, &store.count, path, data);
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	count_operation();
	store.pending_count = 0;
	store.removed = false;
	return store.full && !refuse(ENOSPC) ? XBT_NULL : TRANSACTION;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	(void)h;
	assert_int_equal(t, TRANSACTION);
	count_operation();
	if (abort)
		return true;
	if (store.removed)
		return refuse(EAGAIN);
	if (store.conflicts) {
		store.conflicts--;
		return refuse(EAGAIN);
	}
	for (size_t i = 0; i < store.pending_count; i++)
		set(store.nodes, &store.count, store.pending[i].path, store.pending[i].value);
	return true;
}

// The directory as the toolstack makes it, and a run that has listed it.
static struct store *begin(void)
{
	struct request req = {.path = DIRECTORY, .domid = 7, .devid = 1};
	struct store *s = NULL;
	struct err e;

	memset(&store, 0, sizeof(store));
	set(store.nodes, &store.count, DIRECTORY "/state", "2");
	set(store.nodes, &store.count, DIRECTORY "/hotplug-status", "");
	assert_int_equal(store_open(&req, &s, &e), 0);
	store.operations = 0;
	return s;
}

static void connected(void **state)
{
	struct store *s = begin();
	struct err e;

	(void)state;
	assert_int_equal(store_write_connected(s, 1400, &e), 0);
	assert_string_equal(get(DIRECTORY "/hotplug-status"), "connected");
	assert_string_equal(get(GUEST_MTU), "1400");
	assert_int_equal(store.operations, 5); // each costs a vif of every guest
	store_close(s);

	s = begin();
	assert_int_equal(store_write_connected(s, 0, &e), 0);
	assert_null(get(GUEST_MTU));
	store_close(s);

	s = begin();
	store.guest_refuses = true;
	assert_int_equal(store_write_connected(s, 1400, &e), 0);
	assert_string_equal(get(DIRECTORY "/hotplug-status"), "connected");
	store_close(s);
}

static void others(void **state)
{
	struct store *s = begin();
	struct err e;

	(void)state;
	store_write_error(s, "vif7.1: no");
	assert_string_equal(get(DIRECTORY "/hotplug-error"), "vif7.1: no");
	assert_string_equal(get(DIRECTORY "/hotplug-status"), "error");
	store_write_guest_mtu(s, 9000);
	assert_string_equal(get(GUEST_MTU), "9000");
	assert_int_equal(store_write_rules_flag(s, &e), 0);
	assert_string_equal(get(DIRECTORY "/vlanbridge-rules"), "1");
	store_close(s);
	store_write_error(NULL, "nothing was read");
}

static void write_everything(struct store *s)
{
	struct err e;

	store_write_rules_flag(s, &e);
	store_write_guest_mtu(s, 9000);
	store_write_connected(s, 1400, &e);
	store_write_error(s, "vif7.1: no");
}

// Whenever the toolstack removes it, nothing is made again.
static void removed(void **state)
{
	struct store *s = begin();
	struct err e;
	int all;

	(void)state;
	write_everything(s);
	all = store.operations;
	store_close(s);
	for (int at = 1; at <= all; at++) {
		s = begin();
		store.remove_at = at;
		write_everything(s);
		if (store.count)
			fail_msg("removed at operation %d: %s is there again", at, store.nodes[0].path);
		store_close(s);
	}
	s = begin();
	store.count = 0;
	assert_int_equal(store_write_connected(s, 1400, &e), -ENOENT);
	assert_string_equal(e.text, "the toolstack's directory " DIRECTORY " isn't in xenstore: is the guest gone?");
	store_close(s);
}

static void again(void **state)
{
	struct store *s = begin();
	struct err e;

	(void)state;
	store.conflicts = 3;
	assert_int_equal(store_write_connected(s, 1400, &e), 0);
	assert_string_equal(get(DIRECTORY "/hotplug-status"), "connected");
	store.conflicts = 1000;
	assert_int_equal(store_write_connected(s, 1400, &e), -EAGAIN);
	store.conflicts = 0;
	store.full = true;
	assert_int_equal(store_write_connected(s, 1300, &e), 0);
	assert_string_equal(get(GUEST_MTU), "1300");
	store_close(s);
}

int test_vif_xenstore(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connected),
		cmocka_unit_test(others),
		cmocka_unit_test(removed),
		cmocka_unit_test(again),
	};

	return cmocka_run_group_tests_name("vif xenstore", tests, NULL, NULL);
}
