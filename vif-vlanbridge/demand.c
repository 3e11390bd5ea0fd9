// SPDX-License-Identifier: ISC
// Bridges on demand, made by network-vlanbridge.
#include "demand.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <unistd.h>

#include "child.h"
#include "names.h"

#define PROGRAM "network-vlanbridge"
#define LOCK_FILE "/run/vif-vlanbridge.lock"

// Its exit status that means: the file doesn't have this on demand.
#define NOT_ON_DEMAND 3

// The program is installed next to this one.
static int run(
	const char *command, const char *name, struct deadline *d, struct child *c, struct err *e)
{
	char program[PATH_MAX];
	const char *const argv[] = {program, command, name, NULL};
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - sizeof(PROGRAM));

	while (n > 0 && program[n - 1] != '/')
		n--;
	memcpy(program + (n > 0 ? n : 0), PROGRAM, sizeof(PROGRAM));
	return child_run(argv, NULL, d, c, e);
}

// Its sentence, without "network-vlanbridge COMMAND: ".
static const char *said(struct child *c)
{
	const char *line = child_last_line(c), *end = strstr(line, ": ");

	return end && !strncmp(line, PROGRAM " ", sizeof(PROGRAM)) ? end + 2 : line;
}

static void wake(int signal)
{
	(void)signal;
}

int demand_lock(struct deadline *d, struct err *e)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600), r = 0;
	struct sigaction act = {.sa_handler = wake};
	struct itimerval timer = {.it_interval.tv_usec = 100000}, none = {0};

	// Without it there is no order, and nothing worse.
	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	// Repeated, because a signal that comes before flock sleeps is lost.
	timer.it_value = timer.it_interval;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (deadline_left_ms(d) && (r = flock(fd, LOCK_EX)) && errno == EINTR)
		;
	setitimer(ITIMER_REAL, &none, NULL);
	if (!r && deadline_left_ms(d))
		return fd;
	close(fd);
	return err_set(
		e, ETIMEDOUT, "waited %d s for bridges of other vifs to be made", DEADLINE_SECONDS);
}

void demand_unlock(int turn)
{
	if (turn >= 0)
		close(turn);
}

int demand_create_bridge(const char *name, struct deadline *d, struct err *e)
{
	struct err local = {0};
	struct child c;
	int r = run("demand", name, d, &c, &local);

	if (r == -ENOENT || (!r && c.status == NOT_ON_DEMAND))
		return -ENODEV;
	if (r)
		return err_set(e, -r, "bridge '%s' doesn't exist, and can't be made: %s", name,
			local.text);
	if (c.status)
		return err_set(
			e, EIO, "bridge '%s' doesn't exist, and can't be made: %s", name, said(&c));
	return 0;
}

int demand_release_bridge(const char *bridge, struct deadline *d, struct err *e)
{
	struct child c;
	int r = run("release", bridge, d, &c, e);

	if (!r && c.status)
		r = err_set(
			e, EIO, "removing bridge '%s' after its last vif: %s", bridge, said(&c));
	return r;
}
