// SPDX-License-Identifier: ISC
// Waits for changes of links.
#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

int netlink_listen(unsigned int groups, struct err *e)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE), r;

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	r = err_set(e, errno, "can't listen to the kernel's events: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

bool netlink_wait(int listener, long milliseconds)
{
	struct pollfd p = {.fd = listener, .events = POLLIN};
	char event[8192];

	// Where links come and go all the time there is always an event.
	if (milliseconds <= 0 || (poll(&p, 1, (int)milliseconds) <= 0 && errno != EINTR))
		return false;
	while (recv(listener, event, sizeof(event), 0) > 0)
		;
	return true;
}
