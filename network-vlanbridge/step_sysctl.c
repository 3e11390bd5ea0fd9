// SPDX-License-Identifier: ISC
// Steps that aren't a message: per-device sysctls, and the mode in which a device that is up makes link-local
// addresses.
#include "step_sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "link_sysctl.h"

// Of a device that is up: asked by sysctl, the kernel makes link-local addresses again at once; by netlink only when it
// comes up anew.
static bool is_addr_gen(const struct step *s)
{
	return s->link->set == LINK_ADDR_GEN && s->link->addr_gen != LINK_ADDR_GEN_NONE && s->link->up;
}

bool step_is_sysctl(const struct step *s)
{
	return s->kind == STEP_LINK_SET && (s->link->set == LINK_SYSCTLS || is_addr_gen(s));
}

static void print_path(char path[128], const char *device, const char *family, const char *name)
{
	snprintf(path, 128, "/proc/sys/net/%s/conf/%s/%s", family, device, name);
}

static int write_sysctl(const char *device, const char *family, const char *name, int value, struct err *e)
{
	char path[128], text[16];
	int fd, n, r = 0;

	print_path(path, device, family, name);
	n = snprintf(text, sizeof(text), "%d", value);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		r = err_set(e, errno, "can't write %s to %s: %s", text, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

// Whether there is such a sysctl, and it has another value. Without IPv6, or in an older kernel, it may be missing.
static bool differs(const char *device, const struct link_sysctl *c, int wanted)
{
	char path[128];
	int value = 0;
	bool known;
	FILE *f;

	print_path(path, device, c->family, c->name);
	f = fopen(path, "re");
	if (!f)
		return false;
	known = fscanf(f, "%d", &value) == 1;
	fclose(f);
	return known && value != wanted;
}

int step_set_sysctls(const struct step *s, struct err *e)
{
	const char *device = s->link->name;
	int r = 0;

	if (s->link->set == LINK_ADDR_GEN)
		return write_sysctl(device, "ipv6", "addr_gen_mode", (int)s->link->addr_gen, e);
	for (size_t n = 0; n < LINK_SYSCTL_COUNT && !r; n++) {
		// disable_ipv6 comes first, and goes last: it tells that the others may be ours.
		size_t i = link_is_without_ipv6(s->link) ? LINK_SYSCTL_COUNT - 1 - n : n;
		const struct link_sysctl *c = &link_sysctls[i];

		if (s->link->sysctls_known >> i & 1 && differs(device, c, s->link->sysctls[i]))
			r = write_sysctl(device, c->family, c->name, s->link->sysctls[i], e);
	}
	return r;
}
