// SPDX-License-Identifier: ISC
// The backend directory of a NIC in xenstore. Nothing below the frontend's directory is ever read:
// the guest can write there.
#include "xenstore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenstore_session.h"

#define NUMBER_SIZE 11
#define KEY_SIZE 18 // '/', the longest key and the NUL
#define TRANSACTION_TRIES 100

#define GONE "the toolstack's directory %s isn't in xenstore: is the guest gone?"

void store_close(struct store *s)
{
	if (!s)
		return;
	xs_close(s->xs);
	free(s);
}

// One request for the names is cheaper than one for every key that is mostly absent.
static int list_directory(struct store *s, struct err *e)
{
	unsigned int n;
	char **names = xs_directory(s->xs, XBT_NULL, s->path, &n);

	if (!names && errno == ENOENT)
		return err_set(e, ENOENT, GONE, s->path);
	if (!names)
		return err_set(e, errno, "xenstore: can't list %s: %s", s->path, strerror(errno));
	for (unsigned int i = 0; i < n; i++)
		for (int k = 0; k < NIC_KEYS; k++)
			if (!strcmp(names[i], nic_keys[k]))
				s->keys |= NIC_BIT(k);
	free(names);
	return 0;
}

static int connect_and_list(struct store *s, struct err *e)
{
	if (!*s->path)
		return 0;
	s->xs = xs_open(0);
	// Never -ENOENT, which is for a guest that is gone and isn't reported at offline.
	if (!s->xs)
		return err_set(e, ENOTCONN, "can't reach xenstored: %s", strerror(errno));
	return list_directory(s, e);
}

