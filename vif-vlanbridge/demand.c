// SPDX-License-Identifier: ISC
// Bridges that network-vlanbridge creates on first use.
#include "demand.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <unistd.h>

#include "child.h"
#include "exit_status.h"
#include "names.h"

#define PROGRAM "network-vlanbridge"
#define LOCK_FILE "/run/vif-vlanbridge.lock"
#define LOCK_RETRY_US 100000

// Runs `network-vlanbridge COMMAND NAME`. The program is installed in the directory of this one.
static int run_network_vlanbridge(
	const char *command, const char *name, struct deadline *d, struct child *c, struct err *e)
{
	char program[PATH_MAX];
	const char *const argv[] = {program, command, name, NULL};
	ssize_t len;

	len = readlink("/proc/self/exe", program, sizeof(program) - sizeof(PROGRAM));
	if (len < 0)
		len = 0;
	while (len > 0 && program[len - 1] != '/')
		len--;
	memcpy(program + len, PROGRAM, sizeof(PROGRAM));
	return child_run(argv, d, c, e);
}

// Its message, without "network-vlanbridge COMMAND: ".
static const char *child_message(struct child *c)
{
	const char *line = child_last_line(c), *colon = strstr(line, ": ");

	if (colon && !strncmp(line, PROGRAM " ", strlen(PROGRAM " ")))
		return colon + strlen(": ");
	return line;
}

static void interrupt_flock(int signal)
{
	(void)signal;
}

// A blocking flock until the deadline. The timer repeats, because a signal that comes before flock
// sleeps is lost.
static bool lock_until(int fd, struct deadline *d)
{
	struct sigaction act = {.sa_handler = interrupt_flock};
	struct itimerval none = {0}, timer = {.it_interval.tv_usec = LOCK_RETRY_US, .it_value.tv_usec = LOCK_RETRY_US};
	int r = 0;

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (deadline_left_ms(d)) {
		r = flock(fd, LOCK_EX);
		if (!r || errno != EINTR)
			break;
	}
	setitimer(ITIMER_REAL, &none, NULL);
	return !r && deadline_left_ms(d);
}

int demand_lock(struct deadline *d, struct err *e)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1; // without the lock the runs are in no order, nothing worse
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	if (lock_until(fd, d))
		return fd;
	close(fd);
	return err_set(e, ETIMEDOUT, "waited %d s for bridges of other vifs to be made", DEADLINE_SECONDS);
}

void demand_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

int demand_create_bridge(const char *name, struct deadline *d, struct err *e)
{
	struct err local = {0};
	struct child c;
	int r;

	r = run_network_vlanbridge("demand", name, d, &c, &local);
	if (r == -ENOENT || (!r && c.status == EXIT_NOT_ON_DEMAND))
		return -ENODEV;
	if (r)
		return err_set(e, -r, "bridge '%s' doesn't exist, and can't be made: %s", name, local.text);
	if (c.status)
		return err_set(e, EIO, "bridge '%s' doesn't exist, and can't be made: %s", name, child_message(&c));
	return 0;
}

int demand_release_bridge(const char *bridge, struct deadline *d, struct err *e)
{
	struct child c;
	int r;

	r = run_network_vlanbridge("release", bridge, d, &c, e);
	if (r)
		return r;
	if (c.status)
		return err_set(e, EIO, "removing bridge '%s' after its last vif: %s", bridge, child_message(&c));
	return 0;
}
