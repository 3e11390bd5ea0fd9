// SPDX-License-Identifier: ISC
// Runs of the program, with a spoilt message where that is asked for.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#define ERRORS "/tmp/stderr"
#define COUNT "/tmp/count"
#define NOTICE "network-vlanbridge: "
#define TIME 30000 // ms; what takes longer hangs

static void read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
}

static int wait_for(pid_t pid)
{
	struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	int status = 0;

	if (end.fd >= 0 && poll(&end, 1, TIME) == 0)
		kill(pid, SIGABRT);
	if (end.fd >= 0)
		close(end.fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void child(const char *binary, char *const arguments[], char *const environment[])
{
	int null = open("/dev/null", O_RDWR), errors = open(ERRORS, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(null, 0);
	dup2(null, 1);
	dup2(errors, 2);
	execve(binary, arguments, environment);
	_exit(127);
}

// Notices, such as that a bond goes down for a moment, begin with the program's name and a colon; an error names the
// command.
static int error_lines(const char *text)
{
	int lines = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		lines += strncmp(text, NOTICE, strlen(NOTICE)) != 0;
	return lines;
}

void lab_run(const struct programs *p, const char *command, const char *config, struct run *run)
{
	char preload[4096], inject[128], file[128], count[32];
	char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", preload, inject, NULL};
	char *arguments[] = {(char *)(uintptr_t)p->binary, (char *)(uintptr_t)command, config ? file : NULL, NULL};
	pid_t pid;

	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", p->inject);
	snprintf(inject, sizeof(inject), "INJECT=count:" COUNT ",kill:%ld,refuse:%ld", run->kill, run->refuse);
	snprintf(file, sizeof(file), "config=%s", config ? config : "");
	unlink(COUNT);
	pid = vfork();
	if (!pid)
		child(p->binary, arguments, environment);
	run->status = pid < 0 ? 127 : wait_for(pid);
	read_file(COUNT, count, sizeof(count));
	run->changes = *count ? atol(count) : -1;
	read_file(ERRORS, run->error, sizeof(run->error));
	run->error_lines = error_lines(run->error);
}
