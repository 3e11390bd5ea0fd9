// SPDX-License-Identifier: ISC
// What the commands share: the desired stack, the lock.
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
	text_free(&r->text);
}

int command_run_lock(struct err *e)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX))
		return err_set(e, errno, "can't lock %s: %s%s", LOCK_FILE, strerror(errno),
			errno == EACCES ? "; are you root?" : "");
	return fd;
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

static int read_host(struct host *ret, struct err *e)
{
	struct netlink *nl = NULL;
	int result = netlink_open(&nl, e);

	if (!result)
		result = snapshot_read(nl, false, ret, e);
	netlink_close(nl);
	return result;
}

static void tell_default(const struct command_run *r)
{
	const struct config *c = &r->config;

	for (size_t i = 0; i < c->count; i++)
		if (c->devices[i]->create && c->devices[i]->link.kind == KIND_BRIDGE)
			log_info("network-vlanbridge: there is no %s: bridge %s gets the default route's device %s",
				r->config_file, c->devices[i]->link.name, c->devices[i]->mark.uplink);
}

// What the arguments leave open follows from the host. None, and no file, is network-bridge's own default.
static int read_args(char **args, struct command_run *r, struct err *e)
{
	struct host host = {0};
	int result = read_host(&host, e);

	if (!result && !*args)
		result = refuse_lost_file(&host, r, e);
	if (!result) {
		result = config_args(args, &host, &r->config, e);
		if (result && !*args)
			err_prefix(e, "there is no %s, and ", r->config_file);
	}
	if (!result && !*args)
		tell_default(r);
	r->ask = !*args && !r->confirm && !r->probes.count && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	host_free(&host);
	return result;
}

int command_run_read(char **args, struct command_run *r, struct err *e)
{
	if (*args && r->given & WITH_CONFIG)
		return err_set(e, EINVAL, "config=%s has no use with '%s', which describes a stack of its own",
			r->config_file, *args);
	r->from_args = *args || (!(r->given & WITH_CONFIG) && access(CONFIG_FILE, F_OK));
	r->scope = r->from_args ? SCOPE_ADD : SCOPE_FILE;
	if (r->from_args)
		return read_args(args, r, e);
	if (config_read_text(r->config_file, &r->text.data, &r->text.size, e))
		return -e->code;
	return config_parse(r->config_file, r->text.data, r->text.size, &r->config, e);
}

static bool carries(const struct host *h, const struct device *d, const struct config_device *c)
{
	return d->mark.vlan == c->mark.vlan &&
	       !strcmp(host_original_name(h, d->mark.uplink), host_original_name(h, c->mark.uplink));
}

// Arguments can stop only what arguments made.
static int check_stack_is_there(const struct host *h, const struct config *c, struct err *e)
{
	const char *missing = "";
	bool found = false;

	for (size_t i = 0; i < c->count; i++) {
		const struct device *d = host_find(h, c->devices[i]->link.name);

		if (!c->devices[i]->create)
			continue;
		if (!d || !device_is_ours(d)) {
			missing = c->devices[i]->link.name;
			continue;
		}
		found = true;
		if (d->mark.origin == MARK_FILE)
			return err_set(
				e, EBUSY, "%s was made from the file: take it out there, then run start", d->link.name);
		if (d->link.kind == KIND_BRIDGE && !carries(h, d, c->devices[i]))
			return err_set(e, EINVAL,
				"%s carries another uplink or VLAN than these arguments say: network-vlanbridge stop "
				"bridge=%s takes it down",
				d->link.name, d->link.name);
	}
	if (found)
		return 0;
	return err_set(e, ENODEV, "nothing was made from these arguments: there is no %s of vlanbridge's", missing);
}

int command_run_read_stop(char **args, struct command_run *r, struct err *e)
{
	struct host host = {0};
	int result;

	r->scope = SCOPE_ALL;
	r->from_args = *args;
	if (!*args)
		return 0;
	result = read_host(&host, e);
	if (!result)
		result = config_args(args, &host, &r->config, e);
	if (!result)
		result = check_stack_is_there(&host, &r->config, e);
	host_free(&host);
	return result;
}
