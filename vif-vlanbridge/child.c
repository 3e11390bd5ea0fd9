// SPDX-License-Identifier: ISC
// Runs another program, within the deadline.
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127
#define PIPE_PARTS 128 // of 512 bytes: all that a pipe holds

static void become(const char *const argv[], int in, int out)
{
	// A group of its own, so that what it started ends with it.
	setpgid(0, 0);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(NOT_FOUND);
}

// A pipe holds 64 KiB: all input is in it before the child runs, so nobody waits for the other.
static int open_input(const char *text, struct err *e)
{
	int p[2];
	size_t len = text ? strlen(text) : 0;

	if (!text) {
		p[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return p[0] < 0 ? err_set(e, errno, "/dev/null: %s", strerror(errno)) : p[0];
	}
	if (pipe2(p, O_CLOEXEC | O_NONBLOCK))
		return err_set(e, errno, "can't make a pipe: %s", strerror(errno));
	if (write(p[1], text, len) != (ssize_t)len) {
		close(p[0]);
		close(p[1]);
		return err_set(e, E2BIG, "%zu bytes are too much for a pipe", len);
	}
	close(p[1]);
	fcntl(p[0], F_SETFL, 0);
	return p[0];
}

// Takes what is there to read: the first half of what is kept stays, the other gives way to what is
// new. Returns how much it was, 0 when the other end is closed, or less.
static ssize_t collect(int fd, struct child *c, size_t *len)
{
	const size_t half = sizeof(c->output) / 2;
	char part[512];
	ssize_t n = read(fd, part, sizeof(part));
	size_t over;

	if (n <= 0)
		return n;
	if (*len + (size_t)n > sizeof(c->output) - 1) {
		over = *len + (size_t)n - (sizeof(c->output) - 1);
		memmove(c->output + half, c->output + half + over, *len - half - over);
		*len -= over;
	}
	memcpy(c->output + *len, part, (size_t)n);
	*len += (size_t)n;
	return n;
}

// Until the program has ended, not until its output has: what it leaves running may keep that open.
static int watch(int pidfd, int out, struct deadline *d, struct child *c)
{
	struct pollfd p[2] = {{.fd = pidfd, .events = POLLIN}, {.fd = out, .events = POLLIN}};
	size_t len = 0;
	ssize_t got;

	for (;;) {
		int left = deadline_left_ms(d), n = left ? poll(p, 2, left) : 0;

		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -ETIMEDOUT;
		if (n < 0)
			continue;
		// What it has left running may print without end.
		for (int parts = PIPE_PARTS; p[0].revents && parts && collect(out, c, &len) > 0;
			parts--)
			;
		if (p[0].revents)
			return 0;
		got = collect(out, c, &len);
		if (!got || (got < 0 && errno != EAGAIN && errno != EINTR))
			p[1].fd = -1;
	}
}

static int wait_for(
	pid_t pid, const char *name, int out, struct deadline *d, struct child *c, struct err *e)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status = 0;
	int r = pidfd < 0 ? -errno : watch(pidfd, out, d, c);

	if (r)
		kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (pidfd >= 0)
		close(pidfd);
	c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (r == -ETIMEDOUT)
		return err_set(e, ETIMEDOUT, "waited %d s for %s", DEADLINE_SECONDS, name);
	if (r)
		return err_set(e, -r, "can't wait for %s: %s", name, strerror(-r));
	if (c->status == NOT_FOUND && !*c->output)
		return err_set(e, ENOENT, "can't run %s: is it installed?", name);
	return 0;
}

int child_run(const char *const argv[], const char *text, struct deadline *d, struct child *ret,
	struct err *e)
{
	int in = open_input(text, e), out[2], r;
	pid_t pid;

	*ret = (struct child){0};
	if (in < 0)
		return in;
	if (!deadline_left_ms(d)) {
		close(in);
		return err_set(e, ETIMEDOUT, "no time was left for %s", argv[0]);
	}
	if (pipe2(out, O_CLOEXEC | O_NONBLOCK)) {
		close(in);
		return err_set(e, errno, "can't make a pipe: %s", strerror(errno));
	}
	signal(SIGCHLD,
		SIG_DFL); // ignored, as it may come to us, there would be no status to wait for
	pid = fork();
	if (!pid)
		become(argv, in, out[1]);
	setpgid(pid, pid); // whoever is first: it may have to be killed before it has begun
	close(in);
	close(out[1]);
	r = pid < 0 ? err_set(e, errno, "can't start %s: %s", argv[0], strerror(errno))
		    : wait_for(pid, argv[0], out[0], d, ret, e);
	close(out[0]);
	return r;
}

const char *child_first_line(struct child *c)
{
	char *line = c->output + strspn(c->output, "\n");

	line[strcspn(line, "\n")] = '\0';
	return line;
}

const char *child_last_line(struct child *c)
{
	size_t len = strlen(c->output);
	char *newline;

	while (len && c->output[len - 1] == '\n')
		c->output[--len] = '\0';
	newline = strrchr(c->output, '\n');
	return newline ? newline + 1 : c->output;
}
