// SPDX-License-Identifier: ISC
// Reading the state by netlink dumps, without a process: they start slowly in user-mode Linux. And comparing it.
#include "state.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int dump(struct reader *r, int type, const void *header, size_t size, read_function *read)
{
	static char buffer[65536];
	struct {
		struct nlmsghdr h;
		char body[64];
	} request = {.h = {.nlmsg_len = (unsigned int)NLMSG_LENGTH(size),
			     .nlmsg_type = (unsigned short)type,
			     .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			     .nlmsg_seq = ++r->seq}};

	memcpy(request.body, header, size);
	if (send(r->fd, &request, request.h.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		ssize_t n = recv(r->fd, buffer, sizeof(buffer), 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)buffer;

		if (n < 0)
			return -errno;
		for (; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
			read(r, h);
		}
	}
}

const struct device *device_by_index(const struct state *s, int index)
{
	for (size_t i = 0; i < s->device_count; i++)
		if (s->devices[i].index == index)
			return &s->devices[i];
	return NULL;
}

const char *device_name(const struct state *s, int index)
{
	const struct device *d = device_by_index(s, index);

	return d ? d->name : index ? "?" : "-";
}

const struct device *state_device(const struct state *s, const char *name)
{
	for (size_t i = 0; i < s->device_count; i++)
		if (!strcmp(s->devices[i].name, name))
			return &s->devices[i];
	return NULL;
}

const char *state_find(const struct state *s, const char *beginning)
{
	for (size_t i = 0; i < s->count; i++)
		if (!strncmp(s->lines[i].text, beginning, strlen(beginning)))
			return s->lines[i].text;
	return NULL;
}

bool is_guest(const char *name)
{
	return !strncmp(name, "vif", 3);
}

void hex(const void *data, size_t length, char *text, size_t size)
{
	const unsigned char *bytes = data;

	*text = '\0';
	for (size_t i = 0; i < length && 2 * i + 3 < size; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

void add_line(struct state *s, const char *device, unsigned int flags, const char *format, ...)
{
	struct line *l;
	va_list arguments;

	if (s->count % 256 == 0)
		s->lines = realloc(s->lines, (s->count + 256) * sizeof(*s->lines));
	if (!s->lines)
		abort();
	l = &s->lines[s->count++];
	snprintf(l->device, sizeof(l->device), "%s", device);
	l->flags = flags | (is_guest(device) ? LINE_GUEST : 0);
	va_start(arguments, format);
	if (vasprintf(&l->text, format, arguments) < 0)
		abort();
	va_end(arguments);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->text, ((const struct line *)b)->text);
}

int state_read(struct state *s)
{
	struct reader r = {.s = s, .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
	int error;

	memset(s, 0, sizeof(*s));
	if (r.fd < 0)
		return -errno;
	error = read_links(&r);
	if (!error)
		error = read_port_vlans(&r);
	if (!error)
		error = read_l3(&r);
	close(r.fd);
	if (s->count)
		qsort(s->lines, s->count, sizeof(*s->lines), by_text);
	return error;
}

void state_free(struct state *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->lines[i].text);
	free(s->lines);
	free(s->devices);
	memset(s, 0, sizeof(*s));
}

static bool waits_for_link_local(const struct state *s, const struct device *d)
{
	const struct device *master = device_by_index(s, d->master);

	if (!d->up || !d->carrier || !d->addr_gen || d->ours || d->marked || d->has_link_local || is_guest(d->name))
		return false;
	return strcmp(d->name, "lo") && !(master && !strcmp(master->kind, "bond"));
}

bool state_settled(const struct state *s)
{
	for (size_t i = 0; i < s->device_count; i++)
		if (waits_for_link_local(s, &s->devices[i]))
			return false;
	return true;
}

static void difference(char sign, const struct line *l, char *text, size_t size)
{
	size_t used = strlen(text);

	if (used + strlen(l->text) + 5 < size)
		snprintf(text + used, size - used, "# %c%s\n", sign, l->text);
}

static const struct line *next_line(const struct state *s, size_t *i, unsigned int ignore)
{
	while (*i < s->count && s->lines[*i].flags & (ignore | LINE_RANDOM))
		++*i;
	return *i < s->count ? &s->lines[*i] : NULL;
}

size_t state_compare(const struct state *a, const struct state *b, unsigned int ignore, char *text, size_t size)
{
	size_t i = 0, k = 0, differences = 0;
	const struct line *x, *y;

	*text = '\0';
	for (;;) {
		int order;

		x = next_line(a, &i, ignore);
		y = next_line(b, &k, ignore);
		if (!x && !y)
			return differences;
		order = !x ? 1 : !y ? -1 : strcmp(x->text, y->text);
		i += order <= 0;
		k += order >= 0;
		if (!order)
			continue;
		differences++;
		difference(order < 0 ? '-' : '+', order < 0 ? x : y, text, size);
	}
}