int store_open(const struct request *req, struct store **ret, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(e, ENOMEM, "no memory");
	text_copy(s->path, sizeof(s->path), req->path);
	s->domid = req->domid;
	s->devid = req->devid;
	r = connect_and_list(s, e);
	if (r) {
		store_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

bool store_has(const struct store *s, enum nic_key key)
{
	return s && s->keys & NIC_BIT(key);
}

// Not by printf: its code would be most of what so short a run executes.
static void format_path(const struct store *s, const char *key, char path[PATH_SIZE + KEY_SIZE])
{
	stpcpy(stpcpy(stpcpy(path, s->path), "/"), key);
}

static int read_key(struct store *s, enum nic_key key, struct nic *nic, struct err *e)
{
	char path[PATH_SIZE + KEY_SIZE];
	unsigned int len;
	char *value;
	int r;

	format_path(s, nic_keys[key], path);
	value = xs_read(s->xs, XBT_NULL, path, &len);
	if (!value && errno == ENOENT)
		return 0; // gone since it was listed
	if (!value)
		return err_set(e, errno, "xenstore: can't read %s: %s", path, strerror(errno));
	if (strlen(value) == len)
		r = nic_set(nic, key, value, e);
	else
		r = err_set(e, EINVAL, "xenstore's %s has a NUL byte", nic_keys[key]);
	free(value);
	return r;
}

int store_read(struct store *s, unsigned int keys, struct nic *nic, struct err *e)
{
	int r;

	for (int k = 0; k < NIC_KEYS; k++) {
		if (!(keys & s->keys & NIC_BIT(k)))
			continue;
		r = read_key(s, (enum nic_key)k, nic, e);
		if (r)
			return r;
	}
	return 0;
}

// A key to write: of the NIC's directory, or by its whole path.
struct entry {
	const char *key, *path; // one of them; path belongs to the guest's directory: a refusal is ignored
	const char *value;
};

static int write_entry(struct store *s, xs_transaction_t t, const struct entry *entry, struct err *e)
{
	char path[PATH_SIZE + KEY_SIZE];

	if (entry->path) {
		xs_write(s->xs, t, entry->path, entry->value, (unsigned int)strlen(entry->value));
		return 0;
	}
	format_path(s, entry->key, path);
	if (xs_write(s->xs, t, path, entry->value, (unsigned int)strlen(entry->value)))
		return 0;
	return err_set(e, errno, "xenstore: can't write %s: %s", path, strerror(errno));
}

static int check_state(struct store *s, xs_transaction_t t, struct err *e)
{
	char path[PATH_SIZE + KEY_SIZE];
	unsigned int len;
	void *state;

	format_path(s, "state", path);
	state = xs_read(s->xs, t, path, &len);
	if (!state && errno == ENOENT)
		return err_set(e, ENOENT, GONE, s->path);
	if (!state)
		return err_set(e, errno, "xenstore: can't read %s: %s", path, strerror(errno));
	free(state);
	return 0;
}

static int write_entries(struct store *s, xs_transaction_t t, const struct entry *entries, size_t n, struct err *e)
{
	int r = check_state(s, t, e);

	for (size_t i = 0; i < n && !r; i++)
		r = write_entry(s, t, &entries[i], e);
	return r;
}

// The toolstack removes the directory with the NIC, and xenstored makes one anew for a key that is written after that.
// So `state`, which the toolstack writes first, is read in the same transaction: it fails if that goes meanwhile.
// Without a transaction (a driver domain may have ten at a time) only a moment is left for it.
static int write_if_there(struct store *s, const struct entry *entries, size_t n, struct err *e)
{
	xs_transaction_t t;
	int r;

	for (int tries = 0; tries < TRANSACTION_TRIES; tries++) {
		t = xs_transaction_start(s->xs);
		r = write_entries(s, t, entries, n, e);
		if (t == XBT_NULL || xs_transaction_end(s->xs, t, r) || r)
			return r;
		if (errno != EAGAIN)
			break;
	}
	return err_set(e, errno, "xenstore: can't write into %s: %s", s->path, strerror(errno));
}

int store_write_rules_flag(struct store *s, struct err *e)
{
	const struct entry flag = {.key = nic_keys[NIC_RULES], .value = "1"};

	if (!s->xs || store_has(s, NIC_RULES))
		return 0;
	return write_if_there(s, &flag, 1, e);
}

void store_write_error(struct store *s, const char *message)
{
	// The status last: libxl reads the error as soon as the status changes.
	const struct entry entries[] = {
		{.key = "hotplug-error", .value = message}, {.key = "hotplug-status", .value = "error"}};

	if (s && s->xs)
		write_if_there(s, entries, 2, NULL);
}

// Not by printf, as with format_path.
static char *format_number(unsigned int n, char buf[NUMBER_SIZE])
{
	char *digit = buf + NUMBER_SIZE - 1;

	*digit = '\0';
	do
		*--digit = (char)('0' + n % 10);
	while (n /= 10);
	return memmove(buf, digit, (size_t)(buf + NUMBER_SIZE - digit));
}

static void format_mtu(const struct store *s, uint32_t mtu, char path[PATH_SIZE], char value[NUMBER_SIZE])
{
	char domid[NUMBER_SIZE], devid[NUMBER_SIZE], *end;

	end = stpcpy(stpcpy(path, "/local/domain/"), format_number(s->domid, domid));
	stpcpy(stpcpy(stpcpy(end, "/device/vif/"), format_number(s->devid, devid)), "/mtu");
	format_number(mtu, value);
}

void store_write_guest_mtu(struct store *s, uint32_t mtu)
{
	char path[PATH_SIZE], value[NUMBER_SIZE];
	const struct entry entry = {.path = path, .value = value};

	if (!s->xs)
		return;
	format_mtu(s, mtu, path, value);
	write_if_there(s, &entry, 1, NULL);
}

int store_write_connected(struct store *s, uint32_t mtu, struct err *e)
{
	char path[PATH_SIZE], value[NUMBER_SIZE];
	const struct entry entries[] = {
		{.key = "hotplug-status", .value = "connected"}, {.path = path, .value = value}};

	if (!s->xs)
		return 0;
	format_mtu(s, mtu, path, value);
	return write_if_there(s, entries, mtu ? 2 : 1, e);
}
