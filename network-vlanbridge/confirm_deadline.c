// SPDX-License-Identifier: ISC
// Who waits for the end of a deadline when we, the terminal and its session are gone.
#include "confirm_deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "external.h"

#define UNIT "vlanbridge-revert"
#define REPORT_FD 3

long long deadline_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

bool deadline_sleep(long long deadline)
{
	long long now = deadline_now(), until = deadline - now > SECOND ? now + SECOND : deadline;
	struct timespec t = {.tv_sec = until / SECOND, .tv_nsec = (long)(until % SECOND)};

	if (now < deadline)
		clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &t, NULL);
	return deadline_now() >= deadline;
}

static bool has_systemd(void)
{
	return !access("/run/systemd/system", F_OK);
}

static int hold_by_systemd(char *program, char *deadline, long long milliseconds, struct err *e)
{
	char active[48];
	char *const argv[] = {"systemd-run", "--quiet", "--collect", "--unit=" UNIT,
		"--description=Way back from an unconfirmed change of network-vlanbridge", active,
		"--timer-property=AccuracySec=50ms", program, "await-confirm", deadline, NULL};

	snprintf(active, sizeof(active), "--on-active=%lldms", milliseconds);
	return external_run(argv, e);
}

// In a session of its own, with nothing open that was ours: what ends the caller's session doesn't concern it.
// It tells why it can't be started; exec closes the pipe if it can.
static void start_waiting(char *const argv[], int report)
{
	char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	sigset_t none;

	sigemptyset(&none);
	setsid();
	if (!chdir("/") && (report == REPORT_FD || dup3(report, REPORT_FD, O_CLOEXEC) == REPORT_FD)) {
		closefrom(REPORT_FD + 1);
		for (int fd = 0; fd < REPORT_FD; fd++) {
			close(fd);
			open("/dev/null", O_RDWR);
		}
		sigprocmask(SIG_SETMASK, &none, NULL);
		execve(argv[0], argv, env);
	}
	if (write(REPORT_FD, &errno, sizeof(errno)) < 0)
		_exit(1);
	_exit(1);
}

// Forked twice: init is its parent, and nobody here waits for it.
static int hold_by_process(char *program, char *deadline, struct err *e)
{
	char *const argv[] = {program, "await-confirm", deadline, NULL};
	int ends[2], status = 0, error = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return err_set(e, errno, "can't make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		pid = fork();
		if (pid == 0)
			start_waiting(argv, ends[1]);
		_exit(pid < 0);
	}
	close(ends[1]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		error = errno;
	else if (status)
		error = EAGAIN;
	else if (read(ends[0], &error, sizeof(error)) <= 0)
		error = 0;
	close(ends[0]);
	if (error)
		return err_set(e, error, "can't start the process that waits for the deadline: %s", strerror(error));
	return 0;
}

int deadline_hold(long long deadline, struct err *e)
{
	char program[4096] = "", text[32];

	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return err_set(e, errno, "can't find our own program in /proc: %s", strerror(errno));
	snprintf(text, sizeof(text), "%lld", deadline);
	if (has_systemd() && !hold_by_systemd(program, text, (deadline - deadline_now()) / 1000000, &(struct err){0}))
		return 0;
	return hold_by_process(program, text, e);
}

void deadline_release(void)
{
	char *const argv[] = {"systemctl", "stop", UNIT ".timer", NULL};

	if (has_systemd())
		external_run(argv, &(struct err){0});
}
