// SPDX-License-Identifier: ISC
// Locks between runs of this program.
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>
#include <unistd.h>

#define LOCK_FILE "/run/vif-vlanbridge.lock"
#define LOCK_RETRY_US 100000

#define BYTE_DEMAND (1LL << 32) // behind those of the NICs

static void interrupt_wait(int signal)
{
	(void)signal;
}

// The timer repeats, because a signal that comes before the call sleeps is lost.
static int wait_for_lock(int fd, struct flock *range, struct deadline *d)
{
	struct sigaction act = {.sa_handler = interrupt_wait};
	struct itimerval none = {0}, timer = {.it_interval.tv_usec = LOCK_RETRY_US, .it_value.tv_usec = LOCK_RETRY_US};
	int r = -1;

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	errno = EINTR;
	while (r && errno == EINTR && deadline_left_ms(d))
		r = fcntl(fd, F_OFD_SETLKW, range);
	setitimer(ITIMER_REAL, &none, NULL);
	return r;
}

// Returns a file descriptor; -1: no lock; -ETIMEDOUT.
static int lock_byte(long long byte, struct deadline *d)
{
	struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (!fcntl(fd, F_OFD_SETLK, &range) || !wait_for_lock(fd, &range, d))
		return fd;
	close(fd);
	return deadline_left_ms(d) ? -1 : -ETIMEDOUT;
}

int lock_nic(unsigned int domid, unsigned int devid, struct deadline *d, struct err *e)
{
	int lock = lock_byte((long long)domid << 16 | devid, d);

	if (lock == -ETIMEDOUT)
		err_set(e, ETIMEDOUT, "waited %d s for another run for the same NIC", d->seconds);
	return lock;
}

int lock_demand(struct deadline *d, struct err *e)
{
	int lock = lock_byte(BYTE_DEMAND, d);

	if (lock == -ETIMEDOUT)
		err_set(e, ETIMEDOUT, "waited %d s for bridges of other vifs to be made", d->seconds);
	return lock;
}

void lock_release(int lock)
{
	if (lock >= 0)
		close(lock);
}
