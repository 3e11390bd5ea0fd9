// SPDX-License-Identifier: ISC
// Short grace periods of the kernel's RCU, for a while.
#include "expedite.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char expedited[] = "/sys/kernel/rcu_expedited";

static int set_expedited(const char *value)
{
	int fd = open(expedited, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, value, 1);

	if (fd >= 0)
		close(fd);
	return n == 1 ? 0 : -1;
}

static bool is_expedited(void)
{
	int fd = open(expedited, O_RDONLY | O_CLOEXEC);
	char c = '1';

	if (fd < 0)
		return true; // no such kernel: nothing to set
	if (read(fd, &c, 1) != 1)
		c = '1';
	close(fd);
	return c != '0';
}

int expedite_begin(void)
{
	int ends[2];
	char c;
	pid_t pid;

	if (is_expedited() || pipe2(ends, O_CLOEXEC))
		return -1;
	// A process that waits for our end, however it comes, to set it back.
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		setsid();
		while (read(ends[0], &c, 1) < 0 && errno == EINTR)
			;
		set_expedited("0");
		_exit(0);
	}
	close(ends[0]);
	if (pid < 0 || set_expedited("1")) {
		close(ends[1]);
		return -1;
	}
	// A grace period, to wake whoever sleeps: the next ones are quick then.
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0);
	return ends[1];
}

void expedite_end(int guard)
{
	if (guard < 0)
		return;
	set_expedited("0");
	close(guard);
	while (waitpid(-1, NULL, 0) < 0 && errno == EINTR)
		;
}
