// SPDX-License-Identifier: ISC
// Transmit checksum offload, by ioctl: the ID of ethtool's netlink family would have to be queried
// first.
#include "tx_offload.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "names.h"

int tx_offload_set(const char *dev, bool on, const char *bridge, struct err *e)
{
	struct ethtool_value value = {.cmd = ETHTOOL_STXCSUM, .data = on};
	struct ifreq ifr = {0};
	int fd, r = 0;

	text_copy(ifr.ifr_name, sizeof(ifr.ifr_name), dev);
	ifr.ifr_data = (void *)&value;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &ifr) < 0)
		r = err_set(e, errno, "can't switch its transmit checksums %s, as bridge %s wants: %s",
			on ? "on" : "off", bridge, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}
