// SPDX-License-Identifier: ISC
// What an unconfirmed change goes back to: the last confirmed file, nothing where nothing was made from one, or for a
// new stack from arguments the host without it.
#include "confirm_way_back.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "confirm_deadline.h"
#include "snapshot.h"

// In the text of BACK_BY_REMOVING, one name per line: what goes, and what is only named.
#define MADE '+'
#define NAMED '='

static const struct device *find_ours(const struct host *h, enum mark_origin origin)
{
	for (size_t i = 0; i < h->count; i++)
		if (device_is_ours(h->devices[i]) && h->devices[i]->mark.origin == origin &&
			!h->devices[i]->mark.parking)
			return h->devices[i];
	return NULL;
}

// The first device that the configuration makes, and that is ours already.
static const struct device *find_made(const struct host *h, const struct config *c, bool by_args)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct device *d = c->devices[i]->create ? host_find(h, c->devices[i]->link.name) : NULL;

		if (d && device_is_ours(d) && (!by_args || d->mark.origin == MARK_ARGS))
			return d;
	}
	return NULL;
}

static int print_names(const struct config *c, struct text *ret, struct err *e)
{
	FILE *f = open_memstream(&ret->data, &ret->size);

	if (!f)
		return err_set(e, ENOMEM, "no memory for the way back");
	for (size_t i = 0; i < c->count; i++)
		fprintf(f, "%c%s\n", c->devices[i]->create ? MADE : NAMED, c->devices[i]->link.name);
	return fclose(f) ? err_set(e, ENOMEM, "no memory for the way back") : 0;
}

static int choose_for_args(const struct host *now, const struct command_run *r, struct unconfirmed *u, struct err *e)
{
	const struct device *there = find_made(now, &r->config, false);

	if (r->stop)
		return err_set(e, EINVAL,
			"confirm= and probe= with arguments are for a new stack: there is no way back to one that is "
			"stopped; put "
			"it into "
			"%s for that",
			r->config_file);
	if (there)
		return err_set(e, EEXIST,
			"confirm= and probe= with arguments are for a new stack: there would be no way back to what %s "
			"is now; put "
			"it into "
			"%s for that",
			there->link.name, r->config_file);
	u->back = BACK_BY_REMOVING;
	return print_names(&r->config, &u->text, e);
}

static int copy_text(const struct text *from, struct text *ret, struct err *e)
{
	if (!from->data)
		return 0;
	ret->data = strdup(from->data);
	ret->size = from->size;
	return ret->data ? 0 : err_set(e, ENOMEM, "no memory for the way back");
}

static int choose_for_file(
	const struct host *now, const struct command_run *r, bool restart, struct unconfirmed *u, struct err *e)
{
	const struct device *lost = r->stop || restart ? find_ours(now, MARK_ARGS) : find_made(now, &r->config, true);
	struct confirmed list[STORE_KEPT];
	size_t count;

	if (lost)
		return err_set(e, EEXIST,
			"there would be no way back, for confirm= or probe=: %s was made from arguments, and there is "
			"a way back only to what the "
			"file "
			"made; stop it with its arguments first, or leave these out",
			lost->link.name);
	if (confirmed_list(list, &count, e))
		return -e->code;
	u->back = find_ours(now, MARK_FILE) ? BACK_TO_CONFIRMED : BACK_TO_NOTHING;
	if (u->back == BACK_TO_CONFIRMED && !count)
		return err_set(e, ENOENT,
			"there is no confirmed configuration to go back to: run 'network-vlanbridge start' once with "
			"the file "
			"that made %s",
			find_ours(now, MARK_FILE)->link.name);
	return copy_text(&r->text, &u->text, e);
}

int way_back_choose(struct netlink *nl, const struct command_run *r, bool restart, struct unconfirmed *u, struct err *e)
{
	struct host now = {0};
	int result = snapshot_links(nl, &now, e);

	if (!result && r->from_args)
		result = choose_for_args(&now, r, u, e);
	else if (!result)
		result = choose_for_file(&now, r, restart, u, e);
	host_free(&now);
	return result;
}

const char *way_back_describe(const struct unconfirmed *u, char buf[WAY_BACK_SIZE])
{
	struct confirmed list[STORE_KEPT];
	size_t count = 0;
	char date[32];

	confirmed_list(list, &count, &(struct err){0});
	if (u->back != BACK_TO_CONFIRMED || !count)
		return "what it was before";
	strftime(date, sizeof(date), "%F %T", localtime(&list[0].date));
	snprintf(buf, WAY_BACK_SIZE, "the configuration confirmed at %s", date);
	return buf;
}

static int read_names(char *names, struct config *ret, struct err *e)
{
	struct config_device *d;
	char *rest = NULL;
	int r;

	for (char *line = strtok_r(names, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		r = config_add(ret, line + 1, &d);
		if (r)
			return err_set(e, -r, "can't name '%s': %s", line + 1, strerror(-r));
		d->create = *line == MADE;
	}
	return 0;
}

static int read_last(struct config *ret, struct err *e)
{
	struct confirmed list[STORE_KEPT];
	struct text t = {0};
	size_t count;
	int r = confirmed_list(list, &count, e);

	if (!r && !count)
		r = err_set(e, ENOENT, "there is no confirmed configuration in " STORE);
	if (!r)
		r = confirmed_read(list[0].number, &t, e);
	if (!r)
		r = config_parse("the confirmed configuration", t.data, t.size, ret, e);
	text_free(&t);
	return r;
}

int way_back_read_config(const struct unconfirmed *u, struct config *ret, struct err *e)
{
	struct text names = {0};
	int r;

	if (u->back == BACK_TO_NOTHING)
		return 0;
	if (u->back == BACK_TO_CONFIRMED)
		return read_last(ret, e);
	r = copy_text(&u->text, &names, e);
	if (!r && names.data)
		r = read_names(names.data, ret, e);
	text_free(&names);
	return r;
}

void way_back_boot_id(char id[BOOT_ID_SIZE])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!f || fscanf(f, "%39s", id) != 1)
		snprintf(id, BOOT_ID_SIZE, "unknown");
	if (f)
		fclose(f);
}

bool way_back_is_this_boot(const char *id)
{
	char now[BOOT_ID_SIZE];

	way_back_boot_id(now);
	return !strcmp(id, now);
}

void way_back_print_time(long long deadline, char buf[32])
{
	time_t t = time(NULL) + (time_t)((deadline - deadline_now()) / SECOND);

	strftime(buf, 32, "%F %T", localtime(&t));
}
