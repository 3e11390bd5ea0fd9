// SPDX-License-Identifier: ISC
// What the commands share: their options, the desired stack, the lock.
#include "command_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "log.h"
#include "snapshot.h"

#define LOCK_FILE "/run/network-vlanbridge.lock"

void command_run_free(struct command_run *r)
{
	config_free(&r->config);
	host_free(&r->current);
	origin_free(&r->origin);
	host_free(&r->target);
	plan_free(&r->plan);
}

// Two runs at a time would each plan on what the other is about to change. The lock goes with the process.
int command_run_lock(struct err *e)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX))
		return err_set(e, errno, "can't lock %s: %s%s", LOCK_FILE, strerror(errno),
			errno == EACCES ? "; are you root?" : "");
	return 0;
}

bool command_run_is_locked(void)
{
	int fd = open(LOCK_FILE, O_RDONLY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

// A lost ssh session or an impatient Ctrl-C must not stop the work halfway.
void command_run_hold_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

// The words before KEY=VALUE pairs (--json, --tree) and config=FILE; what remains describes a stack.
void command_run_options(char **args, struct command_run *r)
{
	char **to = args;

	r->config_file = CONFIG_FILE;
	for (; *args; args++) {
		if (!strncmp(*args, "config=", 7))
			r->config_file = *args + 7;
		else if (!strcmp(*args, "--json") || !strcmp(*args, "--tree"))
			r->output = *args;
		else
			*to++ = *args;
	}
	*to = NULL;
}

static const struct device *default_route_device(const struct host *h)
{
	const struct l3_entry *e;
	size_t at = 0;

	while ((e = host_next_entry(h, &at)))
		if (e->is_default && e->device_count)
			return host_find(h, e->devices[0].name);
	return NULL;
}

static int refuse_lost_file(const struct host *h, const struct command_run *r, struct err *e)
{
	struct mark m;

	// Not one that a killed run left before it was marked.
	for (size_t i = 0; i < h->count; i++) {
		mark_parse(h->devices[i]->link.alias, &m);
		if (m.origin == MARK_FILE && !m.parking)
			return err_set(e, ENOENT,
				"there is no %s, but %s was made from it: nothing is changed until it is back",
				r->config_file, h->devices[i]->link.name);
	}
	return 0;
}

// The device of the default route, in xenbr0, as network-bridge did. The second time it is xenbr0 itself.
static int take_default_device(struct command_run *r, const struct device *d, struct err *e)
{
	char netdev[NAME_SIZE + 8], bridge[] = "bridge=xenbr0", *args[] = {netdev, bridge, NULL};
	bool again = d->mark.inherit && d->link.kind == KIND_BRIDGE;

	snprintf(netdev, sizeof(netdev), "netdev=%s", again ? d->mark.uplink : d->link.name);
	if (!again)
		log_info("network-vlanbridge: there is no %s: xenbr0 gets the default route's device %s",
			r->config_file, d->link.name);
	return config_args(args, &r->config, e);
}

static int read_default(struct command_run *r, struct err *e)
{
	struct netlink *nl = NULL;
	struct host host = {0};
	const struct device *d;
	int result = netlink_open(&nl, e);

	if (!result)
		result = snapshot_read(nl, false, &host, e);
	if (!result)
		result = refuse_lost_file(&host, r, e);
	if (!result) {
		d = default_route_device(&host);
		if (d)
			result = take_default_device(r, d, e);
		else
			result = err_set(e, ENOENT,
				"there is neither a configuration %s nor an IPv4 default route to select a device from",
				r->config_file);
	}
	host_free(&host);
	netlink_close(nl);
	return result;
}

int command_run_read(char **args, struct command_run *r, struct err *e)
{
	bool by_default = !*args && !strcmp(r->config_file, CONFIG_FILE) && access(CONFIG_FILE, F_OK);

	r->from_args = *args || by_default;
	r->scope = r->from_args ? SCOPE_ADD : SCOPE_FILE;
	if (by_default)
		return read_default(r, e);
	if (r->from_args)
		return config_args(args, &r->config, e);
	return config_read(r->config_file, &r->config, e);
}
