// SPDX-License-Identifier: ISC
// The vif hook as one would write it first, linked as one would link it first: reads the bridge's
// name, joins, sets up, writes the status. No VLANs, no MTU, no MAC, no errors.
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xenstore.h>

static int join(int fd, const char *bridge, const char *vif, int request)
{
	struct ifreq ifr = {0};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", bridge);
	ifr.ifr_ifindex = (int)if_nametoindex(vif);
	return ioctl(fd, request, &ifr);
}

static int set_up(int fd, const char *vif, short up)
{
	struct ifreq ifr = {0};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", vif);
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) < 0)
		return -1;
	ifr.ifr_flags = (short)((ifr.ifr_flags & ~IFF_UP) | up);
	return ioctl(fd, SIOCSIFFLAGS, &ifr);
}

int main(int argc, char **argv)
{
	const char *dir = getenv("XENBUS_PATH"), *vif = getenv("vif");
	struct xs_handle *xs = xs_open(0);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char path[256], *bridge;
	unsigned int len;

	if (!xs || fd < 0 || !dir || !vif || argc < 2)
		return 1;
	snprintf(path, sizeof(path), "%s/bridge", dir);
	bridge = xs_read(xs, XBT_NULL, path, &len);
	if (!bridge)
		return 1;
	if (!strcmp(argv[1], "offline")) {
		if (!set_up(fd, vif, 0))
			join(fd, bridge, vif, SIOCBRDELIF);
		return 0;
	}
	if (join(fd, bridge, vif, SIOCBRADDIF) < 0 || set_up(fd, vif, IFF_UP) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/hotplug-status", dir);
	return !xs_write(xs, XBT_NULL, path, "connected", 9);
}
