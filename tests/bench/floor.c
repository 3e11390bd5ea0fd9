// SPDX-License-Identifier: ISC
// The least that a vif hook can cost: exec, one xenstore read and write, one acknowledged netlink
// request.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xenstore.h>

int main(void)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
	} m = {{sizeof(m), RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0}, {.ifi_index = 1}};
	char path[256], answer[1024];
	struct xs_handle *xs = xs_open(0);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const char *dir = getenv("XENBUS_PATH");
	unsigned int len;

	if (!xs || fd < 0 || !dir || strlen(dir) > 200)
		return 1;
	stpcpy(stpcpy(path, dir), "/bridge");
	if (!xs_read(xs, XBT_NULL, path, &len))
		return 1;
	if (send(fd, &m, sizeof(m), 0) < 0 || recv(fd, answer, sizeof(answer), 0) < 0)
		return 1;
	stpcpy(stpcpy(path, dir), "/hotplug-status");
	_exit(!xs_write(xs, XBT_NULL, path, "connected", 9));
}
