// SPDX-License-Identifier: ISC
// /var/lib/vlanbridge: every file is written beside its place, brought to the disk and renamed, so that a reader finds
// it whole or not at all.
#include "confirm_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "vlans.h"

#define CONFIRMED "confirmed."
#define NEW ".new"
#define HEAD_END "\n\n" // the text follows

static const char *const unconfirmed_names[] = {
	[UNCONFIRMED_WAITING] = "unconfirmed",
	[UNCONFIRMED_REJECTED] = "rejected",
};

void text_free(struct text *t)
{
	free(t->data);
	*t = (struct text){0};
}

bool text_is_same(const struct text *a, const struct text *b)
{
	return a->data && b->data && a->size == b->size && !memcmp(a->data, b->data, a->size);
}

void confirmed_path(unsigned long number, char path[CONFIRMED_PATH_SIZE])
{
	snprintf(path, CONFIRMED_PATH_SIZE, STORE "/" CONFIRMED "%lu", number);
}

static int write_all(int fd, const char *data, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, data + done, size - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

static int write_new(int dir, const char *head, const struct text *t)
{
	int fd = openat(dir, NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, head, strlen(head));
	if (!r)
		r = write_all(fd, t->data, t->size);
	if (!r && fsync(fd))
		r = -errno;
	if (close(fd) && !r)
		r = -errno;
	return r;
}

static int open_directory(void)
{
	int fd;

	if (mkdir(STORE, 0700) && errno != EEXIST)
		return -errno;
	fd = open(STORE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int write_file(const char *name, const char *head, const struct text *t, struct err *e)
{
	int dir = open_directory();
	int r = dir < 0 ? dir : write_new(dir, head, t);

	if (!r && renameat(dir, NEW, dir, name))
		r = -errno;
	if (!r && fsync(dir))
		r = -errno;
	if (dir >= 0)
		close(dir);
	return r ? err_set(e, -r, "can't write " STORE "/%s: %s", name, strerror(-r)) : 0;
}

static int remove_file(const char *path, struct err *e)
{
	if (unlink(path) && errno != ENOENT)
		return err_set(e, errno, "can't delete %s: %s", path, strerror(errno));
	return 0;
}

static int is_confirmed(const struct dirent *d)
{
	unsigned long n;

	return !strncmp(d->d_name, CONFIRMED, strlen(CONFIRMED)) &&
	       !number_parse(d->d_name + strlen(CONFIRMED), 1, UINT32_MAX, &n);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	const char *x = (*a)->d_name, *y = (*b)->d_name;

	return strlen(x) != strlen(y) ? (strlen(x) < strlen(y) ? 1 : -1) : strcmp(y, x);
}

static void describe(const char *name, struct confirmed *ret)
{
	char path[CONFIRMED_PATH_SIZE];
	struct stat s = {0};

	number_parse(name + strlen(CONFIRMED), 1, UINT32_MAX, &ret->number);
	confirmed_path(ret->number, path);
	stat(path, &s);
	ret->date = s.st_mtime;
	ret->size = (size_t)s.st_size;
}

int confirmed_list(struct confirmed list[STORE_KEPT], size_t *count, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(STORE, &names, is_confirmed, by_number);

	*count = 0;
	if (n < 0 && errno != ENOENT)
		return err_set(e, errno, "can't read " STORE ": %s%s", strerror(errno),
			errno == EACCES ? "; are you root?" : "");
	for (int i = 0; i < n; i++) {
		if (*count < STORE_KEPT)
			describe(names[i]->d_name, &list[(*count)++]);
		free(names[i]);
	}
	free(names);
	return 0;
}

static int read_file(const char *path, struct text *ret, struct err *e)
{
	int r = config_read_text(path, &ret->data, &ret->size, e);

	if (r)
		text_free(ret);
	return r;
}

int confirmed_read(unsigned long number, struct text *ret, struct err *e)
{
	char path[CONFIRMED_PATH_SIZE];

	confirmed_path(number, path);
	return read_file(path, ret, e);
}

// The new one first: a kill leaves one too many rather than one too few. It has the number after the last, so the
// oldest one of a full list is the only one to go.
static int add(const struct text *t, const struct confirmed list[STORE_KEPT], size_t count, struct err *e)
{
	unsigned long number = count ? list[0].number + 1 : 1;
	char path[CONFIRMED_PATH_SIZE];
	int r;

	confirmed_path(number, path);
	r = write_file(path + strlen(STORE "/"), "", t, e);
	if (r || count < STORE_KEPT)
		return r;
	confirmed_path(list[STORE_KEPT - 1].number, path);
	return remove_file(path, e);
}

bool confirmed_is_last(const struct text *t)
{
	struct confirmed list[STORE_KEPT];
	struct text last = {0};
	struct err e;
	size_t count;
	bool same = !confirmed_list(list, &count, &e) && count && !confirmed_read(list[0].number, &last, &e) &&
		    text_is_same(&last, t);

	text_free(&last);
	return same;
}

int confirmed_add(const struct text *t, struct err *e)
{
	struct confirmed list[STORE_KEPT];
	size_t count;

	if (confirmed_is_last(t))
		return 0;
	if (confirmed_list(list, &count, e))
		return -e->code;
	return add(t, list, count, e);
}

static void unconfirmed_path(enum unconfirmed_kind kind, char path[CONFIRMED_PATH_SIZE])
{
	snprintf(path, CONFIRMED_PATH_SIZE, STORE "/%s", unconfirmed_names[kind]);
}

static void read_head(struct unconfirmed *u)
{
	const char *end = strstr(u->text.data, HEAD_END);
	size_t length = end ? (size_t)(end - u->text.data) + strlen(HEAD_END) : 0;
	int made = 0, back = BACK_TO_CONFIRMED, probing = 0;

	sscanf(u->text.data, "boot %39s deadline %lld made %d back %d probing %d", u->boot, &u->deadline, &made, &back,
		&probing);
	// Of a clock that begins at 0: anything less is nothing that was written here.
	if (u->deadline < 0)
		u->deadline = 0;
	u->made = made;
	u->probing = probing;
	u->back = (enum way_back)back;
	u->text.size -= length;
	memmove(u->text.data, u->text.data + length, u->text.size + 1);
}

int unconfirmed_read(enum unconfirmed_kind kind, struct unconfirmed *ret, struct err *e)
{
	char path[CONFIRMED_PATH_SIZE];
	int r;

	*ret = (struct unconfirmed){0};
	unconfirmed_path(kind, path);
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	r = read_file(path, &ret->text, e);
	if (!r)
		read_head(ret);
	return r;
}

int unconfirmed_write(enum unconfirmed_kind kind, const struct unconfirmed *u, struct err *e)
{
	char head[160];

	snprintf(head, sizeof(head), "boot %s\ndeadline %lld\nmade %d\nback %d\nprobing %d" HEAD_END, u->boot,
		u->deadline, u->made, (int)u->back, u->probing);
	return write_file(unconfirmed_names[kind], head, &u->text, e);
}

int unconfirmed_remove(enum unconfirmed_kind kind, struct err *e)
{
	char path[CONFIRMED_PATH_SIZE];

	unconfirmed_path(kind, path);
	return remove_file(path, e);
}

int unconfirmed_reject(struct err *e)
{
	const char *from = unconfirmed_names[UNCONFIRMED_WAITING], *to = unconfirmed_names[UNCONFIRMED_REJECTED];
	int dir = open_directory();
	int r = dir < 0 ? dir : 0;

	if (!r && renameat(dir, from, dir, to))
		r = -errno;
	if (!r && fsync(dir))
		r = -errno;
	if (dir >= 0)
		close(dir);
	return r ? err_set(e, -r, "can't rename " STORE "/%s to %s: %s", from, to, strerror(-r)) : 0;
}
