// SPDX-License-Identifier: ISC
// What `update` reads and writes in xenstore.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vlans.h"
#include "xenstore.h"
#include "xenstore_session.h"

// Of enum xenbus_state in xen/io/xenbus.h.
#define STATE_CLOSING "5"
#define STATE_CLOSED "6"

static bool has_value(struct store *s, xs_transaction_t t, const char *key, const char *value)
{
	char path[PATH_SIZE + 32], *text;
	unsigned int length;
	bool same;

	snprintf(path, sizeof(path), "%s/%s", s->path, key);
	text = xs_read(s->xs, t, path, &length);
	same = text && !strcmp(text, value);
	free(text);
	return same;
}

static bool is_called(struct xs_handle *xs, const char *domid, const char *name)
{
	char path[64], *text;
	unsigned int length;
	bool same;

	snprintf(path, sizeof(path), "/local/domain/%.20s/name", domid);
	text = xs_read(xs, XBT_NULL, path, &length);
	same = text && !strcmp(text, name);
	free(text);
	return same;
}

static int find_domain(struct xs_handle *xs, const char *name, unsigned int *domid)
{
	unsigned int n;
	char **ids = xs_directory(xs, XBT_NULL, "/local/domain", &n);
	unsigned long id;
	int r = -ENOENT;

	for (unsigned int i = 0; ids && i < n && r; i++) {
		if (number_parse(ids[i], 0, REQUEST_ID_MAX, &id) || !is_called(xs, ids[i], name))
			continue;
		*domid = (unsigned int)id;
		r = 0;
	}
	free(ids);
	return r;
}

int store_find_domain(const char *name, unsigned int *domid, struct err *e)
{
	unsigned long id;
	struct xs_handle *xs;
	int r;

	if (!number_parse(name, 0, REQUEST_ID_MAX, &id)) {
		*domid = (unsigned int)id;
		return 0;
	}
	xs = xs_open(0);
	if (!xs)
		return err_set(e, ENOTCONN, "can't reach xenstored: %s", strerror(errno));
	r = find_domain(xs, name, domid);
	xs_close(xs);
	return r ? err_set(e, ENOENT, "there is no domain '%s'", name) : 0;
}

static int check_attached(struct store *s, xs_transaction_t t, struct err *e)
{
	if (has_value(s, t, "state", STATE_CLOSING) || has_value(s, t, "state", STATE_CLOSED))
		return err_set(e, ENODEV, "it is about to be detached");
	if (!has_value(s, t, "hotplug-status", "connected"))
		return err_set(e, ENODEV, "it isn't attached: its hotplug-status isn't 'connected'");
	return 0;
}

int store_check_attached(struct store *s, struct err *e)
{
	return check_attached(s, XBT_NULL, e);
}

static int write_text(
	struct store *s, xs_transaction_t t, const char *directory, const char *key, const char *text, struct err *e)
{
	char path[PATH_SIZE + 32];
	bool done;

	snprintf(path, sizeof(path), "%s/%s", directory, key);
	if (*text)
		done = xs_write(s->xs, t, path, text, (unsigned int)strlen(text));
	else
		done = xs_rm(s->xs, t, path) || errno == ENOENT;
	return done ? 0 : err_set(e, errno, "xenstore: can't write %s: %s", path, strerror(errno));
}

// libxl's directory is what it and `network-vlanbridge status` list NICs by. Only domain 0 has it.
static int write_all(
	struct store *s, xs_transaction_t t, const struct nic *before, const struct nic *after, struct err *e)
{
	static const enum nic_key keys[] = {NIC_BRIDGE, NIC_VLAN, NIC_MTU, NIC_IP};
	char libxl[PATH_SIZE], *backend;
	unsigned int length;
	int r = 0;

	snprintf(libxl, sizeof(libxl), "/libxl/%u/device/vif/%u/backend", s->domid, s->devid);
	backend = xs_read(s->xs, t, libxl, &length);
	*strrchr(libxl, '/') = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && !r; i++) {
		const char *key = nic_keys[keys[i]], *text = after->text[keys[i]];

		if (!strcmp(before->text[keys[i]], text))
			continue;
		r = write_text(s, t, s->path, key, text, e);
		if (!r && backend)
			r = write_text(s, t, libxl, key, text, e);
	}
	free(backend);
	return r;
}

// One try. Returns -EAGAIN where somebody else has changed something of it meanwhile.
static int write_once(struct store *s, const struct nic *before, const struct nic *after, struct err *e)
{
	xs_transaction_t t = xs_transaction_start(s->xs);
	int r;

	if (!t)
		return err_set(e, errno, "xenstore: can't begin a transaction: %s", strerror(errno));
	r = check_attached(s, t, e);
	if (!r)
		r = write_all(s, t, before, after, e);
	if (xs_transaction_end(s->xs, t, r) || r)
		return r;
	return errno == EAGAIN ? -EAGAIN : err_set(e, errno, "xenstore: can't end a transaction: %s", strerror(errno));
}

int store_update(struct store *s, const struct nic *before, const struct nic *after, struct err *e)
{
	int r;

	do
		r = write_once(s, before, after, e);
	while (r == -EAGAIN);
	return r;
}
