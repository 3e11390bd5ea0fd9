// SPDX-License-Identifier: ISC
// Runs another program until the deadline.
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127
#define PART_SIZE 512
#define PIPE_PARTS 128 // all that a pipe holds: 64 KiB

// The descriptors of a program.
struct streams {
	int in, out, err;
	int read; // the other end of out and err, or -1
};

// In the child process. It leads a process group of its own, so that its children can be killed
// with it.
static void exec_program(const char *const argv[], const struct streams *s)
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	dup2(s->in, STDIN_FILENO);
	dup2(s->out, STDOUT_FILENO);
	dup2(s->err, STDERR_FILENO);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(NOT_FOUND);
}

static int open_input(struct err *e)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, errno, "/dev/null: %s", strerror(errno));
	return fd;
}

// Drops output from the middle, so that n bytes more fit: the first half stays.
static void make_room(struct child *c, size_t *len, size_t n)
{
	const size_t half = sizeof(c->output) / 2, max = sizeof(c->output) - 1;
	size_t over;

	if (*len + n <= max)
		return;
	over = *len + n - max;
	memmove(c->output + half, c->output + half + over, *len - half - over);
	*len -= over;
}

// Reads once. Returns as read does.
static ssize_t read_output(int fd, struct child *c, size_t *len)
{
	char part[PART_SIZE];
	ssize_t n = read(fd, part, sizeof(part));

	if (n <= 0)
		return n;
	make_room(c, len, (size_t)n);
	memcpy(c->output + *len, part, (size_t)n);
	*len += (size_t)n;
	return n;
}

// After the program's end: what is in the pipe, and no more, because a process that the program
// left running may print without end.
static void read_rest(int fd, struct child *c, size_t *len)
{
	for (int parts = 0; parts < PIPE_PARTS; parts++)
		if (read_output(fd, c, len) <= 0)
			return;
}

static bool is_end_of_output(ssize_t got)
{
	if (!got)
		return true;
	return got < 0 && errno != EAGAIN && errno != EINTR;
}

// Reads output until the program has ended. The end of its output isn't waited for: a process that
// it left running may keep that open.
static int watch_program(int pidfd, int out, struct deadline *d, struct child *c)
{
	struct pollfd p[2] = {{.fd = pidfd, .events = POLLIN}, {.fd = out, .events = POLLIN}};
	size_t len = 0;
	int left, n;

	for (;;) {
		left = deadline_left_ms(d);
		if (!left)
			return -ETIMEDOUT;
		n = poll(p, 2, left);
		if (!n)
			return -ETIMEDOUT;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			continue;
		if (p[0].revents) {
			read_rest(out, c, &len);
			return 0;
		}
		if (is_end_of_output(read_output(out, c, &len)))
			p[1].fd = -1;
	}
}

static int watch_pid(pid_t pid, int out, struct deadline *d, struct child *c)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), r;

	if (pidfd < 0)
		return -errno;
	r = watch_program(pidfd, out, d, c);
	close(pidfd);
	return r;
}

static int wait_for_program(pid_t pid, const char *name, int out, struct deadline *d, struct child *c, struct err *e)
{
	int status = 0, r;

	r = watch_pid(pid, out, d, c);
	if (r)
		kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (r == -ETIMEDOUT)
		return err_set(e, ETIMEDOUT, "waited %d s for %s", d->seconds, name);
	if (r)
		return err_set(e, -r, "can't wait for %s: %s", name, strerror(-r));
	if (c->status == NOT_FOUND && out >= 0 && !*c->output)
		return err_set(e, ENOENT, "can't run %s: is it installed?", name);
	return 0;
}

// Closes s->in.
static int run(const char *const argv[], const struct streams *s, struct deadline *d, struct child *ret, struct err *e)
{
	pid_t pid;

	// We may have been started with SIGCHLD ignored: the exit status would be lost.
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (!pid)
		exec_program(argv, s);
	// Here too, whoever is first: it may have to be killed before it has run.
	setpgid(pid, pid);
	close(s->in);
	if (s->read >= 0)
		close(s->out);
	if (pid < 0)
		return err_set(e, errno, "can't start %s: %s", argv[0], strerror(errno));
	return wait_for_program(pid, argv[0], s->read, d, ret, e);
}

// Its input, unless there is no time left.
static int prepare(const char *program, struct deadline *d, struct child *ret, struct err *e)
{
	*ret = (struct child){0};
	if (!deadline_left_ms(d))
		return err_set(e, ETIMEDOUT, "no time was left for %s", program);
	return open_input(e);
}

int child_run(const char *const argv[], struct deadline *d, struct child *ret, struct err *e)
{
	int in, out[2], r;

	in = prepare(argv[0], d, ret, e);
	if (in < 0)
		return in;
	if (pipe2(out, O_CLOEXEC | O_NONBLOCK)) {
		close(in);
		return err_set(e, errno, "can't make a pipe: %s", strerror(errno));
	}
	r = run(argv, &(struct streams){in, out[1], out[1], out[0]}, d, ret, e);
	close(out[0]);
	return r;
}

int child_run_with(const char *const argv[], int out, int err, struct deadline *d, struct child *ret, struct err *e)
{
	int in = prepare(argv[0], d, ret, e);

	if (in < 0)
		return in;
	return run(argv, &(struct streams){in, out, err, -1}, d, ret, e);
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
