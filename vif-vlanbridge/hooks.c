// SPDX-License-Identifier: ISC
// The administrator's hooks in vif-post.d.
#include "hooks.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

// vif-bridge sources them with bash and set -e, so they may rely on both.
#define BASH "/bin/bash"
#define SCRIPT "set -e; . \"$1\""

static int is_hook_name(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	if (len <= strlen(".hook") || *d->d_name == '.')
		return 0;
	return !strcmp(d->d_name + len - strlen(".hook"), ".hook");
}

static int run_hook(const char *path, struct deadline *d, struct err *e)
{
	const char *shell = access(BASH, X_OK) ? "sh" : BASH;
	const char *const argv[] = {shell, "-c", SCRIPT, "vif-vlanbridge", path, NULL};
	struct child c;
	const char *line;
	int r;

	r = child_run(argv, d, &c, e);
	if (r)
		return err_prefix(e, "hook %s: ", path);
	if (!c.status)
		return 0;
	line = child_last_line(&c);
	return err_set(e, EIO, "hook %s failed with exit status %d%s%s", path, c.status, *line ? ": " : "", line);
}

bool hooks_exist(const char *dir)
{
	return !access(dir, F_OK);
}

int hooks_run(const char *dir, struct deadline *d, struct err *e)
{
	char path[PATH_MAX];
	struct dirent **hooks;
	int n, r = 0;

	n = scandir(dir, &hooks, is_hook_name, alphasort);
	if (n < 0)
		return err_set(e, errno, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		int len = snprintf(path, sizeof(path), "%s/%s", dir, hooks[i]->d_name);

		if (!r && len < (int)sizeof(path) && !access(path, X_OK))
			r = run_hook(path, d, e);
		free(hooks[i]);
	}
	free(hooks);
	return r;
}
