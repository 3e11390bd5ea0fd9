// SPDX-License-Identifier: ISC
// Devices that aren't there yet.
#include "wait.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "snapshot.h"

static const struct config_device *find_missing(const struct config *config, const struct host *current)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct config_device *w = config->devices[i];

		if (!w->create && !w->optional && !host_find(current, w->link.name) &&
			!(*w->renamed_from && host_find(current, w->renamed_from)))
			return w;
	}
	return NULL;
}

bool wait_is_needed(const struct config *config, const struct host *current)
{
	return config->wait && find_missing(config, current);
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int wait_for_devices(struct netlink *nl, const struct config *config, struct err *e)
{
	long deadline = milliseconds() + (long)config->wait * 1000;
	const struct config_device *w = NULL, *told = NULL;
	int r = 0, fd = -1;
	bool more = true;

	do {
		struct host current = {0};

		r = snapshot_links(nl, &current, e);
		w = r ? NULL : find_missing(config, &current);
		host_free(&current);
		if (!w)
			break;
		if (fd < 0) { // listen first, then look again: nothing is missed between the two
			fd = netlink_listen(RTMGRP_LINK, e);
			r = fd < 0 ? fd : 0;
			continue;
		}
		if (w != told)
			log_info("network-vlanbridge: waiting for %s, %lu s at most", w->link.name, config->wait);
		told = w;
		more = netlink_wait(fd, deadline - milliseconds());
	} while (!r && more);
	if (fd >= 0)
		close(fd);
	return r;
}
