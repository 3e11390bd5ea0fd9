// SPDX-License-Identifier: ISC
// The administrator's hooks in vif-post.d.
#include "hooks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

// vif-bridge sources them with bash and set -e, so they may rely on both, and on its arguments. Its variables are the
// shell's own: for a run that a hook starts, ip, mtu or vlan in the environment would be what is asked for.
#define BASH "/bin/bash"
#define SCRIPT                                                                                                         \
	"unset f dev bridge command type_if ip mtu vifname vlan domid devid\n"                                         \
	"f=$1 dev=$2 bridge=$3 command=$4 type_if=$5 ip=$6 mtu=$7 vifname=$8 vlan=$9\n"                                \
	"domid=${10} devid=${11} XENBUS_PATH=${12}\n"                                                                  \
	"if [ $type_if = tap ]; then INTERFACE=${13}; else vif=${13}; fi\n"                                            \
	"set -- $command type_if=$type_if\n"                                                                           \
	"set -e\n"                                                                                                     \
	". \"$f\""
#define NUMBER_SIZE 16

static int is_hook_name(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	if (len <= strlen(".hook") || *d->d_name == '.')
		return 0;
	return !strcmp(d->d_name + len - strlen(".hook"), ".hook");
}

// What it said last since the log had so many bytes. Another hook that runs at the same time may have said it.
static const char *read_last_line(int log, off_t start, struct child *c)
{
	off_t end = log < 0 ? 0 : lseek(log, 0, SEEK_END), room = sizeof(c->output) - 1;
	ssize_t n;

	if (end - start > room)
		start = end - room;
	n = end > start ? pread(log, c->output, (size_t)(end - start), start) : 0;
	c->output[n > 0 ? n : 0] = '\0';
	return child_last_line(c);
}

static int run_shell(const char *const argv[], int log, struct deadline *d, struct err *e)
{
	off_t start = log < 0 ? 0 : lseek(log, 0, SEEK_END);
	const char *path = argv[4], *line;
	struct child c;
	int r;

	r = child_run_with(argv, STDOUT_FILENO, log < 0 ? STDERR_FILENO : log, d, &c, e);
	if (r)
		return err_prefix(e, "hook %s: ", path);
	if (!c.status)
		return 0;
	line = read_last_line(log, start, &c);
	return err_set(e, EIO, "hook %s failed with exit status %d%s%s", path, c.status, *line ? ": " : "", line);
}

static int run_hook(const char *path, int log, const struct hook_variables *v, struct deadline *d, struct err *e)
{
	const char *shell = access(BASH, X_OK) ? "sh" : BASH;
	char domid[NUMBER_SIZE], devid[NUMBER_SIZE];
	const char *const argv[] = {shell, "-c", SCRIPT, "vif-vlanbridge", path, v->dev, v->bridge, v->command,
		v->type_if, v->ip, v->mtu, v->vifname, v->vlan, domid, devid, v->path, v->device, NULL};

	snprintf(domid, sizeof(domid), "%u", v->domid);
	snprintf(devid, sizeof(devid), "%u", v->devid);
	return run_shell(argv, log, d, e);
}

bool hooks_exist(const char *dir)
{
	return !access(dir, F_OK);
}

int hooks_run(const char *dir, const char *log, const struct hook_variables *v, struct deadline *d, struct err *e)
{
	int n, r = 0, log_fd;
	struct dirent **hooks;
	char path[PATH_MAX];

	n = scandir(dir, &hooks, is_hook_name, alphasort);
	if (n < 0)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	log_fd = n ? open(log, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644) : -1;
	for (int i = 0; i < n; i++) {
		int len = snprintf(path, sizeof(path), "%s/%s", dir, hooks[i]->d_name);

		if (!r && len < (int)sizeof(path) && !access(path, X_OK))
			r = run_hook(path, log_fd, v, d, e);
		free(hooks[i]);
	}
	free(hooks);
	if (log_fd >= 0)
		close(log_fd);
	return r;
}
