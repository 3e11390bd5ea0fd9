// SPDX-License-Identifier: ISC
// Devices that aren't there yet.
#include "wait.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "snapshot.h"

static const struct device *missing(const struct topology *wanted, const struct topology *current)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct device *w = wanted->devices[i];

		if (!w->create && !w->optional && !topology_find(current, w->link.name) &&
			!(*w->renamed_from && topology_find(current, w->renamed_from)))
			return w;
	}
	return NULL;
}

static int listen_to_links(struct err *e)
{
	struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		if (fd >= 0)
			close(fd);
		return err_set(e, errno, "can't listen to the kernel's link events: %s", strerror(errno));
	}
	return fd;
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Any event will do: what it says is looked up in a new dump.
static bool wait_for_event(int fd, long deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	long left = deadline - milliseconds();
	char buf[8192];

	if (left <= 0 || (poll(&p, 1, (int)left) <= 0 && errno != EINTR))
		return false;
	while (recv(fd, buf, sizeof(buf), 0) > 0)
		;
	return true;
}

int wait_for_devices(struct netlink *nl, const struct topology *wanted, struct err *e)
{
	long deadline = milliseconds() + (long)wanted->wait * 1000;
	const struct device *w = NULL, *told = NULL;
	int r = 0, fd = -1;
	bool more = true;

	do {
		struct topology current = {0};

		r = snapshot_links(nl, &current, e);
		w = r ? NULL : missing(wanted, &current);
		topology_free(&current);
		if (!w)
			break;
		if (fd < 0) { // listen first, then look again: nothing is missed between the two
			fd = listen_to_links(e);
			r = fd < 0 ? fd : 0;
			continue;
		}
		if (w != told)
			log_info("network-vlanbridge: waiting for %s, %lu s at most", w->link.name, wanted->wait);
		told = w;
		more = wait_for_event(fd, deadline);
	} while (!r && more);
	if (fd >= 0)
		close(fd);
	return r;
}
