// SPDX-License-Identifier: ISC
// Other programs that do what isn't ours to do: modprobe, the host's DHCP client, systemd.
#include "external.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS 12
#define END_MILLISECONDS 3000
#define OUTPUT_SIZE 16384

static const char *const directories[] = {"/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/lib/busybox"};

// {dev} stands for the device. A client goes into the background by itself, and finds its own process to end it.
static const struct client {
	const char *program;
	const char *start[ARGUMENTS], *stop[ARGUMENTS];
} clients[] = {
	{"dhcpcd", {"-q", "-b", "{dev}"}, {"-q", "-k", "{dev}"}},
	{"dhclient", {"-nw", "-pf", "/run/dhclient.{dev}.pid", "-lf", "/run/dhclient.{dev}.leases", "{dev}"},
		{"-r", "-pf", "/run/dhclient.{dev}.pid", "-lf", "/run/dhclient.{dev}.leases", "{dev}"}},
	// -R: release the lease when it is ended, which also takes the address off. In the foreground and not waited
	// for, since it goes into the background only after 9 s without an answer; then another try every 3 s.
	{"udhcpc", {"-f", "-R", "-S", "-A", "3", "-p", "/run/udhcpc.{dev}.pid", "-i", "{dev}"}, {0}},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool find_program(const char *program, char *path, size_t size)
{
	for (size_t i = 0; i < COUNT(directories); i++) {
		snprintf(path, size, "%s/%s", directories[i], program);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

// output: where the program's goes; -1: nowhere.
static int spawn(const char *path, char *const argv[], int output, pid_t *pid, struct err *e)
{
	char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, ignored;
	int r;

	// Not our blocked and ignored signals: a client that lives on must be stoppable. Not our output: it would keep
	// a pipe open.
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &ignored);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	posix_spawn_file_actions_init(&files);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
	if (output >= 0)
		posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	r = posix_spawn(pid, path, &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return r ? err_set(e, r, "%s: %s", path, strerror(r)) : 0;
}

static int run_and_wait(const char *path, char *const argv[], struct err *e)
{
	int status, r;
	pid_t pid;

	r = spawn(path, argv, -1, &pid, e);
	if (r)
		return r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(e, errno, "%s: %s", path, strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, EIO, "%s failed with status %d", path, WEXITSTATUS(status));
	return 0;
}

int external_run(char *const argv[], struct err *e)
{
	char path[64];

	if (!find_program(argv[0], path, sizeof(path)))
		return err_set(e, ENOENT, "there is no %s", argv[0]);
	return run_and_wait(path, argv, e);
}

// A client that stays in the foreground: its process ID is written for it, so that whoever looks next finds it.
static int run_in_background(const char *path, char *const argv[], const char *device, struct err *e)
{
	char file[64];
	pid_t pid;
	FILE *f;
	int r = spawn(path, argv, -1, &pid, e);

	if (r)
		return r;
	snprintf(file, sizeof(file), "/run/udhcpc.%s.pid", device);
	f = fopen(file, "we");
	if (f) {
		fprintf(f, "%ld\n", (long)pid);
		fclose(f);
	}
	return 0;
}

int external_load_bonding(struct err *e)
{
	char path[64], *const argv[] = {"modprobe", "bonding", "max_bonds=0", NULL};
	int r;

	if (!find_program("modprobe", path, sizeof(path)))
		return err_set(e, ENOENT, "modprobe isn't there: load the module bonding with max_bonds=0 yourself");
	r = run_and_wait(path, argv, e);
	return r ? err_prefix(e, "is the kernel's bonding module installed? ") : 0;
}

// All that comes until the end of the output, or until the time is over. NULL: nothing came, or no memory.
static char *read_output(int fd, long milliseconds)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char *text = NULL, *grown;
	size_t size = 0;
	ssize_t n = 1;
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (long left = milliseconds; n > 0 && left > 0;) {
		grown = realloc(text, size + OUTPUT_SIZE + 1);
		if (!grown)
			break;
		text = grown;
		n = poll(&p, 1, (int)left) > 0 ? read(fd, text + size, OUTPUT_SIZE) : -1;
		size += n > 0 ? (size_t)n : 0;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = milliseconds - (now.tv_sec - start.tv_sec) * 1000 - (now.tv_nsec - start.tv_nsec) / 1000000;
	}
	if (n == 0 && text) {
		text[size] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

char *external_output(const char *program, char *const argv[], long milliseconds)
{
	char path[64], *text = NULL;
	int ends[2], status = -1;
	pid_t pid;

	if (!find_program(program, path, sizeof(path)) || pipe2(ends, O_CLOEXEC))
		return NULL;
	if (spawn(path, argv, ends[1], &pid, NULL)) {
		close(ends[0]);
		close(ends[1]);
		return NULL;
	}
	close(ends[1]);
	text = read_output(ends[0], milliseconds);
	close(ends[0]);
	if (!text)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (text && WIFEXITED(status) && !WEXITSTATUS(status))
		return text;
	free(text);
	return NULL;
}

// The hook is installed in the directory of this program. It says in the syslog what went wrong.
int external_filter(const char *device, struct err *e)
{
	char path[PATH_MAX], variable[64];
	size_t length = strlen(device);
	bool tap = length > 4 && !strcmp(device + length - 4, "-emu");
	char *const argv[] = {"vif-vlanbridge", "rules", tap ? "type_if=tap" : "type_if=vif", variable, NULL};
	ssize_t end = readlink("/proc/self/exe", path, sizeof(path) - sizeof("vif-vlanbridge"));
	int r;

	while (end > 0 && path[end - 1] != '/')
		end--;
	strcpy(path + (end > 0 ? end : 0), "vif-vlanbridge");
	snprintf(variable, sizeof(variable), "%s=%s", tap ? "INTERFACE" : "vif", device);
	r = run_and_wait(path, argv, e);
	return r ? err_prefix(e, "the syslog has the reason: ") : 0;
}

static void fill_in(const char *template, const char *device, char *buf, size_t size)
{
	const char *at = strstr(template, "{dev}");

	if (at)
		snprintf(buf, size, "%.*s%s%s", (int)(at - template), template, device, at + 5);
	else
		snprintf(buf, size, "%s", template);
}

// Waits for its end, so that what it takes along is gone when we go on. On a kernel before 5.3 it isn't waited for.
static int end_process(pid_t pid)
{
	struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	int r = kill(pid, SIGTERM) && errno != ESRCH ? -1 : 0;

	if (p.fd >= 0) {
		if (!r)
			poll(&p, 1, END_MILLISECONDS);
		close(p.fd);
	}
	return r;
}

// busybox's client has no command to end another: its process ID is in the file that we named.
// A number in a file may be another process's by now.
static bool is_client(long pid)
{
	static const char *const names[] = {"udhcpc", "busybox", "dhclient", "dhcpcd"};
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%31s", name) != 1)
		name[0] = '\0';
	fclose(f);
	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static int end_by_pid_file(const char *device, struct err *e)
{
	char path[64];
	long pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/run/udhcpc.%s.pid", device);
	f = fopen(path, "re");
	if (!f)
		return 0; // it has ended already
	if (fscanf(f, "%ld", &pid) != 1 || pid <= 1)
		pid = 0;
	fclose(f);
	if (pid && is_client(pid) && end_process((pid_t)pid))
		return err_set(e, errno, "can't end the DHCP client %ld: %s", pid, strerror(errno));
	unlink(path);
	return 0;
}

int external_dhcp(const char *device, bool start, struct err *e)
{
	char path[64], words[ARGUMENTS][64], *argv[ARGUMENTS + 2] = {0};

	for (size_t i = 0; i < COUNT(clients); i++) {
		const struct client *c = &clients[i];
		const char *const *arguments = start ? c->start : c->stop;

		if (!find_program(c->program, path, sizeof(path)))
			continue;
		if (!arguments[0])
			return end_by_pid_file(device, e);
		argv[0] = (char *)(uintptr_t)c->program;
		for (int n = 0; n < ARGUMENTS && arguments[n]; n++) {
			fill_in(arguments[n], device, words[n], sizeof(words[n]));
			argv[n + 1] = words[n];
		}
		if (!c->stop[0])
			return run_in_background(path, argv, device, e);
		return run_and_wait(path, argv, e);
	}
	return err_set(e, ENOENT, "there is no DHCP client: install dhcpcd, dhclient (isc-dhcp-client) or udhcpc");
}

// Each client writes its process ID where we told it, dhcpcd where it likes.
bool external_dhcp_runs(const char *device)
{
	static const char *const files[] = {"/run/dhclient.{dev}.pid", "/run/udhcpc.{dev}.pid", "/run/dhcpcd/{dev}.pid",
		"/run/dhcpcd-{dev}.pid", "/run/dhcpcd/{dev}-4.pid", "/run/dhcpcd/{dev}-6.pid"};
	char path[64];

	for (size_t i = 0; i < COUNT(files); i++) {
		long pid = 0;
		FILE *f;

		fill_in(files[i], device, path, sizeof(path));
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fscanf(f, "%ld", &pid) != 1)
			pid = 0;
		fclose(f);
		if (pid > 1 && is_client(pid))
			return true;
	}
	return false;
}
